"""Momentum as memory: what goes in, how long it counts, and what comes out."""

import numpy as np

from .. import plots
from ..descent import steps_of
from ..live import Answer, LiveFigure, slider, stops
from ..optimizers import Momentum
from .words import tell

STEPS, AGES = 60, 40
INCOMING = ("stays", "flips", "noisy", "one push")


def averages():
    """A memory fed with slopes: gamma and the kind of slopes in the page."""
    fig, out, weights, gain = plots.figure(
        "Slopes in, memory out", "How much a slope still counts", "Steps, with / without", widths=(1.5, 1.1, 0.8)
    )
    plots.draw_axes(out, zero=True, xlim=(0, STEPS + 1), ylim=(-1.7, 1.7), xlabel="step", ylabel="slope")
    plots.moving_line(out, "slopes", color=plots.SOFT, linewidth=1.8, alpha=0.8, label="slopes coming in")
    plots.moving_curve(out, "memory", Momentum, "memory, (1 − γ) times the step", run=True)
    plots.moving_bars(weights, "weights", plots.LOOKS["Momentum"].color, width=4)
    plots.moving_line(weights, "half-life", color=plots.INK, linewidth=1.4, linestyle=(0, (2, 2)), zorder=6)
    weights.set(xlim=(-1, AGES), ylim=(0, 1.05), xlabel="age of the slope, in steps", ylabel="weight")
    for kind, color in (("stays", plots.LOOKS["Momentum"].color), ("flips", plots.SOFT)):
        plots.moving_bars(gain, kind, color, width=34)
    gain.axhline(1, color=plots.INK, linewidth=1)
    gain.set(xlim=(-0.6, 1.6), xticks=[0, 1], xticklabels=["slope\nstays", "slope\nflips"])
    times = {"yticks": [0.5, 1, 2, 5, 10, 20, 50], "yticklabels": ["½", "1", "2", "5", "10", "20", "50"]}
    plots.draw_axes(gain, plain=True, yscale="log", ylim=(0.3, 70), **times)
    return LiveFigure(
        fig,
        compute,
        page={
            "gamma": slider("momentum γ", 0, 0.98, steps=50, value=0.9, format=".2f"),
            "incoming": stops("the slope", INCOMING, value=INCOMING[0]),
        },
        scenes={
            "a steady slope": {"gamma": 0.9, "incoming": INCOMING[0]},
            "a zigzag": {"gamma": 0.9, "incoming": INCOMING[1]},
            "noise": {"gamma": 0.9, "incoming": INCOMING[2]},
            "one push": {"gamma": 0.9, "incoming": INCOMING[3]},
        },
        alt="Left, slopes as thin bars and the memory as a line through them. Middle, the weight of a slope falls "
        "with its age. Right, how much longer a steady step gets with memory, and how much shorter a flipping one.",
    )


def slopes_of(kind):
    """STEPS slopes of one of the kinds in INCOMING."""
    noise = np.random.default_rng(1).standard_normal(STEPS).clip(-2, 2)
    kinds = (np.ones(STEPS), (-1.0) ** np.arange(STEPS), 0.5 + 0.6 * noise, np.eye(1, STEPS, 3)[0])
    return kinds[INCOMING.index(kind)]


def compute(gamma, incoming):
    """What a memory of every gamma (n, 1) makes of every kind of slopes (1, m)."""
    slopes = np.stack([slopes_of(kind) for kind in incoming.ravel()], axis=-1)
    rule, ages = Momentum(1.0, gamma + 0 * slopes[0]), np.arange(AGES)
    steps = np.pad(steps_of(rule, slopes), ((1, 0), (0, 0), (0, 0)))  # none before the first slope
    half = half_life(gamma)
    lines = {
        "slopes": plots.bar_line(np.arange(1, STEPS + 1), slopes[:, None]),
        "memory": (np.arange(STEPS + 1), (1 - gamma) * steps),
        "weights": plots.bar_line(ages, gamma ** ages[:, None, None]),
        "half-life": (np.stack([half, half, 0 * half - 1]), np.stack([0 * half, 0 * half + 0.5, 0 * half + 0.5])),
        "stays": plots.bar_line([0], (1 / (1 - gamma))[None], base=1),
        "flips": plots.bar_line([1], (1 / (1 + gamma))[None], base=1),
    }
    return Answer(lines, {"memory": tell(_told, gamma, incoming, np.abs(steps[-1]), half)})


def half_life(gamma):
    """After how many steps half of a push is left: ln 2 / -ln gamma, 0 where nothing is kept at all."""
    return np.log(0.5) / np.log(np.maximum(gamma, 1e-12))


def _told(gamma, kind, last, half):
    then = f"after {STEPS} steps, a step is"
    steady, noise = 1 / (1 - gamma), 1 / np.sqrt(1 - gamma**2)  # the root of 1 + gamma^2 + gamma^4 + ...
    return {
        INCOMING[0]: f"{then} {last:.1f} times the slope; in the end {steady:.1f}",
        INCOMING[1]: f"{then} {last:.2f} times the slope, either way; in the end {1 / (1 + gamma):.2f}",
        INCOMING[2]: f"in the end, the noise of a step is {noise:.2f} times that of the slopes; what is steady in "
        f"it, {steady:.1f} times",
        INCOMING[3]: f"half of the push is left after {half:.1f} steps" if gamma else "nothing of the push is left",
    }[kind]

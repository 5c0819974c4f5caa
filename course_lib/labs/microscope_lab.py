"""Adam under the microscope: what the bias correction does to a step, and what epsilon does where it stands."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from .. import plots
from ..descent import steps_of, trace
from ..live import Answer, LiveFigure, choice, slider, stops
from ..optimizers import Adam, RMSprop
from ..runs import for_good
from .adam_forms import MisreadAdam, UncorrectedAdam
from .grids import at
from .words import number, tell

STEPS = 3000
MARKS = np.unique(np.round(np.geomspace(1, STEPS, 160)).astype(int))  # the steps that are drawn
BETA1 = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)
BETA2 = (0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999)
SIZES = 10.0 ** np.linspace(-12, 0, 97)  # of a gradient
NEAR = 0.05  # a step that differs by no more is back at the right one
EARLY = 100  # the step at which the readout looks, too
CHANGE = 300  # the step at which a gradient that changes does so
FLOOR = 1e-3  # the least that is drawn


class Outside(RMSprop):
    """RMSprop with epsilon added to the root, as in PyTorch."""

    def step(self, theta, g, t, s):
        s = self.gamma * s + (1 - self.gamma) * g**2
        return theta - self.lr * g / (np.sqrt(s) + self.eps), s


CORRECTIONS = {
    "none": (UncorrectedAdam, replace(plots.SERIES[2], label="no correction")),
    "constant": (MisreadAdam, replace(plots.SERIES[0], label="1 − β, the deck's slip", marker="s")),
    "right": (Adam, replace(plots.look_of(Adam), label="1 − βᵗ, as it should be")),
}
PLACES = {
    "outside": (Outside, replace(plots.SERIES[3], label="outside: √s + ε", marker="D")),
    "inside": (RMSprop, replace(plots.look_of(RMSprop), label="inside: √(s + ε)")),
}
GRADIENTS = {
    "stays the same": lambda t: np.ones_like(t),
    "falls to a tenth at step 300": lambda t: np.where(t < CHANGE, 1.0, 0.1),
    "grows tenfold at step 300": lambda t: np.where(t < CHANGE, 1.0, 10.0),
    "flips its sign at every step": lambda t: (-1.0) ** (t + 1),
    "1 with noise of the same size": lambda t: 1 + np.random.default_rng(3).standard_normal(len(t)),
}
SAME = next(iter(GRADIENTS))


def microscope():
    """Adam's step over its learning rate, with three corrections, and RMSprop's first step with epsilon in two places.

    RMSprop's gamma is beta2. Left, beta1, beta2 and the kind of gradient count, right beta2, epsilon and the gradient's
    size: so a table of all five is small.
    """
    fig, axes = plots.mosaic(
        [["course", "first"]],
        {
            "course": "The correction decides how Adam begins",
            "first": "Inside the root, far larger gradients feel ε",
        },
        width_ratios=(1.25, 1),
        slide={"layout": [["course"]]},
    )
    course, first = axes["course"], axes["first"]
    for name, (_, look) in CORRECTIONS.items():
        plots.moving_form(course, f"step.{name}", look, every=(4, 12))
    for k, (name, (_, look)) in enumerate(PLACES.items()):
        plots.moving_form(first, f"first.{name}", look, every=(4 + 6 * k, 12))
    plots.moving_shadow(first, "outside, root of ε", "outside, with √ε for ε", names=(None, "step with √ε"))
    plots.moving_guide(first, "level", "without ε", names=(None, None))
    plots.moving_guide(first, "size", names=(None, None))
    plots.moving_rings(first, "here", plots.OWN, "_", marker="o", markersize=9, markeredgewidth=2, zorder=8)
    log = {"xscale": "log", "yscale": "log", "plain": True, "grid": True}
    limits = {"xlim": (0.9, STEPS * 1.1), "ylim": (0.008, 3000)}
    plots.draw_axes(course, level=1, xlabel="step  t", ylabel="Adam's step / learning rate", **limits, **log)
    limits = {"xlim": (SIZES[0], 2), "ylim": (1e-3, 1e3), "xlabel": "size of the gradient  |g|"}
    plots.draw_axes(first, ylabel="RMSprop's first step / learning rate", **limits, **log)
    for ax, ticks in ((course, [0.01, 0.1, 1, 10, 100]), (first, [0.001, 0.01, 0.1, 1, 10, 100])):
        ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    course.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    first.set_xticks([1e-12, 1e-9, 1e-6, 1e-3, 1])
    course.legend(loc="upper right", fontsize=10, handlelength=3.6)
    first.legend(loc="upper left", fontsize=9, handlelength=3.6, ncols=2)
    return LiveFigure(
        fig,
        compute,
        page={
            "beta1": stops("memory of gradients β₁", BETA1, value=0.9),
            "beta2": stops("of squares β₂ (RMSprop: γ)", BETA2, value=0.999),
            "gradient": choice("the gradient", list(GRADIENTS)),
            "eps": slider("ε", 1e-12, 1e-2, steps=11, value=1e-8, log=True, format=".0e"),
            "size": slider("size |g|", SIZES[0], SIZES[-1], steps=25, value=1e-5, log=True, format=".1e"),
        },
        pointer={first: ("size", None)},
        scenes={
            "Adam's defaults": {"beta1": 0.9, "beta2": 0.999},
            "equal memories": {"beta1": 0.9, "beta2": 0.9},
            "no momentum": {"beta1": 0.0, "beta2": 0.999},
            "the gradient grows": {"beta1": 0.9, "beta2": 0.999, "gradient": "grows tenfold at step 300"},
        },
        alt="Left, Adam's step over its learning rate against the step number, for a gradient that stays the same: "
        "always 1 with the right correction; without one it begins at 3.16, rises to 6.57 and takes over two thousand "
        "steps to come back; with the deck's constant one it begins at 1 and falls to 0.32. Right, the first step of "
        "RMSprop against the size of the gradient: with epsilon inside the root it shrinks from far larger ones on.",
    )


@lru_cache(maxsize=len(GRADIENTS))
def sizes_of(gradient):
    """name of a correction -> size of step / learning rate for t = 1 ... STEPS, all BETA1, BETA2: (STEPS, 6, 7)."""
    incoming = GRADIENTS[gradient](np.arange(1.0, STEPS + 1))
    betas = {"beta1": np.array(BETA1)[:, None], "beta2": np.array(BETA2)}
    return {name: np.abs(steps_of(kind(lr=1.0, **betas, eps=0.0), incoming)) for name, (kind, _) in CORRECTIONS.items()}


def first_steps(kind, gamma, eps, sizes):
    """First step / learning rate of an RMSprop; gamma, eps and the sizes of the gradient broadcast together."""
    sizes = np.asarray(sizes, float)[None]
    run = trace(kind(1.0, gamma, eps), lambda theta: sizes + 0 * theta, 0 * sizes)
    next(run)
    return -next(run).theta[0]


def compute(beta1, beta2, gradient=SAME, eps=1e-8, size=1e-5):
    """Both pictures for arrays on one grid: beta1 of BETA1, beta2 of BETA2, names of GRADIENTS, epsilons, sizes."""
    cell = at(list(GRADIENTS), gradient), slice(None), at(BETA1, beta1), at(BETA2, beta2)
    every = {name: np.stack([sizes_of(one)[name] for one in GRADIENTS]) for name in CORRECTIONS}
    steps = {name: np.moveaxis(sizes[cell], -1, 0) for name, sizes in every.items()}
    lines = {f"step.{name}": (MARKS, np.maximum(sizes[MARKS - 1], FLOOR)) for name, sizes in steps.items()}
    told = {name: _told(name, sizes, steps["right"], beta1, beta2) for name, sizes in steps.items()}
    words = {look.label: told[name] for name, (_, look) in CORRECTIONS.items()}
    level = first_steps(RMSprop, beta2, 0.0, 1.0)
    here = []
    along = SIZES.reshape(-1, *(1,) * np.ndim(beta2))
    for name, (kind, look) in PLACES.items():
        here.append(first_steps(kind, beta2, eps, size))
        lines[f"first.{name}"] = (SIZES, first_steps(kind, beta2, eps, along))
        words[look.label] = tell(_first_told, here[-1], size, level)
    shown = np.asarray(size)[None]
    lines |= {
        "outside, root of ε": (SIZES, first_steps(Outside, beta2, np.sqrt(eps), along)),
        "level": ([SIZES[0], 2], np.stack([level, level])),
        "size": (np.concatenate([shown, shown]), [1e-3, 150]),
        "here": (np.concatenate([shown, shown]), np.stack(here)),
    }
    return Answer(lines, words)


def _first_told(first, size, level):
    return f"first step {number(first, 3)} η for |g| = {number(size, 3)}, without ε {level:.3g} η"


def _told(name, steps, right, beta1, beta2):
    """In words, for every cell: the first of the steps / learning rate (STEPS, *grid), the largest, how they end."""
    ratio, most = steps / right, steps.max(axis=0)
    near = np.abs(ratio - 1) <= NEAR
    rises = (steps >= np.maximum.accumulate(steps) * (1 - 1e-6)).all(axis=0)
    begun = tell(_began, steps[0], most, steps.argmax(axis=0) + 1, rises)
    if name == "right":
        end = tell("; {:.3g} η at t = {}", steps[-1], STEPS)
        return np.where(np.ptp(steps, axis=0) < 1e-6, tell("{:.3g} η at every step", steps[0]), np.char.add(begun, end))
    if name == "constant":
        end = tell("; in the long run {:.3g} times the right one", np.sqrt(1 - beta2) / (1 - beta1))
    else:
        end = tell(_ended, ratio[EARLY - 1], ratio[-1], for_good(near) + 1)
    return np.char.add(begun, end)


def _began(first, most, peak, rises):
    """How steps / learning rate go on from the first."""
    if first >= most * (1 - 1e-6):
        return f"first step {first:.3g} η, never larger"
    return f"first step {first:.3g} η, " + (
        f"rising to {most:.3g} η" if rises else f"largest {most:.3g} η at t = {peak}"
    )


def _ended(early, last, since):
    """When a step / the right step is near 1 for good."""
    end = f"{last:.3g} times at t = {STEPS}" if np.isinf(since) else f"within 5 % of it from t = {since:.0f} on"
    return f"; {early:.3g} times the right one at t = {EARLY}, {end}"

"""Two directions, two speeds: gradient descent, momentum and Nesterov in one ravine."""

from functools import partial

import numpy as np

from .. import plots, quadratics
from ..descent import descend
from ..live import Answer, LiveFigure, slider, stops, whole
from ..runs import cut, first
from ..surfaces import ravine as make_ravine
from ..surfaces import turn
from .grids import start_of
from .rules import THEORY, THREE, built, memory_of
from .words import number

DIRECTIONS = ("along", "across")
TOLERANCE = 1e-6
STEPS, MOST = 120, 2500  # drawn, and counted
FAR = 30  # a diverging path is drawn up to this distance
LEFT = 1e6  # a run has diverged once its loss is so many times that of the start
START = (-4.0, 2.0)
PULLS = np.round(0.1 * np.arange(1, 40), 1)  # learning rate times the steepest curvature
GAMMAS = np.round(0.03 * np.arange(34), 2)
KAPPAS = (1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400)


def ravine():
    """Three ways down a ravine: learning rate, gamma, its shape, its angle, and a start to drag."""
    fig, axes = _panels()
    above = axes["above"]
    rings, words, _ = plots.draw_ravine(above, kappa=64, angle=0)
    plots.take_away(words)
    for direction in DIRECTIONS:
        word = {"marker": f"$\\mathrm{{{direction}}}$", "markersize": 5.6 * len(direction), "linewidth": 0, "zorder": 1}
        plots.moving_line(above, f"word.{direction}", color=plots.SOFT, arrow=True, names=(None, None), **word)
    for name, rule in THREE.items():
        plots.moving_path(above, name, rule)
        plots.moving_curve(axes["loss"], f"loss.{name}", rule, run=True)
        plots.moving_curve(axes[name], f"along.{name}", rule, linestyle="-", run=True, names=(None, "loss along"))
        dots = {"marker": "o", "alpha": 0.55, "zorder": 4.8, "run": True, "names": (None, "loss across")}
        plots.moving_dots(axes[name], f"across.{name}", rule, size=2.6, **dots)
        for direction in DIRECTIONS:
            plots.moving_head(axes[name], f"head.{direction}.{name}", rule, head=f"{direction}.{name}")
    plots.moving_start(above)
    if plots.on_slides():  # where the panels that name the three are left out
        axes["loss"].set_xlabel("step")
        axes["loss"].legend()

    return LiveFigure(
        fig,
        compute,
        run={
            "pull": slider("learning rate, as ηλ", PULLS[0], PULLS[-1], steps=len(PULLS), value=1.3, format=".1f"),
            "gamma": slider("momentum γ", GAMMAS[0], GAMMAS[-1], steps=len(GAMMAS), value=0.72, format=".2f"),
            "kappa": stops("steepness κ", KAPPAS, value=64),
            "angle": whole("turned by (degrees)", 0, 90, value=0, step=5),
            "start": start_of(START, (-4.8, 4.8), (-3.2, 3.2), step=0.1),
        },
        pointer={above: "start"},
        scenes={
            f"best in the long run: {plots.look_of(rule).label}": ("kappa", partial(best_cell, name))
            for name, rule in THREE.items()
        }
        | {"turned by 45°, with its start": {"angle": 45, "start": (-4.2, -1.4)}},
        background=lambda figure, kappa, angle: plots.shape_ravine(rings, words, kappa, angle),
        ground=(above, lambda: rings, plots.ravine_colors(), make_ravine),
        alt="A ravine from above with three runs from the same start. Beside it their losses on a log scale with the "
        "tolerance; below, each run's loss split into its part along the ravine and its part across.",
    )


def _panels():
    fig, axes = plots.mosaic(
        [["above", "loss", "loss", "loss"], ["above", *THREE]],
        {"above": "One ravine, three ways down", "loss": "Loss, step by step"},
        width_ratios=(3.3, 1, 1, 1),
        height_ratios=(1.25, 1),
        slide={"layout": [["above", "loss"]], "width_ratios": (1.2, 1)},
    )
    axes["loss"].text(1, TOLERANCE / 2, "tolerance 10⁻⁶", va="top", color=plots.SOFT)
    losses = {"xlim": (0, STEPS), "ylim": (1e-9, 1e5), "yticks": [1e-8, 1e-4, 1, 1e4], "plain": True, "grid": True}
    for name in ("loss", *THREE):
        plots.draw_axes(axes[name], level=TOLERANCE if name == "loss" else None, yscale="log", **losses)
    for name, rule in THREE.items():
        axes[name].set_title(plots.look_of(rule).label, color=plots.look_of(rule).color, size=11)
        axes[name].set(xticks=[0, 50, 100])
    axes["momentum"].set_xlabel("step  ·  line: loss along the ravine, dots: across it")
    for name in list(THREE)[1:]:
        axes[name].tick_params(labelleft=False)
    return fig, axes


def compute(pull, gamma, kappa=64, angle=0, start=START):
    """The runs with pull = eta * kappa: paths, losses, each direction's part; beside them theory's best settings."""
    ground, k = make_ravine(kappa, angle), np.arange(STEPS + 1)
    lines = {"start": ([start[0]], [start[1]]), **_words(angle)}
    words = {
        "learning rate": lambda: (
            f"η = {pull:.1f} / {kappa:.0f} = {pull / kappa:.3g}, where λ = κ = {kappa:.0f} is the steepest curvature"
        )
    }
    for name, rule in THREE.items():
        optimizer = built(rule, pull / kappa, gamma)
        path = descend(optimizer, ground, start, steps=STEPS)
        along, across = parts(path.theta, kappa, angle)
        lines[name] = shown(path.theta)
        lines |= {f"loss.{name}": (k, path.loss), f"along.{name}": (k, along), f"across.{name}": (k, across)}
        # A second, longer run to count by: while the hand moves, the page has time for what is drawn.
        whole_run, best = descend(optimizer, ground, start, steps=MOST), at_best(name, kappa, angle, start)
        words[name] = partial(_told, name, path.loss[-1], whole_run, best, kappa)
    return Answer(lines, words)


def _words(angle):
    """Where the words for the two directions stand, each line turned as its word is."""
    near, far = np.array([3.09, 3.1]), np.array([2.89, 2.9])
    return {"word.along": turn((near, 0), angle), "word.across": turn((0, -far), angle)}


def parts(theta, kappa, angle):
    """The loss along the ravine and across it; their sum is the loss. theta: (steps, 2)."""
    with np.errstate(all="ignore"):
        along, across = turn((theta[:, 0], theta[:, 1]), -angle)
        return along**2 / 2, kappa * across**2 / 2


def shown(theta):
    """x and y of a path, cut where it is far away if it ends there, too: its zigzag would hide all else."""
    far = ~(np.abs(theta).max(axis=1) < FAR)
    return tuple(cut(theta[:, side], far & far[-1]) for side in (0, 1))


def at_best(name, kappa, angle, start):
    """Theory's setting of the best rate for a method, and the steps it needs from this start: (lr, gamma, steps)."""
    lr, gamma, _ = THEORY[name].best(1.0, kappa)
    path = descend(built(THREE[name], lr, gamma), make_ravine(kappa, angle), start, steps=MOST)
    return lr, gamma, path.steps_to(TOLERANCE)


def best_cell(name, kappa):
    """{pull, gamma}: the setting on the sliders with the best rate of the slower direction, by theory.

    Among equals the one next to the optimum: heavy ball's rate is sqrt gamma over a whole range of learning rates.
    """
    gammas, mode = GAMMAS if memory_of(THREE[name]) else GAMMAS[:1], THEORY[name].mode
    rates = [quadratics.spectral_radius(mode(PULLS[:, None] / kappa, gammas, curvature)) for curvature in (1, kappa)]
    worst = np.maximum(*rates)
    lr, gamma, _ = THEORY[name].best(1.0, kappa)
    away = np.abs(PULLS[:, None] - lr * kappa) + np.abs(gammas - gamma)
    i, k = np.unravel_index(np.argmin(np.where(worst <= worst.min() + 1e-12, away, np.inf)), worst.shape)
    return {"pull": PULLS[i], "gamma": gammas[k]}


def _told(name, loss, path, best, kappa):
    """In words: the loss at the last step drawn, how a run ended, and what theory's best setting needs."""
    arrived, left = path.steps_to(TOLERANCE), first(~(path.loss <= LEFT * path.loss[0]))
    lr, gamma, steps = best
    memory = f", γ = {gamma:.2f}" if memory_of(THREE[name]) else ""
    theory = f"with theory's best in the long run: {steps:.0f} (ηλ = {lr * kappa:.3f}{memory})"
    if left < arrived:
        return f"diverges: by step {left:.0f} its loss has grown a million times; {theory}"
    begins = f"loss {number(loss)} at step {STEPS}"
    if np.isfinite(arrived):
        return f"{begins}, first below the tolerance at {arrived:.0f}; {theory}"
    return f"{begins}, still {number(path.loss[-1])} at {MOST}; {theory}"

"""A ball that forgets its last step as soon as it rolls uphill, beside one that never does, in one ravine."""

from functools import partial

import numpy as np

from .. import plots
from ..descent import descend
from ..live import Answer, LiveFigure, slider, stops
from ..optimizers import Momentum
from ..runs import first, for_good
from ..surfaces import ravine
from .grids import start_of

KEEPS, FORGETS = "keeps", "forgets"
PULL = 0.5  # learning rate times the steepest curvature
STEPS, LONG = 200, 2500  # drawn, and counted
TOLERANCE = 1e-6
START = (-4.0, 2.0)
KAPPAS = (1, 2, 4, 6, 10, 16, 25, 40, 64, 100)
TICK = plots.Look("forgets", plots.INK, "none", "|")


class Forgetful(Momentum):
    """Momentum with adaptive restart: the last step is forgotten where it leads uphill.

        delta_{t-1} = 0   if   grad J(theta_t) . delta_{t-1} < 0;   then as momentum

    Source: O'Donoghue and Candes (2015), Found. Comput. Math. 15, section 3.2, the gradient scheme.
    """

    def step(self, theta, g, t, delta):
        return super().step(theta, g, t, np.where(uphill(g, delta), 0, delta))


def uphill(g, delta):
    """Whether the last step goes on uphill here: it was subtracted, so where it points against the slope g."""
    return np.sum(g * delta, axis=0) < 0


def forget():
    """Momentum that keeps its memory and, on demand, one that forgets, in a ravine of any steepness."""
    fig, above, course = plots.figure("A ravine, seen from above", "Loss, step by step", widths=(1.2, 1))
    rings, words, _ = plots.draw_ravine(above, kappa=25, angle=0)
    plots.moving_path(above, "run", Momentum, "the run")
    named = (None, "loss with its memory")
    plots.moving_curve(course, "loss.kept", plots.LOOKS["GradientDescent"], "keeps its memory", run=True, names=named)
    plots.moving_curve(course, "loss.run", Momentum, "the run", run=True, names=(None, "loss"))
    for ax, gid in ((above, "forgets"), (course, "loss.forgets")):
        tick = {"markersize": 14, "markeredgewidth": 1.6, "zorder": 6}
        plots.moving_rings(ax, gid, TICK, TICK.label, run=True, names=(None, None), **tick)
        plots.moving_rings(ax, f"{gid} last", TICK, "", head=gid, **tick)
    plots.moving_start(above)
    log = {"yscale": "log", "ylim": (1e-9, 1e5), "level": TOLERANCE, "grid": True}
    plots.draw_axes(course, xlim=(0, STEPS), xlabel="step", ylabel="loss", **log)
    course.legend(loc="upper right")

    return LiveFigure(
        fig,
        compute,
        run={
            "gamma": slider("momentum γ", 0, 0.99, steps=34, value=0.99, format=".2f"),
            "uphill": stops("when it rolls uphill", (KEEPS, FORGETS), value=FORGETS),
            "kappa": stops("steepness κ", KAPPAS, value=25),
            "start": start_of(START, (-4.8, 4.8), (-3.2, 3.2), step=0.1),
        },
        asked=("uphill",),
        pointer={above: "start"},
        ground=(above, lambda: rings, plots.ravine_colors(), ravine),
        scenes={
            "too much memory": {"gamma": 0.99, "uphill": KEEPS},
            "forget uphill": {"gamma": 0.99, "uphill": FORGETS},
            "too little to matter": {"gamma": 0.6, "uphill": FORGETS},
        },
        background=lambda figure, kappa: plots.shape_ravine(rings, words, kappa, 0),
        alt="A ravine from above with a run of momentum 0.99 that forgets its last step where it rolls uphill: it "
        "turns twice and glides to the star. Beside it its loss on a log scale, with a tick at every step where it "
        "forgets, and that of momentum that keeps its memory, which still swings far above it at step 200.",
    )


def compute(gamma, uphill, kappa=25, start=START):
    """The runs, `uphill` KEEPS or FORGETS, and when each is below the tolerance."""
    ground, lr = ravine(kappa), PULL / kappa
    kept, forgetful = (descend(rule(lr, gamma), ground, start, steps=LONG) for rule in (Momentum, Forgetful))
    forgets, at, k = uphill == FORGETS, restarts(forgetful), np.arange(STEPS + 1)
    theta = np.where(forgets, forgetful.theta[: STEPS + 1], kept.theta[: STEPS + 1])
    loss = np.where(forgets, forgetful.loss, kept.loss)
    ticks = (at[: STEPS + 1] & forgets) | (k == 0)  # at the start, where it is hidden, for there is always one
    lines = {
        "start": ([start[0]], [start[1]]),
        "run": (theta[:, 0], theta[:, 1]),
        "loss.kept": (k, kept.loss[: STEPS + 1]),
        "loss.run": (k, loss[: STEPS + 1]),
        "forgets": tuple(np.where(ticks, theta[:, side], np.nan) for side in (0, 1)),
        "loss.forgets": (np.where(ticks, k, np.nan), np.where(ticks, loss[: STEPS + 1], np.nan)),
    }
    words = {
        "learning rate": lambda: (
            f"η = {PULL} / {kappa:.0f} = {lr:.3g}, where κ = {kappa:.0f} is the steepest curvature"
        ),
        "keeps its memory": partial(_told, kept.loss, at & False),
        "the run": partial(_told, loss, at & forgets),
    }
    return Answer(lines, words)


def restarts(path):
    """At which points of its run a Forgetful ball forgets the step that brought it there: bool, as path.loss."""
    delta = path.theta[:-1] - path.theta[1:]
    g = path.surface.gradient(path.theta[1:].swapaxes(0, 1))
    return np.concatenate([np.zeros((1, *path.loss.shape[1:]), bool), uphill(g, delta.swapaxes(0, 1))])


def _told(loss, at):
    """In words: first and for good below the tolerance, and how often it has forgotten."""
    below = loss < TOLERANCE
    arrives, stays = first(below), for_good(below)
    times = np.sum(at & (np.cumsum(below, axis=0) == 0), axis=0)  # before it is first below
    if np.isinf(arrives):
        return f"not yet below 10⁻⁶ after {LONG} steps"
    good = f"not for good in {LONG} steps" if np.isinf(stays) else f"for good at {stays:.0f}"
    often = f"; until then it forgets {times:.0f} time{'' if times == 1 else 's'}" if times else ""
    return f"first below 10⁻⁶ at step {arrives:.0f}, {good}{often}"

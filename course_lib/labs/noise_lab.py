"""Momentum under noise: how far a run jitters round the minimum, measured and by the formula."""

from functools import lru_cache
from itertools import islice

import numpy as np

from .. import plots
from ..descent import iterates
from ..live import Answer, LiveFigure, slider, stops
from ..optimizers import GradientDescent, Momentum
from ..quadratics import gradient_descent, heavy_ball, stationary_variance
from .grids import at
from .words import tell

STEPS, START = 200, 3.0  # of the runs one sees
SEEDS, LONG, BURN = 100, 3000, 600  # of the measurement: runs, their steps, and those that do not count yet
GAMMAS = np.linspace(0, 0.99, 34)
SAID = "deviation {:.3f} measured, {:.3f} by the formula: {:.2f} times gradient descent's; η = {:.2g}"
SAME_LR, SAME_STEP = HELD = ("η", "η/(1−γ)")  # what gradient descent and momentum have in common


def noise():
    """One parabola whose slopes carry noise of deviation 1: gamma and what is held equal in the page, eta beside it."""
    fig, course, size = plots.figure("They arrive, and then they jitter", "How large the jitter is", widths=(1.5, 1))
    for number, (name, rule) in enumerate((("descent", GradientDescent), ("momentum", Momentum))):
        plots.moving_curve(course, f"place.{name}", rule, run=True)
        plots.moving_bars(course, f"span of {name}", plots.look_of(rule).color, width=9 - 2 * number)
    low = plots.brief(-4.2, -1.4)  # there the letters are as high as the axis below
    course.text(STEPS + 11, low, "typical\njitter", ha="center", va="top", fontsize=9, color=plots.SOFT)
    limits = {"xlim": (0, STEPS + 22), "ylim": (-5, 5)}
    plots.draw_axes(course, zero=True, xlabel="step", ylabel=r"place  $\theta$", **limits)
    plots.moving_curve(size, "level", GradientDescent, "gradient descent, formula")
    plots.moving_curve(size, "formula", Momentum, "momentum, formula")
    plots.moving_rings(size, "measured", Momentum, "momentum, measured")
    plots.moving_ball(size, "here", Momentum, size=12, label="momentum, here")
    limits = {"xlim": (-0.02, 1.02), "ylim": (0.04, 60), "yscale": "log"}
    plots.draw_axes(size, grid=True, xlabel="momentum γ", ylabel="deviation from the minimum", **limits)
    size.legend(loc="upper left", fontsize=9, handlelength=3.2)
    return LiveFigure(
        fig,
        compute,
        page={
            "gamma": slider("momentum γ", GAMMAS[0], GAMMAS[-1], steps=len(GAMMAS), value=0.9, format=".2f"),
            "held": stops("held equal", HELD, value=SAME_LR),
        },
        carried=("rate",),
        kernel={"rate": slider("η, or effective step", 0.01, 1, steps=13, value=0.1, log=True, format=".2g")},
        scenes={
            "the same learning rate": {"held": SAME_LR},
            "the same effective step": {"held": SAME_STEP},
            "a large effective step": {"held": SAME_STEP, "rate": 1},
        },
        alt="Left, gradient descent and momentum arrive at the minimum of a noisy parabola and jitter round it. Right, "
        "the size of the jitter against gamma: at the same learning rate it grows with gamma, at the same effective "
        "step it stays about the same. Measured dots lie on the line of the formula.",
    )


def rate_of(rate, gamma, held):
    """Momentum's learning rate: the same as gradient descent's, or so that lr / (1 - gamma) is."""
    return np.where(held == SAME_STEP, rate * (1 - gamma), rate + 0 * gamma)


def noisy(shocks):
    """The gradient of theta^2 / 2 with one shock added at each call."""
    coming = iter(shocks)
    return lambda theta: theta + next(coming)


def places(optimizer, grid):
    """The run one sees: (STEPS + 1, *grid), from START, the same shocks for every optimizer."""
    shocks = np.random.default_rng(4).standard_normal(STEPS + 1)
    start = np.full((1, *grid), START)
    return np.array([theta[0] for theta in islice(iterates(optimizer, noisy(shocks), start), STEPS + 1)])


def deviation(optimizer, grid):
    """The root of the mean square distance from the minimum, over SEEDS runs and all steps after BURN."""
    shocks = np.random.default_rng(0).standard_normal((LONG, SEEDS, *(1,) * len(grid)))
    run = iterates(optimizer, noisy(shocks), np.zeros((1, SEEDS, *grid)))
    squares = sum((theta[0] ** 2).mean(axis=0) for theta in islice(run, BURN, LONG))
    return np.sqrt(squares / (LONG - BURN))


@lru_cache(maxsize=32)
def measured(rate):
    """Deviations of gradient descent, a number, and of momentum for every gamma of GAMMAS and HELD: (34, 2)."""
    gamma = GAMMAS[:, None]
    lr = rate_of(rate, gamma, np.array([HELD]))
    return float(deviation(GradientDescent(rate), ())), deviation(Momentum(lr, gamma), lr.shape)


def predicted(rate, gamma, held):
    """The same by the formula: gradient descent, momentum."""
    lr = rate_of(rate, gamma, held)
    descent = np.sqrt(stationary_variance(gradient_descent(rate, 1), rate))
    return float(descent), np.sqrt(stationary_variance(heavy_ball(lr, gamma, 1), lr))


def compute(gamma, held, *, rate=0.1):
    """The jitter for every gamma (n, 1) of GAMMAS and what is held equal (1, m); rate: eta, or the effective step."""
    lr = rate_of(rate, gamma, held)
    here, which = at(GAMMAS, gamma), at(HELD, held)
    still, all_moving = measured(rate)
    moving = all_moving[here, which]
    formula_still, formula = predicted(rate, gamma, held)
    every, t = GAMMAS[:, None, None], np.arange(STEPS + 1)
    lines = {
        "place.descent": (t, places(GradientDescent(rate), (1, 1))),
        "place.momentum": (t, places(Momentum(lr, np.broadcast_to(gamma, lr.shape)), lr.shape)),
        "span of descent": ([STEPS + 8] * 2, [-still, still]),
        "span of momentum": ([STEPS + 15] * 2, np.stack([-moving, moving])),
        "level": ([-1, 2], [formula_still] * 2),
        "formula": (GAMMAS, predicted(rate, every, held[None])[1][:, :1]),
        "measured": (GAMMAS, all_moving[:, which]),
        "here": (gamma[None], moving[None]),
    }
    words = {
        "descent": f"deviation {still:.3f} measured, {formula_still:.3f} by the formula; η = {rate:.2g}",
        "momentum": tell(SAID, moving, formula, moving / still, lr),
    }
    return Answer(lines, words)

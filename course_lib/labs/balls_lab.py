"""The steepest step depends on how length is measured: the unit ball of a norm, and steps of its length downhill."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from .. import plots
from ..descent import descend
from ..live import Answer, LiveFigure, slider, stops
from ..optimizers import Optimizer
from ..optimizers.base import Hyper
from ..runs import first
from ..surfaces import ravine
from .grids import start_of
from .words import number, point

KAPPA, STEPS, START, TOLERANCE = 25.0, 100, (-4.0, 2.0), 0.1
NORMS = {  # p: what the steepest step is
    "1": "only the coordinate with the largest slope moves",
    "1.5": "between one coordinate and the gradient",
    "2": "straight down the gradient",
    "4": "between the gradient and its signs",
    "∞": "every coordinate with a slope moves by the same length: sign descent",
}
AROUND = np.radians(np.arange(0, 361, 3))
DOWNHILL, BALL = plots.LOOKS["GradientDescent"], plots.Look("length 1", plots.LOOKS["Signum"].color, "-", "o")


@dataclass(frozen=True, eq=False)
class Steepest(Optimizer):
    """theta_{t+1} = theta_t + eta * steepest(g_t, p): every step has the length eta, measured by the p-norm."""

    lr: Hyper = 0.1
    p: str = "2"

    def step(self, theta, g, t):
        return (theta + self.lr * steepest(g, self.p),)


def steepest(g, p):
    """The d of p-norm 1 with the lowest g . d, for a slope g (2, ...); zero where g is.

    -sign(g) |g|^(q-1) / ||g||_q^(q-1) with 1/p + 1/q = 1; p = 1 the coordinate with the largest slope, the first of
    two alike; p = infinity -sign(g). Source: Bernstein and Newhouse (2024), arXiv:2409.20325.
    """
    size = np.abs(g)
    if p == "∞":
        return -np.sign(g)
    if p == "1":
        return -np.sign(g) * np.where(size[0] >= size[1], np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    q = float(p) / (float(p) - 1)
    whole = np.sum(size**q, axis=0) ** (1 / q)
    return -np.sign(g) * (size / np.where(whole > 0, whole, 1.0)) ** (q - 1)


def balls():
    """A unit ball and its steepest step, and steps of that kind down a ravine: norm, gradient, length, start."""
    fig, ball, above = plots.figure("How far downhill within length 1", "Steps of that kind in a ravine")
    plots.place(fig, (ball, 0.75, 3.44, 3.44), (above, 4.95, 5.9, 3.44))  # one unit is as long across as along
    ball.axvline(0, color=plots.SOFT, linewidth=0.9, zorder=1)
    round_it = plots.moving_curve(ball, "ball", BALL, names=(None, None))
    plots.moving_guide(ball, "level", names=(None, None))
    gone = {"run": False, "names": ("θ₁", "θ₂")}
    downhill = plots.moving_arrow(ball, "downhill", DOWNHILL.color, "downhill, −g", (0, (1, 0.7)), 2.6, **gone)
    taken = plots.moving_arrow(ball, "step", plots.INK, "the steepest step", **gone)
    side = {"xlim": (-1.9, 1.9), "ylim": (-1.9, 1.9), "xticks": [-1, 0, 1], "yticks": [-1, 0, 1]}
    plots.draw_axes(ball, zero=True, xlabel=r"step in $\theta_1$", ylabel=r"step in $\theta_2$", **side)
    ball.legend(handles=[round_it, downhill, taken], loc="upper right", fontsize=9, handlelength=2.2)
    _, (_, across), _ = plots.draw_ravine(above, kappa=KAPPA, angle=0, high=2.915)
    across.set(position=(0, -2.2), visible=not plots.on_slides())
    plots.moving_path(above, "path", plots.OWN, "the run").set(marker="o", markersize=3.5)
    plots.moving_start(above)
    return LiveFigure(
        fig,
        compute,
        run={
            "p": stops("norm: p", list(NORMS), value="2"),
            "angle": slider("gradient turned by (degrees)", 0, 90, steps=37, value=7.5, format=".1f"),
            "lr": slider("length of a step", 0.02, 0.5, steps=15, value=0.1, log=True, format=".2g"),
            "start": start_of(START, (-4.8, 4.8), (-2.8, 2.8), step=0.1),
        },
        pointer={above: "start"},
        scenes={f"p = {p}": {"p": p} for p in ("1", "2", "∞")},
        alt="Left, all steps of length 1 as a closed curve, the direction downhill as an arrow, and the steepest step, "
        "where the curve touches the lowest line of equal height. Right, a ravine from above with the run that takes "
        "the steepest step again and again.",
    )


def compute(p, angle, lr, start=START):
    """The ball of the p-norm, its steepest step against a gradient of length 1, and the run in the ravine."""
    across = np.array([np.cos(AROUND), np.sin(AROUND)])
    g = np.stack([np.where(angle == 90, 0.0, np.cos(np.radians(angle))), np.sin(np.radians(angle))])  # not nearly 0
    d = steepest(g, p)
    along = np.stack([-g[1], g[0]])
    level = np.stack([d - 9 * along, d + 9 * along])
    path = descend(Steepest(lr, p), ravine(KAPPA), start, steps=STEPS)
    lines = {
        "ball": tuple(across / length(across, p)),
        "level": (level[:, 0], level[:, 1]),
        "path": (path.theta[:, 0], path.theta[:, 1]),
        "start": ([start[0]], [start[1]]),
    }
    for name, tip in (("downhill", -1.5 * g), ("step", d)):
        lines[name] = tuple(np.stack([0 * tip, tip], axis=1))
    words = {
        "steepest step": lambda: (
            f"{point(d + 0.0)}, {NORMS[p]}; for a gradient of length 1 it falls by {-np.sum(g * d, axis=0):.2f}"
        ),
        "in the ravine": partial(_ended, first(path.loss < TOLERANCE), path.loss[-1]),
    }
    return Answer(lines, words)


def length(d, p):
    """The p-norm over the first axis."""
    size = np.abs(d)
    return np.max(size, axis=0) if p == "∞" else np.sum(size ** float(p), axis=0) ** (1 / float(p))


def _ended(arrives, left):
    if not arrives < np.inf:
        return f"not below {TOLERANCE:g} in {STEPS} steps; loss {number(left)} at the end"
    return f"first below {TOLERANCE:g} at step {arrives:.0f}; loss {number(left)} at the end"

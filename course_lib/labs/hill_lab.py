"""The deck's story, to play with: a walker and a heavy ball on the same hill."""

from functools import partial

import numpy as np

from .. import plots
from ..descent import descend
from ..live import Answer, LiveFigure, slider
from ..optimizers import GradientDescent, Momentum
from ..runs import for_good
from ..surfaces import SURFACES

STEPS = 300
NEAR = 0.05  # from the floor of a valley: who stays so near rests there
LIFT = 0.06  # how far above the ground the travellers are drawn


def hill():
    """A walker (gradient descent) and a ball (momentum) on one hill: learning rate, gamma, and a start to drag."""
    ground = SURFACES["hill"]
    fig, side, course = plots.figure("Two travellers on one hill", "Where they are, step by step", widths=(1.7, 1))
    plots.draw_hill(side, ground)
    _draw_valleys(course, ground)
    for name, rule in (("walker", GradientDescent), ("ball", Momentum)):
        plots.moving_dots(side, f"trail.{name}", rule, run=True)
        plots.moving_ball(side, name, rule, label=f"{name}, {plots.look_of(rule).label}", head=f"trail.{name}")
        plots.moving_curve(course, f"place.{name}", rule, run=True, names=(None, None))
    plots.moving_start(side)
    return LiveFigure(
        fig,
        compute,
        run={
            "lr": slider("learning rate η", 0.005, 0.5, steps=41, value=0.05, log=True),
            "gamma": slider("momentum γ", 0, 0.99, steps=34, value=0.9, format=".2f"),
            "start": slider("start", -3.2, 5.4, steps=87, value=-3.0, format=".1f"),
        },
        pointer={side: ("start", None)},
        scenes={
            "no memory": {"gamma": 0, "lr": 0.05},
            "the story": {"gamma": 0.9, "lr": 0.05},
            "too much memory": {"gamma": 0.99, "lr": 0.05},
        },
        challenge=("score", "Steps to rest in the deep valley, from the usual start"),
        alt="A hill from the side, with a shallow and a deep valley. From the same start the walker comes to rest in "
        "the shallow valley, the ball rolls over the hump into the deep one. Beside it, their places step by step.",
    )


def compute(lr, gamma, start=-3.0):
    """Both runs, with a sentence on how each ended."""
    ground = SURFACES["hill"]
    lines, words = {"start": ([start], [ground.value(np.array([start])) + LIFT])}, {}
    for name, rule in (("walker", GradientDescent(lr)), ("ball", Momentum(lr, gamma))):
        path = descend(rule, ground, [start], steps=STEPS)
        place = path.theta[:, 0]
        lines[f"trail.{name}"] = (place, path.loss + LIFT)
        lines[f"place.{name}"] = (np.arange(STEPS + 1), place)
        words[name] = partial(told, path, ground)
    return Answer(lines, words | {"score": partial(score, path, ground, start)})


def score(path, ground, start):
    """The steps after which a run rests in the deep valley, as text; empty where it does not, or cheats."""
    steps = rests(path, ground.minima[1])
    return f"{steps:.0f}" if steps <= 0.9 * STEPS and start == ground.start[0] else ""


def rests(path, place):
    """The first step from which on a run stays near the floor of a valley; inf where it does not."""
    return for_good(abs(path.theta[:, 0] - place[0]) < NEAR)


def told(path, ground):
    """In words: where a run came to rest and when, or that it did not."""
    if not abs(path.theta[-1, 0]) < 1e3:
        return "diverges: it has left the hill for good"
    for place, name in zip(ground.minima, ("shallow", "deep"), strict=True):
        steps = rests(path, place)
        if steps <= 0.9 * STEPS:
            return f"rests in the {name} valley after {steps:.0f} steps"
    return f"is not at rest after {STEPS} steps"


def _draw_valleys(ax, ground):
    low, high = ground.view[0]
    for (place,), name in zip(ground.minima, ("shallow valley", "deep valley"), strict=True):
        ax.axhline(place, color=plots.SOFT, linewidth=1, linestyle=(0, (2, 2)))
        plots.draw_label(ax, STEPS, place, name, plots.SOFT, offset=(-4, 8)).set(ha="right")
    ax.set(xlim=(0, STEPS), ylim=(low, high), xlabel="step", ylabel=r"place  $\theta$")

"""A convex function on which the heavy ball with the best settings for parabolas goes round for ever."""

import numpy as np

from .. import plots
from ..descent import descend
from ..live import Answer, LiveFigure, slider
from ..optimizers import Momentum
from ..quadratics import THEORY
from ..runs import for_good
from ..surfaces import SURFACES
from .rules import THREE, built
from .words import signed, tell

FLATTEST, STEEPEST, KINKS = 1.0, 25.0, (1, 2)  # curvatures, and where they change
STEPS, LONG = 60, 600
BALLS = {"descent": 19, "momentum": 14, "nesterov": 8}  # sizes: all three are seen where they arrive
LIFT = 5.0  # how far above the ground they are drawn


def counterexample():
    """Gradient descent, heavy ball and Nesterov with textbook settings: start and the ball's eta in the page."""
    ground = SURFACES["lessard"]
    fig, side, slope, course = plots.figure(
        "A convex function: drag the disc",
        "Its slope has two kinks",
        "Where they are, step by step",
        widths=(1.25, 0.8, 1.2),
    )
    plots.draw_hill(side, ground)
    plots.draw_kinks(slope, ground, KINKS, (STEEPEST, FLATTEST, STEEPEST), view=(-1.6, 4.4))
    side.set(xlim=(-4.7, 4.7), ylim=(-35, 275), yticks=[])
    plots.moving_curve(side, "round", Momentum, "round", linewidth=1.5, linestyle="-", marker="o", zorder=6)
    side.lines[-1].set(markersize=10, markerfacecolor="white", markeredgewidth=2)
    for name, rule in THREE.items():
        plots.moving_dots(side, f"trail of {name}", rule, run=True, names=(None, None))
        plots.moving_ball(side, name, rule, size=BALLS[name], head=f"trail of {name}")
        plots.moving_curve(course, f"place.{name}", rule, run=True)
    plots.moving_start(side)
    limits = {"xlim": (0, STEPS * 1.03), "ylim": ground.view[0]}
    plots.draw_axes(course, zero=True, xlabel="step", ylabel=r"place  $\theta$", **limits)
    course.legend(loc="upper right", fontsize=9, handlelength=3.2)
    return LiveFigure(
        fig,
        compute,
        page={
            "start": slider("start", -4.5, 4.5, steps=91, value=3.3, format=".1f"),
            "share": slider("momentum η, in ninths", 0.2, 1.16, steps=13, value=1, format=".2f"),
        },
        pointer={side: ("start", None)},
        scenes={
            "it goes round": {"start": 3.3, "share": 1},
            "another start": {"start": 3.6, "share": 1},
            "a smaller learning rate": {"start": 3.3, "share": 0.36},
        },
        alt="Left, a valley with one bottom and no hump, and the dots of three runs from one start: gradient descent, "
        "heavy ball and Nesterov. Middle, its slope: it rises steeply, less so between 1 and 2, and steeply again. "
        "Right, where the three are, step by step.",
    )


def rules(share):
    """Each rule with its textbook settings for curvatures from 1 to 25; the heavy ball's learning rate times share."""
    found = {}
    for name, rule in THREE.items():
        lr, gamma, _ = THEORY[rule.__name__].textbook(FLATTEST, STEEPEST)
        found[name] = built(rule, lr * share if rule is Momentum else lr, gamma)
    return found


def compute(start, share):
    """The three runs for every start (n, 1) and share (1, m) of the tuned learning rate, and how each ends."""
    ground = SURFACES["lessard"]
    lines, words = {"start": (start[None], ground.value(start[None])[None] + LIFT)}, {}
    for name, rule in rules(share).items():
        path = descend(rule, ground, start[None], steps=LONG)
        place, height = path.theta[:, 0], path.loss
        lines[f"trail of {name}"] = (place[: STEPS + 1], height[: STEPS + 1] + LIFT)
        lines[f"place.{name}"] = (np.arange(STEPS + 1), place[: STEPS + 1])
        words[name] = told(place)
        if name == "momentum":
            lines["round"] = (place[-4:], height[-4:] + LIFT)
    return Answer(lines, words)


def told(place):
    """In words, for every run (LONG + 1, *grid): arrived, going round, or neither."""
    with np.errstate(all="ignore"):
        back = np.abs(place[-1] - place[-4]) < 1e-6
        arrived = for_good(~(np.abs(place) > 1e-3))

    def told(back, arrived, *three):
        if not np.isfinite(three).all() or abs(min(three)) > 1e6:
            return "diverges"
        if np.isfinite(arrived):
            return f"arrives: within 0.001 of the minimum from step {arrived:.0f} on"
        if back:
            low, middle, high = map(signed, sorted(three))
            return f"goes round for ever between three places, {low}, {middle} and {high}"
        return f"has neither arrived nor settled after {LONG} steps"

    return tell(told, back, arrived, *place[-3:])

"""The hill in two dimensions: three valleys, a start to drag, and three ways down."""

from functools import partial

import numpy as np

from .. import plots
from ..descent import descend
from ..live import Answer, LiveFigure, slider
from ..surfaces import SURFACES
from .grids import start_of
from .rules import THREE, built

STEPS = 200


def trap():
    """Gradient descent, momentum and Nesterov on the three-hump camel: a deep valley between two traps."""
    ground = SURFACES["three_hump_camel"]
    fig, above, course = plots.figure("Three valleys, one of them deep", "Height", widths=(1.35, 1))
    landscape = plots.draw_landscape(above, ground)
    for name, rule in THREE.items():
        plots.moving_path(above, name, rule)
        plots.moving_curve(course, f"height.{name}", rule, run=True)
    plots.moving_start(above)
    trapped = float(ground.value(np.array(ground.minima[1])))
    course.text(STEPS, trapped * 0.5, "floor of the traps", ha="right", color=plots.SOFT)
    limits = {"xlim": (0, STEPS), "ylim": (1e-6, 30), "yscale": "log"}
    plots.draw_axes(course, level=trapped, grid=True, xlabel="step", ylabel="height", **limits)
    return LiveFigure(
        fig,
        compute,
        run={
            "lr": slider("learning rate η", 0.0025, 0.04, steps=31, value=0.01, log=True),
            "gamma": slider("momentum γ", 0, 0.99, steps=34, value=0.9, format=".2f"),
            "start": start_of((2.0, 2.0), (-2.3, 2.3), (-2.3, 2.3), step=0.05),
        },
        pointer={above: "start"},
        ground=(above, lambda: landscape[:2], plots.land_colors(), lambda: ground),
        scenes={"from the corner": {"start": (2.0, 2.0)}, "from the other side": {"start": (-1.5, 2.0)}},
        alt="The three-hump camel from above, a deep valley in the middle and a trap on either side. From the corner "
        "gradient descent ends in a trap; momentum and Nesterov roll past it into the middle.",
    )


def compute(lr, gamma, start=(2.0, 2.0)):
    """The three runs, and in which valley each ends."""
    ground = SURFACES["three_hump_camel"]
    lines, words = {"start": ([start[0]], [start[1]])}, {}
    for name, rule in THREE.items():
        path = descend(built(rule, lr, gamma), ground, start, steps=STEPS)
        lines[name] = (path.theta[:, 0], path.theta[:, 1])
        lines[f"height.{name}"] = (np.arange(STEPS + 1), path.loss)
        words[name] = partial(told, path, ground)
    return Answer(lines, words)


def told(path, ground):
    """In words: in which valley a run ended, or that it did not."""
    arrived, end = path.steps_to(1e-6), path.theta[-1]
    if not np.isfinite(path.loss[-1]):
        return "diverges"
    if np.isfinite(arrived):
        return f"reaches the deep valley after {arrived:.0f} steps"
    traps = [place for place in ground.minima if ground.value(np.array(place)) > ground.lowest + 1e-6]
    if any(np.linalg.norm(end - np.array(place)) < 0.1 for place in traps):
        return "is caught in a trap"
    return f"is not at rest after {STEPS} steps"

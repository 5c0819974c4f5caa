"""The picture of `labs.hill` as `ipywidgets.interact` makes it: drawn anew by matplotlib at every change."""

import ipywidgets
import numpy as np
from IPython.display import display

from course_lib import plots
from course_lib.labs import hill_lab
from course_lib.live import slider
from course_lib.optimizers import GradientDescent, Momentum
from course_lib.surfaces import SURFACES


def draw(lr, gamma, start=-3.0):
    """The figure for one setting."""
    ground = SURFACES["hill"]
    fig, side, course = plots.figure("Two travellers on one hill", "Where they are, step by step", widths=(1.7, 1))
    plots.draw_hill(side, ground)
    hill_lab._draw_valleys(course, ground)
    for name, rule in (("walker", GradientDescent), ("ball", Momentum)):
        plots.moving_dots(side, f"trail.{name}", rule)
        plots.moving_ball(side, name, rule)
        plots.moving_curve(course, f"place.{name}", rule)
    plots.moving_start(side)

    points = hill_lab.compute(np.full((1, 1), lr), np.full((1, 1), gamma), start=start).lines
    for name in ("walker", "ball"):
        points[name] = [values[-1:] for values in points[f"trail.{name}"]]
    for line in (*side.lines, *course.lines):
        if line.get_gid():
            line.set_data(*map(np.ravel, points[line.get_gid()]))
    return fig


def show():
    """The same three sliders as the lab's, and the picture by the inline backend."""
    ipywidgets.interact(
        lambda lr, gamma, start: display(draw(lr, gamma, start)),
        lr=slider("learning rate η", 0.005, 0.5, steps=41, value=0.05, log=True),
        gamma=slider("momentum γ", 0, 0.99, steps=34, value=0.9, format=".2f"),
        start=slider("start", -3.2, 5.4, steps=87, value=-3.0, format=".1f"),
    )

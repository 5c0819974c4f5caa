"""The picture of `labs.hill` as other tools make it move, with the same sliders and the same computation.

kernel      the lab itself where the page cannot run it: each move asks the kernel
interact    drawn anew by matplotlib at every change, into the inline picture
ipympl      a matplotlib canvas in the page; the kernel blits: the background, then the lines
"""

from unittest.mock import patch

import ipywidgets
import numpy as np
from IPython.display import display

from course_lib import plots
from course_lib.labs import hill_lab
from course_lib.live import slider
from course_lib.optimizers import GradientDescent, Momentum
from course_lib.surfaces import SURFACES

GROUND = SURFACES["hill"]
TRAVELLERS = {"walker": GradientDescent, "ball": Momentum}


def lines_of(lr, gamma, start):
    """{name: (x, y)} of everything that moves, for one setting."""
    points = dict(hill_lab.compute(lr, gamma, start).lines)
    for name in TRAVELLERS:
        points[name] = [values[-1:] for values in points[f"trail.{name}"]]
    return {name: tuple(map(np.ravel, pair)) for name, pair in points.items()}


def drawn():
    """The figure without its moving lines' places, and those lines by name."""
    fig, side, course = plots.figure("Two travellers on one hill", "Where they are, step by step", widths=(1.7, 1))
    plots.draw_hill(side, GROUND)
    hill_lab._draw_valleys(course, GROUND)
    for name, rule in TRAVELLERS.items():
        plots.moving_dots(side, f"trail.{name}", rule)
        plots.moving_ball(side, name, rule)
        plots.moving_curve(course, f"place.{name}", rule)
    plots.moving_start(side)
    return fig, {line.get_gid(): line for line in (*side.lines, *course.lines) if line.get_gid()}


def place(lines, lr, gamma, start):
    for name, points in lines_of(lr, gamma, start).items():
        lines[name].set_data(*points)


def draw(lr, gamma, start=-3.0):
    """The figure for one setting."""
    fig, lines = drawn()
    place(lines, lr, gamma, start)
    return fig


def sliders():
    """The same three as the lab's."""
    quantities = {
        "lr": slider("learning rate η", 0.005, 0.5, steps=41, value=0.05, log=True),
        "gamma": slider("momentum γ", 0, 0.99, steps=34, value=0.9, format=".2f"),
        "start": slider("start", -3.2, 5.4, steps=87, value=-3.0, format=".1f"),
    }
    return {name: quantity.widget(quantity.default) for name, quantity in quantities.items()}


def kernel():
    """The lab with a compute that cannot be traced."""
    compute = hill_lab.compute

    def untraced(lr, gamma, start=-3.0):
        return compute(lr, gamma, float(start))

    with patch.object(hill_lab, "compute", untraced):
        live = hill_lab.hill()
    live.add_class("hill-kernel")
    display(live)


def interact():
    """The picture by the inline backend."""
    ipywidgets.interact(lambda lr, gamma, start: display(draw(lr, gamma, start)), **sliders())


def moved_by(hands, update):
    """The sliders in a column; each change calls update with all three values."""
    for hand in hands.values():
        hand.observe(lambda _: update(**{name: one.value for name, one in hands.items()}), "value")
    update(**{name: hand.value for name, hand in hands.items()})
    return ipywidgets.VBox([*hands.values()])


def ipympl():
    """matplotlib in the page, blitted by the kernel."""
    from ipympl.backend_nbagg import Canvas, FigureManager

    fig, lines = drawn()
    canvas = Canvas(fig)
    FigureManager(canvas, 0)
    for line in lines.values():
        line.set_animated(True)
    kept = {}

    def drawn_anew(_):
        """The page has begun, or asks for the whole picture: keep it without the lines, and draw them over it."""
        kept["background"] = canvas.copy_from_bbox(fig.bbox)
        draw_lines()

    def draw_lines():
        for line in sorted(lines.values(), key=lambda line: line.zorder):
            line.axes.draw_artist(line)

    def update(**setting):
        place(lines, **setting)
        if kept:
            canvas.restore_region(kept["background"])
            draw_lines()
            canvas.blit(fig.bbox)

    canvas.mpl_connect("draw_event", drawn_anew)
    box = ipywidgets.VBox([moved_by(sliders(), update), canvas])
    box.add_class("hill-ipympl")
    display(box)

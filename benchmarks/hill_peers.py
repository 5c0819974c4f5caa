"""The picture of `labs.hill` as other tools make it move, with the same sliders and the same computation.

kernel      the lab itself where the page cannot run it: each move asks the kernel
interact    drawn anew by matplotlib at every change, into the inline picture
ipympl      a matplotlib canvas in the page; the kernel blits: the background, then the lines
"""

from unittest.mock import patch

import ipywidgets
import numpy as np
from IPython.display import display

from course_lib.labs import hill_lab


def parts():
    """The lab's figure before the engine takes it, its moving lines by name, and its quantities."""
    with patch.object(hill_lab, "LiveFigure", lambda fig, compute, *, run, **options: (fig, run)):
        fig, run = hill_lab.hill()
    lines = {line.get_gid(): line for ax in fig.axes for line in ax.lines if line.get_gid()}
    return fig, lines, run


def place(lines, lr, gamma, start):
    """Move the lines to where they are for one setting; a traveller is at the end of its trail."""
    points = hill_lab.compute(lr, gamma, start).lines
    for name, line in lines.items():
        x, y = points[name] if name in points else [values[-1:] for values in points[f"trail.{name}"]]
        line.set_data(np.ravel(x), np.ravel(y))


def draw(lr, gamma, start=-3.0):
    """The figure for one setting."""
    fig, lines, _ = parts()
    place(lines, lr, gamma, start)
    return fig


def sliders():
    return {name: quantity.widget(quantity.default) for name, quantity in parts()[2].items()}


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


def ipympl():
    """matplotlib in the page, blitted by the kernel."""
    from ipympl.backend_nbagg import Canvas, FigureManager

    fig, lines, _ = parts()
    canvas, hands = Canvas(fig), sliders()
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

    def update(_=None):
        place(lines, **{name: hand.value for name, hand in hands.items()})
        if kept:
            canvas.restore_region(kept["background"])
            draw_lines()
            canvas.blit(fig.bbox)

    canvas.mpl_connect("draw_event", drawn_anew)
    update()
    for hand in hands.values():
        hand.observe(update, "value")
    box = ipywidgets.VBox([*hands.values(), canvas])
    box.add_class("hill-ipympl")
    display(box)

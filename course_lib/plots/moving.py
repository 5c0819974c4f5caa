"""Empty lines, each with a name (gid), for what moves in a live figure; drawn as `drawing` draws the same thing.

Each function returns the line that it is about, and takes, beside what it names, what `moving_line` does.
"""

import numpy as np

from .drawing import draw_disc, draw_path
from .looks import INK, PALE, SOFT, look_of, marker_size

ROLES = ("run", "frame", "head", "halo", "arrow", "names")


def moving_line(ax, gid, **more):
    """An empty line: matplotlib's keywords say how it looks, these what it is.

    run=True: drawn up to the step slider. frame=True: another one at each step. head=gid: the last point of that run.
    halo=gid: lies under that line, of the same data. arrow=True: ends in a tip. names=(x, y): what its numbers are
    called, None where they are not worth telling; by default the labels of the axes.
    """
    style = {name: value for name, value in more.items() if name not in ROLES}
    (line,) = ax.plot([], [], gid=gid, **style)
    line.moves = {name: value for name, value in more.items() if name in ROLES}
    return line


def moving_halo(ax, gid, width, **more):
    """An empty white line under another: what runs below that one stays apart from it."""
    return moving_line(ax, f"halo.{gid}", **{"halo": gid, "color": "white", "linewidth": width} | more)


def moving_cross(ax, gid, spot):
    """Empty lines for a chosen place on a map: hairs through it, and a white disc on it."""
    moving_line(ax, f"{gid} under", halo=gid, color="white", linewidth=3.4, alpha=0.45, zorder=3)
    moving_line(ax, gid, color=INK, linewidth=1, zorder=3.1)
    moving_start(ax, spot).set(clip_on=False, in_layout=False)  # else its emptiness would upset the layout


def moving_path(ax, gid, look, label=None):
    """Empty lines for a run seen from above, on its halo."""
    line = draw_path(ax, np.empty((0, 2)), look, label, gid)
    line.moves, ax.lines[-2].moves = {"run": True}, {"halo": gid}
    return line


def moving_shadow(ax, gid, label=None, **more):
    """An empty wide, pale line under a run: what it is compared with."""
    style = {"color": PALE, "alpha": 0.45, "linewidth": 6, "solid_capstyle": "butt", "zorder": 4.7}
    return moving_line(ax, gid, label=label, **style | more)


def moving_guide(ax, gid, label=None, **more):
    """An empty thin dashed line that guides the eye: the floor of a valley, a level, a place on an axis."""
    style = {"color": SOFT, "linewidth": 1, "linestyle": (0, (5, 4)), "zorder": 1.2}
    return moving_line(ax, gid, label=label, **style | more)


def moving_curve(ax, gid, look, label=None, **more):
    """An empty line for a quantity against the step."""
    look = look_of(look)
    style = {"color": look.color, "linestyle": look.dashes, "label": label or look.label, "zorder": 5}
    return moving_line(ax, gid, **style | more)


def moving_form(ax, gid, look, every, label=None, **more):
    """An empty curve for one of several forms of a rule, with its marker here and there. every: (first, step)."""
    marks = {"marker": look_of(look).marker, "markersize": 6, "markevery": every}
    return moving_curve(ax, gid, look, label, markeredgecolor="white", markeredgewidth=0.8, **marks | more)


def moving_run(ax, gid, look, **more):
    """An empty line with a marker at every step: a run of one coordinate."""
    style = {"linewidth": 1.7, "marker": look_of(look).marker, "markersize": 5}
    return moving_curve(ax, gid, look, markeredgecolor="white", markeredgewidth=0.7, **style | more)


def dress(line, look):
    """Give the line of a `moving_path` or a `moving_curve` the look and the label of another optimizer."""
    style = look_of(look)
    line.set(color=style.color, linestyle=style.dashes, label=style.label)
    if line.get_marker() != "None":
        line.set(marker=style.marker, markersize=marker_size(style), markeredgecolor="white")


def tint(lines, look):
    """Give other moving lines the colour of another optimizer; open rings stay open."""
    color = look_of(look).color
    for line in lines:
        opened = line.get_markerfacecolor() == "white"
        line.set(color=color, markeredgecolor=color if opened else "white")
        line.set_markerfacecolor("white" if opened else color)


def put_under(lines):
    """Make lines wide and lay them under others, over their halos: both are seen where one runs on the other."""
    for line in lines:
        line.set(linewidth=line.get_linewidth() + 2, zorder=line.get_zorder() - 0.05)


def moving_rings(ax, gid, look, label, **more):
    """An empty line of small open markers: values that were measured, on the line of those predicted."""
    look = look_of(look)
    style = {"marker": look.marker, "markerfacecolor": "white", "markersize": 5, "markeredgewidth": 1.3, "zorder": 5.5}
    return moving_line(ax, gid, linestyle="none", markeredgecolor=look.color, label=label, **style | more)


def moving_dots(ax, gid, look, size=6, **more):
    """An empty line of faint dots, one for each step."""
    style = {"alpha": 0.3, "markersize": size, "markeredgewidth": 0, "zorder": 5}
    return _marks(ax, gid, look, **style | more)


def moving_ball(ax, gid, look, size=16, label=None, **more):
    """An empty line for one large marker: where a run is now."""
    style = {"markersize": size, "markeredgecolor": "white", "zorder": 7, "label": label or look_of(look).label}
    return _marks(ax, gid, look, **style | more)


def moving_head(ax, gid, look, size=5.5, **more):
    """An empty line for the point a run has reached, where the usual disc would be too large."""
    style = {"marker": "o", "markersize": size, "markeredgecolor": "white", "zorder": 5.1}
    return _marks(ax, gid, look, **style | more)


def _marks(ax, gid, look, **style):
    look = look_of(look)
    return moving_line(ax, gid, **{"color": look.color, "marker": look.marker, "linestyle": "none"} | style)


def moving_arrow(ax, gid, color, label, dashes="-", width=2.4, **more):
    """Empty lines for the shaft of an arrow that grows, on a white halo, and for its end.

    The end has no marker to be seen: it keeps a played arrow from carrying a disc beside its tip.
    """
    moving_halo(ax, gid, width + 2.2, zorder=5.9)
    style = {"color": color, "linewidth": width, "linestyle": dashes, "zorder": 6, "run": True}
    line = moving_line(ax, gid, label=label, arrow=True, **style | more)
    moving_end(ax, gid, zorder=6, **more)
    return line


def moving_end(ax, gid, **more):
    """An empty line for the end of a line that grows, which is not to be seen."""
    style = {"marker": "o", "linestyle": "none", "alpha": 0, "markersize": 1}
    moving_line(ax, f"end.{gid}", head=gid, **style | more)


def moving_bars(ax, gid, color, width, **more):
    """An empty line for bars; `bar_line` makes their points. width: in points."""
    style = {"color": color, "linewidth": width, "solid_capstyle": "butt", "zorder": 4}
    return moving_line(ax, gid, **style | more)


def bar_line(x, heights, base=0.0):
    """Bars as one line with gaps: x (n,), heights (n, *grid) -> x (3 n,), y (3 n, *grid)."""
    heights = np.asarray(heights, float)
    gap, foot = np.full_like(heights, np.nan), np.full_like(heights, base)
    y = np.stack([foot, heights, gap], axis=1).reshape(-1, *heights.shape[1:])
    return np.repeat(np.asarray(x, float), 3), y


def cross_line(x, y, across, up):
    """Hairs through the place (x, y) of a map, as one line: from end to end, across = (left, right), and up."""
    gap = np.nan
    return (
        np.stack([x, x, gap * x, 0 * x + across[0], 0 * x + across[1]]),
        np.stack([0 * y + up[0], 0 * y + up[1], gap * y, y, y]),
    )


def moving_start(ax, gid="start"):
    """An empty line for the white disc where a run begins."""
    return draw_disc(ax, [], [], gid)

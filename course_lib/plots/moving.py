"""Empty lines, each with a name (gid), for what moves in a live figure; drawn as `drawing` draws the same thing.

Every `moving_...` function also takes what its line is: the keywords of `moves`.
"""

import functools

import numpy as np

from .drawing import draw_curve, draw_disc, draw_path
from .looks import FAULT, INK, MEMBERS, MEMORIES, PALE, SOFT, look_of, marker_size


def moves(line, **role):
    """Say what a line is, for a live figure; returns it.

    run=True: drawn up to the step slider. frame=True: another one at each step. head=gid: the last point of that run.
    halo=gid: lies under that line, of the same data. arrow=True: ends in a tip. names=(x, y): what its numbers are
    called, None where they are not worth telling; by default the labels of the axes.
    """
    line.moves = getattr(line, "moves", {}) | role
    return line


def _moving(make):
    """The function, which also takes what its lines are."""

    @functools.wraps(make)
    def made(ax, *given, **named):
        role = {name: named.pop(name) for name in ("run", "frame", "head", "arrow", "names") if name in named}
        before = len(ax.lines)
        gid = make(ax, *given, **named)
        for line in ax.lines[before:]:
            if "halo" not in getattr(line, "moves", {}):
                moves(line, **role)
        return gid

    return made


@_moving
def moving_cross(ax, gid, spot):
    """Empty lines for a chosen place on a map: hairs through it, and a white disc on it."""
    ax.plot([], [], color="white", linewidth=3.4, alpha=0.45, zorder=3, gid=f"{gid} under")
    moves(ax.lines[-1], halo=gid)
    ax.plot([], [], color=INK, linewidth=1, zorder=3.1, gid=gid)
    moving_start(ax, spot)
    ax.lines[-1].set(clip_on=False, in_layout=False)  # else its emptiness would upset the layout
    return gid


@_moving
def moving_path(ax, gid, look, label=None):
    """Empty lines for a run seen from above, on its halo."""
    moves(draw_path(ax, np.empty((0, 2)), look, label, gid), run=True)
    moves(ax.lines[-2], halo=gid)
    return gid


@_moving
def moving_shadow(ax, gid, label=None):
    """An empty wide, pale line under a run: what it is compared with."""
    ax.plot([], [], color=PALE, alpha=0.45, linewidth=6, solid_capstyle="butt", zorder=4.7, gid=gid, label=label)
    return gid


@_moving
def moving_contour(ax, gid):
    """An empty line of equal height on the ground, for a landscape that moves."""
    ax.plot([], [], color="white", linewidth=1.3, zorder=0.6, gid=gid)
    return gid


@_moving
def moving_guide(ax, gid, label=None):
    """An empty thin dashed line that guides the eye: the floor of a valley, a level, a place on an axis."""
    ax.plot([], [], color=SOFT, linewidth=1, linestyle=(0, (5, 4)), zorder=1.2, gid=gid, label=label)
    return gid


@_moving
def moving_form(ax, gid, look, label, marker, every):
    """An empty curve for one of several forms of a rule, with a marker here and there. every: (first, step)."""
    ax.plot([], [], color=look.color, linestyle=look.dashes, zorder=5, gid=gid, label=label)
    ax.lines[-1].set(marker=marker, markersize=6, markeredgecolor="white", markeredgewidth=0.8, markevery=every)
    return gid


@_moving
def moving_curve(ax, gid, look, label=None):
    """An empty line for a quantity against the step."""
    draw_curve(ax, [], [], look, label, at=None, zorder=5, gid=gid)
    return gid


@_moving
def moving_run(ax, gid, look):
    """An empty line with a marker at every step: a run of one coordinate."""
    style = look_of(look)
    ax.plot([], [], color=style.color, linestyle=style.dashes, linewidth=1.7, zorder=5, gid=gid, label=style.label)
    ax.lines[-1].set(marker=style.marker, markersize=5, markeredgecolor="white", markeredgewidth=0.7)
    return gid


@_moving
def moving_roots(ax, ways, roots, look):
    """Empty lines for eigenvalues in the complex plane: the ways they go, faint, and where they are."""
    style = look_of(look)
    ax.plot([], [], color=style.color, linewidth=1.4, alpha=0.4, zorder=4, gid=ways)
    ax.plot([], [], style.marker, color=style.color, markersize=9, markeredgecolor="white", zorder=6, gid=roots)
    return ways, roots


@_moving
def moving_span(ax, gid):
    """An empty line for a stretch of a map, with a stop at either end."""
    ax.plot([], [], color="white", linewidth=2.6, marker="|", markersize=13, markeredgewidth=2.6, zorder=2.5, gid=gid)
    return gid


@_moving
def moving_directions(ax, along, across, look):
    """Empty lines for the two directions of a ravine: a line for the one along it, a dot a step for the one across."""
    color = look_of(look).color
    ax.plot([], [], color=color, linewidth=2, zorder=5, gid=along)
    ax.plot([], [], "o", color=color, alpha=0.55, markersize=2.6, markeredgewidth=0, zorder=4.8, gid=across)
    return along, across


@_moving
def moving_pair(ax, first, second, look):
    """Empty lines for a quantity of two coordinates: a line for the first, a thinner one with rings for the second."""
    color = look_of(look).color
    ax.plot([], [], color=color, linewidth=2.2, zorder=5, gid=first)
    ax.plot([], [], color=color, linewidth=1.2, zorder=5.1, gid=second, marker="o", markersize=5, markevery=(10, 20))
    ax.lines[-1].set(markerfacecolor="white", markeredgecolor=color, markeredgewidth=1.3)
    return first, second


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


@_moving
def moving_head(ax, gid, look, size=5.5):
    """An empty line for the point a run has reached, where the usual disc would be too large."""
    color = look_of(look).color
    ax.plot([], [], "o", color=color, markeredgecolor="white", markersize=size, zorder=5.1, gid=gid)
    return gid


@_moving
def moving_member(ax, gid, memory, number, label):
    """An empty line for member `number` of the seven: its markers stand where no other member has one."""
    style = MEMORIES[memory]
    ax.plot([], [], color=style.color, linestyle=style.dashes, zorder=5 + 0.01 * number, gid=gid, label=label)
    ax.lines[-1].set(marker=MEMBERS[number], markersize=7, markeredgecolor="white", markeredgewidth=0.8)
    ax.lines[-1].set_markevery((number + 1, len(MEMBERS)))
    return gid


@_moving
def moving_round(ax, gid, look):
    """An empty line for places visited in turn: open markers, joined."""
    style = look_of(look)
    ax.plot([], [], color=style.color, linewidth=1.5, zorder=6, gid=gid, marker=style.marker, markersize=10)
    ax.lines[-1].set(markerfacecolor="white", markeredgecolor=style.color, markeredgewidth=2)
    return gid


@_moving
def moving_rings(ax, gid, look, label):
    """An empty line of small open markers: values that were measured, on the line of those predicted."""
    style = look_of(look)
    ax.plot(
        [], [], style.marker, markerfacecolor="white", markeredgecolor=style.color, zorder=5.5, gid=gid, label=label
    )
    ax.lines[-1].set(markersize=5, markeredgewidth=1.3)
    return gid


def put_under(lines):
    """Make lines wide and lay them under others, over their halos: both are seen where one runs on the other."""
    for line in lines:
        line.set(linewidth=line.get_linewidth() + 2, zorder=line.get_zorder() - 0.05)


@_moving
def moving_dots(ax, gid, look, size=6):
    """An empty line of faint dots, one for each step."""
    style = look_of(look)
    ax.plot([], [], style.marker, color=style.color, alpha=0.3, markersize=size, markeredgewidth=0, zorder=5, gid=gid)
    return gid


@_moving
def moving_ball(ax, gid, look, size=16, label=None):
    """An empty line for one large marker: where a run is now."""
    style = look_of(look)
    ax.plot([], [], style.marker, color=style.color, markersize=size, markeredgecolor="white", zorder=7, gid=gid)
    ax.lines[-1].set_label(label or style.label)
    return gid


@_moving
def moving_arrow(ax, gid, color, label, dashes="-", width=2.4, alpha=1.0):
    """Empty lines for the shaft of an arrow that grows, on a white halo, and for its end.

    The end has no marker to be seen: it keeps a played arrow from carrying a disc beside its tip.
    """
    ax.plot([], [], color="white", linewidth=width + 2.2, zorder=5.9, gid=f"halo.{gid}", alpha=alpha)
    moves(ax.lines[-1], halo=gid)
    ax.plot([], [], color=color, linewidth=width, linestyle=dashes, zorder=6, gid=gid, label=label, alpha=alpha)
    moves(ax.lines[-1], run=True, arrow=True)
    ax.plot([], [], "o", alpha=0, markersize=1, zorder=6, gid=f"end.{gid}")
    moves(ax.lines[-1], head=gid)
    return gid


@_moving
def moving_bars(ax, gid, color, width):
    """An empty line for bars; `bar_line` makes their points. width: in points."""
    ax.plot([], [], color=color, linewidth=width, solid_capstyle="butt", zorder=4, gid=gid)
    return gid


def bar_line(x, heights, base=0.0):
    """Bars as one line with gaps: x (n,), heights (n, *grid) -> x (3 n,), y (3 n, *grid)."""
    heights = np.asarray(heights, float)
    gap, foot = np.full_like(heights, np.nan), np.full_like(heights, base)
    y = np.stack([foot, heights, gap], axis=1).reshape(-1, *heights.shape[1:])
    return np.repeat(np.asarray(x, float), 3), y


@_moving
def moving_word(ax, gid, word, size):
    """An empty line for a word, `size` points long, at the last point of a line and turned along it."""
    ax.plot([], [], linewidth=0, color=SOFT, marker=f"$\\mathrm{{{word}}}$", markersize=size, zorder=1, gid=gid)
    return gid


@_moving
def moving_start(ax, gid="start"):
    """An empty line for the white disc where a run begins."""
    draw_disc(ax, [], [], gid)
    return gid


@_moving
def moving_border(ax, gid):
    """Empty lines for a border on a map, on its halo."""
    ax.plot([], [], color="white", linewidth=5, zorder=4.9, gid=f"halo.{gid}")
    moves(ax.lines[-1], halo=gid)
    ax.plot([], [], color=INK, linewidth=2.4, zorder=5, gid=gid)
    return gid


@_moving
def moving_faults(ax, gid):
    """An empty line of rings round what is wrong."""
    ax.plot(
        [], [], "o", markerfacecolor="none", markeredgecolor=FAULT, markeredgewidth=2, markersize=14, zorder=6, gid=gid
    )
    return gid

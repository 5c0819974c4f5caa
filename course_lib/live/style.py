"""How a moving line looks: from a matplotlib `Line2D` to instructions for a canvas."""

from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path

CAPS = {"butt": "butt", "projecting": "square", "round": "round"}
LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}
TIP = Path([(0, 0), (-1, 0.42), (-0.8, 0), (-1, -0.42), (0, 0)], closed=True)  # of an arrow, pointing right


def line_style(line, dot):
    """Canvas instructions of a Line2D: colours as CSS, lengths in px; dot: px a point of its figure."""
    if line.get_drawstyle() != "default":
        raise ValueError(f"line {line.get_gid()!r}: drawstyle {line.get_drawstyle()!r} is not supported")
    offset, dashes = line._dash_pattern  # there is no public way to it; a test pins what it means
    solid = dashes is None
    return {
        "gid": line.get_gid(),
        "width": 0 if line.get_linestyle() in ("None", " ", "") else line.get_linewidth() * dot,
        "color": css(line.get_color(), line.get_alpha()),
        "dashes": [] if solid else [length * dot for length in dashes],
        "offset": (offset or 0) * dot,
        "cap": CAPS[str(line.get_solid_capstyle() if solid else line.get_dash_capstyle())],
        "join": str(line.get_solid_joinstyle() if solid else line.get_dash_joinstyle()),
        "clip": line.get_clip_on(),
        "marker": marker(line, dot),
        "every": every(line),
    }


def css(color, alpha=None):
    """A matplotlib colour as CSS, None if it is transparent."""
    red, green, blue, opacity = to_rgba(color, alpha)
    if opacity == 0:
        return None
    return f"rgba({red * 255:.0f},{green * 255:.0f},{blue * 255:.0f},{opacity:.4g})"


def marker(line, dot):
    """The marker's outline, scaled, as the `d` of an SVG path (y down), its colours and edge; or None."""
    shape = line._marker  # get_marker() forgets how it is turned and filled; the same test pins it
    if not len(shape.get_path().vertices):
        return None
    size = line.get_markersize() * dot
    path = shape.get_path().transformed(shape.get_transform().scale(size, -size))
    return {
        "path": svg(path),
        "face": css(line.get_markerfacecolor(), line.get_alpha()) if shape.is_filled() else None,
        "edge": css(line.get_markeredgecolor(), line.get_alpha()),
        "width": line.get_markeredgewidth() * dot,
        "join": str(shape.get_joinstyle()),
    }


def svg(path):
    """A matplotlib Path as the `d` of an SVG path."""
    parts = []
    for vertices, code in path.iter_segments(simplify=False):
        numbers = "" if code == Path.CLOSEPOLY else " ".join(f"{v:.3f}" for v in vertices)
        parts.append(LETTERS[code] + numbers)
    return "".join(parts)


def every(line):
    """markevery as [first, stop or None, step]."""
    chosen = line.get_markevery()
    if isinstance(chosen, slice):
        return [chosen.start or 0, chosen.stop, chosen.step or 1]
    first, step = chosen if isinstance(chosen, tuple) else (0, chosen or 1)
    if not isinstance(first, int) or not isinstance(step, int):
        raise ValueError(
            f"line {line.get_gid()!r}: markevery={chosen!r} is not supported; use an int, a pair or a slice"
        )
    return [first, None, step]


def head_like(line):
    """A marker for the point a run has reached: a disc in the line's colour with a white edge."""
    return Line2D(
        [],
        [],
        linestyle="none",
        marker="o",
        markersize=7 + line.get_linewidth(),
        markerfacecolor=line.get_color(),
        markeredgecolor="white",
        markeredgewidth=1.5,
        zorder=line.get_zorder() + 0.1,
        clip_on=line.get_clip_on(),
    )


def tip_like(line):
    """An arrow's head for the last point of a line, as wide as the line asks for, drawn pointing right.

    Or the line's own marker, such as a word, which the line itself has no longer then.
    """
    own = line.get_marker() not in ("None", "none", None, "", " ")
    shape, size = (line.get_marker(), line.get_markersize()) if own else (TIP, 2 * (4 + 3 * line.get_linewidth()))
    line.set_marker("none")
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=MarkerStyle(shape),
        markersize=size,
        markerfacecolor=line.get_color(),
        markeredgewidth=0,
        alpha=line.get_alpha(),
        zorder=line.get_zorder(),
        clip_on=line.get_clip_on(),
    )

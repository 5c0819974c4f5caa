"""The matplotlib side of a live figure: which lines move, what stands still, and pictures of both."""

import sys
from contextlib import nullcontext

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle

from ..formulas import plain
from . import codec, raster, style
from .answer import check_names, line_arrays

SCALES = ("linear", "log")
NOTE_HEIGHT = 0.26  # inches under the picture, for the sentence that it is one


class Drawing:
    """A figure whose named, empty Line2Ds move.

    figure: matplotlib Figure; lines that move are the Line2Ds with a gid. What such a line is, is said by the line, in
    its attribute `moves`, a dict that may have these keys:
    run: True where it is drawn up to the step slider (it gets a head if no other line is one for it);
    frame: True where each step shows another one: its points are those of all steps, one after the other;
    head: gid of the run at whose last point it stands; halo: gid of the line whose data it shares;
    arrow: True for an arrow's head at its last point; names: (x, y), what its numbers are called (None: not worth
    telling), by default the labels of the axes.
    step_label: what the steps are called.
    """

    def __init__(self, figure, *, step_label):
        _forget(figure)
        FigureCanvasAgg(figure)  # makes itself the figure's canvas
        self.figure = figure
        self.in_style = getattr(figure, "in_style", nullcontext)  # a figure may have matplotlib settings of its own
        found = [(line.get_gid(), line) for ax in figure.axes for line in ax.lines if line.get_gid()]
        self.lines = dict(found)
        if len(found) > len(self.lines):
            raise ValueError(f"two lines of the figure have the same gid: {sorted(gid for gid, _ in found)}")
        self.runs, self.frames = tuple(self._all("run")), tuple(self._all("frame"))
        self.names, self.step_label = self._all("names"), step_label
        halos, heads, arrows = self._all("halo"), self._all("head"), self._all("arrow")
        self._refuse_unknown(halo=halos.values(), head=heads.values())
        if self.frames and not self.runs:
            raise ValueError(f"frames {sorted(self.frames)} need a run: it says how many steps there are")
        self.source = {gid: gid for gid in self.lines} | halos | heads
        self.part = dict.fromkeys(self.lines, "all") | dict.fromkeys(heads, "head")
        self.data_gids = [gid for gid in self.lines if self.source[gid] == gid]
        with self.in_style():
            for run in self.runs:
                if run not in heads.values():
                    self._add("head", run, style.head_like(self.lines[run]))
            for gid in arrows:
                self._add("tip", gid, style.tip_like(self.lines[gid]))
        self.tips = {gid: MarkerStyle(line._marker) for gid, line in self.lines.items() if self.part[gid] == "tip"}
        self.ground = None  # (axes, artists, colours): what the page draws itself, see page/ground.js
        self.lay_out()

    def _all(self, role):
        """gid -> what the line says of this; lines that say nothing of it are left out."""
        said = {gid: getattr(line, "moves", {}).get(role) for gid, line in self.lines.items()}
        return {gid: what for gid, what in said.items() if what}

    def _refuse_unknown(self, **named):
        for role, gids in named.items():
            unknown = sorted(set(gids) - set(self.lines))
            if unknown:
                raise ValueError(f"a {role} belongs to {unknown}, but the figure's lines are {sorted(self.lines)}")

    def _add(self, part, source, line):
        gid = f"{source} {part}"
        line.set_gid(gid)
        self.lines[source].axes.add_line(line)
        self.lines[gid], self.source[gid], self.part[gid] = line, source, part

    def lay_out(self):
        """Make the layout final: from here on pixels stand."""
        with rc_context({"savefig.bbox": None}):
            self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")
        self.check_axes()

    def check_axes(self):
        """Refuse what a live figure cannot draw; also after every change of the background."""
        for gid, line in self.lines.items():
            if line.axes is None:
                raise ValueError(f"line {gid!r} was removed from the figure; do not clear its axes")
        for ax in self.figure.axes:
            ax.autoscale_view()  # matplotlib would put it off until it draws
            for name, scale in (("x", ax.get_xscale()), ("y", ax.get_yscale())):
                if scale not in SCALES:
                    raise ValueError(f"a live figure knows linear and log axes; its {name} axis is {scale!r}")

    def frame(self):
        """Geometry and line styles for the page, in px of the figure's own size, y down."""
        axes = self.figure.axes
        seen = [line for line in self.lines.values() if line.axes.get_visible()]
        order = sorted(seen, key=lambda line: (line.axes.zorder, axes.index(line.axes), line.zorder))
        return {
            "size": self.size,
            "axes": [self._axes(ax) for ax in axes],
            "lines": [self._line(line) for line in order],
            "step": self.step_label,
            "lettering": getattr(self.figure, "lettering", dict)(),
        } | self._ground()

    def _ground(self):
        if not self.ground:
            return {}
        ax, _, colors = self.ground
        bands = [[round(255 * part) for part in to_rgb(color)] for color in colors]
        paper = style.css(self.figure.get_facecolor())
        return {"ground": {"axes": self.figure.axes.index(ax), "colors": bands}, "paper": paper, "dpi": self.figure.dpi}

    @property
    def size(self):
        """Width and height in px."""
        return [float(length) for length in self.figure.bbox.size]

    def _axes(self, ax):
        return {
            "box": [ax.bbox.x0, self.size[1] - ax.bbox.y1, ax.bbox.width, ax.bbox.height],
            "log": [ax.get_xscale() == "log", ax.get_yscale() == "log"],
            "limits": [list(map(float, ax.get_xlim())), list(map(float, ax.get_ylim()))],
        }

    def _line(self, line):
        gid = line.get_gid()
        source = self.source[gid]
        return style.line_style(line, self.figure.dpi / 72) | {
            "label": self._label(source),
            "data": source,
            "part": self.part[gid],
            "run": source in self.runs,
            "framed": source in self.frames,
            "axes": self.figure.axes.index(line.axes),
            "names": self._names(source),
        }

    def _label(self, gid):
        """The line's label; else that of the line it belongs to ("loss.free" to "free"); else its name."""
        name = gid.split(".")[-1]
        for known in (gid, name):
            text = str(self.lines[known].get_label()) if known in self.lines else "_"
            if not text.startswith("_"):
                return plain(text)
        return name

    def _names(self, gid):
        if gid in self.names:
            return list(self.names[gid])
        ax = self.lines[gid].axes
        names = [plain(text) for text in (ax.get_xlabel(), ax.get_ylabel())]
        return [None if gid in self.runs and name == self.step_label else name for name in names]  # of a run its number

    def codes(self, gid, x, y):
        """16-bit codes of a line's arrays, points last; see `codec`."""
        ax = self.lines[gid].axes
        middle = (ax.bbox.x0 + ax.bbox.x1) / 2, (ax.bbox.y0 + ax.bbox.y1) / 2
        across = codec.quantise(codec.to_pixels(ax, "x", x) - middle[0])
        down = codec.quantise(middle[1] - codec.to_pixels(ax, "y", y))
        return np.moveaxis(across, 0, -1), np.moveaxis(down, 0, -1)

    def encode(self, answer, controls, scenes, tight):
        """The buffer for the page: `answer` over the grid of these controls' values, refused if it does not fit.

        scenes: those of the answer, as numbers of values; tight: see `codec.pack`.
        """
        check_names(answer, self.data_gids)
        grid = tuple(len(control.values) for control in controls)
        arrays = {gid: line_arrays(gid, pair, grid) for gid, pair in answer.lines.items()}
        for gid in set(self.frames) & set(arrays):
            self._points_a_frame(gid, {name: len(x) for name, (x, _) in arrays.items()})
        lines = {gid: self.codes(gid, *pair) for gid, pair in arrays.items()}
        words = {name: codec.encode_words(texts, grid) for name, texts in answer.words.items()}
        return codec.pack(lines, words, scenes, tight)

    def layers(self, scale=2):
        """Pixels of what stands still: below the moving lines, and above them (None if nothing); scale: dots a px."""
        above = self._above()
        ax, artists, _ = self.ground or (None, list, ())
        with raster.hidden([*above, *artists(), *([ax.patch] if ax else [])]):
            below = raster.drawn(self.figure, scale, transparent=bool(ax))
        if not above:
            return below, None
        rest = [child for ax in self.figure.axes for child in ax.get_children() if child not in above]
        own = [child for child in self.figure.get_children() if child not in self.figure.axes]
        with raster.hidden([*rest, *own]):
            return below, raster.drawn(self.figure, scale, transparent=True)

    def _above(self):
        """Artists matplotlib would draw after the last moving line of their axes."""
        above = []
        for ax in self.figure.axes:
            mine = [line for line in self.lines.values() if line.axes is ax]
            if mine:
                top = max(line.get_zorder() for line in mine)
                children = [child for child in ax.get_children() if child is not ax.patch]
                above += [c for c in children if c.get_visible() and c.get_zorder() > top and c not in mine]
        return above

    def picture(self, answer, step=None, *, scale=2, note=None):
        """PNG of the whole figure as matplotlib draws it, for an answer of one cell.

        step: how far the runs are drawn (None: to the end); note: a sentence in a strip under the picture.
        """
        check_names(answer, self.data_gids)
        try:
            for gid, line in self.lines.items():
                self._place(line, *self._points(self.source[gid], answer, step))
            return self._png(scale, note=note)
        finally:
            for gid, line in self.lines.items():
                line.set_data([], [])
                if self.part[gid] == "tip":
                    line.set_marker(self.tips[gid])

    def _points(self, gid, answer, step):
        """x and y of one line as shown: up to `step` if it is a run, nan where the page cuts it."""
        if gid not in answer.lines:
            return np.empty((2, 0))
        x, y = (np.ravel(np.asarray(values, dtype=float)) for values in answer.lines[gid])
        across, down = self.codes(gid, x, y)
        cut = (across == codec.CUT) | (down == codec.CUT)
        shown = slice(None)
        if gid in self.frames:
            size = self._points_a_frame(gid, {name: np.size(pair[1]) for name, pair in answer.lines.items()})
            first = len(x) - size if step is None else step * size
            shown = slice(first, first + size)
        elif gid in self.runs and step is not None:
            shown = slice(step + 1)
        return np.where(cut, np.nan, x)[shown], np.where(cut, np.nan, y)[shown]

    def _points_a_frame(self, gid, points):
        """How many points of a line each step shows. points: name -> points of all lines, of one cell."""
        steps = max(points.get(run, 0) for run in self.runs)
        if points[gid] % steps:
            raise ValueError(f"line {gid!r} has {points[gid]} points, which are not frames for {steps} steps")
        return points[gid] // steps

    def _place(self, line, x, y):
        part = self.part[line.get_gid()]
        seen = np.flatnonzero(np.isfinite(x))
        if part == "tip":
            x, y = x[seen], y[seen]
            x, y = (x[-1:], y[-1:]) if self._aim(line, x, y) else ([], [])
        elif part == "head":
            x, y = x[seen[-1:]], y[seen[-1:]]
        line.set_data(x, y)

    def _aim(self, line, x, y):
        """Turn an arrow's head along the last part of its line; False if that has no direction."""
        ends = np.column_stack([codec.to_pixels(line.axes, "x", x), codec.to_pixels(line.axes, "y", y)])[-2:]
        if len(ends) < 2 or np.allclose(*ends):
            return False
        across, up = ends[1] - ends[0]
        line.set_marker(self.tips[line.get_gid()].rotated(rad=np.arctan2(up, across)))
        return True

    def _png(self, scale, *, note=None):
        """What is drawn now; note: a sentence in a strip below."""
        pixels = raster.drawn(self.figure, scale)
        if note:
            width, _ = self.figure.get_size_inches()
            strip = Figure((width, NOTE_HEIGHT), dpi=self.figure.dpi, facecolor=self.figure.get_facecolor())
            strip.text(0.5, 0.3, note, ha="center", size=9, color="#5B6A78", style="italic")
            pixels = np.vstack([pixels, raster.drawn(strip, scale)])
        return raster.png(pixels)


def _forget(figure):
    """Take the figure out of pyplot's hands, if it is in them: it would be shown a second time."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot:
        pyplot.close(figure)

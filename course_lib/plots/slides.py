"""Figures for slides: as wide as a slide, and with text for the last row. COURSE_LIVE=slides asks for them.

Everything is drawn larger than in a notebook by having fewer inches for as many pixels; words keep their points, so
that plots, labs and lessons need not know where they are shown.
"""

import math
import os
import textwrap

from matplotlib.text import Annotation, Text

from .style import CourseFigure

WIDTH, NOTEBOOK_WIDTH = 7.6, 11  # inches
DPI = 160  # 1216 px across, on a slide of 1280
SMALLEST = 12.7  # points: 28 px
LEGEND = {
    "frameon": False,
    "fontsize": SMALLEST,
    "borderpad": 0,
    "borderaxespad": 0.1,
    "columnspacing": 1.3,
    "handlelength": 2.2,
}
SHORTER = 0.68  # of the height in a notebook: below a figure a slide has room for its sliders and what they say
ENOUGH = 3.0  # inches; what is no higher in a notebook keeps its height


def on_slides():
    """Whether figures are drawn for slides."""
    return os.environ.get("COURSE_LIVE") == "slides"


def brief(words, short):
    """The words, on a slide the short ones."""
    return short if on_slides() else words


class SlideFigure(CourseFigure):
    """A figure for a slide. height: in inches, as in a notebook; on_slide: there, if that is not in proportion."""

    def __init__(self, height, on_slide=None):
        on_slide = on_slide or max(SHORTER * height, min(ENOUGH, height))
        super().__init__(figsize=(WIDTH, on_slide), dpi=DPI, layout="constrained")
        self.title = ""  # what the headline of a slide says instead

    def draw(self, renderer):
        self.make_legible(renderer)
        super().draw(renderer)

    def make_legible(self, renderer):
        """Text of at least SMALLEST points, legends under the axes, and two lines for what is longer than its side."""
        for text in self.findobj(Text):
            text.set_fontsize(max(SMALLEST, text.get_fontsize()))
        self._gather_legends(renderer)
        self._lay_out()
        for ax in self.axes:
            for text, room in self._rooms(ax):
                _break(text, room, renderer)
        self._lay_out()

    def _lay_out(self):
        if layout := self.get_layout_engine():
            layout.execute(self)
        for ax in self.axes:
            ax.apply_aspect()

    def _gather_legends(self, renderer):
        """One legend in rows under all axes: inside of small axes it would cover what it explains."""
        for old in self.legends:
            old.remove()
        inside = [ax.get_legend() for ax in self.axes if ax.get_legend() and ax.get_visible()]
        entries = {}
        for legend in inside:
            legend.set(visible=False, in_layout=False)
            entries |= {
                text.get_text(): handle for text, handle in zip(legend.texts, legend.legend_handles, strict=True)
            }
        for columns in range(len(entries), 0, -1):
            made = self.legend(entries.values(), entries, loc="outside lower center", ncols=columns, **LEGEND)
            if made.get_window_extent(renderer).width <= self.bbox.width:
                return
            made.remove()

    def _rooms(self, ax):
        """The words around axes, and how many px each of them has."""
        box = ax.get_window_extent()
        beside = [other.get_window_extent().x0 for other in self.axes if _same_row(other, ax)]
        room = min(beside, default=self.bbox.x1) - box.x0 - 12
        yield from ((ax.title, room), (ax._left_title, room), (ax.xaxis.label, max(room, 0.4 * self.bbox.width)))
        yield ax.yaxis.label, max(self.bbox.height * 0.3, box.height)
        pointers = [words for words in ax.texts if isinstance(words, Annotation) and words.arrow_patch]
        yield from ((words, 0.3 * self.bbox.width) for words in pointers)

    def place(self, panels):
        """As `figures.place`: panels keep their shapes and, side by side, their shares of the width."""
        self.set_layout_engine("compressed")
        for ax, _, width, height in panels:
            ax.set_box_aspect(height / width)
        grid = panels[0][0].get_gridspec()
        if grid.ncols == len(panels):
            grid.set_width_ratios([width for _, _, width, _ in panels])


def _same_row(other, ax):
    """Whether other axes stand to the right of these, at the same height."""
    theirs, mine = other.get_window_extent(), ax.get_window_extent()
    return other.get_visible() and theirs.x0 > mine.x0 and theirs.y0 < mine.y1 and mine.y0 < theirs.y1


def _length(text, renderer):
    box = text.get_window_extent(renderer)
    return box.height if text.get_rotation() == 90 else box.width


def _break(text, room, renderer):
    """As many lines as the room asks for, as equally long as the words allow."""
    words = text.get_text()
    lines = math.ceil(_length(text, renderer) / room) if room > 0 else 1
    if lines <= 1 or "\n" in words or "$" in words:
        return
    for length in range(max(1, len(words) // lines), len(words) + 1):
        rows = textwrap.wrap(words, length, break_long_words=False, break_on_hyphens=False)
        if len(rows) <= lines:
            break
    text.set_text("\n".join(rows))

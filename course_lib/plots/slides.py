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
FAR = 60  # points
ROW = 0.22  # inches of a line of text
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
        self._notebook_height = height
        self._placed = []  # (axes, left, bottom, width, height) in inches of the notebook
        self._rows = 0  # of the legend

    def draw(self, renderer):
        self.make_legible(renderer)
        super().draw(renderer)

    def make_legible(self, renderer):
        """Text of at least SMALLEST points, legends under the axes, and two lines for what is longer than its side."""
        for text in self.findobj(Text):
            text.set_fontsize(max(SMALLEST, text.get_fontsize()))
            _pull_nearer(text)
        self._gather_legends(renderer)
        self._lay_out()
        for ax in self.axes:
            for text, room in self._rooms(ax):
                _break(text, room, renderer)
        self._lay_out()

    def _lay_out(self):
        self._arrange()
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
        self._rows = 0
        for columns in range(len(entries), 0, -1):
            made = self.legend(entries.values(), entries, loc="outside lower center", ncols=columns, **LEGEND)
            if made.get_window_extent(renderer).width <= self.bbox.width:
                self._rows = -(-len(entries) // columns)
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

    def place(self, panels, bottom):
        """As `figures.place`: panels keep their shape and get smaller, the gaps between them, for words, stay."""
        self.set_layout_engine("none")
        self._placed += [(ax, left, bottom, width, height) for ax, left, width, height in panels]
        self._arrange()

    def _arrange(self):
        """The placed axes, with room for titles of two lines and for the legend."""
        if not self._placed:
            return
        across = [(left, left + width) for _, left, _, width, _ in self._placed]
        up = [(low, low + height) for _, _, low, _, height in self._placed]
        wide, high = self.get_size_inches()
        under = ROW * (self._rows + max(_further_lines(ax.get_xlabel()) for ax, *_ in self._placed))
        over = {}  # height of a row's top -> the lines its titles have beyond the first
        for ax, _, low, _, height in self._placed:
            over[low + height] = max(over.get(low + height, 0), _further_lines(ax.get_title(loc="left")))
        room = high - under - ROW * sum(over.values())
        share = min(_share(across, NOTEBOOK_WIDTH, wide), _share(up, self._notebook_height, room))
        spare = wide - _moved(NOTEBOOK_WIDTH, across, share)
        for ax, left, low, width, height in self._placed:
            titles = ROW * sum(lines for top, lines in over.items() if top <= low)
            x, y = _moved(left, across, share) + spare / 2, _moved(low, up, share) + under + titles
            ax.set_position((x / wide, y / high, width * share / wide, height * share / high))


def _same_row(other, ax):
    """Whether other axes stand to the right of these, at the same height."""
    theirs, mine = other.get_window_extent(), ax.get_window_extent()
    return other.get_visible() and theirs.x0 > mine.x0 and theirs.y0 < mine.y1 and mine.y0 < theirs.y1


def _too_long(text, room, renderer):
    return _length(text, renderer) > room and " " in text.get_text()


def _length(text, renderer):
    box = text.get_window_extent(renderer)
    return box.height if text.get_rotation() == 90 else box.width


def _break(text, room, renderer):
    """As many lines as the room asks for, as equally long as the words allow."""
    words = text.get_text()
    if room <= 0 or not _too_long(text, room, renderer) or "\n" in words or "$" in words:
        return
    lines = math.ceil(_length(text, renderer) / room)
    wrapped = (_wrapped(words, length) for length in range(max(1, len(words) // lines), len(words) + 1))
    text.set_text("\n".join(next(rows for rows in wrapped if len(rows) <= max(2, lines))))


def _wrapped(words, length):
    return textwrap.wrap(words, length, break_long_words=False, break_on_hyphens=False)


def _further_lines(words):
    return words.count("\n")


def _pull_nearer(text):
    """A word far beside what it is about comes nearer, since the figure has fewer points across; once."""
    if isinstance(text, Annotation) and text.anncoords == "offset points" and not hasattr(text, "_pulled"):
        x, y = text.xyann
        text.xyann = x * (WIDTH / NOTEBOOK_WIDTH if abs(x) > FAR else 1), y
        text._pulled = True


def _united(intervals):
    """Overlapping intervals as one, from left to right."""
    joined = []
    for low, high in sorted(intervals):
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    return joined


def _share(intervals, before, after):
    """How much smaller the intervals must be, if the gaps stay, so that what was `before` long becomes `after`."""
    covered = sum(high - low for low, high in _united(intervals))
    return (after - (before - covered)) / covered


def _moved(place, intervals, share):
    """Where a place is when the intervals have shrunk and the gaps have not."""
    joined = _united(intervals)
    shrunk = sum((1 - share) * (min(place, high) - low) for low, high in joined if low < place)
    return place - shrunk

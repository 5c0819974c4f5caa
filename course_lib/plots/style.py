"""The course's style, kept to the course's own figures: whatever the reader has set in matplotlib, these look the same,
and the reader's figures keep the reader's style."""

import functools
import inspect
import re
import threading
from contextlib import contextmanager
from pathlib import Path

from matplotlib import rc_params_from_file, rcParams, rcParamsDefault
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

# What belongs to the reader's machine and not to how a figure looks.
NO_LOOKS = ("animation", "backend", "date", "docstring", "figure.max_open", "figure.raise", "interactive", "keymap",
            "savefig.dir", "timezone", "tk", "toolbar", "webagg")  # fmt: skip
FORMULA = re.compile(r"\$[^$]*\$")
WORD = re.compile(r"\S*[^\W\d_]{2}\S*")  # two letters at least: a letter is a symbol, digits stand on an axis
FILE = Path(__file__).with_name("course.mplstyle")
STYLE = {
    name: value
    for name, value in (rcParamsDefault | dict(rc_params_from_file(FILE, use_default_template=False))).items()
    if not name.startswith(NO_LOOKS)
}
_ONE = threading.Lock()  # the settings are everybody's, and figures are drawn in the thread that answers pages, too
_inside = threading.local()


@contextmanager
def course_style():
    """matplotlib's settings as the course has them; afterwards again as they were. Also a decorator."""
    if getattr(_inside, "style", False):
        yield
        return
    with _ONE:
        before = {name: rcParams[name] for name, value in STYLE.items() if rcParams[name] != value}
        _inside.style = True
        try:
            rcParams.update({name: STYLE[name] for name in before})
            yield
        finally:
            _inside.style = False
            rcParams.update(before)


def _always_in_style(kind):
    """The class, with every public method that is not only asked something in the course's style."""
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        if name == "__init__" or not name.startswith(("_", "get_", "is_", "has_", "in_")):
            setattr(kind, name, _in_style(method))
    return kind


def _in_style(method):
    @functools.wraps(method)  # and not course_style's own decorator, which is slow where it is asked for nothing
    def wrapped(*args, **kwargs):
        if getattr(_inside, "style", False):
            return method(*args, **kwargs)
        with course_style():
            return method(*args, **kwargs)

    return wrapped


@_always_in_style
class CourseAxes(Axes):
    """Axes whose lines, words and ticks are the course's."""


@_always_in_style
class CourseFigure(Figure):
    """A figure that is made and drawn in the course's style; `in_style()` is for many small changes in a row."""

    in_style = staticmethod(course_style)

    def lettering(self):
        """What a slide's check asks of a picture: px of its smallest text (indices are smaller), and how many words."""
        seen = [part for part in _visible(self) if isinstance(part, Text) and part.get_text().strip()]
        smallest = min((float(text.get_fontsize()) for text in seen), default=0.0) * self.dpi / 72
        words = [WORD.findall(FORMULA.sub(" ", text.get_text())) for text in seen]
        return {"text": round(smallest, 1), "words": sum(map(len, words))}


def _visible(artist):
    for part in artist.get_children():
        if part.get_visible():
            yield part
            yield from _visible(part)

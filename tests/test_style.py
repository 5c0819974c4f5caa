"""Figures of the course look the same whatever the reader has set in matplotlib, and change nothing of that."""

import threading

import matplotlib
import matplotlib.style
import pytest
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course_lib import labs, plots
from course_lib.plots.style import STYLE, course_style

HOSTILE = {
    "font.size": 25,
    "axes.titlesize": 40,
    "axes.titlelocation": "right",
    "axes.xmargin": 0.4,
    "lines.linewidth": 9,
    "lines.markersize": 30,
    "legend.frameon": True,
    "legend.fontsize": 20,
    "axes.grid": True,
    "xtick.labelsize": 3,
    "figure.dpi": 30,
    "savefig.dpi": 40,
    "savefig.bbox": "tight",
    "savefig.transparent": True,
    "mathtext.fontset": "cm",
    "path.sketch": (1, 100, 2),
    "hatch.linewidth": 5,
}


@pytest.fixture
def readers_style():
    """Set a style as a reader may; afterwards it is still the reader's."""
    with matplotlib.rc_context():
        yield lambda style: (matplotlib.style.use("dark_background"), rcParams.update(style))


@pytest.mark.parametrize("name", ["hill", "ravine", "heatmap", "training"])
def test_a_lab_looks_the_same_in_any_style(name, readers_style):
    expected = getattr(labs, name)().picture(scale=1)
    readers_style(HOSTILE)
    assert getattr(labs, name)().picture(scale=1) == expected


def test_a_lab_needs_no_latex(readers_style):
    expected = labs.hill().picture(scale=1)
    readers_style({"text.usetex": True})
    assert labs.hill().picture(scale=1) == expected


def still():
    """What a cell of a lesson draws, with matplotlib's own calls among ours."""
    fig, ax, small = plots.figure("A title", "Another")
    ax.plot([1, 3, 2], label="a line")
    ax.set(xlabel="step", ylabel=r"$\theta$")
    ax.set_title("A title that is set later")
    ax.text(1, 2, "words")
    ax.legend()
    small.set_yscale("log")
    small.scatter([1, 2], [3, 4])
    fig.suptitle("Over all of it")
    return fig


def pixels(fig):
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    return bytes(canvas.buffer_rgba())


def test_a_picture_looks_the_same_in_any_style_even_one_set_while_it_is_drawn(readers_style):
    expected, begun = pixels(still()), still()
    readers_style(HOSTILE)
    assert pixels(still()) == expected
    assert pixels(begun) == expected


def test_the_readers_own_figures_keep_the_readers_style(readers_style):
    readers_style(HOSTILE)
    before = dict(rcParams)
    pixels(still())
    labs.hill().picture()
    assert dict(rcParams) == before
    assert Figure().subplots().plot([1])[0].get_linewidth() == 9


def test_the_readers_style_is_back_after_an_error(readers_style):
    readers_style(HOSTILE)
    _, ax = plots.figure("A title")
    with pytest.raises(TypeError):
        ax.set_title()
    assert rcParams["font.size"] == 25


def test_two_threads_leave_the_readers_style_behind(readers_style):
    """Pages are answered in a thread beside the cells: one must not take the other's settings for the reader's."""
    readers_style(HOSTILE)
    inside, go_on = threading.Event(), threading.Event()

    def hold():
        with course_style():
            inside.set()
            go_on.wait(10)

    first = threading.Thread(target=hold)
    first.start()
    inside.wait(10)
    second = threading.Thread(target=lambda: plots.figure("A title"))
    second.start()
    go_on.set()
    first.join()
    second.join()
    assert rcParams["font.size"] == 25


def test_a_readers_choice_of_screen_or_backend_is_not_touched():
    assert not {"backend", "interactive", "timezone", "webagg.port"} & set(STYLE)

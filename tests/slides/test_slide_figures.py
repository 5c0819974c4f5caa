"""Figures for slides: no text below 28 px, nothing written on what it explains, shapes as in the notebook."""

import io

import numpy as np
import pytest
from matplotlib import image

from course_lib import labs, plots
from course_lib.plots.slides import SlideFigure

LABS = ["hill", "ravine", "step", "rotation", "counterexample", "microscope"]  # each with another kind of layout


@pytest.fixture(autouse=True)
def on_slides(monkeypatch):
    monkeypatch.setenv("COURSE_LIVE", "slides")


def drawn(fig):
    fig.draw_without_rendering()
    return fig


def texts(fig):
    from matplotlib.text import Text

    return [text for text in fig.findobj(Text) if text.get_visible() and text.get_text().strip()]


def px(fig, text):
    return text.get_fontsize() * fig.dpi / 72


@pytest.mark.parametrize("name", LABS)
def test_words_of_a_lab_can_be_read_and_stand_inside_of_the_picture(name):
    fig = drawn(getattr(labs, name)().drawing.figure)
    seen = [ax for ax in fig.axes if ax.get_visible()]
    assert fig.lettering()["text"] >= 28
    titles = [ax.title if ax.get_title() else ax._left_title for ax in seen if ax.get_title() or ax.get_title("left")]
    for title in [*titles, *(ax.xaxis.label for ax in seen if ax.get_xlabel())]:
        box = title.get_window_extent()
        assert box.y0 >= -1 and box.y1 <= fig.bbox.y1 + 1, title.get_text()


def test_panel_that_is_left_out_can_be_drawn_on_and_is_not_seen():
    live = labs.ravine()
    fig = drawn(live.drawing.figure)
    told = live.drawing.frame()
    assert (
        not any(line["data"].startswith("along.") for line in told["lines"]) and "along.momentum" in live.drawing.lines
    )
    assert told["lettering"] == fig.lettering() and fig.lettering()["words"] <= 30


def test_lettering_counts_what_is_seen():
    fig, left, right = plots.figure("two words", "$x$ and 3.5")
    right.text(0, 0, "not seen", visible=False)
    left.set(xticks=[0], xticklabels=["zero"], yticks=[])
    assert fig.lettering()["words"] == 2 + 1 + 1


def test_small_text_grows():
    fig, ax = plots.figure("A title")
    ax.text(0, 0, "small", size=7)
    assert all(px(drawn(fig), text) >= 28 for text in texts(fig))


def test_legends_are_gathered_under_the_axes():
    fig, left, right = plots.figure("one", "two")
    for ax, name in ((left, "a"), (right, "b")):
        ax.plot([0, 1], label=name)
        ax.legend()
    drawn(fig)
    assert [text.get_text() for text in fig.legends[0].texts] == ["a", "b"]
    assert not left.get_legend().get_visible()
    assert fig.legends[0].get_window_extent().y1 <= min(ax.get_window_extent().y0 for ax in fig.axes)


def test_drawing_twice_changes_nothing():
    fig, ax = plots.figure("A title that is much too long for one line of a slide, so that it needs two of them")
    ax.plot([0, 1], label="a")
    ax.legend()
    first, second = (pixels(fig) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def pixels(fig):
    picture = io.BytesIO()
    fig.savefig(picture, format="png")
    picture.seek(0)
    return image.imread(picture)


def test_a_long_title_gets_two_lines_and_does_not_run_into_the_next():
    fig, left, _ = plots.figure("What the first of these two panels shows", "What the second shows")
    drawn(fig)
    assert "\n" in left.get_title("left")


def test_a_title_over_narrow_axes_stands_inside_of_a_picture_drawn_once():
    fig, ax, _ = plots.figure("A title that is longer than the axes below it are wide", "another", height=4.4)
    ax.set_aspect("equal")
    drawn(fig)
    assert "\n" in ax.get_title("left")
    assert ax._left_title.get_window_extent().y1 <= fig.bbox.y1


@pytest.mark.parametrize("titles", [("one", "two"), ("a title of two lines that is too long", "two")])
def test_placed_panels_keep_their_shape_and_stay_inside(titles):
    fig, left, right = plots.figure(*titles)
    plots.place(fig, (left, 0.75, 6.25, 3.44), (right, 7.45, 3.4, 3.44))
    drawn(fig)
    for ax, shape in ((left, 6.25 / 3.44), (right, 3.4 / 3.44)):
        box = ax.get_window_extent()
        assert box.width / box.height == pytest.approx(shape)
        assert box.x0 > 0 and box.y0 > 0 and box.x1 < fig.bbox.x1 and box.y1 < fig.bbox.y1


def test_a_stored_picture_says_how_small_its_text_is(monkeypatch):
    shown = []
    monkeypatch.setattr("course_lib.plots.figures.display", lambda data, metadata, raw: shown.append(metadata))
    fig, _ = plots.figure("A title")
    plots.show(fig, "a picture")
    about = shown[0]["image/png"]
    assert about["width"] == 1216 and about["text"] == pytest.approx(28.2) and about["title"] == "A title"


def test_figures_elsewhere_are_as_they_were(monkeypatch):
    monkeypatch.delenv("COURSE_LIVE")
    assert not isinstance(plots.figure("A title")[0], SlideFigure)

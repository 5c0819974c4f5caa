"""Pictures drawn partly are the pictures drawn whole, and those of savefig."""

import io

import numpy as np
import pytest
import sample
from PIL import Image


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA"))


def repainted(**changes):
    """The sample, its background telling which axes it draws."""

    def background(figure, steepness):
        sample.bowl(figure, steepness)
        return figure.axes[:1]

    return sample.make(**{"background": background} | changes)


@pytest.mark.parametrize("scale", [1, 2])
def test_the_picture_is_that_of_savefig(scale, monkeypatch):
    drawing = sample.make().drawing
    monkeypatch.setattr(drawing, "_above", list)  # all in one picture
    np.testing.assert_array_equal(pixels(drawing.layers(scale)[0]), pixels(drawing._png(scale)))


def test_what_is_drawn_partly_is_drawn_right():
    quick, plain = repainted(), sample.make()
    for steepness in (8, 2):
        for live in (quick, plain):
            live._asked(live, {"ask": "table", "settings": {**live.settings, "steepness": steepness}}, [])
        np.testing.assert_array_equal(pixels(quick.below), pixels(plain.below))
        np.testing.assert_array_equal(pixels(quick.above), pixels(plain.above))
    assert quick.drawing.raster._kept and not plain.drawing.raster._kept


def test_the_figure_is_left_as_it_was():
    live = repainted()
    figure = live.drawing.figure
    before = (
        figure.dpi,
        figure.get_facecolor(),
        [child.get_visible() for ax in figure.axes for child in ax.get_children()],
    )
    live.drawing.layers(2, tuple(figure.axes[:1]))
    assert before == (
        figure.dpi,
        figure.get_facecolor(),
        [child.get_visible() for ax in figure.axes for child in ax.get_children()],
    )


def test_only_the_figure_dragged_last_keeps_its_pixels():
    first, second = repainted(), repainted()
    for live, steepness in (first, 8), (second, 8), (first, 2):
        live._asked(live, {"ask": "cell", "settings": {**live.settings, "steepness": steepness}}, [])
    assert first.drawing.raster._kept and not second.drawing.raster._kept

"""The pictures of what stands still are those of savefig."""

import io

import numpy as np
import pytest
import sample
from PIL import Image

from course_lib.live import raster


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA"))


@pytest.mark.parametrize("scale", [1, 2])
def test_the_picture_is_that_of_savefig(scale, monkeypatch):
    drawing = sample.make().drawing
    monkeypatch.setattr(drawing, "_above", list)  # all in one picture
    np.testing.assert_array_equal(pixels(raster.webp(drawing.layers(scale)[0])), pixels(drawing._png(scale)))


def test_the_figure_is_left_as_it_was():
    live = sample.make()
    figure = live.drawing.figure
    before = (
        figure.dpi,
        figure.get_facecolor(),
        [child.get_visible() for ax in figure.axes for child in ax.get_children()],
    )
    live.drawing.layers()
    assert before == (
        figure.dpi,
        figure.get_facecolor(),
        [child.get_visible() for ax in figure.axes for child in ax.get_children()],
    )

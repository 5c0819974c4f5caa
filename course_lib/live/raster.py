"""Pictures of what stands still, without loss."""

import io
from contextlib import contextmanager

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from PIL import Image


def picture(figure, scale, *, transparent=False):
    """The figure at `scale` dots a px, as WebP: a third of a PNG. `Figure.savefig` would draw everything twice."""
    with _resolution(figure, scale * figure.dpi), _paper(figure, transparent):
        renderer = RendererAgg(*figure.bbox.size, figure.dpi)
        figure.draw(renderer)
        return _webp(np.asarray(renderer.buffer_rgba()))


def _webp(pixels):
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "webp", lossless=True, quality=60, method=4)
    return target.getvalue()


TILE = 32  # dots


def patch(base, picture):
    """What makes the one picture of the other: the rows of tiles that differ, and a picture with only these in it."""
    old, new = (np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")) for data in (base, picture))
    differs, kept, tiles = (old != new).any(axis=2), np.zeros_like(new), []
    for y in range(0, len(new), TILE):
        here = np.flatnonzero(np.add.reduceat(differs[y : y + TILE].any(axis=0), np.arange(0, new.shape[1], TILE)))
        for row in np.split(here, np.flatnonzero(np.diff(here) > 1) + 1) if len(here) else ():
            place = np.s_[y : y + TILE, row[0] * TILE : (row[-1] + 1) * TILE]
            kept[place] = new[place]
            tiles.append([int(row[0]) * TILE, y, len(row) * TILE, TILE])
    return {"below": _webp(kept), "tiles": tiles}


@contextmanager
def hidden(artists):
    """While in it, these are not drawn."""
    shown = [artist for artist in artists if artist.get_visible()]
    for artist in shown:
        artist.set_visible(False)
    try:
        yield
    finally:
        for artist in shown:
            artist.set_visible(True)


@contextmanager
def _resolution(figure, dpi):
    before = figure.dpi
    figure.dpi = dpi
    try:
        yield
    finally:
        figure.dpi = before


@contextmanager
def _paper(figure, transparent):
    before = figure.get_facecolor()
    if transparent:
        figure.set_facecolor("none")
    try:
        yield
    finally:
        figure.set_facecolor(before)

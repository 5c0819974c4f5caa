"""Pictures of what stands still, without loss; where only some axes have changed, only these are drawn again."""

import io
from contextlib import contextmanager

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from PIL import Image


class Raster:
    """A figure's pixels. `Figure.savefig` draws everything twice, so it is not used where a hand waits."""

    dragged = None  # the one whose pixels are kept: they take some 20 MB, and a hand drags one figure at a time

    def __init__(self, figure):
        self.figure = figure
        self._kept = {}  # (dots a px, axes left out) -> (renderer, region): the figure without these axes

    def forget(self):
        """Something else than the axes named later has changed."""
        self._kept.clear()

    def picture(self, scale, *, only=(), transparent=False):
        """The picture at `scale` dots a px: WebP, a third of a PNG, or where a hand waits (1) a PNG, which is quick.

        only: the axes that may have changed since the last call; empty: everything.
        """
        with _resolution(self.figure, scale * self.figure.dpi), _paper(self.figure, transparent):
            renderer = self._partly(scale, tuple(only)) if only else self._wholly()
            pixels = np.asarray(renderer.buffer_rgba())
        target = io.BytesIO()
        kind = (
            ("png", {"compress_level": 1}) if scale == 1 else ("webp", {"lossless": True, "quality": 60, "method": 4})
        )
        Image.fromarray(pixels).save(target, kind[0], **kind[1])
        return target.getvalue()

    def _wholly(self):
        renderer = RendererAgg(*self.figure.bbox.size, self.figure.dpi)
        self.figure.draw(renderer)
        return renderer

    def _partly(self, scale, axes):
        last, Raster.dragged = Raster.dragged, self
        if last not in (None, self):
            last.forget()
        kept = self._kept.get((scale, axes))
        if not kept:
            with hidden(axes):
                renderer = self._wholly()
            kept = self._kept[scale, axes] = renderer, renderer.copy_from_bbox(self.figure.bbox)
        renderer, rest = kept
        renderer.restore_region(rest)
        for ax in axes:
            ax.draw(renderer)
        return renderer


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
    target = io.BytesIO()
    Image.fromarray(kept).save(target, "webp", lossless=True, quality=60, method=4)
    return {"below": target.getvalue(), "tiles": tiles}


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

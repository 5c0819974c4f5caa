"""Pictures of what stands still, without loss."""

import io
from contextlib import contextmanager

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from PIL import Image


def drawn(figure, scale, *, transparent=False):
    """The figure's pixels at `scale` dots a px, (rows, columns, 4). `Figure.savefig` would draw everything twice."""
    with _resolution(figure, scale * figure.dpi), _paper(figure, transparent):
        renderer = RendererAgg(*figure.bbox.size, figure.dpi)
        figure.draw(renderer)
        return np.array(renderer.buffer_rgba())


def webp(image, effort=90):
    """A picture, or an array of its pixels, without loss: a third of a PNG. An effort of 100 takes half as long again,
    a higher method ten times as long, to save a hundredth or two."""
    return _file(image, "webp", lossless=True, quality=effort, method=4)


def png(image):
    """The same for readers of notebooks that know no WebP."""
    return _file(image, "png")


def _file(image, kind, **options):
    target = io.BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    image.save(target, kind, **options)
    return target.getvalue()


TILE = 32  # dots


WIDE = 4096  # dots: the width of an atlas; WebP allows 16 383 either way


def atlas(base, pictures):
    """What makes other layers, pixels (below, above or None), of the first ones: (one picture with all strips of tiles
    that differ somewhere, each once, for each its strips as [x, y, width, x in there, y in there]), above under below.
    """
    old, strips, shelf, made = _stacked(*base), {}, [0, 0], []
    for picture in pictures:
        new, mine = _stacked(*picture), []
        differs = old != new
        for y in range(0, len(new), TILE):
            tiles = np.add.reduceat(differs[y : y + TILE].any(axis=0), np.arange(0, new.shape[1], TILE))
            here = np.flatnonzero(tiles)
            for row in np.split(here, np.flatnonzero(np.diff(here) > 1) + 1) if len(here) else ():
                x, width = int(row[0]) * TILE, len(row) * TILE
                strip = np.zeros((TILE, width), np.uint32)
                part = new[y : y + TILE, x : x + width]
                strip[: part.shape[0], : part.shape[1]] = part
                key = strip.tobytes()
                if key not in strips:
                    if shelf[0] + width > WIDE:
                        shelf = [0, shelf[1] + TILE]
                    strips[key] = (*shelf, strip)
                    shelf[0] += width
                mine.append([x, y, width, *strips[key][:2]])
        made.append(mine)
    whole = np.zeros((shelf[1] + TILE, WIDE if shelf[1] else max(shelf[0], TILE)), np.uint32)
    for x, y, strip in strips.values():
        whole[y : y + TILE, x : x + strip.shape[1]] = strip
    return webp(whole[..., None].view(np.uint8), effort=100), made


def _stacked(below, above):
    """Both layers one under the other, each in whole tiles; a number a dot."""
    rows, across, _ = below.shape
    high = rows + -rows % TILE
    whole = np.zeros((2 * high, across), np.uint32)
    for first, layer in ((0, below), (high, above)):
        if layer is not None:
            whole[first : first + rows] = layer.view(np.uint32)[..., 0]
    return whole


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

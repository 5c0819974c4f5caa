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
ACROSS = 128  # tiles in a row of an atlas; WebP allows 16 383 dots either way


def atlas(base, pictures):
    """What makes other layers, pixels (below, above or None), of the first ones, above under below: (one picture with
    all tiles that differ somewhere, each once; for each of the others its tiles as [row, column, number in there])."""
    old, known, made = _tiles(*base), {}, []
    for picture in pictures:
        new = _tiles(*picture)
        places = np.argwhere((new != old).any(axis=(2, 3))).tolist()
        made.append([[*place, known.setdefault(new[tuple(place)].tobytes(), len(known))] for place in places])
    sheet = np.zeros((-(-len(known) // ACROSS) or 1, ACROSS, TILE, TILE), np.uint32)
    for number, tile in enumerate(known):
        sheet[divmod(number, ACROSS)] = np.frombuffer(tile, np.uint32).reshape(TILE, TILE)
    whole = np.vstack([np.hstack(row) for row in sheet])
    return webp(whole[..., None].view(np.uint8), effort=100), made


def _tiles(below, above):
    """Both layers one under the other: (rows, columns, TILE, TILE), a number a dot."""
    rows, columns, _ = below.shape
    space = (0, -rows % TILE), (0, -columns % TILE), (0, 0)
    layers = [np.pad(layer, space) for layer in (below, np.zeros_like(below) if above is None else above)]
    dots = np.vstack(layers).view(np.uint32)[..., 0]
    return dots.reshape(len(dots) // TILE, TILE, -1, TILE).swapaxes(1, 2)


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

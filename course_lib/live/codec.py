"""From arrays of data to one small buffer the page can draw from.

Pure functions. A position on the paper is a 16-bit code: its distance from the middle of its axes, in
sixteenths of a pixel up to 1024 px, logarithmic beyond (so that a diverging run keeps its direction), and
CUT where it is not finite or further than 100 000 px. The same rule stands in `page/table.js`.

The buffer, after inflating: four bytes with the length of a JSON header (little endian), the header, and
16-bit arrays one after the other, first all low bytes, then all high ones. An array has the shape grid + (points,);
a grid axis it does not depend on has length 1, as in numpy. It holds differences along some of its axes, of the points
or of the grid, which the header names, and a small one as a small number without sign: they compress well.
"""

import json
import zlib

import numpy as np

CUT = -32768  # the code for "no point here": the line is interrupted
NEAR = 1024.0  # px from the middle of the axes up to which positions are linear
FAR = 1e5  # px beyond which a line is cut
PARTS = 16  # parts of a pixel
RATE = 3e-4  # relative step of the logarithmic part
LIMIT = 8_000_000  # bytes of a table before it is compressed


def to_pixels(ax, direction, values):
    """Where data values stand on the figure, by the axes' own transforms.

    ax: matplotlib Axes with separable scales (linear, log), layout final; direction: "x" or "y";
    values: array of any shape. Returns dots from the figure's left or bottom edge, of the same shape;
    what is not finite, or not positive on a log axis, comes back as nan, inf or far away, never as an error.
    """
    values = np.asarray(values, dtype=float)
    axis = ax.xaxis if direction == "x" else ax.yaxis
    row = "xy".index(direction)
    matrix = (ax.transLimits + ax.transAxes).get_matrix()
    with np.errstate(all="ignore"):
        scaled = axis.get_transform().transform(values.ravel()).reshape(values.shape)
        return scaled * matrix[row, row] + matrix[row, 2]


def quantise(offsets):
    """Codes (int16) of distances in px from the middle of the axes."""
    offsets = np.asarray(offsets, dtype=float)
    with np.errstate(all="ignore"):
        distance = np.abs(offsets)
        codes = np.where(distance <= FAR, np.rint(offsets * PARTS), CUT)  # CUT for nan, too
        far = (distance > NEAR) & (distance <= FAR)  # seldom many, and logarithms take long
        codes[far] = np.sign(offsets[far]) * np.rint(PARTS * NEAR + np.log(distance[far] / NEAR) / RATE)
    return codes.astype(np.int16)


def encode_words(texts, grid):
    """Texts over the grid as (list of different texts, array of their numbers, grid + (1,)).

    texts: a str, or an array of str that broadcasts to the grid.
    """
    texts = np.asarray(texts, dtype=str)
    texts = texts.reshape((1,) * (len(grid) - texts.ndim) + texts.shape)
    different, number = np.unique(texts, return_inverse=True)
    if len(different) > -CUT:
        raise ValueError(f"{len(different)} different texts in one readout; at most {-CUT} can be kept")
    return different.tolist(), number.reshape(*texts.shape, 1).astype(np.int16)


def pack(lines, words, scenes=None, tight=False):
    """One buffer. tight: in less room, for more time, with differences along the axes that leave least, not the points.

    lines: gid -> (x codes, y codes), int16, grid + (points,); words: name -> (texts, numbers);
    scenes: text of a button -> {name: number of the value}.
    """
    arrays, known = [], {}

    def keep(array):
        """Its number among the arrays; one that several lines have in common (the steps, say) stands there once."""
        number = known.setdefault((array.shape, array.tobytes()), len(arrays))
        if number == len(arrays):
            arrays.append(array)
        return number

    header = {
        "lines": {gid: [keep(x), keep(y)] for gid, (x, y) in lines.items()},
        "words": {name: {"texts": texts, "array": keep(numbers)} for name, (texts, numbers) in words.items()},
        "scenes": scenes or {},
    }
    header["arrays"] = [array.shape for array in arrays]
    header["axes"] = [_best_axes(array) if tight else [array.ndim - 1] for array in arrays]
    text = json.dumps(header, separators=(",", ":")).encode()
    codes = [_differences(array, axes).ravel() for array, axes in zip(arrays, header["axes"], strict=True)]
    body = _bytes(np.concatenate([np.empty(0, np.int16), *codes]))
    return zlib.compress(len(text).to_bytes(4, "little") + text + body, 9 if tight else 1)


def _bytes(codes):
    """All low bytes, then all high ones, of 0, -1, 1, -2, 2 ... as 0, 1, 2, 3, 4 ...: most high ones are 0 then."""
    folded = (codes << 1) ^ (codes >> 15)
    return folded.astype("<i2").view(np.uint8).reshape(-1, 2).T.tobytes()


def _differences(array, axes):
    for axis in axes:
        array = np.diff(array, axis=axis, prepend=np.zeros_like(array.take([0], axis)))
    return array


def _best_axes(array):
    """The axes along which differences take the least room, found one by one."""
    axes, least = [], _room(array)
    while True:
        tried = [[*axes, axis] for axis, steps in enumerate(array.shape) if steps > 1]
        sizes = [_room(_differences(array, along)) for along in tried]
        if not sizes or min(sizes) >= least:
            return axes
        axes, least = tried[int(np.argmin(sizes))], min(sizes)


def _room(array):
    return len(zlib.compress(_bytes(array.ravel()), 1))

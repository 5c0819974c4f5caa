"""What the page makes of a table, in Python, for the tests to compare with."""

import json
import zlib

import numpy as np

from course_lib.live.codec import CUT, NEAR, PARTS, RATE


def restore(codes):
    """Distances in px from the middle of the axes, nan where cut."""
    codes = np.asarray(codes, dtype=float)
    size = np.abs(codes)
    far = NEAR * np.exp((size - PARTS * NEAR) * RATE)
    offsets = np.sign(codes) * np.where(size <= PARTS * NEAR, size / PARTS, far)
    return np.where(codes == CUT, np.nan, offsets)


def unpack(data):
    """The inverse of `codec.pack`: (lines, words, scenes)."""
    raw = zlib.decompress(data)
    start = 4 + int.from_bytes(raw[:4], "little")
    header = json.loads(raw[4:start])
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in header["arrays"]])
    parts = np.split(_codes(raw, start), ends[:-1])
    arrays = [part.reshape(shape) for part, shape in zip(parts, header["arrays"], strict=True)]
    for array, along in zip(arrays, header["axes"], strict=True):
        for axis in reversed(along):
            np.cumsum(array, axis=axis, dtype=np.int16, out=array)
    lines = {gid: tuple(arrays[k] for k in pair) for gid, pair in header["lines"].items()}
    words = {name: (entry["texts"], arrays[entry["array"]]) for name, entry in header["words"].items()}
    return lines, words, header["scenes"]


def _codes(data, start):
    folded = np.frombuffer(data, np.uint8, offset=start).reshape(2, -1).T.copy().view("<u2").ravel()
    return (folded >> 1).astype(np.int16) ^ -(folded & 1).astype(np.int16)

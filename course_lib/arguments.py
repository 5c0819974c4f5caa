"""What refuses an argument, in one sentence that names it and says what is accepted. Imports nothing of the course."""

import operator

import numpy as np


def whole(argument, value, least=1) -> int:
    """value as an int. ValueError where it is no whole number of at least `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{argument} is {value!r}: it must be a whole number, at least {least}")
    return number


def numbers(value):
    """value as an array of its own; None where it is no array of numbers, such as rows of different lengths."""
    try:
        array = np.array(value)
    except ValueError:
        return None
    return array if array.dtype.kind in "biuf" else None


def floating(dtype):
    """dtype; ValueError where it is neither float64 nor float32."""
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise ValueError(f"dtype is {dtype!r}: it must be float64 or float32")
    return dtype


def known(what, name, names):
    """ValueError where `name` is not among `names`, with the nearest that is."""
    if not (isinstance(name, str) and name in names):
        raise ValueError(f"there is no {what} {name!r}: {nearest(name, names)}")


def nearest(name, names):
    """A sentence that names the known word closest to `name`, for messages about unknown names."""
    import difflib  # only where a sentence is due: it would cost every import of the course

    close = difflib.get_close_matches(str(name).lower(), list(names), n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"{hint}Known are: {', '.join(names)}."

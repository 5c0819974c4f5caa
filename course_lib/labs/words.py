"""Sentences and numbers as the readouts of labs say them."""

import numpy as np

from ..tracing import formatted


def tell(sentence, *values):
    """A sentence for every place of the grid that the values span: an array of str.

    sentence: text with {} where a value goes, or a function of one place's values.
    """
    say = sentence if callable(sentence) else sentence.format
    with np.errstate(invalid="ignore"):  # nan is a run that diverges
        return np.vectorize(say, otypes=[str])(*values)


def number(value, digits=2):
    """Two digits, or so many; a power of ten where it is needed: 0.031, 32, 5.2 · 10⁻⁵, 10⁻⁸. Letters, too."""
    return formatted(value, f".{digits}p")


def listed(names):
    """Names as one says them: a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def signed(value):
    """Two decimals, with a minus sign that is one; from 10⁵ on a power of ten."""
    return formatted(value, ".2m")


def point(place):
    """A place in the plane: (−1.00, 2.50)."""
    return f"({', '.join(map(signed, place))})"

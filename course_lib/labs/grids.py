"""Between the values of a slider and their numbers."""

import numpy as np

from ..live import slider


def at(known, given):
    """For each of the given values the number of the nearest known one; texts must be known. Shape of `given`."""
    known, given = np.asarray(known), np.asarray(given)
    across = known.reshape(-1, *(1,) * given.ndim)
    if known.dtype.kind == "U":
        return (across == given).argmax(axis=0)
    return np.abs(across - given).argmin(axis=0)


def start_of(place, *sides, step):
    """The two quantities of a start to drag. place: where it begins; sides: (low, high) of each; step: 0.1 or 0.05."""
    shown = ".2f" if step < 0.1 else ".1f"
    return tuple(
        slider(f"start {name}", *side, steps=round(np.ptp(side) / step) + 1, value=value, format=shown)
        for name, side, value in zip(("θ₁", "θ₂"), sides, place, strict=True)
    )

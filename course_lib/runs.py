"""What one asks of a finished run. Steps are on the first axis, the start at 0; any further axes are a grid of runs."""

import numpy as np


def first(reached):
    """The first step at which it is so; inf where it never is. reached: bool (steps, *grid) -> (*grid)."""
    return np.where(reached.any(axis=0), reached.argmax(axis=0), np.inf)[()]


def for_good(reached):
    """The first step from which on it stays so to the last one; inf where the last one is not."""
    missed = ~reached
    since = np.where(missed.any(axis=0), len(missed) - missed[::-1].argmax(axis=0), 0.0)
    return np.where(reached[-1], since, np.inf)[()]


def cut(values, gone):
    """values with nan from the first step on at which a run is gone. values, gone: (steps, *grid), or broadcastable."""
    return np.where(np.maximum.accumulate(gone, axis=0), np.nan, values)

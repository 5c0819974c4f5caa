"""One comparison: ours and a peer, by turns, in one process."""

from collections.abc import Callable
from dataclasses import dataclass
from time import process_time
from timeit import Timer

import numpy as np


@dataclass(frozen=True)
class Row:
    """Two functions without arguments that do the same job and return the same array.

    goal: how many times as fast as the peer ours should at least be, None where there is no goal. why: what stands in
    the way, said where the goal is missed. part: what of our answer the peer computes; its time is multiplied up.
    """

    job: str
    peer: str
    ours: Callable
    theirs: Callable
    goal: float | None = None
    why: str = ""
    part: object = ...


def measure(row, repeats):
    """Milliseconds of ours and of the peer, by turns, so that a disturbance meets both: two arrays of repeats."""
    share = checked(row)
    keep_freed_memory()
    # Processor time, not wall time: what other programs do in between is not counted.
    timers = [Timer(job, timer=process_time) for job in (row.ours, row.theirs)]
    loops = [timer.autorange()[0] for timer in timers]  # so many that the clock's own grain does not matter
    seconds = [
        [timer.timeit(count) / count for timer, count in zip(timers, loops, strict=True)] for _ in range(repeats)
    ]
    ours, theirs = 1e3 * np.transpose(seconds)
    return ours, theirs / share


def checked(row):
    """The share of our answer that the peer computes; both jobs are run once, and must agree on it."""
    ours, theirs = row.ours(), row.theirs()
    # Rounding errors grow on the way: other orders of the same sums, other last digits.
    np.testing.assert_allclose(ours[row.part], theirs, rtol=1e-6, err_msg=f"{row.job}, {row.peer}: not the same")
    return theirs.size / ours.size


def keep_freed_memory():
    """Else glibc hands freed arrays back to the system and asks for them anew, thousands of page faults a run, or does
    not: by the luck of what was allocated before. Once a large block has been freed, it keeps all smaller ones."""
    np.empty(4_000_000)  # 32 MB, the largest that counts; never written to

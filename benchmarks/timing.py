"""One comparison: ours and a peer, by turns, in one process."""

from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

import numpy as np


class Unavailable(Exception):
    """This machine lacks what a topic needs; the message says what."""


@dataclass(frozen=True)
class Row:
    """Two functions without arguments that do the same job.

    goal: how many times as fast as the peer ours should at least be. same: the relative tolerance within which their
    answers agree, which is checked before the clock starts.
    """

    name: str
    ours: Callable
    peer: Callable
    goal: float
    same: float = 1e-9


@dataclass(frozen=True)
class Result:
    """Times in seconds and how many times as fast ours was, each as (lower quartile, median, upper quartile)."""

    row: Row
    ours: np.ndarray
    peer: np.ndarray
    ratio: np.ndarray


def measure(row, repeats) -> Result:
    """Ours and the peer by turns, so that a disturbance meets both; the ratio is taken within each turn."""
    check(row)
    loops = {job: loops_for(job) for job in (row.ours, row.peer)}
    times = np.array([[clock(job, loops[job]) for job in (row.ours, row.peer)] for _ in range(repeats)])
    ours, peer = times.T
    return Result(row, *(np.percentile(numbers, (25, 50, 75)) for numbers in (ours, peer, peer / ours)))


def check(row):
    for ours, theirs in zip(row.ours(), row.peer(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=row.same, err_msg=f"{row.name}: not the same job")


def loops_for(job, at_least=0.02):
    """How often to call a job so that the clock's own grain does not matter."""
    return max(1, round(at_least / max(clock(job, 1), 1e-6)))


def clock(job, loops):
    # Processor time, not wall time: what other programs do in between is not counted.
    begin = process_time()
    for _ in range(loops):
        job()
    return (process_time() - begin) / loops

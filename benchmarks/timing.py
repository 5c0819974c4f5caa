"""One comparison: ours and a peer, by turns, in one process."""

from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

import numpy as np

REPEATS, QUICK = 15, 3


class Unavailable(Exception):
    """This machine lacks what a topic or a peer needs; the message says what."""


@dataclass(frozen=True)
class Row:
    """Two functions without arguments that do the same job and return the same arrays.

    goal: how many times as fast as the peer ours should at least be, None where there is no goal. why: what stands
    in the way, said where the goal is missed. same: the relative tolerance within which their answers agree, which is
    checked before the clock starts; None where they cannot be compared. seen: our answer as the peer reports it.
    share: the part of the job that the peer does; its time is multiplied up.
    """

    name: str
    peer_name: str
    ours: Callable
    peer: Callable
    goal: float | None = None
    why: str = ""
    same: float | None = 1e-9
    seen: Callable = lambda *answer: answer
    share: float = 1.0


@dataclass(frozen=True)
class Result:
    """Times in seconds and how many times as fast ours was, each as (lower quartile, median, upper quartile)."""

    row: Row
    ours: np.ndarray
    peer: np.ndarray
    ratio: np.ndarray


def measure(row, repeats=REPEATS) -> Result:
    """Ours and the peer by turns, so that a disturbance meets both; the ratio is taken within each turn."""
    keep_freed_memory()
    check(row)
    loops = {job: loops_for(job) for job in (row.ours, row.peer)}
    times = np.array([[clock(job, loops[job]) for job in (row.ours, row.peer)] for _ in range(repeats)])
    ours, peer = times.T / [[1], [row.share]]
    return Result(row, *map(quartiles, (ours, peer, peer / ours)))


def keep_freed_memory():
    """Else glibc hands freed arrays back to the system and asks for them anew, thousands of page faults a run, or does
    not: by the luck of what was allocated before. Once a large block has been freed, it keeps all smaller ones."""
    np.empty(4_000_000)  # 32 MB, the largest that counts; never written to


def check(row):
    """Both jobs once, which also warms them up, and their answers compared."""
    ours, peer = row.ours(), row.peer()
    if row.same is None:
        return
    for mine, theirs in zip(row.seen(*ours), peer, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=row.same, err_msg=f"{row.name}, {row.peer_name}: not the same")


def loops_for(job, at_least=0.02):
    """How often to call a job so that the clock's own grain does not matter."""
    return max(1, round(at_least / max(clock(job, 1), 1e-6)))


def clock(job, loops):
    # Processor time, not wall time: what other programs do in between is not counted.
    begin = process_time()
    for _ in range(loops):
        job()
    return (process_time() - begin) / loops


def quartiles(numbers):
    return np.percentile(numbers, (25, 50, 75))

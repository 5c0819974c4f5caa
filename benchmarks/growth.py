"""How time and memory grow: momentum, processor time, one thread; 15 runs each.

"Times the one before" is the growth of the time for ten times the size; 10 is in proportion, less is better. The peak
of memory is what Python and numpy had at once during one run more (tracemalloc); the result is part of it: `descend`
keeps the path and its loss, `sweep` only how the runs ended. The closed form does no step at all: its time grows with
the digits of the number of steps.
"""

import tracemalloc
from functools import partial
from itertools import islice

import numpy as np

from course_lib.descent import descend, iterates, sweep
from course_lib.optimizers import Momentum
from course_lib.quadratics import heavy_ball, late_iterate

from . import report
from .timing import clock, loops_for

HEAD = ("what grows", "to", "ms", "times the one before", "peak of memory, MB")
GRID_STEPS, DIMENSION_STEPS = 20, 100


def steps(count):
    descend(Momentum(0.02, 0.9), "ravine", steps=count)


def steps_of_a_sweep(count):
    sweep(Momentum(np.linspace(0.001, 0.06, 10)[:, None], np.linspace(0, 0.99, 10)), "ravine", steps=count, tol=None)


def steps_of_the_closed_form(count):
    late_iterate(heavy_ball(np.linspace(0.001, 0.06, 100)[:, None], np.linspace(0, 0.99, 100), 25.0), count)


def cells(count):
    side = round(count**0.5)
    lr, gamma = np.linspace(0.001, 0.06, side)[:, None], np.linspace(0, 0.99, side)
    sweep(Momentum(lr, gamma), "ravine", steps=GRID_STEPS, tol=None)


def dimension(count):
    curvature = np.linspace(1, 25, count)
    for _ in islice(iterates(Momentum(0.02, 0.9), lambda theta: curvature * theta, np.ones(count)), DIMENSION_STEPS):
        pass


SCALES = (
    ("steps of `descend`", steps, (10**2, 10**3, 10**4, 10**5)),
    ("steps of `sweep`, 100 cells", steps_of_a_sweep, (10**2, 10**3, 10**4)),
    ("steps of the closed form, 10,000 cells", steps_of_the_closed_form, (10**2, 10**3, 10**4, 10**5)),
    (f"cells of `sweep`, {GRID_STEPS} steps", cells, (10**2, 10**4, 10**6)),
    (f"dimension, {DIMENSION_STEPS} steps", dimension, (2, 10**2, 10**4, 10**6)),
)


def table(repeats):
    return [row for name, job, sizes in SCALES for row in scale(name, job, sizes, repeats)]


def scale(name, job, sizes, repeats):
    """A row for each size."""
    jobs = [partial(job, size) for size in sizes]
    for run in jobs:
        run()
    loops = [loops_for(run) for run in jobs]
    times = np.array([[clock(*pair) for pair in zip(jobs, loops, strict=True)] for _ in range(repeats)])
    for k, size in enumerate(sizes):
        before = "" if k == 0 else report.of(growth(times, sizes, k), 1)
        yield name, f"{size:,}", report.of(1e3 * times[:, k]), before, f"{peak(jobs[k]):.3g}"


def growth(times, sizes, k):
    """How the time grew, turn by turn, for each tenfold of the size."""
    tenfolds = np.log10(sizes[k] / sizes[k - 1])
    return (times[:, k] / times[:, k - 1]) ** (1 / tenfolds)


def peak(job):
    """Megabytes at most at once."""
    tracemalloc.start()
    try:
        job()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()

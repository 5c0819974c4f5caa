"""The one loop of the course: an optimizer walks over a gradient.

    trace(optimizer, gradient, theta)      every step with everything in it, without end
    iterates(optimizer, gradient, theta)   the points only, the start first, without end
    descend(optimizer, surface)            the whole path of a fixed number of steps, and its loss
    sweep(optimizer, surface)              the final loss and the steps to tolerance only, for large grids
    watched(measure, optimizer, ...)       what a function sees in every step
    steps_of(optimizer, slopes)            the steps it makes of slopes that are fed to it by hand

`optimizer` is an Optimizer, or a schedule: a function t -> Optimizer, asked anew before every step t = 1, 2, ...
Divergence is data: a run that leaves the finite numbers shows inf and nan, and raises no warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, count, islice, repeat
from typing import Any, NamedTuple

import numpy as np

from .arguments import known, numbers, whole
from .optimizers.base import hyperparameters, prepared
from .runs import first, for_good
from .surfaces import SURFACES, Surface
from .tracing import sheet_of

SILENT = partial(np.errstate, all="ignore")  # divergence is data


class Step(NamedTuple):
    """One step about to be taken.

    t      its number, from 1
    theta  the point where the step begins, (dim, *sweep)
    look   the point where the gradient is measured
    g      the gradient there
    state  the optimizer's memory before the step
    """

    t: int
    theta: np.ndarray
    look: np.ndarray
    g: np.ndarray
    state: tuple


def trace(optimizer, gradient, theta) -> Iterator[Step]:
    """Every step of a run, without end; take what you need with itertools.islice.

    gradient: theta -> array of theta's shape. theta: (dim,) or (dim, *sweep), float64 unless it is float32.
    The arrays of a Step are read-only. Raises ValueError or TypeError where an argument is no start, no optimizer,
    or the gradient or the step breaks the contract.
    """
    if not callable(gradient):
        raise TypeError(f"gradient is {gradient!r}: it must be a function theta -> array of theta's shape")
    # In a new array each time: an optimizer may keep it, and some gradients fill one again and again.
    return _steps(optimizer, lambda look: np.array(gradient(look), look.dtype), theta)


def iterates(optimizer, gradient, theta) -> Iterator[np.ndarray]:
    """The points of a run, the start first, without end."""
    return (step.theta for step in trace(optimizer, gradient, theta))


@dataclass(frozen=True, eq=False)
class Path:
    """A finished run: theta (steps + 1, dim, *sweep) and loss (steps + 1, *sweep), the start first."""

    theta: np.ndarray
    loss: np.ndarray
    surface: Surface
    optimizer: Any

    def steps_to(self, tol=1e-6):
        """The first step at which the loss is within `tol` of the surface's lowest value; inf where it never is."""
        return first(self.loss < self.surface.lowest + tol)

    def settled(self, within=0.05):
        """The first step from which on the run stays within this distance of its end; inf where it diverges."""
        with np.errstate(all="ignore"):
            close = np.linalg.norm(self.theta - self.theta[-1], axis=1) <= within
        return np.where(np.isfinite(self.loss[-1]), for_good(close), np.inf)[()]

    def __repr__(self):
        return f"Path of {len(self.loss) - 1} steps on {self.surface.name} by {self.optimizer!r}"


class Sweep(NamedTuple):
    """What remains of a sweep: the final loss and the steps to tolerance (inf: never), both of shape (*sweep)."""

    loss: np.ndarray
    steps: np.ndarray


def descend(optimizer, surface, start=None, steps=100) -> Path:
    """Run an optimizer on a surface and keep the whole path.

    surface: a Surface or a key of SURFACES. start: (dim,) or (dim, *sweep), the surface's own if None.
    steps: a whole number, at least 1. Raises ValueError or TypeError in one sentence for anything else.
    The start, or hyperparameters of an optimizer, may be letters (see `tracing`): then so is the path.
    """
    if sheet := sheet_of(start, *hyperparameters(optimizer).values()):
        return _written(sheet, optimizer, _surface(surface), start, steps)
    surface, points, steps = _run(optimizer, surface, start, steps)
    theta = np.array(list(islice(points, steps + 1)))
    with SILENT():
        loss = surface.value(theta.swapaxes(0, 1))
    return Path(theta, loss, surface, optimizer)


def _written(sheet, optimizer, surface, start, steps):
    """The path of letters: one step is written down, to be repeated."""
    schedule = _schedule(optimizer)
    start = sheet.read(surface.start if start is None else start)

    def turn(t, theta, *state):
        now = schedule(t)
        look = now.look(theta, *state)
        return now.step(theta, sheet.read(surface.gradient(look)), t, *state)

    theta = sheet.repeat(turn, (start, *schedule(1).init(start)), steps)
    loss = sheet.decided(lambda: sheet.read(surface.value(theta.swapaxes(0, 1))))
    return Path(theta, loss, surface, optimizer)


def watched(measure, optimizer, gradient, theta, steps):
    """What measure(step) gives at each of the first steps of a run: (steps, *its shape).

    gradient: function (k, theta), k = 0, 1, ... the number of the step, for slopes that change on the way.
    measure: function of a Step that gives an array, always of one shape. Of letters, too (see `tracing`).
    """
    if sheet := sheet_of(theta, *hyperparameters(optimizer).values()):
        theta = sheet.read(theta)

        def turn(t, _, theta, *state):
            look = optimizer.look(theta, *state)
            g = sheet.read(gradient(t - 1, look))
            seen = measure(Step(t, theta, look, g, state))
            return (seen, *optimizer.step(theta, g, t, *state))

        state = optimizer.init(theta)
        nothing = np.zeros(measure(Step(1, theta, theta, theta, state)).shape)
        return sheet.repeat(turn, (nothing, theta, *state), steps)[1:]
    number = count()
    walk = trace(optimizer, lambda theta: gradient(next(number), theta), theta)
    return np.array([measure(step) for step in islice(walk, steps)])


def sweep(optimizer, surface, start=None, steps=100, tol=1e-6) -> Sweep:
    """Run an optimizer on a surface and keep only how it ended, so that memory does not grow with the steps.

    Arguments as in `descend`. A step counts as arrived when loss minus the surface's lowest value is below `tol`.
    tol=None does not count: the steps are inf, and a run costs about half.
    """
    surface, points, steps = _run(optimizer, surface, start, steps)
    begin = next(points)
    arrived = np.full(begin.shape[1:], np.inf)
    with SILENT():
        for k, theta in enumerate(chain([begin], islice(points, steps))):
            if tol is not None:
                np.minimum(arrived, k, out=arrived, where=surface.value(theta) < surface.lowest + tol)
        return Sweep(surface.value(theta), arrived[()])


def steps_of(optimizer, slopes):
    """The steps that an optimizer makes of a row of slopes, whatever its place: (n, *sweep), positive downhill."""
    feed = chain(slopes, repeat(0.0))  # the loop measures once more behind the last step
    points = iterates(optimizer, lambda theta: np.full_like(theta, next(feed)), [0.0])
    return -np.diff([theta[0] for theta in islice(points, len(slopes) + 1)], axis=0)


def _surface(surface):
    if isinstance(surface, Surface):
        return surface
    known("surface", surface, SURFACES)
    return SURFACES[surface]


def _run(optimizer, surface, start, steps):
    surface, steps = _surface(surface), whole("steps", steps)
    start = _numbers("start", surface.start if start is None else start)
    if start.ndim == 0 or len(start) != surface.dim:
        raise ValueError(
            f"start has shape {start.shape}: the surface {surface.name} takes {surface.dim} coordinate(s), "
            "first axis first"
        )
    return surface, (step.theta for step in _steps(optimizer, surface.gradient, start)), steps


def _schedule(optimizer):
    """A function t -> Optimizer; an answer of a schedule that is no optimizer is refused."""
    if isinstance(optimizer, type):
        raise TypeError(f"{optimizer.__name__} is a class, not yet an optimizer: write {optimizer.__name__}()")
    if hasattr(optimizer, "step"):
        return lambda t: optimizer
    if not callable(optimizer):
        raise TypeError(f"optimizer is {optimizer!r}: it must be an Optimizer or a function t -> Optimizer")

    def asked(t):
        answer = optimizer(t)
        if isinstance(answer, type) or not hasattr(answer, "step"):
            raise TypeError(f"the schedule returned {answer!r} for t = {t}: it must return an Optimizer")
        return answer

    return asked


def _numbers(argument, value):
    """An array of its own: float64, or float32 where it came so."""
    given = numbers(value)
    if given is None:
        raise TypeError(f"{argument} is {value!r}: it must be an array of numbers, such as [1.0, 2.0]")
    return given.astype(np.float32 if given.dtype == np.float32 else np.float64, copy=False)


def _start(theta, sweep):
    theta = _numbers("theta", theta)
    if theta.ndim == 0 or theta.size == 0:
        raise ValueError(f"theta has shape {theta.shape}: it must be an array of coordinates, such as [1.0]")
    dim, *own = theta.shape
    try:
        shape = np.broadcast_shapes(tuple(own), sweep)
    except ValueError:
        raise ValueError(f"the starts span a grid {tuple(own)}, the hyperparameters {sweep}: they do not fit") from None
    theta = theta.reshape(dim, *(1,) * (len(shape) - len(own)), *own)
    return np.array(np.broadcast_to(theta, (dim, *shape)))


def _steps(optimizer, gradient, theta):
    """The steps of a run, for ever, from arguments that are checked now."""
    schedule = _schedule(optimizer)
    first = schedule(1)
    for method in ("init", "look"):
        if not hasattr(first, method):
            raise TypeError(f"{type(first).__name__} has no {method}: write class {type(first).__name__}(Optimizer)")
    theta = _start(theta, getattr(first, "sweep", ()))
    return _walk(schedule, first, gradient, theta, first.init(theta))


def _walk(schedule, asked, gradient, theta, state):
    """The loop: at each turn the optimizer looks, the gradient is measured there, and the step is taken."""
    optimizer = prepared(asked, theta)
    for t in count(1):
        with SILENT():
            look = _frozen(optimizer.look(_frozen(theta), *map(_frozen, state)))
            g = _measured(gradient, look, theta)
        yield Step(t, theta, look, g, state)
        with SILENT():
            theta, state = _moved(optimizer, theta, g, t, state)
        before, asked = asked, schedule(t + 1)
        if asked is not before:
            _refuse_another_memory(before, asked, theta, state, t + 1)
            optimizer = prepared(asked, theta)


def _refuse_another_memory(before, following, theta, state, t):
    if type(following) is not type(before) and len(following.init(theta)) != len(state):
        raise TypeError(
            f"the schedule turns to {type(following).__name__} at t = {t}, which does not remember what the one before "
            "it did: a schedule may change hyperparameters, and the class only for one with the same state"
        )


def _frozen(array):
    """The array, read-only: a step that wrote into its arguments would rewrite the path behind it."""
    if isinstance(array, np.ndarray):
        array.setflags(False)  # write=False; by its place it takes half the time
    return array


def _measured(gradient, look, theta):
    """The gradient where the optimizer looks, read-only."""
    try:
        g = np.asarray(gradient(look), theta.dtype)
    except ValueError as error:
        raise _explained(error, "the gradient") from error
    if g.shape != theta.shape:
        raise ValueError(f"the gradient has shape {g.shape}, but theta has shape {theta.shape}: they must be equal")
    return _frozen(g)


def _explained(error, who):
    if "read-only" not in str(error):
        return error
    return ValueError(
        f"{who} changes an array that it was given in place: make a new one, as in theta = theta - delta, "
        "not theta -= delta"
    )


def _moved(optimizer, theta, g, t, state):
    """The next theta and state, as the optimizer's step gives them."""
    try:
        answer = optimizer.step(theta, g, t, *state)
    except ValueError as error:
        raise _explained(error, f"{type(optimizer).__name__}.step") from error
    if not isinstance(answer, tuple):
        raise TypeError(
            f"{type(optimizer).__name__}.step returned {type(answer).__name__}, not a tuple: it must return "
            "(theta, *state), with a comma even where theta stands alone: return (theta,)"
        )
    if len(answer) != 1 + len(state):
        raise ValueError(
            f"{type(optimizer).__name__}.step returned {len(answer)} value(s): "
            f"it must return theta and {len(state)} state array(s)"
        )
    after = np.asarray(answer[0], theta.dtype)
    if after.shape != theta.shape:
        raise ValueError(
            f"{type(optimizer).__name__}.step turned theta of shape {theta.shape} into shape {after.shape}"
        )
    return after, answer[1:]

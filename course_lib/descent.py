"""The one loop of the course: an optimizer walks over a gradient.

    trace(optimizer, gradient, theta)      every step with everything in it, without end
    iterates(optimizer, gradient, theta)   the points only, the start first, without end
    descend(optimizer, surface)            the whole path of a fixed number of steps, and its loss
    sweep(optimizer, surface)              the final loss and the steps to tolerance only, for large grids

`optimizer` is an Optimizer, or a schedule: a function t -> Optimizer, asked anew before every step t = 1, 2, ...
Divergence is data: a run that leaves the finite numbers shows inf and nan, and raises no warning.
"""

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, NamedTuple

import numpy as np

from .optimizers.base import Optimizer, nearest, prepared
from .surfaces import SURFACES, Surface


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
    schedule = _schedule(optimizer)
    first = schedule(1)
    if not hasattr(first, "step"):
        raise TypeError(f"the schedule returned {first!r} for t = 1: it must return an Optimizer")
    theta = _start(theta, getattr(first, "sweep", ()))
    return _steps(schedule, gradient, theta, first.init(theta))


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
        close = self.loss < self.surface.lowest + tol
        return np.where(close.any(axis=0), close.argmax(axis=0), np.inf)[()]

    def __repr__(self):
        return f"Path of {len(self.loss) - 1} steps on {self.surface.name} by {self.optimizer!r}"


class Sweep(NamedTuple):
    """What remains of a sweep: the final loss and the steps to tolerance (inf: never), both of shape (*sweep)."""

    loss: np.ndarray
    steps: np.ndarray


def descend(optimizer, surface, start=None, steps=100) -> Path:
    """Run an optimizer on a surface and keep the whole path.

    surface: a Surface or a key of SURFACES. start: (dim,) or (dim, *sweep), the surface's own if None.
    steps: a whole number, at least 1. Raises ValueError in one sentence for anything else.
    """
    surface, points, steps = _run(optimizer, surface, start, steps)
    first = next(points)
    theta = np.empty((steps + 1, *first.shape), first.dtype)
    theta[0] = first
    for k, point in enumerate(islice(points, steps), start=1):
        theta[k] = point
    return Path(theta, _loss(surface, theta.swapaxes(0, 1)), surface, optimizer)


def sweep(optimizer, surface, start=None, steps=100, tol=1e-6) -> Sweep:
    """Run an optimizer on a surface and keep only how it ended, so that memory does not grow with the steps.

    Arguments as in `descend`. A step counts as arrived when loss minus the surface's lowest value is below `tol`.
    """
    surface, points, steps = _run(optimizer, surface, start, steps)
    arrived, waiting = None, True
    for k, theta in enumerate(islice(points, steps + 1)):
        loss = np.asarray(_loss(surface, theta))
        new = (loss < surface.lowest + tol) & waiting
        if arrived is None:
            arrived, waiting = np.full(loss.shape, np.inf), np.ones(loss.shape, bool)
        if new.any():
            arrived[new] = k
            waiting &= ~new
    return Sweep(loss[()], arrived[()])


def _run(optimizer, surface, start, steps):
    if not isinstance(surface, Surface):
        if surface not in SURFACES:
            raise ValueError(f"there is no surface {surface!r}: {nearest(surface, list(SURFACES))}")
        surface = SURFACES[surface]
    try:
        steps = operator.index(steps)
    except TypeError:
        raise ValueError(f"steps is {steps!r}: it must be a whole number, at least 1") from None
    if steps < 1:
        raise ValueError(f"steps is {steps}: it must be a whole number, at least 1")
    theta = np.asarray(surface.start if start is None else start)
    if theta.ndim == 0 or len(theta) != surface.dim:
        raise ValueError(
            f"start has shape {theta.shape}: the surface {surface.name} takes {surface.dim} coordinate(s), "
            "first axis first"
        )
    return surface, iterates(optimizer, surface.gradient, theta), steps


def _loss(surface, theta):
    with np.errstate(all="ignore"):
        return surface.value(theta)


def _schedule(optimizer):
    """A function of t, whatever was given; hyperparameters are turned into numbers once where they do not change."""
    if isinstance(optimizer, type):
        raise TypeError(f"{optimizer.__name__} is a class, not yet an optimizer: write {optimizer.__name__}()")
    if hasattr(optimizer, "step"):
        return lambda t: optimizer
    if callable(optimizer):
        return optimizer
    raise TypeError(f"optimizer is {optimizer!r}: it must be an Optimizer or a function t -> Optimizer")


def _start(theta, sweep):
    theta = np.array(theta, dtype=np.float32 if getattr(theta, "dtype", None) == np.float32 else np.float64)
    if theta.ndim == 0:
        raise ValueError("theta is a single number: it must be an array of coordinates, such as [1.0]")
    dim, *own = theta.shape
    try:
        shape = np.broadcast_shapes(tuple(own), sweep)
    except ValueError:
        raise ValueError(f"the starts span a grid {tuple(own)}, the hyperparameters {sweep}: they do not fit") from None
    theta = theta.reshape(dim, *(1,) * (len(shape) - len(own)), *own)
    return np.array(np.broadcast_to(theta, (dim, *shape)))


def _steps(schedule, gradient, theta, state):
    asked = optimizer = None
    for t in count(1):
        if (now := schedule(t)) is not asked:
            asked, optimizer = now, prepared(now, theta.dtype)
        _freeze(theta, *state)
        with np.errstate(all="ignore"):
            look = optimizer.look(theta, *state)
            g = _checked_gradient(gradient(look), theta)
        yield Step(t, theta, look, g, state)
        with np.errstate(all="ignore"):
            theta, state = _checked_step(optimizer, theta, state, optimizer.step(theta, g, t, *state))


def _freeze(*arrays):
    # A step that writes into its arguments would rewrite the path behind it: numpy refuses it instead.
    for array in arrays:
        if isinstance(array, np.ndarray):
            array.flags.writeable = False


def _checked_gradient(g, theta):
    g = np.asarray(g, theta.dtype)
    if g.shape != theta.shape:
        raise ValueError(f"the gradient has shape {g.shape}, but theta has shape {theta.shape}: they must be equal")
    return g


def _checked_step(optimizer, theta, state, answer):
    name = type(optimizer).__name__
    if not isinstance(answer, tuple):
        raise TypeError(
            f"{name}.step returned {type(answer).__name__}, not a tuple: it must return (theta, *state), "
            "with a comma even where theta stands alone: return (theta,)"
        )
    if len(answer) != 1 + len(state):
        raise ValueError(
            f"{name}.step returned {len(answer)} value(s): it must return theta and {len(state)} state array(s)"
        )
    after = np.asarray(answer[0])
    if after.shape != theta.shape:
        raise ValueError(f"{name}.step turned theta of shape {theta.shape} into shape {after.shape}")
    return after, answer[1:]


__all__ = ["Optimizer", "Path", "Step", "Sweep", "descend", "iterates", "sweep", "trace"]

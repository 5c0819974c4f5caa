"""The contract of an optimizer: where it looks, and what it does with the gradient it finds there.

An optimizer is a frozen dataclass. Its fields are the hyperparameters, its methods are the equation:

    look(theta, *state)            the point at which the gradient is measured; theta itself unless overridden
    step(theta, g, t, *state)      the next (theta, *state), from the gradient g and the step number t = 1, 2, ...
    init(theta)                    the state before the first step: one array of zeros for each name in `state`

State goes in and comes out; an optimizer remembers nothing itself, so two runs can never disturb each other.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np

from ..arguments import numbers
from ..tracing import Letters

Hyper = float | Sequence[float] | np.ndarray


class Field(NamedTuple):
    """What a hyperparameter of this name may be, in numbers and in words, what it is, and its letter."""

    lowest: float
    highest: float
    accepted: str
    kind: str
    letter: str


# The one table of hyperparameters. Values that merely make a run diverge, such as gamma > 1, are allowed: divergence
# is part of the subject.
BELOW_ONE = np.nextafter(1.0, 0.0)
FIELDS = {
    "lr": Field(0.0, np.inf, "0 or more", "rate", "η"),
    "gamma": Field(0.0, np.inf, "0 or more", "memory", "γ"),
    "beta": Field(0.0, np.inf, "0 or more", "memory", "β"),
    "c": Field(0.0, 1.0, "from 0 to 1", "share", "c"),
    "rho": Field(0.0, 1.0, "from 0 to 1", "memory", "ρ"),
    "beta1": Field(0.0, BELOW_ONE, "from 0 to below 1", "memory", "β₁"),
    "beta2": Field(0.0, BELOW_ONE, "from 0 to below 1", "memory", "β₂"),
    "eps": Field(0.0, np.inf, "0 or more", "guard", "ε"),
    "weight_decay": Field(0.0, np.inf, "0 or more", "decay", "λ"),
}
UNKNOWN = Field(-np.inf, np.inf, "finite", "", "")


@dataclass(frozen=True, eq=False)
class Optimizer:
    """What every optimizer has in common. Subclasses add fields, the names of their `state`, and `step`.

    A field may be a number or an array. Arrays are sweeps: the run broadcasts all of them together and computes
    one path for every combination. theta has shape (dim,) or (dim, *sweep).

    Raises ValueError or TypeError, in one sentence, where a hyperparameter is not a finite number in its range.
    """

    state: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if isinstance(cls.state, str):
            raise TypeError(
                f"state of {cls.__name__} is the text {cls.state!r}: it must be a tuple of names, with a comma even "
                f'where one stands alone, as in state = ("{cls.state}",)'
            )
        # A dataclass would write its own repr, with every number of a 100 x 100 sweep in it.
        cls.__repr__ = Optimizer.__repr__

    def __post_init__(self):
        for name, value in numbers_of(self).items():
            _check(f"{type(self).__name__}({name}=...)", value, FIELDS.get(name, UNKNOWN))
            if isinstance(value, (list, tuple)):
                object.__setattr__(self, name, np.array(value))  # so that every formula can reckon with it
        self.sweep  # noqa: B018  asking for the shape is the check that the sweeps fit together

    def __repr__(self):
        shown = hyperparameters(self) | {name: _shown(value) for name, value in numbers_of(self).items()}
        fields = (f"{name}={text}" for name, text in shown.items())
        return f"{type(self).__name__}({', '.join(fields)})"

    @property
    def sweep(self) -> tuple[int, ...]:
        """The shape of the grid that the hyperparameters span: () for a single run."""
        shapes = {name: np.shape(value) for name, value in numbers_of(self).items()}
        try:
            return np.broadcast_shapes(*shapes.values())
        except ValueError:
            given = ", ".join(f"{name} {shape}" for name, shape in shapes.items() if shape)
            raise ValueError(
                f"the hyperparameters of {type(self).__name__} do not span a grid, their shapes are {given}: "
                "put them on different axes, as in lr=lrs[:, None]"
            ) from None

    def init(self, theta):
        return tuple(np.zeros_like(theta) for _ in self.state)

    def look(self, theta, *state):
        return theta

    def step(self, theta, g, t, *state):
        raise NotImplementedError(f"{type(self).__name__} has no step(theta, g, t, *state) yet")


def hyperparameters(optimizer) -> dict:
    """The fields of an optimizer by name, in the order in which they were declared."""
    return {field.name: getattr(optimizer, field.name) for field in _fields(optimizer)}


def memories(kind) -> tuple[str, ...]:
    """The fields of a class of optimizers that are memories, the main one first: gamma, rho, beta1, beta2."""
    return tuple(field.name for field in _fields(kind) if FIELDS.get(field.name, UNKNOWN).kind == "memory")


def _fields(optimizer):
    """The declared fields of an optimizer or of its class; a learner's own may be no dataclass, and has none."""
    return dataclasses.fields(optimizer) if dataclasses.is_dataclass(optimizer) else ()


def numbers_of(optimizer) -> dict:
    """The hyperparameters that are numbers or sweeps: without what counts or chooses, and without functions of t."""
    kept, changing = _declared(type(optimizer), CHOSEN), _declared(type(optimizer), CHANGING)
    given = hyperparameters(optimizer).items()
    return {name: value for name, value in given if name not in kept and not (name in changing and callable(value))}


def prepared(optimizer, theta):
    """The same optimizer, ready for many steps of theta: plain numbers and sweeps, full arrays, in theta's own type.

    A plain number of a wider type would lift what is computed from it alone, such as beta1^t: a run in float32 would
    then round otherwise than its cell of a sweep. A full grid costs a few arrays and saves the stretching of
    lr[:, None] in every step, half of a large step's time.
    """
    plain = float if theta.dtype == np.float64 else theta.dtype.type
    given = numbers_of(optimizer)
    inner = {name: value for name, value in hyperparameters(optimizer).items() if isinstance(value, Optimizer)}
    if not inner and all(type(value) is plain for value in given.values()):
        return optimizer
    fields = {name: np.asarray(value, theta.dtype) for name, value in given.items()}
    grid, spanned = theta.shape[1:], np.broadcast_shapes(*(field.shape for field in fields.values()))
    if np.broadcast_shapes(spanned, grid) != grid:
        raise ValueError(f"{optimizer!r} spans a grid {spanned}, but the run began with {grid}")
    full = {
        name: np.array(np.broadcast_to(field, grid)) if field.ndim else plain(field) for name, field in fields.items()
    }
    return dataclasses.replace(optimizer, **full, **{name: prepared(rule, theta) for name, rule in inner.items()})


CHOSEN = (int, bool, str, tuple, Optimizer | None)  # what counts or chooses: it stays what it is
CHANGING = (Hyper | Callable,)  # a number, or a function of t


@cache
def _declared(kind, types):
    """The names of the fields of a class that are declared to be one of these types, in words or outright."""
    words = [declared.__name__ if isinstance(declared, type) else str(declared) for declared in types]
    return {field.name for field in _fields(kind) if field.type in types or field.type in words}


def _check(argument, value, known):
    if isinstance(value, Letters):
        return  # of any number: those that it stands for are a figure's, and lie in range
    given = numbers(value)
    if given is None:
        raise TypeError(f"{argument} takes a number or an array of numbers, not {value!r}")
    if given.size == 0:
        raise ValueError(f"{argument} is an empty sweep: it needs at least one value")
    wrong = given[~(np.isfinite(given) & (given >= known.lowest) & (given <= known.highest))]
    if wrong.size:
        raise ValueError(f"{argument} is {float(wrong.flat[0])!r}: it must be a finite number, {known.accepted}")


def _shown(value):
    if isinstance(value, Letters):
        return repr(value)
    numbers = np.asarray(value)
    if numbers.ndim == 0:
        return f"{numbers.item():g}"
    shape = " x ".join(map(str, numbers.shape))
    return f"<{shape} from {numbers.min():g} to {numbers.max():g}>"

"""Who may run in a race: optimizers of the course, a learner's own, as classes or instances, and what is refused."""

import dataclasses
import inspect
import sys
from collections.abc import Callable
from functools import partial

import numpy as np

from .. import plots
from ..descent import Path, descend
from ..optimizers import OPTIMIZERS, GradientDescent, Momentum, Nesterov, Optimizer
from ..optimizers.base import FIELDS, hyperparameters
from ..surfaces import SURFACES
from ..tracing import differs, program_of
from .rules import adds_up, is_adaptive, memory_of
from .words import listed

UNWRITTEN = "not written yet"
STEPS = 150
LR_NAMES = ("lr", "eta", "learning_rate", "alpha", "epsilon")
STEP_MEMORIES = ("gamma", "momentum", "mu", "beta")  # add steps up, so that each is worth 1 / (1 - gamma) of them
AVERAGES = ("beta1", "rho")
MEMORY_NAMES = (*STEP_MEMORIES, *AVERAGES)
SYMBOLS = {name: known.letter for name, known in FIELDS.items()} | {"momentum": "γ", "mu": "μ"}
USUAL_MEMORY = 0.9  # what every class of the course has, too
ADAPTIVE = tuple(filter(is_adaptive, OPTIMIZERS))
# Rules of the course whose memory adds nothing up, whatever its name.
IDLE = ADAPTIVE + tuple(rule for rule in OPTIMIZERS if memory_of(rule) and not is_adaptive(rule) and not adds_up(rule))
# From Python 3.14 on, annotations are read when asked for; 3 is FORWARDREF: a name that means nothing is no error.
NAMES_ONLY = {"format": 3} if sys.version_info >= (3, 14) else {}
STEP = "step(theta, g, t, *state)"


@dataclasses.dataclass(frozen=True, eq=False)
class Runner:
    """One competitor. make(lr, memory) is its optimizer.

    name, label: without and with an instance's settings; lr: whether a learning rate reaches it; memory: what it
    calls its main memory, None if it has none; kept: an instance's own (lr, memory), None for a class; own: not of the
    course; adaptive: divides by a memory of the gradient's size; adds: its memory adds steps up, as momentum's does;
    alone: one run at a time; written: False while its step still holds a `...`, so that there is nothing to run.
    """

    gid: str
    name: str
    label: str
    look: plots.Look
    make: Callable
    lr: bool
    memory: str | None
    own: bool
    adaptive: bool = False
    adds: bool = False
    kept: tuple[float, float] | None = None
    alone: bool = False
    written: bool = True

    def run(self, lr, memory, surface, start) -> Path:
        """One run from start (2,); with an array of learning rates (n,) one for each, theta (STEPS + 1, 2, n).

        What is not written yet goes nowhere: nan after the start.
        """
        if not self.written:
            theta = np.concatenate([np.reshape(start, (1, 2)), np.full((STEPS, 2), np.nan)])
            return Path(theta, surface.value(theta.T), surface, self.label)
        if self.alone and np.ndim(lr):
            paths = [self.run(float(one), memory, surface, start) for one in lr]
            theta, loss = (np.stack([getattr(path, part) for path in paths], axis=-1) for part in ("theta", "loss"))
            return Path(theta, loss, surface, self.label)
        grid = np.shape(lr)
        begin = np.broadcast_to(np.reshape(start, (2, *(1,) * len(grid))), (2, *grid))
        return descend(self.make(lr, memory), surface, begin, steps=STEPS)


def is_sound(runner):
    """Whether a run in the page would be the runner's: whether its rule can be traced, and then is what it was.

    A rule that remembers, counts its calls, draws random numbers or looks at types is another one as a program.
    """
    surface = SURFACES["ravine"]

    def function(lr, memory, start):
        theta = runner.run(lr, memory, surface, np.stack(start)).theta
        return {"path": (theta[:, 0], theta[:, 1])}, {}

    settings = [
        {"lr": lr, "memory": memory, "start": start}
        for lr, memory, start in ((0.02, 0.9, (-4.0, 2.0)), (0.001, 0.0, (3.0, -1.0)), (0.1, 0.5, (0.5, 2.0)))
    ]
    try:
        program = program_of(function, {"lr": 1, "memory": 1, "start": 2})
        return not differs(program, function, settings)
    except Exception:  # whatever a rule raises, plain or of letters: then the kernel runs it, and says so
        return False


def runners_of(optimizers):
    """The Runners of classes and instances, run0, run1, ...; the usual three beside a learner's own.

    TypeError, ValueError or RuntimeError, in one sentence, where one breaks the contract.
    """
    usual = (GradientDescent, Momentum, Nesterov)
    if all(_is_own(given) for given in optimizers):
        optimizers = (*usual, *optimizers)
    runners = []
    for given in optimizers:
        runner = _runner(given, f"run{len(runners)}")
        twins = sum(r.look.color == runner.look.color for r in runners)
        if twins:  # a second of its kind is dashed differently
            runner = dataclasses.replace(
                runner, look=dataclasses.replace(runner.look, dashes=plots.SERIES[(0, 1, 3)[twins % 3]].dashes)
            )
        runners.append(runner)
    return runners


def _kind(given):
    return given if isinstance(given, type) else type(given)


def _is_own(given):
    return _kind(given) not in OPTIMIZERS


def _runner(given, gid):
    """The Runner of a class or an instance; refuses, in one sentence, what cannot run."""
    kind = _kind(given)
    if not callable(getattr(kind, "step", None)):
        raise TypeError(f"labs.race takes optimizers, classes or instances with a {STEP}, not {given!r}")
    own, told = _is_own(given), dataclasses.is_dataclass(kind)
    look = plots.OWN if own else plots.look_of(kind)
    lr, memory = _names(kind) if given is kind or told else (None, None)
    label = f"{'' if kind.__module__.startswith('course_lib.') else 'yours, '}{kind.__name__}"
    name, kept, build = label if own else look.label, None, kind
    if given is kind:
        _refuse_needy(kind, lr, memory)
        label = name
    else:
        _refuse_sweep(given)
        label = label.replace(kind.__name__, _described(given)) if told else label
        memory = memory if lr else None
        kept = tuple(getattr(given, key) if key else 0.0 for key in (lr, memory)) if lr else None
        build = partial(dataclasses.replace, given) if lr else lambda: given

    def make(rate, share):
        made = build(**{name: value for name, value in ((lr, rate), (memory, share)) if name})
        return made if hasattr(made, "look") and hasattr(made, "init") else _Completed(made)

    runner = Runner(
        gid=gid,
        name=name,
        label=label,
        look=look,
        make=make,
        lr=bool(lr),
        memory=memory,
        own=own,
        adaptive=issubclass(kind, ADAPTIVE) or memory in AVERAGES,
        adds=memory in STEP_MEMORIES and not issubclass(kind, IDLE),
        kept=kept,
    )
    return _tried(runner, kind) if own else runner


def _described(given):
    """The repr of an instance without those settings, beyond the two main ones, that are as in its class."""
    if not isinstance(given, Optimizer):
        return repr(given)
    fields = dataclasses.fields(given)
    usual = {field.name: field.default for field in fields if field.name not in _names(type(given))}
    shown = [f"{f.name}={getattr(given, f.name):g}" for f in fields if usual.get(f.name) != getattr(given, f.name)]
    return f"{type(given).__name__}({', '.join(shown)})"


def _refuse_sweep(given):
    swept = [name for name, value in hyperparameters(given).items() if np.ndim(value)]
    if swept:
        raise ValueError(f"{given!r} has several values of {listed(swept)}: a runner of a race has one")


def _names(kind):
    """What the class calls learning rate and main memory, None for what it has not."""
    known = inspect.signature(kind).parameters
    forgotten = [name for name in inspect.get_annotations(kind, **NAMES_ONLY) if name not in known and name in LR_NAMES]
    if forgotten and issubclass(kind, Optimizer):
        raise TypeError(
            f"{kind.__name__} declares {forgotten[0]} but is no dataclass: write @dataclass(frozen=True, eq=False) "
            "above its first line"
        )
    return tuple(next((name for name in names if name in known), None) for names in (LR_NAMES, MEMORY_NAMES))


def _refuse_needy(kind, *given):
    known = inspect.signature(kind).parameters
    needed = [
        p.name
        for p in known.values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) and p.name not in given
    ]
    if needed:
        raise TypeError(
            f"{kind.__name__} needs a value for {listed(needed)}: give it a default, or race an instance of it"
        )


class _Completed(Optimizer):
    """An optimizer that has only a step, with the usual look and init where it has none of its own."""

    def __init__(self, given):
        own = {name: getattr(given, name) for name in ("state", "init", "look", "step") if hasattr(given, name)}
        vars(self).update(own)  # what is frozen lets nothing be set


def _is_unwritten(error):
    """Whether it came of a step that still holds its `...`, or of one that says so itself."""
    return isinstance(error, NotImplementedError) or "ellipsis" in str(error).lower()


def _tried(runner, kind):
    """The runner after a short trial: refused if it breaks the contract, alone if it cannot run a grid at once."""
    name = kind.__name__
    lr, memory = np.array([0.001, 0.02]), 0.5
    surface, start = SURFACES["ravine"], SURFACES["ravine"].start
    try:
        single = dataclasses.replace(runner, alone=True).run(lr, memory, surface, start)
    except Exception as error:
        if kind.step is not Optimizer.step and _is_unwritten(error):
            fields = {key: f"{getattr(runner, key)} ({UNWRITTEN})" for key in ("name", "label")}
            return dataclasses.replace(runner, written=False, lr=False, memory=None, **fields)
        told = str(error).replace(_Completed.__name__, name)
        if name not in told and not told.startswith("the gradient"):
            told = f"its {STEP} raised {type(error).__name__}: {told}"
        kind = type(error) if type(error) in (TypeError, ValueError) else RuntimeError
        raise kind(f"labs.race cannot run {name}: {told}") from error
    try:
        together = runner.run(lr, memory, surface, start)
        equal = together.theta.shape == single.theta.shape and np.allclose(
            together.theta, single.theta, rtol=1e-9, equal_nan=True
        )
    except Exception:
        equal = False
    return runner if equal else dataclasses.replace(runner, alone=True)

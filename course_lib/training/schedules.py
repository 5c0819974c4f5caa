"""Schedules: hyperparameters that change with the step. A schedule is a function t -> number, for t = 1, 2, ...

A number may be an array, too: cosine(lrs[:, None], steps) is a whole sweep of schedules.
"""

import dataclasses

import numpy as np

from ..arguments import nearest, whole


def constant(lr):
    """lr, whatever the step."""
    return lambda t: lr


def step_decay(lr, every, factor=0.1):
    """lr * factor^floor((t - 1) / every): the same for `every` steps, then `factor` times as much.

    PyTorch: torch.optim.lr_scheduler.StepLR(step_size=every, gamma=factor).
    """
    every = whole("every", every)
    return lambda t: lr * factor ** ((t - 1) // every)


def cosine(lr, steps):
    """lr (1 + cos(pi (t - 1) / steps)) / 2: half a wave from lr down to nothing, where it stays.

    Source: Loshchilov, Hutter (2017), SGDR, eq. 5, without restarts. PyTorch: CosineAnnealingLR(T_max=steps).
    """
    steps = whole("steps", steps)
    return lambda t: lr * (1 + np.cos(np.pi * min((t - 1) / steps, 1.0))) / 2


def warm_up(schedule, steps):
    """min(t / steps, 1) times a schedule or a number: small steps first, until the averages mean something.

    Source: Goyal et al. (2017), arXiv:1706.02677, section 2.2, where it begins at a small lr instead of near 0.
    """
    schedule, steps = _schedule(schedule), whole("steps", steps)
    return lambda t: min(t / steps, 1.0) * schedule(t)


def sutskever(gamma_max=0.99, every=250):
    """min(1 - 2^(-1 - log2(floor(t / every) + 1)), gamma_max): gamma 0.5, 0.75, 0.83, 0.875, ... up to gamma_max.

    That is 1 - 1 / (2 (floor(t / every) + 1)). Source: Sutskever et al. (2013), eq. 5, where every = 250.
    """
    every = whole("every", every)
    return lambda t: np.minimum(1 - 2.0 ** (-1 - np.log2(t // every + 1)), gamma_max)


def scheduled(optimizer, **hyper):
    """An optimizer whose hyperparameters follow schedules: scheduled(Momentum, lr=cosine(0.1, 600), gamma=0.9).

    optimizer: a class. hyper: its hyperparameters by name, each a number, a sweep, or a function t -> number.
    Returns a function t -> Optimizer. Raises TypeError at once where a name or the class is none.
    """
    if not (isinstance(optimizer, type) and dataclasses.is_dataclass(optimizer)):
        raise TypeError(f"optimizer is {optimizer!r}: a schedule needs the class, such as scheduled(Momentum, lr=0.1)")
    known = [field.name for field in dataclasses.fields(optimizer)]
    for name in hyper:
        if name not in known:
            raise TypeError(f"{optimizer.__name__} has no hyperparameter {name!r}: {nearest(name, known)}")
    schedules = {name: _schedule(value) for name, value in hyper.items()}

    def at(t):
        return optimizer(**{name: schedule(t) for name, schedule in schedules.items()})

    at(1)  # what an optimizer refuses is refused here, not in the middle of a run
    return at


def _schedule(value):
    return value if callable(value) else constant(value)

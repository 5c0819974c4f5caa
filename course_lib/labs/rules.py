"""The optimizers as the labs take them: by name, with a learning rate and a memory, whatever these are called."""

from functools import cache
from itertools import islice

import numpy as np

from .. import quadratics
from ..descent import trace
from ..optimizers import OPTIMIZERS, SINCE, GradientDescent, Momentum, Nesterov
from ..optimizers.base import memories

THREE = {"descent": GradientDescent, "momentum": Momentum, "nesterov": Nesterov}
BALLS = {name: THREE[name] for name in ("momentum", "nesterov")}
THEORY = {name: quadratics.THEORY[rule.__name__] for name, rule in THREE.items()}
TOLD = tuple(rule for rule in OPTIMIZERS if rule not in SINCE)  # by the lessons that show the labs of all rules


def memory_of(rule):
    """The name of a rule's main memory; None where it has none."""
    return next(iter(memories(rule)), None)


def built(rule, lr, memory):
    """The rule with this learning rate, and this main memory if it has one."""
    name = memory_of(rule)
    return rule(lr, **({name: memory} if name else {}))


@cache
def is_adaptive(rule):
    """Whether its steps do not grow with the slope: measured, on a slope ten times as steep."""
    plain, steep = (
        [step.theta for step in islice(trace(rule(), lambda theta, g=g: np.full_like(theta, g), [0.0]), 3)]
        for g in (1.0, 10.0)
    )
    return not np.allclose(np.multiply(plain, 10), steep)


@cache
def adds_up(rule):
    """Whether its memory adds steps up, as momentum's does: measured, on a steady slope, with a memory of a half."""
    without, with_it = (
        [step.theta[0] for step in islice(trace(built(rule, 1.0, memory), np.ones_like, [0.0]), 12)]
        for memory in (0.0, 0.5)
    )
    return (with_it[-1] - with_it[-2]) / (without[-1] - without[-2]) > 1.9

"""Three races that were published: as they were shipped, and what is needed to run them fairly.

A race is a problem, the optimizers in it with the settings their authors gave them, and a grid of learning rates on
which each of them may be tuned. Nothing is copied: the problems are rebuilt on data of this course.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from ..conventions import Averaged
from ..data import digits, moons
from ..descent import descend
from ..networks import Network
from ..optimizers import Adagrad, Adam, GradientDescent, Momentum, Nesterov, Optimizer, RMSprop
from ..optimizers.base import FIELDS, memories
from ..surfaces import Surface
from ..training import train
from .adam_forms import UncorrectedAdam

TUNED_ON, JUDGED_ON = 4, 4  # starts: a setting is chosen on the first of them and judged on the others
STARTS = TUNED_ON + JUDGED_ON
RATES = 10.0 ** (np.arange(-8, 3) / 2)  # the learning rates that each optimizer may try, two a decade


@dataclass(frozen=True, eq=False)
class Competitor:
    """An optimizer in a race: its class, the memories that it has at every learning rate, and what its authors ran.

    steps: of the run as published, where each was given another number.
    """

    kind: type
    memory: dict
    shipped: Optimizer
    steps: int | None = None

    @property
    def name(self):
        return self.kind.__name__

    def make(self, lr):
        return self.kind(lr, **self.memory)

    @property
    def told(self):
        """Its settings beside the learning rate, in words."""
        known = self.make(1.0)
        return ", ".join(f"{FIELDS[name].letter} = {getattr(known, name):g}" for name in memories(self.kind))


@dataclass(frozen=True, eq=False)
class Race:
    """run(optimizer of a sweep (n, 1), n) -> (times, losses (times, n, STARTS)): from every start, all else equal.

    unit: of the times, length: the last of them. lowest, highest: the losses the picture shows. flaw: what was unfair
    about it.
    """

    name: str
    source: str
    flaw: str
    competitors: tuple[Competitor, ...]
    run: Callable
    unit: str
    length: float
    lowest: float
    highest: float


def on_network(network, data, *, epochs, batch, every):
    """The run of a race on a network: the same minibatches for all, from STARTS random starts."""

    def run(optimizer, count):
        samples = data()
        starts = network.init(list(range(STARTS)), samples.inputs.dtype)
        theta = np.repeat(starts[:, None], count, axis=1)
        history = train(optimizer, network, samples, epochs=epochs, batch=batch, theta=theta, every=every)
        return history.epochs, history.loss

    return run


HANDSON = Race(
    name="six optimizers, one learning rate",
    source="after A. Geron, Hands-On Machine Learning, 3rd edition (2022), chapter 11, on the digits of this course",
    flaw="all had the learning rate 0.001",
    competitors=tuple(
        Competitor(kind, memory, kind(0.001, **memory))
        for kind, memory in (
            (GradientDescent, {}),
            (Momentum, {"gamma": 0.9}),
            (Nesterov, {"gamma": 0.9}),
            (Adagrad, {}),
            (RMSprop, {"gamma": 0.9}),
            (Adam, {}),
        )
    ),
    run=on_network(Network((64, 16, 10)), cache(partial(digits, np.float32)), epochs=5, batch=64, every=5),
    unit="epoch",
    length=5,
    lowest=0.03,
    highest=4,
)

COURSERA = Race(
    name="momentum makes no difference",
    source="after A. Ng, Optimization Methods (Coursera): 300 moons, here with 300 epochs instead of 10 000",
    flaw="all had the learning rate 0.0007, and momentum was the averaged form: its steps are ten times smaller",
    competitors=(
        Competitor(GradientDescent, {}, GradientDescent(0.0007)),
        Competitor(Momentum, {"gamma": 0.9}, Averaged(0.0007, 0.9)),
        Competitor(Adam, {}, Adam(0.0007)),
    ),
    run=on_network(Network((2, 5, 2, 2)), cache(partial(moons, n=300, noise=0.2)), epochs=300, batch=64, every=75),
    unit="epoch",
    length=300,
    lowest=0.02,
    highest=2,
)


# -- a bowl with two holes, after an interactive figure of E. Dupont

HOLES = (((1.0, 0.0), 2.0, 0.2), ((-1.0, 0.0), 3.0, 0.2))  # where, how deep, how wide


def _height(theta):
    x, y = theta
    return x**2 + y**2 - sum(d * np.exp(-((x - a) ** 2 + (y - b) ** 2) / w) for (a, b), d, w in HOLES)


def _slope(theta):
    x, y = theta
    pulls = [(a, b, 2 * d / w * np.exp(-((x - a) ** 2 + (y - b) ** 2) / w)) for (a, b), d, w in HOLES]
    return np.stack([2 * x + sum(p * (x - a) for a, b, p in pulls), 2 * y + sum(p * (y - b) for a, b, p in pulls)])


TWO_HOLES = Surface(
    "a bowl with two holes",
    _height,
    _slope,
    view=((-2, 2), (-2, 2)),
    start=(1.5, 1.0),
    source="E. Dupont (2018), Interactive Visualization of Optimization Algorithms in Deep Learning",
    minima=((-0.9363006340109189, 0.0),),
)
LONGEST = 500


def _in_the_bowl(optimizer, count):
    starts = np.random.default_rng(3).uniform(-2, 2, (2, 1, STARTS))
    with np.errstate(all="ignore"):
        path = descend(optimizer, TWO_HOLES, np.repeat(starts, count, axis=1), steps=LONGEST)
    return np.arange(0, LONGEST + 1, 20), np.maximum(path.loss[::20] - TWO_HOLES.lowest, 0)


DUPONT = Race(
    name="a click anywhere",
    source="after E. Dupont (2018): a bowl with two holes, here from eight random starts",
    flaw="gradient descent had twice the learning rate of the others, each another number of steps, and Adam no bias "
    "correction",
    competitors=(
        Competitor(GradientDescent, {}, GradientDescent(0.02), 500),
        Competitor(Momentum, {"gamma": 0.8}, Momentum(0.01, 0.8), 200),
        Competitor(RMSprop, {"gamma": 0.99}, RMSprop(0.01, 0.99), 300),
        Competitor(Adam, {"beta1": 0.7}, UncorrectedAdam(0.01, 0.7), 100),
    ),
    run=_in_the_bowl,
    unit="step",
    length=LONGEST,
    lowest=1e-3,
    highest=20,
)

RACES = {"handson": HANDSON, "coursera": COURSERA, "dupont": DUPONT}

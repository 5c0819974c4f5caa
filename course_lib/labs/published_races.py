"""Three races that were published: as they were shipped, and what is needed to run them fairly.

A race is a problem, the optimizers in it with the settings their authors gave them, and a grid of learning rates on
which each of them may be tuned. Nothing is copied: the problems are rebuilt on data of this course.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..conventions import Averaged
from ..data import digits, moons
from ..descent import descend
from ..networks import Network
from ..optimizers import Adagrad, Adam, GradientDescent, Momentum, Nesterov, RMSprop
from ..surfaces import Surface
from ..training import train
from .adam_forms import UncorrectedAdam

TUNED_ON, JUDGED_ON = 4, 4  # starts: a setting is chosen on the first of them and judged on the others
STARTS = TUNED_ON + JUDGED_ON
RATES = 10.0 ** (np.arange(-8, 3) / 2)  # the learning rates that each optimizer may try, two a decade


@dataclass(frozen=True)
class Competitor:
    """An optimizer in a race. make(lr) builds it; shipped() is what its authors ran, told in words.

    steps: of the run as published, where each was given another number; told: its settings beside the learning rate.
    """

    name: str
    make: Callable
    shipped: Callable
    told: str
    steps: int | None = None


@dataclass(frozen=True)
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


@cache
def _digits():
    return digits(np.float32)


@cache
def _moons():
    return moons(n=300, noise=0.2)


HANDSON = Race(
    name="six optimizers, one learning rate",
    source="after A. Geron, Hands-On Machine Learning, 3rd edition (2022), chapter 11, on the digits of this course",
    flaw="all had the learning rate 0.001",
    competitors=tuple(
        Competitor(name, make, lambda make=make: make(0.001), told)
        for name, make, told in (
            ("GradientDescent", lambda lr: GradientDescent(lr), ""),
            ("Momentum", lambda lr: Momentum(lr, 0.9), "γ = 0.9"),
            ("Nesterov", lambda lr: Nesterov(lr, 0.9), "γ = 0.9"),
            ("Adagrad", lambda lr: Adagrad(lr), ""),
            ("RMSprop", lambda lr: RMSprop(lr, 0.9), "γ = 0.9"),
            ("Adam", lambda lr: Adam(lr), "β₁ = 0.9, β₂ = 0.999"),
        )
    ),
    run=on_network(Network((64, 16, 10)), _digits, epochs=5, batch=64, every=5),
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
        Competitor("GradientDescent", lambda lr: GradientDescent(lr), lambda: GradientDescent(0.0007), ""),
        Competitor("Momentum", lambda lr: Momentum(lr, 0.9), lambda: Averaged(0.0007, 0.9), "γ = 0.9"),
        Competitor("Adam", lambda lr: Adam(lr), lambda: Adam(0.0007), "β₁ = 0.9, β₂ = 0.999"),
    ),
    run=on_network(Network((2, 5, 2, 2)), _moons, epochs=300, batch=64, every=75),
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
        Competitor("GradientDescent", lambda lr: GradientDescent(lr), lambda: GradientDescent(0.02), "", 500),
        Competitor("Momentum", lambda lr: Momentum(lr, 0.8), lambda: Momentum(0.01, 0.8), "γ = 0.8", 200),
        Competitor("RMSprop", lambda lr: RMSprop(lr, 0.99), lambda: RMSprop(0.01, 0.99), "γ = 0.99", 300),
        Competitor("Adam", lambda lr: Adam(lr, 0.7), lambda: UncorrectedAdam(0.01, 0.7), "β₁ = 0.7, β₂ = 0.999", 100),
    ),
    run=_in_the_bowl,
    unit="step",
    length=LONGEST,
    lowest=1e-3,
    highest=20,
)

RACES = {"handson": HANDSON, "coursera": COURSERA, "dupont": DUPONT}

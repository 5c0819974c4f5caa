"""Training: the one loop, whose gradient is that of the next minibatch."""

import math
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import Any

import numpy as np

from ..arguments import whole
from ..data import Data
from ..descent import iterates
from ..networks import Network


@dataclass(frozen=True, eq=False)
class History:
    """How a training went. A record stands for every `every` steps, the start first; without a value it is nan.

    theta                       the last parameters, (dim, *sweep); of a training that stopped, those it stopped at
    steps, epochs               when the records were taken, (records,)
    loss, accuracy              on all training samples, (records, *sweep)
    test_loss, test_accuracy    on the test samples, (records, *sweep)
    diverged                    the step after which parameters or loss were no longer finite, (*sweep); inf: never
    thetas                      the parameters at each record, (records, dim, *sweep), if they were to be kept
    """

    theta: np.ndarray
    steps: np.ndarray
    epochs: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray
    test_loss: np.ndarray
    test_accuracy: np.ndarray
    diverged: np.ndarray
    network: Network
    optimizer: Any
    thetas: np.ndarray | None = None

    def __repr__(self):
        done = f"History of {self.epochs[-1]:g} epochs ({self.steps[-1]} steps)"
        if self.loss.ndim > 1:
            lost = int(np.isfinite(self.diverged).sum())
            return f"{done} of {self.diverged.size} runs, {lost} of them diverged"
        if np.isfinite(self.diverged):
            return f"{done}: diverged at step {self.diverged:g}"
        test = f", test accuracy {self.test_accuracy[-1]:.1%}" if self.network.sizes[-1] > 1 else ""
        return f"{done}: loss {self.loss[-1]:.4g}, test loss {self.test_loss[-1]:.4g}{test}"


def train(
    optimizer,
    network,
    data,
    *,
    epochs=30,
    batch=64,
    seed=0,
    theta=None,
    dtype=float,
    every=None,
    keep=False,
    progress=None,
) -> History:
    """Train a network by minibatches and record how it goes.

    optimizer: an Optimizer or a schedule t -> Optimizer; its sweep trains a whole grid of networks at once.
    batch: samples a step; None, or more than there are: all of them. The samples are reshuffled every epoch by one
    generator seeded with `seed`, so all runs of a sweep see the same minibatches; the last one of an epoch is smaller
    where it must be.
    theta: the start, (dim,) or (dim, *sweep); None: network.init(seed, dtype). float32 takes about half the time.
    every: steps from record to record, an epoch's if None. keep: keep the parameters at each record, too.
    progress: a function (steps done, steps in all), called at each step, such as progress_bar("training").
    A run that has left the finite numbers stops; where all have, so does the training. Raises ValueError or TypeError,
    in one sentence, where an argument or the data do not fit.
    """
    if not isinstance(network, Network):
        raise TypeError(f"network is {network!r:.60}: it must be a Network, such as Network((64, 32, 10))")
    if not isinstance(data, Data):
        raise TypeError(f"data is {type(data).__name__}: it must be a Data, such as digits()")
    samples = len(data.inputs)
    batch = samples if batch is None else min(whole("batch", batch), samples)
    an_epoch = math.ceil(samples / batch)
    steps = an_epoch * whole("epochs", epochs)
    every = an_epoch if every is None else whole("every", every)
    rng = np.random.default_rng((whole("seed", seed, least=0), 1))
    theta = network.init(seed, dtype) if theta is None else network.parameters(theta)
    learn = network.prepared(data.inputs, data.targets, theta.dtype)
    test = network.prepared(data.test_inputs, data.test_targets, theta.dtype)

    points = iterates(optimizer, _gradient(network, _minibatches(*learn, batch, rng)), theta)
    begin = next(points)  # a network for each cell of the sweep
    book = _Book(network, (learn, test), np.unique([*range(0, steps, every), steps]), begin, keep)
    step = 0
    try:
        for step, theta in enumerate(chain([begin], islice(points, steps))):
            book.write(step, theta)
            if progress:
                progress(step, steps)
            if book.ended:
                break
    finally:
        if progress and step < steps:  # a bar shall vanish, however the training ended
            progress(steps, steps)
    return book.history(theta, an_epoch, optimizer)


def _minibatches(rows, wanted, batch, rng):
    """(rows, wanted) of one minibatch after the other, without end, reshuffled at the beginning of each epoch."""
    while batch == len(rows):  # all samples at once: their order does not matter
        yield rows, wanted
    mixed, aims = np.empty_like(rows), np.empty_like(wanted)
    while True:
        order = rng.permutation(len(rows))
        np.take(rows, order, axis=0, out=mixed, mode="clip")  # the default mode would copy once more
        np.take(wanted, order, axis=0, out=aims, mode="clip")
        for i in range(0, len(rows), batch):
            yield mixed[i : i + batch], aims[i : i + batch]


def _gradient(network, minibatches):
    """A function theta -> gradient of the next minibatch; it fills the same arrays again and again."""
    backpropagation = cache(network.backpropagation)  # one for whole minibatches, one for the rest of an epoch

    def gradient(theta):
        rows, wanted = next(minibatches)
        return backpropagation(len(rows), theta.shape[1:], theta.dtype)(theta, rows, wanted)

    return gradient


class _Book:
    """The records of a training as they come; what a run does not reach stays nan.

    samples: those to learn from and those of the test, prepared. steps: at which a record is due. theta: the start.
    """

    def __init__(self, network, samples, steps, theta, keep):
        sweep = theta.shape[1:]
        self.network, self.samples, self.steps = network, samples, steps
        self.scores = np.full((2, 2, len(steps), *sweep), np.nan)  # learn and test, loss and accuracy
        self.thetas = np.full((len(steps), *theta.shape), np.nan, theta.dtype) if keep else None
        self.diverged = np.full(sweep, np.inf)
        self.written = 0

    @property
    def ended(self):
        """Whether all runs have left the finite numbers."""
        return np.isfinite(self.diverged).all()

    def write(self, step, theta):
        """Note which runs have left the finite numbers by this step, and take a record where one is due."""
        if not np.isfinite(theta).all():
            self._note(step, np.isfinite(theta).all(axis=0))
        if self.written < len(self.steps) and step == self.steps[self.written]:
            scores = np.array([self.network.scores(theta, *samples) for samples in self.samples])
            self._note(step, np.isfinite(scores[:, 0]).all(axis=0))
            self.scores[:, :, self.written] = np.where(np.isfinite(self.diverged), np.nan, scores)
            if self.thetas is not None:
                self.thetas[self.written] = theta
            self.written += 1

    def _note(self, step, finite):
        self.diverged = np.where(finite, self.diverged, np.minimum(self.diverged, step))

    def history(self, theta, an_epoch, optimizer):
        (loss, accuracy), (test_loss, test_accuracy) = self.scores
        return History(
            theta=theta,
            steps=self.steps,
            epochs=self.steps / an_epoch,
            loss=loss,
            accuracy=accuracy,
            test_loss=test_loss,
            test_accuracy=test_accuracy,
            diverged=self.diverged[()],
            network=self.network,
            optimizer=optimizer,
            thetas=self.thetas,
        )

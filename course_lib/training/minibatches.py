"""Training: the one loop, whose gradient is that of the next minibatch."""

import math
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain, islice

import numpy as np

from ..arguments import whole
from ..data import Data
from ..descent import iterates
from ..networks import Backpropagation, Network


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
    thetas: np.ndarray | None = None

    def __repr__(self):
        done = f"History of {self.epochs[-1]:g} epochs ({self.steps[-1]} steps)"
        if self.loss.ndim > 1:
            lost = int(np.isfinite(self.diverged).sum())
            return f"{done} of {self.diverged.size} runs, {lost} of them diverged"
        if np.isfinite(self.diverged):
            return f"{done}: diverged at step {self.diverged:g}"
        test = f", test accuracy {self.test_accuracy[-1]:.1%}" if np.isfinite(self.test_accuracy[-1]) else ""
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

    points = iterates(optimizer, gradient_of(network, _minibatches(*learn, batch, rng)), theta)
    begin = next(points)  # a network for each cell of the sweep
    grid = begin.shape[1:]
    due, taken = np.unique([*range(0, steps, every), steps]), 0  # the steps of the records, and how many there are
    scores = np.full((4, len(due), *grid), np.nan)  # loss, accuracy, test_loss, test_accuracy
    thetas = np.full((len(due), *begin.shape), np.nan, begin.dtype) if keep else None
    diverged = np.full(grid, np.inf)
    step = 0
    try:
        for step, theta in enumerate(chain([begin], islice(points, steps))):
            lost = ~np.isfinite(theta).all(axis=0)
            if step == due[taken]:
                scores[:, taken] = *network.scores(theta, *learn), *network.scores(theta, *test)
                lost = lost | ~np.isfinite(scores[::2, taken]).all(axis=0)
                if keep:
                    thetas[taken] = theta
                taken += 1
            np.minimum(diverged, step, out=diverged, where=lost)
            if progress:
                progress(step, steps)
            if np.isfinite(diverged).all():
                break
    finally:
        if progress and step < steps:  # a bar shall vanish, however the training ended
            progress(steps, steps)
    gone = due.reshape(-1, *(1,) * len(grid)) >= diverged
    scores = np.where(gone, np.nan, scores)
    return History(theta, due, due / an_epoch, *scores, diverged[()], thetas)


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


def gradient_of(network, minibatches):
    """A function theta -> gradient of the next minibatch; it fills the same arrays again and again."""
    backpropagation = cache(partial(Backpropagation, network))  # of whole minibatches, and of the rest of an epoch

    def gradient(theta):
        rows, wanted = next(minibatches)
        return backpropagation(len(rows), theta.shape[1:], theta.dtype)(theta, rows, wanted)

    return gradient

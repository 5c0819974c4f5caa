"""A published table, rebuilt: "gradient descent 79.7 %, momentum 79.7 %, Adam 94 %" on two half moons.

    right(Momentum(lr=0.0007, gamma=0.9), epochs=10_000)     the share of the 300 points that is read correctly

Everything that was drawn is drawn as there, by numpy's old generator: the moons (seed 3), the start (seed 3) and the
order of the minibatches (seed 10 + epoch). The network is 2-5-2-1 with a logistic output. Here that is two outputs of
which the first stays at zero, so that the softmax is that logistic function: slopes that would move it are left out.
Source: A. Ng and others (2017), Improving Deep Neural Networks (Coursera), the notebook Optimization Methods.
"""

from itertools import count, islice

import numpy as np

from ..descent import iterates
from ..networks import Network
from .minibatches import gradient_of

NETWORK = Network((2, 5, 2, 2))
SAMPLES, BATCH, NOISE = 300, 64, 0.2
STEPS = 5  # an epoch


def moons():
    """The 300 points and their classes as scikit-learn's make_moons draws them after np.random.seed(3)."""
    rng, half = np.random.RandomState(3), np.linspace(0, np.pi, SAMPLES // 2)
    upper = np.stack([np.cos(half), np.sin(half)], axis=1)
    points, classes = np.concatenate([upper, [1, 0.5] - upper]), np.repeat([0, 1], SAMPLES // 2)
    order = np.arange(SAMPLES)
    rng.shuffle(order)
    points = points[order] + rng.normal(scale=NOISE, size=points.shape)
    return points, classes[order]


def start() -> np.ndarray:
    """Their first parameters: normal weights of variance 2 / inputs, biases and the first output at zero."""
    rng, theta = np.random.RandomState(3), np.zeros(NETWORK.size)
    for (weights, _), drawn in zip(NETWORK.layers(theta), (5, 2, 1), strict=True):
        inputs = len(weights)
        weights[:, -drawn:] = np.sqrt(2 / inputs) * rng.randn(drawn, inputs).T
    return theta


def slopes(rows, wanted):
    """A function theta -> gradient of the next minibatch, in their order."""
    moving = np.ones(NETWORK.size)
    weights, bias = NETWORK.layers(moving)[-1]
    weights[:, 0], bias[0] = 0, 0

    def minibatches():
        for seed in count(11):
            order = np.random.RandomState(seed).permutation(SAMPLES)
            for i in range(0, SAMPLES, BATCH):
                yield rows[order[i : i + BATCH]], wanted[order[i : i + BATCH]]

    gradient = gradient_of(NETWORK, minibatches())
    return lambda theta: gradient(theta) * moving


def right(rule, epochs=10_000, every=500):
    """[[epoch, share of the points read correctly, loss], ...] of a run, the start first, then every so many epochs."""
    rows, wanted = NETWORK.prepared(*moons())
    points = islice(iterates(rule, slopes(rows, wanted), start()), 0, STEPS * epochs + 1, STEPS * every)
    scores = [NETWORK.scores(theta, rows, wanted) for theta in points]
    return [[every * k, float(score.accuracy), float(score.loss)] for k, score in enumerate(scores)]

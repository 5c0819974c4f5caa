"""The noisy quadratic, in theory: the expected loss under minibatch noise, exactly. Nothing here runs an optimizer.

Many directions with curvatures h = 1, 1/2, 1/3, ..., 1/1000. A slope measured on B examples is h theta, plus noise
of variance h / B. Every run begins with E theta^2 = 1 in every direction; its loss is sum_h h E theta^2 / 2.
Source: Zhang et al. (2019), arXiv:1907.04164, who follow momentum on it with such second moments.

The rule is a walker z and the average x of its places, of which momentum, Nesterov and averaging are settings:

    y = (1 - beta) z + beta x        z <- z - lr (h y + noise)        x <- (1 - c) x + c z

beta = 1 is momentum with gamma = 1 - c and learning rate c lr, so lr is its effective step; beta = 0 gradient descent
with an average of its places beside it; c = 1 gradient descent. The mean squares E z^2, E zx, E x^2 of a direction
follow a linear rule, so strides of 2, 4, 8, ... steps cost as much as one.
"""

from itertools import pairwise

import numpy as np

from .runs import cut, first

DIRECTIONS = 1000
ARRIVED = 0.03  # a loss; at the start it is 3.74
LOST = 1e3  # a loss from which no run comes back


def curvatures(groups=36):
    """(h, how many): the curvatures 1/i, those of nearly equal size taken together as their mean."""
    i = np.arange(1, DIRECTIONS + 1)
    ends = np.unique(np.geomspace(1, DIRECTIONS + 1, groups).astype(int))
    return np.array([np.mean(1 / i[a - 1 : b - 1]) for a, b in pairwise(ends)]), np.diff(ends)


def expected_loss(lr, beta, c, *, reach=2**17, stride=32, groups=36):
    """(steps, start, noise): the loss at `steps` is start + noise / B, for every B. nan from where a run is lost.

    lr, beta, c: numbers, or arrays that span a grid; start, noise: (len(steps), *grid).
    steps: 0, 1, 2, ... up to 2 * stride, then `stride` of them to every doubling, up to `reach`.
    """
    lr, beta, c = (part[..., None] for part in np.broadcast_arrays(lr, beta, c))
    h, many = curvatures(groups)
    p, q, kick = 1 - lr * h * (1 - beta), -lr * h * beta, lr * lr * h
    u, v = c * p, 1 - c + c * q
    # One step of (E z^2, E zx, E x^2): rule @ squares, and what one gradient's noise adds.
    rule = np.array([[p * p, 2 * p * q, q * q], [p * u, p * v + q * u, q * v], [u * u, 2 * u * v, v * v]])
    added = np.array([kick, c * kick, c * c * kick])
    squares, noise = np.ones_like(added), np.zeros_like(added)
    steps, losses, wide = [0], [_loss(squares, noise, h * many)], 1
    with np.errstate(all="ignore"):
        while steps[-1] < reach:
            for _ in range(2 * stride if wide == 1 else stride):
                squares, noise = _after(rule, squares), _after(rule, noise) + added
                steps.append(steps[-1] + wide)
                losses.append(_loss(squares, noise, h * many))
            added = _after(rule, added) + added
            rule = np.stack([_after(rule, column) for column in rule.swapaxes(0, 1)], axis=1)
            wide *= 2
        losses = np.array(losses)
        lost = ~(np.abs(losses).max(axis=1, keepdims=True) < LOST)
    start, noise = cut(losses, lost).swapaxes(0, 1)
    return np.array(steps), start, noise


def _after(rule, column):
    """rule @ column, both with any axes behind."""
    return np.array([row[0] * column[0] + row[1] * column[1] + row[2] * column[2] for row in rule])


def _loss(squares, noise, weight):
    """What remains of the start, and what one gradient's noise has brought: (2, *grid)."""
    return np.array([squares[2] @ weight, noise[2] @ weight]) / 2


def steps_to(steps, loss, level=ARRIVED):
    """The first of the steps at which the expected loss is below `level`, inf where none is. loss: (steps, *grid)."""
    with np.errstate(invalid="ignore"):
        found = first(loss < level)
    return np.where(np.isfinite(found), steps[np.where(np.isfinite(found), found, 0).astype(int)], np.inf)

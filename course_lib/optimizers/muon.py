"""Muon: momentum for matrices, whose step has all its singular values (nearly) alike."""

from dataclasses import dataclass
from math import prod

import numpy as np

from .base import Hyper, Optimizer

NEWTON_SCHULZ = 3.4445, -4.7750, 2.0315  # Jordan et al. (2024): steep at 0, and near 1 afterwards


def orthogonalized(matrices, steps=5):
    """The matrices, (..., m, n), with every singular value brought near 1, whatever it was: Newton-Schulz.

        X = G / ||G||_F,  then five times  X <- a X + (b A + c A^2) X  with  A = X X^T

    Singular values from 1 % of the Frobenius norm upwards come out between 0.68 and 1.14; a zero matrix stays zero.
    Source: Jordan et al. (2024), kellerjordan.github.io/posts/muon.
    """
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.swapaxes(-1, -2) if tall else matrices  # the products below are of the smaller side
    length = np.sqrt((x**2).sum(axis=(-2, -1), keepdims=True))
    x = x / np.where(length > 0, length, 1)
    a, b, c = NEWTON_SCHULZ
    for _ in range(steps):
        square = x @ x.swapaxes(-1, -2)
        x = a * x + (b * square + c * square @ square) @ x
    return x.swapaxes(-1, -2) if tall else x


@dataclass(frozen=True, eq=False)
class Muon(Optimizer):
    """Momentum for matrices: what is remembered is a slope, what is stepped is a rotation. For each m x n matrix W

        M_t     = gamma * M_{t-1} + (1 - gamma) * G_t
        U_t     = NewtonSchulz((1 - gamma) * G_t + gamma * M_t)       without nesterov: NewtonSchulz(M_t)
        W_{t+1} = (1 - eta * lambda) * W_t - eta * sqrt(max(1, m / n)) * U_t

    shapes: (m, n) of each matrix, in the order in which they stand at the beginning of theta, rows first.
    rest: the optimizer of all that stands behind them (biases, embeddings, the output layer), None if nothing does.
    lambda is weight_decay. Source: Jordan et al. (2024), kellerjordan.github.io/posts/muon.
    PyTorch: torch.optim.Muon(matrices, lr=eta, momentum=gamma, nesterov=..., weight_decay=lambda), which
    orthogonalises in bfloat16. optax.contrib.muon corrects its memory's start: with nesterov the first steps differ.
    """

    lr: Hyper = 0.02
    gamma: Hyper = 0.95
    shapes: tuple = ()
    nesterov: bool = True
    weight_decay: Hyper = 0.0
    rest: Optimizer | None = None

    def __post_init__(self):
        super().__post_init__()
        sizes = [np.shape(shape) == (2,) and min(shape) > 0 for shape in self.shapes]
        if not sizes or not all(sizes):
            raise ValueError(f"shapes is {self.shapes!r}: Muon needs (rows, columns) of each matrix, as in ((4, 6),)")
        if isinstance(self.rest, type):
            raise TypeError(
                f"rest is the class {self.rest.__name__}, not yet an optimizer: write {self.rest.__name__}()"
            )

    @property
    def size(self):
        """How many coordinates of theta belong to the matrices."""
        return sum(map(prod, self.shapes))

    def init(self, theta):
        behind = len(theta) - self.size
        if behind < 0 or (behind > 0) != (self.rest is not None):
            raise ValueError(
                f"theta has {len(theta)} coordinates and the matrices {self.size}: "
                + (f"rest must name an optimizer for the other {behind}" if behind > 0 else "shapes or rest do not fit")
            )
        kept = self.rest.init(theta[self.size :]) if self.rest else ()
        return np.zeros_like(theta[: self.size]), *kept

    def look(self, theta, m, *kept):
        if self.rest is None:
            return theta
        return np.concatenate([theta[: self.size], self.rest.look(theta[self.size :], *kept)])

    def step(self, theta, g, t, m, *kept):
        own, slope = theta[: self.size], g[: self.size]
        m = self.gamma * m + (1 - self.gamma) * slope
        blend = (1 - self.gamma) * slope + self.gamma * m if self.nesterov else m
        own = (1 - self.lr * self.weight_decay) * own - self.lr * self._each(blend)
        if self.rest is None:
            return own, m
        behind, *kept = self.rest.step(theta[self.size :], g[self.size :], t, *kept)
        return np.concatenate([own, behind]), m, *kept

    def _each(self, blend):
        """sqrt(max(1, m / n)) * NewtonSchulz of each matrix in `blend`, (coordinates, *sweep)."""
        grid, done, parts = blend.shape[1:], 0, []
        for m, n in self.shapes:
            block = np.moveaxis(blend[done : done + m * n].reshape(m, n, *grid), (0, 1), (-2, -1))  # (*sweep, m, n)
            step = max(1, m / n) ** 0.5 * orthogonalized(block)
            parts.append(np.moveaxis(step, (-2, -1), (0, 1)).reshape(m * n, *grid))
            done += m * n
        return np.concatenate(parts)

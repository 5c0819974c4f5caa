"""How curved a loss is at a place: the Hessian H times a vector, its steepest direction, and all of it.

H is the matrix of second derivatives; its eigenvalues are the curvatures along its eigenvectors, lambda. A step of
gradient descent with learning rate eta is stable along such a direction while eta lambda < 2, see `quadratics`.

Everything here needs only a function theta -> gradient that takes (dim,) and (dim, *sweep), such as that of a Surface,
or `lambda theta: network.gradient(theta, inputs, targets)`. H itself need not be written down: H v is how fast the
gradient changes along v (Pearlmutter 1994, Fast Exact Multiplication by the Hessian).
"""

from typing import NamedTuple

import numpy as np

STEP = 1e-4  # of the differences, as a distance in theta: their error is then about 1e-8 of H v


class Curvature(NamedTuple):
    """The curvature (*sweep) along a direction of length 1, (dim, *sweep)."""

    value: np.ndarray
    direction: np.ndarray


def hessian_vector(gradient, theta, vector):
    """H v = (g(theta + h v) - g(theta - h v)) / 2h, by a central difference of two exact gradients.

    theta, vector: of one shape, (dim,) or (dim, *sweep), or with axes of length 1 where they are to be stretched.
    |h v|, the distance walked to either side, is STEP. Raises ValueError if one has more axes than the other: numpy
    would lay them side by side from the wrong end.
    """
    if np.ndim(theta) != np.ndim(vector):
        raise ValueError(
            f"theta has shape {np.shape(theta)}, vector {np.shape(vector)}: give both the same number of axes, "
            "as in vector[:, None]"
        )
    length = np.linalg.norm(vector, axis=0)
    h = np.divide(STEP, length, out=np.zeros_like(length), where=length > 0)
    ahead = np.array(gradient(theta + h * vector))  # a copy: the next call may fill the same array
    with np.errstate(all="ignore"):  # a zero vector, and places where the loss is not finite
        return np.where(length == 0, 0.0, (ahead - gradient(theta - h * vector)) / (2 * h))


def hessian(gradient, theta):
    """All of H at one theta (dim,), symmetric (dim, dim); its eigenvalues are the curvatures: np.linalg.eigvalsh."""
    theta = np.asarray(theta, float)
    columns = hessian_vector(gradient, theta[:, None], np.eye(len(theta)))
    return (columns + columns.T) / 2


def largest_curvature(gradient, theta, start=None, rounds=200, tol=1e-6) -> Curvature:
    """The largest curvature in size, with its sign, by power iteration: v <- H v / |H v| until v'H v stands still.

    theta: (dim,) or (dim, *sweep), one curvature each. start: a direction to begin with, such as the last answer's
    while theta moves little; random from a fixed seed if None. It ends after `rounds`, or when no value changes by more
    than tol of itself; an error e in v is one of e^2 in the value. Two curvatures of nearly the same size take long.
    """
    theta = np.asarray(theta, float)
    v = np.random.default_rng(0).standard_normal(theta.shape) if start is None else np.asarray(start, float)
    value = np.full(theta.shape[1:], np.nan)
    with np.errstate(all="ignore"):
        for _ in range(rounds):
            v = v / np.linalg.norm(v, axis=0)
            bent = hessian_vector(gradient, theta, v)
            before, value = value, (v * bent).sum(axis=0)
            settled = np.abs(value - before) <= tol * np.abs(value)
            v = np.where(np.any(bent, axis=0), bent, v)  # a flat place of a sweep has no direction to turn to
            if np.all(settled | ~np.isfinite(value) & np.isfinite(before)):
                break
        return Curvature(value[()], v / np.linalg.norm(v, axis=0))

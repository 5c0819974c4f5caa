"""Nesterov's worst function, in theory: what no method that only sees gradients can beat. Nothing here runs one.

A chain of n coordinates, each tied to its neighbours, pulled at its first one:

    J(w) = (1 - 1/kappa) / 4 * (w'A w / 2 - w_1) + |w|^2 / (2 kappa)        A = tridiagonal (-1, 2, -1)

Its curvatures lie between 1/kappa and 1, so L = 1, mu = 1/kappa and a learning rate of 1 is 1/L. kappa = inf is the
convex case. From w = 0 the slope is zero in all coordinates but the first; a step there makes the second one's slope
differ from zero, and so on: after k steps a method that moves only where it has met slopes is still exactly zero beyond
coordinate k. This is its light cone, and the best point within it is a bound for all of them.

Source: Nesterov (2004), Introductory Lectures on Convex Optimization, section 2.1: theorem 2.1.7 (convex) and theorem
2.1.13 (strongly convex). As a chain, with the light cone: Goh (2017), Why Momentum Really Works.
"""

import numpy as np

from .arguments import whole
from .surfaces import Surface


def worst(n=101, kappa=np.inf) -> Surface:
    """Nesterov's worst function in n dimensions, started at 0.

    Raises ValueError unless n is a whole number of at least 1 and kappa a number above 1 (inf: convex).
    """
    n = whole("n", n)
    if np.ndim(kappa) or not kappa > 1:
        raise ValueError(f"kappa is {kappa!r}: it must be a number above 1, or inf for the convex case")
    pull, hold = (1 - 1 / kappa) / 4, 1 / kappa

    def value(w):
        return pull * ((w * _tied(w)).sum(axis=0) / 2 - w[0]) + hold * (w * w).sum(axis=0) / 2

    def gradient(w):
        slope = pull * _tied(w) + hold * w
        slope[0] -= pull
        return slope

    return Surface(
        f"Nesterov's worst function, {n} coordinates, kappa {kappa:g}",
        value,
        gradient,
        view=((0, 1),) * n,
        start=(0.0,) * n,
        source="Nesterov (2004), Introductory Lectures on Convex Optimization, section 2.1",
        minima=(tuple(minimiser(n, kappa)),),
    )


def _tied(w):
    """A w: each coordinate twice, less its two neighbours. w: (n, *grid)."""
    answer = 2 * w
    answer[1:] -= w[:-1]
    answer[:-1] -= w[1:]
    return answer


def shrink(kappa):
    """q = (sqrt kappa - 1) / (sqrt kappa + 1): heavy ball's best rate, and what is left of w* a coordinate further."""
    return (1 - 1 / np.sqrt(kappa)) / (1 + 1 / np.sqrt(kappa))


def minimiser(n, kappa):
    """w*_i = (q^i - q^(2n + 2 - i)) / (1 - q^(2n + 2)), and 1 - i / (n + 1) where kappa is inf. Shape (n,).

    The one solution of -w_{i-1} + (q + 1/q) w_i - w_{i+1} = 0 that is 1 at i = 0 and 0 at i = n + 1.
    """
    i, q = np.arange(1, n + 1), shrink(kappa)
    return 1 - i / (n + 1) if q == 1 else (q**i - q ** (2 * n + 2 - i)) / (1 - q ** (2 * n + 2))


def above_minimum(w, kappa):
    """J(w) - J*, (*grid): worked out from w - w*, so that no digit is lost where the two losses nearly agree."""
    away = w - minimiser(len(w), kappa).reshape(-1, *(1,) * (np.ndim(w) - 1))
    return ((1 - 1 / kappa) / 4 * (away * _tied(away)).sum(axis=0) + (away * away).sum(axis=0) / kappa) / 2


def lowest_within(k, n, kappa):
    """How far above the minimum the lowest point is that is zero beyond coordinate k; k: whole numbers up to n.

        (1 - 1/kappa) / 8 * (first(n) - first(k))       first(m) = w*_1 of a chain of m coordinates, first(0) = 0

    For a point that is zero beyond k the chain might as well end there, so its best is the minimum of a chain of k.
    Where kappa is inf this is (1 / (k + 1) - 1 / (n + 1)) / 8.
    """
    k, q = np.asarray(k), shrink(kappa)
    if q == 1:
        return (n - k) / (n + 1) / (k + 1) / 8
    gap = q * (1 - q**2) * (q ** (2 * k) - q ** (2 * n)) / (1 - q ** (2 * n + 2)) / (1 - q ** (2 * k + 2))
    return (1 - 1 / kappa) / 8 * gap


def convex_bound(k, distance):
    """Theorem 2.1.7: some convex function with L = 1 keeps every method at J - J* >= 3 |w_0 - w*|^2 / (32 (k + 1)^2).

    Each k has a function of its own: the worst one in n = 2 k + 1 dimensions. distance: |w_0 - w*|.
    """
    return 3 * np.square(distance) / (32 * (np.asarray(k) + 1) ** 2)


def strongly_convex_bound(k, kappa, distance):
    """Theorem 2.1.13: J - J* >= mu / 2 * q^(2k) |w_0 - w*|^2, with mu = 1/kappa and q = `shrink(kappa)`.

    One function, the worst one on an endless chain, keeps every method there at every k.
    """
    return shrink(kappa) ** (2 * np.asarray(k)) * np.square(distance) / (2 * kappa)


def conjugate_gradient(surface, steps):
    """The points w_0 ... w_steps of conjugate gradient on a quadratic Surface, (steps + 1, n): the best within reach.

    It knows that the surface is a quadratic, and looks for the lowest point of all it has met: no method that only
    sees gradients is lower at any step. Hestenes and Stiefel (1952). It stays where the slope is zero.
    """
    w = np.array(surface.start)
    slope, flat = surface.gradient(w), surface.gradient(0 * w)
    direction, points = -slope, [w]
    for _ in range(steps):
        bent = surface.gradient(direction) - flat
        along = direction @ bent
        if along <= 0:
            points.append(w)
            continue
        w = w + slope @ slope / along * direction
        after = slope + slope @ slope / along * bent
        direction = -after + after @ after / (slope @ slope) * direction
        slope = after
        points.append(w)
    return np.array(points)

"""Momentum on a quadratic, in theory: rates, regimes, limits, best settings, noise. Nothing here runs an optimizer.

A quadratic falls apart into directions that do not feel each other. Along one of them, with curvature lambda, the loss
is lambda x^2 / 2, where x is the distance from the minimum, and its slope is lambda x. There, gradient descent, heavy
ball (classical momentum) and Nesterov are one and the same rule with two numbers, a pull and a memory:

    x_{k+1} = x_k - pull * x_k + memory * (x_k - x_{k-1})            pull = lr * curvature

    gradient descent    memory = 0
    heavy ball          memory = gamma
    Nesterov            memory = gamma * (1 - pull)                  a steep direction forgets faster

(Sutskever et al. 2013, theorem 2.1). So the theory is worked out once, for a Mode(pull, memory), and the three methods
differ in one line. "From rest" means x_{-1} = x_0. Every argument may be a number or an array; arrays broadcast into
a grid, and a result has the shape of the grid, behind an axis for the two roots where there is one.

Symbols: lr (eta), gamma the momentum, curvature (lambda), mu <= curvature <= L the spectrum, kappa = L / mu,
T and D trace and determinant of the iteration matrix, z its eigenvalues, rho the larger |z|.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

# A radius closer to 1 than this neither shrinks nor grows; one below its square root is a landing in one step.
MARGIN = 1e-12
EPS = np.finfo(float).eps


class Mode(NamedTuple):
    """One method on one direction: x_{k+1} = x_k - pull x_k + memory (x_k - x_{k-1})."""

    pull: np.ndarray
    memory: np.ndarray

    @property
    def trace(self):
        """T = z1 + z2 = 1 + memory - pull, so that x_{k+1} = T x_k - D x_{k-1}."""
        return 1 + self.memory - self.pull

    @property
    def det(self):
        """D = z1 z2 = memory: the share of an area in the (step, x) plane that survives one iteration."""
        return self.memory


def gradient_descent(lr, curvature) -> Mode:
    """x_{k+1} = (1 - lr lambda) x_k. Cauchy (1847)."""
    pull = np.multiply(lr, curvature, dtype=float)
    return Mode(pull, np.zeros_like(pull))


def heavy_ball(lr, gamma, curvature) -> Mode:
    """x_{k+1} = x_k - lr lambda x_k + gamma (x_k - x_{k-1}). Polyak (1964)."""
    return Mode(*np.broadcast_arrays(np.multiply(lr, curvature, dtype=float), np.asarray(gamma, float)))


def nesterov(lr, gamma, curvature) -> Mode:
    """x_{k+1} = y - lr lambda y with y = x_k + gamma (x_k - x_{k-1}): heavy ball with gamma (1 - lr lambda).

    These are the iterates x; the look-ahead points y obey the same recursion from another first step.
    Source: Nesterov (1983); the reading as heavy ball: Sutskever et al. (2013), theorem 2.1.
    """
    pull, gamma = np.broadcast_arrays(np.multiply(lr, curvature, dtype=float), np.asarray(gamma, float))
    return Mode(pull, gamma * (1 - pull))


def discriminant(mode):
    """T^2 - 4 D: above 0 two real roots, below 0 a complex pair, 0 a double root (also where only rounding splits it).

    For heavy ball it is ((1 - sqrt gamma)^2 - pull) ((1 + sqrt gamma)^2 - pull).
    """
    gap = mode.trace**2 - 4 * mode.det
    rounding = 8 * EPS * (abs(mode.trace) * (1 + abs(mode.pull) + abs(mode.memory)) + abs(mode.memory))
    return np.where(abs(gap) <= rounding, 0.0, gap)[()]


def eigenvalues(mode):
    """The two roots of z^2 - T z + D = 0, complex, the larger first. Shape (2, *grid).

    z = (T +- sqrt(T^2 - 4 D)) / 2
    """
    root = np.sqrt(discriminant(mode).astype(complex))
    root = np.where(mode.trace < 0, -root, root)
    return np.array([mode.trace + root, mode.trace - root]) / 2


def spectral_radius(mode):
    """rho = max |z|: the factor by which a late step shrinks x. Where the roots are complex it is exactly sqrt(memory).

    So heavy ball's sqrt(gamma) depends neither on the learning rate nor on the curvature (Polyak 1964; Goh 2017).
    """
    gap = discriminant(mode)
    real = (abs(mode.trace) + np.sqrt(np.maximum(gap, 0))) / 2
    return np.where(gap < 0, np.sqrt(np.maximum(mode.det, 0)), real)[()]


def regime(mode):
    """What a run from rest looks like, one word for each cell.

        monotone        real roots, the larger one positive: x shrinks and keeps its sign
        one-step        both roots 0: the first step lands on the minimum and stays
        ripples         complex roots: x swings through the minimum, under an envelope rho^k
        sign-flipping   real roots, the larger one negative: x changes sign at every step
        marginal        rho = 1: no progress (lr = 0, gamma = 1, or exactly on the limit of stability)
        divergent       rho > 1

    On the boundaries: a double root (critical damping) is real, so it counts as monotone or sign-flipping, never as
    ripples; rho = 1 is neither stable nor divergent. Regimes as in Goh (2017), Why Momentum Really Works.
    """
    rho = spectral_radius(mode)
    cases = [abs(rho - 1) <= MARGIN, rho > 1, rho <= np.sqrt(MARGIN), discriminant(mode) < 0, mode.trace < 0]
    return np.select(cases, ["marginal", "divergent", "one-step", "ripples", "sign-flipping"], "monotone")[()]


def heavy_ball_limit(gamma, curvature):
    """The learning rate at which heavy ball stops converging, (2 + 2 gamma) / lambda; gradient descent at gamma = 0.

    Valid for 0 <= gamma < 1. Polyak (1964).
    """
    return (2 + 2 * np.asarray(gamma)) / curvature


def nesterov_limit(gamma, curvature):
    """The learning rate at which Nesterov stops converging, (2 + 2 gamma) / ((1 + 2 gamma) lambda).

    It falls from 2 / lambda to 4/3 / lambda as gamma grows to 1, where heavy ball's rises to 4 / lambda. Beyond
    gamma = 1, where heavy ball never converges, Nesterov still does for 1 - 1 / gamma < lr lambda < this limit.
    """
    gamma = np.asarray(gamma)
    return (2 + 2 * gamma) / ((1 + 2 * gamma) * curvature)


def heavy_ball_critical(lr, curvature):
    """The gamma that makes the roots meet, (1 - sqrt(lr lambda))^2: the fastest one, rho = |1 - sqrt(lr lambda)|."""
    return (1 - np.sqrt(np.multiply(lr, curvature))) ** 2


def nesterov_critical(lr, curvature):
    """The fastest gamma for Nesterov: where the roots meet, (1 - s) / (1 + s) with s = sqrt(lr lambda); rho = 1 - s.

    Beyond lr lambda = 1 the roots are real for every gamma >= 0, and the fastest gamma is 0.
    """
    s = np.sqrt(np.multiply(lr, curvature))
    return np.maximum((1 - s) / (1 + s), 0)


class Settings(NamedTuple):
    """A learning rate, a momentum, and the spectral radius of the worst direction in [mu, L] that they earn."""

    lr: np.ndarray
    gamma: np.ndarray
    rate: np.ndarray


def best_gradient_descent(mu, L) -> Settings:
    """lr = 2 / (L + mu), where |1 - lr mu| = |1 - lr L|; rate (kappa - 1) / (kappa + 1)."""
    lr = 2 / np.add(L, mu)
    return Settings(lr, np.zeros_like(lr), np.subtract(L, mu) / np.add(L, mu))


def best_heavy_ball(mu, L) -> Settings:
    """lr = (2 / (sqrt L + sqrt mu))^2, gamma = rate^2, rate (sqrt kappa - 1) / (sqrt kappa + 1). Polyak (1964).

    All roots between the ends are complex with |z| = sqrt gamma, and both ends are double roots, z = rate at mu and
    z = -rate at L: there x shrinks as k rate^k.
    """
    high, low = np.sqrt(L), np.sqrt(mu)
    rate = (high - low) / (high + low)
    return Settings((2 / (high + low)) ** 2, rate**2, rate)


def standard_nesterov(mu, L) -> Settings:
    """lr = 1 / L, gamma = (sqrt kappa - 1) / (sqrt kappa + 1), rate 1 - 1 / sqrt kappa. Nesterov (2004), section 2.2.

    This is critical damping of the flattest direction, while the steepest lands in one step.
    """
    high, low = np.sqrt(L), np.sqrt(mu)
    return Settings(1 / np.asarray(L), (high - low) / (high + low), 1 - low / high)


def best_nesterov(mu, L) -> Settings:
    """lr = 4 / (3 L + mu), gamma = (s - 2) / (s + 2), rate 1 - 2 / s, with s = sqrt(3 kappa + 1).

    The best two numbers for Nesterov on quadratics: Lessard, Recht, Packard (2016), proposition 1.
    """
    s = np.sqrt(3 * np.divide(L, mu) + 1)
    return Settings(4 / (3 * np.asarray(L) + mu), (s - 2) / (s + 2), 1 - 2 / s)


class Theory(NamedTuple):
    """What is known of a method: mode(lr, gamma, curvature), its limit(gamma, curvature) and critical(lr, curvature),
    the best(mu, L) settings there are, and those of the textbooks."""

    mode: Callable
    limit: Callable
    critical: Callable
    best: Callable
    textbook: Callable


THEORY = {  # by the name of the method's class
    "GradientDescent": Theory(
        lambda lr, gamma, curvature: gradient_descent(lr + 0 * gamma, curvature),
        lambda gamma, curvature: heavy_ball_limit(0 * gamma, curvature),
        lambda lr, curvature: np.zeros_like(lr * curvature),
        best_gradient_descent,
        best_gradient_descent,
    ),
    "Momentum": Theory(heavy_ball, heavy_ball_limit, heavy_ball_critical, best_heavy_ball, best_heavy_ball),
    "Nesterov": Theory(nesterov, nesterov_limit, nesterov_critical, best_nesterov, standard_nesterov),
}


def stationary_variance(mode, lr, sigma=1.0):
    """The variance of the iterates x that remains when each gradient carries independent noise of deviation sigma.

        Var x = (1 + D) lr^2 sigma^2 / ((1 - D) ((1 + D)^2 - T^2))          inf where the mode does not converge

    x is then an AR(2) process (Box, Jenkins 1970, chapter 3). Heavy ball: lr sigma^2 (1 + gamma) / (lambda (1 - gamma)
    (2 (1 + gamma) - lr lambda)); gradient descent: lr sigma^2 / (lambda (2 - lr lambda)). Valid for lr > 0.
    """
    pull, det = mode.pull, mode.det
    # (1 + D)^2 - T^2, without the rounding of T: where a direction is flat, only pull = 0 says so exactly
    below = (1 - det) * pull * (2 * (1 + det) - pull)
    stable = (spectral_radius(mode) < 1 - MARGIN) & (below > 0)
    above = (1 + det) * np.square(np.multiply(lr, sigma))
    return np.divide(above, below, out=np.full(np.shape(above * below), np.inf), where=stable)[()]

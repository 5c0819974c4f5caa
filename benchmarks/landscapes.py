"""The two landscapes of the trajectories, written once for numpy, PyTorch, jax and autograd: plain arithmetic."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Landscape:
    """value: theta -> loss; slopes: x, y -> the two entries of the gradient; start: as in course_lib.surfaces."""

    value: Callable
    slopes: Callable
    start: tuple[float, float]

    def gradient(self, theta):
        return np.array(self.slopes(*theta))


def ravine(theta):
    x, y = theta
    return (x**2 + 25 * y**2) / 2


def ravine_slopes(x, y):
    return x, 25 * y


def rosenbrock(theta):
    x, y = theta
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def rosenbrock_slopes(x, y):
    return -2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)


LANDSCAPES = {
    "ravine": Landscape(ravine, ravine_slopes, (-4.0, 2.0)),
    "rosenbrock": Landscape(rosenbrock, rosenbrock_slopes, (-1.2, 1.0)),
}

"""The one loop against numpy as textbooks write it; processor time, one thread, in one process.

A trajectory is 1,000 steps with the whole path and its loss; the peer is a plain loop without any check or freezing.
The contract has its price there (one entry into errstate, read-only arrays, the record of the step), and the goal
says how much of the plain loop's speed must remain. A sweep is a grid of 100 x 100 settings and 200 steps, with the
final loss and the steps to tolerance; the peer keeps the runs in rows, (10000, 2), as textbooks do. The last row
lets the peer off everything but the final loss.
"""

import numpy as np

from course_lib.descent import descend, sweep
from course_lib.optimizers import Momentum, Nesterov

from .timing import Row

STEPS, SWEEP_STEPS, TOL = 1000, 200, 1e-6
LRS, GAMMAS = np.linspace(0.001, 0.06, 100), np.linspace(0, 0.99, 100)


# The peers


def ravine(theta):
    x, y = theta
    return (x**2 + 25 * y**2) / 2


def ravine_gradient(theta):
    x, y = theta
    return np.array([x, 25 * y])


def rosenbrock(theta):
    x, y = theta
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def rosenbrock_gradient(theta):
    x, y = theta
    return np.array([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])


def textbook_momentum(value, gradient, start, lr, gamma):
    theta, delta, path = np.array(start), np.zeros(2), [np.array(start)]
    for _ in range(STEPS):
        delta = lr * gradient(theta) + gamma * delta
        theta = theta - delta
        path.append(theta)
    path = np.array(path)
    return path, value(path.T)


def textbook_nesterov(value, gradient, start, lr, gamma):
    theta, delta, path = np.array(start), np.zeros(2), [np.array(start)]
    for _ in range(STEPS):
        delta = lr * gradient(theta - gamma * delta) + gamma * delta
        theta = theta - delta
        path.append(theta)
    path = np.array(path)
    return path, value(path.T)


def textbook_sweep(arrivals=True):
    lr, gamma = (axis.reshape(-1, 1) for axis in np.meshgrid(LRS, GAMMAS, indexing="ij"))
    curvature = np.array([1.0, 25.0])
    theta = np.tile([-4.0, 2.0], (len(lr), 1))
    delta, arrived = np.zeros_like(theta), np.full(len(lr), np.inf)
    for k in range(SWEEP_STEPS + 1):
        if k > 0:
            delta = lr * (curvature * theta) + gamma * delta
            theta = theta - delta
        if arrivals:
            loss = (curvature * theta**2).sum(axis=1) / 2
            arrived[(loss < TOL) & np.isinf(arrived)] = k
    loss = (curvature * theta**2).sum(axis=1) / 2
    grid = len(LRS), len(GAMMAS)
    return (loss.reshape(grid), arrived.reshape(grid)) if arrivals else (loss.reshape(grid),)


# Ours


def trajectory(optimizer, surface):
    path = descend(optimizer, surface, steps=STEPS)
    return path.theta, path.loss


def our_sweep():
    return sweep(Momentum(lr=LRS[:, None], gamma=GAMMAS), "ravine", steps=SWEEP_STEPS, tol=TOL)


def rows():
    on_ravine = ravine, ravine_gradient, (-4.0, 2.0), 0.02, 0.9
    on_rosenbrock = rosenbrock, rosenbrock_gradient, (-1.2, 1.0), 0.0005, 0.9
    return [
        Row(
            "trajectory, momentum, ravine",
            lambda: trajectory(Momentum(0.02, 0.9), "ravine"),
            lambda: textbook_momentum(*on_ravine),
            goal=0.35,
        ),
        Row(
            "trajectory, Nesterov, ravine",
            lambda: trajectory(Nesterov(0.02, 0.9), "ravine"),
            lambda: textbook_nesterov(*on_ravine),
            goal=0.35,
        ),
        Row(
            "trajectory, momentum, Rosenbrock",
            lambda: trajectory(Momentum(0.0005, 0.9), "rosenbrock"),
            lambda: textbook_momentum(*on_rosenbrock),
            goal=0.35,
        ),
        Row(
            "trajectory, Nesterov, Rosenbrock",
            lambda: trajectory(Nesterov(0.0005, 0.9), "rosenbrock"),
            lambda: textbook_nesterov(*on_rosenbrock),
            goal=0.35,
        ),
        Row("sweep, momentum, ravine", our_sweep, textbook_sweep, goal=2.5),
        Row(
            "sweep, momentum, ravine; the peer only the final loss",
            lambda: our_sweep()[:1],
            lambda: textbook_sweep(arrivals=False),
            goal=1,
        ),
    ]

"""One trajectory of 1,000 steps, the whole path and its loss, as people would compute it with other tools.

Processor time, one thread, in one process, float64. "Plain numpy" is a loop without any check, schedule or freezing;
the goal says how much of its speed must remain. torch.optim is given the analytic gradient, or derives it (autograd);
its path is cloned step by step. "optax, step jitted" calls one compiled step 1,000 times; "scan jitted" compiles the
whole run, and is shown with the compilation that every new optimizer, surface or number of steps costs, and without.
HIPS autograd derives the gradient for the plain loop. Paths must agree before the clock starts; PyTorch and optax
report Nesterov's look-ahead points, so ours are translated for this check.
"""

from functools import partial

import numpy as np

from course_lib.descent import descend
from course_lib.optimizers import Adam, Momentum, Nesterov

from . import jax_peer, torch_peer
from .landscapes import LANDSCAPES
from .timing import Row

PACKAGES = ("torch", "jax", "optax", "autograd")
STEPS = 1000
SETTINGS = {  # optimizer -> landscape -> learning rate
    Momentum: {"ravine": 0.02, "rosenbrock": 0.0005},
    Nesterov: {"ravine": 0.02, "rosenbrock": 0.0005},
    Adam: {"ravine": 0.02, "rosenbrock": 0.02},
}
WHY_PLAIN = "the contract has its price: read-only arrays, checks, the record of a step"
WHY_STEP = "a compiled step is one call, ours some ten of numpy"


def ours(optimizer, surface):
    path = descend(optimizer, surface, steps=STEPS)
    return path.theta, path.loss


# The peers in numpy


def textbook(rule, land, lr, gradient=None):
    gradient = gradient or land.gradient
    start = np.array(land.start)
    path = np.array([start, *rule(start, gradient, lr)])
    return path, land.value(path.T)


def momentum(theta, gradient, lr, gamma=0.9):
    delta = np.zeros(2)
    for _ in range(STEPS):
        delta = lr * gradient(theta) + gamma * delta
        theta = theta - delta
        yield theta


def nesterov(theta, gradient, lr, gamma=0.9):
    delta = np.zeros(2)
    for _ in range(STEPS):
        delta = lr * gradient(theta - gamma * delta) + gamma * delta
        theta = theta - delta
        yield theta


def adam(theta, gradient, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = np.zeros(2), np.zeros(2)
    for t in range(1, STEPS + 1):
        g = gradient(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        theta = theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
        yield theta


RULES = {Momentum: momentum, Nesterov: nesterov, Adam: adam}


def hips_autograd(rule, land, lr):
    from autograd import grad

    return textbook(rule, land, lr, gradient=grad(land.value))


# The table


def rows():
    for kind, rates in SETTINGS.items():
        for key, lr in rates.items():
            yield from contests(kind, key, lr, LANDSCAPES[key])


def contests(kind, key, lr, land):
    rule, name = RULES[kind], kind.__name__
    row = partial(Row, f"{name}, {key}", ours=partial(ours, kind(lr), key))
    # Adam's and Rosenbrock's rounding errors grow on the way: other orders of the same sums, other last digits.
    yield row("plain numpy", peer=partial(textbook, rule, land, lr), goal=0.35, why=WHY_PLAIN, same=1e-6)
    row = partial(row, same=1e-6)
    if kind is Nesterov:
        row = partial(row, seen=partial(looks, land))
    torch_run = partial(torch_peer.trajectory, name, land, lr, STEPS)
    yield row("torch.optim, analytic gradient", peer=torch_run, goal=2.5)
    yield row("torch.optim, autograd", peer=partial(torch_run, derived=True), goal=8)
    yield row("optax, step jitted", peer=partial(jax_peer.stepwise, name, land, lr, STEPS), goal=1, why=WHY_STEP)
    yield row("optax, scan jitted", peer=partial(jax_peer.scanned, name, land, lr, STEPS))
    if kind is Momentum:
        compiled = partial(jax_peer.scanned, name, land, lr, STEPS, anew=True)
        yield row("optax, scan jitted, with its compilation", peer=compiled)
        yield row("plain numpy, HIPS autograd", peer=partial(hips_autograd, rule, land, lr))


def looks(land, theta, loss):
    """Nesterov's path, and its loss, as PyTorch and optax report it."""
    theta = theta + 0.9 * np.diff(theta, axis=0, prepend=theta[:1])
    return theta, land.value(theta.T)

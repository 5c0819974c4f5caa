"""A trajectory of 1,000 steps, and a grid of 100 learning rates x 100 momenta, 200 steps each, by other tools.

Processor time, one thread, in one process, float64; answers must agree before the clock starts. A trajectory is the
whole path and its loss. "Plain numpy" is a loop without any check, schedule or freezing; the goal says how much of its
speed must remain. torch.optim is given the analytic gradient, or derives it (autograd); its path is cloned step by
step. "optax, step jitted" calls one compiled step 1,000 times; "scan jitted" is a whole run that was compiled before.

Of the grid the final loss of each run is kept. Textbook numpy has the runs in rows, (10000, 2), the sweep axis first.
The loop of torch.optim is timed for 100 of the 10,000 cells, and its time multiplied by 100. optax runs under vmap and
scan, jitted.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

from course_lib.descent import descend, sweep
from course_lib.optimizers import Adam, Momentum

from . import report
from .timing import Row, measure

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")
torch.set_num_threads(1)

PACKAGES = ("torch", "jax", "optax")
HEAD = ("job", "peer", "ours, ms", "peer, ms", "times as fast", "goal", "")
STEPS, LR, GAMMA = 1000, 0.02, 0.9
START = (-4.0, 2.0)

GRID_STEPS, CURVATURE = 200, np.array([1.0, 25.0])
LRS, GAMMAS = np.linspace(0.001, 0.06, 100), np.linspace(0, 0.99, 100)
GRID = (len(LRS), len(GAMMAS))
SOME = slice(None, None, 10)


# The landscapes, written once for numpy, PyTorch and jax: plain arithmetic


def ravine(theta):
    x, y = theta
    return (x**2 + 25 * y**2) / 2


def slopes(x, y):
    """Of the ravine."""
    return x, 25 * y


def rosenbrock(theta):
    x, y = theta
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


# A trajectory


def ours(optimizer, surface):
    return descend(optimizer, surface, steps=STEPS).loss


def plain_numpy():
    theta, delta = np.array(START), np.zeros(2)
    path = [theta]
    for _ in range(STEPS):
        delta = LR * np.array(slopes(*theta)) + GAMMA * delta
        theta = theta - delta
        path.append(theta)
    return ravine(np.array(path).T)


def torch_analytic():
    theta = torch.tensor(START, dtype=torch.float64)
    optimizer, path = torch.optim.SGD([theta], lr=LR, momentum=GAMMA), [theta.clone()]
    for _ in range(STEPS):
        theta.grad = torch.stack(slopes(*theta))
        optimizer.step()
        path.append(theta.clone())
    return ravine(torch.stack(path).T).numpy()


def torch_autograd():
    theta = torch.tensor((-1.2, 1.0), dtype=torch.float64, requires_grad=True)
    optimizer, path = torch.optim.Adam([theta], lr=LR), [theta.detach().clone()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        rosenbrock(theta).backward()
        optimizer.step()
        path.append(theta.detach().clone())
    return rosenbrock(torch.stack(path).T).numpy()


RULE = optax.sgd(LR, momentum=GAMMA)


@jax.jit
def optax_step(theta, state):
    updates, state = RULE.update(jnp.stack(slopes(*theta)), state)
    return optax.apply_updates(theta, updates), state


def optax_steps():
    theta = jnp.array(START)
    state, path = RULE.init(theta), [theta]
    for _ in range(STEPS):
        theta, state = optax_step(theta, state)
        path.append(theta)
    return ravine(np.array([np.asarray(point) for point in path]).T)


@jax.jit
def optax_scan(theta):
    def turn(carry, _):
        carry = optax_step(*carry)
        return carry, carry[0]

    _, path = jax.lax.scan(turn, (theta, RULE.init(theta)), length=STEPS)
    return ravine(jnp.concatenate([theta[None], path]).T)


# The grid


def our_grid():
    return sweep(Momentum(LRS[:, None], GAMMAS), "ravine", START, steps=GRID_STEPS, tol=None).loss


def numpy_grid():
    lr, gamma = (axis.reshape(-1, 1) for axis in np.meshgrid(LRS, GAMMAS, indexing="ij"))
    theta = np.tile(START, (lr.size, 1))
    delta = np.zeros_like(theta)
    for _ in range(GRID_STEPS):
        delta = lr * (CURVATURE * theta) + gamma * delta
        theta = theta - delta
    return ((CURVATURE * theta**2).sum(axis=1) / 2).reshape(GRID)


def torch_loop():
    """Of 100 cells."""
    curvature = torch.tensor(CURVATURE)
    return np.array([[torch_cell(lr, gamma, curvature) for gamma in GAMMAS[SOME]] for lr in LRS[SOME]])


def torch_cell(lr, gamma, curvature):
    theta = torch.tensor(START, dtype=torch.float64)
    optimizer = torch.optim.SGD([theta], lr=float(lr), momentum=float(gamma))
    for _ in range(GRID_STEPS):
        theta.grad = curvature * theta
        optimizer.step()
    return ((curvature * theta**2).sum() / 2).item()


@jax.jit
def optax_grid(lrs, gammas):
    curvature, start = jnp.array(CURVATURE), jnp.array(START)

    def run(lr, gamma):
        rule = optax.sgd(lr, momentum=gamma)

        def turn(carry, _):
            theta, state = carry
            updates, state = rule.update(curvature * theta, state)
            return (optax.apply_updates(theta, updates), state), None

        (theta, _), _ = jax.lax.scan(turn, (start, rule.init(start)), length=GRID_STEPS)
        return (curvature * theta**2).sum() / 2

    return jax.vmap(jax.vmap(run, (None, 0)), (0, None))(lrs, gammas)


# The table


def fetched(job, *given):
    """A job of jax, whose answer is there when it returns."""
    return lambda: np.asarray(job(*given))


MOMENTUM = partial(Row, "1,000 steps of momentum on the ravine", ours=partial(ours, Momentum(LR, GAMMA), "ravine"))
ADAM = partial(Row, "1,000 steps of Adam on Rosenbrock's function", ours=partial(ours, Adam(LR), "rosenbrock"))
SWEEP = partial(Row, "a grid of 100 x 100 runs", ours=our_grid)
SAME_PASSES = "both sides make the same five passes over 20,000 numbers; only the layout is ours"
ROWS = (
    MOMENTUM("plain numpy", theirs=plain_numpy, goal=0.35),
    MOMENTUM("torch.optim, analytic gradient", theirs=torch_analytic, goal=2.5),
    MOMENTUM("optax, step jitted", theirs=optax_steps, goal=1),
    MOMENTUM("optax, scan jitted", theirs=fetched(optax_scan, np.array(START))),
    ADAM("torch.optim, autograd", theirs=torch_autograd, goal=8),
    SWEEP("textbook numpy", theirs=numpy_grid, goal=2.5, why=SAME_PASSES),
    SWEEP("torch.optim, a loop over the runs", theirs=torch_loop, goal=1000, part=(SOME, SOME)),
    SWEEP("optax, vmap and scan", theirs=fetched(optax_grid, LRS, GAMMAS)),
)


def table(repeats):
    for row in ROWS:
        report.progress(f"{row.job}; {row.peer}")
        ours, theirs = measure(row, repeats)
        goals = [report.times(theirs / ours, row.goal)] if row.goal else []
        numbers = map(report.spread, (ours, theirs, theirs / ours))
        yield row.job, row.peer, *numbers, *report.judged(*goals, why=row.why)

"""A sweep: momentum on the ravine, 100 learning rates x 100 momenta, 200 steps, the final loss of each of the runs.

Processor time, one thread, in one process, float64. Textbook numpy keeps the runs in rows, (10000, 2), the sweep axis
first; in its second row both sides also count the steps to tolerance. The loop of torch.optim is timed for 100 of the
10,000 cells, and its time multiplied by 100. "torch, batched" has all runs in one tensor, without torch.optim, which
takes one learning rate only. optax runs under vmap and scan, jitted; "10 redraws" is the compilation and ten sweeps,
against ten of ours.
"""

from functools import partial

import numpy as np

from course_lib.descent import sweep
from course_lib.optimizers import Momentum

from . import jax_peer, torch_peer
from .timing import Row

PACKAGES = ("torch", "jax", "optax")
STEPS, TOL, START, CURVATURE = 200, 1e-6, (-4.0, 2.0), (1.0, 25.0)
LRS, GAMMAS = np.linspace(0.001, 0.06, 100), np.linspace(0, 0.99, 100)
GRID = START, CURVATURE, STEPS
SOME, DRAWS = slice(None, None, 10), 10
WHY_FINAL = "both sides make the same five passes over 20,000 numbers; only the layout is ours"


def ours(tol=None, draws=1):
    for _ in range(draws):
        ended = sweep(Momentum(LRS[:, None], GAMMAS), "ravine", START, steps=STEPS, tol=tol)
    return ended[:1] if tol is None else tuple(ended)


def textbook(arrivals):
    lr, gamma = (axis.reshape(-1, 1) for axis in np.meshgrid(LRS, GAMMAS, indexing="ij"))
    curvature = np.array(CURVATURE)
    theta = np.tile(START, (len(lr), 1))
    delta, arrived = np.zeros_like(theta), np.full(len(lr), np.inf)
    for k in range(STEPS + 1):
        if k > 0:
            delta = lr * (curvature * theta) + gamma * delta
            theta = theta - delta
        if arrivals:
            loss = (curvature * theta**2).sum(axis=1) / 2
            arrived[(loss < TOL) & np.isinf(arrived)] = k
    loss = (curvature * theta**2).sum(axis=1) / 2
    grid = len(LRS), len(GAMMAS)
    return (loss.reshape(grid), arrived.reshape(grid)) if arrivals else (loss.reshape(grid),)


def rows():
    row = partial(Row, "final loss", ours=ours, same=1e-6)
    yield row("textbook numpy", peer=partial(textbook, arrivals=False), goal=2.5, why=WHY_FINAL)
    counting = partial(ours, tol=TOL)
    yield Row("final loss and steps to tolerance", "textbook numpy", counting, partial(textbook, True), goal=2.5)
    some = LRS[SOME], GAMMAS[SOME], *GRID
    part = len(some[0]) * len(some[1]) / (len(LRS) * len(GAMMAS))
    cells = {"share": part, "seen": lambda loss: (loss[SOME, SOME],)}
    yield row("torch.optim, a loop over the runs", peer=partial(torch_peer.loop, *some), goal=1000, **cells)
    yield row("torch, batched", peer=partial(torch_peer.batched, LRS, GAMMAS, *GRID))
    steady = partial(jax_peer.swept, LRS, GAMMAS, *GRID)
    yield row("optax, vmap and scan", peer=steady)
    anew = partial(steady, draws=DRAWS, anew=True)
    redraws = partial(ours, draws=DRAWS)
    yield Row("10 redraws", "optax, vmap and scan, with the compilation", redraws, anew, goal=1, same=1e-6)

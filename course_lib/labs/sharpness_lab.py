"""The largest curvature of a network's loss: it tells which learning rate is too large, and training moves it there."""

from functools import lru_cache
from itertools import islice

import numpy as np

from .. import plots, runs
from ..curvature import hessian, largest_curvature
from ..descent import iterates
from ..live import Answer, LiveFigure, slider, stops
from ..networks import Network
from ..optimizers import Momentum
from ..training import progress_bar
from .grids import at
from .rules import BALLS as RULES
from .rules import THEORY
from .words import number, tell

NETWORK, SEED = Network((1, 12, 12, 1), "tanh", "squared"), 22
INPUTS = np.linspace(-1, 1, 20)[:, None]
TARGETS = 8 * INPUTS[:, 0] ** 4 - 8 * INPUTS[:, 0] ** 2 + 1  # T_4, Chebyshev's polynomial: two valleys and a hump
GENTLE, LONG = Momentum(0.02, 0.9), 3000  # how the trained network was trained: far below its edge of 190
LIMITS = {name: THEORY[name].limit for name in RULES}
SHARE, SHARES = "learning rate / limit", np.round(0.1 * np.arange(5, 15), 1)
GAMMAS = (0.0, 0.25, 0.5, 0.75, 0.9)
STARTS = {"trained": (300, 1, 5), "fresh": (2000, 10, 10)}  # steps, steps between two losses and two curvatures
ROUNDS = 3  # of power iteration, from the last direction on
LOST = 1e6  # a run has diverged once its loss is so many times that of the start
RATES_TOLD = (
    "η = {:.3g} for momentum, {:.3g} for Nesterov: {:.1f} of their limits where the largest curvature is {:.1f}"
)
FLAT = -6  # curvatures below 10 to this are one bar


def sharpness():
    """From a trained and from a fresh network: share of the predicted limit and gamma in the page."""
    fig, axes = plots.mosaic(
        [["loss.trained", "loss.fresh", "curvatures"], ["edge.trained", "edge.fresh", "curvatures"]],
        {
            "loss.trained": "A trained network: stays, or jumps",
            "loss.fresh": "A fresh one: climbs to the edge",
            "curvatures": "Few steep, many flat",
        },
        height=5,
        width_ratios=(1.15, 1.15, 1),
    )
    for start, (steps, *_) in STARTS.items():
        loss, edge = axes[f"loss.{start}"], axes[f"edge.{start}"]
        for name, rule in RULES.items():
            plots.moving_curve(loss, f"loss.{start}.{name}", rule)
            plots.moving_curve(edge, f"edge.{start}.{name}", rule)
        edge.axhline(1, color=plots.INK, linewidth=1.2, zorder=3)
        edge.text(0.98 * steps, 1.03, "edge", ha="right", va="bottom", color=plots.INK)
        limits = {"xlim": (0, steps), "ylim": (1e-6, 30), "yticks": [1e-5, 1e-3, 1e-1, 10]}
        plots.draw_axes(loss, plain=True, grid=True, yscale="log", **limits)
        loss.tick_params(labelbottom=False)
        edge.set(xlim=(0, steps), ylim=(0, 1.6), xlabel="step")
    axes["loss.trained"].set_ylabel("loss")
    axes["edge.trained"].set_ylabel("curvature, of the edge's")
    axes["loss.fresh"].legend(loc="upper right", fontsize=10, handlelength=3)
    _draw_curvatures(axes["curvatures"])
    return LiveFigure(
        fig,
        compute,
        page={
            "share": slider(SHARE, SHARES[0], SHARES[-1], steps=len(SHARES), value=1.1, format=".1f"),
            "gamma": stops("momentum γ", [(f"{gamma:.2f}", gamma) for gamma in GAMMAS], value=0.5),
        },
        scenes={
            "below the limit": {"share": 0.9, "gamma": 0.5},
            "beyond it": {"share": 1.1, "gamma": 0.5},
            "gradient descent": {"share": 1.2, "gamma": 0.0},
            "γ = 0.9": {"share": 1.2, "gamma": 0.9},
        },
        alt="Left, from a trained network: below the predicted limit the loss stays low, beyond it the loss jumps and "
        "the largest curvature falls. Middle, from a fresh network: the largest curvature grows while it trains, up to "
        "the edge. Right, the trained network has four steep directions, and most of the others are nearly flat.",
    )


def _draw_curvatures(ax):
    """The trained network's curvatures, counted by powers of ten, and a line for the edge."""
    sizes = np.abs(curvatures())
    powers = np.clip(np.floor(np.log10(np.maximum(sizes, 1e-30))), FLAT - 1, None).astype(int)
    x = np.arange(FLAT - 1, powers.max() + 1)
    counts = (powers[:, None] == x).sum(axis=0)
    plots.draw_bars(ax, x + 0.5, counts, plots.PALE)
    for place, count in zip(x + 0.5, counts, strict=True):
        plots.draw_words(ax, place, count + 2.5, str(count), edge="white").set_zorder(5)
    plots.moving_line(ax, "edge", color=plots.INK, linewidth=1.6, linestyle=(0, (4, 2)), zorder=4)
    ticks = x[1::2]
    ax.set(xlim=(FLAT - 1.3, x[-1] + 1.3), ylim=(0, 1.12 * counts.max()), xticks=ticks)
    ax.set_xticklabels([f"$10^{{{tick}}}$" for tick in ticks])
    ax.set(xlabel="curvature (line: the edge)", ylabel=f"directions, of {NETWORK.size}")


def gradient(theta):
    """The slope of the network's loss, of theta's shape."""
    return NETWORK.gradient(theta, INPUTS, TARGETS)


@lru_cache(maxsize=1)
def trained():
    """theta of the network after LONG gentle steps, (dim,)."""
    (theta,) = islice(iterates(GENTLE, gradient, NETWORK.init(SEED)), LONG, LONG + 1)
    return theta


@lru_cache(maxsize=1)
def curvatures():
    """All curvatures of the trained network, the smallest first: the eigenvalues of its Hessian."""
    return np.linalg.eigvalsh(hessian(gradient, trained()))


@lru_cache(maxsize=1)
def sharpest():
    """The trained network's largest curvature, by power iteration: what the limits are predicted from."""
    return float(largest_curvature(gradient, trained()).value)


def follow(rule, start, steps, every, seldom, progress=None):
    """A run's losses at every `every` steps and its largest curvatures at every `seldom`: (points, *sweep) each.

    progress: a function (steps done, steps in all).
    """
    losses, steepest, direction = [], [], None
    for k, theta in enumerate(islice(iterates(rule, gradient, start), steps + 1)):
        if k % every == 0:
            losses.append(NETWORK.loss(theta, INPUTS, TARGETS))
        if k % seldom == 0:
            found = largest_curvature(gradient, theta, direction, rounds=ROUNDS if k else 100)
            direction = found.direction
            steepest.append(found.value)
        if progress:
            progress(k, steps)
    return np.array(losses), np.array(steepest)


@lru_cache(maxsize=1)
def everything():
    """(start, method) -> losses and largest curvatures for every share (rows) and gamma (columns); nan where lost."""
    gamma, runs = np.array([GAMMAS]), {}
    for name, rule in RULES.items():
        optimizer = rule(SHARES[:, None] * LIMITS[name](gamma, sharpest()), gamma)
        runs["trained", name] = cut(*follow(optimizer, trained(), *STARTS["trained"]))
        bar = progress_bar(f"training {gamma.size * SHARES.size} networks with {name}")
        runs["fresh", name] = cut(*follow(optimizer, NETWORK.init(SEED), *STARTS["fresh"], progress=bar))
    return runs


def cut(loss, steepest):
    """The same, without what comes after a run has diverged: the curvatures of lost places mean nothing."""
    lost = np.maximum.accumulate(~(loss < LOST * loss[0]), axis=0)
    same = np.arange(len(steepest)) * (len(loss) - 1) // (len(steepest) - 1)  # the loss at the same step
    return runs.cut(loss, lost), runs.cut(steepest, lost[same])


def compute(share, gamma):
    """What happens with every share (n, 1) of the predicted limit and every gamma (1, m), from either network."""
    rows, columns = at(SHARES, share), at(GAMMAS, gamma)
    where = np.log10(sharpest() / share)
    ball, ahead = (share * LIMITS[name](gamma, sharpest()) for name in RULES)
    lines = {"edge": (np.stack([where, where]), [0, 1e3])}
    words = {"learning rate": tell(RATES_TOLD, ball, ahead, share, sharpest())}
    for name in RULES:
        seen = {}
        for start, (steps, every, seldom) in STARTS.items():
            loss, steepest = (values[:, rows, columns] for values in everything()[start, name])
            edge = steepest * share / sharpest()
            lines[f"loss.{start}.{name}"] = (np.arange(0, steps + 1, every), loss)
            lines[f"edge.{start}.{name}"] = (np.arange(0, steps + 1, seldom), edge)
            seen[start] = loss, edge
        words[name] = _told(seen)
    return Answer(lines, words)


def _told(seen):
    """In words, for each run: from the trained network it stays, jumps, or diverges; how it ends from the fresh one.

    seen: start -> (losses, largest curvatures over the edge's); the trained network's losses are there for every step.
    """
    (loss, edge), (fresh_loss, fresh_edge) = seen["trained"], seen["fresh"]
    doubled = (loss > 2 * loss[0]).argmax(axis=0)  # 0 where it never is
    times = np.nan_to_num(loss.max(axis=0) / loss[0], nan=np.inf)
    late = fresh_edge[2 * len(fresh_edge) // 3 :].mean(axis=0)
    return tell(_sentence, doubled, times, edge[-1], late, fresh_loss[-1])


def _sentence(step, times, where, late, last):
    if np.isinf(times):
        trained = f"the loss doubles by step {step} and diverges"
    elif step:
        rises = f"the loss doubles by step {step}, rises {number(times)}-fold"
        trained = f"{rises} and comes down where the curvature is {where:.2f} of the edge"
    else:
        does = "stays" if times == 1 else "just begins to rise"
        trained = f"{does}, the curvature at {where:.2f} of the edge"
    ends = f"ends with the curvature at {late:.2f} of the edge, loss {number(last)}"
    return f"from the trained network: {trained}; from the fresh one: {'diverges' if np.isnan(last) else ends}"

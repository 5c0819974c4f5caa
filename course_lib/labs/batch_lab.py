"""Batch size: how many steps gradient descent, momentum and averaged places need, each at its best learning rate."""

from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

from .. import plots
from ..live import Answer, LiveFigure, stops
from ..noisy_quadratic import ARRIVED, expected_loss, steps_to
from .grids import at
from .words import tell

BATCHES = 4 ** np.arange(9)
GAMMAS = np.array([0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99])
WINDOWS = 0.0003 ** (np.arange(10) / 8)  # c of the average of places; 1 is no average
RATES = np.geomspace(0.005, 60, 60)  # learning rates; of momentum, effective steps
THINNED = 4  # of the steps at which losses are known, only so many a point are drawn
METHODS = {"descent": "GradientDescent", "momentum": "Momentum", "places": "Averaging"}  # and their looks
LABELS = dict(zip(METHODS, ("gradient descent", "momentum", "averaged places"), strict=True))


class Tuned(NamedTuple):
    """One method at its best settings for each batch size (n) and, of momentum, each gamma (m; else 1).

    loss: (steps, n, m), expected; arrives: (n, m), steps to a loss of ARRIVED; lr, c: (n, m), what was chosen.
    """

    loss: np.ndarray
    arrives: np.ndarray
    lr: np.ndarray
    c: np.ndarray


def batch():
    """Many directions under minibatch noise: batch size and gamma in the page, every method tuned for each of them."""
    fig, course, size = plots.figure(
        "Expected loss, each at its best learning rate", f"Steps until the loss is {ARRIVED:g}"
    )
    for name, look in METHODS.items():
        plots.moving_curve(course, f"loss.{name}", look, LABELS[name])
        plots.moving_ball(course, f"arrives.{name}", look, size=9, label=LABELS[name], names=(None, None))
        plots.moving_form(size, f"steps.{name}", look, (0, 1), LABELS[name])
        plots.moving_ball(size, f"here.{name}", look, size=13, label=LABELS[name], names=(None, None))
    plots.put_under([line for ax in (course, size) for line in ax.lines[:1]])
    plots.moving_guide(size, "batch", names=(None, None))
    log = {"xscale": "log", "yscale": "log", "plain": True, "grid": True}
    plots.draw_axes(course, level=ARRIVED, xlim=(1, 2e5), ylim=(0.02, 6), xlabel="step", ylabel="expected loss", **log)
    course.set_yticks([0.03, 0.1, 0.3, 1, 3], ["0.03", "0.1", "0.3", "1", "3"])
    plots.draw_axes(size, xlim=(0.7, 1e5), ylim=(20, 3e5), xlabel="batch size", ylabel="steps", **log)
    size.set_xticks(BATCHES[::2], [str(size) for size in BATCHES[::2]])
    _draw_diagonal(size)
    lines = [line for line in size.lines if str(line.get_gid()).startswith("steps.")]
    size.legend(handles=lines, loc="upper right", handlelength=3.2)
    return LiveFigure(
        fig,
        compute,
        page={
            "size": stops("batch size", [(str(size), int(size)) for size in BATCHES], value=64),
            "gamma": stops("momentum γ", GAMMAS.tolist(), value=0.9),
        },
        pointer={size: ("size", None)},
        scenes={
            "small batches": {"size": 4, "gamma": 0.9},
            "in between": {"size": 256, "gamma": 0.9},
            "large batches": {"size": 16384, "gamma": 0.9},
        },
        alt="Left, the expected loss on a noisy quadratic against the step, both on log scales: gradient descent, "
        "momentum, and gradient descent with an average of its places, each at its best learning rate for the batch "
        "size. Right, the steps that each needs, against the batch size, beside a dashed diagonal on which twice the "
        "batch needs half the steps.",
    )


def _draw_diagonal(ax):
    alone = at_its_best("descent")[1].arrives[0, 0]
    ax.plot(BATCHES, alone / BATCHES, color=plots.SOFT, linewidth=1, linestyle=(0, (5, 4)), zorder=1.5)
    words = plots.brief("twice the batch, half the steps", "")
    plots.draw_words(ax, 120, 27, words, plots.SOFT, edge="white")


@lru_cache
def at_its_best(method):
    """The method at its best settings, among RATES and, of averaged places, WINDOWS too: (steps, Tuned)."""
    shares = 1 - GAMMAS if method == "momentum" else np.ones(1) if method == "descent" else WINDOWS
    steps, start, noise = expected_loss(RATES, 0.0 if method == "places" else 1.0, shares[:, None])
    return steps, _chosen(steps, start, noise, shares, free=method == "places")


def _chosen(steps, start, noise, shares, free):
    """Tuned over the rates, the last axis of start and noise, and, if it is free, over the shares before it."""
    found = []
    for size in BATCHES:
        loss = start + noise / size
        arrives = steps_to(steps, loss)  # (shares, rates)
        groups = [np.unravel_index(arrives.argmin(), arrives.shape)] if free else enumerate(arrives.argmin(axis=1))
        found.append([(loss[:, c, lr], arrives[c, lr], RATES[lr], shares[c]) for c, lr in groups])
    loss, *rest = (np.array([[one[part] for one in row] for row in found]) for part in range(4))
    return Tuned(np.moveaxis(loss, -1, 0), *rest)


def compute(size, gamma):
    """The losses and the steps of the three for every batch size (n, 1) of BATCHES and gamma (1, m) of GAMMAS.

    The steps are read at marks up to 3 % apart, so their ratio is told to one decimal.
    """
    here, which = at(BATCHES, size), at(GAMMAS, gamma)
    lines, words = {}, {}
    alone_needs = at_its_best("descent")[1].arrives[here, 0]
    for method in METHODS:
        steps, best = at_its_best(method)
        mine = which if method == "momentum" else 0 * which
        arrives, lr, c = best.arrives[here, mine], best.lr[here, mine], best.c[here, mine]
        gone = steps[:, None, None] > 1.5 * arrives
        loss = np.where(gone, np.nan, best.loss[:, here, mine])[1::THINNED]
        lines[f"loss.{method}"] = (steps[1::THINNED], loss)
        lines[f"arrives.{method}"] = (arrives[None], [ARRIVED])
        lines[f"steps.{method}"] = (BATCHES, best.arrives[:, mine[0]][:, None])
        lines[f"here.{method}"] = (size[None], arrives[None])
        words[method] = tell(partial(_told, method=method), arrives, size, alone_needs, lr, c)
    highest = np.max([lines[f"here.{method}"][1] for method in METHODS], axis=0)
    lines["batch"] = (size + np.zeros((2, 1, 1)), np.concatenate([np.ones_like(highest), highest]))  # from the axis up
    return Answer(lines, words)


def _told(steps, size, alone, lr, c, method):
    rate = "η/(1−γ)" if method == "momentum" else "η"
    told = f"{steps:,.0f} steps, {steps * size:,.0f} examples; {rate} = {lr:.2g}"
    if method == "descent":
        return told
    if method == "places":
        told += f", 1/c = {1 / c:,.0f}" if c < 1 else ", no average"
    return f"{told}; gradient descent needs {alone / steps:.1f} times as many steps"

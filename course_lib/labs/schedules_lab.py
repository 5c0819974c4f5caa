"""Schedules: a learning rate and a momentum that change on the way, and what that does to a noisy run."""

from functools import lru_cache
from itertools import islice

import numpy as np

from .. import plots
from ..descent import iterates
from ..live import Answer, LiveFigure, slider, stops
from ..optimizers import Momentum
from ..training import constant, cosine, step_decay, sutskever, warm_up
from .words import tell

STEPS, SEEDS, LAST = 500, 16, 20  # of a run; runs in a mean; steps that count as the end
FLAT, WALLS, NOISE, START = 0.003, 0.5, 0.3, (-20.0, 2.5)  # the valley: curvature of its floor, steepening, noise
PEAKS = np.geomspace(0.05, 0.8, 13)
PERIOD, CAP, USUAL, BRAKE = 25, 0.98, 0.9, 51  # of the momentum; the last steps are taken with the usual one
# What eta does once it has arrived at its peak, as a share of it, and what gamma does.
STAYS, DROPS, WAVE = constant(1.0), step_decay(1.0, 200), cosine(1.0, STEPS)
FIXED, GROWS = constant(USUAL), sutskever(CAP, PERIOD)
KINDS = {
    "constant": (STAYS, FIXED, False, "η and γ stay"),
    "warm-up": (STAYS, FIXED, True, "η {}, then stays"),
    "drops": (DROPS, FIXED, True, "η {}, and falls tenfold after 200 and after 400"),
    "cosine": (WAVE, FIXED, True, "η {} and falls along a cosine"),
    "γ grows": (STAYS, GROWS, False, "η stays, γ grows in stages from 0.5 to 0.97 and is 0.9 at the end"),
    "both": (WAVE, GROWS, False, "η falls along a cosine, γ grows in stages from 0.5 to 0.97 and is 0.9 at the end"),
}
UNBROKEN = "\u2011"  # a hyphen at which the page breaks no line
LOST = 1e4  # a loss above this does not come back


def schedules():
    """A schedule and the noisy run it gives: its kind and its peak in the page, the length of its warm-up beside."""
    fig, axes = plots.mosaic(
        [["lr", "loss"], ["gamma", "loss"]],
        {"lr": "What changes on the way", "loss": "What comes of it, in a noisy valley with steep walls"},
        width_ratios=(1, 1.5),
    )
    for name, label, limits in (("lr", "learning rate η", (0, 0.85)), ("gamma", "momentum γ", (0.45, 1.02))):
        plots.moving_curve(axes[name], f"usual {name}", plots.SERIES[0], run=True)
        plots.moving_curve(axes[name], name, Momentum, run=True)
        axes[name].set(ylim=limits, ylabel=label)
    axes["lr"].tick_params(labelbottom=False)
    axes["gamma"].set(xlabel="step", yticks=[0.5, 0.75, 0.9, 1])
    plots.moving_curve(axes["loss"], "best", plots.SERIES[3], "where the best constant η ends")
    plots.moving_curve(axes["loss"], "usual loss", plots.SERIES[0], "constant, at the same peak", run=True)
    plots.moving_curve(axes["loss"], "loss", Momentum, "with the schedule", run=True)
    axes["loss"].set(yscale="log", ylim=(8e-4, 1e2), xlabel="step", ylabel="loss, mean of 16 runs")
    axes["loss"].legend(loc="lower left", fontsize=9, handlelength=3.2)
    for ax in axes.values():
        plots.draw_axes(ax, grid=True, xlim=(0, 1.02 * STEPS))
    return LiveFigure(
        fig,
        compute,
        page={
            "kind": stops("schedule", [(kind.replace("-", UNBROKEN), kind) for kind in KINDS], value="cosine"),
            "peak": slider("peak η", PEAKS[0], PEAKS[-1], steps=len(PEAKS), value=0.4, log=True, format=".2f"),
        },
        carried=("length",),
        kernel={"length": slider("warm-up, steps", 0, 100, steps=11, value=10, format=".0f")},
        scenes={
            "the best constant": {"kind": "constant", "peak": 0.126},
            "too high at once": {"kind": "constant", "peak": 0.4},
            "with a warm-up": {"kind": "warm-up", "peak": 0.4, "length": 10},
            "then a cosine": {"kind": "cosine", "peak": 0.4, "length": 10},
            "growing momentum": {"kind": "γ grows", "peak": 0.08},
        },
        alt="Left, the learning rate and the momentum against the step. Right, the mean loss of noisy runs: the peak "
        "learning rate diverges when it is there from the start; after a warm-up it does not, and when it then falls "
        "along a cosine the run ends far below the best constant learning rate.",
    )


def value(theta):
    """The valley's height: a flat floor along x, walls across it that steepen away from the floor."""
    x, y = theta
    return (FLAT * x * x + y * y + WALLS * y * y * y * y / 2) / 2


def gradient(theta):
    """Its slopes, without noise: the curvature across is 1 on the floor, and 1 + 3 WALLS y^2 up the wall."""
    x, y = theta
    return np.stack([FLAT * x, y + WALLS * y * y * y])


def stages(kinds, length):
    """(share of the peak, gamma) of the step that begins at each point, the last one's too: (STEPS + 1, kinds) each."""
    share, gamma = np.empty((2, STEPS + 1, len(kinds)))
    for k, (falling, growing, warm, _) in enumerate(KINDS[kind] for kind in kinds):
        schedule = warm_up(falling, int(length)) if warm and length else falling
        share[:, k] = [schedule(t) for t in range(1, STEPS + 2)]
        gamma[:, k] = [growing(t) for t in range(1, STEPS + 2)]
    gamma[-BRAKE:] = USUAL
    return share, gamma


def run(rule, grid):
    """The mean loss at every step, (STEPS + 1, *grid), of SEEDS runs; all rules meet the same noise."""
    shocks = NOISE * np.random.default_rng(1).standard_normal((STEPS + 1, 2, SEEDS, *(1,) * len(grid)))
    shocks[:, 0] /= 10  # along the floor everything is small, also the noise
    coming = iter(shocks)
    start = np.reshape(START, (2, 1, *(1,) * len(grid))) + np.zeros((2, SEEDS, *grid))
    points = islice(iterates(rule, lambda theta: gradient(theta) + next(coming), start), STEPS + 1)
    with np.errstate(all="ignore"):
        loss = np.array([value(theta).mean(axis=0) for theta in points])
    return np.where(np.maximum.accumulate(np.nan_to_num(loss, nan=np.inf)) < LOST, loss, np.inf)


def ending(loss):
    """The mean of the last steps, (*grid): one step alone is noise."""
    return loss[-LAST:].mean(axis=0)


@lru_cache(maxsize=1)
def best_constant():
    """(lowest ending, its eta) of gamma = 0.9 with a constant learning rate, over all of PEAKS."""
    ends = ending(run(Momentum(PEAKS, USUAL), PEAKS.shape))
    return float(ends.min()), float(PEAKS[ends.argmin()])


def compute(kind, peak, *, length=10.0):
    """The schedules and their runs for every kind (n, 1) and peak (1, m); length: of the warm-up, in steps."""
    share, gamma = stages(kind.ravel(), length)
    lr = share[:, :, None] * peak
    loss = run(lambda t: Momentum(lr[t - 1], gamma[t - 1][:, None]), lr.shape[1:])
    usual = run(Momentum(peak, USUAL), peak.shape)
    best, best_lr = best_constant()
    steps, rises = np.arange(STEPS + 1), f"rises for {length:.0f} steps" if length else "begins at its peak"
    lines = {
        "lr": (steps, lr),
        "usual lr": (steps, np.broadcast_to(peak, (len(steps), *peak.shape))),
        "gamma": (steps, gamma[:, :, None]),
        "usual gamma": (steps, np.full(len(steps), USUAL)),
        "loss": (steps, loss),
        "usual loss": (steps, usual),
        "best": ([0, STEPS], [best, best]),
    }
    words = {
        "schedule": tell(lambda name: KINDS[name][-1].format(rises), kind),
        "its run": tell(_told, ending(loss), np.isfinite(loss).sum(axis=0), best),
        "constant, same peak": tell(_told, ending(usual), np.isfinite(usual).sum(axis=0), best),
        "best constant": f"η = {best_lr:.2g} with γ = 0.9 ends at {best:.3f}",
    }
    return Answer(lines, words)


def _told(end, alive, best):
    """In words: how a run ends that is alive at so many points, against the best constant setting."""
    if alive <= STEPS:
        return f"diverges at step {alive}"
    times = end / best
    against = f"{times:.1f} times as high as" if times > 1.05 else f"{1 / times:.1f} times below"
    if 0.95 < times < 1.05:
        against = "as low as"
    return f"ends at {end:.4f}, {against} the best constant one"

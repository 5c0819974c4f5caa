"""One walker, one average of its places, and where between the two the slope is measured."""

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from .. import plots
from ..descent import descend
from ..live import Answer, LiveFigure, slider, stops
from ..noisy_quadratic import expected_loss, steps_to
from ..optimizers import Averaging
from ..optimizers.base import Hyper
from ..surfaces import ravine
from .words import number

STEPS, START = 100, (-4.0, 2.0)
CURVATURES = np.array([1.0, 25.0])
LOOKS = np.array([0, 0.5, 0.8, 0.9, 0.95, 0.98, 1])  # 0: at the walker, 1: at the average
SHARES = {"1": 1.0, "0.5": 0.5, "0.2": 0.2, "0.1": 0.1, "0.05": 0.05, "0.02": 0.02, "0.01": 0.01}
MEAN = "1/t"  # the share that makes the average the plain mean of all places
BATCHES = 4 ** np.arange(9)
SHOCKS = np.random.default_rng(1).standard_normal((2, STEPS))  # of every run the same
WALKER = plots.Look("the walker", plots.SOFT, (0, (1.5, 1)), "o")
AVERAGE = plots.Look("the average", plots.LOOKS["Averaging"].color, "-", "H")
EYE = plots.Look("where the slope is measured", plots.INK, "none", "o")


@dataclass(frozen=True, eq=False)
class Jolted(Averaging):
    """Averaging whose slopes carry noise: at step t, `noise` times SHOCKS of that step."""

    noise: Hyper = 0.0

    def step(self, theta, g, t, z):
        shock = np.sum(np.where(np.arange(1, STEPS + 1) == t, SHOCKS, 0.0), axis=1)
        jolt = (self.noise * (np.sqrt(CURVATURES) * shock).T).T
        return super().step(theta, g + jolt, t, z)


def look():
    """A walker and its average in a ravine: where the slope is measured, step, share and batch size, in the page."""
    title = plots.brief("A walker, the average of its places, and its eye", "A ravine")
    fig, above, size = plots.figure(title, "Steps until the loss is 0.03, each tuned", widths=(1.2, 1))
    plots.draw_ravine(above, kappa=CURVATURES[1], angle=0)
    walker = plots.moving_curve(above, "walker", WALKER, run=True, linewidth=1.2, zorder=4.8)
    plots.moving_ball(above, "walker now", WALKER, size=9, head="walker")
    average = plots.moving_path(above, "average", AVERAGE)
    plots.moving_ball(above, "average now", AVERAGE, size=11, head="average")
    plots.moving_dots(above, "eye", EYE, size=2, run=True)
    ring = {"markersize": 17, "markerfacecolor": "none", "markeredgewidth": 2, "zorder": 8}
    eye = plots.moving_rings(above, "eye now", EYE, EYE.label, head="eye", **ring)
    plots.moving_start(above)
    above.legend(handles=[walker, average, eye], loc="upper right", fontsize=9)
    _draw_table(size)
    return LiveFigure(
        fig,
        compute,
        run={
            "look": stops("look: 0 walker, 1 average", LOOKS.tolist(), value=0.9),
            "lr": slider("learning rate η of the walker", 0.005, 1.5, steps=34, value=0.035, log=True, format=".2g"),
            "share": stops("share c of the newest place", [*SHARES, MEAN], value="0.1"),
            "size": stops("batch size", [(str(size), int(size)) for size in BATCHES], value=16),
        },
        asked=("share",),
        scenes={
            "momentum": {"look": 1, "share": "0.1"},
            "Nesterov": {"look": 0.9, "share": "0.1"},
            "averaging": {"look": 0, "share": "0.1"},
            "Schedule-Free": {"look": 0.9, "share": MEAN},
        },
        alt="Left, a ravine from above: a walker, the average of its places as a thick line, and a ring at the place "
        "between the two where the next slope is measured. Right, the steps that such a rule needs on a noisy "
        "quadratic against where it looks, a pale line for each batch size, the chosen one dark.",
    )


def _draw_table(ax):
    """Steps against the look, a pale line for each batch size, and empty lines for the chosen one."""
    for batch, steps in zip(BATCHES, at_its_best(), strict=True):
        steps = np.where(np.isfinite(steps), steps, np.nan)
        ax.plot(range(len(LOOKS)), steps, color=plots.PALE, linewidth=1.1, zorder=1.5)
        if batch <= (1024 if plots.on_slides() else 4096):  # from there on the lines are one
            ax.text(6.15, steps[-1], f"{batch}", color=plots.SOFT, fontsize=9, va="center")
    if not plots.on_slides():
        ax.text(6.15, 2.5e5, "batch", color=plots.SOFT, fontsize=9, va="center")
    plots.moving_curve(ax, "chosen", "Averaging", "steps", names=(None, "steps"))
    plots.moving_rings(
        ax,
        "here",
        EYE,
        "this look",
        color=plots.INK,
        markersize=12,
        markerfacecolor="none",
        markeredgewidth=2,
        zorder=7,
    )
    ax.set(yscale="log", xlim=(-0.3, len(LOOKS) - 0.1), ylim=(30, 4e5), ylabel="steps")
    ax.set_xticks(range(len(LOOKS)), [f"{look:g}" for look in LOOKS])
    ax.set_xlabel(plots.brief("look: 0 at the walker, 1 at the average", "look"))
    ax.grid(True, axis="y")


@lru_cache
def at_its_best():
    """The fewest steps for every batch size and look, over the walker's rates and shares: (sizes, looks).

    Under noise a look near the average wants shares down to 1e-6: the walker goes far ahead, and pulls a slow average
    along.
    """
    rates, shares = np.geomspace(0.01, 90, 36), np.geomspace(0.5, 8e-7, 23)
    steps, start, noise = expected_loss(rates, LOOKS[:, None, None], shares[:, None], stride=16, groups=24)
    return np.array([steps_to(steps, start + noise / batch).min(axis=(1, 2)) for batch in BATCHES])


def share_of(name):
    """c by its name: a number, or a function of t."""
    fixed = sum(np.where(name == known, value, 0.0) for known, value in SHARES.items())
    return lambda t: np.where(name == MEAN, 1 / t, fixed)


def compute(look, lr, share, size):
    """One run, and what the looks cost at this batch size."""
    rule = Jolted(lr, look, share_of(share), 1 / np.sqrt(size))
    x = descend(rule, ravine(CURVATURES[1]), START, steps=STEPS).theta
    c = np.stack([rule.c(t) for t in range(1, STEPS + 1)])[:, None]
    z = np.concatenate([x[:1], x[:-1] + (x[1:] - x[:-1]) / c])  # so far a walker must be for its average to move so
    y = (1 - look) * z + look * x
    lines = {name: (path[:, 0], path[:, 1]) for name, path in (("walker", z), ("average", x), ("eye", y))}
    needs, known = _of(BATCHES, size, at_its_best()), np.arange(len(LOOKS))
    place, here = (_of(LOOKS, look, row) for row in (known, needs))
    lines |= {"start": ([START[0]], [START[1]]), "chosen": (known, needs), "here": ([place], [here])}
    words = {
        "this rule": partial(_named, look, lr, share),
        "after 100 steps": partial(_left, x[-1], z[-1]),
        "many directions": partial(_needs, here, *needs),
    }
    return Answer(lines, words)


def _of(known, given, values):
    """The one of the values that stands where `given` stands among the known."""
    found = values[0]
    for one, value in zip(known, values, strict=True):
        found = np.where(given == one, value, found)
    return found


def _named(look, lr, share):
    """What the setting is called."""
    if share == "1":
        return "gradient descent: the average is the newest place, wherever one looks"
    if share == MEAN:
        if look == 0:
            return "gradient descent, and beside it the plain mean of all its places"
        if look == 1:
            return "the plain mean of all places, with the slope measured there"
        return (
            f"Schedule-Free: the plain mean of all places, the slope measured {look:g} of the way from walker to mean"
        )
    c = share_of(share)(1)
    if look == 0:
        return "gradient descent, and beside it a running average of its places"
    if look == 1:
        return f"momentum, γ = 1 − c = {1 - c:g} and η = {number(c * lr)}, c times the walker's"
    if abs(look - (1 - c)) < 1e-9:
        return f"Nesterov, γ = 1 − c = {1 - c:g} and η = {number(c * lr)}, c times the walker's"
    return f"between these: the slope is measured {look:g} of the way from walker to average"


def _left(average, walker):
    """What is left of the loss."""
    with np.errstate(all="ignore"):
        average, walker = (np.sum(CURVATURES * place**2) / 2 for place in (average, walker))
    if not average < 1e3:  # such a run may diverge, or be shaken by noise alone
        return "loss above 1000: this η is too large for this look, this c and this noise"
    return f"loss at the average {number(average)}, at the walker {number(walker)}"


def _needs(here, *needs):
    """The steps of this look, whatever c the run has, and the fewest there are, on the panel's noisy quadratic."""
    fewest = np.min(np.stack(needs))
    best = _of(needs, fewest, LOOKS)
    if not here < np.inf:
        return f"not in 131072 steps with this look; fewest, {fewest:.0f}, with look {best:g}"
    return f"{here:.0f} steps with this look at its best c; fewest, {fewest:.0f}, with look {best:g}"

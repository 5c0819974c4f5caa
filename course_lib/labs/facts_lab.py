"""Eight facts learned by a matrix, turned: who notices that its rows and columns, or its coordinates, are others."""

from functools import lru_cache, partial
from itertools import islice
from typing import NamedTuple

import numpy as np

from .. import plots
from ..descent import iterates
from ..live import Answer, LiveFigure, choice, slider, stops
from ..optimizers import Adam, GradientDescent, Momentum, Muon, Signum
from ..optimizers.base import memories
from ..runs import for_good
from .grids import at
from .turned_rows import compared, draw_rows, lines_of
from .words import tell

N = 8
RULES = {rule.__name__: rule for rule in (GradientDescent, Momentum, Adam, Signum, Muon)}
ROWS_AND_COLUMNS, ALL = KINDS = ("rows and columns", "all 64 coordinates")
ANGLES = np.linspace(0, 90, 19)
OFTEN = 1 / np.arange(1, N + 1) ** 2  # how often fact k is met: 64 times more often the first than the last
ANSWERS = np.zeros((N, N))  # at 0 degrees: fact k asks for column k, which has one entry
ANSWERS[[4, 1, 6, 3, 0, 7, 2, 5], range(N)] = [1.2, -0.5, 0.9, -0.7, 0.6, -1.1, 0.8, -1.0]
PAIRS = {  # what is turned together, two and two
    ROWS_AND_COLUMNS: np.array([0, 7, 1, 6, 2, 5, 3, 4]),
    ALL: np.random.default_rng(3).permutation(N * N),
}
MEMORIES, SHRINKS = np.array([0.5, 0.7, 0.9]), np.array([1, 0.9, 0.8])  # and eta is multiplied after every step
RATES, BUDGET = (0.03, 3.0), 180  # settings a method
COUNTED, DRAWN = 160, 24
TOLERANCE, LATE = 0.01, 220
STEPS = (5, 300)
TALL = 0.4  # of a bar for an entry of 1, where a cell is 1


class Tuned(NamedTuple):
    """A rule and the settings that settle soonest at 0 degrees."""

    rule: type
    lr: float
    memory: float
    shrink: float

    def at(self, t):
        return _rule(self.rule, self.lr * self.shrink ** (t - 1), self.memory)


def _rule(rule, lr, memory):
    shapes = {"shapes": ((N, N),)} if rule is Muon else {}
    return rule(lr, **dict.fromkeys(memories(rule)[:1], memory), **shapes)


# -- the problem


def turns(kind, angles):
    """The 64 x 64 matrices that turn the entries of W, in rows, by each angle: (angles, 64, 64)."""
    cos, sin = np.cos(np.radians(angles)), np.sin(np.radians(angles))
    cos = np.where(np.equal(angles, 90), 0, cos)  # not nearly
    order = PAIRS[kind]
    first, second = order[::2], order[1::2]
    turned = np.zeros((len(angles), len(order), len(order)))
    turned[:, first, first] = turned[:, second, second] = cos[:, None]
    turned[:, first, second], turned[:, second, first] = -sin[:, None], sin[:, None]
    return np.einsum("nij,nkl->nikjl", turned, turned).reshape(-1, N * N, N * N) if kind != ALL else turned


def errors(W):
    """How far the worst of the eight facts is off. W: (64, *grid), turned back to 0 degrees."""
    off = (W.T - ANSWERS.ravel()).T.reshape(N, N, *W.shape[1:])
    return np.sqrt((off**2).sum(axis=0)).max(axis=0)


def learn(rule_at, turn, steps):
    """(W, error): entries (steps + 1, 64, n) and the worst error (steps + 1, n) of runs from W = 0, one a turn."""
    curved = turn @ (np.tile(OFTEN, N)[:, None] * turn.swapaxes(1, 2))
    target = turn @ ANSWERS.ravel()
    gradient = partial(_slope, curved, target)
    with np.errstate(all="ignore"):
        W = np.array(list(islice(iterates(rule_at, gradient, np.zeros(target.T.shape)), steps + 1)))
        return W, np.array([errors(np.einsum("nij,in->jn", turn, one)) for one in W])


def _slope(curved, target, W):
    return (curved @ (W.T - target)[..., None])[..., 0].T


@lru_cache
def tuned(name, kind=ROWS_AND_COLUMNS, angle=0.0):
    """The rule at the settings, of BUDGET, with which all facts are within TOLERANCE soonest, for good."""
    rule = RULES[name]
    memory = MEMORIES if memories(rule) else np.zeros(1)
    rates = np.geomspace(*RATES, BUDGET // (len(memory) * len(SHRINKS)))
    lr, memory, shrink = (part.ravel() for part in np.meshgrid(rates, memory, SHRINKS, indexing="ij"))
    turn = turns(kind, [angle]).repeat(len(lr), 0)
    _, error = learn(lambda t: _rule(rule, lr * shrink ** (t - 1), memory), turn, COUNTED)
    best = for_good(error < TOLERANCE).argmin()
    return Tuned(rule, float(lr[best]), float(memory[best]), float(shrink[best]))


@lru_cache
def raced(name, kind):
    """The rule tuned at 0 degrees at every one of ANGLES: entries as drawn, worst error, and where it settles."""
    W, error = learn(tuned(name).at, turns(kind, ANGLES), COUNTED)
    return W[: DRAWN + 1], error, for_good(error < TOLERANCE)


# -- the figure


def facts():
    """A matrix learns eight facts, turned from 0 to 90 degrees: the angle and the rule in the page, what is turned."""
    fig, axes = plots.mosaic(
        [["table", "error"], ["table", "rows"]],
        {
            "table": "The matrix, and what it should be",
            "error": "The worst of the eight facts, and pale at 0°",
            "rows": f"Steps until all stay within {TOLERANCE:g}, tuned at 0°",
        },
        slide={"layout": [["table", "rows"]]},
    )
    table, error, rows = axes["table"], axes["error"], axes["rows"]
    if plots.on_slides():
        plots.place(fig, (table, 0.35, 3.44, 3.44), (rows, 6.4, 4.3, 3.44))
    else:
        plots.place(fig, (table, 0.35, 3.44, 3.44), (rows, 5.4, 5.3, 1.55))
        plots.place(fig, (error, 5.4, 5.3, 1.25), bottom=2.75)
    _draw_cells(table)
    plots.moving_bars(table, "wanted", plots.INK, width=2, zorder=6)
    plots.moving_shadow(error, "error at 0°", "at 0°")
    for name, rule in RULES.items():
        plots.moving_bars(table, f"entries.{name}", plots.look_of(rule).color, width=11, frame=True)
        plots.moving_curve(error, f"error.{name}", rule, run=True)
    limits = {"xlim": (0, DRAWN), "ylim": (1e-3, 20), "yticks": [0.01, 0.1, 1, 10]}
    plots.draw_axes(error, level=TOLERANCE, plain=True, grid=True, yscale="log", ylabel="error", **limits)
    more = plots.brief("  ·  pale bar: all angles", "")
    ticks = {10: "10", 30: "30", 100: "100", LATE: plots.brief(f"not in {COUNTED}", f">{COUNTED}")}
    draw_rows(rows, RULES, STEPS, ticks, COUNTED, more, thick=17, ball=9, ring=12, over=8)
    return LiveFigure(
        fig,
        compute,
        page={
            "angle": slider("turned by (degrees)", 0, 90, steps=len(ANGLES), value=20, format=".0f"),
            "rule": stops("look at", [(plots.look_of(rule).label, name) for name, rule in RULES.items()], value="Muon"),
        },
        kernel={"turned": choice("turned are", KINDS)},
        carried=("turned",),
        scenes={f"{angle}°": {"angle": angle} for angle in (0, 20, 45, 90)},
        alt="Left, a matrix of eight by eight entries, each a bar up or down from its line, with a tick where it "
        "should end. Right, the error of the fact that is known worst, step by step, and for every rule the steps it "
        "needs: a ring at 0 degrees, a mark at this angle, a pale bar over all angles.",
    )


def _draw_cells(ax):
    """A line for each entry's zero; the rows and columns have no numbers, since all are turned."""
    across = (np.arange(N)[:, None] + [-0.36, 0.36, np.nan]).ravel()
    ax.plot(np.tile(across, N), np.repeat(range(N), len(across)), color=plots.PALE, linewidth=0.9, zorder=1)
    ax.set(xlim=(-0.6, N - 0.4), ylim=(N - 0.4, -0.6), xticks=[], yticks=[], facecolor=plots.EARTH)
    ax.spines[:].set_visible(False)
    ax.set_xlabel(plots.brief("bar: the entry  ·  tick: what it should be", "bar: the entry"))


# -- the answer


def compute(angle, rule, *, turned=ROWS_AND_COLUMNS):
    """The matrix of one rule step by step, and the steps of all, for every angle (n, 1) of ANGLES and rule (1, m)."""
    which = at(ANGLES, angle)
    grid = np.broadcast_shapes(angle.shape, rule.shape)
    wanted = (turns(turned, ANGLES) @ ANSWERS.ravel())[which[:, 0]]
    down, across = np.divmod(np.arange(N * N), N)
    half = np.array([-0.3, 0.3, np.nan])
    ticks = np.repeat(down[:, None] - TALL * wanted.T, 3, axis=0)
    lines = {"wanted": ((across[:, None] + half).ravel(), ticks[..., None])}
    level = np.empty((DRAWN + 1, 1, rule.size))
    steps = np.tile(np.repeat(across, 3), DRAWN + 1)
    for name in RULES:
        W, error, _ = raced(name, turned)
        mine = np.broadcast_to(rule.ravel() == name, grid)
        shown = np.where(mine, error[: DRAWN + 1, which[:, 0]][..., None], np.nan)
        foot = np.broadcast_to(down, W.shape[:2])[..., None]
        bars = np.stack([foot + 0 * W, foot - TALL * W, foot + np.nan * W], axis=2)[..., which[:, 0]]
        bars = bars.reshape(-1, len(which))[..., None]
        lines[f"entries.{name}"] = (steps, np.where(mine, bars, np.nan))
        lines[f"error.{name}"] = (np.arange(DRAWN + 1), shown)
        level[..., rule.ravel() == name] = error[: DRAWN + 1, :1, None]
    lines["error at 0°"] = (np.arange(DRAWN + 1), level)
    settled = {name: raced(name, turned)[2] for name in RULES}
    same, other = compared({plots.look_of(RULES[name]).label: settled[name] for name in RULES}, which, COUNTED, "rule")
    words = {"the run": tell(partial(_told, turned=turned), rule, which), "as at 0°": same, "not as at 0°": other}
    return Answer(lines | lines_of(settled, which, rule, STEPS, LATE), words)


def _told(name, turn, turned):
    _, error, settled = raced(name, turned)
    best = tuned(name)
    memory = f", memory {best.memory:g}" if memories(best.rule) else ""
    falls = f", and η times {best.shrink:g} after every step" if best.shrink < 1 else ""
    end = f"settles at step {settled[turn]:.0f}"
    if np.isinf(settled[turn]):
        end = f"has not settled after {COUNTED} steps, the worst fact off by {error[-1, turn]:.2g}"
    return f"{plots.look_of(best.rule).label} {end}; tuned at 0° to η = {best.lr:.2g}{memory}{falls}"

"""A map of starts, each marked by the minimum it reaches: how often does momentum roll past a trap?"""

from functools import lru_cache, partial
from itertools import islice
from typing import NamedTuple

import numpy as np

from .. import plots
from ..descent import descend, iterates
from ..live import Answer, LiveFigure, choice, slider
from ..optimizers import Adam, GradientDescent, Momentum, Nesterov, RMSprop
from ..surfaces import SURFACES
from .grids import at
from .rules import built, memory_of
from .words import point

STEPS = 300
LATE, NEAR = 10, 0.3  # at rest: the last ten points lie this close to one minimum
ACROSS, UP = 40, 25  # starts
MEMORIES = np.linspace(0, 0.95, 20)
RATES = np.logspace(-2.5, -0.5, 9)
MOVING, DIVERGED = -1, -2  # the ends of runs that reach no minimum
GROUNDS = {key: surface for key, surface in SURFACES.items() if surface.dim == 2 and len(surface.minima) > 1}
RULES = {rule.__name__: rule for rule in (GradientDescent, Momentum, Nesterov, RMSprop, Adam)}
MARKS = {f"deep{k}": look for k, look in enumerate(plots.DEEP)} | {
    f"trap{k}": look for k, look in enumerate(plots.TRAPS)
}


def basins():
    """Every start of a grid on a surface with several minima, marked by the one it reaches; the memory in the page."""
    fig, above, share = plots.figure("", "How many starts reach the lowest")
    plots.place(fig, (above, 0.8, 5.45, 3.44), (share, 7.2, 3.55, 3.44))
    for gid, look in MARKS.items():
        plots.moving_marks(above, gid, look)
    plots.moving_marks(above, "moving", ".", size=3)
    plots.moving_marks(above, "diverged", "x", size=5)
    for name, rule in RULES.items():
        plots.moving_path(above, f"path.{name}", rule)
    plots.moving_start(above)
    for name, rule in RULES.items():
        plots.moving_curve(share, f"share.{name}", rule)
        plots.moving_ball(share, f"here.{name}", rule, size=11)
    _draw_shares(share)
    key = "★ lowest   ☆ trap   · still moves   × diverges"
    above.text(1, -0.125, key, transform=above.transAxes, ha="right", va="center", fontsize=10, color=plots.SOFT)
    standing = []

    def background(_, surface, rule):
        ground = GROUNDS[surface]
        plots.take_away(standing)
        standing[:] = _, _, *stars = plots.draw_landscape(above, ground)
        for star in stars:
            star.set(zorder=9, markersize=19, markeredgewidth=1.4)  # over the marks
        above.set_xlabel(above.get_xlabel(), loc="left")  # right of it stands the key
        above.set_title(f"Where each start ends, by {plots.look_of(rule).label}")

    surface, rule = "three_hump_camel", "Momentum"
    background(fig, surface, rule)
    start = GROUNDS[surface].start
    return LiveFigure(
        fig,
        compute,
        page={"memory": slider("memory γ, β₁", 0, MEMORIES[-1], steps=len(MEMORIES), value=0.9, format=".2f")},
        follows={"surface": lambda surface: {"start": GROUNDS[surface].start}},
        kernel={
            "surface": choice("surface", [(ground.name, key) for key, ground in GROUNDS.items()], value=surface),
            "rule": choice("optimizer", [(plots.look_of(name).label, name) for name in RULES], value=rule),
            "lr": slider("learning rate η", RATES[0], RATES[-1], steps=len(RATES), value=0.01, log=True, format=".2g"),
        },
        carried=("surface", "rule"),
        runs=paths,
        run={
            "start": (
                slider("start θ₁", -5, 5, steps=201, value=start[0], format=".2f"),
                slider("start θ₂", -5, 5, steps=201, value=start[1], format=".2f"),
            ),
        },
        pointer={above: "start"},
        background=background,
        ground=(above, lambda: standing[:2], plots.land_colors(), lambda surface: GROUNDS[surface]),
        scenes={
            "no memory": {"memory": 0},
            "memory 0.5": {"memory": 0.5},
            "memory 0.9": {"memory": 0.9},
            "high walls": {"surface": "styblinski_tang", "rule": "Momentum", "lr": 0.01, "memory": 0.9},
            "too long a step": {"surface": "six_hump_camel", "rule": "Momentum", "lr": 0.1, "memory": 0.9},
        },
        alt="The three-hump camel from above, covered with marks, one for each start: dark squares where momentum "
        "reaches the lowest minimum in the middle, bright marks where it is caught in a trap. Beside it the share of "
        "starts that reach the lowest minimum: it grows with gamma, and stays far below all of them.",
    )


# -- the ground


class Minimum(NamedTuple):
    """A minimum of a surface: where, how its starts are marked, the line of these marks, and whether it is a lowest."""

    place: tuple
    look: plots.Look
    gid: str
    lowest: bool


@lru_cache
def minima_of(surface):
    """The minima of a surface, the lowest ones first."""
    ground = GROUNDS[surface]
    heights = [float(ground.value(np.array(place, float))) for place in ground.minima]
    found = []
    for kind, lowest in (("deep", True), ("trap", False)):
        places = [p for p, h in zip(ground.minima, heights, strict=True) if np.isclose(h, ground.lowest) == lowest]
        found += [Minimum(place, MARKS[f"{kind}{k}"], f"{kind}{k}", lowest) for k, place in enumerate(places)]
    return tuple(found)


def starts_of(surface):
    """The grid of starts, (2, ACROSS * UP): the middles of equal cells that fill the view."""
    sides = zip(GROUNDS[surface].view, (ACROSS, UP), strict=True)
    x, y = (low + (np.arange(count) + 0.5) * (high - low) / count for (low, high), count in sides)
    return np.array(np.meshgrid(x, y)).reshape(2, -1)


# -- the runs


def rest_of(late, surface):
    """Where runs come to rest: number of the minimum, MOVING or DIVERGED. late: their last points, (LATE, 2, ...)."""
    places = np.array([minimum.place for minimum in minima_of(surface)], float)
    with np.errstate(all="ignore"):
        away = late[:, None] - places.reshape(1, *places.shape, *(1,) * (late.ndim - 2))
        close = (np.hypot(away[:, :, 0], away[:, :, 1]) < NEAR).all(axis=0)
        lost = ~(np.abs(late) < 1e3).all(axis=(0, 1))
    return np.where(close.any(axis=0), close.argmax(axis=0), np.where(lost, DIVERGED, MOVING))


@lru_cache(maxsize=128)
def ends(surface, rule, lr):
    """Where every start ends for every one of MEMORIES: (20, starts), or (1, starts) for a rule without a memory."""
    memory = MEMORIES[:, None] if memory_of(RULES[rule]) else np.zeros((1, 1))
    starts = starts_of(surface)
    everywhere = np.broadcast_to(starts[:, None], (2, len(memory), starts.shape[1]))
    run = iterates(built(RULES[rule], lr, memory), GROUNDS[surface].gradient, everywhere)
    return rest_of(np.array(list(islice(run, STEPS + 1 - LATE, STEPS + 1))), surface)


def home(surface, rule, lr):
    """Whether every start reaches a lowest minimum, shape as `ends`."""
    reached = ends(surface, rule, lr)
    return (reached >= 0) & (reached < sum(minimum.lowest for minimum in minima_of(surface)))


def compute(memory, *, surface, rule, lr):
    """For every memory (n,) of MEMORIES: the map, and how many reach the lowest minimum."""
    here = at(MEMORIES, memory)
    reached = _rows(ends(surface, rule, lr), here)
    x, y = starts_of(surface)
    kinds = {minimum.gid: k for k, minimum in enumerate(minima_of(surface))}
    kinds |= {"moving": MOVING, "diverged": DIVERGED}
    lines = {gid: (x, np.where(reached == kind, y, np.nan).T) for gid, kind in kinds.items()}
    for name in RULES:
        lines[f"share.{name}"] = (MEMORIES, np.broadcast_to(home(surface, name, lr).mean(axis=1), MEMORIES.shape))
    lines[f"here.{rule}"] = (MEMORIES[here][None], _rows(lines[f"share.{rule}"][1], here)[None])
    return Answer(lines, _counted(here, surface, rule, lr))


def paths(memory, lr, surface, rule, start):
    """The paths from `start` of the rule and of gradient descent, and where they end."""
    lines, words = {"start": ([start[0]], [start[1]])}, {}
    for name in dict.fromkeys(("GradientDescent", rule)):
        path = descend(built(RULES[name], lr, memory), GROUNDS[surface], start, steps=STEPS)
        lines[f"path.{name}"] = path.theta[:, 0], path.theta[:, 1]
        words[f"path.{name}"] = partial(told, path, surface)
    return Answer(lines, words)


def _rows(table, here):
    """Rows of a table over the memories; of one row, that for all."""
    return table[here] if len(table) > 1 else table


# -- words


def told(path, surface):
    """In words: where a run ended."""
    minima, height, late = minima_of(surface), GROUNDS[surface].value, path.theta[-LATE:]
    article = "the" if sum(minimum.lowest for minimum in minima) == 1 else "a"
    for place, _, _, lowest in minima:
        if not (np.hypot(late[:, 0] - place[0], late[:, 1] - place[1]) < NEAR).all():
            continue
        above = height(np.array(place, float)) - GROUNDS[surface].lowest
        trap = f"a trap, {point(place)}, {above:.2g} above the lowest"
        where = f"{article} lowest minimum, {point(place)}" if lowest else trap
        return f"comes to rest in {where}, after {path.settled():.0f} steps"
    return f"is still moving after {STEPS} steps" if (np.abs(late) < 1e3).all() else "diverges"


def _counted(here, surface, rule, lr):
    """How many starts of the map reach the lowest minimum, with this optimizer and with the others."""
    reached, arrived = _rows(ends(surface, rule, lr), here), _rows(home(surface, rule, lr), here)
    words = {"starts": _each(partial(_shares_told, surface), reached)}
    if rule != "GradientDescent":
        words["won and lost"] = _each(partial(_change_told, home(surface, "GradientDescent", lr)[0]), arrived)
    others = {plots.look_of(name).label: _rows(home(surface, name, lr), here).mean(axis=1) for name in RULES}
    del others[plots.look_of(rule).label]
    rows = np.broadcast_arrays(*others.values(), np.zeros(len(here)))[:-1]
    words["the others"] = _each(lambda row: _listed_shares(others, row), np.transpose(rows))
    return words


def _each(tell, rows):
    return np.array([tell(row) for row in rows])


def _shares_told(surface, reached):
    count = sum(minimum.lowest for minimum in minima_of(surface))
    where = "the lowest minimum" if count == 1 else f"one of the {count} lowest minima"
    kinds = {
        f"of {reached.size} reach {where}": (reached >= 0) & (reached < count),
        "a trap": reached >= count,
        f"still move after {STEPS} steps": reached == MOVING,
        "diverge": reached == DIVERGED,
    }
    shares = [f"{kind.mean():.1%} {name}" for k, (name, kind) in enumerate(kinds.items()) if k == 0 or kind.any()]
    return ", ".join(shares)


def _change_told(plain, arrived):
    return (
        f"of the {(~plain).sum()} starts that gradient descent does not bring there it brings "
        f"{(arrived & ~plain).sum()}, of the other {plain.sum()} it loses {(plain & ~arrived).sum()}"
    )


def _listed_shares(names, shares):
    shares = ", ".join(f"{name} {share:.1%}" for name, share in zip(names, shares, strict=True))
    return f"{shares}; at the same η and memory"


def _draw_shares(ax):
    ticks = np.linspace(0, 1, 6)
    ax.set(xlim=(-0.02, 0.97), ylim=(0, 1.4), xlabel="memory  γ, β₁", ylabel="share of starts")
    ax.set_yticks(ticks, [f"{tick:.0%}" for tick in ticks])
    ax.grid(True)
    curves = [line for line in ax.lines if line.get_gid().startswith("share.")]
    ax.legend(handles=curves, loc="upper left", fontsize=9, handlelength=3.2, ncols=2)

"""Three published races, as they were shipped and with the same chance for all: several starts, bands, one budget."""

from functools import cache, partial

import numpy as np

from .. import plots
from ..live import Answer, LiveFigure, choice, slider, stops
from ..training import progress_bar
from .grids import at
from .published_races import JUDGED_ON, RACES, RATES, TUNED_ON
from .words import tell

PUBLISHED, SAME, TUNED = JUDGED = ("shipped", "same η", "tuned")
NAMES = tuple(dict.fromkeys(c.name for race in RACES.values() for c in race.competitors))
BAR = 16  # points: as wide as the records are apart
LEAST = 1e-6  # losses below are not told apart


def fair_race():
    """How it is judged, and the learning rate where it is the same for all, in the page; the race by the kernel."""
    fig, course, search = plots.figure("", "What each makes of a learning rate", widths=(1.15, 1), height=4.8)
    for name in NAMES:
        pale = {"alpha": 0.16, "zorder": 3, "names": (None, None)}
        plots.moving_bars(course, f"band of {name}", plots.look_of(name).color, width=BAR, **pale)
        plots.moving_curve(course, name, name, run=True)
        plots.moving_ball(search, f"here.{name}", name, size=11, names=(None, None))
    still = []

    def background(_, race):
        plots.take_away(still)
        still[:] = draw_search(search, RACES[race])
        _scale(course, search, RACES[race])

    first = next(iter(RACES))
    progress, runners = progress_bar("running the races"), RACES[first].competitors
    for done, competitor in enumerate(runners, start=1):
        result_of(RACES[first], competitor)
        progress(done, len(runners))
    background(fig, first)
    return LiveFigure(
        fig,
        compute,
        page={
            "judged": stops("judged", JUDGED),
            "lr": slider("the same η", RATES[0], RATES[-1], steps=len(RATES), value=0.1, log=True, format=".2g"),
        },
        kernel={"race": choice("race", [(r.name, key) for key, r in RACES.items()])},
        carried=("race",),
        scenes={
            "as it was shipped": {"judged": PUBLISHED},
            "the same learning rate for all": {"judged": SAME},
            "each tuned": {"judged": TUNED},
        },
        background=background,
        step_label="record",
        alt="Left, the losses of several optimizers over a training, each with the band of its starts. Right, the loss "
        "in the end against the learning rate, a valley for each optimizer; markers show which learning rate is used.",
    )


def draw_search(ax, race):
    """The final losses on the starts used for tuning, for all learning rates: median and band for each optimizer."""
    drawn = []
    for competitor in race.competitors:
        result, look = result_of(race, competitor), plots.look_of(competitor.name)
        low, middle, high = spread(result.final[:, :TUNED_ON])
        drawn.append(plots.draw_band(ax, RATES, low, np.minimum(high, 1e9), look))
        drawn += plots.draw_curve(ax, RATES, middle, look, at=None)
    drawn.append(ax.legend(handles=[a for a in drawn if a.get_label()[:1] not in ("_", "")], fontsize=9, ncols=2))
    return drawn


def _scale(course, search, race):
    shared = {"yscale": "log", "ylim": (race.lowest, race.highest), "grid": True, "plain": True}
    title = race.name.capitalize()
    plots.draw_axes(course, xlim=(0, race.length), xlabel=race.unit, ylabel="loss", title=title, **shared)
    ends = RATES[0] / 1.3, RATES[-1] * 1.3
    plots.draw_axes(search, xscale="log", xlim=ends, xlabel="learning rate η", **shared)
    search.legend_.set_loc("lower left")


# -- the races, each run once


class Result:
    """What one optimizer did in a race: on the whole grid, and as its authors ran it.

    at: times (records,); loss: (records, rates, starts); shipped: (records, starts); final: (rates, starts).
    """

    def __init__(self, race, competitor):
        self.at, self.loss = race.run(competitor.make(RATES[:, None]), len(RATES))
        _, shipped = race.run(competitor.shipped, 1)
        self.shipped = shipped[:, 0]
        if competitor.steps:
            self.shipped = np.where((self.at <= competitor.steps)[:, None], self.shipped, np.nan)
        self.final = np.nan_to_num(self.loss[-1], nan=np.inf)

    @property
    def best(self):
        """Number of the learning rate whose median final loss, over the starts for tuning, is lowest."""
        return int(spread(self.final[:, :TUNED_ON])[1].argmin())


result_of = cache(Result)


def results(key):
    """All Results of a race, by name."""
    return {competitor.name: result_of(RACES[key], competitor) for competitor in RACES[key].competitors}


def spread(losses):
    """Lowest, median and highest over the starts, the last axis; what is no number counts as infinite."""
    losses = np.nan_to_num(losses, nan=np.inf)
    with np.errstate(over="ignore"):  # the median of two may be their sum, halved
        return losses.min(axis=-1), np.median(losses, axis=-1), losses.max(axis=-1)


# -- what the page shows


def compute(judged, lr, *, race="handson"):
    """Median and band of every competitor, for every way of judging (n, 1) and lr (1, m) among RATES."""
    contest, found = RACES[race], results(race)
    lines, words, ends = {}, {}, {}
    for competitor in contest.competitors:
        name = competitor.name
        used, losses = chosen(found[name], judged, lr)
        lines |= _drawn(contest, name, found[name].at, used, losses)
        ends[name] = spread(losses[-1] if competitor.steps is None else _last(losses))
        words[name] = tell(partial(_told, competitor=competitor), used, *ends[name])
    words["verdict"] = verdict(ends, judged, contest)
    return Answer(lines, words)


def chosen(result, judged, lr):
    """The learning rate shown, (n, m), nan where the authors' own is, and the losses there, (records, n, m, starts).

    A setting that was tuned, or is the same for all, is judged on starts that were not used for tuning.
    """
    shape = len(judged), lr.shape[1]
    same = at(RATES, lr[0])
    used = np.full(shape, np.nan)
    losses = np.empty((len(result.at), *shape, JUDGED_ON))
    for row, way in enumerate(judged[:, 0]):
        if way == PUBLISHED:
            losses[:, row] = result.shipped[:, None, TUNED_ON:]
            continue
        which = np.full(shape[1], result.best) if way == TUNED else same
        used[row] = RATES[which]
        losses[:, row] = result.loss[:, which, TUNED_ON:]
    return used, losses


def _drawn(race, name, at, used, losses):
    low, middle, high = spread(losses)
    cut = [np.where(np.isfinite(side) & (side < 1e12), side, np.nan) for side in (low, middle, high)]
    bars = plots.bar_line(at, cut[2], base=np.maximum(cut[0], race.lowest / 10))
    return {
        name: (at, np.maximum(cut[1], race.lowest / 10)),
        f"band of {name}": bars,
        f"here.{name}": (used[None], np.where(np.isfinite(used), cut[1][-1], np.nan)[None]),
    }


def _last(losses):
    """The losses at the last record of each run, where some ended before others."""
    filled = np.isfinite(losses).cumsum(axis=0).argmax(axis=0)
    return np.take_along_axis(losses, filled[None], axis=0)[0]


def _told(used, low, middle, high, competitor):
    setting = ", ".join(filter(None, (f"η = {used:.2g}", competitor.told)))
    if np.isnan(used):
        setting = repr(competitor.shipped)
    if not np.isfinite(middle):
        return f"diverges; {setting}"
    return f"loss {_short(middle)}, from {_short(low)} to {_short(high)} over {JUDGED_ON} starts; {setting}"


def _short(loss):
    return f"{loss:.2g}" if loss >= LEAST else "below 10⁻⁶"


def verdict(ends, judged, race):
    """Who is ahead, and who cannot be told apart from the best; ends: name -> (lowest, median, highest)."""
    labels = [plots.look_of(name).label for name in ends]
    how = {
        PUBLISHED: f"As published ({race.flaw})",
        SAME: "The same learning rate for all",
        TUNED: f"Each with its best of {len(RATES)} learning rates, found on {TUNED_ON} other starts",
    }

    def told(way, *sides):
        low, middle, high = np.reshape(sides, (3, len(labels)))
        if not np.isfinite(middle).any():
            return "all diverge"
        best = int(middle.argmin())
        near = [label for k, label in enumerate(labels) if k != best and low[k] <= high[best] + LEAST]
        beside = f"but its band meets that of {', '.join(near)}" if near else "clear of all others"
        return f"{how[way]}: {labels[best]} ends lowest, {beside}."

    return tell(told, judged, *(end[side] for side in range(3) for end in ends.values()))

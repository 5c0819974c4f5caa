"""Inside one update: what the slope asks for, what the memory asks for, and the step that comes of it."""

from dataclasses import replace
from functools import partial

import numpy as np

from .. import plots
from ..arguments import known
from ..descent import descend
from ..live import Answer, LiveFigure, choice, slider, stops, whole
from ..optimizers import Momentum, Nesterov
from ..surfaces import ravine
from .grids import start_of
from .words import point

UPDATES = 16
GROW = 15  # moments an arrow takes to grow while the update is played
HERE, AHEAD = "here", "ahead"  # where the slope is measured: at the ball, or where momentum takes it
RULES = {HERE: Momentum, AHEAD: Nesterov}
ALT = {HERE: " from the same place", AHEAD: " from where the momentum arrow ends"}
GUIDES = ("one side", "other side")
ABOVE = "above "  # before the names of the lines that are drawn true to scale
VIEW = ((-4.9, 2.0), (-1.9, 1.9))
START = (-4.0, 1.6)


GROUNDS = {
    name: replace(ravine(kappa), name=name, view=VIEW, start=START)
    for name, kappa in (("a ravine", 8), ("a gentle bowl", 1.5))
}


def step(look=HERE):
    """One update from above: momentum, gradient, their sum; which update, where the slope is measured, on what.

    Play lets the arrows grow one after the other. The faint arrow is the slope of the other rule at the same place.
    look: where the slope is measured to begin with, "here" or "ahead"; ValueError for another word.
    """
    known("look", look, RULES)
    titles = (plots.brief(title, "") for title in ("One update, seen from above", "The same update, enlarged"))
    fig, above, near = plots.figure(*titles, widths=(1.65, 1), on_slide=3.2)
    landscape = list(plots.draw_landscape(above, GROUNDS["a ravine"]))
    plots.place(fig, (above, 0.75, 6.25, 3.44), (near, 7.45, 3.4, 3.44))  # one unit is as long across as along
    plots.moving_line(above, "path", color=plots.SOFT, linewidth=1.2, marker="o", markersize=4, zorder=5)
    plots.moving_start(above)
    near.set(xlim=(-1.5, 1.5), ylim=(-1.835, 1.2), xticks=[], yticks=[])
    near.set_facecolor(plots.EARTH)
    near.spines[:].set_visible(False)
    for ax, prefix in ((above, ABOVE), (near, "")):
        for name, color, label, dashes, width in (
            ("step", plots.INK, "the step", "-", 4.4),  # below and wide: seen even where all three are in line
            ("momentum", plots.LOOKS["Momentum"].color, "momentum arrow", "-", 2.4),
            ("gradient", plots.LOOKS["GradientDescent"].color, "gradient arrow", (0, (1, 0.7)), 2.6),
        ):
            plots.moving_arrow(ax, prefix + name, color, label, dashes, width)
        for name in GUIDES:
            dashes = {"color": plots.INK, "alpha": 0.55, "linestyle": (0, (3, 2)), "zorder": 5.5}
            told = {"names": (None, None)} if ax is above else {}
            plots.moving_guide(ax, prefix + name, run=True, **dashes, **told)
            plots.moving_end(ax, prefix + name)
        plots.moving_ball(ax, f"{prefix}ball", plots.OWN, size=9, marker="o", label="_")
        told = "slope measured" if ax is near else "_"
        plots.moving_ball(ax, f"{prefix}look", plots.OWN, 7, told, marker="D", color="white", markeredgecolor=plots.INK)
    # Over the step: after the first update, when both rules are in the same place, it points the same way.
    other = {"color": plots.PALE, "linewidth": 1.6, "zorder": 6.5, "label": "other rule's slope"}
    plots.moving_line(near, "other", arrow=True, **other)
    order = ("momentum", "gradient", "step", "look", "other")
    named = {line.get_gid(): line for line in near.lines}
    near.legend(handles=[named[gid] for gid in order], loc="lower center", ncols=2, fontsize=9, columnspacing=1)

    def background(_, ground):
        plots.take_away(landscape)
        landscape[:] = plots.draw_landscape(above, GROUNDS[ground])

    return LiveFigure(
        fig,
        compute,
        run={
            "update": whole("update", 1, UPDATES, value=2),
            "look": stops("slope measured …", list(RULES), value=look),
            "gamma": slider("momentum γ", 0, 0.98, steps=50, value=0.8, format=".2f"),
            "lr": slider("learning rate η", 0.01, 0.3, steps=30, value=0.12, format=".2f"),
            "ground": choice("ground", list(GROUNDS)),
            "start": start_of(START, (-4.8, 1.8), (-1.8, 1.8), step=0.1),
        },
        pointer={above: "start"},
        background=background,
        ground=(above, lambda: landscape[:2], plots.land_colors(), lambda ground: GROUNDS[ground]),
        scenes={
            "no memory yet": {"update": 1, "look": HERE},
            "slope here": {"update": 2, "look": HERE},
            "look ahead": {"update": 2, "look": AHEAD},
        },
        step_label="moment of the update",
        seconds=3,
        alt="A ravine from above with one update drawn as three arrows: the momentum arrow points on along the last "
        f"step, the gradient arrow downhill{ALT[look]}, and the step is their sum. Beside it the same, enlarged.",
    )


def compute(update, look, gamma=0.8, lr=0.12, ground="a ravine", start=START):
    """The arrows of one update of a run, the slope measured HERE or AHEAD, and beside them what the other would do."""
    surface, number = GROUNDS[ground], update - 1
    path = descend(RULES[look](lr, gamma), surface, start, steps=UPDATES)
    theta = path.theta[:UPDATES]
    here, before = _at(theta, number), _at(np.concatenate([theta[:1], theta[:-1]]), number)
    momentum = gamma * (here - before)
    carried = here + momentum
    base, elsewhere = (carried, here) if look == AHEAD else (here, carried)
    gradient, other = (-lr * surface.gradient(place) for place in (base, elsewhere))
    pushed, landed = here + gradient, carried + gradient
    shapes = {
        "momentum": _grown(here, carried, 0),
        "gradient": _grown(base, base + gradient, 1),
        "step": _grown(here, landed, 2),
        "one side": _grown(carried, carried if look == AHEAD else landed, 2),
        "other side": _grown(pushed, pushed if look == AHEAD else landed, 2),
        "other": np.stack([elsewhere, elsewhere + other], axis=1),
        "ball": here[:, None],
        "look": base[:, None],
    }
    lines = {ABOVE + name: tuple(points) for name, points in shapes.items() if name != "other"}
    lines["path"] = tuple(np.where(np.arange(UPDATES) <= number, theta.T, np.nan))
    lines["start"] = ([start[0]], [start[1]])
    middle, half = _frame(here, carried, landed, base + gradient, elsewhere + other)
    lines |= {name: tuple((points - middle[:, None]) / half) for name, points in shapes.items()}
    words = {
        "momentum": partial(_carried, update, momentum, here - before, gamma),
        "gradient": partial(_pushed, update, look, gradient, other, gamma, lr),
        "step": lambda: f"{point(momentum + gradient)}, their sum: the ball lands on {point(landed)}",
    }
    return Answer(lines, words)


def _at(series, number):
    """Point `number` of a series of points, which is none of the numbers that Python counts with."""
    return np.where((np.arange(len(series)) == number)[:, None], series, 0.0).sum(axis=0)


def _grown(tail, tip, act):
    """An arrow that waits, grows in its act and stays: (2, 3 GROW + 1), nan once it is complete."""
    moment = np.arange(3 * GROW + 1)
    share = np.clip((moment - act * GROW) / GROW, 0, 1)
    share[moment > (act + 1) * GROW] = np.nan
    return tail[:, None] + share * (tip - tail)[:, None]


def _frame(*points):
    """Middle of a square that holds all these points, and half of its side."""
    points = np.stack(points)
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, np.maximum((high - low).max() / 2, 1e-12)


def _carried(update, arrow, moved, gamma):
    if update == 1:
        return "nothing yet: there was no last step"
    if gamma == 0:
        return f"{point(arrow)}: with γ = 0 the last move is forgotten"
    return f"{point(arrow)}, γ = {gamma:.2f} times the last move, {point(moved)}"


def _pushed(update, look, arrow, other, gamma, lr):
    slope = f"{point(arrow)}, minus η = {lr:.2f} times the slope"
    if update == 1 or gamma == 0:
        return f"{slope} here, where the ball is: no memory carries it ahead"
    where = "ahead, at the arrow's end" if look == AHEAD else "here, where the ball is"
    return f"{slope} {where}; {HERE if look == AHEAD else AHEAD} it would be {point(other)}"

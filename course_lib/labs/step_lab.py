"""Inside one update: what the slope asks for, what the memory asks for, and the step that comes of it."""

from itertools import islice

import ipywidgets
import numpy as np

from .. import plots
from ..descent import trace
from ..live import Answer, LiveFigure, slider
from ..optimizers import Momentum, Nesterov
from ..surfaces import Surface, ravine
from .words import point, tell

UPDATES = 16
GROW = 15  # moments an arrow takes to grow while the update is played
HERE, AHEAD = "here", "ahead"  # where the slope is measured: at the ball, or where momentum takes it
RULES = {HERE: Momentum, AHEAD: Nesterov}
ARROWS = ("momentum", "gradient", "step")
GUIDES = ("one side", "other side")
ABOVE = "above "  # before the names of the lines that are drawn true to scale
VIEW = ((-4.9, 2.0), (-1.9, 1.9))
START = (-4.0, 1.6)


def _ground(name, kappa) -> Surface:
    round_or_long = ravine(kappa)
    return Surface(name, round_or_long.value, round_or_long.gradient, VIEW, START, round_or_long.source, ((0, 0),))


GROUNDS = {name: _ground(name, kappa) for name, kappa in (("a ravine", 8), ("a gentle bowl", 1.5))}


def step():
    """One update from above: momentum, gradient, their sum; which update and where the slope is measured in the page.

    Play lets the arrows grow one after the other. The faint arrow is the slope of the other rule at the same place.
    """
    fig, above, near = plots.figure("One update, seen from above", "The same update, enlarged", widths=(1.65, 1))
    landscape = list(plots.draw_landscape(above, GROUNDS["a ravine"]))
    plots.place(fig, (above, 0.75, 6.25, 3.44), (near, 7.45, 3.4, 3.44))  # one unit is as long across as along
    above.plot([], [], color=plots.SOFT, linewidth=1.2, marker="o", markersize=4, zorder=5, gid="path")
    plots.moving_start(above)
    near.set(xlim=(-1.5, 1.5), ylim=(-1.835, 1.2), xticks=[], yticks=[])
    near.set_facecolor(plots.EARTH)
    near.spines[:].set_visible(False)
    halos, ends = {}, {}
    for ax, prefix in ((above, ABOVE), (near, "")):
        for name, color, label, dashes, width in (
            ("step", plots.INK, "the step", "-", 4.4),  # below and wide: seen even where all three are in line
            ("momentum", plots.LOOKS["Momentum"].color, "momentum arrow", "-", 2.4),
            ("gradient", plots.LOOKS["GradientDescent"].color, "gradient arrow", (0, (1, 0.7)), 2.6),
        ):
            halo, gid, end = plots.moving_arrow(ax, prefix + name, color, label, dashes, width)
            halos[halo], ends[end] = gid, gid
        for name in GUIDES:
            _moving_guide(ax, prefix + name)
            ends[f"end.{prefix}{name}"] = prefix + name
    _moving_other(near)
    for ax, prefix in ((above, ABOVE), (near, "")):
        ax.plot([], [], "o", color=plots.INK, markeredgecolor="white", markersize=9, zorder=7, gid=f"{prefix}ball")
        ax.plot([], [], "D", color="white", markeredgecolor=plots.INK, markersize=7, zorder=7, gid=f"{prefix}look")
    near.lines[-1].set_label("slope measured")
    _draw_legend(near)

    def background(_, ground):
        plots.take_away(landscape)
        landscape[:] = plots.draw_landscape(above, GROUNDS[ground])

    return LiveFigure(
        fig,
        compute,
        page={
            "update": ipywidgets.IntSlider(2, 1, UPDATES, description="update"),
            "look": ipywidgets.SelectionSlider(options=list(RULES), value=HERE, description="slope measured …"),
        },
        kernel={
            "gamma": slider("momentum γ", 0, 0.98, steps=50, value=0.8, format=".2f"),
            "lr": slider("learning rate η", 0.01, 0.3, steps=30, value=0.12, format=".2f"),
            "ground": ipywidgets.Dropdown(options=list(GROUNDS), description="ground"),
            "start": (
                slider("start θ₁", -4.8, 1.8, steps=67, value=START[0], format=".1f"),
                slider("start θ₂", -1.8, 1.8, steps=37, value=START[1], format=".1f"),
            ),
        },
        pointer={above: "start"},
        background=background,
        runs=[prefix + name for prefix in (ABOVE, "") for name in (*ARROWS, *GUIDES)],
        halos=halos,
        heads=ends,
        arrows=[prefix + name for prefix in (ABOVE, "") for name in ARROWS] + ["other"],
        names=dict.fromkeys([ABOVE + name for name in GUIDES], (None, None)),
        scenes={
            "no memory yet": {"update": 1, "look": HERE},
            "slope here": {"update": 2, "look": HERE},
            "look ahead": {"update": 2, "look": AHEAD},
        },
        step_label="moment of the update",
        seconds=3,
        alt="A ravine from above with one update drawn as three arrows: the momentum arrow points on along the last "
        "step, the gradient arrow downhill, and the step is their sum. Beside it the same arrows, enlarged.",
    )


def _moving_guide(ax, gid):
    ax.plot([], [], color=plots.INK, linewidth=1, alpha=0.55, linestyle=(0, (3, 2)), zorder=5.5, gid=gid)
    ax.plot([], [], "o", alpha=0, markersize=1, gid=f"end.{gid}")


def _moving_other(ax):
    # Over the step: after the first update, when both rules are in the same place, it points the same way.
    ax.plot([], [], color=plots.PALE, linewidth=1.6, zorder=6.5, gid="other", label="other rule's slope")


def _draw_legend(ax):
    known = {str(line.get_label()): line for line in ax.lines if not str(line.get_label()).startswith("_")}
    order = ("momentum arrow", "gradient arrow", "the step", "slope measured", "other rule's slope")
    ax.legend([known[text] for text in order], order, loc="lower center", ncols=2, fontsize=9, columnspacing=1)


def compute(update, look, *, gamma=0.8, lr=0.12, ground="a ravine", start=START):
    """The arrows of every update (n, 1) for every place where the slope is measured (1, m): HERE or AHEAD."""
    runs = [arrows_of(RULES[str(kind)](lr, gamma), GROUNDS[ground], start) for kind in look.ravel()]
    number = np.asarray(update, int) - 1
    which = np.arange(look.size)[None]
    parts = {name: np.moveaxis(np.stack([run[name] for run in runs], 1)[number, which], -1, 0) for name in runs[0]}
    here, ahead = parts["theta"], np.broadcast_to(look == AHEAD, parts["theta"].shape[1:])
    carried = here + parts["momentum"]
    pushed = here + parts["gradient"]
    landed = carried + parts["gradient"]
    base = np.where(ahead, carried, here)
    other = np.where(ahead, here, carried)
    shapes = {
        "momentum": _grown(here, carried, 0),
        "gradient": _grown(base, base + parts["gradient"], 1),
        "step": _grown(here, landed, 2),
        "one side": _grown(carried, np.where(ahead, carried, landed), 2),
        "other side": _grown(pushed, np.where(ahead, pushed, landed), 2),
        "other": np.stack([other, other + parts["other"]]),
        "ball": here[None],
        "look": base[None],
    }
    lines = {ABOVE + name: (points[:, 0], points[:, 1]) for name, points in shapes.items() if name != "other"}
    lines["path"] = _walked(runs, number, which)
    lines["start"] = ([start[0]], [start[1]])
    middle, half = _frame(here, carried, landed, base + parts["gradient"], other + parts["other"])
    for name, points in shapes.items():
        near = (points - middle) / half
        lines[name] = (near[:, 0], near[:, 1])
    return Answer(lines, _words(update, ahead, parts, landed, gamma, lr))


def arrows_of(rule, ground, start):
    """What each of the UPDATES updates of a run is made of, arrays (UPDATES, 2), as movements of the ball.

    theta where it begins; momentum = -gamma delta; gradient = -eta g where the rule looks; other = -eta g where the
    other rule, here or ahead, would have looked.
    """
    begun = list(islice(trace(rule, ground.gradient, start), UPDATES))
    theta = np.array([now.theta for now in begun])
    momentum = -rule.gamma * np.array([now.state[0] for now in begun])
    gradient = -rule.lr * np.array([now.g for now in begun])
    elsewhere = theta if isinstance(rule, Nesterov) else theta + momentum
    return {
        "theta": theta,
        "momentum": momentum,
        "gradient": gradient,
        "other": -rule.lr * ground.gradient(elsewhere.T).T,
    }


def _grown(tail, tip, act):
    """An arrow that waits, grows in its act and stays: (3 GROW + 1, 2, *grid), nan once it is complete."""
    moment = np.arange(3 * GROW + 1)
    share = np.clip((moment - act * GROW) / GROW, 0, 1)
    share[moment > (act + 1) * GROW] = np.nan
    return tail + share.reshape(-1, *(1,) * tail.ndim) * (tip - tail)


def _walked(runs, number, which):
    """The places before each update, nan from then on: x and y of shape (UPDATES, n, m)."""
    theta = np.stack([run["theta"] for run in runs], 1)
    walked = np.where((np.arange(UPDATES)[:, None, None] <= number)[..., None], theta[:, which], np.nan)
    return walked[..., 0], walked[..., 1]


def _frame(*points):
    """Middle of a square that holds all these points, and half of its side."""
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    half = np.maximum((high - low).max(axis=0) / 2, 1e-12)
    return (low + high) / 2, half


def _words(update, ahead, parts, landed, gamma, lr):
    def carried(update, x, y):
        if update == 1:
            return "nothing yet: there was no last step"
        if gamma == 0:
            return f"{point((x, y))}: with γ = 0 the last move is forgotten"
        return f"{point((x, y))}, γ = {gamma:.2f} times the last move, {point((x / gamma, y / gamma))}"

    def pushed(ahead, x, y, other_x, other_y):
        where = "ahead, at the arrow's end" if ahead else "here, where the ball is"
        slope = f"{point((x, y))}, minus η = {lr:.2f} times the slope {where}"
        return f"{slope}; {'here' if ahead else 'ahead'} it would be {point((other_x, other_y))}"

    def landed_on(x, y, end_x, end_y):
        return f"{point((x, y))}, their sum: the ball lands on {point((end_x, end_y))}"

    return {
        "momentum": tell(carried, update, *parts["momentum"]),
        "gradient": tell(pushed, ahead, *parts["gradient"], *parts["other"]),
        "step": tell(landed_on, *parts["momentum"] + parts["gradient"], *landed),
    }

"""One ravine, turned: who notices that its directions are no longer those of the axes."""

from functools import lru_cache, partial
from itertools import islice

import numpy as np

from .. import plots
from ..descent import descend, iterates
from ..live import Answer, LiveFigure, slider, stops
from ..optimizers import AdamW
from ..optimizers.base import FIELDS
from ..runs import first, for_good
from ..surfaces import Surface, turn
from .grids import at
from .rules import TOLD, built, memory_of
from .turned_rows import compared, draw_rows, lines_of
from .words import tell

# AdamW is Adam here, except that its decay pulls to zero: where the minimum is. It would be helped by that.
RULES = {rule.__name__: rule for rule in TOLD if rule is not AdamW}
ANGLES = np.linspace(0, 90, 37)
KAPPAS = (10, 30, 100)
START = (-4.0, 2.0)  # in the ravine's own frame: along its floor, across it
DIRECTIONS = np.radians((np.arange(4) + 0.5) * 22.5)  # of the starts that tuning tries, as far away as START
BUDGET = 400  # settings a method
MEMORIES = np.array([0.5, 0.6, 0.7, 0.8, 0.9])
SLOWEST, FASTEST = 1e-3, 10.0  # learning rates
TOLERANCE = 0.01
ROOM = 2  # tuning asks for a loss so many times lower: a jitter just below the tolerance would tip over at once
COUNTED, WATCHED = 1000, 1200  # a run must be below the tolerance by the one, and stay there up to the other
DRAWN = 240  # steps of a path
LATE = 1517  # where a run stands that does not settle
MARKS = np.unique(np.round(np.geomspace(1, COUNTED, 110)).astype(int))  # steps at which losses are drawn
SPARSE = np.linspace(0, 2 * np.pi, 121)
HEIGHTS = 10 ** np.linspace(-2.7, -0.1, 9)  # of the contours, times the height of the view's corner
REACH = 5.5
STEPS = (2.6, 2300)  # of the axes of steps
TICKS = {step: str(step) for step in (3, 10, 30, 100, 300, 1000)}


def rotation():
    """A ravine turned from 0 to 90 degrees: the angle and the optimizer one looks at in the page, its steepness beside.

    A matrix has rows and columns that can be turned by themselves: see labs.facts.

    The start turns with it, so it is the same problem in other coordinates. Each method is tuned at 0 degrees, with
    the same number of settings, and keeps what it was given.
    """
    fig, axes = _panels()
    above, loss, rows = axes["above"], axes["loss"], axes["rows"]
    for number in range(len(HEIGHTS)):
        plots.moving_line(above, f"contour {number}", color="white", linewidth=1.3, zorder=0.6, names=(None, None))
    plots.moving_guide(above, "floor", names=(None, None))
    plots.moving_shadow(above, "path at 0°")
    plots.moving_shadow(loss, "loss at 0°", "the same run at 0°")
    for name, rule in RULES.items():
        plots.moving_path(above, f"path.{name}", rule)
        plots.moving_curve(loss, f"loss.{name}", rule)
    more = plots.brief(f"  ·  pale bar: all angles  ·  {BUDGET} settings tried for each", "")
    draw_rows(rows, RULES, STEPS, TICKS, COUNTED, more, thick=13, ball=8, ring=10, over=6)
    plots.moving_start(above)
    return LiveFigure(
        fig,
        compute,
        page={
            "angle": slider("turned by (degrees)", ANGLES[0], ANGLES[-1], steps=len(ANGLES), value=45, format=".1f"),
            "rule": stops("look at", [(_label(name).removeprefix("gradient "), name) for name in RULES], value="Adam"),
        },
        kernel={"kappa": stops("steepness κ", KAPPAS, value=100)},
        carried=("kappa",),
        scenes={f"{angle:g}°": {"angle": angle} for angle in (0, 22.5, 45, 90)},
        alt="A ravine from above, turned by an angle, with the run of one optimizer and, pale, its run at 0 degrees "
        "turned along. Beside it the loss of both, and for every optimizer the steps until its loss stays below the "
        "tolerance: gradient descent, momentum and Nesterov need the same at every angle, the others more "
        "at 45 degrees.",
    )


def _panels():
    fig, axes = plots.mosaic(
        [["above", "loss"], ["above", "rows"]],
        {
            "above": "One ravine, turned with its start",
            "loss": "Loss of the run on the left, and pale of the run at 0°",
            "rows": f"Steps to settle below {TOLERANCE:g}, each tuned at 0°",
        },
        on_slide=3.25,
        slide={"layout": [["above", "rows"]]},  # nine names one above the other leave no room for the loss
    )
    above, loss, rows = axes["above"], axes["loss"], axes["rows"]
    if plots.on_slides():
        plots.place(fig, (above, 0.62, 3.44, 3.44), (rows, 6.5, 4.3, 3.44))
    else:
        plots.place(fig, (above, 0.62, 3.44, 3.44), (rows, 5.5, 5.3, 2.0))  # a true square; steps above steps
        plots.place(fig, (loss, 5.5, 5.3, 0.98), bottom=3.02)
    side = {"xlim": (-REACH, REACH), "ylim": (-REACH, REACH), "facecolor": plots.LAND(0.35)}
    plots.draw_axes(above, zero=True, xlabel=r"$\theta_1$", ylabel=r"$\theta_2$", **side)
    above.axvline(0, color=plots.SOFT, linewidth=0.9, zorder=1)
    plots.draw_minima(above, turned(KAPPAS[-1], 0.0))
    loss.set(xscale="log", xticks=list(TICKS), xticklabels=list(TICKS.values()))
    limits = {"xlim": STEPS, "ylim": (1e-5, 1e3), "yticks": [1e-4, 1e-2, 1, 100]}
    plots.draw_axes(loss, level=TOLERANCE, plain=True, grid=True, yscale="log", **limits)
    loss.axvspan(COUNTED, STEPS[1], color=plots.EARTH, zorder=0, linewidth=0)
    loss.tick_params(labelbottom=False)
    loss.text(2.8, TOLERANCE / 1.5, f"tolerance {TOLERANCE:g}", va="top", fontsize=9, color=plots.SOFT)
    loss.text(LATE, 8, f"not in\n{COUNTED}", ha="center", va="center", fontsize=9, color=plots.SOFT)
    return fig, axes


# -- the problem, the tuning, the runs


def turned(kappa, angle):
    """The ravine at every angle of an array at once, each in its own column: gradient and value only differ from
    `surfaces.ravine` in the last digits."""
    cos, sin = turn((1, 0), angle)

    def value(theta):
        along, across = turn(theta, -angle)
        return (along * along + kappa * across * across) / 2

    def gradient(theta):
        along, across = turn(theta, -angle)
        return np.array([cos * along - sin * kappa * across, sin * along + cos * kappa * across])

    view = ((-REACH, REACH), (-REACH, REACH))
    return Surface("turned ravine", value, gradient, view, START, "surfaces.ravine, at many angles", ((0, 0),))


def arrivals(loss, tolerance=TOLERANCE):
    """(first, settled) of losses in order of the steps, the start first: the first step below the tolerance,
    and the first from which on the loss stays there; inf where that is not within COUNTED steps."""
    below = loss < tolerance
    return tuple(np.where(step <= COUNTED, step, np.inf) for step in (first(below), for_good(below)))


def grid_of(rule):
    """Every setting the tuning tries, BUDGET of them: an optimizer that is a sweep (1, rates, memories)."""
    rates = np.geomspace(SLOWEST, FASTEST, BUDGET // len(MEMORIES) if memory_of(rule) else BUDGET)
    return built(rule, rates[None, :, None], MEMORIES[None, None])


@lru_cache(maxsize=64)
def tuned(name, kappa, angle=0.0):
    """The setting that settles soonest at an angle, judged by the slowest of the starts in DIRECTIONS: no start is
    lucky for it."""
    rule, ground = RULES[name], turned(kappa, angle)
    options, far = grid_of(rule), np.hypot(*START)
    starts = np.array(turn((-far * np.cos(DIRECTIONS), far * np.sin(DIRECTIONS)), angle))[:, :, None, None]
    points = islice(iterates(options, ground.gradient, starts), WATCHED + 1)
    with np.errstate(all="ignore"):
        _, settled = arrivals(np.array([ground.value(theta) for theta in points]), TOLERANCE / ROOM)
    rate, memory = np.unravel_index(settled.max(axis=0).argmin(), settled.shape[1:])
    return built(rule, float(options.lr[0, rate, 0]), float(MEMORIES[memory]))


@lru_cache(maxsize=64)
def raced(name, kappa):
    """A tuned method at every one of ANGLES, from the start turned along: its Path, (first, settled)."""
    path = descend(tuned(name, kappa), turned(kappa, ANGLES), turn(START, ANGLES), steps=WATCHED)
    return path, arrivals(path.loss)


# -- the answer


def compute(angle, rule, *, kappa=100):
    """The turned ravine for every angle (n, 1) of ANGLES, the run of every rule (1, m), and the steps of all."""
    which = at(ANGLES, angle)
    settled = {name: raced(name, kappa)[1][1] for name in RULES}
    rows = lines_of(settled, which, rule, STEPS, LATE)
    same, other = compared({_label(name): settled[name] for name in RULES}, which, COUNTED, "method")
    words = {"the run": tell(partial(_told, kappa=kappa), rule, which), "as at 0°": np.char.add(same, " steps")}
    return Answer(_ground(angle, kappa) | _chosen(which, angle, rule, kappa) | rows, words | {"not as at 0°": other})


def _ground(angle, kappa):
    """Contours, floor and start: they turn with the angle."""
    lines = {"start": turn(START, angle[None]), "floor": turn((np.array([-9.0, 9.0])[:, None, None], 0.0), angle)}
    for number, height in enumerate(HEIGHTS * kappa * REACH**2 / 2):
        ring = np.sqrt(2 * height) * np.array([np.cos(SPARSE), np.sin(SPARSE) / np.sqrt(kappa)])
        lines[f"contour {number}"] = turn(ring[:, :, None, None], angle)
    return lines


def _chosen(which, angle, rule, kappa):
    """The run one looks at, in its own look, and the same run at 0 degrees."""
    lines = {}
    grid = np.broadcast_shapes(which.shape, rule.shape)
    shadow, level = np.empty((2, DRAWN + 1, *grid)), np.empty((len(MARKS), 1, rule.size))
    for name in RULES:
        path, _ = raced(name, kappa)
        chosen = rule.ravel() == name
        lines[f"path.{name}"] = _only(path.theta[: DRAWN + 1, :, which[:, 0]].swapaxes(0, 1), chosen)
        highest = _highest(path.loss)
        (shown,) = _only(highest[None, :, which[:, 0]], chosen)
        lines[f"loss.{name}"] = (MARKS, shown)
        shadow[..., chosen] = turn(path.theta[: DRAWN + 1, :, 0].T[:, :, None, None], angle)
        level[..., chosen] = highest[:, :1, None]
    return lines | {"path at 0°": tuple(shadow), "loss at 0°": (MARKS, level)}


def _only(values, chosen):
    """values (k, points, n) where their rule is chosen, else the first point only: k arrays (points, n, m).

    The other runs so wait under the disc of the start.
    """
    shown = np.broadcast_to(chosen, (values.shape[1], 1, len(chosen))).copy()
    shown[0] = True
    return tuple(np.where(shown, value[..., None], np.nan) for value in values)


def _highest(loss):
    """The highest loss between one of MARKS and the next, (len(MARKS), n): a jitter is seen as high as it gets."""
    ends = np.append(MARKS[1:], COUNTED + 1)
    return np.array([loss[first:end].max(axis=0) for first, end in zip(MARKS, ends, strict=True)])


def _told(name, turn, kappa):
    """How one method does at one angle, and the setting it has."""
    path, (dips, settled) = raced(name, kappa)
    steps, level, setting = settled[turn], settled[0], _setting(tuned(name, kappa))
    if np.isinf(steps):
        how = f"does not settle below {TOLERANCE:g} in {COUNTED} steps, with {path.loss[COUNTED, turn]:.2g} left"
        return f"{_label(name)} {how}; at 0° it settles at step {level:.0f}; {setting}"
    dip = "" if dips[turn] == steps else f", after a first dip at {dips[turn]:.0f}"
    compared = "as at 0°" if steps == level else f"at 0° at step {level:.0f}"
    return f"{_label(name)} settles below {TOLERANCE:g} at step {steps:.0f}{dip}; {compared}; {setting}"


def _label(name):
    return plots.look_of(RULES[name]).label


def _setting(optimizer):
    memory = memory_of(type(optimizer))
    rate = f"tuned at 0° to η = {optimizer.lr:.3g}"
    return f"{rate}, {FIELDS[memory].letter} = {getattr(optimizer, memory):g}" if memory else rate

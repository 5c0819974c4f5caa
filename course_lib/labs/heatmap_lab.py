"""Where a fixed number of steps ends, over two settings of one method; a point on the map shows its run."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .. import plots
from ..descent import descend, sweep
from ..live import Answer, LiveFigure, choice, slider, stops
from ..optimizers import Momentum
from ..optimizers.base import FIELDS, hyperparameters, memories
from ..runs import cut
from ..surfaces import SURFACES
from ..surfaces import ravine as make_ravine
from .rules import TOLD
from .words import number, tell

STEPS = 150
TOL = 1e-6
EQUAL = 1e-12  # losses below this count as equal: then the fewer steps to the tolerance are better
LEFT = 1e6  # a run has diverged once its loss is so many times that of the start
FAR = 3  # a run that diverges is drawn as far as this many views
LOWEST, HIGHEST = 10.0**-3.5, 10.0**0.5
LRS = np.array([float(f"{lr:.12g}") for lr in np.logspace(-3.5, 0.5, 41)])  # as a slider has them, to the last digit
MEMORIES = np.logspace(0, 3, 25)  # of 1 / (1 - gamma) steps: gamma = 0 ... 0.999
TICKS = {1: "0", 2: "0.5", 10: "0.9", 100: "0.99", 1000: "0.999"}  # of an axis of memories
GROUNDS = {"ravine": SURFACES["ravine"], "turned": make_ravine(25, 45)}
GROUNDS |= {key: surface for key, surface in SURFACES.items() if surface.dim == 2 and np.isfinite(surface.lowest)}
BEST, USUAL = "the best of the map", "the default setting"
# A method and one of its memories, None where it has none.
METHODS = {f"{kind.__name__}.{field}": (kind, field) for kind in TOLD for field in memories(kind) or (None,)}


def heatmap():
    """The loss after STEPS steps over learning rate and memory (gamma, rho, beta1 or beta2), both on log axes."""
    fig, axes, fixed = _panels()
    above, course = axes["above"], axes["course"]
    path = plots.moving_path(above, "run", Momentum)
    curve = plots.moving_curve(course, "loss.run", Momentum, run=True, names=(None, "loss"))
    here = plots.moving_head(above, "head.run", Momentum, size=8, head="run")
    now = plots.moving_head(course, "head.loss.run", Momentum, size=8, head="loss.run")
    plots.moving_start(above)
    plots.moving_cross(axes["map"], "hairs", "place")
    standing = []

    def repaint(figure, method, surface):
        measured(method, surface)  # which may be interrupted: then all is as it was
        plots.take_away(standing)
        standing[:] = _paint(axes, fixed, method, surface)
        look = plots.look_of(METHODS[method][0])
        plots.dress(path, look)
        plots.dress(curve, look)
        plots.tint((here, now), look)

    method, surface = "Momentum.gamma", "ravine"
    repaint(fig, method, surface)
    return LiveFigure(
        fig,
        compute,
        page={
            "lr": slider("learning rate η", LOWEST, HIGHEST, steps=len(LRS), value=0.01, log=True, format=".2g"),
            "memory": stops("memory γ, ρ or β", [(shown_as(memory), float(memory)) for memory in MEMORIES], value=10.0),
        },
        kernel={
            "method": choice("method", [(_offered(*pair), name) for name, pair in METHODS.items()], value=method),
            "surface": choice("surface", [(ground.name, key) for key, ground in GROUNDS.items()], value=surface),
        },
        pointer={axes["map"]: ("lr", "memory")},
        background=repaint,
        alt=f"A map over two settings of one method: the loss after {STEPS} steps from the same start, bright where it "
        "is low, hatched where a run ends higher than it began; a line where the loss is the tolerance, a star on the "
        "best setting. Beside it the run of the chosen setting on the surface, and its loss step by step.",
    )


def _panels():
    """The figure, its axes by name, and what `plots.paint_losses` fills."""
    fig, maps, above, course = plots.figure("", "", "Its loss")
    plots.place(fig, (maps, 0.85, 3.6, 3.4), (above, 6.15, 2.3, 3.4), (course, 9.15, 1.75, 3.4))
    fixed = plots.draw_losses(maps, LRS, MEMORIES, f"loss after {STEPS} steps")
    maps.minorticks_off()
    maps.set_yticks(list(TICKS), TICKS.values())
    limits = {"xlim": (0, 1.04 * STEPS), "ylim": (TOL / 10, 1)}
    plots.draw_axes(course, level=TOL, grid=True, yscale="log", xlabel="step", **limits)
    return fig, {"map": maps, "above": above, "course": course}, fixed


def _offered(kind, field):
    """A method in the drop-down: which memory is on the map, and where another one stays."""
    label, fields = plots.look_of(kind).label, hyperparameters(kind())
    others = [f"{FIELDS[name].letter} stays {fields[name]:g}" for name in memories(kind) if name != field]
    memory = f": η and {FIELDS[field].letter}" if field else ": η"
    return f"{label}{memory}{f' ({others[0]})' if others else ''}"


def _paint(axes, fixed, method, surface):
    """Fill map and surface, with titles and labels; the artists to remove before the next time."""
    whole, ground, letter = measured(method, surface), GROUNDS[surface], letter_of(method)
    limits, label = limits_of(whole), plots.look_of(METHODS[method][0]).label
    contour = plots.paint_losses(axes["map"], fixed, whole.height.T, limits, whole.best[::-1], TOL)
    memory = f"memory {letter}, even in 1 / (1 − {letter})" if letter else "no memory: all rows are alike"
    axes["map"].set(
        title=f"{label[0].upper()}{label[1:]}: the brighter, the lower it ends", xlabel="learning rate η", ylabel=memory
    )
    axes["course"].set_ylim(limits[0] / 10, 100 * limits[1])
    name = ground.name.replace(", kappa 25", "")
    axes["above"].set_title(f"{name[0].upper()}{name[1:]}")
    return [*([contour] if contour else []), *plots.draw_landscape(axes["above"], ground)]


# -- what the runs do


class Map(NamedTuple):
    """How the runs of all cells end. height: above the lowest point, steps: to TOL, both (n, m); best: (row, column)
    of the best cell; chosen: its setting; start: the height at which all begin."""

    height: np.ndarray
    steps: np.ndarray
    best: tuple
    chosen: tuple
    start: float


def optimizer_of(method, lr, memory):
    """The method with a learning rate, and a memory of so many steps."""
    kind, field = METHODS[method]
    return kind(lr, **({field: 1 - 1 / memory} if field else {}))


def letter_of(method):
    """The letter of the memory on the map; None where there is none."""
    field = METHODS[method][1]
    return FIELDS[field].letter if field else None


@lru_cache(maxsize=64)
def measured(method, surface):
    """The Map of a method on a surface, over LRS and MEMORIES."""
    ground = GROUNDS[surface]
    final = sweep(optimizer_of(method, LRS[:, None], MEMORIES), ground, steps=STEPS, tol=TOL)
    height, steps = (
        np.broadcast_to(part, (len(LRS), len(MEMORIES))) for part in (final.loss - ground.lowest, final.steps)
    )
    low = np.where(np.isfinite(height), np.maximum(height, EQUAL), np.inf)
    best = np.unravel_index(np.lexsort((steps.ravel(), low.ravel()))[0], height.shape)
    start = float(ground.value(np.array(ground.start)) - ground.lowest)
    chosen = tuple(float(axis[k]) for axis, k in zip((LRS, MEMORIES), best, strict=True))
    return Map(height, steps, tuple(int(k) for k in best), chosen, start)


def limits_of(whole):
    """The losses at the ends of the bar: a power of ten below the best, and well below the start; that of the start."""
    least = min(max(whole.height[whole.best], EQUAL), whole.start / 100)
    return 10.0 ** np.floor(np.log10(least)), whole.start


def compute(lr, memory, *, method="Momentum.gamma", surface="ravine"):
    """The runs for every lr (n, 1) and memory (1, m), and how they end beside the best of the map."""
    ground, whole = GROUNDS[surface], measured(method, surface)
    path = descend(optimizer_of(method, lr, memory), ground, steps=STEPS)
    height = path.loss - ground.lowest
    lines = {
        "run": drawn(path.theta, ~(height[-1] < LEFT * whole.start), ground),
        "loss.run": (np.arange(STEPS + 1), np.maximum(height, EQUAL / 100)),
        "start": tuple([place] for place in ground.start),
        "place": (lr[None], memory[None]),
        "hairs": plots.cross_line(lr, memory, (1e-9, 1e9), (1e-9, 1e9)),
    }
    reach, worse = np.isfinite(whole.steps).sum(), (~(whole.height <= whole.start)).sum()
    told = said(height[-1], path.steps_to(TOL), whole)
    best = said(whole.height[whole.best], whole.steps[whole.best], whole).item()
    words = {
        "run": np.char.add(_setting(method, lr, memory), told),
        "best of the map": _setting(method, *whole.chosen).item() + best.partition(";")[0],
        "whole map": f"{reach} of {whole.height.size} settings come below 10⁻⁶ at some step (after {STEPS}: inside the "
        f"black line), {worse} end higher than they began (hatched); the star is on the lowest",
    }
    scenes = {BEST: whole.chosen, USUAL: usual(method)}
    return Answer(
        lines, words, {text: dict(zip(("lr", "memory"), values, strict=False)) for text, values in scenes.items()}
    )


def drawn(theta, lost, ground):
    """x and y of the paths, those that are lost cut where they are far away: their zigzag would hide all else."""
    low, high = (np.reshape(ends, (2, *(1,) * (theta.ndim - 2))) for ends in zip(*ground.view, strict=True))
    outside = ~(np.abs(theta - (low + high) / 2) < FAR * (high - low)).all(axis=1)
    return tuple(cut(theta[:, side], outside & lost) for side in (0, 1))


def usual(method):
    """The method's own default setting, as the nearest place of the map: (lr, memory), or (lr,)."""
    kind, field = METHODS[method]
    fields = hyperparameters(kind())
    if field is None:
        return (fields["lr"],)
    return fields["lr"], float(MEMORIES[np.abs(np.log(MEMORIES * (1 - fields[field]))).argmin()])


# -- what is said of them


def shown_as(memory):
    """A memory of so many steps, as gamma: 10 is 0.900."""
    return f"{1 - 1 / memory:.{4 if memory > 99.9 else 3}f}"


def _setting(method, lr, memory):
    """The setting, as the beginning of a sentence, for every place of a grid."""
    letter = letter_of(method)
    rates = tell("η = {:.2g}", lr)
    return np.char.add(rates, tell(lambda steps: f", {letter} = {shown_as(steps)}: " if letter else ": ", memory))


def said(height, steps, whole):
    """In words, for every run of a grid: how it ends, and how far that is from the best of the map."""
    least = max(whole.height[whole.best], EQUAL)
    more = "more than " if whole.height[whole.best] < EQUAL else ""

    def sentence(height, steps):
        if not height < LEFT * whole.start:
            return "diverges"
        if height > whole.start:
            return f"ends at a loss of {number(height)}, higher than it began ({number(whole.start)})"
        reached = f"first below 10⁻⁶ at step {steps:.0f}" if np.isfinite(steps) else "never below 10⁻⁶"
        end = number(height) if height >= EQUAL else "below 10⁻¹²"
        far = max(height, EQUAL) / least
        beside = f"{more}{number(far)} times the lowest of the map" if far > 1.005 else "none on the map is lower"
        return f"loss {end} after {STEPS} steps, {reached}; {beside}"

    return tell(sentence, height, steps)

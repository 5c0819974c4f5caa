"""Where a fixed number of steps ends, over two settings of one method; a point on the map shows its run."""

from functools import lru_cache
from typing import NamedTuple

import ipywidgets
import numpy as np

from .. import plots
from ..descent import descend, sweep
from ..live import Answer, LiveFigure, slider
from ..optimizers import OPTIMIZERS, Momentum
from ..optimizers.base import hyperparameters, nearest
from ..surfaces import SURFACES
from ..surfaces import ravine as make_ravine
from .words import number

STEPS = 150
TOL = 1e-6
EQUAL = 1e-12  # losses below this count as equal: then the fewer steps to the tolerance are better
LEFT = 1e6  # a run has diverged once its loss is so many times that of the start
FAR = 3  # a run that diverges is drawn as far as this many views
LOWEST, HIGHEST = 10.0**-3.5, 10.0**0.5
LRS = np.array([float(f"{lr:.12g}") for lr in np.logspace(-3.5, 0.5, 41)])  # as a slider has them, to the last digit
MEMORIES = np.logspace(0, 3, 25)  # of 1 / (1 - gamma) steps: gamma = 0 ... 0.999
SHORTER = MEMORIES[:17]  # of beta1, up to 0.99
SYMBOLS = {"gamma": "γ", "rho": "ρ", "beta1": "β₁", "beta2": "β₂"}
TICKS = {1: "0", 2: "0.5", 10: "0.9", 100: "0.99", 1000: "0.999"}  # of an axis of memories
GROUNDS = {"ravine": SURFACES["ravine"], "turned": make_ravine(25, 45)}
GROUNDS |= {key: surface for key, surface in SURFACES.items() if surface.dim == 2 and np.isfinite(surface.lowest)}
BEST, USUAL = "the best of the map", "the default setting"


def memories_of(kind):
    """The fields of a method that are memories; (None,) if it has none."""
    return tuple(name for name in hyperparameters(kind()) if name in SYMBOLS) or (None,)


METHODS = {f"{kind.__name__}.{field}": (kind, field) for kind in OPTIMIZERS for field in memories_of(kind)}
ADAMS = {kind.__name__: kind for kind in OPTIMIZERS if memories_of(kind) == ("beta1", "beta2")}


def heatmap(method=None, surface=None, *, betas=False):
    """The loss after STEPS steps over learning rate and memory (gamma, rho, beta1 or beta2), both on log axes.

    method, surface: those it begins with, as "Adam.beta2" and "rosenbrock"; the kernel can change both. betas: over
    beta1 and beta2 of "Adam" or its kin instead, the learning rate by the kernel. ValueError for unknown names.
    """
    start = {"method": method or "Momentum.gamma", "surface": surface or "ravine"}
    if betas:
        start = {"method": method or "Adam", "surface": surface or "turned", "lr": 0.1}
    for name, known in (("method", ADAMS if betas else METHODS), ("surface", GROUNDS)):
        if start[name] not in known:
            raise ValueError(f"there is no {name} {start[name]!r}: {nearest(start[name], list(known))}")
    across, up = (SHORTER, MEMORIES) if betas else (LRS, MEMORIES)
    fig, axes, fixed = _panels(across, up)
    halo, _ = plots.moving_path(axes["above"], "run", Momentum)
    plots.moving_curve(axes["course"], "loss.run", Momentum)
    heads = {
        plots.moving_head(axes[name], f"head.{gid}", Momentum, size=8): gid
        for name, gid in (("above", "run"), ("course", "loss.run"))
    }
    plots.moving_start(axes["above"])
    under, hair = plots.moving_cross(axes["map"], "hairs", "place")
    standing = []

    def repaint(figure, method, surface, lr=None):
        seen = measured(method, surface, lr)
        plots.take_away(standing)
        standing[:] = _paint(axes, fixed, seen, GROUNDS[surface])
        _name(axes, method, surface, betas)
        look = plots.look_of(method.split(".")[0])
        lines = {line.get_gid(): line for ax in axes.values() for line in ax.lines}
        for gid in ("run", "loss.run"):
            plots.dress(lines[gid], look)
        plots.tint([lines[gid] for gid in heads], look)

    repaint(fig, **start)
    page = (
        {"beta1": _memory("β₁", SHORTER, 10), "beta2": _memory("β₂", MEMORIES, 1000)}
        if betas
        else {
            "lr": slider("learning rate η", LOWEST, HIGHEST, steps=len(LRS), value=0.01, log=True, format=".2g"),
            "memory": _memory("memory γ, ρ or β", MEMORIES, 10),
        }
    )
    return LiveFigure(
        fig,
        compute_betas if betas else compute,
        page=page,
        kernel=_kernel(start, betas),
        pointer={axes["map"]: tuple(page)},
        runs=["run", "loss.run"],
        halos={halo: "run", under: hair},
        heads=heads,
        names={"loss.run": (None, "loss")},
        background=repaint if betas else lambda figure, method, surface: repaint(figure, method, surface),
        alt=f"A map over two settings of one method: the loss after {STEPS} steps from the same start, bright where it "
        "is low, hatched where a run ends higher than it began; a line where the loss is the tolerance, a star on the "
        "best setting. Beside it the run of the chosen setting on the surface, and its loss step by step.",
    )


def _panels(across, up):
    """The figure, its axes by name, and what `plots.paint_losses` fills."""
    fig, maps, above, course = plots.figure("", "", "Its loss")
    bar = fig.add_axes((0, 0, 1, 1))
    plots.place(fig, (maps, 0.85, 3.6, 3.4), (bar, 4.53, 0.13, 3.4), (above, 6.15, 2.3, 3.4), (course, 9.15, 1.75, 3.4))
    fixed = plots.draw_losses(maps, across, up, bar)
    bar.set_ylabel(f"loss after {STEPS} steps")
    for axis, values in ((maps.xaxis, across), (maps.yaxis, up)):
        axis.minorticks_off()
        if values is not LRS:
            ticks = {place: text for place, text in TICKS.items() if place <= values[-1]}
            axis.set_ticks(list(ticks), ticks.values())
    course.axhline(TOL, color=plots.SOFT, linewidth=1, linestyle=(0, (2, 2)))
    course.set(yscale="log", xlim=(0, 1.04 * STEPS), xlabel="step")
    course.grid(True)
    return fig, {"map": maps, "above": above, "course": course}, fixed


def _memory(label, values, value):
    """A slider over memories, which shows them as gamma."""
    options = [(shown_as(memory), float(memory)) for memory in values]
    return ipywidgets.SelectionSlider(options=options, value=float(value), description=label)


def _kernel(start, betas):
    """The quantities for the kernel. start: name -> the value each begins with."""
    grounds = [(ground.name, key) for key, ground in GROUNDS.items()]
    if betas:
        methods = [(plots.look_of(kind).label, name) for name, kind in ADAMS.items()]
    else:
        methods = [(_offered(kind, field), name) for name, (kind, field) in METHODS.items()]
    kernel = {
        "method": ipywidgets.Dropdown(options=methods, value=start["method"], description="method"),
        "surface": ipywidgets.Dropdown(options=grounds, value=start["surface"], description="surface"),
    }
    if betas:
        kernel["lr"] = slider("learning rate η", LOWEST, HIGHEST, steps=len(LRS), value=0.1, log=True, format=".2g")
    return kernel


def _offered(kind, field):
    """A method in the drop-down: which memory is on the map, and where another one stays."""
    label, fields = plots.look_of(kind).label, hyperparameters(kind())
    others = [f"{SYMBOLS[name]} stays {fields[name]:g}" for name in memories_of(kind) if name not in (field, None)]
    memory = f": η and {SYMBOLS[field]}" if field else ": η"
    return f"{label}{memory}{f' ({others[0]})' if others else ''}"


def _paint(axes, fixed, whole, ground):
    """Fill map and surface; the artists to remove before the next time."""
    limits = limits_of(whole)
    contour = plots.paint_losses(axes["map"], fixed, whole.height.T, limits, whole.best[::-1], TOL)
    axes["course"].set_ylim(limits[0] / 10, 100 * limits[1])
    return [*([contour] if contour else []), *plots.draw_landscape(axes["above"], ground)]


def _name(axes, method, surface, betas):
    """Titles and labels for a method and a surface."""
    label = plots.look_of(method.split(".")[0]).label
    axes["map"].set_title(f"{label[0].upper()}{label[1:]}: the brighter, the lower it ends")
    name = GROUNDS[surface].name.replace(", kappa 25", "")
    axes["above"].set_title(f"{name[0].upper()}{name[1:]}")
    if betas:
        return axes["map"].set(xlabel="β₁", ylabel="β₂")
    field = METHODS[method][1]
    symbol = SYMBOLS.get(field)
    memory = f"memory {symbol}, even in 1 / (1 − {symbol})" if field else "no memory: all rows are alike"
    return axes["map"].set(xlabel="learning rate η", ylabel=memory)


# -- what the runs do


class Map(NamedTuple):
    """How the runs of all cells end. height: above the lowest point, steps: to TOL, both (n, m); best: (row, column)
    of the best cell; chosen: its setting; start: the height at which all begin."""

    height: np.ndarray
    steps: np.ndarray
    best: tuple
    chosen: tuple
    start: float

    @property
    def said(self):
        """How many settings do what."""
        reach, worse = np.isfinite(self.steps).sum(), (~(self.height <= self.start)).sum()
        return (
            f"{reach} of {self.height.size} settings come below 10⁻⁶ at some step (after {STEPS}: inside the black "
            f"line), {worse} end higher than they began (hatched); the star is on the lowest"
        )


def optimizer_of(method, across, up, lr=None):
    """The method with learning rate and memory, or, if there is an lr, with beta1 and beta2."""
    if lr is not None:
        return ADAMS[method](lr, beta1=1 - 1 / across, beta2=1 - 1 / up)
    kind, field = METHODS[method]
    return kind(across, **({field: 1 - 1 / up} if field else {}))


@lru_cache(maxsize=64)
def measured(method, surface, lr=None):
    """The Map of a method on a surface, over LRS and MEMORIES, or, if there is an lr, SHORTER and MEMORIES."""
    across, ground = LRS if lr is None else SHORTER, GROUNDS[surface]
    final = sweep(optimizer_of(method, across[:, None], MEMORIES, lr), ground, steps=STEPS, tol=TOL)
    height, steps = (
        np.broadcast_to(part, (len(across), len(MEMORIES))) for part in (final.loss - ground.lowest, final.steps)
    )
    low = np.where(np.isfinite(height), np.maximum(height, EQUAL), np.inf)
    best = np.unravel_index(np.lexsort((steps.ravel(), low.ravel()))[0], height.shape)
    start = float(ground.value(np.array(ground.start)) - ground.lowest)
    chosen = tuple(float(axis[k]) for axis, k in zip((across, MEMORIES), best, strict=True))
    return Map(height, steps, tuple(int(k) for k in best), chosen, start)


def limits_of(whole):
    """The losses at the ends of the bar: a power of ten below the best, and well below the start; that of the start."""
    least = min(max(whole.height[whole.best], EQUAL), whole.start / 100)
    return 10.0 ** np.floor(np.log10(least)), whole.start


def compute(lr, memory, *, method="Momentum.gamma", surface="ravine"):
    """The runs for every lr (n, 1) and memory (1, m), and how they end beside the best of the map."""
    field = METHODS[method][1]
    symbols = "η", SYMBOLS.get(field)
    return _answer(("lr", "memory"), symbols, lr, memory, method, surface)


def compute_betas(beta1, beta2, *, method="Adam", surface="turned", lr=0.1):
    """The runs for every beta1 (n, 1) and beta2 (1, m), given as memories 1 / (1 - beta)."""
    return _answer(("beta1", "beta2"), ("β₁", "β₂"), beta1, beta2, method, surface, lr)


def _answer(names, symbols, across, up, method, surface, lr=None):
    ground, whole = GROUNDS[surface], measured(method, surface, lr)
    path = descend(optimizer_of(method, across, up, lr), ground, steps=STEPS)
    height = path.loss - ground.lowest
    lines = {
        "run": drawn(path.theta, ~(height[-1] < LEFT * whole.start), ground),
        "loss.run": (np.arange(STEPS + 1), np.maximum(height, EQUAL / 100)),
        "start": tuple([place] for place in ground.start),
        "place": (across[None], up[None]),
        "hairs": _hairs(across, up),
    }
    told = said(height[-1], path.steps_to(TOL), whole)
    best = said(whole.height[whole.best], whole.steps[whole.best], whole).item()
    words = {
        "run": np.char.add(_setting(symbols, across, up), told),
        "best of the map": _setting(symbols, *whole.chosen).item() + best.partition(";")[0],
        "whole map": whole.said,
    }
    scenes = {BEST: whole.chosen, USUAL: usual(method, lr)}
    return Answer(lines, words, {text: dict(zip(names, values, strict=False)) for text, values in scenes.items()})


def drawn(theta, lost, ground):
    """x and y of the paths, those that are lost cut where they are far away: their zigzag would hide all else."""
    low, high = (np.reshape(ends, (2, *(1,) * (theta.ndim - 2))) for ends in zip(*ground.view, strict=True))
    with np.errstate(all="ignore"):
        outside = ~(np.abs(theta - (low + high) / 2) < FAR * (high - low)).all(axis=1)
    far = np.maximum.accumulate(outside, axis=0) & lost
    return tuple(np.where(far, np.nan, theta[:, side]) for side in (0, 1))


def _hairs(across, up):
    """A line across the map and one up it, through each place."""
    gap, zero, one = np.nan * (across + up), 0 * across, 0 * up
    x = [across + one, across + one, gap, zero + one + 1e-9, zero + one + 1e9]
    y = [zero + one + 1e-9, zero + one + 1e9, gap, zero + up, zero + up]
    return np.stack(x), np.stack(y)


def usual(method, lr=None):
    """The method's own default setting, as the nearest place of the map: (lr, memory), (lr,), or (beta1, beta2)."""
    kind, field = METHODS[method] if lr is None else (ADAMS[method], None)
    fields = hyperparameters(kind())
    memories = [1 / (1 - fields[name]) for name in (("beta1", "beta2") if lr is not None else (field,)) if name]
    places = [float(MEMORIES[np.abs(np.log(MEMORIES / memory)).argmin()]) for memory in memories]
    return tuple(places) if lr is not None else (fields["lr"], *places)


# -- what is said of them


def shown_as(memory):
    """A memory of so many steps, as gamma: 10 is 0.900."""
    return f"{1 - 1 / memory:.{4 if memory > 99.9 else 3}f}"


def _setting(symbols, across, up):
    """The setting, as the beginning of a sentence, for every place of a grid."""
    first, second = symbols
    one = [f"{first} = {x:.2g}" if first == "η" else f"{first} = {shown_as(x)}" for x in np.ravel(across)]
    two = [f", {second} = {shown_as(y)}: " if second else ": " for y in np.ravel(up)]
    return np.char.add(np.reshape(one, np.shape(across)), np.reshape(two, np.shape(up)))


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

    with np.errstate(invalid="ignore"):  # nan is a run that diverges
        return np.vectorize(sentence, otypes=[str])(height, steps)

"""What an adaptive method multiplies each coordinate's slope with: Adagrad's rate falls, the others' recovers."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from .. import plots
from ..arguments import known
from ..descent import watched
from ..live import Answer, LiveFigure, choice, slider, stops
from ..optimizers import Adagrad
from ..optimizers.base import hyperparameters, memories
from ..runs import cut
from ..surfaces import Surface
from ..surfaces import ravine as make_ravine
from ..tracing import phrase
from .rules import TOLD, is_adaptive
from .words import number

STEPS = 200
FAR = 30  # a path is drawn up to this distance
ARRIVED = 1e-12  # above the lowest point: too little to tell
LEFT = 1e6  # a run has diverged once it is so far away
TINY = 1e-150  # stands for a slope of zero: its square is nothing beside any memory
METHODS = {kind.__name__: kind for kind in TOLD if kind is not Adagrad}  # Adagrad is always there
RATES = np.logspace(-2, 0, 17)
DECAYS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
PERIOD, NOISE = 20, 1.0  # the rare feature is there in one of so many samples; the targets are off by this much
CLIFF, WIDTH = -3.0, 0.15  # where the first coordinate's slope falls from 10 to 0.5, and how suddenly


@dataclass(frozen=True)
class Problem:
    """A surface to draw, what its coordinates are called, and the slope(k, theta) that step k = 0, 1, ... measures."""

    surface: Surface
    called: tuple[str, str]
    title: str
    slope: Callable


def cliff(theta):
    x, y = theta
    return (np.sqrt(1 + x * x) + np.sqrt(1 + y * y)) / 2 - 5 * (x - WIDTH * np.sqrt(1 + _beyond(x) ** 2))


def cliff_gradient(theta):
    """A gentle bowl for each coordinate, theta / sqrt(1 + theta^2) / 2, and 10 steeper for the first on the cliff."""
    bowl, z = theta / np.sqrt(1 + theta * theta) / 2, _beyond(theta[0])
    bowl[0] -= 5 * (1 - z / np.sqrt(1 + z * z))
    return bowl


def _beyond(x):
    return (x - CLIFF) / WIDTH


def features(theta):
    """The mean over all samples of (prediction - target)^2 / 2, where (1, 1) is best."""
    frequent, rare = theta - 1
    return (frequent * frequent + (2 * frequent + rare) * rare / PERIOD + NOISE**2) / 2


def features_gradient(theta):
    frequent, rare = theta - 1
    return np.array([frequent + rare / PERIOD, (frequent + rare) / PERIOD])


def one_sample(k, theta):
    """The gradient of sample k. The first feature is there in each, the second in one of PERIOD.

    Targets are the sum of the features, plus and minus NOISE in turn, so that over two rounds the best is (1, 1).
    """
    rare = 1.0 * np.equal(k % PERIOD, 0)
    error = (theta[0] - 1) + rare * (theta[1] - 1) + NOISE * (1 - 2 * ((k + k // PERIOD) % 2))
    return np.stack([error, rare * error])


def _whole(surface):
    return lambda k, theta: surface.gradient(theta)


RAVINE = make_ravine(25)
CLIFFS = Surface(
    "a cliff, then a gentle slope",
    cliff,
    cliff_gradient,
    view=((-5, 1.5), (-5, 1.5)),
    start=(-4.0, -4.0),
    source="made for this course: the slope of one coordinate changes its size",
    minima=((0.012375446283154349, 0.0),),
)
FEATURES = Surface(
    "a frequent and a rare feature",
    features,
    features_gradient,
    view=((-0.6, 2.2), (-0.6, 2.2)),
    start=(0.0, 0.0),
    source="made for this course: least squares with one feature in every sample and one in every twentieth",
    minima=((1, 1),),
)
PROBLEMS = {
    "cliff": Problem(CLIFFS, ("once steep", "always gentle"), "The same η: steep, then gentle", _whole(CLIFFS)),
    "features": Problem(FEATURES, ("frequent", "rare"), "The same η, one sample a step", one_sample),
    "ravine": Problem(RAVINE, ("flat", "steep"), "The same η, down a ravine", _whole(RAVINE)),
}
NAMES = {
    "the slope changes its size": "cliff",
    "a rare and a frequent feature": "features",
    "ravine": "ravine",
}
SCENES = {
    "the slope changes its size": {"problem": "cliff", "method": "RMSprop", "lr": 0.1, "decay": 0.9},
    "a rare and a frequent feature": {"problem": "features", "method": "GradientDescent", "lr": 0.422, "decay": 0.9},
    "a ravine": {"problem": "ravine", "method": "RMSprop", "lr": 0.1, "decay": 0.9},
}


def effective_rates(problem="cliff"):
    """Adagrad and another method from one start, and what each multiplies the two slopes with, step by step.

    The decay is gamma of RMSprop, rho, or beta2. problem: the one it begins with. ValueError for an unknown name.
    """
    known("problem", problem, PROBLEMS)
    fig, axes = plots.mosaic([["above", "first"], ["above", "second"]], {})
    above, first, second = axes.values()
    plots.place(fig, (above, 0.75, 3.9, 3.44), (second, 5.7, 5.05, 1.42))
    plots.place(fig, (first, 5.7, 5.05, 1.42), bottom=2.58)
    _, pair = _moving_method(above, first, "adagrad")
    plots.put_under(above.lines[:2])
    path, changing = _moving_method(above, second, "chosen")
    plots.moving_start(above)
    plots.tint(pair, Adagrad)
    first.set_title("Adagrad's multipliers", color=plots.look_of(Adagrad).color)
    first.tick_params(labelbottom=False)
    second.set_xlabel("step  ·  grey dashes: the learning rate η itself")
    landscape = []

    def background(figure, method, problem):
        plots.take_away(landscape)
        told, look = PROBLEMS[problem], plots.look_of(METHODS[method])
        landscape[:] = plots.draw_landscape(above, told.surface)
        above.set(title=told.title, xlabel=f"$\\theta_1$, {told.called[0]}", ylabel=f"$\\theta_2$, {told.called[1]}")
        plots.dress(path, look)
        plots.tint(changing, look)
        second.set_title(f"{look.label[0].upper()}{look.label[1:]}'s multipliers", color=look.color)
        key = {"loc": "lower right", "bbox_to_anchor": (1.01, 0.98), "ncols": 2, "borderaxespad": 0}
        first.legend(first.lines[1:3], told.called, fontsize=10, handlelength=2.4, columnspacing=1.2, **key)
        above.legend(loc="lower right", fontsize=9, handlelength=3)

    method = "RMSprop"
    background(fig, method, problem)
    begun = next(scene["lr"] for scene in SCENES.values() if scene["problem"] == problem)
    return LiveFigure(
        fig,
        compute,
        run={
            "lr": slider("learning rate η", *RATES[[0, -1]], steps=len(RATES), value=begun, log=True, format=".2g"),
            "decay": stops("decay γ, ρ or β₂", [(f"{decay:g}", decay) for decay in DECAYS], value=0.9),
            "method": choice(
                "beside Adagrad", [(plots.look_of(kind).label, name) for name, kind in METHODS.items()], value=method
            ),
            "problem": choice("problem", list(NAMES.items()), value=problem),
        },
        scenes=SCENES,
        background=background,
        ground=(above, lambda: landscape[:2], plots.land_colors(), lambda problem: PROBLEMS[problem].surface),
        alt="Left, two paths over a surface from one start with the same learning rate: Adagrad's and that of another "
        "method. Right, for each of them, the number that multiplies either coordinate's slope, step by step on a log "
        "scale: Adagrad's only falls, the other's recovers once the slopes are small.",
    )


def _moving_method(above, ax, gid):
    """Empty lines for the path of a method and its two multipliers: the path, and what else has its colour."""
    path = plots.moving_path(above, gid, Adagrad)
    head = plots.moving_head(above, f"head.{gid}", Adagrad, size=8, head=gid)
    plots.moving_guide(ax, f"level.{gid}", linewidth=1.2, linestyle=(0, (2, 2)), zorder=2)
    one = {"linewidth": 2.2, "zorder": 5, "run": True, "names": (None, "multiplier of θ₁")}
    other = {"linewidth": 1.2, "zorder": 5.1, "run": True, "names": (None, "multiplier of θ₂")}
    rings = {"marker": "o", "markersize": 5, "markevery": (10, 20), "markerfacecolor": "white", "markeredgewidth": 1.3}
    pair = plots.moving_line(ax, f"first.{gid}", **one), plots.moving_line(ax, f"second.{gid}", **other, **rings)
    heads = [plots.moving_head(ax, f"head.{line.get_gid()}", Adagrad, head=line.get_gid()) for line in pair]
    limits = {"xlim": (0, 1.02 * STEPS), "ylim": (1e-4, 3e2), "yticks": [1e-4, 1e-2, 1, 1e2]}
    plots.draw_axes(ax, plain=True, grid=True, yscale="log", **limits)
    return path, [head, *pair, *heads]


def decay_of(kind):
    """The field that holds how slowly a method forgets the slopes' size; None where it has no such memory."""
    return memories(kind)[-1] if memories(kind) and is_adaptive(kind) else None


def has_mean(kind):
    """Whether an adaptive method takes steps along a mean of the slopes."""
    return decay_of(kind) is not None and len(memories(kind)) > 1


def prepared_with(kind, lr, decay):
    name = decay_of(kind)
    return kind(lr, **({name: decay} if name else {}))


def without_mean(optimizer):
    """The same method with no memory of the gradient itself, and no weight decay: a step is its multiplier times g."""
    off = {*memories(type(optimizer)), "weight_decay"} - {decay_of(type(optimizer))}
    return dataclasses.replace(optimizer, **dict.fromkeys(off & set(hyperparameters(optimizer)), 0.0))


def multipliers(optimizer, step):
    """What each coordinate's slope is multiplied with in a Step of `trace`; for Adam and its kin, the mean slope.

    Measured, not known: the optimizer itself steps from zero, with its own memory of sizes and none of the gradient.
    """
    g = np.where(np.equal(step.g, 0), TINY, step.g)
    with np.errstate(all="ignore"):
        moved, *_ = without_mean(optimizer).step(np.zeros_like(g), g, step.t, *step.state)
        return -moved / g


def run(optimizer, problem):
    """(theta, multipliers), each (STEPS + 1, 2): multiplier k is that of the slope measured at point k."""

    def measure(step):
        return np.stack([step.theta, multipliers(optimizer, step)])

    seen = watched(measure, optimizer, problem.slope, problem.surface.start, STEPS + 1)
    return seen[:, 0], seen[:, 1]


def compute(lr, decay, method="RMSprop", problem="cliff"):
    """Paths and multipliers of Adagrad and the method."""
    told, kind, k = PROBLEMS[problem], METHODS[method], np.arange(STEPS + 1)
    lines, words = {"start": tuple([place] for place in told.surface.start)}, {}
    for gid, optimizer in (("adagrad", Adagrad(lr)), ("chosen", prepared_with(kind, lr, decay))):
        theta, rates = run(optimizer, told)
        far = ~(np.abs(theta).max(axis=1) < FAR)  # drawn no further
        lines[gid] = tuple(cut(theta[:, side], far) for side in (0, 1))
        lines |= {f"first.{gid}": (k, rates[:, 0]), f"second.{gid}": (k, rates[:, 1])}
        lines[f"level.{gid}"] = ([0, 2 * STEPS], [lr, lr])
        words[gid] = partial(said, theta[-1], rates[-1], rates[0], told, type(optimizer))
    return Answer(lines, words)


def said(end, now, before, problem, kind):
    """In words: what the last multipliers are, beside each other and beside the first. end, now, before: (2,)."""
    what = "mean slope" if has_mean(kind) else "slope"
    tail = "" if decay_of(kind) or kind is Adagrad else "; it has no memory of sizes to decay"
    first, second = now
    if ~(np.abs(end).max() < LEFT):
        return f"diverges; it multiplies every {what} by {number(first)}{tail}" if tail else "diverges"
    rest = f"{phrase(above, problem.surface.value(end) - problem.surface.lowest)}{tail}"
    if close(first, second) and close(first, before[0]):
        return f"multiplies every {what} by {number(first)}, always; {rest}"
    rows = list(zip(now, problem.called, before, strict=True))
    (large, one, earlier), (small, other, early) = rows if first > second else rows[::-1]
    times = f"{number(large / small)} times" if large > 1.05 * small else "about the same"
    return (
        f"after {STEPS} steps the {one} {what} is multiplied by {number(large)} ({phrase(share, large, earlier)}), "
        f"the {other} one by {number(small)} ({phrase(share, small, early)}): {times}; {rest}"
    )


def above(height):
    return f"{number(height)} above the lowest point" if height > ARRIVED else "at the lowest point"


def close(a, b):
    return np.abs(a - b) <= 1e-8 + 1e-5 * np.abs(b)


def share(now, before):
    part = now / before
    if close(part, 1):
        return "as at first"
    return f"{number(100 * part)} % of the first" if part < 1 else f"{number(part)} times the first"

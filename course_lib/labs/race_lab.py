"""Any optimizers on any surface, side by side, with a switch that says what is held equal; your own class, too."""

import dataclasses
import inspect
from collections.abc import Callable

import ipywidgets
import numpy as np

from .. import plots
from ..descent import Path, descend
from ..live import Answer, LiveFigure, slider
from ..optimizers import OPTIMIZERS, GradientDescent, Momentum, Nesterov, Optimizer
from ..surfaces import SURFACES

STEPS = 150
LATE = 10  # a tuned run is judged by the highest of its last ten points: a lucky dip does not count
TOL = 1e-6
GROUNDS = {key: surface for key, surface in SURFACES.items() if surface.dim == 2}
LR, EFFECTIVE, TUNED = FAIR = ("same learning rate", "same effective step", "each tuned")
RATES = np.logspace(-3, 0, 31)  # what the slider offers is what a tuned run may choose from
TITLES = {
    LR: "Same learning rate for all",
    EFFECTIVE: "Same effective step η / (1 − γ) for all",
    TUNED: "Each with its own best learning rate",
}
BOTTOM = 1e-8  # of the axis of heights
LR_NAMES = ("lr", "eta", "learning_rate", "alpha", "epsilon")
GAMMA_NAMES = ("gamma", "momentum", "mu", "beta")
STEP = "step(theta, g, t, *state)"


def race(*optimizers):
    """Optimizers, as classes or instances, on one surface: learning rate and gamma in the page, the rest by the kernel.

    None given: gradient descent, momentum and Nesterov. Only your own: those three run beside it. A class follows the
    sliders, an instance keeps the settings it was given. Your own may be a subclass of Optimizer or anything with a
    step(theta, g, t, *state); TypeError or ValueError, in one sentence, where it breaks the contract.
    """
    runners = _runners(optimizers)
    fig, above, course = plots.figure("", "")
    plots.place(fig, (above, 0.8, 5.45, 3.44), (course, 7.2, 3.55, 3.44))  # fixed: ticks change with the surface
    landscape = []
    halos = {}
    for runner in runners:
        halo, gid = plots.moving_path(above, runner.gid, runner.look, runner.label)
        halos[halo] = gid
        plots.moving_curve(course, f"height.{runner.gid}", runner.look, runner.label)
        if runner.own:
            plots.put_under(above.lines[-2:])
            plots.put_under(course.lines[-1:])
    plots.moving_start(above)
    course.legend(loc="upper right", fontsize=9, handlelength=3.2, ncols=1 + (len(runners) > 4))

    def background(_, surface, fair):
        ground = GROUNDS[surface]
        for artist in landscape:
            artist.remove()
        landscape[:] = plots.draw_landscape(above, ground)
        above.set_title(f"{ground.name[0].upper()}{ground.name[1:]}: drag the white disc")
        _draw_heights(course, ground, fair)

    def answer(lr, gamma, *, surface, fair, start):
        return compute(lr, gamma, surface=surface, fair=fair, start=start, runners=runners)

    surface, fair = next(iter(GROUNDS)), LR
    background(fig, surface, fair)
    home = GROUNDS[surface].start
    return _Race(
        fig,
        answer,
        page={
            "lr": slider("learning rate η", RATES[0], RATES[-1], steps=len(RATES), value=0.02, log=True, format=".2g"),
            "gamma": slider("momentum γ", 0, 0.99, steps=34, value=0.9, format=".2f"),
        },
        kernel={
            "fair": ipywidgets.Dropdown(options=FAIR, description="held equal"),
            "start": (
                slider("start θ₁", -8, 8, steps=321, value=home[0], format=".2f"),
                slider("start θ₂", -4.5, 4.5, steps=181, value=home[1], format=".2f"),
            ),
            "surface": ipywidgets.Dropdown(
                options=[(ground.name, key) for key, ground in GROUNDS.items()], description="surface"
            ),
        },
        pointer={above: "start"},
        background=background,
        runs=[gid for runner in runners for gid in (runner.gid, f"height.{runner.gid}")],
        halos=halos,
        names={f"height.{runner.gid}": (None, "height") for runner in runners},
        scenes={
            GROUNDS[key].name: {"surface": key, "start": GROUNDS[key].start, "lr": lr, "gamma": 0.9}
            for key, lr in (("rosenbrock", 0.001), ("saddle", 0.02))
        },
        alt=f"A surface from above with the paths of {_listed([runner.label for runner in runners])} from one start, "
        "and beside it their heights step by step.",
    )


class _Race(LiveFigure):
    """Whoever chooses another surface is put at that surface's own start."""

    def _choose(self, settings):
        (surface,), (first, second) = self.kernel["surface"], self.kernel["start"]
        moved = settings[surface.name] != surface.index
        if moved:
            home = GROUNDS[surface.value(settings[surface.name])].start
            settings = settings | {first.name: first.nearest(home[0]), second.name: second.nearest(home[1])}
        super()._choose(settings)
        if moved:
            self.settings = settings  # the page follows


# -- who runs


@dataclasses.dataclass(frozen=True, eq=False)
class Runner:
    """One competitor. make(lr, gamma) is its optimizer; lr, gamma: whether these reach it; alone: one run at a time.

    own: not of the course. Nothing of an instance's settings is changed.
    """

    gid: str
    label: str
    look: plots.Look
    make: Callable
    lr: bool
    gamma: bool
    own: bool
    alone: bool = False

    def run(self, lr, gamma, surface, start) -> Path:
        """The runs of a grid, theta (STEPS + 1, 2, n, m); an axis that makes no difference has length 1."""
        lr, gamma = (lr if self.lr else lr[:1, :1]), (gamma if self.gamma else gamma[:1, :1])
        grid = np.broadcast_shapes(lr.shape, gamma.shape)
        if not self.alone:
            return descend(self.make(lr, gamma), surface, _everywhere(start, grid), steps=STEPS)
        theta, loss = np.empty((STEPS + 1, 2, *grid)), np.empty((STEPS + 1, *grid))
        lr, gamma = np.broadcast_to(lr, grid), np.broadcast_to(gamma, grid)
        for place in np.ndindex(grid):
            path = descend(self.make(float(lr[place]), float(gamma[place])), surface, start, steps=STEPS)
            theta[:, :, *place], loss[:, *place] = path.theta, path.loss
        return Path(theta, loss, surface, self.label)


def _everywhere(start, grid):
    return np.broadcast_to(np.reshape(np.asarray(start, float), (2, *(1,) * len(grid))), (2, *grid))


def _runners(optimizers):
    usual = (GradientDescent, Momentum, Nesterov)
    if all(_is_own(given) for given in optimizers):
        optimizers = (*usual, *optimizers)
    runners = []
    for given in optimizers:
        runner = _runner(given, f"run{len(runners)}")
        twins = sum(r.look.color == runner.look.color for r in runners)
        if twins:  # a second of its kind is dashed differently
            runner = dataclasses.replace(
                runner, look=dataclasses.replace(runner.look, dashes=plots.SERIES[(0, 1, 3)[twins % 3]].dashes)
            )
        runners.append(runner)
    return runners


def _is_own(given):
    kind = given if isinstance(given, type) else type(given)
    return kind not in OPTIMIZERS


def _runner(given, gid):
    """The Runner of a class or an instance; refuses, in one sentence, what cannot run."""
    kind = given if isinstance(given, type) else type(given)
    if not callable(getattr(kind, "step", None)):
        raise TypeError(f"labs.race takes optimizers, classes or instances with a {STEP}, not {given!r}")
    name = kind.__name__
    own = _is_own(given)
    yours = "" if kind.__module__.startswith("course_lib.") else "yours, "
    look = plots.OWN if own else plots.look_of(kind)
    if not isinstance(given, type):
        label = f"{yours}{name}" if own and not dataclasses.is_dataclass(kind) else f"{yours}{given!r}"
        runner = Runner(gid, label, look, lambda lr, gamma: _complete(given), False, False, own)
    else:
        lr_name, gamma_name = _names(kind, own)

        def make(lr, gamma):
            settings = {lr_name: lr} if lr_name else {}
            return _complete(kind(**settings, **({gamma_name: gamma} if gamma_name else {})))

        label = f"{yours}{name}" if own else look.label
        runner = Runner(gid, label, look, make, bool(lr_name), bool(gamma_name), own)
    return _tried(runner, name) if own else runner


def _names(kind, own):
    """What the class calls learning rate and momentum, None for what it has not."""
    known = inspect.signature(kind).parameters
    forgotten = [name for name in vars(kind).get("__annotations__", {}) if name not in known and name in LR_NAMES]
    if forgotten and issubclass(kind, Optimizer):
        raise TypeError(
            f"{kind.__name__} declares {forgotten[0]} but is no dataclass: write @dataclass(frozen=True, eq=False) "
            "above its first line"
        )
    lr_name = next((name for name in LR_NAMES if name in known), None)
    gamma_name = next((name for name in GAMMA_NAMES if name in known), None)
    if not own and not issubclass(kind, Momentum):
        gamma_name = None  # what RMSprop calls gamma is no momentum
    needed = [
        p.name
        for p in known.values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
        if p.name not in (lr_name, gamma_name)
    ]
    if needed:
        raise TypeError(
            f"{kind.__name__} needs a value for {_listed(needed)}: give it a default, or race an instance of it"
        )
    return lr_name, gamma_name


class _Completed:
    """An optimizer that has only a step, with the usual look and init."""

    def __init__(self, given):
        self.given, self.step = given, given.step

    def init(self, theta):
        return tuple(np.zeros_like(theta) for _ in getattr(self.given, "state", ()))

    def look(self, theta, *state):
        return theta


def _complete(optimizer):
    if hasattr(optimizer, "look") and hasattr(optimizer, "init"):
        return optimizer
    own = {name: getattr(optimizer, name) for name in ("look", "init") if hasattr(optimizer, name)}
    completed = type(type(optimizer).__name__, (_Completed,), {})(optimizer)
    vars(completed).update(own)
    return completed


def _tried(runner, name):
    """The runner after a short trial: refused if it breaks the contract, alone if it cannot run a grid at once."""
    lr, gamma = np.array([[0.001], [0.02]]), np.array([[0.0, 0.5]])
    surface, start = GROUNDS["ravine"], GROUNDS["ravine"].start
    try:
        single = dataclasses.replace(runner, alone=True).run(lr, gamma, surface, start)
    except Exception as error:
        told = str(error)
        if name not in told and not told.startswith("the gradient"):
            told = f"its {STEP} raised {type(error).__name__}: {told}"
        raise (
            type(error)(f"labs.race cannot run {name}: {told}")
            if type(error)
            in (
                TypeError,
                ValueError,
            )
            else RuntimeError(f"labs.race cannot run {name}: {told}")
        ) from error
    try:
        together = runner.run(lr, gamma, surface, start)
        equal = together.theta.shape == single.theta.shape and np.allclose(
            together.theta, single.theta, rtol=1e-9, equal_nan=True
        )
    except Exception:
        equal = False
    return runner if equal else dataclasses.replace(runner, alone=True)


# -- the race


def compute(lr, gamma, *, surface, fair, start, runners):
    """Every runner's path for every lr (n, 1) and gamma (1, m), and a sentence on how each ended."""
    ground = GROUNDS[surface]
    if np.allclose(start, ground.start, atol=0.026):  # the grid of the page may miss it by a little
        start = ground.start
    lines, words, paths = {"start": ([start[0]], [start[1]])}, {}, {}
    for runner in runners:
        rates, extra = _rates(runner, lr, gamma, ground, fair, start)
        path = paths[runner] = runner.run(rates, gamma, ground, start)
        x, y = path.theta[:, 0], path.theta[:, 1]
        lines[runner.gid] = (x, y)
        lines[f"height.{runner.gid}"] = (np.arange(STEPS + 1), height_of(path.loss, ground))
        words[runner.gid] = np.char.add(told(path, ground), extra)
    for runner in runners:
        for other in runners if runner.own else ():
            if not other.own:
                same = _same(paths[runner].theta, paths[other].theta)
                note = np.where(same, f"; it is the very path of {other.label}", "")
                words[runner.gid] = np.char.add(words[runner.gid], note)
    return Answer(lines, words)


def _rates(runner, lr, gamma, ground, fair, start):
    """The learning rates a runner gets, (n, 1), (1, m) or (n, m), and what to say of them."""
    if not runner.lr:
        return lr, "; its own settings"
    if fair == LR:
        return lr, ""
    if fair == EFFECTIVE:
        rates = lr * (1 - gamma) if runner.gamma else lr
        return rates, _said("; η = {:.2g}", rates)
    late = runner.run(RATES[:, None], gamma, ground, start).loss[-LATE:].max(axis=0)
    best = np.nan_to_num(late, nan=np.inf, neginf=np.inf).argmin(axis=0)
    rates = RATES[best][None]
    return rates, _said(f"; its best η of {len(RATES)}: {{:.2g}}", rates)


def _said(text, numbers):
    return np.vectorize(text.format, otypes=[str])(numbers)


def height_of(loss, ground):
    """The height above the lowest point, no less than a log axis can show; the height itself where there is none."""
    if not np.isfinite(ground.lowest):
        return loss
    return np.maximum(loss - ground.lowest, BOTTOM / 100)


def told(path, ground):
    """In words, for every run of a grid: how it ended."""
    end, grid = path.theta[-1], path.loss.shape[1:]
    with np.errstate(all="ignore"):
        lost = ~np.isfinite(path.loss[-1]) | (np.abs(end).max(axis=0) > 1e3)
        inside = _inside(path.theta, ground)
    left = np.where(inside.all(axis=0), -1, inside.argmin(axis=0))
    if not np.isfinite(ground.lowest):
        away = _said("falls out of the picture after {:.0f} steps", left)
        return np.where(left < 0, f"is still in the picture after {STEPS} steps", away)
    arrived, final = path.steps_to(TOL), path.loss[-1] - ground.lowest
    reached = _said("reaches the lowest point after {:.0f} steps", arrived)
    way = _said(f"is on its way after {STEPS} steps, {{:.2g}} above the lowest point", final)
    others = [np.array(point, float) for point in ground.minima]
    trapped = np.zeros(grid, bool)
    for point in others:
        with np.errstate(all="ignore"):
            near = np.linalg.norm(path.theta[-5:] - point.reshape(2, *(1,) * len(grid)), axis=1).max(axis=0) < 0.05
        trapped |= near & (ground.value(point) > ground.lowest + 1e-6)
    way = np.where(trapped, "comes to rest in a valley that is not the lowest", way)
    return np.where(lost, "diverges", np.where(np.isfinite(arrived), reached, way))


def _inside(theta, ground):
    low, high = (np.reshape(side, (2, *(1,) * (theta.ndim - 2))) for side in zip(*ground.view, strict=True))
    return ((theta >= low) & (theta <= high)).all(axis=1)


def _same(a, b):
    """Where two paths agree from first to last, over the grid."""
    with np.errstate(all="ignore"):
        equal = (np.abs(a - b) <= 1e-9 * (1 + np.abs(b))) | ~(np.isfinite(a) | np.isfinite(b))
    return equal.all(axis=(0, 1))


def _draw_heights(ax, ground, fair):
    """Axis and title of the heights, as the surface and what is held equal ask for."""
    top = float(ground.value(np.array(ground.start, float)))
    if np.isfinite(ground.lowest):
        ax.set(yscale="log", ylim=(BOTTOM, 1e4 * max(top - ground.lowest, 1)), ylabel="height above the lowest point")
    else:
        seen = ground.value(np.array(np.meshgrid(*(np.linspace(*side, 41) for side in ground.view))))
        ax.set(yscale="linear", ylim=(seen.min(), 1.8 * seen.max()), ylabel="height")
    ax.set(xlim=(0, 1.03 * STEPS), xlabel="step", title=TITLES[fair])
    ax.grid(True)


def _listed(names):
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

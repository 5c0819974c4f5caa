"""Any optimizers on any surface, side by side, with a switch that says what is held equal; your own class, too."""

from functools import partial

import numpy as np

from .. import plots
from ..live import Answer, LiveFigure, choice, slider
from ..runs import first
from ..surfaces import SURFACES
from ..tracing import phrase, sheet_of
from .grids import start_of
from .race_runners import STEPS, SYMBOLS, USUAL_MEMORY, is_sound, runners_of
from .words import listed, number

LATE = 10  # a tuned run is judged by the highest of its last ten points: a lucky dip does not count
TOL = 1e-6
UNTUNED = 0.02  # the learning rate where there is no lowest point to tune for
GROUNDS = {key: surface for key, surface in SURFACES.items() if surface.dim == 2}
LR, EFFECTIVE, TUNED = FAIR = ("same learning rate", "same effective step", "each tuned")
RATES = np.logspace(-3, 0, 31)  # what the slider offers is what a tuned run may choose from
WIDE_RATES = np.logspace(-3, 1, 41)  # if adaptive methods run: their steps do not grow with the gradient
IN_PICTURE = f"is still in the picture after {STEPS} steps"
TO_WRITE = "is still to be written: replace the ... in its step, then run that cell and this one again"
BOTTOM = 1e-8  # of the axis of heights
FEW = 4  # runners whose legend has room among the curves


def race(*optimizers):
    """Optimizers, as classes or instances, on one surface.

    None given: gradient descent, momentum and Nesterov. Only your own: those three run beside it. A class follows the
    sliders, an instance keeps the settings it was given. "Held equal" says what the two sliders set: every class at
    once, or one runner alone, while the others stay fixed, a class at the best of its learning rates. Your own may be
    a subclass of Optimizer or anything with a step(theta, g, t, *state). While its step still holds a `...`, the figure
    says so and the others run; TypeError, ValueError or RuntimeError, in one sentence, where it breaks the contract.
    """
    runners = runners_of(optimizers)
    fig, above, course = plots.figure("The surface from above", "Height, step by step")
    landscape = []
    for runner in runners:
        plots.moving_path(above, runner.gid, runner.look, runner.label)
        named = (None, "height")
        plots.moving_curve(course, f"height.{runner.gid}", runner.look, runner.label, run=True, names=named)
        if runner.own:
            plots.put_under(above.lines[-2:])
            plots.put_under(course.lines[-1:])
    plots.moving_start(above)

    def background(_, surface):
        ground = GROUNDS[surface]
        plots.take_away(landscape)
        landscape[:] = plots.draw_landscape(above, ground)
        _draw_heights(course, ground)

    sound = all(is_sound(runner) for runner in runners if runner.own and runner.written)

    def answer(lr, memory, fair, start, surface):
        if sheet := sheet_of(lr) if not sound else None:
            sheet.refuse("a rule that is another one as a program")
        return compute(lr, memory, surface=surface, fair=fair, start=start, runners=runners)

    surface, fair = next(iter(GROUNDS)), _choices(runners)[0][1]
    background(fig, surface)
    if len(runners) > FEW:  # places are fixed: ticks change with the surface
        plots.place(fig, (above, 0.8, 4.7, 3.44), (course, 6.35, 2.85, 3.44))
        course.legend(loc="upper left", bbox_to_anchor=(1.03, 1.01), borderaxespad=0, fontsize=9, handlelength=3.2)
    else:
        plots.place(fig, (above, 0.8, 5.45, 3.44), (course, 7.2, 3.55, 3.44))
        course.legend(loc="upper right", fontsize=9, handlelength=3.2)
    rates = offered(runners)
    kept = {runner.gid: runner.kept for runner in runners}  # where one begins who sets an instance by hand
    lr, memory = kept.get(fair) or (UNTUNED, USUAL_MEMORY)
    return LiveFigure(
        fig,
        answer,
        run={
            "lr": slider("learning rate η", rates[0], rates[-1], steps=len(rates), value=lr, log=True, format=".2g"),
            "memory": slider(_memory_label(runners), 0, 0.99, steps=34, value=memory, format=".2f"),
            "fair": choice("held equal", _choices(runners)),
            "start": start_of(GROUNDS[surface].start, (-8, 8), (-4.5, 4.5), step=0.05),
            "surface": choice("surface", [(ground.name, key) for key, ground in GROUNDS.items()]),
        },
        asked=("fair",),
        follows={
            "surface": lambda surface: {"start": GROUNDS[surface].start},
            "fair": lambda fair: dict(zip(("lr", "memory"), kept.get(fair) or (), strict=False)),
        },
        pointer={above: "start"},
        background=background,
        ground=(above, lambda: landscape[:2], plots.land_colors(), lambda surface: GROUNDS[surface]),
        scenes={
            GROUNDS[key].name: {"surface": key, "start": GROUNDS[key].start, "lr": lr, "memory": 0.9}
            for key, lr in (("rosenbrock", 0.001), ("saddle", 0.02))
        },
        alt=f"A surface from above with the paths of {listed([runner.label for runner in runners])} from one start, "
        "and beside it their heights step by step.",
    )


def _choices(runners):
    """What may be held equal, as (text, value): all classes at once, if there is one, then each runner alone."""
    settable = [runner for runner in runners if runner.lr]
    names = [runner.name for runner in settable]
    told = [runner.name if names.count(runner.name) == 1 else runner.label for runner in settable]
    bare = [name.removeprefix("yours, ") for name in told]
    alone = [(f"nothing, you set {name} alone", runner.gid) for name, runner in zip(bare, settable, strict=True)]
    follows = any(runner.kept is None for runner in settable)
    return [*((name, name) for name in FAIR if follows or not alone), *alone]


def _memory_label(runners):
    symbols = dict.fromkeys(SYMBOLS[runner.memory] for runner in runners if runner.memory) or {"γ": None}
    return f"{'momentum' if all(r.adds for r in runners if r.memory) else 'memory'} {', '.join(symbols)}"


def offered(runners):
    """The learning rates of the slider: what every tuned run may choose from."""
    return WIDE_RATES if any(runner.adaptive for runner in runners) else RATES


# -- what each runner gets


def _given(runner, lr, memory, ground, fair, start, rates):
    """A runner's learning rate and memory, and a function that says them. rates: those a tuned run may choose from."""
    alone = fair == runner.gid
    if runner.kept or not runner.lr:
        rate, share = (
            np.where(alone, mine, own) for mine, own in zip((lr, memory), runner.kept or (0, 0), strict=True)
        )
        return rate[()], share[()], lambda: _by_hand(runner, lr, memory) if alone else "; its own settings"
    plain = (fair == LR) | (fair == EFFECTIVE)
    share = np.where(plain | alone | (fair == TUNED), memory, USUAL_MEMORY)[()]  # else another one is set by hand
    best = tuned(runner, share, ground, start, rates)
    divided = lr * (1 - memory) if runner.adds else lr
    rate = np.where(alone | (fair == LR), lr, np.where(fair == EFFECTIVE, divided, best))[()]

    def said():
        if alone:
            return _by_hand(runner, lr, memory)
        if plain:
            return f"; {_settings(runner, rate, share)}"
        if not np.isfinite(ground.lowest):
            return f"; no lowest point to tune for: {_settings(runner, rate, share)}"
        note = " (the largest)" if best == rates[-1] else ""
        return f"; its best of {len(rates)} learning rates: {_settings(runner, rate, share, note)}"

    return rate, share, said


def tuned(runner, memory, ground, start, rates):
    """The learning rate with which a runner ends lowest, judged by the highest of its last points.

    Where there is no lowest point, nothing can be best: UNTUNED.
    """
    if not np.isfinite(ground.lowest):
        return UNTUNED
    if not runner.written:
        return rates[0]
    late = runner.run(rates, memory, ground, start).loss[-LATE:].max(axis=0)
    late = np.nan_to_num(late, nan=np.inf, neginf=np.inf)
    return np.where(late == late.min(), rates, np.inf).min()


def _by_hand(runner, lr, memory):
    return f"; set by the sliders: {_settings(runner, lr, memory)}"


def _settings(runner, lr, memory, note=""):
    """In words: the two main settings, in the symbols of the runner."""
    rate = f"η = {number(lr)}{note}"
    return f"{rate}, {SYMBOLS[runner.memory]} = {memory:.2g}" if runner.memory else rate


# -- the race


def compute(lr, memory, *, surface, fair, start, runners):
    """Every runner's path, and a sentence on how each ended.

    fair: one of FAIR, or the gid of the one runner that lr and memory set.
    """
    ground, start = GROUNDS[surface], np.stack(start)
    near = np.abs(start - ground.start).max() < 0.026  # the grid of the page may miss it by a little
    start = np.where(near, ground.start, start)
    lines, words, paths = {"start": (start[:1], start[1:])}, {}, {}
    for runner in runners:
        rate, share, settings = _given(runner, lr, memory, ground, fair, start, offered(runners))
        path = paths[runner] = runner.run(rate, share, ground, start)
        lines[runner.gid] = (path.theta[:, 0], path.theta[:, 1])
        lines[f"height.{runner.gid}"] = (np.arange(STEPS + 1), height_of(path.loss, ground))
        words[runner.gid] = partial(_said, runner, paths, ground, settings)
    return Answer(lines, words)


def _said(runner, paths, ground, settings):
    if not runner.written:
        return TO_WRITE
    path = paths[runner]
    end = phrase(lambda loss: told(path, ground), path.loss) + phrase(lambda loss: settings(), path.loss)
    others = [other for other in paths if runner.own and not other.own]
    return end + "".join(phrase(partial(_kinship, other), path.theta, paths[other].theta) for other in others)


def _kinship(other, mine, its):
    return f"; it is the very path of {other.label}" if _same(mine, its) else ""


def height_of(loss, ground):
    """The height above the lowest point, no less than a log axis can show; the height itself where there is none."""
    if not np.isfinite(ground.lowest):
        return loss
    return np.maximum(loss - ground.lowest, BOTTOM / 100)


def told(path, ground):
    """In words: how a run ended."""
    if not np.isfinite(ground.lowest):
        low, high = np.array(ground.view, float).T
        out = ~((path.theta >= low) & (path.theta <= high)).all(axis=1)
        if out[0]:
            return "begins outside of the picture"
        if not out.any():
            return IN_PICTURE
        left = first(out)
        falls = np.sum(np.where(np.arange(STEPS + 1) == left, path.loss, 0)) < path.loss[0]
        return f"{'falls' if falls else 'climbs'} out of the picture after {_steps(left)}"
    arrived, end = path.steps_to(TOL), path.theta[-1]
    if not np.isfinite(path.loss[-1]) or np.abs(end).max() > 1e3:
        return "diverges"
    height = path.loss[-1] - ground.lowest
    if np.isfinite(arrived):
        left = f", and is {number(height)} above it after {STEPS}" if height > TOL else ""
        return f"reaches the lowest point after {_steps(arrived)}{left}"
    for point in np.array(ground.minima, float):
        near = np.abs(path.theta[-5:] - point).max() < 0.05
        if ground.value(point) > ground.lowest + 1e-6 and near:
            return f"is in a valley that is not the lowest after {STEPS} steps"
    return f"is {number(height)} above the lowest point after {STEPS} steps"


def _steps(count):
    return f"{count:.0f} step{'' if count == 1 else 's'}"


def _same(a, b):
    """Whether two paths agree from first to last."""
    with np.errstate(all="ignore"):
        equal = (np.abs(a - b) <= 1e-9 * (1 + np.abs(b))) | ~(np.isfinite(a) | np.isfinite(b))
    return equal.all()


def _draw_heights(ax, ground):
    """Axis and title of the heights, as the surface asks for."""
    if np.isfinite(ground.lowest):
        shown = {"yscale": "log", "ylim": (BOTTOM, 1e6)}
        shown["ylabel"] = plots.brief("height above the lowest point", "height")
    else:
        seen = ground.value(np.array(np.meshgrid(*(np.linspace(*side, 41) for side in ground.view))))
        shown = {"yscale": "linear", "ylim": (seen.min(), 1.8 * seen.max()), "ylabel": "height"}
    plots.draw_axes(ax, grid=True, xlim=(0, 1.03 * STEPS), xlabel="step", **shown)

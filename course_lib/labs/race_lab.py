"""Any optimizers on any surface, side by side, with a switch that says what is held equal; your own class, too."""

import numpy as np

from .. import plots
from ..live import Answer, LiveFigure, choice, slider
from ..surfaces import SURFACES
from .grounds import at_home
from .race_runners import STEPS, SYMBOLS, USUAL_MEMORY, runners_of
from .words import listed, tell

LATE = 10  # a tuned run is judged by the highest of its last ten points: a lucky dip does not count
TOL = 1e-6
GROUNDS = {key: surface for key, surface in SURFACES.items() if surface.dim == 2}
LR, EFFECTIVE, TUNED = FAIR = ("same learning rate", "same effective step", "each tuned")
RATES = np.logspace(-3, 0, 31)  # what the slider offers is what a tuned run may choose from
WIDE_RATES = np.logspace(-3, 1, 41)  # if adaptive methods run: their steps do not grow with the gradient
TITLES = {
    LR: "Same learning rate for all",
    EFFECTIVE: "Same effective step η / (1 − γ) for all",
    TUNED: "Each with its own best learning rate",
}
TO_WRITE = "is still to be written: replace the ... in its step, then run that cell and this one again"
BOTTOM = 1e-8  # of the axis of heights
FEW = 4  # runners whose legend has room among the curves


def race(*optimizers):
    """Optimizers, as classes or instances, on one surface; learning rate and memory live in the page.

    None given: gradient descent, momentum and Nesterov. Only your own: those three run beside it. A class follows the
    sliders, an instance keeps the settings it was given. "Held equal" says what the two sliders set: every class at
    once, or one runner alone, while the others stay fixed, a class at the best of its learning rates. Your own may be
    a subclass of Optimizer or anything with a step(theta, g, t, *state). While its step still holds a `...`, the figure
    says so and the others run; TypeError, ValueError or RuntimeError, in one sentence, where it breaks the contract.
    """
    runners = runners_of(optimizers)
    fig, above, course = plots.figure("", "")
    if len(runners) > FEW:
        plots.place(fig, (above, 0.8, 4.7, 3.44), (course, 6.35, 2.85, 3.44))
    else:
        plots.place(fig, (above, 0.8, 5.45, 3.44), (course, 7.2, 3.55, 3.44))  # fixed: ticks change with the surface
    landscape = []
    for runner in runners:
        plots.moving_path(above, runner.gid, runner.look, runner.label)
        named = (None, "height")
        plots.moving_curve(course, f"height.{runner.gid}", runner.look, runner.label, run=True, names=named)
        if runner.own:
            plots.put_under(above.lines[-2:])
            plots.put_under(course.lines[-1:])
    plots.moving_start(above)

    def background(_, surface, fair):
        ground = GROUNDS[surface]
        plots.take_away(landscape)
        landscape[:] = plots.draw_landscape(above, ground)
        above.set_title(f"{ground.name[0].upper()}{ground.name[1:]}, seen from above")
        _draw_heights(course, ground, _title(fair, runners))
        _draw_names(above, course, fair, runners)

    def answer(lr, memory, *, surface, fair, start):
        return compute(lr, memory, surface=surface, fair=fair, start=start, runners=runners)

    def follow(before, after):
        """Whoever chooses a runner to set alone finds its own settings at the sliders."""
        after = after | at_home(before, after)
        chosen = after["fair"] if after["fair"] != before["fair"] else None
        own = _own_settings(chosen, runners, GROUNDS[after["surface"]], after["start"])
        return at_home(before, after) | dict(zip(("lr", "memory"), own or (), strict=False))

    surface, fair = next(iter(GROUNDS)), _choices(runners)[0][1]
    background(fig, surface, fair)
    home = GROUNDS[surface].start
    rates = offered(runners)
    lr, memory = _own_settings(fair, runners, GROUNDS[surface], home) or (0.02, 0.9)
    return LiveFigure(
        fig,
        answer,
        page={
            "lr": slider("learning rate η", rates[0], rates[-1], steps=len(rates), value=lr, log=True, format=".2g"),
            "memory": slider(_memory_label(runners), 0, 0.99, steps=_fineness(runners), value=memory, format=".2f"),
        },
        kernel={
            "fair": choice("held equal", _choices(runners)),
            "start": (
                slider("start θ₁", -8, 8, steps=321, value=home[0], format=".2f"),
                slider("start θ₂", -4.5, 4.5, steps=181, value=home[1], format=".2f"),
            ),
            "surface": choice("surface", [(ground.name, key) for key, ground in GROUNDS.items()]),
        },
        pointer={above: "start"},
        background=background,
        scenes={
            GROUNDS[key].name: {"surface": key, "start": GROUNDS[key].start, "lr": lr, "memory": 0.9}
            for key, lr in (("rosenbrock", 0.001), ("saddle", 0.02))
        },
        follow=follow,
        alt=f"A surface from above with the paths of {listed([runner.label for runner in runners])} from one start, "
        "and beside it their heights step by step.",
    )


def _choices(runners):
    """What may be held equal, as (text, value): all classes at once, if there is one, then each runner alone."""
    settable = [runner for runner in runners if runner.lr]
    names = [runner.name for runner in settable]
    told = [runner.name if names.count(runner.name) == 1 else runner.label for runner in settable]
    alone = [(f"nothing: you set {_bare(name)}", runner.gid) for name, runner in zip(told, settable, strict=True)]
    follows = any(runner.kept is None for runner in settable)
    return [*((name, name) for name in FAIR if follows or not alone), *alone]


def _bare(name):
    return name.removeprefix("yours, ")


def _memory_label(runners):
    symbols = dict.fromkeys(SYMBOLS[runner.memory] for runner in runners if runner.memory) or {"γ": None}
    return f"{'momentum' if all(r.adds for r in runners if r.memory) else 'memory'} {', '.join(symbols)}"


def offered(runners):
    """The learning rates of the slider: what every tuned run may choose from."""
    return WIDE_RATES if any(runner.adaptive for runner in runners) else RATES


def _fineness(runners):
    """Steps of the memory's slider: fewer where many runs would make a large table."""
    return 12 if len(runners) > FEW or any(runner.adaptive for runner in runners) else 34


# -- what each runner gets


def _given(runner, lr, memory, ground, fair, start, rates):
    """A runner's learning rates and memories, (n, 1), (1, m) or (n, m), and what to say of them.

    rates: those a tuned run may choose from.
    """
    if fair == runner.gid:
        return lr, memory, np.char.add("; set by the sliders: ", _settings(runner, lr, memory))
    if runner.kept or not runner.lr:
        lr, memory = (np.full((1, 1), value) for value in runner.kept or (0, 0))
        return lr, memory, "; its own settings"
    if fair in (LR, EFFECTIVE):
        lr = lr * (1 - memory) if fair == EFFECTIVE and runner.adds else lr
        return lr, memory, np.char.add("; ", _settings(runner, lr, memory))
    if fair != TUNED:  # another one is set by hand
        memory = np.full((1, 1), USUAL_MEMORY)
    late = runner.run(rates[:, None], memory, ground, start).loss[-LATE:].max(axis=0)
    best = rates[np.nan_to_num(late, nan=np.inf, neginf=np.inf).argmin(axis=0)][None]
    settings = _settings(runner, best, memory, np.where(best == rates[-1], " (the largest)", ""))
    return best, memory, np.char.add(f"; its best of {len(rates)} learning rates: ", settings)


def _settings(runner, lr, memory, note=""):
    """In words, for every run of a grid: the two main settings, in the symbols of the runner."""
    rates = np.char.add(_said("η = {:.2g}", lr if runner.lr else lr[:1, :1]), note)
    if not runner.memory:
        return rates
    return np.char.add(rates, _said(f", {SYMBOLS[runner.memory]} = {{:.2g}}", memory))


def _own_settings(fair, runners, ground, start):
    """(lr, memory) from which one begins to set the runner that is set alone; None where all are set at once."""
    chosen = [runner for runner in runners if runner.gid == fair]
    if not chosen or chosen[0].kept:
        return chosen[0].kept if chosen else None
    (runner,) = chosen
    lr, memory, _ = _given(runner, *np.ones((2, 1, 1)), ground, "another", start, offered(runners))
    return lr.item(), memory.item()


# -- the race


def compute(lr, memory, *, surface, fair, start, runners):
    """Every runner's path for every lr (n, 1) and memory (1, m), and a sentence on how each ended.

    fair: one of FAIR, or the gid of the one runner that lr and memory set.
    """
    ground = GROUNDS[surface]
    if np.allclose(start, ground.start, atol=0.026):  # the grid of the page may miss it by a little
        start = ground.start
    lines, words, paths = {"start": ([start[0]], [start[1]])}, {}, {}
    for runner in runners:
        rates, memories, extra = _given(runner, lr, memory, ground, fair, start, offered(runners))
        path = paths[runner] = runner.run(rates, memories, ground, start)
        x, y = path.theta[:, 0], path.theta[:, 1]
        lines[runner.gid] = (x, y)
        lines[f"height.{runner.gid}"] = (np.arange(STEPS + 1), height_of(path.loss, ground))
        words[runner.gid] = np.char.add(told(path, ground), extra) if runner.written else np.array([[TO_WRITE]])
    for runner in runners:
        for other in runners if runner.own and runner.written else ():
            if not other.own:
                same = _same(paths[runner].theta, paths[other].theta)
                note = np.where(same, f"; it is the very path of {other.label}", "")
                words[runner.gid] = np.char.add(words[runner.gid], note)
    return Answer(lines, words)


def _said(text, numbers):
    return np.char.replace(tell(text, numbers), " 1 steps", " 1 step")


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


def _title(fair, runners):
    alone = [runner.name for runner in runners if runner.gid == fair]
    return f"You set {_bare(alone[0])} alone" if alone else TITLES[fair]


def _draw_heights(ax, ground, title):
    """Axis and title of the heights, as the surface asks for."""
    top = float(ground.value(np.array(ground.start, float)))
    if np.isfinite(ground.lowest):
        ax.set(yscale="log", ylim=(BOTTOM, 1e4 * max(top - ground.lowest, 1)), ylabel="height above the lowest point")
    else:
        seen = ground.value(np.array(np.meshgrid(*(np.linspace(*side, 41) for side in ground.view))))
        ax.set(yscale="linear", ylim=(seen.min(), 1.8 * seen.max()), ylabel="height")
    ax.set(xlim=(0, 1.03 * STEPS), xlabel="step", title=title)
    ax.grid(True)


def _draw_names(above, course, fair, runners):
    """Labels and legend; an instance that the sliders set goes by its name, its own settings being suspended."""
    for runner in runners:
        label = runner.name if runner.gid == fair else runner.label
        for ax, gid in ((above, runner.gid), (course, f"height.{runner.gid}")):
            next(line for line in ax.lines if line.get_gid() == gid).set_label(label)
    if len(runners) > FEW:
        course.legend(loc="upper left", bbox_to_anchor=(1.03, 1.01), borderaxespad=0, fontsize=9, handlelength=3.2)
    else:
        course.legend(loc="upper right", fontsize=9, handlelength=3.2)

"""One momentum run in seven libraries: the settings to write in each, and what tells the libraries apart."""

from dataclasses import fields, replace
from functools import partial

import numpy as np

from .. import plots
from ..arguments import known
from ..conventions import CONVENTIONS, convert
from ..descent import descend
from ..live import Answer, LiveFigure, choice, slider, stops
from ..surfaces import Surface
from .words import number

STEPS, DROP, START = 60, 12, 4.0
PARABOLA = Surface(
    "parabola", lambda theta: theta[0] ** 2 / 2, lambda theta: 1 * theta, ((-5, 5),), (START,), "x^2 / 2"
)
NAMES = ("deck", "Sutskever", "Polyak", "averaged", "PyTorch", "Keras", "optax")
LIBRARIES = dict(zip(NAMES, CONVENTIONS, strict=True))
CONVERTED, DROPPED, COPIED = SETTINGS = ("convert", "lr ÷ 10", "copy")
SHOWN = {
    CONVERTED: "each with the same settings in its own words: the seven lie on one another",
    DROPPED: f"with a tenth of the learning rate after step {DROP}, a dotted line: from there on they are two groups",
    COPIED: "with the same numbers in all of them: one line leaves the others",
}
GROUPS = {
    memory: tuple(name for name, kind in LIBRARIES.items() if kind.memory == memory)
    for memory in ("steps", "gradients")
}


def rosetta(settings=CONVERTED):
    """Seven conventions on the parabola theta^2 / 2, of settings that are converted, or copied.

    settings: what is done with them to begin with, one of SETTINGS; ValueError for another word.
    """
    known("use of the settings", settings, SETTINGS)
    fig, course, length = plots.figure("Seven libraries on one parabola", "How long each step is", widths=(1.5, 1))
    for ax, prefix in ((course, "place of "), (length, "")):
        for place, (name, kind) in enumerate(sorted(LIBRARIES.items(), key=lambda pair: pair[1].memory == "gradients")):
            told = {"names": (None, None)} if ax is length else {}  # while played the words stay; the table has places
            every = (place + 1, len(plots.MEMBERS))  # its markers stand where no other member has one
            look = replace(plots.MEMORIES[kind.memory], label=name, marker=plots.MEMBERS[place])
            plots.moving_form(ax, prefix + name, look, every, run=True, markersize=7, **told)
            ax.lines[-1].set(zorder=5 + 0.01 * place)
        plots.moving_guide(ax, f"{prefix}drop", linewidth=1.2, linestyle=(0, (2, 2)), zorder=2)
        ax.set(xlim=(0, STEPS * 1.02), xlabel="step")
    plots.draw_axes(course, zero=True, ylim=(-4.3, 6), ylabel=r"place  $\theta$")
    plots.draw_axes(length, grid=True, yscale="log", ylim=(1e-4, 20), ylabel="distance moved")
    looks = [plots.MEMORIES[memory] for memory in GROUPS]
    samples = [course.plot([], [], color=look.color, linestyle=look.dashes)[0] for look in looks]
    told = [f"memory of {memory}: {', '.join(names)}" for memory, names in GROUPS.items()]
    course.legend(samples, told, loc="upper right", fontsize=10, handlelength=3)
    return LiveFigure(
        fig,
        compute,
        run={
            "gamma": slider("momentum γ", 0, 0.99, steps=34, value=0.9, format=".2f"),
            "settings": stops("settings", SETTINGS, value=settings),
            "library": choice("chosen library", list(LIBRARIES)),
            "lr": slider("learning rate there", 0.001, 1, steps=31, value=0.01, log=True, format=".2g"),
        },
        scenes={
            "converted": {"settings": CONVERTED},
            "the learning rate falls to a tenth": {"settings": DROPPED},
            "the same numbers copied": {"settings": COPIED},
        },
        alt=f"The momentum of seven libraries on one parabola, {SHOWN[settings]}. Left, where each is, step by step; "
        "right, how long each of its steps is, on a log scale.",
    )


def compute(gamma, settings, library="deck", lr=0.01):
    """Every library's run, and how one writes it there."""
    chosen = LIBRARIES[library](lr, gamma)
    written = {name: _written(chosen, kind, settings) for name, kind in LIBRARIES.items()}
    places = {name: run(written[name], settings == DROPPED) for name in LIBRARIES}
    t, lines = np.arange(STEPS + 1), {}
    for name, place in places.items():
        moved = np.abs(place[1:] - place[:-1])
        lines[f"place of {name}"] = (t, place)
        lines[name] = (t, np.concatenate([moved[:1], moved]))  # step 0 has no length: that of the first
    shown = DROP if settings == DROPPED else np.nan
    for prefix, low, high in (("place of ", -4.3, 4.2), ("", 1e-4, 20)):
        lines[f"{prefix}drop"] = ([shown, shown], [low, high])
    words = {"all seven": partial(_verdict, settings, gamma, places)}
    words |= {name: partial(_said, written[name], settings, name == library) for name in LIBRARIES}
    return Answer(lines, words)


def _written(chosen, kind, mode):
    """The settings of one library: converted, or the same two numbers copied."""
    if mode != COPIED:
        return convert(chosen, kind)
    rate, momentum = (getattr(chosen, field.name) for field in fields(chosen)[:2])
    return kind(rate, momentum)


def run(settings, drop):
    """Places (STEPS + 1,) of a run; with drop, the learning rate is a tenth from step DROP + 1 on."""
    name = fields(settings)[0].name
    rate = getattr(settings, name)
    slower = replace(settings, **{name: rate / 10})
    start = [START + 0 * rate]  # letters where the rate is one, since a schedule does not show what it is made of
    return descend(lambda t: slower if drop and t > DROP else settings, PARABOLA, start, steps=STEPS).theta[:, 0]


def _said(settings, mode, is_chosen):
    """How the settings are written there."""
    name = fields(settings)[0].name
    then = f", from step {DROP + 1} on {name}={getattr(settings, name) / 10:.6g}" if mode == DROPPED else ""
    return f"{settings}{then}{' (chosen)' if is_chosen else ''}"


def _verdict(mode, gamma, places):
    """What the seven have in common."""
    if mode == CONVERTED:
        return f"one path: nowhere further apart than {number(_apart(list(places.values())), 1)}"
    groups = _apart([places["Keras"], places["PyTorch"]])
    if mode == DROPPED:
        if gamma == 0:
            return "one path: without memory there is nothing that could coast"
        return (
            f"two groups after step {DROP}: memories of steps coast on, memories of gradients slow down at once; "
            f"up to {number(groups)} apart"
        )
    copied = _apart([places["deck"], places["averaged"]])
    if gamma == 0:
        return "one path: without memory the numbers mean the same everywhere"
    return f"six draw one path, averaged another: up to {number(copied)} apart"


def _apart(places):
    """The largest distance between any two of these runs."""
    places = np.stack(places)
    return (places.max(axis=0) - places.min(axis=0)).max()

"""Labs whose runs live in the page: Chromium and Python say and draw the same, wherever the quantities stand."""

import random
from functools import cache
from itertools import product

import numpy as np
import pytest

from course_lib import labs

TRACED = ("hill",)
# name of a lab -> readouts that rest on a chaotic run: a shift of the start by its last digit makes other sentences
CHAOTIC = {}


@cache
def lab(name):
    return getattr(labs, name)()


def settings_of(live):
    """The default, every corner, every scene, and 200 at random."""
    draw = random.Random(0)
    sizes = {control.name: len(control.values) for control in live._controls()}
    ends = {name: (0, size - 1) for name, size in sizes.items()}
    corners = [dict(zip(ends, numbers, strict=True)) for numbers in product(*ends.values())]
    anywhere = [{name: draw.randrange(size) for name, size in sizes.items()} for _ in range(200)]
    scenes = [{n: k for n, k in scene.items() if n != "step"} for scene in live.spec["scenes"].values()]
    return [live.defaults | setting for setting in ({}, *corners, *scenes, *anywhere)]


def shifted(live, settings):
    """The plain answer where every number is one unit in the last place more."""
    values = {
        name: np.nextafter(value, np.inf) if isinstance(value, float) else value
        for name, value in live._kernel_values(settings).items()
    }
    pairs = {name: tuple(np.nextafter(value, np.inf)) for name, value in values.items() if isinstance(value, tuple)}
    return live.compute(**values | pairs)


IN_PAGE = """(all) => {
    const f = document.querySelector('.live-figure').liveFigure;
    return all.map((settings) => {
        const program = f.programs.at(settings);
        const numbers = (gid) => [0, 1].map((side) => [...program.numbers(gid, side)]);
        const lines = Object.keys(program.lines).map((gid) => [gid, numbers(gid)]);
        const words = program.names.map((name) => [name, program.said(name)]);
        return { lines: Object.fromEntries(lines), words: Object.fromEntries(words) };
    });
}"""


@pytest.mark.parametrize("name", TRACED)
def test_compute_is_traced(name):
    assert lab(name).untraceable == "" and lab(name).programs and not lab(name).table


@pytest.mark.parametrize("name", TRACED)
def test_page_and_python_say_and_draw_the_same(name, open_page):
    live = lab(name)
    all_settings = settings_of(live)
    told = open_page(live).page.evaluate(IN_PAGE, all_settings)
    for settings, page in zip(all_settings, told, strict=True):
        plain, where = live.cell(settings), live._kernel_values(settings)
        words = {key: text for key, text in plain.words.items() if key not in CHAOTIC.get(name, ())}
        assert {key: page["words"][key] for key in words} == words, where
        spread = None
        for gid, pair in plain.lines.items():
            for side, values in enumerate(pair):
                values, drawn = np.ravel(np.asarray(values, float)), np.array(page["lines"][gid][side], float)
                close = np.isclose(drawn, values, rtol=1e-12, atol=1e-12, equal_nan=True)
                if close.all():
                    continue
                spread = spread or shifted(live, settings)
                with np.errstate(all="ignore"):
                    room = 100 * np.abs(np.ravel(np.asarray(spread.lines[gid][side], float)) - values)
                    assert (close | (np.abs(drawn - values) <= room) | ~np.isfinite(values)).all(), (gid, where)

"""Labs whose runs live in the page: Chromium and Python say and draw the same, wherever the quantities stand."""

import json
import random
import zlib
from functools import cache
from itertools import product

import numpy as np
import pytest
from built import lab

from course_lib import tracing

TRACED = ("balls", "effective_rates", "forget", "hill", "look", "race", "ravine", "rosetta", "step", "trap")
SLOW = {
    "forget": 4,
    "ravine": 8,
}  # of its settings only so many a time are computed plainly: each takes a quarter of a second
FEW = {"effective_rates": 5}  # by numpy, too: 33 programs, each for few settings
# name of a lab -> readouts that rest on a chaotic run: a shift of the start by its last digit makes other sentences
CHAOTIC = {}


def settings_of(live):
    """The default, every corner, every scene, and 200 at random."""
    draw = random.Random(0)
    sizes = {control.name: len(control.values) for control in live.controls.values()}
    ends = {name: (0, size - 1) for name, size in sizes.items()}
    corners = [dict(zip(ends, numbers, strict=True)) for numbers in product(*ends.values())]
    anywhere = [{name: draw.randrange(size) for name, size in sizes.items()} for _ in range(200)]
    scenes = [{n: k for n, k in scene.items() if n != "step"} for scene in live.spec["scenes"].values()]
    return [live.defaults | setting for setting in ({}, *corners, *scenes, *anywhere)]


def programs_of(live):
    held = json.loads(zlib.decompress(live.programs))
    return held | {"programs": {key: far(program) for key, program in held["programs"].items()}}


def far(program):
    """The inverse of tracing.near."""

    def block(code, before):
        for op, count, away, *rest in code:
            out = before + away
            if program["ops"][op] == "loop":
                yield [op, count, out, list(block(rest[0], out))]
            else:
                places = {1} if program["ops"][op] == "store" else {1, 3, 5}
                yield [op, count, out, *(n + out if k in places else n for k, n in enumerate(rest))]
            before = out

    places, numbers = program["constants"]
    return program | {"code": list(block(program["code"], 0)), "constants": [np.cumsum(places).tolist(), numbers]}


@cache
def traced(name):
    """(settings, (lines, words)) of all settings, by the figure's programs and numpy, those of a program at once."""
    live, all_settings = lab(name), settings_of(lab(name))
    held, answers = programs_of(live), [None] * len(all_settings)
    for key, program in held["programs"].items():
        mine = [k for k, s in enumerate(all_settings) if ",".join(str(s[name]) for name in held["chosen"]) == key]
        if not mine:
            continue
        values = [live._values(all_settings[k]) for k in mine]
        texts = {text: number for number, (text, *holes) in enumerate(program["texts"]) if not holes}
        values = [{n: texts[v[n]] if isinstance(v[n], str) else v[n] for n in program["inputs"]} for v in values]
        together = {name: np.moveaxis(np.array([v[name] for v in values]), 0, -1) for name in program["inputs"]}
        memory = tracing.run(program, together)
        for column, k in enumerate(mine):
            lines = {gid: tracing.line(program, memory[:, column], gid) for gid in program["lines"]}
            words = {name: tracing.sentence(program, memory[:, column], name) for name in program["words"]}
            answers[k] = lines, words
    return list(zip(all_settings, answers, strict=True))


def shifted(live, settings):
    """The plain lines where every number is one unit in the last place more."""

    def more(value):
        return tuple(map(more, value)) if isinstance(value, tuple) else np.nextafter(float(value), np.inf)

    values = live._values(settings)
    fixed = {name for name, control in live.controls.items() if not control.numeric}
    return live.compute(**{name: value if name in fixed else more(value) for name, value in values.items()}).lines


IN_PAGE = """(all) => {
    const f = document.querySelector('.live-figure').liveFigure;
    return all.map((settings) => {
        const program = f.programs.at(settings);
        const numbers = (gid) => [0, 1].map((side) => [...program.numbers(gid, side)]);
        const lines = Object.keys(program.lines).map((gid) => [gid, numbers(gid)]);
        const words = Object.keys(program.words).map((name) => [name, program.said(name)]);
        return [Object.fromEntries(lines), Object.fromEntries(words)];
    });
}"""


def agree(name, settings, one, other):
    """Assert that two answers say the same, and draw the same but for what a shift by the last digit would change."""
    live, spread = lab(name), None
    (lines, words), (other_lines, other_words) = one, other
    kept = [key for key in words if key not in CHAOTIC.get(name, ())]
    where = live._values(settings)
    assert {key: words[key] for key in kept} == {key: other_words[key] for key in kept}, where
    assert lines.keys() == other_lines.keys()
    for gid, pair in lines.items():
        for side, values in enumerate(pair):
            values, drawn = (np.ravel(np.asarray(v, float)) for v in (values, other_lines[gid][side]))
            close = np.isclose(drawn, values, rtol=1e-12, atol=1e-12, equal_nan=True)
            if close.all():
                continue
            spread = spread or shifted(live, settings)
            with np.errstate(all="ignore"):
                room = 100 * np.abs(np.ravel(np.asarray(spread[gid][side], float)) - values)
                assert (close | (np.abs(drawn - values) <= room)).all(), (gid, where)


@pytest.mark.parametrize("name", TRACED)
def test_compute_is_traced(name):
    assert lab(name).untraceable == "" and lab(name).programs and not lab(name).table


@pytest.mark.parametrize("name", TRACED)
def test_page_and_python_say_and_draw_the_same(name, open_page):
    """Python: the figure's program, run by numpy. That this is what compute says is the next test."""
    tried = traced(name)[:: FEW.get(name, 1)]
    told = open_page(lab(name)).page.evaluate(IN_PAGE, [settings for settings, _ in tried])
    for (settings, by_numpy), page in zip(tried, told, strict=True):
        agree(name, settings, by_numpy, page)


@pytest.mark.parametrize("name", TRACED)
def test_a_program_is_its_compute(name):
    for settings, by_numpy in traced(name)[:: SLOW.get(name, 1)]:
        plain = lab(name).cell(settings)
        agree(name, settings, (plain.lines, plain.words), by_numpy)


@pytest.mark.parametrize("name", ["hill", "race", "ravine", "step", "trap"])
def test_an_exported_figure_is_light(name, page_of):
    """At most 200 kB, pictures included."""
    assert page_of(lab(name)).stat().st_size <= 200_000

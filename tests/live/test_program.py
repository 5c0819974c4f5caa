"""Programs in the page: what Chromium makes of them is what numpy makes of them, in any page."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from course_lib import tracing
from course_lib.descent import descend, trace
from course_lib.live.script import script
from course_lib.optimizers import OPTIMIZERS
from course_lib.surfaces import SURFACES
from course_lib.tracing import ARITY, Sheet, formatted, line, program_of, run

SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3.7,
    -3.7,
    1e-300,
    1e300,
    -1e300,
    7.0,
    np.inf,
    -np.inf,
    np.nan,
]
EXPOSED = "window.course = { Program, format };"
NEAR = {"power", "exp", "log", "log2", "log10", "sin", "cos", "tan", "arctan", "tanh"}
NEAR |= {"arctan2", "hypot"}  # of which each library has its own last digit


@pytest.fixture(scope="module")
def page(chromium):
    page = chromium.new_page()
    page.set_content(f'<script type="module">{script("program")}\n{EXPOSED}</script>')
    page.wait_for_function("() => window.course")
    yield page
    page.close()


def in_page(page, program, settings):
    """For each setting, {gid: (x, y)} as the page has it."""
    given = [{name: np.atleast_1d(value).tolist() for name, value in one.items()} for one in settings]
    return page.evaluate(
        """([program, settings]) => {
            const made = new course.Program(program);
            return settings.map((values) => {
                made.run(values);
                const numbers = (gid) => [0, 1].map((side) => [...made.numbers(gid, side)]);
                const lines = Object.keys(program.lines).map((gid) => [gid, numbers(gid)]);
                const words = Object.keys(program.words).map((name) => made.said(name));
                return { lines: Object.fromEntries(lines), words };
            });
        }""",
        [json.loads(json.dumps(tracing.near(program))), given],
    )


# -- the operations


SIMPLE = [op for op in ARITY if op not in ("loop", "store")]


def operands(op):
    numbers = SPECIAL if ARITY[op] < 3 else [0.0, -0.0, 1.0, -2.0, np.inf, np.nan]
    return np.array(np.meshgrid(*[numbers] * ARITY[op])).reshape(ARITY[op], -1)


def op_program(op):
    sheet = Sheet()
    letters = [sheet.letters((operands(op).shape[1],)) for _ in range(ARITY[op])]
    result = sheet.write(op, *letters)
    return sheet.program({str(k): tuple(one) for k, one in enumerate(letters)}, {"out": (result, result)}, {})


@pytest.fixture(scope="module")
def results(page):
    """op -> what the page makes of all its operands, and what numpy makes of them."""

    def of(op):
        values = {str(k): row for k, row in enumerate(operands(op))}
        program = op_program(op)
        (answer,) = in_page(page, program, [values])
        return np.array(answer["lines"]["out"][0], float), line(program, run(program, values), "out")[0]

    return {op: of(op) for op in SIMPLE}


def agrees(op, told, numpys):
    """Exactly, signs of zeros and nan included; to a unit or so in the last place where libraries differ."""
    if op in NEAR:
        same = np.isclose(told, numpys, rtol=1e-15, atol=0, equal_nan=True)
    else:
        same = (told == numpys) | (np.isnan(told) & np.isnan(numpys))
    either = op in ("maximum", "minimum") and (told == 0)  # of 0 and -0 numpy itself gives now one, now the other
    return same & ((np.signbit(told) == np.signbit(numpys)) | np.isnan(told) | either)


@pytest.mark.parametrize("op", SIMPLE)
def test_an_operation_is_numpys_over_all_odd_numbers(results, op):
    told, numpys = results[op]
    wrong = ~agrees(op, told, numpys)
    assert not wrong.any(), [*zip(operands(op)[:, wrong].T.tolist(), told[wrong], numpys[wrong], strict=True)][:5]


@pytest.mark.parametrize("op", SIMPLE)
def test_an_operation_put_in_the_place_of_another_would_be_found(results, op):
    _, numpys = results[op]
    others = [other for other in SIMPLE if ARITY[other] == ARITY[op] and other != op]
    unseen = [other for other in others if agrees(op, results[other][0], numpys).all()]
    assert unseen == []


def test_an_unknown_operation_is_refused(page):
    program = op_program("sqrt")
    program["ops"] = ["conjure" if op == "sqrt" else op for op in program["ops"]]
    with pytest.raises(Exception, match="unknown operation conjure"):
        in_page(page, program, [{"0": SPECIAL}])


# -- texts


FORMS = [".0f", ".1f", ".2f", ".3f", ".1g", ".2g", ".3g", "g", ".1e", ".2e", "+.2f", ".2m", ".1p", ".2p", ".3p", "f"]


def numbers_for_texts():
    draw = random.Random(1)
    ties = [(2 * k + 1) / 2 ** (d + 1) for k in range(40) for d in range(6)]
    wide = [draw.choice((-1, 1)) * draw.random() * 10 ** draw.randint(-12, 24) for _ in range(600)]
    near = [float(f"{draw.random():.3g}") for _ in range(300)] + [float(k) / 8 for k in range(-60, 60)]
    return [
        0.0,
        -0.0,
        np.inf,
        -np.inf,
        np.nan,
        9.5,
        99.5,
        999.5,
        1e21,
        1e22,
        5e-324,
        1e-4,
        1e-5,
        99999.5,
        *ties,
        *wide,
        *near,
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_number_is_told_as_python_tells_it(page, form):
    values = numbers_for_texts()
    told = page.evaluate("([values, form]) => values.map((value) => course.format(value, form))", [values, form])
    assert [(v, t) for v, t in zip(values, told, strict=True) if t != formatted(v, form)] == []


# -- optimizers on surfaces


PAIRS = [(rule, surface) for rule in OPTIMIZERS for surface in SURFACES]


def one_step(rule, surface):
    """A program of one step of a rule, from any point, state and t."""
    ground, names = SURFACES[surface], rule.state

    def function(t, theta, **state):
        here = stacked(theta)
        memory = [stacked(state[name]) for name in names]
        optimizer = rule()
        look = optimizer.look(here, *memory)
        g = here.sheet.read(ground.gradient(look))
        after = optimizer.step(here, g, t, *memory)
        return {str(k): (part, part) for k, part in enumerate(after)}, {}

    dim = ground.dim
    return program_of(function, {"t": 1, "theta": dim, **dict.fromkeys(names, dim)})


def stacked(parts):
    sheet = tracing.sheet_of(parts)
    return sheet.read(np.array(parts if isinstance(parts, tuple) else (parts,), dtype=object))


def one_step_settings(rule, surface):
    """Where numpy's own run is, every third step, and what it makes of it."""
    ground = SURFACES[surface]
    begun = [step for step, _ in zip(trace(rule(), ground.gradient, ground.start), range(61), strict=False)]
    pick = range(0, 60, 3)
    settings = [
        {"t": begun[k].t, "theta": begun[k].theta, **dict(zip(rule.state, begun[k].state, strict=True))} for k in pick
    ]
    return settings, [(begun[k + 1].theta, *begun[k + 1].state) for k in pick]


@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_one_step_in_the_page_is_numpys_to_four_units_in_the_last_place(page, rule):
    """Of the point, that is, of the larger of its coordinates: a power in 1 - beta2^t may be another in its last digit,
    which near zero is more of a small coordinate."""
    for surface in SURFACES:
        settings, after = one_step_settings(rule, surface)
        answers = in_page(page, one_step(rule, surface), settings)
        for given, answer, (wanted, *_) in zip(settings, answers, after, strict=True):
            moved = np.array([answer["lines"]["0"][0]], float)
            if not np.isfinite(wanted).all():
                np.testing.assert_array_equal(np.isfinite(moved[0]), np.isfinite(wanted))
                continue
            unit = np.spacing(max(np.abs(given["theta"]).max(), np.abs(wanted).max()))
            assert (np.abs(moved - wanted) <= 4 * unit).all(), (surface, given, moved, wanted)


@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_a_path_at_default_settings_is_numpys(page, rule):
    """150 steps, to 1e-12; where the default leaves the numbers, so does the page."""
    for surface, ground in SURFACES.items():

        def function(start, ground=ground):
            path = descend(rule(), ground, start if isinstance(start, tuple) else (start,), steps=150)
            return {str(k): (path.theta[:, k], path.loss) for k in range(ground.dim)}, {}

        (answer,) = in_page(page, program_of(function, {"start": ground.dim}), [{"start": ground.start}])
        path = descend(rule(), ground, ground.start, steps=150)
        for k in range(ground.dim):
            told = np.array(answer["lines"][str(k)][0], float)
            np.testing.assert_allclose(told, path.theta[:, k], rtol=1e-12, atol=1e-12, err_msg=surface)


# -- wherever a page may be


POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-src data: blob: 'self'"


@pytest.mark.parametrize("framed", [False, True], ids=["from disk", "in a sandboxed frame"])
def test_a_program_runs_under_a_strict_policy(chromium, tmp_path, framed):
    program = program_of(lambda x: ({"out": ([x], [x * 2])}, {"said": lambda: f"twice {x:.1f}"}), {"x": 1})
    inner = (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><p></p>'
        f'<script type="module">{script("program")}\n'
        f"const made = new Program({json.dumps(tracing.near(program))}); made.run({{ x: [21] }});"
        'document.querySelector("p").textContent = made.numbers("out", 1)[0] + " " + made.said("said");</script>'
    )
    file = Path(tmp_path / "page.html")
    escaped = inner.replace("&", "&amp;").replace('"', "&quot;")
    file.write_text(
        f'<iframe sandbox="allow-scripts" srcdoc="{escaped}"></iframe>' if framed else inner, encoding="utf-8"
    )
    page = chromium.new_page()
    page.goto(file.as_uri())
    place = page.frame_locator("iframe").locator("p") if framed else page.locator("p")
    place.filter(has_text="twice").wait_for()
    assert place.inner_text() == "42 twice 21.0"
    page.close()


def test_no_text_becomes_code():
    source = script("program")
    assert not any(word in source for word in ("eval(", "new Function", "import(", "innerHTML", "WebAssembly"))

"""Tracing: what is written down is what numpy does; what cannot be says why; what is wrong is found."""

import json
from pathlib import Path

import numpy as np
import pytest

from course_lib import tracing
from course_lib.descent import descend
from course_lib.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum, Nesterov, Optimizer
from course_lib.surfaces import SURFACES, ravine
from course_lib.tracing import Sheet, Untraceable, differs, line, phrase, program_of, run, sentence
from course_lib.training import schedules

LESSON = Path(__file__).parent.parent / "notebooks" / "03_how_momentum_works.ipynb"
STEPS = 40
VALUES = [0.3, -1.7, 2.0, 0.0, 1e-3]


def traced(function, size=2):
    """(program, function that runs it) of a function of an array: its result as the line `out`."""
    sheet = Sheet()
    x = sheet.letters((size,))
    result = sheet.decided(lambda: sheet.read(function(x)))
    program = json.loads(json.dumps(sheet.program({"x": tuple(x)}, {"out": (result, result)}, {})))

    def again(values):
        return line(program, run(program, {"x": values}), "out")[0].reshape(result.shape)

    return program, again


MOVES = {
    "indexing": lambda x: x[::-1] * 2,
    "a column": lambda x: x[:, None] * x,
    "unpacking": lambda x: np.stack([*x[1:], x[0]]),
    "an array of letters": lambda x: np.array([x[1], x[0] * 2]) + 1,
    "assigning in place": lambda x: _with(x.copy(), 0, x[1] * 3),
    "a mask": lambda x: _with(x.copy(), x < 0, 7.0),
    "aliasing": lambda x: _twice(x.copy()),
    "the sum of an axis": lambda x: (x[:, None] * x).sum(axis=0),
    "a long sum": lambda x: np.stack([x, x * 2, x + 1, x - 3, x, x]).sum(axis=0),
    "a running maximum": lambda x: np.maximum.accumulate(x),
    "a running sum": lambda x: np.cumsum(x),
    "the largest": lambda x: x.argmax(),
    "a norm": lambda x: np.linalg.norm(x),
    "a product of matrices": lambda x: (x[:, None] * x) @ x,
    "a comparison": lambda x: x > 0.1,
    "all and any": lambda x: np.stack([(x > 0).all(), (x > 0).any()]),
    "clip": lambda x: x.clip(-1, 1),
    "where": lambda x: np.where(x < 0, -x, x),
    "nan_to_num": lambda x: np.nan_to_num(x / x, nan=-3.0),
    "powers": lambda x: np.abs(x) ** 1.5 + x**2 + 2.0**x + np.abs(x) ** 0.5,
    "whole division": lambda x: x // 0.7 + x % 0.7,
    "rounding": lambda x: np.rint(x) + np.floor(x) * 10 + np.ceil(x) * 100,
    "a mean": lambda x: x.mean() + np.mean(x[:, None] * x, axis=0),
    "an if": lambda x: x * 2 if x[0] > x[1] else x - 1,
    "ifs in a chain": lambda x: 1.0 if x[0] < 0 else 2.0 if 0 <= x[0] < 1 else 3.0,
    "and, or, not": lambda x: 1.0 if (x[0] > 0 and not x[1] > 0) or x[0] == 2 else 0.0,
    "min and max of Python": lambda x: max(x[0], min(x[1], 0.5)),
    "sorted": lambda x: np.stack(sorted(x[:3])),
    "an object array's root": lambda x: np.sqrt(np.array([abs(x[0]), x[1] * x[1]])),
}


def _with(x, place, value):
    x[place] = value
    return x


def _twice(x):
    other = x
    other *= 2
    return x + other


@pytest.mark.parametrize("function", MOVES.values(), ids=MOVES)
def test_a_program_does_what_its_function_does(function):
    _, again = traced(function, len(VALUES))
    for values in (VALUES, VALUES[::-1], [-0.5, 3.0, 0.1, 0.7, -2.0]):
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(again(values), function(np.array(values)), rtol=1e-15, equal_nan=True)


def test_equal_expressions_are_written_once():
    once, _ = traced(lambda x: np.exp(x) + 1)
    twice, _ = traced(lambda x: np.exp(x) + 1 + 0 * (np.exp(x) + 1))
    exp = once["ops"].index("exp")
    assert [sum(op == exp for op, *_ in program["code"]) for program in (once, twice)] == [1, 1]


def test_what_a_loop_does_not_change_stands_before_it():
    sheet = Sheet()
    x = sheet.letters((1,))
    sheet.repeat(lambda t, theta: (theta + np.exp(x),), (x,), 5)
    program = sheet.program({}, {}, {})
    loop = next(instruction for instruction in program["code"] if program["ops"][instruction[0]] == "loop")
    assert "exp" not in [program["ops"][op] for op, *_ in loop[-1]]


def test_a_run_that_only_a_sentence_needs_may_wait():
    def function(lr):
        drawn, counted = (descend(Momentum(lr), "saddle", (1.0, 0.1), steps=steps) for steps in (5, 40))
        words = {"short": lambda: f"{drawn.loss[-1]:.3g}", "long": lambda: f"{counted.loss[-1]:.3g}"}
        return {"run": (drawn.theta[:, 0], drawn.theta[:, 1])}, words

    program = program_of(function, {"lr": 1})
    loop, now = program["ops"].index("loop"), program["now"]
    parts = program["code"][:now], program["code"][now:]
    assert [[one[1] for one in part if one[0] == loop] for part in parts] == [[5], [40]]
    assert program["waiting"] == ["long"]
    memory = run(program | {"code": parts[0]}, {"lr": 0.1})  # without the second part
    words = function(0.1)[1]
    assert sentence(program, memory, "short") == words["short"]()
    np.testing.assert_allclose(line(program, memory, "run"), function(0.1)[0]["run"], rtol=1e-12)
    assert not differs(program, function, [{"lr": 0.1}])


# -- optimizers on surfaces


def path_of(make, surface, steps=STEPS):
    """A function for a program: the path and the loss of make(lr) from a start."""

    def function(start, lr):
        path = descend(make(lr), surface, start if surface.dim > 1 else (start,), steps=steps)
        k = np.arange(steps + 1)
        return {str(i): (k, path.theta[:, i]) for i in range(surface.dim)} | {"loss": (k, path.loss)}, {}

    return function


def path_program(make, surface, steps=STEPS):
    return program_of(path_of(make, surface, steps), {"start": surface.dim, "lr": 1})


def settings(surface, lr):
    home = surface.start if surface.dim > 1 else surface.start[0]
    return [{"start": home, "lr": lr}, {"start": np.multiply(home, 0.7), "lr": lr / 3}]


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_every_optimizer_on_every_surface_is_its_plain_run(rule, surface):
    ground = SURFACES[surface]
    program = path_program(rule, ground)
    assert differs(program, path_of(rule, ground), settings(ground, rule().lr), within=1e-13) == ""


SCHEDULES = {
    "constant": lambda lr: schedules.scheduled(Momentum, lr=schedules.constant(lr)),
    "step decay": lambda lr: schedules.scheduled(Momentum, lr=schedules.step_decay(lr, 7)),
    "cosine": lambda lr: schedules.scheduled(Adam, lr=schedules.cosine(lr, 30)),
    "warm-up": lambda lr: schedules.scheduled(Nesterov, lr=schedules.warm_up(lr, 10)),
    "growing memory": lambda lr: schedules.scheduled(Momentum, lr=lr, gamma=schedules.sutskever(0.9, 5)),
    "a rule by hand": lambda lr: lambda t: Momentum(lr, 0.5) if t < 10 else Momentum(lr / 2, 0.9),
}


@pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)
def test_schedules_are_traced(make):
    ground = SURFACES["rosenbrock"]
    assert differs(path_program(make, ground), path_of(make, ground), settings(ground, 0.001)) == ""


def test_the_class_that_a_learner_writes_is_traced():
    cells = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
    names = {"np": np}
    for source in ("".join(cell["source"]) for cell in cells):
        if "class Shell" in source or "class solution_MyMomentum" in source:
            exec(source, names)
    ground = SURFACES["ravine"]
    make = names["solution_MyMomentum"]
    assert differs(path_program(make, ground), path_of(make, ground), settings(ground, 0.02)) == ""


def test_a_landscape_may_be_letters_too():
    def function(kappa, angle):
        path = descend(GradientDescent(1 / kappa), ravine(kappa, angle), (-4.0, 2.0), steps=STEPS)
        return {"x": (path.theta[:, 0], path.theta[:, 1])}, {}

    program = program_of(function, {"kappa": 1, "angle": 1})
    cases = [{"kappa": 8.0, "angle": 30.0}, {"kappa": 100.0, "angle": 0.0}, {"kappa": 1.0, "angle": 90.0}]
    assert differs(program, function, cases, within=1e-12) == ""


def test_a_loop_in_a_loop():
    sheet = Sheet()
    x = sheet.letters((1,))

    def outer(t, theta):
        inner = sheet.repeat(lambda k, y: (y * 0.5 + t,), (theta,), 3)
        return (inner[-1] + inner[1],)

    series = sheet.repeat(outer, (x,), 4)
    program = sheet.program({"x": tuple(x)}, {"x": (series[:, 0], series[:, 0])}, {})
    plain = [2.0]
    for t in range(1, 5):
        y = [plain[-1]]
        for _ in range(3):
            y.append(y[-1] * 0.5 + t)
        plain.append(y[-1] + y[1])
    np.testing.assert_array_equal(line(program, run(program, {"x": 2.0}), "x")[0], plain)


# -- sentences


def told(function):
    """What a sentence says of a number, by its program."""
    program = program_of(lambda x: ({}, {"said": lambda: function(x)}), {"x": 1})
    return lambda value: sentence(program, run(program, {"x": value}), "said")


SENTENCES = {
    "a hole": lambda x: f"after {x:.0f} steps",
    "several": lambda x: f"{x:.2g} and {x * x:.3f}, {x:+.1e}",
    "an if": lambda x: f"{x:.1f} up" if x > 0 else "not up",
    "an if in an if": lambda x: ("big" if x > 10 else f"small, {x:.2f}") if x > 0 else f"minus {-x:.1f}",
    "a power of ten": lambda x: f"loss {tracing.formatted(x, '.2p')}",
    "a chosen text": lambda x: f"it is {np.where(x > 0, 'above', 'below')}: {x:.1f}",
    "a sum of texts": lambda x: "a" + f"{x:.1f}" + ("b" if x < 3 else "c"),
}


@pytest.mark.parametrize("function", SENTENCES.values(), ids=SENTENCES)
def test_a_sentence_is_what_python_says(function):
    said = told(function)
    values = (0.5, 2.5, 0.125, 123.456, -3.0, 1e-7, 99999.0, np.inf)
    assert [said(value) for value in values] == [function(value) for value in values]


# -- what cannot be traced, and what would be wrong


def rule(step, **fields):
    """A factory of a class with this step."""
    return type("Rule", (Optimizer,), {"step": step, "__init__": lambda self, lr: vars(self).update(lr=lr), **fields})


class Table:
    pass


memory, calls, table = {}, [], np.linspace(0, 1, 50)


def counting(self, theta, g, t):
    calls.append(1)
    return (theta - self.lr * g / len(calls),)


def remembering(self, theta, g, t, delta=None):
    delta = self.lr * g + 0.9 * memory.get("delta", 0)
    memory["delta"] = delta
    return (theta - delta,)


def swallowing(self, theta, g, t):
    try:
        return (theta - self.lr * np.clip(float(g[0]), -1, 1),)
    except TypeError:
        return (theta - self.lr * g,)


def endless(self, theta, g, t):
    while np.abs(g[0]) > 0.1:
        g = g / 2
    return (theta - self.lr * g,)


def in_place(self, theta, g, t):
    new = theta.copy()
    new -= self.lr * g
    return (new,)


def by_item(self, theta, g, t):
    out = np.zeros(2)
    for k in range(2):
        out[k] = theta[k] - self.lr * g[k]
    return (out,)


def printing(self, theta, g, t):
    print(f"{g[0]:.3f}")
    return (theta - self.lr * g,)


HOSTILE = {
    # name: (step, what becomes of it)
    "clipping": (lambda self, theta, g, t: (theta - self.lr * g.clip(-1, 1),), "traced"),
    "clipping by norm": (
        lambda self, theta, g, t: (theta - self.lr * (g if np.linalg.norm(g) < 1 else g / np.linalg.norm(g)),),
        "traced",
    ),
    "a sign": (lambda self, theta, g, t: (theta - self.lr * np.sign(g),), "traced"),
    "a branch on t": (lambda self, theta, g, t: (theta - (self.lr if t < 10 else self.lr / 2) * g,), "traced"),
    "every third step": (lambda self, theta, g, t: (theta - (self.lr if t % 3 else 0.0) * g,), "traced"),
    "a list": (lambda self, theta, g, t: ([a - self.lr * b for a, b in zip(theta, g, strict=True)],), "traced"),
    "np.array of letters": (lambda self, theta, g, t: (np.array([theta[0] - self.lr * g[0], theta[1]]),), "traced"),
    "in place on a copy": (in_place, "traced"),
    "items of a new array": (by_item, "refused"),
    "in place on theta": (lambda self, theta, g, t: (theta.__isub__(self.lr * g),), "refused"),
    "math.sqrt": (lambda self, theta, g, t: (theta - self.lr * g / __import__("math").sqrt(t),), "refused"),
    "float": (lambda self, theta, g, t: (theta - self.lr * float(g[0]),), "refused"),
    "round": (lambda self, theta, g, t: (theta - self.lr * round(g[0], 2),), "refused"),
    "range(t)": (lambda self, theta, g, t: (theta - self.lr * g * sum(1 for _ in range(t)),), "refused"),
    "a table looked up": (lambda self, theta, g, t: (theta - self.lr * g * table[t],), "refused"),
    "np.take": (lambda self, theta, g, t: (theta - self.lr * g * np.take(table, t),), "refused"),
    "einsum": (lambda self, theta, g, t: (theta - self.lr * np.einsum("i,i->i", g, g),), "refused"),
    "solve": (lambda self, theta, g, t: (theta - self.lr * np.linalg.solve(np.eye(2), g),), "refused"),
    "interp": (lambda self, theta, g, t: (theta - self.lr * np.interp(g, table, table),), "refused"),
    "printing a number": (printing, "refused"),
    "a dictionary by t": (lambda self, theta, g, t: (theta - self.lr * g * {1: 2.0}.get(t, 1.0),), "refused"),
    "an endless loop": (endless, "refused"),
    "an error swallowed": (swallowing, "refused"),
    "a keyword of numpy": (lambda self, theta, g, t: (theta - self.lr * np.add(g, g, where=g > 0),), "refused"),
    "an attribute": (lambda self, theta, g, t: (theta - self.lr * g.tolist()[0],), "refused"),
    "complex numbers": (lambda self, theta, g, t: (theta - self.lr * np.real(g + 1j),), "refused"),
    "another shape": (lambda self, theta, g, t: (np.stack([theta, theta, theta]),), "refused"),
    "no tuple": (lambda self, theta, g, t: theta - self.lr * g, "refused"),
    "nothing": (lambda self, theta, g, t: (None,), "refused"),
    "random numbers": (lambda self, theta, g, t: (theta - self.lr * g * np.random.default_rng().random(),), "differs"),
    "counting its calls": (counting, "differs"),
    "a global memory": (remembering, "differs"),
    "isinstance of t": (lambda self, theta, g, t: (theta - self.lr * (g if isinstance(t, int) else 0 * g),), "differs"),
    "isinstance of g": (
        lambda self, theta, g, t: (theta - self.lr * (g if isinstance(g, np.ndarray) else 0 * g),),
        "differs",
    ),
    "a type": (lambda self, theta, g, t: (theta - self.lr * (g if type(t) is int else 2 * g),), "differs"),
}


@pytest.mark.parametrize(("step", "outcome"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_rule_is_traced_equal_refused_or_found(step, outcome, capsys):
    memory.clear()
    calls.clear()
    ground, make = SURFACES["ravine"], rule(step)
    if outcome == "refused":
        with pytest.raises(Untraceable):
            path_program(make, ground)
        return
    program = path_program(make, ground)
    memory.clear()
    found = differs(program, path_of(make, ground), settings(ground, 0.02))
    assert bool(found) == (outcome == "differs"), found


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (lambda x: x * np.array(["a", "b"]), "words"),
        (lambda x: np.fft.fft(x), "numpy's fft"),
        (lambda x: np.add(x), "invalid number|add"),
        (lambda x: x & x, "no truth"),
        (lambda x: -(x > 0), "minus a truth"),
        (lambda x: x[x[0]], "choose"),
        (lambda x: np.array([[x[0]], [x[0], x[1]]], dtype=object), "arrays in an array|rows|no number|list"),
        (lambda x: f"{x[0]}", "text"),
        (lambda x: {x[0]: 1}, "hashable"),
    ],
)
def test_a_refusal_says_why(function, why):
    with pytest.raises((TypeError, ValueError), match=why):
        traced(function)


def test_a_refusal_sticks_to_the_sheet():
    sheet = Sheet()
    x = sheet.letters((2,))
    with pytest.raises(Untraceable):
        float(x[0])
    with pytest.raises(Untraceable, match="out of numpy's hands"):
        sheet.program({"x": tuple(x)}, {"out": (x, x)}, {})


def test_a_text_with_a_hole_of_its_own_is_refused():
    sheet = Sheet()
    with pytest.raises(Untraceable, match="holes"):
        sheet.read("\ue0003|.2f\ue001")


def test_a_hole_that_was_changed_is_found():
    def function(x):
        return {}, {"said": lambda: f"at {x:.1f}".replace("-", "minus ")}

    found = differs(program_of(function, {"x": 1}), function, [{"x": 2.0}, {"x": -2.0}])
    assert found.startswith("said says 'at minus 2.0'")


def test_questions_of_phrases_do_not_multiply():
    def said(x):
        return "".join(phrase(lambda y, k=k: f"over {k}, " if y > k else f"at most {k}, ", x) for k in range(30))

    program = program_of(lambda x: ({}, {"said": lambda: said(x)}), {"x": 1})
    assert differs(program, lambda x: ({}, {"said": said(x)}), [{"x": 3.5}, {"x": -1.0}, {"x": 99.0}]) == ""


def test_a_choice_of_texts_is_an_input():
    def function(kind, x):
        return {"x": ([0], [np.where(kind == "twice", 2 * x, x)])}, {
            "said": lambda: "two" if kind == "twice" else "one"
        }

    program = program_of(function, {"kind": ("once", "twice"), "x": 1})
    assert differs(program, function, [{"kind": kind, "x": 3.0} for kind in ("once", "twice")]) == ""


def test_a_sum_that_was_changed_is_found():
    program = path_program(GradientDescent, SURFACES["ravine"])
    other = path_of(lambda lr: GradientDescent(lr * (1 + 1e-6)), SURFACES["ravine"])
    assert differs(program, other, settings(SURFACES["ravine"], 0.02))

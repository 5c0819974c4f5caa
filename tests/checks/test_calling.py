"""Whatever a learner's function does, the check answers with a sentence and never with a traceback."""

import dataclasses
import gc
import json
import linecache
import sys

import numpy as np
import pytest

from course_lib import checks
from course_lib.checks import calling
from course_lib.checks.exercises import Function, Mistake

FUNCTIONS = [exercise for exercise in checks.EXERCISES if isinstance(exercise, Function)]


def test_an_argument_that_holds_nan_was_not_changed():
    assert np.isnan(calling.call(lambda losses: losses[0], (np.array([np.nan, 1.0]),)))


def stub(theta, g, delta, lr, gamma):
    delta = ...
    theta = theta - delta
    return theta, delta


def stub_that_returns_dots(theta, g, delta, lr, gamma):
    return theta, ...


def stub_that_is_not_implemented(theta, g, delta, lr, gamma):
    raise NotImplementedError


def fails(theta, g, delta, lr, gamma):
    return theta - undefined_name, delta  # noqa: F821


def has_other_arguments(theta, g):
    return theta


def returns_nothing(theta, g, delta, lr, gamma):
    theta - lr * g


def returns_one_value(theta, g, delta, lr, gamma):
    return theta - lr * g


def returns_text(theta, g, delta, lr, gamma):
    return "theta", delta


def returns_another_shape(theta, g, delta, lr, gamma):
    return np.zeros(7), delta


def returns_nan(theta, g, delta, lr, gamma):
    return theta * np.nan, delta


def divides_by_zero(theta, g, delta, lr, gamma):
    return theta - lr * g / 0, delta


def changes_its_argument(theta, g, delta, lr, gamma):
    delta *= gamma
    delta += lr * g
    return theta - delta, delta


def never_ends(theta, g, delta, lr, gamma):
    while True:
        pass


def never_ends_and_catches_exceptions(theta, g, delta, lr, gamma):
    while True:
        try:
            theta = theta - lr * g
        except Exception:
            continue


def calls_itself(theta, g, delta, lr, gamma):
    return calls_itself(theta, g, delta, lr, gamma)


def leaves_python(theta, g, delta, lr, gamma):
    sys.exit(1)


@pytest.mark.parametrize("answer", [stub, stub_that_returns_dots, stub_that_is_not_implemented])
def test_untouched_stub_is_asked_to_be_written(answer):
    assert checks.momentum_step(answer).verdict == "empty"


@pytest.mark.parametrize(
    "answer, words",
    [
        (fails, "in the line `return theta - undefined_name, delta"),
        (has_other_arguments, "takes 2 positional arguments"),
        (returns_nothing, "returned nothing"),
        (returns_one_value, "should return 2 values, (theta, delta)"),
        (returns_text, "theta should be a number"),
        (returns_another_shape, "theta should have shape (2,), it has (7,)"),
        (returns_nan, "theta came out as [nan, nan]"),
        (divides_by_zero, "theta came out as [-inf, -inf]"),
        (changes_its_argument, "changed its argument `delta` in place"),
        (calls_itself, "RecursionError"),
        (leaves_python, "SystemExit"),
        (42, "should be a function, it is int"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_accident_earns_a_sentence(answer, words):
    feedback = checks.momentum_step(answer)
    assert feedback.verdict == "trouble" and words in feedback.says


@pytest.mark.parametrize("answer", [never_ends, never_ends_and_catches_exceptions])
def test_endless_loop_is_stopped(answer, monkeypatch):
    monkeypatch.setattr(calling, "SECONDS", 0.2)
    assert "a loop that never ends" in checks.momentum_step(answer).says


def test_tracing_is_switched_off_after_a_check():
    before = sys.gettrace()
    checks.momentum_step(fails)
    assert sys.gettrace() is before


def test_printing_in_a_function_appears_once_and_not_for_every_case(capsys):
    def prints(theta, g, delta, lr, gamma):
        print("here")
        return theta, delta

    checks.momentum_step(prints)
    assert capsys.readouterr().out == "here\n"


def test_keyboard_interrupt_passes_through():
    def interrupted(theta, g, delta, lr, gamma):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checks.momentum_step(interrupted)


def test_test_that_crashes_is_told_where():
    assert "missing 4 required positional arguments" in checks.check_of_momentum(lambda step: step(1.0)).says


def test_test_whose_dots_are_still_there_counts_as_unwritten():
    def check_of_momentum(step):
        step(1.0, 2.0, 0.0, 0.1, 0.5)
        ...

    assert checks.check_of_momentum(check_of_momentum).verdict == "empty"


def test_test_that_returns_false_counts_as_catching():
    def by_result(step):
        theta, delta = step(1.0, 2.0, 0.0, 0.1, 0.5)
        theta, _ = step(theta, 2.0, delta, 0.1, 0.5)
        return np.isclose(theta, 0.5)

    assert checks.check_of_momentum(by_result).verdict == "right"


def in_one_array(theta, g, delta, lr, gamma):
    delta = lr * g + gamma * delta
    return np.array([theta - delta, delta])


def test_values_in_one_array_are_taken_apart():
    assert checks.momentum_step(in_one_array).verdict == "right"


def test_one_array_that_is_one_value_is_counted_as_one():
    assert "it returned one value" in checks.momentum_step(lambda theta, g, delta, lr, gamma: theta).says


@pytest.mark.parametrize(
    "name", ["momentum_step", "check_of_momentum", "half_life", "walker_and_ball", "two_sentences"]
)
def test_async_answer_earns_a_sentence_and_leaks_no_warning(name, recwarn):
    async def answer(*args):
        return 1

    exercise = getattr(checks, name)
    feedback = exercise(answer if name in ("momentum_step", "check_of_momentum") else answer())
    gc.collect()
    assert feedback.verdict == "trouble" and "`async def`" in feedback.says and not recwarn.list


def test_async_part_of_an_answer_earns_a_sentence_and_leaks_no_warning(recwarn):
    async def slope():
        return 1

    assert "`async def`" in checks.momentum_step(lambda theta, g, delta, lr, gamma: (slope(), delta)).says
    gc.collect()
    assert not recwarn.list


def test_answer_that_yields_earns_a_sentence():
    def step(*case):
        yield case

    assert "by `yield`" in checks.momentum_step(step).says
    assert "by `yield`" in checks.check_of_momentum(step).says


@dataclasses.dataclass(frozen=True)
class Frozen:
    lr: float = 0.1
    gamma: float = 0.9

    def step(self, theta, g, t, delta):
        self.lr = 0.2
        return theta, delta


def wrong_shapes(theta, g, delta, lr, gamma):
    return np.linalg.solve(np.eye(7), g), delta


def wrong_json(theta, g, delta, lr, gamma):
    return json.loads("{"), delta


def made_by_a_program(theta, g, delta, lr, gamma):
    lines = "def fail():\n    raise ValueError('no')\n"
    linecache.cache["<generated fail>"] = (len(lines), None, lines.splitlines(True), "<generated fail>")
    exec(compile(lines, "<generated fail>", "exec"), scope := {})
    return scope["fail"](), delta


def test_line_of_a_library_that_lies_anywhere_is_not_the_learners(tmp_path, monkeypatch):
    (tmp_path / "somewhere").mkdir()
    (tmp_path / "somewhere" / "__init__.py").write_text("def fail():\n    raise ValueError('no')\n")
    monkeypatch.syspath_prepend(tmp_path)

    def step(theta, g, delta, lr, gamma):
        import somewhere

        return somewhere.fail(), delta

    assert "in the line `return somewhere.fail(), delta`" in checks.momentum_step(step).says


@pytest.mark.parametrize(
    "exercise, answer, line",
    [
        (checks.MyMomentum, Frozen, "self.lr = 0.2"),
        (checks.momentum_step, wrong_shapes, "return np.linalg.solve(np.eye(7), g), delta"),
        (checks.momentum_step, wrong_json, 'return json.loads("{"), delta'),
        (checks.momentum_step, made_by_a_program, 'return scope["fail"](), delta'),
    ],
    ids=["a frozen class", "numpy", "the standard library", "generated code"],
)
def test_line_quoted_is_the_learners_own_with_an_error_inside(exercise, answer, line):
    assert f"in the line `{line}`" in exercise(answer).says


def test_line_quoted_is_the_learners_own_where_numpy_asserts():
    def check(step):
        theta, _ = step(1.0, 2.0, 0.0, 0.1, 0.5)
        np.testing.assert_allclose(theta, 7.0)

    assert "in the line `np.testing.assert_allclose(theta, 7.0)`" in checks.check_of_momentum(check).says


def in_precision(kind):
    def step(theta, g, delta, lr, gamma):
        theta, g, delta, lr, gamma = (np.asarray(part, kind)[()] for part in (theta, g, delta, lr, gamma))
        delta = lr * g + gamma * delta
        return theta - delta, delta

    return step


def singles_as_plain_numbers(theta, g, delta, lr, gamma):
    return tuple(part.tolist() for part in in_precision(np.float32)(theta, g, delta, lr, gamma))


@pytest.mark.parametrize("answer", [in_precision(np.float32), in_precision(np.longdouble), singles_as_plain_numbers])
def test_right_answer_in_another_precision_is_right(answer):
    assert checks.momentum_step(answer).verdict == "right"


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda exercise: exercise.name)
def test_right_formula_in_single_precision_is_right_and_no_mistake_is(exercise):
    def singly(rule):
        def answer(*case):
            result = rule(*(part if callable(part) or isinstance(part, int) else np.float32(part) for part in case))
            return tuple(map(np.float32, result)) if isinstance(result, tuple) else np.float32(result)

        return answer

    function = dataclasses.replace(exercise, adapt=None)
    assert function(singly(exercise.right)).verdict == "right"
    assert {function(singly(mistake.answer)).verdict for mistake in exercise.mistakes} <= {"wrong"}


def test_numbers_that_print_alike_are_never_shown_as_a_difference():
    feedback = checks.momentum_step(lambda *case: (checks.momentum_step.right(*case)[0] * (1 + 1e-6), case[2] + 1))
    assert all(got != expected for _, got, expected in feedback.rows)


def test_what_is_right_in_a_wrong_answer_is_said_to_be_the_same():
    feedback = checks.momentum_step(lambda *case: (checks.momentum_step.right(*case)[0], case[2] + 1))
    assert feedback.rows[0][2] == "the same"


def test_rounded_answer_is_told_so():
    feedback = checks.momentum_step(lambda *case: tuple(x * (1 + 3e-6) for x in checks.momentum_step.right(*case)))
    assert "is something rounded" in feedback.says


def test_known_mistake_that_is_not_finite_is_named():
    mistake = Mistake("Divided by zero.", "What is divided by what?", lambda *case: (case[0] / 0 * 0, case[2]))
    exercise = dataclasses.replace(checks.momentum_step, mistakes=(mistake,))
    assert exercise(lambda *case: (case[0] * np.nan, case[2])).more == "Divided by zero."


@pytest.mark.parametrize(
    "power", [lambda beta, t: beta**0.5 ^ t, lambda beta, t: np.array([beta]) ^ t], ids=["float", "numpy"]
)
def test_a_power_written_with_the_wrong_sign_is_explained(power):
    def step(theta, g, delta, lr, gamma):
        return theta - power(gamma, 2), delta

    assert "a power is written with **" in checks.momentum_step(step).says

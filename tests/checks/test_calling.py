"""Whatever a learner's function does, the check answers with a sentence and never with a traceback."""

import sys

import numpy as np
import pytest

from course_lib import checks
from course_lib.checks import calling


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

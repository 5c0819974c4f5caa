"""Answers that do harm when they are looked at: each earns a sentence, a short one, with nothing in it that acts."""

import sys

import numpy as np
import pytest

from course_lib import checks
from course_lib.checks import calling

MEGABYTES = "x" * 3_000_000
TRAP = "<script>window.hacked=1</script>"


class Failing:
    """Whatever is asked of it fails, in a way of its choice."""

    def __init__(self, error):
        self.error = error

    def fail(self, *args, **kwargs):
        raise self.error

    __repr__ = __str__ = __float__ = __array__ = __len__ = __bool__ = __sub__ = __format__ = fail


class Silent(Exception):
    """Its message cannot be had."""

    def __str__(self):
        raise RuntimeError("no words")

    __repr__ = __str__


class Endless:
    def __float__(self, *args, **kwargs):
        while True:
            pass

    __array__ = __bool__ = __float__


class Talkative:
    def __float__(self):
        print(MEGABYTES)
        return 0.5

    def __repr__(self):
        return MEGABYTES


class LoudText(str):
    def __str__(self):
        raise RuntimeError(MEGABYTES)

    __repr__ = __format__ = __str__


def array_of(thing):
    array = np.empty(1, dtype=object)
    array[0] = thing
    return array


ERRORS = {
    "RuntimeError": RuntimeError(TRAP),
    "SystemExit": SystemExit(3),
    "GeneratorExit": GeneratorExit(),
    "Silent": Silent(),
    "MemoryError": MemoryError(),
    "megabytes": ValueError(MEGABYTES),
}
OBJECTS = {name: Failing(error) for name, error in ERRORS.items()} | {
    "talkative": Talkative(),
    "loud text": LoudText("loud"),
    "long text": MEGABYTES,
    "text with markup": TRAP,
    "huge integer": 10**400,
    "list that holds itself": (lambda a: a.append(a) or a)([]),
    "class with markup as its name": type(TRAP, (), {})(),
    "array of objects": array_of(Failing(RuntimeError("no"))),
}


def harmless(feedback):
    """It can be shown, is short, and markup in it is letters."""
    shown = feedback._repr_mimebundle_()
    assert len(shown["text/html"]) < 6_000 and len(shown["text/plain"]) < 3_000
    assert "<script" not in shown["text/html"]
    return feedback


@pytest.mark.parametrize("name", OBJECTS)
def test_as_a_number(name):
    assert harmless(checks.final_step(OBJECTS[name])).verdict in ("trouble", "wrong")


@pytest.mark.parametrize("name", OBJECTS)
def test_as_a_letter(name):
    assert harmless(checks.what_went_wrong(OBJECTS[name])).verdict == "trouble"


@pytest.mark.parametrize("name", OBJECTS)
def test_as_a_text(name):
    assert harmless(checks.two_sentences(OBJECTS[name])).verdict == "trouble"


@pytest.mark.parametrize("name", OBJECTS)
def test_as_the_diagnostic(name):
    assert harmless(checks.diagnostic(OBJECTS[name])).verdict == "trouble"


@pytest.mark.parametrize("name", OBJECTS)
def test_as_the_result_of_a_function(name):
    feedback = harmless(checks.momentum_step(lambda theta, g, delta, lr, gamma: (OBJECTS[name], delta)))
    assert feedback.verdict in ("trouble", "wrong")


@pytest.mark.parametrize("name", OBJECTS)
def test_as_the_result_of_a_test(name):
    assert harmless(checks.check_of_momentum(lambda step: OBJECTS[name])).verdict in ("trouble", "wrong")


@pytest.mark.parametrize("name", ERRORS)
def test_as_an_error(name):
    def fails(theta, g, delta, lr, gamma):
        raise ERRORS[name]

    feedback = harmless(checks.momentum_step(fails))
    assert feedback.verdict == "trouble" and type(ERRORS[name]).__name__ in feedback.says


@pytest.mark.parametrize("ask", ["final_step", "momentum_step", "check_of_momentum"])
def test_what_never_ends_when_it_is_looked_at(ask, monkeypatch):
    monkeypatch.setattr(calling, "SECONDS", 0.2)
    answers = {
        "final_step": Endless(),
        "momentum_step": lambda theta, g, delta, lr, gamma: (Endless(), delta),
        "check_of_momentum": lambda step: Endless(),
    }
    assert "a loop that never ends" in harmless(getattr(checks, ask)(answers[ask])).says


def test_megabytes_that_a_function_prints_are_cut(capsys):
    def prints(theta, g, delta, lr, gamma):
        for _ in range(3):
            print(MEGABYTES)
        return theta, delta

    checks.momentum_step(prints)
    shown = capsys.readouterr().out
    assert len(shown) < 2 * calling.PRINTED and shown.count("shows the first part only") == 1


def test_a_function_that_closes_or_replaces_the_output_leaves_it_as_it_was():
    before = sys.stdout

    def closes(theta, g, delta, lr, gamma):
        sys.stdout.close()
        sys.stdout = None
        return theta, delta

    harmless(checks.momentum_step(closes))
    assert sys.stdout is before and not before.closed


def test_an_interrupt_passes_wherever_it_comes(monkeypatch):
    for answer in (Failing(KeyboardInterrupt()), lambda *args: (Failing(KeyboardInterrupt()), 0)):
        with pytest.raises(KeyboardInterrupt):
            (checks.momentum_step if callable(answer) else checks.final_step)(answer)


@pytest.mark.parametrize(
    "kept", ['{"solved": [[1]]}', '{"solved": "all"}', "[]", "null", '{"solved": [{}, 1]}', "\x00"]
)
def test_a_damaged_progress_file_counts_as_none(kept, tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    path.write_text(kept, encoding="utf-8")
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    assert harmless(checks.progress()).says.startswith("0 of")

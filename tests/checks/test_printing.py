"""An exercise that is printed, or looked into, keeps its solution to itself."""

import io
import pprint
import subprocess
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.lib.pretty import pretty

from course_lib import checks

every = pytest.mark.parametrize("exercise", checks.EXERCISES, ids=lambda exercise: exercise.name)


@every
def test_exercise_is_shown_by_its_title_and_what_to_do(exercise):
    shown = f"{exercise.title}: call it with your answer, checks.{exercise.name}({exercise.name})."
    assert {repr(exercise), str(exercise), pretty(exercise), f"{exercise}"} == {shown}


@every
def test_exercise_within_something_shows_no_more(exercise):
    for show in (repr, pretty, pprint.pformat):
        assert " ".join(show({"mine": [exercise]}).split()) == f"{{'mine': [{exercise!r}]}}"


@every
def test_exercise_holds_nothing_that_vars_would_show(exercise):
    with pytest.raises(TypeError):
        vars(exercise)


@pytest.mark.parametrize("parts", ["mistakes", "laws", "conventions", "questions"])
def test_what_an_exercise_is_made_of_shows_no_answers(parts):
    for exercise in checks.EXERCISES:
        for part in getattr(exercise, parts, ()):
            secrets = (getattr(part, "answer", None), getattr(part, "name", None), getattr(part, "says", None))
            assert not any(isinstance(secret, str) and secret and secret in repr(part) for secret in secrets)
            assert "right=" not in repr(part)


@pytest.mark.parametrize("detail", [0, 1], ids=["?", "??"])
def test_question_marks_behind_a_check_show_no_answer(detail):
    shell = InteractiveShell.instance()
    shell.user_ns["exercise"] = checks.half_life
    shown = shell.object_inspect_mime("exercise", detail_level=detail)["text/plain"]
    assert checks.half_life.title in shown and f"{checks.half_life.value:.4}" not in shown


PRINTS = """
from course_lib import checks
for exercise in checks.EXERCISES:
    print(exercise)
print(checks.momentum_step(lambda theta, g, delta, lr, gamma: (theta, delta)))
print(checks.final_step(checks.final_step.value), checks.final_step("\u2212\u0394\U0001f600"))
print(checks.quiz_memory("a?cb"), checks.progress(), checks.diagnostic("?" * 10))
"""


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-8"])
def test_everything_can_be_printed_to_a_pipe_of(encoding, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    ran = subprocess.run([sys.executable, "-c", PRINTS], capture_output=True)
    assert ran.returncode == 0, ran.stderr.decode()
    assert ("✓" if encoding == "utf-8" else "+") + " Right." in ran.stdout.decode(encoding)


def test_letters_that_the_output_has_stay(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert str(checks.final_step(checks.final_step.value)).startswith("✓")

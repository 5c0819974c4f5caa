"""Broken answers made by script: no check accepts one, and most are named or given the law they break."""

import mutants
import pytest
import rightness

from course_lib import checks
from course_lib.checks.exercises import Choice
from course_lib.checks.quiz import Round

every_exercise = pytest.mark.parametrize("name", [exercise.name for exercise in mutants.JUDGED])
ONLY = {"fair_race": 12, "my_figure": 7, "rate_to_keep": 16}  # exercises that have no room for more


def shown(found):
    return "\n".join(f"{mutant.what} -> {feedback.says}" for mutant, feedback in found)


@every_exercise
def test_no_broken_answer_is_accepted(name):
    assert not mutants.row(name).accepted, shown(mutants.row(name).accepted)


@every_exercise
def test_enough_broken_answers_are_tried(name):
    exercise = getattr(checks, name)
    if isinstance(exercise, Choice):
        assert mutants.row(name).mutants == len(exercise.options) - 1
    elif isinstance(exercise, Round):
        assert mutants.row(name).mutants == 3 * len(exercise.questions)
    else:
        assert mutants.row(name).mutants >= ONLY.get(name, mutants.ENOUGH)


@every_exercise
def test_most_broken_answers_are_named_or_given_the_law_they_break(name):
    found = mutants.row(name)
    assert found.told >= 0.8, shown(found.generic)


@every_exercise
def test_unchanged_solution_is_right(name):
    exercise = getattr(checks, name)
    if not isinstance(exercise, Choice | Round):
        answer = mutants.run(mutants.solution(exercise))[f"solution_{name}"]
        assert exercise(answer).verdict == "right" and rightness.right(exercise, answer)

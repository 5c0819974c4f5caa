"""Progress and diagnostic: remembered in a file, robust against a damaged or unwritable one."""

import json

import pytest

from course_lib import checks
from course_lib.checks import record
from course_lib.checks.lesson_00 import QUESTIONS

RIGHT = "".join(letter for letter, _ in QUESTIONS)


def test_nothing_solved_names_the_first_exercise():
    assert f"0 of {len(checks.EXERCISES)} exercises done. Next: {checks.EXERCISES[0].title}" in checks.progress().says


def test_solved_exercise_is_remembered_by_a_new_kernel():
    checks.final_step(checks.final_step.value)
    assert json.loads(record.location().read_text())["solved"] == ["final_step"]
    assert "1 of" in checks.progress().says


def test_wrong_answer_is_not_remembered():
    checks.final_step(1e6)
    assert not record.location().exists()


def test_solving_twice_counts_once():
    checks.final_step(checks.final_step.value)
    checks.final_step(checks.final_step.value)
    assert record.remembered()["solved"] == ["final_step"]


def test_everything_solved_says_so():
    for exercise in checks.EXERCISES:
        record.remember(exercise.name)
    assert "All of them" in checks.progress().says


@pytest.mark.parametrize("content", ["", "{broken", "[1, 2]", '{"solved": "all"}', "\x00"])
def test_damaged_file_starts_anew(content):
    record.location().write_text(content)
    checks.final_step(checks.final_step.value)
    assert record.remembered()["solved"] == ["final_step"]


def test_unwritable_place_is_said_and_the_answer_still_counts(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "missing" / "folder" / "progress.json"))
    feedback = checks.final_step(checks.final_step.value)
    assert feedback.verdict == "right" and "could not be written" in feedback.says


def test_file_lies_beside_the_notebook_unless_told_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_PROGRESS")
    monkeypatch.chdir(tmp_path)
    checks.final_step(checks.final_step.value)
    assert (tmp_path / "course-progress.json").exists()


def test_diagnostic_counts_right_answers_and_remembers_them():
    assert checks.diagnostic(RIGHT).says.startswith("10 of 10")
    assert record.remembered()["diagnostic"] == {"right": 10, "of": 10}


def test_diagnostic_keeps_the_solved_exercises():
    record.remember("final_step")
    checks.diagnostic(RIGHT)
    assert record.remembered()["solved"] == ["final_step"]


def test_diagnostic_sends_the_unsure_to_every_lesson_slowly():
    rows = checks.diagnostic("? " * 10).table[1:]
    assert len(rows) == 5 and all("slowly" in advice for *_, advice in rows)


def test_diagnostic_never_shows_the_right_letters():
    assert RIGHT not in str(checks.diagnostic("a" * 10)).replace(" ", "")


@pytest.mark.parametrize(
    "answers, words",
    [
        ("abc", "10 questions, you gave 3"),
        ("abcdefghij", "Use only a, b, c, d"),
        (["a"] * 10, "one text"),
        (7, "one text"),
    ],
    ids=str,
)
def test_diagnostic_that_cannot_be_read_says_why(answers, words):
    assert words in checks.diagnostic(answers).says


def test_diagnostic_stub_is_empty():
    assert checks.diagnostic(...).verdict == "empty"


def test_right_letters_are_spread_evenly():
    assert all(2 <= RIGHT.count(letter) <= 4 for letter in "abcd")

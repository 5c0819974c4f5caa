"""Progress and diagnostic: remembered in a file, robust against a damaged or unwritable one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib import checks
from course_lib.checks import record
from course_lib.checks.lesson_00 import QUESTIONS

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
RIGHT = "".join(question.first for question in QUESTIONS)
AGAIN = "".join(question.again for question in QUESTIONS)


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


def test_a_place_that_is_no_file_is_left_alone(monkeypatch, tmp_path):
    pipe = tmp_path / "pipe"  # as /dev/null is
    os.mkfifo(pipe)
    monkeypatch.setattr(record, "remembered", lambda: {"solved": []})  # nobody writes into the pipe
    monkeypatch.setenv("COURSE_PROGRESS", str(pipe))
    assert not record.remember("final_step") and pipe.is_fifo()


def test_file_lies_beside_the_notebook_unless_told_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_PROGRESS")
    monkeypatch.chdir(tmp_path)
    checks.final_step(checks.final_step.value)
    assert (tmp_path / "course-progress.json").exists()


def test_diagnostic_counts_right_answers_and_remembers_them():
    assert checks.diagnostic(RIGHT).says.startswith("10 of 10")
    assert record.remembered()["diagnostic"] == {"right": 10, "of": 10, "answers": RIGHT}


def test_first_diagnostic_is_the_one_that_is_kept():
    checks.diagnostic(RIGHT)
    checks.diagnostic("?" * 10)
    assert record.remembered()["diagnostic"]["right"] == 10


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


@pytest.mark.parametrize("ask", ["diagnostic", "diagnostic_again"])
def test_diagnostic_stub_is_empty(ask):
    assert getattr(checks, ask)(...).verdict == "empty"


@pytest.mark.parametrize("right", [RIGHT, AGAIN], ids=["first", "again"])
def test_right_letters_are_spread_evenly(right):
    assert all(2 <= right.count(letter) <= 4 for letter in "abcd")


def test_no_right_letter_of_the_second_time_is_that_of_the_first():
    assert all(question.first != question.again for question in QUESTIONS)


def test_gain_is_counted_against_the_first_answers():
    checks.diagnostic("c?" + "?" * 8)
    assert "8 of 10. In lesson 00 it was 1: you gained 7." in checks.diagnostic_again(AGAIN[:8] + "??").says


def test_gain_stands_beside_each_question():
    checks.diagnostic("ca" + "?" * 8)
    rows = checks.diagnostic_again("?" + AGAIN[1] + "c" + AGAIN[3:]).table[1:4]
    assert [(row[2], row[3]) for row in rows] == [("✓ right", "? open"), ("✗ a", "✓ right"), ("? open", "✗ c")]


def test_section_to_read_again_stands_beside_a_wrong_answer_only():
    rows = checks.diagnostic_again("?" + AGAIN[1:]).table[1:]
    assert [bool(row[4]) for row in rows] == [True] + [False] * 9


def test_without_first_answers_it_says_that_there_is_nothing_to_compare_with():
    assert "nothing to compare it with" in checks.diagnostic_again(AGAIN).says


def test_first_answers_kept_without_letters_are_still_compared_in_all():
    record.remember_diagnostic({"right": 3, "of": 10})
    feedback = checks.diagnostic_again(AGAIN)
    assert "it was 3: you gained 7" in feedback.says and feedback.table[1][2] == "not kept"


@pytest.mark.parametrize(
    "kept",
    [None, [], "abc", {"answers": 7}, {"answers": "abc"}, {"right": "many"}, {"right": -1}, {"right": True}],
    ids=str,
)
def test_damaged_first_answers_count_as_none(kept):
    record.location().write_text(json.dumps({"solved": [], "diagnostic": kept}))
    assert "nothing to compare it with" in checks.diagnostic_again(AGAIN).says


def test_no_gain_is_said_without_praise():
    checks.diagnostic(RIGHT)
    assert "gained" not in checks.diagnostic_again("?" * 10).says


def test_second_time_changes_nothing_that_is_kept():
    checks.diagnostic("c" + "?" * 9)
    before = record.location().read_text()
    checks.diagnostic_again(AGAIN)
    assert record.location().read_text() == before


SOLVES = """
import sys
from course_lib.checks import record
for k in range(30):
    assert record.remember(f"{sys.argv[1]}-{k}")
"""


def test_kernels_that_write_at_once_lose_nothing():
    kernels = [subprocess.Popen([sys.executable, "-c", SOLVES, str(k)]) for k in range(4)]
    assert [kernel.wait(120) for kernel in kernels] == [0] * 4
    assert set(record.remembered()["solved"]) == {f"{k}-{n}" for k in range(4) for n in range(30)}


def test_a_damaged_file_is_kept_aside():
    record.location().write_text('{"solved": ["final_step"')
    record.remember("half_life")
    assert record.location().with_suffix(".damaged").read_text() == '{"solved": ["final_step"'
    assert record.remembered()["solved"] == ["half_life"]


def test_a_file_that_an_editor_gave_a_mark_of_its_coding_is_read():
    record.location().write_text('{"solved": ["final_step"]}', encoding="utf-8-sig")
    assert record.remembered()["solved"] == ["final_step"]


def test_without_locks_it_is_kept_all_the_same(monkeypatch):
    monkeypatch.setattr(record.tempfile, "gettempdir", lambda: "/nowhere/at/all")
    assert record.remember("final_step") and record.remembered()["solved"] == ["final_step"]


@pytest.mark.parametrize("number", checks.LESSONS)
def test_a_lesson_is_called_as_its_notebook_is(number):
    (notebook,) = NOTEBOOKS.glob(f"{number:02d}_*.ipynb")
    heading = json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"][0]
    assert heading.strip() == f"# {checks.LESSONS[number].TITLE}"

"""The quiz: every wrong letter has a reason of its own, and a round is solved by its right letters alone."""

import re

import pytest

from course_lib import checks
from course_lib.checks import EXERCISES, record
from course_lib.checks.quiz import Round, plain

ROUNDS = [exercise for exercise in EXERCISES if isinstance(exercise, Round) and exercise.lesson == 6]
rounds = pytest.mark.parametrize("quiz", ROUNDS, ids=lambda quiz: quiz.name)
QUESTIONS = [pytest.param(q, id=f"{r.name}-{k}") for r in ROUNDS for k, q in enumerate(r.questions, 1)]


def right(quiz):
    return " ".join(question.right for question in quiz.questions)


def test_the_lesson_says_how_many_questions_there_are():
    assert sum(len(quiz.questions) for quiz in ROUNDS) == 11


@rounds
def test_right_letters_solve_a_round_and_are_remembered(quiz):
    assert quiz(right(quiz)).verdict == "right"
    assert record.remembered()["solved"] == [quiz.name]


@rounds
def test_one_wrong_letter_leaves_a_round_unsolved(quiz):
    first = quiz.questions[0]
    wrong = next(letter for letter in first.options if letter != first.right)
    feedback = quiz(wrong + right(quiz)[1:])
    assert feedback.verdict == "wrong" and record.remembered()["solved"] == []
    assert f"{len(quiz.questions) - 1} of {len(quiz.questions)} are right" in feedback.says


@rounds
def test_open_question_is_neither_right_nor_wrong_and_not_explained(quiz):
    row = quiz("?" + right(quiz)[1:]).table[1]
    assert row == ("1", "?", "open", "")


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_letter_has_a_reason_of_its_own(question):
    reasons = [reason for _, reason in question.options.values()]
    assert list(question.options) == list("abcd") and len(set(reasons)) == 4 and min(map(len, reasons)) > 20


@rounds
@pytest.mark.parametrize("letter", "abcd")
def test_each_answer_is_explained_by_the_reason_of_its_letter(quiz, letter):
    rows = quiz(letter * len(quiz.questions)).table[1:]
    assert [row[3] for row in rows] == [plain(question.options[letter][1]) for question in quiz.questions]
    assert [row[2] == "✓" for row in rows] == [question.right == letter for question in quiz.questions]


@rounds
def test_right_letters_are_not_shown_to_who_leaves_all_open(quiz):
    shown = str(quiz("?" * len(quiz.questions)))
    assert all(plain(question.options[question.right][1]) not in shown for question in quiz.questions)


@rounds
def test_no_formula_is_left_over_in_the_plain_words(quiz):
    shown = [cell for letter in "abcd" for row in quiz(letter * len(quiz.questions)).table for cell in row]
    assert not [cell for cell in shown if re.search(r"[\\$^{}]", cell)]


def test_right_letters_are_spread():
    letters = [question.right for quiz in ROUNDS for question in quiz.questions]
    assert all(2 <= letters.count(letter) <= 4 for letter in "abcd")


@pytest.mark.parametrize(
    "answer, words",
    [("a b", "6 questions, you gave 2"), ("a b c e a a", "Use only"), (7, "one text"), (["a"] * 6, "one text")],
)
def test_answer_that_cannot_be_read_says_why(answer, words):
    feedback = checks.quiz_memory(answer)
    assert feedback.verdict == "trouble" and words in feedback.says


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_says_where_it_comes_from(question):
    assert len(question.source) > 10

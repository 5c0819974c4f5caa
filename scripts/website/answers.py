"""Exercises that a page answers without a kernel: the feedback on every possible answer, as data for `answers.js`.

The feedback comes from the exercise itself, asked as in a notebook; the script in the page only looks it up.
"""

import json
from dataclasses import asdict
from functools import cache
from itertools import pairwise

from course_lib import checks
from course_lib.checks import letters, typed
from course_lib.checks.exercises import SLIPS, Choice, Number
from course_lib.checks.feedback import VERDICTS, Feedback
from course_lib.checks.lesson_00 import ASKED, QUESTIONS, advice
from course_lib.checks.quiz import Round

ASK = {Number: "number", Choice: "choice", Round: "letters"}
NUMBER = "{number}"  # stands for what was typed
RULES = {name.lower(): getattr(typed, name) for name in ("RULES", "UNCLEAR", "NUMBER", "WANTED", "AMBIGUOUS")}


def script(pages: dict[int, str]) -> str:
    """The data as a script. pages: the file of each lesson's page, by its number."""
    lessons = [
        {
            "title": title,
            "page": pages[number],
            "exercises": [[e.name, e.title] for e in checks.EXERCISES if e.lesson == number],
        }
        for number, title in checks.TITLES.items()
        if number in pages
    ]
    data = {
        "verdicts": VERDICTS,
        "typed": RULES,
        "open": letters.OPEN,
        "lessons": lessons,
        "exercises": {exercise.name: outcomes(exercise) for exercise in checks.EXERCISES if type(exercise) in ASK},
    }
    data["exercises"]["diagnostic"] = diagnostic()
    return f"const COURSE = {json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"


def placeholder(name: str) -> str:
    """Where the script puts the form for checks.NAME; empty if a page cannot answer it."""
    answered = name == "diagnostic" or type(getattr(checks, name)) in ASK
    return f'<div class="course-answer" data-exercise="{name}"></div>' if answered else ""


def outcomes(exercise) -> dict:
    """What the exercise says to every answer."""
    kind = {"kind": ASK[type(exercise)], "title": exercise.title, "empty": _plain(exercise(...))}
    if isinstance(exercise, Number):
        return kind | {"regions": regions(exercise)}
    if isinstance(exercise, Choice):
        return kind | {"letters": {letter: _plain(exercise.judge(letter)) for letter, _ in exercise.options}}
    nothing = exercise.judge(letters.OPEN * len(exercise.questions))
    solved = exercise.judge("".join(question.right for question in exercise.questions))
    return kind | {
        "questions": [
            {letter: exercise.row(k, letter) for letter in [*question.options, letters.OPEN]}
            for k, question in enumerate(exercise.questions)
        ],
        "head": nothing.table[0],
        "some": _plain(nothing) | {"says": nothing.says.replace("0", NUMBER, 1)},
        "all": _plain(solved),
    }


def diagnostic() -> dict:
    """The ten questions of lesson 00: a row of advice for each lesson, by how many of its questions were right."""
    none = advice([False] * len(QUESTIONS))
    signs = {True: VERDICTS["right"][0], False: VERDICTS["wrong"][0]}
    groups = []
    for row, lesson in enumerate(ASKED, 1):
        of = [k for k, question in enumerate(QUESTIONS) if question.lesson == lesson]
        tables = [advice([k in of[:right] for k in range(len(QUESTIONS))]).table for right in range(len(of) + 1)]
        groups.append({"of": of, "rows": [table[row] for table in tables]})
    return {
        "kind": "letters",
        "title": "Diagnostic",
        "questions": [{x: [k, x, signs[x == q.first]] for x in f"abcd{letters.OPEN}"} for k, q in enumerate(QUESTIONS)],
        "head": none.table[0],
        "some": _plain(none) | {"says": none.says.replace("0", NUMBER, 1)},
        "groups": groups,
    }


def regions(exercise: Number) -> list:
    """[largest number, feedback], rising: what is said to every number up to it; the last largest one is None.

    The places where the feedback changes are found by halving, down to neighbouring floating-point numbers.
    """

    @cache
    def told(number):
        return exercise.judge_number(_Typed(number))

    found = []
    for low, high in pairwise(sorted(_points(exercise))):
        while told(low) != told(high):
            last, first = low, high
            while last < (middle := last / 2 + first / 2) < first:
                last, first = (middle, first) if told(middle) == told(low) else (last, middle)
            found.append([last, _plain(told(low))])
            low = first
    return [*found, [None, _plain(told(high))]]


def _points(exercise):
    """Where to look: at every tenth of a power of ten, at each answer that is recognised, and at its slips."""
    known = [exercise.value, *(mistake.answer for mistake in exercise.mistakes)]
    known += [(exercise.value / slip.factor) ** slip.power for slip in SLIPS if exercise.value]
    sizes = [10 ** (k / 10) for k in range(-100, 101)]
    return {0.0, *map(float, known), *sizes, *(-size for size in sizes)}


class _Typed(float):
    """A number that writes itself as the place to put it."""

    def __format__(self, _):
        return NUMBER


def _plain(feedback: Feedback) -> dict:
    return {name: value for name, value in asdict(feedback).items() if value and name in ("verdict", "says", "more")}

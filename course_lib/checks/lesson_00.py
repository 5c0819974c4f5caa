"""The diagnostic of lesson 00, ten questions that tell which lessons to take slowly; and the one of lesson 06.

Lesson 06 asks the same ten things in other words and with other numbers, so that the two can be compared.
"""

from typing import NamedTuple

from . import letters, record
from .calling import Accident
from .feedback import Feedback
from .lessons import TITLES


class Question(NamedTuple):
    """The right letter in lesson 00 and in lesson 06, the lesson and section that answer it, and what it is about."""

    first: str
    again: str
    lesson: int
    section: str
    about: str

    def __repr__(self):
        return self.about


QUESTIONS = (
    Question("c", "b", 1, "The two factors", "a slope that stays"),
    Question("b", "a", 1, "The two factors", "a slope that flips"),
    Question("b", "d", 2, "Two bowls that must share one learning rate", "why a ravine is slow"),
    Question("a", "c", 2, "The count", "how steps grow"),
    Question("d", "b", 2, "Noise: what memory does to jitter", "jitter"),
    Question("a", "c", 3, "Nesterov: a smarter ball", "where Nesterov looks"),
    Question("c", "a", 3, "Two groups", "a drop of the learning rate"),
    Question("b", "d", 4, "RMSprop: remember, but forget", "what RMSprop divides by"),
    Question("d", "a", 4, "The same slope, three corrections", "the bias correction"),
    Question("a", "d", 5, '"Momentum makes no difference"', "no difference"),
)
ASKED = sorted({question.lesson for question in QUESTIONS})
EXAMPLE = "a ? c b ? ? d a ? b"


def diagnostic(answers) -> Feedback:
    """Which lessons to take slowly. answers: ten letters in one string, `?` for "I do not know".

    Spaces and commas do not count. The right letters stay hidden: lesson 06 asks again, in other words.
    """
    given = _read(answers)
    if isinstance(given, Feedback):
        return given
    hits = [letter == question.first for letter, question in zip(given, QUESTIONS, strict=True)]
    record.remember_diagnostic({"right": sum(hits), "of": len(QUESTIONS), "answers": "".join(given)})
    return advice(hits)


def diagnostic_again(answers) -> Feedback:
    """What was gained: the same ten things asked again, beside the answers that lesson 00 kept. Ten letters, or `?`."""
    given = _read(answers)
    return given if isinstance(given, Feedback) else _gain(given, *_first_time())


def _read(answers):
    if answers is ...:
        return Feedback("empty", f'Write ten letters in quotation marks, such as "{EXAMPLE}".')
    try:
        return letters.read(answers, len(QUESTIONS), EXAMPLE)
    except Accident as accident:
        return Feedback("trouble", str(accident))


def advice(hits) -> Feedback:
    """Which lessons to take slowly, after which of the ten questions were answered right."""
    rows = []
    for lesson in ASKED:
        here = [hit for hit, question in zip(hits, QUESTIONS, strict=True) if question.lesson == lesson]
        rows.append((TITLES[lesson], f"{sum(here)} of {len(here)}", _pace(sum(here), len(here))))
    says = f"{sum(hits)} of {len(QUESTIONS)}. Nobody is meant to know these yet; lesson 06 asks again."
    return Feedback("told", says, table=(("lesson", "right", "advice"), *rows))


def _pace(right, asked):
    if right == asked:
        return "read the main line, try the two-star exercises"
    return "take it slowly, with every lab and exercise" if right == 0 else "take your time where you guessed"


def _first_time():
    """What lesson 00 kept: the letters, or None; and the number of right ones, or None. Both None if it was skipped."""
    kept = record.remembered().get("diagnostic")
    kept = kept if isinstance(kept, dict) else {}
    try:
        given = letters.read(kept.get("answers"), len(QUESTIONS), EXAMPLE)
    except Accident:  # skipped, damaged, or kept before the letters were
        right = kept.get("right")
        return None, right if type(right) is int and 0 <= right <= len(QUESTIONS) else None
    return given, sum(letter == question.first for letter, question in zip(given, QUESTIONS, strict=True))


def _gain(given, before, right_before):
    hits = [letter == question.again for letter, question in zip(given, QUESTIONS, strict=True)]
    rows = []
    for k, (question, hit) in enumerate(zip(QUESTIONS, hits, strict=True)):
        first = _mark(before[k], question.first) if before else "not kept"
        where = "" if hit else f"lesson {question.lesson:02d}, {question.section}"
        rows.append((f"{k + 1}", question.about, first, _mark(given[k], question.again), where))
    table = (("", "about", "lesson 00", "now", "read again"), *rows)
    return Feedback("told", f"{sum(hits)} of {len(QUESTIONS)}. {_compared(sum(hits), right_before)}", table=table)


def _compared(now, before):
    if before is None:
        return "There is nothing to compare it with: the ten questions of lesson 00 were not answered here."
    if now > before:
        return f"In lesson 00 it was {before}: you gained {now - before}."
    if now == before == len(QUESTIONS):
        return "You knew them all before, too."
    return f"In lesson 00 it was {before}. The sections on the right are the ones to go back to."


def _mark(letter, right):
    return "✓ right" if letter == right else "? open" if letter == letters.OPEN else f"✗ {letter}"

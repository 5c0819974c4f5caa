"""Broken answers to every exercise, made by script, and what the checks say about them.

    python tests/checks/mutants.py             a row an exercise: mutants, accepted, named, law, generic
    python tests/checks/mutants.py NAME ...    every mutant of these exercises with the sentence it earns

A mutant is the lesson's own solution (the right answer where there is none) with one place of its program changed, or
two where one is not enough. Whether it is right after all is found out by running it, on numbers that the check has
never seen; a test, on the versions that it should tell apart.
"""

import inspect
import json
import linecache
import os
import random
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import rewriting
import rightness

from course_lib import checks, optimizers
from course_lib.checks.exercises import Choice, Function, Number, WrittenTest
from course_lib.checks.quiz import Round
from course_lib.checks.suspects import walk
from course_lib.descent import descend, iterates
from course_lib.live import Answer, slider
from course_lib.surfaces import SURFACES

ENOUGH = 20  # mutants an exercise, where its kind allows it
MOST = 40  # mutants that are tried, drawn from all of them
LESSONS = Path(__file__).parents[2] / "notebooks"
numbered = count()


@dataclass(frozen=True)
class Mutant:
    """A broken answer. what: how it differs from the right one, in words."""

    what: str
    answer: object


@dataclass
class Row:
    """What became of an exercise's mutants: lists of (mutant, feedback)."""

    accepted: list = field(default_factory=list)
    named: list = field(default_factory=list)
    law: list = field(default_factory=list)
    generic: list = field(default_factory=list)

    @property
    def mutants(self):
        return sum(map(len, (self.accepted, self.named, self.law, self.generic)))

    @property
    def told(self):
        """The share that is named or given the law it breaks."""
        return (len(self.named) + len(self.law)) / self.mutants


def judged(exercise):
    """Whether an exercise says right or wrong: a guess and a few sentences are only noted."""
    return isinstance(exercise, Choice | Function | Number | Round | WrittenTest) and not exercise.guess


JUDGED = [exercise for exercise in checks.EXERCISES if judged(exercise)]


@cache
def row(name):
    """Every mutant of the exercise of this name, judged."""
    exercise, found = getattr(checks, name), Row()
    for mutant in mutants(exercise):
        feedback = exercise(mutant.answer)
        getattr(found, heard(exercise, feedback)).append((mutant, feedback))
    return found


def heard(exercise, feedback):
    """How much a feedback says: accepted, named, law or generic.

    A sentence about an accident names it; to reject the right version breaks the law of every test.
    """
    if feedback.verdict in ("right", "told"):
        return "accepted"
    if isinstance(exercise, Round):
        return "named" if all(why for _, _, sign, why in feedback.table[1:] if sign == "✗") else "generic"
    if feedback.more or feedback.verdict in ("trouble", "empty") or isinstance(exercise, Choice):
        return "named"
    laws = [law.sentence for law in getattr(exercise, "laws", ())] + ["rejects the right version"]
    return "law" if any(law in feedback.says for law in laws) else "generic"


def mutants(exercise):
    """The broken answers to an exercise that are tried, in an order that does not change."""
    if isinstance(exercise, Choice):
        return [Mutant(f"letter {letter}", letter) for letter, _ in exercise.options if letter != exercise.right]
    if isinstance(exercise, Round):
        return list(_rounds(exercise))
    found = _numbers(exercise) if isinstance(exercise, Number) else _programs(exercise)
    return list(islice((mutant for mutant in found if not rightness.right(exercise, mutant.answer)), MOST))


def _rounds(exercise):
    """The right letters of a round with one of them wrong."""
    right = [question.right for question in exercise.questions]
    for k, question in enumerate(exercise.questions):
        for letter in question.options:
            if letter != question.right:
                yield Mutant(f"question {k + 1}: {letter}", "".join([*right[:k], letter, *right[k + 1 :]]))


def _programs(exercise):
    """Changed programs that do not do the same as one before."""
    seen = set()
    for what, answer in _changed(exercise):
        does = rightness.fingerprint(exercise, answer)
        if does not in seen:
            seen.add(does)
            yield Mutant(what, answer)


def _numbers(exercise):
    """What comes out of changed formulas, and of the usual slips with a number."""
    x, seen = exercise.value, []
    slips = {"ten times": 10 * x, "a tenth": x / 10, "the sign": -x, "twice": 2 * x, "half": x / 2, "1 / x": 1 / x}
    slips |= {"x squared": x * x, "the root of x": abs(x) ** 0.5, "percent": 100 * x, "1 - x": 1 - x, "1 + x": 1 + x}
    for what, value in chain(slips.items(), _changed(exercise)):
        if isinstance(value, float | int | np.number) and np.isfinite(value) and value not in seen:
            seen.append(value)
            yield Mutant(f"{value:.6g}, {what}", float(value))


def _changed(exercise):
    """(what, answer) for the solution with one place changed, then with a second one where that makes too few."""
    draw = random.Random(exercise.name)
    once = list(rewriting.changes(solution(exercise)))
    draw.shuffle(once)
    for change in once:
        yield from _made(exercise, change.what, change.source)
    for change in once:
        second = list(rewriting.changes(change.source))
        for also in draw.sample(second, min(2, len(second))):
            yield from _made(exercise, f"{change.what}, and {also.what}", also.source)


def _made(exercise, what, source):
    """(what, answer), where the program can be run at all."""
    try:
        with np.errstate(all="ignore"):
            yield what, run(source)[f"solution_{exercise.name}"]
    except Exception:
        return


class Drawn:
    """As much of a LiveFigure as a check asks for: to make a real one takes a tenth of a second."""

    def __init__(self, figure, compute, run, alt=""):
        self.compute, self.quantities = compute, run

    def close(self):
        pass


DRAWING = {
    "plots": SimpleNamespace(figure=lambda title: (None, None), draw_landscape=Mock(), moving_path=Mock()),
    "LiveFigure": Drawn,
    "Answer": Answer,
    "slider": slider,
    "descend": descend,
    "SURFACES": SURFACES,
}


def run(source):
    """The names that a program defines, as in a lesson: its lines can be shown by inspect and by an error."""
    file = f"<mutant {next(numbered)}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    names = {
        "np": np,
        "walk": walk,
        "steady": lambda theta: np.full_like(theta, 2.0),
        **vars(optimizers),
        **DRAWING,
        **given(),
    }
    exec(compile(f"from dataclasses import dataclass\n{source}", file, "exec"), names)
    return names


def solution(exercise):
    """The program that defines `solution_NAME`: from the lesson, or the right answer where the lesson has none."""
    name = f"solution_{exercise.name}"
    for cell in _solutions(exercise.lesson):
        if f"def {name}(" in cell or f"class {name}(" in cell or f"{name} = " in cell:
            return "\n".join(line for line in cell.splitlines() if not line.startswith("print("))
    right: Callable = exercise.right
    return f"{textwrap.dedent(inspect.getsource(right))}\n{name} = {right.__name__}"


GIVEN = {3: "Shell", 7: "last_step"}  # what an exercise's own cells define for its solution


@cache
def given():
    """Lesson 03's shell of a class that has all but its step, lesson 07's way to feed slopes to a rule."""
    names = {"np": np, "iterates": iterates}
    for lesson, name in GIVEN.items():
        for source in _cells(lesson, "exercise"):
            if f"class {name}(" in source or f"def {name}(" in source:
                exec(source, names)
    return names


def _cells(lesson, tag=None):
    """The sources of a lesson's cells, of those with this tag if one is named."""
    (path,) = LESSONS.glob(f"{lesson:02d}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if tag is None or tag in cell["metadata"].get("tags", [])]


@cache
def _solutions(lesson):
    """The cells of a lesson that are tagged as solutions."""
    return _cells(lesson, "solution")


def table():
    """A row an exercise, and the sums."""
    parts = ("mutants", "accepted", "named", "law", "generic")
    yield f"{'exercise':22}" + "".join(f"{part:>9}" for part in parts) + "     told"
    sums = np.zeros(5, int)
    for exercise in JUDGED:
        found = row(exercise.name)
        numbers = [found.mutants, *(len(getattr(found, part)) for part in parts[1:])]
        sums += numbers
        yield f"{exercise.name:22}" + "".join(f"{number:9}" for number in numbers) + f"{found.told:9.0%}"
    yield f"{'all':22}" + "".join(f"{number:9}" for number in sums) + f"{(sums[2] + sums[3]) / sums[0]:9.0%}"


def listing(exercise):
    """Every mutant of an exercise with what it is told."""
    found = row(exercise.name)
    for part in ("accepted", "generic", "law", "named"):
        for mutant, feedback in getattr(found, part):
            yield f"{part:9} {mutant.what}\n{'':10}-> {feedback.verdict}: {feedback.says} {feedback.more}"


if __name__ == "__main__":
    wanted = sys.argv[1:]
    with TemporaryDirectory() as folder:
        os.environ["COURSE_PROGRESS"] = f"{folder}/progress.json"
        for line in (line for name in wanted for line in listing(getattr(checks, name))) if wanted else table():
            print(line, flush=True)

"""Notebooks as a class hands them in, made of answers of which it is known what they are."""

import json
from pathlib import Path

from course_lib import checks
from course_lib.checks import exercises, quiz

SETUP = "import numpy as np\n\nfrom course_lib import checks, conventions, labs, plots, quadratics"


def notebook(*cells):
    """The text of a notebook. cells: code, or (kind, text)."""
    made = [("code", cell) if isinstance(cell, str) else cell for cell in cells]
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "metadata": {}, "source": text, "id": f"c{k}"}
                | ({"outputs": [], "execution_count": None} if kind == "code" else {})
                for k, (kind, text) in enumerate(made)
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def hand_in(path: Path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebook(*cells), encoding="utf-8")
    return path


def known(exercise):
    """(code, verdict, words of the mistake) of the right answer, each known mistake, an empty and a broken one."""
    name = exercise.name
    yield f"{name} = ...", "empty", ""
    yield f"{name} = undefined", "trouble", "NameError"
    if isinstance(exercise, quiz.Round):
        right = [question.right for question in exercise.questions]
        yield f"{name} = {''.join(right)!r}", "right", ""
        for k, question in enumerate(exercise.questions):
            wrong = next(letter for letter in question.options if letter != question.right)
            yield f"{name} = {''.join([*right[:k], wrong, *right[k + 1 :]])!r}", "wrong", f"Question {k + 1}, {wrong}: "
    elif isinstance(exercise, exercises.Text):
        yield f"{name} = 'It remembers {'its slopes, ' * 10}and that is all.'", "told", ""
    elif isinstance(exercise, exercises.Choice):
        for letter, _ in exercise.options:
            verdict = "told" if exercise.guess else "right" if letter == exercise.right else "wrong"
            yield f"{name} = {letter!r}", verdict, f"{letter}: " if verdict == "wrong" else ""
    elif isinstance(exercise, exercises.Number):
        yield f"{name} = {exercise.value!r}", "told" if exercise.guess else "right", ""
        for mistake in exercise.mistakes:
            yield f"{name} = {float(mistake.answer)!r}", "wrong", mistake.name
    else:
        yield from _functions(exercise)


def _functions(exercise):
    name = exercise.name
    answers = [("right", "right", "")]
    if isinstance(exercise, exercises.Function):
        answers += [(f"mistakes[{k}].answer", "wrong", mistake.name) for k, mistake in enumerate(exercise.mistakes)]
    for which, verdict, words in answers:
        code = f"def {name}(*given):\n    return checks.{name}.{which}(*given)"
        if isinstance(exercise, exercises.WrittenTest):
            code = (
                f"def {name}(version):\n    right = checks.{name}.right\n"
                "    return version is right or right in getattr(version, '__bases__', ())"
            )
        elif name == "my_figure":
            code = (
                f"from types import SimpleNamespace as Line\n\n\ndef {name}(Rule):\n"
                "    def compute(lr, gamma):\n"
                f"        return Line(lines={{'mine': checks.{name}.{which}(Rule, lr, gamma)}})\n\n"
                "    return Line(compute=compute, quantities={'lr', 'gamma'}, close=lambda: None)"
            )
        elif exercise.adapt:
            code = (
                f"class {name}:\n    def __init__(self, lr, gamma):\n        self.settings = lr, gamma\n\n"
                "    def step(self, theta, g, t, delta):\n"
                f"        return checks.{name}.{which}(theta, g, delta, *self.settings)"
            )
        yield code, verdict, words
    if isinstance(exercise, exercises.WrittenTest):
        yield f"def {name}(version):\n    return True", "wrong", exercise.mistakes[0].name


def a_class(folder: Path, lesson: int, size: int):
    """Hand in `size` notebooks of a lesson; what is in them: exercise -> the (verdict, words) of every learner."""
    asked = [exercise for exercise in checks.EXERCISES if exercise.lesson == lesson]
    outcomes = {exercise.name: list(known(exercise)) for exercise in asked}
    for k in range(size):
        answers = [outcomes[exercise.name][k % len(outcomes[exercise.name])][0] for exercise in asked]
        hand_in(folder / f"learner {k:03d}.ipynb", SETUP, *answers)
    return {name: [its[k % len(its)][1:] for k in range(size)] for name, its in outcomes.items()}

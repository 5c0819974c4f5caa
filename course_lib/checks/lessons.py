"""The lessons that have exercises: every file lesson_NN.py here, with its TITLE and its exercises in their order."""

from importlib import import_module
from pathlib import Path

from .exercises import Exercise

FILES = sorted(Path(__file__).parent.glob("lesson_[0-9][0-9].py"))[1:]  # lesson 00 asks about the others
LESSONS = {int(path.stem[-2:]): import_module(f".{path.stem}", __package__) for path in FILES}
TITLES = {number: f"{number:02d} {lesson.TITLE}" for number, lesson in LESSONS.items()}


def _exercises():
    for number, lesson in LESSONS.items():
        for name, exercise in vars(lesson).items():
            if isinstance(exercise, Exercise):
                exercise.belongs(number, name)
                yield exercise


EXERCISES = tuple(_exercises())

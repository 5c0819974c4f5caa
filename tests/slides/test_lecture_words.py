"""Words of the lectures' pages: every number on them stands in the lesson, measured or asked."""

import re
from pathlib import Path

import nbformat
import pytest

from course_lib import checks

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
NUMBER = re.compile(r"(?<![\w.])\d+(?:[  ]\d{3})*(?:\.\d+)?(?:e[+-]\d+)?")


def numbers(text):
    return [re.sub(r"[  ]", "", found) for found in NUMBER.findall(text)]


def told(notebook):
    """All numbers in a lesson's cells, what they print, and what its exercises know."""
    said = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        said += [cell.source, *(str(o.get("text") or o.get("data", {}).get("text/plain", "")) for o in outputs)]
        for name in re.findall(r"^checks\.(\w+)\(", cell.source, flags=re.M):
            exercise = getattr(checks, name, None)
            said += [str(getattr(exercise, "options", "")), str(getattr(exercise, "value", ""))]
    return {float(number) for number in numbers(" ".join(said))}


def unknown(slide, known):
    """The numbers of a slide that no number of the lesson is, nor becomes when rounded to as many places."""
    words = " ".join(str(slide.get(part, "")) for part in ("title", "words", "answer"))
    places = {number: len(number.partition(".")[2]) for number in numbers(words)}
    return [n for n, digits in places.items() if float(n) not in {round(value, digits) for value in known}]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_number_on_a_slide_stands_in_the_lesson(lesson):
    notebook = nbformat.read(lesson, as_version=4)
    known = told(notebook)
    slides = {cell.id: cell.metadata["slide"] for cell in notebook.cells if "slide" in cell.metadata}
    assert {name: found for name, slide in slides.items() if (found := unknown(slide, known))} == {}


def test_a_number_of_its_own_is_found():
    assert unknown({"title": "128 steps", "words": "and 5.5, and 23 810"}, {127.0, 5.507, 2.381e4}) == ["128"]

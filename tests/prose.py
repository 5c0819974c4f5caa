"""What a lesson says, cell by cell, for tests that hold its numbers to the code behind them."""

import re
from functools import cache
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


@cache
def prose(lesson, cell):
    """The text of one cell of the lesson with this number, "04"."""
    (path,) = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    (found,) = (c.source for c in nbformat.read(path, as_version=4).cells if c.id == cell)
    return found


def numbers(text, pattern):
    """The numbers that a pattern with groups finds in the text; AssertionError where it does not fit."""
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in: {text}"
    return [float(group) for group in found.groups()]

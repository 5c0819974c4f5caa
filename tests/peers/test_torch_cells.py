"""What the PyTorch cells of lesson 05 print is what the lesson says below them.

Without PyTorch there is nothing to run. `make bench` makes an environment that has it:
build/bench/.venv/bin/python -m pytest tests/peers
"""

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import nbformat
import numpy as np
import pytest

from course_lib import data, training

torch = pytest.importorskip("torch", reason="PyTorch is not installed here")
LESSON = Path(__file__).parents[2] / "notebooks" / "05_implementation.ipynb"
CELLS = {cell.id: cell.source for cell in nbformat.read(LESSON, as_version=4).cells}


def printed(*names):
    """What these cells print, one after the other in one kernel."""
    kernel, said = {"np": np, "training": training, "digits": data.digits()}, StringIO()
    with redirect_stdout(said):
        for name in ("warmup-solution-code", *names):
            exec(CELLS[name], kernel)
    return said.getvalue().splitlines()


def told(name):
    """The lines that a cell of text shows as printed: those that are set in."""
    return [line.strip() for line in CELLS[name].splitlines() if line.startswith("    ")]


def test_whole_loop_reads_as_many_images_as_told():
    (said,), (lesson,) = printed("torch-loop-code", "torch-loop-run"), told("torch-loop-said")
    assert said[3:] == lesson[3:]
    assert abs(int(said[:2]) - int(lesson[:2])) <= 1  # per cent: another version draws other numbers


def test_traps_are_as_told():
    assert printed("torch-traps-code", "torch-traps-show") == told("torch-traps-said")

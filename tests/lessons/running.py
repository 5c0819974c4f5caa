"""Running lessons: whole, their main line alone, with solutions in place of stubs."""

import copy
import re
import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from rules import tags

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def run(nb):
    """Execute in place, in an empty folder; the first error in a cell is raised."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        # jupyter_client warns that its loopback sockets are not encrypted.
        warnings.simplefilter("ignore")
        NotebookClient(nb, kernel_name="python3", timeout=120, resources={"metadata": {"path": folder}}).execute()
    return nb


@cache
def executed(lesson):
    """A lesson run from top to bottom as it is stored. Treat it as read-only: all tests share it."""
    return run(nbformat.read(lesson, as_version=4))


def only(nb, keep):
    """A copy with just the cells that `keep` accepts."""
    nb = copy.deepcopy(nb)
    nb.cells = [cell for cell in nb.cells if keep(cell)]
    return nb


def is_main(cell):
    return "main" in tags(cell)


def solved(nb):
    """A copy in which every stub's name holds its solution before it is checked."""
    nb = copy.deepcopy(nb)
    solutions = [cell for cell in nb.cells if "solution" in tags(cell)]
    names = [
        name for cell in solutions for name in re.findall(r"^(?:def |class )?solution_(\w+)", cell.source, flags=re.M)
    ]
    last = nbformat.v4.new_code_cell(
        "\n".join(f"assert checks.{n}(solution_{n}).verdict == 'right', {n!r}" for n in names)
    )
    nb.cells = [cell for cell in nb.cells if cell.cell_type == "code"] + [last]
    return nb, names

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


OUTSIDE = Path(__file__).with_name("outside.py")  # forbids the kernel to reach outside this computer


def run(nb, **options):
    """Execute in place, in an empty folder and with no way outside; the first error in a cell is raised, unless
    allow_errors says otherwise."""
    options = {"kernel_name": "python3", "timeout": 240} | options
    options["extra_arguments"] = [f"--IPKernelApp.exec_files={OUTSIDE}"]
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        # jupyter_client warns that its loopback sockets are not encrypted.
        warnings.simplefilter("ignore")
        NotebookClient(nb, resources={"metadata": {"path": folder}}, **options).execute()


class Executed:
    """A lesson in one kernel: its `main` line alone, then the `first` run of all cells from top to bottom, what is
    deeper once `again`, and the checks of its `solutions`.

    So each cell runs twice, and a lesson takes up to a minute only once: nbval runs it in a fresh kernel besides.
    """

    def __init__(self, lesson):
        nb = nbformat.read(lesson, as_version=4)
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        self.main = _named([cell for cell in code if is_main(cell)], "main")
        self.again = _named([cell for cell in code if not is_main(cell)], "again")
        self.names, self.solutions = checked_solutions(nb)
        whole = copy.deepcopy(nb)
        whole.cells = self.main + nb.cells + self.again + [self.solutions]
        run(whole, allow_errors=True)
        self.first = nb


def _named(cells, ending):
    """Copies of cells, with ids of their own."""
    cells = copy.deepcopy(cells)
    for cell in cells:
        cell.id = f"{cell.id}-{ending}"
    return cells


executed = cache(Executed)  # all tests share it: treat it as read-only


def errors(*cells):
    """What went wrong in code cells that have been run, as one line a cell."""
    return [
        f"{cell.id}: {output.ename}: {output.evalue}"
        for cell in cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


def is_main(cell):
    return "main" in tags(cell)


def checked_solutions(nb):
    """The names of a lesson's solutions, and a cell which asserts that each is right."""
    solutions = [cell.source for cell in nb.cells if "solution" in tags(cell)]
    names = [name for text in solutions for name in re.findall(r"^(?:def |class )?solution_(\w+)", text, flags=re.M)]
    lines = [f"assert checks.{n}(solution_{n}).verdict == 'right', {n!r}" for n in names]
    return names, nbformat.v4.new_code_cell("\n".join(lines))

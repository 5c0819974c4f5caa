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
    options = {"kernel_name": "python3", "timeout": 120} | options
    options["extra_arguments"] = [f"--IPKernelApp.exec_files={OUTSIDE}"]
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        # jupyter_client warns that its loopback sockets are not encrypted.
        warnings.simplefilter("ignore")
        NotebookClient(nb, resources={"metadata": {"path": folder}}, **options).execute()
    return nb


class Executed:
    """A lesson run from top to bottom as it is stored, its code once `again` in the same kernel, and the checks of
    its `solutions` last. What one kernel can tell is asked of one kernel: a lesson takes up to a minute."""

    def __init__(self, lesson):
        nb = nbformat.read(lesson, as_version=4)
        again = copy.deepcopy([cell for cell in nb.cells if cell.cell_type == "code"])
        for cell in again:
            cell.id = f"{cell.id}-again"
        self.names, check = checked_solutions(nb)
        whole = copy.deepcopy(nb)
        whole.cells = nb.cells + again + [check]
        run(whole, allow_errors=True)
        self.first, self.again, self.solutions = nb, again, check


executed = cache(Executed)  # all tests share it: treat it as read-only


def errors(*cells):
    """What went wrong in code cells that have been run, as one line a cell."""
    return [
        f"{cell.id}: {output.ename}: {output.evalue}"
        for cell in cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


def only(nb, keep):
    """A copy with just the cells that `keep` accepts."""
    nb = copy.deepcopy(nb)
    nb.cells = [cell for cell in nb.cells if keep(cell)]
    return nb


def is_main(cell):
    return "main" in tags(cell)


def checked_solutions(nb):
    """The names of a lesson's solutions, and a cell which asserts that each is right."""
    solutions = [cell.source for cell in nb.cells if "solution" in tags(cell)]
    names = [name for text in solutions for name in re.findall(r"^(?:def |class )?solution_(\w+)", text, flags=re.M)]
    lines = [f"assert checks.{n}(solution_{n}).verdict == 'right', {n!r}" for n in names]
    return names, nbformat.v4.new_code_cell("\n".join(lines))

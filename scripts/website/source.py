"""The lessons as pages that Sphinx reads: run with live figures, in the words of a page rather than of a notebook."""

import hashlib
import json
import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from functools import partial
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from course_lib import checks, labs
from course_lib.checks.exercises import Choice
from course_lib.links import address
from scripts import notebooks
from scripts.notebooks import ROOT, LessonError, merged, tags
from scripts.website import answers

PAGES = ROOT / "docs" / "website"
SHEET = "cheat-sheet"  # the page's name, and the tag of the cells that it is made of
FOR_LECTURERS = ("teaching.md", "grading.md", "conformance.md")
ELSEWHERE = (
    "*This one is answered where Python runs: open the lesson in Colab or Binder, with the rocket above, or on your "
    "own machine, with* `make lab`."
)
SLIDES = "slides"
SETTLED = 1000  # dots of a picture: to find the very best colours for all of a million takes three times as long
LIVE = "__import__('os').environ['COURSE_LIVE'] = {!r}"
CODE = ("course_lib/**/*.py", "course_lib/**/*.js", "course_lib/**/*.css", "course_lib/**/*.mplstyle")


def prepare(source: Path, kept: Path, lessons: list[Path]) -> None:
    """Fill the folder `source`; runs are kept in `kept`, see `run`."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(PAGES, source)
    (source / "notebooks").mkdir()
    write_pages(source, lessons)
    for name, book in runs(lessons, kept).items():
        nbformat.write(as_page(book), source / "notebooks" / f"{name}.ipynb")


def write_pages(source: Path, lessons: list[Path]) -> None:
    """What is no lesson."""
    for page in FOR_LECTURERS:
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        (source / page).write_text(text.replace("](../", f"](https://github.com/{address(ROOT)}/blob/main/"), "utf-8")
    shutil.copy(ROOT / "docs" / "grading.png", source)
    (source / "_hero.html").write_text(f'<div class="hero">{labs.race().html()}</div>', encoding="ascii")
    pages = {int(path.name[:2]): f"notebooks/{path.stem}.html" for path in lessons}
    (source / "_static" / "exercises.js").write_text(answers.script(pages), encoding="utf-8")
    with open(source / f"{SHEET}.md", "a", encoding="utf-8") as page:
        page.write(cheat_sheet(map(notebooks.read, lessons)))


def cheat_sheet(books) -> str:
    """The Markdown cells of lessons that are tagged cheat-sheet, each under a heading of the second level."""
    cells = [cell for book in books for cell in book.cells if SHEET in tags(cell) and cell.cell_type == "markdown"]
    return "".join("\n" + re.sub(r"^#+ ", "## ", cell.source) + "\n" for cell in cells)


def runs(lessons: list[Path], kept: Path, live: str = "html") -> dict[str, NotebookNode]:
    """`run` of each lesson, by its name."""
    with ProcessPoolExecutor(2) as pool:
        made = pool.map(partial(run, kept=kept, live=live), lessons)
        return {lesson.stem: notebook for lesson, notebook in zip(lessons, made, strict=True)}


def run(lesson: Path, kept: Path, live: str = "html") -> NotebookNode:
    """The lesson with live figures in its outputs. live: "html" for a page, "slides" for large ones.

    One run makes both. It is kept in `kept`, for as long as the code cells and the package stay as they are.
    """
    notebook = notebooks.read(lesson)
    path = kept / f"{lesson.stem}-{fingerprint(notebook)}.ipynb"
    if not path.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        for old in kept.glob(f"{lesson.stem}-*.ipynb"):
            old.unlink()
        nbformat.write(notebooks.execute(deepcopy(notebook), DrawnTwice, COURSE_LIVE="html"), path)
    ran = notebooks.read(path)
    notebook.metadata, made = ran.metadata, {cell.id: cell for cell in ran.cells}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            own = made[cell.id]
            cell.outputs = own.metadata.get(SLIDES, own.outputs) if live == SLIDES else own.outputs
    return notebook


class DrawnTwice(NotebookClient):
    """Runs a cell that draws once more for slides, and keeps what it draws there in its metadata."""

    async def async_execute_cell(self, cell, cell_index, **options):
        cell = await super().async_execute_cell(cell, cell_index, **options)
        if cell.cell_type == "code" and any(map(is_drawn, cell.outputs)):
            cell.outputs = lasting(cell.outputs)
            cell.metadata[SLIDES] = await self._for_slides(cell, cell_index)
            self.nb.cells[cell_index] = cell
        return cell

    async def _for_slides(self, cell, cell_index):
        again = NotebookNode(cell, metadata={}, source=f"{LIVE.format(SLIDES)}\n{cell.source}")
        back = NotebookNode(cell, metadata={}, source=LIVE.format("html"))
        for code in (again, back):
            await super().async_execute_cell(code, cell_index, store_history=False)
        if printed(again) != printed(cell):
            raise LessonError(f"{cell.id} draws, and prints something else the second time: {printed(again)[:200]!r}")
        return lasting(again.outputs)


def lasting(outputs) -> list[NotebookNode]:
    return [notebooks.normalise_output(output, SETTLED) for output in outputs]


def is_drawn(output) -> bool:
    """Whether it is a picture or a live figure."""
    data = output.get("data", {})
    return "image/png" in data or 'class="live-figure"' in data.get("text/html", "")


def printed(cell) -> str:
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def fingerprint(notebook: NotebookNode) -> str:
    """Of all that a run depends on: the lesson's code cells without their outputs, and the package."""
    cells = [(cell.id, cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    code = [path.read_bytes() for pattern in CODE for path in sorted(ROOT.glob(pattern))]
    return hashlib.sha256(b"\0".join([json.dumps(cells).encode(), *code])).hexdigest()[:16]


def as_page(notebook):
    """Without what belongs to a kernel: the set-up cell and empty answers; solutions and answers behind a click."""
    cells = []
    for cell in notebook.cells:
        if "setup" in tags(cell):
            continue
        if cell.cell_type == "markdown":
            cell.source = spoken(cell.source)
        else:
            cell.outputs = [] if "check" in tags(cell) else merged(cell.outputs)
            if "solution" in tags(cell):
                cell.metadata.tags.append("hide-input")
        cells += [cell, *answered(cell)]
    notebook.cells = cells
    return notebook


def asked(cell) -> str:
    """The name of the exercise that a cell checks; empty if there is none."""
    found = "check" in tags(cell) and re.match(r"checks\.(\w+)\(", cell.source)
    return found[1] if found and hasattr(checks, found[1]) else ""


def answered(cell):
    """What follows a check in a page, which has no kernel: the place where the page's script asks the question, the
    reasons for each letter behind a click; or where to run it."""
    if name := asked(cell):
        yield new_markdown_cell(answers.placeholder(name) or ELSEWHERE)
        exercise = getattr(checks, name)
        if isinstance(exercise, Choice) and not exercise.guess:
            yield new_markdown_cell(exercise.answers())


def spoken(text: str) -> str:
    """Stars of exercises with a name, for those who hear the page."""
    return re.sub(r"(★+)", lambda m: f'<span role="img" aria-label="{_stars(len(m[1]))}">{m[1]}</span>', text)


def _stars(number: int) -> str:
    return "one star" if number == 1 else f"{number} stars"

"""The lessons as pages that Sphinx reads: run with live figures, in the words of a page rather than of a notebook."""

import hashlib
import json
import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from course_lib import checks, labs
from course_lib.checks.exercises import Choice
from course_lib.links import address
from scripts import notebooks
from scripts.notebooks import merged, tags
from scripts.website import answers

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "website"
SHEET = "cheat-sheet"  # the page's name, and the tag of the cells that it is made of
FOR_LECTURERS = ("teaching.md", "grading.md", "conformance.md")
ELSEWHERE = (
    "*This one is answered where Python runs: open the lesson in Colab or Binder, with the rocket above, or on your "
    "own machine, with* `make lab`."
)
ADDRESS_OF_CODE = ("course_lib/**/*.py", "course_lib/**/*.js", "course_lib/**/*.css", "course_lib/**/*.mplstyle")


def prepare(source: Path, kept: Path, lessons: list[Path]) -> None:
    """Fill the folder `source`; runs are kept in `kept` and made again only when the lesson or the code has changed."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(PAGES, source)
    (source / "notebooks").mkdir()
    for page in FOR_LECTURERS:
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        (source / page).write_text(text.replace("](../", f"](https://github.com/{address(ROOT)}/blob/main/"), "utf-8")
    shutil.copy(ROOT / "docs" / "grading.png", source)
    (source / "_hero.html").write_text(f'<div class="hero">{labs.race().html()}</div>', encoding="ascii")
    pages = {int(path.name[:2]): f"notebooks/{path.stem}.html" for path in lessons}
    (source / "_static" / "exercises.js").write_text(answers.script(pages), encoding="utf-8")
    with open(source / f"{SHEET}.md", "a", encoding="utf-8") as page:
        page.write(cheat_sheet(map(notebooks.read, lessons)))
    with ProcessPoolExecutor(2) as pool:
        for lesson, book in zip(lessons, pool.map(run, lessons, [kept] * len(lessons)), strict=True):
            nbformat.write(as_page(book), source / "notebooks" / lesson.name)


def cheat_sheet(books) -> str:
    """The Markdown cells of lessons that are tagged cheat-sheet, each under a heading of the second level."""
    cells = [cell for book in books for cell in book.cells if SHEET in tags(cell) and cell.cell_type == "markdown"]
    return "".join("\n" + re.sub(r"^#+ ", "## ", cell.source) + "\n" for cell in cells)


def run(lesson: Path, kept: Path, live: str = "html") -> NotebookNode:
    """The lesson with live figures in its outputs. live: "html" for a page, "slides" for large ones.

    Its runs are kept in `kept`, for as long as its code cells and the package stay as they are.
    """
    path = kept / f"{lesson.stem}-{fingerprint(lesson)}.ipynb"
    if not path.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        for old in kept.glob(f"{lesson.stem}-*.ipynb"):
            old.unlink()
        nbformat.write(notebooks.execute(notebooks.read(lesson), COURSE_LIVE=live), path)
    outputs = {cell.id: cell.outputs for cell in notebooks.read(path).cells if cell.cell_type == "code"}
    notebook = notebooks.read(lesson)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = outputs[cell.id]
    return notebook


def fingerprint(lesson: Path) -> str:
    """Of all that a run depends on: the lesson's code cells without their outputs, and the package."""
    code_cells = [cell for cell in notebooks.read(lesson).cells if cell.cell_type == "code"]
    cells = [json.dumps([cell.id, cell.source]) for cell in code_cells]
    code = [path.read_bytes() for pattern in ADDRESS_OF_CODE for path in sorted(ROOT.glob(pattern))]
    return hashlib.sha256(b"\0".join(["\0".join(cells).encode(), *code])).hexdigest()[:16]


def as_page(notebook):
    """Without what belongs to a kernel: the set-up cell and empty answers; solutions and answers behind a click."""
    cells = [cell for cell in notebook.cells if "setup" not in tags(cell)]
    for cell in cells:
        if "solution" in tags(cell) and cell.cell_type == "code":
            cell.metadata.tags.append("hide-input")
        if cell.cell_type == "code":
            cell.outputs = [] if "check" in tags(cell) else merged(cell.outputs)
        for output in cell.get("outputs", []):
            html = output.get("data", {}).get("text/html", "")
            if isinstance(html, str) and 'class="live-figure"' in html:
                output.data["text/html"] = under_own_id(html, cell.id)
        cell.source = spoken(cell.source) if cell.cell_type == "markdown" else cell.source
    notebook.cells = [part for cell in cells for part in (cell, *answered(cell))]
    return notebook


def answered(cell):
    """What follows a check in a page, which has no kernel: the place where the page's script asks the question, the
    reasons for each letter behind a click; or where to run it."""
    asked = "check" in tags(cell) and re.match(r"checks\.(\w+)\(", cell.source)
    if not asked or not hasattr(checks, asked[1]):
        return
    exercise = getattr(checks, asked[1])
    yield new_markdown_cell(answers.placeholder(asked[1]) if answers.answered(asked[1]) else ELSEWHERE)
    if isinstance(exercise, Choice) and not exercise.guess:
        yield new_markdown_cell(exercise.answers())


def under_own_id(html: str, name: str) -> str:
    """A live figure under an id of its own: two cells of a page may show the same one."""
    known = re.search(r'id="(live-\w+)"', html)[1]
    return html.replace(f'"{known}"', f'"{known}-{name}"')


def spoken(text: str) -> str:
    """Stars of exercises with a name, for those who hear the page."""
    return re.sub(r"(★+)", lambda m: f'<span role="img" aria-label="{_stars(len(m[1]))}">{m[1]}</span>', text)


def _stars(number: int) -> str:
    return "one star" if number == 1 else f"{number} stars"

"""The student edition: the lessons without solutions and without results, in build/student/.

Made from the same notebooks, cell by cell. Left out are the solutions, the cells tagged `answer`, which print the
course's own lines or answer a quiz, sentences that name the right letter of a prediction, and all outputs: a guess
comes first. The stubs, the checks and the figures are those of the lessons.
"""

import argparse
import os
import re
import sys
from pathlib import Path

from nbformat import NotebookNode

from scripts import notebooks
from scripts.notebooks import tags

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "student"
NOTE = "*Student edition: the solutions are left out. The check below each exercise says what is off.*"
REWORDED = {  # (lesson, cell) -> sentences that are true with the solutions only, and what stands instead
    ("00", "how-to"): (" A folded solution follows.", ""),
    ("03", "nesterov"): (" You write it now, and see the course's afterwards.", " You write it now."),
    ("05", "hunt"): (" (Or open the solution, which shows them too.)", ""),
    ("05", "two-exercise"): ("afterwards compare with ours.", "bring them along, and compare with the others'."),
    ("06", "two-exercise"): ("afterwards compare with ours.", "bring them along, and compare with the others'."),
    ("06", "quiz"): (" Without a kernel, open the answers below a round.", ""),
}
SENTENCES = re.compile(r"(?:(?<=[.?!])|(?<=[.?!]\*\*)|(?<=[.?!]\*))[ \n]+(?=[A-Z(*$])")
GIVES_AWAY = re.compile(r"\*\*[a-d]\.?\*\*(?!\w)|^If you (?:guessed|chose) ")


class StudentError(Exception):
    """An edition that cannot be made. Says why, in one sentence."""


def left_out(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The solutions, and the cells tagged `answer`."""
    return [*notebooks.solutions(cells), *(cell for cell in cells if "answer" in tags(cell))]


def without_letters(text: str) -> str:
    """The text without the sentences that say which letter of a prediction is right, or what to think of another."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        sentences = SENTENCES.split(paragraph)
        kept = [sentence for sentence in sentences if not GIVES_AWAY.search(sentence)]
        if kept:
            paragraphs.append(paragraph if kept == sentences else " ".join(kept))
    return "\n\n".join(paragraphs)


def edition(notebook: NotebookNode, lesson: str) -> NotebookNode:
    """The student edition of the lesson with this number, "01". StudentError where a sentence is no longer there."""
    dropped = {cell.id for cell in left_out(notebook.cells)}
    notebook.cells = [cell for cell in notebook.cells if cell.id not in dropped]
    for cell in notebook.cells:
        if (lesson, cell.id) in REWORDED:
            old, new = REWORDED[lesson, cell.id]
            if old not in cell.source:
                raise StudentError(f"{lesson} {cell.id} no longer says {old!r}: mend REWORDED in scripts/student.py")
            cell.source = cell.source.replace(old, new)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        elif "exercise" not in tags(cell):
            cell.source = without_letters(cell.source)
    notebook.cells[0].source += f"\n\n{NOTE}"
    return notebook


def make(target: Path, lessons: list[Path]) -> None:
    """Write the edition of each lesson into the folder; only in build/ is an older one replaced."""
    made = {target / path.name: edition(notebooks.read(path), path.name[:2]) for path in lessons}
    there = [path.name for path in made if path.exists()]
    if there and target.resolve() != TARGET:
        raise StudentError(f"{target} already has {there[0]}, which may be someone's work: name an empty folder")
    target.mkdir(parents=True, exist_ok=True)
    for path, notebook in made.items():
        path.write_text(notebooks.text_of(notebook), encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make student", description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=TARGET, help="the folder to fill (build/student)")
    target = parser.parse_args(arguments).to
    lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
    try:
        make(target, lessons)
    except (StudentError, notebooks.LessonError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{os.path.relpath(target)}: {len(lessons)} lessons without solutions and results")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The student edition: the lessons without solutions and without results, in build/student/.

Made from the same notebooks, by their tags and metadata: a translated lesson is made in the same way. Left out are the
solutions, the cells tagged `answer`, which print the course's own lines or answer a quiz, sentences that name the right
letter of a prediction, and all outputs: a guess comes first. What a cell says to those who have the solutions only
stands in its metadata as `student`: pairs of a sentence and of what is said instead.
"""

import argparse
import os
import re
import sys
from pathlib import Path

from nbconvert.preprocessors import ClearOutputPreprocessor, TagRemovePreprocessor
from nbformat import NotebookNode

from scripts import notebooks
from scripts.notebooks import ROOT, tags

TARGET = ROOT / "build" / "student"
NOTE = "*Student edition: the solutions are left out. The check below each exercise says what is off.*"
LEFT_OUT = {"solution", "answer"}
SENTENCES = re.compile(r"(?:(?<=[.?!])|(?<=[.?!]\*\*)|(?<=[.?!]\*))[ \n]+(?=[^\W\d_a-z]|[(*$])")
LETTER = re.compile(r"\*\*[a-d]\.?\*\*(?!\w)")


class StudentError(Exception):
    """An edition that cannot be made. Says why, in one sentence."""


def without_letters(text: str) -> str:
    """The text without the sentences that name a letter of a prediction."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        sentences = SENTENCES.split(paragraph)
        kept = [sentence for sentence in sentences if not LETTER.search(sentence)]
        if kept:
            paragraphs.append(paragraph if kept == sentences else " ".join(kept))
    return "\n\n".join(paragraphs)


def edition(notebook: NotebookNode) -> NotebookNode:
    """The student edition of a lesson. StudentError where a sentence to be reworded is no longer there."""
    for preprocessor in (TagRemovePreprocessor(remove_cell_tags=LEFT_OUT), ClearOutputPreprocessor()):
        notebook, _ = preprocessor.preprocess(notebook, {})
    for cell in notebook.cells:
        for old, new in cell.metadata.pop("student", ()):
            if old not in cell.source:
                raise StudentError(f"cell {cell.id} no longer says {old!r}: mend `student` in its metadata")
            cell.source = cell.source.replace(old, new)
        if cell.cell_type == "markdown" and "exercise" not in tags(cell):
            cell.source = without_letters(cell.source)
    notebook.cells[0].source += f"\n\n{NOTE}"
    return notebook


def make(target: Path, lessons: list[Path]) -> None:
    """Write the edition of each lesson into the folder; only in build/ is an older one replaced."""
    made = {target / path.name: edition(notebooks.read(path)) for path in lessons}
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
    lessons = notebooks.lessons()
    try:
        make(target, lessons)
    except (StudentError, notebooks.LessonError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{os.path.relpath(target)}: {len(lessons)} lessons without solutions and results")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

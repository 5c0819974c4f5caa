"""Sentences of the lessons, word for word, on the tests that measure them.

    @claim("Above $\\eta\\lambda = 2$ it diverges.", where="02_why_momentum.ipynb")
    def test_...():

A test whose sentence no longer stands in its source fails, so a changed sentence has to be measured anew.
"""

import ast
import functools
import re
from collections import defaultdict
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
DEMANDING = {"summary", "cheat-sheet", "guide"}  # tags of the cells of which every sentence needs a claim

quoted: dict[str, list[str]] = defaultdict(list)  # source -> what tests quote from it, folded


def claim(*sentences, where):
    """Marks a test as the measurement of these sentences.

    where: a notebook's file name, or the path of another file from the root, `course_lib/checks/lesson_02.py`.
    """
    quoted[where] += [fold(sentence) for sentence in sentences]

    def measured(test):
        @functools.wraps(test)
        def after_reading(*args, **kwargs):
            for sentence in sentences:
                assert fold(sentence) in words_of(where), f"{where} no longer says: {sentence}"
            return test(*args, **kwargs)

        return after_reading

    return measured


def fold(text):
    """The text with every run of white space as one blank."""
    return " ".join(text.split())


@functools.cache
def words_of(where):
    """What a source says, folded: a notebook's cells, a program's strings put together, any other file as it is."""
    if where.endswith(".ipynb"):
        texts = [cell.source for cell in nbformat.read(NOTEBOOKS / where, as_version=4).cells]
    elif where.endswith(".py"):
        nodes = ast.walk(ast.parse((ROOT / where).read_text(encoding="utf-8")))
        texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    else:
        texts = [(ROOT / where).read_text(encoding="utf-8")]
    return fold("\n".join(texts))


def sentences(markdown):
    """The sentences of a cell and the rows of its tables, folded; no headings, no formulas that stand alone.

    A row is its cells with bars between them, `a | b | c`.
    """
    found, paragraph = [], []
    text = re.sub(r"\$\$.*?\$\$", "", markdown, flags=re.S)
    lines = text.splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        line = line.strip()
        if line.startswith("|"):
            if not re.search(r"\w", line) or re.fullmatch(r"[|:\- ]+", below.strip() or "."):
                continue  # the rule under a table's head, an empty head, the head
            found.append(fold(line.strip("| ")))
        elif not line or line.startswith(("#", "- ")):
            found += in_pieces(paragraph)
            paragraph = [line[2:]] if line.startswith("- ") else []
        else:
            paragraph.append(line)
    return found + in_pieces(paragraph)


def in_pieces(paragraph):
    """A paragraph's lines cut after each full stop that is followed by a new beginning."""
    text = fold(" ".join(paragraph))
    return re.split(r'(?<=[.!?])["*)]*\s+(?=[A-Z0-9$*"(`])', text) if text else []


def demanded(notebook):
    """All sentences of a lesson that need a claim."""
    cells = nbformat.read(NOTEBOOKS / notebook, as_version=4).cells
    return [s for cell in cells if DEMANDING & set(cell.metadata.get("tags", [])) for s in sentences(cell.source)]

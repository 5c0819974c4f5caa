"""How long a lesson takes, added up from what stands in it, and written where it is told.

A minute is 130 words, or 15 lines of code, or two figures. An exercise takes the minutes beside its stars, and its own
text and code are in them. python -m scripts.minutes writes the sums into the lessons, 00's table and the README.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts import notebooks
from scripts.notebooks import ROOT, tags

WORDS, LINES, FIGURES = 130, 15, 2  # a minute
STARS = re.compile(r"^#+ .*?(★+) (\d+)", flags=re.M)
UNREAD = {"setup", "exercise", "stub", "check", "solution", "answer"}
COUNT = re.compile(r"\d+")


@dataclass(frozen=True)
class Minutes:
    """main: the main line with its one-star exercises; whole: all that stands in the lesson. In fives, rounded up."""

    main: int
    whole: int


def minutes(notebook) -> Minutes:
    main = whole = 0.0
    for cell in notebook.cells:
        read, solved = reading(cell), exercises(cell)
        whole += read + sum(time for _, time in solved)
        if "main" in tags(cell):
            main += read + sum(time for stars, time in solved if stars == 1)
    return Minutes(in_fives(main), in_fives(whole))


def in_fives(time: float) -> int:
    return 5 * -int(-time // 5)


def reading(cell) -> float:
    """The minutes to read a cell that belongs to no exercise: its words or its code, and its figures."""
    if tags(cell) & UNREAD:
        return 0.0
    if cell.cell_type == "markdown":
        return words(cell.source) / WORDS
    figures = sum("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    return lines(cell.source) / LINES + figures / FIGURES


def exercises(cell) -> list[tuple[int, int]]:
    """(stars, minutes) of the exercises that begin in a cell."""
    if cell.cell_type != "markdown" or "exercise" not in tags(cell):
        return []
    return [(len(stars), int(time)) for stars, time in STARS.findall(cell.source)]


def lines(code: str) -> int:
    """Those with something in them."""
    return sum(bool(line.strip()) for line in code.splitlines())


def words(text: str) -> int:
    """Those of a Markdown text. A formula is one, and so is a piece of code; addresses and tags are none."""
    text = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`", " formula ", text, flags=re.S)
    text = re.sub(r"\]\([^)]*\)|<[^>]*>", " ", text)
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def write_in(notebook, time: Minutes) -> None:
    """The two numbers in the last line of the cell with the tag `time`."""
    (cell,) = (cell for cell in notebook.cells if "time" in tags(cell))
    before, newline, last = cell.source.rstrip().rpartition("\n")
    cell.source = before + newline + _with_numbers(last, COUNT, time)


def write_in_table(text: str, lesson: str, time: Minutes) -> str:
    """In the row that links the lesson, if there is one: the last two fields that hold a number and its unit alone."""
    row = re.search(rf"^\|.*\({re.escape(lesson)}\).*$", text, flags=re.M)
    if not row:
        return text
    return text.replace(row[0], _with_numbers(row[0], re.compile(r"(?<=\| )\d+(?= \w+ *\|)"), time))


def _with_numbers(line: str, number: re.Pattern, time: Minutes) -> str:
    """The line with its last two numbers replaced."""
    first, second = list(number.finditer(line))[-2:]
    return f"{line[: first.start()]}{time.main}{line[first.end() : second.start()]}{time.whole}{line[second.end() :]}"


def renew(root: Path = ROOT) -> None:
    """Write the minutes of all lessons wherever they are told, and print them."""
    lessons = {path: notebooks.read(path) for path in notebooks.lessons(root)}
    times = {path.name: minutes(notebook) for path, notebook in lessons.items()}
    for path, notebook in lessons.items():
        write_in(notebook, times[path.name])
        print(f"{path.name}: main line {times[path.name].main} minutes, everything {times[path.name].whole}")
    for name, time in times.items():
        for cell in next(iter(lessons.values())).cells:
            if cell.cell_type == "markdown":
                cell.source = write_in_table(cell.source, name, time)
    for path, notebook in lessons.items():
        store(path, notebooks.text_of(notebook))
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    for name, time in times.items():
        text = write_in_table(text, f"notebooks/{name}", time)
    store(readme, text)


def store(path: Path, text: str) -> None:
    if path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(renew())

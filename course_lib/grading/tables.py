"""Whose answers were what, as tables: for a spreadsheet, for Moodle and for Canvas; and what each exercise is worth."""

import csv
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .answers import TASKS
from .submissions import Learner

# verdict -> the word for it; the order is that of the report's bars.
WORDS = {"right": "right", "told": "noted", "wrong": "wrong", "trouble": "trouble", "empty": "empty"}
GOOD = ("right", "told")  # what earns points: for a guess, and for sentences, that they are there


@dataclass
class Row:
    """A learner: the results by exercise; remarks: (file, what is to be said of it); texts: of the cells."""

    learner: Learner
    answers: dict[str, dict] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    texts: tuple[str, ...] = ()
    name: str = ""
    anchor: str = ""  # in the report

    def count(self, *verdicts):
        return sum(answer["verdict"] in verdicts for answer in self.answers.values())


def write(rows: list[Row], points: dict[str, float], target: Path, anonymous: bool) -> list[str]:
    """Write grades.csv, and the tables for Moodle and Canvas; the names of the files."""
    _write(target / "grades.csv", _grades(rows, points, anonymous))
    return ["grades.csv", *([] if anonymous else _imports(rows, points, target))]


def name(rows: list[Row], anonymous: bool) -> None:
    """Sort rows and give them the names that are shown: where two have the same one, with their numbers."""
    rows.sort(key=_any_order if anonymous else lambda row: (row.learner.name.casefold(), row.learner.number))
    twice = Counter(row.learner.name for row in rows)
    for k, row in enumerate(rows, 1):
        number = f" ({row.learner.number})" if twice[row.learner.name] > 1 and row.learner.number else ""
        row.anchor = f"learner-{k}"
        row.name = f"Learner {k}" if anonymous else row.learner.name + number


def _any_order(row):
    return hashlib.sha256(repr(row.learner).encode()).digest()


def points_of(tasks: list, path: Path) -> dict[str, float]:
    """What each exercise is worth: as the file says; at first, and for what it does not name, its stars."""
    points = {}
    if path.exists():
        for line in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()):
            try:
                points[line[0]] = float(line[1].replace(",", "."))
            except (IndexError, ValueError):
                continue
    new = {task.name: task.stars for task in tasks if task.name not in points}
    if new:
        _write(path, [["exercise", "points"], *([name, f"{worth:g}"] for name, worth in (points | new).items())])
    return points | new


def earned(row: Row, points: dict[str, float]) -> float:
    """A row's points."""
    return sum(points[name] for name, answer in row.answers.items() if answer["verdict"] in GOOD)


def _grades(rows, points, anonymous):
    names = [name for name in TASKS if any(name in row.answers for row in rows)]
    yield ["learner", *names, "stars", "points", "of", "seconds", "remarks"]
    for row in rows:
        verdicts = [WORDS[row.answers[name]["verdict"]] if name in row.answers else "" for name in names]
        stars = sum(TASKS[name].stars for name, answer in row.answers.items() if answer["verdict"] in GOOD)
        of = sum(points[name] for name in row.answers)
        seconds = sum(answer["seconds"] for answer in row.answers.values())
        remarks = "; ".join(said if anonymous else f"{file}: {said}" for file, said in row.remarks)
        yield [row.name, *verdicts, stars, f"{earned(row, points):g}", f"{of:g}", f"{seconds:.2f}", remarks]


def _imports(rows, points, target):
    """Tables that Moodle's grading worksheet and Canvas' gradebook take, for learners whose files came from there."""
    written = []
    for system, table in (("Moodle", _moodle), ("Canvas", _canvas)):
        whose = [row for row in rows if row.learner.system == system]
        if whose:
            most = max(sum(points[name] for name in row.answers) for row in whose)
            lines = [(row.name, row.learner.number, f"{earned(row, points):g}") for row in whose]
            _write(target / f"{system.lower()}.csv", table(lines, most))
            written.append(f"{system.lower()}.csv")
    return written


def _moodle(lines, most):
    yield ["Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)"]
    yield from ([f"Participant {number}", name, earned, f"{most:g}", "-"] for name, number, earned in lines)


def _canvas(lines, most):
    yield ["Student", "ID", "Section", "Momentum course"]
    yield ["    Points Possible", "", "", f"{most:g}"]
    yield from ([name, number, "", earned] for name, number, earned in lines)


def _write(path, lines):
    encoding = "utf-8-sig" if path.name == "grades.csv" else "utf-8"  # Excel needs the mark, Moodle and Canvas no
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        csv.writer(file).writerows([_cell(cell) for cell in line] for line in lines)


def _cell(value):
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and re.match(r"[=+@\t\r]|-(?!$)", value) else value

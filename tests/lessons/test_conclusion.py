"""Lesson 06 points at the others and quotes them: what it names is there, and its numbers are theirs."""

import re
from pathlib import Path

import nbformat
import pytest

from course_lib.checks import EXERCISES
from course_lib.checks.quiz import Round

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = {path.name[:2]: nbformat.read(path, as_version=4) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
CELLS = {cell.id: cell for cell in LESSONS["06"].cells}
FIRST = {cell.id: cell for cell in LESSONS["00"].cells}["diagnostic"].source
AGAIN = CELLS["again"].source
GUIDES = ("guide", "guide-settings", "guide-today")
ERRATA = {cell.id: cell for cell in LESSONS["08"].cells}
TABLES = (*GUIDES, "errata-said", "deck")
REFERENCES = ("ruder.io", "distill.pub", "medium.com", "jlmelville.github.io", "mlfromscratch.com", "coursera.org")
NUMBER_WORDS = "half|twice|two|three|four|fourfold|fifth|six|seven|eight|nine|ten|tenfold|sixteen|hundred|zero"


def rows(name):
    """The rows of a table below its heading: lists of cells."""
    cell = CELLS.get(name) or ERRATA[name]
    lines = [line for line in cell.source.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def pointers(name):
    """(lesson, section) for each row of a table that names one."""
    found = [re.fullmatch(r"(\d\d), \*(.+)\*", row[-1]) for row in rows(name)]
    return [match.groups() for match in found if match]


def section(lesson, title):
    """All that is read and printed below a heading, up to the next one of its level or above; None without it."""
    text, level = None, 0
    for cell in LESSONS[lesson].cells:
        heading = cell.cell_type == "markdown" and re.match(r"(#+) (.+)", cell.source)
        if heading and heading[2] == title:
            text, level = "", len(heading[1])
        elif heading and text is not None and len(heading[1]) <= level:
            return text
        if text is not None:
            text += cell.source + "".join(output.get("text", "") for output in cell.get("outputs", []))
    return text


POINTERS = [pytest.param(*where, id=f"{name}-{k}") for name in TABLES for k, where in enumerate(pointers(name), 1)]
QUOTED = [
    pytest.param(row[2], *re.fullmatch(r"(\d\d), \*(.+)\*", row[-1]).groups(), id=f"{name}-{k}")
    for name in GUIDES
    for k, row in enumerate(rows(name), 1)
]


@pytest.mark.parametrize("lesson, title", POINTERS)
def test_section_that_is_named_exists(lesson, title):
    assert section(lesson, title) is not None, f"lesson {lesson} has no section {title!r}"


@pytest.mark.parametrize("name", TABLES)
def test_every_row_says_where_it_is_shown(name):
    assert len(pointers(name)) == len(rows(name))


@pytest.mark.parametrize("name", ["texts", "programs"])
def test_every_erratum_says_how_its_source_stands(name):
    assert [row for row in rows(name) if len(row[-1].split()) < 2] == []


@pytest.mark.parametrize("said, lesson, title", QUOTED)
def test_numbers_of_the_guide_are_those_of_the_section(said, lesson, title):
    there = section(lesson, title)
    numbers = re.findall(r"\d+(?:\.\d+)?%?", said)
    missing = [n for n in numbers if not re.search(rf"(?<![\d.]){re.escape(n)}(?![\d])", there)]
    assert missing == [], f"lesson {lesson}, {title!r}, does not say {missing}"


def test_numbers_of_what_momentum_cannot_do_are_measured_below():
    said = " ".join(row[2] for row in rows("cannot"))
    start = list(CELLS).index("cannot")
    printed = " ".join(out.get("text", "") for cell in list(CELLS.values())[start:] for out in cell.get("outputs", []))
    numbers = re.findall(r"\d+\.\d+|\d+(?= %)", said)
    assert len(numbers) >= 5
    assert [n for n in numbers if not re.search(rf"(?<![\d.]){re.escape(n)}", printed)] == []


@pytest.mark.parametrize(
    "quiz", [e for e in EXERCISES if isinstance(e, Round) and e.lesson == 6], ids=lambda quiz: quiz.name
)
def test_quiz_stands_in_the_lesson_as_it_is_checked(quiz):
    cell = CELLS[quiz.name.replace("_", "-")]
    assert cell.source.endswith(quiz.text())
    assert any(other.source == quiz.answers() for other in CELLS.values())


def numbers(text):
    """The numbers of a list of questions, in digits and in words, without the numbers of the questions."""
    asked = re.split(r"\n\d+\. ", text)[1:]
    found = {n for question in asked for n in re.findall(r"\d+(?:\.\d+)?", question)}
    return found | {word for question in asked for word in re.findall(rf"\b(?:{NUMBER_WORDS})\b", question.lower())}


def test_the_two_diagnostics_share_no_number():
    assert numbers(FIRST) and numbers(AGAIN)
    assert numbers(FIRST) & numbers(AGAIN) == set()


@pytest.mark.parametrize("text", [FIRST, AGAIN], ids=["lesson 00", "lesson 06"])
def test_a_diagnostic_has_ten_questions_of_four_answers(text):
    asked = re.split(r"\n\d+\. ", text)[1:]
    assert [re.findall(r"\*\*([a-d])\*\*", question) for question in asked] == [list("abcd")] * 10


@pytest.mark.parametrize("host", REFERENCES)
def test_reference_of_the_deck_is_linked(host):
    assert re.search(rf"\]\(https://(www\.)?{re.escape(host)}/", CELLS["references"].source)


def test_wrong_address_of_the_deck_is_named_and_not_linked():
    assert "`runder.io" in CELLS["references"].source and "//runder" not in CELLS["references"].source


def test_projects_rubric_has_three_levels_in_every_row():
    assert all(len(row) == 4 and all(row) for row in rows("rubric"))

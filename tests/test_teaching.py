"""docs/teaching.md: its plans are those of the slides, its figures and buttons exist, its numbers are the lessons'."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

from scripts.slides import plan

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
LESSONS = {path.name[:2]: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
LABS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "course_lib" / "labs").glob("*_lab.py")))
COMPOSED = {
    "best in the long run: gradient descent",
    "best in the long run: momentum",
    "0°",
    "20°",
    "45°",
    "90°",
}  # names of scenes that are put together
CELL = re.compile(r"\b(\d\d) `([a-z][a-z0-9-]+)`")
NAMED = sorted(set(CELL.findall(TEXT)))


@cache
def cells(lesson):
    return {cell.id: cell for cell in nbformat.read(LESSONS[lesson], as_version=4).cells}


def table(heading):
    """The rows below a heading, as lists of fields."""
    section = re.split(rf"^##+ {re.escape(heading)}$", TEXT, flags=re.M)[1]
    section = re.split(r"^##+ ", section, flags=re.M)[0]
    rows = [line.strip().strip("|").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return [[field.strip() for field in row] for row in rows[2:]]


def test_plans_are_those_of_the_lessons():
    """python -m scripts.slides plan writes them."""
    lessons = {number: nbformat.read(path, as_version=4) for number, path in LESSONS.items()}
    assert plan.written(TEXT, lessons) == TEXT


@pytest.mark.parametrize("heading", plan.HEADINGS.values())
def test_every_slide_of_a_plan_says_what_to_do(heading):
    assert [row for row in table(heading) if len(row) != 4 or len(row[3]) < 6] == []


@pytest.mark.parametrize(("lesson", "cell"), NAMED, ids=[f"{lesson}-{cell}" for lesson, cell in NAMED])
def test_every_cell_it_names_exists(lesson, cell):
    assert cell in cells(lesson)


def test_figures_left_on_the_screen_stand_in_or_below_the_slide_they_are_named_with():
    for slide, figure, *_ in table("What to leave on the screen"):
        lesson, cell = CELL.search(slide).groups()
        below = list(cells(lesson).values())[list(cells(lesson)).index(cell) :]
        following = "\n".join(c.source for c in below[:5])
        assert re.search(rf"{re.escape(figure.strip('`'))}\(", following) or (lesson, cell) == ("03", "rosetta-words")


def scenes():
    """Every name of a scene in the plans: what stands in quotation marks after a figure, or in the settings."""
    rows = [row for heading in plan.HEADINGS.values() for row in table(heading)]
    told = [re.split(r"\.(?:\s|$)", row[3])[0] for row in rows if re.match(r"`labs\.\w+`: \"", row[3])]
    told += [row[2] for row in table("What to leave on the screen")]
    return sorted(set(re.findall(r'"([^"]+)"', " ".join(told))))


@pytest.mark.parametrize("scene", scenes())
def test_every_scene_is_a_button_of_a_lab(scene):
    assert scene in COMPOSED or f'"{scene}"' in LABS


def answers():
    """(the paragraph or row, the cells in brackets at its end) of all answers with numbers."""
    for part in re.split(r"\n\n|\n(?=\|)", TEXT[TEXT.index("## Questions to the hall") :]):
        if part.startswith("|"):
            part = part.strip("| ").split(" | ")[-1]  # before it stand the wrong answers
        for bracket in re.finditer(r"\(((?:\d\d `[\w-]+`(?:, )?)+)\)", part):
            before = part[: bracket.start()]
            yield before[before.rfind(")") + 1 if ")" in before else 0 :], CELL.findall(bracket[1])


ANSWERS = list(answers())


@pytest.mark.parametrize(
    ("told", "sources"), ANSWERS, ids=["-".join(sum(s, ())) + f"-{k}" for k, (_, s) in enumerate(ANSWERS)]
)
def test_numbers_of_an_answer_are_those_of_the_cells_it_names(told, sources):
    said = []
    for lesson, name in sources:
        cell = cells(lesson)[name]
        printed = [str(o.get("text") or o.get("data", {}).get("text/plain", "")) for o in cell.get("outputs", [])]
        said += [cell.source, *printed]
    known = set(re.findall(r"\d+(?:\.\d+)?", " ".join(said)))
    asked = set(re.findall(r"(?<![\w.])\d+\.\d+(?!\.\d)", told))  # whole numbers are often words: two of ten
    assert {n for n in asked if n not in known and n.rstrip("0") not in known} == set()


def test_rubric_is_that_of_lesson_06():
    """The same rows in the same order, 0 to 2 points each, and the same sum that counts as good."""
    cell = cells("06")["rubric"].source
    rows = re.findall(r"^\| (\w[\w ]+?) \|", cell, flags=re.M)
    assert [row[0] for row in table("Grading the open project")] == rows
    assert "Nine of twelve" in cell and "twelve in all. Nine is a good project" in TEXT

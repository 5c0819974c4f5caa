"""The time that is told is the time that adds up: in the lesson itself, in 00's table and in the README."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from scripts import minutes as counted
from scripts.minutes import Minutes, exercises, lines, minutes, words, write_in, write_in_table
from scripts.notebooks import tags

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST = {"01": 30, "04": 35, "06": 20, "07": 30}  # minutes of the main line
lessons = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
RENEW = "run: python -m scripts.minutes"


def read(lesson):
    return nbformat.read(lesson, as_version=4)


@lessons
def test_lesson_says_how_long_it_takes(lesson):
    written = read(lesson)
    write_in(written, minutes(written))
    assert written == read(lesson), RENEW


def says(text, link, time):
    """Whether a table has a row with this link, and what is written there anew stands there already."""
    return re.search(rf"^\|.*\({re.escape(link)}\)", text, re.M) and write_in_table(text, link, time) == text


@lessons
def test_readme_says_how_long_it_takes(lesson):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert says(text, f"notebooks/{lesson.name}", minutes(read(lesson))), RENEW


@pytest.mark.parametrize("lesson", LESSONS[1:], ids=lambda path: path.stem)
def test_outline_says_how_long_it_takes(lesson):
    text = "\n\n".join(cell.source for cell in read(LESSONS[0]).cells if cell.cell_type == "markdown")
    assert says(text, lesson.name, minutes(read(lesson))), RENEW


def rows(text):
    """{number: (title, question)} of a table of lessons."""
    found = re.findall(r"^\|(?: (\d+) \|)? \[(\d+ )?([^\]]+)\]\([^)]+\.ipynb\) \| ([^|]+) \|", text, flags=re.M)
    return {number or other.strip(): (title, question) for number, other, title, question in found}


def test_readme_and_outline_name_every_lesson_as_it_is_called_and_ask_the_same():
    readme = rows((ROOT / "README.md").read_text(encoding="utf-8"))
    outline = rows("\n\n".join(cell.source for cell in read(LESSONS[0]).cells if cell.cell_type == "markdown"))
    assert list(readme) == [lesson.name[:2] for lesson in LESSONS] and outline == {
        number: row for number, row in readme.items() if number != "00"
    }
    titles = {lesson.name[:2]: lesson.stem[3:].replace("_", " ") for lesson in LESSONS}
    assert {number: title.lower() for number, (title, _) in readme.items()} == titles | {"00": "outline"}


@pytest.mark.parametrize("number", LONGEST)
def test_main_line_is_short_enough(number):
    lesson = next(path for path in LESSONS if path.name.startswith(number))
    assert minutes(read(lesson)).main <= LONGEST[number]


def hurried(notebook):
    """Cells with an exercise that cannot even be read in its minutes: what is called an exercise is counted, too."""
    told, asked, last = {}, {}, None
    for cell in notebook.cells:
        found = exercises(cell)
        if found:
            last = cell.id
            told[last], asked[last] = sum(time for _, time in found), 0.0
        if "exercise" in tags(cell) and not tags(cell) & {"check", "answer", "solution"}:
            if last is None:
                return [f"{cell.id} belongs to no exercise"]
            text = cell.cell_type == "markdown"
            asked[last] += words(cell.source) / counted.WORDS if text else lines(cell.source) / counted.LINES
    return [f"{name} takes {asked[name]:.1f} minutes to read" for name in told if asked[name] > told[name]]


@lessons
def test_exercises_can_be_read_in_their_minutes(lesson):
    assert hurried(read(lesson)) == []


def cell(source, *tags, code=False, picture=False):
    made = (new_code_cell if code else new_markdown_cell)(source, metadata={"tags": list(tags)})
    if picture:
        made.outputs = [new_output("display_data", {"image/png": "", "text/plain": "a hill"})]
    return made


EXERCISE = "## Exercise: a slope ★ 2 minutes\n\nReturn it."
HARD = EXERCISE.replace("★ 2", "★★ 10")
WORDS, LINES = "word " * 130, "1\n" * 15
LESSON = {
    "words of the main line": ([cell(WORDS * 6, "main")], (10, 10)),
    "words of Deeper": ([cell(WORDS * 6, "deeper")], (0, 10)),
    "code": ([cell(LINES * 6, "main", code=True)], (10, 10)),
    "figures": ([cell("", "main", code=True, picture=True) for _ in range(20)], (10, 10)),
    "the set-up": ([cell(LINES * 6, "main", "setup", code=True)], (0, 0)),
    "one star": ([cell(EXERCISE, "main", "exercise")], (5, 5)),
    "two stars on the main line": ([cell(HARD, "main", "exercise")], (0, 10)),
    "two stars in Deeper": ([cell(HARD, "deeper", "exercise")], (0, 10)),
    "a solution": ([cell(LINES * 6, "main", "exercise", "solution", code=True)], (0, 0)),
}


@pytest.mark.parametrize("what", LESSON)
def test_minutes_of(what):
    cells, wanted = LESSON[what]
    assert minutes(new_notebook(cells=cells)) == Minutes(*wanted)


def test_time_is_rounded_up_to_five_minutes():
    assert minutes(new_notebook(cells=[cell(WORDS * 5 + "more", "main")])) == Minutes(10, 10)


def test_formulas_code_and_addresses_are_not_read_word_by_word():
    assert words(r"Take $\eta = 2$, see [the page](https://a.org/b c), and `a = 1 + 2`.") == 7


def test_a_long_text_cannot_hide_in_an_exercise():
    assert len(hurried(new_notebook(cells=[cell(EXERCISE, "main", "exercise"), cell(WORDS * 3, "exercise")]))) == 1


def test_what_is_no_exercise_cannot_be_called_one():
    assert len(hurried(new_notebook(cells=[cell(WORDS, "main", "exercise")]))) == 1


def test_time_is_written_in_the_last_line_of_its_cell():
    nb = new_notebook(cells=[cell("# 3 methods\n\nTime: 1 minute, 2 for everything.", "main", "time")])
    write_in(nb, Minutes(15, 40))
    assert nb.cells[0].source == "# 3 methods\n\nTime: 15 minute, 40 for everything."


def test_time_is_written_in_the_row_of_its_lesson():
    table = "| 01 | [A](01_a.ipynb) | 2 or 3? | 1 min | 2 min | [b] |\n| 02 | [B](02_b.ipynb) | c | 3 min | 4 min |"
    written = write_in_table(table, "01_a.ipynb", Minutes(15, 40))
    assert written == table.replace("1 min | 2 min", "15 min | 40 min")
    assert says(written, "01_a.ipynb", Minutes(15, 40)) and not says(table, "01_a.ipynb", Minutes(15, 40))
    assert not says(table, "03_c.ipynb", Minutes(15, 40))

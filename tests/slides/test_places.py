"""Places of slides in the lectures: the minutes add up, and a place that cannot be given is refused in a sentence."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from scripts.slides import __main__ as command
from scripts.slides import places

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
MINUTES = {  # of each lesson that has slides in a lecture, and those for questions
    "15": ({"01": 4, "02": 5, "03": 4, "06": 1}, 1),
    "45": ({"01": 7, "02": 13, "03": 12, "04": 8, "06": 3}, 2),
    "90": ({"00": 2, "01": 12, "02": 21, "03": 20, "04": 17, "05": 7, "06": 5}, 6),
    "today": ({"07": 14}, 1),
}


@pytest.mark.parametrize("lecture", places.LECTURES)
def test_plan_fills_the_lecture(lecture):
    lessons, questions = MINUTES[lecture]
    assert sum(lessons.values()) + questions == places.LECTURES[lecture]


@pytest.mark.parametrize("lecture", places.LECTURES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_minutes_of_a_lesson_add_up(lesson, lecture):
    wanted = MINUTES[lecture][0].get(lesson.stem[:2], 0)
    assert places.minutes(nbformat.read(lesson, as_version=4), lecture) == wanted


def test_a_page_without_slides_has_no_deck():
    nb = lesson()
    for cell in nb.cells:
        cell.metadata.update(slideshow={"slide_type": "skip"})
    assert places.has_slides(lesson()) and not places.has_slides(nb)


def lesson():
    title, words, below = new_markdown_cell("# Title"), new_code_cell("1"), new_markdown_cell("## Below")
    for cell, name, kind in ((title, "title", "slide"), (words, "words", "-"), (below, "below", "subslide")):
        cell.update(id=name)
        cell.metadata.update(tags=["main"], slideshow={"slide_type": kind})
    return new_notebook(cells=[title, words, below])


def test_a_slide_of_the_shortest_lecture_is_in_the_longer_ones():
    nb = lesson()
    places.place(nb, {"title": "lecture-15:1.5", "below": "lecture-90:2"})
    assert [places.minutes(nb, lecture) for lecture in places.LECTURES] == [1.5, 1.5, 3.5, 0]


def test_a_slide_of_today_is_in_no_other_lecture():
    nb = lesson()
    places.place(nb, {"title": "lecture-today:1.5"})
    assert [places.minutes(nb, lecture) for lecture in places.LECTURES] == [0, 0, 0, 1.5]


def test_a_slide_that_is_not_named_is_only_in_its_own_deck():
    nb = lesson()
    places.place(nb, {"title": "lecture-45:1"})
    assert "more" in places.tags(nb.cells[2]) and places.complaints(nb) == []


def test_a_new_place_replaces_the_old_one():
    nb = lesson()
    places.place(nb, {"title": "lecture-45:1"})
    places.place(nb, {"title": "more"})
    assert nb.cells[0].metadata.tags == ["main", "more"] and "minutes" not in nb.cells[0].metadata


@pytest.mark.parametrize(
    "fault", ["no place", "two places", "no minutes", "odd minutes", "minutes in a piece", "Deeper"]
)
def test_complaint_about(fault):
    nb = lesson()
    places.place(nb, {"title": "lecture-45:1"})
    title, words = nb.cells[:2]
    {
        "no place": lambda: title.metadata.update(tags=["main"]),
        "two places": lambda: title.metadata.tags.append("more"),
        "no minutes": lambda: title.metadata.pop("minutes"),
        "odd minutes": lambda: title.metadata.update(minutes=1.1),
        "minutes in a piece": lambda: words.metadata.update(minutes=1),
        "Deeper": lambda: title.metadata.update(tags=["deeper", "lecture-45"]),
    }[fault]()
    assert len(places.complaints(nb)) == 1


@pytest.mark.parametrize("wanted", ["title", "title=lecture-46:1", "title=lecture-45", "title=more:1", "words=more"])
def test_command_refuses_in_one_sentence(wanted, tmp_path, capsys):
    path = tmp_path / "01_lesson.ipynb"
    nbformat.write(lesson(), path)
    before = path.read_bytes()
    assert command.main(["place", str(path), wanted]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "Traceback" not in said
    assert path.read_bytes() == before


def test_command_writes_and_says_the_minutes(tmp_path, capsys):
    path = tmp_path / "01_lesson.ipynb"
    nbformat.write(lesson(), path)
    assert command.main(["place", str(path), "title=lecture-45:1.5", "below=more"]) == 0
    assert capsys.readouterr().out == "01_lesson.ipynb: minutes 0 of 15, 1.5 of 45, 1.5 of 90, 0 of today\n"
    assert nbformat.read(path, as_version=4).cells[0].metadata.minutes == 1.5

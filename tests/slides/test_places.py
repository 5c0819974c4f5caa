"""Places of slides in the lectures: the minutes add up, and a place that cannot be given is refused in a sentence."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

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
    assert places.slides(lesson()) and not places.slides(nb)


def lesson(place="lecture-45", time=1, below=("more", None)):
    cells = [
        cell(new_markdown_cell("# Title"), "title", "slide", place, time),
        cell(new_code_cell("1"), "words", "-"),
        cell(new_markdown_cell("## Below"), "below", "subslide", *below),
    ]
    return new_notebook(cells=cells)


def cell(made, name, kind, place=None, time=None):
    made.update(id=name)
    made.metadata.update(tags=["main", place] if place else ["main"], slideshow={"slide_type": kind})
    if time:
        made.metadata.minutes = time
    return made


def test_a_slide_of_the_shortest_lecture_is_in_the_longer_ones():
    nb = lesson("lecture-15", 1.5, below=("lecture-90", 2))
    assert [places.minutes(nb, lecture) for lecture in places.LECTURES] == [1.5, 1.5, 3.5, 0]


def test_a_slide_of_today_is_in_no_other_lecture():
    nb = lesson("lecture-today", 1.5)
    assert [places.minutes(nb, lecture) for lecture in places.LECTURES] == [0, 0, 0, 1.5]


def test_slides_of_a_lecture_begin_when_the_one_before_ends():
    lessons = {"02_second": lesson(time=3), "01_first": lesson(time=1.5, below=("lecture-90", 2))}
    begin = [(at, number, [cell.id for cell in slide]) for at, number, slide in places.timetable(lessons, "90")]
    both = ["title", "words"]
    assert begin == [(0, "01", both), (1.5, "01", ["below"]), (3.5, "02", both)]
    assert places.left(lessons, "90") == 83.5


def test_places_of_this_lesson_are_well():
    assert places.complaints(lesson()) == []


@pytest.mark.parametrize(
    "fault",
    [
        "no place",
        "two places",
        "no minutes",
        "odd minutes",
        "minus",
        "words",
        "in a piece",
        "in vain",
        "Deeper",
    ],
)
def test_complaint_about(fault):
    nb = lesson()
    title, words, below = nb.cells
    {
        "no place": lambda: title.metadata.update(tags=["main"]),
        "two places": lambda: title.metadata.tags.append("more"),
        "no minutes": lambda: title.metadata.pop("minutes"),
        "odd minutes": lambda: title.metadata.update(minutes=1.1),
        "minus": lambda: title.metadata.update(minutes=-1),
        "words": lambda: title.metadata.update(minutes="two"),
        "in vain": lambda: below.metadata.update(minutes=1),
        "in a piece": lambda: words.metadata.update(minutes=1),
        "Deeper": lambda: title.metadata.update(tags=["deeper", "lecture-45"]),
    }[fault]()
    assert len(places.complaints(nb)) == 1

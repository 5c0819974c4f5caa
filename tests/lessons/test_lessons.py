"""Every lesson runs, alone and along its main line; its pictures are today's; its exercises can be solved."""

import base64
import io

import nbformat
import numpy as np
import pytest
from PIL import Image
from rules import code_cells, tags
from running import LESSONS, errors, executed, is_main

from course_lib import checks
from course_lib.checks.exercises import Choice
from course_lib.checks.quiz import Round

lessons = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


def pictures(nb):
    """cell id -> its pictures as arrays of numbers."""
    return {
        cell.id: [
            np.asarray(Image.open(io.BytesIO(base64.b64decode(o.data["image/png"]))).convert("RGB"), float)
            for o in cell.outputs
            if "image/png" in o.get("data", {})
        ]
        for cell in code_cells(nb)
    }


@pytest.mark.pinned  # by this matplotlib, which places its letters
@lessons
def test_stored_pictures_are_what_the_code_draws_today(lesson):
    stored, fresh = pictures(nbformat.read(lesson, as_version=4)), pictures(executed(lesson).first)
    for cell, images in stored.items():
        assert len(images) == len(fresh[cell]), cell
        for old, new in zip(images, fresh[cell], strict=True):
            assert old.shape == new.shape, cell
            assert np.mean(np.abs(old - new)) < 0.5, f"the picture of {cell} has changed: run make notebooks"


@lessons
def test_it_runs_from_top_to_bottom(lesson):
    assert errors(*executed(lesson).first.cells) == []


@lessons
def test_nothing_is_written_to_stderr(lesson):
    loud = [c.id for c in code_cells(executed(lesson).first) for o in c.outputs if o.get("name") == "stderr"]
    assert loud == []


@lessons
def test_main_line_runs_without_the_deeper_sections(lesson):
    assert errors(*executed(lesson).main) == []


@lessons
def test_running_twice_in_one_kernel_works(lesson):
    assert errors(*executed(lesson).again, *executed(lesson).first.cells) == []


@lessons
def test_solutions_pass_their_checks(lesson):
    assert errors(executed(lesson).solutions) == []


@lessons
def test_exercises_with_one_right_answer_have_a_solution(lesson):
    number = int(lesson.stem[:2])
    told = Choice, Round  # their reasons are the solution
    wanted = {e.name for e in checks.EXERCISES if e.lesson == number and not isinstance(e, told) and not e.guess}
    assert set(executed(lesson).names) == wanted


@lessons
def test_every_exercise_of_a_lesson_stands_in_it(lesson):
    text = "\n".join(cell.source for cell in code_cells(nbformat.read(lesson, as_version=4)) if "check" in tags(cell))
    missing = [e.name for e in checks.EXERCISES if e.lesson == int(lesson.stem[:2]) and f"checks.{e.name}(" not in text]
    assert missing == []


@lessons
def test_stars_and_minutes_in_the_text_are_those_of_the_check(lesson):
    text = nbformat.read(lesson, as_version=4)
    told = "\n".join(cell.source for cell in text.cells if cell.cell_type == "markdown").lower()
    wrong = [
        e.title
        for e in checks.EXERCISES
        if e.lesson == int(lesson.stem[:2]) and f"{e.title.lower()} {'★' * e.stars} {e.minutes} minute" not in told
    ]
    assert wrong == []


@lessons
def test_one_star_exercises_are_on_the_main_line(lesson):
    main = "\n".join(cell.source for cell in code_cells(nbformat.read(lesson, as_version=4)) if is_main(cell))
    off = [e.name for e in checks.EXERCISES if e.lesson == int(lesson.stem[:2]) and e.stars == 1 and e.name not in main]
    assert off == []

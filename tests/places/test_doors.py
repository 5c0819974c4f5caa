"""Every way into a lesson leads to the right file, and says what is kept there."""

import re
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from hosted import ROOT, binder, colab

from course_lib import links

README = (ROOT / "README.md").read_text(encoding="utf-8")
LESSONS = sorted(re.findall(r"\(notebooks/(\d\d_\w+\.ipynb)\)", README))
DEFINED = dict(re.findall(r"^\[(\w+)\]: (\S+)$", README, re.MULTILINE))


def row(lesson):
    return next(line for line in README.splitlines() if line.startswith("|") and f"(notebooks/{lesson})" in line)


def test_every_lesson_has_a_row():
    assert sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb")) == LESSONS


@pytest.mark.parametrize("lesson", LESSONS)
def test_colab_and_binder_of_a_row_open_its_lesson(lesson):
    for text, address in (("Colab", colab(lesson)), ("Binder", binder(lesson))):
        (reference,) = re.findall(rf"\[{text}\]\[(\w+)\]", row(lesson))
        assert DEFINED[reference] == address


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_colab_and_binder_open_is_there(lesson):
    there = urlsplit(colab(lesson)).path.partition(f"/blob/{links.BRANCH}/")[2]
    assert parse_qs(urlsplit(binder(lesson)).query)["urlpath"] == [f"lab/tree/{there}"]
    assert (ROOT / there).is_file()


def test_no_definition_is_left_over():
    assert set(DEFINED) == set(re.findall(r"\]\[(\w+)\]", README))


@pytest.mark.parametrize("place", ["README", "lesson 00"])
def test_it_is_said_how_to_keep_ones_work(place):
    outline = nbformat.read(ROOT / "notebooks" / "00_outline.ipynb", as_version=4)
    text = README if place == "README" else "\n".join(c.source for c in outline.cells if c.cell_type == "markdown")
    sentences = re.split(r"(?<=[.:;])\s", text)
    assert any("download" in s and "course-progress.json" in s for s in sentences)
    assert any("upload" in s for s in sentences)

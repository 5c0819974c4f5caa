"""GitHub, nbviewer and other plain readers: what is stored shows a good picture where no widget runs, and no script."""

import base64
import io
import re
import shlex
import sys

import nbformat
import numpy as np
import pytest
from browser import Page
from PIL import Image
from surroundings import ROOT, clean, done

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
lessons = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
PLAIN = {"image/png", "text/plain", "text/html", "text/markdown"}  # what such readers draw
MANAGED = "application/vnd.jupyter.widget"


def outputs(lesson):
    """(cell, output) of every stored output with data."""
    book = nbformat.read(lesson, as_version=4)
    return [(c, o) for c in book.cells if c.cell_type == "code" for o in c.outputs if "data" in o]


@lessons
def test_every_lab_left_its_picture(lesson):
    book = nbformat.read(lesson, as_version=4)
    cells = [cell for cell in book.cells if cell.cell_type == "code" and re.search(r"^labs\.", cell.source, re.M)]
    without = [cell.id for cell in cells if not any("image/png" in o.get("data", {}) for o in cell.outputs)]
    assert without == []


@lessons
def test_pictures_are_large_enough_and_not_blank(lesson):
    for cell, output in outputs(lesson):
        if "image/png" in output.data:
            image = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
            assert image.width >= 600, cell.id
            assert np.asarray(image.convert("L")).std() > 5, cell.id


@lessons
def test_nothing_stored_needs_a_widget_or_a_script(lesson):
    for cell, output in outputs(lesson):
        assert set(output.data) <= PLAIN, cell.id
        assert not any(MANAGED in kind for kind in output.metadata), cell.id
        assert "<script" not in output.data.get("text/html", ""), cell.id


@lessons
def test_what_is_stored_as_html_is_there_as_text_too(lesson):
    for cell, output in outputs(lesson):
        if "text/html" in output.data:
            words = re.sub(r"<[^>]+>", " ", output.data["text/html"]).split()
            assert len(output.data["text/plain"].split()) > len(words) / 2, cell.id


@lessons
def test_no_picture_is_linked_that_is_not_in_the_repository(lesson):
    book = nbformat.read(lesson, as_version=4)
    text = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    linked = re.findall(r"!\[[^\]]*\]\(([^)]+)\)|<img[^>]*src=[\"']([^\"']+)", text)
    assert all((lesson.parent / (a or b)).is_file() or (a or b).startswith("attachment:") for a, b in linked)


def test_the_command_for_a_page_of_ones_own_gives_figures_that_live_offline(chromium, tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = re.search(r"`COURSE_LIVE=(\w+) \.venv/bin/jupyter (nbconvert [^`]*)`", readme)
    live, (*options, _) = command[1], shlex.split(command[2])
    cells = [nbformat.v4.new_code_cell("from course_lib import labs\n\nlabs.trap()")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "mine.ipynb")
    done(sys.executable, "-m", "jupyter", *options, "mine.ipynb", cwd=tmp_path, env=clean() | {"COURSE_LIVE": live})
    context = chromium.new_context(offline=True)
    page = Page(context.new_page())
    page.page.goto((tmp_path / "mine.html").as_uri(), wait_until="commit")
    page.wait("f.frames > 0")
    before = page.canvas()
    page.page.locator("input[type=range]").first.press("End")
    page.settled()
    assert np.abs(page.canvas() - before).max() > 60
    context.close()

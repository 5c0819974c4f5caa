"""Voila: every lab and a whole lesson as a page without code, alive in Chromium, with a kernel behind it."""

import shutil
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress

import lab_server
import nbformat
import numpy as np
import pytest
from browser import Page
from surroundings import ROOT, clean, environment

from course_lib import labs

pytestmark = pytest.mark.slow
WAIT = 60  # s for the server to start or stop
RUN = 180  # s for the cells of a notebook, on a busy machine


@pytest.fixture(scope="module")
def voila(tmp_path_factory):
    """The address of a Voila that serves a notebook for each lab, and a lesson."""
    folder = tmp_path_factory.mktemp("voila")
    python = environment("voila", "voila>=0.5.8,<0.6", "ipykernel", "-e", ROOT)
    for name in labs.__all__:
        cells = [nbformat.v4.new_code_cell(f"from course_lib import labs\n\nlabs.{name}()")]
        book = nbformat.v4.new_notebook(cells=cells)
        book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(book, folder / f"{name}.ipynb")
    shutil.copy(ROOT / "notebooks" / "01_what_is_momentum.ipynb", folder)
    port = lab_server._free_port()
    command = [python, "-m", "voila", folder, "--no-browser", f"--port={port}", "--show_tracebacks=True"]
    with (folder / "voila.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen([str(part) for part in command], env=clean(), stdout=log, stderr=log, cwd=folder)
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(address, server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=WAIT)


def wait_for(address, server):
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError):
            return urllib.request.urlopen(address, timeout=WAIT).close()
        time.sleep(0.2)
    raise AssertionError("Voila did not start")


@pytest.fixture
def visit(chromium, voila):
    """Open a notebook in Voila; at the end there was no error. Nothing else is reached: Voila asks elsewhere for its
    icons and for MathJax, and the labs do without."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    context.route(lambda address: not address.startswith(voila), lambda route: route.abort())
    page = Page(context.new_page())

    def visit_(name):
        page.page.goto(f"{voila}/voila/render/{name}.ipynb", timeout=1000 * RUN, wait_until="commit")
        page.wait("f.frames > 0", timeout=1000 * RUN)
        return page

    yield visit_
    context.close()
    assert not page.errors


@pytest.mark.parametrize("name", labs.__all__)
def test_a_lab_moves(visit, name):
    page = visit(name)
    before, words = page.canvas(), page.said()
    for number in range(page.page.locator("input[type=range]").count()):
        page.page.locator("input[type=range]").nth(number).press("Home" if number else "End")
    page.settled()
    assert np.abs(page.canvas() - before).max() > 60 or page.said() != words
    assert page.page.locator(".live-error:visible").count() == 0


def test_a_lab_hears_its_kernel(visit):
    page = visit("heatmap")
    page.eval("f.move({ surface: f.settings.surface ? 0 : 1 })")
    page.wait("f.isFresh()", timeout=1000 * WAIT)


def test_a_lesson_is_shown_without_its_code(visit):
    page = visit("01_what_is_momentum")
    text = page.page.locator("body").inner_text()
    assert "Two travellers, one hill" in text and "labs.hill" not in text

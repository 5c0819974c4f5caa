"""The progress bar: silent for a second, then there, then gone; and nothing of it is stored in a notebook."""

import io
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_lib.training import progress, progress_bar
from scripts import notebooks

ROOT = Path(__file__).parent.parent


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """The seconds, which only pass when the test says so."""
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    return now


def steps(clock, seconds, bar, count=10):
    for k in range(count + 1):
        bar(k, count)
        clock[0] += seconds / count


def test_what_takes_less_than_a_second_shows_nothing(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    steps(clock, 0.9, progress_bar())
    assert sys.stderr.getvalue() == ""


def test_what_takes_longer_shows_how_far_it_is_and_how_long_it_will_take(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    steps(clock, 20, progress_bar("training"))
    texts = sys.stderr.getvalue().split("\r\x1b[2K")
    assert texts[1] == "training ██░░░░░░░░░░░░░░░░░░░░░░ 10%, about 18 s left"
    assert texts[5] == "training ████████████░░░░░░░░░░░░ 50%, about 10 s left"


def test_a_finished_bar_leaves_an_empty_line(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    steps(clock, 20, progress_bar())
    assert sys.stderr.getvalue().endswith("\r\x1b[2K")


def test_a_bar_is_drawn_ten_times_a_second_at_most(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    steps(clock, 3, progress_bar(), count=3000)
    assert 15 < sys.stderr.getvalue().count("%") < 25


def test_without_a_terminal_nothing_is_written(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    steps(clock, 20, progress_bar())
    assert sys.stderr.getvalue() == ""


CELL = """import time
from course_lib.training import progress_bar
print("before")
bar = progress_bar()
for k in range(15):
    bar(k, 14)
    time.sleep(0.1)
print("after")"""


@pytest.fixture(scope="module")
def executed():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    return notebooks.execute(notebook)


def test_the_bar_is_seen_while_the_cell_runs(executed):
    # what is left of it is one output without content, between what was printed before and after
    assert [output.get("text", output.get("data")) for output in executed.cells[0].outputs] == [
        "before\n",
        {},
        "after\n",
    ]


def test_a_stored_notebook_keeps_nothing_of_a_bar_and_nbval_agrees(executed, tmp_path):
    stored = notebooks.normalise(executed)
    assert [output.text for output in stored.cells[0].outputs] == ["before\nafter\n"]
    path = tmp_path / "lesson.ipynb"
    path.write_text(notebooks.text_of(stored), encoding="utf-8")
    settings = tmp_path / "pytest.ini"  # its own: those of the project do not hold for it
    settings.write_text("[pytest]\n", encoding="utf-8")
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "--nbval",
        "--nbval-current-env",
        "-c",
        str(settings),
        "--rootdir",
        str(tmp_path),
    ]
    command = [sys.executable, "-m", "pytest", *options, str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout

"""scripts/matrix.py: which environments there are, and what it says when one cannot be made."""

import tomllib
from pathlib import Path

import pytest

from scripts import matrix

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_python_of_the_readme_has_a_row():
    assert {row.python for row in matrix.ROWS.values()} == {"3.11", "3.12", "3.13"}
    assert PROJECT["requires-python"] == ">=3.11"


def test_lowest_newest_and_both_ipywidgets_have_a_row():
    assert {row.resolution for row in matrix.ROWS.values()} == {"highest", "lowest-direct"}
    assert any("ipywidgets==7.7.1" in row.extra for row in matrix.ROWS.values())


def test_an_unknown_row_is_refused(capsys):
    assert matrix.main(["3.9"]) == 2
    assert "known are 3.11-lowest" in capsys.readouterr().err


def test_without_uv_it_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(matrix.shutil, "which", lambda name: None)
    assert matrix.main([]) == 2
    assert "pip install uv" in capsys.readouterr().err


@pytest.mark.parametrize("made", ["no interpreter found for Python 3.13", Path("python")])
def test_a_row_that_cannot_be_made_or_fails_fails_the_whole(monkeypatch, tmp_path, capsys, made):
    monkeypatch.setattr(matrix, "HOME", tmp_path)
    monkeypatch.setattr(matrix.shutil, "which", lambda name: "uv")
    monkeypatch.setattr(matrix, "environment", lambda name, row: made)
    monkeypatch.setattr(matrix.subprocess, "run", lambda *a, **k: type("Done", (), {"returncode": 1})())
    assert matrix.main(["3.13-newest"]) == 1
    told = capsys.readouterr().out
    assert "not run" in told if isinstance(made, str) else "FAILED" in told


def test_one_line_a_row_says_what_pytest_said_last(monkeypatch, tmp_path, capsys):
    def run(command, stdout, **options):
        print("..\n2 passed in 1 s", file=stdout)
        return type("Done", (), {"returncode": 0})()

    monkeypatch.setattr(matrix, "HOME", tmp_path)
    monkeypatch.setattr(matrix, "environment", lambda name, row: tmp_path / "bin" / "python")
    monkeypatch.setattr(matrix.subprocess, "run", run)
    assert matrix.run("3.13-newest", matrix.ROWS["3.13-newest"], [])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("3.13-newest    passed in ") and ": 2 passed in 1 s (" in line


@pytest.mark.parametrize(
    "given, narrowed",
    [
        ([], ["-k", matrix.PINNED_ONLY]),
        (["tests/labs", "-x"], ["-k", matrix.PINNED_ONLY, "tests/labs", "-x"]),
        (["-x", "-k", "a or b", "tests"], ["-k", f"(a or b) and {matrix.PINNED_ONLY}", "-x", "tests"]),
    ],
    ids=["nothing", "a folder", "an expression"],
)
def test_what_is_about_the_pinned_versions_is_always_left_out(given, narrowed):
    assert matrix.narrowed(given) == narrowed

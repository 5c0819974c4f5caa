"""noxfile.py: which environments there are, and that none goes missing."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def nox(*arguments, **options):
    command = [sys.executable, "-m", "nox", "--noxfile", ROOT / "noxfile.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, **options)


@pytest.fixture(scope="module")
def rows():
    return {row["session"] for row in json.loads(nox("--list", "--json").stdout)}


def test_every_python_that_the_course_names_has_a_row(rows):
    pythons = [line.split(" :: ")[-1] for line in PROJECT["classifiers"]]
    assert {f"newest-{python}" for python in pythons} <= rows and "3.15" in pythons


def test_lowest_versions_and_ipywidgets_7_have_a_row(rows):

    assert {"lowest", "widgets7"} <= rows


def test_a_row_without_its_python_fails(tmp_path):
    """A copy of the file asks for a Python that nobody has."""
    for name in ("noxfile.py", "pyproject.toml"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("Python :: 3.15", "Python :: 3.99")
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = subprocess.run(
        [sys.executable, "-m", "nox", "-s", "newest-3.99"], cwd=tmp_path, capture_output=True, text=True
    )
    assert made.returncode != 0 and "3.99" in made.stderr


def test_what_is_about_the_pinned_versions_is_left_out_and_nothing_else():
    files = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").rglob("test_*.py")]
    tests = [node for tree in files for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    pinned = {test.name for test in tests if "pytest.mark.pinned" in map(ast.unparse, test.decorator_list)}
    assert pinned == {"test_ruff_agrees", "test_stored_pictures_are_what_the_code_draws_today"}

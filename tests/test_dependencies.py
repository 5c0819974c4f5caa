"""Each direct dependency is justified, once, and the course's code imports nothing that is not declared."""

import ast
import re
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROWS = re.findall(
    r"^\| ([a-z][\w-]*) \| (.+) \|$", (ROOT / "docs" / "dependencies.md").read_text("utf-8"), re.MULTILINE
)

# What comes with a declared dependency and is imported directly, as docs/dependencies.md says.
BROUGHT = {"PIL": "matplotlib", "contourpy": "matplotlib", "traitlets": "ipywidgets", "IPython": "ipywidgets"}
NAMES = {
    "docutils": "sphinx",
    "zmq": "jupyterlab",
    "jupyter_client": "nbclient",
    "jupyter_server": "jupyterlab",
    "yaml": "pyyaml",
    "markdown_it": "markdown-it-py",
    "mdit_py_plugins": "mdit-py-plugins",
}


def declared(*groups):
    lines = chain(PROJECT["project"]["dependencies"], *(PROJECT["project"]["optional-dependencies"][g] for g in groups))
    return {canonicalize_name(Requirement(line).name) for line in lines} - {PROJECT["project"]["name"]}


def test_every_direct_dependency_has_one_row():
    names = [name for name, _ in ROWS]
    assert sorted(names) == sorted(declared(*PROJECT["project"]["optional-dependencies"]))


@pytest.mark.parametrize("name", [name for name, _ in ROWS])
def test_a_row_says_for_whom_why_under_which_licence_and_since_when(name):
    who, why, licence, month = dict(ROWS)[name].split(" | ")
    assert who and licence and len(why.split()) >= 2 and re.fullmatch(r"20\d\d-[01]\d", month)


def imported(folder):
    """Top-level names of everything that the files of a folder import from elsewhere, wherever the import stands."""
    names = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module.partition(".")[0])
    ours = {"course_lib", "scripts"} | {path.stem for path in (ROOT / folder).glob("*.py")}  # scripts run from beside
    return names - sys.stdlib_module_names - ours


OPTIONAL = {"packaging", "jinja2", "markupsafe"}  # come with matplotlib, with jupyterlab; their absence is said


def test_the_package_imports_only_what_a_learner_has():
    wanted = {canonicalize_name(BROUGHT.get(name, name)) for name in imported("course_lib")}
    assert wanted - OPTIONAL <= declared()


def test_the_scripts_import_only_what_is_declared():
    wanted = {canonicalize_name((BROUGHT | NAMES).get(name, name)) for name in imported("scripts")}
    assert wanted <= declared(*PROJECT["project"]["optional-dependencies"])

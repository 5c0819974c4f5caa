"""The files that say what is installed agree with pyproject.toml, and the commands can be read."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
TRIED = [line.split(" :: ")[-1] for line in PROJECT["classifiers"]]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


def bounds(lines):
    """{canonical name: specifier set} of requirement lines, without the course's own extras."""
    needs = [Requirement(line) for line in lines]
    return {canonicalize_name(need.name): need.specifier for need in needs if need.name != PROJECT["name"]}


def pins():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    return [Requirement(line) for line in text.splitlines() if not line.startswith("#")]


def test_conda_environment_is_the_project_with_jupyterlab():
    lines = [line.replace("python=", "python==") for line in CONDA if isinstance(line, str)]
    conda = bounds(line.replace("matplotlib-base", "matplotlib") for line in lines)  # conda's name for pip's
    python = conda.pop("python")
    assert conda.pop("pip") == ""
    assert conda == bounds([*PROJECT["dependencies"], *EXTRAS["lab"]])
    assert str(python) == "==3.12"
    assert CONDA[-1] == {"pip": ["-e ."]}


def test_every_line_of_the_conda_environment_says_who_needs_it():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.match(r"  - [a-z-]+[<>=]", line)]
    assert len(lines) == len(CONDA) - 2
    assert all("python=" in line or "  # " in line for line in lines)


def test_binders_jupyterlab_is_new_enough():
    assert bounds(EXTRAS["lab"])["jupyterlab"].contains("4.4.9")


def test_every_dependency_is_pinned_within_its_bounds():
    pinned = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins()}
    for name, specifier in bounds([*PROJECT["dependencies"], *chain(*EXTRAS.values())]).items():
        assert specifier.contains(pinned[name]), name


@pytest.mark.parametrize("python", TRIED)
def test_pins_are_exact_and_unique_for_each_python(python):
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    names = [pin.name for pin in pins() if pin.marker is None or pin.marker.evaluate(environment)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"==[\w.]+", str(pin.specifier)) and not pin.url for pin in pins())


def tracked_files():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


INDEX = re.compile(
    rb"(--|extra-|default-)index(-url)?[ =]|--find-links"
    rb"|\b(test\.)?(py(pi|thonhosted)|npm(js)?|anaconda|debian)\.(org|com)\b"
)


@pytest.mark.parametrize(
    "line", [b"pip install --index-url x", b"see https://pypi" + b".org/simple", b"--find-links /x"]
)
def test_an_index_address_is_found(line):
    assert INDEX.search(line)


def test_no_file_names_a_package_index():
    this = Path(__file__)
    named = {path.name for path in tracked_files() if path != this and INDEX.search(path.read_bytes())}
    assert named == set()


TARGETS = [
    "help",
    "lab",
    "fresh",
    "test",
    "test-unfriendly",
    "test-matrix",
    "notebooks",
    "site",
    "slides",
    "student",
    "grade",
    "bench",
    "format",
    "lint",
    "pins",
    "clean",
]


def make(*arguments, folder=ROOT):
    """Run make as from a fresh shell: the make that runs the tests hands its own options on."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("target", TARGETS)
def test_make_can_say_what_it_would_do(target):
    result = make("-n", target)
    assert result.returncode == 0, result.stderr
    assert result.stdout


def test_help_is_the_default_and_lists_every_command():
    assert re.findall(r"^  make ([\w-]+)", make().stdout, re.MULTILINE) == TARGETS


def test_an_unfit_python_gets_a_sentence(tmp_path):
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.1\nexit 1\n')
    old.chmod(0o755)
    result = make(f"PYTHON={old}", "lab")
    assert result.returncode != 0
    assert "3.11 or newer" in result.stdout and "Python 3.9.1" in result.stdout


def test_a_python_newer_than_those_tried_is_not_refused(tmp_path):
    """The Makefile asks this Python whether its version will do; a stand-in hears the question and answers it."""
    newer = tmp_path / "python3.99"
    asks = "import sys; sys.version_info = (3, 99, 0, 'final', 0); exec(sys.argv[2])"
    newer.write_text(f'#!/bin/sh\n[ "$1" = -c ] || {{ echo installs; exit 7; }}\n"{sys.executable}" -c "{asks}" "$@"\n')
    newer.chmod(0o755)
    result = make(f"PYTHON={newer}", "lab")
    assert "installs" in result.stdout and "or newer" not in result.stdout


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "Makefile", "scripts/install.py"])
def test_the_oldest_python_is_the_same_everywhere(name):
    assert PROJECT["requires-python"] == f">={TRIED[0]}"
    assert f"Python {TRIED[0]} or newer" in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_the_newest_python_tried_is_the_same_everywhere(name):
    assert f"{TRIED[0]} to {TRIED[-1]}" in (ROOT / name).read_text(encoding="utf-8")


def test_condas_python_was_tried():
    assert CONDA[0].removeprefix("python=") in TRIED


def test_the_python_of_an_existing_venv_is_kept_unless_it_was_removed(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHON", raising=False)
    shutil.copy(ROOT / "Makefile", tmp_path)
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    for target, chosen in ((sys.executable, ".venv/bin/python"), ("/removed/python", "python3")):
        python.unlink(missing_ok=True)
        python.symlink_to(target)
        assert f'"{chosen}" scripts/install.py' in make("-n", "install-lab", folder=tmp_path).stdout


def test_a_missing_python_gets_a_sentence():
    result = make("PYTHON=no-such-python", "lab")
    assert result.returncode != 0
    assert "There is no 'no-such-python' here" in result.stdout


def test_the_ci_script_is_a_script():
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", script], check=True)

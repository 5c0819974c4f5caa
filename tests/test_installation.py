"""`python -m course_lib`: one line a finding, never a crash, and the command that mends it."""

import shlex
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from course_lib import __main__, installation

ROOT = Path(__file__).parent.parent


@pytest.fixture
def versions(monkeypatch):
    """Pretend versions: {"numpy": "1.0"}, or None for a package that is missing."""
    pretended, real = {}, metadata.version

    def version(name):
        found = pretended[name] if name in pretended else real(name)
        if found is None:
            raise metadata.PackageNotFoundError(name)
        return found

    monkeypatch.setattr(metadata, "version", version)
    return pretended


def package_lines():
    return [str(finding) for finding in installation.packages(metadata.distribution(installation.COURSE))]


def test_this_environment_has_what_it_needs():
    assert all(line.startswith("ok ") for line in package_lines())


def test_every_dependency_has_a_line():
    looked_at = " ".join(package_lines())
    assert all(name in looked_at for name in ("numpy", "matplotlib", "ipywidgets", "anywidget", "jupyterlab"))


def test_a_missing_package(versions):
    versions["anywidget"] = None
    (line,) = [line for line in package_lines() if line.startswith("fix ")]
    assert "anywidget is missing" in line
    assert "install" in line and "anywidget>=" in line


def test_a_package_too_old(versions):
    versions["numpy"] = "1.26.4"
    (line,) = [line for line in package_lines() if line.startswith("fix ")]
    assert "numpy 1.26.4, but numpy>=2.0 is needed" in line


def test_jupyterlab_may_be_missing_but_not_too_old(versions):
    versions["jupyterlab"] = None
    assert "jupyterlab is not here" in package_lines()[-1]
    assert package_lines()[-1].startswith("ok ")
    versions["jupyterlab"] = "3.6.8"
    assert package_lines()[-1].startswith("fix ")


def test_widgets_that_do_not_agree(versions):
    versions["jupyterlab-widgets"] = versions["jupyterlab_widgets"] = "0.6.0"  # older than ipywidgets 7, too
    lines = [str(finding) for finding in installation.widgets()]
    assert any(line.startswith("fix  ipywidgets with jupyterlab") for line in lines)


def test_what_to_do_where_a_figure_has_outlived_its_kernel_is_said_here_and_in_the_readme():
    assert any("model not found" in finding.what and finding.ok for finding in installation.widgets())
    assert "model not found" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_front_end_in_another_environment(monkeypatch, tmp_path):
    assert all(finding.ok for finding in installation.widgets())
    monkeypatch.setattr(installation, "prefixes", lambda: [str(tmp_path)])
    lines = [str(finding) for finding in installation.widgets() if not finding.ok]
    assert len(lines) == 2
    assert all("--force-reinstall" in line for line in lines)


def test_an_old_python(monkeypatch):
    monkeypatch.setattr(installation.platform, "python_version", lambda: "3.9.1")
    finding = installation.python(metadata.distribution(installation.COURSE))
    assert not finding.ok
    assert "3.9.1" in finding.what and ">=3.11" in finding.what


@pytest.mark.parametrize(("version", "said"), [("3.99.0rc1", True), ("3.15.2", False), ("3.11.0", False)])
def test_a_python_newer_than_those_tried_is_tried_and_said_to_be(monkeypatch, version, said):
    monkeypatch.setattr(installation.platform, "python_version", lambda: version)
    finding = installation.python(metadata.distribution(installation.COURSE))
    assert finding.ok
    assert ("newer than 3.15, the newest on which the course was tested: it is tried" in finding.what) is said


def test_a_missing_style_sheet(monkeypatch, tmp_path):
    monkeypatch.setattr(installation.resources, "files", lambda name: tmp_path)
    assert "course.mplstyle" in str(installation.style_sheet())
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots/course.mplstyle").touch()
    assert installation.style_sheet().ok


def test_lessons_behind_the_repository(tmp_path):
    for name in ("scripts", "notebooks", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / "scripts/workspace.py").write_text((ROOT / "scripts/workspace.py").read_text())
    (finding,) = installation.lessons(tmp_path)
    assert "no lessons" in finding.what and not finding.ok
    (tmp_path / "notebooks/01_what.ipynb").write_text('{"cells": []}')
    (tmp_path / "work/01_what.ipynb").write_text('{"cells": [{"cell_type": "raw", "source": "mine"}]}')
    found, older = installation.lessons(tmp_path)
    assert found.ok
    assert older.mend == "make fresh LESSON=01"


def test_a_damaged_lesson_and_a_damaged_copy_are_findings(tmp_path):
    for name in ("scripts", "notebooks", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / "scripts/workspace.py").write_text((ROOT / "scripts/workspace.py").read_text())
    for name in ("00_outline.ipynb", "01_what.ipynb"):
        (tmp_path / "notebooks" / name).write_text('{"cells": []}')
    (tmp_path / "notebooks/00_outline.ipynb").write_text("<<<<<<< HEAD\n")
    (tmp_path / "work/01_what.ipynb").write_bytes(b"")
    _, lesson, copy, _ = installation.lessons(tmp_path)
    assert "00_outline.ipynb holds both versions" in lesson.what and "git checkout HEAD" in lesson.mend
    assert "01_what.ipynb is empty" in copy.what and copy.mend == "make fresh LESSON=01"


def test_the_package_alone_has_no_lessons(tmp_path):
    (finding,) = installation.lessons(tmp_path)
    assert finding.ok


@pytest.mark.parametrize(
    ("has_pip", "start"),
    [(True, [sys.executable, "-m", "pip", "install"]), (False, ["uv", "pip", "install", "--python"])],
)
def test_the_mending_command_fits_the_environment(monkeypatch, has_pip, start):
    monkeypatch.setattr(installation.importlib.util, "find_spec", lambda name: has_pip or None)
    command = installation.install("numpy>=2.0")
    assert shlex.split(command)[: len(start)] == start
    assert command.endswith(" 'numpy>=2.0'")


def test_a_marker_that_does_not_apply_is_passed_over():
    class Course:
        requires = ("nowhere>=1; python_version < '3'", "numpy>=2")

    assert len(list(installation.packages(Course))) == 1


def test_exit_code_says_whether_all_is_well(monkeypatch, capsys):
    monkeypatch.setattr(installation, "check", lambda: [installation.Finding("a")])
    assert __main__.main([]) == 0
    monkeypatch.setattr(installation, "check", lambda: [installation.Finding("a"), installation.Finding("b", "do c")])
    assert __main__.main(["check"]) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == ["fix  b", "     do c"]


def test_a_python_without_any_package_gets_sentences(tmp_path):
    """-S leaves site-packages out: nothing is installed there, not even the course."""
    shutil.copytree(ROOT / "course_lib", tmp_path / "course_lib")
    command = [sys.executable, "-S", "-m", "course_lib"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stdout.startswith("fix  momentum-course is not installed")
    assert result.stderr == ""


def test_another_python_beside_our_environment_is_sent_there(monkeypatch, tmp_path):
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(installation, "repository", lambda: tmp_path)
    monkeypatch.setattr(installation.sys, "prefix", sys.base_prefix)
    (finding,) = installation.check()
    assert finding.mend == f"{tmp_path}/.venv/bin/python -m course_lib"


def test_without_packaging_a_sentence(monkeypatch):
    monkeypatch.setattr(installation, "Requirement", None)
    (finding,) = installation.check()
    assert "packaging is missing" in finding.what


def test_bounds_have_one_home():
    source = (ROOT / "course_lib/installation.py").read_text(encoding="utf-8")
    for line in metadata.requires(installation.COURSE):
        assert all(str(specifier) not in source for specifier in Requirement(line).specifier)

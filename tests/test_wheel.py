"""The wheel alone is the whole package: every file of course_lib, and it imports from anywhere."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ("course_lib", "pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, since the build leaves files beside its source; without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in SOURCE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", "."]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    (built,) = (folder / "dist").glob("*.whl")
    return built


def test_every_file_of_the_package_is_in_it(wheel):
    package = ROOT / "course_lib"
    files = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    expected = {path.relative_to(ROOT).as_posix() for path in files}
    content = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("course_lib/")}
    assert content == expected


def test_both_licences_are_in_it(wheel):
    names = {Path(name).name for name in zipfile.ZipFile(wheel).namelist()}
    assert {"LICENSE", "LICENSE-TEXT"} <= names


def test_it_imports_from_an_empty_folder(wheel, tmp_path):
    target, elsewhere = tmp_path / "target", tmp_path / "empty"
    elsewhere.mkdir()
    zipfile.ZipFile(wheel).extractall(target)  # what an installer does with a pure wheel
    script = f"import sys; sys.path.insert(0, {str(target)!r}); import course_lib; print(course_lib.__file__)"
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=True)
    assert Path(result.stdout.strip()).is_relative_to(target)

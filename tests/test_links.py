"""The repository's address has one home; everything else follows it."""

import re
import shutil
from pathlib import Path

import pytest

from course_lib import __main__, installation, links

ROOT = Path(__file__).parent.parent


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A copy of the files in which the address stands, taken for the repository."""
    for path in links.files(ROOT):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(path, copy)
    monkeypatch.setattr(installation, "repository", lambda: tmp_path)
    return tmp_path


def addresses(root):
    """Every OWNER/NAME of a repository with our name, or the one in pyproject.toml, in any file."""
    name = re.escape(links.address(root).partition("/")[2])
    found = re.compile(links.BEFORE + rf"([A-Za-z0-9-]+/{name})(?![A-Za-z0-9_-])")
    return {match[2] for path in links.files(root) for match in found.finditer(path.read_text(encoding="utf-8"))}


def test_all_files_name_the_address_of_pyproject():
    assert addresses(ROOT) == {links.address(ROOT)}


def test_every_lesson_and_every_way_to_open_it_names_the_address():
    with_it = [path for path in links.files(ROOT) if links.address(ROOT) in path.read_text(encoding="utf-8")]
    lessons = set(ROOT.glob("notebooks/*.ipynb"))
    assert lessons | {ROOT / name for name in ("pyproject.toml", "README.md", "CITATION.cff")} <= set(with_it)


def test_the_command_moves_all_of_them(clone, capsys):
    assert __main__.main(["links", "ada/heavy.ball-2"]) == 0
    assert addresses(clone) == {"ada/heavy.ball-2"} and links.address(clone) == "ada/heavy.ball-2"
    assert "README.md" in capsys.readouterr().out


def test_moving_there_and_back_changes_nothing(clone):
    before = {path: path.read_bytes() for path in links.files(clone)}
    there = links.rewrite(clone, "ada/heavy-ball")
    assert links.rewrite(clone, links.address(ROOT)) == there
    assert {path: path.read_bytes() for path in links.files(clone)} == before


def test_other_repositories_stay(clone):
    readme = clone / "README.md"
    readme.write_text("https://github.com/ada/other and https://github.com/OWNER/momentum-course-2", encoding="utf-8")
    assert readme not in links.rewrite(clone, "ada/heavy-ball")


@pytest.mark.parametrize("wrong", ["heavy-ball", "a/b/c", "https://github.com/a/b", "a b/c", "-a/b", "a/", r"a/b\1"])
def test_what_is_no_address_is_refused_in_one_sentence(clone, wrong, capsys):
    before = (clone / "README.md").read_bytes()
    assert __main__.main(["links", "--", wrong]) == 2
    assert "OWNER/NAME" in capsys.readouterr().err
    assert (clone / "README.md").read_bytes() == before


def test_outside_the_repository_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(installation, "repository", lambda: tmp_path)
    assert __main__.main(["links", "ada/heavy-ball"]) == 2
    assert "is not the repository" in capsys.readouterr().err

"""scripts/install.py: what it would run, when it does nothing, and what it says when it cannot."""

import os
import subprocess
import sys

import pytest

from scripts import install


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """An empty repository in an awkward folder; commands are recorded instead of run."""
    root = tmp_path / "wörk shop"
    root.mkdir()
    for name in ("pyproject.toml", "constraints.txt"):
        (root / name).write_text(name)
    monkeypatch.chdir(root)
    monkeypatch.setattr(install, "ROOT", root)
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    return root


@pytest.fixture
def commands(monkeypatch):
    """The commands run; one that makes .venv leaves a Python there. Failing ones are put in `failing`."""
    log = []

    def run(command, **_):
        log.append([str(word) for word in command])
        if "-m" in command and "venv" in command:
            install.PYTHON.parent.mkdir(parents=True)
            install.PYTHON.touch()
        return subprocess.CompletedProcess(command, 1 if "-c" in command and not install.PYTHON.exists() else 0)

    monkeypatch.setattr(install.subprocess, "run", run)
    return log


def test_first_call_installs_and_second_does_nothing(repository, commands):
    assert install.install("lab") == 0
    assert commands[-1][-4:] == ["-c", "constraints.txt", "-e", ".[lab]"]
    commands.clear()
    assert install.install("lab") == 0
    assert commands == []


def test_test_contains_lab_but_lab_not_test(repository, commands):
    install.install("lab")
    commands.clear()
    install.install("test")
    assert commands[-1][-1] == ".[test]"
    install.stamp(install.VENV, "lab").unlink()
    commands.clear()
    install.install("lab")
    assert commands == []


@pytest.mark.parametrize("change", ["pyproject.toml", "constraints.txt"])
def test_changed_pins_are_installed(repository, commands, change):
    install.install("lab")
    commands.clear()
    (repository / change).write_text("new")
    install.install("lab")
    assert commands[-1][-1] == ".[lab]"


def test_a_moved_folder_or_another_python_is_installed_anew(repository, tmp_path):
    here = install.fingerprint(repository)
    moved = repository.rename(tmp_path / "moved")
    assert here != install.fingerprint(moved)
    assert install.fingerprint(moved, (3, 12)) != install.fingerprint(moved, (3, 13))


def test_uv_is_used_where_it_is(repository, commands, monkeypatch):
    monkeypatch.setattr(install.shutil, "which", lambda name: "/opt/uv")
    install.install("test")
    made, installed = [command for command in commands if command[0] == "/opt/uv"]
    assert made[1] == "venv"
    assert installed[1:5] == ["pip", "install", "--python", str(install.PYTHON)]


def test_an_unusable_environment_is_seen(repository):
    assert install.is_usable(sys.executable, "sys")
    assert not install.is_usable(sys.executable, "no_such_installer")
    assert not install.is_usable(repository / "no python", "sys")


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_a_python_that_was_removed_is_replaced(repository, commands):
    install.install("lab")
    commands.clear()
    install.PYTHON.unlink()
    install.PYTHON.symlink_to("/removed/python3")
    assert not install.PYTHON.exists()
    install.VENV.joinpath("bin").rename("old")
    install.install("lab")
    assert any("venv" in command for command in commands)


def test_no_venv_module_gets_a_sentence(repository, commands, monkeypatch, capsys):
    monkeypatch.setattr(install, "find_spec", lambda name: None)
    assert install.install("lab") == 1
    assert "sudo apt install python3-venv" in capsys.readouterr().out


def test_no_network_gets_a_sentence_and_no_stamp(repository, monkeypatch, capsys):
    monkeypatch.setattr(install, "is_usable", lambda python, installer: True)
    monkeypatch.setattr(install.subprocess, "run", lambda command: subprocess.CompletedProcess(command, 1))
    assert install.install("lab") == 1
    assert "does not reach the package index" in capsys.readouterr().out
    assert not install.stamp(install.VENV, "lab").exists()

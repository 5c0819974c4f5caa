"""scripts/install.py: what it would run, when it does nothing, and what it says when it cannot."""

import os
import runpy
import sys
from types import SimpleNamespace

import pytest

from scripts import install


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """An empty repository in an awkward folder, on a machine without uv."""
    root = tmp_path / "wörk shop"
    root.mkdir()
    for name in ("pyproject.toml", "constraints.txt"):
        (root / name).write_text(f'"Programming Language :: Python :: 3.{sys.version_info[1]}"')
    monkeypatch.chdir(root)
    monkeypatch.setattr(install, "ROOT", root)
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    return root


@pytest.fixture
def commands(monkeypatch):
    """Commands are recorded instead of run; one that makes .venv leaves a Python there."""
    log = []

    def succeeds(command):
        log.append(command)
        if "venv" in command:
            install.PYTHON.parent.mkdir(parents=True, exist_ok=True)
            install.PYTHON.unlink(missing_ok=True)
            install.PYTHON.touch()
        return True

    monkeypatch.setattr(install, "succeeds", succeeds)
    monkeypatch.setattr(install, "is_usable", lambda python, installer: python.exists())
    return log


def test_first_call_installs_and_second_does_nothing(repository, commands):
    assert install.install("lab") == 0
    made, installed = commands
    assert made == [sys.executable, "-m", "venv", "--clear", ".venv"]
    assert installed[-4:] == ["-c", "constraints.txt", "-e", ".[lab]"]
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
    assert [command[-1] for command in commands] == [".[lab]"]


def test_a_moved_folder_or_another_python_is_installed_anew(repository, tmp_path):
    here = install.fingerprint(repository)
    moved = repository.rename(tmp_path / "moved")
    assert here != install.fingerprint(moved)
    assert install.fingerprint(moved, (3, 12)) != install.fingerprint(moved, (3, 13))


def test_a_python_newer_than_those_tried_is_tried_without_pins(repository, commands, capsys):
    (repository / "pyproject.toml").write_text('"Python :: 3.9", "Python :: 3.10"')
    assert install.install("lab") == 0
    assert commands[-1][-2:] == ["-e", ".[lab]"] and "constraints.txt" not in commands[-1]
    (sentence, _) = capsys.readouterr().out.split(": it is tried")
    assert sentence.endswith("is newer than 3.10, the newest on which the course was tested")


def test_a_python_that_was_tried_gets_no_such_sentence(repository, commands, capsys):
    install.install("lab")
    assert "it is tried" not in capsys.readouterr().out


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13)])
def test_an_older_python_is_refused_without_make_too(version, monkeypatch):
    older = {**vars(sys), "version_info": version, "version": f"{'.'.join(map(str, version))} (main)"}
    monkeypatch.setitem(sys.modules, "sys", SimpleNamespace(**older))
    with pytest.raises(SystemExit, match=rf"needs Python 3.11 or newer; this is Python 3.{version[1]}"):
        runpy.run_path(install.__file__)


def test_uv_is_used_where_it_is(repository, commands, monkeypatch):
    monkeypatch.setattr(install.shutil, "which", lambda name: "/opt/uv")
    install.install("test")
    made, installed = commands
    assert made[:2] == ["/opt/uv", "venv"]
    assert installed[:3] == ["/opt/uv", "pip", "install"]
    assert installed[installed.index("--python") + 1] == str(install.PYTHON)


def test_where_uv_fails_pip_has_its_turn(repository, monkeypatch):
    commands = []
    monkeypatch.setattr(install.shutil, "which", lambda name: "/opt/uv")
    monkeypatch.setattr(install, "is_usable", lambda python, installer: installer == "sys")
    monkeypatch.setattr(install, "succeeds", lambda command: commands.append(command) or command[0] != "/opt/uv")
    install.VENV.mkdir()
    assert install.install("lab") == 0
    assert [command[0] for command in commands] == ["/opt/uv", sys.executable, str(install.PYTHON)]
    assert install.stamp(install.VENV, "lab").is_file()


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
    install.install("lab")
    assert "venv" in commands[0]


def test_no_venv_module_gets_a_sentence(repository, commands, monkeypatch, capsys):
    monkeypatch.setattr(install, "find_spec", lambda name: None)
    assert install.install("lab") == 1
    assert commands == []
    assert "sudo apt install python3-venv" in capsys.readouterr().out


def test_no_network_gets_a_sentence_and_no_stamp(repository, monkeypatch, capsys):
    monkeypatch.setattr(install, "succeeds", lambda command: False)
    assert install.install("lab") == 1
    assert "does not reach the package index" in capsys.readouterr().out
    assert not install.stamp(install.VENV, "lab").exists()


def read_only(monkeypatch):
    """The folder as if nothing could be written there; root may write anywhere, so permissions would not do."""
    monkeypatch.setattr(install.os, "access", lambda path, mode: mode != os.W_OK)


@pytest.mark.parametrize("extra", ["lab", "test"])
def test_a_read_only_folder_gets_a_sentence(repository, commands, monkeypatch, capsys, extra):
    read_only(monkeypatch)
    assert install.install(extra) == 1
    assert commands == [] and "cannot be written to" in capsys.readouterr().out


def test_lessons_open_from_a_read_only_folder_that_is_ready(repository, commands, monkeypatch, capsys):
    assert install.install("test") == 0
    read_only(monkeypatch)
    assert install.install("lab") == 0 and install.install("test") == 1
    assert "Copy the folder" in capsys.readouterr().out

"""The learner's copies of the lessons: made once, never overwritten, without outputs."""

import json
import os
import subprocess
from contextlib import closing

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from scripts import workspace


def lesson_text(source="1 + 1", output="2"):
    outputs = [
        {
            "output_type": "execute_result",
            "data": {"text/plain": output},
            "execution_count": 3,
            "metadata": {},
        }
    ]
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "Größe: γ"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {"collapsed": True},
            "source": source,
            "outputs": outputs,
            "execution_count": 3,
        },
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def folders(tmp_path):
    """notebooks/ with two lessons, and where work/ will be."""
    notebooks = tmp_path / "wörk shop" / "notebooks"
    notebooks.mkdir(parents=True)
    for name in ("00_outline.ipynb", "01_what.ipynb"):
        (notebooks / name).write_text(lesson_text(), encoding="utf-8")
    return notebooks, notebooks.parent / "work"


CONFLICT = """{
 "cells": [
<<<<<<< HEAD
  {"cell_type": "markdown", "source": "mine"}
=======
  {"cell_type": "markdown", "source": "theirs"}
>>>>>>> origin/main
 ]
}
"""
DAMAGED = {
    "conflict": (CONFLICT.encode(), "holds both versions of a conflict"),
    "byte-order mark": (b"\xef\xbb\xbf" + lesson_text().encode(), "begins with a byte-order mark"),
    "empty": (b"", "is empty"),
    "spaces": (b" \n", "is empty"),
    "UTF-16": (lesson_text().encode("utf-16"), "is not in UTF-8"),
    "cut off": (lesson_text().encode()[:100], "is no notebook"),
    "a list": (b"[1, 2]", "is no notebook"),
    "no cells": (b"{}", "is no notebook"),
    "cells of another kind": (b'{"cells": [{}, 3]}', "is no notebook"),
}
damaged = pytest.mark.parametrize(("content", "said"), DAMAGED.values(), ids=DAMAGED)


@damaged
def test_a_damaged_lesson_is_named_with_what_mends_it_and_the_others_are_copied(folders, content, said, capsys):
    notebooks, work = folders
    (notebooks / "01_what.ipynb").write_bytes(content)
    workspace.report(notebooks, work)
    sentence, copied = capsys.readouterr().out.splitlines()
    assert f"01_what.ipynb {said}" in sentence and "git checkout HEAD -- notebooks/01_what.ipynb" in sentence
    assert copied.endswith("yours to change: 00_outline.ipynb") and (work / "00_outline.ipynb").is_file()


@damaged
def test_fresh_of_a_damaged_lesson_leaves_the_copy_where_it_is(folders, content, said):
    notebooks, work = folders
    workspace.copy_missing(notebooks, work)
    (work / "01_what.ipynb").write_text("my answers")
    (notebooks / "01_what.ipynb").write_bytes(content)
    with pytest.raises(ValueError, match=f"01_what.ipynb {said}.*git checkout HEAD"):
        workspace.fresh(notebooks, work, "01")
    assert [path.read_text() for path in work.glob("01_what*")] == ["my answers"]


@damaged
def test_fresh_of_another_lesson_works_beside_a_damaged_one(folders, content, said):
    notebooks, work = folders
    (notebooks / "00_outline.ipynb").write_bytes(content)
    workspace.fresh(notebooks, work, "01")
    assert "1 + 1" in (work / "01_what.ipynb").read_text(encoding="utf-8")


@damaged
def test_a_damaged_copy_is_named_and_fresh_keeps_it(folders, content, said, capsys):
    notebooks, work = folders
    workspace.copy_missing(notebooks, work)
    (work / "01_what.ipynb").write_bytes(content)
    workspace.report(notebooks, work)
    (sentence,) = capsys.readouterr().out.splitlines()
    assert f"{work / '01_what.ipynb'} {said}" in sentence and sentence.endswith("make fresh LESSON=01")
    workspace.fresh(notebooks, work, "01")
    (kept,) = work.glob("01_what-*.ipynb")
    assert kept.read_bytes() == content and not list(workspace.damaged(notebooks, work))


def test_without_the_first_lesson_lab_opens_the_next(folders, monkeypatch):
    opened = []
    monkeypatch.setattr(workspace, "ROOT", folders[0].parent)
    monkeypatch.setattr(workspace, "start_lab", lambda work, first, extra: opened.append(first))
    (folders[0] / "00_outline.ipynb").write_text("")
    assert workspace.main(["lab"]) == 0
    assert opened == ["01_what.ipynb"]


@pytest.mark.skipif(os.name == "nt", reason="the command is written for a shell")
def test_the_command_brings_a_lesson_back_out_of_a_conflict_and_keeps_what_was_there(folders):
    notebooks, _ = folders
    lesson = notebooks / "01_what.ipynb"

    def shell(command):
        run = subprocess.run(command, shell=True, cwd=notebooks.parent, capture_output=True, text=True)
        return run.returncode

    name = "git -c user.name=x -c user.email=x"
    assert shell(f"git init -q -b main . && git add . && {name} commit -qm one && git branch theirs") == 0
    lesson.write_text(lesson_text("mine"))
    assert shell(f"{name} commit -qam mine && git checkout -q theirs") == 0
    lesson.write_text(lesson_text("theirs"))
    assert shell(f"{name} commit -qam theirs") == 0
    assert shell(f"{name} merge main") != 0
    assert "conflict" in workspace.fault(lesson)
    assert shell(workspace.bring_back(lesson)) == 0
    assert workspace.fault(lesson) == "" and "mine" in (notebooks / "01_what.ipynb.damaged").read_text()


def test_copies_hold_everything_but_outputs(folders):
    notebooks, work = folders
    assert workspace.copy_missing(notebooks, work) == ["00_outline.ipynb", "01_what.ipynb"]
    text = (work / "01_what.ipynb").read_text(encoding="utf-8")
    copy, lesson = json.loads(text), json.loads(lesson_text())
    assert copy["cells"][1].pop("outputs") == []
    assert copy["cells"][1].pop("execution_count") is None
    for key in ("outputs", "execution_count"):
        lesson["cells"][1].pop(key)
    assert copy == lesson
    assert "γ" in text


def test_a_copy_is_never_overwritten(folders):
    notebooks, work = folders
    workspace.copy_missing(notebooks, work)
    (work / "01_what.ipynb").write_text("my answers")
    (notebooks / "01_what.ipynb").write_text(lesson_text(source="2 + 2"), encoding="utf-8")
    (work / workspace.VERSIONS).unlink()
    (work / "00_outline.ipynb").unlink()
    assert workspace.copy_missing(notebooks, work) == ["00_outline.ipynb"]
    assert (work / "01_what.ipynb").read_text() == "my answers"


def test_a_newer_lesson_is_said_and_new_outputs_are_not(folders, capsys):
    notebooks, work = folders
    workspace.report(notebooks, work)
    assert "00_outline.ipynb, 01_what.ipynb" in capsys.readouterr().out
    (notebooks / "00_outline.ipynb").write_text(lesson_text(output="2.0"), encoding="utf-8")
    workspace.report(notebooks, work)
    assert capsys.readouterr().out == ""
    (notebooks / "01_what.ipynb").write_text(lesson_text(source="2 + 2"), encoding="utf-8")
    workspace.report(notebooks, work)
    assert capsys.readouterr().out.splitlines() == [
        "01_what.ipynb has a newer version. To get it (yours is kept): make fresh LESSON=01"
    ]


def test_a_copy_of_unknown_origin_counts_as_older(folders):
    notebooks, work = folders
    work.mkdir()
    (work / "01_what.ipynb").write_text(lesson_text("from elsewhere"))
    workspace.copy_missing(notebooks, work)
    assert workspace.newer_lessons(notebooks, work) == ["01_what.ipynb"]


@pytest.mark.parametrize("damaged", ["", "{", "[1]", "null", "3"])
def test_a_damaged_list_of_versions_is_forgotten(folders, damaged):
    notebooks, work = folders
    workspace.copy_missing(notebooks, work)
    (work / workspace.VERSIONS).write_text(damaged)
    assert workspace.copy_missing(notebooks, work) == []
    assert workspace.newer_lessons(notebooks, work) == ["00_outline.ipynb", "01_what.ipynb"]


@pytest.mark.parametrize("wanted", ["01", "1", "01_what", "01_what.ipynb"])
def test_fresh_keeps_the_old_copy_under_a_dated_name(folders, wanted):
    notebooks, work = folders
    workspace.copy_missing(notebooks, work)
    for answers in ("first", "second"):
        (work / "01_what.ipynb").write_text(answers)
        workspace.fresh(notebooks, work, wanted)
        assert "1 + 1" in (work / "01_what.ipynb").read_text(encoding="utf-8")
    kept = sorted(path.read_text() for path in work.glob("01_what-*.ipynb"))
    assert kept == ["first", "second"]
    assert workspace.newer_lessons(notebooks, work) == []


@pytest.mark.parametrize("wanted", ["", "7", "what", "²"])
def test_an_unknown_lesson_is_answered_with_the_known_ones(folders, wanted):
    notebooks, _ = folders
    with pytest.raises(ValueError, match="lessons: 00, 01"):
        workspace.find_lesson(notebooks, wanted)


def test_lab_stays_on_this_computer_and_opens_the_first_lesson(tmp_path):
    arguments = workspace.lab_arguments(tmp_path, "00_outline.ipynb", [], root=False, display=True)
    assert "--ip=localhost" in arguments
    assert "--LabApp.default_url=/lab/tree/00_outline.ipynb" in arguments
    assert not {"--allow-root", "--no-browser"} & set(arguments)
    assert not any("token" in argument for argument in arguments)


def test_lab_as_root_without_a_display(tmp_path):
    arguments = workspace.lab_arguments(tmp_path, None, [], root=True, display=False)
    assert {"--allow-root", "--no-browser", "--LabApp.default_url=/lab"} <= set(arguments)


def test_a_given_option_replaces_ours(tmp_path):
    arguments = workspace.lab_arguments(tmp_path, None, ["--ip=0.0.0.0", "--port=9000"], root=False, display=True)
    assert [argument for argument in arguments if argument.startswith("--ip")] == ["--ip=0.0.0.0"]
    assert "--port=9000" in arguments


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_where_a_browser_can_open(platform, environ, expected):
    assert workspace.has_display(platform, environ) is expected


def test_a_folder_that_cannot_be_written_to_gets_a_sentence(folders, monkeypatch, capsys):
    def refuse(*args, **kwargs):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(workspace, "ROOT", folders[0].parent)
    monkeypatch.setattr(workspace.Path, "mkdir", refuse)
    for command in (["lab"], ["fresh", "01"]):
        assert workspace.main(command) == 1
        said = capsys.readouterr().out
        assert "Read-only file system" in said and "COURSE_WORK=" in said


def test_the_copies_may_lie_elsewhere(folders, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(workspace, "ROOT", folders[0].parent)
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "mine" / "copies"))
    assert workspace.main(["fresh", "01"]) == 0
    assert (tmp_path / "mine" / "copies" / "01_what.ipynb").is_file() and not folders[1].exists()


def test_copies_can_be_made_without_opening_anything(folders, monkeypatch, capsys):
    monkeypatch.setattr(workspace, "ROOT", folders[0].parent)
    monkeypatch.setattr(workspace, "start_lab", lambda *_: pytest.fail("opened"))
    assert workspace.main(["copy"]) == 0
    assert (folders[1] / "01_what.ipynb").is_file() and "01_what.ipynb" in capsys.readouterr().out


def figure_of_yesterday():
    data = {"text/plain": "a hill", "image/png": "iVBO", workspace.WIDGET: {"model_id": "gone", "version_major": 2}}
    plain = {"text/plain": "a box", workspace.WIDGET: {"model_id": "gone", "version_major": 2}}
    outputs = [nbformat.v4.new_output("display_data", kept) for kept in (data, plain)]
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("labs.hill()  # größer", outputs=outputs, execution_count=1)]
    )


def test_a_figure_whose_kernel_has_ended_is_its_picture(tmp_path):
    path = tmp_path / "01_what.ipynb"
    nbformat.write(figure_of_yesterday(), path)
    workspace.show_pictures(tmp_path)
    book = nbformat.read(path, as_version=4)
    first, second = (output.data for output in book.cells[0].outputs)
    assert set(first) == {"text/plain", "image/png"}
    assert workspace.WIDGET in second  # without a picture there is nothing else to show
    assert book.cells[0].source == "labs.hill()  # größer"
    assert [file.name for file in tmp_path.iterdir()] == ["01_what.ipynb"]


@pytest.mark.parametrize("trusted", [True, False])
def test_a_notebook_stays_as_trusted_as_it_was(tmp_path, monkeypatch, trusted):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    path, notary = tmp_path / "01_what.ipynb", NotebookNotary()
    nbformat.write(figure_of_yesterday(), path)
    with closing(notary.store):
        if trusted:
            notary.sign(nbformat.read(path, as_version=4))
        workspace.show_pictures(tmp_path)
        assert notary.check_signature(nbformat.read(path, as_version=4)) is trusted


def test_a_notebook_without_figures_keeps_every_byte(tmp_path):
    (tmp_path / "01_what.ipynb").write_text(lesson_text(), encoding="utf-8")
    (tmp_path / "02_bad.ipynb").write_text("{", encoding="utf-8")
    workspace.show_pictures(tmp_path)
    assert (tmp_path / "01_what.ipynb").read_text(encoding="utf-8") == lesson_text()
    assert (tmp_path / "02_bad.ipynb").read_text(encoding="utf-8") == "{"

"""scripts/notebooks.py: what it executes, what it leaves out, and what it says of a failing cell."""

import base64
import io
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from scripts import notebooks

SCRIPT = Path(notebooks.__file__)


def stored(path, *sources):
    """A notebook file with these code cells, ids a, b, ..."""
    cells = [new_code_cell(source, id=chr(ord("a") + k)) for k, source in enumerate(sources)]
    nbformat.write(new_notebook(cells=[new_markdown_cell("Größe γ", id="text"), *cells]), path)
    return path


def run(*arguments, cwd):
    """In a process of its own: the kernel's client leaves warnings about sockets behind."""
    command = [sys.executable, SCRIPT, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def png(pixels):
    """An array of pixels as a stored picture."""
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "png")
    return base64.b64encode(target.getvalue()).decode()


def pixels_of(picture):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB"), int)


DOT = notebooks.in_palette(png(np.zeros((2, 2, 3), np.uint8)))


def noisy():
    """A notebook with everything that differs from run to run."""
    widget = {notebooks.WIDGET: {"model_id": "f00"}, "text/plain": "Lab", "image/png": DOT}
    outputs = [
        new_output("stream", name="stdout", text="a\n"),
        new_output("stream", name="stdout", text="b\n"),
        new_output("stream", name="stderr", text="c\n"),
        new_output("stream", name="stdout", text="d\n"),
        new_output("display_data", data=widget),
    ]
    metadata = {"execution": {"iopub.execute_input": "2026-01-01"}, "tags": ["kept"]}
    cell = new_code_cell("pass", id="kept-id", outputs=outputs, metadata=metadata)
    about = {
        "widgets": {"state": {}},
        "kernelspec": {"name": "my-venv", "display_name": "x"},
        "title": "kept",
    }
    return new_notebook(cells=[cell], metadata=about | {"language_info": {"name": "python", "version": "3.11.7"}})


def test_what_differs_from_run_to_run_is_left_out():
    notebook = notebooks.normalise(noisy())
    assert notebook.metadata == {
        "title": "kept",
        "kernelspec": notebooks.KERNELSPEC,
        "language_info": notebooks.LANGUAGE,
    }
    (cell,) = notebook.cells
    assert cell.id == "kept-id"
    assert cell.metadata == {"tags": ["kept"]}
    assert [(out.name, out.text) for out in cell.outputs[:3]] == [
        ("stdout", "a\nb\n"),
        ("stderr", "c\n"),
        ("stdout", "d\n"),
    ]
    assert cell.outputs[3].data == {"text/plain": "Lab", "image/png": DOT}


def test_normalising_twice_changes_nothing_and_the_original_stays():
    original = noisy()
    once = notebooks.normalise(original)
    assert original == noisy()
    assert notebooks.text_of(notebooks.normalise(once)) == notebooks.text_of(once)


def test_pictures_are_stored_in_a_palette_close_to_the_original():
    waves = 127 + 120 * np.sin(np.arange(300) / 40)[:, None, None] * np.cos(np.arange(400) / 60)[:, None]
    picture = png((waves * [1.0, 0.6, 0.3]).astype(np.uint8))
    small = notebooks.in_palette(picture)
    assert len(small) < len(picture) / 1.5
    assert np.abs(pixels_of(small) - pixels_of(picture)).mean() < 0.5


def test_an_invalid_notebook_is_refused():
    broken = noisy()
    broken.cells[0].cell_type = "poem"
    with pytest.raises(nbformat.ValidationError):
        notebooks.text_of(broken)


@pytest.mark.parametrize("path", notebooks.lessons(), ids=lambda path: path.stem)
def test_the_lessons_are_stored_normalised(path):
    assert path.read_text(encoding="utf-8") == notebooks.text_of(notebooks.normalise(notebooks.read(path)))


def test_execution_is_in_an_empty_folder_in_this_environment_and_repeatable(tmp_path):
    path = stored(
        tmp_path / "wörk 1.ipynb",
        "import os, sys; print(os.listdir(), os.path.basename(os.environ['COURSE_PROGRESS']))",
        "print(sys.prefix)",
        "print(1, flush=True); print('γ')",
    )
    result = run(path, cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    cells = notebooks.read(path).cells
    assert [cell.id for cell in cells] == ["text", "a", "b", "c"]
    assert [cell.execution_count for cell in cells[1:]] == [1, 2, 3]
    texts = [cell.outputs[0].text for cell in cells[1:]]
    assert texts == ["[] progress.json\n", f"{sys.prefix}\n", "1\nγ\n"]
    text = path.read_text(encoding="utf-8")
    assert text.startswith('{\n "cells"') and text.endswith("}\n") and "γ" in text
    assert text == notebooks.text_of(notebooks.normalise(notebooks.read(path)))
    assert run(path, cwd=tmp_path).stdout == "wörk 1.ipynb: unchanged\n"


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """What is said of a bad notebook, of one whose kernel dies, and of a good one, in one call; the bad one before and
    after."""
    folder = tmp_path_factory.mktemp("failed")
    bad = stored(folder / "bad.ipynb", "x = 1", "1 / 0")
    dies = stored(folder / "dies.ipynb", "import os; os._exit(1)")
    good = stored(folder / "good.ipynb", "print(2)")
    before = bad.read_bytes()
    result = run(bad, dies, good, cwd=folder)
    assert result.returncode == 1, result.stderr
    said = re.split(r"^(\w+\.ipynb): ", result.stdout, flags=re.M)
    return dict(zip(said[1::2], said[2::2], strict=True)), before, bad.read_bytes()


def test_a_failing_cell_is_named_and_the_file_stays(failed):
    said, before, after = failed
    assert said["bad.ipynb"].startswith("FAILED") and "id b" in said["bad.ipynb"]
    assert "ZeroDivisionError" in said["bad.ipynb"]
    assert said["good.ipynb"] == "stored\n"
    assert before == after


def test_a_kernel_that_dies_is_named(failed):
    said, *_ = failed
    assert said["dies.ipynb"].startswith("FAILED") and "id a" in said["dies.ipynb"]


def test_an_unknown_notebook_is_refused(capsys):
    with pytest.raises(SystemExit) as refused:
        notebooks.main(["no.ipynb"])
    assert refused.value.code == 2
    assert "no such notebook: no.ipynb" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"<<<<<<< HEAD", b"\xef\xbb\xbf{}", b"\xff\xfe{}", b'{"nbformat": 4}']
)
def test_a_file_that_is_no_notebook_is_named(tmp_path, content):
    (tmp_path / "01_damaged.ipynb").write_bytes(content)
    with pytest.raises(notebooks.LessonError, match=r"01_damaged.ipynb, which is no notebook: \S") as raised:
        notebooks.read(tmp_path / "01_damaged.ipynb")
    assert "\n" not in str(raised.value)

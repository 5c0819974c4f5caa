"""Execute the lessons and store them normalised, so that a difference in git is a difference.

python scripts/notebooks.py [notebook ...]            all lessons when none is named
"""

import argparse
import base64
import io
import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 120  # seconds a cell; a lesson's cell takes one or two
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
WIDGET = "application/vnd.jupyter.widget-view+json"


class LessonError(Exception):
    """A cell failed, or the file is no notebook. Says which, and how."""


def lessons(root: Path = ROOT) -> list[Path]:
    """The notebooks of all lessons, in their order."""
    return sorted((root / "notebooks").glob("*.ipynb"))


def merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Consecutive pieces of one stream as one output: how they were cut is chance."""
    result: list[NotebookNode] = []
    for output in outputs:
        last = result[-1] if result else {}
        if output.output_type == "stream" and output.get("name") == last.get("name"):
            last["text"] += output["text"]
        else:
            result.append(NotebookNode(output))
    return result


def normalise_output(output: NotebookNode, settled: int = 0) -> NotebookNode:
    """Without the number of a widget that lives only as long as its kernel; its picture stays, see `in_palette`."""
    if "data" in output:
        output.data = NotebookNode({kind: data for kind, data in output.data.items() if kind != WIDGET})
        if "image/png" in output.data:
            output.data["image/png"] = in_palette(output.data["image/png"], settled)
    return output


def in_palette(picture: str, settled: int = 0) -> str:
    """A PNG, as base64, in 256 colours chosen for it: a third of the size, and no eye sees the difference.

    settled: the search for the colours ends when no more dots than these change theirs.
    """
    image = Image.open(io.BytesIO(base64.b64decode(picture)))
    if image.mode == "P":
        return picture
    small = io.BytesIO()
    image = image.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, kmeans=1 + settled, dither=Image.Dither.NONE)
    image.save(small, "png", optimize=True)
    return base64.b64encode(small.getvalue()).decode()


def normalise(notebook: NotebookNode) -> NotebookNode:
    """The notebook without anything that differs from run to run or from machine to machine."""
    notebook = nbformat.from_dict(notebook)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.update(kernelspec=KERNELSPEC, language_info=LANGUAGE)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            outputs = [output for output in map(normalise_output, cell.outputs) if output.get("data") != {}]
            cell.outputs = merged(outputs)  # without empty ones: progress bars that are done
    return notebook


def text_of(notebook: NotebookNode) -> str:
    """The file's text: valid, indent 1, letters as they are, a newline at the end."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, TypeError, AttributeError, nbformat.ValidationError) as error:
        raise LessonError(f"{path}, which is no notebook: {str(error).splitlines()[0][:80]}") from error


def tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def execute(notebook: NotebookNode, kind: type = NotebookClient, **environment: str) -> NotebookNode:
    """Run all cells in this environment and in an empty folder. LessonError when one fails.

    kind: of client; environment: variables that the kernel has besides.
    """
    running = "before the first cell"

    def remember(cell: NotebookNode, cell_index: int) -> None:
        nonlocal running
        running = f"cell {cell_index}, id {cell.get('id')}"

    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as private:
        client = kind(
            notebook,
            timeout=TIMEOUT,
            kernel_name="python3",
            record_timing=False,
            store_widget_state=False,
            on_cell_start=remember,
            extra_arguments=["--log-level=ERROR"],  # a kernel warns of eavesdropping on this computer
            resources={"metadata": {"path": folder}},
        )
        try:
            return client.execute(env=kernel_environment(Path(private)) | environment)
        except (CellControlSignal, DeadKernelError) as error:
            raise LessonError(f"{running}\n{error}") from error


def kernel_environment(private: Path) -> dict[str, str]:
    """Ours, without what a shell may say about figures, and with no one's progress in it."""
    inherited = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # else sums depend on how busy the cores are
    return inherited | one_thread | {"COURSE_PROGRESS": str(private / "progress.json")}


def refresh(path: Path) -> str:
    """Execute one lesson and store it when something has changed; returns what happened."""
    text = text_of(normalise(execute(read(path))))
    if text == path.read_text(encoding="utf-8"):
        return "unchanged"
    path.write_text(text, encoding="utf-8", newline="\n")
    return "stored"


def refresh_all(paths: list[Path]) -> int:
    """Execute all of them even when one fails; 1 when any did."""
    failed = 0
    for path in paths:
        try:
            print(f"{path.name}: {refresh(path)}", flush=True)
        except LessonError as error:
            failed = 1
            print(f"{path.name}: FAILED and left as it was, in {error}", flush=True)
    return failed


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="*", type=Path)
    given = parser.parse_args(argv)
    missing = [str(path) for path in given.notebook if not path.is_file()]
    if missing:
        parser.error(f"no such notebook: {', '.join(missing)}")
    return refresh_all(given.notebook or lessons())


if __name__ == "__main__":
    # A kernel installed for the whole user must not stand in for the one of this environment.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    sys.exit(main(sys.argv[1:]))

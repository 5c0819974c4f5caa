"""Run a lesson, then move every widget it made, and collect every error, wherever it would have been shown."""

import warnings
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

# Runs inside the kernel. Both ends and the middle of every slider, every option, every switch, every button; a widget
# that its owner replaced meanwhile is still moved, as it would be on screen.
MOVE_EVERYTHING = """
import ipywidgets
from ipywidgets.widgets import widget as _module

def _all():
    known = getattr(_module, "_instances", None) or ipywidgets.Widget.widgets
    return list(known.values())

_moved = []
def _set(widget, trait, value):
    before = getattr(widget, trait)
    setattr(widget, trait, value)
    _moved.append((type(widget).__name__, trait, value))
    return before

for _w in _all():
    if isinstance(_w, ipywidgets.Button):
        _w.click()
        _moved.append(("Button", "click", _w.description))
    elif hasattr(_w, "_options_full"):
        _start = _w.index
        for _k in range(len(_w._options_full)):
            _set(_w, "index", _k)
        _set(_w, "index", _start)
    elif all(hasattr(_w, _name) for _name in ("min", "max", "step", "value")):
        _power = (lambda x: _w.base**x) if hasattr(_w, "base") else (lambda x: x)
        _start = _w.value
        for _x in (_w.min, _w.max, (_w.min + _w.max) / 2):
            _set(_w, "value", type(_start)(_power(_x)))
        _set(_w, "value", _start)
for _w in _all():
    if getattr(_w, "error", ""):
        raise RuntimeError(_w.error)
print(len(_moved), "moves")
"""


class Listening(NotebookClient):
    """Keeps every error message of the kernel, also those an Output widget would have swallowed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.errors = []

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] == "error":
            self.errors.append(f"{cell.id}: {msg['content']['ename']}: {msg['content']['evalue']}")
        return super().process_message(msg, cell, cell_index)


def errors_when_moved(nb):
    """(errors, number of moves) of a notebook whose widgets have all been moved."""
    nb.cells.append(nbformat.v4.new_code_cell(MOVE_EVERYTHING, id="move-everything"))
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jupyter_client warns that its loopback sockets are not encrypted
        client = Listening(nb, kernel_name="python3", timeout=300, resources={"metadata": {"path": folder}})
        try:
            client.execute()
        except CellExecutionError as error:
            return client.errors or [str(error)], 0
    said = "".join(output.get("text", "") for output in nb.cells[-1].outputs)
    return client.errors, int(said.split()[0])

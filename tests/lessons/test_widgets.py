"""What moves every slider, option, switch and button notices each kind of fault."""

import nbformat
import pytest
from moving import errors_when_moved


def notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


FAULTS = {
    "observed slider": """
import ipywidgets
slider = ipywidgets.IntSlider(min=0, max=4)
slider.observe(lambda change: 1 / (4 - change["new"]), "value")
""",
    "interact": """
import ipywidgets
ipywidgets.interact(lambda x: 1 / (4 - x), x=ipywidgets.IntSlider(min=0, max=4))
""",
    "dropdown": """
import ipywidgets
choice = ipywidgets.Dropdown(options=["a", "b"])
choice.observe(lambda change: {"a": 1}[change["new"]], "value")
""",
    "button": """
import ipywidgets
button = ipywidgets.Button()
button.on_click(lambda button: undefined)
""",
    "error swallowed by an Output widget": """
import ipywidgets
out, slider = ipywidgets.Output(), ipywidgets.IntSlider()
@out.capture()
def fail(change):
    raise ValueError("swallowed")
slider.observe(fail, "value")
display(out)
""",
}


@pytest.mark.parametrize("source", FAULTS.values(), ids=FAULTS)
def test_harness_notices_a_planted_fault(source):
    errors, _ = errors_when_moved(notebook(source))
    assert errors


def test_harness_moves_a_sound_slider_and_reports_no_error():
    errors, moves = errors_when_moved(notebook("import ipywidgets\nipywidgets.IntSlider(min=0, max=4)"))
    assert (errors, moves) == ([], 4)

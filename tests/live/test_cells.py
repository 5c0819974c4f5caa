"""A figure that a cell showed before is closed when the cell has run again, in a real kernel."""

import queue
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

HERE = Path(__file__).parent
SET_UP = f"""
import gc, sys
sys.path[:0] = [{str(HERE)!r}, {str(HERE.parents[1])!r}]
import ipywidgets, sample
from IPython.display import display
from course_lib.live import LiveFigure

def alive():
    gc.collect()
    return [thing for thing in gc.get_objects() if isinstance(thing, LiveFigure)]

def opened():
    return sum(figure.comm is not None for figure in alive())
"""


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def run(kernel):
    """Run code as the cell of that name; what it printed. Each test begins with no figure that is open."""

    def run_(code, cell=None):
        message = kernel.session.msg("execute_request", {"code": code, "silent": False, "store_history": True})
        message["metadata"] = {"cellId": cell} if cell else {}
        kernel.shell_channel.send(message)
        printed = ""
        while True:
            try:
                heard = kernel.get_iopub_msg(timeout=120)
            except queue.Empty:
                pytest.fail(f"no answer to {code!r}")
            if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if heard["msg_type"] == "error":
                pytest.fail("\n".join(heard["content"]["traceback"]))
            if heard["msg_type"] == "stream":
                printed += heard["content"]["text"]
            if heard["msg_type"] == "status" and heard["content"]["execution_state"] == "idle":
                return printed.strip()

    run_(SET_UP + "[figure.close() for figure in alive()]; live = other = box = None")
    return run_


def test_a_cell_that_runs_again_and_again_keeps_one_figure(run):
    for _ in range(8):
        run("sample.make()", "a")
    still, kept = run("print(opened(), len(alive()))").split()
    assert still == "1"
    assert int(kept) <= 4  # Python keeps the last three results as _, __ and ___


def test_all_that_a_cell_showed_is_closed_even_if_it_shows_none_any_more(run):
    run("display(sample.make()); sample.make()", "a")
    assert run("print(opened())") == "2"
    run("1", "a")
    assert run("print(opened())") == "0"


def test_what_another_cell_shows_too_stays(run):
    run("live = sample.make(); live", "a")
    run("live", "b")
    run("live = sample.make(); live", "a")
    assert run("print(opened())") == "2"
    run("live", "b")
    assert run("print(opened())") == "1"


def test_what_stands_in_a_box_stays(run):
    run("live = sample.make(); live", "a")
    run("box = ipywidgets.VBox([live]); box", "b")
    run("live = sample.make(); live", "a")
    assert run("print(opened())") == "2"


def test_what_is_shown_again_by_the_same_cell_was_never_closed(run):
    run("live, other = sample.make(), sample.make()")
    for _ in range(2):
        run("display(live); display(other)", "a")
    assert run("print(opened(), live.model_id == other.model_id)") == "2 False"


def test_a_closed_figure_can_be_shown_again_as_it_was(run):
    run("live = sample.make(); live.settings = live.settings | {'brake': 7}; live", "a")
    run("1", "a")
    assert run("print(opened(), len(live.table))") == "0 0"
    run("live", "b")
    assert run("print(opened(), live.settings['brake'], len(live.table) > 1000, len(live.below) > 1000)") == (
        "1 7 True True"
    )


def test_where_no_cell_is_known_nothing_is_closed(run):
    run("sample.make()")
    run("sample.make()")
    assert run("print(opened())") == "2"

"""Which notebooks the unfriendly tests take in JupyterLab: with --unfriendly a small one and all lessons, else none."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def small():
    """A lab that asks the kernel, a stub and its check, and a second lab."""
    return new_notebook(
        cells=[
            new_markdown_cell("# A small lesson"),
            new_code_cell("from course_lib import checks, labs"),
            new_code_cell("labs.ravine()"),
            new_code_cell("matching_rate = ..."),
            new_code_cell("checks.matching_rate(matching_rate)"),
            new_code_cell("answer = 1 / 4\nprint(answer)"),
        ]
    )


def lessons(config):
    return sorted((config.rootpath / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def pytest_generate_tests(metafunc):
    if "name" in metafunc.fixturenames:
        # Without the option there is none, and pytest skips the test before a server is started for it.
        asked = metafunc.config.getoption("--unfriendly")
        names = ["small", *(path.stem for path in lessons(metafunc.config))] if asked else []
        metafunc.parametrize("name", names, scope="module")


@pytest.fixture(scope="module")
def book(name, pytestconfig):
    """The notebook of that name, without outputs."""
    if name == "small":
        return small()
    found = nbformat.read(pytestconfig.rootpath / "notebooks" / f"{name}.ipynb", as_version=4)
    for cell in found.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return found


@pytest.fixture
def seconds(pytestconfig):
    """How long events by chance go on."""
    return 300 if pytestconfig.getoption("--unfriendly") else 20

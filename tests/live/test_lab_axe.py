"""What axe finds in JupyterLab's outputs: a lab and the cards of checks, in light and dark."""

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

CELLS = [
    "from course_lib import checks, labs",
    "labs.ravine()",
    "checks.matching_rate(0.004)",
    "checks.matching_rate(0.3)",
    "checks.matching_rate(...)",
]
FOUND = """() => axe.run({ include: [[".jp-OutputArea-output"]] }).then(({ violations, passes }) => ({
    passes: passes.length,
    faults: violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
        .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`)),
}))"""


@pytest.fixture(scope="module")
def outputs(chromium, server):
    page = server.open(chromium, "axe.ipynb", CELLS)
    page.page.wait_for_function("document.querySelectorAll('.jp-OutputArea-output').length >= 4")
    page.page.add_script_tag(path=str(AXE_FILE_PATH))
    yield page
    page.page.close()
    server.shut_down_kernel("axe.ipynb")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_serious_in_outputs(outputs, theme):
    change = "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
    outputs.page.evaluate(change, f"JupyterLab {theme}")
    outputs.page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
    found = outputs.page.evaluate(FOUND)
    assert found["passes"] > 5
    assert found["faults"] == []


def test_axe_would_notice(outputs):
    outputs.page.evaluate("document.querySelector('.live-tools').append(document.createElement('button'))")
    found = outputs.page.evaluate(FOUND)
    outputs.page.evaluate("document.querySelector('.live-tools').lastChild.remove()")
    assert any("button-name" in fault for fault in found["faults"])

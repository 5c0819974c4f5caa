"""The modules of a figure's page, and the one script that is made of them."""

import re
from collections import Counter

import pytest
import sample

from course_lib.live import export
from course_lib.live.script import PAGE, script

MODULES = sorted(path.stem for path in PAGE.glob("*.js"))
NAME = re.compile(r"^(?:export )?(?:async )?(?:function|class|const) (\w+)", re.MULTILINE)
HOST = "http://figure.test"


def text(module):
    return (PAGE / f"{module}.js").read_text(encoding="utf-8")


def test_every_module_stands_in_the_script_once():
    heads = [text(module).split("\n")[0] for module in MODULES]
    assert [script().count(head) for head in heads] == [1] * len(MODULES)


def test_nothing_is_imported_by_the_script_and_only_the_default_exported():
    lines = [line for line in script().splitlines() if re.match(r"(import|export)\b", line)]
    assert lines == ["export default { render };"]


def test_no_name_stands_in_two_modules():
    names = Counter(name for module in MODULES for name in NAME.findall(text(module)))
    assert [name for name, times in names.items() if times > 1] == []


def test_a_module_stands_after_those_it_needs():
    script_ = script()
    for module in MODULES:
        for needed in re.findall(r'from "\./(\w+)\.js"', text(module)):
            assert script_.index(text(needed).split("\n")[0]) < script_.index(text(module).split("\n")[0]), module


@pytest.mark.parametrize("module", MODULES)
def test_what_a_module_imports_it_uses(module):
    imported = [
        name
        for names in re.findall(r"^import \{ (.*) \} from", text(module), re.MULTILINE)
        for name in names.split(", ")
    ]
    unused = [name for name in imported if len(re.findall(rf"\b{name}\b", text(module))) < 2]
    assert unused == []


def test_a_browser_takes_the_modules_as_they_are(chromium, monkeypatch):
    """Together they might share a name that one of them forgot to import; each by itself cannot."""
    monkeypatch.setattr(export, "script", lambda: f'import {{ mountExported }} from "{HOST}/hosts.js";')
    page, errors = chromium.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    served = {f"{HOST}/{module}.js": text(module) for module in MODULES}
    page.route(
        f"{HOST}/*.js", lambda route: route.fulfill(body=served[route.request.url], content_type="text/javascript")
    )
    page.route(f"{HOST}/", lambda route: route.fulfill(body=sample.make().html(), content_type="text/html"))
    page.goto(f"{HOST}/")
    page.wait_for_function("document.querySelector('.live-figure')?.liveFigure?.frames > 0")
    page.get_by_text("Numbers as a table").click()
    page.get_by_role("spinbutton", name="brake").fill("0.7")
    page.get_by_role("spinbutton", name="brake").press("Enter")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('.live-figure').liveFigure.step > 2")
    page.close()
    assert errors == []

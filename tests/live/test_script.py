"""The modules of a figure's page, and the one script that is made of them."""

import base64
import re
from collections import Counter

import pytest
import sample

from course_lib.live import export
from course_lib.live.script import PAGE, compact, script

MODULES = sorted(path.stem for path in PAGE.glob("*.js"))
NAME = re.compile(r"^(?:export )?(?:async )?(?:function|class|const) (\w+)", re.MULTILINE)
HOST = "http://figure.test"
STARTS = {"notebook": ["export default { render };"], "exported": []}  # what each exports
starts = pytest.mark.parametrize("first", STARTS)


def text(module):
    return (PAGE / f"{module}.js").read_text(encoding="utf-8")


@starts
def test_every_module_but_the_other_start_stands_in_the_script_once(first):
    heads = {module: text(module).split("\n")[0] for module in MODULES}
    assert {module for module, head in heads.items() if script(first).count(head) == 1} == {*MODULES} - {*STARTS} | {
        first
    }


@starts
def test_nothing_is_imported_by_the_script_and_only_the_default_exported(first):
    lines = [line for line in script(first).splitlines() if re.match(r"(import|export)\b", line)]
    assert lines == STARTS[first]


def test_no_name_stands_in_two_modules():
    names = Counter(name for module in MODULES for name in NAME.findall(text(module)))
    assert [name for name, times in names.items() if times > 1] == []


@starts
def test_a_module_stands_after_those_it_needs(first):
    script_ = script(first)
    for module in {*MODULES} - {*STARTS} | {first}:
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


@pytest.fixture
def modules(chromium, monkeypatch):
    """A page with the sample that takes the modules as they are; at the end no error may have occurred."""
    monkeypatch.setattr(export, "script", lambda first: f'import {{ mountExported }} from "{HOST}/{first}.js";')
    page, errors = chromium.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    served = {f"{HOST}/{module}.js": text(module) for module in MODULES}
    page.route(
        f"{HOST}/*.js", lambda route: route.fulfill(body=served[route.request.url], content_type="text/javascript")
    )
    page.route(f"{HOST}/", lambda route: route.fulfill(body=sample.make().html(), content_type="text/html"))
    page.goto(f"{HOST}/")
    page.wait_for_function("document.querySelector('.live-figure')?.liveFigure?.frames > 0")
    yield page
    page.close()
    assert errors == []


def test_a_browser_takes_the_modules_as_they_are(modules):
    """Together they might share a name that one of them forgot to import; each by itself cannot."""
    modules.get_by_text("Numbers as a table").click()
    modules.get_by_role("spinbutton", name="brake").fill("0.7")
    modules.get_by_role("spinbutton", name="brake").press("Enter")
    modules.get_by_role("button", name="Play").click()
    modules.wait_for_function("document.querySelector('.live-figure').liveFigure.step > 2")


MOUNTED = """async ([before, after, spec]) => {
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const traits = ({ table, below, above, programs, ...plain }) => ({
        spec, ...plain, table: bytes(table), below: bytes(below), above: bytes(above), programs: bytes(programs),
    });
    const { default: { render } } = await import("HOST/notebook.js");
    let now = traits(before);
    const heard = {};
    const model = { get: (name) => now[name], on: (event, act) => (heard[event] = act), send() {} };
    const el = document.body.appendChild(document.createElement("div"));
    const rendering = render({ model, el });
    now = traits(after);
    heard["change:answered"]();
    await rendering;
    await new Promise((done) => setTimeout(done, 500));
    return [el.liveFigure.settings.steepness, el.liveFigure.came.key];
}""".replace("HOST", HOST)


def test_what_comes_while_the_figure_is_built_is_shown(modules):
    def traits(live):
        packed = {
            name: base64.b64encode(getattr(live, name)).decode() for name in ("table", "below", "above", "programs")
        }
        return packed | {"frame": live.frame, "settings": dict(live.settings), "answered": live.answered}

    live = sample.make()
    before = traits(live)
    live.set(steepness=7)
    assert modules.evaluate(MOUNTED, [before, traits(live), live.spec]) == [6, "70,50,6,0"]


@starts
def test_the_compact_script_has_no_comments_and_all_code(first):
    short = compact(script(first))
    assert not re.search(r"^\s*/\*|^\s*//|\s// ", short, re.MULTILINE)
    bare = re.sub(r"/\*.*?\*/|(?<=\s)// [^\n]*", "", script(first), flags=re.DOTALL)
    assert re.sub(r"\s", "", short) == re.sub(r"\s", "", bare)

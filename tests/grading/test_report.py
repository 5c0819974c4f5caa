"""The report, looked at in a browser: it fits a phone, prints without names' details, and axe has nothing serious."""

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from handed_in import a_class

from course_lib import grading


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Of a small class, with a file that is no notebook."""
    folder = tmp_path_factory.mktemp("class")
    a_class(folder / "in", 1, 8)
    (folder / "in" / "no notebook.ipynb").write_text("")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            grading.running, "run", lambda jobs, _, done: [done(j, grading.running.graded(j)) for j in jobs]
        )
        grading.main([str(folder / "in"), "--to", str(folder / "out")])
    return (folder / "out" / "report.html").as_uri()


@pytest.fixture
def visit(chromium, report):
    contexts = []

    def open_(**options):
        contexts.append(chromium.new_context(bypass_csp=True, **options))  # axe is a script, which the page forbids
        page = contexts[-1].new_page()
        page.goto(report)
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit, scheme):
    page = visit(color_scheme=scheme)
    page.add_script_tag(path=str(AXE_FILE_PATH))
    found = page.evaluate("() => axe.run().then((result) => result.violations)")
    assert [
        (fault["id"], node["html"][:120], node["any"][:1])
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ] == []


def test_nothing_is_wider_than_a_phone(visit):
    page = visit(viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_paper_is_white_and_nothing_on_it_is_cut(visit):
    page = visit(viewport={"width": 680, "height": 900}, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 680


def test_links_lead_somewhere_and_every_name_is_there_once(visit):
    page = visit()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((part) => part.id)")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.evaluate("[...document.links].map((a) => a.getAttribute('href'))")} <= set(ids)

"""The website of one small lesson, opened from disk in Chromium with no network: whole, live, readable by all."""

import os
import re
from urllib.parse import unquote

import abroad
import nbformat
import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from hosted import binder, colab
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_lib import checks
from scripts.notebooks import LessonError
from scripts.website import build, source

PAGES = [
    "index.html",
    "cheat-sheet.html",
    "notebooks/01_first.html",
    "package.html",
    "teaching.html",
    "grading.html",
    "conformance.html",
]
CONCLUSION = source.ROOT / "notebooks" / "06_conclusion.ipynb"
SERIOUS = ("serious", "critical")
PICTURE = "fig, ax = plots.figure('A line')\nax.plot([0, 1])\nplots.show(fig, 'A line that rises')"


def cell(make, text, *tags, **metadata):
    made = make(text)
    made.metadata.update(tags=["main", *tags], **metadata)
    return made


def lesson():
    return new_notebook(
        cells=[
            cell(new_markdown_cell, "# A lesson\n\nWhat does $\\gamma$ do? See [the same](02_second.ipynb)."),
            cell(new_code_cell, "from course_lib import checks, labs, plots", "setup"),
            cell(new_markdown_cell, "## Two balls\n\n$$\\theta_{t+1} = \\theta_t - \\Delta_t$$\n\nIn words."),
            cell(new_code_cell, "labs.hill()"),
            cell(new_code_cell, "labs.hill()"),
            cell(new_markdown_cell, "*Two travellers on a hill.*\n\n## Exercise: a number ★★ 1 minute"),
            cell(new_code_cell, "matching_rate = ...", "exercise", "stub"),
            cell(new_code_cell, "checks.matching_rate(matching_rate)", "exercise", "check"),
            cell(new_code_cell, "checks.name_the_fate(...)", "exercise", "check"),
            cell(new_markdown_cell, "### Solution: a number", **{"jp-MarkdownHeadingCollapsed": True}),
            cell(new_code_cell, "solution_matching_rate = 0.004", "exercise", "solution"),
            cell(new_markdown_cell, "## A picture and a table\n\n| | a |\n|---|---|\n| b | c |"),
            cell(new_code_cell, PICTURE),
            cell(new_code_cell, f"print('{'0.9 ' * 60}')  # {'no_blank' * 30}"),
        ]
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of a website with two lessons that are alike, one with the course's cheat sheet, and one in German."""
    folder = tmp_path_factory.mktemp("wörk site")
    lessons = [folder / name for name in ("01_first.ipynb", "02_second.ipynb", "03_fremd.ipynb")]
    second = lesson()
    second.cells += [
        sheet for sheet in nbformat.read(CONCLUSION, as_version=4).cells if "cheat-sheet" in source.tags(sheet)
    ]
    for path, book in zip(lessons, (lesson(), second, abroad.lesson()), strict=True):
        nbformat.write(book, path)
    build.build(folder / "site", lessons, folder / "kept")
    return folder / "site"


@pytest.fixture
def visit(chromium, site):
    """Open a page of the site; at the end there was no error and no request to anywhere."""
    opened = []

    def visit_(name, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}} | options)
        wanted, errors = [], []
        context.route("http*://**", lambda route: (wanted.append(route.request.url), route.abort()))
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        path, _, query = name.partition("?")
        page.goto(f"{(site / path).as_uri()}?{query}")
        opened.append((context, wanted, errors))
        return page

    yield visit_
    for context, wanted, errors in opened:
        context.close()
        assert not wanted
        assert not errors


def wait_for_figures(page, number):
    page.wait_for_function(
        f"() => [...document.querySelectorAll('.live-figure')].filter(f => f.liveFigure?.frames > 0).length == {number}"
    )


def test_both_figures_of_a_page_are_alive(visit):
    page = visit("notebooks/01_first.html")
    wait_for_figures(page, 2)
    for number in (0, 1):
        figure = page.locator(".live-figure").nth(number)
        before = figure.locator(".live-said").first.inner_text()
        figure.locator("input[type=range]").first.focus()
        page.keyboard.press("End")
        page.wait_for_timeout(200)
        assert figure.locator(".live-said").first.inner_text() != before


def test_the_landing_page_has_a_live_figure_and_the_lessons(visit):
    page = visit("index.html")
    wait_for_figures(page, 1)
    assert page.locator(".bd-sidebar-primary a", has_text="A lesson").count() >= 2


@pytest.mark.parametrize("name", ["teaching", "grading", "conformance"])
def test_pages_for_lecturers_are_in_the_menu(visit, name):
    page = visit("index.html")
    assert page.locator(f'.bd-sidebar-primary a[href="{name}.html"]').count() == 1


def test_formulas_are_mathml(visit):
    page = visit("notebooks/01_first.html")
    assert page.locator("math[display=block] mi", has_text="θ").count() >= 2
    assert page.locator("p math").count() == 1


def test_what_needs_a_kernel_is_left_out_and_solutions_are_hidden(visit):
    page = visit("notebooks/01_first.html")
    text = page.locator("article").inner_text()
    assert "Nothing to check yet" not in text and "import checks" not in text
    assert not page.get_by_text("solution_matching_rate = 0.004").is_visible()
    page.locator("details.hide summary").click()
    assert page.get_by_text("solution_matching_rate = 0.004").is_visible()


def test_the_answer_to_a_question_of_letters_is_behind_a_click(visit):
    page = visit("notebooks/01_first.html")
    answer = page.locator("article details", has_text="Answer")
    assert answer.count() == 1  # the exercise with a number has its solution instead
    assert not page.get_by_text("c is right.").is_visible()
    answer.locator("summary").click()
    assert page.get_by_text("c is right.").is_visible()
    assert answer.locator("li").first.inner_text().startswith("c: eta lambda is 1.5")
    assert answer.locator("li").count() == 4


def test_the_page_answers_and_the_landing_page_knows_of_it(visit):
    page = visit("notebooks/01_first.html")
    assert not page.get_by_text("matching_rate = ...").is_visible()
    page.get_by_role("textbox", name="Your answer").fill("0,004")
    page.get_by_role("button", name="Check").first.click()
    assert checks.matching_rate.praise in page.locator("article").inner_text()
    page.goto(page.url.replace("notebooks/01_first.html", "index.html"))
    assert (
        f"1 of {sum(exercise.lesson in (1, 2, 3) for exercise in checks.EXERCISES)} exercises done"
        in page.locator("article").inner_text()
    )


def test_where_python_is_needed_the_page_says_so_below_the_stub():
    told = list(source.answered(cell(new_code_cell, "checks.momentum_step(momentum_step)", "exercise", "check")))
    assert [part.source for part in told] == [source.ELSEWHERE]


def test_a_guess_has_no_answer_before_it_is_measured():
    told = list(source.answered(cell(new_code_cell, "checks.best_h(best_h)", "exercise", "check")))
    assert [part.source for part in told] == [source.answers.placeholder("best_h")]


def test_what_a_cell_printed_in_pieces_is_one_block():
    book = lesson()
    book.cells[-1].outputs = [new_output("stream", text=line) for line in ("0.9\n", "1.0\n")]
    page = source.as_page(book)
    assert [output.text for output in page.cells[-1].outputs] == ["0.9\n1.0\n"]


def test_a_lesson_in_another_language_is_a_page_like_any_other(visit):
    page = visit("notebooks/03_fremd.html")
    wait_for_figures(page, 1)
    text = page.locator("article").inner_text()
    assert "Zwei Reisende" in text and "import checks" not in text and "Prüfung\n" not in text
    assert not page.get_by_text("solution_schritt = 0.1").is_visible()
    page.locator("details.hide summary").click()
    assert page.get_by_text("solution_schritt = 0.1").is_visible()


def test_stars_can_be_heard(visit):
    assert visit("notebooks/01_first.html").locator("[aria-label='2 stars']").count() >= 1


def test_colab_and_binder_open_the_lesson(visit):
    page = visit("notebooks/01_first.html")
    found = page.eval_on_selector_all("a", "links => links.map(a => a.href)")
    for address in (colab("01_first.ipynb"), binder("01_first.ipynb")):
        assert address in [unquote(link) for link in found]


def test_the_cheat_sheet_is_made_of_the_cells_with_its_tag(visit):
    article = visit("cheat-sheet.html").locator("article")
    assert article.locator("#cheat-sheet h2").count() == article.locator("#cheat-sheet table").count() == 4
    assert "Two balls" not in article.inner_text()


SEEN = "(expression) => void addEventListener('beforeprint', () => (window.seen = eval(expression)))"


def printed(page, expression):
    """The value of an expression while a page is printed."""
    page.evaluate(SEEN, f"({expression})")
    page.pdf()
    return page.wait_for_function("window.seen").json_value()


DARK = "({theme: document.documentElement.dataset.theme, paper: getComputedStyle(document.body).backgroundColor})"


def test_a_dark_page_is_printed_light_and_is_dark_again(visit):
    page = visit("notebooks/01_first.html", color_scheme="dark")
    shown = page.evaluate(DARK)
    assert shown["theme"] == "dark"
    assert printed(page, DARK)["theme"] == "light"
    assert page.evaluate(DARK) == shown


def test_long_lines_and_wide_tables_are_printed_whole(visit):
    page = visit("notebooks/01_first.html", viewport={"width": 700, "height": 1000})
    cut = (
        "[...document.querySelectorAll('article pre, article table')].filter((n) => n.scrollWidth > n.clientWidth + 1)"
    )
    assert page.evaluate(f"{cut}.length") > 0  # on the screen they scroll
    page.emulate_media(media="print")
    assert page.evaluate(f"{cut}.map((n) => n.textContent)") == []


def test_the_cheat_sheet_prints_on_one_page_of_a4(visit):
    printed = visit("cheat-sheet.html").pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


@pytest.mark.parametrize("change", ["source", "id"])
def test_whatever_changes_in_a_code_cell_changes_the_run(tmp_path, change):
    path, book = tmp_path / "01_first.ipynb", new_notebook(cells=[new_code_cell("1", id="a")])
    nbformat.write(book, path)
    before = source.fingerprint(nbformat.read(path, as_version=4))
    book.cells[0].update({change: "b"})
    nbformat.write(book, path)
    assert source.fingerprint(nbformat.read(path, as_version=4)) != before


def test_search_works_from_disk(visit):
    page = visit("search.html?q=travellers")
    page.wait_for_selector("#search-results li")
    assert "A lesson" in page.locator("#search-results li").first.inner_text()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_a_phone(visit, name):
    page = visit(name, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(visit, name, scheme):
    assert serious(visit(name, color_scheme=scheme)) == []


def test_axe_would_notice(visit):
    page = visit("index.html")
    page.evaluate("document.querySelector('article h1').insertAdjacentHTML('afterend', '<button></button>')")
    assert any("button-name" in fault for fault in serious(page))


def serious(page):
    """What axe calls serious on an open page, in words."""
    page.add_script_tag(path=str(AXE_FILE_PATH))
    # A colour on its way from the light theme to the dark one has too little contrast for a moment.
    page.evaluate("() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished))")
    found = page.evaluate("() => axe.run({ resultTypes: ['violations'] }).then(result => result.violations)")
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:160]}"
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]


LARGEST = 400_000  # bytes; a style sheet of the theme has most of them


def test_no_file_is_large_and_none_stands_twice(site):
    files = [path for path in site.rglob("*") if path.is_file()]
    assert [f"{path.name} {path.stat().st_size}" for path in files if path.stat().st_size > LARGEST] == []
    assert twice(files) == []


def twice(files):
    """Names of files with the same bytes."""
    known = {}
    for path in files:
        known.setdefault(path.read_bytes(), []).append(path.name)
    return [names for names in known.values() if len(names) > 1]


def test_pages_share_what_their_figures_carry(site):
    page = (site / "notebooks" / "01_first.html").read_text(encoding="utf-8")
    assert page.count('data-figure="') == 2 and len(page) < 100_000
    for name in ("live.js", "live.css", re.search('data-figure="([^"]+)"', page)[1] + ".js"):
        assert page.count(f'"../_static/figures/{name}"') == 1


def test_every_link_inside_leads_somewhere(site):
    pages = {page.relative_to(site).as_posix(): page.read_text(encoding="utf-8") for page in site.rglob("*.html")}
    broken = []
    for name, text in pages.items():
        for link in re.findall(r'<a\b[^>]*\bhref="([^":]*)"', text):
            path, _, place = unquote(link).partition("#")
            target = (site / name).parent.joinpath(path).resolve() if path else site / name
            if not target.exists() or (place and f'id="{place}"' not in target.read_text(encoding="utf-8")):
                broken.append(f"{name}: {link}")
    assert broken == []


def test_nothing_is_fetched_from_outside_and_the_check_would_notice(site, tmp_path):
    assert build.fetched(site) == []
    (tmp_path / "bad.html").write_text('<script src="https://example.org/a.js"></script>')
    assert len(build.fetched(tmp_path)) == 1


def test_running_a_lesson_leaves_this_process_as_it_was(tmp_path):
    path, before = tmp_path / "03_third.ipynb", dict(os.environ)
    nbformat.write(new_notebook(cells=[new_code_cell("import os; print(os.environ['COURSE_LIVE'])")]), path)
    assert source.run(path, tmp_path / "kept").cells[0].outputs[0].text == "html\n"
    assert {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} == {
        name: value for name, value in before.items() if not name.startswith("PYTEST")
    }


def test_one_run_makes_the_pictures_of_the_page_and_of_slides(tmp_path):
    path = tmp_path / "03_third.ipynb"
    setup = "import os\nfrom IPython.display import HTML\n\ndef live():\n    return os.environ['COURSE_LIVE']"
    draw = "print('drawn')\nHTML(f'<p class=\"live-figure\">{live()}</p>')"
    nbformat.write(new_notebook(cells=list(map(new_code_cell, (setup, draw, "print(live())")))), path)
    for kind in ("html", source.SLIDES):
        _, drawing, after = source.run(path, tmp_path / "kept", kind).cells
        printed, drawn = drawing.outputs
        assert printed.text == "drawn\n" and kind in drawn.data["text/html"]
        assert after.outputs[0].text == "html\n"
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_a_cell_that_draws_something_else_the_second_time_is_refused(tmp_path):
    path = tmp_path / "03_third.ipynb"
    cells = ["from IPython.display import HTML; n = 0", "n += 1; print(n); HTML('<p class=\"live-figure\">')"]
    nbformat.write(new_notebook(cells=list(map(new_code_cell, cells))), path)
    with pytest.raises(LessonError, match="prints something else the second time"):
        source.run(path, tmp_path / "kept")


def test_a_lesson_is_run_again_only_when_it_has_changed(tmp_path):
    path = tmp_path / "03_third.ipynb"
    book = new_notebook(cells=[new_code_cell("import time; print(time.time_ns())"), new_markdown_cell("before")])
    nbformat.write(book, path)
    first = source.run(path, tmp_path / "kept")
    book.cells[1].source = "after"  # words are of no account to a run, and are those of today
    nbformat.write(book, path)
    second = source.run(path, tmp_path / "kept")
    assert second.cells[0] == first.cells[0] and second.cells[1].source == "after"
    assert len(list((tmp_path / "kept").iterdir())) == 1
    book.cells[0].source += "  # changed"
    nbformat.write(book, path)
    assert source.run(path, tmp_path / "kept").cells[0].outputs != first.cells[0].outputs

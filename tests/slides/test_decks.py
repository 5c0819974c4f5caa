"""Decks in Chromium, opened from disk: every page fits, figures live, keys do what the list of keys says."""

import re
from pathlib import Path

import abroad
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_lib import labs
from scripts.slides import build, check, lecture, places

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
LESSONS = [path for path in NOTEBOOKS if places.slides(nbformat.read(path, as_version=4))]
ALIVE = "() => Reveal.getCurrentSlide().querySelector('.live-figure').liveFigure?.frames > 0"


def cell(make, text, name, kind="-", *tags, **metadata):
    made = make(text)
    made.update(id=name)
    made.metadata.update(tags=["main", *tags], slideshow={"slide_type": kind}, **metadata)
    return made


@pytest.fixture(scope="session")
def hill():
    """A live figure as a run of a lesson for slides holds it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_LIVE", "slides")
        return labs.hill().html()


def lesson(figure):
    rolls = {"title": "The ball rolls on", "controls": ["gamma"], "tell": ["ball"]}
    live = cell(new_code_cell, "labs.hill()", "lab", slide=rolls)
    live.outputs = [new_output("display_data", {"text/html": figure, "text/plain": "a hill"})]
    loop = cell(
        new_code_cell,
        "\n".join(f"print({k})" for k in range(40)),
        "loop",
        slide={"title": "Lines", "show": "code", "lines": [3, 5]},
    )
    loop.outputs = [new_output("stream", name="stdout", text="\n".join(map(str, range(40))))]
    cells = [
        cell(
            new_markdown_cell,
            "# A *lesson*\n\nWords.",
            "title",
            "slide",
            "lecture-15",
            minutes=1,
            stage="Ask *first*.",
            slide={"title": "A *message*", "words": "Two words."},
        ),
        cell(new_markdown_cell, "## Recall\n\nA note for the lecturer.", "recall", "notes"),
        cell(new_markdown_cell, "## A hill\n\nGuess first.", "hill", "slide", "lecture-15", minutes=2.5),
        live,
        cell(new_markdown_cell, "*Two travellers.* More words.", "hill-words"),
        cell(new_markdown_cell, "## Exercise: one ★ 1 minute\n\nDo it.", "one", "subslide", "exercise", "more"),
        cell(new_code_cell, "one = ...", "one-stub", "-", "exercise", "stub"),
        cell(new_markdown_cell, "### Solution: one", "one-solution", "-", "exercise", "solution"),
        cell(new_code_cell, "solution_one = 1", "one-solution-code", "-", "exercise", "solution"),
        cell(
            new_markdown_cell,
            "## The rule\n\n$$\\theta_{t+1} = \\theta_t$$\n\nIn words.",
            "rule",
            "slide",
            "lecture-45",
            minutes=3,
            slide={"title": "The rule"},
        ),
        cell(
            new_markdown_cell,
            "- **a**: *one*\n- **b**: two",
            "which",
            "-",
            "exercise",
            slide={"title": "Which?", "answer": "It is two."},
        ),
        cell(new_code_cell, "checks.best_in_the_bowl(...)", "which-check", "-", "check"),
        loop,
        cell(new_markdown_cell, "## A figure at once", "again", "slide", "more"),
        cell(new_code_cell, "labs.hill()", "again-lab"),
    ]
    cells[-1].outputs = live.outputs
    return new_notebook(cells=cells)


@pytest.fixture(scope="session")
def sample(hill, tmp_path_factory):
    """The folder with the decks of one small lesson."""
    folder = tmp_path_factory.mktemp("Folien für alle")
    build.build(folder / "slides", {"01_sample": lesson(hill)})
    return folder / "slides"


@pytest.fixture
def visit(chromium, sample):
    """Open a deck of the sample; at the end nothing was asked of outside."""
    pages = []

    def visit_(name):
        page = check.opened(chromium, sample / name)
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        pages.append(page)
        return page

    yield visit_
    for page in pages:
        page.context.close()
        assert page.errors == [] and page.asked == []


def titles(page):
    return page.evaluate("Reveal.getSlides().map((section) => section.querySelector('h1, h2').textContent)")


def go_to_figure(page):
    page.evaluate(
        "Reveal.slide(...Object.values(Reveal.getIndices(document.querySelector('section:has(.live-figure)'))))"
    )
    page.wait_for_function(ALIVE)


def settings(page):
    return page.evaluate("document.querySelector('.live-figure').liveFigure.settings")


def here(page):
    return page.evaluate("Reveal.getCurrentSlide().id")


# ---- the lessons' own decks


@pytest.fixture(scope="session")
def stored(tmp_path_factory):
    """Decks of all lessons as stored, with pictures for live figures; `make slides ARGS=--check` looks at these."""
    lessons = {path.stem: nbformat.read(path, as_version=4) for path in LESSONS}
    return {deck.stem: deck for deck in build.build(tmp_path_factory.mktemp("decks") / "slides", lessons)}


@pytest.mark.parametrize("name", ["lecture-90", "lecture-today", *(path.stem for path in LESSONS)])
def test_every_page_of_the_deck_fits_and_can_be_read(name, stored, chromium):
    page = check.opened(chromium, stored[name])
    found = check.faults(page)
    page.context.close()
    assert found == [] and page.asked == []


@pytest.mark.parametrize("length", ["15", "45"])
def test_shorter_lecture_is_part_of_the_longer_one(length, stored):
    longest, shorter = (
        re.findall(r'class="page" id="([\w-]+)"', stored[f"lecture-{minutes}"].read_text(encoding="utf-8"))
        for minutes in ("90", length)
    )
    assert shorter and shorter == [slide for slide in longest if slide in set(shorter)]


# ---- what a deck is made of


def test_lesson_deck_has_everything_and_exercises_lie_below(visit):
    page = visit("01_sample.html")
    parts = ["A lesson", "A hill", "Exercise: one ★ 1 minute", "Solution: one", "The rule", "A figure at once"]
    assert list(dict.fromkeys(titles(page))) == parts
    below = page.evaluate("Reveal.getSlides().filter((s) => Reveal.getIndices(s).v).map((s) => s.id)")
    assert below == ["01-one", "01-one-2"]


def test_lecture_leaves_out_exercises_and_what_is_not_its_own(visit):
    assert "Exercise: one ★ 1 minute" not in titles(visit("lecture-90.html"))
    assert "The rule" not in titles(visit("lecture-15.html"))


def texts(page, part):
    """The words of a part of the present page that are seen."""
    found = page.locator(f"section.present {part}").all()
    return [one.inner_text().strip() for one in found if one.is_visible()]


def test_page_of_a_lecture_has_its_headline_and_words_and_all_else_is_said(visit):
    page = visit("lecture-15.html")
    go_to_figure(page)
    assert texts(page, "h2") == ["The ball rolls on"] and texts(page, ".words") == []
    notes = page.evaluate("Reveal.getCurrentSlide().querySelector('aside.notes').textContent")
    assert "Guess first." in notes and "Two travellers." in notes
    page.keyboard.press("PageUp")
    assert texts(page, "h2") == ["A message"] and texts(page, ".words") == ["Two words."]
    notes = page.evaluate("Reveal.getCurrentSlide().querySelector('aside.notes').innerHTML")
    assert "Ask <em>first</em>." in notes and "Words." in notes


def test_live_figure_of_a_lecture_shows_what_is_used_and_a_key_unfolds_the_rest(visit):
    page = visit("lecture-15.html")
    go_to_figure(page)
    rows, sentences = (len(texts(page, part)) for part in (".live-row", ".live-words li"))
    assert (rows, sentences) == (1, 1)
    page.keyboard.press("r")
    assert len(texts(page, ".live-row")) > 1 and len(texts(page, ".live-words li")) > 1


def test_answer_to_a_question_comes_with_a_key(visit):
    page = visit("lecture-90.html")
    page.evaluate("Reveal.slide(...Object.values(Reveal.getIndices(document.getElementById('01-which'))))")
    assert texts(page, ".options li > span") == ["one", "two"]
    right = page.locator("section.present .options .right")
    before = right.evaluate("(node) => getComputedStyle(node).borderColor")
    assert right.inner_text().split() == ["b", "two"] and texts(page, ".words.visible") == []
    page.keyboard.press("ArrowRight")
    page.locator("section.present .words.visible").wait_for()
    assert here(page) == "01-which" and texts(page, ".words.visible") == ["It is two."]
    assert right.evaluate("(node) => getComputedStyle(node).borderColor") != before
    page.keyboard.press("ArrowRight")
    assert texts(page, ".shown.code") == ["print(2)\nprint(3)\nprint(4)"]


@pytest.fixture(scope="module")
def hall(chromium, sample):
    page = check.opened(chromium, sample / "lecture-90.html")
    yield page
    page.context.close()


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ("<p>" + "word " * 31 + "</p>", "31 words"),
        ("<p style='font-size: 27px'>small</p>", "text of 27 px: small"),
        ("<p>$<math><msub><mi>x</mi><mi style='font-size: 21px'>i</mi></msub></math></p>", "text of 21 px: i"),
        ("<ol class='options'><li><span>" + "word " * 11 + "</span></li></ol>", "an option of 11 words"),
        ("<div class='shown code'><pre>" + "\n".join("123456789") + "</pre></div>", "9 lines of code"),
    ],
    ids=["words", "size", "index", "option", "code"],
)
def test_too_much_for_a_hall_is_found(hall, told, fault):
    hall.evaluate("(html) => (document.querySelector('#questions .body').innerHTML = html)", told)
    assert check.faults(hall) == [f"questions: {fault}"]


def test_lecture_of_the_sample_is_fit_for_a_hall(visit):
    assert check.faults(visit("lecture-90.html")) == []


@pytest.mark.parametrize("slide", [{"words": "no title"}, {"title": "x", "wrods": "y"}, {"title": "x", "show": "code"}])
def test_slide_that_cannot_be_made_is_refused(slide):
    nb = new_notebook(cells=[cell(new_markdown_cell, "# A", "a", "slide", "lecture-15", minutes=1, slide=slide)])
    with pytest.raises(ValueError, match=r"^(the slide of )?a "):
        lecture.sections({"01": nb}, "15")


def test_slide_without_a_page_is_refused():
    nb = new_notebook(cells=[cell(new_markdown_cell, "# A", "a", "slide", "lecture-15", minutes=1)])
    with pytest.raises(ValueError, match=r"^a starts a slide"):
        lecture.sections({"01": nb}, "15")


def test_long_code_and_output_are_cut_into_pages_without_loss(visit):
    page = visit("01_sample.html")
    for kind, wanted in (("printed", "{}"), ("code", "print({})")):
        pieces = page.evaluate(
            f"[...document.querySelectorAll('[id^=\"01-rule\"] .{kind}')].map((unit) => unit.textContent)"
        )
        assert len(pieces) > 1 and "\n".join(pieces).split() == [wanted.format(k) for k in range(40)]


def test_numbers_of_a_long_list_go_on_on_the_next_page(tmp_path, chromium):
    rows = "\n".join(f"{k}. row {k}" for k in range(1, 41))
    nb = new_notebook(cells=[cell(new_markdown_cell, f"# A list\n\n{rows}", "list", "slide", "more")])
    page = check.opened(chromium, build.build(tmp_path / "slides", {"01_list": nb})[0])
    lists = page.evaluate("[...document.querySelectorAll('ol')].map((list) => [list.start, list.innerText])")
    page.context.close()
    assert len(lists) > 1 and "\n".join(text for _, text in lists).split("\n") == [f"row {k}" for k in range(1, 41)]
    assert all(text.startswith(f"row {start}\n") for start, text in lists)


def test_decks_share_what_their_figures_carry_and_no_file_stands_twice(sample):
    decks = [(sample / name).read_text(encoding="utf-8") for name in ("01_sample.html", "lecture-15.html")]
    assert all('"figures/live.js"' in deck and len(deck) < 50_000 for deck in decks)
    contents = [path.read_bytes() for path in sample.rglob("*") if path.is_file()]
    assert len(set(contents)) == len(contents)


def test_equations_are_mathml(visit):
    page = visit("01_sample.html")
    assert page.evaluate("document.querySelectorAll('.equation math[display=block]').length") == 1


def test_the_title_bar_has_the_words_of_the_title(visit):
    page = visit("01_sample.html")
    assert page.title() == "A lesson"


def test_page_that_does_not_fit_is_found(visit):
    page = visit("01_sample.html")
    assert check.faults(page) == []
    page.evaluate("document.querySelector('section .body').append(Object.assign(document.createElement('div'),"
                  " { textContent: 'tiny', style: 'height: 900px; font-size: 10px' }))")  # fmt: skip
    found = check.faults(page)
    assert len(found) == 3 and all(fault.startswith("01-title: ") for fault in found)


# ---- keys


def test_arrow_keys_turn_pages(visit):
    page = visit("01_sample.html")
    page.keyboard.press("ArrowRight")
    assert here(page) == "01-hill"


def test_arrow_keys_belong_to_a_slider_that_has_the_focus_until_escape(visit):
    page = visit("lecture-15.html")
    go_to_figure(page)
    before, place = settings(page), here(page)
    page.locator(".live-row[data-name=gamma] input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    assert settings(page) != before and here(page) == place
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert here(page) != place


@pytest.mark.parametrize("held", ["input[type=range]", "input[type=text]", "button"])
def test_a_clicker_turns_pages_wherever_one_has_clicked(visit, held):
    page = visit("lecture-15.html")
    go_to_figure(page)
    before, place = settings(page), here(page)
    page.locator(f".live-figure {held}").first.focus()
    page.keyboard.press("PageDown")
    assert here(page) != place and settings(page) == before
    page.keyboard.press("PageUp")
    assert here(page) == place


def test_a_clicker_turns_pages_after_a_button_of_the_lecturers_window(visit):
    page = visit("lecture-15.html")
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    popup.value.locator("button").click()
    place = here(page)
    popup.value.keyboard.press("PageDown")
    assert here(page) != place


def test_arrow_keys_turn_pages_while_a_button_has_the_focus(visit):
    page = visit("lecture-15.html")
    go_to_figure(page)
    place = here(page)
    page.locator(".live-tools button").first.focus()
    page.keyboard.press("ArrowRight")
    assert here(page) != place


def test_digit_sets_the_figure_to_that_scene_and_zero_back(visit):
    page = visit("lecture-15.html")
    go_to_figure(page)
    first = settings(page)
    page.keyboard.press("3")
    scene = page.evaluate("(() => { const f = document.querySelector('.live-figure').liveFigure;"
                          " return f.allScenes[f.scenes[2]]; })()")  # fmt: skip
    assert settings(page) == first | scene != first
    page.keyboard.press("0")
    assert settings(page) == first


def test_e_goes_through_the_scenes(visit):
    page = visit("lecture-15.html")
    go_to_figure(page)
    seen = []
    for _ in range(3):
        page.keyboard.press("e")
        seen.append(settings(page))
    assert len({str(setting) for setting in seen}) == 3


def test_help_lists_the_keys_of_figures(visit):
    page = visit("lecture-15.html")
    page.keyboard.press("Shift+?")
    assert "prepared setting" in page.locator(".r-overlay, .overlay-help").first.inner_text()


# ---- the lecturer's window


def test_lecturers_window_shows_notes_minutes_and_the_plan(visit):
    page = visit("lecture-45.html")
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    window = opening.value
    page.keyboard.press("ArrowRight")
    assert "A note for the lecturer." in window.locator(".said").inner_text()
    page.keyboard.press("ArrowRight")
    assert window.locator(".now").inner_text() == "The ball rolls on"
    assert window.locator(".minutes").inner_text() == "2.5 min for this slide, which ends at 3:30 of 45:00"
    assert window.locator(".next").inner_text() == "The rule"


def test_clock_starts_with_the_first_page_turned_and_runs(visit):
    page = visit("lecture-45.html")
    page.clock.install(time=0)
    page.clock.pause_at(3_600_000)
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    clock = opening.value.locator(".clock")
    page.clock.run_for(5000)
    assert clock.inner_text() == "0:00"
    page.keyboard.press("ArrowRight")
    page.clock.run_for(65_000)
    assert clock.inner_text() == "1:05"
    assert opening.value.locator(".late").inner_text() == "0:05 behind the plan"


def test_keys_in_the_lecturers_window_turn_pages(visit):
    page = visit("lecture-45.html")
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    opening.value.keyboard.press("ArrowRight")
    assert here(page) == "01-title"


def test_index_leads_to_every_deck(visit, sample, chromium):
    page = chromium.new_context().new_page()
    page.goto((sample / "index.html").as_uri())
    linked = page.eval_on_selector_all("a", "links => links.map((link) => link.getAttribute('href'))")
    text = page.inner_text("body")
    page.context.close()
    assert sorted(linked) == sorted(deck.name for deck in sample.glob("*.html") if deck.name != "index.html")
    assert "A lesson 3.5, questions 11.5" in text


def test_a_lesson_in_another_language_is_cut_like_any_other(tmp_path):
    built = build.build(tmp_path / "slides", {"01_schwung": abroad.lesson()})
    decks = {path.stem: path.read_text(encoding="utf-8") for path in built}
    assert "<title>Was ist Schwung?</title>" in decks["01_schwung"]
    assert "solution_schritt" in decks["01_schwung"] and "Lösung: ein Schritt" in decks["01_schwung"]
    assert "Zwei Reisende" in decks["lecture-15"]
    assert not any(text in decks["lecture-90"] for text in ("solution_schritt", "Lösung: ein", "Aufgabe", "Vertiefung"))

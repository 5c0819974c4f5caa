"""Exercises that a page answers: judged as in Python, by keyboard and by touch, remembered, saved and brought back."""

import json
import random
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from course_lib import checks
from course_lib.checks import letters
from course_lib.checks.exercises import Choice, Number
from course_lib.checks.lesson_00 import QUESTIONS
from course_lib.checks.quiz import Round
from scripts.website import answers, source

PAGES = {number: f"{number:02d}.html" for number in checks.TITLES}
NUMBERS = [exercise for exercise in checks.EXERCISES if type(exercise) is Number]
CHOICES = [exercise for exercise in checks.EXERCISES if type(exercise) is Choice]
ROUNDS = [exercise for exercise in checks.EXERCISES if type(exercise) is Round]
TYPED = Path(__file__).parents[1] / "checks" / "typed_numbers.json"
CELLS = '<div class="cell tag_stub">x = ...</div><div class="cell tag_check">checks.x(x)</div>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A page with every exercise that pages answer, and one with the overview, as the website has them."""
    folder = tmp_path_factory.mktemp("answers")
    (folder / "exercises.js").write_text(answers.script(PAGES), encoding="utf-8")
    static = source.PAGES / "_static"
    head = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Exercises</title>'
    head += '<meta name="viewport" content="width=device-width">'
    head += f'<link rel="stylesheet" href="{(static / "course.css").as_uri()}">'
    head += f'<script src="exercises.js"></script><script src="{(static / "answers.js").as_uri()}"></script>'
    places = "".join(CELLS + answers.placeholder(exercise.name) for exercise in (*NUMBERS, *CHOICES, *ROUNDS))
    (folder / "01.html").write_text(f"{head}<main>{places}</main>", encoding="utf-8")
    (folder / "00.html").write_text(f"{head}<main>{answers.placeholder('diagnostic')}</main>", encoding="utf-8")
    (folder / "index.html").write_text(f'{head}<main><div class="course-progress"></div></main>', encoding="utf-8")
    return folder


@pytest.fixture
def context(chromium):
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    yield context
    context.close()


@pytest.fixture
def opened(context, folder):
    def open_(name="01.html"):
        page = context.new_page()
        page.goto((folder / name).as_uri())
        return page

    return open_


@pytest.fixture(scope="module")
def asked(chromium, folder):
    """A function that asks the page for its feedback on many answers at once."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto((folder / "01.html").as_uri())
    yield lambda pairs: page.evaluate(
        "pairs => pairs.map(([name, answer]) => courseAnswers.judge(name, answer))", pairs
    )
    context.close()


def in_python(exercise, answer):
    feedback = exercise.judge_number(answer) if isinstance(exercise, Number) else exercise.judge(answer)
    rows = [list(row) for row in feedback.table]
    return {"verdict": feedback.verdict, "says": feedback.says, "more": feedback.more, "table": rows}


def in_page(feedback):
    return {"more": "", "table": []} | {name: feedback[name] for name in feedback if name != "keeps"}


def by_name(exercise):
    return exercise.name


@pytest.mark.parametrize("exercise", NUMBERS, ids=by_name)
def test_page_judges_numbers_as_python_does(exercise, asked):
    rng = random.Random(exercise.name)
    known = [exercise.value, *(mistake.answer for mistake in exercise.mistakes), 0.0, 1.0, 2.0, -1.0, 100.0]
    known += [exercise.value * factor for factor in (-1, 0.1, 10, 100)] + [1 / exercise.value]
    edges = [number * factor for number in known for factor in (1 / exercise.within, exercise.within, 1.003, 1.1)]
    numbers = [*known, *edges, *(rng.choice((-1, 1)) * 10 ** rng.uniform(-8, 8) for _ in range(300))]
    numbers += [exercise.value * rng.uniform(0.8, 1.25) for _ in range(200)] + [rng.uniform(0, 1) for _ in range(100)]
    found = asked([[exercise.name, repr(float(number))] for number in numbers])
    assert [in_page(feedback) for feedback in found] == [in_python(exercise, float(number)) for number in numbers]


@pytest.mark.parametrize("exercise", CHOICES, ids=by_name)
def test_page_judges_letters_as_python_does(exercise, asked):
    given = [letter for letter, _ in exercise.options]
    found = asked([[exercise.name, letter] for letter in given])
    assert [in_page(feedback) for feedback in found] == [in_python(exercise, letter) for letter in given]


@pytest.mark.parametrize("exercise", ROUNDS, ids=by_name)
def test_page_judges_rounds_as_python_does(exercise, asked):
    rng = random.Random(exercise.name)
    right = [question.right for question in exercise.questions]
    given = [right, *([rng.choice([*q.options, letters.OPEN]) for q in exercise.questions] for _ in range(200))]
    found = asked([[exercise.name, one] for one in given])
    assert [in_page(feedback) for feedback in found] == [in_python(exercise, "".join(one)) for one in given]


def test_page_advises_as_python_does(asked):
    rng = random.Random(0)
    right = [question.first for question in QUESTIONS]
    given = [right, *([rng.choice("abcd?") for _ in right] for _ in range(200))]
    found = asked([["diagnostic", one] for one in given])
    for one, feedback in zip(given, found, strict=True):
        told = checks.diagnostic("".join(one))
        assert (feedback["says"], feedback["table"]) == (told.says, [list(row) for row in told.table])


def test_first_diagnostic_is_kept_as_a_notebook_keeps_it(opened):
    page = opened("00.html")
    for number in (1, 2):
        page.locator(f"fieldset:nth-child({number}) input[value=c]").tap()
        page.get_by_role("button", name="Check").tap()
    assert "of 10. Nobody is meant to know these yet" in page.locator("main").inner_text()
    kept = json.loads(page.evaluate("localStorage.getItem('course-progress')"))
    right = int(QUESTIONS[0].first == "c")
    assert kept == {"solved": [], "diagnostic": {"right": right, "of": 10, "answers": "c?????????"}}


def test_page_reads_typed_numbers_as_python_does(opened):
    numbers = json.loads(TYPED.read_text(encoding="utf-8"))["numbers"]
    found = opened().evaluate("texts => texts.map(text => courseAnswers.read(text).value ?? null)", list(numbers))
    assert found == list(numbers.values())


def test_what_is_not_read_is_put_back_in_the_words_of_python(asked):
    typed_in = ["four", "1,500", "", "<b>2</b>"]
    found = asked([["best_rate", text] for text in typed_in])
    assert [one["says"] for one in found[:2]] == [checks.best_rate(text).says for text in typed_in[:2]]
    assert [one["verdict"] for one in found] == ["trouble", "trouble", "empty", "trouble"]


def answer_by_keyboard(page, name, keys):
    page.locator(f"[data-exercise={name}] input").first.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(keys)
    page.keyboard.press("Enter")


def test_number_is_answered_by_keyboard_and_its_mistake_explained_on_request(opened):
    page = opened()
    place = page.locator("[data-exercise=best_rate]")
    answer_by_keyboard(page, "best_rate", "0,25")
    assert "You wrote 0.25: that is too large." in place.inner_text()
    answer_by_keyboard(page, "best_rate", "15/2")
    mistake = next(mistake for mistake in checks.best_rate.mistakes if mistake.answer == 7.5)
    assert mistake.hint in place.inner_text() and not place.get_by_text(mistake.name).is_visible()
    place.locator("summary").click()
    assert place.get_by_text(mistake.name).is_visible()


def test_letter_is_chosen_by_keyboard(opened):
    page = opened()
    page.locator("[data-exercise=name_the_fate] input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    says = checks.name_the_fate.judge("b").says
    assert says in page.locator("[data-exercise=name_the_fate]").inner_text()


def test_round_is_answered_by_touch_on_a_phone(opened):
    page = opened()
    exercise = ROUNDS[0]
    place = page.locator(f"[data-exercise={exercise.name}]")
    for k, question in enumerate(exercise.questions):
        place.locator(f"fieldset >> nth={k}").locator(f"input[value={question.right}]").tap()
    place.get_by_role("button", name="Check").tap()
    assert exercise.praise in place.inner_text() and "✓ done" in place.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_is_pressed_by_touch_is_large_enough(opened):
    page = opened()
    sizes = page.eval_on_selector_all(
        ".course-answer :is(button, fieldset span, input[type=text])",
        "parts => parts.map(part => [part.offsetWidth, part.offsetHeight])",
    )
    assert sizes and all(min(size) >= 40 for size in sizes)


def test_feedback_is_heard_and_what_is_typed_never_acts(opened):
    page = opened()
    answer_by_keyboard(page, "best_rate", "<img src=x onerror=window.hacked=1>")
    said = page.locator("[data-exercise=best_rate] [aria-live=polite]")
    assert "<img src=x" in said.inner_text() and said.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("name", ["00.html", "01.html", "index.html"])
def test_axe_finds_nothing_serious_in_any_exercise(opened, name):
    page = opened(name)
    page.locator(".course-answer button").evaluate_all("buttons => buttons.forEach(button => button.click())")
    page.add_script_tag(path=str(AXE_FILE_PATH))
    found = page.evaluate("() => axe.run({ resultTypes: ['violations'] }).then(result => result.violations)")
    serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    assert [(fault["id"], fault["nodes"][0]["html"][:160]) for fault in serious] == []


def test_code_cells_that_need_a_kernel_give_way_to_the_question(opened, chromium, folder):
    assert opened().locator(".cell:visible").count() == 0
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "01.html").as_uri())
    assert page.locator(".cell:visible").count() == page.locator(".cell").count() > 0
    context.close()


def test_right_answers_and_guesses_are_remembered_and_wrong_ones_not(opened):
    page = opened()
    guess = next(exercise for exercise in CHOICES if exercise.guess)
    answer_by_keyboard(page, "best_rate", "2/15")
    answer_by_keyboard(page, "my_rate", "17")
    page.locator(f"[data-exercise={guess.name}] input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.reload()
    assert "✓ done" in page.locator("[data-exercise=best_rate]").inner_text()
    assert "✓ done" not in page.locator("[data-exercise=my_rate]").inner_text()
    kept = json.loads(page.evaluate("localStorage.getItem('course-progress')"))
    assert kept == {"solved": ["best_rate", guess.name]}


def test_landing_page_shows_what_is_done_and_what_comes_next(opened):
    page = opened("index.html")
    total = len(checks.EXERCISES)
    assert (
        f"0 of {total} exercises done in this browser. Next: {checks.EXERCISES[0].title}, in {checks.TITLES[1]}."
        in page.inner_text("main")
    )
    answer_by_keyboard(opened(), "best_rate", "2/15")
    page.wait_for_function("() => document.querySelector('main').innerText.startsWith('1 of')")
    row = page.locator("tr", has_text=checks.TITLES[2]).inner_text()
    assert row.split()[-3:] == ["1", "of", str(sum(exercise.lesson == 2 for exercise in checks.EXERCISES))]


def test_progress_is_saved_as_a_notebook_saves_it_and_brought_back(opened, tmp_path, monkeypatch):
    answer_by_keyboard(opened(), "best_rate", "2/15")
    page = opened("index.html")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save to a file").tap()
    assert saved.value.suggested_filename == "course-progress.json"
    saved.value.save_as(tmp_path / "course-progress.json")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "course-progress.json"))
    checks.final_step(checks.final_step.value)
    page.evaluate("localStorage.clear()")
    page.reload()
    page.locator("input[type=file]").set_input_files(tmp_path / "course-progress.json")
    page.get_by_text("2 exercises brought back.").wait_for()
    assert page.inner_text("main").startswith("2 of")


@pytest.mark.parametrize("content", ["", "{broken", "[]", '{"solved": "all"}', '{"solved": [1]}'])
def test_file_that_is_no_progress_is_refused_in_a_sentence(opened, content, tmp_path):
    (tmp_path / "notes.json").write_text(content)
    page = opened("index.html")
    page.locator("input[type=file]").set_input_files(tmp_path / "notes.json")
    page.get_by_text("notes.json is no progress").wait_for()
    assert page.inner_text("main").startswith("0 of")


def test_browser_that_keeps_nothing_answers_all_the_same(opened):
    page = opened()
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('no room'); }; }")
    answer_by_keyboard(page, "best_rate", "2/15")
    assert "keeps no progress" in page.locator("[data-exercise=best_rate]").inner_text()


def test_every_exercise_of_a_kind_that_a_page_can_answer_is_answered():
    data = json.loads(answers.script(PAGES).removeprefix("const COURSE = ").rstrip(";\n"))
    assert set(data["exercises"]) == {exercise.name for exercise in (*NUMBERS, *CHOICES, *ROUNDS)} | {"diagnostic"}
    assert sum(len(lesson["exercises"]) for lesson in data["lessons"]) == len(checks.EXERCISES)

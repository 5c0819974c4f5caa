"""A live figure in JupyterLab and in Notebook 7, in a real Chromium, with a real kernel."""

from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
CELLS = [
    f"import sys\nsys.path[:0] = [{str(HERE)!r}, {str(HERE.parents[1])!r}]\nimport sample",
    "live = sample.make()\n"
    "def compute(rate, brake, *, mirrored, **kernel):\n"
    "    if mirrored:\n"
    "        raise ValueError('the mirror is broken')\n"
    "    return sample.compute(rate, brake, **kernel)\n"
    "live.compute = compute\n"
    "live",
]


@pytest.fixture(scope="module")
def opened(chromium, server):
    """One notebook in JupyterLab for all tests of this file."""
    page = server.open(chromium, "lab.ipynb", CELLS)
    yield page
    page.page.close()


@pytest.fixture
def page(opened):
    """The figure at its default setting; at the end no error may have occurred in the page."""
    opened.eval("f.reset()")
    opened.wait("f.isFresh()")
    opened.settled()
    yield opened
    assert not opened.errors


def drag(page, selector, start, end, steps=20):
    """Drag the mouse inside an element, from and to fractions of its width and height."""
    place = page.page.locator(selector).first.bounding_box()
    at = [(place["x"] + x * place["width"], place["y"] + y * place["height"]) for x, y in (start, end)]
    page.page.mouse.move(*at[0])
    page.page.mouse.down()
    page.page.mouse.move(*at[1], steps=steps)
    page.page.mouse.up()
    page.settled()


def test_dragging_a_slider_moves_the_picture_at_once(page):
    before, frames = page.canvas(), page.eval("f.frames")
    drag(page, "input[type=range]", (0.5, 0.5), (0.99, 0.5))
    assert page.eval("f.settings.rate") == 24
    assert page.eval("f.frames") > frames + 5
    assert np.abs(page.canvas() - before).max() > 100
    assert "diverges" in page.said()[0]


@pytest.mark.parametrize("key", ["ArrowRight", "ArrowUp"])
def test_arrow_keys_on_a_slider(page, key):
    page.page.locator("input[type=range]").nth(1).focus()
    page.page.keyboard.press(key)
    assert page.eval("f.settings.brake") == 4


def test_escape_gives_the_keys_back_to_the_notebook(page):
    page.page.locator("input[type=range]").nth(1).focus()
    cell = "window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("ArrowUp")
    assert page.page.evaluate(cell) == 0
    assert page.eval("f.settings.brake") == 3
    page.page.keyboard.press("ArrowDown")


def test_a_click_sets_the_start_and_asks_for_the_table_at_once(page):
    page.eval("(f.was = f.pictures.under, f.asked = [], f.send = f.requests.send)")
    # It stays, and does no harm.
    page.eval("f.requests.send = (attempt) => (f.asked.push(attempt.again), f.send(attempt))")
    pad = page.page.locator(".live-pad")
    place = pad.bounding_box()
    pad.click(position={"x": 0.25 * place["width"], "y": 0.25 * place["height"]})
    assert page.eval("f.requests.rest") is None
    page.wait("f.isFresh() && f.came.key.split(',')[0] === '20'")
    assert page.page.get_by_role("spinbutton", name="start y").input_value() == "1.5"
    assert page.eval("f.asked") == [False]
    assert page.eval("f.pictures.under === f.was")  # the background was not unpacked again


def test_nothing_is_asked_of_other_computers(page, server):
    assert page.outside == []
    assert server.is_outside("https://example.org/anywidget.js")  # so it would be noticed


def test_the_kernel_hears_of_a_page_slider(page):
    page.page.locator("input[type=range]").nth(1).fill("7")
    page.wait("f.saving === null")
    page.page.evaluate("window.jupyterapp.commands.execute('notebook:insert-cell-below')")
    page.page.evaluate(
        """() => {
            const { content } = window.jupyterapp.shell.currentWidget;
            content.activeCell.model.sharedModel.setSource("print('brake', live.settings['brake'])");
            return window.jupyterapp.commands.execute('notebook:run-cell');
        }"""
    )
    page.page.get_by_text("brake 7").wait_for()


def test_the_table_of_a_dragged_start_comes_when_the_hand_rests(page):
    page.eval("(f.before = f.requests.number, 0)")
    drag(page, ".live-pad", (0.8, 0.2), (0.1, 0.9), steps=40)
    page.wait("f.isFresh() && f.came.key.split(',')[0] === '8' && !f.requests.flying")
    assert page.eval("f.requests.number - f.before") <= 2  # the hand may have rested on the way


def test_the_start_has_a_keyboard_route(page):
    page.page.locator(".live-pad").focus()
    page.page.keyboard.press("ArrowLeft")
    page.page.keyboard.press("Shift+ArrowDown")
    page.wait("f.isFresh() && f.came.key.split(',')[0] === '69' && f.came.key.split(',')[1] === '40'")


def test_a_slider_the_kernel_feeds_brings_a_new_background(page):
    before = page.canvas()
    page.page.locator("input[type=range][aria-label=steepness]").fill("8")
    page.wait("f.isFresh() && f.pictures.under.width === 1600 && f.came.key.split(',')[2] === '8'")
    page.settled()
    assert np.abs(page.canvas() - before).max() > 50


def test_a_setting_from_another_page_that_brings_no_table_is_asked_for(page):
    """So it is when two pages save at once, and the kernel answers the one and keeps the settings of the other."""
    page.eval("f.follow({ ...f.settings, steepness: 2 })")
    old = "[f.root.classList.contains('live-old'), f.root.ariaBusy, f.isFresh()]"
    assert page.eval(old) == [True, "true", False]  # and the picture of the old setting looks like one
    page.wait("getComputedStyle(f.canvas).opacity < 0.5")
    page.wait("f.isFresh() && f.came.key.split(',')[2] === '2'")
    assert page.eval(old) == [False, "false", True]


def test_what_is_asked_for_stays_when_something_older_was_saved_just_before(page):
    """So it is when a button is pressed that needs the kernel while the figure plays: the kernel repeats what it hears,
    first the one, then the other."""
    page.eval("(f.followed = [], f.follow = (settings) => f.followed.push(settings.steepness))")
    page.eval("(f.move({ rate: 2 }), f.save(), f.move({ steepness: 2 }), f.letGo())")
    page.wait("f.isFresh() && f.came.key.split(',')[2] === '2'")
    page.settled()
    assert page.eval("(delete f.follow, f.followed)") == []


def test_a_table_nobody_wants_any_more_changes_nothing(page):
    """So it is when the hand goes away and comes back before the first table is here."""
    page.page.evaluate(
        """async () => {
            const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
            const code = "live._show(**live._newest({**live.settings, 'steepness': 2}))";
            await kernel.requestExecute({ code }).done;
        }"""
    )
    page.wait("f.held.has('70,50,2,0')")
    assert page.eval("f.isFresh() && f.settings.steepness === 3 && f.came.key.split(',')[2] === '3'")


def test_a_hand_that_is_back_while_the_table_is_computed_keeps_its_own(page):
    """And sees the ground of its own all the time."""
    before = page.canvas()
    page.eval(
        """(() => {
            const send = f.requests.send;
            f.before = f.requests.number;
            f.requests.send = (attempt) => {
                send(attempt);
                f.requests.send = send;
                setTimeout(() => f.reset());
            };
            f.move({ steepness: 8 });
            f.letGo();
        })()"""
    )
    page.wait("f.requests.number > f.before && !f.requests.flying && f.held.has('70,50,8,0')")
    page.settled()
    assert page.eval("f.isFresh() && f.settings.steepness === 3")
    np.testing.assert_array_equal(page.canvas(), before)


def test_after_an_answer_that_could_not_be_shown_the_next_one_is(page):
    page.eval("f.takeAnswer = () => { delete f.takeAnswer; throw new Error('only once'); }")
    page.eval("(f.move({ steepness: 2 }), f.letGo())")
    page.page.locator(".live-error", has_text="only once").wait_for()
    page.eval("(f.move({ steepness: 1 }), f.letGo())")
    page.wait("f.isFresh() && f.came.key.split(',')[2] === '1'")
    assert len(page.errors) == 1 and "only once" in page.errors.pop()


def test_an_answer_to_another_page_is_not_taken_for_ones_own(page):
    page.eval("(f.own = f.requests.number, f.other = new f.requests.constructor(() => {}, () => false, () => {}))")
    assert page.eval("Math.abs(f.other.number - f.own)") > 1000


def test_play_with_the_space_bar_and_reset(page):
    page.page.locator(".live-pad").focus()
    page.page.keyboard.press(" ")
    page.wait("f.player.playing && f.step > 1 && f.step < f.lastStep")
    page.page.keyboard.press(" ")
    assert page.eval("f.player.playing") is None
    page.page.get_by_role("button", name="Reset").click()
    assert page.eval("f.step === f.lastStep")


def test_an_error_in_compute_is_shown_and_goes(page):
    box = page.page.get_by_label("mirrored")
    box.select_option("yes")
    page.page.locator(".live-error", has_text="ValueError: the mirror is broken").wait_for()
    box.select_option("no")
    page.eval("f.move({ 'start.0': 3 })")
    page.page.locator(".live-error").wait_for(state="hidden")


def test_the_kernel_shut_down_while_dragging(server, opened):
    """The last test in this notebook: the page goes on by itself, and says what it cannot do."""
    opened.eval("f.reset()")
    opened.wait("f.isFresh()")
    place = opened.page.locator("input[type=range]").first.bounding_box()
    opened.page.mouse.move(place["x"] + 10, place["y"] + 10)
    opened.page.mouse.down()
    server.shut_down_kernel("lab.ipynb")
    frames = opened.eval("f.frames")
    opened.page.mouse.move(place["x"] + place["width"], place["y"] + 10, steps=20)
    opened.page.mouse.up()
    opened.settled()
    assert opened.eval("f.settings.rate") == 24
    assert opened.eval("f.frames") > frames + 5
    opened.eval("f.move({ steepness: 1 })")
    opened.page.get_by_text("The kernel does not answer").wait_for()
    assert not opened.errors


def test_two_notebooks_in_one_window(chromium, server):
    """Up to JupyterLab 4.4.3 the second one's kernel heard nothing: its messages went to a thread of the first's."""
    window = server.open(chromium, "first.ipynb", CELLS)
    window.eval("f.move({ steepness: 2 })")
    window.wait("f.isFresh() && f.came.key.split(',')[2] === '2'")
    server.write("second.ipynb", CELLS)
    window.page.evaluate("window.jupyterapp.commands.execute('docmanager:open', { path: 'second.ipynb' })")
    server.wait_for_kernel("second.ipynb")
    window.page.wait_for_function("window.jupyterapp.shell.currentWidget.context?.path === 'second.ipynb'")
    window.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    second = "[...document.querySelectorAll('.live-figure')][1]?.liveFigure"
    window.page.wait_for_function(f"() => {second}?.frames > 0")
    window.page.evaluate(f"() => {second}.move({{ steepness: 1 }})")
    window.page.wait_for_function(f"() => {second}.isFresh() && {second}.came.key.split(',')[2] === '1'")
    assert window.eval("f.came.key.split(',')[2]") == "2"
    assert not window.errors
    window.page.close()


def test_notebook_7(chromium, server):
    """It takes arrow keys for its own shortcuts, unless told not to."""
    page = server.open(chromium, "seven.ipynb", CELLS, app="notebook")
    for selector, key in (("input[type=range]", "ArrowRight"), (".live-number", "ArrowUp")):
        before = page.eval("f.settings.rate")
        page.page.locator(selector).first.focus()
        page.page.keyboard.press(key)
        assert page.eval("f.settings.rate") == before + 1
    drag(page, "input[type=range]", (0.5, 0.5), (0.99, 0.5))
    assert "diverges" in page.said()[0]
    drag(page, ".live-pad", (0.8, 0.2), (0.25, 0.25))
    page.wait("f.isFresh() && f.came.key.split(',')[0] === '20'")
    page.page.close()

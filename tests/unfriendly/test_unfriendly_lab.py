"""Lessons in JupyterLab, used as nobody should: what breaks here breaks in a lecture."""

import itertools
import random
from urllib.parse import urlsplit

import pytest
from cable import cable
from desk import Desk
from hands import levels_off, play_by_chance, sweep_and_click

SETTLED = "f.isFresh() && !f.requests.flying"
MOVE_TO = (
    "f.move(Object.fromEntries(f.spec.controls.filter((c) => !c.living).map("
    "({ name, texts }) => [name, Math.round(PART * (texts.length - 1))])))"
)
numbers = itertools.count()


@pytest.fixture(scope="module")
def desk(chromium, server, name, book):
    """One page with the notebook for all tests of this file, since JupyterLab takes long to load; at the end of a
    cable, which most leave alone."""
    file = f"{name}_{next(numbers)}.ipynb"
    server.write(file, book)
    with cable(urlsplit(server.url).port) as way:
        desk = Desk(chromium, way.url, file)
        desk.cable = way
        yield desk
        desk.page.close()
    server.shut_down_kernel(file)


@pytest.fixture
def page(desk):
    """All cells run anew; at the end no script may have failed."""
    desk.errors.clear()
    started(desk)
    yield desk
    assert not desk.errors


def move_to(page, part):
    """Every quantity that the kernel computes to this part of its range."""
    page.figures(MOVE_TO.replace("PART", part))


def started(page):
    page.run_all()
    assert not page.cell_errors()
    page.until_shown()


def test_run_all_twice_then_in_any_order_after_a_restart(page):
    """In another order names may be missing; nothing else goes wrong, nothing is lost, nothing hangs."""
    started(page)
    sources = page.sources()
    page.restart()
    cells = page.codes()
    random.Random(8).shuffle(cells)
    for cell in cells:
        page.run_cell(cell)
    page.until_idle()
    assert {name for _, name, _ in page.cell_errors()} <= {"NameError"}
    assert page.sources() == sources
    started(page)
    assert not page.shown_errors()


def test_a_killed_kernel_leaves_the_figures_as_they_are_and_they_say_so(page):
    if not page.figures("true"):
        return
    frames = page.figures("f.frames")
    page.kill_kernel()
    for part in ("0.9", "0"):  # one of them is not where it is now
        move_to(page, part)
    page.until_all(
        "f.spec.controls.every((c) => c.living) || f.messages.note.textContent.includes('run the cell again')"
    )
    assert page.figures("f.frames >= 1") == [True] * len(frames)
    page.figures("f.move({ [f.spec.page[0]]: f.settings[f.spec.page[0]] ? 0 : 1 })")
    page.until_all("f.paper.drawn.at(f.spec.page.length > 1 ? -2 : -1) === f.settings[f.spec.page[0]]")
    started(page)
    page.until_all("!f.messages.note.textContent.includes('the cell again') && " + SETTLED)
    sweep_and_click(page.page, rounds=2)
    page.until_all(SETTLED)
    assert not page.shown_errors()


def test_a_reloaded_page_and_a_second_one_show_live_figures(page, chromium):
    count = len(page.figures("true"))
    page.command("docmanager:save")
    page.visit()
    page.page.wait_for_function(f"document.querySelectorAll('.live-figure canvas').length === {count}")
    second = Desk(chromium, page.origin, page.file)
    second.page.wait_for_function(f"document.querySelectorAll('.live-figure canvas').length === {count}")
    for one in (page, second, page):
        one.page.bring_to_front()
        sweep_and_click(one.page, rounds=2)
        one.until_all(SETTLED)
        assert not one.shown_errors()
    second.page.close()
    assert not second.errors


def test_sliders_from_end_to_end_at_speed_while_a_click_recomputes(page):
    sweep_and_click(page.page)
    page.until_all(SETTLED)
    assert not page.shown_errors()
    page.figures("f.reset()")
    page.until_all(SETTLED + " && JSON.stringify(f.settings) === JSON.stringify({ ...f.settings, ...f.spec.defaults })")


def test_the_network_drops_and_comes_back(page):
    """What was asked for in between is answered, and the newest request wins."""
    page.until_all(SETTLED)
    move_to(page, "0.9")
    page.until_all(SETTLED)
    wanted = page.figures("f.settings")  # the race answers another surface with its own start
    page.figures("f.reset()")
    page.until_all(SETTLED)
    page.cable.pull()
    for part in ("0.2", "0.9"):
        move_to(page, part)
    page.until_all("!f.requests.flying || f.messages.note.textContent.includes('does not answer')")
    page.cable.plug_in()
    page.until_all(SETTLED)
    assert page.figures("f.settings") == wanted
    assert not page.shown_errors()
    sweep_and_click(page.page, rounds=2)
    page.until_all(SETTLED)


def test_memory_levels_off_under_events_by_chance(page, name, seconds):
    if name != "small":
        pytest.skip("one page is enough")
    curve = play_by_chance(page.page, seconds, seed=3, every=seconds / 15)
    print("MB of JavaScript objects:", curve)
    page.until_all(SETTLED)
    assert levels_off(curve), curve
    assert not page.shown_errors()

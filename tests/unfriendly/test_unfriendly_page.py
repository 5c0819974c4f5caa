"""Exported pages, used as nobody should; no kernel, and every request to a network refused."""

import json

import pytest
from hands import levels_off, play_by_chance, sweep_and_click

from course_lib import labs


def pytest_generate_tests(metafunc):
    if "lab" in metafunc.fixturenames:
        everything = metafunc.config.getoption("--unfriendly")
        metafunc.parametrize("lab", labs.__all__ if everything else ["regimes"], scope="module")


@pytest.fixture(scope="module")
def live(lab):
    return getattr(labs, lab)()


def at_default(page, live):
    page.eval("f.reset()")
    page.settled()
    return json.dumps(page.eval("f.settings"), sort_keys=True) == json.dumps(live.defaults, sort_keys=True)


def test_sliders_from_end_to_end_at_speed_while_the_picture_is_clicked(open_page, live):
    page = open_page(live)
    before = page.canvas()
    sweep_and_click(page.page)
    assert page.eval("f.isFresh()")
    assert at_default(page, live)
    assert (page.canvas() == before).all()


def test_a_reload_begins_again_and_two_copies_do_not_mix(open_page, live):
    page, other = open_page(live), open_page(live)
    name = next(iter(live.page))
    changed = 0 if live.defaults[name] else 1
    page.eval(f"f.move({{ {name}: {changed} }})")
    assert other.eval(f"f.settings.{name}") == live.defaults[name]
    page.page.reload()
    page.wait("f.frames > 0")
    assert page.eval(f"f.settings.{name}") == live.defaults[name]


def test_memory_levels_off_under_events_by_chance(open_page, live, lab, seconds):
    if lab != "regimes":
        pytest.skip("one page is enough")
    page = open_page(live)
    curve = play_by_chance(page.page, seconds, seed=4, every=seconds / 15)
    print("MB of JavaScript objects:", curve)
    assert levels_off(curve), curve
    assert at_default(page, live)


@pytest.mark.parametrize(
    ("curve", "expected"),
    [([10, 20, 21, 20, 21], True), ([10, 20, 30, 40, 50], False), ([60, 66, 72, 78, 84], False)],
    ids=["level", "rising", "rising slowly"],
)
def test_the_rule_for_memory_tells_a_leak_from_none(curve, expected):
    assert levels_off([(k, mb) for k, mb in enumerate(curve)]) == expected

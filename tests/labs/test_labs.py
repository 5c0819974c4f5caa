"""Every lab: finite or honestly cut at all corners, each cell equal to a run of its own, alive in an exported page."""

import inspect
from itertools import product

import numpy as np
import pytest
from browser import slide
from built import lab

from course_lib import labs
from course_lib.descent import descend, steps_of
from course_lib.labs import averages_lab, hill_lab, trap_lab
from course_lib.optimizers import GradientDescent, Momentum, Nesterov
from course_lib.surfaces import SURFACES

NAMES = labs.__all__


def corners(live):
    """Both ends and the middle of every page slider, as settings."""
    ends = [(0, len(c.values) // 2, len(c.values) - 1) for c in live.page.values()]
    return [dict(zip(live.page, numbers, strict=True)) for numbers in product(*ends)]


def kernel_settings(live):
    """The default, and each kernel quantity at both of its ends."""
    kernel = [control for control in live.controls.values() if control.name not in live.page]
    moved = [{control.name: k} for control in kernel for k in (0, len(control.values) - 1)]
    return [{}, *moved]


def cell_of(array, where, grid):
    """One cell of an array of shape (points,) or (points,) + grid."""
    array = np.asarray(array, float)
    if array.ndim == 1:
        return array
    return array[(slice(None), *(k if n > 1 else 0 for k, n in zip(where, array.shape[1:], strict=True)))]


@pytest.mark.parametrize("name", NAMES)
def test_cells_of_the_table_equal_runs_of_their_own(name):
    live = lab(name)
    whole = live.compute(**live._values(live.defaults, lambda control: control.values))
    for corner in corners(live):
        alone = live.cell(live.defaults | corner)
        for gid, pair in whole.lines.items():
            for full, single in zip(pair, alone.lines[gid], strict=True):
                expected = np.ravel(np.asarray(single, float))
                np.testing.assert_allclose(cell_of(full, corner.values(), None), expected, rtol=1e-12, err_msg=gid)


@pytest.mark.parametrize("name", NAMES)
def test_runs_are_finite_or_cut_for_good(name):
    live = lab(name)
    for kernel in kernel_settings(live):
        for corner in corners(live):
            answer = live.cell(live.defaults | kernel | corner)
            for gid in filter(answer.lines.__contains__, live.drawing.runs):
                finite = np.isfinite(np.ravel(np.asarray(answer.lines[gid][1], float)))
                if gid.endswith("forgets"):  # a tick where a memory was forgotten, and nothing elsewhere
                    continue
                if "slopes" not in gid:
                    assert not np.any(finite[1:] & ~finite[:-1]), (gid, corner)
                assert finite[0] or not finite.any(), (gid, corner)


@pytest.mark.parametrize("name", NAMES)
def test_readouts_say_something_at_every_corner(name):
    live = lab(name)
    for kernel in kernel_settings(live):
        for corner in corners(live):
            words = live.cell(live.defaults | kernel | corner).words
            shown = {key: np.ravel(text)[0] for key, text in words.items() if key != "score"}
            assert shown and all(len(text) > 5 and "nan" not in text for text in shown.values()), shown


@pytest.mark.parametrize("name", NAMES)
def test_a_title_asks_only_for_what_an_exported_page_can_do(name):
    live = lab(name)
    titles = " ".join(ax.get_title(loc) for ax in live.drawing.figure.axes for loc in ("left", "center", "right"))
    fixed = set() if live.programs else set(live.controls) - set(live.page)
    steered = {side for pad in live.spec["pointer"] for side in pad["names"]}
    assert "drag" not in titles.lower() or not steered & fixed


@pytest.mark.parametrize("name", NAMES)
def test_compute_knows_no_widgets(name):
    live = lab(name)
    source = inspect.getsource(live.compute)
    assert "slider" not in source and "widget" not in source


@pytest.mark.parametrize("name", NAMES)
def test_exported_page_answers_to_its_sliders(name, open_page):
    live = lab(name)
    page = open_page(live)
    offered = live.page.values() if live.page else live.controls.values()
    for control in (one for one in offered if one.kind == "range"):
        before = page.canvas()
        number = len(control.values) // 3
        slide(page, control.label, number if number != live.defaults[control.name] else len(control.values) - 1)
        assert np.abs(page.canvas() - before).max() > 60, control.label


@pytest.mark.parametrize("lr, gamma, start", [(0.05, 0.9, -3.0), (0.2, 0.5, 5.0), (0.5, 0.99, 0.0)])
def test_hill_draws_what_the_optimizers_do(lr, gamma, start):
    answer = hill_lab.compute(lr, gamma, start)
    for name, rule in (("walker", GradientDescent(lr)), ("ball", Momentum(lr, gamma))):
        path = descend(rule, "hill", [start], steps=hill_lab.STEPS)
        np.testing.assert_array_equal(answer.lines[f"place.{name}"][1], path.theta[:, 0])


def test_hill_tells_the_story_of_the_deck():
    words = hill_lab.compute(0.05, 0.9).words
    assert "shallow valley after 60 steps" in words["walker"]()
    assert "deep valley after 96 steps" in words["ball"]()


def test_hill_does_not_call_it_rest_where_a_run_still_creeps():
    """0.13 from the floor at the start, 0.08 after 300 steps: near to where it ends all the time."""
    assert hill_lab.compute(0.005, 0, start=2.4).words["ball"]() == f"is not at rest after {hill_lab.STEPS} steps"


def test_hill_does_not_promise_rest_to_a_ball_that_swings_for_ever():
    late = descend(Momentum(0.5, 0.99), SURFACES["hill"], [-2.4], steps=3000).theta[-100:]
    assert np.ptp(late) > 1
    assert hill_lab.compute(0.5, 0.99, start=-2.4).words["ball"]() == f"is not at rest after {hill_lab.STEPS} steps"


def test_hill_scores_only_runs_from_the_usual_start():
    assert hill_lab.compute(0.05, 0.9).words["score"]() == "96"
    assert hill_lab.compute(0.05, 0.9, start=2.0).words["score"]() == ""


def test_hill_says_that_a_run_diverges():
    assert "diverges" in hill_lab.compute(30.0, 0.9).words["ball"]()


@pytest.mark.parametrize("start", [(2.0, 2.0), (-1.0, 0.5)])
def test_trap_draws_what_the_optimizers_do(start):
    answer = trap_lab.compute(0.01, 0.9, start)
    for name, rule in (("descent", GradientDescent(0.01)), ("momentum", Momentum(0.01)), ("nesterov", Nesterov(0.01))):
        path = descend(rule, SURFACES["three_hump_camel"], start, steps=trap_lab.STEPS)
        np.testing.assert_array_equal(answer.lines[name][1], path.theta[:, 1])


def test_trap_does_not_call_the_deep_valley_a_trap():
    """A slow run that is nearly there: (0.014, -0.033), and not yet below the tolerance."""
    words = trap_lab.compute(0.0025, 0.84).words
    assert words["momentum"]() == f"is not at rest after {trap_lab.STEPS} steps"


def test_trap_catches_the_walker_and_not_the_ball():
    words = trap_lab.compute(0.02, 0.9).words
    assert "caught in a trap" in words["descent"]()
    assert "reaches the deep valley" in words["momentum"]()


@pytest.mark.parametrize("gamma", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("kind", averages_lab.INCOMING)
def test_averages_follow_the_rule_of_momentum(gamma, kind):
    answer = averages_lab.compute(np.array([[gamma]]), np.array([[kind]]))
    step, memory = 0.0, [0.0]
    for slope in averages_lab.slopes_of(kind):
        step = slope + gamma * step
        memory.append((1 - gamma) * step)
    np.testing.assert_allclose(np.ravel(answer.lines["memory"][1]), memory, rtol=1e-12, atol=1e-15)


def test_averages_say_how_noisy_a_step_is():
    noise = np.random.default_rng(0).standard_normal((averages_lab.STEPS, 4000))
    said = averages_lab.compute(np.array([[0.9]]), np.array([["noisy"]])).words["memory"].item()
    assert f"{np.std(steps_of(Momentum(1.0, 0.9 + 0 * noise[0]), noise)[-1]):.1f}" == "2.3" and "2.29 times" in said


def test_averages_show_the_two_factors():
    lines = averages_lab.compute(np.array([[0.9]]), np.array([["stays"]])).lines
    np.testing.assert_allclose(np.ravel(lines["stays"][1])[1], 10)
    np.testing.assert_allclose(np.ravel(lines["flips"][1])[1], 1 / 1.9)


def test_noise_in_the_memory_shrinks_as_its_readout_says():
    noise = np.random.default_rng(0).standard_normal(200_000)
    memory, step = np.empty_like(noise), 0.0
    for k, slope in enumerate(noise):
        step = slope + 0.9 * step
        memory[k] = 0.1 * step
    assert memory.std() == pytest.approx(np.sqrt(0.1 / 1.9), rel=0.02)


def fixed(live):
    """The quantities that an exported page cannot change."""
    return [
        one["name"] for one in live.spec["controls"] if not one["living"] and one["name"] not in live.spec["carried"]
    ]


def test_at_most_five_quantities_stay_fixed_on_exported_pages():
    stay = {name: fixed(lab(name)) for name in NAMES if fixed(lab(name))}
    assert stay == {"heatmap": ["method", "surface"], "training": ["data", "method", "seed"]}


@pytest.mark.parametrize(("name", "quantity"), [("noise", "rate"), ("schedules", "length")])
def test_an_exported_page_carries_a_table_for_every_value(name, quantity, open_page):
    live = lab(name)
    page = open_page(live)
    assert "Fixed on this page" not in page.page.locator(".live-note").first.inner_text()
    for number in (0, len(live.quantities[quantity][0].values) - 1, live.defaults[quantity]):
        page.eval(f"(f.move({{ {quantity}: {number} }}), 0)")
        page.wait(f"f.isFresh() && f.came.key === '{number}'")
        words = [str(np.ravel(text)[0]) for text in live.cell(live.defaults | {quantity: number}).words.values()]
        page.settled()
        assert page.eval("Object.keys(f.answer.words).map((name) => f.answer.said(name))") == words

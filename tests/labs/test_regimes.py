"""The map of regimes: measured by running, compared with theory, honest about where it cannot be exact."""

import numpy as np
import pytest

from course_lib import labs, quadratics
from course_lib.descent import iterates
from course_lib.labs import regimes_lab as lab
from course_lib.optimizers import Momentum

# Near a double root sizes fall as k rho^k; everywhere else the straight line through the logarithms does better.
AT_DOUBLE_ROOTS, ELSEWHERE = 0.006, 0.001


def cell(pull, gamma, compute=lab.compute, **kernel):
    return compute(np.array([[pull]]), np.array([[gamma]]), **kernel)


@pytest.fixture(scope="module", params=[False, True], ids=["main", "deeper"])
def live(request):
    return labs.regimes(deeper=request.param)


@pytest.mark.parametrize("name", lab.RULES)
def test_the_map_is_theorys_without_using_it(name):
    pull, gamma, rate = lab.measured_map(name)
    mode = lab.THEORY[name].mode(pull, gamma[:, None], 1)
    off = np.abs(rate - quadratics.spectral_radius(mode))
    gap = np.abs(quadratics.discriminant(mode))
    assert off.max() < AT_DOUBLE_ROOTS
    assert off[gap > 0.01].max() < ELSEWHERE
    # the measurement does not come from the formula, so close to double roots it must differ
    assert off[gap < 0.001].max() > 1e-5


@pytest.mark.parametrize("name", lab.RULES)
def test_the_sliders_places_too(name):
    rate, _ = lab.measured(lab.RULES[name](lab.PULLS[:, None], lab.GAMMAS))
    theory = quadratics.spectral_radius(lab.THEORY[name].mode(lab.PULLS[:, None], lab.GAMMAS, 1))
    assert np.abs(rate - theory).max() < AT_DOUBLE_ROOTS


@pytest.mark.parametrize("name", lab.RULES)
@pytest.mark.parametrize("gamma", [0.0, 0.25, 0.5, 0.9])
def test_the_limits_are_where_theory_says(name, gamma):
    limit = lab.THEORY[name].limit(gamma, 1)
    inside, outside = (lab.measured(lab.RULES[name](limit * (1 + side), gamma))[0] for side in (-0.01, 0.01))
    assert inside < 1 < outside
    assert "diverges" not in cell(limit * 0.99, gamma).words[name].item()
    assert "diverges" in cell(limit * 1.01, gamma).words[name].item()


def test_the_two_limits_differ():
    assert lab.THEORY["momentum"].limit(0.9, 1) == pytest.approx(3.8)
    assert lab.THEORY["nesterov"].limit(0.9, 1) == pytest.approx(1.357142857)
    words = cell(**lab.SCENES["too much for Nesterov"]).words
    assert "swings" in words["momentum"].item() and "diverges" in words["nesterov"].item()


@pytest.mark.parametrize("pull, gamma", [(0.5, 0.9), (0.05, 0.0), (1.0, 0.0), (2.0, 1.0), (4.2, 0.0), (3.95, 0.975)])
def test_it_draws_what_the_optimizers_do(pull, gamma):
    answer = cell(pull, gamma)
    for name, rule in lab.RULES.items():
        run = iterates(rule(pull, gamma), lambda theta: theta, [1.0])
        expected = np.array([next(run)[0] for _ in range(lab.STEPS + 1)])
        drawn = np.ravel(answer.lines[name][1])
        seen = np.isfinite(drawn)
        np.testing.assert_array_equal(drawn[seen], expected[seen])
        assert seen.all() or "diverges" in answer.words[name].item()


@pytest.mark.parametrize("pull, gamma", [(0.5, 0.9), (0.15, 0.125), (1.8, 0.05)])
def test_settled_means_for_good(pull, gamma):
    steps = int(lab.measured(Momentum(pull, gamma))[1])
    run = iterates(Momentum(pull, gamma), lambda theta: theta, [1.0])
    x = np.abs([next(run)[0] for _ in range(lab.COUNTED)])
    assert x[steps - 1] >= lab.NEAR and (x[steps:] < lab.NEAR).all()


@pytest.mark.parametrize(
    "scene, momentum, nesterov",
    [
        ("creeps", "creeps in", "creeps in"),
        ("swings", "swings", "swings"),
        ("one step", "lands in one step", "lands in one step"),
        ("flips", "changes sides", "changes sides"),
        ("diverges", "diverges", "diverges"),
    ],
)
def test_scenes_are_what_their_buttons_say(scene, momentum, nesterov):
    setting = lab.SCENES[scene]
    assert np.isin(setting["pull"], lab.PULLS) and np.isin(setting["gamma"], lab.GAMMAS)
    words = cell(**setting).words
    assert words["momentum"].item().startswith(momentum) and words["nesterov"].item().startswith(nesterov)


def test_words_at_the_edges():
    assert cell(2.0, 0.0).words["momentum"].item().startswith("comes no closer")
    assert cell(3.0, 0.5).words["momentum"].item().startswith("comes no closer")
    assert f"not within {lab.COUNTED} steps" in cell(1.0, 1.0).words["momentum"].item()
    assert cell(4.2, 1.0).words["nesterov"].item() == "diverges: grows 6.866 times a step (theory: 6.866)"


def test_nothing_overflows_unseen():
    """The wildest place leaves the floating-point numbers on the way, the fastest falls below them."""
    wild, fast = lab.measured(lab.RULES["nesterov"](4.2, 1.0))[0], lab.measured(Momentum(0.999, 0.0))[0]
    assert wild == pytest.approx(6.866, abs=1e-3) and fast == pytest.approx(0.001, abs=1e-6)
    assert lab.measured(Momentum(1.0, 0.0))[0] == 0


def test_deeper_tells_the_theory():
    lines = cell(0.25, 0.25, lab.compute_deeper, kappa=25).lines  # critical damping: gamma = (1 - sqrt 0.25)^2
    np.testing.assert_allclose(np.ravel(lines["roots.momentum"][0]), [0.5, 0.5])
    np.testing.assert_allclose(np.ravel(lines["roots.momentum"][1]), 0)
    np.testing.assert_allclose(lines["stretch, momentum"], [[1 / 9, 25 / 9], [4 / 9, 4 / 9]])
    distance, step = (np.ravel(side) for side in lines["phase.momentum"])
    np.testing.assert_allclose(distance[:-1] + step[1:], distance[1:], atol=1e-15)


def test_the_best_stretch_touches_the_critical_curve():
    """Both ends of the best ravine are critically damped for momentum, the flat end for Nesterov."""
    for name, ends in (("momentum", (0, 1)), ("nesterov", (0,))):
        pull, gamma = cell(1, 0, lab.compute_deeper, kappa=64).lines[f"stretch, {name}"]
        for end in ends:
            assert lab.THEORY[name].critical(pull[end], 1) == pytest.approx(gamma[end])


def test_ways_of_the_eigenvalues_do_not_jump():
    ways = cell(0.5, 0.9, lab.compute_deeper).lines["ways.momentum"]
    steps = np.hypot(*(np.diff(np.ravel(side)) for side in ways))
    assert np.nanmax(steps) < 0.35


@pytest.mark.parametrize("side", [0, 1])
def test_a_click_on_either_map_sets_both_sliders(open_page, live, side):
    page = open_page(live)
    pad = page.page.locator(".live-pad").nth(side)
    place = pad.bounding_box()
    before = page.canvas()
    x, y = place["width"] * 1.6 / 4.2, place["height"] * (1 - 0.9)
    pad.click(position={"x": x, "y": y})
    page.settled()
    assert page.eval("[f.text('pull'), f.text('gamma')]") == ["1.60", "0.900"]
    assert np.abs(page.canvas() - before).max() > 60
    assert "diverges" in page.said()[1] and "swings" in page.said()[0]


def test_the_hint_is_said_once(open_page, live):
    page = open_page(live)
    assert page.page.locator(".live-note").inner_text().count("Click or drag") == 1

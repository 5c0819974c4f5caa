"""Lower bound: what is drawn is what the optimizers do, the light cone and the line hold, and the words count right."""

from itertools import islice

import numpy as np
import pytest

from course_lib import labs
from course_lib.descent import iterates
from course_lib.labs import lower_bound_lab as lab
from course_lib.optimizers import Nesterov
from course_lib.worst_case import minimiser, worst

KAPPAS = tuple(lab.KAPPAS.values())


@pytest.fixture(scope="module")
def live():
    return labs.lower_bound()


@pytest.fixture(scope="module")
def whole():
    return lab.compute(np.arange(lab.STEPS + 1.0)[:, None], np.array([KAPPAS]))


def cell(k, kappa):
    return lab.compute(np.array([[float(k)]]), np.array([[kappa]]))


@pytest.mark.parametrize("kappa", [25.0, np.inf])
@pytest.mark.parametrize("name", lab.THREE)
def test_it_draws_what_the_optimizers_do(whole, kappa, name):
    surface, column = worst(lab.N, kappa), KAPPAS.index(kappa)
    points = np.array(list(islice(iterates(lab.rules(kappa)[name][0], surface.gradient, surface.start), 51)))
    np.testing.assert_array_equal(whole.lines[f"chain.{name}"][1][:, :, column], points.T)
    expected = surface.value(points.T) - surface.lowest
    np.testing.assert_allclose(whole.lines[f"loss.{name}"][1][:, 0, column], expected, rtol=1e-9, atol=1e-15)


def test_nesterov_grows_its_momentum_in_the_convex_case():
    schedule = lab.rules(np.inf)["nesterov"][0]
    assert [schedule(t).gamma for t in (1, 2, 3, 10)] == [0, 0, 0.25, 8 / 11]
    assert isinstance(schedule(5), Nesterov)


def test_no_line_reaches_beyond_the_front(whole):
    beyond = np.arange(1, lab.N + 1)[:, None] > np.arange(lab.STEPS + 1)
    for name in (*lab.THREE, "best"):
        assert not whole.lines[f"chain.{name}"][1][beyond].any()


def test_no_loss_comes_below_the_line_and_conjugate_gradient_lies_on_it(whole):
    line = whole.lines["loss.best"][1]
    for name in lab.THREE:
        assert (whole.lines[f"loss.{name}"][1] >= line * (1 - 1e-9)).all()
    np.testing.assert_allclose(whole.lines["conjugate"][1], line[:: lab.RINGS], rtol=1e-6)


def test_the_front_and_the_balls_stand_where_the_slider_says():
    lines = cell(20, 100.0).lines
    assert np.ravel(lines["front"][0]).tolist() == [20.5, 20.5]
    assert np.ravel(lines["untouched"][0]).tolist() == [20.5, 102]
    for name in (*lab.THREE, "best"):
        (x, y) = (np.ravel(side).item() for side in lines[f"here.{name}"])
        assert x == 20 and y == np.ravel(lines[f"loss.{name}"][1])[20]
    np.testing.assert_array_equal(np.ravel(lines["minimiser"][1]), minimiser(lab.N, 100.0))


def test_words_tell_the_numbers_of_nesterovs_theorem():
    words = {name: text.item() for name, text in cell(50, np.inf).words.items()}
    assert words["within reach"] == (
        "after 50 steps all coordinates beyond 50 are exactly 0; the best within reach is 0.00123 above the minimum, "
        "and Nesterov's theorem promises at least 0.00121"
    )
    assert words["descent"] == "0.0128 above the minimum, 10.4 times the best within reach; η = 1"
    assert words["momentum"].startswith("0.00372 above the minimum, 3.04 times")
    assert words["nesterov"].startswith("0.0039 above the minimum, 3.18 times")
    assert words["nesterov"].endswith("; η = 1, γ = (t − 2) / (t + 1)")


def test_words_promise_nothing_where_the_theorem_speaks_of_another_function():
    assert "promises" not in cell(20, np.inf).words["within reach"].item()
    assert cell(20, 100.0).words["within reach"].item().endswith("promises at least 3.31 · 10⁻⁶")


def test_words_before_the_first_step():
    words = cell(0, np.inf).words
    assert words["within reach"].item().startswith("after 0 steps all coordinates are 0")
    assert all(", 1 times the best within reach" in words[name].item() for name in lab.THREE)


def test_tuned_momentum_stays_near_the_line_and_gradient_descent_does_not():
    lines = cell(20, 100.0).lines
    times = {name: np.ravel(lines[f"loss.{name}"][1] / lines["loss.best"][1])[20] for name in lab.THREE}
    assert times["momentum"] < 4 < 15 < times["nesterov"] < 25 < 150 < times["descent"]


def test_buttons_set_what_they_say(live):
    for scene in live.spec["scenes"].values():
        assert set(scene) == {"k", "kappa"}
    assert live.page["kappa"].texts[-1] == "∞" and live.page["kappa"].values[-1] == np.inf

"""Schedules: the curves are the course's own schedules, the runs are plain runs, and the gains are what is said."""

import numpy as np
import pytest

from course_lib import labs, training
from course_lib.labs import schedules_lab
from course_lib.labs.schedules_lab import KINDS, NOISE, PEAKS, SEEDS, STEPS


def one(kind, peak, length=10.0):
    return schedules_lab.compute(np.array([[kind]]), np.array([[peak]]), length=length)


def line(answer, name):
    return np.ravel(answer.lines[name][1])


def by_hand(lr, gamma):
    """The mean loss of heavy balls in the valley, written out: lr and gamma are functions of t = 1, 2, ..."""
    shocks = np.random.default_rng(1).standard_normal((STEPS + 1, 2, SEEDS))
    x, y = np.full(SEEDS, -20.0), np.full(SEEDS, 2.5)
    step_x, step_y, losses = 0.0, 0.0, []
    for k in range(STEPS + 1):
        losses.append(np.mean(0.0015 * x**2 + 0.5 * y**2 + 0.125 * y**4))
        step_x = lr(k + 1) * (0.003 * x + 0.1 * NOISE * shocks[k, 0]) + gamma(k + 1) * step_x
        step_y = lr(k + 1) * (y + 0.5 * y**3 + NOISE * shocks[k, 1]) + gamma(k + 1) * step_y
        x, y = x - step_x, y - step_y
    return np.array(losses)


def test_the_valleys_gradient_is_that_of_its_height():
    for theta in np.random.default_rng(0).normal(0, 3, (20, 2)):
        h = 1e-6 * np.eye(2)
        numeric = [(schedules_lab.value(theta + e) - schedules_lab.value(theta - e)) / 2e-6 for e in h]
        np.testing.assert_allclose(schedules_lab.gradient(theta), numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_run_is_that_of_the_curves_on_the_left(kind):
    answer = one(kind, 0.2, length=20.0)
    lr, gamma = line(answer, "lr"), line(answer, "gamma")
    expected = by_hand(lambda t: lr[t - 1], lambda t: gamma[t - 1])
    np.testing.assert_allclose(line(answer, "loss"), expected, rtol=1e-8)


def test_curves_are_the_schedules_of_the_course():
    t = range(1, STEPS + 1)
    warm = training.warm_up(training.cosine(0.4, STEPS), 10)
    np.testing.assert_allclose(line(one("cosine", 0.4), "lr")[:STEPS], [warm(k) for k in t], rtol=1e-12)
    grows = training.sutskever(0.98, 25)
    np.testing.assert_allclose(line(one("γ grows", 0.4), "gamma")[:450], [grows(k) for k in t][:450], rtol=1e-12)
    assert (line(one("γ grows", 0.4), "gamma")[450:] == 0.9).all()  # and the last tenth brakes


def test_constant_schedule_is_the_constant_run():
    answer = one("constant", 0.1)
    np.testing.assert_array_equal(line(answer, "loss"), line(answer, "usual loss"))
    np.testing.assert_array_equal(line(answer, "lr"), 0.1)


def test_warm_up_saves_a_learning_rate_that_diverges():
    usual, warmed = (line(one("warm-up", 0.4), name) for name in ("usual loss", "loss"))
    assert not np.isfinite(usual[-1]) and warmed[-1] < 1
    assert not np.isfinite(line(one("warm-up", 0.4, length=0.0), "loss")[-1])


def test_schedules_gain_what_the_lesson_says():
    best, best_lr = schedules_lab.best_constant()
    assert best_lr == pytest.approx(PEAKS[4]) and best == pytest.approx(0.0359, rel=0.01)
    ends = {
        kind: schedules_lab.ending(line(one(kind, peak), "loss")) for kind, peak in (("cosine", 0.4), ("γ grows", 0.08))
    }
    assert best / ends["cosine"] > 10 and 1.5 < best / ends["γ grows"] < 2.5


def test_words_say_divergence_and_compare_with_the_best_constant():
    assert one("constant", 0.4).words["its run"].item().startswith("diverges at step ")
    assert "times below the best constant one" in one("cosine", 0.4).words["its run"].item()
    assert "times as high as the best constant one" in one("constant", 0.05).words["its run"].item()
    assert "rises for 30 steps" in one("warm-up", 0.1, length=30.0).words["schedule"].item()
    assert one("warm-up", 0.1, length=0.0).words["schedule"].item() == "η begins at its peak, then stays"


def test_the_sliders_peaks_are_those_the_best_was_looked_for_among():
    np.testing.assert_allclose(labs.schedules().page["peak"].values, PEAKS, rtol=1e-9)

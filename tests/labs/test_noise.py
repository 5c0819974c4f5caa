"""Noise: the measurement against the formula and the numbers of facts.md, and what is held equal."""

import numpy as np
import pytest

from course_lib import labs
from course_lib.labs import noise_lab
from course_lib.labs.noise_lab import GAMMAS, HELD, SAME_LR, SAME_STEP, STEPS, measured, predicted

# Variances for curvature 1 and noise of deviation 1: (rate, gamma, what is held equal, variance).
KNOWN = [
    (0.1, 0.0, SAME_LR, 0.1 / 1.9),
    (0.1, 0.9, SAME_LR, 0.513514),
    (0.1, 0.9, SAME_STEP, 0.050132),
    (0.1, 0.99, SAME_STEP, 0.050013),
    (1.0, 0.99, SAME_STEP, 0.501259),
    (1.0, 0.9, SAME_STEP, 0.513514),
]


def one(gamma, held, rate=0.1):
    return noise_lab.compute(np.array([[gamma]]), np.array([[held]]), rate=rate)


@pytest.mark.parametrize(("rate", "gamma", "held", "variance"), KNOWN)
def test_formula_and_measurement_give_the_known_variances(rate, gamma, held, variance):
    _, formula = predicted(rate, np.array([[gamma]]), np.array([[held]]))
    assert formula.item() ** 2 == pytest.approx(variance, rel=1e-4)
    found = measured(rate)[1][np.abs(GAMMAS - gamma).argmin(), HELD.index(held)]
    assert found == pytest.approx(np.sqrt(variance), rel=0.03)


def test_the_measurement_lies_on_the_formula_for_every_gamma():
    for rate in (0.1, 1.0):
        still, moving = measured(rate)
        expected_still, expected = predicted(rate, GAMMAS[:, None], np.array([HELD]))
        assert still == pytest.approx(expected_still, rel=0.02)
        np.testing.assert_allclose(moving, expected, rtol=0.04)


def test_momentum_jitters_more_at_the_same_learning_rate_and_alike_at_the_same_effective_step():
    still, moving = measured(0.1)
    same_lr, same_step = moving.T / still
    assert (np.diff(same_lr) > 0).all() and same_lr[-1] > 9
    assert (np.abs(same_step - 1) < 0.05).all()
    large = measured(1.0)[1][:, HELD.index(SAME_STEP)] / measured(1.0)[0]
    assert large[-1] == pytest.approx(np.sqrt(0.501259), rel=0.05)  # "the same" only while the effective step is small


def test_the_measurement_is_a_plain_average_over_plain_runs():
    rng = np.random.default_rng(0)
    shocks = rng.standard_normal((noise_lab.LONG, noise_lab.SEEDS))
    place, step, squares = np.zeros(noise_lab.SEEDS), 0.0, []
    for k in range(noise_lab.LONG):
        if k >= noise_lab.BURN:
            squares.append(np.mean(place**2))
        step = 0.1 * (place + shocks[k]) + GAMMAS[30] * step
        place = place - step
    assert measured(0.1)[1][30, 0] == pytest.approx(np.sqrt(np.mean(squares)), rel=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 0.9, 0.99])
@pytest.mark.parametrize("held", HELD)
def test_the_runs_one_sees(gamma, held):
    lines = one(gamma, held).lines
    shocks = np.random.default_rng(4).standard_normal(STEPS + 1)
    for name, lr, memory in (
        ("descent", 0.1, 0.0),
        ("momentum", 0.1 * (1 - gamma) if held == SAME_STEP else 0.1, gamma),
    ):
        place, step, path = noise_lab.START, 0.0, [noise_lab.START]
        for shock in shocks[:STEPS]:
            step = lr * (place + shock) + memory * step
            place -= step
            path.append(place)
        np.testing.assert_allclose(np.ravel(lines[f"place.{name}"][1]), path, rtol=1e-9, atol=1e-12)


def test_what_is_drawn_on_the_right():
    lines = one(0.9, SAME_STEP).lines
    np.testing.assert_allclose(np.ravel(lines["measured"][1]), measured(0.1)[1][:, 1])
    np.testing.assert_allclose(
        np.ravel(lines["formula"][1]), predicted(0.1, GAMMAS[:, None], np.array([HELD]))[1][:, 1]
    )
    assert np.ravel(lines["here"][0]) == 0.9 and np.ravel(lines["here"][1]) == measured(0.1)[1][30, 1]
    np.testing.assert_allclose(np.ravel(lines["span of momentum"][1]), np.ravel(lines["here"][1]) * [-1, 1])


def test_words_compare():
    words = one(0.9, SAME_LR).words
    assert words["descent"] == "deviation 0.229 measured, 0.229 by the formula; η = 0.1"
    assert "0.717 by the formula: 3.16 times gradient descent's; η = 0.1" in words["momentum"].item()
    assert words["momentum"].item() != one(0.9, SAME_STEP).words["momentum"].item()
    assert one(0.9, SAME_STEP).words["momentum"].item().endswith("η = 0.01")


def test_the_sliders_gammas_are_those_measured():
    np.testing.assert_allclose(labs.noise().page["gamma"].values, GAMMAS, atol=1e-12)

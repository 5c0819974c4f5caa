"""What lesson 00 shows first, and what the right letters of its ten questions say of bowls and ravines."""

import numpy as np
import pytest
from quoting import claim

from course_lib import quadratics
from course_lib.checks.lesson_00 import QUESTIONS
from course_lib.descent import descend, sweep
from course_lib.optimizers import GradientDescent, Momentum
from course_lib.surfaces import ravine

LESSON = "00_outline.ipynb"
RIGHT = [question.first for question in QUESTIONS]


@claim("Even at the learning rate that suits it best, gradient descent is far behind.", where=LESSON)
def test_from_twenty_starts_the_best_of_101_rates_is_far_behind_momentum():
    starts = np.random.default_rng(0).uniform(-4, 4, (2, 20, 1))
    rates = np.linspace(0.07, 0.08, 101)
    walker = descend(GradientDescent(lr=rates), "ravine", starts, steps=300).steps_to(1e-4).min(axis=1)
    ball = descend(Momentum(lr=0.078, gamma=0.5), "ravine", starts[..., 0], steps=300).steps_to(1e-4)
    assert (walker > 1.7 * ball).all()


@claim("The slope is the same at every step, and $\\gamma = 0.9$.", where=LESSON)
@claim("The slope changes its sign at every step, and $\\gamma = 0.9$.", where=LESSON)
def test_the_letters_of_the_two_slopes_are_ten_times_and_about_half():
    stays = flips = 0.0
    for t in range(400):
        stays, flips = 1 + 0.9 * stays, (-1.0) ** t + 0.9 * flips
    assert (stays, abs(flips)) == (pytest.approx(10), pytest.approx(0.526, abs=1e-3)) and RIGHT[:2] == ["c", "b"]


@claim("With the best settings, momentum now needs about", where=LESSON)
def test_four_times_as_steep_takes_momentum_about_twice_the_steps():
    for kappa in np.geomspace(16, 400, 20):
        few, many = (
            sweep(Momentum(*quadratics.best_heavy_ball(1, k)[:2]), ravine(k), (1, 1), steps=900).steps
            for k in (kappa, 4 * kappa)
        )
        assert 1.9 < many / few < 2.7
    assert RIGHT[3] == "a"


@claim("At the same small learning rate, adding momentum 0.9 makes the jitter around the minimum", where=LESSON)
def test_momentum_0_9_adds_jitter_at_every_rate_below_1_9_over_the_curvature_and_not_above():
    pulls = np.linspace(0.01, 1.99, 100)
    without, with_it = (
        quadratics.stationary_variance(quadratics.heavy_ball(pulls, gamma, 1.0), pulls) for gamma in (0, 0.9)
    )
    assert ((with_it > without) == (pulls < 1.9)).all() and RIGHT[4] == "d"

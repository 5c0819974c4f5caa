"""What lesson 04 states about the adaptive family, against closed forms and published numbers."""

from itertools import count, cycle, islice

import numpy as np
import pytest

from course_lib.descent import descend, iterates, steps_of, sweep
from course_lib.optimizers import (
    Adadelta,
    Adagrad,
    Adam,
    AdaMax,
    AdamW,
    AMSGrad,
    GradientDescent,
    Momentum,
    RMSprop,
)
from course_lib.surfaces import Surface, ravine


def points(optimizer, gradient, start, steps):
    return np.array(list(islice(iterates(optimizer, gradient, start), steps + 1)))


class Uncorrected(Adam):
    def step(self, theta, g, t, m, v):
        m, v = self.beta1 * m + (1 - self.beta1) * g, self.beta2 * v + (1 - self.beta2) * g**2
        return theta - self.lr * m / (np.sqrt(v) + self.eps), m, v


class WithSubscript(Adam):
    def step(self, theta, g, t, m, v):
        m, v = self.beta1 * m + (1 - self.beta1) * g, self.beta2 * v + (1 - self.beta2) * g**2
        return theta - self.lr * m / (1 - self.beta1) / (np.sqrt(v / (1 - self.beta2)) + self.eps), m, v


# The bias correction (Kingma, Ba 2015), and the deck's subscript

T = np.arange(1, 5001)
TOO_LONG = (1 - 0.9**T) / np.sqrt(1 - 0.999**T)


def test_corrected_steps_on_a_steady_slope_are_one_learning_rate_long():
    np.testing.assert_allclose(steps_of(Adam(lr=0.1, eps=0), np.full(5000, 7.0)), 0.1, rtol=1e-9)


def test_uncorrected_steps_on_a_steady_slope_follow_the_closed_form():
    np.testing.assert_allclose(steps_of(Uncorrected(lr=1, eps=0), np.full(5000, 7.0)), TOO_LONG, rtol=1e-9)


def test_uncorrected_steps_are_three_times_too_long_at_first_and_peak_at_step_12():
    assert TOO_LONG[0] == pytest.approx(3.1622777, abs=1e-6)
    assert (TOO_LONG.argmax() + 1, TOO_LONG.max()) == (12, pytest.approx(6.5685203, abs=1e-6))
    assert TOO_LONG[999] == pytest.approx(1.2575835, abs=1e-6)
    assert T[TOO_LONG > 1.05][-1] == 2374


@pytest.mark.parametrize("beta2, first", [(0.9, 0.316228), (0.99, 1.0), (0.999, 3.162278)])
def test_uncorrected_start_is_slow_only_where_squares_are_forgotten_quickly(beta2, first):
    assert steps_of(Uncorrected(lr=1, beta2=beta2, eps=0), [5.0])[0] == pytest.approx(first, abs=1e-6)


def test_subscript_is_right_in_the_first_step_and_a_third_in_the_end():
    steps = steps_of(WithSubscript(lr=1, eps=0), np.full(9000, 7.0))
    assert steps[0] == pytest.approx(1, rel=1e-12)
    assert steps[-1] == pytest.approx(np.sqrt(0.001) / 0.1, rel=1e-3)
    np.testing.assert_allclose(steps[:5000], TOO_LONG * np.sqrt(0.001) / 0.1, rtol=1e-9)


@pytest.mark.parametrize("rule, after", [(Adam, 1.63178673), (WithSubscript, 1.63434536)])
def test_published_test_of_one_step_with_t_2_tells_power_from_subscript(rule, after):
    zero = np.zeros(1)
    theta, *_ = rule(lr=0.01).step(np.array([1.62434536]), np.array([-0.61175641]), 2, zero, zero)
    assert theta[0] == pytest.approx(after, abs=5e-9)


def test_correction_that_multiplies_makes_the_steps_43_times_too_long():
    wild = (1 - 0.9**T) ** 2 / (1 - 0.999**T)
    assert wild[0] == pytest.approx(10, rel=1e-12)
    assert (wild.argmax() + 1, wild.max()) == (12, pytest.approx(43.145458, abs=1e-5))


def test_epsilon_halves_the_first_step_of_adam_where_the_slope_is_as_small():
    assert steps_of(Adam(lr=1, eps=1e-8), [1e-8])[0] == pytest.approx(0.5, rel=1e-12)


def test_adam_is_averaged_momentum_where_nothing_is_divided():
    class Undivided(Adam):
        def step(self, theta, g, t, m, v):
            m = self.beta1 * m + (1 - self.beta1) * g
            return theta - self.lr * m / (1 - self.beta1**t), m, v

    # the unrolled average: the weights 0.9^age, divided by their sum
    slopes = np.sin(np.arange(40.0)) + 0.3
    averages = [np.average(slopes[: t + 1], weights=0.9 ** np.arange(t, -1.0, -1)) for t in range(40)]
    np.testing.assert_allclose(steps_of(Undivided(lr=0.5), slopes), 0.5 * np.array(averages), rtol=1e-12)


# Bounds and scales


# By Cauchy and Schwarz |m| <= sqrt(v) (1 - beta1) / sqrt((1 - beta2) (1 - beta1^2 / beta2)): the often quoted
# (1 - beta1) / sqrt(1 - beta2) is what a single large slope makes, and no bound.
ADAM_BOUND = 0.1 / np.sqrt(0.001 * (1 - 0.9**2 / 0.999))
SILENCE = [1e-40] * 20000


def test_one_large_slope_after_silence_makes_a_step_of_adam_3_16_learning_rates_long():
    assert np.abs(steps_of(Adam(lr=1, eps=0), [*SILENCE, 1.0])).max() == pytest.approx(0.1 / np.sqrt(0.001), rel=1e-6)


def test_a_large_slope_that_stays_makes_a_step_of_adam_6_57_learning_rates_long():
    assert np.abs(steps_of(Adam(lr=1, eps=0), [*SILENCE, *[1.0] * 30])).max() == pytest.approx(TOO_LONG.max(), rel=1e-6)


def test_growing_slopes_bring_the_step_of_adam_to_its_bound_of_7_27_learning_rates():
    growing = (0.999 / 0.9) ** np.arange(-300, 1.0)
    assert pytest.approx(7.2702918, abs=1e-7) == ADAM_BOUND
    assert np.abs(steps_of(Adam(lr=1, eps=0), [*SILENCE, *growing])).max() == pytest.approx(ADAM_BOUND, rel=1e-5)


def test_no_step_of_adam_is_beyond_the_bound():
    slopes = np.random.default_rng(0).standard_cauchy(20000) ** 3  # heavy tails: each outlier towers over all before
    assert 3 < np.abs(steps_of(Adam(lr=1, eps=0), slopes)).max() <= ADAM_BOUND


def test_no_step_of_adamax_is_longer_than_the_learning_rate_and_a_hundredth():
    bound = 0.1 / (1 - 0.9 / 0.999)  # 1.0091: reached where each slope is 0.999 times the last
    slopes = np.random.default_rng(0).standard_cauchy(3000)
    assert np.abs(steps_of(AdaMax(lr=1), slopes)).max() <= bound
    fading = np.abs(steps_of(AdaMax(lr=1, eps=0), 0.999 ** np.arange(3000)))
    assert fading.max() == pytest.approx(bound, rel=1e-9)


@pytest.mark.parametrize("scale, moved", [(1e3, False), (1e-3, False), (1e-9, True)])
def test_units_of_the_loss_matter_to_adam_only_near_epsilon(scale, moved):
    def end(factor):
        return points(Adam(lr=0.1), lambda theta: factor * ravine(25).gradient(theta), [-4, 2], 50)[-1]

    assert (np.abs(end(scale) - end(1)).max() > 1e-2) == moved


@pytest.mark.parametrize("eps, outside, inside", [(1e-8, 3.15231, 0.0999500), (1e-7, 3.06534, 0.0316212)])
def test_epsilon_inside_the_root_counts_like_its_root_outside(eps, outside, inside):
    g, s = 1e-5, 0.1 * 1e-10
    assert steps_of(RMSprop(lr=1, eps=eps), [g])[0] == pytest.approx(inside, rel=1e-5)
    assert g / (np.sqrt(s) + eps) == pytest.approx(outside, rel=1e-5)


def test_first_step_of_adadelta_depends_on_epsilon_alone():
    for eps in (1e-6, 1e-2):
        assert steps_of(Adadelta(eps=eps), [1e3])[0] == pytest.approx(np.sqrt(eps / 0.1), rel=1e-4)


# RMSprop (Hinton 2012), Adagrad (Duchi 2011)


def test_first_step_of_rmsprop_is_three_learning_rates_long():
    assert steps_of(RMSprop(lr=1, eps=0), [42.0])[0] == pytest.approx(1 / np.sqrt(0.1), rel=1e-12)
    assert steps_of(RMSprop(lr=1, gamma=0.99, eps=0), [42.0])[0] == pytest.approx(10, rel=1e-12)


def test_first_value_of_rmsprop_is_that_of_the_keras_documentation():
    assert points(RMSprop(lr=0.1), lambda theta: theta, [10.0], 1)[1, 0] == pytest.approx(9.683772, abs=1e-6)


def test_average_printed_without_its_past_is_sign_descent():
    # the fixed point of E = (1 - gamma) g^2 + gamma E, found by iterating it
    g, average = 3.0, 0.0
    for _ in range(500):
        average = 0.1 * g**2 + 0.9 * average
    assert average == pytest.approx(g**2, rel=1e-12)
    slopes = [0.1] * 9 + [-0.9]
    np.testing.assert_allclose(steps_of(RMSprop(lr=1, gamma=0, eps=0), slopes), np.sign(slopes), rtol=1e-12)


@pytest.mark.parametrize("gamma, drift", [(0.0, 8.0), (0.9, 0.67950), (0.99, 0.06671)])
def test_longer_memory_makes_hintons_ten_minibatches_cancel(gamma, drift):
    # in the long run s repeats itself every ten slopes: a linear equation for its value at the start of a round
    squares = np.array([0.01] * 9 + [0.81])
    s = (1 - gamma) * np.sum(gamma ** np.arange(9, -1, -1) * squares) / (1 - gamma**10)
    total = 0.0
    for g in [0.1] * 9 + [-0.9]:
        s = gamma * s + (1 - gamma) * g**2
        total += g / np.sqrt(s)
    assert total == pytest.approx(drift, abs=1e-4)
    measured = steps_of(RMSprop(lr=1, gamma=gamma, eps=0), ([0.1] * 9 + [-0.9]) * 400)[-10:].sum()
    assert measured == pytest.approx(total, rel=1e-6)


def test_adagrad_on_a_steady_slope_goes_as_far_as_the_root_of_the_steps():
    way = steps_of(Adagrad(lr=0.5), np.ones(10_000)).cumsum()
    np.testing.assert_allclose(way, 0.5 * np.cumsum(1 / np.sqrt(np.arange(1, 10_001))), rtol=1e-9)
    assert way[-1] == pytest.approx(99.3, abs=0.05)


def test_rmsprop_bounces_by_one_learning_rate_for_ever():
    theta = descend(RMSprop(lr=0.1), "ravine", steps=3000).theta
    np.testing.assert_allclose(np.abs(np.diff(theta[-3:], axis=0)), 0.1, rtol=1e-3)


def d2l():
    return Surface(
        "d2l",
        lambda theta: 0.1 * theta[0] ** 2 + 2 * theta[1] ** 2,
        lambda theta: np.stack([0.2 * theta[0], 4 * theta[1]]),
        ((-6, 2), (-3, 3)),
        (-5, -2),
        "Zhang, Lipton, Li, Smola: Dive into Deep Learning, chapter 12",
        ((0, 0),),
    )


@pytest.mark.parametrize(
    "rule, end",
    [
        (GradientDescent(lr=0.4), (-0.943467, -0.000073)),
        (GradientDescent(lr=0.6), (-0.387814, -1673.365109)),
        (Momentum(lr=0.6, gamma=0.5), (0.007188, 0.002553)),
        (Momentum(lr=0.6, gamma=0.25), (-0.126340, -0.186632)),
        (Adagrad(lr=0.4), (-2.382563, -0.158591)),
        (Adagrad(lr=2), (-0.002295, -0.000000)),
        (RMSprop(lr=0.4, gamma=0.9, eps=1e-6), (-0.010599, 0.000000)),
    ],
    ids=repr,
)
def test_twenty_steps_end_where_the_textbook_prints_them(rule, end):
    np.testing.assert_allclose(descend(rule, d2l(), steps=20).theta[-1], end, rtol=1e-6, atol=2e-6)


# Turned ravines


def turned(angle, kappa=100):
    """The steps to 1e-4 from (1, 1), turned with the ravine, of a few rules at fixed settings."""
    turn = np.radians(angle + 45)
    rules = (
        GradientDescent(lr=2 / (1 + kappa)),
        Momentum(lr=(2 / 11) ** 2, gamma=(9 / 11) ** 2),
        Adagrad(lr=0.5),
        Adam(lr=0.1),
        Adam(lr=0.01),
    )
    start = np.sqrt(2) * np.array([np.cos(turn), np.sin(turn)])
    return [sweep(rule, ravine(kappa, angle), start=start, steps=3000, tol=1e-4).steps for rule in rules]


@pytest.mark.parametrize(
    "angle, adaptive", [(0, (12, 82, 261)), (22.5, (450, 302, 2309)), (45, (632, 388, 2718))], ids=str
)
def test_turning_the_ravine_costs_only_the_methods_that_work_by_coordinate(angle, adaptive):
    descent, momentum, *others = turned(angle)
    assert (descent, momentum) == (329, 56)
    np.testing.assert_allclose(others, adaptive, atol=1)


def test_along_the_axes_adagrad_does_not_notice_the_curvature():
    path = descend(Adagrad(lr=0.5), ravine(10_000), start=(1, 1), steps=25).theta
    np.testing.assert_allclose(path[:, 0], path[:, 1], atol=1e-9)


# AMSGrad's counterexample (Reddi, Kale, Kumar 2018, theorem 1)


def online(rule, big, steps=3000):
    class Clipped(rule):
        def step(self, theta, g, t, *state):
            theta, *state = super().step(theta, g, t, *state)
            return np.clip(theta, -1, 1), *state

    slopes = cycle([big, -1.0, -1.0])
    return points(
        lambda t: Clipped(lr=0.5 / np.sqrt(t), beta1=0, beta2=1 / (1 + big**2), eps=0),
        lambda theta: np.full_like(theta, next(slopes)),
        [0.0],
        steps - 1,
    )[:, 0]


@pytest.mark.parametrize("big", [3.0, 4.0, 10.0])
def test_adam_converges_to_the_worst_point_and_amsgrad_to_the_best(big):
    adam, amsgrad = online(Adam, big), online(AMSGrad, big)
    # Adam is at 1 whenever the large slope comes; the excess is that of standing still at 1: 2 (C - 2) / 3
    excess = np.mean(np.tile([big, -1, -1], 1000) * (adam + 1))
    assert excess == pytest.approx(2 * (big - 2) / 3, abs=0.02)
    assert amsgrad[-1] < -0.98


# AdamW (Loshchilov, Hutter 2019)


@pytest.mark.parametrize("c", [0.5, 3.0, -4.0])
def test_adamw_rests_at_one_over_lambda_and_adam_where_slope_and_decay_cancel(c):
    decoupled = points(AdamW(lr=0.05, weight_decay=0.2), lambda theta: np.full_like(theta, c), [0.0], 3000)[-1, 0]
    inside = points(Adam(lr=0.05), lambda theta: c + 0.2 * theta, [0.0], 3000)[-1, 0]
    assert decoupled == pytest.approx(-np.sign(c) / 0.2, rel=1e-6)
    assert inside == pytest.approx(-c / 0.2, rel=1e-6)


def test_adamw_without_a_slope_shrinks_every_weight_by_the_same_share():
    run = points(AdamW(lr=0.01, weight_decay=0.1), np.zeros_like, [1.0], 50)
    assert run[-1, 0] == pytest.approx((1 - 0.001) ** 50, rel=1e-12)


def test_adam_with_decay_in_the_slope_shrinks_a_weight_by_lengths():
    run = points(Adam(lr=0.01), lambda theta: 0.1 * theta, [1.0], 50)
    assert run[-1, 0] == pytest.approx(0.53682122, abs=1e-6)


# The marginal value of adaptive methods (Wilson and others 2017, section 3)


@pytest.fixture(scope="module")
def wilson():
    y = np.array([1.0] * 23 + [-1.0] * 17)
    X, column = np.zeros((40, 3 + 23 + 5 * 17)), count(3)
    X[:, 0], X[:, 1:3] = y, 1
    for row, label in zip(X, y, strict=True):
        for _ in range(1 if label > 0 else 5):
            row[next(column)] = 1
    return X, y


def fitted(rule, wilson, steps=3000):
    X, y = wilson
    walk = iterates(rule, lambda w: X.T @ (X @ w - y) / len(y), np.zeros(X.shape[1]))
    return next(islice(walk, steps, None))


@pytest.mark.parametrize("rule", [GradientDescent(lr=0.4), Momentum(lr=0.4, gamma=0.9)], ids=repr)
def test_gradient_descent_and_momentum_find_the_least_norm_and_judge_new_examples_rightly(rule, wilson):
    w = fitted(rule, wilson)
    n, m = 23, 17
    scale = 8 * n * m + 15 * n + 3 * m + 5
    least = wilson[0].T @ np.where(wilson[1] > 0, (4 * m + 5) / scale, -(4 * n + 1) / scale)
    np.testing.assert_allclose(w, least, atol=1e-10)
    assert w[0] > abs(w[1] + w[2])


@pytest.mark.parametrize(
    "rule", [Adagrad(lr=0.1), lambda t: Adam(lr=0.01 / np.sqrt(t))], ids=["Adagrad", "Adam with a falling rate"]
)
def test_adaptive_methods_give_every_feature_the_same_size_and_call_everything_positive(rule, wilson):
    w = fitted(rule, wilson)
    np.testing.assert_allclose(np.abs(w), 0.25, atol=1e-5)
    assert -w[0] + w[1] + w[2] > 0

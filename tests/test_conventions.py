"""One momentum run in every convention: the same path, and where the paths part.

recorded_conventions.json holds what PyTorch, Keras and optax themselves did; record_conventions.py recorded it.
"""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import quadratics as q
from course_lib.conventions import (
    CONVENTIONS,
    Averaged,
    Deck,
    Keras,
    Optax,
    Polyak,
    PyTorch,
    Sutskever,
    convert,
)
from course_lib.descent import descend, iterates, trace
from course_lib.optimizers import GradientDescent, Momentum, Nesterov
from course_lib.surfaces import SURFACES

RECORDED = json.loads(Path(__file__).with_name("recorded_conventions.json").read_text())
CURVATURE, START = np.array([1.0, 25.0]), [-4.0, 2.0]
LR, GAMMA, STEPS = 0.02, 0.9, 60
INSIDE = [convention for convention in CONVENTIONS if convention.memory == "steps"]
OUTSIDE = [convention for convention in CONVENTIONS if convention.memory == "gradients"]


def slope(theta):
    """A gradient that is not linear, so that nothing agrees because of linearity."""
    return (CURVATURE * (theta.T + 0.1 * np.sin(theta.T))).T


def points(optimizer, steps=STEPS, gradient=slope, start=START):
    return np.array(list(islice(iterates(optimizer, gradient, start), steps + 1)))


def scheduled(convention, rates, gamma=GAMMA, nesterov=False):
    """The convention's own rule under a learning-rate schedule, translated step by step."""
    rates = list(rates)
    return lambda t: convention.from_deck(rates[min(t, len(rates)) - 1], gamma, nesterov)


def lookaheads(iterates):
    """Where Nesterov looks, theta_t + gamma (theta_t - theta_{t-1}), from its iterates from rest."""
    return iterates + GAMMA * np.diff(iterates, axis=0, prepend=iterates[:1])


REWRITTEN = (Keras, PyTorch, Optax)  # with nesterov=True they report the look-ahead point
DROP = [LR] * 20 + [LR / 10] * 60


# One path


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_every_convention_draws_the_decks_path(convention):
    np.testing.assert_allclose(points(convention.from_deck(LR, GAMMA)), points(Momentum(LR, GAMMA)), atol=1e-12)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_with_nesterov_it_draws_the_iterates_or_the_look_ahead_points(convention):
    deck = points(Nesterov(LR, GAMMA))
    expected = lookaheads(deck) if convention in REWRITTEN else deck
    np.testing.assert_allclose(points(convention.from_deck(LR, GAMMA, nesterov=True)), expected, atol=1e-12)


@settings(max_examples=50)
@given(st.floats(1e-4, 0.1), st.floats(0, 0.99), st.sampled_from(CONVENTIONS), st.sampled_from(CONVENTIONS))
def test_settings_survive_any_round_trip(lr, gamma, one, two):
    for nesterov in (False, True):
        start = one.from_deck(lr, gamma, nesterov)
        back = convert(convert(start, two), one)
        assert type(back) is one and back.nesterov == nesterov
        assert back.to_deck().lr == pytest.approx(lr, rel=1e-12) and back.to_deck().gamma == gamma
        assert start.to_deck().lr == pytest.approx(lr, rel=1e-12)


@settings(max_examples=25)
@given(st.floats(0.001, 0.03), st.floats(0, 0.95), st.sampled_from(CONVENTIONS), st.booleans())
def test_the_path_is_one_for_random_settings(lr, gamma, convention, nesterov):
    deck = list(islice(trace((Nesterov if nesterov else Momentum)(lr, gamma), slope, START), 41))
    expected = [step.look if convention in REWRITTEN else step.theta for step in deck]
    np.testing.assert_allclose(points(convention.from_deck(lr, gamma, nesterov), 40), expected, atol=1e-10)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_first_step_by_convention(convention):
    g = slope(np.array(START))
    first = points(convention.from_deck(LR, GAMMA, nesterov=True), 1)
    factor = 1 + GAMMA if convention in REWRITTEN else 1  # a rewritten Nesterov starts with a longer step
    np.testing.assert_allclose(first[0] - first[1], factor * LR * g, atol=1e-15)


def test_sweeps_and_descend_work_as_for_any_optimizer():
    gammas = np.array([0.0, 0.5, 0.9])
    for convention in CONVENTIONS:
        many = descend(convention.from_deck(LR, gammas), "ravine", steps=30).theta
        np.testing.assert_allclose(many, descend(Momentum(LR, gammas), "ravine", steps=30).theta, atol=1e-12)


def test_how_the_settings_are_written():
    assert str(PyTorch.from_deck(0.1, 0.9, True)) == (
        "torch.optim.SGD(params, lr=0.1, momentum=0.9, dampening=0, nesterov=True)"
    )
    assert str(Keras.from_deck(0.1, 0.9)) == "keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=False)"
    assert str(Averaged.from_deck(0.1, 0.9)) == "lr=1, beta=0.9, nesterov=False"
    assert str(Deck([0.1, 0.2], 0.9)) == "lr=..., gamma=0.9, nesterov=False"


def test_what_has_no_equivalent_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="average needs gamma below 1"):
        Averaged.from_deck(0.1, 1.0)
    with pytest.raises(ValueError, match=r"Keras\(learning_rate=...\) is -0.1: it must be 0 or more"):
        Keras(-0.1, 0.9)
    with pytest.raises(ValueError, match="dampening to 0"):
        PyTorch(0.1, 0.9, dampening=0.5, nesterov=True)


# The libraries themselves


LIBRARIES = {
    "torch": lambda lr: PyTorch(lr, GAMMA),
    "torch dampening=0.5": lambda lr: PyTorch(lr, GAMMA, dampening=0.5),
    "torch nesterov": lambda lr: PyTorch(lr, GAMMA, nesterov=True),
    "keras": lambda lr: Keras(lr, GAMMA),
    "keras nesterov": lambda lr: Keras(lr, GAMMA, nesterov=True),
    "optax": lambda lr: Optax(lr, GAMMA),
    "optax nesterov": lambda lr: Optax(lr, GAMMA, nesterov=True),
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_each_rule_is_what_the_library_does_also_after_a_drop_of_the_learning_rate(name):
    run = points(lambda t: LIBRARIES[name](0.02 if t <= 8 else 0.002), 12, lambda x: CURVATURE * x)
    # Keras keeps its learning rate in float32.
    np.testing.assert_allclose(run[1:], RECORDED[name], atol=1e-6 if "keras" in name else 1e-13)


def test_every_recorded_run_is_used():
    assert set(RECORDED) - {"versions"} == set(LIBRARIES)
    assert RECORDED["versions"] == {"torch": "2.13.0", "keras": "3.15.1", "optax": "0.2.8"}


# The surplus of the first steps


def test_dampening_makes_the_first_gradient_count_too_much_by_a_surplus_that_fades_like_gamma_to_the_t():
    damped = PyTorch(0.1, 0.9, dampening=0.4)
    deck = damped.to_deck()
    assert (deck.lr, deck.gamma) == pytest.approx((0.06, 0.9))
    slopes = np.random.default_rng(1).normal(size=(80, 2))  # the same gradients to both, wherever they are
    step, plain = [], []
    for rule, into in ((damped, step), (deck, plain)):
        feed = iter(slopes)
        into.extend(np.diff(points(rule, 79, lambda x, feed=feed: next(feed)), axis=0))
    t = np.arange(1, 80)[:, None]
    np.testing.assert_allclose(np.array(plain) - step, 0.1 * 0.4 * 0.9 ** (t - 1) * slopes[0], atol=1e-13)


def test_on_a_straight_slope_full_dampening_starts_at_the_full_average():
    rule = PyTorch(0.1, 0.9, dampening=0.9)
    np.testing.assert_allclose(np.diff(points(rule, 20, np.ones_like), axis=0), -0.1)
    warm = -np.diff(points(Averaged(0.1, 0.9), 20, np.ones_like)[:, 0])
    np.testing.assert_allclose(warm, 0.1 * (1 - 0.9 ** np.arange(1, 21)))


def test_dampening_does_nothing_without_momentum():
    damped = PyTorch(0.1, 0.0, dampening=0.5)
    assert damped.to_deck().lr == 0.1
    np.testing.assert_array_equal(points(damped, 5), points(GradientDescent(0.1), 5))


# When the learning rate changes


def test_the_two_groups():
    assert {name.__name__: name.memory for name in CONVENTIONS} == {
        "Deck": "steps",
        "Sutskever": "steps",
        "Polyak": "steps",
        "Averaged": "gradients",
        "PyTorch": "gradients",
        "Keras": "steps",
        "Optax": "gradients",
    }


RATES = st.lists(st.floats(1e-4, 0.03), min_size=1, max_size=12)  # the last one stays
GAMMAS = st.lists(st.floats(0, 0.95), min_size=1, max_size=12)


def at(values, t):
    return values[min(t, len(values)) - 1]


@settings(max_examples=15)
@given(RATES, st.floats(0, 0.95))
def test_within_a_group_the_path_is_one_under_any_schedule(rates, gamma):
    for group in (INSIDE, OUTSIDE):
        first, *others = (points(scheduled(convention, rates, gamma), 40) for convention in group)
        for other in others:
            np.testing.assert_allclose(other, first, atol=1e-10)
    np.testing.assert_allclose(
        points(scheduled(Deck, rates, gamma), 40),
        points(lambda t: Momentum(at(rates, t), gamma), 40),
        atol=1e-12,
    )


@settings(max_examples=15)
@given(RATES, st.floats(0, 0.95))
def test_a_rescaled_momentum_joins_the_two_groups_under_any_schedule(rates, gamma):
    def deck(nesterov):
        def schedule(t):
            now, before = at(rates, t), at(rates, max(t - 1, 1))
            return Deck(now, gamma * now / before, nesterov)

        return schedule

    for convention in OUTSIDE:
        np.testing.assert_allclose(points(scheduled(convention, rates, gamma), 40), points(deck(False), 40), atol=1e-9)
    averaged = points(scheduled(Averaged, rates, gamma, nesterov=True), 40)
    np.testing.assert_allclose(averaged, points(deck(True), 40), atol=1e-9)


def both(convention, rates, gammas, nesterov=False):
    """The convention's own rule while the learning rate and gamma change, translated step by step."""
    return lambda t: convention.from_deck(at(rates, t), at(gammas, t), nesterov)


@settings(max_examples=20)
@given(RATES, GAMMAS)
def test_where_the_memory_is_of_steps_the_path_is_one_while_both_settings_change(rates, gammas):
    deck = points(both(Deck, rates, gammas), 24)
    for convention in INSIDE:
        np.testing.assert_allclose(points(both(convention, rates, gammas), 24), deck, atol=1e-10)
    ahead = points(both(Deck, rates, gammas, nesterov=True), 24)
    for convention in (Sutskever, Polyak):  # Keras has looked ahead with the gamma before
        np.testing.assert_allclose(points(both(convention, rates, gammas, nesterov=True), 24), ahead, atol=1e-10)


@settings(max_examples=20)
@given(RATES, GAMMAS)
def test_pytorch_is_optax_while_both_settings_change(rates, gammas):
    for nesterov in (False, True):
        torch, optax = (points(both(c, rates, gammas, nesterov), 24) for c in (PyTorch, Optax))
        np.testing.assert_allclose(torch, optax, atol=1e-10)


def test_a_change_of_gamma_parts_the_average_from_pytorch():
    average, torch = (points(both(c, [LR], [0.5] * 20 + [0.9]), 40) for c in (Averaged, PyTorch))
    np.testing.assert_allclose(average[:21], torch[:21], atol=1e-12)
    assert abs(average - torch).max() > 0.1


@settings(max_examples=30)
@given(
    st.floats(1e-3, 1), st.floats(0.01, 0.99), st.floats(0, 0.99), st.lists(st.floats(-5, 5), min_size=1, max_size=15)
)
def test_any_dampening_is_the_decks_run_and_a_surplus_of_the_first_gradient(lr, gamma, dampening, gradients):
    damped = PyTorch(lr, gamma, dampening=dampening)
    steps = []
    for rule in (damped, damped.to_deck()):
        feed = iter([*gradients, 0.0])
        steps.append(np.diff(points(rule, len(gradients), lambda x, feed=feed: np.full_like(x, next(feed))), axis=0))
    surplus = lr * dampening * gamma ** np.arange(len(gradients)) * gradients[0]
    np.testing.assert_allclose(steps[1] - steps[0], np.stack([surplus, surplus], axis=1), atol=1e-11)


def test_after_a_drop_steps_coast_and_gradients_brake():
    step = {}
    for convention in (Deck, PyTorch):
        run = points(
            lambda t, convention=convention: convention.from_deck(1.0 if t <= 30 else 0.1, 0.9), 32, np.ones_like
        )
        step[convention] = -np.diff(run[:, 0])
    assert step[Deck][30] / step[Deck][29] == pytest.approx(0.9, abs=0.02)
    assert step[PyTorch][30] / step[PyTorch][29] == pytest.approx(0.1, abs=0.01)


def test_the_groups_differ_visibly_on_the_ravine_after_a_drop():
    inside, outside = points(scheduled(Keras, DROP)), points(scheduled(PyTorch, DROP))
    np.testing.assert_allclose(inside[:21], outside[:21], atol=1e-12)
    assert abs(inside[30] - outside[30]).max() > 0.1


def test_nesterov_inside_agrees_in_every_form_through_a_drop():
    deck = points(scheduled(Deck, DROP, nesterov=True))
    for convention in (Sutskever, Polyak):
        np.testing.assert_allclose(points(scheduled(convention, DROP, nesterov=True)), deck, atol=1e-12)
    looks = points(scheduled(Keras, DROP, nesterov=True))
    np.testing.assert_allclose(looks, lookaheads(deck), atol=1e-12)


def test_pytorchs_nesterov_has_looked_ahead_at_the_old_learning_rate_when_it_drops():
    torch, optax = (points(scheduled(convention, DROP, nesterov=True)) for convention in (PyTorch, Optax))
    np.testing.assert_allclose(torch, optax, atol=1e-12)
    averaged = points(scheduled(Averaged, DROP, nesterov=True))
    ahead = [step.look for step in islice(trace(scheduled(Averaged, DROP, nesterov=True), slope, START), STEPS + 1)]
    np.testing.assert_allclose(torch[:20], ahead[:20], atol=1e-12)
    assert abs(torch[20] - ahead[20]).max() > 0.01  # the first look after the drop: 10 times too far ahead
    coast = averaged[20] - averaged[19]
    np.testing.assert_allclose(torch[20] - averaged[20], GAMMA * coast, atol=1e-12)
    np.testing.assert_allclose(ahead[20] - averaged[20], GAMMA * coast / 10, atol=1e-12)


def test_a_momentum_schedule_parts_keras_nesterov_from_sutskevers():
    def schedule(convention):
        return lambda t: convention.from_deck(LR, 0.5 if t <= 20 else 0.9, True)

    looks = np.array([step.look for step in islice(trace(schedule(Sutskever), slope, START), STEPS)])
    keras = points(schedule(Keras), STEPS - 1)
    np.testing.assert_allclose(keras[:20], looks[:20], atol=1e-12)
    assert abs(keras[20] - looks[20]).max() > 0.01  # it looked ahead with the old momentum


# Nesterov's two sequences, three forms


def test_three_forms_of_nesterov_and_the_half_step_between_them():
    run = list(islice(trace(Nesterov(LR, GAMMA), slope, START), STEPS + 1))
    theta, look = np.array([step.theta for step in run]), np.array([step.look for step in run])
    np.testing.assert_allclose(lookaheads(theta), look, atol=1e-12)
    for rewritten in REWRITTEN:
        np.testing.assert_allclose(points(rewritten.from_deck(LR, GAMMA, nesterov=True)), look, atol=1e-12)
    # The half-step: from the look-ahead point down the slope is the next iterate; from there the momentum step.
    np.testing.assert_allclose(look[:-1] - LR * slope(look[:-1].T).T, theta[1:], atol=1e-12)
    np.testing.assert_allclose(look[1:], theta[1:] + GAMMA * (theta[1:] - theta[:-1]), atol=1e-12)
    assert abs(look - theta).max() > 0.5


# A3: identities


def test_statement_A3_velocity_two_step_and_averaged_forms_are_one():
    velocity, two_step = points(Sutskever(LR, GAMMA)), points(Polyak(LR, GAMMA))
    np.testing.assert_allclose(two_step, velocity, atol=1e-13)
    np.testing.assert_allclose(points(Averaged(LR / (1 - GAMMA), GAMMA)), velocity, atol=1e-13)


def test_statement_A3_torch_nesterov_iterates_are_theta_plus_mu_v():
    run = list(islice(trace(Sutskever(LR, GAMMA, nesterov=True), slope, START), STEPS + 1))
    torch = points(PyTorch(LR, GAMMA, nesterov=True))
    np.testing.assert_allclose(torch, [step.theta + GAMMA * step.state[0] for step in run], atol=1e-13)
    assert abs(torch - [step.theta for step in run]).max() > 0.5


def qhm(lr, beta, nu, steps):
    """Quasi-hyperbolic momentum, Ma and Yarats (2019)."""
    theta, m = np.array(START), np.zeros(2)
    yield theta
    for _ in range(steps):
        g = slope(theta)
        m = beta * m + (1 - beta) * g
        theta = theta - lr * ((1 - nu) * g + nu * m)
        yield theta


@pytest.mark.parametrize(
    ("nu", "same"),
    [(0.9, PyTorch(LR, 0.9, nesterov=True)), (1.0, Averaged(LR / 0.1, 0.9)), (0.0, GradientDescent(LR / 0.1))],
)
def test_statement_A3_quasi_hyperbolic_momentum_holds_the_others(nu, same):
    lr = LR / (1 - 0.9)
    np.testing.assert_allclose(list(qhm(lr, 0.9, nu, 10)), points(same, 10), rtol=1e-10)


def test_statement_A3_nesterov_on_a_quadratic_is_heavy_ball_with_less_momentum_where_it_is_steep():
    curvature = np.array([0.1, 1.0, 20.0])
    for one in curvature:
        nesterov = points(Nesterov(0.03, 0.9), 80, lambda x, one=one: one * x, [1.0])
        heavy = points(Momentum(0.03, 0.9 * (1 - 0.03 * one)), 80, lambda x, one=one: one * x, [1.0])
        np.testing.assert_allclose(nesterov, heavy, atol=1e-15)
    mode = q.nesterov(0.03, 0.9, curvature)
    np.testing.assert_allclose(mode.memory, 0.9 * (1 - 0.03 * curvature))


def test_statement_A3_momentum_is_an_average_of_a_leaping_sequence_noise_included():
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(STEPS + 1, 2))
    feed = iter(noise)
    run = trace(Momentum(LR, GAMMA), lambda x: slope(x) + next(feed), START)
    x = z = np.array(START)
    for step, xi in zip(islice(run, STEPS), noise, strict=False):
        np.testing.assert_allclose(x, step.theta, atol=1e-12)
        z = z - LR / (1 - GAMMA) * (slope(x) + xi)
        x = GAMMA * x + (1 - GAMMA) * z


def test_statement_A3_weight_decay_in_the_gradient_is_decoupled_decay_only_without_momentum():
    decay = 0.1

    def gap(gamma):
        mixed = points(Momentum(LR, gamma), 100, lambda x: slope(x) + decay * x)
        theta, delta = np.array(START), np.zeros(2)
        for _ in range(100):
            delta = LR * slope(theta) + gamma * delta
            theta = theta - delta - LR * decay * theta
        return abs(theta - mixed[-1]).max()

    assert gap(0.0) < 1e-14
    assert gap(0.9) > 1e-3


def test_statement_A3_heavy_ball_tends_to_the_damped_oscillator_at_first_order():
    friction, T, errors = 0.4, 20.0, []
    for h in (0.1, 0.05, 0.025):
        k = np.arange(round(T / h) + 1)
        x = points(Momentum(h * h, 1 - friction * h), k[-1], lambda x: x, [1.0])[:, 0]
        swing = np.sqrt(1 - friction**2 / 4)
        ode = np.exp(-friction * k * h / 2) * (np.cos(swing * k * h) + friction / 2 / swing * np.sin(swing * k * h))
        errors.append(abs(x - ode).max())
    assert errors == pytest.approx([0.0483, 0.0240, 0.0119], abs=1e-4)


def test_statement_A3_conjugate_gradients_are_heavy_ball_with_the_best_two_numbers_each_step():
    rng = np.random.default_rng(4)
    turn, _ = np.linalg.qr(rng.normal(size=(8, 8)))
    A, x = turn @ np.diag(np.geomspace(1, 30, 8)) @ turn.T, rng.normal(size=8)
    previous, cg, r = x, x, -A @ x
    direction = r
    for _ in range(8):
        basis = np.array([A @ x, x - previous]).T
        best = np.linalg.lstsq(basis.T @ A @ basis, -basis.T @ A @ x, rcond=None)[0]
        x, previous = x + basis @ best, x
        length = r @ r / (direction @ A @ direction)
        cg, r, before = cg + length * direction, r - length * A @ direction, r @ r
        direction = r + (r @ r) / before * direction
        np.testing.assert_allclose(x, cg, atol=1e-9)
    assert abs(x).max() < 1e-9


def test_statement_A3_chebyshevs_changing_settings_tend_to_the_tuned_heavy_ball():
    mu, L = 1.0, 100.0
    middle, half = (L + mu) / 2, (L - mu) / 2
    lr = 1 / middle
    for k in range(200):
        lr = 1 / (middle - half**2 / 4 * lr) if k else 1 / (middle - half**2 / 2 * lr)
        gamma = middle * lr - 1
    best = q.best_heavy_ball(mu, L)
    assert (gamma, lr) == pytest.approx((best.gamma, best.lr), rel=1e-12)
    assert (gamma, lr) == pytest.approx((0.6694214876, 0.0330578512), abs=1e-10)


def test_all_conventions_agree_on_a_surface_that_is_no_quadratic():
    rosenbrock = SURFACES["rosenbrock"]
    deck = descend(Momentum(5e-4, 0.9), rosenbrock, steps=200).theta
    for convention in CONVENTIONS:
        np.testing.assert_allclose(
            descend(convention.from_deck(5e-4, 0.9), rosenbrock, steps=200).theta, deck, atol=1e-10
        )

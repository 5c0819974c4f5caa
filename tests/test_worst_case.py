"""Nesterov's worst function: its theory against numpy's solvers and facts A6, and every optimizer against it."""

from itertools import islice

import numpy as np
import pytest

from course_lib import quadratics
from course_lib import worst_case as w
from course_lib.descent import descend, iterates
from course_lib.optimizers import OPTIMIZERS, GradientDescent, Momentum, Nesterov

KAPPAS = (4.0, 25.0, 100.0, 1000.0, np.inf)
STEPS = 50

# Facts A6, for n = 2 k + 1: k, the theorem's bound, conjugate gradient, Nesterov with t_k, Nesterov with
# (k - 1) / (k + 2), heavy ball with 1 and 0.9, gradient descent with 1.
KNOWN = [
    (10, 0.00530029, 0.00568182, 0.01566244, 0.01612578, 0.02614047, 0.02491460),
    (50, 0.00120753, 0.00122549, 0.00381771, 0.00389744, 0.00372164, 0.01279189),
    (100, 0.00061422, 0.00061881, 0.00197738, 0.00200560, 0.00257587, 0.00932372),
]


def matrix(n, kappa):
    """The Hessian, written out."""
    chain = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    return (1 - 1 / kappa) / 4 * chain + np.eye(n) / kappa


def right_side(n, kappa):
    return (1 - 1 / kappa) / 4 * np.eye(n)[0]


def growing(t):
    """Nesterov with gamma = (k - 1) / (k + 2) before step k + 1: Su, Boyd, Candes (2014)."""
    return Nesterov(1.0, max(0.0, (t - 2) / (t + 1)))


def of_t_k(t):
    """Nesterov with t_1 = 1, t_{k+1} = (1 + sqrt(1 + 4 t_k^2)) / 2, gamma = (t_k - 1) / t_{k+1}: Nesterov (1983)."""
    now, after = 1.0, 1.0
    for _ in range(t - 1):
        now, after = after, (1 + np.sqrt(1 + 4 * after**2)) / 2
    return Nesterov(1.0, (now - 1) / after)


def height(optimizer, steps, kappa=np.inf, n=101):
    return w.above_minimum(descend(optimizer, w.worst(n, kappa), steps=steps).theta.T, kappa)


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("n", [1, 2, 21])
def test_value_and_gradient_are_those_of_the_matrix(n, kappa):
    surface, theta = w.worst(n, kappa), np.random.default_rng(0).standard_normal((n, 3))
    full, pull = matrix(n, kappa), right_side(n, kappa)
    np.testing.assert_allclose(surface.gradient(theta), full @ theta - pull[:, None], atol=1e-15)
    np.testing.assert_allclose(surface.value(theta), np.einsum("is,ij,js->s", theta, full, theta) / 2 - pull @ theta)


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("n", [1, 2, 21, 101])
def test_the_minimiser_solves_the_equations(n, kappa):
    expected = np.linalg.solve(matrix(n, kappa), right_side(n, kappa))
    np.testing.assert_allclose(w.minimiser(n, kappa), expected, rtol=1e-8, atol=1e-13)


def test_the_convex_minimum_is_that_of_facts():
    surface = w.worst(101)
    np.testing.assert_allclose(w.minimiser(101, np.inf), 1 - np.arange(1, 102) / 102)
    assert surface.lowest == pytest.approx((-1 + 1 / 102) / 8)


@pytest.mark.parametrize("kappa", KAPPAS)
def test_the_height_above_the_minimum_is_the_difference_of_the_losses(kappa):
    surface, theta = w.worst(21, kappa), np.random.default_rng(0).standard_normal((21, 3))
    np.testing.assert_allclose(w.above_minimum(theta, kappa), surface.value(theta) - surface.lowest, rtol=1e-12)


def test_the_height_keeps_its_digits_where_the_difference_has_none():
    near = w.minimiser(21, 25.0) + 1e-10 * np.eye(21)[3]
    assert w.above_minimum(near, 25.0) == pytest.approx(1e-20 * matrix(21, 25.0)[3, 3] / 2, rel=1e-5)


@pytest.mark.parametrize("kappa", KAPPAS)
def test_curvatures_lie_between_mu_and_one(kappa):
    curvatures = np.linalg.eigvalsh(matrix(101, kappa))
    assert 1 / kappa < curvatures[0] and curvatures[-1] < 1


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("k", [0, 1, 7, 20, 21])
def test_the_lowest_within_reach_is_the_minimum_of_the_first_coordinates(k, kappa):
    surface = w.worst(21, kappa)
    point = np.zeros(21)
    point[:k] = np.linalg.solve(matrix(21, kappa)[:k, :k], right_side(21, kappa)[:k])
    expected = surface.value(point) - surface.lowest
    assert w.lowest_within(k, 21, kappa) == pytest.approx(expected, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize(("k", "bound", "conjugate", "t_k", "ratio", "ball", "descent"), KNOWN)
def test_numbers_of_facts(k, bound, conjugate, t_k, ratio, ball, descent):
    n = 2 * k + 1
    surface = w.worst(n)
    close = {"abs": 1e-8}
    assert w.convex_bound(k, np.linalg.norm(w.minimiser(n, np.inf))) == pytest.approx(bound, **close)
    reached = surface.value(w.conjugate_gradient(surface, k)[-1]) - surface.lowest
    assert reached == pytest.approx(conjugate, **close)
    assert w.lowest_within(k, n, np.inf) == pytest.approx((1 / (k + 1) - 1 / (n + 1)) / 8)
    rules = (of_t_k, growing, Momentum(1.0, 0.9), GradientDescent(1.0))
    for rule, expected in zip(rules, (t_k, ratio, ball, descent), strict=True):
        assert height(rule, k, n=n)[-1] == pytest.approx(expected, **close)


def test_the_upper_bound_of_nesterov_holds():
    distance = np.linalg.norm(w.minimiser(101, np.inf))
    k = np.arange(1, STEPS + 1)
    assert (height(of_t_k, STEPS)[1:] <= 2 * distance**2 / (k + 1) ** 2).all()
    assert 2 * distance**2 / 51**2 == pytest.approx(0.02576, abs=5e-6)


@pytest.mark.parametrize("kappa", KAPPAS)
def test_conjugate_gradient_lies_on_the_line(kappa):
    surface, k = w.worst(101, kappa), np.arange(STEPS + 1)
    reached = w.above_minimum(w.conjugate_gradient(surface, STEPS).T, kappa)
    np.testing.assert_allclose(reached, w.lowest_within(k, 101, kappa), rtol=1e-6, atol=1e-30)


def test_conjugate_gradient_stays_at_the_minimum():
    points = w.conjugate_gradient(w.worst(5, 9.0), 9)
    np.testing.assert_allclose(points[5:], np.tile(w.minimiser(5, 9.0), (5, 1)), atol=1e-12)


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_light_cone_is_exact_and_no_optimizer_comes_below_the_line(kind, kappa):
    """For seven learning rates each: zero beyond coordinate k, not nearly; and at least the lowest within reach."""
    surface = w.worst(101, kappa)
    optimizer = kind(lr=np.geomspace(1e-3, 2, 7))
    line = w.lowest_within(np.arange(STEPS + 1), 101, kappa)
    for k, theta in enumerate(islice(iterates(optimizer, surface.gradient, surface.start), STEPS + 1)):
        assert not theta[k:].any()
        with np.errstate(all="ignore"):
            assert not (w.above_minimum(theta, kappa) < line[k] * (1 - 1e-9)).any()


@pytest.mark.parametrize("kappa", KAPPAS[1:-1])
@pytest.mark.parametrize("best", ["best_gradient_descent", "best_heavy_ball", "standard_nesterov", "best_nesterov"])
def test_neither_do_the_best_settings(best, kappa):
    lr, gamma, _ = getattr(quadratics, best)(1 / kappa, 1.0)
    line = w.lowest_within(np.arange(STEPS + 1), 101, kappa)
    for rule in (Momentum(lr, gamma), Nesterov(lr, gamma)):
        assert (height(rule, STEPS, kappa) >= line * (1 - 1e-9)).all()


def test_the_tuned_heavy_ball_falls_at_the_rate_of_the_line():
    """At kappa 100 it stays within a factor of 25 of the line for thirty steps; gradient descent is a thousand off."""
    kappa, rate = 100.0, w.shrink(100.0)
    assert rate == quadratics.best_heavy_ball(0.01, 1.0).rate == pytest.approx(9 / 11)
    line = w.lowest_within(np.arange(31), 101, kappa)
    ball = quadratics.best_heavy_ball(0.01, 1.0)
    descent = quadratics.best_gradient_descent(0.01, 1.0)
    assert (height(Momentum(ball.lr, ball.gamma), 30, kappa) / line).max() < 25
    assert (height(GradientDescent(descent.lr), 30, kappa) / line)[-1] > 1e3


@pytest.mark.parametrize("kappa", KAPPAS[:-1])
def test_theorem_2_1_13_is_below_the_line(kappa):
    k = np.arange(STEPS + 1)
    bound = w.strongly_convex_bound(k, kappa, np.linalg.norm(w.minimiser(201, kappa)))
    line = w.lowest_within(k, 201, kappa)
    near = k <= 40 if kappa < 10 else k <= STEPS  # where the end of the chain is not felt
    assert (bound <= line * (1 + 1e-9) + 1e-18)[near].all()
    assert line[20] / bound[20] < 5  # and not far below


def test_theorem_2_1_7_at_each_step_with_a_function_of_its_own():
    for k in range(1, 40):
        distance = np.linalg.norm(w.minimiser(2 * k + 1, np.inf))
        best = w.lowest_within(k, 2 * k + 1, np.inf)
        assert 1 <= best / w.convex_bound(k, distance) < 1.6


@pytest.mark.parametrize(
    ("n", "kappa", "said"),
    [
        (0, np.inf, "n is 0: it must be a whole number"),
        (2.5, np.inf, "n is 2.5: it must be a whole number"),
        (5, 1.0, "kappa is 1.0: it must be a number above 1"),
        (5, np.nan, "kappa is nan: it must be a number above 1"),
        (5, [4, 9], "kappa is [4, 9]: it must be a number above 1"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(n, kappa, said):
    with pytest.raises(ValueError, match="must be") as refused:
        w.worst(n, kappa)
    assert str(refused.value).startswith(said)

"""What lesson 03 says in general, measured over starts, curvatures and settings, and where it ends."""

import numpy as np
import pytest
from quoting import claim

from course_lib import conventions
from course_lib.descent import descend, iterates, steps_of, sweep
from course_lib.labs.forget_lab import Forgetful, uphill
from course_lib.optimizers import GradientDescent, Momentum, Nesterov
from course_lib.runs import first, for_good
from course_lib.surfaces import SURFACES, ravine

LESSON = "03_how_momentum_works.ipynb"
CHECKS = "course_lib/checks/lesson_03.py"
KAPPAS = 4, 25, 100, 400
ANGLES = np.random.default_rng(0).uniform(0, 2 * np.pi, 20)
STARTS = 4 * np.array([np.cos(ANGLES), np.sin(ANGLES)])

SAYS_NO_MORE = {
    "Momentum: measure where you stand; the new step is the slope's part plus $\\gamma$ times the last step.": (
        "the rule itself"
    ),
    "Nesterov: measure where the memory will carry you.": "the rule itself",
    "One line of difference.": "the source that the lesson prints",
    "The effective step is $\\eta/(1-\\gamma)$.": "a definition, of lesson 01",
    "Change $\\gamma$ alone, and you change it.": "follows from the definition",
}


def ripples_from(kappa, pull):
    """The gamma above which the flat direction, curvature 1, ripples at the learning rate pull / kappa."""
    return (1 - np.sqrt(pull / kappa)) ** 2


def below(rule, kappa, steps=3000):
    """Where the losses of 20 runs are below one millionth: bool (steps + 1, 20)."""
    return descend(rule, ravine(kappa), STARTS, steps).loss < 1e-6


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("pull", [0.1, 0.5, 1.0, 1.3])
@claim(
    "Where the memory is far too much for the floor of a ravine, Nesterov with the same settings settles sooner, as "
    "long as $\\eta\\lambda$ is at most 1.3.",
    where=LESSON,
)
def test_nesterov_settles_sooner_where_the_memory_is_far_too_much(kappa, pull):
    critical = ripples_from(kappa, pull)
    for gamma in (0.5 + critical / 2, 0.1 * critical + 0.9):  # half of the way to 1, and nine tenths
        momentum, nesterov = (for_good(below(rule(pull / kappa, gamma), kappa)) for rule in (Momentum, Nesterov))
        assert (nesterov <= momentum).all() and np.isfinite(nesterov).any() == np.isfinite(nesterov).all()
        assert np.isinf(nesterov).all() or np.median(nesterov) < np.median(momentum)


@claim("(Up to 0.78 it does, though momentum ripples there already.)", where=LESSON)
def test_it_is_later_as_long_as_the_memory_is_hardly_too_much():
    gammas = np.array([0.6, 0.7, 0.74, 0.76, 0.78, 0.8])
    settled = [descend(rule(0.02, gammas), ravine(25), (-4, 2), steps=400).settled() for rule in (Momentum, Nesterov)]
    assert (settled[1] > settled[0]).tolist() == [True] * 5 + [False]
    assert ripples_from(25, 0.5) < 0.74


@claim("At 0.6 the ball has too *little* memory for this ravine", where=LESSON)
def test_it_does_not_where_the_memory_is_too_small():
    critical = ripples_from(25, 0.5)
    momentum, nesterov = (for_good(below(rule(0.02, 0.8 * critical), 25)) for rule in (Momentum, Nesterov))
    assert (nesterov > momentum).all() and (nesterov < 1.15 * momentum).all()


@pytest.mark.parametrize("gamma", [0.1, 0.5, 0.9, 0.99])
@claim(
    "The smarter ball is the more nervous one.",
    "Momentum's limit at 0.9 is 3.8.",
    "Nesterov's limit at 0.9 is 1.357.",
    "eta lambda is 2: below momentum's 3.8, above Nesterov's 1.357.",
    where=CHECKS,
)
@claim("It diverges earlier: $(2+2\\gamma)/(1+2\\gamma)$ against $2 + 2\\gamma$.", where=LESSON)
def test_limits_of_both(gamma):
    for rule, limit in ((Momentum, 2 + 2 * gamma), (Nesterov, (2 + 2 * gamma) / (1 + 2 * gamma))):
        shares = np.array([0.98, 1.02])[:, None]
        inside, outside = sweep(rule(shares * limit, gamma), ravine(1), STARTS, steps=6000, tol=None).loss
        assert (inside < 1e-6).all() and not (outside < 1e6).any()


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("pull", [0.1, 0.5, 0.8, 1.2, 1.5, 1.8])
@claim(
    "A ball that forgets its last step where it leads uphill is cured of far too much memory, as long as "
    "$\\eta\\lambda$ is below 1.9 and not close to 1.",
    where=LESSON,
)
@claim("One line, and on this ravine too much memory costs little.", where=CHECKS)
def test_forgetting_cures_too_much_memory(kappa, pull):
    gamma = 0.1 * ripples_from(kappa, pull) + 0.9
    keeps, forgets = (first(below(rule(pull / kappa, gamma), kappa, 1000)) for rule in (Momentum, Forgetful))
    assert (forgets < keeps).all() and np.median(forgets) < np.median(keeps) / 2


def test_near_1_9_forgetting_is_no_cure_where_the_memory_is_only_half_way_too_much():
    gamma = 0.5 + ripples_from(10, 1.85) / 2
    keeps, forgets = (first(below(rule(0.185, gamma), 10, 1000)) for rule in (Momentum, Forgetful))
    assert (forgets >= keeps).all() and np.median(forgets) > 1.5 * np.median(keeps)


@pytest.mark.parametrize("kappa", KAPPAS)
@claim("Where the memory is *not* too much, at 0.6, it gains nothing.", where=LESSON)
def test_forgetting_gains_nothing_where_the_memory_is_not_too_much(kappa):
    gamma = 0.8 * ripples_from(kappa, 0.5)
    keeps, forgets = (first(below(rule(0.5 / kappa, gamma), kappa, 6000)) for rule in (Momentum, Forgetful))
    assert (np.abs(forgets / keeps - 1) < 0.1).all()


@claim("just at 1 it forgets so often that in a long ravine, $\\kappa = 400$, it loses.", where=LESSON)
def test_at_one_over_lambda_forgetting_loses_in_a_long_ravine():
    keeps, forgets = (first(below(rule(1 / 400, 0.99), 400, 6000)) for rule in (Momentum, Forgetful))
    assert np.median(forgets) > np.median(keeps)


@pytest.mark.parametrize("kappa", KAPPAS)
@claim(
    "After forgetting, the ball is gradient descent: above *its* limit, $\\eta\\lambda = 2$, nearly every run diverges",
    where=LESSON,
)
def test_above_the_limit_of_gradient_descent_only_the_ball_that_forgets_diverges(kappa):
    keeps, forgets = (
        sweep(rule(2.1 / kappa), ravine(kappa), STARTS, steps=3000, tol=None).loss for rule in (Momentum, Forgetful)
    )
    assert (keeps < 1).all() and not (forgets < 1e3).any()


def test_above_that_limit_a_few_runs_never_forget_and_arrive():
    angles = np.linspace(0.01, np.pi, 200, endpoint=False)
    starts = 4 * np.array([np.cos(angles), np.sin(angles)])
    arrive = [
        np.mean(sweep(Forgetful(pull / kappa, gamma), ravine(kappa), starts, steps=400, tol=None).loss < 1)
        for kappa in KAPPAS
        for pull, gamma in ((2.05, 0.3), (2.3, 0.7), (2.6, 0.9))
    ]
    assert 0 < max(arrive) < 0.1 and np.mean(arrive) < 0.03


@pytest.mark.parametrize("kappa", [4, 100])
@pytest.mark.parametrize("pull, least, most", [(0.01, 0.48, 0.52), (0.5, 0.55, 0.6), (1.5, 0.7, 0.85)])
@claim("Near the minimum, under noise, it forgets at half of the steps or more.", where=LESSON)
def test_near_the_minimum_under_noise_it_forgets_at_half_of_the_steps_or_more(kappa, pull, least, most):
    noise, gamma = np.array([[0.1], [1.0], [5.0]]), np.array([0.5, 0.9, 0.99])
    rng, rule = np.random.default_rng(0), Forgetful(pull / kappa, np.tile(gamma, (3, 1)))
    curvature, theta = np.array([1, kappa])[:, None, None], np.zeros((2, 3, 3))
    delta, times = np.zeros_like(theta), 0
    for t in range(1, 6001):
        g = curvature * theta + noise * rng.standard_normal(theta.shape)
        times = times + uphill(g, delta)
        theta, delta = rule.step(theta, g, t, delta)
    assert (times / 6000 > least).all() and (times / 6000 < most).all()


@claim("Libraries agree while the learning rate stays.", where=LESSON)
def test_libraries_draw_one_path():
    for kappa in KAPPAS:
        for lr, gamma in ((0.3 / kappa, 0.5), (1 / kappa, 0.9), (2 / kappa, 0.99)):
            paths = [
                descend(library.from_deck(lr, gamma), ravine(kappa), STARTS, steps=200).theta
                for library in conventions.CONVENTIONS
            ]
            assert max(np.abs(path - paths[0]).max() for path in paths) < 1e-9


@claim(
    "After a drop, Keras and the deck coast, PyTorch and optax brake.",
    "Keras keeps 91 % of a steady step",
    "the very next step is exactly a tenth of what it would have been",
    where=LESSON,
)
@claim(
    "Keras remembers steps, taken at the old learning rate. Most of the last one is repeated.",
    "PyTorch remembers gradients. The new learning rate multiplies all of them: the step shrinks at once.",
    "Only one of the two rescales what it remembers.",
    "One of the two rescales what it remembers.",
    where=CHECKS,
)
def test_what_a_drop_of_the_learning_rate_leaves():
    slopes = np.random.default_rng(0).standard_normal((5, 102)) + 1
    for library, coasts in (("Deck", True), ("Keras", True), ("PyTorch", False), ("Optax", False)):
        kind = getattr(conventions, library)

        def dropped(t, kind=kind):
            return kind.from_deck(lr=0.02 if t <= 100 else 0.002, gamma=0.9)

        steady = steps_of(dropped, np.ones(102))
        assert steady[100] / steady[99] == pytest.approx(0.91 if coasts else 0.1, abs=1e-3)
        for row in slopes:
            kept, fell = steps_of(kind.from_deck(lr=0.02, gamma=0.9), row)[100], steps_of(dropped, row)[100]
            assert (fell / kept == pytest.approx(0.1, rel=1e-9)) != coasts


def valleys(seed, kappa, count=100):
    """Slope and loss of as many valleys with four kinks, curvatures 1 and kappa by lot, bottom at 0; their starts."""
    rng = np.random.default_rng(seed)
    kinks, curvatures = np.sort(rng.uniform(-4, 4, (4, count)), axis=0), rng.choice([1, kappa], (5, count))
    jumps = np.diff(curvatures, axis=0)

    def slope(theta):
        passed = np.maximum(theta - kinks, 0) - np.maximum(-kinks, 0)
        return curvatures[0] * theta + np.sum(jumps * passed, axis=0)

    def loss(theta):
        bend = (np.maximum(theta - kinks, 0) ** 2 - np.maximum(-kinks, 0) ** 2) / 2 - np.maximum(-kinks, 0) * theta
        return (curvatures[0] * theta**2 / 2 + np.sum(jumps * bend, axis=0))[0]

    return slope, loss, rng.uniform(-5, 5, (1, count))


def ends(rule, seed, kappa, steps=500):
    slope, _, starts = valleys(seed, kappa)
    return [theta for theta, _ in zip(iterates(rule, slope, starts), range(steps + 1), strict=False)][-1]


def ball(kappa):
    root = np.sqrt(kappa)
    return Momentum((2 / (root + 1)) ** 2, ((root - 1) / (root + 1)) ** 2)


FAST = (
    "Nesterov's fast rate is a theorem about all valleys with curvatures between two bounds, the heavy ball's about "
    "quadratics only: on other valleys it can cycle for ever."
)


@pytest.mark.parametrize("kappa", KAPPAS)
@claim(FAST, where=LESSON)
def test_nesterov_stays_below_its_bound_on_every_valley(kappa):
    root = np.sqrt(kappa)
    for seed in range(20):
        slope, loss, starts = valleys(seed, kappa)
        bound = loss(starts) + starts[0] ** 2 / 2
        for theta, _ in zip(
            iterates(Nesterov(1 / kappa, (root - 1) / (root + 1)), slope, starts), range(80), strict=False
        ):
            assert (loss(theta) <= bound + 1e-9 * kappa).all()
            bound = bound * (1 - 1 / root)


@claim(FAST, "it is rare at 25, and at 10 we found no such valley among thousands", where=LESSON)
def test_how_often_the_tuned_ball_fails_depends_on_kappa():
    fails = {k: sum(np.sum(np.abs(ends(ball(k), seed, k)) > 0.1) for seed in range(20)) for k in (10, 25, 100)}
    assert fails[10] == 0 and 0 < fails[25] < 0.02 * 2000 < fails[100]
    cycle = descend(Momentum(1 / 9, 4 / 9), SURFACES["lessard"], [3.3], steps=3000).theta[:, 0]
    np.testing.assert_allclose(cycle[-3:], cycle[-6:-3], atol=1e-9)
    assert np.ptp(cycle[-3:]) > 1


@claim(
    "Gradient descent with its best learning rate for the same curvatures arrives, and so does Nesterov with its usual "
    "settings",
    where=LESSON,
)
def test_the_others_arrive_on_the_valley_of_the_example():
    starts = np.linspace(-5, 5, 41)[None]
    for rule in (GradientDescent(2 / 26), Nesterov(1 / 25, 2 / 3)):
        assert np.abs(descend(rule, SURFACES["lessard"], starts, steps=400).theta[-1]).max() < 1e-6


@claim(
    "Both have the effective step 0.2: steady steps end up equally long.",
    where=CHECKS,
)
def test_steady_steps_end_up_equally_long():
    last = [steps_of(Momentum(lr, gamma), np.ones(2000))[-1] for lr, gamma in ((0.02, 0.9), (0.004, 0.98))]
    assert last == pytest.approx([0.2, 0.2])


@claim("In the other direction, gamma lr / previous_lr makes Keras brake like PyTorch.", where=CHECKS)
@pytest.mark.parametrize("share", [0.1, 0.5, 2])
def test_the_ratio_turned_round_makes_keras_brake_like_pytorch(share):
    slopes = np.random.default_rng(0).standard_normal(60)

    def braking(t):  # the momentum is changed for the one step of the change
        return conventions.Keras(0.02 if t <= 30 else 0.02 * share, 0.9 * (share if t == 31 else 1))

    def pytorch(t):
        return conventions.PyTorch(0.02 if t <= 30 else 0.02 * share, 0.9)

    np.testing.assert_allclose(steps_of(braking, slopes), steps_of(pytorch, slopes))

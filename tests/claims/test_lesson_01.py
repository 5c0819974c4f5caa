"""What lesson 01 says of momentum in general, measured beyond the runs beside it."""

import numpy as np
import pytest
from quoting import claim

from course_lib.checks import momentum_rule
from course_lib.descent import descend, iterates, sweep
from course_lib.optimizers import GradientDescent, Momentum
from course_lib.surfaces import SURFACES, hill

LESSON = "01_what_is_momentum.ipynb"
CHECKS = "course_lib/checks/lesson_01.py"

SAYS_NO_MORE = {
    "The walker is gradient descent: step by the slope, forget, repeat.": "it names the rule of the lesson",
    "The heavy ball is momentum: the new step is the walker's plus $\\gamma$ times the last one.": "the rule itself",
    "So $\\gamma$ is the share of its speed that it keeps.": "a word for a term of the rule",
}

GAMMAS = np.linspace(0, 0.99, 34)
STARTS = np.linspace(-3.2, -1.2, 21)  # on the slope before the hollow


def final_steps(slope, gamma, steps=6000):
    """How long the steps are in the end, on slopes slope(t), for an eta of 1."""
    delta = np.zeros_like(gamma)
    for t in range(steps):
        delta = slope(t) + gamma * delta
    return abs(delta)


@claim(
    "A slope that stays makes the steps $1/(1-\\gamma)$ times as long in the end, one that flips $1/(1+\\gamma)$ "
    "times: accelerator and smoother are one rule.",
    "For any $\\gamma$ below 1: **what persists is multiplied by $1/(1-\\gamma)$, what alternates shrinks to "
    "$1/(1+\\gamma)$.**",
    where=LESSON,
)
def test_steps_end_at_the_two_factors():
    np.testing.assert_allclose(final_steps(lambda t: 1.0, GAMMAS), 1 / (1 - GAMMAS))
    np.testing.assert_allclose(final_steps(lambda t: (-1.0) ** t, GAMMAS), 1 / (1 + GAMMAS))


def test_the_two_factors_end_at_a_gamma_of_one():
    """There a steady slope makes the steps grow without end."""
    assert final_steps(lambda t: 1.0, np.ones(1), steps=300) == 300


@claim("What persists is multiplied by 1 / (1 - gamma): here twentyfold.", where=CHECKS)
def test_a_steady_slope_is_multiplied_twentyfold_at_the_gamma_of_the_exercise():
    assert final_steps(lambda t: 1.0, np.array([0.95])) == pytest.approx(20)


@claim("What alternates shrinks to 1 / (1 + gamma): the zigzag is damped while the way ahead is not.", where=CHECKS)
def test_the_zigzag_is_damped_and_the_way_ahead_is_not_at_any_gamma():
    some = GAMMAS[GAMMAS > 0]
    assert (final_steps(lambda t: (-1.0) ** t, some) < 1).all() and (final_steps(lambda t: 1.0, some) > 1).all()


@claim(
    "To keep the effective step $\\eta/(1-\\gamma)$ from 0.9 to 0.99, take a tenth of $\\eta$.",
    "From 0.9 to 0.99 it grows tenfold: to keep it, take a tenth of $\\eta$.",
    where=LESSON,
)
def test_a_tenth_of_the_rate_keeps_the_final_step_from_0_9_to_0_99():
    rates = np.geomspace(1e-4, 10, 20)
    before = final_steps(lambda t: rates, np.full(20, 0.9), steps=4000)
    np.testing.assert_allclose(final_steps(lambda t: rates / 10, np.full(20, 0.99), steps=4000), before)


@claim("Half of a push is gone after 6.6 steps at 0.9, after 69 at 0.99.", where=LESSON)
@claim("gamma^k = 1/2 gives k = ln 2 / -ln gamma: 6.6 steps at 0.9, 13.5 at 0.95, 69 at 0.99.", where=CHECKS)
@pytest.mark.parametrize("gamma, half", [(0.9, 6.6), (0.95, 13.5), (0.99, 69)])
def test_half_of_a_push_is_gone_after_so_many_steps(gamma, half):
    left = gamma ** np.arange(200.0)
    k = int(np.argmax(left < 0.5))
    exactly = k - 1 + np.log(left[k - 1] / 0.5) / np.log(left[k - 1] / left[k])
    assert exactly == pytest.approx(half, abs=0.06)


@claim("The ball gets over small humps, not over all of them.", where=LESSON)
@claim(
    "Without memory none is crossed; at 0.9 the ball manages our 0.34; even at 0.99 there are humps too high for it.",
    where=LESSON,
)
@pytest.mark.parametrize("gamma, highest", [(0, 0.01), (0.9, 0.46), (0.99, 1.53)])
def test_humps_are_crossed_up_to_a_height(gamma, highest):
    hills = hill(np.linspace(0, 4, 401))
    profile = hills.value(np.linspace(-3, 2.2, 500).reshape(1, -1, 1))
    climbs = (profile - np.minimum.accumulate(profile)).max(axis=0)
    crossed = descend(Momentum(lr=0.05, gamma=gamma), hills, steps=3000).theta[:, 0].max(axis=0) > 0.8
    assert climbs[crossed].max() < highest
    assert crossed[climbs < 0.95 * climbs[crossed].max()].all()  # it is the height that decides


def test_from_every_start_on_the_slope_more_memory_gets_over_higher_humps():
    heights = np.linspace(0.6, 4, 69)
    highest = []
    for gamma in (0, 0.9, 0.99):
        starts = np.broadcast_to(STARTS[:, None], (1, len(STARTS), len(heights)))
        places = descend(Momentum(lr=0.05, gamma=gamma), hill(heights), starts, steps=600).theta[:, 0]
        highest.append(np.where(places.max(axis=0) > 0.8, heights, 0).max(axis=1))
    assert (highest[0] < 0.66).all() and (highest[2] > highest[1])[STARTS < -2].all() and (highest[2] < 4).all()


@claim("With too much memory it swings on its own, takes long to settle, and can leave a good valley.", where=LESSON)
@claim("Momentum smooths the zigzag that the ground causes, and brings an oscillation of its own.", where=LESSON)
def test_too_much_memory_swings_where_the_walker_does_not_and_settles_later():
    pulls = np.geomspace(0.002, 1, 25)  # eta lambda: up to 1 the walker glides
    runs = {g: descend(Momentum(lr=pulls / 0.24, gamma=g), hill(height=0), [-3.0], steps=8000) for g in (0, 0.9, 0.99)}
    beyond = {g: (run.theta[:, 0] > 2.2 + 1e-6).any(axis=0) for g, run in runs.items()}
    assert not beyond[0].any() and beyond[0.99].all()
    assert (beyond[0.9] == (pulls > (1 - np.sqrt(0.9)) ** 2)).all()  # below it 0.9 is not too much
    swinging = beyond[0.9]
    assert (runs[0.99].settled()[swinging] > 5 * runs[0.9].settled()[swinging]).all()


@claim("at 0.99 it comes back from one in twenty and ends on the shallow side", where=LESSON)
def test_at_0_99_the_ball_comes_back_over_some_humps_and_at_0_95_over_none():
    hills = hill(np.linspace(0.6, 4, 171))
    back = []
    for gamma in (0.9, 0.95, 0.99):
        places = descend(Momentum(lr=0.05, gamma=gamma), hills, steps=3000).theta[:, 0]
        crossed = places.max(axis=0) > 0.8
        back.append(np.mean(places[-1, crossed] < 0))
    assert back[:2] == [0, 0] and 0.03 < back[2] < 0.09


@claim("Of these seven, those up to 0.85 stay in the hollow, those from 0.9 on end in the valley.", where=LESSON)
@claim("(At 0.997 it crosses, comes back, and rests in the hollow.)", where=LESSON)
def test_the_border_lies_below_0_89_and_at_0_997_the_ball_comes_back():
    gammas = np.array([0.88, 0.89, 0.95, 0.997])
    run = descend(Momentum(lr=0.05, gamma=gammas), "hill", steps=12000).theta[:, 0]
    assert (run[-1] < 0).tolist() == [True, False, False, True] and run[:, 3].max() > 0.8


@claim(
    "At a larger learning rate a smaller $\\gamma$ is enough: try it above.",
    "longer steps carry further",
    where=LESSON,
)
def test_the_gamma_that_crosses_falls_with_the_learning_rate():
    rates, gammas = np.geomspace(0.01, 0.5, 20), np.linspace(0, 0.98, 99)
    end = sweep(Momentum(lr=rates[:, None], gamma=gammas), "hill", steps=1500, tol=None)
    places = descend(Momentum(lr=rates[:, None], gamma=gammas), "hill", steps=400).theta[:, 0].max(axis=0)
    first = gammas[(places > 0.8).argmax(axis=1)]
    assert np.isfinite(end.loss).all() and (np.diff(first) <= 0).all() and first[0] > 0.9 > 0.75 > first[-1]


@claim("with steps as short as these the walker never goes uphill, so the first hollow holds it", where=LESSON)
def test_short_steps_never_go_uphill_and_long_ones_do():
    starts = STARTS[None]
    short = descend(GradientDescent(lr=0.05), "hill", starts, steps=400)
    assert (np.diff(short.loss, axis=0) < 1e-12).all() and (short.theta[-1, 0] < 0).all()
    long = descend(GradientDescent(lr=3.0), "hill", starts, steps=400)
    assert (np.diff(long.loss, axis=0) > 0).any()


@claim("Nobody changed it; and in our bowl a hundredth of it still swings at 0.99, only more slowly.", where=CHECKS)
@claim("At 0.99 a push is still half there after 69 steps, so the run brakes far too late.", where=CHECKS)
def test_a_hundredth_of_the_rate_still_swings_at_0_99():
    far = [descend(Momentum(lr=lr, gamma=0.99), hill(height=0), steps=3000).theta[:, 0].max() for lr in (0.4, 0.004)]
    assert far[0] > 2.2 + 4.9 and far[1] > 2.2 + 3.0


@claim("Only gamma was changed, so look there first: less of it calms the run.", where=CHECKS)
def test_less_gamma_calms_the_waves_of_0_99():
    pulls = np.geomspace(0.01, 1, 20)
    runs = descend(Momentum(pulls[:, None] / 0.24, np.array([0.9, 0.99])), hill(height=0), steps=3000)
    settled = runs.settled()
    assert (settled[:, 0] < settled[:, 1] / 3).all()


@claim("With the wrong sign the run would go uphill at 0.9, too, and there it trained.", where=CHECKS)
def test_the_wrong_sign_goes_uphill_at_any_gamma():
    for gamma in (0, 0.5, 0.9, 0.99):
        uphill = iterates(Momentum(lr=0.1, gamma=gamma), lambda theta: -theta, [1.0])
        heights = [theta[0] ** 2 for theta, _ in zip(uphill, range(100), strict=False)]
        assert (np.diff(heights) > 0).all()


@claim("This one line is the whole difference between gradient descent and momentum: the step remembers.", where=CHECKS)
def test_without_memory_momentum_is_gradient_descent():
    for lr in np.geomspace(1e-3, 0.06, 20):
        pair = [descend(rule, "ravine", steps=50).theta for rule in (Momentum(lr, gamma=0.0), GradientDescent(lr))]
        np.testing.assert_array_equal(*pair)


@claim(
    "Twice the mass halves both the learning rate and 1 - gamma: a heavy ball starts slower, rolls longer.",
    where=CHECKS,
)
def test_twice_the_mass_starts_slower_and_rolls_longer():
    for mass, friction, h in np.random.default_rng(0).uniform([1, 0.1, 0.1], [2, 1, 1], (20, 3)):
        (lr, gamma), (heavy_lr, heavy) = ((h**2 / m, 1 - friction * h / m) for m in (mass, 2 * mass))
        assert (lr / heavy_lr, (1 - gamma) / (1 - heavy)) == (pytest.approx(2), pytest.approx(2))
        light_roll, heavy_roll = (np.sum(g ** np.arange(1000.0)) for g in (gamma, heavy))
        assert heavy_roll > light_roll


@claim("If the slope pushes both equally hard, the heavier one also starts more slowly.", where=LESSON)
def test_a_heavier_ball_starts_more_slowly_on_the_hill():
    masses = np.array([1, 2, 4])
    after = descend(Momentum(0.05 / masses, 1 - 0.1 / masses), "hill", steps=3).theta[-1, 0]
    assert after[0] > after[1] > after[2]


@claim("At 0.5 the ball is at the bottom sooner than the walker.", where=LESSON)
def test_a_little_memory_is_sooner_at_the_bottom():
    settled = [descend(Momentum(lr=0.4, gamma=g), hill(height=0), STARTS[None], steps=300).settled() for g in (0, 0.5)]
    assert (settled[1] < settled[0] / 2).all()


@claim("along, the same way", where=LESSON)
@claim("across, the memory points against the slope", where=LESSON)
def test_memory_points_against_the_slope_across_and_with_it_along():
    path = descend(Momentum(lr=0.078, gamma=0.5), "ravine", steps=2).theta
    memory, slope = 0.5 * (path[1] - path[0]), -SURFACES["ravine"].gradient(path[1])
    assert (memory * slope > 0).tolist() == [True, False]


@claim(
    "Two steps in a row with a known result catch all four; one step from rest misses the lost memory.", where=CHECKS
)
def test_one_step_from_rest_misses_the_lost_memory_and_two_steps_catch_all_four():
    def after(step, count):
        theta, delta = 1.0, 0.0
        for _ in range(count):
            theta, delta = step(theta, 2.0, delta, 0.1, 0.5)
        return theta

    lost, others = momentum_rule.without_memory, (momentum_rule.uphill, momentum_rule.rate_twice_in_turn)
    assert after(lost, 1) == after(momentum_rule.right, 1)
    for wrong in (lost, momentum_rule.stale_state, *others):
        assert after(wrong, 2) != pytest.approx(after(momentum_rule.right, 2))

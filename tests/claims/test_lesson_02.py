"""What lesson 02 says of bowls and ravines in general, measured beyond the runs beside it."""

from itertools import islice

import numpy as np
import pytest
from quoting import claim

from course_lib import quadratics
from course_lib.descent import descend, iterates, sweep
from course_lib.optimizers import GradientDescent, Momentum, Nesterov, Signum
from course_lib.surfaces import ravine

LESSON = "02_why_momentum.ipynb"
CHECKS = "course_lib/checks/lesson_02.py"

SAYS_NO_MORE = {
    "A ravine is two bowls that share one learning rate.": "it defines the ravine of the lesson",
}

KAPPAS = np.geomspace(4, 10000, 20)
GAMMAS = np.linspace(0, 0.99, 34)


def in_a_bowl(rule, steps):
    """Runs at the curvature 1 from 1: (steps + 1, *grid)."""
    return descend(rule, ravine(1), [1.0, 0.0], steps=steps).theta[:, 0]


def polyak(kappa):
    root = np.sqrt(kappa)
    return Momentum(lr=(2 / (root + 1)) ** 2, gamma=((root - 1) / (root + 1)) ** 2)


def losses(rule, kappas, steps):
    """The losses of one run in each ravine, from (1, 1), all at once: (steps + 1, len(kappas))."""
    curvatures = np.array([np.ones_like(kappas), kappas])
    points = iterates(rule(kappas), lambda theta: curvatures * theta, np.ones((2, len(kappas))))
    return np.array([(curvatures * x**2).sum(axis=0) / 2 for x in islice(points, steps + 1)])


def steps_below(tolerance, loss):
    assert (loss[-1] < tolerance).all()
    return (loss < tolerance).argmax(axis=0)


def walker(kappas):
    return GradientDescent(lr=2 / (1 + kappas))


@claim(
    "In one bowl, every step of gradient descent multiplies the distance by $1 - \\eta\\lambda$.",
    "It diverges above $\\eta\\lambda = 2$, momentum only above $2 + 2\\gamma$.",
    where=LESSON,
)
def test_bowls_diverge_beyond_two_plus_two_gamma_and_not_before():
    gammas = np.linspace(0, 0.98, 20)
    inside, outside = in_a_bowl(Momentum(lr=np.outer([0.995, 1.005], 2 + 2 * gammas), gamma=gammas), 8000)[-1]
    assert (abs(inside) < 1e-3).all() and not (abs(outside) < 1e3).any()
    pulls = np.linspace(0.01, 2.5, 50)
    run = in_a_bowl(GradientDescent(lr=pulls), 12)
    np.testing.assert_allclose(run[1:], (1 - pulls) * run[:-1], atol=1e-9)


@claim(
    "Nesterov bears less than momentum: $(2 + 2\\gamma)/(1 + 2\\gamma)$, which is 1.36 at "
    "0.9, where momentum bears 3.8.",
    where=LESSON,
)
def test_nesterov_diverges_beyond_its_own_limit_and_it_is_lower():
    gammas = np.linspace(0.05, 0.95, 19)
    limit = (2 + 2 * gammas) / (1 + 2 * gammas)
    ends = [abs(in_a_bowl(Nesterov(lr=share * limit, gamma=gammas), 6000)[-1]) for share in (0.99, 1.01)]
    assert (ends[0] < 1e-3).all() and not (ends[1] < 1e3).any() and (limit < 2 + 2 * gammas).all()


@claim(
    "The steep one limits it, the flat one suffers: at its best, gradient descent needs "
    "steps like $\\kappa$ in the long run.",
    "Polyak's pair needs steps like $\\sqrt\\kappa$.",
    where=LESSON,
)
def test_in_the_long_run_steps_grow_like_kappa_and_like_its_root():
    kappas, slopes = np.geomspace(64, 1024, 5), []
    for rule, steps in ((walker, 16000), (polyak, 1500)):
        loss = losses(rule, kappas, steps)
        late = steps_below(1e-24, loss) - steps_below(1e-8, loss)
        slopes.append(np.polyfit(np.log(kappas), np.log(late), 1)[0])
    assert slopes[0] == pytest.approx(1, abs=0.02) and slopes[1] == pytest.approx(0.5, abs=0.05)


@claim("which first grows (from $\\kappa = 6$ on)", where=LESSON)
@pytest.mark.parametrize("kappa, grows", [(4, False), (5.8, False), (6, True), (100, True)])
def test_across_the_first_swing_of_polyaks_pair_grows_in_ravines_from_6_on(kappa, grows):
    lr, gamma, rho = quadratics.best_heavy_ball(1, kappa)
    across, k = np.abs(descend(Momentum(lr, gamma), ravine(kappa), start=(0, 1), steps=40).theta[:, 1]), np.arange(41)
    np.testing.assert_allclose(across, (1 + k * (1 + rho)) * rho**k, rtol=1e-6)
    assert (across.max() > 1) == grows


@claim("(Best *in the long run*: a run that is stopped early may need fewer steps at another one.)", where=LESSON)
def test_the_best_rate_is_best_in_the_long_run_and_not_first_from_every_start():
    for kappa in KAPPAS[KAPPAS < 400]:
        best, shares = 2 / (1 + kappa), np.array([0.9, 0.97, 0.99, 1, 1.001, 1.002])
        worst = np.maximum(abs(1 - best * shares), abs(1 - best * shares * kappa))
        assert worst.argmin() == 3
    early = sweep(GradientDescent(lr=np.array([1.94, 2 * 64 / 65]) / 64), ravine(64), (1, 1), steps=400).steps
    assert early[0] < early[1]


@claim("From one given start other settings are there sooner", where=LESSON)
def test_from_twenty_starts_some_other_pair_is_there_sooner_than_polyaks():
    starts = 4 * np.random.default_rng(0).normal(size=(2, 20, 1))
    grid = np.array([(2.26, 0.70), (2.9, 0.65), (2.6, 0.68), (3.06, 0.615)])
    others = sweep(Momentum(lr=grid[:, 0] / 64, gamma=grid[:, 1]), ravine(64), starts, steps=400).steps
    assert (others.min(axis=1) < sweep(polyak(64), ravine(64), starts[..., 0], steps=400).steps).all()


@claim(
    "It is 53.",
    "More than 70: memory makes it five times as fast.",
    "Fewer than 30: no, not with this pair.",
    where=LESSON,
)
def test_at_kappa_64_memory_is_five_times_as_fast_from_any_start():
    starts = np.concatenate([np.ones((2, 1)), 4 * np.random.default_rng(0).normal(size=(2, 20))], axis=1)
    walks, rolls = (sweep(rule, ravine(64), starts, steps=600).steps for rule in (walker(64.0), polyak(64.0)))
    assert rolls[0] == 53 and rolls.min() > 30
    assert np.median(walks / rolls) == pytest.approx(5, abs=0.5) and (walks / rolls > 4).all()


@claim("The best $\\gamma$ grows with $\\kappa$.", "The usual 0.9 is best for a $\\kappa$ near 1400.", where=LESSON)
@claim("0.9 is a habit: it is best for a kappa near 1400.", where=CHECKS)
def test_the_best_gamma_found_by_measuring_grows_with_kappa():
    gammas, pulls = np.linspace(0, 0.98, 50), np.linspace(0.5, 3.95, 70)[:, None]
    found = []
    for kappa in (4, 16, 64, 256, 1400):
        modes = quadratics.heavy_ball(pulls / kappa, gammas, np.array([1, kappa])[:, None, None])
        worst = quadratics.spectral_radius(modes).max(axis=0).min(axis=0)
        found.append(gammas[worst.argmin()])
    assert (np.diff(found) > 0).all() and found[-1] == pytest.approx(0.9, abs=0.021)


@claim("Features in different units make a ravine; scale them.", where=LESSON)
@claim(
    "the **curvature the mean square of the feature**",
    "Both ravines lie askew, for heavy cars have strong motors: so $\\kappa$ is more than the ratio of these two "
    "curvatures.",
    where=LESSON,
)
@pytest.mark.parametrize("seed", range(20))
def test_a_fit_of_two_features_in_other_units_is_a_ravine_that_scaling_widens(seed):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(2, 40)) * rng.uniform([[30], [0.1]], [[300], [1]])
    features -= features.mean(axis=1, keepdims=True)
    scaled = features / features.std(axis=1, keepdims=True)
    kappas = [np.linalg.cond(x @ x.T) for x in (features, scaled)]
    ratios = [np.divide(*np.sort(np.mean(x**2, axis=1))[::-1]) for x in (features, scaled)]
    assert kappas[1] < 3 < 500 < kappas[0] and (np.array(kappas) > ratios).all()
    targets = rng.normal(size=40)
    slopes = [((w * features[0] - targets) * features[0]).mean() for w in (1.0, 2.0)]
    assert slopes[1] - slopes[0] == pytest.approx((features[0] ** 2).mean())


@claim(
    "In their units gradient descent, at its best, needs about 12 000 steps to leave 0.37 of the "
    "distance; divided by their spread, three.",
    where=LESSON,
)
def test_the_fit_of_the_cars_needs_so_many_steps():
    power = np.array([110, 93, 105, 245, 62, 66, 52, 65, 245, 113, 175, 335.0])
    weight = np.array([2.62, 2.32, 3.46, 3.57, 3.19, 2.2, 1.615, 1.835, 3.84, 1.513, 2.77, 3.57])
    for divide, least, most in ((False, 11500, 12500), (True, 2.5, 3.6)):
        x = np.array([power - power.mean(), weight - weight.mean()])
        x = x / x.std(axis=1, keepdims=True) if divide else x
        curvatures, directions = np.linalg.eigh(x @ x.T / 12)
        run = iterates(GradientDescent(2 / curvatures.sum()), lambda w, x=x: x @ (w @ x) / 12, directions[:, 0])
        left = np.array([np.linalg.norm(w) for w, _ in zip(run, range(13000), strict=False)])
        assert least <= np.argmax(left < 1 / np.e) <= np.ceil(most)


@claim(
    "Curvatures unknown? $\\gamma = 0.9$ and the largest $\\eta$ that does not diverge; "
    "then 0.99 and none in the same way; "
    "keep the fastest.",
    where=LESSON,
)
@claim(
    "In the wide bowl the pair without memory is the fastest of the three, in the narrowest ravine the one with 0.99.",
    where=LESSON,
)
@pytest.mark.parametrize("kappa, wins, ratio", [(10, 0, 9), (100, 1, 3), (1000, 1, 3), (10000, 2, 3)])
def test_doubling_until_it_diverges_finds_a_good_pair_wherever_it_begins(kappa, wins, ratio):
    ground = ravine(kappa, angle=30)
    rates = 1e-6 * 2.0 ** (np.arange(21)[:, None] + np.linspace(0, 0.95, 20)[:, None, None])
    runs = sweep(Momentum(lr=rates, gamma=np.array([0, 0.9, 0.99])), ground, steps=4000)
    arrives = runs.loss < ground.value(np.array(ground.start))
    last = arrives.shape[1] - 1 - arrives[:, ::-1].argmax(axis=1)
    steps = np.take_along_axis(runs.steps, last[:, None], axis=1)[:, 0]
    assert np.mean(steps.argmin(axis=1) == wins) >= 0.9
    assert (steps.min(axis=1) < ratio * sweep(polyak(kappa), ground, steps=4000).steps).all()


@claim("At $\\eta\\lambda = 1$ memory only slows a bowl down.", where=LESSON)
@claim("every bit of memory makes the run slower", where=LESSON)
def test_at_the_right_rate_every_bit_of_memory_is_slower():
    runs = in_a_bowl(Momentum(lr=1.0, gamma=GAMMAS), 3000)
    settled = 3000 - (abs(runs[::-1]) < 1e-3).argmin(axis=0)
    assert (np.diff(settled) >= 0).all() and settled[1] > settled[0]


@claim(
    "(Further to the left, where the learning rate is too small, a little memory helps, and too much swings.)",
    where=LESSON,
)
def test_where_the_rate_is_too_small_a_little_memory_helps_and_too_much_swings():
    for pull in np.linspace(0.02, 0.6, 20):
        best = (1 - np.sqrt(pull)) ** 2
        rates = quadratics.spectral_radius(quadratics.heavy_ball(pull, np.array([0, best / 2, best, 0.99]), 1.0))
        assert rates[2] < rates[1] < rates[0]
        assert in_a_bowl(Momentum(lr=pull, gamma=0.99), 400).min() < -0.3


@claim("While momentum swings, a step leaves $\\sqrt\\gamma$ of the swing.", where=LESSON)
@claim("**while momentum swings, a step leaves $\\sqrt\\gamma$ of the swing**", where=LESSON)
def test_while_a_run_swings_its_envelope_falls_with_the_root_of_gamma_whatever_the_rate():
    for gamma in np.linspace(0.05, 0.99, 20):
        low, high = (1 - np.sqrt(gamma)) ** 2, (1 + np.sqrt(gamma)) ** 2
        pulls = low + (high - low) * np.linspace(0.1, 0.9, 20)
        x = in_a_bowl(Momentum(lr=pulls, gamma=gamma), 60)
        area = x[1:-1] ** 2 - x[2:] * x[:-2]  # of two neighbouring points: free of the phase of the swing
        np.testing.assert_allclose(area[9:] / area[8:-1], gamma, rtol=1e-5)


def test_outside_of_the_swinging_region_the_root_of_gamma_is_not_the_rate():
    x = in_a_bowl(Momentum(lr=0.01, gamma=0.5), 200)
    assert x[-1] / x[-2] > 1.2 * np.sqrt(0.5)


@claim(
    "At the same learning rate, memory makes the jitter of noisy slopes larger while "
    "$\\eta\\lambda$ is below 1; beyond, a "
    "little memory calms it.",
    "At the *same* learning rate memory adds jitter as long as $\\eta\\lambda$ is below 1. Beyond, the walker's own "
    "zigzag repeats the noise, and a little memory calms it.",
    where=LESSON,
)
def test_memory_adds_jitter_below_one_and_calms_it_beyond():
    gammas, pulls = np.array([0, 0.1, 0.3, 0.6, 0.9, 0.99]), np.array([0.05, 0.3, 0.9, 1.3, 1.7, 1.95])[:, None]
    rng = np.random.default_rng(0)
    runs = iterates(
        Momentum(lr=pulls, gamma=gammas), lambda x: x + rng.normal(size=(1, *x.shape[1:])), np.zeros((1, 300, 1, 1))
    )
    late = [x[0] ** 2 for k, (x, _) in enumerate(zip(runs, range(2000), strict=False)) if k > 600]
    jitter = np.sqrt(np.mean(late, axis=(0, 1)))
    assert (np.diff(jitter[:2], axis=1) > 0).all() and (jitter[2, 2:] > jitter[2, :-2]).all()
    assert (jitter[3:, 1] < jitter[3:, 0]).all() and (jitter[:, 5] > jitter[:, 4]).all()


@claim(
    "More memory repeats each noisy slope in more steps: from 0.9 to 0.99 the jitter grows, as long as eta lambda is "
    "below 3.78.",
    where=CHECKS,
)
def test_the_formula_lets_the_jitter_grow_from_09_to_099_until_just_below_the_limit_of_09():
    pulls = np.append(np.linspace(0.01, 3.78, 200), [3.785, 3.799])
    usual, much = (quadratics.stationary_variance(quadratics.heavy_ball(pulls, g, 1.0), pulls) for g in (0.9, 0.99))
    assert (much > usual).tolist() == [True] * 200 + [False] * 2


def test_the_formula_puts_the_border_at_one_and_the_calmest_memory_at_the_root_less_one():
    gammas = np.linspace(0, 0.99, 991)
    for pull in np.linspace(0.02, 1.98, 50):
        jitter = quadratics.stationary_variance(quadratics.heavy_ball(pull, gammas, 1.0), pull)
        assert gammas[jitter.argmin()] == pytest.approx(max(np.sqrt(pull) - 1, 0), abs=2e-3)


@claim(
    "While eta lambda is small, the square of the jitter follows eta / (1 - gamma): a tenth of eta, "
    "a third of the jitter.",
    where=CHECKS,
)
@claim("This is why learning rates are lowered towards the end of training.", where=CHECKS)
def test_a_tenth_of_the_rate_leaves_about_a_third_of_the_jitter_while_the_rate_is_small():
    for gamma in (0, 0.5, 0.9):
        pulls = np.geomspace(0.001, 0.1, 20) * (1 + gamma)
        was, now = (
            quadratics.stationary_variance(quadratics.heavy_ball(p, gamma, 1.0), p) for p in (pulls, pulls / 10)
        )
        np.testing.assert_allclose(np.sqrt(now / was), 10**-0.5, rtol=0.06)


@claim("Both directions now shrink to 0.6 a step, one creeping, the other zigzagging.", where=CHECKS)
def test_both_directions_of_the_exercise_shrink_to_0_6():
    # The curvatures 3 and 12 are 1 and 4 at three times the rate.
    np.testing.assert_allclose(abs(descend(GradientDescent(6 / 15), ravine(4), (1, 1), steps=20).theta[-1]), 0.6**20)


@claim(
    "Gradient descent would need nine times as many.",
    "Even at its best, momentum feels a narrower ravine.",
    "That is how gradient descent grows: in proportion to kappa.",
    "Even gradient descent is not that slow.",
    where=CHECKS,
)
@claim("Ninefold kappa, and the steps grow like its square root: three times as many, or a little more.", where=CHECKS)
def test_ninefold_kappa_is_threefold_steps_for_momentum_and_ninefold_for_the_walker():
    kappas = np.geomspace(20, 150, 20)
    for rule, most_steps, least, most in ((polyak, 500, 2.9, 3.8), (walker, 8000, 8.8, 11.5)):
        few, many = (steps_below(1e-6, losses(rule, k, most_steps)) for k in (kappas, 9 * kappas))
        assert (many / few > least).all() and (many / few < most).all()


@claim("A run is as slow as its slowest direction, whichever way that one moves.", where=CHECKS)
def test_the_slowest_direction_decides_over_random_curvatures():
    for seed in range(20):
        curvatures = np.random.default_rng(seed).uniform(0.5, 19, 6)
        run = iterates(GradientDescent(0.1), lambda x, c=curvatures: c * x, np.ones(6))
        sizes = [np.abs(x).max() for x, _ in zip(run, range(120), strict=False)]
        assert sizes[-1] / sizes[-2] == pytest.approx(np.abs(1 - 0.1 * curvatures).max(), rel=1e-3)


@claim(
    "kappa is 25, its root 5: in the long run a step leaves 2 / 3 of the distance, where the walker keeps 0.92.",
    where=CHECKS,
)
def test_the_ravine_of_the_exercise_leaves_two_thirds():
    rho = quadratics.spectral_radius(quadratics.heavy_ball(1 / 36, 4 / 9, np.array([4.0, 100.0])))
    np.testing.assert_allclose(rho, 2 / 3, rtol=1e-6)
    assert np.max(abs(1 - 2 / 104 * np.array([4, 100]))) == pytest.approx(0.92, abs=0.005)


@claim(
    "With it a step leaves 1 - sqrt(eta lambda) of the distance; without memory it leaves 1 - eta lambda.", where=CHECKS
)
def test_critical_damping_shrinks_by_one_less_the_root():
    for pull in np.linspace(0.01, 0.95, 20):
        x = in_a_bowl(Momentum(lr=pull, gamma=(1 - np.sqrt(pull)) ** 2), 60)
        k = np.arange(61)
        np.testing.assert_allclose(x, (1 + k * np.sqrt(pull)) * (1 - np.sqrt(pull)) ** k, atol=1e-6)


@claim("Each step shrinks the waves by the root of gamma; from crest to crest that is about 0.35.", where=CHECKS)
def test_the_waves_of_the_series_fall_to_about_a_third_from_crest_to_crest():
    x = in_a_bowl(Momentum(lr=0.1, gamma=0.9), 120)
    crests = [x[k] for k in range(1, 119) if x[k - 1] < x[k] > x[k + 1]]
    assert np.mean(np.divide(crests[1:], crests[:-1])) == pytest.approx(0.35, abs=0.03)


@claim(
    "(The last sentence is for rules that keep the length of the slope. Where only its sign is kept, lesson 07 finds "
    "another answer.)",
    where=LESSON,
)
def test_the_sign_of_a_memory_jitters_more_at_the_same_rate_and_less_at_the_same_pull():
    """The memory's share of noise is smaller by the root of 19 at 0.9, so its sign answers 4.36 times as much to a
    slope."""
    rng = np.random.default_rng(0)
    for lr in (0.01, 0.03):
        jitter = []
        for rule in (Signum(lr, 0), Signum(lr, 0.9), Signum(lr / np.sqrt(19), 0.9)):
            runs = iterates(rule, lambda x: x + rng.normal(size=x.shape), np.zeros(400))
            jitter.append(np.sqrt(np.mean([np.mean(x**2) for x in islice(runs, 1000, 3000)])))
        assert jitter[1] > 1.5 * jitter[0] and jitter[2] < 0.9 * jitter[0]


@claim("With noise (below), half of that rate jitters less, across by a factor of 1.7 at least.", where=LESSON)
@pytest.mark.parametrize("gamma", [0, 0.5, 0.9, 0.99])
def test_half_of_a_rate_between_half_the_limit_and_the_limit_jitters_less(gamma):
    pulls = (2 + 2 * gamma) * np.linspace(0.5, 0.999, 20)
    was, now = (quadratics.stationary_variance(quadratics.heavy_ball(p, gamma, 1.0), p) for p in (pulls, pulls / 2))
    assert (np.sqrt(was / now) > 1.7).all() and np.sqrt(was / now).min() < 1.8


@claim("Longer steps carry the noise further: more jitter.", where=CHECKS)
@pytest.mark.parametrize("gamma", [0, 0.5, 0.9, 0.99])
def test_a_larger_rate_jitters_more_up_to_the_limit(gamma):
    pulls = (2 + 2 * gamma) * np.linspace(0.01, 0.99, 50)
    assert (np.diff(quadratics.stationary_variance(quadratics.heavy_ball(pulls, gamma, 1.0), pulls)) > 0).all()


@claim("less memory is sluggish (beyond $\\eta\\lambda = 1$ it zigzags instead), more memory swings.", where=LESSON)
@pytest.mark.parametrize("pull", [0.05, 0.25, 0.7, 1.3, 1.5, 1.8])
def test_critical_memory_is_the_fastest_and_less_is_sluggish_or_zigzags(pull):
    critical = (1 - np.sqrt(pull)) ** 2
    gammas = np.array([critical / 2, critical, (1 + critical) / 2])
    rates = quadratics.spectral_radius(quadratics.heavy_ball(pull, gammas, 1.0))
    assert rates.argmin() == 1
    with_less = in_a_bowl(Momentum(lr=pull, gamma=critical / 2), 60)
    flips = np.diff(np.sign(with_less)) != 0
    assert flips.all() if pull > 1 else not flips.any()

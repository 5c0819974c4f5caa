"""What lesson 04 says in general, measured over starts, slopes and settings, and where it ends."""

import numpy as np
import pytest
from quoting import claim

from course_lib.descent import descend, iterates, steps_of, sweep, trace
from course_lib.optimizers import Adadelta, Adagrad, Adam, AdamW, GradientDescent, Momentum, Nesterov, RMSprop
from course_lib.runs import for_good
from course_lib.surfaces import ravine

LESSON, CHECKS = "04_other_optimization_algorithms.ipynb", "course_lib/checks/lesson_04.py"
STARTS = np.random.default_rng(0).uniform(-4, 4, (2, 40))
RATES = np.logspace(-3, 1, 41)
SUMS = GradientDescent, Momentum, Nesterov
DIVIDERS = Adagrad, RMSprop, Adam

RESTLESS = (
    "At a constant learning rate RMSprop, with its memory of 0.9, does not come to rest (unless $\\eta\\lambda < "
    "2\\sqrt\\epsilon$), and Adam does not stay at rest: once $\\eta\\lambda$ over its divisor passes 38 it leaves "
    "again."
)
SAYS_NO_MORE = {
    "Adagrad, RMSprop and Adam divide each coordinate's slope by the size of that coordinate's own slopes: all so far, "
    "or the recent ones.": "the rules themselves",
    "Size, not importance.": "the rules themselves",
    "Adam is averaged momentum over RMSprop, both averages corrected for their start at zero.": (
        "a cell of the lesson takes the two apart, to twelve digits"
    ),
    "Its $t$ is a power, not an index.": "the rule itself",
    "Tune each, with the same number of tries.": "advice, not a measurement",
}


def turn(angle):
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[cos, -sin], [sin, cos]])


def points(rule, gradient, start, steps):
    return np.array([theta for theta, _ in zip(iterates(rule, gradient, start), range(steps + 1), strict=False)])


@claim("Under a steady slope Adagrad gets slower without end.", where=LESSON)
def test_steps_of_adagrad_fall_like_one_over_the_root_of_their_number():
    for slope in np.logspace(-4, 4, 20):
        steps = steps_of(Adagrad(lr=1), np.full(1000, slope))
        np.testing.assert_allclose(steps[[0, 99, 999]], [1, 0.1, 0.1**1.5], rtol=1e-3)


@claim(RESTLESS, where=LESSON)
def test_rmsprop_still_jumps_by_about_a_learning_rate_after_thousands_of_steps():
    for gamma in (0.5, 0.9, 0.95):
        for lr in (0.003, 0.03, 0.3):
            end = descend(RMSprop(lr, gamma), ravine(25), STARTS[:, :20], steps=4000).theta[-200:]
            assert (np.abs(np.diff(end, axis=0)).max(axis=(0, 1)) > lr / 2).all()


@claim(RESTLESS, where=LESSON)
@claim("(Only where $\\eta\\lambda$ is below $2\\sqrt\\epsilon$, here 0.0002, does it come to rest.", where=LESSON)
def test_rmsprop_comes_to_rest_only_below_twice_the_root_of_eps():
    shares = np.array([0.8, 0.95, 1.05, 1.2])[:, None]  # eta lambda over its limit of 0.0002
    for lr in (0.01, 0.1):
        run = points(
            RMSprop(lr, 0.9),
            lambda theta, lr=lr: shares * 2e-4 / lr * theta,
            np.repeat(STARTS[:1, None, :20], 4, axis=1),
            6000,
        )
        jumps = np.abs(np.diff(run[-200:, 0], axis=0)).max(axis=0)
        assert (jumps[:2] < 1e-6 * lr).all() and (jumps[2:] > 0.2 * lr).all()


@claim("With PyTorch's longer memory, 0.99, it rests first, and is thrown out again later.)", where=LESSON)
def test_with_a_memory_of_0_99_rmsprop_comes_to_rest_and_is_thrown_out():
    loss = descend(RMSprop(0.03, 0.99), ravine(25), STARTS[:, :20], steps=3000).loss
    lowest = np.minimum.accumulate(loss)
    assert (np.where(lowest < 1e-30, loss, 0).max(axis=0) > 1e-4).all()


@claim("The 1 is luck: most starts need 5 to 9.", "Even tuned anew it needs 973 at one degree.", where=LESSON)
def test_turned_and_tuned_anew_adagrad_is_no_faster_than_momentum():
    """Momentum needs 935 at every angle. At 45 degrees no rate arrives within 3000 steps."""
    for angle, least, most in ((1, 900, 1000), (45, np.inf, np.inf)):
        start = turn(angle) @ (1, 1)
        steps = sweep(Adagrad(lr=np.logspace(-1, 1, 41)), ravine(10_000, angle), start, steps=3000).steps.min()
        assert least <= steps <= most
    rates = np.logspace(-3, 1, 41)[:, None]
    elsewhere = sweep(Adagrad(lr=rates), ravine(10_000), STARTS, steps=20).steps.min(axis=0)
    assert np.mean((elsewhere >= 5) & (elsewhere <= 9)) > 0.8 and elsewhere.min() > 1


@pytest.mark.parametrize("lr", [0.1, 0.3])
@claim(RESTLESS, where=LESSON)
def test_adam_leaves_the_minimum_again_from_every_start(lr):
    ground, lowest, highest, felt_at = ravine(25), np.full(20, np.inf), np.zeros(20), None
    for step, _ in zip(trace(Adam(lr), ground.gradient, STARTS[:, :20]), range(14_000), strict=False):
        if step.t < 1000:
            continue
        loss = ground.value(step.theta)
        gone = highest > 1e-6
        lowest, highest = np.minimum(lowest, loss), np.maximum(highest, np.where(lowest < 1e-50, loss, 0))
        divisor = np.sqrt(step.state[1] / (1 - 0.999**step.t)) + 1e-8
        felt = np.max(lr * np.array([[1], [25]]) / divisor, axis=0)
        felt_at = felt if felt_at is None else np.where(gone, felt_at, np.maximum(felt_at, felt))
    assert (lowest < 1e-50).all() and (highest > 1e-6).all()  # it arrived, and is thrown back
    assert (felt_at > 38).all()


@claim("Then it diverges, until its slopes have filled the memory again.", where=LESSON)
def test_38_is_the_limit_of_averaged_momentum():
    for share, stays in ((0.98, True), (1.02, False)):
        felt = share * 38  # lr / divisor times curvature; averaged momentum is momentum with a tenth of the rate
        loss = sweep(Momentum(0.1 * felt, 0.9), ravine(1), STARTS, steps=4000, tol=None).loss
        assert ((loss < 1e-6) == stays).all()


@claim(
    "Without the correction, the first hundred steps are three to nearly seven times as *long* (at 0.9 and 0.999).",
    "it is the right step times a factor, **whatever the slopes are**",
    where=LESSON,
)
def test_uncorrected_steps_are_the_right_ones_times_the_factor():
    class Uncorrected(Adam):
        def step(self, theta, g, t, m, v):
            m, v = self.beta1 * m + (1 - self.beta1) * g, self.beta2 * v + (1 - self.beta2) * g**2
            return theta - self.lr * m / np.sqrt(v), m, v

    t = np.arange(1, 101)
    factor = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    assert factor.min() > 3.1
    assert 6.5 < factor.max() < 7
    for seed in range(20):
        slopes = np.random.default_rng(seed).standard_cauchy(100)
        right, raw = (steps_of(rule(lr=1, eps=0), slopes) for rule in (Adam, Uncorrected))
        np.testing.assert_allclose(raw, factor * right, rtol=1e-6, atol=1e-9)


@claim("the start *is* slow: 0.45", where=LESSON)
def test_at_a_shorter_memory_of_squares_the_uncorrected_start_is_slow():
    first = [0.1 / np.sqrt(1 - beta2) for beta2 in (0.9, 0.95, 0.989, 0.991, 0.999)]
    assert first == sorted(first) and first[1] == pytest.approx(0.447, abs=1e-3) and first[2] < 1 < first[3]


def off(rule, kappa, angle):
    """How far off a run is, turned back: (turned by the angle, in hundredths of the loss), over 20 starts."""
    start, turned = STARTS[:, :20], turn(angle)
    run = points(rule, ravine(kappa).gradient, start, 50)
    other = points(rule, ravine(kappa, angle).gradient, turned @ start, 50)
    scaled = points(rule, lambda theta: 100 * ravine(kappa).gradient(theta), start, 50)
    back = np.einsum("ij,tik->tjk", turned, other)
    with np.errstate(all="ignore"):
        return np.abs(back - run).max(), np.abs(scaled - run).max(axis=(0, 1))


@pytest.mark.parametrize("kappa", [4, 25, 400])
@pytest.mark.parametrize("angle", [10, 45, 80])
@claim("Momentum does not notice a turn, and notices the units of the loss.", where=LESSON)
@claim("Turning changes no curvature: gradient descent needs the same number of steps at every angle.", where=CHECKS)
@claim(
    "It only adds slopes and multiplies them by numbers: turn the ground, and its path turns along.",
    where="course_lib/checks/lesson_06.py",
)
def test_momentum_notices_the_units_and_no_turn(kappa, angle):
    for rule in SUMS:
        turned, scaled = off(rule(lr=0.5 / kappa), kappa, angle)
        assert turned < 1e-9 and not (scaled < 1e3).any()


@pytest.mark.parametrize("kappa", [4, 25, 400])
@pytest.mark.parametrize("angle", [10, 45, 80])
@claim("The methods that divide by coordinate do not notice the units, and notice a turn.", where=LESSON)
def test_dividers_notice_a_turn_and_no_units(kappa, angle):
    for rule in DIVIDERS:
        turned, scaled = off(rule(lr=0.05), kappa, angle)
        assert turned > 0.1 and (scaled < 1e-3).all()


@claim("The same learning rate does not mean the same to all.", where=LESSON)
@claim("At another number another one may win.", where="course_lib/checks/lesson_06.py")
def test_no_common_learning_rate_is_near_the_best_for_all():
    steps = {}
    for rule in (*SUMS, *DIVIDERS):
        run = descend(rule(lr=RATES[:, None]), ravine(25), STARTS, steps=600)
        steps[rule] = np.median(for_good(np.abs(run.theta).max(axis=1) < 0.1), axis=1)
    worst = np.max([counts / counts.min() for counts in steps.values()], axis=0)
    assert worst.min() > 2  # whichever is chosen, somebody needs more than twice its own best
    winners = [min(steps, key=lambda rule: steps[rule][k]) for k in range(len(RATES))]
    assert len(set(winners)) > 2
    best = [steps[rule].min() for rule in (GradientDescent, Momentum, Adam, RMSprop, Adagrad)]
    assert max(best[:3]) < 1.3 * min(best[:3]) < best[3] and best[4] < 10  # "Tuned alike, on this ravine, ..."


@claim("the first step is $\\sqrt{\\epsilon/(1-\\rho)}$ long", "on slopes well above $\\sqrt\\epsilon$", where=LESSON)
def test_first_step_of_adadelta_on_slopes_above_its_epsilon():
    for eps in (1e-6, 1e-4, 1e-2):
        for slope in np.sqrt(eps) * np.logspace(2, 6, 20):
            assert steps_of(Adadelta(eps=eps), [slope])[0] == pytest.approx(np.sqrt(eps / 0.1), rel=0.01)
    assert steps_of(Adadelta(eps=0.01), [0.01])[0] == pytest.approx(0.01, rel=0.01)  # and not on smaller ones


@claim("A test of a single step would have caught it: the first one is ten learning rates long.", where=CHECKS)
def test_first_step_of_the_adam_that_multiplies():
    for slope in np.logspace(-3, 3, 20):
        m_hat, v_hat = 0.1 * slope * (1 - 0.9), 0.001 * slope**2 * (1 - 0.999)
        assert m_hat / np.sqrt(v_hat) == pytest.approx(10)


def slopes_of_twenty(seed=0):
    return np.random.default_rng(seed).standard_cauchy((20, 2))


@claim("Its sign is all that the first slope decides: m-hat is g, the root of v-hat is |g|.", where=CHECKS)
@claim(
    "Look at the first step: these two begin at 45 degrees, whatever the slopes (unless one of them is zero).",
    where=CHECKS,
)
@pytest.mark.parametrize("rule", [Adam(lr=1), RMSprop(lr=1)], ids=lambda rule: type(rule).__name__)
def test_the_first_step_is_as_long_in_every_coordinate_whatever_its_slope(rule):
    first = np.array([next(iter(points(rule, lambda _, g=g: g, [0.0, 0.0], 1)[1:])) for g in slopes_of_twenty()])
    np.testing.assert_allclose(np.abs(first), 1 if isinstance(rule, Adam) else 10**0.5, rtol=2e-3)
    assert (np.sign(first) == -np.sign(slopes_of_twenty())).all()


@claim(
    "At 45 degrees both coordinates feel the steep direction: both are divided by much the same number.", where=CHECKS
)
@claim("One divisor for each coordinate suits a ravine whose directions are the coordinates.", where=CHECKS)
@pytest.mark.parametrize("kappa", [25, 100, 400])
def test_the_divisors_differ_along_the_axes_and_are_alike_at_45_degrees(kappa):
    ratios = []
    for angle in (0, 45):
        turned = turn(angle) @ STARTS[:, :20]
        s = sum(
            ravine(kappa, angle).gradient(theta) ** 2
            for theta in points(Adagrad(0.5), ravine(kappa, angle).gradient, turned, 20)
        )
        ratios.append(np.sqrt(s.max(axis=0) / s.min(axis=0)))
    assert np.median(ratios[1]) < 1.5 and np.median(ratios[0]) > kappa / 2


@claim(
    "The size of the slope does not enter: under a slope that stays, AdamW comes to rest at plus or minus 1 / lambda.",
    where=CHECKS,
)
@pytest.mark.parametrize("decay", [0.2, 1, 3])
def test_adamw_rests_at_one_over_lambda_whatever_the_slope(decay):
    slopes = np.concatenate([-np.logspace(-2, 3, 10), np.logspace(-2, 3, 10)])
    end = points(AdamW(lr=0.03, weight_decay=decay), lambda theta: slopes, np.zeros(20), 2000)[-1]
    np.testing.assert_allclose(end, -np.sign(slopes) / decay, rtol=1e-3)

"""What the course's one page, its guide and lesson 06 say in general, measured over starts, settings and curvatures."""

from functools import cache
from itertools import islice

import numpy as np
import pytest
from quoting import claim

from course_lib import conventions, quadratics
from course_lib.descent import descend, iterates, steps_of, sweep, trace
from course_lib.labs import facts_lab
from course_lib.noisy_quadratic import expected_loss, steps_to
from course_lib.optimizers import Adagrad, Adam, GradientDescent, Momentum, Nesterov, RMSprop
from course_lib.runs import for_good
from course_lib.surfaces import SURFACES, ravine
from course_lib.training import recorded
from course_lib.worst_case import above_minimum, lowest_within, worst

LESSON = "06_conclusion.ipynb"
QUIZ = "course_lib/checks/lesson_06.py"
CHECKS = "course_lib/checks/lesson_06.py"

SAYS_NO_MORE = {
    "$g$ is the gradient, $\\lambda$ the curvature of the bowl; $\\hat m = m/(1-\\beta_1^t)$ and $\\hat v = "
    "v/(1-\\beta_2^t)$, with $t$ a power.": "it says what the letters mean",
    "**A fair comparison** says what was held equal, gives each method the same number of tries, chooses on a "
    "validation set, and shows several seeds with their spread.": "it says what the course calls fair",
    "No method is best.": "the rows below it name different ones",
    "Each row says what it rests on; run it again.": "it says how to read the table",
    "Momentum remembers its last step.": "the rule in words",
    "Four rows more, from lesson 07:": "it says where the rows are from",
    "Say what is held equal.": "advice without a number",
    "Run what you read.": "advice without a number",
    "a good loss, but nobody else's path | a bug | two steps by hand, on a slope you know": "lesson 05's bug hunt is "
    "the measurement: every suspect is caught by a few steps",
}

RNG = np.random.default_rng(0)
GAMMAS = np.linspace(0, 0.99, 34)
LAMBDAS = np.geomspace(0.01, 100, 21)
KAPPAS = np.array([16.0, 64.0, 256.0, 1024.0])


def grows(rule, lambdas, steps=4000):
    """Whether runs from 1 end further away than they began, for bowls of these curvatures."""
    points = iterates(rule, lambda theta: lambdas * theta, np.ones((1, *np.shape(lambdas))))
    with np.errstate(all="ignore"):
        end = abs(next(islice(points, steps, None))[0])
    return ~(end < 1)


LIMITS = {
    GradientDescent: lambda gamma: 2 + 0 * gamma,
    Momentum: lambda gamma: 2 + 2 * gamma,
    Nesterov: lambda gamma: (2 + 2 * gamma) / (1 + 2 * gamma),
}


@claim(
    "| gradient descent | $\\theta \\leftarrow \\theta - \\eta\\, g$ | nothing | $\\eta\\lambda = 2$ |",
    "| momentum | $\\Delta \\leftarrow \\eta\\, g + \\gamma\\,\\Delta, \\quad \\theta \\leftarrow \\theta - \\Delta$ | "
    "its last step | $\\eta\\lambda = 2 + 2\\gamma$ |",
    "| Nesterov | the same, with $g$ measured at $\\theta - \\gamma\\,\\Delta$ | its last step | $\\eta\\lambda = (2 + "
    "2\\gamma)/(1 + 2\\gamma)$ |",
    "Nesterov looks first, swings less, and bears less.",
    where=LESSON,
)
@claim(
    "In a bowl, momentum bears a learning rate of up to 2 + 2 gamma over the curvature, the walker only 2.",
    where=CHECKS,
)
@claim(
    "For momentum the limit is higher still.",
    "$\\eta\\lambda$ is 1.8. Gradient descent bears up to 2, momentum up to 3.8.",
    "It bears $\\eta\\lambda$ up to 2, and this is 1.8.",
    "Momentum bears up to 3.8 at this memory: it is the most patient of the three.",
    "With a larger momentum the limits would differ from Nesterov's.",
    where=QUIZ,
)
@pytest.mark.parametrize("method", LIMITS, ids=lambda method: method.__name__)
@pytest.mark.parametrize(("share", "diverges"), [(0.995, False), (1.005, True)])
def test_a_bowl_diverges_just_beyond_the_limit(method, share, diverges):
    lambdas, gamma = np.meshgrid(LAMBDAS, np.array([0, 0.3, 0.6, 0.9]))
    lr = share * LIMITS[method](gamma) / lambdas
    rule = method(lr=lr) if method is GradientDescent else method(lr=lr, gamma=gamma)
    assert (grows(rule, lambdas) == diverges).all()


@claim("Its limit is $(2 + 2\\gamma)/(1 + 2\\gamma)$, here 1.357; 1.8 is beyond it.", where=QUIZ)
def test_only_nesterov_diverges_at_the_numbers_of_the_quiz():
    settings = {"lr": 0.15, "gamma": 0.9}
    rules = (GradientDescent(lr=0.15), Momentum(**settings), Nesterov(**settings))
    assert [bool(grows(rule, np.array(12.0))) for rule in rules] == [False, False, True]


def late_extent(rule, steps=6000, last=1000):
    """The largest distance from the bottom in the last steps, over bowls of all LAMBDAS; from the distance 1."""
    points = iterates(rule, lambda theta: LAMBDAS * theta, np.ones((1, len(LAMBDAS))))
    return np.max([abs(theta[0]) for theta in islice(points, steps - last, steps)], axis=0)


@claim(
    "| Adagrad | $s \\leftarrow s + g^2, \\quad \\theta \\leftarrow \\theta - \\eta\\, g / (\\sqrt{s} + \\epsilon)$ "
    "| all "
    "squares | never: $s$ grows until the step fits |",
    where=LESSON,
)
@pytest.mark.parametrize("lr", np.geomspace(0.01, 100, 5))
def test_adagrad_ends_nearer_than_it_began_in_every_bowl(lr):
    assert (late_extent(Adagrad(lr=lr)) < 1).all()


@claim(
    "| RMSprop | $s \\leftarrow \\gamma s + (1-\\gamma)\\, g^2, \\quad \\theta \\leftarrow \\theta - \\eta\\, g / "
    "\\sqrt{s "
    "+ \\epsilon}$ | recent squares | never: at 0.9 it jumps about by $\\eta$ or less |",
    where=LESSON,
)
@pytest.mark.parametrize("lr", [0.01, 0.1, 1.0])
def test_rmsprop_ends_about_eta_from_the_bottom_of_every_bowl(lr):
    """Each jump is eta long, half of it to either side; where all slopes are below the root of eps it comes to rest."""
    extent = late_extent(RMSprop(lr=lr, gamma=0.9)) / lr
    assert (extent < 2).all() and (extent[lr * LAMBDAS > 1e-3] > 0.4).all()


@claim(
    "| Adam | $m \\leftarrow \\beta_1 m + (1-\\beta_1)\\, g, \\quad v \\leftarrow \\beta_2 v + (1-\\beta_2)\\, g^2,$ "
    "$\\quad "
    "\\theta \\leftarrow \\theta - \\eta\\, \\hat m / (\\sqrt{\\hat v} + \\epsilon)$ | recent slopes and squares | "
    "never: it "
    "overshoots by a few $\\eta$ |",
    where=LESSON,
)
def test_adam_stays_within_a_few_learning_rates_of_the_bottom():
    """After it has come near, over 20 000 steps: the bursts at Adam's own limit are inside."""
    lr = np.array([[0.01], [0.1], [1.0]])
    points = iterates(Adam(lr=lr), lambda theta: LAMBDAS * theta, 5 * lr * np.ones((1, 1, len(LAMBDAS))))
    assert (np.max([abs(theta[0]) for theta in islice(points, 200, 20_000)], axis=0) < 5 * lr).all()


@claim(
    "| effective step | $\\eta/(1-\\gamma)$ | change $\\gamma$ alone, and you change it |",
    "| a slope that stays | steps become $1/(1-\\gamma)$ times as long | 10 times at 0.9 |",
    "| a slope that flips | steps become $1/(1+\\gamma)$ times as long | 0.53 times at 0.9 |",
    "What persists grows, what alternates shrinks; at its best settings a ravine costs $\\sqrt\\kappa$ in place of "
    "$\\kappa$.",
    where=LESSON,
)
def test_what_stays_grows_and_what_flips_shrinks():
    for sign, factor in ((1, 1 / (1 - GAMMAS)), (-1, 1 / (1 + GAMMAS))):
        delta = np.zeros_like(GAMMAS)
        for t in range(4000):
            delta = sign**t + GAMMAS * delta
        np.testing.assert_allclose(abs(delta), factor)


@claim(
    "| half of a push is forgotten | after $\\ln\\tfrac12 / \\ln\\gamma$ steps | 6.6 at 0.9, 69 at 0.99 |", where=LESSON
)
@pytest.mark.parametrize(("gamma", "steps"), [(0.9, 6.6), (0.99, 69)])
def test_half_of_a_push_is_forgotten(gamma, steps):
    pushed = steps_of(Momentum(lr=1, gamma=gamma), [1.0] + 200 * [0.0]).ravel()
    assert np.argmax(pushed <= 0.5) == np.ceil(np.log(0.5) / np.log(gamma))
    assert np.log(0.5) / np.log(gamma) == pytest.approx(steps, rel=0.01)


@claim("0.95 to the power 13.5 is one half: ln ½ / ln 0.95.", where=QUIZ)
def test_half_life_of_the_quiz():
    assert pytest.approx(0.5, rel=0.01) == 0.95**13.5


def measured_rate(rule, kappa, far=400):
    """By how much a step shrinks the distance in the long run, the mean of the steps far/2 to far, from 20 starts."""
    starts = RNG.normal(size=(2, 20))
    theta = descend(rule, ravine(kappa), starts, steps=far).theta
    distance = np.linalg.norm(theta, axis=1)
    return (distance[far] / distance[far // 2]) ** (2 / far)


@claim(
    "| gradient descent at its best, in the long run | $\\eta = 2/(\\lambda_{\\text{steep}} + "
    "\\lambda_{\\text{flat}})$, a "
    "step leaves $(\\kappa-1)/(\\kappa+1)$ | steps needed: like $\\kappa = "
    "\\lambda_{\\text{steep}}/\\lambda_{\\text{flat}}$ |",
    where=LESSON,
)
@pytest.mark.parametrize("kappa", KAPPAS)
def test_gradient_descent_at_its_best_leaves_its_share(kappa):
    np.testing.assert_allclose(
        measured_rate(GradientDescent(lr=2 / (kappa + 1)), kappa), (kappa - 1) / (kappa + 1), rtol=1e-3
    )


@claim(
    "| momentum at its best, in the long run | $\\eta = \\big(2/(\\sqrt{\\lambda_{\\text{steep}}} + "
    "\\sqrt{\\lambda_{\\text{flat}}})\\big)^2$, $\\gamma = \\big((\\sqrt\\kappa-1)/(\\sqrt\\kappa+1)\\big)^2$, a "
    "step leaves "
    "$\\sqrt\\gamma$ | steps needed: like $\\sqrt\\kappa$ |",
    where=LESSON,
)
@pytest.mark.parametrize("kappa", KAPPAS)
def test_momentum_at_its_best_leaves_the_root_of_gamma(kappa):
    """Two roots coincide, so the share is reached from above, like (k + 1)/k."""
    best = quadratics.best_heavy_ball(1, kappa)
    root = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    assert best.lr == pytest.approx((2 / (np.sqrt(kappa) + 1)) ** 2) and best.gamma == pytest.approx(root**2)
    np.testing.assert_allclose(measured_rate(Momentum(lr=best.lr, gamma=best.gamma), kappa), root, rtol=0.01)


@pytest.mark.parametrize(("best", "slope"), [(quadratics.best_gradient_descent, 1), (quadratics.best_heavy_ball, 0.5)])
def test_steps_grow_like_kappa_and_like_its_root(best, slope):
    needed = [-1 / np.log(best(1, kappa).rate) for kappa in KAPPAS]
    assert np.polyfit(np.log(KAPPAS), np.log(needed), 1)[0] == pytest.approx(slope, abs=0.06)


@claim("| Adam on a steady slope | every step is $\\eta$ long | without the correction the first is 3.16 $\\eta$ |",
       where=LESSON)  # fmt: skip
@claim("For momentum it multiplies the slope, for Adam it is the step itself.", where=QUIZ)
@pytest.mark.parametrize("slope", [-1000.0, 0.01, 3.0])
def test_adams_steps_on_a_steady_slope(slope):
    np.testing.assert_allclose(abs(steps_of(Adam(lr=1), np.full(300, slope))), 1, rtol=1e-5)
    assert steps_of(Momentum(lr=1), [slope])[0] == slope
    assert (1 - 0.9) / np.sqrt(1 - 0.999) == pytest.approx(3.16, abs=0.003)


@claim(
    "| the loss still grows after twenty steps | $\\eta$ beyond the limit of the steepest direction | a third of "
    "$\\eta$; "
    "for a network, warm up |",
    where=LESSON,
)
def test_a_third_of_a_rate_beyond_the_limit_converges():
    """Up to three times the limit; further beyond, divide again."""
    lambdas, beyond = np.meshgrid(LAMBDAS, [1.01, 1.5, 2, 2.9])
    assert grows(Momentum(lr=beyond * 3.8 / lambdas, gamma=0.9), lambdas).all()
    for kappa in (4, 64, 1024):  # at its best settings it may grow at first, but not so long
        best = quadratics.best_heavy_ball(1, kappa)
        loss = descend(Momentum(lr=best.lr, gamma=best.gamma), ravine(kappa), (1, 1), steps=60).loss
        assert (np.diff(loss)[19:] < 0).all()
    assert not grows(Momentum(lr=beyond * 3.8 / lambdas / 3, gamma=0.9), lambdas).any()


@claim(
    "| an even, slow fall | $\\eta$ too small for every direction | three times $\\eta$ |",
    "| the same, and three times $\\eta$ diverges | a ravine: right across, too small along | memory; or one rate "
    "for each "
    "coordinate |",
    where=LESSON,
)
@pytest.mark.parametrize("kappa", KAPPAS[:3])
def test_three_times_eta_tells_a_small_rate_from_a_ravine(kappa):
    """In a ravine at its best rate three times as much diverges, and momentum saves steps; at a tenth it does not."""
    rates = 2 / (kappa + 1) * np.array([0.1, 0.3, 3])
    slow, faster, lost = sweep(GradientDescent(lr=rates), ravine(kappa), steps=int(100 * kappa)).steps
    tuned = quadratics.best_heavy_ball(1, kappa)
    assert np.isinf(lost) and faster < slow / 2.5
    assert sweep(Momentum(lr=tuned.lr, gamma=tuned.gamma), ravine(kappa), steps=int(30 * kappa)).steps < faster / 3


@claim(
    "| waves | too much memory for this valley | less $\\gamma$ |",
    "| calm waves | less $\\gamma$; Nesterov, if $\\eta\\lambda$ is above $1-\\gamma$, and nowhere above 1.3 | in a "
    "ravine at 0.99 settled after 290 steps, momentum after 889 | 03, *Does it slow down in time?* |",
    where=LESSON,
)
@pytest.mark.parametrize("gamma", [0.9, 0.95, 0.99])
def test_nesterov_calms_waves_at_least_twice_as_fast_from_eta_lambda_of_one_less_gamma_on(gamma):
    """They shrink by sqrt(gamma) a step and by sqrt(gamma (1 - eta lambda)): alike where eta lambda is small."""
    rates = (1 - gamma) * np.array([0.05, 1, 2, 4])

    def fading(method):
        way = abs(descend(method(lr=rates, gamma=gamma), ravine(1), (1.0, 0.0), steps=4000).theta[:, 0])
        envelope = [way[k : k + 300].max(axis=0) for k in (0, round(3 / (1 - gamma)))]
        return np.log(envelope[0] / envelope[1])

    faster = fading(Nesterov) / fading(Momentum)
    assert faster[0] < 1.2 and (faster[1:] > 1.7).all()
    less = Momentum(lr=rates[1], gamma=0.5 * gamma), Momentum(lr=rates[1], gamma=gamma)
    assert np.subtract(*(descend(rule, ravine(1), (1.0, 0.0), steps=4000).settled() for rule in less)) < 0
    assert grows(Nesterov(lr=np.array([1.3, 1.4]), gamma=gamma), np.ones(2)).tolist() == [False, True]


@claim(
    "| up and down around one value | noise | let $\\eta$ fall, along a cosine |",
    "| less jitter at the end | let $\\eta$ fall along a cosine | on the digits at $\\eta$ = 0.4, test errors 2.5% "
    "instead of 3.9% | 05, *Is it worth it on a network?* |",
    where=LESSON,
)
def test_a_falling_rate_calms_what_a_constant_one_leaves():
    rng, steps = np.random.default_rng(0), 400
    ends = {}
    for name in ("constant", "cosine"):
        theta, delta = np.zeros(2000), 0.0
        for t in range(steps):
            lr = 0.1 if name == "constant" else 0.1 * (1 + np.cos(np.pi * t / steps)) / 2
            delta = lr * (theta + rng.normal(size=2000)) + 0.9 * delta
            theta = theta - delta
        ends[name] = theta.std()
    assert ends["cosine"] < 0.3 * ends["constant"]


@claim(
    '| "momentum makes no difference" | the code averages | $\\eta/(1-\\gamma)$ in place of $\\eta$ |',
    "| `Momentum(lr, gamma)` | `SGD(lr, momentum=gamma)` | `SGD(lr, momentum=gamma)` | `sgd(lr, momentum=gamma)` | "
    "`lr / (1 "
    "- gamma)` |",
    "| `Nesterov(lr, gamma)` | add `nesterov=True` | add `nesterov=True` | add `nesterov=True` | |",
    "With `nesterov=True` the libraries show the look-ahead point.",
    "The same number in two libraries, or for two methods, is not the same step.",
    where=LESSON,
)
@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("name", ["PyTorch", "Keras", "Optax"])
def test_a_run_is_the_same_in_every_library_at_the_same_numbers(name, nesterov):
    library = getattr(conventions, name)
    ours = (Nesterov if nesterov else Momentum)(lr=0.02, gamma=0.8)
    points = list(islice(iterates(ours, ravine(25).gradient, [-4.0, 2.0]), 40))
    theirs = list(islice(iterates(library(0.02, 0.8, nesterov=nesterov), ravine(25).gradient, [-4.0, 2.0]), 40))
    shown = points
    if nesterov:  # the look-ahead points
        steps = np.diff(points, axis=0, prepend=points[:1])
        shown = points + 0.8 * steps
    np.testing.assert_allclose(theirs, shown, atol=1e-12)


def test_the_averaged_form_needs_eta_over_one_minus_gamma():
    for gamma in (0.5, 0.9, 0.99):
        averaged = conventions.Averaged(lr=0.01 / (1 - gamma), beta=gamma)
        paths = [descend(rule, ravine(25), steps=100).theta for rule in (Momentum(lr=0.01, gamma=gamma), averaged)]
        np.testing.assert_allclose(*paths, atol=1e-9)


@claim(
    "| after a drop of $\\eta$ the run coasts on | the memory holds steps, as in Keras | nothing, or PyTorch's form |",
    "| lower $\\eta$ in mid-run | know your library | of a steady step Keras keeps 0.910, PyTorch 0.100 | 03, *Two "
    "groups* |",
    where=LESSON,
)
@pytest.mark.parametrize(("name", "share"), [("Keras", 0.91), ("PyTorch", 0.1)])
def test_what_a_drop_leaves_of_the_next_step(name, share):
    library = getattr(conventions, name)
    falling = lambda t: library(0.1 if t <= 300 else 0.01, 0.9)  # noqa: E731
    places = [theta[0] for theta in islice(iterates(falling, np.ones_like, [0.0]), 302)]
    assert (places[301] - places[300]) / (places[300] - places[299]) == pytest.approx(share, abs=0.001)


@claim(
    "| `RMSprop(lr, gamma, eps)` | nearly: `alpha=gamma`, `eps` outside the root | `rho=gamma`, inside | "
    "`decay=gamma`, "
    "inside | |",
    where=LESSON,
)
def test_rmsprop_has_eps_inside_and_outside_is_only_nearly_the_same():
    g, s = 1e-2, 0.1 * 1e-4
    inside, outside = g / np.sqrt(s + 1e-8), g / (np.sqrt(s) + 1e-8)
    assert steps_of(RMSprop(lr=1, gamma=0.9, eps=1e-8), [g])[0] == pytest.approx(inside)
    assert inside != pytest.approx(outside, rel=1e-6) and inside == pytest.approx(outside, rel=1e-2)


@claim("**A gradient is checked** to both sides, with $h$ near $10^{-5}$ in 64-bit numbers.", where=LESSON)
@pytest.mark.parametrize("function", [np.sin, np.exp, np.tanh])
def test_a_gradient_is_best_checked_near_that_h(function):
    theta, hs = np.linspace(-2, 2, 21), 10.0 ** -np.arange(1, 13)
    slope = {np.sin: np.cos, np.exp: np.exp, np.tanh: lambda x: 1 / np.cosh(x) ** 2}[function](theta)
    errors = [np.abs((function(theta + h) - function(theta - h)) / (2 * h) - slope).max() for h in hs]
    assert hs[np.argmin(errors)] * 1.0001 >= 1e-6 and hs[np.argmin(errors)] < 2e-4


# -- the guide


@claim(
    "| a ravine, of known curvatures | momentum at its best settings | 260 steps against 5135, at $\\kappa$ = 1024 | "
    "02, "
    "*The count* |",
    where=LESSON,
)
@pytest.mark.parametrize("kappa", KAPPAS)
def test_momentum_at_its_best_needs_fewer_steps_in_a_known_ravine_from_every_start(kappa):
    turns = RNG.uniform(0, 2 * np.pi, 20)
    starts = 4 * np.array([np.cos(turns), np.sin(turns)])
    best = quadratics.best_heavy_ball(1, kappa)
    walker = sweep(GradientDescent(lr=2 / (kappa + 1)), ravine(kappa), starts, steps=int(12 * kappa)).steps
    ball = sweep(Momentum(lr=best.lr, gamma=best.gamma), ravine(kappa), starts, steps=int(12 * kappa)).steps
    assert (ball < walker / 1.5).all()


@claim(
    "| a round bowl, a good $\\eta$ | no memory | settled after 1 step; with 0.9 after 132 | 02, "
    '*"Faster, negatively or positively": when momentum hurts* |',
    where=LESSON,
)
def test_memory_only_delays_in_a_round_bowl_at_its_best_rate():
    counts = descend(Momentum(lr=1 / 4, gamma=GAMMAS), lambda_bowl(4.0), (1.0, 0.5), steps=3000).settled()
    assert counts[0] == 1 and (counts[GAMMAS > 0.05] > 1).all() and counts[-1] > 100  # a breath of it is not seen


def lambda_bowl(curvature):
    from dataclasses import replace

    ground = ravine(1)
    return replace(
        ground,
        value=lambda theta: curvature * ground.value(theta),
        gradient=lambda theta: curvature * ground.gradient(theta),
    )


RATES = np.geomspace(0.001, 10, 25)[:, None, None]
MEMORIES = np.array([0, 0.5, 0.7, 0.8, 0.9])[:, None]
ANGLES = np.random.default_rng(1).uniform(0, 2 * np.pi, 20)
TUNED = {
    "gradient descent": lambda kappa: GradientDescent(lr=RATES / kappa),
    "momentum": lambda kappa: Momentum(lr=RATES / kappa, gamma=MEMORIES),
    "Adagrad": lambda kappa: Adagrad(lr=RATES),
    "RMSprop": lambda kappa: RMSprop(lr=RATES, gamma=MEMORIES),
    "Adam": lambda kappa: Adam(lr=RATES, beta1=MEMORIES),
}


@cache
def tuned_steps(name, kappa, angle, watched=800):
    """The smallest median over all settings of when 20 random starts are there for good, up to step `watched`."""
    starts = 4 * np.array([np.cos(ANGLES), np.sin(ANGLES)])[:, None, None, :]
    losses = descend(TUNED[name](kappa), ravine(kappa, angle), starts, steps=watched).loss
    return np.median(for_good(losses < 1e-6), axis=-1).min()


@claim(
    "| steep and flat along the axes | Adagrad | at $\\kappa$ = 100, each tuned: 8 steps; "
    "momentum 60; Adam, by how long it must stay, 29 to 70 | 06, *Deeper: the guide's ravines, each method tuned* |",
    "Adam divides by the recent size of each coordinate's slopes.",
    where=LESSON,
)
@pytest.mark.parametrize("kappa", [100, 200])
def test_adagrad_and_adam_win_along_the_axes_of_a_narrow_ravine(kappa):
    momentum = tuned_steps("momentum", kappa, 0)
    assert tuned_steps("Adagrad", kappa, 0) < 0.2 * momentum and tuned_steps("Adam", kappa, 0) < 0.8 * momentum


@claim(
    "two thirds of momentum's steps here, half if watched to step 200, more if watched to 3200",
    where=LESSON,
)
def test_how_many_steps_adam_needs_hangs_on_how_long_it_must_stay():
    momentum, watched = tuned_steps("momentum", 100, 0), (200, 3200)
    along, askew = ([tuned_steps("Adam", 100, angle, steps) for steps in watched] for angle in (0, 45))
    assert along[0] < 0.6 * momentum < momentum < along[1] and askew[0] < askew[1] < 5.5 * momentum


@claim(
    "the two are level along the axes if watched to step 200; to 800, momentum is ahead.",
    where=LESSON,
)
def test_in_a_mild_ravine_adam_does_not_win_along_the_axes():
    momentum = tuned_steps("momentum", 25, 0)
    assert tuned_steps("Adam", 25, 0) > 1.1 * momentum and 0.8 < tuned_steps("Adam", 25, 0, 200) / momentum < 1.2


@claim(
    "| a ravine that lies askew | momentum | at $\\kappa$ = 100, turned by 45 degrees, each tuned: momentum 60 "
    "steps, Adam 93 to 274, Adagrad 574 | 06, *Deeper: the guide's ravines, each method tuned* |",
    where=LESSON,
)
@pytest.mark.parametrize("kappa", [25, 100, 200])
def test_momentum_wins_askew(kappa):
    momentum = tuned_steps("momentum", kappa, 45)
    assert all(tuned_steps(name, kappa, 45) > 1.5 * momentum for name in ("Adagrad", "RMSprop", "Adam"))


def needed(level):
    """Expected steps on the noisy quadratic of gradient descent, momentum (a row a gamma) and averaged places, tuned:
    one for each batch size of 4^0 ... 4^8."""
    sizes, found = 4.0 ** np.arange(9), []
    for beta, shares in ((1, [1.0]), (1, [0.2, 0.1, 0.05]), (0, np.geomspace(1, 0.0003, 9))):
        steps, start, noise = expected_loss(np.geomspace(0.005, 60, 60), beta, np.reshape(shares, (-1, 1)))
        best = np.array([steps_to(steps, start + noise / size, level).min(axis=-1) for size in sizes]).T
        found.append(best if beta else best.min(axis=0))
    return found


@claim(
    "| small batches: noise limits $\\eta$ | an average of the places | "
    "in theory, at batch 4: 6656 steps, momentum 30208; on the digits it saves far less "
    "| 07, *From small batches to large ones* |",
    "| large batches: curvature limits $\\eta$ | momentum | "
    "in theory, at batch 1024: 118 steps; averaged places 544 | 07, *From small batches to large ones* |",
    where=LESSON,
)
@pytest.mark.parametrize("level", [0.1, 0.03, 0.01])
def test_averages_pay_at_small_batches_and_momentum_at_large_ones(level):
    (descent,), momentum, places = needed(level)
    small = np.flatnonzero(np.isfinite(descent))[:2]  # 1 and 4, but for the lowest level 4 and 16
    large = slice(6, None)
    assert (descent[small] > 2.5 * places[small]).all() and (descent[small] < 1.15 * momentum[:, small]).all()
    assert (descent[large] > 3 * momentum[:, large]).all() and (descent[large] < 1.3 * places[large]).all()
    if level == 0.03:
        assert (places[1], momentum[1, 1]) == (6656, 30208)
        digits = [recorded("places")["averaged places"]["4"], recorded("batches")["momentum"]["4"]]
        assert [np.median(row["steps"]) for row in digits] == [690, 810]
        assert (momentum[1, 5], places[5]) == (118, 544)


@claim(
    "| a small transformer | Muon | each tuned, it ends below Adam and momentum on every seed, after 400 and 1600 "
    "steps of 4 and 64 windows | 07, *A network people really train* |",
    where=LESSON,
)
def test_muon_ends_lowest_on_the_transformer():
    ends = {}
    for arm in recorded("transformer")["arms"]:
        if arm["network"] == "transformer":
            ends.setdefault((arm["batch"], arm["steps"]), {})[arm["rule"]] = np.array(arm["validation"])
    assert ends.keys() == {(4, 400), (4, 1600), (64, 400), (64, 1600)}
    for rows in ends.values():  # on every seed
        assert all((rows["Muon"] < rows[name]).all() for name in ("Adam", "momentum", "gradient descent"))


@claim(
    "| a matrix, rows and columns askew | Muon | "
    "turned by 20 degrees, at the same settings: no step more; Adam does not arrive (tuned anew, over four times "
    "its steps) | 07, *Turn the facts* |",
    where=LESSON,
)
def test_muon_does_not_notice_that_rows_and_columns_are_turned():
    settled = {name: facts_lab.raced(name, facts_lab.ROWS_AND_COLUMNS)[2] for name in facts_lab.RULES}
    assert (settled["Muon"] == 18).all() and (settled["Momentum"] == 29).all()
    askew = (facts_lab.ANGLES >= 5) & (facts_lab.ANGLES <= 85)
    assert settled["Adam"][0] == 13 and np.isinf(settled["Adam"][askew]).all()
    for name, steps in (("Muon", 18), ("Adam", 86)):
        anew = facts_lab.tuned(name, angle=20.0).at
        error = facts_lab.learn(anew, facts_lab.turns(facts_lab.ROWS_AND_COLUMNS, [20]), facts_lab.COUNTED)[1]
        assert for_good(error < facts_lab.TOLERANCE) == steps


@claim("They divide by coordinate, and now every coordinate meets the steep slope.", where=QUIZ)
@claim("Gradient descent and momentum do not notice.", where=QUIZ)
def test_only_those_that_divide_notice_the_turn():
    for name, noticed in (("momentum", False), ("gradient descent", False), ("Adam", True), ("Adagrad", True)):
        along, askew = tuned_steps(name, 25, 0), tuned_steps(name, 25, 45)
        assert (askew > 1.5 * along) == noticed


def rare_ways(rule, every, steps=2000):
    """How far a weight goes that meets a slope of 1 at every step, and one that meets it in one step of `every`."""
    slopes = (np.array([1.0, t % every == every // 2]) for t in range(1, steps + 2))
    return abs(next(islice(iterates(rule, lambda theta: next(slopes), [0.0, 0.0]), steps, None)))


@claim(
    "| rare features | Adagrad, Adam | the rare weight goes 1/12 as far as the frequent one; with momentum 1/99 | 06, "
    "*Deeper: the rows, measured* |",
    "It cannot calm noise for nothing, stop at once, choose a valley, or serve each coordinate by itself.",
    where=LESSON,
)
@pytest.mark.parametrize("every", [20, 50, 100])
def test_a_rare_weight_is_left_behind_less_by_those_that_divide(every):
    for rule, behind in ((Momentum(lr=0.1, gamma=0.9), every), (GradientDescent(lr=0.1), every)):
        often, rarely = rare_ways(rule, every)
        assert often / rarely == pytest.approx(behind, rel=0.05)
    for rule in (Adagrad(lr=0.1), Adam(lr=0.1)):
        often, rarely = rare_ways(rule, every)
        assert often / rarely < every / 3


@claim("One eta and one gamma serve both, so their ratio stays: a rare weight stays behind.", where=CHECKS)
@pytest.mark.parametrize("gamma", [0, 0.5, 0.9, 0.99])
def test_the_ratio_stays_whatever_the_memory(gamma):
    often, rarely = rare_ways(Momentum(lr=0.1, gamma=gamma), 50, steps=5000)
    assert often / rarely == pytest.approx(50, rel=0.03)


@claim(
    "| a loss in unknown units, no time to tune | Adam, AdamW | the loss times 100: Adam walks the same path, and "
    "momentum "
    "diverges | 06, *Deeper: the guide's ravines, each method tuned* |",
    where=LESSON,
)
@pytest.mark.parametrize("scale", [1e-3, 100.0, 1e4])
def test_adams_path_does_not_depend_on_the_unit_of_the_loss(scale):
    starts = RNG.normal(size=(2, 20))
    one = descend(Adam(lr=0.02), lambda_bowl(1.0), starts, steps=200).theta
    np.testing.assert_allclose(descend(Adam(lr=0.02), lambda_bowl(scale), starts, steps=200).theta, one, atol=1e-4)


@claim(
    "| keep the steps as long at $\\gamma$ = 0.99 as at 0.9 | a tenth of $\\eta$ | steady steps grow 100 fold, not 10 "
    "| 03, *Why 0.9?* |",
    where=LESSON,
)
def test_a_tenth_of_eta_keeps_the_steady_step():
    ends = [steps_of(Momentum(lr=lr, gamma=gamma), np.ones(4000))[-1] for lr, gamma in ((1, 0.9), (0.1, 0.99))]
    assert ends == pytest.approx([10, 10])


@claim(
    "| start with a large $\\eta$ | warm up | without it the run is gone after four steps | 05, *A noisy valley with "
    "steep "
    "walls* |",
    where=LESSON,
)
def test_a_warm_up_saves_what_a_large_rate_loses_where_walls_are_steep():
    """On the lab's valley without noise, from 20 starts up the wall."""
    from course_lib.labs import schedules_lab as valley
    from course_lib.training import scheduled, warm_up

    starts = np.stack([np.full(20, -20.0), np.linspace(2.3, 2.7, 20)])
    lost = []
    for lr in (0.4, warm_up(0.4, 10)):
        points = iterates(scheduled(Momentum, lr=lr, gamma=0.9), valley.gradient, starts)
        with np.errstate(all="ignore"):
            lost.append(~np.isfinite(next(islice(points, 100, None))).all(axis=0))
    assert lost[0].all() and not lost[1].any()


@claim(
    "| save memory | momentum | for a hundred million parameters 0.4 GB; Adam 0.8 | 06, *Deeper: the rows, measured* |",
    where=LESSON,
)
def test_memory_of_momentum_and_of_adam():
    assert [4e8 * len(rule.init(np.zeros(1))) for rule in (Momentum(), Adam())] == [4e8, 8e8]


# -- what it cannot


@claim("In the worst case nobody who sees only gradients does better than that, but for a constant.", where=LESSON)
@pytest.mark.parametrize("kappa", [100.0, 1000.0])
def test_no_method_of_the_course_gets_below_the_best_point_within_reach(kappa):
    n = 101
    best, ground = quadratics.best_heavy_ball(1 / kappa, 1), worst(n, kappa)
    for rule in (Momentum(lr=best.lr, gamma=best.gamma), Nesterov(lr=1, gamma=0.8), GradientDescent(lr=1)):
        theta = descend(rule, ground, np.zeros(n), steps=60).theta
        for k in (10, 30, 60):
            assert above_minimum(theta[k], kappa) >= lowest_within(k, n, kappa) * (1 - 1e-9)


@claim(
    "nothing: at the best settings the distance shrinks like $k\\,\\rho^k$",
    "The measured factor comes down to 0.818, slowly.",
    "Its best rate here is 0.885. 0.818 is momentum's own.",
    "Then the factor would end above $\\sqrt\\gamma$, or swing; here it falls towards it.",
    where=QUIZ,
)
def test_between_steps_79_and_80_the_factor_is_still_above_its_limit():
    best = quadratics.best_heavy_ball(1, 100)
    distance = np.linalg.norm(descend(Momentum(lr=best.lr, gamma=best.gamma), ravine(100), steps=80).theta, axis=1)
    assert best.rate == pytest.approx(0.818, abs=0.001) and distance[80] / distance[79] == pytest.approx(
        0.828, abs=0.003
    )
    distance = np.linalg.norm(descend(Momentum(lr=best.lr, gamma=best.gamma), ravine(100), steps=700).theta, axis=1)
    assert distance[700] / distance[699] == pytest.approx(best.rate, abs=0.002)
    assert quadratics.best_nesterov(1, 100).rate == pytest.approx(0.885, abs=0.0005)
    along = np.linalg.norm(
        descend(Momentum(lr=1.01 * best.lr, gamma=best.gamma), ravine(100), (1, 0), steps=200).theta, axis=1
    )
    assert np.ptp(along[80:] / along[79:-1]) > 0.3  # without a part across it swings
    for more in (1.01, 1.05, 1.2):
        modes = quadratics.heavy_ball(more * best.lr, best.gamma, np.array([1, 100.0]))
        assert quadratics.spectral_radius(modes).max() > np.sqrt(best.gamma) + 0.01


@claim("The memory starts as g, undamped, and so the first step is lr times g.", where=QUIZ)
def test_dampening_leaves_the_first_step_whole():
    points = iterates(conventions.PyTorch(0.1, 0.9, dampening=0.9), lambda theta: np.full_like(theta, 2.0), [0.0])
    assert -[theta[0] for theta in islice(points, 2)][1] == pytest.approx(0.2)


@claim("On some convex valleys a ball tuned for bowls goes round for ever.", where=CHECKS)
def test_the_tuned_ball_goes_round_in_the_valley_of_the_example():
    end = descend(Momentum(1 / 9, 4 / 9), "lessard", [3.3], steps=900).theta[-6:, 0]
    np.testing.assert_allclose(end[:3], end[3:], atol=1e-9)
    assert np.ptp(end) > 1


@claim("One coordinate a step, for every method that moves only where it has met slopes.", where=CHECKS)
def test_beyond_the_number_of_steps_every_coordinate_is_still_zero():
    rules = (Momentum(lr=1), Nesterov(lr=1), GradientDescent(lr=1), Adam(lr=0.1), Adagrad(lr=0.1), RMSprop(lr=0.1))
    for rule in rules:
        theta = descend(rule, worst(60), np.zeros(60), steps=50).theta
        assert all(theta[k, k - 1] != 0 and (theta[k, k:] == 0).all() for k in range(1, 51))


@claim("The change of variables is exact on every loss.", where=QUIZ)
@pytest.mark.parametrize("surface", ["hill", "three_hump_camel", "lessard"])
def test_libraries_show_nesterovs_look_ahead_point_beyond_quadratics(surface):
    looks = [step.look for step, _ in zip(trace(Nesterov(0.01, 0.8), *ground_of(surface)), range(60), strict=False)]
    shown = list(islice(iterates(conventions.PyTorch(0.01, 0.8, nesterov=True), *ground_of(surface)), 60))
    np.testing.assert_allclose(shown, looks, atol=1e-12)


def ground_of(surface):
    return SURFACES[surface].gradient, np.array(SURFACES[surface].start, float)

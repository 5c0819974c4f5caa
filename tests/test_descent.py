"""The one loop: what it gives, what it refuses and when, and that divergence is data."""

import tracemalloc
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.conventions import PyTorch
from course_lib.descent import Path, descend, iterates, steps_of, sweep, trace
from course_lib.optimizers import OPTIMIZERS, GradientDescent, Momentum, Nesterov, Optimizer
from course_lib.optimizers.base import hyperparameters
from course_lib.surfaces import SURFACES, Surface, ravine

RAVINE = SURFACES["ravine"]
LRS, GAMMAS = np.array([0.01, 0.02, 0.03]), np.array([0.0, 0.5, 0.9, 0.99])


def same(theta):
    return theta


def take(steps, count=5):
    return list(islice(steps, count))


# What a run gives


def test_trace_begins_with_the_start_and_counts_from_one():
    steps = take(trace(Momentum(lr=0.02), RAVINE.gradient, [-4, 2]))
    assert [step.t for step in steps] == [1, 2, 3, 4, 5]
    np.testing.assert_array_equal(steps[0].theta, [-4, 2])
    np.testing.assert_array_equal(steps[0].g, [-4, 50])
    np.testing.assert_array_equal(steps[0].state, [[0, 0]])


def test_each_step_of_a_trace_leads_to_the_next():
    optimizer = Nesterov(lr=0.02, gamma=0.9)
    steps = take(trace(optimizer, RAVINE.gradient, [-4, 2]), 20)
    for now, after in zip(steps, steps[1:], strict=False):  # noqa: RUF007  the pair is a step and its successor
        np.testing.assert_array_equal(now.look, optimizer.look(now.theta, *now.state))
        np.testing.assert_array_equal(now.g, RAVINE.gradient(now.look))
        theta, *state = optimizer.step(now.theta, now.g, now.t, *now.state)
        np.testing.assert_array_equal(after.theta, theta)
        np.testing.assert_array_equal(after.state, state)


def test_step_is_told_its_number_from_one():
    told = []

    def step(self, theta, g, t, delta):
        told.append(t)
        return theta, delta

    take(trace(rule(step), same, [1, 2]), 4)
    assert told == [1, 2, 3]


def test_iterates_and_descend_are_the_thetas_of_the_trace():
    optimizer = Momentum(lr=0.02)
    thetas = [step.theta for step in take(trace(optimizer, RAVINE.gradient, [-4, 2]), 21)]
    np.testing.assert_array_equal(take(iterates(optimizer, RAVINE.gradient, [-4, 2]), 21), thetas)
    path = descend(optimizer, "ravine", start=[-4, 2], steps=20)
    np.testing.assert_array_equal(path.theta, thetas)
    np.testing.assert_array_equal(path.loss, [RAVINE.value(theta) for theta in thetas])


def test_steps_of_slopes_fed_by_hand_are_those_of_the_rule():
    assert steps_of(Momentum(lr=0.1, gamma=0.5), [2.0, 4.0, 0.0]).tolist() == pytest.approx([0.2, 0.5, 0.25])
    grid = steps_of(Momentum(lr=LRS[:, None], gamma=GAMMAS), np.ones(3))
    np.testing.assert_allclose(grid[2], LRS[:, None] * (1 + GAMMAS + GAMMAS**2))


def test_descend_begins_at_the_start_of_the_surface_and_keeps_what_it_was_given():
    optimizer = Momentum()
    path = descend(optimizer, "rosenbrock")
    assert isinstance(path, Path)
    assert path.theta.shape == (101, 2)
    assert path.loss.shape == (101,)
    assert path.surface is SURFACES["rosenbrock"]
    assert path.optimizer is optimizer
    np.testing.assert_array_equal(path.theta[0], SURFACES["rosenbrock"].start)
    assert repr(path) == "Path of 100 steps on Rosenbrock's valley by Momentum(lr=0.01, gamma=0.9)"


SHAPES = [
    # lr, gamma, start behind its coordinates -> the grid
    ((), (), (), ()),
    ((3,), (), (), (3,)),
    ((), (4,), (), (4,)),
    ((3, 1), (4,), (), (3, 4)),
    ((), (), (5,), (5,)),
    ((3, 1), (), (5,), (3, 5)),
    ((3, 1, 1), (4, 1), (5,), (3, 4, 5)),
    ((3, 1), (4,), (3, 4), (3, 4)),
    ((2,), (2,), (), (2,)),  # two values on a 2-D surface are two runs, never one a coordinate
    ((2,), (), (2,), (2,)),
    ((1,), (), (), (1,)),
]


@pytest.mark.parametrize(("lr", "gamma", "start", "grid"), SHAPES)
@pytest.mark.parametrize("key", ["ravine", "hill"])
def test_grid_is_spanned_by_learning_rates_momenta_and_starts(lr, gamma, start, grid, key):
    surface = SURFACES[key]
    optimizer = Nesterov(lr=np.full(lr, 0.01), gamma=np.full(gamma, 0.5))
    begin = np.random.default_rng(0).uniform(-1, 1, (surface.dim, *start))
    path = descend(optimizer, surface, begin, steps=7)
    assert path.theta.shape == (8, surface.dim, *grid)
    assert path.loss.shape == (8, *grid)
    assert np.shape(path.steps_to()) == grid
    ended = sweep(optimizer, surface, begin, steps=7)
    assert np.shape(ended.loss) == np.shape(ended.steps) == grid
    step = next(trace(optimizer, surface.gradient, begin))
    assert step.theta.shape == step.look.shape == step.g.shape == step.state[0].shape == (surface.dim, *grid)
    np.testing.assert_array_equal(
        path.theta[0],
        np.broadcast_to(begin.reshape(-1, *((1,) * (len(grid) - len(start))), *start), (surface.dim, *grid)),
    )


def test_surfaces_with_a_run_of_their_own_for_each_cell():
    from course_lib.surfaces import hill

    heights = np.array([0.0, 0.6, 1.2])
    family = descend(Momentum(lr=0.1), hill(heights), start=np.full((1, 3), -3.0), steps=50)
    for k, height in enumerate(heights):
        alone = descend(Momentum(lr=0.1), hill(height), steps=50)
        np.testing.assert_array_equal(family.theta[:, :, k], alone.theta)
        np.testing.assert_array_equal(family.loss[:, k], alone.loss)


def test_schedule_is_asked_once_a_step_in_order_and_before_the_look():
    asked = []

    def schedule(t):
        asked.append(t)
        return Nesterov(lr=0.02, gamma=0 if t < 3 else 0.9)

    steps = take(trace(schedule, RAVINE.gradient, [-4, 2]), 4)
    assert asked == [1, 2, 3, 4]
    np.testing.assert_array_equal(steps[1].look, steps[1].theta)
    np.testing.assert_array_equal(steps[2].look, steps[2].theta - 0.9 * steps[2].state[0])
    np.testing.assert_array_equal(steps[3].theta, steps[2].theta - (0.02 * steps[2].g + 0.9 * steps[2].state[0]))


def test_schedule_of_one_setting_is_that_setting():
    constant = descend(lambda t: Momentum(lr=LRS[:, None], gamma=GAMMAS), "ravine", steps=10)
    np.testing.assert_array_equal(
        constant.theta, descend(Momentum(lr=LRS[:, None], gamma=GAMMAS), "ravine", steps=10).theta
    )


def test_schedule_changes_the_learning_rate_inside_the_memory():
    path = descend(
        lambda t: Momentum(lr=0.1 / t, gamma=0.5),
        Surface("bowl", lambda th: th[0] ** 2 / 2, same, ((-9, 9),), (10.0,), "test"),
        steps=2,
    )
    np.testing.assert_allclose(path.theta[:, 0], [10, 9, 9 - (0.05 * 9 + 0.5)], rtol=1e-15)


@pytest.mark.parametrize("start", [[-4, 2], (-4, 2), np.array([-4, 2]), np.array([-4.0, 2.0]), [np.float32(-4), 2]])
def test_start_may_be_any_sequence_of_numbers(start):
    path = descend(Momentum(), "ravine", start, steps=3)
    assert path.theta.dtype == path.loss.dtype == np.float64
    np.testing.assert_array_equal(path.theta, descend(Momentum(), "ravine", [-4.0, 2.0], steps=3).theta)


@pytest.mark.parametrize("lr", [0.01, np.float64(0.01), np.array([0.01, 0.02]), [0.01, 0.02]])
def test_float32_stays_float32_whatever_the_hyperparameters_are(lr):
    class Doubling(Momentum):
        def step(self, theta, g, t, delta):
            return theta - np.full_like(theta, 0.01, np.float64), delta

    start = np.array([-4, 2], np.float32)
    for cls in (*OPTIMIZERS, Doubling):
        assert {theta.dtype for theta in take(iterates(cls(lr=lr), RAVINE.gradient, start))} == {np.dtype(np.float32)}
        assert descend(cls(lr=lr), "ravine", start, steps=3).theta.dtype == np.float32


def test_integer_gradients_are_numbers_too():
    steps = take(trace(GradientDescent(lr=0.5), lambda theta: [1, 0], [4, 4]))
    np.testing.assert_array_equal(steps[-1].theta, [2, 4])
    assert steps[0].g.dtype == np.float64


def test_the_start_that_was_given_stays_the_callers():
    start = np.array([-4.0, 2.0])
    take(trace(Momentum(), RAVINE.gradient, start))
    start[0] = 7
    np.testing.assert_array_equal(start, [7, 2])


def test_a_gradient_may_fill_the_same_buffer_again_and_again():
    buffer = np.empty(2)

    def gradient(theta):
        buffer[:] = RAVINE.gradient(theta)
        return buffer

    for rule in (Momentum(), PyTorch(0.01, 0.9)):  # PyTorch's memory begins as the first gradient itself
        ours = take(iterates(rule, gradient, [-4, 2]))
        np.testing.assert_array_equal(ours, take(iterates(rule, RAVINE.gradient, [-4, 2])))
    slopes = [step.g for step in take(trace(Momentum(), gradient, [-4, 2]))]
    np.testing.assert_array_equal(slopes, [step.g for step in take(trace(Momentum(), RAVINE.gradient, [-4, 2]))])


def test_arrays_of_a_step_are_read_only():
    for step in take(trace(Nesterov(), RAVINE.gradient, [-4, 2])):
        for array in (step.theta, step.look, step.g, *step.state):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


# Steps to tolerance


@pytest.mark.parametrize(
    ("optimizer", "steps"),
    [  # reference values on J = (x^2 + 25 y^2) / 2 from (-4, 2) to J < 1e-8
        (GradientDescent(lr=2 / 26), 141),
        (GradientDescent(lr=1 / 25), 252),
        (Momentum(lr=(2 / 6) ** 2, gamma=(4 / 6) ** 2), 38),
        (Momentum(lr=0.02, gamma=0.9), 197),
        (Nesterov(lr=1 / 25, gamma=4 / 6), 58),
        (Nesterov(lr=4 / 76, gamma=(np.sqrt(76) - 2) / (np.sqrt(76) + 2)), 49),
    ],
    ids=repr,
)
def test_steps_on_the_ravine_are_those_of_the_literature(optimizer, steps):
    assert descend(optimizer, "ravine", start=(-4, 2), steps=300).steps_to(1e-8) == steps
    assert sweep(optimizer, "ravine", start=(-4, 2), steps=300, tol=1e-8).steps == steps


@pytest.mark.parametrize("key", SURFACES)
def test_sweep_agrees_with_the_path(key):
    optimizer = Momentum(lr=np.geomspace(1e-4, 1, 20)[:, None], gamma=GAMMAS)
    for tol in (1e-6, 0.1, 10.0):
        path, ended = descend(optimizer, key, steps=120), sweep(optimizer, key, steps=120, tol=tol)
        np.testing.assert_array_equal(ended.loss, path.loss[-1])
        np.testing.assert_array_equal(ended.steps, path.steps_to(tol))


def test_arrival_is_counted_at_its_first_step_even_if_the_run_leaves_again():
    bowl = Surface("bowl", lambda th: th[0] ** 2, lambda th: 2 * th, ((-9, 9),), (1.0,), "test", minima=((0,),))
    optimizer = Momentum(lr=0.05, gamma=0.99)  # swings through the bottom for a long time
    for tol in (0.3, 0.05):
        close = descend(optimizer, bowl, steps=200).loss < tol
        first = close.argmax()
        assert not close[first:].all()
        assert sweep(optimizer, bowl, steps=200, tol=tol).steps == first
        assert descend(optimizer, bowl, steps=200).steps_to(tol) == first


def test_a_sweep_without_a_tolerance_ends_as_with_one_and_counts_nothing():
    optimizer = Momentum(lr=np.array([0.01, 0.05]), gamma=0.8)
    counted, uncounted = sweep(optimizer, "ravine", steps=200), sweep(optimizer, "ravine", steps=200, tol=None)
    np.testing.assert_array_equal(uncounted.loss, counted.loss)
    assert np.isfinite(counted.steps).any() and np.isinf(uncounted.steps).all()


def test_arrival_at_the_start_the_last_step_and_never():
    ended = sweep(GradientDescent(lr=0.04), "ravine", [0, 0], steps=3)
    assert ended.steps == 0
    # reference: 252 steps
    assert sweep(GradientDescent(lr=1 / 25), "ravine", (-4, 2), steps=252, tol=1e-8).steps == 252
    assert sweep(GradientDescent(lr=1 / 25), "ravine", (-4, 2), steps=251, tol=1e-8).steps == np.inf
    assert descend(GradientDescent(lr=1 / 25), "ravine", (-4, 2), steps=251).steps_to(1e-8) == np.inf


def test_nothing_arrives_where_there_is_no_lowest_value():
    ended = sweep(Momentum(lr=LRS), "saddle", steps=500)
    np.testing.assert_array_equal(ended.steps, np.inf)
    assert (ended.loss < -1e6).all()


def test_memory_of_a_sweep_does_not_grow_with_the_steps():
    optimizer = Momentum(lr=np.linspace(0.001, 0.06, 100)[:, None], gamma=np.linspace(0, 0.99, 100))

    def peak(steps):
        tracemalloc.start()
        sweep(optimizer, "ravine", steps=steps)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(2)
    assert peak(60) < 1.1 * peak(6)


# Divergence is data


@pytest.mark.parametrize("cls", OPTIMIZERS, ids=lambda cls: cls.__name__)
def test_huge_learning_rate_raises_no_warning(cls):
    # rosenbrock overflows its products, beale at the ninth power: pytest turns any warning into an error
    for key in SURFACES:
        path = descend(cls(lr=[0.01, 30.0, 1e300]), key, steps=300)
        assert np.isfinite(path.loss[0]).all()


# The adaptive methods divide by the gradient's size: their steps stay finite whatever the slope.
@pytest.mark.parametrize("cls", [GradientDescent, Momentum, Nesterov], ids=lambda cls: cls.__name__)
def test_divergence_shows_in_the_path(cls):
    for key in ("ravine", "rosenbrock", "beale", "himmelblau"):
        assert not np.isfinite(descend(cls(lr=30.0), key, steps=300).loss[-1])
        assert not np.isfinite(sweep(cls(lr=30.0), key, steps=300).loss)
        assert sweep(cls(lr=1e300), key, steps=300).steps == np.inf
    float32 = descend(cls(lr=30.0), "beale", np.array([1, 1.5], np.float32), steps=50)
    assert not np.isfinite(float32.theta[-1]).all()


def test_momentum_above_one_may_diverge():
    assert not np.isfinite(descend(Momentum(lr=0.1, gamma=3.0), "ravine", steps=2000).loss[-1])


def test_error_handling_of_the_caller_is_untouched_between_steps():
    steps = trace(Momentum(lr=1e300), SURFACES["rosenbrock"].gradient, [-1.2, 1])
    with np.errstate(all="raise"):
        mine = np.geterr()
        for step in islice(steps, 5):
            last = step.theta
            assert np.geterr() == mine
            with pytest.raises(FloatingPointError):
                np.float64(1e300) * np.float64(1e300)
        assert not np.isfinite(last).all()
    assert np.geterr() != mine


def test_warnings_of_a_schedule_are_not_silenced():
    def schedule(t):
        return Momentum(lr=float(np.minimum(np.float64(1.0) / np.float64(t - 3), 1)) if t > 2 else 0.1)

    with pytest.warns(RuntimeWarning, match="divide by zero"):
        take(trace(schedule, RAVINE.gradient, [-4, 2]))


# What is refused, and when


def refused(error, pattern):
    return pytest.raises(error, match=pattern)


RUNS = [descend, sweep]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(
    ("name", "hint"),
    [("rosenbruck", "'rosenbrock'"), ("Ravine", "'ravine'"), ("threehump camel", "'three_hump_camel'")],
)
def test_unknown_surface_is_answered_with_the_nearest(run, name, hint):
    with refused(ValueError, f"no surface '{name}': did you mean {hint}.*Known are: ravine, "):
        run(Momentum(), name)


NO_SURFACES = ["word", "number", "None", "list", "function", "class"]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("surface", ["xyzzy", 3, None, ["ravine"], RAVINE.value, Surface], ids=NO_SURFACES)
def test_what_is_no_surface_is_refused(run, surface):
    with refused(ValueError, "there is no surface .*Known are: ravine, "):
        run(Momentum(), surface)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("steps", [0, -1, 1.5, 3.0, "3", None, np.inf, [3]], ids=repr)
def test_steps_must_be_a_whole_number(run, steps):
    with refused(ValueError, "steps is .*: it must be a whole number, at least 1"):
        run(Momentum(), "ravine", steps=steps)


@pytest.mark.parametrize("run", RUNS)
def test_numpy_integers_are_whole_numbers(run):
    run(Momentum(), "ravine", steps=np.int64(3))


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("start", [[1], [1, 2, 3], 5.0, [], np.zeros((3, 2))], ids=repr)
def test_start_of_the_wrong_length_is_refused(run, start):
    with refused(ValueError, r"start has shape \(.*\): the surface ravine, kappa 25 takes 2 coordinate"):
        run(Momentum(), "ravine", start)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("start", ["ab", ["a", "b"], [1, [2, 3]], [1j, 2], {"x": 1}], ids=repr)
def test_start_that_is_not_made_of_numbers_is_refused(run, start):
    with refused(TypeError, "start is .*: it must be an array of numbers"):
        run(Momentum(), "ravine", start)


@pytest.mark.parametrize("run", [trace, iterates])
@pytest.mark.parametrize(
    ("theta", "error", "sentence"),
    [
        (5.0, ValueError, "array of coordinates"),
        (["a", "b"], TypeError, "array of numbers"),
        ([], ValueError, "array of coordinates"),
        (np.zeros((2, 0)), ValueError, "array of coordinates"),
    ],
    ids=repr,
)
def test_theta_that_is_no_start_is_refused_at_the_call(run, theta, error, sentence):
    with refused(error, f"theta .*{sentence}"):
        run(Momentum(), same, theta)


def test_starts_and_sweeps_that_do_not_fit_are_refused_at_the_call():
    with refused(ValueError, r"starts span a grid \(5,\), the hyperparameters \(3,\): they do not fit"):
        trace(Momentum(lr=LRS), same, np.zeros((2, 5)))


NO_OPTIMIZERS = [
    (Momentum, "Momentum is a class, not yet an optimizer: write Momentum()"),
    (0.1, "optimizer is 0.1: it must be an Optimizer or a function"),
    ("momentum", "optimizer is 'momentum': it must be an Optimizer or a function"),
    (None, "optimizer is None"),
    (lambda t: 0.1, "the schedule returned 0.1 for t = 1: it must return an Optimizer"),
    (lambda t: None, "the schedule returned None for t = 1"),
    (lambda t: Momentum, "the schedule returned <class .*Momentum'> for t = 1"),
]


@pytest.mark.parametrize(("optimizer", "sentence"), NO_OPTIMIZERS)
def test_what_is_no_optimizer_is_refused_at_the_call(optimizer, sentence):
    for call in (
        lambda: trace(optimizer, same, [1, 2]),
        lambda: iterates(optimizer, same, [1, 2]),
        lambda: descend(optimizer, "ravine"),
        lambda: sweep(optimizer, "ravine"),
    ):
        with refused(TypeError, sentence.replace("()", r"\(\)")):
            call()


@pytest.mark.parametrize("run", [trace, iterates])
@pytest.mark.parametrize("gradient", [None, [1, 2], RAVINE, "ravine"], ids=repr)
def test_gradient_that_is_no_function_is_refused_at_the_call(run, gradient):
    with refused(TypeError, "gradient is .*: it must be a function"):
        run(Momentum(), gradient, [1, 2])


def test_schedule_that_returns_nonsense_later_is_refused_with_its_step():
    steps = trace(lambda t: Momentum() if t < 4 else "slow", same, [1, 2])
    take(steps, 3)
    with refused(TypeError, "the schedule returned 'slow' for t = 4: it must return an Optimizer"):
        next(steps)


def test_schedule_that_leaves_the_grid_is_refused():
    steps = trace(lambda t: Momentum(lr=LRS if t > 1 else 0.1), same, [1, 2])
    next(steps)
    with refused(ValueError, r"spans a grid \(3,\), but the run began with \(\)"):
        next(steps)


@pytest.mark.parametrize(
    "gradient", [lambda theta: theta[0], lambda theta: theta[None], lambda theta: [1, 2, 3], lambda theta: None]
)
def test_gradient_of_the_wrong_shape_is_refused(gradient):
    with refused((ValueError, TypeError), r"the gradient (has shape .*, but theta has shape \(2,\)|returned)"):
        next(trace(Momentum(), gradient, [1, 2]))


def rule(step, names=("delta",)):
    """An optimizer as a learner writes it, with this step."""
    return dataclass(frozen=True, eq=False)(type("Mine", (Optimizer,), {"state": names, "step": step}))()


WRONG_STEPS = [
    (lambda self, theta, g, t, delta: theta - g, TypeError, "Mine.step returned ndarray, not a tuple"),
    (lambda self, theta, g, t, delta: None, TypeError, "Mine.step returned NoneType, not a tuple"),
    (lambda self, theta, g, t, delta: [theta, delta], TypeError, "Mine.step returned list, not a tuple"),
    (lambda self, theta, g, t, delta: (theta,), ValueError, r"returned 1 value\(s\): .* theta and 1 state"),
    (lambda self, theta, g, t, delta: (theta, g, g), ValueError, r"returned 3 value\(s\): .* theta and 1 state"),
    (lambda self, theta, g, t, delta: (theta[0], delta), ValueError, r"theta of shape \(2,\) into shape \(\)"),
]


@pytest.mark.parametrize(("step", "error", "sentence"), WRONG_STEPS)
def test_step_that_breaks_the_contract_is_refused(step, error, sentence):
    steps = trace(rule(step), same, [1, 2])
    next(steps)
    with refused(error, sentence):
        next(steps)


def in_place_theta(self, theta, g, t, delta):
    theta -= 0.1 * g
    return theta, delta


def in_place_delta(self, theta, g, t, delta):
    delta *= 0.9
    return theta - delta, delta


def in_place_g(self, theta, g, t, delta):
    g[:] = 0.1 * g
    return theta - g, delta


@pytest.mark.parametrize("step", [in_place_theta, in_place_delta, in_place_g])
def test_step_in_place_is_refused_in_one_sentence(step):
    steps = trace(rule(step), same, [1, 2])
    next(steps)
    with refused(ValueError, "Mine.step changes an array that it was given in place: .* not theta -= delta"):
        next(steps)


def test_gradient_that_changes_theta_is_refused():
    def gradient(theta):
        theta *= 2
        return theta

    with refused(ValueError, "the gradient changes an array that it was given in place"):
        next(trace(Momentum(), gradient, [1, 2]))


def test_errors_of_the_learners_own_code_come_through_as_they_are():
    def gradient(theta):
        raise ValueError("mine")

    with refused(ValueError, "^mine$"):
        next(trace(Momentum(), gradient, [1, 2]))


# Any optimizer, any surface, any hyperparameters

RATES = st.floats(0, 2) | st.floats(0, 1e308)
SHARES = st.floats(0, 0.999)
HYPER = {"lr": RATES, "gamma": st.floats(0, 1.2), "eps": st.floats(1e-12, 1), "weight_decay": st.floats(0, 1)}


@st.composite
def sweeps(draw, cls=None, most=3):
    """An optimizer whose hyperparameters are numbers or sweeps, of at most so many values, on axes of their own."""
    cls = cls or draw(st.sampled_from(OPTIMIZERS))
    names = list(hyperparameters(cls()))
    setting = {}
    for k, name in enumerate(names):
        values = draw(st.lists(HYPER.get(name, SHARES), min_size=1, max_size=most))
        after = len(names) - 1 - k
        setting[name] = values[0] if draw(st.booleans()) else np.array(values).reshape(-1, *(1,) * after)
    return cls(**setting)


def cells_of(optimizer):
    """(cell, the optimizer of this cell alone) for every cell of its sweep."""
    full = {name: np.broadcast_to(value, optimizer.sweep) for name, value in hyperparameters(optimizer).items()}
    for cell in np.ndindex(optimizer.sweep):
        yield cell, type(optimizer)(**{name: float(values[cell]) for name, values in full.items()})


def starts_on(surface):
    return st.tuples(*(st.floats(low, high) for low, high in surface.view))


surfaces = st.sampled_from([*SURFACES.values(), ravine(9, 30)])


@settings(max_examples=100)
@given(optimizer=sweeps(), surface=surfaces, data=st.data())
def test_any_sweep_equals_its_single_runs_and_never_warns(optimizer, surface, data):
    start, steps = data.draw(starts_on(surface)), data.draw(st.integers(1, 25))
    path = descend(optimizer, surface, start, steps)
    ended = sweep(optimizer, surface, start, steps, tol=0.1)
    np.testing.assert_array_equal(ended.loss, path.loss[-1])
    np.testing.assert_array_equal(ended.steps, path.steps_to(0.1))
    for cell, own in cells_of(optimizer):
        alone = descend(own, surface, start, steps)
        np.testing.assert_array_equal(path.theta[:, :, *cell], alone.theta)
        np.testing.assert_array_equal(path.loss[:, *cell], alone.loss)


@settings(max_examples=60)
@given(optimizer=sweeps(most=2), surface=surfaces, data=st.data())
def test_any_grid_of_starts_equals_its_single_runs(optimizer, surface, data):
    starts = np.array(data.draw(st.lists(starts_on(surface), min_size=1, max_size=3))).T
    grid = (1,) * len(optimizer.sweep)
    path = descend(optimizer, surface, starts.reshape(surface.dim, -1, *grid), 8)
    for k in range(starts.shape[1]):
        for cell, own in cells_of(optimizer):
            np.testing.assert_array_equal(path.theta[:, :, k, *cell], descend(own, surface, starts[:, k], 8).theta)


@settings(max_examples=40)
@given(optimizers=st.lists(sweeps(OPTIMIZERS[1], 2), min_size=1, max_size=4), surface=surfaces, data=st.data())
def test_any_schedule_of_sweeps_equals_its_single_schedules(optimizers, surface, data):
    grid = np.broadcast_shapes(*(optimizer.sweep for optimizer in optimizers))
    widened = [Momentum(*(np.broadcast_to(h, grid) for h in hyperparameters(one).values())) for one in optimizers]
    start = data.draw(starts_on(surface))
    path = descend(lambda t: widened[t % len(widened)], surface, start, 9)
    alone = [dict(cells_of(one)) for one in widened]
    for cell in np.ndindex(grid):
        one = descend(lambda t, cell=cell: alone[t % len(alone)][cell], surface, start, 9)
        np.testing.assert_array_equal(path.theta[:, :, *cell], one.theta)


@settings(max_examples=100)
@given(optimizer=sweeps(), surface=surfaces, data=st.data())
def test_any_run_is_finite_or_honestly_divergent(optimizer, surface, data):
    """Once a coordinate has left the finite numbers it never comes back, and the loss does not hide it."""
    path = descend(optimizer, surface, data.draw(starts_on(surface)), 40)
    lost = ~np.isfinite(path.theta)
    assert (lost[1:] >= lost[:-1]).all()
    if surface.minima:
        assert not (path.loss < surface.lowest - 1e-9)[~lost.any(axis=1)].any()
        assert np.isinf(path.steps_to(-1.0)).all()
    assert not (np.isfinite(path.loss) & lost.any(axis=1)).any() or "hill" in surface.name


def test_a_class_without_init_is_told_what_to_write():
    class Mine:
        def step(self, theta, g, t):
            return (theta - 0.01 * g,)

    with pytest.raises(TypeError, match=r"Mine has no init: write class Mine\(Optimizer\)"):
        descend(Mine(), "ravine")


@pytest.mark.parametrize("start", [[None, 1], [1j, 1], ["1", "2"], [10**400, 1], "ab", [[1, 2], [3]]])
def test_a_start_that_is_no_numbers_is_refused(start):
    with pytest.raises(TypeError, match=r"start is .* it must be an array of numbers"):
        descend(Momentum(), "ravine", start)


def test_a_schedule_that_turns_to_a_class_with_another_memory_is_refused():
    with pytest.raises(TypeError, match="the schedule turns to Momentum at t = 3, which does not remember"):
        descend(lambda t: Momentum() if t > 2 else GradientDescent(), "ravine")
    descend(lambda t: Nesterov() if t > 2 else Momentum(), "ravine")  # the same memory

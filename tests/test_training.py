"""Training: the one loop on minibatches, its records, schedules, and what is refused."""

from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import pytest

from course_lib.data import Data, digits, moons, spirals
from course_lib.descent import iterates
from course_lib.networks import Backpropagation, Network
from course_lib.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum, Nesterov, Optimizer
from course_lib.training import constant, cosine, coursera, scheduled, step_decay, sutskever, train, warm_up

MOONS = moons(50)
SMALL = Network((2, 5, 2), "tanh")
X, NOISE = np.random.default_rng(0).uniform(-1, 1, (75, 1)), 0.3 * np.random.default_rng(1).standard_normal(75)
LINE = Data(X[:50], (2 * X[:, 0] - 1 + NOISE)[:50], X[50:], (2 * X[:, 0] - 1 + NOISE)[50:], "line", "made here")


def minibatches(data, batch, seed):
    """What the training is to see, written again: a new order each epoch from one generator."""
    rng = np.random.default_rng((seed, 1))
    while True:
        order = rng.permutation(len(data.inputs))
        for i in range(0, len(order), batch):
            yield data.inputs[order[i : i + batch]], data.targets[order[i : i + batch]]


# What a training is


@pytest.mark.parametrize("cls", OPTIMIZERS, ids=lambda cls: cls.__name__)
def test_training_is_the_one_loop_on_minibatches(cls):
    parts = minibatches(MOONS, 20, seed=3)
    points = iterates(cls(), lambda theta: SMALL.gradient(theta, *next(parts)), SMALL.init(3))
    expected = list(islice(points, 7))[-1]
    history = train(cls(), SMALL, MOONS, epochs=2, batch=20, seed=3)
    np.testing.assert_allclose(history.theta, expected, rtol=1e-10)


def test_momentum_by_hand():
    theta, delta = SMALL.init(0), 0.0
    for inputs, targets in islice(minibatches(MOONS, 20, seed=0), 9):
        delta = 0.1 * SMALL.gradient(theta, inputs, targets) + 0.8 * delta
        theta = theta - delta
    np.testing.assert_allclose(train(Momentum(0.1, 0.8), SMALL, MOONS, epochs=3, batch=20).theta, theta, rtol=1e-10)


def test_the_full_batch_is_gradient_descent_on_the_loss():
    history = train(GradientDescent(0.2), SMALL, MOONS, epochs=4, batch=None, keep=True)
    for now, after in zip(history.thetas, history.thetas[1:], strict=False):
        np.testing.assert_allclose(after, now - 0.2 * SMALL.gradient(now, MOONS.inputs, MOONS.targets))


def test_every_epoch_sees_every_sample_once_and_in_another_order(monkeypatch):
    seen = []

    class Spy(Backpropagation):
        def __call__(self, theta, rows, wanted):
            seen.append(rows.copy())
            return super().__call__(theta, rows, wanted)

    monkeypatch.setattr("course_lib.training.minibatches.Backpropagation", Spy)
    train(Momentum(), Network((2, 2)), MOONS, epochs=2, batch=20)
    assert [len(rows) for rows in seen[:6]] == [20, 20, 10] * 2
    first, second = np.concatenate(seen[:3])[:, :2], np.concatenate(seen[3:6])[:, :2]
    assert (first != second).any()
    for epoch in (first, second):
        np.testing.assert_array_equal(np.sort(epoch, axis=0), np.sort(MOONS.inputs, axis=0))


def test_a_line_arrives_at_the_least_squares():
    history = train(Momentum(0.3, 0.8), Network((1, 1), error="squared"), LINE, epochs=300, batch=None)
    np.testing.assert_allclose(history.theta, np.polyfit(LINE.inputs[:, 0], LINE.targets, 1), rtol=1e-8)
    assert np.isnan(history.accuracy).all()


def test_the_digits_are_learned():
    history = train(Momentum(0.1, 0.9), Network((64, 64, 10)), digits(), epochs=30, dtype=np.float32)
    assert history.test_accuracy[-1] > 0.97
    assert history.theta.dtype == np.float32


def test_the_spirals_need_a_hidden_layer():
    linear = train(Momentum(0.1), Network((2, 2)), spirals(), epochs=60)
    deep = train(Momentum(0.1), Network((2, 20, 2)), spirals(), epochs=60)
    assert linear.test_accuracy[-1] < 0.9 < 0.97 < deep.test_accuracy[-1]


# Records


def test_a_record_stands_for_its_step():
    history = train(Momentum(0.1), SMALL, MOONS, epochs=2, batch=20, every=4, keep=True)
    np.testing.assert_array_equal(history.steps, [0, 4, 6])
    np.testing.assert_allclose(history.epochs, [0, 4 / 3, 2])
    np.testing.assert_array_equal(history.thetas[0], SMALL.init(0))
    np.testing.assert_array_equal(history.thetas[-1], history.theta)
    for k, theta in enumerate(history.thetas):
        for value, score, samples in (
            (history.loss, SMALL.loss, (MOONS.inputs, MOONS.targets)),
            (history.accuracy, SMALL.accuracy, (MOONS.inputs, MOONS.targets)),
            (history.test_loss, SMALL.loss, (MOONS.test_inputs, MOONS.test_targets)),
            (history.test_accuracy, SMALL.accuracy, (MOONS.test_inputs, MOONS.test_targets)),
        ):
            assert value[k] == score(theta, *samples)


def test_there_is_a_record_for_every_epoch_unless_told_otherwise():
    history = train(Momentum(), SMALL, MOONS, epochs=3, batch=20)
    np.testing.assert_array_equal(history.epochs, [0, 1, 2, 3])
    assert history.thetas is None


def test_one_seed_makes_one_training():
    first, again, other = (train(Momentum(), SMALL, MOONS, epochs=2, seed=seed, batch=20) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.theta, again.theta)
    np.testing.assert_array_equal(first.test_loss, again.test_loss)
    assert (first.theta != other.theta).any()


def test_how_often_one_looks_changes_nothing():
    often, seldom = (train(Momentum(), SMALL, MOONS, epochs=3, batch=20, every=every) for every in (1, 100))
    np.testing.assert_array_equal(often.theta, seldom.theta)


def test_every_run_of_a_sweep_is_its_single_training():
    lrs, gammas = np.array([0.01, 0.1]), np.array([0.0, 0.5, 0.9])
    grid = train(Nesterov(lrs[:, None], gammas), SMALL, MOONS, epochs=3, batch=20, keep=True)
    assert grid.thetas.shape == (4, SMALL.size, 2, 3)
    for i, j in np.ndindex(2, 3):
        alone = train(Nesterov(lrs[i], gammas[j]), SMALL, MOONS, epochs=3, batch=20, keep=True)
        np.testing.assert_allclose(grid.thetas[..., i, j], alone.thetas, rtol=1e-9, atol=1e-13)
        for name in ("loss", "accuracy", "test_loss", "test_accuracy"):
            np.testing.assert_allclose(getattr(grid, name)[:, i, j], getattr(alone, name), rtol=1e-9)


def test_several_starts_are_a_sweep():
    history = train(Momentum(), SMALL, MOONS, epochs=1, batch=20, theta=SMALL.init([1, 2]))
    alone = train(Momentum(), SMALL, MOONS, epochs=1, batch=20, theta=SMALL.init(2))
    np.testing.assert_allclose(history.theta[:, 1], alone.theta, rtol=1e-10)


def test_a_history_says_how_it_went():
    text = repr(train(Momentum(0.1), SMALL, MOONS, epochs=2, batch=20))
    assert text.startswith("History of 2 epochs (6 steps): loss 0.") and text.endswith("%")
    squared = Network((2, 5, 2), error="squared")
    assert repr(train(Momentum([0.1, 1e200]), squared, MOONS, epochs=2, batch=20)) == (
        "History of 2 epochs (6 steps) of 2 runs, 1 of them diverged"
    )
    assert "accuracy" not in repr(train(Momentum(), Network((1, 1), error="squared"), LINE, epochs=1, batch=10))


# Divergence is data; pytest turns a warning into an error


def test_a_run_that_diverges_stops_and_says_when():
    steps = []
    network = Network((2, 5, 2), error="squared")
    history = train(
        GradientDescent(1e200), network, MOONS, epochs=50, batch=20, progress=lambda done, total: steps.append(done)
    )
    assert np.isfinite(history.diverged)
    assert repr(history).endswith(f"diverged at step {history.diverged:g}")
    assert steps[-2:] == [history.diverged, 150]  # stopped there; then a bar is told that all is over
    assert history.loss.shape == (51,)
    assert np.isfinite(history.loss[0]) and np.isnan(history.loss[1:]).all() and np.isnan(history.accuracy[1:]).all()


def test_a_sweep_goes_on_while_one_of_its_runs_is_finite():
    history = train(GradientDescent([0.1, 1e200]), Network((2, 5, 2), error="squared"), MOONS, epochs=3, batch=20)
    assert history.diverged[0] == np.inf and np.isfinite(history.diverged[1])
    assert np.isfinite(history.loss[:, 0]).all() and np.isnan(history.loss[-1, 1])


def test_a_loss_that_is_nan_from_the_first_step_is_said():
    far = Data(1e200 * MOONS.inputs, MOONS.targets, MOONS.test_inputs, MOONS.test_targets, "far", "made here")
    history = train(GradientDescent(), Network((2, 5, 2), error="squared"), far, epochs=5, batch=20)
    assert history.diverged == 0
    assert repr(history).endswith("diverged at step 0")
    assert np.isnan(history.loss).all()


# Schedules


def values(schedule, steps):
    return [float(schedule(t)) for t in steps]


def test_constant_stays():
    assert values(constant(0.1), [1, 7, 1000]) == [0.1] * 3


def test_step_decay_falls_after_every_so_many_steps():
    np.testing.assert_allclose(
        values(step_decay(0.8, 10, 0.5), [1, 10, 11, 20, 21, 31]), [0.8, 0.8, 0.4, 0.4, 0.2, 0.1]
    )


def test_cosine_goes_half_a_wave_and_stays_at_nothing():
    schedule = cosine(0.9, 8)
    np.testing.assert_allclose(values(schedule, [1, 5, 9, 50]), [0.9, 0.45, 0, 0])
    np.testing.assert_allclose(schedule(3), 0.9 * np.cos(np.pi / 8) ** 2)


def test_warm_up_rises_in_equal_steps_to_its_schedule():
    np.testing.assert_allclose(values(warm_up(0.4, 4), [1, 2, 3, 4, 5, 99]), [0.1, 0.2, 0.3, 0.4, 0.4, 0.4])
    inner = step_decay(1.0, 3)
    np.testing.assert_allclose(values(warm_up(inner, 4), [3, 4, 7]), [0.75, 0.1, 0.01])


def test_sutskever_is_the_published_formula():
    # 1 - 1 / (2 (floor(t / 250) + 1)), up to gamma_max
    expected = [0.5, 0.5, 0.75, 1 - 1 / 6, 0.875, 0.9, 0.9]
    np.testing.assert_allclose(values(sutskever(0.9), [1, 249, 250, 500, 750, 1000, 10**6]), expected)
    np.testing.assert_allclose(values(sutskever(0.999, every=10), [10, 4000]), [0.75, 1 - 1 / 802])


def test_scheduled_asks_every_schedule_at_every_step():
    at = scheduled(Momentum, lr=step_decay(0.1, 2), gamma=0.5)
    assert [at(t).lr for t in (1, 2, 3)] == pytest.approx([0.1, 0.1, 0.01])
    assert at(9).gamma == 0.5
    history = train(at, SMALL, MOONS, epochs=1, batch=20, keep=True, every=1)
    theta, delta = SMALL.init(0), 0.0
    for (inputs, targets), lr in zip(minibatches(MOONS, 20, 0), (0.1, 0.1, 0.01), strict=False):
        delta = lr * SMALL.gradient(theta, inputs, targets) + 0.5 * delta
        theta = theta - delta
    np.testing.assert_allclose(history.theta, theta, rtol=1e-10)


def test_a_schedule_may_carry_a_sweep():
    lrs = np.array([0.01, 0.1])
    grid = train(scheduled(Momentum, lr=cosine(lrs, 6), gamma=0.5), SMALL, MOONS, epochs=2, batch=20)
    alone = train(scheduled(Momentum, lr=cosine(0.1, 6), gamma=0.5), SMALL, MOONS, epochs=2, batch=20)
    np.testing.assert_allclose(grid.theta[:, 1], alone.theta, rtol=1e-10)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: scheduled(Momentum, momentum=0.9), TypeError, "Momentum has no hyperparameter 'momentum': .*gamma"),
        (lambda: scheduled(Adam, beta=0.9), TypeError, "Adam has no hyperparameter 'beta': did you mean 'beta"),
        (lambda: scheduled(Momentum()), TypeError, "a schedule needs the class, such as"),
        (lambda: scheduled("Adam"), TypeError, "optimizer is 'Adam': a schedule needs the class"),
        (lambda: scheduled(Momentum, lr=lambda t: -1.0), ValueError, r"Momentum\(lr=...\) is -1.0"),
        (lambda: cosine(0.1, 0), ValueError, "steps is 0: it must be a whole number, at least 1"),
        (lambda: step_decay(0.1, 2.5), ValueError, "every is 2.5: it must be a whole number"),
        (lambda: warm_up(0.1, "5"), ValueError, "steps is '5': it must be a whole number"),
        (lambda: sutskever(every=-1), ValueError, "every is -1: it must be a whole number"),
    ],
)
def test_schedules_that_make_no_sense_are_refused(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


# What is refused


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"batch": 0}, ValueError, "batch is 0: it must be a whole number, at least 1"),
        ({"batch": 2.5}, ValueError, "batch is 2.5: it must be a whole number"),
        ({"epochs": 0}, ValueError, "epochs is 0: it must be a whole number, at least 1"),
        ({"every": 0}, ValueError, "every is 0: it must be a whole number, at least 1"),
        ({"seed": -1}, ValueError, "seed is -1: it must be a whole number, at least 0"),
        ({"seed": "a"}, ValueError, "seed is 'a': it must be a whole number"),
        ({"dtype": int}, ValueError, "dtype is .*: it must be float64 or float32"),
        (
            {"theta": np.zeros(5)},
            ValueError,
            r"theta has shape \(5,\): a network of sizes \(2, 5, 2\) has 27 parameters",
        ),
        ({"network": Network((3, 2))}, ValueError, r"inputs have shape \(50, 2\): this network takes \(samples, 3\)"),
        ({"network": Momentum()}, TypeError, "network is Momentum.*: it must be a Network"),
        ({"data": replace(MOONS, targets=MOONS.targets + 1)}, ValueError, "targets contain 2: .* from 0 to 1"),
        ({"data": (MOONS.inputs, MOONS.targets)}, TypeError, "data is tuple: it must be a Data, such as digits()"),
        ({"optimizer": Momentum}, TypeError, r"Momentum is a class, not yet an optimizer: write Momentum\(\)"),
        ({"optimizer": 0.1}, TypeError, "optimizer is 0.1: it must be an Optimizer or a function"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(arguments, error, sentence):
    given = {"optimizer": Momentum(), "network": SMALL, "data": MOONS, "batch": 20} | arguments
    with pytest.raises(error, match=sentence):
        train(**given)


def test_an_optimizer_that_breaks_the_contract_gets_the_loops_sentence():
    @dataclass(frozen=True, eq=False)
    class Mine(Optimizer):
        def step(self, theta, g, t):
            return theta - g

    with pytest.raises(TypeError, match=r"Mine\.step returned ndarray, not a tuple"):
        train(Mine(), SMALL, MOONS, batch=20)


# Progress


def test_progress_is_told_every_step():
    told = []
    train(Momentum(), SMALL, MOONS, epochs=2, batch=20, progress=lambda done, total: told.append((done, total)))
    assert told == [(k, 6) for k in range(7)]


def test_progress_is_told_the_end_of_an_interrupted_training():
    told = []

    def progress(done, total):
        told.append((done, total))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(Momentum(), SMALL, MOONS, epochs=2, batch=20, progress=progress)
    assert told[-1] == (6, 6)


# The published table


def test_the_first_output_of_the_published_network_stays_at_zero():
    gradient = coursera.slopes(*coursera.NETWORK.prepared(*coursera.moons()))
    weights, bias = coursera.NETWORK.layers(gradient(coursera.start()))[-1]
    assert not weights[:, 0].any() and weights[:, 1].any()
    assert bias[0] == 0 != bias[1]

"""Effective rates: the measured multipliers against the docstrings' formulas and against the steps really taken."""

from itertools import count, islice

import numpy as np
import pytest

from course_lib import labs
from course_lib.descent import descend, trace
from course_lib.labs import effective_rates_lab as lab
from course_lib.labs.rules import TOLD
from course_lib.optimizers import Adagrad, Adam, AMSGrad, GradientDescent, Momentum, RMSprop

ALL = {kind.__name__: kind for kind in TOLD}


def one(method="RMSprop", problem="cliff", lr=0.1, decay=0.9):
    return lab.compute(lr, decay, method=method, problem=problem)


def slopes_of(told):
    samples = count()
    return lambda theta: told.slope(next(samples), theta)


def walked(optimizer, problem, steps=60):
    """(slopes, multipliers, steps taken), each (steps, 2)."""
    told = lab.PROBLEMS[problem]
    seen = list(islice(trace(optimizer, slopes_of(told), told.surface.start), steps + 1))
    theta = np.array([step.theta for step in seen])
    slopes, rates = (
        np.array(part)[:-1] for part in ([s.g for s in seen], [lab.multipliers(optimizer, s) for s in seen])
    )
    return slopes, rates, theta[:-1] - theta[1:]


def memory(values, decay):
    """A running mean from zero, one value after the other, by its definition as a sum."""
    return np.array([sum((1 - decay) * decay ** (t - k) * values[k] for k in range(t + 1)) for t in range(len(values))])


def corrected(values, decay):
    t = np.arange(1, len(values) + 1)[:, None]
    return memory(values, decay) / (1 - decay**t)


def largest(g, o):
    """AdaMax: the largest slope so far, each discounted by its age."""
    return np.array(
        [np.max([o.beta2 ** (t - k) * (abs(g[k]) + o.eps) for k in range(t + 1)], axis=0) for t in range(len(g))]
    )


def never_falling(g, o):
    """AMSGrad: the largest mean so far, corrected by its step."""
    t = np.arange(1, len(g) + 1)[:, None]
    return np.maximum.accumulate(memory(g**2, o.beta2)) / (1 - o.beta2**t)


DIVISORS = {
    "GradientDescent": lambda g, o: np.ones_like(g),
    "Momentum": lambda g, o: np.ones_like(g),
    "Nesterov": lambda g, o: np.ones_like(g),
    "Adagrad": lambda g, o: np.sqrt(np.cumsum(g**2, axis=0)) + o.eps,
    "RMSprop": lambda g, o: np.sqrt(memory(g**2, o.gamma) + o.eps),
    "AdaMax": largest,
    "AMSGrad": lambda g, o: np.sqrt(never_falling(g, o)) + o.eps,
    **dict.fromkeys(("Adam", "Nadam", "AdamW"), lambda g, o: np.sqrt(corrected(g**2, o.beta2)) + o.eps),
}


@pytest.mark.parametrize("problem", lab.PROBLEMS)
@pytest.mark.parametrize("name", DIVISORS)
def test_multipliers_are_the_formulas(name, problem):
    optimizer = ALL[name](0.05)
    slopes, rates, _ = walked(optimizer, problem)
    np.testing.assert_allclose(rates, optimizer.lr / DIVISORS[name](slopes, optimizer), rtol=1e-9)


@pytest.mark.parametrize("problem", lab.PROBLEMS)
@pytest.mark.parametrize("kind", [GradientDescent, Adagrad, RMSprop, ALL["Adadelta"]])
def test_multiplier_times_slope_is_the_step_taken(kind, problem):
    slopes, rates, taken = walked(kind(0.05), problem)
    np.testing.assert_allclose(rates * slopes, taken, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("problem", lab.PROBLEMS)
@pytest.mark.parametrize("kind", [Adam, AMSGrad, ALL["AdaMax"]])
def test_multiplier_times_mean_slope_is_the_step_taken(kind, problem):
    slopes, rates, taken = walked(kind(0.05), problem)
    np.testing.assert_allclose(rates * corrected(slopes, 0.9), taken, rtol=1e-9, atol=1e-15)


def test_momentum_adds_multiplied_slopes():
    slopes, rates, taken = walked(Momentum(0.02, 0.9), "ravine")
    delta = np.zeros(2)
    for g, rate, step in zip(slopes, rates, taken, strict=True):
        delta = rate * g + 0.9 * delta
        np.testing.assert_allclose(step, delta, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("method", lab.METHODS)
def test_it_draws_what_the_optimizers_do(method):
    lines = one(method, "ravine", lr=0.0316, decay=0.98).lines
    optimizers = {"adagrad": Adagrad(0.0316), "chosen": lab.prepared_with(ALL[method], 0.0316, 0.98)}
    for gid, optimizer in optimizers.items():
        path = descend(optimizer, lab.PROBLEMS["ravine"].surface, steps=lab.STEPS)
        np.testing.assert_allclose(np.column_stack([np.ravel(side) for side in lines[gid]]), path.theta, rtol=1e-12)


def test_decays_are_memories_of_sizes_only():
    assert {name: lab.decay_of(kind) for name, kind in ALL.items()} == {
        "GradientDescent": None,
        "Momentum": None,
        "Nesterov": None,
        "Adagrad": None,
        "Adadelta": "rho",
        "RMSprop": "gamma",
        **dict.fromkeys(("Adam", "AdaMax", "Nadam", "AMSGrad", "AdamW"), "beta2"),
    }


@pytest.mark.parametrize("problem", lab.PROBLEMS)
def test_adagrads_multipliers_only_fall(problem):
    _, rates = lab.run(Adagrad(0.1), lab.PROBLEMS[problem])
    assert (rates[1:] <= rates[:-1] * (1 + 1e-12)).all()


def test_rmsprop_recovers_from_the_cliff_and_adagrad_does_not():
    lines = one().lines
    adagrad, rmsprop = (np.ravel(lines[f"first.{gid}"][1]) for gid in ("adagrad", "chosen"))
    assert adagrad[-1] == adagrad.min() and rmsprop[100] > 10 * rmsprop.min()
    assert np.ravel(lines["adagrad"][0])[-1] < -2 and abs(np.ravel(lines["chosen"][0])[-1]) < 0.1


def test_rmsprop_ends_at_two_over_the_curvature():
    """There it jumps from side to side of the ravine: at any larger multiplier it would be thrown out further."""
    _, rates = lab.run(RMSprop(0.1, 0.9), lab.PROBLEMS["ravine"])
    np.testing.assert_allclose(rates[-1], [2 / 1, 2 / 25], rtol=0.01)


def test_the_rare_coordinate_is_multiplied_about_root_of_its_period_as_much():
    """Where all errors are of one size, the sums of squares are as the counts of the features: sqrt(20) = 4.47."""
    setting = lab.SCENES["a rare and a frequent feature"]
    rates = lab.run(Adagrad(setting["lr"]), lab.PROBLEMS["features"])[1]
    assert rates[-1, 1] / rates[-1, 0] == pytest.approx(np.sqrt(lab.PERIOD), rel=0.15)
    words = one(**{key: setting[key] for key in ("method", "problem", "lr")}).words["adagrad"]()
    assert words.startswith(
        "after 200 steps the rare slope is multiplied by 0.11 (27 % of the first), the frequent one"
    )
    assert ": 4 times;" in words


def test_with_one_rate_for_both_features_the_frequent_one_jitters():
    setting = lab.SCENES["a rare and a frequent feature"]
    lines = one(setting["method"], setting["problem"], setting["lr"]).lines
    jitter = {gid: np.std(np.ravel(lines[gid][0])[100:]) for gid in ("adagrad", "chosen")}
    assert jitter["chosen"] > 5 * jitter["adagrad"]


def test_two_rounds_of_samples_are_the_surface_drawn():
    where = np.array([0.3, -0.7])
    mean = np.mean([lab.one_sample(k, where) for k in range(2 * lab.PERIOD)], axis=0)
    np.testing.assert_allclose(mean, lab.FEATURES.gradient(where), rtol=1e-12)


@pytest.mark.parametrize("problem", lab.PROBLEMS)
def test_gradients_are_the_slopes_of_the_surfaces(problem):
    surface, away = lab.PROBLEMS[problem].surface, 1e-6
    for where in (np.array([-3.1, 0.4]), np.array([0.7, 1.3])):
        differences = [
            (surface.value(where + nudge) - surface.value(where - nudge)) / (2 * away) for nudge in away * np.eye(2)
        ]
        np.testing.assert_allclose(surface.gradient(where), differences, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(surface.gradient(np.array(surface.minima[0])), 0, atol=1e-12)


def test_words_of_what_never_changes_and_of_what_diverges():
    words = one("GradientDescent").words["chosen"]()
    assert words.startswith("multiplies every slope by 0.1, always") and words.endswith("no memory of sizes to decay")
    assert one("GradientDescent", "ravine").words["chosen"]().startswith("diverges; it multiplies every slope by")
    assert one("Adam", "features", decay=0.0).words["chosen"]() == "diverges"  # its multipliers are two numbers
    assert "mean slope" in one("Adam").words["chosen"]()


def test_another_method_brings_its_own_look_and_name():
    live = labs.effective_rates()
    live.background(live.drawing.figure, "Adam", "features")
    styles = {line["gid"]: line for line in live.drawing.frame()["lines"]}
    assert styles["chosen"]["label"] == "Adam" and styles["adagrad"]["label"] == "Adagrad"
    assert styles["chosen"]["color"] == styles["first.chosen"]["color"] == styles["head.chosen"]["marker"]["face"]
    assert styles["second.chosen"]["marker"]["edge"] == styles["chosen"]["color"] != styles["adagrad"]["color"]


def test_it_begins_with_what_it_is_asked_for():
    live = labs.effective_rates("features")
    assert live.cell(live.defaults).words["adagrad"].startswith("after 200 steps the rare slope")
    with pytest.raises(ValueError, match="there is no problem 'clif': did you mean 'cliff'"):
        labs.effective_rates("clif")

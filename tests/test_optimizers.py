"""Every optimizer of OPTIMIZERS: against PyTorch and optax, by hand, and by the laws it obeys.

A new optimizer joins by joining one of them; a test says so if its recorded runs or its worked example are missing.
"""

import dataclasses
import json
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from course_lib.descent import descend, iterates, trace
from course_lib.labs.rules import is_adaptive
from course_lib.optimizers import (
    OPTIMIZERS,
    Adadelta,
    Adam,
    AdaMax,
    AdamW,
    AMSGrad,
    Averaging,
    GradientDescent,
    Lion,
    Momentum,
    Nadam,
    Nesterov,
    Optimizer,
    RMSprop,
    Signum,
)
from course_lib.optimizers.base import FIELDS
from course_lib.surfaces import SURFACES

RECORDED = json.loads((Path(__file__).parent / "peers" / "recorded.json").read_text())["runs"]
FUNCTIONS = {"1/t": {"c": lambda t: 1 / t}}  # hyperparameters that are functions, by what JSON keeps of them
KNOWN = {cls.__name__: cls for cls in OPTIMIZERS}

every_optimizer = pytest.mark.parametrize("cls", OPTIMIZERS, ids=lambda cls: cls.__name__)

# Rules whose step is linear in the gradients: turned with the plane, and scaled with the loss.
LINEAR = tuple(cls for cls in OPTIMIZERS if not is_adaptive(cls))
every_linear = pytest.mark.parametrize("cls", LINEAR, ids=lambda cls: cls.__name__)

TYPICAL = {"lr": 0.02, "gamma": 0.8, "rho": 0.9, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "weight_decay": 0.1}
TYPICAL |= {"beta": 0.7, "c": 0.1}


def fields(cls):
    return [field.name for field in dataclasses.fields(cls)]


def typical(cls, **changes):
    return cls(**{name: changes.get(name, TYPICAL[name]) for name in fields(cls)})


def path(optimizer, gradient, start, steps=40):
    return np.array(list(islice(iterates(optimizer, gradient, start), steps + 1)))


# PyTorch and optax


def name_of(run):
    setting = "-".join(f"{key}={value}" for key, value in run["hyperparameters"].items())
    return f"{run['optimizer']}-{run['surface']}-{run['library']}-{setting}"


@pytest.mark.parametrize("run", [run for run in RECORDED if run["optimizer"] in KNOWN], ids=name_of)
def test_same_path_as_recorded_library(run):
    theirs = np.array(run["path"])
    optimizer = KNOWN[run["optimizer"]](**run["hyperparameters"] | FUNCTIONS.get(run["hyperparameters"].get("c"), {}))
    steps = islice(trace(optimizer, SURFACES[run["surface"]].gradient, theirs[0]), len(theirs))
    # What a library stores is where it measures the gradient: for Nesterov, the point it looks ahead to.
    ours = np.array([step.look for step in steps])
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * np.abs(theirs).max())


@every_optimizer
def test_has_recorded_runs_on_several_surfaces(cls):
    runs = [run for run in RECORDED if run["optimizer"] == cls.__name__]
    assert len({run["surface"] for run in runs}) >= 5, f"add {cls.__name__} to tests/peers/record.py"
    assert len({str(run["hyperparameters"]) for run in runs if run["surface"] == "ravine"}) >= 2


def test_recorded_optimizers_differ_from_each_other():
    # A recording of AMSGrad that never departs from Adam would approve of either.
    paths = {}
    for run in RECORDED:
        key = run["optimizer"], run["surface"]
        paths.setdefault(key, []).append(np.array(run["path"]))
    for (name, surface), own in paths.items():
        for (other, other_surface), theirs in paths.items():
            if surface == other_surface and name < other:
                closest = max(min(np.abs(a - b).max() for b in theirs) for a in own)
                assert closest > 1e-6, f"{name} and {other} on {surface}"


# Two steps by hand on J = theta^2 / 2, whose gradient is theta, from theta = 10: hyperparameters, thetas, looks

WORKED = {
    "GradientDescent": ({"lr": 0.1}, (10, 9, 8.1), (10, 9, 8.1)),
    # delta: 1, then 0.1 * 9 + 0.5 * 1 = 1.4
    "Momentum": ({"lr": 0.1, "gamma": 0.5}, (10, 9, 7.6), (10, 9, 7.6)),
    # delta: 1, then the slope at 9 - 0.5 * 1 = 8.5: 0.85 + 0.5 = 1.35; the next look: 7.65 - 0.5 * 1.35
    "Nesterov": ({"lr": 0.1, "gamma": 0.5}, (10, 9, 7.65), (10, 8.5, 6.975)),
    # s: 100, then 100 + 81
    "Adagrad": ({"lr": 1, "eps": 0}, (10, 9, 9 - 9 / 181**0.5)),
    # s: 50; d = sqrt(50 / 100) * 10, and x = 25; s = 25 + g^2 / 2 with g = 10 - sqrt(50)
    "Adadelta": (
        {"lr": 1, "rho": 0.5, "eps": 50},
        (10, 10 - 50**0.5, (10 - 50**0.5) * (1 - (75 / (75 + (10 - 50**0.5) ** 2 / 2)) ** 0.5)),
    ),
    # s: 50, and sqrt(50 + 14) = 8; then 25 + 8.75^2 / 2
    "RMSprop": ({"lr": 1, "gamma": 0.5, "eps": 14}, (10, 8.75, 8.75 - 8.75 / 77.28125**0.5)),
    # m: 5 and 7, corrected 10 and 7 / 0.75; v: 50 and 65.5, corrected 100 and 65.5 / 0.75
    "Adam": ({"lr": 1, "beta1": 0.5, "beta2": 0.5, "eps": 0}, (10, 9, 9 - (7 / 0.75) / (65.5 / 0.75) ** 0.5)),
    # m as Adam; u: 10, then max(5, 9)
    "AdaMax": ({"lr": 1, "beta1": 0.5, "beta2": 0.5, "eps": 0}, (10, 9, 9 - 7 / 0.75 / 9)),
    # 2.5 / 0.75 + 5 / 0.5 = 40 / 3 over 10; then m = 41 / 6, v = 25 + (26 / 3)^2 / 2
    "Nadam": (
        {"lr": 1, "beta1": 0.5, "beta2": 0.5, "eps": 0},
        (10, 26 / 3, 26 / 3 - (41 / 12 / 0.875 + 13 / 3 / 0.75) / ((25 + (26 / 3) ** 2 / 2) / 0.75) ** 0.5),
    ),
    # v: 90, then 81.9; the maximum stays 90, corrected 90 / 0.99
    "AMSGrad": ({"lr": 1, "beta1": 0.5, "beta2": 0.1, "eps": 0}, (10, 9, 9 - (7 / 0.75) / (90 / 0.99) ** 0.5)),
    # as Adam, and 1 % of the weight is gone: 9.9 - 1; then m = 6.95, v = 25 + 8.9^2 / 2
    "AdamW": (
        {"lr": 1, "beta1": 0.5, "beta2": 0.5, "eps": 0, "weight_decay": 0.01},
        (10, 8.9, 8.811 - (6.95 / 0.75) / (64.605 / 0.75) ** 0.5),
    ),
    # m: 5, then 2.5 - 2.5: memory and slope cancel, and nothing moves
    "Signum": ({"lr": 15, "gamma": 0.5}, (10, -5, -5)),
    # 7 - 15, and m = 2; then the sign of 1 - 4, and -5.6 + 15
    "Lion": ({"lr": 15, "beta1": 0.5, "beta2": 0.8, "weight_decay": 0.02}, (10, -8, 9.4)),
    # z: 5, then the slope 6.25 between 5 and 7.5: z = 1.875
    "Averaging": ({"lr": 0.5, "beta": 0.5, "c": 0.5}, (10, 7.5, 4.6875), (10, 6.25, 3.28125)),
}


@every_optimizer
def test_two_steps_by_hand(cls):
    assert cls.__name__ in WORKED, f"work two steps of {cls.__name__} by hand and add them to WORKED"
    setting, thetas, *looks = WORKED[cls.__name__]
    steps = list(islice(trace(cls(**setting), lambda theta: theta, [10]), 3))
    assert [step.theta.item() for step in steps] == pytest.approx(thetas, rel=1e-14)
    assert [step.look.item() for step in steps] == pytest.approx(looks[0] if looks else thetas, rel=1e-14)


# Reductions and laws


@pytest.mark.parametrize("cls", [Momentum, Nesterov], ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("key", SURFACES)
def test_without_momentum_it_is_gradient_descent(cls, key):
    surface = SURFACES[key]
    plain = path(GradientDescent(lr=0.001), surface.gradient, surface.start)
    np.testing.assert_array_equal(path(cls(lr=0.001, gamma=0), surface.gradient, surface.start), plain)


def test_nesterov_looks_ahead_by_gamma_times_the_last_step():
    steps = list(islice(trace(Nesterov(lr=0.02, gamma=0.9), SURFACES["ravine"].gradient, [-4, 2]), 20))
    np.testing.assert_array_equal(steps[0].look, steps[0].theta)
    for before, now in pairwise(steps):
        np.testing.assert_allclose(now.look, now.theta + 0.9 * (now.theta - before.theta), rtol=1e-12, atol=1e-14)
        assert not np.array_equal(now.look, now.theta)


@pytest.mark.parametrize(
    "cls", [cls for cls in OPTIMIZERS if cls not in (Nesterov, Averaging)], ids=lambda cls: cls.__name__
)
def test_only_nesterov_and_averaging_look_elsewhere(cls):
    for step in islice(trace(typical(cls), SURFACES["rosenbrock"].gradient, [-1.2, 1]), 10):
        np.testing.assert_array_equal(step.look, step.theta)


@every_linear
def test_turning_the_plane_turns_the_path(cls):
    hessian = np.array([[1.0, 0.0], [0.0, 25.0]])
    cos, sin = np.cos(0.7), np.sin(0.7)
    turn = np.array([[cos, -sin], [sin, cos]])
    straight = path(typical(cls), lambda theta: hessian @ theta, [-4, 2])
    turned = path(typical(cls), lambda theta: turn @ hessian @ turn.T @ theta, turn @ [-4, 2])
    np.testing.assert_allclose(turned, straight @ turn.T, rtol=0, atol=1e-12)


@every_optimizer
def test_moving_the_surface_moves_the_path(cls):
    gradient, shift = SURFACES["three_hump_camel"].gradient, np.array([3.0, -5.0])
    optimizer = typical(cls, weight_decay=0)  # decay pulls towards the origin, wherever the surface is
    here = path(optimizer, gradient, [2, 2])
    there = path(optimizer, lambda theta: gradient(theta - shift), shift + np.array([2, 2]))
    np.testing.assert_allclose(there - shift, here, rtol=0, atol=1e-11)


@every_linear
def test_scaling_the_loss_is_scaling_the_learning_rate(cls):
    gradient = SURFACES["himmelblau"].gradient
    scaled_loss = path(typical(cls, lr=0.001), lambda theta: 4 * gradient(theta), [-0.5, -4])
    scaled_lr = path(typical(cls, lr=0.004), gradient, [-0.5, -4])
    np.testing.assert_array_equal(scaled_loss, scaled_lr)  # a power of two: not even the rounding differs


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("key", SURFACES)
@every_optimizer
def test_every_cell_of_a_sweep_is_its_single_run(cls, key, dtype):
    # Each hyperparameter sweeps along an axis of its own, from small values to some that diverge.
    names = fields(cls)
    factors = (0.1, 1.0) if len(names) > 3 else (0.1, 0.5, 1.2)
    axes = {
        name: TYPICAL[name] * np.array(factors).reshape(-1, *(1,) * (len(names) - 1 - k))
        for k, name in enumerate(names)
    }
    axes = {name: np.minimum(axis, 0.999) if name in ("rho", "beta1", "beta2") else axis for name, axis in axes.items()}
    start = np.array(SURFACES[key].start, dtype)
    grid = descend(cls(**axes), key, start, steps=30)
    for cell in np.ndindex(grid.loss.shape[1:]):
        own = {name: np.broadcast_to(axis, grid.loss.shape[1:])[cell].item() for name, axis in axes.items()}
        alone = descend(cls(**own), key, start, steps=30)
        np.testing.assert_array_equal(grid.theta[:, :, *cell], alone.theta, err_msg=str(own))
        np.testing.assert_array_equal(grid.loss[:, *cell], alone.loss, err_msg=str(own))


@every_optimizer
def test_interleaved_runs_do_not_disturb_each_other(cls):
    gradient = SURFACES["beale"].gradient
    optimizer = typical(cls, lr=0.002)
    here, there = iterates(optimizer, gradient, [1, 1.5]), iterates(optimizer, gradient, [0.5, -1])
    pairs = list(islice(zip(here, there, strict=False), 31))
    np.testing.assert_array_equal([pair[0] for pair in pairs], path(optimizer, gradient, [1, 1.5], 30))
    np.testing.assert_array_equal([pair[1] for pair in pairs], path(optimizer, gradient, [0.5, -1], 30))


@every_optimizer
def test_float32_stays_float32(cls):
    steps = islice(
        trace(typical(cls, lr=np.full(3, 0.01)), SURFACES["ravine"].gradient, np.array([-4, 2], np.float32)), 5
    )
    for step in steps:
        assert {array.dtype for array in (step.theta, step.look, step.g, *step.state)} == {np.dtype(np.float32)}


@every_optimizer
def test_state_has_one_array_a_name_of_zeros_or_the_start(cls):
    theta = np.ones((2, 3))
    state = typical(cls).init(theta)
    assert len(state) == len(cls.state)
    for array in state:
        np.testing.assert_array_equal(array, np.ones((2, 3)) if cls is Averaging else np.zeros((2, 3)))
        assert array is not theta
    after = typical(cls).step(theta, theta, 1, *state)
    assert isinstance(after, tuple)
    assert len(after) == 1 + len(cls.state)


@every_optimizer
def test_defaults_are_allowed_and_named_by_the_design(cls):
    cls()
    assert set(fields(cls)) <= set(FIELDS)
    assert issubclass(cls, Optimizer)
    assert "Source:" in cls.__doc__


# The adaptive family: reductions and laws

SURFACE = SURFACES["rosenbrock"]


def walk(optimizer, gradient=SURFACE.gradient, start=SURFACE.start, steps=60):
    return path(optimizer, gradient, start, steps)


def test_rmsprop_without_memory_is_sign_descent():
    @dataclasses.dataclass(frozen=True, eq=False)
    class SignDescent(Optimizer):
        lr: float = 0.01

        def step(self, theta, g, t):
            return (theta - self.lr * np.sign(g),)

    np.testing.assert_allclose(walk(RMSprop(lr=0.01, gamma=0, eps=0)), walk(SignDescent(0.01)), rtol=1e-12)


def test_adam_without_momentum_is_rmsprop_with_a_corrected_learning_rate():
    def rmsprop(t):
        return RMSprop(lr=0.01 * np.sqrt(1 - 0.9**t), gamma=0.9, eps=0)

    np.testing.assert_allclose(walk(Adam(lr=0.01, beta1=0, beta2=0.9, eps=0)), walk(rmsprop), rtol=1e-10)


def test_adamw_without_decay_is_adam():
    np.testing.assert_array_equal(walk(AdamW(lr=0.01, weight_decay=0)), walk(Adam(lr=0.01)))


def test_adamw_differs_from_adam_where_it_decays():
    assert np.abs(walk(AdamW(lr=0.01, weight_decay=0.1)) - walk(Adam(lr=0.01))).max() > 1e-3


def growing(theta):
    return 1.0 - theta  # runs away from 1: from below 1 each gradient is larger than the one before


def test_amsgrad_is_adam_while_the_gradient_grows():
    ours, adam = (walk(cls(lr=0.1), growing, [0.0], 30) for cls in (AMSGrad, Adam))
    np.testing.assert_array_equal(ours, adam)


def test_amsgrad_differs_from_adam_once_the_gradient_falls():
    ours, adam = (walk(cls(lr=0.1, beta2=0.9), lambda theta: theta, [3.0], 30) for cls in (AMSGrad, Adam))
    assert np.abs(ours - adam).max() > 1e-2


def test_nadam_without_momentum_is_adam_without_momentum():
    np.testing.assert_allclose(walk(Nadam(lr=0.01, beta1=0)), walk(Adam(lr=0.01, beta1=0)), rtol=1e-14)


@pytest.mark.parametrize("cls", [Adam, AdamW], ids=lambda cls: cls.__name__)
def test_first_step_of_adam_is_the_learning_rate_times_the_sign(cls):
    changes = {"weight_decay": 0} if cls is AdamW else {}
    start = np.array([3.0, -0.02])
    after = walk(cls(lr=0.1, eps=0, **changes), lambda theta: np.array([1e-9, 50.0]) * theta, start, 1)[1]
    np.testing.assert_allclose(after, start - 0.1 * np.sign(start), rtol=1e-12)


@pytest.mark.parametrize("cls", [RMSprop, Adam, AdaMax, Nadam, AMSGrad], ids=lambda cls: cls.__name__)
def test_scaling_the_loss_leaves_the_path_without_eps(cls):
    scaled = walk(cls(lr=0.01, eps=0), lambda theta: 2.0**20 * SURFACE.gradient(theta))
    np.testing.assert_allclose(scaled, walk(cls(lr=0.01, eps=0)), rtol=1e-9)


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_adadelta_has_the_units_of_theta_not_of_the_slope(scale):
    # eps is all that has theta's units at the start: the first step is sqrt(eps / (1 - rho)), however steep it is.
    start = np.array([3.0, -2.0])
    after = walk(Adadelta(rho=0.9, eps=1e-6), lambda theta: scale * theta, start, 1)[1]
    np.testing.assert_allclose(start - after, np.sqrt(1e-6 / 0.1) * np.sign(start), rtol=1e-5)


@pytest.mark.parametrize("cls", [c for c in OPTIMIZERS if c not in LINEAR], ids=lambda cls: cls.__name__)
def test_turning_the_plane_breaks_what_works_by_coordinate(cls):
    hessian, turn = np.diag([1.0, 25.0]), np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
    optimizer = typical(cls, weight_decay=0)
    straight = path(optimizer, lambda theta: hessian @ theta, [-4, 2])
    turned = path(optimizer, lambda theta: turn @ hessian @ turn.T @ theta, turn @ [-4, 2])
    assert np.abs(turned - straight @ turn.T).max() > 1e-3


# Signs and averages


def test_lion_with_one_memory_is_signum():
    np.testing.assert_array_equal(walk(Lion(0.01, 0.9, 0.9)), walk(Signum(0.01, 0.9)))


def test_lion_with_a_squared_memory_is_the_sign_of_nesterov():
    """beta1 = mu^2 and beta2 = mu: the sign of g + mu b with b = mu b + g, PyTorch's form of Nesterov."""
    slopes = np.random.default_rng(0).standard_normal((200, 50))
    feed, buffer, signs = iter(slopes), 0.0, []
    for g in slopes:
        buffer = 0.95 * buffer + g
        signs.append(np.sign(g + 0.95 * buffer))
    steps = -np.diff(path(Lion(1.0, 0.95**2, 0.95), lambda theta: next(feed), np.zeros(50), 199), axis=0)
    np.testing.assert_array_equal(steps, signs[:199])


@pytest.mark.parametrize("rule", [Signum(0.01, 0), Lion(0.01, 0, 0.99), Adam(0.01, 0, 0, 0)], ids=repr)
def test_without_memory_it_is_sign_descent(rule):
    steps = np.diff(walk(rule), axis=0)
    np.testing.assert_allclose(
        steps, [-0.01 * np.sign(SURFACE.gradient(theta)) for theta in walk(rule)[:-1]], rtol=1e-9
    )


@pytest.mark.parametrize("gamma", [0.0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("key", SURFACES)
def test_an_average_looked_at_is_momentum_and_nesterov(key, gamma):
    gradient, start = SURFACES[key].gradient, SURFACES[key].start
    for beta, rule in ((1.0, Momentum), (gamma, Nesterov)):
        theirs = path(rule(0.0005, gamma), gradient, start)
        ours = path(Averaging(0.0005 / (1 - gamma), beta, 1 - gamma), gradient, start)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9 * np.abs(theirs).max())


def test_schedule_free_is_the_mean_of_all_places():
    means = Averaging(0.02, 0.9, lambda t: 1 / t)
    np.testing.assert_array_equal(walk(Averaging.schedule_free(0.02, 0.9)), walk(means))


def test_places_walk_as_gradient_descent_and_hand_out_the_mean():
    plain = path(GradientDescent(0.01), SURFACES["ravine"].gradient, [-4, 2])
    averaged = path(Averaging(0.01, 0.0, lambda t: 1 / t), SURFACES["ravine"].gradient, [-4, 2])
    np.testing.assert_allclose(averaged[1:], np.cumsum(plain[1:], axis=0) / np.arange(1, 41)[:, None], rtol=1e-12)
    running = path(Averaging.places(0.01, 0.1), SURFACES["ravine"].gradient, [-4, 2])
    np.testing.assert_allclose(running[2], 0.9 * (0.9 * plain[0] + 0.1 * plain[1]) + 0.1 * plain[2], rtol=1e-12)


# What is refused


REFUSED = [
    ({"lr": -0.1}, ValueError, "-0.1", "0 or more"),
    ({"lr": np.nan}, ValueError, "nan", "finite"),
    ({"lr": np.inf}, ValueError, "inf", "finite"),
    ({"lr": "0.1"}, TypeError, "'0.1'", "number"),
    ({"lr": "fast"}, TypeError, "'fast'", "number"),
    ({"lr": None}, TypeError, "None", "number"),
    ({"lr": 1j}, TypeError, "1j", "number"),
    ({"lr": []}, ValueError, "empty", "at least one"),
    ({"lr": [0.1, -0.2, 0.3]}, ValueError, "-0.2", "0 or more"),
    ({"lr": [[0.1], [0.2, 0.3]]}, TypeError, "[0.2, 0.3]", "number"),
    ({"gamma": -0.9}, ValueError, "-0.9", "0 or more"),
    ({"gamma": np.array([0.5, np.nan])}, ValueError, "nan", "finite"),
    ({"gamma": "0.9"}, TypeError, "'0.9'", "number"),
    ({"beta": -0.1}, ValueError, "-0.1", "0 or more"),
    ({"rho": 1.5}, ValueError, "1.5", "from 0 to 1"),
    ({"beta": -0.5}, ValueError, "-0.5", "0 or more"),
    ({"c": -0.1}, ValueError, "-0.1", "from 0 to 1"),
    ({"beta1": 1.0}, ValueError, "1.0", "below 1"),
    ({"beta2": 1.0}, ValueError, "1.0", "below 1"),
    ({"eps": -1e-8}, ValueError, "-1e-08", "0 or more"),
    ({"weight_decay": -0.1}, ValueError, "-0.1", "0 or more"),
]


@pytest.mark.parametrize(
    ("cls", "wrong", "error", "value", "accepted"),
    [(cls, *case) for cls in OPTIMIZERS for case in REFUSED if set(case[0]) <= set(fields(cls))],
)
def test_refuses_nonsense_and_names_argument_value_and_what_is_accepted(cls, wrong, error, value, accepted):
    with pytest.raises(error) as refusal:
        cls(**wrong)
    message = str(refusal.value)
    for part in (cls.__name__, *wrong, value, accepted):
        assert part in message
    assert "\n" not in message


def test_every_range_is_tested_with_a_value_outside():
    assert {name for wrong, *_ in REFUSED for name in wrong} == set(FIELDS)


@every_optimizer
def test_allows_what_merely_diverges_or_stands_still(cls):
    typical(cls, gamma=3.0, lr=1e6)
    still = path(typical(cls, lr=0, weight_decay=0), SURFACES["ravine"].gradient, [-4, 2], 3)
    np.testing.assert_array_equal(still, [[-4, 2]] * 4)


def test_refuses_sweeps_that_do_not_span_a_grid():
    with pytest.raises(ValueError, match=r"Momentum.*lr \(3,\), gamma \(2,\).*lr=lrs\[:, None\]"):
        Momentum(lr=[0.1, 0.2, 0.3], gamma=[0.5, 0.9])


def test_an_optimizer_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Momentum().lr = 1


def test_step_that_is_not_written_yet_says_so():
    with pytest.raises(NotImplementedError, match="Optimizer has no step"):
        Optimizer().step(np.zeros(2), np.zeros(2), 1)


# How they show themselves


def test_repr_shows_numbers_and_sweeps_as_shape_and_range():
    optimizer = Momentum(lr=np.linspace(0.001, 0.06, 100)[:, None], gamma=0.9)
    assert repr(optimizer) == "Momentum(lr=<100 x 1 from 0.001 to 0.06>, gamma=0.9)"
    assert repr(Nesterov(lr=[0.5, 0.25], gamma=np.float64(0.5))) == "Nesterov(lr=<2 from 0.25 to 0.5>, gamma=0.5)"


@every_optimizer
def test_repr_is_short_and_can_be_read_back(cls):
    optimizer = typical(cls)
    again = eval(repr(optimizer), dict(KNOWN))
    assert [getattr(again, name) for name in fields(cls)] == [getattr(optimizer, name) for name in fields(cls)]
    assert len(repr(typical(cls, lr=np.linspace(0, 1, 10_000)))) < 150


@every_optimizer
def test_sweep_is_the_grid_that_the_hyperparameters_span(cls):
    assert typical(cls).sweep == ()
    assert typical(cls, lr=np.full((3, 1), 0.1)).sweep == (3, 1)
    for other in fields(cls)[1:]:
        assert typical(cls, lr=np.full((3, 1), 0.1), **{other: np.full(4, TYPICAL[other])}).sweep == (3, 4)


def test_a_list_of_values_is_an_array_at_once():
    rule = Momentum([0.1, 0.2], (0.5, 0.9))
    assert isinstance(rule.lr, np.ndarray) and rule.gamma.tolist() == [0.5, 0.9]


def test_a_whole_number_of_ones_own_stays_one():
    @dataclasses.dataclass(frozen=True, eq=False)
    class Seldom(Optimizer):
        lr: float = 0.1
        every: int = 2

        def step(self, theta, g, t):
            return (theta - self.lr * g if t in range(self.every, 100, self.every) else theta,)

    path = descend(Seldom(), "ravine", steps=4).theta
    assert [bool(np.any(step)) for step in np.diff(path, axis=0)] == [False, True, False, True]


def test_float32_stays_float32_with_whole_numbers():
    rule = Adam(lr=1, beta1=0, eps=1)
    assert descend(rule, "ravine", np.array([-4, 2], np.float32), steps=3).theta.dtype == np.float32
    steps = islice(trace(rule, SURFACES["ravine"].gradient, np.array([-4, 2], np.float32)), 3)
    assert all(array.dtype == np.float32 for step in steps for array in step.state)


def test_the_name_of_a_state_without_its_comma_is_refused():
    with pytest.raises(TypeError, match=r"state of Forgetful is the text 'delta': .* state = \(\"delta\",\)"):
        type("Forgetful", (Optimizer,), {"state": ("delta")})

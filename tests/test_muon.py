"""Muon: against optax and PyTorch, by the laws it obeys, and what it refuses."""

import json
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from course_lib.descent import iterates
from course_lib.optimizers import Adam, GradientDescent, Momentum, Muon, Nesterov, Signum
from course_lib.optimizers.muon import orthogonalized

RECORDED = json.loads((Path(__file__).parent / "peers" / "recorded_matrices.json").read_text())["runs"]


def path(optimizer, gradient, start, steps):
    return np.array(list(islice(iterates(optimizer, gradient, start), steps + 1)))


def name_of(run):
    return f"{run['shape']}-{run['library']}-{'-'.join(f'{v:g}' for v in run['hyperparameters'].values())}"


@pytest.mark.parametrize("run", RECORDED, ids=name_of)
def test_same_path_as_recorded_library(run):
    theirs = np.array(run["path"])
    a, b, c = (np.array(run[name]) for name in "abc")

    def gradient(theta):
        return (a.T @ (a @ theta.reshape(c.shape) @ b - c) @ b.T).ravel()

    if run["library"] == "optax":
        rule = Muon(shapes=(c.shape,), **run["hyperparameters"])
        ours = path(rule, gradient, theirs[0].ravel(), len(theirs) - 1)
        close = {"rtol": 1e-8, "atol": 1e-8}  # what is near zero is lifted 485 times a step, its rounding, too
        np.testing.assert_allclose(ours.reshape(theirs.shape), theirs, **close)
    else:  # bfloat16 keeps 8 bits, five times over: step by step, from PyTorch's own points
        feed = iter([gradient(theta.ravel()) for theta in theirs])
        ours = path(Muon(shapes=(c.shape,), **run["hyperparameters"] | {"weight_decay": 0}), lambda _: next(feed),
                    theirs[0].ravel(), len(theirs) - 2)  # fmt: skip
        lr, decay = run["hyperparameters"]["lr"], run["hyperparameters"]["weight_decay"]
        moved = np.array([after - (1 - lr * decay) * before for before, after in pairwise(theirs)])
        length = np.linalg.norm(moved, axis=(1, 2))[:-1]
        apart = np.linalg.norm(np.diff(ours, axis=0).reshape(-1, *c.shape) - moved[:-1], axis=(1, 2)) / length
        assert np.median(apart) < 0.1


@pytest.mark.parametrize(("m", "n"), [(4, 6), (6, 4), (5, 5), (1, 7)])
def test_singular_values_come_near_one(m, n):
    seen = 0
    for seed in range(40):
        matrix = np.random.default_rng(seed).standard_normal((m, n)) * np.geomspace(1, 0.1, n)
        before, after = (np.linalg.svd(x, compute_uv=False) for x in (matrix, orthogonalized(matrix)))
        if before.min() > 0.01 * np.linalg.norm(before):
            seen += 1
            assert after.min() > 0.68 and after.max() < 1.14
    assert seen >= 20


def test_a_matrix_of_zeros_stays_zero():
    np.testing.assert_array_equal(orthogonalized(np.zeros((3, 4))), np.zeros((3, 4)))


def test_the_length_of_the_slope_is_thrown_away():
    matrix = np.random.default_rng(0).standard_normal((4, 6))
    np.testing.assert_allclose(orthogonalized(1e-6 * matrix), orthogonalized(matrix), rtol=1e-9)


QUADRATIC = (lambda p: p @ p.T / 24)(np.random.default_rng(1).standard_normal((24, 24)))
START = np.random.default_rng(2).standard_normal(24)


def turned(rule, turn):
    """The end of 40 steps in turned coordinates, turned back."""
    end = path(rule, lambda w: turn @ QUADRATIC @ turn.T @ w, turn @ START, 40)[-1]
    return turn.T @ end


def orthogonal(n):
    return np.linalg.qr(np.random.default_rng(n).standard_normal((n, n)))[0]


def test_turning_rows_and_columns_turns_the_path():
    rule = Muon(0.05, shapes=((4, 6),))
    turn = np.kron(orthogonal(4), orthogonal(6))
    np.testing.assert_allclose(turned(rule, turn), turned(rule, np.eye(24)), rtol=0, atol=1e-10)


def test_turning_all_coordinates_changes_the_path():
    rule = Muon(0.05, shapes=((4, 6),))
    assert np.abs(turned(rule, orthogonal(24)) - turned(rule, np.eye(24))).max() > 0.05


def test_on_a_diagonal_matrix_the_exact_polar_factor_is_the_sign():
    """Newton-Schulz goes towards it: the same signs, and lengths near 1."""
    slopes = np.diag([3.0, -0.5, 0.2])
    step = orthogonalized(slopes)
    np.testing.assert_array_equal(np.sign(step), np.sign(slopes))
    assert np.abs(np.abs(np.diag(step)) - 1).max() < 0.33


def test_sum_or_average_of_slopes_is_the_same_step():
    """The memory as PyTorch's page writes it, b = gamma b + g and NewtonSchulz(g + gamma b)."""
    slopes = np.random.default_rng(3).standard_normal((30, 24))
    feed, buffer = iter(slopes), 0.0
    points = path(Muon(1.0, 0.9, ((4, 6),)), lambda _: next(feed), np.zeros(24), 29)
    for before, after, g in zip(points, points[1:], slopes, strict=False):
        buffer = 0.9 * buffer + g
        np.testing.assert_allclose(before - after, orthogonalized((g + 0.9 * buffer).reshape(4, 6)).ravel(), atol=1e-9)


def test_the_rest_is_walked_by_its_own_optimizer():
    def gradient(theta):
        return np.arange(1, len(theta) + 1) * theta

    whole = path(Muon(0.02, shapes=((2, 3), (3, 2)), rest=Adam(0.1)), gradient, np.ones(17), 20)
    alone = path(Adam(0.1), lambda theta: np.arange(13, 18) * theta, np.ones(5), 20)
    np.testing.assert_array_equal(whole[:, 12:], alone)
    for part, shape in ((slice(0, 6), (2, 3)), (slice(6, 12), (3, 2))):
        own = path(Muon(0.02, shapes=(shape,)), lambda theta, p=part: np.arange(1, 18)[p] * theta, np.ones(6), 20)
        np.testing.assert_allclose(whole[:, part], own, rtol=1e-12)


def test_the_rest_may_look_ahead():
    whole = path(Muon(0.02, shapes=((2, 2),), rest=Nesterov(0.1, 0.9)), lambda theta: theta, np.ones(6), 20)
    np.testing.assert_array_equal(whole[:, 4:], path(Nesterov(0.1, 0.9), lambda theta: theta, np.ones(2), 20))


def test_decay_stands_beside_the_slope():
    rule = Muon(0.1, shapes=((2, 2),), weight_decay=0.5)
    np.testing.assert_allclose(path(rule, np.zeros_like, np.ones(4), 2)[-1], 0.95**2 * np.ones(4))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_cell_of_a_sweep_is_its_single_run(dtype):
    lrs, gammas = np.array([0.01, 0.1]), np.array([0.0, 0.5, 0.95])
    start = START[:16].astype(dtype)

    def gradient(theta):
        return np.tensordot(QUADRATIC[:16, :16].astype(dtype), theta, 1)

    grid = path(Muon(lrs[:, None], gammas, ((2, 3), (3, 2)), rest=Adam(0.1)), gradient, start, 20)
    assert grid.dtype == dtype
    steps = 4 if dtype == np.float32 else 20  # rounding grows, as above
    for i, j in np.ndindex(2, 3):
        alone = path(Muon(lrs[i], gammas[j], ((2, 3), (3, 2)), rest=Adam(0.1)), gradient, start, 20)
        close = {"rtol": 1e-3, "atol": 1e-4} if dtype == np.float32 else {"rtol": 1e-9, "atol": 1e-9}
        np.testing.assert_allclose(grid[:steps, :, i, j], alone[:steps], **close)


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({}, "shapes is ()"),
        ({"shapes": (4, 6)}, "as in ((4, 6),)"),
        ({"shapes": ((4, 0),)}, "rows, columns"),
        ({"shapes": ((4, 6),), "lr": -1}, "0 or more"),
        ({"shapes": ((4, 6),), "rest": Adam}, "Adam()"),
    ],
)
def test_refuses_in_one_sentence(setting, sentence):
    with pytest.raises((ValueError, TypeError)) as refusal:
        Muon(**setting)
    assert sentence in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize(("size", "rest"), [(24, Adam()), (30, None), (10, None)])
def test_refuses_a_theta_that_does_not_fit(size, rest):
    with pytest.raises(ValueError, match=f"theta has {size} coordinates and the matrices 24"):
        next(iterates(Muon(shapes=((4, 6),), rest=rest), lambda theta: theta, np.ones(size)))


@pytest.mark.parametrize("rule", [GradientDescent(0.1), Momentum(0.1), Signum(0.1)], ids=repr)
def test_a_schedule_may_not_turn_to_another_memory(rule):
    with pytest.raises(TypeError, match="schedule turns to"):
        schedule = {1: Muon(shapes=((2, 2),), rest=Nesterov(0.1)), 2: rule}
        list(islice(iterates(lambda t: schedule[t], lambda theta: theta, np.ones(6)), 2))

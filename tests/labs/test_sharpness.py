"""Sharpness: the network's curvatures, the predicted limits crossed, the way to the edge, and the words about it."""

from itertools import islice

import numpy as np
import pytest

from course_lib.curvature import hessian
from course_lib.descent import iterates
from course_lib.labs import sharpness_lab as lab
from course_lib.optimizers import GradientDescent

BELOW, BEYOND = lab.SHARES < 0.95, lab.SHARES > 1.05


def cell(share, gamma):
    return lab.compute(np.array([[share]]), np.array([[gamma]]))


def edges(start, name):
    """The largest curvatures as shares of the edge, (points, shares, gammas)."""
    return lab.everything()[start, name][1] * lab.SHARES[:, None] / lab.sharpest()


def test_power_iteration_finds_the_top_of_the_whole_spectrum():
    assert lab.sharpest() == pytest.approx(lab.curvatures()[-1], rel=1e-5)
    assert lab.curvatures().sum() == pytest.approx(np.trace(hessian(lab.gradient, lab.trained())))


def test_the_trained_network_is_trained_and_below_its_own_edge():
    assert lab.NETWORK.loss(lab.trained(), lab.INPUTS, lab.TARGETS) < 1e-3
    assert lab.sharpest() < 0.1 * lab.LIMITS["momentum"](lab.GENTLE.gamma, 1) / lab.GENTLE.lr


def test_a_few_directions_are_steep_and_most_are_flat():
    shares = np.abs(lab.curvatures()) / lab.sharpest()
    assert (shares > 0.1).sum() == 4
    assert (shares < 0.01).sum() > 0.95 * lab.NETWORK.size
    assert lab.curvatures()[0] > -1e-4 * lab.sharpest()  # a minimum, nearly


@pytest.mark.parametrize("name", lab.RULES)
def test_below_the_predicted_limit_it_stays_and_beyond_it_jumps(name):
    loss, _ = lab.everything()["trained", name]
    with np.errstate(all="ignore"):
        highest = np.nanmax(loss, axis=0) / loss[0]
    assert (highest[BELOW] == 1).all()
    assert (highest[BEYOND] > 50).all()


@pytest.mark.parametrize("name", lab.RULES)
def test_a_jump_lands_where_it_is_flatter(name):
    end = edges("trained", name)[-1]
    np.testing.assert_allclose(end[BELOW], np.broadcast_to(lab.SHARES[BELOW, None], end[BELOW].shape), rtol=0.06)
    landed = end[BEYOND][np.isfinite(end[BEYOND])]
    assert (landed < 1).all() and len(landed) >= end[BEYOND].size - 1  # one diverges


@pytest.mark.parametrize("name", lab.RULES)
def test_training_ends_at_the_edge_if_it_would_lead_beyond(name):
    run = edges("fresh", name)
    late = run[2 * len(run) // 3 :].mean(axis=0)
    gentle = np.array(lab.GAMMAS) <= 0.5
    np.testing.assert_allclose(late[BEYOND][:, gentle], 1, atol=0.06)
    assert (late[BELOW] < 1).all()
    assert (run.max(axis=0)[BEYOND] > 1).all()  # seen to arrive, at every gamma
    assert (run[0] < 0.6).all()


@pytest.mark.parametrize("gamma", [0.0, 0.5])
def test_a_cell_is_a_run_of_its_own(gamma):
    """From the trained network all the way; from the fresh one until rounding errors have grown, for a while."""
    share = 1.1
    row = np.abs(lab.SHARES - share).argmin()
    for name, rule in lab.RULES.items():
        lr = lab.SHARES[row] * lab.LIMITS[name](gamma, lab.sharpest())
        optimizer = GradientDescent(lr) if gamma == 0 else rule(lr, gamma)
        for start, theta in (("trained", lab.trained()), ("fresh", lab.NETWORK.init(lab.SEED))):
            every = lab.STARTS[start][1]
            points = islice(iterates(optimizer, lab.gradient, theta), 0, 301, every)
            losses = [lab.NETWORK.loss(point, lab.INPUTS, lab.TARGETS) for point in points]
            drawn = np.ravel(cell(share, gamma).lines[f"loss.{start}.{name}"][1])
            np.testing.assert_allclose(drawn[: len(losses)], losses, rtol=1e-6)


def test_the_followed_curvature_is_that_of_the_whole_hessian():
    optimizer = lab.Momentum(1.1 * lab.LIMITS["momentum"](0.5, lab.sharpest()), 0.5)
    _, followed = lab.follow(optimizer, lab.trained(), 60, 10, 5)
    points = islice(iterates(optimizer, lab.gradient, lab.trained()), 0, 61, 5)
    exact = [np.linalg.eigvalsh(hessian(lab.gradient, theta))[-1] for theta in points]
    np.testing.assert_allclose(followed, exact, rtol=0.01)


def test_a_run_is_cut_for_good_once_it_is_lost():
    loss = np.array([[1.0, 2.0, 1e7, 3.0, 1.0], [1.0, 9.0, 8.0, 7.0, 1.0]]).T
    shown, steepest = lab.cut(loss, np.ones((3, 2)))
    assert np.isnan(shown[:, 0]).tolist() == [False, False, True, True, True]
    assert np.isnan(steepest[:, 0]).tolist() == [False, True, True]
    assert np.isfinite(shown[:, 1]).all() and np.isfinite(steepest[:, 1]).all()


def test_the_edge_is_drawn_at_the_curvature_where_the_limit_is_reached():
    where = np.ravel(cell(1.1, 0.5).lines["edge"][0])
    np.testing.assert_allclose(10**where, lab.sharpest() / 1.1)


def test_without_momentum_both_methods_are_gradient_descent():
    lines = cell(1.2, 0.0).lines
    for kind in ("loss.trained", "edge.trained", "loss.fresh"):
        first, second = (lines[f"{kind}.{name}"][1] for name in lab.RULES)
        np.testing.assert_allclose(first[:50], second[:50], rtol=1e-6)


def test_words_say_what_happens():
    stays, jumps, lost = cell(0.9, 0.5).words, cell(1.1, 0.5).words, cell(1.4, 0.9).words
    assert "0.9 of their limits where the largest curvature is 13.6" in stays["learning rate"].item()
    assert stays["momentum"].item().startswith("from the trained network: stays, the curvature at 0.91 of the edge;")
    assert "just begins to rise, the curvature at 1.02" in cell(1.0, 0.5).words["momentum"].item()
    assert "the loss doubles by step" in jumps["momentum"].item()
    assert "comes down where the curvature is 0.86 of the edge; from the fresh one: ends" in jumps["momentum"].item()
    assert "and diverges" in lost["momentum"].item()


def test_words_where_both_runs_diverge():
    gone, _ = lab.cut(np.array([1.0, 3.0, 1e7, 2.0]).reshape(4, 1, 1), np.ones((4, 1, 1)))
    assert lab._told({"trained": (gone, gone), "fresh": (gone, gone)}).item() == (
        "from the trained network: the loss doubles by step 1 and diverges; from the fresh one: diverges"
    )

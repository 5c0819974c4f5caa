"""Forgetting uphill: the runs, the ticks, and the counts that the readouts say."""

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.labs import forget_lab
from course_lib.labs.forget_lab import FORGETS, KEEPS, Forgetful, restarts
from course_lib.optimizers import Momentum
from course_lib.surfaces import ravine


def one(gamma, uphill, **kernel):
    answer = forget_lab.compute(gamma, uphill, **kernel)
    lines = {gid: np.column_stack([np.ravel(side) for side in pair]) for gid, pair in answer.lines.items()}
    return lines, {name: text() for name, text in answer.words.items()}


def by_hand(kappa, gamma, start, steps):
    """The places of a run that forgets, and after which steps it does, written without the course."""
    theta, delta, places, forgets = np.array(start), np.zeros(2), [np.array(start)], []
    for k in range(steps):
        g = np.array([1, kappa]) * theta
        if g @ delta < 0:
            delta = 0 * delta
            forgets.append(k)
        delta = 0.5 / kappa * g + gamma * delta
        theta = theta - delta
        places.append(theta)
    return np.array(places), forgets


@pytest.mark.parametrize(
    "kappa, gamma, start", [(25, 0.99, (-4.0, 2.0)), (4, 0.6, (1.0, -3.0)), (100, 0.9, (4.0, 0.1))]
)
def test_it_draws_what_a_ball_that_forgets_does(kappa, gamma, start):
    lines, _ = one(gamma, FORGETS, kappa=kappa, start=start)
    places, forgets = by_hand(kappa, gamma, start, forget_lab.STEPS)
    np.testing.assert_allclose(lines["run"], places, rtol=1e-9, atol=1e-12)
    ticks = lines["loss.forgets"][:, 0]
    ticks = ticks[np.isfinite(ticks)]
    np.testing.assert_array_equal(ticks, [0, *forgets])
    for k in forgets:
        np.testing.assert_allclose(lines["forgets"][k], places[k], rtol=1e-9, atol=1e-12)


def test_with_the_switch_off_the_run_is_momentum_and_has_no_ticks():
    lines, words = one(0.99, KEEPS)
    path = descend(Momentum(0.02, 0.99), ravine(25), (-4, 2), steps=forget_lab.STEPS)
    np.testing.assert_array_equal(lines["run"], path.theta)
    np.testing.assert_array_equal(lines["loss.run"], lines["loss.kept"])
    assert not np.isfinite(lines["loss.forgets"][1:]).any() and "forgets" not in words["the run"]


def test_the_counts_of_the_lesson():
    _, words = one(0.99, FORGETS)
    assert words["keeps its memory"] == "first below 10⁻⁶ at step 1207, for good at 1778"
    assert words["the run"] == "first below 10⁻⁶ at step 37, for good at 37; until then it forgets 8 times"


def test_a_start_below_the_tolerance_and_a_run_that_never_arrives_are_told_so():
    assert one(0.9, KEEPS, start=(0.0, 0.0))[1]["the run"] == "first below 10⁻⁶ at step 0, for good at 0"
    never = np.ones(forget_lab.LONG + 1)
    assert forget_lab._told(never, never > 2).startswith("not yet below 10⁻⁶ after 2500")


def test_a_tick_stands_where_the_last_step_leads_uphill():
    path = descend(Forgetful(0.02, 0.99), ravine(25), (-4, 2), steps=100)
    at = np.flatnonzero(restarts(path)[:-1])
    for k in at:
        slope = ravine(25).gradient(path.theta[k])
        assert ravine(25).value(path.theta[k] + 1e-6 * (path.theta[k] - path.theta[k - 1])) > path.loss[k]
        np.testing.assert_allclose(path.theta[k + 1], path.theta[k] - 0.02 * slope)
    assert len(at) > 5

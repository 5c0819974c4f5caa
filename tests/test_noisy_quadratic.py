"""The noisy quadratic: the strides against single steps, and against runs of the optimizer under drawn noise."""

import numpy as np
import pytest

from course_lib.descent import iterates
from course_lib.noisy_quadratic import curvatures, expected_loss, steps_to
from course_lib.optimizers import Averaging


def step_by_step(lr, beta, c, batch, steps):
    """Losses after 0 ... steps, for all groups of curvatures, by covariances of (z, x)."""
    h, many = curvatures()
    moments, found = [np.ones((2, 2)) for _ in h], []
    for _ in range(steps + 1):
        found.append(sum(n * k * m[1, 1] for k, n, m in zip(h, many, moments, strict=True)) / 2)
        for number, k in enumerate(h):
            walker = np.array([1 - lr * k * (1 - beta), -lr * k * beta])
            rule = np.array([walker, c * walker + [0, 1 - c]])
            kick = -lr * np.sqrt(k / batch) * np.array([1, c])
            moments[number] = rule @ moments[number] @ rule.T + np.outer(kick, kick)
    return np.array(found)


@pytest.mark.parametrize("beta", [0, 0.9, 1])
def test_strides_give_what_single_steps_give(beta):
    steps, start, noise = expected_loss(0.4, beta, 0.1, reach=600, stride=8)
    plain = step_by_step(0.4, beta, 0.1, 16, steps[-1])
    np.testing.assert_allclose(start + noise / 16, plain[steps], rtol=1e-9)


@pytest.mark.parametrize(("beta", "c"), [(0.0, 0.05), (0.9, 0.1), (1.0, 0.1)])
def test_it_is_the_mean_of_the_optimizers_runs(beta, c):
    runs, batch, draw = 3000, 16, np.random.default_rng(0)
    h = (1 / np.arange(1, 1001))[::50, None]  # every fiftieth direction: enough of them for a mean to be told

    def gradient(y):
        return h * y + np.sqrt(h / batch) * draw.standard_normal(y.shape)

    points = iterates(Averaging(0.4, beta, c), gradient, np.ones((len(h), runs)))
    measured = [float((h * (next(points) ** 2)).mean(axis=1).sum() / 2) for _ in range(61)]
    exact = np.zeros(61)
    for k in h[:, 0]:
        walker = np.array([1 - 0.4 * k * (1 - beta), -0.4 * k * beta])
        rule, squares = np.array([walker, c * walker + [0, 1 - c]]), np.ones((2, 2))
        kick = 0.4 * np.sqrt(k / batch) * np.array([1, c])
        for t in range(61):
            exact[t] += k * squares[1, 1] / 2
            squares = rule @ squares @ rule.T + np.outer(kick, kick)
    np.testing.assert_allclose(measured, exact, rtol=0.05)


def test_curvatures_are_all_thousand_and_their_loss_is_that_of_the_start():
    h, many = curvatures()
    assert many.sum() == 1000 and h[0] == 1
    assert h @ many / 2 == pytest.approx((1 / np.arange(1, 1001)).sum() / 2)
    _, start, noise = expected_loss(0.1, 1, 0.1, reach=64)
    assert start[0] == pytest.approx(3.7427, abs=1e-4) and noise[0] == 0


def test_a_run_that_diverges_is_nan_from_there_on_and_never_arrives():
    steps, start, noise = expected_loss([1.9, 2.1], 1, 1.0)
    assert np.isfinite(start[:, 0] + noise[:, 0]).all() and np.isnan(start[-1, 1])
    assert np.isinf(steps_to(steps, start)[1]) and np.isfinite(steps_to(steps, start)[0])


@pytest.mark.parametrize(
    ("batch", "descent", "momentum", "places"), [(4, 30672, 29648, 7200), (64, 2096, 1720, 700), (1024, 608, 118, 500)]
)
def test_known_steps(batch, descent, momentum, places):
    """Found with sixty rates a method and single steps; momentum's gamma and the window of places tuned, too."""

    def fewest(beta, c):
        steps, start, noise = expected_loss(np.geomspace(0.005, 60, 60), beta, np.reshape(c, (-1, 1)))
        return steps_to(steps, start + noise / batch).min()

    assert fewest(1, 1.0) == pytest.approx(descent, rel=0.06)
    assert fewest(1, [0.1, 0.05, 0.02, 0.01]) == pytest.approx(momentum, rel=0.06)
    assert fewest(0, np.geomspace(1, 0.0003, 9)) == pytest.approx(places, rel=0.15)

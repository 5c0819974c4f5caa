"""The fair race: tuned and judged on different starts, with one budget; the published results come out as they did."""

import numpy as np
import pytest

from course_lib import plots
from course_lib.data import moons
from course_lib.labs import fair_race_lab as lab
from course_lib.labs import published_races as races
from course_lib.optimizers import Adam, GradientDescent, Momentum
from course_lib.training import train


def ends(race, way, rate=0.1):
    """name -> (lowest, median, highest) of the losses in the end."""
    found = {}
    for name, result in lab.results(race).items():
        _, losses = lab.chosen(result, np.array([[way]]), np.array([[rate]]))
        found[name] = tuple(float(side[0, 0]) for side in lab.spread(lab._last(losses)))
    return found


def test_coursera_momentum_made_no_difference_as_it_was_shipped():
    shipped = ends("coursera", lab.PUBLISHED)
    assert shipped["Momentum"][1] == pytest.approx(shipped["GradientDescent"][1], rel=0.01)
    assert shipped["Adam"][1] < 0.6 * shipped["Momentum"][1]


def test_coursera_once_each_is_tuned_the_bands_meet():
    tuned = ends("coursera", lab.TUNED)
    best = min(tuned, key=lambda name: tuned[name][1])
    assert all(tuned[name][1] < 1.5 * tuned[best][1] for name in tuned)
    assert "its band meets that of" in words("coursera", lab.TUNED)["verdict"]


def test_one_learning_rate_for_all_favours_the_adaptive_and_tuning_takes_it_back():
    shipped, tuned = ends("handson", lab.PUBLISHED), ends("handson", lab.TUNED)
    assert max(shipped["RMSprop"][2], shipped["Adam"][2]) < min(shipped["Momentum"][0], shipped["Nesterov"][0])
    assert tuned["Nesterov"][1] < tuned["RMSprop"][1]


def words(race, way, rate=0.1):
    answer = lab.compute(np.array([[way]]), np.array([[rate]]), race=race)
    return {name: np.ravel(text)[0] for name, text in answer.words.items()}


@pytest.mark.parametrize("race", races.RACES)
def test_every_competitor_is_spoken_of_and_no_other(race):
    assert set(words(race, lab.TUNED)) == {c.name for c in races.RACES[race].competitors} | {"verdict"}


@pytest.mark.parametrize("race", races.RACES)
def test_settings_are_chosen_on_some_starts_and_judged_on_others(race):
    for result in lab.results(race).values():
        used, losses = lab.chosen(result, np.array([[lab.TUNED]]), np.array([[0.1]]))
        assert used.item() == races.RATES[result.best]
        np.testing.assert_array_equal(losses[:, 0, 0], result.loss[:, result.best, races.TUNED_ON :])


def test_the_best_setting_looks_only_at_the_starts_for_tuning():
    result = object.__new__(lab.Result)
    result.final = np.array([[1.0] * races.TUNED_ON + [0.0] * races.JUDGED_ON, [0.5] * races.STARTS])
    assert result.best == 1


def test_a_run_in_the_race_is_the_run_alone():
    contest = races.COURSERA
    _, losses = contest.run(Momentum(races.RATES[:, None], 0.9), len(races.RATES))
    network = races.Network((2, 5, 2, 2))
    alone = train(
        Momentum(races.RATES[4], 0.9), network, moons(n=300, noise=0.2), epochs=300, theta=network.init(3), every=75
    )
    np.testing.assert_allclose(losses[:, 4, 3], alone.loss, rtol=1e-6)


def test_slope_of_the_two_holes_is_the_slope():
    theta = np.random.default_rng(0).uniform(-2, 2, (2, 20))
    h = 1e-6
    measured = [
        (races._height(theta + h * side) - races._height(theta - h * side)) / (2 * h) for side in np.eye(2)[:, :, None]
    ]
    np.testing.assert_allclose(races._slope(theta), measured, atol=1e-7)


def test_lowest_point_of_the_two_holes_is_flat_and_lower_than_the_other():
    lowest = np.array(races.TWO_HOLES.minima[0])
    assert np.abs(races._slope(lowest)).max() < 1e-9
    grid = np.array(np.meshgrid(*[np.linspace(-2, 2, 401)] * 2))
    assert races.TWO_HOLES.lowest <= races._height(grid).min()


def test_adam_as_shipped_in_the_bowl_has_no_bias_correction():
    theta, g = np.zeros(2), np.array([3.0, -2.0])
    stepped, *_ = races.UncorrectedAdam(0.01, 0.7).step(theta, g, 1, theta, theta)
    np.testing.assert_allclose(stepped, -0.01 * 0.3 / np.sqrt(0.001) * np.sign(g), rtol=1e-6)
    assert not np.allclose(stepped, Adam(0.01, 0.7).step(theta, g, 1, theta, theta)[0])


def test_a_verdict_names_the_best_and_those_that_cannot_be_told_apart():
    cells = {"Adam": (1, 2, 3), "Momentum": (2.5, 4, 5), "GradientDescent": (3.5, 6, 7)}
    spans = {name: tuple(np.array([[float(value)]]) for value in values) for name, values in cells.items()}
    told = lab.verdict(spans, np.array([[lab.TUNED]]), races.HANDSON).item()
    assert f"{plots.look_of(Adam).label} ends lowest, but its band meets that of momentum." in told
    assert plots.look_of(GradientDescent).label not in told


def test_all_diverging_is_said():
    spans = {"Adam": tuple(np.array([[np.inf]]) for _ in range(3))}
    assert lab.verdict(spans, np.array([[lab.SAME]]), races.HANDSON).item() == "all diverge"


def test_what_is_said_of_the_race_in_the_bowl_is_what_was_shipped():
    rates = {c.name: c.shipped.lr for c in races.DUPONT.competitors}
    assert rates == {"GradientDescent": 0.02, "Momentum": 0.01, "RMSprop": 0.01, "Adam": 0.01}
    assert races.DUPONT.flaw.startswith("gradient descent had twice the learning rate of the others, each another")
    assert len({c.steps for c in races.DUPONT.competitors}) == 4

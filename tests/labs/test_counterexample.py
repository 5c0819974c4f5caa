"""The counterexample: the three places of Lessard, Recht, Packard (2016), which starts end there, and who arrives."""

import numpy as np
import pytest

from course_lib import labs
from course_lib.descent import descend
from course_lib.labs import counterexample_lab
from course_lib.labs.counterexample_lab import LIFT, LONG, STEPS, told
from course_lib.optimizers import GradientDescent, Momentum, Nesterov
from course_lib.surfaces import SURFACES

ROUND = (792 / 1225, -2208 / 1225, 2592 / 1225)
TUNED = {"descent": GradientDescent(2 / 26), "momentum": Momentum(1 / 9, 4 / 9), "nesterov": Nesterov(1 / 25, 2 / 3)}


def one(start, share=1.0):
    return counterexample_lab.compute(np.array([[start]]), np.array([[share]]))


@pytest.mark.parametrize("start", [-4.5, -0.3, 1.5, 3.3])
@pytest.mark.parametrize("share", [0.36, 1.0, 1.16])
def test_it_draws_what_the_optimizers_do(start, share):
    lines = one(start, share).lines
    for name, rule in (TUNED | {"momentum": Momentum(share / 9, 4 / 9)}).items():
        path = descend(rule, "lessard", [start], steps=STEPS)
        np.testing.assert_allclose(np.ravel(lines[f"place.{name}"][1]), path.theta[:, 0], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(np.ravel(lines[f"trail of {name}"][1]), path.loss + LIFT, rtol=1e-9, atol=1e-12)


def test_the_heavy_ball_goes_round_between_the_three_places_of_the_paper():
    answer = one(3.3)
    place = np.ravel(answer.lines["place.momentum"][1])
    np.testing.assert_allclose(place[:5], [3.3, -3.2, 2.8, 16 / 45, -1.71851852], rtol=1e-8)
    np.testing.assert_allclose(place[45:60].reshape(5, 3), np.tile(ROUND, (5, 1)), atol=1e-6)
    drawn = np.column_stack([np.ravel(side) for side in answer.lines["round"]])
    np.testing.assert_allclose(sorted(drawn[:3, 0]), sorted(ROUND), atol=1e-12)
    np.testing.assert_allclose(drawn[0], drawn[3], atol=1e-9)
    heights = sorted(drawn[:3, 1] - LIFT)
    np.testing.assert_allclose(heights, [5.2250, 40.6103, 41.1818], atol=1e-4)
    assert answer.words["momentum"].item() == "goes round for ever between three places, −1.80, 0.65 and 2.12"


def test_the_others_arrive_from_every_start_of_the_slider():
    starts = labs.counterexample().page["start"].values[:, None]
    words = counterexample_lab.compute(starts, np.array([[1.0]])).words
    for name in ("descent", "nesterov"):
        assert all(text.startswith("arrives") for text in np.ravel(words[name]))


def test_which_starts_go_round():
    starts = np.arange(-500, 501)[:, None] / 100
    words = counterexample_lab.compute(starts, np.array([[1.0]])).words["momentum"]
    going = np.char.startswith(words, "goes round")[:, 0]
    assert going.sum() == 124 and np.char.startswith(words[~going], "arrives").all()
    first = starts[1:][going[1:] & ~going[:-1], 0]
    np.testing.assert_allclose(first, [-4.37, -3.37, -3.05, 0.98, 2.76, 3.07], atol=0.0101)


def test_with_a_smaller_learning_rate_it_arrives_from_everywhere():
    starts = np.arange(-500, 501, 5)[:, None] / 100
    words = counterexample_lab.compute(starts, np.array([[0.36]])).words["momentum"]
    assert np.char.startswith(words, "arrives").all()


@pytest.mark.parametrize("start", [3.3, 3.6, -1.0])
def test_the_step_of_arrival_is_the_first_of_those_that_stay(start):
    for name, rule in TUNED.items():
        place = descend(rule, "lessard", [start], steps=LONG).theta[:, 0]
        text = told(place[:, None, None]).item()
        if not text.startswith("arrives"):
            continue
        k = int(text.split()[-2])
        assert (np.abs(place[k:]) <= 1e-3).all() and abs(place[k - 1]) > 1e-3, name


def test_words_for_what_neither_arrives_nor_goes_round():
    k = np.arange(LONG + 1.0)
    assert told((0.99999**k)[:, None, None]).item().startswith("has neither")
    with np.errstate(all="ignore"):
        assert told((-3 * 10.0 ** (k / 3))[:, None, None]).item() == "diverges"
    assert "diverges" in one(4.5, 1.16).words["momentum"].item()


def test_the_function_is_convex_with_curvatures_from_1_to_25():
    theta = np.linspace(-5, 5, 2001)[None]
    slope = SURFACES["lessard"].gradient(theta)[0]
    rise = np.diff(slope) / np.diff(theta[0])
    assert rise.min() > 1 - 1e-9 and rise.max() < 25 + 1e-9
    for kink, height in ((1.0, 25.0), (2.0, 26.0)):
        for near in (np.nextafter(kink, 0), kink):
            assert SURFACES["lessard"].gradient(np.array([near]))[0] == pytest.approx(height)
    np.testing.assert_allclose(SURFACES["lessard"].value(np.array([[1.0, 2.0]])), [12.5, 38])
    below = np.nextafter([[1.0, 2.0]], 0)
    np.testing.assert_allclose(SURFACES["lessard"].value(below), [12.5, 38])

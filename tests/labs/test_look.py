"""Where the slope is measured: the run, its hidden walker, the names, and the counts on the panel beside it."""

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.labs import look_lab
from course_lib.labs.look_lab import BATCHES, CURVATURES, LOOKS, MEAN, SHARES, SHOCKS, START, STEPS, at_its_best
from course_lib.noisy_quadratic import expected_loss, steps_to
from course_lib.optimizers import Momentum, Nesterov
from course_lib.surfaces import ravine


def one(look, lr, share, size):
    answer = look_lab.compute(look, lr, share, size)
    lines = {gid: np.column_stack([np.ravel(side) for side in pair]) for gid, pair in answer.lines.items()}
    return lines, {name: word() for name, word in answer.words.items()}


@pytest.mark.parametrize("share", ["1", "0.05", MEAN])
@pytest.mark.parametrize("look", [0, 0.8, 1])
def test_walker_average_and_eye_are_those_of_three_plain_lines(look, share):
    lines, _ = one(look, 0.06, share, 16)
    z = x = np.array(START)
    places = {"walker": [z], "average": [x], "eye": [x]}
    for t in range(1, STEPS + 1):
        y = (1 - look) * z + look * x
        z = z - 0.06 * (CURVATURES * y + np.sqrt(CURVATURES / 16) * SHOCKS[:, t - 1])
        c = 1 / t if share == MEAN else SHARES[share]
        x = (1 - c) * x + c * z
        for name, place in (("walker", z), ("average", x), ("eye", (1 - look) * z + look * x)):
            places[name].append(place)
    for name, path in places.items():
        np.testing.assert_allclose(lines[name], path, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("look", "rule"), [(1, Momentum), (0.9, Nesterov)])
def test_momentum_and_nesterov_are_two_of_its_settings(look, rule):
    lines, words = one(look, 0.06, "0.1", 10**12)
    path = descend(rule(0.006, 0.9), ravine(25), START, steps=STEPS)
    np.testing.assert_allclose(lines["average"], path.theta, atol=1e-4)
    assert words["this rule"].lower().startswith(rule.__name__.lower()) and "γ = 1 − c = 0.9" in words["this rule"]


def test_names():
    said = {
        (look, share): one(look, 0.06, share, 16)[1]["this rule"] for look in (0, 0.9, 1) for share in ("0.2", MEAN)
    }
    assert "running average" in said[0, "0.2"] and "all its places" in said[0, MEAN]
    assert said[0.9, MEAN].startswith("Schedule-Free") and said[0.9, "0.2"].startswith("between")
    assert one(0.5, 0.06, "1", 16)[1]["this rule"].startswith("gradient descent:")


def test_a_run_that_is_lost_says_so():
    """By divergence or, where noiseless runs arrive, by noise: nothing is said of which."""
    for look, lr, size in ((0, 1.0, 16), (1, 1.5, 1)):
        assert one(look, lr, "0.1", size)[1]["after 100 steps"].startswith("loss above 1000: this η is too large")
    for lr in (1.0, 1.5):
        assert one(1, lr, "0.1", 65536)[1]["after 100 steps"].startswith("loss at the average")


def test_what_a_look_needs_is_tuned_and_the_best_look_moves_from_walker_to_average():
    steps, start, noise = expected_loss(
        np.geomspace(0.01, 90, 36), 0.8, np.geomspace(0.5, 8e-7, 23)[:, None], stride=16, groups=24
    )
    assert at_its_best()[4, 2] == steps_to(steps, start + noise / 256).min()
    best = LOOKS[at_its_best().argmin(axis=1)]
    assert best[0] == 0 and (np.diff(best) >= 0).all() and best[-1] == 0.98
    assert at_its_best()[0, LOOKS < 1].max() < 1.5 * at_its_best()[0].min()  # the menu of shares does not end too soon
    lines, words = one(0.8, 0.06, "0.1", 256)
    assert lines["here"].tolist() == [[2, at_its_best()[4, 2]]]
    assert words["many directions"] == "176 steps with this look at its best c; fewest, 176, with look 0.8"


@pytest.mark.parametrize("row", [0, 4, 8])
def test_the_dark_line_is_that_of_the_batch_size(row):
    np.testing.assert_array_equal(one(0.5, 0.06, "0.1", BATCHES[row])[0]["chosen"][:, 1], at_its_best()[row])

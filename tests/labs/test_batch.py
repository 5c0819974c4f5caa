"""Batch size: what is drawn is tuned, what is said is what is drawn, and where the gains cross."""

import numpy as np
import pytest

from course_lib.labs import batch_lab
from course_lib.labs.batch_lab import BATCHES, GAMMAS, RATES, WINDOWS, at_its_best
from course_lib.noisy_quadratic import ARRIVED, expected_loss, steps_to


def one(size, gamma):
    answer = batch_lab.compute(np.array([[size]]), np.array([[gamma]]))
    lines = {gid: np.column_stack([np.ravel(side) for side in pair]) for gid, pair in answer.lines.items()}
    return lines, {name: np.ravel(text)[0] for name, text in answer.words.items()}


def fewest(beta, c, size):
    steps, start, noise = expected_loss(RATES, beta, c)
    return steps_to(steps, start + noise / size).min()


@pytest.mark.parametrize(("size", "gamma"), [(1, 0.99), (64, 0.9), (65536, 0.5)])
def test_what_is_drawn_is_tuned(size, gamma):
    lines, _ = one(size, gamma)
    assert lines["here.descent"].tolist() == [[size, fewest(1, 1.0, size)]]
    assert lines["here.momentum"].tolist() == [[size, fewest(1, 1 - gamma, size)]]
    assert lines["here.places"].tolist() == [[size, min(fewest(0, c, size) for c in WINDOWS)]]
    for name in batch_lab.METHODS:
        loss = lines[f"loss.{name}"]
        arrives = lines[f"arrives.{name}"][0, 0]
        before, after = loss[loss[:, 0] < arrives], loss[loss[:, 0] >= arrives]
        assert (before[:, 1] >= ARRIVED).all() and after[0, 1] < 1.1 * ARRIVED
        drawn = lines[f"steps.{name}"]
        assert drawn[size == BATCHES, 1] == arrives


def test_the_gains_cross_between_64_and_256():
    descent, momentum, places = (at_its_best(name)[1].arrives for name in batch_lab.METHODS)
    gain, other = descent[:, 0] / momentum.min(axis=1), descent[:, 0] / places[:, 0]
    assert (gain < 1.06)[BATCHES <= 4].all() and (gain > 4)[BATCHES >= 1024].all()
    assert (other > 2.5)[BATCHES <= 64].all() and (other < 1.5)[BATCHES >= 256].all()
    assert (gain < other).tolist() == (BATCHES <= 64).tolist()


def test_no_memory_is_gradient_descent():
    lines, words = one(256, GAMMAS[0])
    np.testing.assert_array_equal(lines["loss.momentum"], lines["loss.descent"])
    assert words["momentum"].endswith("gradient descent needs 1.0 times as many steps")


def test_words():
    _, words = one(64, 0.9)
    assert words["descent"] == "2,112 steps, 135,168 examples; η = 0.7"
    assert words["places"].startswith("736 steps, 47,104 examples; η = 1.8, 1/c = 58; ")
    assert "no average" in one(65536, 0.9)[1]["places"]

"""The steepest step under a norm: against all directions, and down a ravine."""

import numpy as np
import pytest

from course_lib.descent import descend
from course_lib.labs import balls_lab
from course_lib.labs.balls_lab import NORMS, Steepest, length, steepest
from course_lib.optimizers import Signum
from course_lib.surfaces import ravine

KNOWN = {  # of the slope (3, 0.4): the step, and by how much it falls
    "1": ((-1, 0), 3.0),
    "1.5": ((-0.998, -0.018), 3.002),
    "2": ((-0.991, -0.132), 3.027),
    "4": ((-0.984, -0.503), 3.152),
    "∞": ((-1, -1), 3.4),
}


@pytest.mark.parametrize("p", NORMS)
def test_known_steps(p):
    g = np.array([3, 0.4])
    d, falls = KNOWN[p]
    np.testing.assert_allclose(steepest(g, p), d, atol=6e-4)
    assert -g @ steepest(g, p) == pytest.approx(falls, abs=6e-4)


@pytest.mark.parametrize("p", NORMS)
@pytest.mark.parametrize("g", [(3, 0.4), (-0.2, 1), (1, -1), (0, 2)])
def test_no_direction_falls_further_within_length_1(p, g):
    around = np.radians(np.linspace(0, 360, 20001))
    every = np.array([np.cos(around), np.sin(around)])
    every = every / length(every, p)
    d = steepest(np.array(g, float), p)
    assert length(d, p) == pytest.approx(1)
    lowest = (np.array(g) @ every).min()
    assert np.array(g) @ d == pytest.approx(lowest, rel=1e-6)


def test_a_flat_place_gives_no_step():
    for p in NORMS:
        np.testing.assert_array_equal(steepest(np.zeros(2), p), [0, 0])


@pytest.mark.parametrize("p", NORMS)
def test_every_step_in_the_ravine_has_the_length(p):
    theta = descend(Steepest(0.1, p), ravine(25), (-4, 2), steps=30).theta
    np.testing.assert_allclose(length(np.diff(theta, axis=0).T, p), 0.1)


def test_infinity_is_sign_descent_and_two_is_the_direction_of_the_gradient():
    path = descend(Steepest(0.1, "∞"), ravine(25), (-4, 2), steps=50)
    np.testing.assert_allclose(path.theta, descend(Signum(0.1, 0.0), ravine(25), (-4, 2), steps=50).theta)
    g = np.array([3, 0.4])
    np.testing.assert_allclose(steepest(g, "2"), -g / np.hypot(*g))


def test_what_is_drawn_and_said():
    answer = balls_lab.compute("4", 30.0, 0.1)
    g = np.array([np.cos(np.pi / 6), np.sin(np.pi / 6)])
    d = np.array(answer.lines["step"])[:, 1]
    np.testing.assert_allclose(d, steepest(g, "4"))
    level = np.array(answer.lines["level"])
    np.testing.assert_allclose(g @ level, g @ d)
    ball = np.array(answer.lines["ball"])
    np.testing.assert_allclose(length(ball, "4"), 1)
    assert (g @ ball >= g @ d - 1e-12).all()
    assert answer.words["steepest step"]().endswith(f"it falls by {-g @ d:.2f}")
    path = descend(Steepest(0.1, "4"), ravine(25), (-4, 2), steps=100)
    reached = np.flatnonzero(path.loss < 0.1)[0]
    assert answer.words["in the ravine"]().startswith(f"first below 0.1 at step {reached};")
    assert balls_lab.compute("1", 0.0, 0.02).words["in the ravine"]().startswith("not below 0.1 in 100 steps")


@pytest.mark.parametrize(
    ("angle", "moves"), [(0.0, "(−1.00, 0.00)"), (90.0, "(0.00, −1.00)"), (45.0, "(−1.00, −1.00)")]
)
def test_sign_descent_moves_the_coordinates_that_have_a_slope(angle, moves):
    said = balls_lab.compute("∞", angle, 0.1).words["steepest step"]()
    assert said.startswith(f"{moves}, every coordinate with a slope moves")

"""Numbers as readouts say them."""

import numpy as np
import pytest

from course_lib.labs.grids import at, start_of
from course_lib.labs.words import listed, number, point, tell


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (0, 2, "0"),
        (0.0314, 2, "0.031"),
        (0.0314159, 3, "0.0314"),
        (99999, 2, "10⁵"),
        (5.23e-5, 2, "5.2 · 10⁻⁵"),
        (5.0e-5, 2, "5 · 10⁻⁵"),
        (1e-8, 2, "10⁻⁸"),
        (9.96e-4, 2, "0.001"),
        (123456, 3, "1.23 · 10⁵"),
        (-3.2e-7, 2, "-3.2 · 10⁻⁷"),
        (float("inf"), 2, "inf"),
    ],
)
def test_number(value, digits, said):
    assert number(value, digits) == said


def test_tell_says_a_sentence_for_every_place_of_the_grid():
    told = tell("{:.1f} of {}", np.array([[1.0], [2.0]]), np.array([["a", "b"]]))
    assert told.tolist() == [["1.0 of a", "1.0 of b"], ["2.0 of a", "2.0 of b"]]


def test_tell_asks_a_function_of_plain_values():
    told = tell(lambda steps: "never" if np.isinf(steps) else f"at {steps:.0f}", np.array([3.0, np.inf]))
    assert told.tolist() == ["at 3", "never"]


def test_a_point_has_a_minus_that_is_one_and_no_zero_with_a_sign():
    assert point((-1.234, -0.0)) == "(−1.23, 0.00)"


def test_a_point_far_away_is_told_in_powers_of_ten():
    assert point((-44205897.4, 99999.4)) == "(−4.42 · 10⁷, 99999.40)"


@pytest.mark.parametrize(("names", "said"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_names_are_listed_as_one_says_them(names, said):
    assert listed(names) == said


def test_at_finds_the_nearest_known_number_in_the_shape_asked_for():
    np.testing.assert_array_equal(at([0.1, 0.2, 0.4], np.array([[0.4], [0.19]])), [[2], [1]])


def test_at_finds_a_known_text():
    np.testing.assert_array_equal(at(("lr", "copy"), np.array([["copy", "lr"]])), [[1, 0]])


@pytest.mark.parametrize(("step", "shown"), [(0.1, "1.0"), (0.05, "1.00")])
def test_a_start_is_dragged_in_even_steps_from_end_to_end(step, shown):
    across, up = start_of((1, -0.5), (-2, 2), (-1, 1), step=step)
    np.testing.assert_allclose(np.diff(across.values), step)
    assert up.values[[0, -1]].tolist() == [-1, 1] and up.value(up.default) == -0.5
    assert across.texts[across.default] == shown

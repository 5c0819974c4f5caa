"""Numbers as readouts say them."""

import pytest

from course_lib.labs.words import number


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

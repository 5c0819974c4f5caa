"""Formulas as plain words."""

import pytest

from course_lib.formulas import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$\theta_1$ (along)", "θ₁ (along)"),
        (r"$\lambda_{12}$", "λ₁₂"),
        (r"loss  $\log J$", "loss log J"),
        (r"the distance shrinks like $k\,\rho^k$", "the distance shrinks like k ρ^k"),
        (r"above $\sqrt\gamma$, below $\Delta$; a \ of a path stays", "above √γ, below Δ; a \\ of a path stays"),
    ],
)
def test_a_formula_is_spelled_in_letters(text, expected):
    assert plain(text) == expected

"""Adam's corrections against their formulas and the known numbers; epsilon in and outside the root."""

import numpy as np
import pytest

from course_lib import labs
from course_lib.descent import iterates
from course_lib.labs import microscope_lab as lab
from course_lib.optimizers import Adam, RMSprop

T = np.arange(1.0, lab.STEPS + 1)


def steps(name, beta1=0.9, beta2=0.999, gradient=lab.SAME):
    """Step / learning rate for t = 1 ... STEPS, as the lab has measured it."""
    return lab.sizes_of(gradient)[name][:, lab.BETA1.index(beta1), lab.BETA2.index(beta2)]


def cell(beta1=0.9, beta2=0.999, **kernel):
    return lab.compute(np.array([[beta1]]), np.array([[beta2]]), **kernel)


def words(*args, **kernel):
    return {name: text.item() for name, text in cell(*args, **kernel).words.items()}


# -- corrections


@pytest.mark.parametrize("beta1", lab.BETA1)
@pytest.mark.parametrize("beta2", lab.BETA2)
def test_a_constant_gradient_gives_the_ratios_of_two_geometric_sums(beta1, beta2):
    m, v = 1 - beta1**T, 1 - beta2**T
    np.testing.assert_allclose(steps("right", beta1, beta2), 1, rtol=1e-9)
    np.testing.assert_allclose(steps("none", beta1, beta2), m / np.sqrt(v), rtol=1e-8)
    np.testing.assert_allclose(
        steps("constant", beta1, beta2), m / np.sqrt(v) * np.sqrt(1 - beta2) / (1 - beta1), rtol=1e-8
    )


def test_the_known_numbers_of_the_defaults():
    none, constant = steps("none"), steps("constant")
    assert none[0] == pytest.approx(3.1623, abs=1e-4)
    assert (none.argmax() + 1, none.max()) == (12, pytest.approx(6.5685, abs=1e-4))
    assert none[999] == pytest.approx(1.2576, abs=1e-4)
    assert T[none > 1.05][-1] == 2374
    assert constant[0] == pytest.approx(1) and constant.max() == pytest.approx(2.0772, abs=1e-4)
    assert words()["1 − β, the deck's slip"].endswith("in the long run 0.316 times the right one")


def test_without_correction_adam_starts_too_fast_not_too_slowly():
    assert (steps("none") > 1).all()
    assert steps("none", 0.9, 0.9)[0] == pytest.approx(0.3162, abs=1e-4)  # with equal memories it would be slow
    assert (steps("none", 0.9, 0.9)[:100] < 1).all()


@pytest.mark.parametrize("gradient", lab.GRADIENTS)
def test_what_a_correction_is_worth_does_not_depend_on_the_gradient(gradient):
    for name in ("none", "constant"):
        expected = steps(name) / steps("right")
        np.testing.assert_allclose(
            steps(name, gradient=gradient) / steps("right", gradient=gradient), expected, rtol=1e-5
        )


@pytest.mark.parametrize("gradient", lab.GRADIENTS)
def test_the_right_one_is_the_courses_adam(gradient):
    incoming = iter(lab.GRADIENTS[gradient](np.arange(1.0, 1000)))
    run = iterates(Adam(lr=1.0, beta1=0.95, beta2=0.99, eps=0), lambda theta: np.full(1, next(incoming)), [0.0])
    places = np.array([next(run)[0] for _ in range(500)])
    np.testing.assert_allclose(
        steps("right", 0.95, 0.99, gradient)[:499], np.abs(np.diff(places)), rtol=1e-6, atol=1e-12
    )


def test_a_larger_gradient_makes_the_right_adam_step_beyond_its_learning_rate():
    grown = steps("right", gradient="grows tenfold at step 300")
    assert grown[: lab.CHANGE - 1].max() == pytest.approx(1)
    assert (grown.argmax() + 1, grown.max()) == (312, pytest.approx(3.21, abs=0.01))


def test_what_is_drawn_on_the_left():
    lines = cell().lines
    for name in lab.CORRECTIONS:
        t, size = (np.ravel(side) for side in lines[f"step.{name}"])
        np.testing.assert_array_equal(size, steps(name)[t - 1])
        assert (t[0], t[-1]) == (1, lab.STEPS)


# -- epsilon


@pytest.mark.parametrize("gamma", [0.0, 0.9, 0.9999])
@pytest.mark.parametrize("eps", [1e-12, 1e-8, 1e-2])
def test_the_first_step_is_its_formula(gamma, eps):
    g = lab.SIZES
    for kind, divisor in (
        (lab.Outside, np.sqrt((1 - gamma) * g**2) + eps),
        (RMSprop, np.sqrt((1 - gamma) * g**2 + eps)),
    ):
        np.testing.assert_allclose(lab.first_steps(kind, gamma, eps, g), g / divisor, rtol=1e-12)


@pytest.mark.parametrize(
    "place, eps, known", [("outside", 1e-8, 3.15), ("inside", 1e-8, 0.0999), ("inside", 1e-7, 0.0316)]
)
def test_the_known_first_steps_for_a_small_gradient(place, eps, known):
    """gamma 0.9 and a gradient of 1e-5."""
    number = list(lab.PLACES).index(place)
    x, y = (np.ravel(side) for side in cell(beta2=0.9, eps=eps).lines["here"])
    assert x[number] == 1e-5 and y[number] == pytest.approx(known, rel=3e-3)


def test_large_gradients_see_no_epsilon():
    """The plateau of sign descent: the same step for every gradient, 1 / sqrt(1 - gamma) learning rates."""
    lines = cell(beta2=0.99).lines
    np.testing.assert_allclose(lines["level"][1], 10)
    for place in lab.PLACES:
        assert np.ravel(lines[f"first.{place}"][1])[-1] == pytest.approx(10, rel=1e-5)


def test_inside_epsilon_is_like_its_root_outside():
    lines = cell().lines
    inside, root, same = (np.ravel(lines[name][1]) for name in ("first.inside", "outside, root of ε", "first.outside"))
    assert (np.abs(inside / root - 1) < 0.42).all()
    assert np.max(same / inside) > 1000


# -- words and pages


def test_words_of_the_defaults():
    said = words()
    assert said["no correction"] == (
        "first step 3.16 η, largest 6.57 η at t = 12; 3.24 times the right one at t = 100, "
        "within 5 % of it from t = 2375 on"
    )
    assert said["1 − βᵗ, as it should be"] == "1 η at every step"
    assert said["inside: √(s + ε)"] == "first step 0.1 η for |g| = 10⁻⁵, without ε 31.6 η"


def test_words_at_other_settings():
    assert words(0.9, 0.9)["no correction"].startswith("first step 0.316 η, rising to 1 η")
    dips = words(0.9, 0.0, gradient="grows tenfold at step 300")["no correction"]
    assert dips.startswith("first step 0.1 η, largest 1 η at t = ")  # on the way it falls to a fifth
    assert words(0.0, 0.999)["no correction"].startswith("first step 31.6 η, never larger")
    assert words(0.9, 0.9999)["no correction"].endswith("times at t = 3000")
    assert words(0.0, 0.0)["no correction"].endswith("within 5 % of it from t = 1 on")
    assert words(size=1e-9)["inside: √(s + ε)"].startswith("first step 10⁻⁵ η for |g| = 10⁻⁹")


def test_the_sliders_settings_are_those_measured():
    live = labs.microscope()
    assert tuple(live.page["beta1"].values) == lab.BETA1 and tuple(live.page["beta2"].values) == lab.BETA2


def test_scenes_in_an_exported_page(open_page):
    page = open_page(labs.microscope())
    page.page.get_by_role("button", name="equal memories").click()
    assert page.eval("[f.text('beta1'), f.text('beta2')]") == ["0.9", "0.9"]
    assert any("first step 0.316 η, rising to 1 η" in line for line in page.said())

"""The turned ravine: the same problem at every angle, fair tuning, and who notices the turn."""

import numpy as np
import pytest
from browser import slide
from prose import numbers, prose

from course_lib import labs
from course_lib.descent import descend, sweep
from course_lib.labs import rotation_lab as lab
from course_lib.labs.rules import TOLD
from course_lib.optimizers import Adadelta, Adagrad, Adam, AdamW, RMSprop
from course_lib.surfaces import ravine, turn

BLIND = ("GradientDescent", "Momentum", "Nesterov")
SEEING = tuple(name for name in lab.RULES if name not in BLIND)
AT = {angle: int(np.abs(lab.ANGLES - angle).argmin()) for angle in (0, 22.5, 45, 67.5, 90)}


def settled(name, angle, kappa=100):
    return lab.raced(name, kappa)[1][1][AT[angle]]


def cell(angle, name="Adam", kappa=100):
    return lab.compute(np.array([[angle]]), np.array([[name]]), kappa=kappa)


# -- the problem


@pytest.mark.parametrize("angle", [0, 22.5, 60, 90])
def test_the_ravine_of_all_angles_is_the_courses(angle):
    theta = np.random.default_rng(0).normal(size=(2, 50))
    ours, course = lab.turned(30, np.array(angle)), ravine(30, angle)
    np.testing.assert_allclose(ours.value(theta), course.value(theta), rtol=1e-12)
    np.testing.assert_allclose(ours.gradient(theta), course.gradient(theta), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("angle", [0, 30, 90])
def test_the_start_turns_with_the_ravine(angle):
    start = np.array(turn(lab.START, angle))
    np.testing.assert_allclose(start, ravine(30, angle).start, atol=1e-12)
    assert ravine(30, angle).value(start) == pytest.approx(ravine(30).value(np.array(lab.START)))


@pytest.mark.parametrize("angle", [0, 22.5, 45, 90])
def test_contours_are_lines_of_equal_height(angle):
    lines, ground = cell(angle, kappa=30).lines, ravine(30, angle)
    heights = []
    for number in range(len(lab.HEIGHTS)):
        ring = np.array([np.ravel(side) for side in lines[f"contour {number}"]])
        heights.append(ground.value(ring))
        np.testing.assert_allclose(heights[-1], heights[-1][0], rtol=1e-9)
    assert (np.diff([height[0] for height in heights]) > 0).all()


def test_the_floor_is_where_the_slope_points_along():
    ends = np.array([np.ravel(side) for side in cell(30).lines["floor"]])
    np.testing.assert_allclose(ravine(100, 30).gradient(ends), ends, rtol=1e-9)  # curvature 1, nothing across


# -- the runs


@pytest.mark.parametrize("name", lab.RULES)
@pytest.mark.parametrize("angle", [0, 22.5, 90])
def test_it_draws_what_the_optimizers_do(name, angle):
    lines = cell(angle, name).lines
    path = descend(lab.tuned(name, 100), ravine(100, angle), steps=lab.DRAWN)
    drawn = np.column_stack([np.ravel(side) for side in lines[f"path.{name}"]])
    np.testing.assert_allclose(drawn[:60], path.theta[:60], rtol=1e-6, atol=1e-8)  # later, rounding may have grown
    assert np.ravel(lines[f"loss.{name}"][1])[0] == pytest.approx(path.loss[1])
    for other in lab.RULES:
        if other != name:
            assert np.isnan(lines[f"path.{other}"][0][1:]).all()


def test_losses_are_drawn_as_high_as_they_get_between_two_marks():
    path, _ = lab.raced("RMSprop", 100)
    drawn = np.ravel(cell(45, "RMSprop").lines["loss.RMSprop"][1])
    first, last = lab.MARKS[-2:]
    assert drawn[-2] == path.loss[first:last, AT[45]].max()
    assert drawn[-1] == path.loss[last, AT[45]]


@pytest.mark.parametrize("name", BLIND)
def test_the_pale_path_is_the_path_of_those_who_do_not_notice(name):
    lines = cell(40, name).lines
    for shadow, run in zip(lines["path at 0°"], lines[f"path.{name}"], strict=True):
        np.testing.assert_allclose(shadow, run, atol=1e-9)


def test_the_pale_path_is_another_for_adam():
    lines = cell(45).lines
    assert np.abs(lines["path at 0°"][1] - lines["path.Adam"][1]).max() > 1


def test_a_dip_is_not_yet_settled():
    loss = np.array([9, 0.001, 9, 0.001, 0.002, *[0.001] * lab.WATCHED])
    first, last = lab.arrivals(loss)
    assert (first, last) == (1, 3)


def test_a_run_that_diverges_or_comes_late_never_settles():
    lost, late = np.full(lab.WATCHED, np.nan), np.ones(lab.WATCHED)
    late[lab.COUNTED + 1 :] = 0
    assert np.isinf(lab.arrivals(lost)).all() and np.isinf(lab.arrivals(late)).all()


def test_the_first_dip_is_that_of_a_sweep():
    for name in ("Adam", "Momentum"):
        counted = sweep(lab.tuned(name, 100), ravine(100, 45), steps=lab.COUNTED, tol=lab.TOLERANCE).steps
        assert lab.raced(name, 100)[1][0][AT[45]] == counted


# -- fair tuning


@pytest.mark.parametrize("name", lab.RULES)
def test_everyone_has_the_same_budget(name):
    options = lab.grid_of(lab.RULES[name])
    assert np.prod(options.sweep) == lab.BUDGET
    assert (options.lr.min(), options.lr.max()) == pytest.approx((lab.SLOWEST, lab.FASTEST))


@pytest.mark.parametrize("name", ["GradientDescent", "Momentum", "Adam"])
def test_no_other_setting_would_have_settled_sooner(name):
    """Counted anew from whole paths, for the slowest of the starts."""
    options, best = lab.grid_of(lab.RULES[name]), lab.tuned(name, 30)
    away = np.hypot(*lab.START)
    slowest, chosen = [], []
    for direction in lab.DIRECTIONS:
        start = away * np.array([-np.cos(direction), np.sin(direction)])
        for optimizer, kept in ((options, slowest), (best, chosen)):
            loss = descend(optimizer, ravine(30), start, steps=lab.WATCHED).loss
            stays = np.logical_and.accumulate((loss < lab.TOLERANCE / lab.ROOM)[::-1])[::-1]
            kept.append(np.where(stays.any(axis=0), stays.argmax(axis=0), np.inf))
    assert np.max(chosen) == np.max(slowest, axis=0).min()


def test_tuning_finds_what_theory_says_for_descent():
    assert lab.tuned("GradientDescent", 100).lr == pytest.approx(2 / 101, rel=0.02)


def test_weight_decay_would_be_a_help_that_others_do_not_have():
    """AdamW can go to the minimum, which is zero, by its decay alone: it does not race."""
    assert set(lab.RULES) == {rule.__name__ for rule in TOLD} - {"AdamW"}
    by_decay = descend(AdamW(lr=50, weight_decay=0.02, eps=1e12), ravine(100, 45), steps=1)
    assert by_decay.loss[-1] < 1e-12


# -- who notices


@pytest.mark.parametrize("name", BLIND)
@pytest.mark.parametrize("kappa", lab.KAPPAS)
def test_descent_momentum_and_nesterov_do_not_notice_the_turn(name, kappa):
    path, (_, steps) = lab.raced(name, kappa)
    assert len(set(steps)) == 1
    np.testing.assert_allclose(path.loss[:100], path.loss[:100, :1] * np.ones(len(lab.ANGLES)), rtol=1e-7)


@pytest.mark.parametrize("name", SEEING)
def test_the_others_lose_between_the_axes(name):
    most = 1.25 if name == "Adadelta" else 1.75 if name == "RMSprop" else 6
    assert settled(name, 45) > most * settled(name, 0)
    assert settled(name, 22.5) > 1.2 * settled(name, 0)


@pytest.mark.parametrize("name", SEEING)
@pytest.mark.parametrize("kappa", lab.KAPPAS)
def test_with_the_axes_swapped_they_are_as_good_again(name, kappa):
    assert settled(name, 90, kappa) == settled(name, 0, kappa)


def test_the_ranking_turns_round():
    """On the axes the per-coordinate methods beat momentum, between them momentum beats all of them."""
    quick = [name for name in SEEING if settled(name, 0) < settled("Momentum", 0)]
    assert quick == ["Adagrad", "Adam", "AdaMax", "AMSGrad"]
    assert all(settled(name, 45) > 6 * settled("Momentum", 45) for name in SEEING)


@pytest.mark.parametrize("optimizer", [Adagrad(0.5), RMSprop(0.01, 0.99), Adam(0.1)])
def test_it_does_not_hang_on_the_tuning(optimizer):
    """Usual settings, first step below 1e-4: more steps at 22.5 degrees than at 0, and more again at 45."""
    level, turned, diagonal = (
        sweep(optimizer, ravine(100, angle), steps=5000, tol=1e-4).steps for angle in (0, 22.5, 45)
    )
    assert diagonal > turned > 1.3 * level


def test_it_does_not_hang_on_the_start():
    directions, away = np.radians(np.arange(5, 90, 10)), np.hypot(*lab.START)
    for name in ("Adagrad", "Adam", "AMSGrad"):
        counted = []
        for angle in (0.0, 45.0):
            starts = turn((-away * np.cos(directions), away * np.sin(directions)), angle)
            path = descend(lab.tuned(name, 100), lab.turned(100, angle), starts, steps=lab.WATCHED)
            counted.append(np.median(lab.arrivals(path.loss)[1]))
        assert counted[1] > 4 * counted[0]


def test_dividing_by_the_gradients_size_makes_the_axes_special():
    """Adadelta has no learning rate to speak of, and notices all the same."""
    losses = [descend(Adadelta(rho=0.9), ravine(100, angle), steps=50).loss[-1] for angle in (0, 45)]
    assert abs(losses[0] / losses[1] - 1) > 0.01


# -- rows and words


def test_rows_show_what_was_counted():
    lines = cell(45).lines
    for row, name in enumerate(lab.RULES):
        assert np.ravel(lines[f"now.{name}"][0]) == settled(name, 45)
        np.testing.assert_array_equal(np.ravel(lines[f"way.{name}"][0]), [settled(name, 0), settled(name, 45)])
        assert lines["at 0°"][0][row] == settled(name, 0)
        low, high, gap = lines["span"][0][3 * row : 3 * row + 3]
        assert low <= settled(name, 0) <= settled(name, 45) <= high and np.isnan(gap)


def test_words_at_45_degrees():
    words = {name: text.item() for name, text in cell(45).words.items()}
    assert words["the run"].startswith("Adam settles below 0.01 at step 200; at 0° at step 29; tuned at 0° to η = 0.34")
    assert words["as at 0°"] == "gradient descent 171, momentum 31, Nesterov 41 steps"
    assert "Adagrad 252 (6)" in words["not as at 0°"] and "Adam 200 (29)" in words["not as at 0°"]


def test_prose_of_lesson_04_says_what_the_rows_show():
    told = prose("04", "rotation-sentence")
    ahead = numbers(told, r"Adam needs (\d+) steps and momentum (\d+)")
    turned = numbers(told, r"At 45 degrees momentum still needs (\d+), and Adam (\d+)")
    assert ahead == [settled("Adam", 0), settled("Momentum", 0)]
    assert turned == [settled("Momentum", 45), settled("Adam", 45)]
    assert numbers(told, r"the same (\d+) tries") == [lab.BUDGET]


def test_prose_of_lesson_04_says_what_tuning_anew_gains():
    anew = descend(lab.tuned("Adam", 100, 45.0), ravine(100, 45), turn(lab.START, 45), steps=lab.WATCHED)
    _, steps = lab.arrivals(anew.loss)
    assert numbers(prose("04", "rotation-sentence"), r"tuned anew there, (\d+)") == [steps]


def test_words_at_the_ends():
    for angle in (0, 90):
        words = {name: text.item() for name, text in cell(angle).words.items()}
        assert "at step 29, after a first dip at 17; as at 0°" in words["the run"]
        assert "AMSGrad 21 steps" in words["as at 0°"] and words["not as at 0°"] == "no method"


def test_words_where_a_run_does_not_settle():
    _, (_, steps) = lab.raced("Adadelta", 100)
    angle = lab.ANGLES[np.isinf(steps)][0]
    words = cell(angle, "Adadelta").words
    assert "does not settle below 0.01 in 1000 steps, with 0.01" in words["the run"].item()
    assert "Adadelta not in 1000 (690)" in words["not as at 0°"].item()
    assert np.ravel(cell(angle).lines["now.Adadelta"][0]) == lab.LATE


def test_scenes_and_sliders_in_an_exported_page(open_page):
    page = open_page(labs.rotation())
    page.page.get_by_role("button", name="22.5°").click()
    assert page.eval("f.text('angle')") == "22.5"
    assert any("Adam settles below 0.01 at step 148" in line for line in page.said())
    slide(page, "look at", list(lab.RULES).index("RMSprop"))
    assert any("RMSprop settles below 0.01 at step 310" in line for line in page.said())

"""The bug hunt of lesson 05: one good test catches each suspect, and a bad test is told what is wrong with it."""

import numpy as np
import pytest

from course_lib import checks, conventions
from course_lib.checks.suspects import SUSPECTS, walk
from course_lib.descent import iterates
from course_lib.optimizers import OPTIMIZERS, Adam, Momentum
from course_lib.surfaces import ravine


def steady(theta):
    return np.full_like(theta, 2.0)


def first_step(Rule):
    assert np.isclose(walk(Rule(lr=0.1, gamma=0.5), steady, [1.0], 1)[-1], 0.8)


def two_runs(Rule):
    rule = Rule(lr=0.1, gamma=0.5)
    assert np.array_equal(walk(rule, steady, [1.0], 3), walk(rule, steady, [1.0], 3))


def spied_look(Rule):
    seen = []

    def gradient(theta):
        seen.append(theta[0])
        return steady(theta)

    walk(Rule(lr=0.1, gamma=0.5), gradient, [1.0], 2)
    assert np.isclose(seen[1], 0.7)


def steps_of_lr(Rule):
    assert np.allclose(np.diff(walk(Rule(lr=0.1), steady, [1.0], 3), axis=0), -0.1)


def flat_ground(Rule):
    assert np.allclose(walk(Rule(lr=0.1), np.zeros_like, [1.0], 2), 1)


def even_steps(loop):
    assert np.allclose(np.diff(loop(Adam(lr=0.1), steady, [1.0], 3), axis=0), -0.1)


GOOD = {
    "catch_the_climber": first_step,
    "catch_the_hoarder": two_runs,
    "catch_the_sleeper": first_step,
    "catch_the_sprinter": first_step,
    "catch_the_dreamer": spied_look,
    "catch_the_plodder": steps_of_lr,
    "catch_the_eraser": flat_ground,
    "catch_the_clock": even_steps,
}
BUGS = {
    "catch_the_climber": "theta + delta",
    "catch_the_hoarder": "self.kept",
    "catch_the_sleeper": "self.lr * delta",
    "catch_the_sprinter": "(self.lr * g + self.gamma * delta)",
    "catch_the_dreamer": "theta - delta",
    "catch_the_plodder": "(1 - self.beta1)\n",
    "catch_the_eraser": "np.sqrt(v_hat) + self.eps, m, v",
    "catch_the_clock": "t = [theta], rule.init(theta), 1",
}
hunts = pytest.mark.parametrize("name", GOOD)


@hunts
def test_good_test_catches_the_suspect_and_is_shown_its_lines(name):
    feedback = getattr(checks, name)(GOOD[name])
    assert feedback.verdict == "right" and BUGS[name] in feedback.code
    assert BUGS[name].strip() in str(feedback) and "<pre" in feedback._repr_mimebundle_()["text/html"]


@hunts
def test_lines_are_not_shown_before(name):
    exercise = getattr(checks, name)
    for bad in (lambda version: None, lambda version: False):
        assert exercise(bad).code == "" and BUGS[name] not in str(exercise(bad).explain())


@hunts
def test_suspect_can_be_caught_again(name):
    exercise = getattr(checks, name)
    assert [exercise(GOOD[name]).verdict for _ in range(3)] == ["right"] * 3


@hunts
def test_test_the_wrong_way_round_is_told_so(name):
    def turned(version):
        try:
            GOOD[name](version)
        except AssertionError:
            return True
        return False

    assert "the wrong way round" in getattr(checks, name)(turned).says


@hunts
def test_test_that_always_fails_is_told_so(name):
    def never_content(version):
        assert 1 == 2

    says = getattr(checks, name)(never_content).says
    assert "does it reject everything?" in says and "rejects the right version" in says


def test_test_that_rejects_the_right_version_is_told_its_line():
    def too_strict(Rule):
        assert walk(Rule(lr=0.1, gamma=0.5), steady, [1.0], 1)[-1] == 0.9

    assert "in the line `assert walk(" in checks.catch_the_climber(too_strict).says


def test_test_that_stops_is_told_where():
    feedback = checks.catch_the_climber(lambda Rule: Rule(rate=1))
    assert feedback.verdict == "trouble" and "rate" in feedback.says


def test_untouched_stub_is_no_answer():
    def stub(Rule):
        points = walk(Rule(lr=0.1, gamma=0.5), steady, [1.0], 1)
        assert ..., points

    assert checks.catch_the_climber(stub).verdict == "empty"


def test_stub_whose_setting_is_still_open_is_no_answer():
    assert checks.catch_the_sleeper(lambda Rule: walk(Rule(lr=..., gamma=0.5), steady, [1.0], 1)).verdict == "empty"
    assert checks.catch_the_eraser(lambda Rule: walk(Rule(lr=0.1), ..., [1.0], 1)).verdict == "empty"


@pytest.mark.parametrize("suspect", [name for name in SUSPECTS if name not in ("climber", "eraser")])
def test_most_suspects_train_all_the_same(suspect):
    broken = SUSPECTS[suspect][1]
    loop, rule = (broken, Adam) if suspect == "stopped clock" else (walk, broken)
    run = loop(rule(lr=0.01), ravine(5).gradient, (-4.0, 2.0), 4000)
    assert ravine(5).value(run[-1]) < 1


def test_walk_is_the_loop_of_the_course():
    for kind in OPTIMIZERS:
        points = walk(kind(), ravine(9).gradient, (1.0, 2.0), 12)
        plain = [theta for theta, _ in zip(iterates(kind(), ravine(9).gradient, (1.0, 2.0)), range(13), strict=False)]
        np.testing.assert_array_equal(points, plain)


def test_sprinter_is_nesterov_as_keras_writes_it():
    _, sprinter = SUSPECTS["sprinter"]
    keras = conventions.Keras.from_deck(0.01, 0.9, nesterov=True)
    args = ravine(9).gradient, (1.0, 2.0), 30
    np.testing.assert_allclose(walk(sprinter(lr=0.01, gamma=0.9), *args), walk(keras, *args), rtol=1e-12)


def test_stopped_clock_makes_a_plodder_of_adam():
    (_, plodder), (_, stopped) = SUSPECTS["plodder"], SUSPECTS["stopped clock"]
    args = ravine(9).gradient, (1.0, 2.0), 30
    np.testing.assert_allclose(stopped(Adam(lr=0.1), *args), walk(plodder(lr=0.1), *args), rtol=1e-12)


def test_what_a_test_does_to_the_class_it_is_given_stays_with_it():
    def breaks_it(version):
        version.step = None
        raise AssertionError

    checks.catch_the_climber(breaks_it)
    assert callable(Momentum.step)

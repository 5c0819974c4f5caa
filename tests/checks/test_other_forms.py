"""Right answers written in other ways: accepted, and where they follow another convention, it is named."""

from fractions import Fraction

import numpy as np
import pytest

from course_lib import checks, conventions, optimizers

# The rules of the libraries and papers themselves, at a step after the first; the words that name them.
WORDS = {"Deck": "", "Sutskever": "other sign", "Keras": "other sign", "Averaged": "averaged", "PyTorch": "PyTorch"}
WORDS |= {"Optax": "PyTorch"}
REWRITTEN = {"Keras", "PyTorch", "Optax"}  # those that keep the look-ahead point


def momentum_of(convention):
    def step(theta, g, delta, lr, gamma):
        return convention(lr, gamma).step(theta, g, 2, delta)

    return step


def nesterov_of(convention):
    def step(theta, gradient, delta, lr, gamma):
        rule = convention(lr, gamma, nesterov=True)
        return rule.step(theta, gradient(rule.look(theta, delta)), 2, delta)

    return step


@pytest.mark.parametrize("name", sorted(WORDS.keys() - {"Averaged"}))
def test_momentum_of_a_library_that_follows_the_deck_is_right_and_named(name):
    feedback = checks.momentum_step(momentum_of(getattr(conventions, name)))
    assert feedback.verdict == "right" and WORDS[name] in feedback.says


def averaged_with_rate_inside(theta, g, delta, lr, gamma):
    delta = gamma * delta + (1 - gamma) * lr * g
    return theta - delta, delta


@pytest.mark.parametrize("rule", [momentum_of(conventions.Averaged), averaged_with_rate_inside])
def test_averaged_momentum_is_another_path_and_no_answer_where_the_decks_rule_is_asked_for(rule):
    for feedback in (checks.momentum_step(rule), checks.MyMomentum(class_of(rule))):
        assert feedback.verdict == "wrong" and "averaged" in feedback.more


def test_momentum_that_counts_its_steps_is_another_rule():
    class Counting(Plain):
        def step(self, theta, g, t, delta):
            delta = self.lr * g * t + self.gamma * delta
            return theta - delta, delta

    assert checks.MyMomentum(Counting).verdict == "wrong"


@pytest.mark.parametrize("name", WORDS)
def test_nesterov_of_every_library_is_right_and_named(name):
    convention = getattr(conventions, name)
    feedback = checks.nesterov_step(nesterov_of(convention))
    assert feedback.verdict == "right" and WORDS[name] in feedback.says
    assert ("At the look-ahead point" in feedback.says) == (name in REWRITTEN)


def added_and_averaged(theta, g, v, lr, gamma):
    v = gamma * v - (1 - gamma) * g
    return theta + lr * v, v


def added_with_the_rate_outside(theta, g, v, lr, gamma):
    v = gamma * v - g
    return theta + lr * v, v


def class_of(rule):
    """A step as lesson 03 asks for it."""
    return type("Rule", (optimizers.Momentum,), {"step": lambda s, theta, g, t, v: rule(theta, g, v, s.lr, s.gamma)})


def ahead_added_and_averaged(theta, gradient, v, lr, gamma):
    return added_and_averaged(theta, gradient(theta + lr * gamma * v), v, lr, gamma)


@pytest.mark.parametrize(
    "check, rule, words",
    [
        (checks.nesterov_step, ahead_added_and_averaged, "averaged"),
        (checks.MyMomentum, class_of(added_with_the_rate_outside), "PyTorch"),
    ],
)
def test_two_conventions_at_once_are_named_both(check, rule, words):
    says = check(rule).says
    assert words in says and "The sign is turned, too" in says


def in_place_on_copies(theta, g, delta, lr, gamma):
    theta, delta = theta.copy(), delta.copy()
    delta *= gamma
    delta += lr * g
    theta -= delta
    return theta, delta


def coordinate_by_coordinate(theta, g, delta, lr, gamma):
    delta = [lr * slope + gamma * last for slope, last in zip(g, delta, strict=True)]
    return [x - step for x, step in zip(theta, delta, strict=True)], delta


def in_a_list(theta, g, delta, lr, gamma):
    delta = lr * g + gamma * delta
    return [theta - delta, delta]


def without_a_name_for_the_step(theta, g, delta, lr, gamma):
    return theta - lr * g - gamma * delta, np.add(np.multiply(lr, g), np.multiply(gamma, delta))


@pytest.mark.parametrize(
    "answer", [in_place_on_copies, coordinate_by_coordinate, in_a_list, without_a_name_for_the_step]
)
def test_momentum_written_in_another_way_is_right(answer):
    assert checks.momentum_step(answer).verdict == "right"


def adam_in_place(theta, g, t, m, v, lr, beta1, beta2, eps):
    theta, m, v = theta.copy(), m.copy(), v.copy()
    m += (1 - beta1) * (g - m)
    v += (1 - beta2) * (g * g - v)
    theta -= lr / (1 - np.power(beta1, t)) * m / (np.sqrt(v) / np.sqrt(1 - np.power(beta2, t)) + eps)
    return theta, m, v


def recursive(slopes, lr, gamma):
    return lr * slopes[-1] + (gamma * recursive(slopes[:-1], lr, gamma) if len(slopes) > 1 else 0)


def by_a_loop(slopes, lr, gamma):
    delta = 0
    for slope in slopes:
        delta = lr * slope + gamma * delta
    return delta


def whole_numbers(steps_a, steps_b):
    return [int(min(steps_a)), int(min(steps_b))]


OTHER = {
    "adam_step": [adam_in_place],
    "unrolled_step": [recursive, by_a_loop, lambda slopes, lr, gamma: lr * np.polyval(slopes, gamma)],
    "from_physics": [lambda mass, friction, h: [h * h / mass, (mass - friction * h) / mass]],
    "slowest_factor": [lambda lr, curvatures: max(abs(1 - lr * c) for c in curvatures)],
    "critical_gamma": [lambda lr, c: 1 + lr * c - 2 * (lr * c) ** 0.5],
    "rate_to_keep": [
        lambda rates, losses, start: max(rate for rate, loss in zip(rates, losses, strict=True) if loss < start),
        lambda rates, losses, start: rates[np.flatnonzero(losses < start)[-1]],
    ],
    "fair_race": [whole_numbers, lambda a, b: (sorted(a)[0], np.sort(b)[0])],
    "central_slope": [lambda J, theta, h: (J(theta + h) - J(theta)) / (2 * h) + (J(theta) - J(theta - h)) / (2 * h)],
    "warm_up": [lambda t, lr, steps: np.clip(t / steps, 0, 1) * lr, lambda t, lr, n: lr if t > n else lr * t / n],
    "coasting_momentum": [lambda gamma, lr, previous_lr: gamma / (lr / previous_lr)],
}


@pytest.mark.parametrize("name, k", [(name, k) for name, answers in OTHER.items() for k in range(len(answers))])
def test_function_written_in_another_way_is_right(name, k):
    assert getattr(checks, name)(OTHER[name][k]).verdict == "right"


class Plain:
    """Not derived from Optimizer, with its settings in any order."""

    def __init__(self, gamma=0.9, lr=0.01):
        self.gamma, self.lr = gamma, lr

    def step(self, theta, g, t, delta):
        delta = self.lr * g + self.gamma * delta
        return theta - delta, delta


class Keras(Plain):
    def step(self, theta, g, t, velocity):
        velocity = self.gamma * velocity - self.lr * g
        return theta + velocity, velocity


class Listed(Plain):
    def step(self, theta, g, t, delta):
        return list(super().step(theta, g, t, delta))


@pytest.mark.parametrize("answer, words", [(Plain, ""), (Keras, "other sign"), (optimizers.Momentum, "")])
def test_class_written_in_another_way_is_right(answer, words):
    feedback = checks.MyMomentum(answer)
    assert feedback.verdict == "right" and words in feedback.says


def test_class_whose_step_returns_a_list_is_told_so_for_the_loop_would_refuse_it():
    assert "without square brackets" in checks.MyMomentum(Listed).says


@pytest.mark.parametrize(
    "number", [4, np.float32(4), np.array(4.0), Fraction(4), True * 4], ids=lambda x: type(x).__name__
)
def test_number_of_any_type_is_right(number):
    assert checks.final_step(number).verdict == "right"


def test_an_object_where_a_class_is_asked_for_is_told_so():
    assert (
        "should be a class, it is one of its objects: give Momentum, without brackets"
        in checks.MyMomentum(optimizers.Momentum()).says
    )

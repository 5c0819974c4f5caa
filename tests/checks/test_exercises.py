"""Every exercise of the course: right answers pass, every known mistake earns its own hint."""

import dataclasses
from itertools import combinations

import numpy as np
import pytest
from mutants import Drawn

from course_lib import checks
from course_lib.checks.exercises import Choice, Function, Number, Text, WrittenTest
from course_lib.live import Answer

FUNCTIONS = [e for e in checks.EXERCISES if isinstance(e, Function)]
NUMBERS = [e for e in checks.EXERCISES if isinstance(e, Number) and not e.guess]
CHOICES = [e for e in checks.EXERCISES if isinstance(e, Choice) and not e.guess]
GUESSES = [e for e in checks.EXERCISES if isinstance(e, Choice) and e.guess]
GUESSED_NUMBERS = [e for e in checks.EXERCISES if isinstance(e, Number) and e.guess]
TESTS = [e for e in checks.EXERCISES if isinstance(e, WrittenTest)]
TEXTS = [e for e in checks.EXERCISES if isinstance(e, Text)]

# What to hand to the versions that a written test has to tell apart.
VERSION_CASES = {
    "check_of_momentum": (np.array([1.0]), np.array([2.0]), np.array([0.5]), 0.1, 0.5),
    "check_of_adam": (np.array([1.0]), np.array([2.0]), 2, np.array([0.5]), np.array([0.3]), 0.1, 0.9, 0.999, 0.1),
}


def handed_in(exercise, rule):
    """A rule in the form in which learners hand it in: a class, or a figure, where the exercise asks for one."""
    if exercise is checks.my_figure:
        return lambda Rule: Drawn(None, lambda lr, gamma: Answer({"mine": rule(Rule, lr, gamma)}), ("lr", "gamma"))
    if exercise is not checks.MyMomentum:
        return rule

    class Rule:
        def __init__(self, lr, gamma):
            self.lr, self.gamma = lr, gamma

        def step(self, theta, g, t, delta):
            return rule(theta, g, delta, self.lr, self.gamma)

    return Rule


def each(exercises, attribute):
    return [
        pytest.param(e, part, id=f"{e.name}-{k}") for e in exercises for k, part in enumerate(getattr(e, attribute))
    ]


def named(exercises):
    return pytest.mark.parametrize("exercise", exercises, ids=lambda e: e.name)


@named(FUNCTIONS)
def test_right_function_passes(exercise):
    assert exercise(handed_in(exercise, exercise.right)).verdict == "right"


@pytest.mark.parametrize("exercise, mistake", each(FUNCTIONS, "mistakes"))
def test_known_mistake_is_named_and_hinted(exercise, mistake):
    feedback = exercise(handed_in(exercise, mistake.answer))
    assert (feedback.verdict, feedback.says, feedback.more) == ("wrong", mistake.hint, mistake.name)


@pytest.mark.parametrize("exercise, mistake", each(FUNCTIONS, "mistakes"))
def test_feedback_on_a_function_shows_the_first_case_that_differs(exercise, mistake):
    feedback = exercise(handed_in(exercise, mistake.answer))
    assert feedback.rows and any(got != expected for _, got, expected in feedback.rows)


@named(FUNCTIONS)
def test_mistakes_differ_from_each_other_on_the_cases(exercise):
    results = [exercise.results(mistake.answer) for mistake in exercise.mistakes]
    for a, b in combinations(range(len(results)), 2):
        same = all(
            np.allclose(x, y) for p, q in zip(results[a], results[b], strict=True) for x, y in zip(p, q, strict=True)
        )
        assert not same, f"{exercise.mistakes[a].name!r} and {exercise.mistakes[b].name!r} cannot be told apart"


@pytest.mark.parametrize("exercise, law", each(FUNCTIONS, "laws"))
def test_right_function_obeys_every_law(exercise, law):
    assert law.holds(exercise.right)


@pytest.mark.parametrize("exercise, law", each(FUNCTIONS, "laws"))
def test_every_law_is_broken_by_some_known_mistake(exercise, law):
    assert any(not exercise._obeys(law, mistake.answer) for mistake in exercise.mistakes)


@pytest.mark.parametrize("exercise, law", each(NUMBERS, "laws"))
def test_right_number_obeys_every_law_and_a_known_wrong_one_does_not(exercise, law):
    assert law.holds(exercise.value) and not all(law.holds(mistake.answer) for mistake in exercise.mistakes)


@pytest.mark.parametrize("exercise, law", each(NUMBERS, "laws"))
def test_unknown_wrong_number_is_told_the_law_it_breaks(exercise, law):
    unknown = (exercise.value * factor for factor in [*np.geomspace(1.1, 9.1, 40).tolist(), 1 / 1.3, 1 / 1.7, 1 / 7.3])
    assert any(law.sentence in exercise(number).says for number in unknown)


@named(NUMBERS)
@pytest.mark.parametrize("slip, words", [(0.1, "decimal point"), (10, "decimal point"), (100, "percentage")])
def test_number_with_the_right_digits_is_told_so_unless_it_is_a_known_mistake(exercise, slip, words):
    says = exercise(slip * exercise.value).says
    assert words in says or any(mistake.hint in says for mistake in exercise.mistakes)


@named(NUMBERS)
def test_right_number_passes_at_both_ends_of_its_tolerance(exercise):
    edge = 1 + 0.99 * (exercise.within - 1)
    verdicts = [exercise(exercise.value * factor).verdict for factor in (1 / edge, 1, edge)]
    assert verdicts == ["right"] * 3


@named(NUMBERS)
def test_number_beyond_its_tolerance_is_wrong(exercise):
    assert exercise(exercise.value * exercise.within * 1.01).verdict == "wrong"


@pytest.mark.parametrize("exercise, mistake", each(NUMBERS, "mistakes"))
def test_known_wrong_number_is_named_and_hinted(exercise, mistake):
    feedback = exercise(mistake.answer)
    assert (feedback.verdict, feedback.more) == ("wrong", mistake.name)
    assert mistake.hint in feedback.says


@named(NUMBERS)
def test_right_number_with_the_wrong_sign_is_told_so(exercise):
    assert "look at the sign" in exercise(-exercise.value).says


@named(NUMBERS)
@pytest.mark.parametrize("answer", ["four", [1, 2], float("nan"), np.inf, {}], ids=str)
def test_what_is_no_number_is_told_so(exercise, answer):
    feedback = exercise(answer)
    assert feedback.verdict == "trouble" and "number is wanted" in feedback.says


@named(CHOICES)
def test_every_letter_of_a_choice_is_answered_and_one_is_right(exercise):
    verdicts = {letter: exercise(letter).verdict for letter, _ in exercise.options}
    assert [letter for letter, verdict in verdicts.items() if verdict == "right"] == [exercise.right]


@named(CHOICES)
def test_letter_may_be_written_carelessly(exercise):
    assert exercise(f" ({exercise.right.upper()}) ").verdict == "right"


@named(GUESSES)
def test_guess_is_noted_whatever_it_is_and_not_judged(exercise):
    assert {exercise(letter).verdict for letter, _ in exercise.options} == {"told"}


@named(GUESSED_NUMBERS)
@pytest.mark.parametrize("answer", [0, -3, 1e9])
def test_guessed_number_is_noted_whatever_it_is(exercise, answer):
    assert exercise(answer).verdict == "told"


@named(CHOICES + GUESSES)
@pytest.mark.parametrize("answer", ["z", "", 3, ["a"]], ids=str)
def test_what_is_no_letter_is_told_the_letters(exercise, answer):
    assert "Answer with one of the letters a, b" in exercise(answer).says


@named(TESTS)
def test_test_that_catches_nothing_is_told_what_slips_through(exercise):
    feedback = exercise(lambda version: None)
    assert feedback.verdict == "wrong" and feedback.more == exercise.mistakes[0].name


@named(TESTS)
def test_test_that_rejects_everything_is_told_that_it_rejects_the_right_one(exercise):
    assert "rejects the right version" in exercise(lambda version: False).says


@pytest.mark.parametrize("exercise, mistake", each([checks.check_of_momentum], "mistakes"))
def test_broken_version_behaves_differently_from_the_right_one(exercise, mistake):
    case = VERSION_CASES[exercise.name]
    assert not np.allclose(np.concatenate(mistake.answer(*case)), np.concatenate(exercise.right(*case)))


@named(TEXTS)
def test_sentences_are_taken_as_they_are_and_a_word_is_not_enough(exercise):
    assert exercise("Its steps are an average of gradients, so they are ten times shorter.").verdict == "told"
    assert "write two sentences" in exercise("Because.").says
    assert "Sentences are wanted" in exercise(3).says


@named(checks.EXERCISES)
@pytest.mark.parametrize("answer", [..., None], ids=["dots", "None"])
def test_empty_stub_is_asked_for_an_answer(exercise, answer):
    feedback = exercise(answer)
    assert feedback.verdict == "empty" and exercise.name in feedback.says


@named(NUMBERS + CHOICES)
def test_comma_at_the_end_of_the_line_does_no_harm(exercise):
    right = exercise.value if isinstance(exercise, Number) else exercise.right
    assert exercise((right,)).verdict == "right"


def test_names_of_exercises_are_unique_and_public():
    names = [e.name for e in checks.EXERCISES]
    assert len(set(names)) == len(names)
    assert all(getattr(checks, name) is e for name, e in zip(names, checks.EXERCISES, strict=True))


def convention(name):
    def sutskever(theta, g, delta, lr, gamma):
        v = gamma * delta - lr * g
        return theta + v, v

    def pytorch(theta, g, delta, lr, gamma):
        v = gamma * delta + g
        return theta - lr * v, v

    return {"sign": sutskever, "PyTorch": pytorch}[name]


@pytest.mark.parametrize("name", ["sign", "PyTorch"])
def test_right_step_in_another_convention_is_recognised_and_named(name):
    feedback = checks.MyMomentum(handed_in(checks.MyMomentum, convention(name)))
    assert feedback.verdict == "right" and name in feedback.says


def rmsprop_of_pytorch(theta, g, s, lr, gamma, eps):
    s = gamma * s + (1 - gamma) * g**2
    return theta - lr * g / (np.sqrt(s) + eps), s


def test_rmsprop_with_eps_outside_the_root_is_recognised_as_pytorchs():
    feedback = checks.rmsprop_step(rmsprop_of_pytorch)
    assert feedback.verdict == "right" and "PyTorch" in feedback.says


def adam_of_tensorflow(theta, g, t, m, v, lr, beta1, beta2, eps):
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    return theta - lr * np.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + eps), m, v


def adam_with_eps_inside(theta, g, t, m, v, lr, beta1, beta2, eps):
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    return theta - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps), m, v


@pytest.mark.parametrize("rule, word", [(adam_of_tensorflow, "TensorFlow"), (adam_with_eps_inside, "inside the root")])
def test_adam_with_another_place_for_eps_is_recognised(rule, word):
    feedback = checks.adam_step(rule)
    assert feedback.verdict == "right" and word in feedback.says


def test_values_in_another_order_are_recognised():
    feedback = checks.adam_step(lambda *case: checks.adam_step.right(*case)[::-1])
    assert "In which order" in feedback.says and "(theta, m, v)" not in feedback.says
    assert "theta, m, v, in this order" in feedback.more


def test_unknown_wrong_function_is_told_what_is_right_in_it():
    feedback = checks.rmsprop_step(lambda theta, g, s, lr, gamma, eps: (theta, 0.9 * s + (1 - 0.9) * g**2))
    assert "A law is broken" in feedback.says
    exercise = dataclasses.replace(checks.rmsprop_step, laws=())
    right_memory = exercise(lambda *case: (case[0] + 7, exercise.right(*case)[1]))
    assert right_memory.says.startswith("s came out right. It is not one of the mistakes we know.")


def test_unknown_wrong_function_is_told_the_law_it_breaks():
    feedback = checks.momentum_step(lambda theta, g, delta, lr, gamma: (theta - 2 * lr * g, delta))
    assert "with gamma = 0, momentum is plain gradient descent" in feedback.says

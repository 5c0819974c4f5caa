"""One step of Adam: the right rule, the conventions in which it is right, too, its mistakes and its laws.

Lesson 04 asks for the rule, and for a test that catches the mistakes that were published.
"""

import numpy as np

from .exercises import Convention, Law, Mistake


def right(theta, g, t, m, v, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def corrected_by(first, second):
    """Adam's step with other divisors of m and v. first, second: (t, beta1, beta2) -> the divisor."""

    def step(theta, g, t, m, v, lr, beta1, beta2, eps):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / first(t, beta1, beta2), v / second(t, beta1, beta2)
        return theta - lr * m_hat / (np.sqrt(v_hat) + eps), m, v

    return step


def _with_averages(average_of_slopes, average_of_squares):
    """Adam's step with other rules for m and v. Each: (old, g, beta1, beta2) -> new."""

    def step(theta, g, t, m, v, lr, beta1, beta2, eps):
        m, v = average_of_slopes(m, g, beta1, beta2), average_of_squares(v, g, beta1, beta2)
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        return theta - lr * m_hat / (np.sqrt(v_hat) + eps), m, v

    return step


def divided(move):
    """Adam's averages with another way to use them. move: (m-hat, v-hat, lr, eps) -> what is subtracted."""

    def step(theta, g, t, m, v, lr, beta1, beta2, eps):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        return theta - move(m / (1 - beta1**t), v / (1 - beta2**t), lr, eps), m, v

    return step


def _without_brackets(theta, g, t, m, v, lr, beta1, beta2, eps):
    m, v = _mean_slope(m, g, beta1, beta2), _mean_square(v, g, beta1, beta2)
    m_hat, v_hat = m / 1 - beta1**t, v / 1 - beta2**t
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def _corrected_memory(theta, g, t, m, v, lr, beta1, beta2, eps):
    theta, m, v = right(theta, g, t, m, v, lr, beta1, beta2, eps)
    return theta, m / (1 - beta1**t), v / (1 - beta2**t)


def _following_the_slope(theta, g, t, m, v, lr, beta1, beta2, eps):
    _, m, v = right(theta, g, t, m, v, lr, beta1, beta2, eps)
    return theta - lr * g / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


def _mean_slope(m, g, beta1, beta2):
    return beta1 * m + (1 - beta1) * g


def _mean_square(v, g, beta1, beta2):
    return beta2 * v + (1 - beta2) * g**2


def _steady(step):
    theta, m, v = np.zeros(1), np.zeros(1), np.zeros(1)
    for t in range(1, 6):
        theta, m, v = step(theta, np.array([4.0]), t, m, v, 0.1, 0.9, 0.999, 0.0)
    return np.allclose(theta, -0.5)


def _eps_of_tensorflow(case):
    return (*case[:8], case[8] * np.sqrt(1 - case[7] ** case[2]))


def _eps_inside(case):
    _, g, t, _, v, _, beta1, beta2, eps = case
    v_hat = _mean_square(v, g, beta1, beta2) / (1 - beta2**t)
    return (*case[:8], (np.sqrt(v_hat) + eps) ** 2 - v_hat)


CASES = (
    (np.array([1.0]), np.array([2.0]), 1, np.array([0.0]), np.array([0.0]), 0.1, 0.9, 0.99, 0.5),
    (
        np.array([2.0, -1.0]),
        np.array([-0.5, 4.0]),
        2,
        np.array([0.3, 0.1]),
        np.array([0.6, 2.0]),
        0.05,
        0.8,
        0.95,
        0.1,
    ),
    (np.array([0.5]), np.array([1.5]), 10, np.array([0.4]), np.array([0.7]), 0.01, 0.5, 0.9, 0.2),
)

CONVENTIONS = (
    Convention(
        "With the corrections gathered in front and eps beside the bare root, as TensorFlow writes it: "
        "the same rule, with an eps that counts more at the start.",
        encode=_eps_of_tensorflow,
        decode=lambda result, case: result,
    ),
    Convention(
        "With eps inside the root (the paper has it outside): the same where slopes are large compared with its root.",
        encode=_eps_inside,
        decode=lambda result, case: result,
    ),
)

MISTAKES = (
    Mistake(
        "The corrections are constant: 1 - beta without its power t.",
        "Your first step is right. Which part of the correction should change from step to step?",
        corrected_by(lambda t, b1, b2: 1 - b1, lambda t, b1, b2: 1 - b2),
    ),
    Mistake(
        "Nothing is corrected.",
        "m and v start at zero. What are m_hat and v_hat for?",
        corrected_by(lambda t, b1, b2: 1, lambda t, b1, b2: 1),
    ),
    Mistake(
        "v is not corrected.",
        "Both averages start at zero.",
        corrected_by(lambda t, b1, b2: 1 - b1**t, lambda t, b1, b2: 1),
    ),
    Mistake(
        "m is not corrected.",
        "Both averages start at zero.",
        corrected_by(lambda t, b1, b2: 1, lambda t, b1, b2: 1 - b2**t),
    ),
    Mistake(
        "beta1 is used in both corrections.",
        "Each average has a memory of its own: look at v_hat.",
        corrected_by(lambda t, b1, b2: 1 - b1**t, lambda t, b1, b2: 1 - b1**t),
    ),
    Mistake(
        "t is off by one: the first step is number 1 already.",
        "What should 1 - beta**t be in the first step?",
        corrected_by(lambda t, b1, b2: 1 - b1 ** (t + 1), lambda t, b1, b2: 1 - b2 ** (t + 1)),
    ),
    Mistake(
        "The correction multiplies where it should divide.",
        "The averages are too small at first. Does your correction make them larger?",
        corrected_by(lambda t, b1, b2: 1 / (1 - b1**t), lambda t, b1, b2: 1 / (1 - b2**t)),
    ),
    Mistake(
        "t is a factor, not a power. (On the slide it is an index.)",
        "What would 1 - beta1 * t be at t = 2? How is a power written in Python?",
        corrected_by(lambda t, b1, b2: 1 - b1 * t, lambda t, b1, b2: 1 - b2 * t),
    ),
    Mistake(
        "The brackets are missing: m / 1 - beta1**t divides by 1.",
        "In Python / comes before -: what is divided by what?",
        _without_brackets,
    ),
    Mistake(
        "The slope is not squared in v.",
        "v is the average of what?",
        _with_averages(_mean_slope, lambda v, g, b1, b2: b2 * v + (1 - b2) * g),
    ),
    Mistake(
        "1 - beta1 is missing in m: a sum, as in the deck's momentum, not an average.",
        "Let the slope stay at 2: where should m end?",
        _with_averages(lambda m, g, b1, b2: b1 * m + g, _mean_square),
    ),
    Mistake(
        "beta1 and beta2 are exchanged in the averages.",
        "Which of the two memories is the longer one?",
        _with_averages(lambda m, g, b1, b2: b2 * m + (1 - b2) * g, lambda v, g, b1, b2: b1 * v + (1 - b1) * g**2),
    ),
    Mistake(
        "v is the average of the squares of m, not of the slopes.",
        "Which quantity is squared in v?",
        lambda theta, g, t, m, v, lr, b1, b2, eps: _with_averages(
            _mean_slope, lambda v, g, b1, b2: b2 * v + (1 - b2) * (b1 * m + (1 - b1) * g) ** 2
        )(theta, g, t, m, v, lr, b1, b2, eps),
    ),
    Mistake(
        "The root of v_hat is missing.",
        "If every slope is doubled, what happens to your step?",
        divided(lambda m_hat, v_hat, lr, eps: lr * m_hat / (v_hat + eps)),
    ),
    Mistake(
        "eps stands outside the fraction, so it is added to theta in every step.",
        "In Python / comes before +: what is divided by what?",
        divided(lambda m_hat, v_hat, lr, eps: lr * m_hat / np.sqrt(v_hat) + eps),
    ),
    Mistake(
        "The step follows the newest slope, not the average: m is never used.",
        "v_hat says how long the step is. What says where it leads?",
        _following_the_slope,
    ),
    Mistake(
        "The corrected averages are handed on as the memory, and corrected again in the next step.",
        "Which of m and m_hat is averaged further?",
        _corrected_memory,
    ),
)

LAWS = (
    Law("while the slope stays the same, every step is lr long (eps = 0).", _steady),
    Law(
        "from rest, the first step is lr times the sign of the slope (eps = 0).",
        lambda step: np.allclose(
            step(np.zeros(2), np.array([7.0, -0.01]), 1, np.zeros(2), np.zeros(2), 0.1, 0.9, 0.999, 0.0)[0],
            [-0.1, 0.1],
        ),
    ),
)

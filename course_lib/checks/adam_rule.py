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


def changed(
    mean=lambda m, g, b1, b2: b1 * m + (1 - b1) * g,
    square=lambda v, g, m, b1, b2: b2 * v + (1 - b2) * g**2,
    first=lambda m, t, b1, b2: m / (1 - b1**t),
    second=lambda v, t, b1, b2: v / (1 - b2**t),
    move=lambda m_hat, v_hat, g, lr, eps: lr * m_hat / (np.sqrt(v_hat) + eps),
):
    """Adam's step with some of its lines changed: new m, new v, m_hat, v_hat, and what is subtracted."""

    def step(theta, g, t, m, v, lr, beta1, beta2, eps):
        m = mean(m, g, beta1, beta2)
        v = square(v, g, m, beta1, beta2)
        return theta - move(first(m, t, beta1, beta2), second(v, t, beta1, beta2), g, lr, eps), m, v

    return step


# The published ones, which a learner's test is to catch, too.
constant_correction = changed(first=lambda m, t, b1, b2: m / (1 - b1), second=lambda v, t, b1, b2: v / (1 - b2))
uncorrected = changed(first=lambda m, t, b1, b2: m, second=lambda v, t, b1, b2: v)
one_beta = changed(second=lambda v, t, b1, b2: v / (1 - b1**t))
multiplied = changed(first=lambda m, t, b1, b2: m * (1 - b1**t), second=lambda v, t, b1, b2: v * (1 - b2**t))
eps_outside = changed(move=lambda m_hat, v_hat, g, lr, eps: lr * m_hat / np.sqrt(v_hat) + eps)


def _corrected_memory(theta, g, t, m, v, lr, beta1, beta2, eps):
    theta, m, v = right(theta, g, t, m, v, lr, beta1, beta2, eps)
    return theta, m / (1 - beta1**t), v / (1 - beta2**t)


def _steady(step):
    theta, m, v = np.zeros(1), np.zeros(1), np.zeros(1)
    for t in range(1, 6):
        theta, m, v = step(theta, np.array([4.0]), t, m, v, 0.1, 0.9, 0.999, 0.0)
    return np.allclose(theta, -0.5)


def _eps_of_tensorflow(case):
    return (*case[:8], case[8] * np.sqrt(1 - case[7] ** case[2]))


def _eps_inside(case):
    _, g, t, _, v, _, _, beta2, eps = case
    v_hat = (beta2 * v + (1 - beta2) * g**2) / (1 - beta2**t)
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
    ),
    Convention(
        "With eps inside the root (the paper has it outside): the same where slopes are large compared with its root.",
        encode=_eps_inside,
    ),
)

MISTAKES = (
    Mistake(
        "The corrections are constant: 1 - beta without its power t.",
        "Your first step is right. Which part of the correction should change from step to step?",
        constant_correction,
    ),
    Mistake(
        "Nothing is corrected.",
        "m and v start at zero. What are m_hat and v_hat for?",
        uncorrected,
    ),
    Mistake(
        "v is not corrected.",
        "Both averages start at zero.",
        changed(second=lambda v, t, b1, b2: v),
    ),
    Mistake(
        "m is not corrected.",
        "Both averages start at zero.",
        changed(first=lambda m, t, b1, b2: m),
    ),
    Mistake(
        "beta1 is used in both corrections.",
        "Each average has a memory of its own: look at v_hat.",
        one_beta,
    ),
    Mistake(
        "t is off by one: the first step is number 1 already.",
        "What should 1 - beta**t be in the first step?",
        changed(
            first=lambda m, t, b1, b2: m / (1 - b1 ** (t + 1)),
            second=lambda v, t, b1, b2: v / (1 - b2 ** (t + 1)),
        ),
    ),
    Mistake(
        "The correction multiplies where it should divide.",
        "The averages are too small at first. Does your correction make them larger?",
        multiplied,
    ),
    Mistake(
        "t is a factor, not a power. (On the slide it is an index.)",
        "What would 1 - beta1 * t be at t = 2? How is a power written in Python?",
        changed(first=lambda m, t, b1, b2: m / (1 - b1 * t), second=lambda v, t, b1, b2: v / (1 - b2 * t)),
    ),
    Mistake(
        "The brackets are missing: m / 1 - beta1**t divides by 1.",
        "In Python / comes before -: what is divided by what?",
        changed(first=lambda m, t, b1, b2: m / 1 - b1**t, second=lambda v, t, b1, b2: v / 1 - b2**t),
    ),
    Mistake(
        "The slope is not squared in v.",
        "v is the average of what?",
        changed(square=lambda v, g, m, b1, b2: b2 * v + (1 - b2) * g),
    ),
    Mistake(
        "1 - beta1 is missing in m: a sum, as in the deck's momentum, not an average.",
        "Let the slope stay at 2: where should m end?",
        changed(lambda m, g, b1, b2: b1 * m + g),
    ),
    Mistake(
        "beta1 and beta2 are exchanged in the averages.",
        "Which of the two memories is the longer one?",
        changed(lambda m, g, b1, b2: b2 * m + (1 - b2) * g, lambda v, g, m, b1, b2: b1 * v + (1 - b1) * g**2),
    ),
    Mistake(
        "v is the average of the squares of m, not of the slopes.",
        "Which quantity is squared in v?",
        changed(square=lambda v, g, m, b1, b2: b2 * v + (1 - b2) * m**2),
    ),
    Mistake(
        "The root of v_hat is missing.",
        "If every slope is doubled, what happens to your step?",
        changed(move=lambda m_hat, v_hat, g, lr, eps: lr * m_hat / (v_hat + eps)),
    ),
    Mistake(
        "eps stands outside the fraction, so it is added to theta in every step.",
        "In Python / comes before +: what is divided by what?",
        eps_outside,
    ),
    Mistake(
        "The step follows the newest slope, not the average: m is never used.",
        "v_hat says how long the step is. What says where it leads?",
        changed(move=lambda m_hat, v_hat, g, lr, eps: lr * g / (np.sqrt(v_hat) + eps)),
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

"""One step of momentum: the right rule, the conventions in which it is right, too, its mistakes and its laws.

Lesson 01 asks for it as a function, lesson 03 as a class. Nesterov's step has the same conventions and the averaged.
"""

import numpy as np

from .exercises import Convention, Law, Mistake


def right(theta, g, delta, lr, gamma):
    delta = lr * g + gamma * delta
    return theta - delta, delta


def changed(
    delta=lambda g, old, lr, gamma: lr * g + gamma * old,
    result=lambda theta, g, old, new, lr: (theta - new, new),
):
    """Momentum's step with another line for delta, or for what is returned; old, new: delta before and after."""

    def step(theta, g, old, lr, gamma):
        return result(theta, g, old, delta(g, old, lr, gamma), lr)

    return step


# Those that a learner's test is to catch, too.
without_memory = changed(lambda g, old, lr, gamma: lr * g)
uphill = changed(result=lambda theta, g, old, new, lr: (theta + new, new))
rate_twice_in_turn = changed(result=lambda theta, g, old, new, lr: (theta - lr * new, new))
stale_state = changed(result=lambda theta, g, old, new, lr: (theta - new, old))


def _moves_with_its_start(step):
    here, there, delta = np.array([1.0, -2.0]), np.array([4.0, 3.0]), np.array([0.5, 0.1])
    (one, _), (two, _) = (step(theta, np.ones(2), delta, 0.1, 0.5) for theta in (here, there))
    return np.allclose(np.subtract(two, one), there - here)


def _reaches_terminal_step(step):
    theta = delta = np.zeros(1)
    for _ in range(400):
        before, (theta, delta) = theta, step(theta, np.ones(1), delta, 0.1, 0.9)
    return np.allclose(before - theta, 0.1 / (1 - 0.9), rtol=1e-6)


def _coasts(step):
    theta, delta = step(np.zeros(1), np.ones(1), np.zeros(1), 0.1, 0.5)
    after, _ = step(theta, np.zeros(1), delta, 0.1, 0.5)
    return np.allclose(theta - after, 0.5 * (0 - theta))


_SAME_RATE = (
    Convention(
        "In the other sign, as Sutskever and Keras write it: your delta is what is added to theta, the deck's is "
        "what is taken away. The path is the same.",
        encode=lambda case: (case[0], case[1], -case[2], *case[3:]),
        decode=lambda result, case: (result[0], -result[1]),
    ),
    Convention(
        "In PyTorch's convention: your delta leaves the learning rate out and theta brings it in. The path is the "
        "same as the deck's until the learning rate changes on the way.",
        encode=lambda case: (case[0], case[1], case[2] / case[3], *case[3:]),
        decode=lambda result, case: (result[0], result[1] * case[3]),
    ),
)

_AVERAGED = (
    Convention(
        "In the averaged convention: your delta is a weighted mean of slopes, with (1 - gamma) on the new one. With "
        "the same numbers it follows the deck's path at (1 - gamma) times the learning rate.",
        encode=lambda case: (
            case[0],
            case[1],
            case[2] * (1 - case[4]) / case[3],
            case[3] / (1 - case[4]),
            case[4],
        ),
        decode=lambda result, case: (result[0], result[1] * case[3] / (1 - case[4])),
    ),
    Convention(
        "In the averaged convention: your step weighs the slope with (1 - gamma), so that it never grows beyond "
        "eta g. With the same numbers it follows the deck's path at (1 - gamma) times the learning rate.",
        encode=lambda case: (*case[:3], case[3] / (1 - case[4]), case[4]),
    ),
)


def _turned(convention):
    """The same convention with a delta that is added."""

    def encode(case):
        theta, g, delta, *settings = convention.encode(case)
        return theta, g, -delta, *settings

    return Convention(
        f"{convention.says} The sign is turned, too: your delta is what is added to theta.",
        encode,
        decode=lambda result, case: convention.decode((result[0], -result[1]), case),
    )


# Those that follow the deck's path with the same numbers, and all.
SAME_PATH = (*_SAME_RATE, *(_turned(convention) for convention in _SAME_RATE[1:]))
CONVENTIONS = (*SAME_PATH, *_AVERAGED, *map(_turned, _AVERAGED))

CASES = (
    (np.array([1.0, -2.0]), np.array([0.5, 3.0]), np.array([0.2, -0.4]), 0.1, 0.9),
    (np.array([3.0]), np.array([-2.0]), np.array([0.5]), 0.25, 0.6),
    (np.array([0.0]), np.array([4.0]), np.array([-1.0]), 0.5, 0.25),
)

MISTAKES = (
    Mistake(
        "No memory: the last step is left out.",
        "What has the last step to do with the new one?",
        without_memory,
    ),
    Mistake(
        "The sign: theta goes uphill.",
        "In which direction does the slope point, and where do we want to go?",
        uphill,
    ),
    Mistake(
        "The sign of the slope: its part of the step points uphill.",
        "theta subtracts delta. Which sign must the slope have in it?",
        changed(lambda g, old, lr, gamma: gamma * old - lr * g),
    ),
    Mistake(
        "gamma multiplies the slope, too: only the last step fades.",
        "What does gamma multiply?",
        changed(lambda g, old, lr, gamma: gamma * (old + lr * g)),
    ),
    Mistake(
        "delta has not changed: the old step is taken again.",
        "Where does the slope enter?",
        changed(lambda g, old, lr, gamma: old),
    ),
    Mistake(
        "The sign of the memory: the last step is taken away.",
        "Does your last step help the new one?",
        changed(lambda g, old, lr, gamma: lr * g - gamma * old),
    ),
    Mistake(
        "gamma is missing: all of the last step is kept.",
        "How much of the last step is kept?",
        changed(lambda g, old, lr, gamma: lr * g + old),
    ),
    Mistake(
        "The learning rate is used twice on the memory: it belongs to the slope alone.",
        "Look at what the learning rate multiplies.",
        changed(lambda g, old, lr, gamma: lr * (g + gamma * old)),
    ),
    Mistake(
        "The learning rate is used twice: in delta and again in theta.",
        "Count how often the learning rate is applied.",
        rate_twice_in_turn,
    ),
    Mistake(
        "The learning rate is missing.",
        "How far do you go on a slope of 1?",
        changed(lambda g, old, lr, gamma: g + gamma * old),
    ),
    Mistake(
        "The state is not updated: the old delta is returned.",
        "theta is right. What will the next step remember?",
        stale_state,
    ),
    Mistake(
        "theta moves by the slope alone, not by delta.",
        "delta is right. Is it what theta moves by?",
        changed(result=lambda theta, g, old, new, lr: (theta - lr * g, new)),
    ),
    Mistake(
        "lr and gamma have changed places.",
        "Which number goes with the slope, which with the last step?",
        changed(lambda g, old, lr, gamma: gamma * g + lr * old),
    ),
    Mistake(
        "theta is not moved.",
        "delta is right. What happens to theta?",
        changed(result=lambda theta, g, old, new, lr: (theta, new)),
    ),
    Mistake(
        "theta is the step alone: the place from which it goes is missing.",
        "delta is right. From where does the step go?",
        changed(result=lambda theta, g, old, new, lr: (-new, new)),
    ),
    # The deck's rule is asked for, and nobody has met the averaged one yet: it walks another path.
    Mistake(
        "The averaged form: (1 - gamma) weighs the slope, so with gamma = 0.9 all steps are a tenth as long.",
        "Is the walker's step in it whole, or only a part of it?",
        changed(lambda g, old, lr, gamma: gamma * old + (1 - gamma) * lr * g),
    ),
    Mistake(
        "The averaged form: your delta is a mean of slopes, and the learning rate multiplies all of it.",
        "delta is the step itself: is the walker's step in it, whole?",
        changed(
            lambda g, old, lr, gamma: gamma * old + (1 - gamma) * g,
            lambda theta, g, old, new, lr: (theta - lr * new, new),
        ),
    ),
)

LAWS = (
    Law("from another start, the same step leads as far from there.", _moves_with_its_start),
    Law(
        "with gamma = 0, momentum is plain gradient descent.",
        lambda step: np.allclose(step(*CASES[0][:2], np.zeros(2), 0.1, 0.0)[0], CASES[0][0] - 0.1 * CASES[0][1]),
    ),
    Law("on ground without a slope, every step is gamma times the last one.", _coasts),
    Law("on a constant slope g, the steps grow to eta g / (1 - gamma).", _reaches_terminal_step),
)

# What the exercises of lesson 01 and of lesson 03 have in common.
PARTS = {
    "right": right,
    "arguments": ("theta", "g", "delta", "lr", "gamma"),
    "returns": ("theta", "delta"),
    "cases": CASES,
    "conventions": SAME_PATH,
    "mistakes": MISTAKES,
    "laws": LAWS,
}

"""The exercises of lesson 04: other optimization algorithms."""

import numpy as np

from . import adam_rule
from .exercises import Choice, Convention, Function, Law, Mistake, Number, WrittenTest, prediction

TITLE = "Other optimization algorithms"


steps_of_the_divider = prediction(
    title="How many steps?",
    praise="The next cells count them, and answer each guess.",
    right="a",
)


def _rmsprop(theta, g, s, lr, gamma, eps):
    s = gamma * s + (1 - gamma) * g**2
    return theta - lr * g / np.sqrt(s + eps), s


def _changed(
    memory=lambda s, g, gamma: gamma * s + (1 - gamma) * g**2,
    move=lambda g, new, old, lr, eps: lr * g / np.sqrt(new + eps),
):
    """RMSprop's step with another rule for s, or another way to use it; new, old: s after and before."""

    def step(theta, g, s, lr, gamma, eps):
        new = memory(s, g, gamma)
        return theta - move(g, new, s, lr, eps), new

    return step


def _outside(case):
    """The case with an eps that does outside the root what the given one does inside."""
    _, g, s, _, gamma, eps = case
    s = gamma * s + (1 - gamma) * g**2
    return (*case[:5], np.sqrt(s + eps) - np.sqrt(s))


def _scaled(step):
    slope, memory = np.array([2.0]), np.array([1.0])
    small = step(np.zeros(1), slope, memory, 0.1, 0.9, 0.0)[0]
    large = step(np.zeros(1), 10 * slope, 100 * memory, 0.1, 0.9, 0.0)[0]
    return np.allclose(small, large)


rmsprop_step = Function(
    stars=1,
    minutes=3,
    title="One step of RMSprop",
    praise="One line of memory: it is momentum's averaged form, fed with squares.",
    right=_rmsprop,
    arguments=("theta", "g", "s", "lr", "gamma", "eps"),
    returns=("theta", "s"),
    cases=(
        (np.array([1.0]), np.array([3.0]), np.array([2.0]), 0.1, 0.9, 0.5),
        (np.array([2.0, -1.0]), np.array([-0.5, 4.0]), np.array([1.0, 6.0]), 0.05, 0.8, 0.1),
        (np.array([0.5]), np.array([0.2]), np.array([0.0]), 0.01, 0.5, 0.01),
    ),
    conventions=(
        Convention(
            "With eps outside the root, as PyTorch has it: the same where slopes are large against the root of eps.",
            encode=_outside,
        ),
    ),
    mistakes=(
        Mistake(
            "There is no memory: s is the newest square alone. That is sign descent.",
            "How much of the old s is left in yours?",
            _changed(lambda s, g, gamma: g**2 + 0 * s),
        ),
        Mistake(
            "The square of the mean, where the mean of the squares is wanted.",
            "A slope that flips between 1 and -1 has the mean 0. What is the mean of its squares?",
            _changed(lambda s, g, gamma: (gamma * s + (1 - gamma) * g) ** 2),
        ),
        Mistake(
            "The slope is not squared.",
            "E[g^2]: the average of what?",
            _changed(lambda s, g, gamma: gamma * s + (1 - gamma) * g),
        ),
        Mistake(
            "The squares are added up and nothing is forgotten: that is Adagrad.",
            "What happens to old slopes in your s?",
            _changed(lambda s, g, gamma: s + g**2),
        ),
        Mistake(
            "1 - gamma is missing: the weights add up to 1 / (1 - gamma), not to 1.",
            "Let the slope stay at 2. Where does your s end, and where should it?",
            _changed(lambda s, g, gamma: gamma * s + g**2),
        ),
        Mistake(
            "The weights are exchanged: your s keeps 1 - gamma of the old and takes gamma of the new.",
            "With gamma = 0.9, how much of the old s should stay?",
            _changed(lambda s, g, gamma: (1 - gamma) * s + gamma * g**2),
        ),
        Mistake(
            "The step divides by the old s, not by the new one.",
            "The newest slope is part of the average that divides it.",
            _changed(move=lambda g, new, old, lr, eps: lr * g / np.sqrt(old + eps)),
        ),
        Mistake(
            "The root is missing in the step.",
            "If every slope is doubled, what happens to s, and to your step?",
            _changed(move=lambda g, new, old, lr, eps: lr * g / (new + eps)),
        ),
        Mistake(
            "eps stands outside the fraction, so it is added to theta in every step.",
            "What does eps protect from? It has to be where the dividing is done.",
            _changed(move=lambda g, new, old, lr, eps: lr * g / np.sqrt(new) + eps),
        ),
        Mistake(
            "The step goes uphill.",
            "Look at the sign of the step.",
            _changed(move=lambda g, new, old, lr, eps: -lr * g / np.sqrt(new + eps)),
        ),
    ),
    laws=(
        Law(
            "where s has come to the square of a steady slope, every step is lr long (eps = 0).",
            lambda step: np.allclose(step(np.zeros(1), np.array([5.0]), np.array([25.0]), 0.1, 0.9, 0.0)[0], -0.1),
        ),
        Law("ten times the slopes, a hundred times the s: the step stays the same (eps = 0).", _scaled),
        Law(
            "without any slope so far nothing moves, and eps keeps 0 / 0 away.",
            lambda step: step(np.ones(1), np.zeros(1), np.zeros(1), 0.1, 0.9, 1e-8)[0] == 1,
        ),
    ),
)


first_step = Number(
    stars=1,
    minutes=2,
    title="The first step of Adam",
    praise="Its sign is all that the first slope decides: m-hat is g, the root of v-hat is |g|.",
    value=0.001,
    mistakes=(
        Mistake("That is gradient descent: nothing is divided.", "What is the root of v-hat after one slope?", 0.25),
        Mistake(
            "Neither average is corrected.",
            "m and v both start at zero: what are m-hat and v-hat?",
            0.001 * 0.1 / np.sqrt(0.001),
        ),
        Mistake(
            "Only v is corrected: m is still a tenth of the slope.",
            "And m-hat, after one slope?",
            0.001 * 0.1,
        ),
        Mistake("Only m is corrected.", "And v-hat, after one slope?", 0.001 / np.sqrt(0.001)),
        Mistake(
            "The root is missing: the slope is divided by its own square.",
            "Which power of the slope is under the fraction?",
            0.001 / 250,
        ),
        Mistake("That is the slope's part in m, times lr.", "What is m divided by?", 0.001 * 0.1 * 250),
        Mistake("It is counted in learning rates.", "In learning rates, yes. And how far does the weight move?", 1.0),
    ),
    laws=(
        Law(
            "with m-hat and v-hat after one slope of 250, Adam's last line gives another number.",
            lambda step: np.isclose(step, 0.001 * 250 / np.sqrt(250**2)),
        ),
    ),
)


adam_step = Function(
    stars=2,
    minutes=6,
    title="One step of Adam",
    praise="You have written an optimizer that trains many networks of today. Several published copies are wrong.",
    right=adam_rule.right,
    arguments=("theta", "g", "t", "m", "v", "lr", "beta1", "beta2", "eps"),
    returns=("theta", "m", "v"),
    cases=adam_rule.CASES,
    conventions=adam_rule.CONVENTIONS,
    mistakes=adam_rule.MISTAKES,
    laws=adam_rule.LAWS,
)


first_without = prediction(
    title="The first step without the correction",
    praise="The next cells answer each guess.",
    right="c",
)


turn_and_explain = Choice(
    stars=1,
    minutes=2,
    title="Turn and explain",
    praise="One divisor for each coordinate suits a ravine whose directions are the coordinates.",
    right="b",
    options=(
        ("a", "Turning changes no curvature: gradient descent needs the same number of steps at every angle."),
        (
            "b",
            "At 45 degrees both coordinates feel the steep direction: both are divided by much the same number.",
        ),
        ("c", "The start is turned together with the ravine: the distance is the same."),
        ("d", "It remembers as before. What it remembers is no longer different for the two coordinates."),
    ),
)


which_path = Choice(
    stars=2,
    minutes=2,
    title="Who drew which path?",
    praise="Look at the first step: these two begin at 45 degrees, whatever the slopes (unless one of them is zero).",
    right="c",
    options=(
        ("a", "B begins at 45 degrees and glides onto the floor without a swing: it has no memory of slopes."),
        ("b", "A begins straight down the steepest slope: nothing is divided there."),
        ("c", "A starts down the steepest slope and swings; B and C start at 45 degrees, and C swings over."),
        ("d", "C swings beyond the floor, so it remembers slopes; it begins at 45 degrees, so it divides them."),
    ),
)


def _each_at_its_best(steps_a, steps_b):
    return np.min(steps_a), np.min(steps_b)


def _both_at(chosen):
    """Both methods at the same rate. chosen: (steps_a, steps_b) -> its number."""
    return lambda a, b: (a[chosen(a, b)], b[chosen(a, b)])


fair_race = Function(
    stars=2,
    minutes=3,
    title="A fair race",
    praise="The same number of tries for each, the best of each: now the difference is one of methods.",
    right=_each_at_its_best,
    arguments=("steps_a", "steps_b"),
    returns=("steps of a", "steps of b"),
    cases=(
        (
            np.array([900.0, 310.0, 105.0, 40.0, 77.0, 160.0, np.inf]),
            np.array([500.0, 120.0, 90.0, 140.0, 95.0, 30.0, np.inf]),
        ),
        (np.array([80.0, 64.0, 50.0, 62.0, 55.0]), np.array([70.0, 20.0, 25.0, 40.0, np.inf])),
    ),
    mistakes=(
        Mistake(
            "Both run at the rate that is best for a: the home advantage.",
            "Whose best rate do you give to b?",
            _both_at(lambda a, b: np.argmin(a)),
        ),
        Mistake(
            "Both run at the rate that is best for b: the home advantage, the other way round.",
            "Whose best rate do you give to a?",
            _both_at(lambda a, b: np.argmin(b)),
        ),
        Mistake(
            "One common rate for both, even if it is a good compromise.",
            "Does the same number mean the same thing to both methods?",
            _both_at(lambda a, b: np.argmin(a + b)),
        ),
        Mistake(
            "The smallest rate for both: short steps are safe, not fair.",
            "Why should the first rate be the right one for either?",
            _both_at(lambda a, b: 0),
        ),
        Mistake(
            "That is the number of the best rate, not the steps it needs.",
            "argmin says where the least is. What is it?",
            lambda a, b: (float(np.argmin(a)), float(np.argmin(b))),
        ),
        Mistake(
            "The middle of all rates: a method is not judged by rates that nobody would use.",
            "Who would train at the rates in the middle, knowing the best?",
            lambda a, b: (np.median(a), np.median(b)),
        ),
        Mistake(
            "The mean of all rates: one run that never arrives makes it inf.",
            "inf means that a run never arrived. Should one bad learning rate spoil all the good ones?",
            lambda a, b: (np.mean(a), np.mean(b)),
        ),
        Mistake(
            "The sum over all rates: one run that never arrives makes it inf.",
            "inf means that a run never arrived. Should one bad learning rate spoil all the good ones?",
            lambda a, b: (np.sum(a), np.sum(b)),
        ),
        Mistake(
            "The largest count is that of the worst rate, and inf where one never arrives.",
            "With which of its learning rates would you train?",
            lambda a, b: (np.max(a), np.max(b)),
        ),
        Mistake(
            "The results have changed places.",
            "Which of the two comes first?",
            lambda a, b: (np.min(b), np.min(a)),
        ),
    ),
    laws=(
        Law(
            "each method has a best rate of its own: in which order b tried the rates makes no difference.",
            lambda race: np.allclose(
                race(np.array([5.0, 3.0, 9.0]), np.array([8.0, 7.0, 2.0])),
                race(np.array([5.0, 3.0, 9.0]), np.array([2.0, 7.0, 8.0])),
            ),
        ),
        Law(
            "what is said of a method depends on its own runs alone.",
            lambda race: (
                race(np.array([5.0, 3.0]), np.array([8.0, 7.0]))[0]
                == race(np.array([5.0, 3.0]), np.array([6.0, 9.0]))[0]
            ),
        ),
    ),
)


find_the_bug = Choice(
    stars=2,
    minutes=3,
    title="Find the bug",
    praise="It has been copied into other languages. A test of a single step would have caught it: the first one is "
    "ten learning rates long.",
    right="c",
    options=(
        ("a", "m is the average it should be: what is kept and what is new add up to 1."),
        ("b", "v is the average it should be, of the squares."),
        ("c", "At the start m is too small: it has to be divided by 1 - beta**t, and so has v. Here they get smaller."),
        ("d", "The step is right: m_hat over the root of v_hat, and eps beside the root."),
    ),
)


resting_weight = Number(
    stars=2,
    minutes=3,
    title="Where the weight comes to rest",
    praise="The size of the slope does not enter: under a slope that stays, AdamW comes to rest at plus or minus "
    "1 / lambda.",
    value=-5.0,
    mistakes=(
        Mistake(
            "That is where gradient descent and Adam with decay inside the gradient would stop.",
            "What does Adam make of a slope that stays at 3?",
            -15.0,
        ),
        Mistake(
            "The learning rate does not belong there: it is in front of both pulls.",
            "Which of the two pulls is multiplied by lr?",
            -500.0,
        ),
        Mistake("That is lambda itself.", "Set the pull of the slope equal to the pull of the decay.", -0.2),
        Mistake("The slope's size does not count at all.", "What does Adam make of a slope that stays at 3?", -5 / 3),
        Mistake(
            "That is the slope times lambda.",
            "At rest lambda times the weight cancels Adam's step of a steady slope. What times 0.2 does that?",
            -0.6,
        ),
    ),
    laws=(
        Law(
            "at rest the two pulls are equal and opposite: with the weight where you say, they are not.",
            lambda theta: np.isclose(0.2 * theta, -1),
        ),
    ),
)


check_of_adam = WrittenTest(
    stars=3,
    minutes=8,
    title="A test for Adam",
    praise="All five stand in print: in a course, a textbook, a library, a blog. Your test would have stopped each.",
    right=adam_rule.right,
    mistakes=(
        Mistake(
            "The version with the constant correction, 1 - beta without the power, passes.",
            "Its first step is right. What about the second?",
            adam_rule.constant_correction,
        ),
        Mistake(
            "The version with beta1 in both corrections passes.",
            "What is v_hat, in the first step?",
            adam_rule.one_beta,
        ),
        Mistake(
            "The version that multiplies by the correction passes.",
            "How long must the first step be?",
            adam_rule.multiplied,
        ),
        Mistake(
            "The version that corrects nothing passes.",
            "How long must the first step be?",
            adam_rule.uncorrected,
        ),
        Mistake(
            "The version with eps outside the fraction passes.",
            "Is the eps of your test large enough to be seen?",
            adam_rule.eps_outside,
        ),
    ),
)

"""The exercises of lesson 01: what momentum is."""

import numpy as np

from . import momentum_rule
from .exercises import Choice, Function, Law, Mistake, Number, WrittenTest, prediction

TITLE = "What is momentum"


walker_and_ball = prediction(
    title="Predict: where do the two stop?",
    praise="The next two sections let them run.",
    right="c",
)


momentum_step = Function(
    stars=1,
    minutes=2,
    title="One step of momentum",
    praise="This one line is the whole difference between gradient descent and momentum: the step remembers.",
    **momentum_rule.PARTS,
)


final_step = Number(
    stars=1,
    minutes=1,
    title="A slope that stays the same",
    praise="What persists is multiplied by 1 / (1 - gamma): here twentyfold.",
    value=0.1 * 2 / (1 - 0.95),
    mistakes=(
        Mistake(
            "That is eta g: the first step, without any memory.",
            "That is the first step. The steps keep growing.",
            0.2,
        ),
        Mistake(
            "That is eta g / (1 + gamma): the answer for a slope that changes its sign at every step.",
            "The slope keeps its sign here.",
            0.2 / 1.95,
        ),
        Mistake("That is the answer for gamma = 0.9.", "Look at gamma again.", 2.0),
        Mistake("Multiplied by (1 - gamma) where it has to be divided.", "Do the steps grow or shrink?", 0.01),
        Mistake(
            "That is eta g (1 + gamma): the second step.",
            "That is the second step. The steps go on growing.",
            0.39,
        ),
        Mistake("That is 1 / (1 - gamma): the factor, not the step.", "That is a factor. What does it multiply?", 20.0),
        Mistake("The learning rate is missing.", "Where is the learning rate?", 40.0),
    ),
    laws=(
        Law(
            "in the end the steps stay the same: put yours into the rule as the last step, and it must come out again.",
            lambda step: np.isclose(0.1 * 2 + 0.95 * step, step),
        ),
    ),
)


alternating_step = Number(
    stars=1,
    minutes=1,
    title="A slope that changes its sign",
    praise="What alternates shrinks to 1 / (1 + gamma): the zigzag is damped while the way ahead is not.",
    value=0.1 * 2 / (1 + 0.95),
    mistakes=(
        Mistake(
            "The slopes do not cancel: the newest one always weighs most.",
            "Do the newest slope and the one before it weigh the same?",
            0.0,
        ),
        Mistake("That is the answer for a slope that stays the same.", "The slope changes its sign here.", 4.0),
        Mistake(
            "That is eta g: the step without any memory.",
            "What does the last step add, and with which sign?",
            0.2,
        ),
        Mistake(
            "That is eta g (1 - gamma): the second step, not the final one.",
            "That is the second step. What comes after it?",
            0.01,
        ),
        Mistake("That is half of eta g: right only for gamma = 1.", "Close, but gamma is not 1.", 0.1),
        Mistake("The learning rate is missing.", "Where is the learning rate?", 2 / 1.95),
        Mistake(
            "That is 1 / (1 + gamma): the factor, not the step.", "That is a factor. What does it multiply?", 1 / 1.95
        ),
    ),
    laws=(
        Law(
            "in the end only the sign changes: put your step into the rule as the last one, let the slope pull against "
            "it, and it must come out with the other sign.",
            lambda step: np.isclose(0.95 * step - 0.1 * 2, -step),
        ),
    ),
)


what_went_wrong = Choice(
    stars=1,
    minutes=1,
    title="What went wrong?",
    praise="Only gamma was changed, so look there first: less of it calms the run.",
    right="c",
    options=(
        ("a", "Nobody changed it; and in our bowl a hundredth of it still swings at 0.99, only more slowly."),
        ("b", "A run that is caught comes to rest. This one keeps moving."),
        ("c", "At 0.99 a push is still half there after 69 steps, so the run brakes far too late."),
        ("d", "With the wrong sign the run would go uphill at 0.9, too, and there it trained."),
    ),
)


half_life = Number(
    stars=2,
    minutes=3,
    title="How long does a push last?",
    praise="gamma^k = 1/2 gives k = ln 2 / -ln gamma: 6.6 steps at 0.9, 13.5 at 0.95, 69 at 0.99.",
    value=float(np.log(0.5) / np.log(0.95)),
    within=1.04,
    mistakes=(
        Mistake("That is the half-life of 0.9.", "Look at gamma again.", float(np.log(0.5) / np.log(0.9))),
        Mistake(
            "1 / (1 - gamma) = 20 is the sum of all weights, not the half-life.",
            "After that many steps more than half of the push is gone.",
            20.0,
        ),
        Mistake(
            "A push does not lose a twentieth of its first size each time, but a twentieth of what is left.",
            "What remains after two steps: 0.9 or 0.95 times 0.95?",
            10.0,
        ),
    ),
    laws=(
        Law(
            "gamma, multiplied by itself as often as you say, must leave one half.",
            lambda steps: np.isclose(0.95 ** np.clip(steps, 0, 1e6), 0.5),
        ),
    ),
)


def _unrolled_step(slopes, lr, gamma):
    ages = np.arange(len(slopes))[::-1]
    return lr * np.sum(gamma**ages * slopes)


unrolled_step = Function(
    stars=2,
    minutes=5,
    title="The memory, unrolled",
    praise="The rule carries one number from step to step; this sum is what that number holds.",
    right=_unrolled_step,
    arguments=("slopes", "lr", "gamma"),
    returns=("delta",),
    cases=(
        (np.array([1.0, 2.0, 4.0]), 0.1, 0.5),
        (np.array([3.0, -1.0, 2.0, 0.5]), 0.2, 0.9),
        (np.array([2.0]), 0.5, 0.8),
    ),
    mistakes=(
        Mistake(
            "The weights run the wrong way: the oldest slope weighs most.",
            "Which slope should weigh most, the oldest or the newest?",
            lambda slopes, lr, gamma: lr * np.sum(gamma ** np.arange(len(slopes)) * slopes),
        ),
        Mistake(
            "The newest slope is weighted with gamma too: its age is 0.",
            "With which power of gamma does the newest slope enter?",
            lambda slopes, lr, gamma: gamma * _unrolled_step(slopes, lr, gamma),
        ),
        Mistake(
            "The learning rate is missing.",
            "What multiplies every slope?",
            lambda s, lr, gamma: _unrolled_step(s, 1, gamma),
        ),
        Mistake(
            "gamma is multiplied by the age instead of raised to it.",
            "A slope two steps old was multiplied by gamma how often?",
            lambda s, lr, gamma: (
                lr * np.sum(np.where(np.arange(len(s))[::-1] == 0, 1, gamma * np.arange(len(s))[::-1]) * s)
            ),
        ),
        Mistake(
            "All slopes weigh the same.",
            "Is an old slope worth as much as a new one?",
            lambda s, lr, gamma: lr * np.sum(s),
        ),
        Mistake(
            "That is a mean: the weights are divided by their sum.",
            "Do the weights of the deck's rule add up to 1?",
            lambda s, lr, gamma: _unrolled_step(s, lr, gamma) / np.sum(gamma ** np.arange(len(s))),
        ),
        Mistake("Only the newest slope is used.", "Where are the older slopes?", lambda s, lr, gamma: lr * s[-1]),
    ),
    laws=(
        Law(
            "with gamma = 0 only the newest slope counts.",
            lambda f: np.isclose(f(np.array([5.0, 3.0]), 0.1, 0.0), 0.3),
        ),
        Law(
            "a slope that is one step older counts gamma times as much.",
            lambda f: np.isclose(f(np.array([1.0, 0.0]), 0.1, 0.5), 0.5 * f(np.array([0.0, 1.0]), 0.1, 0.5)),
        ),
    ),
)


check_of_momentum = WrittenTest(
    stars=2,
    minutes=5,
    title="Write the test",
    praise="Two steps in a row with a known result catch all four; one step from rest misses the lost memory.",
    right=momentum_rule.right,
    mistakes=(
        Mistake(
            "The version without memory passes.", "What if the last step were ignored?", momentum_rule.without_memory
        ),
        Mistake("The version that goes uphill passes.", "What if it walked the other way?", momentum_rule.uphill),
        Mistake(
            "The version that uses the learning rate twice passes.",
            "What if the learning rate came in twice?",
            momentum_rule.rate_twice_in_turn,
        ),
        Mistake(
            "The version that never updates delta passes.",
            "What if delta came back as it went in?",
            momentum_rule.stale_state,
        ),
    ),
)


def _from_physics(mass, friction, h):
    return h**2 / mass, 1 - friction * h / mass


from_physics = Function(
    stars=2,
    minutes=4,
    title="From a ball to settings",
    praise="Twice the mass halves both the learning rate and 1 - gamma: a heavy ball starts slower, rolls longer.",
    right=_from_physics,
    arguments=("mass", "friction", "h"),
    returns=("lr", "gamma"),
    cases=((2.0, 0.5, 0.4), (1.5, 1.0, 0.3), (4.0, 2.0, 0.5)),
    mistakes=(
        Mistake(
            "The mass is missing from lr.",
            "Does a heavy ball speed up as fast as a light one?",
            lambda m, c, h: (h**2, 1 - c * h / m),
        ),
        Mistake(
            "The time step is not squared in lr.",
            "A force changes the speed, the speed the place: how often does h enter?",
            lambda m, c, h: (h / m, 1 - c * h / m),
        ),
        Mistake(
            "gamma is what is lost, not what is kept.",
            "What is gamma without any friction?",
            lambda m, c, h: (h**2 / m, c * h / m),
        ),
        Mistake(
            "The mass is missing from gamma.",
            "Does friction slow a heavy ball as fast as a light one?",
            lambda m, c, h: (h**2 / m, 1 - c * h),
        ),
        Mistake(
            "The time step is missing from gamma.",
            "Friction acts for a time h: where is it?",
            lambda m, c, h: (h**2 / m, 1 - c / m),
        ),
        Mistake(
            "lr and gamma have changed places.",
            "Which of the two is returned first?",
            lambda m, c, h: (1 - c * h / m, h**2 / m),
        ),
        Mistake(
            "The mass multiplies where it should divide.",
            "What does more mass do to the speed gained?",
            lambda m, c, h: (h**2 * m, 1 - c * h / m),
        ),
        Mistake(
            "The sign of the friction: gamma grows with it.",
            "Does friction add to the speed?",
            lambda m, c, h: (h**2 / m, 1 + c * h / m),
        ),
        Mistake(
            "The friction is missing: nothing is ever lost.",
            "lr is right. What brings the ball to rest?",
            lambda m, c, h: (h**2 / m, 1),
        ),
    ),
    laws=(
        Law("a force pushes forwards: lr is above 0.", lambda f: f(1.0, 30.0, 0.1)[0] > 0),
        Law("friction has no say in lr.", lambda f: np.isclose(f(2.0, 1.0, 0.1)[0], f(2.0, 3.0, 0.1)[0])),
        Law("twice the mass halves lr.", lambda f: np.isclose(2 * f(4.0, 1.0, 0.1)[0], f(2.0, 1.0, 0.1)[0])),
        Law(
            "half the time step makes a quarter of lr.", lambda f: np.isclose(4 * f(2.0, 1, 0.1)[0], f(2.0, 1, 0.2)[0])
        ),
        Law("without friction nothing is lost: gamma = 1.", lambda f: np.isclose(f(2.0, 0.0, 0.1)[1], 1)),
        Law(
            "twice the mass halves 1 - gamma.",
            lambda f: np.isclose(1 - f(4.0, 1.0, 0.1)[1], (1 - f(2.0, 1.0, 0.1)[1]) / 2),
        ),
        Law(
            "twice the friction doubles 1 - gamma.",
            lambda f: np.isclose(1 - f(2.0, 2.0, 0.1)[1], 2 * (1 - f(2.0, 1.0, 0.1)[1])),
        ),
        Law(
            "twice the time step doubles 1 - gamma.",
            lambda f: np.isclose(1 - f(2.0, 1.0, 0.2)[1], 2 * (1 - f(2.0, 1.0, 0.1)[1])),
        ),
    ),
)

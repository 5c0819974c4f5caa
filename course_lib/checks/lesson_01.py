"""The exercises of lesson 01: what momentum is."""

import numpy as np

from .exercises import Choice, Convention, Function, Law, Mistake, Number, WrittenTest


def _momentum_step(theta, g, delta, lr, gamma):
    delta = lr * g + gamma * delta
    return theta - delta, delta


def _without_memory(theta, g, delta, lr, gamma):
    return theta - lr * g, lr * g


def _uphill(theta, g, delta, lr, gamma):
    delta = lr * g + gamma * delta
    return theta + delta, delta


def _minus_memory(theta, g, delta, lr, gamma):
    delta = lr * g - gamma * delta
    return theta - delta, delta


def _full_memory(theta, g, delta, lr, gamma):
    delta = lr * g + delta
    return theta - delta, delta


def _rate_twice(theta, g, delta, lr, gamma):
    delta = lr * (g + gamma * delta)
    return theta - delta, delta


def _rate_twice_in_turn(theta, g, delta, lr, gamma):
    delta = lr * g + gamma * delta
    return theta - lr * delta, delta


def _no_rate(theta, g, delta, lr, gamma):
    delta = g + gamma * delta
    return theta - delta, delta


def _stale_state(theta, g, delta, lr, gamma):
    return theta - (lr * g + gamma * delta), delta


def _slope_only_moves(theta, g, delta, lr, gamma):
    return theta - lr * g, lr * g + gamma * delta


def _swapped(theta, g, delta, lr, gamma):
    delta = gamma * g + lr * delta
    return theta - delta, delta


def _without_return_of_theta(theta, g, delta, lr, gamma):
    delta = lr * g + gamma * delta
    return theta, delta


def _is_gradient_descent_without_momentum(step):
    theta, g = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    return np.allclose(step(theta, g, np.zeros(2), 0.1, 0.0)[0], theta - 0.1 * g)


def _reaches_terminal_step(step):
    theta = delta = np.zeros(1)
    for _ in range(400):
        before, (theta, delta) = theta, step(theta, np.ones(1), delta, 0.1, 0.9)
    return np.allclose(before - theta, 0.1 / (1 - 0.9), rtol=1e-6)


def _coasts(step):
    theta, delta = step(np.zeros(1), np.ones(1), np.zeros(1), 0.1, 0.5)
    after, _ = step(theta, np.zeros(1), delta, 0.1, 0.5)
    return np.allclose(theta - after, 0.5 * (0 - theta))


walker_and_ball = Choice(
    "walker_and_ball",
    lesson=1,
    stars=1,
    minutes=1,
    title="Predict: where do the two stop?",
    praise="",
    right="c",
    options=(
        ("a", "The walker does stop in the first hollow. Look again at where the ball comes to rest."),
        ("b", "The ball does get there. The walker never takes a step uphill, so the first hollow holds it."),
        (
            "c",
            "The walker only ever steps downhill, and from the first hollow every way is up. The ball arrives there "
            "with speed, and the speed carries it over the hump.",
        ),
        (
            "d",
            "It does swing to and fro, but every step keeps only a part of the last one, so the swinging dies out.",
        ),
    ),
)

momentum_step = Function(
    "momentum_step",
    lesson=1,
    stars=1,
    minutes=3,
    title="One step of momentum",
    praise="This one line is the whole difference between gradient descent and momentum: the step remembers.",
    right=_momentum_step,
    arguments=("theta", "g", "delta", "lr", "gamma"),
    returns=("theta", "delta"),
    cases=(
        (np.array([1.0, -2.0]), np.array([0.5, 3.0]), np.array([0.2, -0.4]), 0.1, 0.9),
        (3.0, -2.0, 0.5, 0.25, 0.6),
        (np.array([0.0]), np.array([4.0]), np.array([-1.0]), 0.5, 0.25),
    ),
    conventions=(
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
        Convention(
            "In the averaged convention: your delta is a weighted mean of slopes, with (1 - gamma) on the new one. It "
            "is the deck's path with a learning rate 1 / (1 - gamma) times as large.",
            encode=lambda case: (
                case[0],
                case[1],
                case[2] * (1 - case[4]) / case[3],
                case[3] / (1 - case[4]),
                case[4],
            ),
            decode=lambda result, case: (result[0], result[1] * case[3] / (1 - case[4])),
        ),
    ),
    mistakes=(
        Mistake(
            "No memory: the last step is left out.",
            "What has the last step to do with the new one?",
            _without_memory,
        ),
        Mistake(
            "The sign: theta goes uphill.",
            "In which direction does the slope point, and where do we want to go?",
            _uphill,
        ),
        Mistake(
            "The sign of the memory: the last step is taken away.",
            "Does your last step help the new one?",
            _minus_memory,
        ),
        Mistake(
            "gamma is missing: all of the last step is kept.",
            "How much of the last step is kept?",
            _full_memory,
        ),
        Mistake(
            "The learning rate is used twice on the memory: it belongs to the slope alone.",
            "Look at what the learning rate multiplies.",
            _rate_twice,
        ),
        Mistake(
            "The learning rate is used twice: in delta and again in theta.",
            "Count how often the learning rate is applied.",
            _rate_twice_in_turn,
        ),
        Mistake("The learning rate is missing.", "How far do you go on a slope of 1?", _no_rate),
        Mistake(
            "The state is not updated: the old delta is returned.",
            "theta is right. What will the next step remember?",
            _stale_state,
        ),
        Mistake(
            "theta moves by the slope alone, not by delta.",
            "delta is right. Is it what theta moves by?",
            _slope_only_moves,
        ),
        Mistake(
            "lr and gamma have changed places.",
            "Which number goes with the slope, which with the last step?",
            _swapped,
        ),
        Mistake("theta is not moved.", "delta is right. What happens to theta?", _without_return_of_theta),
    ),
    laws=(
        Law("with gamma = 0, momentum is plain gradient descent.", _is_gradient_descent_without_momentum),
        Law("on ground without a slope, every step is gamma times the last one.", _coasts),
        Law("on a constant slope g, the steps grow to eta g / (1 - gamma).", _reaches_terminal_step),
    ),
)

final_step = Number(
    "final_step",
    lesson=1,
    stars=1,
    minutes=2,
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
        Mistake("That is 1 / (1 - gamma): the factor, not the step.", "By what is the factor multiplied?", 20.0),
    ),
)

alternating_step = Number(
    "alternating_step",
    lesson=1,
    stars=1,
    minutes=2,
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
        Mistake("Half of eta g is what gamma = 1 would give.", "Close, but gamma is not 1.", 0.1),
    ),
)

half_life = Number(
    "half_life",
    lesson=1,
    stars=2,
    minutes=3,
    title="How long does a push last?",
    praise="gamma^k = 1/2 gives k = ln 2 / -ln gamma. At 0.99 it is 69 steps: long memory, slow to correct itself.",
    value=float(np.log(0.5) / np.log(0.9)),
    within=1.07,
    mistakes=(
        Mistake(
            "1 / (1 - gamma) = 10 is the mean age of what is remembered, not its half-life.",
            "After that many steps more than half of the push is gone.",
            10.0,
        ),
        Mistake(
            "A push does not lose a tenth of its first size each time, but a tenth of what is left.",
            "What remains after two steps: 0.8 or 0.9 times 0.9?",
            5.0,
        ),
    ),
)


def _unrolled_step(slopes, lr, gamma):
    ages = np.arange(len(slopes))[::-1]
    return lr * np.sum(gamma**ages * slopes)


unrolled_step = Function(
    "unrolled_step",
    lesson=1,
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


def _from_physics(mass, friction, h):
    return h**2 / mass, 1 - friction * h / mass


from_physics = Function(
    "from_physics",
    lesson=1,
    stars=3,
    minutes=6,
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
    ),
    laws=(
        Law("without friction nothing is lost: gamma = 1.", lambda f: np.isclose(f(2.0, 0.0, 0.1)[1], 1)),
        Law(
            "twice the mass halves 1 - gamma.",
            lambda f: np.isclose(1 - f(4.0, 1.0, 0.1)[1], (1 - f(2.0, 1.0, 0.1)[1]) / 2),
        ),
    ),
)

check_of_momentum = WrittenTest(
    "check_of_momentum",
    lesson=1,
    stars=2,
    minutes=5,
    title="Write the test",
    praise="Two steps in a row with a known result catch all four; one step from rest misses the lost memory.",
    right=_momentum_step,
    mistakes=(
        Mistake("The version without memory passes.", "What if the last step were ignored?", _without_memory),
        Mistake("The version that goes uphill passes.", "What if it walked the other way?", _uphill),
        Mistake(
            "The version that uses the learning rate twice passes.",
            "What if the learning rate came in twice?",
            _rate_twice_in_turn,
        ),
        Mistake(
            "The version that never updates delta passes.",
            "What if delta came back as it went in?",
            _stale_state,
        ),
    ),
)

EXERCISES = (
    walker_and_ball,
    momentum_step,
    final_step,
    alternating_step,
    half_life,
    unrolled_step,
    check_of_momentum,
    from_physics,
)

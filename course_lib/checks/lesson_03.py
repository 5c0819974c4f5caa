"""The exercises of lesson 03: how momentum works."""

import numpy as np

from . import momentum_rule
from .calling import Accident
from .exercises import Choice, Convention, Function, Law, Mistake, Number, prediction

TITLE = "How momentum works"


matching_rate = Number(
    stars=1,
    minutes=2,
    title="The same effective step",
    praise="Both have the effective step 0.2: steady steps end up equally long.",
    value=0.004,
    mistakes=(
        Mistake(
            "The learning rate is unchanged: the effective step is now five times as long.",
            "What is eta / (1 - gamma) now?",
            0.02,
        ),
        Mistake("The ratio is upside down.", "Does more memory call for a larger or a smaller learning rate?", 0.1),
        Mistake("That is the effective step itself.", "That is what both have in common. Which eta gives it?", 0.2),
        Mistake(
            "gamma is divided by gamma: it is 1 - gamma that counts.",
            "Which quantity says how much is lost?",
            0.02 * 0.9 / 0.98,
        ),
    ),
    laws=(
        Law(
            "on a steady slope both must come to steps of the same length.",
            lambda lr: np.isclose(lr / (1 - 0.98), 0.02 / (1 - 0.9)),
        ),
    ),
)


def as_step(optimizer):
    """A learner's class as a function of (theta, g, delta, lr, gamma)."""

    def step(theta, g, delta, lr, gamma):
        answer = optimizer(lr=lr, gamma=gamma).step(theta, g, 3, delta)  # any step but the first: its number counts not
        if isinstance(answer, list | np.ndarray):  # the loop of the course refuses it, too
            raise Accident("`step` should return a tuple, without square brackets: `return theta, delta`.")
        return answer

    return step


MyMomentum = Function(
    stars=1,
    minutes=3,
    title="Your own momentum",
    praise="It does what the course's own class does: on a hill, on a ravine, and in lesson 05 on a network.",
    **momentum_rule.PARTS,
    adapt=as_step,
)


def slope_of_3(theta):
    return 3.0 * theta


def slope_of_a_ravine(theta):
    return np.array([1.0, 8.0]) * theta


def slope_of_a_valley(theta):
    return theta**3 - theta


def _nesterov(theta, gradient, delta, lr, gamma):
    delta = lr * gradient(theta - gamma * delta) + gamma * delta
    return theta - delta, delta


def _measured_at(place, step=momentum_rule.right):
    """Momentum's step, or another one, with the gradient measured at a place; Nesterov's is ahead."""
    return lambda theta, gradient, delta, lr, gamma: step(
        theta, gradient(place(theta, delta, lr, gamma)), delta, lr, gamma
    )


def _at_the_look_ahead(convention):
    """The same convention with theta the point where the gradient is measured."""

    def encode(case):
        theta, gradient, delta, lr, gamma = case
        return convention.encode((theta - gamma * delta, gradient, delta, lr, gamma))

    def decode(result, case):
        look, delta = convention.decode(result, case)
        return look + case[-1] * delta, delta

    ahead = "At the look-ahead point, as Keras and PyTorch have it: your theta is where the gradient is measured."
    return Convention(f"{ahead} {convention.says}".strip(), encode, decode)


_DECK = Convention("")

nesterov_step = Function(
    stars=1,
    minutes=3,
    title="One step of Nesterov",
    praise="The memory will be part of the step whatever the slope is: so measure the slope there.",
    right=_nesterov,
    arguments=("theta", "gradient", "delta", "lr", "gamma"),
    returns=("theta", "delta"),
    cases=(
        (np.array([1.0]), slope_of_3, np.array([0.5]), 0.1, 0.8),
        (np.array([2.0, -1.0]), slope_of_a_ravine, np.array([0.4, 0.3]), 0.05, 0.9),
        (np.array([1.5]), slope_of_a_valley, np.array([-0.5]), 0.2, 0.6),
    ),
    conventions=(*momentum_rule.CONVENTIONS, *map(_at_the_look_ahead, (_DECK, *momentum_rule.CONVENTIONS))),
    mistakes=(
        Mistake(
            "The gradient is measured where you stand: that is classical momentum.",
            "Where will the memory carry you?",
            _measured_at(lambda theta, delta, lr, gamma: theta),
        ),
        Mistake(
            "The look-ahead has the wrong sign: you look back.",
            "In which direction does the memory carry you? delta is subtracted.",
            _measured_at(lambda theta, delta, lr, gamma: theta + gamma * delta),
        ),
        Mistake(
            "gamma is missing in the look-ahead: only a part of the last step will be repeated.",
            "How much of the last step goes into this one?",
            _measured_at(lambda theta, delta, lr, gamma: theta - delta),
        ),
        Mistake(
            "The look-ahead is scaled by the learning rate, which delta already holds.",
            "Is the learning rate not in delta already?",
            _measured_at(lambda theta, delta, lr, gamma: theta - lr * gamma * delta),
        ),
        Mistake(
            "The gradient is measured at the memory alone, not at a place.",
            "Where does the look-ahead start from?",
            _measured_at(lambda theta, delta, lr, gamma: gamma * delta),
        ),
        Mistake(
            "The step starts from the look-ahead point, so the memory is taken twice.",
            "The look-ahead is for measuring only. From where does the step go?",
            lambda theta, gradient, delta, lr, gamma: momentum_rule.right(
                theta - gamma * delta, gradient(theta - gamma * delta), delta, lr, gamma
            ),
        ),
        Mistake(
            "The memory is missing in the step.",
            "The look-ahead is right. And the memory?",
            _measured_at(lambda theta, delta, lr, gamma: theta - gamma * delta, momentum_rule.without_memory),
        ),
    ),
    laws=(
        Law(
            "from rest, the first step is that of gradient descent.",
            lambda step: np.allclose(step(np.array([2.0]), slope_of_3, np.zeros(1), 0.1, 0.9)[0], 1.4),
        ),
        Law(
            "on ground without a slope, every step is gamma times the last one.",
            lambda step: np.allclose(step(np.zeros(1), np.zeros_like, np.ones(1), 0.1, 0.5)[0], -0.5),
        ),
        Law(
            "where the memory alone leads to the minimum, the slope found there adds nothing.",
            lambda step: np.allclose(step(np.ones(1), slope_of_3, np.full(1, 2.0), 0.1, 0.5)[0], 0),
        ),
    ),
)


whose_limit = Choice(
    stars=1,
    minutes=1,
    title="Whose limit is larger?",
    praise="The smarter ball is the more nervous one.",
    right="c",
    options=(
        ("a", "eta lambda is 2. Momentum's limit at 0.9 is 3.8."),
        ("b", "It is the other way round: look at the two limits again."),
        ("c", "eta lambda is 2: below momentum's 3.8, above Nesterov's 1.357."),
        ("d", "eta lambda is 2. Nesterov's limit at 0.9 is 1.357."),
    ),
)


steps_when_it_forgets = prediction(
    title="What is forgetting worth?",
    praise="The next cells count them, and answer each guess.",
    right="d",
)


def _forgetful(theta, g, delta, lr, gamma):
    if g @ delta < 0:
        delta = 0 * delta
    delta = lr * g + gamma * delta
    return theta - delta, delta


def _remembering(kept):
    """Momentum's step with another rule for what it remembers. kept: (g, delta) -> the memory that goes into it."""
    return momentum_rule.changed(lambda g, delta, lr, gamma: lr * g + gamma * kept(g, delta))


ROLLS_DOWN = np.array([2.0, -1.0]), np.array([3.0, 1.0]), np.array([0.5, -0.2])
ROLLS_UP = np.array([1.0, 1.0]), np.array([3.0, 1.0]), np.array([-0.5, 0.4])

forgetful_step = Function(
    stars=1,
    minutes=2,
    title="Forget uphill",
    praise="One line, and on this ravine too much memory costs little.",
    right=_forgetful,
    arguments=("theta", "g", "delta", "lr", "gamma"),
    returns=("theta", "delta"),
    cases=(
        (*ROLLS_DOWN, 0.1, 0.9),
        (*ROLLS_UP, 0.1, 0.9),
        (np.array([1.0]), np.array([2.0]), np.array([-0.5]), 0.05, 0.8),
        (np.array([1.0]), np.array([2.0]), np.array([0.5]), 0.05, 0.8),
    ),
    mistakes=(
        Mistake(
            "It never forgets: that is momentum.",
            "One of the cases rolls uphill. What becomes of its delta?",
            momentum_rule.right,
        ),
        Mistake(
            "It always forgets: that is gradient descent.",
            "When the last step still leads downhill, should it be forgotten?",
            momentum_rule.without_memory,
        ),
        Mistake(
            "The sign is turned round: it forgets where it rolls downhill.",
            "delta is subtracted: if it points the way of the slope, does the ball go down or up?",
            _remembering(lambda g, delta: 0 * delta if g @ delta > 0 else delta),
        ),
        Mistake(
            "Each coordinate forgets on its own.",
            "Uphill is a question about the whole step: add the products up before you compare.",
            _remembering(lambda g, delta: np.where(g * delta < 0, 0, delta)),
        ),
        Mistake(
            "It rolls on uphill once more, and forgets afterwards.",
            "Look at the step on which it finds out. Is the old delta still in it?",
            momentum_rule.changed(result=lambda theta, g, old, new, lr: (theta - new, 0 * new if g @ old < 0 else new)),
        ),
        Mistake(
            "It forgets the slope's part, too, and stands still.",
            "Only the memory is forgotten. The slope is still there.",
            momentum_rule.changed(lambda g, old, lr, gamma: 0 * old if g @ old < 0 else lr * g + gamma * old),
        ),
        Mistake(
            "It turns the memory round instead of forgetting it.",
            "Forget it: what is left of delta then?",
            _remembering(lambda g, delta: -delta if g @ delta < 0 else delta),
        ),
    ),
    laws=(
        Law(
            "where the last step leads uphill, the new one is that of gradient descent.",
            lambda step: np.allclose(step(*ROLLS_UP, 0.2, 0.9)[0], ROLLS_UP[0] - 0.2 * ROLLS_UP[1]),
        ),
        Law(
            "where the last step leads downhill, nothing is forgotten.",
            lambda step: np.allclose(step(*ROLLS_DOWN, 0.0, 0.5)[1], 0.5 * ROLLS_DOWN[2]),
        ),
    ),
)


after_the_drop = Choice(
    stars=1,
    minutes=1,
    title="After the drop",
    praise="",
    right="b",
    options=(
        ("a", "Keras remembers steps, taken at the old learning rate. Most of the last one is repeated."),
        ("b", "PyTorch remembers gradients. The new learning rate multiplies all of them: the step shrinks at once."),
        ("c", "Only one of the two rescales what it remembers."),
        ("d", "One of the two rescales what it remembers."),
    ),
)


averaged_rate = Number(
    stars=1,
    minutes=2,
    title="From PyTorch to the averaged form",
    praise="Forget this, and steady steps are a tenth as long: lesson 05 has a published table that did.",
    value=0.5,
    mistakes=(
        Mistake(
            "The learning rate is unchanged: the averaged run is ten times slower.",
            "How long are steady steps in each?",
            0.05,
        ),
        Mistake(
            "Multiplied by 1 - gamma where it has to be divided.",
            "In which of the two forms do the weights add up to 1?",
            0.005,
        ),
        Mistake("Multiplied by gamma.", "What do the weights add up to in each form?", 0.045),
        Mistake("Divided by gamma.", "What do the weights add up to in each form?", 0.05 / 0.9),
        Mistake("Multiplied by 1 + gamma.", "For a steady slope, what is 1 + 0.9 + 0.81 + ...?", 0.095),
    ),
    laws=(
        Law(
            "on a steady slope both forms must come to steps of the same length.",
            lambda lr: np.isclose(lr, 0.05 / (1 - 0.9)),
        ),
    ),
)


coasting_momentum = Function(
    stars=3,
    minutes=5,
    title="Convert for a changing learning rate",
    praise="In the other direction, gamma lr / previous_lr makes Keras brake like PyTorch.",
    right=lambda gamma, lr, previous_lr: gamma * previous_lr / lr,
    arguments=("gamma", "lr", "previous_lr"),
    returns=("momentum",),
    cases=((0.9, 0.01, 0.1), (0.5, 0.2, 0.1), (0.8, 0.05, 0.04)),
    mistakes=(
        Mistake(
            "The ratio is upside down: that makes Keras brake like PyTorch.",
            "Must PyTorch remember more or less to coast?",
            lambda gamma, lr, previous: gamma * lr / previous,
        ),
        Mistake(
            "gamma is missing.",
            "What remains when the learning rate does not change?",
            lambda gamma, lr, previous: previous / lr,
        ),
        Mistake(
            "gamma alone: nothing is done about the change.",
            "Does it depend on the learning rates?",
            lambda gamma, lr, previous: gamma,
        ),
        Mistake(
            "That is a difference of learning rates: it is their ratio that counts.",
            "Double both learning rates: should the answer change?",
            lambda gamma, lr, previous: gamma * (1 + previous - lr),
        ),
        Mistake(
            "The root of the ratio.",
            "How does a step depend on the learning rate?",
            lambda gamma, lr, previous: gamma * np.sqrt(previous / lr),
        ),
    ),
    laws=(
        Law("where the learning rate stays, nothing changes.", lambda f: np.isclose(f(0.9, 0.1, 0.1), 0.9)),
        Law("only the ratio of the learning rates counts.", lambda f: np.isclose(f(0.9, 0.1, 0.3), f(0.9, 0.2, 0.6))),
    ),
)

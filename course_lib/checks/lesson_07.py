"""The exercises of lesson 07: momentum today."""

import numpy as np

from ..optimizers import Muon
from ..optimizers.muon import orthogonalized
from .exercises import Choice, Function, Law, Mistake, Number, WrittenTest, prediction
from .quiz import Question, Round

TITLE = "Momentum today"


averages_gain = prediction(
    title="Predict: what is an average of places worth?",
    praise="Now set the figure below to small batches.",
    right="c",
)


look_at = Function(
    stars=1,
    minutes=1,
    title="Where to look",
    praise="One line, and beta says which method it is.",
    right=lambda theta, z, beta: (1 - beta) * z + beta * theta,
    arguments=("theta", "z", "beta"),
    returns=("y",),
    cases=(
        (np.array([1.0, -2.0]), np.array([3.0, 0.5]), 0.9),
        (np.array([0.5]), np.array([-1.5]), 0.25),
        (np.array([2.0]), np.array([-4.0]), 0.0),
    ),
    mistakes=(
        Mistake(
            "The two are exchanged: beta is the share of the average.",
            "At beta = 0 you look at the walker. Where does yours look?",
            lambda theta, z, beta: (1 - beta) * theta + beta * z,
        ),
        Mistake(
            "It looks half way, whatever beta is.",
            "What should become of it when beta is 0?",
            lambda theta, z, beta: (theta + z) / 2 + 0 * beta,
        ),
        Mistake(
            "It looks at the walker: that is gradient descent with an average beside it.",
            "And the average? It should count with the share beta.",
            lambda theta, z, beta: z + 0 * theta,
        ),
        Mistake(
            "It looks at the average: that is momentum.",
            "And the walker? Its share is what beta leaves.",
            lambda theta, z, beta: theta + 0 * z,
        ),
        Mistake(
            "The shares do not add up to 1: the walker counts whole.",
            "Where do you look when walker and average stand at the same place?",
            lambda theta, z, beta: z + beta * theta,
        ),
        Mistake(
            "The shares do not add up to 1: the average counts whole.",
            "Where do you look when the average stands where the walker does?",
            lambda theta, z, beta: (1 - beta) * z + theta,
        ),
        Mistake(
            "The look-ahead of lesson 03 subtracted a step; here y lies between two places.",
            "Between two places there is no minus in front of a place. What are the two shares?",
            lambda theta, z, beta: z - beta * theta,
        ),
        Mistake(
            "It looks beyond the average, away from the walker.",
            "Is your y between the two?",
            lambda theta, z, beta: theta + (1 - beta) * (theta - z),
        ),
    ),
    laws=(
        Law(
            "where walker and average stand at one place, you look there.",
            lambda look: np.allclose(look(np.full(2, 0.7), np.full(2, 0.7), 0.3), 0.7),
        ),
        Law("beta = 0 looks at the walker.", lambda look: np.allclose(look(np.array([5.0]), np.array([2.0]), 0.0), 2)),
        Law("beta = 1 looks at the average.", lambda look: np.allclose(look(np.array([5.0]), np.array([2.0]), 1.0), 5)),
    ),
)


best_look = prediction(
    title="Predict: where to look when the noise grows?",
    praise="Now let the batches shrink in the figure below.",
    right="b",
)


signum_as_lion = Number(
    stars=1,
    minutes=1,
    title="Lion that is Signum",
    praise="With equal betas what goes into the step is what is kept.",
    value=0.95,
    within=1.002,
    mistakes=(
        Mistake(
            "That is Lion's default: 0.1 of the newest slope goes into the step, but only 0.05 of it into the memory.",
            "Signum steps by the sign of the very memory that it keeps. Which part of the newest slope is in that?",
            0.9,
        ),
        Mistake("That is the share of the newest slope, not of the memory.", "beta1 multiplies the memory.", 0.05),
        Mistake("That is sign descent: no memory goes into the step.", "Is there memory in your step?", 0.0),
        Mistake("Then the newest slope does not count at all.", "How much of the newest slope is in your step?", 1.0),
        Mistake(
            "That is the sign of Nesterov's step at 0.95, as an exercise below shows.",
            "Your step gives the newest slope more weight than the memory does.",
            0.9025,
        ),
        Mistake("That is Lion's default of beta2.", "What is beta2 here? And Signum's gamma?", 0.99),
    ),
    laws=(
        Law(
            "what goes into the step must be what is kept: both give the newest slope the same share.",
            lambda beta1: np.isclose(1 - beta1, 1 - 0.95),
        ),
    ),
)


muon_notices = prediction(
    title="Predict: what does Muon notice?",
    praise="Now turn the facts in the figure below, first rows and columns, then everything.",
    right="b",
)


RULES = {
    "a": "`Momentum(lr=0.02, gamma=0.95)`",
    "b": "`Nesterov(lr=0.02, gamma=0.95)`",
    "c": "Schedule-Free",
    "d": "`Momentum(lr=0.002, gamma=0.9)`",
}


def _setting(asks, right, reasons):
    options = {letter: (RULES[letter], reason) for letter, reason in zip("abcd", reasons, strict=True)}
    return Question(asks, right, options, "lesson 07, *One rule, and where it looks*")


which_setting = Round(
    stars=2,
    minutes=3,
    title="Which setting is which?",
    praise="Where it looks, and how long it remembers: that is all the difference between the four.",
    questions=(
        _setting(
            r"$\beta = 1$, $c = 0.05$, the walker's step 0.4",
            "a",
            (
                "The slope is measured at the average; γ = 1 - c = 0.95, and η is c times the walker's step.",
                "Nesterov looks a little towards the walker: β is γ, not 1.",
                "Schedule-Free takes the mean of all places, so its c falls with the step.",
                "The look is right. But what is 1 - c, and what is c times 0.4?",
            ),
        ),
        _setting(
            r"$\beta = 0.9$, $c = 1/t$, the walker's step 0.4",
            "c",
            (
                "Momentum looks at the average itself, and its c does not fall.",
                "A look near the average, as Nesterov's, but a c of 1/t forgets nothing: it is the mean of all places.",
                "The mean of all places, and a look between it and the walker.",
                "Momentum looks at the average itself, and its c does not fall.",
            ),
        ),
        _setting(
            r"$\beta = 0.95$, $c = 0.05$, the walker's step 0.4",
            "b",
            (
                "Close: the same memory, but momentum looks at the average itself.",
                "β = γ and c = 1 - γ: momentum's memory, and a look a little towards the walker.",
                "The c of Schedule-Free is 1/t. This one remembers about twenty places.",
                "Momentum looks at the average itself, and 1 - c is 0.95 here.",
            ),
        ),
        _setting(
            r"$\beta = 1$, $c = 0.1$, the walker's step 0.02",
            "d",
            (
                "The look is right. But what is 1 - c, and what is c times 0.02?",
                "Nesterov looks a little towards the walker: β is γ, not 1.",
                "Schedule-Free takes the mean of all places, so its c falls with the step.",
                "γ = 1 - c = 0.9, and 0.02 is the effective step: η is a tenth of it.",
            ),
        ),
    ),
)


pays_between = Choice(
    stars=2,
    minutes=2,
    title="Where the two gains cross",
    praise="Two limits, and a bit against each. The curves of `labs.look` have it for every batch size.",
    right="c",
    options=(
        ("a", "That is the average of places: the noise is calmed, and curvature limits the walker: 576 steps."),
        ("b", "Better than the walker's own look, by more than a third; but the best is further on."),
        ("c", "Less than half of momentum's steps, and a third of those with the walker's own look."),
        ("d", "That is momentum, whose look lifts curvature's limit most, and calms noise least."),
    ),
)


muon_rate = Number(
    stars=2,
    minutes=3,
    title="From Keras to PyTorch",
    praise="The same learning rate is not the same step, once more: copied, it would have been a fifth of it. "
    "Mind the decay, which goes with lr: 0.004 there is 0.00088 here.",
    value=0.001 * 0.2 * 512**0.5,
    mistakes=(
        Mistake(
            "Copied: PyTorch's step would be a fifth of Keras's.",
            "With this number, how long is the step in each of the two?",
            0.001,
        ),
        Mistake(
            "The other way round: you divided.",
            "Which of the two makes the longer step at 0.001? The other one needs the larger number.",
            0.001 / (0.2 * 512**0.5),
        ),
        Mistake("Keras's 0.2 is missing.", "What stands before the root in Keras?", 0.001 * 512**0.5),
        Mistake("Only the 0.2: the root of 512 is missing.", "What does Keras multiply 0.2 by?", 0.0002),
        Mistake("No root was taken.", "Of the larger side Keras takes the ...?", 0.001 * 0.2 * 512),
        Mistake("That is the root of 2 x 512, as if sides were added.", "Keras takes the larger side.", 0.0064),
    ),
    laws=(
        Law(
            "lr times PyTorch's factor must be lr times Keras's factor.",
            lambda lr: np.isclose(lr * 1, 0.001 * 0.2 * 512**0.5, rtol=0.02),
        ),
    ),
)


class HastyMuon(Muon):
    """Muon in the wrong order: every slope is made even first, and remembered then."""

    def step(self, theta, g, t, m):
        even = orthogonalized(g.reshape(self.shapes[0])).ravel()
        m = self.gamma * m + (1 - self.gamma) * even
        return theta - self.lr * m, m


catch_the_hasty = WrittenTest(
    stars=2,
    minutes=4,
    title="Catch the hasty one",
    praise="Caught, and here it is: it makes the slopes even before it remembers them. So it was proposed to a popular "
    "collection of algorithms (TheAlgorithms/Python, pull request 13724, closed).",
    right=Muon,
    mistakes=(
        Mistake(
            "It orthogonalises first and remembers then: what it adds up has lost its size.",
            "Slopes that flip leave only a small memory. What does each of the two make of a small memory?",
            HastyMuon,
        ),
    ),
    takes="a class, such as Muon",
    lines=lambda version: version.step,
)


signed_nesterov = Number(
    stars=2,
    minutes=3,
    title="Lion that is the sign of Nesterov",
    praise="So Lion's defaults, 0.9 and 0.99, give the newest slope more weight than Signum or Nesterov with a memory "
    "of 0.99: 0.1, where these give it 0.01 and 0.0199.",
    value=0.81,
    within=1.002,
    mistakes=(
        Mistake("That is Signum: what is kept is what is stepped.", "Where is the look-ahead in that?", 0.9),
        Mistake("That is the share of the newest slope.", "beta1 multiplies the memory before this step.", 0.19),
        Mistake("The root of 0.9: the look-ahead multiplies by 0.9 once more.", "Is it more memory or less?", 0.9**0.5),
        Mistake("0.9 three times.", "The new memory holds gamma times the old one. And how often more?", 0.9**3),
        Mistake("Two memories are added, not multiplied.", "gamma times (gamma m + ...): what is before m?", 1.8),
        Mistake("That is the share of the newest slope in Signum.", "beta1 multiplies the memory.", 0.1),
    ),
    laws=(
        Law(
            "the shares of memory and newest slope add up to 1, and the newest one counts 0.1 + 0.9 times 0.1.",
            lambda beta1: np.isclose(1 - beta1, 0.19),
        ),
    ),
)

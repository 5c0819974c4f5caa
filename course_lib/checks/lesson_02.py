"""The exercises of lesson 02: why momentum."""

import numpy as np

from .exercises import Choice, Function, Law, Mistake, Number, prediction

TITLE = "Why momentum"


best_in_the_bowl = prediction(
    title="Predict: four learning rates in one bowl",
    praise="Run on and see.",
    right="b",
)


name_the_fate = Choice(
    stars=1,
    minutes=1,
    title="Name the fate",
    praise="",
    right="c",
    options=(
        ("a", "It would creep if eta lambda were below 1. Multiply the two numbers."),
        ("b", "One step needs eta lambda = 1. Multiply the two numbers."),
        ("c", "eta lambda is 1.5, each step multiplies by -0.5: to the other side, half as far out."),
        ("d", "It would diverge if eta lambda were above 2. Multiply the two numbers."),
    ),
)


best_rate = Number(
    stars=1,
    minutes=2,
    title="The best learning rate",
    praise="Both directions now shrink to 0.6 a step, one creeping, the other zigzagging.",
    value=2 / 15,
    within=1.01,
    mistakes=(
        Mistake(
            "That is 2 / 12: the edge, where the steep direction no longer shrinks.",
            "How does the steep one fare?",
            2 / 12,
        ),
        Mistake("That is 1 / 12: best for the steep direction alone.", "How does the flat direction fare?", 1 / 12),
        Mistake("That is 1 / 3: best for the flat direction alone.", "How does the steep direction fare?", 1 / 3),
        Mistake(
            "That is 1 / 15: half of it. There is a 2 above the line.", "Are both directions equally fast?", 1 / 15
        ),
        Mistake("That is 15 / 2: turned upside down.", "Multiply it by the steep curvature: what is its fate?", 7.5),
        Mistake(
            "That is Polyak's learning rate: right for momentum, not for gradient descent.",
            "That would be a good learning rate for another method.",
            (2 / (np.sqrt(3) + np.sqrt(12))) ** 2,
        ),
    ),
    laws=(
        Law(
            "at the best rate the flat direction shrinks as fast as the steep one.",
            lambda lr: np.isclose(abs(1 - 3 * lr), abs(1 - 12 * lr)),
        ),
    ),
)


steps_at_64 = Number(
    stars=1,
    minutes=1,
    title="Predict: the ravine at kappa 64",
    praise="The section *The count* answers it.",
    guess=True,
    value=53,
)


how_it_grows = Choice(
    stars=1,
    minutes=1,
    title="How it grows",
    praise="Gradient descent would need nine times as many.",
    right="b",
    options=(
        ("a", "Even at its best, momentum feels a narrower ravine."),
        ("b", "Ninefold kappa, and the steps grow like its square root: three times as many, or a little more."),
        ("c", "That is how gradient descent grows: in proportion to kappa."),
        ("d", "That would be kappa squared. Even gradient descent is not that slow."),
    ),
)


best_memory = Number(
    stars=1,
    minutes=2,
    title="The best memory",
    praise="kappa is 25, its root 5: in the long run a step leaves 2 / 3 of the distance, where the walker keeps 0.92.",
    value=4 / 9,
    mistakes=(
        Mistake(
            "That is the root of gamma: what a step leaves of the distance. The square is missing.",
            "That is how the distance shrinks. What is gamma, then?",
            2 / 3,
        ),
        Mistake(
            "kappa stands where its root belongs.",
            "For which method is kappa itself in the formula?",
            (24 / 26) ** 2,
        ),
        Mistake(
            "That is what a step of gradient descent leaves at its best.",
            "That belongs to another method.",
            24 / 26,
        ),
        Mistake(
            "0.9 is a habit: it is best for a kappa near 1400.",
            "How narrow is this ravine, and how narrow one that wants so much memory?",
            0.9,
        ),
    ),
    laws=(
        Law(
            "both ends are touched: (1 + sqrt(gamma)) / (1 - sqrt(gamma)) is the root of kappa.",
            lambda gamma: 0 < gamma < 1 and np.isclose((1 + gamma**0.5) / (1 - gamma**0.5), 5),
        ),
    ),
)


def _search(ends):
    """Learning rates from 0.01 on, each twice the one before, and where their runs end."""
    return 0.01 * 2.0 ** np.arange(len(ends)), np.array(ends)


rate_to_keep = Function(
    stars=1,
    minutes=2,
    title="Which learning rate do you keep?",
    praise="No curvature was asked for. One such search for each memory, and then the fastest of them.",
    right=lambda rates, losses, start: rates[losses < start][-1],
    arguments=("rates", "losses", "start"),
    returns=("rate",),
    cases=(
        (*_search([3.0, 1.2, 0.4, 0.9, np.inf, np.nan]), 8.0),
        (*_search([5.0, 4.0, 2.0, 1.5, 30.0, 1e12]), 6.0),
        (*_search([2.0, np.nan, np.nan, np.nan]), 2.5),
    ),
    mistakes=(
        Mistake(
            "That is the first rate that diverges, one too far.",
            "Where did the run with that rate end?",
            lambda rates, losses, start: rates[np.sum(losses < start)],
        ),
        Mistake(
            "That is the largest rate of all, whether its run diverged or not.",
            "Which of the runs diverged?",
            lambda rates, losses, start: rates[-1],
        ),
        Mistake(
            "That is the smallest rate: it does not diverge, and takes for ever.",
            "Of the rates that do not diverge, which end do you want?",
            lambda rates, losses, start: rates[losses < start][0],
        ),
        Mistake(
            "That is the rate whose short run ended lowest. A good choice, too; asked was the last one that trains.",
            "The procedure does not ask which run ended lowest.",
            lambda rates, losses, start: rates[np.nanargmin(losses)],
        ),
        Mistake(
            "nan passes as a run that trains: neither `<` nor `>` is ever True of nan, so `losses > start` is False.",
            "What is `np.nan > 1`, and what is the opposite of it?",
            lambda rates, losses, start: rates[~(losses > start) | np.isnan(losses)][-1],
        ),
        Mistake(
            "Only inf and nan count as diverged: a run that ends far above its start has diverged, too.",
            "In one of the cases no run reaches inf. Did all of them train?",
            lambda rates, losses, start: rates[np.isfinite(losses)][-1],
        ),
        Mistake(
            "That is the number of the rate in the list, not the rate.",
            "You say where it stands. What stands there?",
            lambda rates, losses, start: np.flatnonzero(losses < start)[-1],
        ),
        Mistake(
            "That is where the run ended, not its learning rate.",
            "A loss or a learning rate?",
            lambda rates, losses, start: losses[losses < start][-1],
        ),
    ),
    laws=(
        Law(
            "where every run trains, the largest rate is kept.",
            lambda f: f(np.array([0.1, 0.2]), np.array([0.5, 0.9]), 1.0) == 0.2,
        ),
        Law(
            "the run of the rate that is kept ends below its start.",
            lambda f: f(np.array([0.1, 0.2, 0.4]), np.array([0.5, 0.6, 7.0]), 1.0) < 0.4,
        ),
    ),
)


read_the_series = Choice(
    stars=1,
    minutes=1,
    title="Read the series",
    praise="Each step shrinks the waves by the root of gamma; from crest to crest that is about 0.35.",
    right="b",
    options=(
        ("a", "A run that creeps stays on one side. This one crosses zero again and again."),
        ("b", "Slow waves that die out: the memory carries it past the bottom, and back."),
        ("c", "A sign that flips at every step would be a zigzag from dot to dot. Here a crossing takes many steps."),
        ("d", "Are the waves growing or shrinking?"),
    ),
)


less_jitter = Choice(
    stars=1,
    minutes=1,
    title="Less jitter",
    praise="This is why learning rates are lowered towards the end of training.",
    right="c",
    options=(
        (
            "a",
            "More memory repeats each noisy slope in more steps: from 0.9 to 0.99 the jitter grows, as long as eta "
            "lambda is below 3.78.",
        ),
        ("b", "Longer steps carry the noise further: more jitter."),
        (
            "c",
            "While eta lambda is small, the square of the jitter follows eta / (1 - gamma): a tenth of eta, a third "
            "of the jitter.",
        ),
        ("d", "The noise is in the slopes, not in the place: it would come back."),
    ),
)


slowest_factor = Function(
    stars=2,
    minutes=4,
    title="The slowest direction",
    praise="A run is as slow as its slowest direction, whichever way that one moves.",
    right=lambda lr, curvatures: np.max(np.abs(1 - lr * curvatures)),
    arguments=("lr", "curvatures"),
    returns=("factor",),
    cases=(
        (0.1, np.array([1.0, 4.0, 19.0])),
        (0.05, np.array([10.0, 2.0, 16.0])),
        (0.3, np.array([9.0, 0.5, 2.0])),
        (0.1, np.array([12.0, 16.0, 15.0])),
    ),
    mistakes=(
        Mistake(
            "The sign counts as size: a factor of -0.9 is slower than one of 0.5.",
            "Is -0.9 a small factor or a large one?",
            lambda lr, c: np.max(1 - lr * c),
        ),
        Mistake(
            "That is the fastest direction.",
            "Which direction holds the run up?",
            lambda lr, c: np.min(np.abs(1 - lr * c)),
        ),
        Mistake(
            "That is the smallest factor, sign included.",
            "Is the smallest factor the slowest?",
            lambda lr, c: np.min(1 - lr * c),
        ),
        Mistake(
            "That is a mean: fast directions do not help slow ones.",
            "Do the directions share?",
            lambda lr, c: np.mean(np.abs(1 - lr * c)),
        ),
        Mistake(
            "That is the factor of the first direction only.",
            "Which curvature did you use?",
            lambda lr, c: abs(1 - lr * c[0]),
        ),
        Mistake(
            "That is the factor of the steepest direction.",
            "Is the steepest direction always the slowest?",
            lambda lr, c: abs(1 - lr * c.max()),
        ),
        Mistake(
            "That is the factor of the flattest direction.",
            "The flattest direction creeps. Can a steep one be slower still?",
            lambda lr, c: abs(1 - lr * c.min()),
        ),
        Mistake(
            "That is what the step takes away, not what is left.",
            "What is left of the distance after a step?",
            lambda lr, c: np.max(lr * c),
        ),
        Mistake(
            "That is the factor of the loss: the distance, squared.",
            "Loss or distance?",
            lambda lr, c: np.max((1 - lr * c) ** 2),
        ),
    ),
    laws=(
        Law("where one direction diverges, the factor is above 1.", lambda f: f(1.0, np.array([0.5, 3.0])) > 1),
        Law(
            "with a small learning rate a run creeps: the factor is a little below 1.",
            lambda f: 0.9 < f(0.01, np.array([2.0])) < 0.999,
        ),
        Law(
            "a direction in which eta lambda is 1 is done in one step: alone, its factor is 0.",
            lambda f: np.isclose(f(0.5, np.array([2.0])), 0),
        ),
        Law("with lr = 0 nothing moves: the factor is 1.", lambda f: np.isclose(f(0.0, np.array([1.0, 5.0])), 1)),
        Law(
            "the order of the curvatures does not matter.",
            lambda f: np.isclose(f(0.1, np.array([1.0, 15.0])), f(0.1, np.array([15.0, 1.0]))),
        ),
    ),
)


my_rate = Number(
    stars=2,
    minutes=4,
    title="Type a rate",
    praise="Now look at the picture below: your straight line, and why the measurement lies a little above it.",
    value=9 / 11,
    within=1.01,
    mistakes=(
        Mistake(
            "That is one late step, as measured below.",
            "You read off one late step. In the long run it is a little less.",
            0.8279,
        ),
        Mistake(
            "That is gradient descent's best: (kappa - 1) / (kappa + 1).", "That is slower than momentum.", 99 / 101
        ),
        Mistake(
            "That is gamma itself; the distance shrinks by its root.",
            "That is how the loss shrinks: what about the distance?",
            81 / 121,
        ),
        Mistake(
            "That is 1 - 1 / sqrt(kappa): Nesterov's, with its usual settings.", "That belongs to another method.", 0.9
        ),
        Mistake(
            "That is what is lost in a step, not what is left.", "What is left of the distance after a step?", 2 / 11
        ),
    ),
    laws=(
        Law("it is faster than Nesterov's 0.9.", lambda rate: rate < 0.9),
        Law(
            "the narrower a ravine, the slower: it is slower than the factor 0.6 of a ravine with kappa = 16.",
            lambda rate: rate > 0.6,
        ),
    ),
)


def _critical(lr, curvature):
    return (1 - np.sqrt(lr * curvature)) ** 2


critical_gamma = Function(
    stars=2,
    minutes=4,
    title="Critical damping",
    praise="With it a step leaves 1 - sqrt(eta lambda) of the distance; without memory it leaves 1 - eta lambda.",
    right=_critical,
    arguments=("lr", "curvature"),
    returns=("gamma",),
    cases=((0.01, 1.0), (0.02, 8.0), (0.5, 0.5)),
    mistakes=(
        Mistake(
            "The square is missing.", "That is the square root of the right gamma.", lambda lr, c: 1 - np.sqrt(lr * c)
        ),
        Mistake("The root is missing.", "The strip ends at a square root.", lambda lr, c: (1 - lr * c) ** 2),
        Mistake(
            "That is the other end of the strip.",
            "Which end of the strip is the left one?",
            lambda lr, c: (1 + np.sqrt(lr * c)) ** 2,
        ),
        Mistake("That is the walker's factor.", "That is how gradient descent shrinks.", lambda lr, c: 1 - lr * c),
        Mistake(
            "The root belongs to the product: the curvature is under it, too.",
            "What is under the root?",
            lambda lr, c: (1 - np.sqrt(lr) * c) ** 2,
        ),
        Mistake(
            "The root belongs to the product: the learning rate is under it, too.",
            "What is under the root?",
            lambda lr, c: (1 - lr * np.sqrt(c)) ** 2,
        ),
    ),
    laws=(
        Law(
            "where gradient descent lands in one step, memory only hurts: gamma = 0.",
            lambda f: np.isclose(f(0.5, 2.0), 0),
        ),
        Law(
            "gamma is the share of the last step that is kept: it lies between 0 and 1.",
            lambda f: 0 <= f(0.02, 8.0) <= 1,
        ),
        Law(
            "there the two roots meet: (1 + gamma - eta lambda)^2 = 4 gamma.",
            lambda f: np.isclose((1 + f(0.1, 0.4) - 0.04) ** 2, 4 * f(0.1, 0.4)),
        ),
        Law("only the product of learning rate and curvature counts.", lambda f: np.isclose(f(0.1, 0.4), f(0.4, 0.1))),
    ),
)

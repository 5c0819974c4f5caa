"""The exercises of lesson 06: conclusion. Its quiz is in quiz.py."""

import numpy as np

from . import quiz
from .exercises import Choice, Function, Law, Mistake, Number, Text, WrittenTest


def _best(flat, steep):
    roots = np.sqrt(steep) + np.sqrt(flat)
    return (2 / roots) ** 2, ((np.sqrt(steep) - np.sqrt(flat)) / roots) ** 2


def _share(flat, steep):
    return (np.sqrt(steep) - np.sqrt(flat)) / (np.sqrt(steep) + np.sqrt(flat))


def _critical_at_both(settings):
    lr, gamma = settings(0.5, 7.0)
    return np.allclose([(1 - np.sqrt(lr * 0.5)) ** 2, (1 - np.sqrt(lr * 7.0)) ** 2], gamma)


best_settings = Function(
    "best_settings",
    lesson=6,
    stars=1,
    minutes=3,
    title="From curvatures to settings",
    praise="Two numbers about the ground, and both settings follow. Lesson 05 measured such numbers of a network.",
    right=_best,
    arguments=("flat", "steep"),
    returns=("lr", "gamma"),
    cases=((1.0, 25.0), (0.5, 50.0), (2.0, 9.0)),
    mistakes=(
        Mistake(
            "The learning rate is not squared.",
            "The memory is right. Put the learning rate into a bowl of curvature 1: it should come out as 1.",
            lambda flat, steep: (2 / (np.sqrt(steep) + np.sqrt(flat)), _share(flat, steep) ** 2),
        ),
        Mistake(
            "gamma is not squared: that is the factor by which the distance shrinks, the root of gamma.",
            "The learning rate is right. At kappa 25 the best memory is below one half.",
            lambda flat, steep: (_best(flat, steep)[0], _share(flat, steep)),
        ),
        Mistake(
            "That is gradient descent's best learning rate, with no roots.",
            "The memory is right. Which of the two methods is that learning rate best for?",
            lambda flat, steep: (2 / (steep + flat), _share(flat, steep) ** 2),
        ),
        Mistake(
            "The roots are missing in gamma: it is made of kappa itself.",
            "The learning rate is right. Is the memory made of the curvatures, or of their roots?",
            lambda flat, steep: (_best(flat, steep)[0], ((steep - flat) / (steep + flat)) ** 2),
        ),
        Mistake(
            "The roots are missing in both.",
            "Those would be right if every curvature were its own root.",
            lambda flat, steep: ((2 / (steep + flat)) ** 2, ((steep - flat) / (steep + flat)) ** 2),
        ),
        Mistake(
            "The two results are exchanged: first the learning rate, then gamma.",
            "Look at the order of the two results.",
            lambda flat, steep: _best(flat, steep)[::-1],
        ),
        Mistake(
            "The difference of the roots is divided by the larger one alone, not by their sum.",
            "The learning rate is right. In the memory, what is the difference of the roots divided by?",
            lambda flat, steep: (_best(flat, steep)[0], ((np.sqrt(steep) - np.sqrt(flat)) / np.sqrt(steep)) ** 2),
        ),
    ),
    laws=(
        Law(
            "in a round bowl, where both curvatures are the same, no memory is best, and the learning rate is 1 over "
            "the curvature.",
            lambda f: np.allclose(f(4.0, 4.0), (0.25, 0)),
        ),
        Law(
            "a loss in other units, both curvatures times nine, has a ninth of the learning rate and the same memory.",
            lambda f: np.allclose(np.divide(f(9.0, 225.0), f(1.0, 25.0)), (1 / 9, 1)),
        ),
        Law(
            "neither end of the ravine is favoured: both are damped critically, each by the same gamma.",
            _critical_at_both,
        ),
    ),
)

first_change = Choice(
    "first_change",
    lesson=6,
    stars=1,
    minutes=1,
    title="What would you change first?",
    praise="Lesson 02 measured the jitter, lesson 05 the gain on a network: from 2.1 % test errors to 1.7 %.",
    right="c",
    options=(
        ("a", "More memory at the same learning rate makes jitter larger: each noisy slope is taken again and again."),
        ("b", "Another method with another constant learning rate jitters, too. RMSprop does not even come to rest."),
        ("c", "What is left is jitter, and jitter shrinks with the learning rate."),
        ("d", "The loss does not fall any more, it goes up and down around one value. More of the same is the same."),
    ),
)

what_it_can = Choice(
    "what_it_can",
    lesson=6,
    stars=1,
    minutes=1,
    title="Which of these can it do?",
    praise="The cells below measure the others.",
    right="b",
    options=(
        ("a", "It multiplies as well as averages. At the same small learning rate the jitter grows."),
        ("b", "In a bowl, momentum bears a learning rate of up to 2 + 2 gamma over the curvature, the walker only 2."),
        ("c", "It goes on until the memory of the old slope has faded: that is what memory is."),
        ("d", "On some convex valleys a ball tuned for bowls goes round for ever."),
    ),
)

spot_the_slip = Choice(
    "spot_the_slip",
    lesson=6,
    stars=1,
    minutes=1,
    title="Which one is right as printed?",
    praise="And no text says so often enough: Nesterov's limit is the smallest of the three.",
    right="d",
    options=(
        ("a", "After 1/(1 - 0.9) = 10 steps 0.35 of a push is left. One half is left after 6.6."),
        ("b", "At gamma = 0.81 the factor would be 1.8, and every run with memory would diverge. Leave out the 2."),
        (
            "c",
            "After a long quiet stretch one large slope makes a step of 3.16 learning rates, growing ones up to 7.27.",
        ),
        ("d", "At gamma = 0 it is gradient descent's 2, at 0.9 it is 1.357."),
    ),
)

in_two_sentences = Text(
    "in_two_sentences",
    lesson=6,
    stars=1,
    minutes=2,
    title="Momentum in two sentences",
    praise="Now open ours below and compare. Does yours say what it remembers, and when that does harm?",
    words=12,
)


def _medians(losses):
    """The middle of the seeds for each learning rate; nan where a seed diverged. losses: (rates, seeds)."""
    with np.errstate(all="ignore"):
        return np.where(np.isfinite(losses).all(axis=1), np.median(losses, axis=1), np.nan)


def _better(first, second):
    return "first" if first < second else "second"


def _referee(first, second):
    return _better(np.nanmin(_medians(first)), np.nanmin(_medians(second)))


def _same_rate(first, second):
    k = np.nanargmin(_medians(first))
    return _better(_medians(first)[k], np.nan_to_num(_medians(second)[k], nan=np.inf))


def _second_is_tuned(first, second):
    untuned = np.nan_to_num(_medians(first)[len(first) // 2], nan=np.inf)
    return _better(untuned, np.nanmin(_medians(second)))


def _lucky_seed(first, second):
    return _better(np.nanmin(first), np.nanmin(second))


def _stumbles(first, second):
    return _better(np.min(_medians(first)), np.min(_medians(second)))


check_of_referee = WrittenTest(
    "check_of_referee",
    lesson=6,
    stars=2,
    minutes=5,
    title="Test the referee",
    praise="Four ways to lose a fair race, all of them in print. Your test knows them.",
    right=_referee,
    takes="a referee",
    mistakes=(
        Mistake(
            "It compares at one learning rate for both: the one that suits the first.",
            "Let the two methods have their best losses at different learning rates. Who may choose?",
            _same_rate,
        ),
        Mistake(
            "Only the second method is tuned; the first runs at the learning rate in the middle.",
            "Let the first method be the better one, at the first or last of its learning rates.",
            _second_is_tuned,
        ),
        Mistake(
            "It takes the single best run: one lucky seed decides.",
            "Give one method a single run that is far better than all its others.",
            _lucky_seed,
        ),
        Mistake(
            "One learning rate that diverges (nan) decides the whole race.",
            "What if a method diverges at its largest learning rate, and has the best loss at a smaller one?",
            _stumbles,
        ),
    ),
)

light_cone = Number(
    "light_cone",
    lesson=6,
    stars=2,
    minutes=2,
    title="How far can a gradient see?",
    praise="One coordinate a step, whatever the method and its settings.",
    value=40,
    within=1.01,
    mistakes=(
        Mistake(
            "That is one step too few: after the first step one coordinate has moved.",
            "After step 1 the first coordinate has moved. After step 2, which ones?",
            39,
        ),
        Mistake("That is one step too many.", "After step 1 the first coordinate has moved already.", 41),
        Mistake("That is the last coordinate of the chain.", "The question is about coordinate 40.", 101),
        Mistake(
            "Momentum reaches no further in a step than gradient descent.", "Does memory know any slope unseen?", 20
        ),
        Mistake("It does not stay at zero for ever.", "Each step brings one new slope that is not zero.", 1),
    ),
    laws=(Law("every step moves one coordinate more, and the first step the first one.", lambda steps: steps == 40),),
)

EXERCISES = (
    best_settings,
    first_change,
    what_it_can,
    check_of_referee,
    light_cone,
    spot_the_slip,
    *quiz.ROUNDS,
    in_two_sentences,
)

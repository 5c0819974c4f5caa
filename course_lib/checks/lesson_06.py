"""The exercises of lesson 06: conclusion. Its quiz is in quiz.py."""

import numpy as np

from . import quiz
from .exercises import Choice, Law, Mistake, Number, Text, WrittenTest

TITLE = "Conclusion"

what_it_can = Choice(
    "what_it_can",
    lesson=6,
    stars=1,
    minutes=1,
    title="Which of these can it do?",
    praise="The fold below measures the others.",
    right="b",
    options=(
        ("a", "One eta and one gamma serve both, so their ratio stays: a rare weight stays behind."),
        ("b", "In a bowl, momentum bears a learning rate of up to 2 + 2 gamma over the curvature, the walker only 2."),
        ("c", "It goes on until the memory of the old slope has faded: that is what memory is."),
        ("d", "On some convex valleys a ball tuned for bowls goes round for ever."),
    ),
)

in_two_sentences = Text(
    "in_two_sentences",
    lesson=6,
    stars=2,
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
    praise="Four ways to lose a fair race. Your test knows them.",
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
    praise="One coordinate a step, for every method that moves only where it has met slopes.",
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
    what_it_can,
    check_of_referee,
    light_cone,
    *quiz.ROUNDS,
    in_two_sentences,
)

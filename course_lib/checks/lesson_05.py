"""The exercises of lesson 05: implementation."""

import numpy as np

from ..descent import descend
from ..optimizers import GradientDescent, Momentum, Nesterov
from . import suspects
from .calling import Accident
from .exercises import Choice, Function, Law, Mistake, Text, WrittenTest, prediction

TITLE = "Implementation"


def cubic(theta):
    return theta**3


def bowl(theta):
    return 2.0 * theta**2 - theta


def wave(theta):
    return np.sin(3.0 * theta)


central_slope = Function(
    stars=1,
    minutes=3,
    title="A slope from two heights",
    praise="It needs no derivative, and on a smooth loss its error shrinks with the square of h.",
    right=lambda J, theta, h: (J(theta + h) - J(theta - h)) / (2 * h),
    arguments=("J", "theta", "h"),
    returns=("slope",),
    cases=((cubic, 1.0, 0.5), (bowl, -0.5, 0.25), (wave, 0.3, 0.1)),
    mistakes=(
        Mistake(
            "That is the difference forwards: it looks to one side only.",
            "You look to the right of theta. What about the left?",
            lambda J, theta, h: (J(theta + h) - J(theta)) / h,
        ),
        Mistake(
            "That is the difference backwards: it looks to one side only.",
            "You look to the left of theta. What about the right?",
            lambda J, theta, h: (J(theta) - J(theta - h)) / h,
        ),
        Mistake(
            "Divided by h: the two places are 2h apart.",
            "How far apart are the two places?",
            lambda J, theta, h: (J(theta + h) - J(theta - h)) / h,
        ),
        Mistake(
            "The sign: the height on the left is subtracted from the one on the right.",
            "If J rises to the right, what sign should the slope have?",
            lambda J, theta, h: (J(theta - h) - J(theta + h)) / (2 * h),
        ),
        Mistake(
            "Brackets are missing: `/ 2 * h` divides by 2 and multiplies by h.",
            "In Python, what is 6 / 2 * 3?",
            lambda J, theta, h: (J(theta + h) - J(theta - h)) / 2 * h,
        ),
        Mistake(
            "The difference is not divided by anything.",
            "A slope is a height divided by what?",
            lambda J, theta, h: J(theta + h) - J(theta - h),
        ),
        Mistake(
            "The two heights are added, not subtracted.",
            "How much higher is the one place than the other?",
            lambda J, theta, h: (J(theta + h) + J(theta - h)) / (2 * h),
        ),
    ),
    laws=(
        Law("on level ground the slope is 0.", lambda slope: np.isclose(slope(np.ones_like, np.array(0.7), 0.25), 0)),
        Law(
            "on a parabola the slope comes out exactly, for every h.",
            lambda slope: np.isclose(slope(bowl, 0.7, 0.25), 1.8),
        ),
    ),
)


best_h = prediction(
    title="Predict: which h?",
    praise="Run the next cell to see all of them.",
    right="b",
)


def _first_version(version):
    """The method in which a class with a bug differs from the right one."""
    return version.look if "look" in vars(version) and issubclass(version, suspects.Nesterov) else version.step


def _hunt(suspect, *, stars, minutes, title, hint, mistake, praise, takes="a class, such as Momentum"):
    """An exercise of the bug hunt: the test must tell a suspect from the right version."""
    right, broken = suspects.SUSPECTS[suspect]
    return WrittenTest(
        stars=stars,
        minutes=minutes,
        title=title,
        praise=f"Caught, and here it is. {praise}",
        right=right,
        mistakes=(Mistake(mistake, hint, broken),),
        takes=takes,
        lines=_first_version if isinstance(broken, type) else lambda loop: loop,
    )


catch_the_climber = _hunt(
    "climber",
    stars=1,
    minutes=2,
    title="Catch the climber",
    hint="On a slope that rises to the right, on which side of its start must the first step end?",
    mistake="The step goes uphill: the sign is wrong.",
    praise="Signs get lost where one text subtracts the step and the next one adds it. Even the best-known article on "
    "momentum (distill.pub, 2017) prints a plus where its unrolled sum of gradients needs a minus.",
)


catch_the_hoarder = _hunt(
    "hoarder",
    stars=1,
    minutes=3,
    title="Catch the hoarder",
    hint="Use one and the same object for two runs from the same start. What must be true of the two?",
    mistake="The object keeps its velocity: the second run begins with the last step of the first.",
    praise="A memory kept in the object, as in numpy-ml, which has to copy its optimizer for every layer.",
)


catch_the_sleeper = _hunt(
    "sleeper",
    stars=2,
    minutes=3,
    title="Catch the sleeper",
    hint="How long is the first step, from rest, on a slope you know? At lr = 1 you would not see it.",
    mistake="The learning rate comes in twice: inside the memory, and again when the step is taken.",
    praise="A learning rate too many was reported for Boltzmann.jl (issue 14), there in front of the last step. It "
    "happens where two conventions meet: lr inside the memory, and lr outside.",
)


catch_the_sprinter = _hunt(
    "sprinter",
    stars=2,
    minutes=3,
    title="Catch the sprinter",
    hint="From rest there is no memory yet: what should the first step be? With gamma = 0 you would not see it.",
    mistake="The gradient is counted twice: it is in delta already when delta is multiplied by gamma.",
    praise="Printed in a book on deep learning as plain momentum (a reader asked, issue 289 of its notebooks). It is "
    "Nesterov's method as Keras writes it, without its name: right there, wrong here.",
)


catch_the_dreamer = _hunt(
    "dreamer",
    stars=2,
    minutes=4,
    title="Catch the dreamer",
    hint="Where is the gradient measured in the second step? A gradient function of your own can note where it is "
    "called.",
    mistake="It looks a whole last step ahead, where only gamma times it will be taken.",
    praise="Printed in the first version of a textbook (Understanding Deep Learning, issue 149; corrected since). "
    "The errata run it: it diverges earlier than Nesterov.",
    takes="a class, such as Nesterov",
)


catch_the_plodder = _hunt(
    "plodder",
    stars=2,
    minutes=3,
    title="Catch the plodder",
    hint="On a steady slope every step of Adam is as long as lr. The first step alone hides the bug.",
    mistake="The bias correction is constant: the power t is missing.",
    praise="So in the slides of the deck, read literally, and in a public solution of a much-taken course: its output "
    "differs from the expected one in the third decimal, and nothing stopped it.",
    takes="a class, such as Adam",
)


catch_the_eraser = _hunt(
    "eraser",
    stars=2,
    minutes=3,
    title="Catch the eraser",
    hint="What should happen to a weight whose gradient is zero at every step?",
    mistake="eps is added outside the division: it protects nothing, 0 / 0 is nan.",
    praise="So in the TensorFlow version of d2l.ai: brackets are missing (a reader's pull request, 2691, is closed).",
    takes="a class, such as Adam",
)


catch_the_clock = _hunt(
    "stopped clock",
    stars=2,
    minutes=4,
    title="Catch the stopped clock",
    hint="Which of the methods you know behaves differently when t stays 1? Walk with it, more than one step.",
    mistake="The loop never counts on: every step is told that it is the first.",
    praise="So in the same chapter of d2l.ai: t is read and never increased. To Adam it is the same bug as the "
    "plodder's, and no test of `step` alone can find it.",
    takes="a loop, such as walk",
)


warm_up = Function(
    stars=1,
    minutes=3,
    title="Warm up",
    praise="The first step is a small one, not a missing one, and the last one of the warm-up is whole.",
    right=lambda t, lr, steps: lr * min(1, t / steps),
    arguments=("t", "lr", "steps"),
    returns=("lr",),
    cases=((1, 0.5, 10), (4, 0.2, 8), (10, 0.5, 10), (25, 0.3, 10)),
    mistakes=(
        Mistake(
            "It never stops growing.",
            "What should it be long after the warm-up?",
            lambda t, lr, steps: lr * t / steps,
        ),
        Mistake(
            "The first step has the learning rate 0: t begins at 1 here.",
            "What is the learning rate of the first step, t = 1?",
            lambda t, lr, steps: lr * min(1, (t - 1) / steps),
        ),
        Mistake(
            "That takes the larger of the two: it is lr until the warm-up ends, and grows afterwards.",
            "At t = 1, should it be lr or less?",
            lambda t, lr, steps: lr * max(1, t / steps),
        ),
        Mistake(
            "It falls where it should rise: a warm-up ends at lr.",
            "Is it larger at the beginning or at the end of the warm-up?",
            lambda t, lr, steps: lr * max(0, 1 - t / steps),
        ),
        Mistake(
            "It switches from 0 to lr in one go.",
            "In the middle of the warm-up, how large should it be?",
            lambda t, lr, steps: lr * (t >= steps),
        ),
        Mistake(
            "The fraction is upside down.",
            "At t = 1 of 10 steps, which share of lr do you want?",
            lambda t, lr, steps: lr * min(1, steps / t),
        ),
    ),
    laws=(
        Law(
            "from the last step of the warm-up on, it is lr.",
            lambda f: np.isclose(f(7, 0.4, 7), 0.4) and np.isclose(f(30, 0.4, 7), 0.4),
        ),
        Law("in the middle of the warm-up it is half of lr.", lambda f: np.isclose(f(5, 0.4, 10), 0.2)),
    ),
)


no_difference = prediction(
    title="Predict: will momentum help here?",
    praise="The next cell trains all four.",
    right="d",
)


two_sentences = Text(
    stars=1,
    minutes=3,
    title="Explain it in two sentences",
    praise="Now open ours below and compare. Does yours name what was held equal, and what it should have been?",
)


into_pytorch = Choice(
    stars=1,
    minutes=1,
    title="Carry it into PyTorch",
    praise="Should the learning rate fall half way, the two still agree: both keep slopes in the memory, not steps.",
    right="a",
    options=(
        ("a", "The learning rate times the share of each gradient that enters the average: 0.5 times 0.1."),
        ("b", "PyTorch does not average: its memory adds up tenfold, so these steps would be ten times as long."),
        (
            "c",
            "That averages too, but its memory begins with the whole first gradient: ten times what ours begins with.",
        ),
        ("d", "That converts the other way round. PyTorch's memory adds up already, so it needs the smaller number."),
    ),
)


def _on_the_saddle(optimizer):
    """The places of 60 steps as a picture takes them: (2, 61)."""
    return descend(optimizer, "saddle", steps=60).theta.T


def _as_path(figure_of):
    """A learner's live figure of a rule as a function (Rule, lr, gamma) -> the points of its line, (2, 61)."""

    def path(Rule, lr, gamma):
        live = figure_of(Rule)
        if not hasattr(live, "compute"):
            raise Accident(f"`my_figure` should return the LiveFigure, not {type(live).__name__}.")
        live.close()  # made for this question only: nobody sees it
        missing = {"lr", "gamma"} - set(live.quantities)
        if missing:
            raise Accident(f"The figure has no quantity named {' and '.join(sorted(missing))}.")
        return np.array(live.compute(lr=lr, gamma=gamma).lines["mine"])

    return path


my_figure = Function(
    stars=2,
    minutes=4,
    title="A live figure of your own",
    praise="It moves with each of its quantities. Show it: `my_figure(Nesterov)`, or with a class of yours.",
    right=lambda Rule, lr, gamma: _on_the_saddle(Rule(lr, gamma)),
    arguments=("Rule", "lr", "gamma"),
    returns=("points",),
    cases=((Momentum, 0.05, 0.9), (Nesterov, 0.1, 0.5)),
    adapt=_as_path,
    seconds=20,  # to make a figure takes half a second, and several on a busy hub
    mistakes=(
        Mistake(
            "The figure runs Momentum, whatever rule it is asked for.",
            "Ask for Nesterov: does the picture change?",
            lambda Rule, lr, gamma: _on_the_saddle(Momentum(lr, gamma)),
        ),
        Mistake(
            "The learning rate and the memory have changed places.",
            "In which order does a rule take its two settings?",
            lambda Rule, lr, gamma: _on_the_saddle(Rule(gamma, lr)),
        ),
        Mistake(
            "The slider of gamma moves nothing: the rule keeps the memory it has by default.",
            "Move both sliders. Does the path follow each of them?",
            lambda Rule, lr, gamma: _on_the_saddle(Rule(lr)),
        ),
        Mistake(
            "The slider of the learning rate moves nothing: the rule keeps the one it has by default.",
            "Move both sliders. Does the path follow each of them?",
            lambda Rule, lr, gamma: _on_the_saddle(Rule(gamma=gamma)),
        ),
        Mistake(
            "Neither slider moves anything: the rule keeps its own settings.",
            "Move both sliders. Does the path follow each of them?",
            lambda Rule, lr, gamma: _on_the_saddle(Rule()),
        ),
    ),
    laws=(
        Law(
            "without memory, momentum's path is that of gradient descent.",
            lambda f: np.allclose(f(Momentum, 0.05, 0.0), _on_the_saddle(GradientDescent(0.05))),
        ),
    ),
)

"""The exercises of lesson 06: conclusion. Its quiz asks what people really asked, or got wrong in print."""

import numpy as np

from .exercises import Choice, Law, Mistake, Number, Text, WrittenTest
from .quiz import Question, Round

TITLE = "Conclusion"


what_it_can = Choice(
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


check_of_referee = WrittenTest(
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
            lambda first, second: _better(np.nanmin(first), np.nanmin(second)),
        ),
        Mistake(
            "One learning rate that diverges (nan) decides the whole race.",
            "What if a method diverges at its largest learning rate, and has the best loss at a smaller one?",
            lambda first, second: _better(np.min(_medians(first)), np.min(_medians(second))),
        ),
    ),
)


light_cone = Number(
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
        Mistake(
            "The first step moves the first coordinate only.", "Each step brings one new slope that is not zero.", 1
        ),
    ),
    laws=(Law("every step moves one coordinate more, and the first step the first one.", lambda steps: steps == 40),),
)


quiz_memory = Round(
    stars=1,
    minutes=2,
    title="Quiz: memory and dialects",
    praise="You can carry a run from one library to the next.",
    questions=(
        Question(
            r"$\gamma = 0.95$. A single push; then level ground. Half of it is forgotten after about",
            "b",
            {
                "a": ("10 steps", "That is the time of 0.9 to fall to a third, not of 0.95 to fall to a half."),
                "b": ("13 or 14 steps", "0.95 to the power 13.5 is one half: ln ½ / ln 0.95."),
                "c": ("20 steps", "20 is the sum of all weights, 1/(1 − 0.95). By then only 36 % is left."),
                "d": ("half a step", "A step keeps 95 % of the last one; it takes many to lose half."),
            },
            "d2l.ai prints $\\gamma^{-1}$, and ten for 0.9; 08, *A half-life of ten*",
        ),
        Question(
            "A friend's code says `v = 0.9 * v - 0.01 * g` and then `theta = theta + v`. Against ours, with "
            r"$\eta = 0.01$ and $\gamma = 0.9$, it",
            "a",
            {
                "a": (
                    "walks the same path",
                    r"Its v is our $-\Delta$: the sign moved from the second line to the first.",
                ),
                "b": ("goes uphill", "Two signs changed, in the first line and in the second. They cancel."),
                "c": ("takes steps a tenth as long", "Nothing is averaged here: there is no 1 − 0.9 before g."),
                "d": (
                    "is Nesterov's method",
                    "The gradient is measured where it stands. Only the sign of the memory differs.",
                ),
            },
            "Ruder's remark that some exchange the signs; IDSIA's brainstorm #96",
        ),
        Question(
            "In PyTorch, `SGD(lr=0.1, momentum=0.9, dampening=0.9)` makes its first step, with the gradient 2. How "
            "long is it?",
            "c",
            {
                "a": (
                    "0.02",
                    "So long it would be if the memory started from zero and was damped. PyTorch starts from g.",
                ),
                "b": ("0.18", "The memory has nothing to keep yet: its first content is the gradient itself."),
                "c": ("0.2", "The memory starts as g, undamped, and so the first step is lr times g."),
                "d": ("2", "That would be the gradient without the learning rate."),
            },
            "PyTorch #91108; lesson 05, *Into PyTorch*",
        ),
        Question(
            "PyTorch ran with `SGD(lr=0.03, momentum=0.8)`. Your code averages, `m = 0.8 * m + 0.2 * g`, then "
            "`theta -= lr * m`. The same run needs lr =",
            "d",
            {
                "a": (
                    "0.006",
                    "You multiplied by 0.2. The average is a fifth of PyTorch's memory, so lr must make up for it.",
                ),
                "b": ("0.024", "0.8 is what the memory keeps. What counts is the share of the gradient, 0.2."),
                "c": ("0.03", "With the same number the averaged run takes steps a fifth as long."),
                "d": ("0.15", "0.03 divided by 0.2, the share of each gradient that enters the average."),
            },
            "Apple's MLX #87, and autograd #289; lesson 03",
        ),
        Question(
            "PyTorch's `nesterov=True` only ever measures the gradient at the parameters themselves. So it is",
            "c",
            {
                "a": (
                    "a bug, for Nesterov must look ahead",
                    "People thought so and sent a correction. Algebra refuted it.",
                ),
                "b": (
                    "classical momentum with a larger momentum",
                    "With a larger momentum the limits would differ from Nesterov's.",
                ),
                "c": (
                    "Nesterov: the stored parameters are the look-ahead point",
                    "What PyTorch stores, and shows you, is the point ahead.",
                ),
                "d": ("Nesterov on quadratics only", "The change of variables is exact on every loss."),
            },
            "Keras #966; PyTorch #5920; lesson 03, *Nesterov's two sequences*",
        ),
        Question(
            r"RMSprop meets slopes that are nearly zero. $\epsilon = 10^{-7}$ stands inside the root in one program, "
            "outside in the other. Which takes the longer steps?",
            "a",
            {
                "a": (
                    "the one with it outside",
                    r"Inside, it works like $\sqrt\epsilon$ outside, here 0.0003: far larger than such slopes.",
                ),
                "b": (
                    "the one with it inside",
                    r"Inside the root, 0.0000001 becomes 0.0003 in the divisor, so its steps are the shorter ones.",
                ),
                "c": (
                    "both the same",
                    "The two are not one number: the root of a small number is much larger than the number.",
                ),
                "d": (
                    "neither takes any",
                    "Outside, 0.0000001 is far below a slope of 0.00001, say, and its step stays long.",
                ),
            },
            "Keras #4356; fastbook #483; lesson 04, *Where epsilon stands*",
        ),
    ),
)


quiz_limits = Round(
    stars=1,
    minutes=2,
    title="Quiz: limits and evidence",
    praise="You know what the rates promise, and nobody will sell you a race that was not one.",
    questions=(
        Question(
            "The curvatures of a loss lie between 0.01 and 1. The best learning rate for gradient descent comes out as "
            '1.98. "A mistake: far too big." What do you say?',
            "c",
            {
                "a": (
                    "Right, it must be 0.0198",
                    r"At 0.0198 the flattest direction loses a fiftieth of a per cent a step.",
                ),
                "b": (
                    "Right, above 1 every run diverges",
                    r"The limit is $\eta\lambda = 2$; with the steepest $\lambda = 1$ that is $\eta = 2$.",
                ),
                "c": (
                    "It is right: the limit is 2",
                    "The best is 2 over the sum of the curvatures, just below the limit. Small is a matter of units.",
                ),
                "d": ("It holds for momentum only", "For momentum the limit is higher still."),
            },
            "a reader of distill.pub, #51; lesson 02, *The best learning rate is a balance*",
        ),
        Question(
            r"The largest curvature of a ravine is 12, $\gamma = 0.9$ and $\eta = 0.15$. Which of gradient descent, "
            "momentum and Nesterov diverge?",
            "d",
            {
                "a": ("all of them", r"$\eta\lambda$ is 1.8. Gradient descent bears up to 2, momentum up to 3.8."),
                "b": ("gradient descent only", r"It bears $\eta\lambda$ up to 2, and this is 1.8."),
                "c": (
                    "momentum and Nesterov",
                    "Momentum bears up to 3.8 at this memory: it is the most patient of the three.",
                ),
                "d": ("Nesterov only", r"Its limit is $(2 + 2\gamma)/(1 + 2\gamma)$, here 1.357; 1.8 is beyond it."),
            },
            "many texts say that momentum widens the range and mean both kinds; lesson 03, *The price*",
        ),
        Question(
            r"At the best settings theory says that momentum shrinks the distance by $\rho = 0.818$ a step. You "
            "measure 0.828 between steps 79 and 80. What now?",
            "a",
            {
                "a": (
                    r"nothing: at the best settings the distance shrinks like $k\,\rho^k$",
                    "Two roots coincide there. The measured factor comes down to 0.818, slowly.",
                ),
                "b": (
                    "the learning rate is a little too large",
                    r"Then the factor would end above $\sqrt\gamma$, or swing; here it falls towards it.",
                ),
                "c": ("the code loses digits", "After 80 steps the distance is far above the last digits."),
                "d": ("the theory holds for Nesterov only", "Its best rate here is 0.885. 0.818 is momentum's own."),
            },
            "a common report about tests of the rate; lesson 02, *Predict, measure, reconcile*",
        ),
        Question(
            "A picture shows nine optimizers on one network, all with the learning rate 0.001. What does it show about "
            "the methods?",
            "b",
            {
                "a": ("the fastest of the nine", "Fastest at 0.001. At another number another one may win."),
                "b": (
                    "next to nothing: 0.001 is another size of step for each",
                    "For momentum it multiplies the slope, for Adam it is the step itself.",
                ),
                "c": ("which needs the least tuning", "For that each would have to run at many learning rates."),
                "d": ("which generalises best", "Neither a test set nor several seeds were mentioned."),
            },
            "a well-known book's picture; lesson 04, *Is the race fair?*",
        ),
        Question(
            "A narrow ravine is turned by 45 degrees, and each method is tuned anew. Who needs at least twice as many "
            "steps as before?",
            "b",
            {
                "a": (
                    "momentum",
                    "It only adds slopes and multiplies them by numbers: turn the ground, and its path turns along.",
                ),
                "b": ("Adam and Adagrad", "They divide by coordinate, and now every coordinate meets the steep slope."),
                "c": ("all of them", "Gradient descent and momentum do not notice."),
                "d": ("none of them", "Count the steps, as this lesson does in a fold: Adam 40, and then 177."),
            },
            "an unanswered exercise of d2l.ai; here, *Deeper: the guide's ravines, each method tuned*",
        ),
    ),
)


in_two_sentences = Text(
    stars=2,
    minutes=2,
    title="Momentum in two sentences",
    praise="Now open ours below and compare. Does yours say what it remembers, and when that does harm?",
    words=12,
)

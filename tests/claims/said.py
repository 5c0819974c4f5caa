"""What praise, quiz and the reasons of choices say without generalising: no claim is needed, and why.

The rule: a sentence of a praise or of a choice's reason is quoted by a claim, or asks, or stands here under what it is.
"""

from quoting import fold, in_pieces

from course_lib import checks
from course_lib.checks.exercises import Choice
from course_lib.checks.quiz import Round

SAYS_NO_MORE = {
    "points on, or says what to do": [
        "The next two sections let them run.",
        "Run on and see.",
        "Multiply the two numbers.",
        "The section *The count* answers it.",
        "Now look at the picture below: your straight line, and why the measurement lies a little above it.",
        "The next cells count them, and answer each guess.",
        "The next cells answer each guess.",
        "Run the next cell to see all of them.",
        "The next cell trains all four.",
        "The fold below measures the others.",
        "Caught, and here it is.",
        "Now open ours below and compare.",
        "It is the other way round: look at the two limits again.",
        "All five stand in print: in a course, a textbook, a library, a blog.",
        "Four ways to lose a fair race.",
        "Your test knows them.",
        "Your test would have stopped each.",
        "You can carry a run from one library to the next.",
        "You know what the rates promise, and nobody will sell you a race that was not one.",
        "No curvature was asked for.",
        "It moves with each of its quantities.",
        "Show it: `my_figure(Nesterov)`, or with a class of yours.",
        "One such search for each memory, and then the fastest of them.",
        "Count the steps, as this lesson does in a fold: Adam 40, and then 177.",
        "You have written an optimizer that trains many networks of today.",
    ],
    "about the picture, the run or the code that is asked about": [
        "A run that is caught comes to rest.",
        "This one keeps moving.",
        "This one crosses zero again and again.",
        "Slow waves that die out: the memory carries it past the bottom, and back.",
        "Here a crossing takes many steps.",
        "B begins at 45 degrees and glides onto the floor without a swing: it has no memory of slopes.",
        "A begins straight down the steepest slope: nothing is divided there.",
        "A starts down the steepest slope and swings; B and C start at 45 degrees, and C swings over.",
        "C swings beyond the floor, so it remembers slopes; it begins at 45 degrees, so it divides them.",
        "m is the average it should be: what is kept and what is new add up to 1.",
        "v is the average it should be, of the squares.",
        "Here they get smaller.",
        "The step is right: m_hat over the root of v_hat, and eps beside the root.",
        "Two signs changed, in the first line and in the second.",
        "They cancel.",
        "Its v is our $-\\Delta$: the sign moved from the second line to the first.",
        "Nothing is averaged here: there is no 1 − 0.9 before g.",
        "The gradient is measured where it stands.",
        "Only the sign of the memory differs.",
        "Neither a test set nor several seeds were mentioned.",
        "After 80 steps the distance is far above the last digits.",
        "That is the course's own class.",
        "It runs on a hill, on a ravine, and in lesson 05 on a network.",
        "It remembers as before.",
        "What it remembers is no longer different for the two coordinates.",
    ],
    "a sum with the numbers of the question": [
        "eta lambda is 1.5, each step multiplies by -0.5: to the other side, half as far out.",
        "eta lambda is 2.",
        "$\\eta\\lambda$ is 1.8.",
        "That is the time of 0.9 to fall to a third, not of 0.95 to fall to a half.",
        "20 is the sum of all weights, 1/(1 − 0.95).",
        "By then only 36 % is left.",
        "A step keeps 95 % of the last one; it takes many to lose half.",
        "So long it would be if the memory started from zero and was damped.",
        "That would be the gradient without the learning rate.",
        "You multiplied by 0.2.",
        "The average is a fifth of PyTorch's memory, so lr must make up for it.",
        "0.8 is what the memory keeps.",
        "What counts is the share of the gradient, 0.2.",
        "With the same number the averaged run takes steps a fifth as long.",
        "0.03 divided by 0.2, the share of each gradient that enters the average.",
        "The learning rate times the share of each gradient that enters the average: 0.5 times 0.1.",
        "That converts the other way round.",
        "PyTorch's memory adds up already, so it needs the smaller number.",
        "Inside, it works like $\\sqrt\\epsilon$ outside, here 0.0003: far larger than such slopes.",
        "Inside the root, 0.0000001 becomes 0.0003 in the divisor, so its steps are the shorter ones.",
        "The two are not one number: the root of a small number is much larger than the number.",
        "Outside, 0.0000001 is far below a slope of 0.00001, say, and its step stays long.",
        "At 0.0198 the flattest direction loses a fiftieth of a per cent a step.",
        "The limit is $\\eta\\lambda = 2$; with the steepest $\\lambda = 1$ that is $\\eta = 2$.",
        "The best is 2 over the sum of the curvatures, just below the limit.",
        "Small is a matter of units.",
    ],
    "the rule in words, or what a word means": [
        "It would creep if eta lambda were below 1.",
        "One step needs eta lambda = 1.",
        "It would diverge if eta lambda were above 2.",
        "That would be kappa squared.",
        "A run that creeps stays on one side.",
        "A sign that flips at every step would be a zigzag from dot to dot.",
        "The noise is in the slopes, not in the place: it would come back.",
        "The rule carries one number from step to step; this sum is what that number holds.",
        "The memory will be part of the step whatever the slope is: so measure the slope there.",
        "One line of memory: it is momentum's averaged form, fed with squares.",
        "The same number of tries for each, the best of each: now the difference is one of methods.",
        "At the start m is too small: it has to be divided by 1 - beta**t, and so has v.",
        "The start is turned together with the ravine: the distance is the same.",
        "The first step is a small one, not a missing one, and the last one of the warm-up is whole.",
        "It goes on until the memory of the old slope has faded: that is what memory is.",
        "The memory has nothing to keep yet: its first content is the gradient itself.",
        "PyTorch starts from g.",
        "What PyTorch stores, and shows you, is the point ahead.",
        "Two roots coincide there.",
        "Fastest at 0.001.",
        "For that each would have to run at many learning rates.",
        "To Adam it is the same bug as the plodder's, and no test of `step` alone can find it.",
    ],
    "about a source: where it stands, and its state, is in 08": [
        "Several published copies are wrong.",
        "It has been copied into other languages.",
        "Signs get lost where one text subtracts the step and the next one adds it.",
        "Even the best-known article on momentum (distill.pub, 2017) prints a plus where its unrolled sum of gradients "
        "needs a minus.",
        "A memory kept in the object, as in numpy-ml, which has to copy its optimizer for every layer.",
        "A learning rate too many was reported for Boltzmann.jl (issue 14), there in front of the last step.",
        "It happens where two conventions meet: lr inside the memory, and lr outside.",
        "Printed in a book on deep learning as plain momentum (a reader asked, issue 289 of its notebooks).",
        "It is Nesterov's method as Keras writes it, without its name: right there, wrong here.",
        "Printed in the first version of a textbook (Understanding Deep Learning, issue 149; corrected since).",
        "So in the slides of the deck, read literally, and in a public solution of a much-taken course: its output "
        "differs from the expected one in the third decimal, and nothing stopped it.",
        "So in the TensorFlow version of d2l.ai: brackets are missing (a reader's pull request, 2691, is closed).",
        "So in the same chapter of d2l.ai: t is read and never increased.",
        "People thought so and sent a correction.",
        "Algebra refuted it.",
    ],
}


def said():
    """Every sentence of praise, of the reasons of choices and of the quiz that is no question: (exercise, sentence)."""
    for exercise in checks.EXERCISES:
        texts = [exercise.praise]
        if isinstance(exercise, Choice):
            texts += [reason for _, reason in exercise.options]
        if isinstance(exercise, Round):
            texts += [reason for question in exercise.questions for _, reason in question.options.values()]
        for text in texts:
            yield from ((exercise.name, fold(s)) for s in in_pieces([text]) if not s.endswith("?"))

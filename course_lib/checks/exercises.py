"""The kinds of exercise: a number, a choice, a function, a test the learner writes, a few sentences.

Calling an exercise with an answer returns its Feedback. A wrong answer is held against the known mistakes first, then
against the laws that every right answer obeys; the feedback never shows the solution. Nor does an exercise that is
printed or looked into: hence `repr=False, slots=True`.
"""

import copy
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import permutations

import numpy as np

from . import calling, record, typed
from .calling import Accident, Slow, Unwritten
from .feedback import Feedback, printable


@dataclass(frozen=True, repr=False, slots=True)
class Mistake:
    """A known wrong answer. hint: what is off, without naming it; name: the mistake, shown on request.

    answer: the wrong function, number or letter itself, so that a learner's answer can be recognised as this one.
    """

    name: str
    hint: str
    answer: object


@dataclass(frozen=True, repr=False, slots=True)
class Slip:
    """What is meant by a number with a slip in it: factor * number**power; within: how close that comes to the value,
    None for as close as the exercise accepts."""

    hint: str
    name: str
    factor: float = 1
    power: int = 1
    within: float | None = 1.001


@dataclass(frozen=True, repr=False, slots=True)
class Law:
    """What every right function obeys, whatever its convention. holds: function -> bool."""

    sentence: str
    holds: Callable


@dataclass(frozen=True, repr=False, slots=True)
class Convention:
    """Another way of writing the same rule, right in its own units.

    says: whose it is and how it differs. encode: a case -> the same case in that convention. decode: (its result, the
    case) -> the result in ours.
    """

    says: str
    encode: Callable = lambda case: case
    decode: Callable = lambda result, case: result


@dataclass(frozen=True, repr=False, slots=True)
class Exercise:
    """What all exercises share.

    name: the learner's variable or function, and of the exercise itself in the file of its lesson: lessons.py tells it
    both. stars: 1 is enough to go on. minutes: an estimate. praise: why it matters.
    guess: whether the answer is only noted, because the lesson answers it with its next measurement.
    """

    name: str = field(default="", init=False)
    lesson: int = field(default=0, init=False)
    stars: int
    minutes: int
    title: str
    praise: str
    guess: bool = False

    def __repr__(self):
        return printable(f"{self.title}: call it with your answer, checks.{self.name}({self.name}).")

    def belongs(self, lesson, name):
        """It is what the lesson's file calls by this name."""
        object.__setattr__(self, "lesson", lesson)
        object.__setattr__(self, "name", name)

    def __call__(self, answer) -> Feedback:
        if isinstance(answer, tuple) and len(answer) == 1:  # of a comma at the end of the line
            return self(answer[0])
        if answer is ... or answer is None:
            return Feedback("empty", f"Write your answer into `{self.name}`, then run both cells again.")
        try:
            calling.refuse_unfinished(answer)
            feedback = self.judge(answer)
        except Unwritten:
            return Feedback("empty", f"`{self.name}` still holds its `...`: replace it, then run both cells again.")
        except Accident as accident:
            return Feedback("trouble", str(accident))
        return self._solved(feedback) if feedback.verdict in ("right", "told") else feedback

    def judge(self, answer) -> Feedback:
        raise NotImplementedError

    def _noted(self, guess):
        return Feedback("told", f"Your guess is noted: {guess}. {self.praise}")

    def _solved(self, feedback):
        if record.remember(self.name):
            return feedback
        return replace(feedback, says=f"{feedback.says} (It could not be written to your progress.)")


# Slips that happen with any number, hint and name: what was meant is the number to the power, times the factor.
SLIPS = (
    Slip("The size is right: look at the sign.", "The sign.", factor=-1, within=None),
    Slip("The digits are right: look at the decimal point.", "It is ten times too large.", factor=0.1),
    Slip("The digits are right: look at the decimal point.", "It is ten times too small.", factor=10),
    Slip("Is it a share or a percentage?", "It is a hundred times too large.", factor=0.01),
    Slip("What is divided by what?", "It is turned upside down.", power=-1),
)


@dataclass(frozen=True, repr=False, slots=True)
class Number(Exercise):
    """A number, accepted within the factor `within`: 1.02 is two per cent either way, 2 is half to double."""

    value: float = 0.0
    within: float = 1.02
    mistakes: tuple[Mistake, ...] = ()
    laws: tuple[Law, ...] = ()

    def judge(self, answer):
        number = typed.number(answer)
        feedback = self.judge_number(number)
        if isinstance(answer, str | tuple):
            return replace(feedback, says=f"{feedback.says} (In Python a number is written so: {number:.12g}.)")
        return feedback

    def judge_number(self, number):
        if self.guess:
            return self._noted(f"{number:g}")
        if self._close(number, self.value):
            return Feedback("right", f"The value is {self.value:.4g}. {self.praise}")
        for mistake in self.mistakes:
            if self._close(number, mistake.answer):
                return Feedback("wrong", f"You wrote {number:.6g}. {mistake.hint}", more=mistake.name)
        for slip in SLIPS:
            if number and self._close(slip.factor * number**slip.power, self.value, slip.within):
                return Feedback("wrong", f"You wrote {number:.6g}. {slip.hint}", more=slip.name)
        size = "too large" if number > self.value else "too small"
        with np.errstate(all="ignore"):
            broken = [f"A law is broken: {law.sentence}" for law in self.laws if not law.holds(number)]
        return Feedback("wrong", f"You wrote {number:.6g}: that is {size}. {(broken or [self._accepted()])[0]}")

    def _close(self, number, value, within=None):
        if value == 0:
            return abs(number) < 1e-9
        return number / value > 0 and max(number / value, value / number) <= (within or self.within)

    def _accepted(self):
        if self.within < 1.5:
            return f"A value within {100 * (self.within - 1):.0f} % counts."
        return f"A value within a factor of {self.within:g} counts."


@dataclass(frozen=True, repr=False, slots=True)
class Choice(Exercise):
    """One letter out of a few. options: letter -> why it is right or wrong; `right` names the right one."""

    right: str = "a"
    options: tuple[tuple[str, str], ...] = ()

    def judge(self, answer):
        reasons = dict(self.options)
        letter = str.__str__(answer).strip().strip("().'\"").lower() if isinstance(answer, str) else None
        if letter not in reasons:
            raise Accident(f'Answer with one of the letters {", ".join(reasons)} in quotation marks, such as "a".')
        if self.guess:
            return self._noted(letter)
        if letter == self.right:
            return Feedback("right", f"{reasons[letter]} {self.praise}".strip())
        return Feedback("wrong", f"You chose {letter}. {reasons[letter]}")

    def answers(self):
        """The letters with their reasons in Markdown, the right one first, for readers without a kernel."""
        right_first = sorted(self.options, key=lambda option: option[0] != self.right)
        reasons = [f"- **{letter}**: {reason}" for letter, reason in right_first]
        lines = [
            "<details><summary>Answer</summary>",
            "",
            f"**{self.right}** is right.",
            "",
            *reasons,
            "",
            "</details>",
        ]
        return "\n".join(lines)


def prediction(title, praise, right):
    """One of four letters, noted and not judged: the cells that follow answer it. One star, one minute."""
    letters = tuple((letter, "") for letter in "abcd")
    return Choice(1, 1, title, praise, guess=True, right=right, options=letters)


@dataclass(frozen=True, repr=False, slots=True)
class Function(Exercise):
    """A function, run on cases that tell every known mistake from the right answer and from each other.

    returns: the names of what it returns. cases: argument tuples. adapt: turns what the learner hands in, such as a
    class, into the function that is run on the cases. seconds: how long one case may take, None for as usual.
    """

    right: Callable = None
    returns: tuple[str, ...] = ()
    cases: tuple[tuple, ...] = ()
    arguments: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    conventions: tuple[Convention, ...] = ()
    laws: tuple[Law, ...] = ()
    adapt: Callable | None = None
    seconds: float | None = None

    def judge(self, answer):
        if not callable(answer):
            kind = type(answer).__name__
            if hasattr(answer, "step"):
                raise Accident(
                    f"`{self.name}` should be a class, it is one of its objects: give {kind}, without brackets."
                )
            raise Accident(f"`{self.name}` should be a function, it is {kind}: did a cell overwrite it?")
        answer = self.adapt(answer) if self.adapt else answer
        expected = self.results(self.right)
        got = self.results(answer, aloud=True)
        if _equal(got, expected):
            return self._right(got)
        for convention in self.conventions:
            if self._right_in(convention, answer, expected):
                return Feedback("right", f"{convention.says} {self.praise}")
        case, rows = self._first_difference(got, expected)
        for mistake in self.mistakes:
            if _equal(got, self.results(mistake.answer)):
                return Feedback("wrong", mistake.hint, case, rows, more=mistake.name)
        calling.refuse_infinite(got, expected, self.returns)
        if any(_equal([[values[k] for k in order] for values in got], expected) for order in self._orders()):
            order = f"It should return {', '.join(self.returns)}, in this order."
            return Feedback("wrong", "The values are right. In which order are they wanted?", case, rows, more=order)
        if _equal(got, expected, 1e-5):
            return Feedback("wrong", "It is right to about five digits: is something rounded on the way?", case, rows)
        for law in self.laws:
            if not self._obeys(law, answer):
                return Feedback("wrong", f"A law is broken: {law.sentence}", case, rows)
        return Feedback("wrong", f"{self._unknown(got, expected)} Compare the first case by hand.", case, rows)

    def _right(self, got):
        if _precision(got) > 1e-7 and any(_equal(got, self.results(mistake.answer)) for mistake in self.mistakes):
            kind = min((array.dtype for values in got for array in values), key=lambda dtype: dtype.itemsize)
            raise Accident(f"It was computed in {kind}: too coarse to tell right from wrong. Use float64.")
        return Feedback("right", self.praise)

    def _orders(self):
        return permutations(range(len(self.returns)))

    def _unknown(self, got, expected):
        parts = [[[values[k]] for values in got] for k in range(len(self.returns))]
        wanted = [[[values[k]] for values in expected] for k in range(len(self.returns))]
        right = [name for name, one, two in zip(self.returns, parts, wanted, strict=True) if _equal(one, two)]
        known = f"{' and '.join(right)} came out right. " if right else ""
        return f"{known}It is not one of the mistakes we know."

    def results(self, function, aloud=False):
        """The results of a function on every case, as lists of arrays. Raises Accident or Unwritten.

        What the course itself wrote, the right answer and the mistakes, is called without precautions.
        """
        found = []
        with np.errstate(all="ignore"):
            for k, case in enumerate(self.cases):
                likes = [np.asarray(part) for part in _tuple(self.right(*case))]
                ours = function is self.right or any(function is mistake.answer for mistake in self.mistakes)
                result = (
                    function(*case) if ours else calling.call(function, case, not aloud or k > 0, seconds=self.seconds)
                )
                found.append(calling.as_arrays(result, self.returns, likes))
        return found

    def _right_in(self, convention, answer, expected):
        def compare():
            results = [convention.decode(answer(*copy.deepcopy(convention.encode(case))), case) for case in self.cases]
            pairs = zip(results, expected, strict=True)
            return _equal([calling.as_arrays(result, self.returns, likes) for result, likes in pairs], expected)

        return self._holds(compare, in_doubt=False)

    def _obeys(self, law, answer):
        return self._holds(lambda: bool(law.holds(lambda *args: answer(*copy.deepcopy(args)))), in_doubt=True)

    def _holds(self, question, in_doubt):
        """The answer to a question that the learner's objects take part in; in_doubt: where it takes too long."""
        try:
            return calling.safely(question)
        except Slow:
            return in_doubt
        except (Accident, Unwritten):
            return False

    def _first_difference(self, got, expected):
        k = next(k for k, pair in enumerate(zip(got, expected, strict=True)) if not _equal([pair[0]], [pair[1]]))
        given = ", ".join(f"{n}={calling.shown(v)}" for n, v in zip(self.arguments, self.cases[k], strict=True))
        rows = zip(self.returns, got[k], expected[k], strict=True)
        return f"The first case that differs: {given}", tuple((name, *_told_apart(g, e)) for name, g, e in rows)


@dataclass(frozen=True, repr=False, slots=True)
class WrittenTest(Exercise):
    """A test that the learner writes: it must let the right version pass and catch every broken one.

    takes: what a version is. lines: of a broken version, the function to show once it is caught; None shows nothing.
    """

    right: Callable = None
    mistakes: tuple[Mistake, ...] = ()
    takes: str = "the version to test"
    lines: Callable | None = None

    def judge(self, answer):
        if not callable(answer):
            raise Accident(f"`{self.name}` should be a function that takes {self.takes}.")
        slipped = [mistake for mistake in self.mistakes if not self._fails(answer, mistake.answer)]
        fails_right = self._fails(answer, self.right)
        if fails_right:
            return Feedback("wrong", self._rejects(fails_right, len(slipped)))
        if not slipped:
            return Feedback("right", self.praise, code=self.bug() if self.lines else "")
        caught = len(self.mistakes) - len(slipped)
        if not caught and calling.is_stub(answer):
            raise Unwritten
        slips = f"It catches {caught} of {len(self.mistakes)} broken versions. For example:"
        if not caught:
            broken = "the broken one" if len(slipped) == 1 else "the broken ones"
            slips = f"It lets every version pass, the right one and {broken}. Does it contain an `assert`?"
        return Feedback("wrong", f"{slips} {slipped[0].hint}", more=slipped[0].name)

    def bug(self):
        """The lines in which the first broken version differs from the right one, as text."""
        return textwrap.dedent(inspect.getsource(self.lines(self.mistakes[0].answer))).rstrip()

    def _rejects(self, where, slipped):
        """The sentences for a test that fails the right version, after what it does with the broken ones."""
        says = f"Your test rejects the right version{where}. What does it demand that is not true of it?"
        if slipped == 0:
            return f"{says} (It rejects what is broken, too: does it reject everything?)"
        if slipped == len(self.mistakes):
            return f"{says} (And it lets pass what is broken: is it the wrong way round?)"
        return says

    def _fails(self, test, version):
        """Where the test fails this version, in words; "" where it lets it pass.

        It fails by an assert, by returning False, or because the version broke it.
        """
        try:
            answer = calling.call(test, (_lent(version),), let_through=(AssertionError,))
            passes = calling.safely(_content, answer)
        except AssertionError as error:
            return calling.where(error) or " by an `assert`"
        except Accident:
            if version is self.right:
                raise
            return " by an error"
        return "" if passes else " by returning False"


def _content(answer):
    return answer is None or bool(answer if isinstance(answer, str) else np.all(answer))


def _lent(version):
    """A class to play with: what a test does to it is not done to the course's own."""
    return type(version.__name__, (version,), {"__doc__": version.__doc__}) if isinstance(version, type) else version


@dataclass(frozen=True, repr=False, slots=True)
class Text(Exercise):
    """A few sentences of the learner's own, not judged: the lesson shows another wording to compare with.

    words: how many count as an answer.
    """

    words: int = 8
    guess: bool = True

    def judge(self, answer):
        if not isinstance(answer, str):
            raise Accident(f"Sentences are wanted here, in quotation marks, not {type(answer).__name__}.")
        if len(answer.split()) < self.words:
            raise Accident(f"That is {len(answer.split())} words: write two sentences, for someone who was not here.")
        return Feedback("told", self.praise)


def _tuple(result):
    return result if isinstance(result, tuple) else (result,)


def _equal(got, expected, rtol=None):
    """Whether all arrays agree: to seven digits, or to as many as what was got was computed with."""
    rtol = rtol or _precision(got)
    return all(_close(g, e, rtol) for gs, es in zip(got, expected, strict=True) for g, e in zip(gs, es, strict=True))


def _close(g, e, rtol):
    return g.shape == e.shape and np.allclose(g.astype(float), e, rtol=rtol, atol=rtol / 1000, equal_nan=True)


def _precision(got):
    """The relative error that a few steps of arithmetic may make, in the coarsest of the types."""
    return max(1e-7, *(1000 * float(np.finfo(array.dtype).eps) for values in got for array in values))


def _told_apart(got, expected):
    """Both in as few digits as tell them apart; what is the same is said to be."""
    if _close(got, expected, _precision([[got]])):
        return calling.shown(got), "the same"
    shown = ((calling.shown(got, digits), calling.shown(expected, digits)) for digits in (6, 9, 12))
    return next((pair for pair in shown if pair[0] != pair[1]), (calling.shown(got, 17), calling.shown(expected, 17)))

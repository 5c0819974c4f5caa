"""The kinds of exercise: a number, a choice, a function, a test the learner writes, a few sentences.

Calling an exercise with an answer returns its Feedback. A wrong answer is held against the known mistakes first, then
against the laws that every right answer obeys; the feedback never shows the solution.
"""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from . import calling, record
from .calling import Accident, Unwritten
from .feedback import Feedback


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer. hint: what is off, without naming it; name: the mistake, shown on request.

    answer: the wrong function, number or letter itself, so that a learner's answer can be recognised as this one.
    """

    name: str
    hint: str
    answer: object


@dataclass(frozen=True)
class Law:
    """What every right function obeys, whatever its convention. holds: function -> bool."""

    sentence: str
    holds: Callable


@dataclass(frozen=True)
class Convention:
    """Another way of writing the same rule, right in its own units.

    says: whose it is and how it differs. encode: a case -> the same case in that convention. decode: (its result, the
    case) -> the result in ours.
    """

    says: str
    encode: Callable
    decode: Callable


@dataclass(frozen=True)
class Exercise:
    """What all exercises share.

    name: the learner's variable or function. stars: 1 is enough to go on. minutes: an estimate. praise: why it matters.
    guess: whether the answer is only noted, because the lesson answers it with its next measurement.
    """

    name: str
    lesson: int
    stars: int
    minutes: int
    title: str
    praise: str
    guess: bool = False

    def __call__(self, answer) -> Feedback:
        if answer is ... or answer is None:
            return Feedback("empty", f"Write your answer into `{self.name}`, then run both cells again.")
        try:
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


# Slips that happen with any number: hint, name, and what was meant.
SLIPS = (
    ("The size is right: look at the sign.", "The sign.", lambda number: -number),
    ("The digits are right: look at the decimal point.", "It is ten times too large.", lambda number: number / 10),
    ("The digits are right: look at the decimal point.", "It is ten times too small.", lambda number: number * 10),
    ("Is it a share or a percentage?", "It is a hundred times too large.", lambda number: number / 100),
    ("What is divided by what?", "It is turned upside down.", lambda number: 1 / number),
)


@dataclass(frozen=True)
class Number(Exercise):
    """A number, accepted within the factor `within`: 1.02 is two per cent either way, 2 is half to double."""

    value: float = 0.0
    within: float = 1.02
    mistakes: tuple[Mistake, ...] = ()
    laws: tuple[Law, ...] = ()

    def judge(self, answer):
        number = _number(answer)
        if self.guess:
            return self._noted(f"{number:g}")
        if self._close(number, self.value):
            return Feedback("right", f"The value is {self.value:.4g}. {self.praise}")
        for mistake in self.mistakes:
            if self._close(number, mistake.answer):
                return Feedback("wrong", f"You wrote {number:.6g}. {mistake.hint}", more=mistake.name)
        for hint, name, as_meant in SLIPS:
            if number and self._close(as_meant(number), self.value):
                return Feedback("wrong", f"You wrote {number:.6g}. {hint}", more=name)
        size = "too large" if number > self.value else "too small"
        with np.errstate(all="ignore"):
            broken = [f"A law is broken: {law.sentence}" for law in self.laws if not law.holds(number)]
        return Feedback("wrong", f"You wrote {number:.6g}: that is {size}. {(broken or [self._accepted()])[0]}")

    def _close(self, number, value):
        if value == 0:
            return abs(number) < 1e-9
        return number / value > 0 and max(number / value, value / number) <= self.within

    def _accepted(self):
        if self.within < 1.5:
            return f"A value within {100 * (self.within - 1):.0f} % counts."
        return f"A value within a factor of {self.within:g} counts."


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Function(Exercise):
    """A function, run on cases that tell every known mistake from the right answer and from each other.

    returns: the names of what it returns. cases: argument tuples. adapt: turns what the learner hands in, such as a
    class, into the function that is run on the cases.
    """

    right: Callable = None
    returns: tuple[str, ...] = ()
    cases: tuple[tuple, ...] = ()
    arguments: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    conventions: tuple[Convention, ...] = ()
    laws: tuple[Law, ...] = ()
    adapt: Callable | None = None

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
            return Feedback("right", self.praise)
        for convention in self.conventions:
            if self._right_in(convention, answer, expected):
                return Feedback("right", f"{convention.says} {self.praise}")
        case, rows = self._first_difference(got, expected)
        for mistake in self.mistakes:
            if _equal(got, self.results(mistake.answer)):
                return Feedback("wrong", mistake.hint, case, rows, more=mistake.name)
        if any(_equal([[values[k] for k in order] for values in got], expected) for order in self._orders()):
            order = f"It should return {', '.join(self.returns)}, in this order."
            return Feedback("wrong", "The values are right. In which order are they wanted?", case, rows, more=order)
        for law in self.laws:
            if not self._obeys(law, answer):
                return Feedback("wrong", f"A law is broken: {law.sentence}", case, rows)
        return Feedback("wrong", f"{self._unknown(got, expected)} Compare the first case by hand.", case, rows)

    def _orders(self):
        return permutations(range(len(self.returns)))

    def _unknown(self, got, expected):
        parts = [[[values[k]] for values in got] for k in range(len(self.returns))]
        wanted = [[[values[k]] for values in expected] for k in range(len(self.returns))]
        right = [name for name, one, two in zip(self.returns, parts, wanted, strict=True) if _equal(one, two)]
        known = f"{' and '.join(right)} came out right. " if right else ""
        return f"{known}It is not one of the mistakes we know."

    def results(self, function, aloud=False):
        """The results of a function on every case, as lists of arrays. Raises Accident or Unwritten."""
        found = []
        for k, case in enumerate(self.cases):
            likes = [np.asarray(part) for part in _tuple(self.right(*case))]
            result = calling.call(function, case, quiet=not aloud or k > 0)
            found.append(calling.as_arrays(result, self.returns, likes))
        return found

    def _right_in(self, convention, answer, expected):
        try:
            got = [
                calling.as_arrays(
                    convention.decode(calling.call(answer, convention.encode(case)), case), self.returns, like
                )
                for case, like in zip(self.cases, expected, strict=True)
            ]
        except (Exception, SystemExit):  # of the learner's objects in `decode`
            return False
        return _equal(got, expected)

    def _obeys(self, law, answer):
        try:
            with np.errstate(all="ignore"):
                return bool(law.holds(lambda *args: calling.call(answer, args)))
        except (Exception, SystemExit):  # Accident, Unwritten, or whatever the learner's objects do in a sum
            return False

    def _first_difference(self, got, expected):
        k = next(k for k, pair in enumerate(zip(got, expected, strict=True)) if not _equal([pair[0]], [pair[1]]))
        given = ", ".join(f"{n}={calling.shown(v)}" for n, v in zip(self.arguments, self.cases[k], strict=True))
        rows = zip(self.returns, got[k], expected[k], strict=True)
        return f"The first case that differs: {given}", tuple(
            (name, calling.shown(g), calling.shown(e)) for name, g, e in rows
        )


@dataclass(frozen=True)
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
            with calling.guarded():
                passes = answer is None or bool(answer if isinstance(answer, str) else np.all(answer))
        except AssertionError as error:
            return calling.where(error) or " by an `assert`"
        except Accident:
            if version is self.right:
                raise
            return " by an error"
        return "" if passes else " by returning False"


def _lent(version):
    """A class to play with: what a test does to it is not done to the course's own."""
    return type(version.__name__, (version,), {"__doc__": version.__doc__}) if isinstance(version, type) else version


@dataclass(frozen=True)
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


def _number(answer):
    if isinstance(answer, str):
        raise Accident(f"A number is wanted here, without quotation marks: you wrote {calling.quoted(answer)}.")
    return calling.as_number(answer)


def _tuple(result):
    return result if isinstance(result, tuple) else (result,)


def _equal(got, expected):
    pairs = ((g, e) for gs, es in zip(got, expected, strict=True) for g, e in zip(gs, es, strict=True))
    return all(g.shape == e.shape and np.allclose(g, e, rtol=1e-7, atol=1e-10, equal_nan=True) for g, e in pairs)

"""Questions of letters, a few in a round. A lesson quotes `Round.text()` and `Round.answers()`: a test compares."""

from dataclasses import dataclass
from typing import NamedTuple

from ..formulas import plain
from . import letters
from .exercises import Exercise
from .feedback import Feedback


class Question(NamedTuple):
    """asks: the question. options: letter -> (what one may answer, why that is right or wrong). source: who asked."""

    asks: str
    right: str
    options: dict[str, tuple[str, str]]
    source: str

    def __repr__(self):
        return self.asks


@dataclass(frozen=True, repr=False, slots=True)
class Round(Exercise):
    """A few questions, one letter each, `?` for an open one; solved when all are right."""

    questions: tuple[Question, ...] = ()

    def judge(self, answer):
        given = letters.read(answer, len(self.questions), self.example)
        right = sum(letter == question.right for letter, question in zip(given, self.questions, strict=True))
        rows = tuple(self.row(k, letter) for k, letter in enumerate(given))
        table = (("", "you", "", "why"), *rows)
        if right == len(given):
            return Feedback("right", f"All {right}. {self.praise}", table=table)
        return Feedback("wrong", f"{right} of {len(given)} are right. Think again about the others.", table=table)

    def row(self, k, letter):
        question = self.questions[k]
        if letter == letters.OPEN:
            return (f"{k + 1}", letter, "open", "")
        return (f"{k + 1}", letter, "✓" if letter == question.right else "✗", plain(question.options[letter][1]))

    @property
    def example(self):
        return " ".join("a?cb?d"[: len(self.questions)])

    def text(self):
        """The questions in Markdown, as they stand in the lesson."""
        return "\n\n".join(
            f"**{k}.** {question.asks}\n\n"
            + "\n".join(f"- **{letter}**: {option}" for letter, (option, _) in question.options.items())
            for k, question in enumerate(self.questions, 1)
        )

    def answers(self):
        """The right letters with their reasons in Markdown, for readers without a kernel: behind a native fold."""
        lines = [
            f"{k}. **{question.right}**. {question.options[question.right][1]} *({question.source})*"
            for k, question in enumerate(self.questions, 1)
        ]
        return "\n".join(["<details><summary>Answers, with reasons</summary>", "", *lines, "", "</details>"])

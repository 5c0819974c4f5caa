"""Several letters in one text, as in "b ? c a": read the same way wherever a lesson asks several questions at once."""

from .calling import Accident

OPEN = "?"


def read(answers, number, example):
    """The letters of an answer, `number` of them, each a, b, c, d or `?` for an open one.

    Spaces, commas, semicolons and full stops do not count. Accident in one sentence where it cannot be read.
    """
    if not isinstance(answers, str):
        raise Accident(f'Your answers should be one text in quotation marks, such as "{example}".')
    letters = [letter for letter in str.lower(answers) if not letter.isspace() and letter not in ",;."]
    unknown = sorted(set(letters) - set("abcd" + OPEN))
    if unknown:
        raise Accident(f"Use only a, b, c, d and ?: you also wrote {' '.join(unknown[:5])}.")
    if len(letters) != number:
        raise Accident(f"There are {number} questions, you gave {len(letters)} answers.")
    return letters

"""The diagnostic of lesson 00: ten questions that tell which lessons to take slowly."""

from . import record
from .feedback import Feedback

# One entry a question: the right letter, and the lesson that answers it.
QUESTIONS = (
    ("c", 1),
    ("b", 1),
    ("b", 2),
    ("a", 2),
    ("d", 2),
    ("a", 3),
    ("c", 3),
    ("b", 4),
    ("d", 4),
    ("a", 5),
)
TITLES = {
    1: "01 What is momentum",
    2: "02 Why momentum",
    3: "03 How momentum works",
    4: "04 Other optimization algorithms",
    5: "05 Implementation",
}


def diagnostic(answers) -> Feedback:
    """Which lessons to take slowly. answers: ten letters in one string, `?` for "I do not know".

    Spaces and commas do not count. The right letters stay hidden: lesson 06 asks again, in other words.
    """
    if answers is ...:
        return Feedback("empty", 'Write ten letters in quotation marks, such as "a ? c b ? ? d a ? b".')
    if not isinstance(answers, str):
        return Feedback("trouble", 'Your answers should be one text in quotation marks, such as "a ? c b ? ? d a ? b".')
    letters = [letter for letter in answers.lower() if not letter.isspace() and letter not in ",;."]
    unknown = sorted(set(letters) - set("abcd?"))
    if unknown:
        return Feedback("trouble", f"Use only a, b, c, d and ?: you also wrote {' '.join(unknown[:5])}.")
    if len(letters) != len(QUESTIONS):
        return Feedback("trouble", f"There are {len(QUESTIONS)} questions, you gave {len(letters)} answers.")
    return _advice(letters)


def _advice(letters):
    right = dict.fromkeys(TITLES, 0)
    asked = dict(right)
    for letter, (solution, lesson) in zip(letters, QUESTIONS, strict=True):
        asked[lesson] += 1
        right[lesson] += letter == solution
    record.remember_diagnostic({"right": sum(right.values()), "of": len(QUESTIONS)})
    rows = [(TITLES[k], f"{right[k]} of {asked[k]}", _pace(right[k], asked[k])) for k in TITLES]
    says = f"{sum(right.values())} of {len(QUESTIONS)}. Nobody is meant to know these yet; lesson 06 asks again."
    return Feedback("told", says, table=(("lesson", "right", "advice"), *rows))


def _pace(right, asked):
    if right == asked:
        return "read the main line, try the two-star exercises"
    return "take it slowly, with every lab and exercise" if right == 0 else "take your time where you guessed"

"""The exercises of the course: a check says what is right, and which mistake a wrong answer is.

    checks.momentum_step(my_function)      feedback on one exercise; .explain() names the mistake
    checks.progress()                      what is done, and what comes next
    checks.diagnostic("a ? c b ? ? d a ? b")   which lessons to take slowly
    checks.diagnostic_again("...")         lesson 06: what was gained since

    checks.SUSPECTS                        lesson 05's bug hunt: name -> (right version, broken version)

One file a lesson holds its exercises; exercises.py and quiz.py the kinds,
momentum_rule.py and adam_rule.py the mistakes in one step, calling.py the safe call, time_limit.py how it ends,
typed.py how numbers are read, feedback.py the words.
"""

from .feedback import Feedback
from .lesson_00 import diagnostic, diagnostic_again
from .lessons import EXERCISES, LESSONS, TITLES
from .record import remembered
from .suspects import SUSPECTS

globals().update({exercise.name: exercise for exercise in EXERCISES})
__all__ = ["EXERCISES", "LESSONS", "SUSPECTS", "diagnostic", "diagnostic_again", "progress"]
__all__ += [exercise.name for exercise in EXERCISES]


def progress() -> Feedback:
    """What is solved and what comes next, remembered in a file beside the notebook. One row a lesson."""
    solved = set(remembered()["solved"])
    left = [exercise for exercise in EXERCISES if exercise.name not in solved]
    done = len(EXERCISES) - len(left)
    then = f"Next: {left[0].title}, in lesson {left[0].lesson:02d}." if left else "All of them: well done."
    says = f"{done} of {len(EXERCISES)} exercises done. {then}"
    return Feedback("told", says, table=(("lesson", "done", "open"), *_rows(left)))


def _rows(left):
    for lesson, title in TITLES.items():
        total = [exercise for exercise in EXERCISES if exercise.lesson == lesson]
        still = [exercise for exercise in left if exercise.lesson == lesson]
        titles = "; ".join(f"{exercise.title} {'★' * exercise.stars}" for exercise in still[:3])
        if total:
            yield title, f"{len(total) - len(still)} of {len(total)}", titles + ("; ..." if len(still) > 3 else "")

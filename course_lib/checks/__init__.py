"""The exercises of the course: a check says what is right, and which mistake a wrong answer is.

    checks.momentum_step(my_function)      feedback on one exercise; .explain() names the mistake
    checks.progress()                      what is done, and what comes next
    checks.diagnostic("a ? c b ? ? d a ? b")   which lessons to take slowly

One file a lesson holds its exercises; exercises.py the four kinds, calling.py the safe call, feedback.py the words.
"""

from . import lesson_01, lesson_02, lesson_03
from .feedback import Feedback
from .lesson_00 import diagnostic
from .lesson_01 import (
    alternating_step,
    check_of_momentum,
    final_step,
    from_physics,
    half_life,
    momentum_step,
    unrolled_step,
    walker_and_ball,
    what_went_wrong,
)
from .lesson_02 import (
    best_in_the_bowl,
    best_rate,
    critical_gamma,
    how_it_grows,
    less_jitter,
    my_rate,
    name_the_fate,
    read_the_series,
    slowest_factor,
    steps_at_64,
)
from .lesson_03 import (
    MyMomentum,
    after_the_drop,
    averaged_rate,
    coasting_momentum,
    matching_rate,
    nesterov_step,
    whose_limit,
)
from .record import remembered

EXERCISES = lesson_01.EXERCISES + lesson_02.EXERCISES + lesson_03.EXERCISES


def progress() -> Feedback:
    """What is solved and what comes next, remembered in a file beside the notebook."""
    solved = set(remembered()["solved"])
    done = [exercise for exercise in EXERCISES if exercise.name in solved]
    rows = [
        (f"{e.lesson:02d}", e.title, "★" * e.stars, f"{e.minutes} min", "done" if e in done else "open")
        for e in EXERCISES
    ]
    left = [exercise for exercise in EXERCISES if exercise not in done]
    then = f"Next: {left[0].title}, in lesson {left[0].lesson:02d}." if left else "All of them: well done."
    says = f"{len(done)} of {len(EXERCISES)} exercises done. {then}"
    return Feedback("told", says, table=(("lesson", "exercise", "stars", "time", ""), *rows))


__all__ = [
    "EXERCISES",
    "MyMomentum",
    "after_the_drop",
    "alternating_step",
    "averaged_rate",
    "best_in_the_bowl",
    "best_rate",
    "check_of_momentum",
    "coasting_momentum",
    "critical_gamma",
    "diagnostic",
    "final_step",
    "from_physics",
    "half_life",
    "how_it_grows",
    "less_jitter",
    "matching_rate",
    "momentum_step",
    "my_rate",
    "name_the_fate",
    "nesterov_step",
    "progress",
    "read_the_series",
    "slowest_factor",
    "steps_at_64",
    "unrolled_step",
    "walker_and_ball",
    "what_went_wrong",
    "whose_limit",
]

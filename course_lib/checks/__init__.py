"""The exercises of the course: a check says what is right, and which mistake a wrong answer is.

    checks.momentum_step(my_function)      feedback on one exercise; .explain() names the mistake
    checks.progress()                      what is done, and what comes next
    checks.diagnostic("a ? c b ? ? d a ? b")   which lessons to take slowly
    checks.diagnostic_again("...")         lesson 06: what was gained since

    checks.SUSPECTS                        lesson 05's bug hunt: name -> (right version, broken version)

One file a lesson holds its exercises; quiz.py the quiz of lesson 06, exercises.py the kinds,
momentum_rule.py and adam_rule.py the mistakes in one step, calling.py the safe call, time_limit.py how it ends,
typed.py how numbers are read, feedback.py the words.
"""

from . import lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06
from .feedback import Feedback
from .lesson_00 import TITLES, diagnostic, diagnostic_again
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
from .lesson_04 import (
    adam_step,
    check_of_adam,
    fair_race,
    find_the_bug,
    first_step,
    first_without,
    resting_weight,
    rmsprop_step,
    steps_of_the_divider,
    turn_and_explain,
    which_path,
)
from .lesson_05 import (
    best_h,
    catch_the_climber,
    catch_the_clock,
    catch_the_dreamer,
    catch_the_eraser,
    catch_the_hoarder,
    catch_the_plodder,
    catch_the_sleeper,
    catch_the_sprinter,
    central_slope,
    into_pytorch,
    no_difference,
    two_sentences,
    warm_up,
)
from .lesson_06 import (
    check_of_referee,
    in_two_sentences,
    light_cone,
    what_it_can,
)
from .quiz import quiz_limits, quiz_memory
from .record import remembered
from .suspects import SUSPECTS

LESSONS = (lesson_01, lesson_02, lesson_03, lesson_04, lesson_05, lesson_06)
EXERCISES = tuple(exercise for lesson in LESSONS for exercise in lesson.EXERCISES)


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


__all__ = [
    "EXERCISES",
    "SUSPECTS",
    "MyMomentum",
    "adam_step",
    "after_the_drop",
    "alternating_step",
    "averaged_rate",
    "best_h",
    "best_in_the_bowl",
    "best_rate",
    "catch_the_climber",
    "catch_the_clock",
    "catch_the_dreamer",
    "catch_the_eraser",
    "catch_the_hoarder",
    "catch_the_plodder",
    "catch_the_sleeper",
    "catch_the_sprinter",
    "central_slope",
    "check_of_adam",
    "check_of_momentum",
    "check_of_referee",
    "coasting_momentum",
    "critical_gamma",
    "diagnostic",
    "diagnostic_again",
    "fair_race",
    "final_step",
    "find_the_bug",
    "first_step",
    "first_without",
    "from_physics",
    "half_life",
    "how_it_grows",
    "in_two_sentences",
    "into_pytorch",
    "less_jitter",
    "light_cone",
    "matching_rate",
    "momentum_step",
    "my_rate",
    "name_the_fate",
    "nesterov_step",
    "no_difference",
    "progress",
    "quiz_limits",
    "quiz_memory",
    "read_the_series",
    "resting_weight",
    "rmsprop_step",
    "slowest_factor",
    "steps_at_64",
    "steps_of_the_divider",
    "turn_and_explain",
    "two_sentences",
    "unrolled_step",
    "walker_and_ball",
    "warm_up",
    "what_it_can",
    "what_went_wrong",
    "which_path",
    "whose_limit",
]

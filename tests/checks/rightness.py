"""Whether an answer is right after all, found out by running it on what the check has never seen."""

from functools import cache

import numpy as np

from course_lib import checks
from course_lib.checks.exercises import Number, WrittenTest

TRIALS = 8  # cases of the script's own for each case of the exercise


def right(exercise, answer):
    """Whether an answer does what the right one does: a number, within its tolerance; a test, on all versions."""
    if isinstance(exercise, Number):
        return 1 / exercise.within <= answer / exercise.value <= exercise.within
    if isinstance(exercise, WrittenTest):
        return passes(answer, exercise.right) and not any(passes(answer, broken.answer) for broken in exercise.mistakes)
    function = exercise.adapt(answer) if exercise.adapt else answer
    cases = trials(exercise.name)
    plain = [((lambda result, case: result), case, case) for case in cases]
    others = [[(c.decode, c.encode(case), case) for case in cases] for c in exercise.conventions]
    return any(all(_alike(exercise, function, *trial) for trial in form) for form in [plain, *others])


def _alike(exercise, function, decode, given, case):
    """Whether a function agrees with the right one on a case, given to it in a convention."""
    wanted, result = outcome(exercise.right, case), outcome(function, given)
    if result is None or len(result) != len(wanted):
        return False
    result = decode(tuple(result), case)
    pairs = list(zip(result if isinstance(result, tuple) else (result,), wanted, strict=True))
    return all(np.shape(a) == b.shape and np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True) for a, b in pairs)


def passes(test, version):
    """Whether a test is content with a version."""
    try:
        with np.errstate(all="ignore"):
            answer = test(version)
            return answer is None or bool(np.all(answer))
    except Exception:
        return False


@cache
def trials(name):
    """Cases like those of the exercise of this name, with other numbers in them; without those that have no answer."""
    exercise = getattr(checks, name)
    rng = np.random.default_rng(len(exercise.name))
    drawn = [tuple(_other(part, rng) for part in case) for case in exercise.cases for _ in range(TRIALS)]
    return [case for case in drawn if outcome(exercise.right, case) is not None]


def _other(part, rng):
    if callable(part):
        return part
    if isinstance(part, int):
        return int(rng.integers(1, 30))
    numbers = np.asarray(part, float)
    near = np.sign(numbers) * np.where(
        np.isfinite(numbers), abs(numbers) * rng.lognormal(0, 0.7, numbers.shape), np.inf
    )
    near = np.where(numbers == 0, rng.uniform(0, 1, numbers.shape), near)
    share = (numbers > 0) & (numbers < 1) & (numbers.ndim == 0)  # a rate, a momentum: they stay below 1
    near = np.where(share, rng.uniform(0.02, 0.98, numbers.shape), near)
    return near if numbers.ndim else float(near)


def outcome(function, case):
    """What a function returns on a case, as a list of arrays; None where it fails or changes its arguments."""
    given = tuple(part.copy() if isinstance(part, np.ndarray) else part for part in case)
    try:
        with np.errstate(all="ignore"):
            result = function(*given)
        arrays = [np.asarray(part, float) for part in (result if isinstance(result, tuple) else (result,))]
    except Exception:
        return None
    return (
        arrays
        if all(callable(a) or np.array_equal(a, b, equal_nan=True) for a, b in zip(given, case, strict=True))
        else None
    )


def fingerprint(exercise, answer):
    """Equal for two functions that do the same; a test has its own, whatever it does."""
    if isinstance(exercise, WrittenTest):
        return answer
    function = exercise.adapt(answer) if exercise.adapt else answer
    found = [outcome(function, case) for case in trials(exercise.name)[::TRIALS]]
    return tuple(None if one is None else tuple((a.shape, *(f"{x:.8g}" for x in a.flat)) for a in one) for one in found)

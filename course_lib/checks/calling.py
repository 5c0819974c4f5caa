"""Calling a learner's function safely: on copies, for a limited time, with every accident turned into a sentence.

What it hands back is treated the same way: an object of the learner's own may do anything when it is looked at.
"""

import contextlib
import copy
import inspect
import io
import linecache
import sys
import time
import traceback
import warnings
from pathlib import Path

import numpy as np

SECONDS = 2.0
LETTERS = 300  # of an error's message, or of a line, shown back
PRINTED = 20_000  # letters that a function may print during a check
OURS = str(Path(__file__).resolve().parent.parent)
NUMPYS = str(Path(np.__file__).resolve().parent)


class Accident(Exception):
    """Something that kept a function from being checked; the message is the sentence for the learner."""


class Unwritten(Exception):
    """The stub still holds its `...`."""


class _TooLong(BaseException):
    """Not an Exception, so that an `except Exception` inside the learner's loop cannot keep it running."""


def call(function, args, quiet=True, let_through=()):
    """function(*args) on deep copies of args.

    quiet: throw away what it prints, so that a print for debugging appears once and not for every case.
    let_through: exceptions that mean something to the caller and are raised as they are.
    Raises Unwritten where the stub is untouched, Accident (a sentence) where it fails, hangs or changes its arguments.
    """
    given = copy.deepcopy(args)
    with guarded(quiet, let_through):
        result = function(*given)
    if result is ... or (isinstance(result, tuple) and any(part is ... for part in result)):
        raise Unwritten
    changed = [k for k, (before, after) in enumerate(zip(args, given, strict=True)) if not _same(before, after)]
    if changed:
        name = _argument_name(function, changed[0])
        raise Accident(
            f"It changed its argument {name} in place (`-=`, `*=`, `+=` or `[...] =` does that to an array). "
            "Whoever called it still needs the old value: make a new array instead."
        )
    return result


@contextlib.contextmanager
def guarded(quiet=True, let_through=()):
    """Whatever the learner's code does in here ends soon, and as Accident or Unwritten; see call.

    An interrupt by the learner passes, so that the stop button works.
    """
    silence = contextlib.redirect_stdout(io.StringIO() if quiet else _Few(sys.stdout))
    try:
        with silence, warnings.catch_warnings(), np.errstate(all="ignore"), _time_limit(SECONDS):
            warnings.simplefilter("ignore")
            yield
    except _TooLong:
        raise Accident(f"It was still running after {SECONDS:g} seconds: is there a loop that never ends?") from None
    except NotImplementedError:
        raise Unwritten from None
    except (KeyboardInterrupt, Accident, *let_through):
        raise
    except BaseException as error:
        if "ellipsis" in message(error).lower():
            raise Unwritten from None
        raise Accident(_accident(error)) from None


class _Few(io.TextIOBase):
    """Hands the first PRINTED letters on, then says once that there were more."""

    def __init__(self, to):
        self.to, self.left = to, PRINTED

    def write(self, text):
        if self.left > 0:
            self.to.write(text[: self.left])
            if len(text) > self.left:
                self.to.write("\n... and so on: a check shows the first part only of what is printed.\n")
        self.left -= len(text)
        return len(text)


def as_number(value):
    """The value as a float. Raises Accident where it is none, or not a finite one."""
    try:
        with guarded(let_through=(TypeError, ValueError, OverflowError)):
            number = float(value)
    except (TypeError, ValueError):
        raise Accident(f"A single number is wanted here, not {type(value).__name__}.") from None
    except OverflowError:
        raise Accident("That number is too large for a computer's floating point.") from None
    if not np.isfinite(number):
        raise Accident(f"A finite number is wanted here, not {number}.")
    return number


def is_stub(function):
    """Whether the text of a function still has its `...`; False where its text cannot be found."""
    try:
        return "..." in inspect.getsource(function)
    except (OSError, TypeError):
        return False


def as_arrays(result, names, likes):
    """The result as a list of float arrays, one for each name, shaped like `likes`. Raises Accident otherwise."""
    wanted = f"It should return {_listed(names)}"
    if result is None:
        raise Accident(f"It returned nothing. {wanted}: is there a `return` in the last line?")
    listed = isinstance(result, list) and len(result) == len(names) > 1
    parts = result if isinstance(result, tuple) or listed else (result,)
    if len(parts) != len(names):
        raise Accident(f"{wanted}, it returned {len(parts)} value(s).")
    arrays = []
    for name, part, like in zip(names, parts, likes, strict=True):
        try:
            with guarded(let_through=(TypeError, ValueError)):
                array = np.asarray(part, float)
        except (TypeError, ValueError):
            raise Accident(f"{name} should be a number or an array of numbers, it is {type(part).__name__}.") from None
        if array.size > 1 and np.ndim(like) == 0:
            raise Accident(
                f"{name} should be a single number, it is {array.size} numbers: which one of them, or what of all?"
            )
        if array.shape != np.shape(like):
            raise Accident(f"{name} should have shape {np.shape(like)}, it has {array.shape}.")
        if not np.isfinite(array).all() and np.isfinite(like).all():
            raise Accident(f"{name} came out as {shown(array)}: something was divided by zero or grew beyond bounds.")
        arrays.append(array)
    return arrays


def shown(value):
    """A number or array in a few characters: 1.25, [0.5, -2], [1, 2, 3, ... 40 numbers]; a function by its name."""
    if callable(value):
        return value.__name__
    numbers = np.atleast_1d(np.asarray(value, float)).ravel()
    few = ", ".join(f"{x:.6g}" for x in numbers[:6])
    if np.ndim(value) == 0:
        return few
    return f"[{few}]" if numbers.size <= 6 else f"[{few}, ... {numbers.size} numbers]"


@contextlib.contextmanager
def _time_limit(seconds):
    # A trace function works in every thread and on every system, where alarm signals do not.
    deadline = time.monotonic() + seconds

    def watch(frame, event, arg):
        if time.monotonic() > deadline:
            raise _TooLong
        if event == "call" and frame.f_code.co_filename.startswith((OURS, NUMPYS)):
            return None  # its loops end; watching every step of them would take most of a check's time
        frame.f_trace_opcodes = True  # `while True: pass` never comes to a new line
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(before)


def where(error):
    """In which line of the learner's an error arose, as words to go on with; the last one that is not the course's."""
    words = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if not frame.filename.startswith(OURS):
            line = (frame.line or linecache.getline(frame.filename, frame.lineno)).strip()
            words = f" in the line `{_cut(line.replace('`', chr(39)))}`" if line else ""
    return words


def message(error):
    """What an error says, in at most LETTERS; an error of the learner's own may fail even at that."""
    try:
        return _cut(str(error))
    except Exception:
        return ""


def quoted(text):
    """A learner's text in quotation marks, in at most LETTERS."""
    return _cut(repr(str.__str__(text)))


def _cut(text):
    return text if len(text) <= LETTERS else f"{text[:LETTERS]} ..."


def _accident(error):
    """What stopped it, and in which line of the learner's."""
    what = f"{type(error).__name__}: {message(error)}".removesuffix(": ")
    if isinstance(error, NameError) and error.name in ("lr", "gamma"):
        what += f" (inside a class it is called self.{error.name})"
    return f"It stopped{where(error)} with {what}."


def _argument_name(function, k):
    code = getattr(function, "__code__", None)
    return f"`{code.co_varnames[k]}`" if code and k < code.co_argcount else f"number {k + 1}"


def _same(before, after):
    try:
        return bool(np.array_equal(np.asarray(before), np.asarray(after)))
    except (TypeError, ValueError):
        return before is after


def _listed(names):
    return names[0] if len(names) == 1 else f"{len(names)} values, ({', '.join(names)})"

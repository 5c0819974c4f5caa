"""Calling a learner's function safely: on copies, for a limited time, with every accident turned into a sentence.

What it hands back is treated the same way: an object of the learner's own may do anything when it is looked at.
"""

import contextlib
import copy
import inspect
import io
import linecache
import os
import sys
import sysconfig
import traceback
import warnings

import numpy as np

from .time_limit import TooLong, within

SECONDS = 2.0
LETTERS = 300  # of an error's message, or of a line, shown back
PRINTED = 20_000  # letters that a function may print during a check
TYPED = ("<ipython-input", "<python-input", "<stdin>")  # what a program typed into IPython or Python is called
LIBRARIES = tuple(map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")))
NOT_THEIRS = tuple(os.path.normcase(f"{home}{os.sep}") for home in LIBRARIES)  # and every package, wherever it lies


class Accident(Exception):
    """Something that kept a function from being checked; the message is the sentence for the learner."""


class Unwritten(Exception):
    """The stub still holds its `...`."""


class Slow(Accident):
    """It took longer than SECONDS."""


def call(function, args, quiet=True, let_through=(), seconds=None):
    """function(*args) on deep copies of args.

    quiet: throw away what it prints, so that a print for debugging appears once and not for every case.
    let_through: exceptions that mean something to the caller and are raised as they are. seconds: see safely.
    Raises Unwritten where the stub is untouched, Accident (a sentence) where it fails, hangs or changes its arguments.
    """
    given = copy.deepcopy(args)
    result = safely(function, *given, quiet=quiet, let_through=let_through, seconds=seconds)
    refuse_unfinished(result)
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


def safely(function, *args, quiet=True, let_through=(), seconds=None):
    """function(*args): whatever the learner's code does in it ends soon, and as Accident or Unwritten; see call.

    An interrupt by the learner passes, so that the stop button works. seconds: instead of SECONDS.
    """
    seconds = seconds or SECONDS
    silence = contextlib.redirect_stdout(io.StringIO() if quiet else _Few(sys.stdout))
    try:
        with silence, warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return within(seconds, function, args)
    except TooLong as late:
        raise Slow(
            f"It was still running after {seconds:g} seconds{where(late)}: is there a loop that never ends?"
        ) from None
    except NotImplementedError:
        raise Unwritten from None
    except (KeyboardInterrupt, Accident, *let_through):
        raise
    except BaseException as error:
        if "ellipsis" in message(error).lower():
            raise Unwritten from None
        raise Accident(_accident(error)) from None


def refuse_unfinished(result):
    """Accident where a result, or a part of one, is still to be computed: by `async def`, or by `yield`."""
    for part in (result, *(result if isinstance(result, tuple | list) else ())):
        if inspect.iscoroutine(part):
            part.close()  # or Python complains later that nobody waited for it
            raise Accident("It is still to be awaited: write `def` instead of `async def`, for a check does not wait.")
        if inspect.isgenerator(part) or inspect.isasyncgen(part):
            raise Accident("It hands out its values one by one, by `yield`: they are wanted at once, by `return`.")


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
        number = safely(float, value, let_through=(TypeError, ValueError, OverflowError))
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
    parts = _parts(result, names, likes)
    if len(parts) != len(names):
        comma = " (A decimal comma, as in 0,9, makes two values of one.)" if len(parts) > len(names) else ""
        returned = f"{len(parts)} values" if len(parts) > 1 else "one value"
        raise Accident(f"{wanted}, it returned {returned}.{comma}")
    return [_as_array(*part) for part in zip(parts, names, likes, strict=True)]


def _parts(result, names, likes):
    """What was returned, one by one: of a tuple, and of a list or an array that can be meant as one."""
    if isinstance(result, tuple):
        return result
    listed = isinstance(result, list) and len(result) == len(names) > 1
    rows = isinstance(result, np.ndarray) and result.shape == np.shape(likes[:1] * len(names)) and len(names) > 1
    return tuple(result) if listed or (rows and len({np.shape(like) for like in likes}) == 1) else (result,)


def _as_array(part, name, like):
    """A part as an array of floats, in double precision unless it was computed in less."""
    try:
        known = isinstance(part, np.ndarray | np.generic | float | int)
        array = np.asarray(part) if known else safely(np.asarray, part, let_through=(TypeError, ValueError))
        array = array if array.dtype in (np.float32, np.float16) else _as_doubles(array)
    except (TypeError, ValueError):
        raise Accident(f"{name} should be a number or an array of numbers, it is {type(part).__name__}.") from None
    if array.size > 1 and np.ndim(like) == 0:
        comma = " Or a comma a decimal point?" if isinstance(part, tuple) else ""
        raise Accident(
            f"{name} should be a single number, it is {array.size} numbers: which one, or what of all?{comma}"
        )
    if array.shape != np.shape(like):
        raise Accident(f"{name} should have shape {np.shape(like)}, it has {array.shape}.")
    return array


def refuse_infinite(got, expected, names):
    """Accident where a result, a list of arrays for each case, is not finite and should be."""
    for values, likes in zip(got, expected, strict=True):
        for array, like, name in zip(values, likes, names, strict=True):
            if not np.isfinite(array).all() and np.isfinite(like).all():
                what = "something was divided by zero or grew beyond bounds"
                raise Accident(f"{name} came out as {shown(array)}: {what}.")


def _as_doubles(array):
    """An array of floats; of single ones where all are such numbers, as `.item()` and `.tolist()` leave them."""
    if array.dtype.kind == "c" and np.any(array.imag):
        raise TypeError
    if array.dtype == object:
        array = safely(np.asarray, array, float, let_through=(TypeError, ValueError))
    doubles = array.real.astype(float)
    with np.errstate(all="ignore"):
        singles, halves = doubles.astype(np.float32), doubles.astype(np.float16)
    rounded = np.array_equal(singles, doubles) and not np.array_equal(halves, doubles)
    return singles if rounded else doubles


def shown(value, digits=6):
    """A number or array in a few characters: 1.25, [0.5, -2], [1, 2, 3, ... 40 numbers]; a function by its name."""
    if callable(value):
        return value.__name__
    numbers = np.atleast_1d(np.asarray(value, float)).ravel()
    few = ", ".join(f"{x:.{digits}g}" for x in numbers[:6])
    if np.ndim(value) == 0:
        return few
    return f"[{few}]" if numbers.size <= 6 else f"[{few}, ... {numbers.size} numbers]"


def where(error):
    """In which line of the learner's an error arose, as words to go on with: the last one that is neither the course's
    nor a library's."""
    words = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        line = linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()
        if line and _theirs(frame):
            words = f" in the line `{_cut(line.replace('`', chr(39)))}`"
    return words


def _theirs(frame):
    filename = frame.f_code.co_filename
    if filename.startswith("<"):
        return filename.startswith(TYPED)  # others are made by programs: <string>, <attrs generated ...>
    return not frame.f_globals.get("__package__") and not os.path.normcase(filename).startswith(NOT_THEIRS)


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
    if "for ^" in what or "bitwise_xor" in what:
        what += " (in Python a power is written with **, and ^ is something else)"
    return f"It stopped{where(error)} with {what}."


def _argument_name(function, k):
    code = getattr(function, "__code__", None)
    return f"`{code.co_varnames[k]}`" if code and k < code.co_argcount else f"number {k + 1}"


def _same(before, after):
    try:
        one, two = np.asarray(before), np.asarray(after)
        return bool(np.array_equal(one, two, equal_nan=one.dtype.kind == two.dtype.kind == "f"))
    except (TypeError, ValueError):
        return before is after


def _listed(names):
    return names[0] if len(names) == 1 else f"{len(names)} values, ({', '.join(names)})"

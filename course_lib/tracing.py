"""Tracing: a function of numbers, called with letters instead, writes down what it does as a program.

    def compute(x, lr):
        return {"run": ([0, 1], [x, x - lr * x])}, {"end": lambda: f"ends at {x - lr * x:.1f}"}

    program = program_of(compute, {"x": 1, "lr": 1})
    sentence(program, run(program, {"x": 3.0, "lr": 0.5}), "end")       # ends at 1.5

A program is plain data: instructions over one memory of numbered cells, run here by `run` and in the page by
`live/page/program.js`. It holds no code of either language, so that it runs wherever a page does.

    op, n, out, step, a, step, b, step, c, step         cells[out + k step] = op(cells[a + k step], ...)

for k = 0 ... n - 1 in turn, so that one instruction also sums (out stands still) and accumulates (a is out, one
behind). A loop holds the instructions of one of its turns; `store` in it keeps a value of every turn.

`Letters` are an array of cell numbers that answers numpy's protocols. What only moves numbers about (indexing,
stacking, unpacking, assigning in place, read-only) numpy itself does, with the cell numbers; only reckoning writes.
A function that asks a letter something (if, and, min) is run again for the other answer, see `Sheet.decided`.

What cannot be written down raises Untraceable, with the reason, and the sheet remembers it, whoever swallows the
error. What is written down wrongly (a rule that remembers, counts its calls, draws random numbers or looks at types)
raises nothing: `differs` finds it, by running the program beside the function.
"""

import json
import math
import re
import zlib

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

ONE = """positive negative absolute sign sqrt square exp log log2 log10 sin cos tan arctan tanh floor ceil rint
logical_not isfinite isnan"""
TWO = """add subtract multiply divide power remainder floor_divide maximum minimum arctan2 hypot copysign less
less_equal equal not_equal logical_and logical_or"""
ARITY = dict.fromkeys(ONE.split(), 1) | dict.fromkeys(TWO.split(), 2) | {"where": 3, "store": 1, "loop": 0}
TRUE = "less less_equal equal not_equal logical_and logical_or logical_not isfinite isnan"
TRUTHS = set(TRUE.split())
OTHERS = {  # numpy's name: ours, and which of the arguments it takes
    "greater": ("less", 1, 0),
    "greater_equal": ("less_equal", 1, 0),
}
MOVING = """stack concatenate reshape ravel broadcast_to moveaxis swapaxes transpose expand_dims squeeze atleast_1d
atleast_2d flip roll repeat tile column_stack vstack hstack copy flatten"""
MOVES = set(MOVING.split())
MEASURES = {"shape", "ndim", "size"}
OPEN, CLOSE = "\ue000", "\ue001"  # round a hole in a text
FORM = re.compile(r"\+?(\.\d+)?[efgmp]")  # how a number may fill it
QUESTIONS, ASKED = 64, 4096  # different ones, and all, in one piece of a function
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Untraceable(TypeError):
    """Why something cannot be written down."""


def program_of(function, inputs):
    """The program of function(**inputs) -> (lines, words): gid -> (x, y), name -> a text or a function that says it.

    inputs: name -> how many numbers it has (with 1 it is given as one, else as a tuple), or the shape of an array, or
    the texts it may be. Raises Untraceable, with the reason.
    """
    sheet = Sheet()
    given = {name: sheet.input(parts) for name, parts in inputs.items()}
    try:
        lines, words = function(**given)
        said = {name: sheet.said(text if callable(text) else lambda text=text: text) for name, text in words.items()}
        return sheet.program(given, lines, said)
    except Exception as error:
        raise Untraceable(sheet.broken or f"{type(error).__name__}: {error}") from error


class Sheet:
    """What has been written so far. Equal expressions stand once; what a loop does not change stands before it."""

    def __init__(self):
        self.size, self.constants, self.known, self.texts = 0, {}, {}, []
        self.blocks, self.depths = [[]], bytearray()  # of each cell: the number of the block it is written in
        self.answers, self.asked = None, 0
        self.broken = None  # the first refusal
        self.speaking, self.holes = None, {}  # the cells told in the text that is being made; those of each text

    def refuse(self, why):
        self.broken = self.broken or why
        raise Untraceable(why)

    def new(self, shape, depth):
        """Numbers of new cells, an array of this shape."""
        at = np.arange(self.size, self.size + math.prod(shape)).reshape(shape)
        self.size += at.size
        self.depths += bytes([depth]) * at.size
        return at

    def letters(self, shape=(), kind="number"):
        """Letters that stand for nothing yet: inputs."""
        return Letters(self, self.new(shape, len(self.blocks) - 1), kind)

    def input(self, parts):
        """Letters for an input of program_of."""
        if isinstance(parts, int):
            return self.letters() if parts == 1 else tuple(self.letters() for _ in range(parts))
        if isinstance(parts[0], int):
            return self.letters(parts)
        self.read(list(parts))  # its texts have numbers
        return self.letters(kind="text")

    def read(self, value):
        """Anything as Letters: numbers, truths, texts; arrays and lists of these and of Letters."""
        if isinstance(value, Letters):
            return value
        try:
            given = np.asarray(value)
        except ValueError:
            self.refuse("rows of different lengths")
        if given.dtype == object and given.ndim and given.size:
            return self._joined(given)
        if given.dtype.kind == "U":
            numbers = np.array([self.text(text) for text in given.flat], float).reshape(given.shape)
            return Letters(self, self.read(numbers).at, "text")
        if given.dtype.kind not in "biuf":
            self.refuse(f"{type(value).__name__} is no number")
        numbers = given.astype(float)
        key = numbers.shape, numbers.tobytes()
        if key not in self.known:
            self.known[key] = self.new(numbers.shape, 0)
            self.constants |= zip(self.known[key].flat, numbers.flat, strict=True)
        return Letters(self, self.known[key].copy(), "truth" if given.dtype == bool else "number")

    def _joined(self, parts):
        """An array of objects that are Letters or numbers."""
        read = [self.read(one) for one in parts.flat]
        if any(one.size != 1 for one in read):
            self.refuse("arrays in an array")
        kinds = {one.kind for one in read}
        if "text" in kinds and len(kinds) > 1:
            self.refuse("words among numbers")
        at = np.array([one.at.item() for one in read]).reshape(parts.shape)
        return Letters(self, at, kinds.pop() if len(kinds) == 1 else "number")

    def text(self, text):
        """The number of a text."""
        if (OPEN in text or CLOSE in text) and self.speaking is None:
            self.refuse("a text with the letters that stand round holes")
        if text not in self.texts:
            self.texts.append(str(text))
        return self.texts.index(text)

    # -- writing

    def write(self, op, *operands):
        """The Letters that op makes of these, number by number."""
        if len(operands) != ARITY[op]:
            self.refuse(f"{op} of {len(operands)} things")
        operands = [self.read(one) for one in operands]
        kinds = [one.kind for one in operands[op == "where" :]]
        chooses = op in ("where", "positive")
        if "text" in kinds and not (chooses or (op in ("equal", "not_equal") and set(kinds) == {"text"})):
            self.refuse("reckoning with words")
        if op == "where" and len(set(kinds)) > 1 and "text" in kinds:
            self.refuse("a word or a number")
        kind = "truth" if op in TRUTHS else kinds[0] if chooses and len(set(kinds)) == 1 else "number"
        at = np.broadcast_arrays(*(one.at for one in operands))
        return self._once(kind, op, at, at[0].shape, lambda out, depth: self._put(op, depth, out, *at))

    def fold(self, op, value, axis=None, keepdims=False, keep=False):
        """Along an axis, from the first to the last: the last result, or (keep) all, as numpy's `accumulate`."""
        value = self.read(value)
        at = value.at.ravel() if axis is None else np.moveaxis(value.at, axis, 0)
        if not len(at):
            self.refuse("nothing to sum up")
        kind = "truth" if op in TRUTHS else value.kind if op in ("maximum", "minimum") else "number"
        if len(at) <= at[0].size or len(at) == 1:
            done = self._rows(op, at, kind, keep)
        else:
            shape = at.shape if keep else at.shape[1:]
            done = self._once(kind, (op, keep), [at], shape, lambda out, depth: self._turns(op, depth, out, at, keep))
        if axis is None or not (keep or keepdims):
            return done
        return Letters(self, np.moveaxis(done.at, 0, axis) if keep else np.expand_dims(done.at, axis), done.kind)

    def _rows(self, op, at, kind, keep):
        """A fold of few long rows: one instruction a row."""
        parts = [Letters(self, at[0], kind)]
        for row in at[1:]:
            parts.append(self.write(op, parts[-1], Letters(self, row, kind)))
        return Letters(self, np.stack([one.at for one in parts]) if keep else parts[-1].at, kind)

    def _turns(self, op, depth, out, at, keep):
        """A fold of many short rows: one instruction a column, which goes through the rows in turn."""
        self._put("positive", depth, out[0] if keep else out, at[0])
        for place in np.ndindex(at.shape[1:]):
            column = (slice(None), *place)
            here = out[column] if keep else np.broadcast_to(out[place], len(at))
            self._put(op, depth, here[1:], here[:-1], at[(slice(1, None), *place)])

    def _once(self, kind, op, at, shape, put):
        key = op, shape, *(one.tobytes() for one in at)
        if key not in self.known:
            depths = np.frombuffer(self.depths, np.uint8)
            depth = max(int(depths[one].max(initial=0)) for one in at)
            del depths  # a bytearray that is looked at cannot grow
            if depth >= len(self.blocks):
                self.refuse("it keeps numbers from inside a run")
            self.known[key] = self.new(shape, depth)
            put(self.known[key], depth)
        return Letters(self, self.known[key].copy(), kind)

    def _put(self, op, depth, *at, turns=()):
        for count, strides in _strides(at):
            self.blocks[depth].append([op, count, *(n for pair in strides for n in pair), *turns])

    def repeat(self, turn, first, steps):
        """x_0 ... x_steps of (x, *others)_t = turn(t, x, *others), t = 1, 2, ...: Letters (steps + 1, *shape of x).

        first: (x, *others) before the first turn. One turn is written down, once, as a loop.
        """
        first = [self.read(one) for one in first]
        outer, inner = len(self.blocks) - 1, len(self.blocks)
        dim, *rest = first[0].shape
        series = np.moveaxis(self.new((dim, steps + 1, *rest), outer), 1, 0)  # a coordinate's places side by side
        self.blocks.append([])
        here = [self.letters(one.shape, one.kind) for one in first]
        for mine, one in zip(here, first, strict=True):
            self._put("positive", outer, mine.at, one.at)
            mine.at.setflags(write=False)
        self._put("positive", outer, series[0], first[0].at)
        t = self.letters()
        after = self._after(self.decided(lambda: turn(t, *here)), here)
        places = [one.at for one in here]
        if np.isin(np.concatenate(after, None), np.concatenate(places, None)).any():  # one is what another was before
            kept = [self.new(at.shape, inner) for at in places]
            for pair in zip(kept, after, strict=True):
                self._put("positive", inner, *pair)
            after = kept
        for pair in zip(places, after, strict=True):
            self._put("positive", inner, *pair)
        self._put("store", inner, series[1], places[0], turns=(math.prod(rest),))
        self.blocks[outer].append(["loop", steps, int(t.at), self.blocks.pop()])
        return Letters(self, series)

    def _after(self, answer, here):
        if not isinstance(answer, tuple) or len(answer) != len(here):
            self.refuse("a turn must give as much as it was given")
        try:
            return [np.broadcast_to(self.read(one).at, mine.shape) for one, mine in zip(answer, here, strict=True)]
        except ValueError:
            self.refuse("a turn gives another shape than it was given")

    # -- questions

    def decided(self, function):
        """What function() gives (Letters, numbers, texts, or a tuple of them), whatever it asks letters on its way.

        It is run once with yes for every question, and again for each no; `where` joins the results.
        """
        outer, runs = (self.answers, self.asked), 0

        def tree(given):
            nonlocal runs
            runs += 1
            if runs > QUESTIONS:
                self.refuse("it asks its numbers too many questions")
            self.answers, self.asked = dict(given), 0
            result, asked = function(), list(self.answers.items())
            for place in range(len(asked) - 1, len(given) - 1, -1):
                other = tree([*asked[:place], (asked[place][0], False)])
                result = self._either(Letters(self, np.array(asked[place][0]), "truth"), result, other)
            return result

        try:
            return tree([])
        finally:
            self.answers, self.asked = outer

    def _either(self, asked, yes, no):
        if isinstance(yes, tuple) and isinstance(no, tuple) and len(yes) == len(no):
            return tuple(self._either(asked, *pair) for pair in zip(yes, no, strict=True))
        if isinstance(yes, tuple) or isinstance(no, tuple):
            self.refuse("what it gives depends on its numbers in more than their values")
        return self.write("where", asked, yes, no)

    def ask(self, letter):
        if self.answers is None:
            self.refuse("it branches on its numbers")
        self.asked += 1
        if len(self.answers) >= QUESTIONS or self.asked > ASKED:
            self.refuse("it goes on asking its numbers")
        return self.answers.setdefault(letter.at.item(), True)

    def said(self, function):
        """The text that function() gives, as Letters; format(letter) leaves a hole in it, to be filled in the page."""
        outer, self.speaking = self.speaking, []
        try:
            text = self.read(self.decided(function))
            self.holes[text.at.item()] = self.speaking
        finally:
            self.speaking = outer
        return text if text.kind == "text" else self.refuse("a sentence must be a text")

    # -- the program

    def program(self, inputs, lines, words):
        """As plain data, for JSON.

        inputs: name -> Letters, or a tuple of them. lines: gid -> (x, y). words: name -> text, as `said` gives it.
        """
        parts = {name: value if isinstance(value, tuple) else value.flat for name, value in inputs.items()}
        given = {
            "inputs": {name: [one.at.item() for one in several] for name, several in parts.items()},
            "lines": {gid: [self._row(self.read(side).at.ravel()) for side in pair] for gid, pair in lines.items()},
            "words": {name: self.read(text).at.item() for name, text in words.items()},
        }
        for gid, ((_, across), (_, down)) in given["lines"].items():
            if across != down:
                self.refuse(f"line {gid!r}: {across} values of x, {down} of y")
        if self.broken:
            raise Untraceable(self.broken)
        values = [value if np.isfinite(value) else str(value) for value in map(float, self.constants.values())]
        now, late, waiting = self._parted(given["lines"], given["words"])
        return given | {
            "size": self.size,
            "ops": list(ARITY),
            "constants": [list(map(int, self.constants)), values],
            "texts": [_pieces(text) for text in self.texts],
            "code": _numbered(now + late),
            "now": len(now),
            "waiting": waiting,
        }

    def _parted(self, lines, words):
        """The instructions in two parts, and the names of the words that need the second one.

        It holds the loops that no line needs, and what comes of them: it may run when there is time.
        """
        needed = np.zeros((self.size, 1 + len(words)), bool)  # by the lines, and by each of the words
        for first, count in (row for pair in lines.values() for row in pair):
            needed[first : first + count, 0] = True
        for word, cell in enumerate(words.values(), start=1):
            told = [cell]
            for at in told:
                needed[at, word] = True
                told += self.holes.get(at, ())
        wanted = []
        for instruction in reversed(self.blocks[0]):
            read, written = (np.concatenate(at, None) for at in _cells(instruction))
            wanted.append(needed[written].any(axis=0))
            needed[read] |= wanted[-1]
        pairs = list(zip(self.blocks[0], reversed(wanted), strict=True))
        loops = [by for (op, *_), by in pairs if op == "loop" and not by[0]]
        late = np.any([np.zeros_like(needed[0]), *loops], axis=0)
        parts = ([one for one, by in pairs if (by & ~late).any() == now] for now in (True, False))
        return *parts, [name for name, waits in zip(words, late[1:], strict=True) if waits]

    def _row(self, at):
        """Where a line's numbers stand, side by side: [first, how many]."""
        if (np.diff(at) != 1).any():
            side_by_side = self.new(at.shape, 0)
            self._put("positive", 0, side_by_side, at)
            at = side_by_side
        return [int(at[0]) if at.size else 0, at.size]


def _numbered(block):
    """Instructions with the numbers of their operations."""
    numbers = {op: k for k, op in enumerate(ARITY)}
    return [
        [numbers[op], *rest[:-1], _numbered(rest[-1])] if op == "loop" else [numbers[op], *rest] for op, *rest in block
    ]


def _cells(instruction, turns=1):
    """The cells that an instruction reads, and those it writes: two lists of arrays of numbers."""
    op, count, out, *rest = instruction
    if op == "loop":
        inner = [_cells(one, count) for one in rest[0]]
        return [at for read, _ in inner for at in read], [out, *(at for _, written in inner for at in written)]
    k = np.arange(count)
    step, *places = rest
    by = places.pop() if op == "store" else 0
    written = np.add.outer(out + step * k, by * np.arange(turns if by else 1))
    return [at + step * k for at, step in zip(places[::2], places[1::2], strict=True)], [written]


def _pieces(text):
    """A text as [words, [cell, form], words, ...]: what is odd is a hole."""
    first, *rest = text.split(OPEN)
    pieces = [first]
    for hole, after in (part.split(CLOSE) for part in rest):
        cell, form = hole.split("|")
        pieces += [[int(cell), form], after]
    return pieces


def _strides(at):
    """What makes up arrays of cells of one shape: (n, [(first, step), ...])."""
    shape, flat = at[0].shape, np.stack([np.ravel(one) for one in at])
    steps = np.diff(flat)
    long = [axis for axis, n in enumerate(shape) if n > 1]
    if len(long) > 1 and (np.diff(steps) != 0).any():
        axis = min(long, key=lambda axis: shape[axis])
        for k in range(shape[axis]):
            yield from _strides([one.take(k, axis) for one in at])
        return
    first = 0
    while first < flat.shape[1]:
        step = steps[:, first] if first < steps.shape[1] else np.zeros(len(at), int)
        others = np.flatnonzero((step != steps[:, first:].T).any(axis=1))
        count = int(others[0]) + 1 if others.size else flat.shape[1] - first
        yield count, [(int(place), int(by)) for place, by in zip(flat[:, first], step, strict=True)]
        first += count


def sheet_of(*values):
    """The sheet of the first Letters among these values, or in tuples, lists and arrays of objects; else None."""
    for value in values:
        if isinstance(value, Letters):
            return value.sheet
        nested = isinstance(value, (tuple, list)) or getattr(value, "dtype", None) == np.dtype(object)
        sheet = sheet_of(*(value.flat if isinstance(value, np.ndarray) else value)) if nested else None
        if sheet:
            return sheet
    return None


def phrase(function, *values):
    """function(*values), a part of a sentence: traced by itself, so that its questions do not multiply with others'."""
    sheet = sheet_of(*values)
    return f"{sheet.said(lambda: function(*values))}" if sheet else function(*values)


class Letters(NDArrayOperatorsMixin):
    """An array of numbers, truths or texts of which only the cells are known.

    There is no `__array__`: what numpy does not dispatch (np.array, np.asarray) makes an array of objects, and
    `Sheet.read` takes it back.
    """

    __hash__ = None  # as a key of a dictionary it would not be found, and nobody would notice
    dtype = np.dtype(float)

    def __init__(self, sheet, at, kind="number"):
        self.sheet, self.at, self.kind = sheet, at, kind

    shape, ndim, size = (property(lambda self, name=name: getattr(self.at, name)) for name in ("shape", "ndim", "size"))
    T = property(lambda self: self._moved(self.at.T))
    flat = property(lambda self: iter(self.ravel()))

    def _moved(self, at):
        return Letters(self.sheet, np.asarray(at), self.kind)

    def __getattr__(self, name):
        if name in MOVES:
            return lambda *given, **named: self._moved(getattr(self.at, name)(*given, **named))
        if name in VALUES:
            return lambda *given, **named: self._tried(name, VALUES[name], self, *given, **named)
        if name in ARITY:  # numpy's way with arrays of objects
            return lambda *given: self.sheet.write(name, self, *given)
        if not name.startswith("__"):
            self.sheet.refuse(f"letters have no {name}")
        raise AttributeError(name)

    def _tried(self, name, function, *given, **named):
        try:
            return function(self.sheet, *given, **named)
        except Untraceable:
            raise
        except Exception as error:
            self.sheet.refuse(f"numpy's {name}: {error}")

    def __len__(self):
        return len(self.at)

    def __iter__(self):
        return map(self._moved, self.at)

    def __getitem__(self, key):
        if sheet_of(key):
            self.sheet.refuse("its numbers choose a place in an array")
        return self._moved(self.at[key])

    def __setitem__(self, key, value):
        if isinstance(key, Letters):
            if key.kind != "truth":
                self.sheet.refuse("its numbers choose a place in an array")
            key, value = ..., self.sheet.write("where", key, value, self)
        self.at[key] = self.sheet.read(value).at

    def setflags(self, write=None):
        self.at.setflags(write=write)

    def __bool__(self):
        if self.size != 1:
            self.sheet.refuse("the truth of an array")
        truth = self if self.kind == "truth" else self.sheet.write("not_equal", self, 0)
        return self.sheet.ask(truth)

    def __float__(self, *_):
        self.sheet.refuse("its numbers are taken out of numpy's hands")

    __int__ = __index__ = __complex__ = __round__ = __str__ = __contains__ = __float__

    def __format__(self, form):
        if self.size != 1 or self.sheet.speaking is None:
            self.sheet.refuse("its numbers become a text")
        if self.kind == "text":
            form = "text"
        elif not FORM.fullmatch(form):
            self.sheet.refuse(f"a number told as {form!r}")
        self.sheet.speaking.append(self.at.item())
        return f"{OPEN}{self.at.item()}|{form}{CLOSE}"

    def __repr__(self):
        return f"<letters of shape {self.shape}>"

    def __array_ufunc__(self, ufunc, method, *given, out=None, **named):
        known = ufunc.__name__ in REWRITTEN or ufunc.__name__ in OTHERS or ufunc.__name__ in ARITY
        if not known or (method == "__call__" and named):
            self.sheet.refuse(f"numpy's {ufunc.__name__}{''.join(f', {key}=' for key in named)}")
        if method == "__call__":
            result = self._called(ufunc.__name__, given)
        elif ufunc.__name__ in ARITY and method in ("reduce", "accumulate") and not named.keys() - {"axis", "keepdims"}:
            keep = method == "accumulate"
            result = self._tried(
                ufunc.__name__, Sheet.fold, ufunc.__name__, given[0], **({"axis": 0} | named), keep=keep
            )
        else:
            self.sheet.refuse(f"numpy's {ufunc.__name__}.{method}")
        if out is None:
            return result
        if not isinstance(out[0], Letters):
            self.sheet.refuse("letters written into an array of numbers")
        out[0].at[...] = result.at
        return out[0]

    def _called(self, name, given):
        if name in REWRITTEN:
            return self._tried(name, REWRITTEN[name], *given)
        name, *order = OTHERS.get(name, (name,))
        return self.sheet.write(name, *(given[k] for k in order) if order else given)

    def __array_function__(self, function, types, given, named):
        name = function.__name__
        if name in VALUES:
            return self._tried(name, VALUES[name], *given, **named)
        if name not in MOVES | MEASURES:
            self.sheet.refuse(f"numpy's {name}")
        return self._tried(name, _moves(function), *given, **named)


def _moves(function):
    """One of numpy's functions that only moves numbers about, for cell numbers."""

    def moved(sheet, first, *rest, **named):
        several = isinstance(first, (list, tuple))
        parts = [sheet.read(one) for one in (first if several else [first])]
        done = function([one.at for one in parts] if several else parts[0].at, *rest, **named)
        return done if function.__name__ in MEASURES else Letters(sheet, np.array(done), parts[0].kind)

    return moved


# -- what numpy's functions are, in instructions


def _power(sheet, a, b):
    """As numpy does it: the powers that are no powers are exact."""
    plain = b if isinstance(b, Letters) else np.asarray(b)[()]
    if isinstance(plain, (int, float, np.number)) and plain in (1, 2, 0.5):
        return sheet.write("multiply", a, a) if plain == 2 else sheet.write("sqrt" if plain == 0.5 else "positive", a)
    return sheet.write("power", a, b)


def _logical(op):
    """& | ~ of truths; of numbers numpy has none."""

    def written(sheet, *given):
        given = [sheet.read(one) for one in given]
        if any(one.kind != "truth" for one in given):
            sheet.refuse(f"{op} of what is no truth")
        return sheet.write(op, *given)

    return written


def _negative(sheet, a):
    return sheet.refuse("minus a truth") if sheet.read(a).kind == "truth" else sheet.write("negative", a)


def _dot(sheet, a, b):
    a, b = sheet.read(a), sheet.read(b)
    if max(a.ndim, b.ndim) > 2:
        sheet.refuse("products of arrays with more than two axes")
    if not (a.ndim and b.ndim):
        return a * b
    return sheet.fold("add", (a[..., None] if b.ndim == 2 else a) * b, a.ndim - 1)


def _argmax(sheet, a, axis=None):
    a = sheet.read(a) if axis is not None else sheet.read(a).ravel()
    axis = axis or 0
    if a.kind != "truth":
        top = sheet.fold("maximum", a, axis, keepdims=True)
        a = (a == top) | ((a != a) & (top != top))
    late = sheet.fold("logical_and", ~a, axis, keep=True)  # until the first
    return sheet.write("where", sheet.fold("logical_or", a, axis), sheet.fold("add", late, axis), 0.0)


def _nan_to_num(sheet, a, copy=True, nan=0.0, posinf=None, neginf=None):
    most = np.finfo(float).max
    a = sheet.write("where", sheet.write("isnan", a), nan, a)
    a = sheet.write("where", sheet.write("equal", a, np.inf), most if posinf is None else posinf, a)
    return sheet.write("where", sheet.write("equal", a, -np.inf), -most if neginf is None else neginf, a)


def _norm(sheet, a, axis=None, keepdims=False):
    return sheet.write("sqrt", sheet.fold("add", sheet.write("multiply", a, a), axis, keepdims))


def _mean(sheet, a, axis=None, keepdims=False):
    a = sheet.read(a)
    total = sheet.fold("add", a, axis, keepdims)
    return sheet.write("divide", total, a.size / max(total.size, 1))


def _filled(value):
    return lambda sheet, a, *_, **__: Letters(sheet, np.broadcast_to(sheet.read(value).at, a.shape).copy())


def _along(op):
    return lambda sheet, a, axis=None, keepdims=False: sheet.fold(op, a, axis, keepdims)


REWRITTEN = {
    "power": _power,
    "matmul": _dot,
    "negative": _negative,
    "square": lambda sheet, a: sheet.write("multiply", a, a),
    "radians": lambda sheet, a: sheet.write("multiply", a, np.pi / 180),
    "isinf": lambda sheet, a: sheet.write("equal", sheet.write("absolute", a), np.inf),
    "invert": _logical("logical_not"),
    "bitwise_and": _logical("logical_and"),
    "bitwise_or": _logical("logical_or"),
}
VALUES = {
    "where": lambda sheet, *given: sheet.write("where", *given),
    "norm": _norm,
    "dot": _dot,
    "argmax": _argmax,
    "nan_to_num": _nan_to_num,
    "mean": _mean,
    "clip": lambda sheet, a, low, high: sheet.write("minimum", sheet.write("maximum", a, low), high),
    "cumsum": lambda sheet, a, axis=None: sheet.fold("add", a, axis, keep=True),
    "zeros_like": _filled(0.0),
    "empty_like": _filled(0.0),
    "ones_like": _filled(1.0),
    "full_like": lambda sheet, a, fill: _filled(fill)(sheet, a),
    "sum": _along("add"),
    "prod": _along("multiply"),
    "any": _along("logical_or"),
    "all": _along("logical_and"),
    "max": _along("maximum"),
    "min": _along("minimum"),
}


# -- the program, run by numpy


def packed(given):
    """Plain data with programs in it as one compressed buffer for the page, places as `near` writes them."""
    return zlib.compress(json.dumps(given, separators=(",", ":")).encode(), 9)


def near(program):
    """The same program with places as differences: out from the out before it, what is read from out.

    Like parts of programs then look alike wherever they stand, and compress to half.
    """
    places, numbers = program["constants"]
    constants = [np.diff(places, prepend=0).tolist(), numbers]
    return program | {"code": _near(program["ops"], program["code"], 0)[0], "constants": constants}


def _near(ops, block, before):
    moved = []
    for op, count, out, *rest in block:
        if ops[op] == "loop":
            moved.append([op, count, out - before, _near(ops, rest[0], out)[0]])
        else:
            step, *places = rest
            pairs = zip(places[::2], places[1::2], strict=False)
            turns = places[-1:] if len(places) % 2 else []
            moved.append([op, count, out - before, step, *(n for at, by in pairs for n in (at - out, by)), *turns])
        before = out
    return moved, before


def run(program, values):
    """All cells after a run: (cells,), or (cells, n) for n settings at once.

    values: name of an input -> its value, a pair for two; a text as one of the program's texts.
    """
    given = {}
    for name, cells in program["inputs"].items():
        several = values[name] if len(cells) > 1 else [values[name]]
        numbers = [program["texts"].index([one]) if isinstance(one, str) else one for one in several]
        given |= zip(cells, numbers, strict=True)
    numbers, constants = program["constants"]
    memory = np.zeros((program["size"], *np.broadcast_shapes(*(np.shape(value) for value in given.values()))))
    for cell, value in [*zip(numbers, map(float, constants), strict=True), *given.items()]:
        memory[cell] = value
    with np.errstate(all="ignore"):
        _run(program["ops"], program["code"], memory, 0)
    return memory


def _run(ops, block, memory, turn):
    for op, count, out, *rest in block:
        name = ops[op]
        if name == "loop":
            for k in range(count):
                memory[out] = k + 1
                _run(ops, rest[0], memory, k)
            continue
        step, *places = rest
        if name == "store":
            out, places = out + turn * places[2], places[:2]
        k = np.arange(count)
        target = out + step * k
        given = [first + by * k for first, by in zip(places[::2], places[1::2], strict=True)]
        act = getattr(np, name, np.positive)
        if count == 1 or (step and not any(_meets(target, one) for one in given)):
            memory[target] = act(*(memory[one] for one in given))
        else:  # in turn: it sums up
            for n in range(count):
                memory[target[n]] = act(*(memory[one[n]] for one in given))


def _meets(a, b):
    return a.min() <= b.max() and b.min() <= a.max()


def line(program, memory, gid):
    """(x, y) of a line, after a run."""
    return tuple(memory[first : first + count] for first, count in program["lines"][gid])


def sentence(program, memory, name):
    """A text of the program, its holes filled, after a run of one setting."""
    return _filled_in(program, memory, program["words"][name])


def _filled_in(program, memory, cell):
    first, *rest = program["texts"][int(memory[cell])]
    filled = [
        _filled_in(program, memory, at) if form == "text" else formatted(float(memory[at]), form)
        for at, form in rest[::2]
    ]
    return first + "".join(hole + after for hole, after in zip(filled, rest[1::2], strict=True))


def formatted(value, form):
    """format(value, form), with two forms more: .2p is .2g, but 5.2 · 10⁻⁵ where that says 5.2e-05, and .2m is .2f
    with a minus sign that is one, none before what is told as zero, and 1.23 · 10⁵ from 10⁵ on."""
    if isinstance(value, Letters) or form[-1:] not in ("m", "p"):
        return format(value, form)
    if form.endswith("m"):
        if 1e5 <= abs(value) < math.inf:
            return formatted(value, f".{int(form[1:-1]) + 1}p").replace("-", "−")
        text = format(value, f"{form[:-1]}f")
        return format(0.0, f"{form[:-1]}f") if float(text) == 0 else text.replace("-", "−")
    digits = int(form[1:-1])
    value = float(f"{value:.{digits}g}")
    if value == 0 or 1e-3 <= abs(value) < 1e5 or not math.isfinite(value):
        return f"{value:g}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = f"10{str(int(exponent)).translate(RAISED)}"
    if abs(float(mantissa)) == 1:
        return f"{'-' if value < 0 else ''}{power}"
    return f"{mantissa.rstrip('0').removesuffix('.')} · {power}"


def differs(program, function, settings, within=1e-9):
    """What the program says otherwise than the function does, as a sentence; empty where they agree.

    function(**values) -> (lines, words): gid -> (x, y), name -> text. settings: several dicts of values.
    """
    for values in settings:
        memory = run(program, values)
        lines, words = function(**values)
        for gid, pair in lines.items():
            for side, told, traced in zip("xy", pair, line(program, memory, gid), strict=True):
                told = np.ravel(np.asarray(told, float))
                if told.shape != traced.shape or not np.allclose(
                    traced, told, rtol=within, atol=within, equal_nan=True
                ):
                    return f"{side} of {gid} is another one when it is traced, at {values}"
        for name, text in words.items():
            text = text() if callable(text) else text
            if sentence(program, memory, name) != text:
                return f"{name} says {text!r}, but when it is traced {sentence(program, memory, name)!r}, at {values}"
    return ""

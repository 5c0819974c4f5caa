"""What a lab's `compute` hands back, and the sentences for what is wrong with it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from . import codec


@dataclass(frozen=True)
class Answer:
    """The answer to every setting on the grid of the page's sliders.

    lines: gid of a line -> (x, y), arrays of shape (points,) + grid; an axis of the grid the array does not
        depend on has length 1, or all of them are left out. nan and inf interrupt a line; one that is left out of an
        answer is not drawn.
    words: name of a readout -> str, or array of str that broadcasts to the grid; of a run that is traced, a function
        without arguments that says it.
    scenes: text of a button -> {name: value}, for buttons whose values depend on quantities in the kernel.
    """

    lines: Mapping
    words: Mapping = field(default_factory=dict)
    scenes: Mapping = field(default_factory=dict)


def spoken(answer):
    """The answer with every readout said."""
    if not isinstance(answer, Answer):
        raise TypeError(f"compute must return an Answer(lines=..., words=...), not {type(answer).__name__}")
    return replace(answer, words={name: word() if callable(word) else word for name, word in answer.words.items()})


def check_names(answer, gids):
    """Refuse an answer with a line that the figure does not have; a line of which it says nothing is not drawn."""
    unknown = sorted(set(answer.lines) - set(gids))
    if unknown:
        raise ValueError(f"compute answers for {unknown}, but the figure has no Line2D with such a gid")


def over_grid(name, values, grid):
    """`values` as an array of shape (points,) + grid, grid axes of length 1 where they make no difference."""
    values = np.asarray(values, dtype=float)
    if values.ndim == 1:
        values = values.reshape(-1, *(1,) * len(grid))
    fits = values.ndim == 1 + len(grid) and all(
        have in (1, want) for have, want in zip(values.shape[1:], grid, strict=True)
    )
    if not fits:
        raise ValueError(f"line {name!r}: shape {values.shape} is neither (points,) nor (points,) + {grid}")
    return values


def line_arrays(name, pair, grid):
    """(x, y) of a line, both `over_grid` and with the same number of points."""
    x, y = (over_grid(name, values, grid) for values in pair)
    if len(x) != len(y):
        raise ValueError(f"line {name!r}: {len(x)} values of x, {len(y)} of y")
    return x, y


def check_size(answer, controls):
    """Refuse a table above `codec.LIMIT`, and say which slider to make coarser.

    controls: the quantities whose steps are the grid; answer: over their first two values, which tell what depends on
    which of them.
    """
    few = tuple(len(control.values[:2]) for control in controls)
    size = 0
    for gid, pair in answer.lines.items():
        for values in line_arrays(gid, pair, few):
            steps = [len(control.values) for have, control in zip(values.shape[1:], controls, strict=True) if have > 1]
            size += 2 * len(values) * math.prod(steps)
    if size <= codec.LIMIT:
        return
    finest = max(controls, key=lambda control: len(control.values))
    raise ValueError(
        f"the table of this figure would take {size / 1e6:.1f} MB, and {codec.LIMIT / 1e6:.0f} MB is the "
        f"limit: make the slider {finest.label!r} coarser (it has {len(finest.values)} steps), "
        "or draw fewer points"
    )

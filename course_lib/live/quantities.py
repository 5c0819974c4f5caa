"""The quantities of a live figure: plain values with a label and a range. Only who asks for a widget gets one."""

from dataclasses import dataclass, replace

import ipywidgets
import numpy as np


@dataclass(frozen=True, eq=False)
class Quantity:
    """What the reader can set; `name` is the argument of compute (with .0 or .1 behind it, of a pair).

    kind: how the page offers it: range, number (only a box) or choice. values: an array of numbers, else a
    tuple of options; texts: what is shown for each; default: the number of the value it begins with.
    """

    label: str
    kind: str
    values: tuple | np.ndarray
    texts: list
    default: int
    log: bool = False
    name: str = ""

    @property
    def numeric(self):
        """Whether its values are numbers, which a program takes in; of other options each has a program of its own."""
        return all(_is_finite(value) for value in np.asarray(self.values).tolist())

    def value(self, index):
        """Value number `index`, as a plain Python number or option."""
        value = self.values[index]
        return value.item() if isinstance(value, np.generic) else value

    def nearest(self, value):
        """Number of the value nearest to this one, or of this option."""
        if isinstance(self.values, np.ndarray):
            return int(np.argmin(np.abs(self.values - value)))
        if value not in self.values:
            raise ValueError(f"{self.label!r} cannot be {value!r}; it is one of {list(self.values)}")
        return self.values.index(value)

    def describe(self):
        """For the page: everything but the present value. A slider of options that are finite numbers can be pointed
        at, too, where they stand on an axis; but what it shows are words, so no number can be typed."""
        typed = isinstance(self.values, np.ndarray)
        options = self.kind == "range" and all(_is_finite(value) for value in self.values)
        numbers = np.asarray(self.values).tolist() if typed or options else None
        return {
            "name": self.name,
            "label": self.label,
            "kind": self.kind,
            "texts": self.texts,
            "values": numbers,
            "options": None if typed else [value if isinstance(value, str) else None for value in self.values],
            "typed": typed,
        }

    def widget(self, index):
        """An ipywidgets control for it, at value number `index`."""
        named = {"description": self.label, "value": self.value(index)}
        if not isinstance(self.values, np.ndarray):
            kind = ipywidgets.SelectionSlider if self.kind == "range" else ipywidgets.Dropdown
            return kind(options=list(zip(self.texts, self.values, strict=True)), **named)
        low, high = np.log10(self.values[[0, -1]]) if self.log else self.values[[0, -1]].tolist()
        step = (high - low) / (len(self.values) - 1)
        if self.values.dtype.kind == "i":
            return ipywidgets.IntSlider(min=low, max=high, step=int(step), **named)
        kind = ipywidgets.FloatLogSlider if self.log else ipywidgets.FloatSlider
        return kind(min=low, max=high, step=step, **named)


def slider(label, low, high, *, steps, value, log=False, format=".3g"):
    """`steps` values from low to high, both included, evenly or log spaced; value is moved to the nearest of them.

    format is Python's, for the number shown beside it.
    """
    if steps < 2 or not low < high or (log and low <= 0):
        raise ValueError(f"slider {label!r}: cannot take {steps} steps from {low} to {high}, log={log}")
    first, last = (np.log10(low), np.log10(high)) if log else (low, high)
    places = first + (last - first) / (steps - 1) * np.arange(steps)
    exact = 10.0**places if log else places
    values = np.array([float(f"{number:.12g}") for number in exact])  # 0.9, not 0.9000000000000001
    scale = np.log if log else np.asarray
    default = int(np.argmin(np.abs(scale(values) - scale(value))))
    return Quantity(label, "range", values, [f"{number:{format}}" for number in values], default, log)


def whole(label, low, high, *, value, step=1):
    """A slider of the whole numbers from low to high."""
    values = np.arange(low, high + 1, step)
    made = Quantity(label, "range", values, [str(number) for number in values], 0)
    return replace(made, default=made.nearest(value))


def stops(label, options, *, value=None):
    """A slider of these options: values, or (text, value) pairs; value: the first one, if not another is named."""
    return _of_options(label, "range", options, value)


def choice(label, options, *, value=None):
    """A drop-down of these options: values, or (text, value) pairs."""
    return _of_options(label, "choice", options, value)


def _of_options(label, kind, options, value):
    pairs = [option if isinstance(option, tuple) else (str(option), option) for option in options]
    if not pairs:
        raise ValueError(f"{label!r} has no options")
    made = Quantity(label, kind, tuple(value for _, value in pairs), [text for text, _ in pairs], 0)
    return made if value is None else replace(made, default=made.nearest(value))


def _is_finite(value):
    # An option may well be inf; it is no place on an axis, and no number in JSON.
    return type(value) in (int, float) and np.isfinite(value)


def named(name, given):
    """The quantities of an argument of compute: one, or two (`name.0`, `name.1`) for a pair of sliders."""
    for quantity in given if isinstance(given, tuple) else (given,):
        if not isinstance(quantity, Quantity):
            raise TypeError(f"{name!r} must be made by slider, whole, stops or choice, not {type(quantity)}")
    if isinstance(given, tuple):
        return [replace(part, name=f"{name}.{k}", kind="number") for k, part in enumerate(given)]
    return [replace(given, name=name)]

"""The quantities of a live figure: ordinary ipywidgets, seen as a list of values and the one chosen.

A slider's own steps are its values, so that what is shown is exactly what was computed.
"""

from dataclasses import dataclass

import ipywidgets
import numpy as np


def slider(label, low, high, *, steps, value, log=False, format=".3g"):
    """An ipywidgets slider with `steps` values from low to high, both included, evenly or log spaced.

    value is moved to the nearest of them; format is Python's, for the number shown beside it.
    """
    if steps < 2 or not low < high or (log and low <= 0):
        raise ValueError(f"slider {label!r}: cannot take {steps} steps from {low} to {high}, log={log}")
    ends = (np.log10(low), np.log10(high)) if log else (low, high)
    kind = ipywidgets.FloatLogSlider if log else ipywidgets.FloatSlider
    widget = kind(
        value=value,
        min=ends[0],
        max=ends[1],
        step=(ends[1] - ends[0]) / (steps - 1),
        description=label,
        readout_format=format,
    )
    scale = np.log if log else np.asarray
    numbers = values(widget)
    widget.value = numbers[int(np.argmin(np.abs(scale(numbers) - scale(value))))]
    return widget


def values(widget):
    """All values a widget can take, in order: an array for a number slider, else a tuple of its options."""
    if _is_switch(widget):
        return (False, True)
    if _has_options(widget):
        return tuple(value for _, value in widget._options_full)
    if not all(hasattr(widget, name) for name in ("min", "max", "step")):
        raise TypeError(f"{type(widget).__name__} cannot steer a live figure: it has neither steps nor options")
    count = int(np.floor((widget.max - widget.min) / widget.step + 1e-6)) + 1
    steps = widget.min + widget.step * np.arange(count)
    if isinstance(widget, ipywidgets.FloatLogSlider):
        steps = widget.base**steps
    if isinstance(widget.value, int):
        return steps.astype(int)
    return np.array([float(f"{step:.12g}") for step in steps])  # 0.9, not 0.9000000000000001


def texts(widget):
    """What is shown for each of the values."""
    if _is_switch(widget):
        return ["off", "on"]
    if _has_options(widget):
        return [label for label, _ in widget._options_full]
    return [f"{value:{widget.readout_format}}" for value in values(widget)]


def _is_switch(widget):
    return isinstance(widget, (ipywidgets.Checkbox, ipywidgets.ToggleButton))


def _has_options(widget):
    """Dropdowns, selection sliders, radio and toggle buttons."""
    return hasattr(widget, "_options_full")


@dataclass(frozen=True, eq=False)
class Control:
    """One quantity: `name` for compute; `kind` is range, number (only a box), choice or check."""

    name: str
    kind: str
    widget: ipywidgets.Widget
    values: tuple | np.ndarray
    texts: list

    @property
    def label(self):
        return self.widget.description or self.name

    @property
    def numeric(self):
        """Whether its values are numbers, which a program takes in; of other options each has a program of its own."""
        return self.kind == "check" or all(_is_finite(value) for value in np.asarray(self.values).tolist())

    @property
    def index(self):
        """Number of the present value among the values; the nearest, if code has set another."""
        if _has_options(self.widget):
            return self.widget.index
        return int(np.argmin(np.abs(np.asarray(self.values, dtype=float) - float(self.widget.value))))

    def value(self, index):
        """Value number `index`, as a plain Python number or option."""
        value = self.values[index]
        return value.item() if isinstance(value, np.generic) else value

    def choose(self, index):
        """Set the widget to value number `index`."""
        self.widget.value = self.value(index)

    def nearest(self, value):
        """Number of the value nearest to this one, or of this option."""
        if isinstance(self.values, tuple):
            return self.values.index(value)
        return int(np.argmin(np.abs(self.values - value)))

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
            "typed": typed,
        }


def _is_finite(value):
    # An option may well be inf; it is no place on an axis, and no number in JSON.
    return type(value) in (int, float) and np.isfinite(value)


def controls(name, widget):
    """The Controls of a quantity: one for a widget, two (`name.0`, `name.1`) for a pair of sliders."""
    if isinstance(widget, tuple):
        return [_control(f"{name}.{k}", "number", part) for k, part in enumerate(widget)]
    if _is_switch(widget):
        return [_control(name, "check", widget)]
    is_choice = _has_options(widget) and not isinstance(widget, ipywidgets.SelectionSlider)
    return [_control(name, "choice" if is_choice else "range", widget)]


def _control(name, kind, widget):
    return Control(name, kind, widget, values(widget), texts(widget))

"""What a figure does with a compute that a program may get wrong: the kernel's way, or a sentence, no wrong picture."""

from dataclasses import dataclass

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_lib.descent import descend
from course_lib.live import Answer, LiveFigure, slider
from course_lib.optimizers import Momentum, Optimizer
from course_lib.surfaces import Surface

TABLE = np.linspace(-3, 3, 50)
STEPS = 20
calls = []


def path(lr, gamma, surface="saddle", rule=Momentum, steps=STEPS):
    return descend(rule(lr, gamma), surface, (1.0, 0.5), steps=steps).theta


def along(lr, gamma, **named):
    return Answer({"mine": tuple(path(lr, gamma, **named).T)})


def bowl(slope):
    """A round bowl whose slope along the first coordinate is looked up."""
    return Surface(
        "a table",
        lambda theta: (theta * theta).sum(axis=0) / 2,
        lambda theta: np.stack([slope(theta[0]), theta[1]]),
        ((-3, 3), (-3, 3)),
        (1.0, 0.5),
        "a test",
    )


def rule(step):
    """A learner's class with this step."""

    @dataclass(frozen=True, eq=False)
    class Mine(Optimizer):
        lr: float
        gamma: float

    Mine.step = step
    return Mine


def printing(self, theta, g, t):
    print(f"the slope is {g[0]:.2f}")
    return (theta - self.lr * g,)


def raising(self, theta, g, t):
    raise RuntimeError("no idea yet")


def stateful(self, theta, g, t):
    calls.append(t)
    return (theta - self.lr * g / len(calls),)


def drawing_lots(self, theta, g, t):
    return (theta - self.lr * g * np.random.default_rng().random(),)


def in_another_shape(self, theta, g, t):
    return (np.stack([*theta, theta[0]]),)


def telling_types(lr, gamma):
    return along(lr * (2 if isinstance(lr, float) else 1), gamma)


def counting(lr, gamma):
    calls.append(lr)
    return along(lr / len(calls), gamma)


def shaken(lr, gamma):
    x, y = path(lr, gamma).T
    return Answer({"mine": (x + np.random.default_rng().normal(size=len(x)), y)})


COMPUTES = {  # name: (compute, whether it runs in the page: else in the kernel)
    "a rule that branches on its numbers": (
        lambda lr, gamma: along(
            lr, gamma, rule=rule(lambda self, theta, g, t: (theta - self.lr * (g if g[0] > 0 else g / 2),))
        ),
        True,
    ),
    "chance from a seed": (
        lambda lr, gamma: Answer({"mine": tuple(path(lr, gamma).T + np.random.default_rng(1).normal(size=(2, 21)))}),
        True,
    ),
    "a branch of its own": (lambda lr, gamma: along(lr if lr > 0.1 else lr / 2, gamma), False),
    "as many steps as a slider says": (lambda lr, gamma: along(lr, gamma, steps=1 + int(10 * gamma)), False),
    "a table in between": (
        lambda lr, gamma: along(lr, gamma, surface=bowl(lambda x: np.interp(x, TABLE, TABLE))),
        False,
    ),
    "a table by index": (
        lambda lr, gamma: along(lr, gamma, surface=bowl(lambda x: TABLE[(x * 8 + 25).astype(int)])),
        False,
    ),
    "a table by search": (
        lambda lr, gamma: along(lr, gamma, surface=bowl(lambda x: TABLE[TABLE.searchsorted(x) % 50])),
        False,
    ),
    "a class that prints": (lambda lr, gamma: along(lr, gamma, rule=rule(printing)), False),
    "a class that remembers": (lambda lr, gamma: along(lr, gamma, rule=rule(stateful)), False),
    "a class that draws lots": (lambda lr, gamma: along(lr, gamma, rule=rule(drawing_lots)), False),
    "a look at types": (telling_types, False),
    "a count of calls": (counting, False),
    "unseeded chance": (shaken, False),
}
WRONG = {
    "a class that raises": (lambda lr, gamma: along(lr, gamma, rule=rule(raising)), "no idea yet"),
    "a class with another shape": (
        lambda lr, gamma: along(lr, gamma, rule=rule(in_another_shape)),
        r"step turned theta of shape \(2,\) into shape \(3,\)",
    ),
    "a line with fewer y": (
        lambda lr, gamma: Answer({"mine": (path(lr, gamma)[:, 0], path(lr, gamma)[1:, 1])}),
        "line 'mine': 21 values of x, 20 of y",
    ),
}


def figure(compute):
    drawn = Figure(figsize=(2, 2), dpi=50)
    drawn.subplots().add_line(Line2D([], [], gid="mine"))
    quantities = {
        "lr": slider("learning rate", 0.01, 0.5, steps=9, value=0.1),
        "gamma": slider("memory", 0, 0.9, steps=9, value=0.5),
    }
    return LiveFigure(drawn, compute, run=quantities, alt="A path.")


@pytest.mark.parametrize(("compute", "in_page"), COMPUTES.values(), ids=COMPUTES)
def test_a_compute_that_a_program_would_get_wrong_goes_by_the_kernel(compute, in_page, capsys):
    live = figure(compute)
    assert bool(live.programs) == in_page and bool(live.table) != in_page and bool(live.untraceable) != in_page


@pytest.mark.parametrize(("compute", "why"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_computed_is_said_where_the_figure_is_made(compute, why):
    with pytest.raises(Exception, match=why):
        figure(compute)

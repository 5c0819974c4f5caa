"""Landscapes to walk on: value, analytic gradient, minima, a view box, a good start, a source.

Coordinates come first: theta is (2,), or (2, ...) with any axes behind, and `x, y = theta` unpacks both. A value has
the shape of x, a gradient the shape of theta. Minima are (count, dim); `lowest` is the least known value.

Powers are written as products: numpy computes x**4 of an array and of a single number by different routines, which
differ in the last digit, and then a cell of a sweep would no longer be its single run. Products are faster, too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .tracing import Letters, sheet_of


@dataclass(frozen=True, eq=False)
class Surface:
    """A function to descend, with what a picture and a test need to know about it.

    value: theta (dim, *sweep) -> (*sweep). gradient: theta -> a new array of theta's shape each time, for an optimizer
    may keep it. view: ((low, high), ...) the box to draw, one pair a coordinate. start: where a run begins unless told
    otherwise.
    """

    name: str
    value: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    view: tuple[tuple[float, float], ...]
    start: tuple[float, ...]
    source: str
    minima: tuple[tuple[float, ...], ...] = ()

    @property
    def dim(self) -> int:
        return len(self.start)

    @cached_property
    def lowest(self) -> float:
        """The least known value; -inf where the surface has no minimum."""
        values = [self.value(np.array(point)) for point in self.minima]
        return min((value if isinstance(value, Letters) else float(value) for value in values), default=-np.inf)

    def __repr__(self):
        return f"Surface {self.name!r} in {self.dim} dimension(s)"


def _fits(value, least=-np.inf):
    """Whether this is a finite number, or an array of them, of at least `least`; letters may be."""
    if isinstance(value, Letters):
        return True
    numbers = np.asarray(value)
    return numbers.dtype.kind in "biuf" and bool((np.isfinite(numbers) & (numbers >= least)).all())


def turn(point, angle):
    """x and y of a point in the plane after a turn by an angle in degrees; arrays broadcast, letters may stand in."""
    x, y = point
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return cos * x - sin * y, sin * x + cos * y


def ravine(kappa=25.0, angle=0.0) -> Surface:
    """A valley kappa times as curved across as along, its floor turned by `angle` degrees from the first axis.

        J(theta) = (u^2 + kappa v^2) / 2      u along the floor, v across

    Raises ValueError unless kappa is a finite number of at least 1, and angle a finite number.
    """
    if np.ndim(kappa) or not _fits(kappa, least=1):
        raise ValueError(f"kappa is {kappa!r}: it must be a finite number, 1 or more")
    if np.ndim(angle) or not _fits(angle):
        raise ValueError(f"angle is {angle!r}: it must be a finite number of degrees")
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    diagonal = np.array([cos**2 + kappa * sin**2, sin**2 + kappa * cos**2])
    mixed = (1 - kappa) * sin * cos

    def value(theta):
        along_x, along_y = gradient(theta) * theta
        return (along_x + along_y) / 2

    def gradient(theta):
        straight = (theta.T * diagonal).T
        if isinstance(mixed, Letters):
            return np.where(mixed == 0, straight, straight + mixed * theta[::-1])
        return straight + mixed * theta[::-1] if mixed else straight

    letters = sheet_of(kappa, angle)  # of which nobody knows whether they turn it
    turned = "" if letters or angle == 0 else f", turned {angle:g} degrees"
    return Surface(
        "ravine" if letters else f"ravine, kappa {kappa:g}{turned}",
        value,
        gradient,
        view=((-5, 5), (-2.5, 2.5) if not letters and angle == 0 else (-5, 5)),
        start=turn((-4, 2), angle),
        source="a quadratic with curvatures 1 and kappa",
        minima=((0, 0),),
    )


def rosenbrock(theta):
    x, y = theta
    a, b = 1 - x, y - x * x
    return a * a + 100 * b * b


def rosenbrock_gradient(theta):
    x, y = theta
    a, b = 1 - x, y - x * x
    return np.array([-2 * a - 400 * x * b, 200 * b])


def beale(theta):
    x, y = theta
    a, b, c = 1.5 + x * (y - 1), 2.25 + x * (y * y - 1), 2.625 + x * (y * y * y - 1)
    return a * a + b * b + c * c


def beale_gradient(theta):
    x, y = theta
    y2 = y * y
    p, q, r = y - 1, y2 - 1, y2 * y - 1
    a, b, c = 1.5 + x * p, 2.25 + x * q, 2.625 + x * r
    return np.array([2 * (a * p + b * q + c * r), 2 * x * (a + 2 * b * y + 3 * c * y2)])


def himmelblau(theta):
    x, y = theta
    a, b = x * x + y - 11, x + y * y - 7
    return a * a + b * b


def himmelblau_gradient(theta):
    x, y = theta
    a, b = x * x + y - 11, x + y * y - 7
    return np.array([4 * x * a + 2 * b, 2 * a + 4 * y * b])


def six_hump_camel(theta):
    x, y = theta
    x2, y2 = x * x, y * y
    return x2 * (4 + x2 * (x2 / 3 - 2.1)) + x * y + 4 * y2 * (y2 - 1)


def six_hump_camel_gradient(theta):
    x, y = theta
    x2, y2 = x * x, y * y
    return np.array([x * (8 + x2 * (2 * x2 - 8.4)) + y, x + 8 * y * (2 * y2 - 1)])


def three_hump_camel(theta):
    x, y = theta
    x2 = x * x
    return x2 * (2 + x2 * (x2 / 6 - 1.05)) + x * y + y * y


def three_hump_camel_gradient(theta):
    x, y = theta
    x2 = x * x
    return np.array([x * (4 + x2 * (x2 - 4.2)) + y, x + 2 * y])


def styblinski_tang(theta):
    x2 = theta * theta
    return (x2 * (x2 - 16) + 5 * theta).sum(axis=0) / 2


def styblinski_tang_gradient(theta):
    return 2 * theta * (theta * theta - 8) + 2.5


def saddle(theta):
    x, y = theta
    return x * x - y * y


def saddle_gradient(theta):
    x, y = theta
    return np.array([2 * x, -2 * y])


def monkey_saddle(theta):
    x, y = theta
    return x * (x * x - 3 * y * y)


def monkey_saddle_gradient(theta):
    x, y = theta
    return np.array([3 * (x * x - y * y), -6 * x * y])


def plateau(theta):
    x, y = theta
    r2 = x * x / 4 + y * y
    return r2 / (1 + r2)


def plateau_gradient(theta):
    x, y = theta
    far = 1 + x * x / 4 + y * y
    return np.array([x / 2, 2 * y]) / (far * far)


def hill(height=1.2) -> Surface:
    """A slope with a hump of the given height on it: a shallow valley before the hump, a deep one behind.

        J(theta) = 0.12 (theta - 2.2)^2 + height * exp(-((theta - 0.2) / 0.6)^2 / 2)

    An array of heights makes a whole family of hills, with a start for each; their minima are left out.
    Raises ValueError where a height is negative or not finite.
    """
    if not _fits(height, least=0):
        raise ValueError(f"height is {height!r}: it must be a finite number of 0 or more, or an array of such numbers")
    height = np.asarray(height, float)

    def bump(x):
        z = (x - 0.2) / 0.6
        return height * np.exp(-z * z / 2)

    def value(theta):
        (x,) = theta
        return 0.12 * (x - 2.2) * (x - 2.2) + bump(x)

    def gradient(theta):
        (x,) = theta
        return np.array([0.24 * (x - 2.2) - bump(x) * (x - 0.2) / 0.36])

    return Surface(
        "hill",
        value,
        gradient,
        view=((-3.3, 5.6),),
        start=(np.full(height.shape, -3.0)[()],),
        source="made for this course: a parabola with a hump on its slope",
        minima=() if height.ndim else _valleys(gradient, -3.3, 5.6),
    )


def lessard(theta):
    (x,) = theta
    flat, behind = 0.5 * x * x + 24 * x - 12, 12.5 * x * x - 24 * x + 36
    return np.where(x < 1, 12.5 * x * x, np.where(x < 2, flat, behind))[()]


def lessard_gradient(theta):
    """25 x up to 1, x + 24 up to 2, 25 x - 24 from there: continuous, rising, with a kink at 1 and at 2."""
    return np.where(theta < 1, 25 * theta, np.where(theta < 2, theta + 24, 25 * theta - 24))


def _valleys(gradient, low, high):
    """Where a 1-D gradient turns from falling to rising, by bisection."""
    x = np.linspace(low, high, 2000)[None]
    slope = gradient(x)[0]
    here = np.flatnonzero((slope[:-1] < 0) & (slope[1:] >= 0))
    left, right = x[0, here], x[0, here + 1]
    for _ in range(60):
        middle = (left + right) / 2
        falling = gradient(middle[None])[0] < 0
        left, right = np.where(falling, middle, left), np.where(falling, right, middle)
    return tuple((float(point),) for point in left)


SURFACES = {
    "ravine": ravine(),
    "hill": hill(),
    "lessard": Surface(
        "Lessard's function",
        lessard,
        lessard_gradient,
        view=((-5, 5),),
        start=(3.3,),
        source="Lessard, Recht, Packard (2016), SIAM J. Optim. 26(1), eq. 4.11",
        minima=((0,),),
    ),
    "rosenbrock": Surface(
        "Rosenbrock's valley",
        rosenbrock,
        rosenbrock_gradient,
        view=((-2, 2), (-1, 3)),
        start=(-1.2, 1.0),
        source="Rosenbrock (1960), The Computer Journal 3(3)",
        minima=((1, 1),),
    ),
    "beale": Surface(
        "Beale's function",
        beale,
        beale_gradient,
        view=((-4.5, 4.5), (-4.5, 4.5)),
        start=(1.0, 1.5),
        source="Beale (1958), On an iterative method for finding a local minimum",
        minima=((3, 0.5),),
    ),
    "himmelblau": Surface(
        "Himmelblau's function",
        himmelblau,
        himmelblau_gradient,
        view=((-5, 5), (-5, 5)),
        start=(-0.5, -4.0),
        source="Himmelblau (1972), Applied Nonlinear Programming",
        minima=(
            (3, 2),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.2831859912861696),
            (3.5844283403304917, -1.8481265269644036),
        ),
    ),
    "six_hump_camel": Surface(
        "six-hump camel",
        six_hump_camel,
        six_hump_camel_gradient,
        view=((-2.1, 2.1), (-1.2, 1.2)),
        start=(-1.9, -0.9),
        source="Dixon and Szego (1978), Towards Global Optimisation 2",
        minima=(
            (0.08984201310031807, -0.7126564030207396),
            (-0.08984201310031807, 0.7126564030207396),
            (1.7036067149699814, -0.7960835686726251),
            (-1.7036067149699814, 0.7960835686726251),
            (1.6071047529201976, 0.5686514548841313),
            (-1.6071047529201976, -0.5686514548841313),
        ),
    ),
    "three_hump_camel": Surface(
        "three-hump camel",
        three_hump_camel,
        three_hump_camel_gradient,
        view=((-2.4, 2.4), (-2.4, 2.4)),
        start=(2.0, 2.0),
        source="Molga and Smutnicki (2005), Test functions for optimization needs",
        minima=((0, 0), (1.747552345830289, -0.8737761729151445), (-1.747552345830289, 0.8737761729151445)),
    ),
    "styblinski_tang": Surface(
        "Styblinski-Tang function",
        styblinski_tang,
        styblinski_tang_gradient,
        view=((-4.5, 4.5), (-4.5, 4.5)),
        start=(0.5, 4.0),
        source="Styblinski and Tang (1990), Neural Networks 3(4)",
        minima=(
            (-2.903534027771177, -2.903534027771177),
            (-2.903534027771177, 2.7468027709908367),
            (2.7468027709908367, -2.903534027771177),
            (2.7468027709908367, 2.7468027709908367),
        ),
    ),
    "saddle": Surface(
        "saddle",
        saddle,
        saddle_gradient,
        view=((-2, 2), (-2, 2)),
        start=(-1.8, 0.001),
        source="x^2 - y^2, the plainest surface that falls without end",
    ),
    "monkey_saddle": Surface(
        "monkey saddle",
        monkey_saddle,
        monkey_saddle_gradient,
        view=((-2, 2), (-2, 2)),
        start=(1.6, 0.01),
        source="Hilbert and Cohn-Vossen (1932), Anschauliche Geometrie, section 29",
    ),
    "plateau": Surface(
        "plateau",
        plateau,
        plateau_gradient,
        view=((-8, 8), (-4, 4)),
        start=(-6.0, 2.5),
        source="made for this course: r^2 / (1 + r^2), flat far out, a bowl at the end",
        minima=((0, 0),),
    ),
}

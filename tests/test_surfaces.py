"""Every surface: its gradient by finite differences, its stationary points, its facts, and where a run begins."""

import numpy as np
import pytest

from course_lib.surfaces import SURFACES, Surface, hill, ravine

ALL = {**SURFACES, "ravine turned": ravine(kappa=9, angle=30), "ravine upright": ravine(angle=90), "bare": hill(0)}

SADDLES = {
    "beale": ((0, 1), (0.1005379373241584, -2.6445135850231245)),
    "himmelblau": (
        (-3.0730257507643897, -0.08135304428796751),
        (3.385154183607021, 0.07385187983774928),
        (-0.12796134673068005, -1.9537149802445766),
        (0.08667750455539634, 2.884254701174776),
    ),
    "six_hump_camel": (
        (0, 0),
        (1.2960702671671092, 0.6050843880386585),
        (-1.2960702671671092, -0.6050843880386585),
        (1.1092053368047865, -0.7682680925095399),
        (-1.1092053368047865, 0.7682680925095399),
        (1.6380679841897785, 0.22867406904439405),
        (-1.6380679841897785, -0.22867406904439405),
    ),
    "three_hump_camel": ((1.0705422918236598, -0.5352711459118299), (-1.0705422918236598, 0.5352711459118299)),
    "styblinski_tang": (
        (2.7468027709908367, 0.1567312567803401),
        (0.1567312567803401, 2.7468027709908367),
        (-2.903534027771177, 0.1567312567803401),
        (0.1567312567803401, -2.903534027771177),
    ),
    "saddle": ((0, 0),),
    "monkey_saddle": ((0, 0),),
}

every_surface = pytest.mark.parametrize("surface", ALL.values(), ids=ALL)


def random_points(surface, *shape, seed=0):
    low, high = np.array(surface.view).T.reshape(2, -1, *(1,) * len(shape))
    return np.random.default_rng(seed).uniform(low, high, (surface.dim, *shape))


def difference_gradient(value, theta, h=1e-6):
    slopes = []
    for axis in range(len(theta)):
        step = np.zeros_like(theta)
        step[axis] = h
        slopes.append((value(theta + step) - value(theta - step)) / (2 * h))
    return np.array(slopes)


def hessian(surface, point, h=1e-5):
    columns = [
        (surface.gradient(point + step) - surface.gradient(point - step)) / (2 * h) for step in h * np.eye(surface.dim)
    ]
    return np.array(columns)


# Value and gradient


@every_surface
@pytest.mark.parametrize("shape", [(), (50,), (4, 5)])
def test_gradient_is_the_slope_of_the_value(surface, shape):
    theta = random_points(surface, *shape)
    expected = difference_gradient(surface.value, theta)
    np.testing.assert_allclose(surface.gradient(theta), expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())


@every_surface
def test_value_has_the_shape_of_x_and_gradient_that_of_theta(surface):
    for shape in ((), (1,), (3,), (2, 3), (2, 1, 3)):
        theta = random_points(surface, *shape)
        assert np.shape(surface.value(theta)) == shape
        assert surface.gradient(theta).shape == theta.shape


@every_surface
def test_a_point_among_many_has_the_value_and_gradient_it_has_alone(surface):
    theta = random_points(surface, 6000)
    value, gradient = surface.value(theta), surface.gradient(theta)
    for k in range(6000):
        assert surface.value(theta[:, k]) == value[k]
        np.testing.assert_array_equal(surface.gradient(theta[:, k]), gradient[:, k])


@every_surface
def test_value_and_gradient_leave_theta_alone_and_give_an_array_of_their_own(surface):
    theta = random_points(surface, 4)
    before = theta.copy()
    theta.flags.writeable = False
    surface.value(theta)
    assert not np.shares_memory(surface.gradient(theta), theta)
    np.testing.assert_array_equal(theta, before)


# Stationary points


def points(known):
    return [
        pytest.param(ALL[key], np.array(p, float), id=f"{key}-{k}")
        for key, all in known.items()
        for k, p in enumerate(all)
    ]


MINIMA = {key: surface.minima for key, surface in ALL.items()}


@pytest.mark.parametrize(("surface", "point"), points(MINIMA) + points(SADDLES))
def test_stationary_points_have_no_slope(surface, point):
    scale = np.abs(hessian(surface, point)).max() + 1e-3
    assert np.abs(surface.gradient(point)).max() < 1e-12 * max(scale, 1)


@pytest.mark.parametrize(("surface", "point"), points(MINIMA))
def test_minima_curve_upwards_everywhere(surface, point):
    assert (np.linalg.eigvalsh(hessian(surface, point)) > 1e-3).all()


@pytest.mark.parametrize(("surface", "point"), points(SADDLES))
def test_saddles_curve_upwards_and_downwards(surface, point):
    if surface is SURFACES["monkey_saddle"]:
        # Degenerate: no curvature at all at the origin, three ways up and three ways down around it.
        np.testing.assert_allclose(hessian(surface, point), 0, atol=1e-4)
        angles = np.radians(np.arange(0, 360, 60))
        around = surface.value(0.1 * np.array([np.cos(angles), np.sin(angles)]))
        assert (np.sign(around) == [1, -1, 1, -1, 1, -1]).all()
        return
    least, *_, greatest = np.linalg.eigvalsh(hessian(surface, point))
    assert least < -1e-3
    assert greatest > 1e-3


@every_surface
def test_lowest_is_the_value_of_the_best_minimum(surface):
    if not surface.minima:
        assert surface.lowest == -np.inf
        return
    values = [surface.value(np.array(point, float)) for point in surface.minima]
    assert surface.lowest == min(values)
    assert (surface.value(random_points(surface, 10_000)) >= surface.lowest).all()


def grid(surface, many):
    axes = [np.linspace(low, high, many) for low, high in surface.view]
    return np.array(np.meshgrid(*axes, indexing="ij")).reshape(surface.dim, -1)


def curvatures(surface, theta, h=1e-5):
    """The Hessian at every point, as eigenvalues (many, dim) and eigenvectors (many, dim, dim)."""
    shifts = h * np.eye(surface.dim)[:, :, None]
    columns = [(surface.gradient(theta + e) - surface.gradient(theta - e)) / (2 * h) for e in shifts]
    matrices = np.array(columns).transpose(2, 0, 1)
    return np.linalg.eigh((matrices + matrices.transpose(0, 2, 1)) / 2)


def newton_step(surface, theta, curves):
    """Newton's step, with curvatures as `curves` makes of them, cut to a hundredth of the view."""
    values, vectors = curvatures(surface, theta)
    slopes = np.einsum("nij,in->nj", vectors, surface.gradient(theta))
    move = np.einsum("nij,nj->in", vectors, slopes / curves(values))
    longest = max(high - low for low, high in surface.view) / 100
    return -move * np.minimum(1, longest / np.maximum(np.linalg.norm(move, axis=0), 1e-300))


def stationary(surface, theta, steps=150):
    """Points without slope, of any kind, that Newton's method reaches."""
    for _ in range(steps):
        theta = theta + newton_step(surface, theta, lambda values: np.where(np.abs(values) < 1e-9, 1e-9, values))
    return theta[:, np.abs(surface.gradient(theta)).max(axis=0) < 1e-7]


def downhill(surface, theta, steps=250):
    """Where Newton's method ends when every step must fall."""
    pace = np.ones(theta.shape[1])
    for _ in range(steps):
        after = theta + pace * newton_step(surface, theta, lambda values: np.maximum(np.abs(values), 1e-3))
        fell = surface.value(after) < surface.value(theta)
        theta, pace = np.where(fell, after, theta), np.where(fell, np.minimum(1, 2 * pace), pace / 2)
    return theta


def inside(surface, theta, margin=0.0):
    low, high = np.array(surface.view, float).T[:, :, None]
    return ((theta > low + margin) & (theta < high - margin)).all(axis=0)


# Of use to no lesson, but stationary all the same.
HILLTOPS = {
    "himmelblau": [(-0.2708445907, -0.9230385226)],
    "six_hump_camel": [(1.2302298832, 0.1623345830), (-1.2302298832, -0.1623345830)],
    "styblinski_tang": [(0.1567312568, 0.1567312568)],
}


def known_points(surface, *kinds):
    return np.array([point for kind in kinds for point in kind], float).reshape(-1, surface.dim).T


def distances(found, known):
    """(known, found)"""
    return np.linalg.norm(known[:, :, None] - found[:, None], axis=0)


@pytest.mark.parametrize("key", [key for key, surface in ALL.items() if surface.dim == 2 and key != "plateau"])
def test_exactly_the_known_stationary_points_are_found_inside_the_view(key):
    # Not on the plateau: there is no end to where its slope is nothing. The next test goes downhill there.
    surface = ALL[key]
    hilltops = known_points(surface, HILLTOPS.get(key, ()))
    assert (curvatures(surface, hilltops)[0] < -1e-3).all()
    found = stationary(surface, grid(surface, 31))
    found = found[:, inside(surface, found)]
    known = known_points(surface, surface.minima, SADDLES.get(key, ()), HILLTOPS.get(key, ()))
    apart = distances(found, known)
    assert apart.min(axis=1).max() < 1e-3, "a known point was not found"
    assert apart.min(axis=0).max() < 1e-3, f"found another one: {found[:, apart.min(axis=0).argmax()]}"


@every_surface
def test_downhill_from_anywhere_in_the_view_ends_in_a_known_minimum_or_leaves(surface):
    ends = downhill(surface, grid(surface, 20 if surface.dim == 2 else 400))
    ends = ends[:, inside(surface, ends) & (np.abs(surface.gradient(ends)).max(axis=0) < 1e-6)]
    values, _ = curvatures(surface, ends)
    ends = ends[:, (values > 1e-3).all(axis=1)]  # a start exactly on a saddle or on a hilltop stays there
    known = known_points(surface, surface.minima)
    if not surface.minima:
        assert ends.size == 0
        return
    apart = distances(ends, known)
    assert apart.min(axis=0).max() < 1e-6, f"found another one: {ends[:, apart.min(axis=0).argmax()]}"
    assert apart.min(axis=1).max() < 1e-6, "a known minimum was not found"


# The view and the start


@every_surface
def test_view_start_and_source_are_given(surface):
    assert len(surface.view) == surface.dim == len(surface.start)
    assert all(low < high for low, high in surface.view)
    assert len(surface.source.split()) >= 3
    assert surface.name


@every_surface
def test_start_lies_inside_the_view_and_on_a_slope(surface):
    start = np.array(surface.start)[:, None]
    assert inside(surface, start).all()
    assert np.abs(surface.gradient(start)).max() > 1e-3
    assert surface.value(start) > surface.lowest


@every_surface
def test_minima_lie_inside_the_view(surface):
    known = known_points(surface, surface.minima)
    assert inside(surface, known).all()


def test_names_are_unique_and_keys_are_plain_words():
    assert len({surface.name for surface in SURFACES.values()}) == len(SURFACES)
    assert all(key.isidentifier() and key.islower() for key in SURFACES)


# Known values

KNOWN_VALUES = [
    ("ravine", (-4, 2), 58),
    ("rosenbrock", (1, 1), 0),
    ("rosenbrock", (-1.2, 1), 24.2),
    ("beale", (3, 0.5), 0),
    ("beale", (0, 0), 14.203125),
    ("himmelblau", (3, 2), 0),
    ("himmelblau", (0, 0), 170),
    ("six_hump_camel", (0.08984201310031807, -0.7126564030207396), -1.0316284534898774),
    ("six_hump_camel", (1.7036067149699814, -0.7960835686726251), -0.2154638243837),
    ("six_hump_camel", (1.6071047529201976, 0.5686514548841313), 2.1042503103),
    ("three_hump_camel", (0, 0), 0),
    ("three_hump_camel", (2, 2), 9.866666666666667),
    ("three_hump_camel", (1.747552345830289, -0.8737761729151445), 0.29863844223686054),
    ("three_hump_camel", (1.07054229, -0.53527115), 0.87736156),
    ("styblinski_tang", (-2.903534027771177, -2.903534027771177), -78.33233140754284),
    ("styblinski_tang", (-2.903534027771177, 2.7468027709908367), -64.19561235905536),
    ("styblinski_tang", (2.7468027709908367, 2.7468027709908367), -50.05889331056788),
    ("saddle", (3, 2), 5),
    ("monkey_saddle", (2, 1), 2),
    ("plateau", (2, 0), 0.5),
]


@pytest.mark.parametrize(("key", "point", "value"), KNOWN_VALUES)
def test_known_values(key, point, value):
    assert SURFACES[key].value(np.array(point, float)) == pytest.approx(value, rel=1e-8, abs=1e-25)


def test_three_hump_camel_slope_at_its_start():
    np.testing.assert_allclose(SURFACES["three_hump_camel"].gradient(np.array([2.0, 2.0])), [8.4, 6], rtol=1e-14)


@pytest.mark.parametrize(
    ("key", "count"),
    [("himmelblau", 4), ("six_hump_camel", 6), ("three_hump_camel", 3), ("styblinski_tang", 4), ("hill", 2)],
)
def test_number_of_minima(key, count):
    assert len(SURFACES[key].minima) == count


# The ravine


@pytest.mark.parametrize(("kappa", "angle"), [(1, 0), (25, 0), (25, 30), (100, -75), (9, 90), (4, 400)])
def test_ravine_is_turned_by_its_angle(kappa, angle):
    surface, turn = ravine(kappa, angle), np.radians(angle)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    for u, v in ((1, 0), (0, 1), (-4, 2), (3, -5)):
        theta = u * along + v * across
        assert surface.value(theta) == pytest.approx((u * u + kappa * v * v) / 2, rel=1e-12)
        np.testing.assert_allclose(surface.gradient(theta), u * along + kappa * v * across, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(surface.start, -4 * along + 2 * across, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian(surface, np.zeros(2))), [1, kappa], rtol=1e-9)


def test_ravine_of_the_table_is_the_one_of_the_lessons():
    x, y = theta = random_points(SURFACES["ravine"], 100)
    np.testing.assert_array_equal(SURFACES["ravine"].gradient(theta), [x, 25 * y])
    np.testing.assert_array_equal(SURFACES["ravine"].value(theta), (x * x + 25 * y * y) / 2)
    assert SURFACES["ravine"].start == (-4, 2)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kappa": 0.5}, "kappa is 0.5: it must be a finite number, 1 or more"),
        ({"kappa": -25}, "kappa is -25"),
        ({"kappa": np.nan}, "kappa is nan"),
        ({"kappa": np.inf}, "kappa is inf"),
        ({"kappa": "25"}, "kappa is '25'"),
        ({"kappa": None}, "kappa is None"),
        ({"kappa": [1, 25]}, r"kappa is \[1, 25\]"),
        ({"angle": np.inf}, "angle is inf: it must be a finite number of degrees"),
        ({"angle": "30"}, "angle is '30'"),
    ],
)
def test_ravine_refuses(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        ravine(**wrong)


# The hill


def test_hill_of_the_table_has_the_default_height():
    theta = random_points(hill(), 100)
    np.testing.assert_array_equal(hill().value(theta), hill(1.2).value(theta))
    np.testing.assert_array_equal(hill().gradient(theta), SURFACES["hill"].gradient(theta))
    assert hill().minima == hill(1.2).minima == SURFACES["hill"].minima


def test_hill_follows_its_equation():
    x = np.linspace(-3, 5, 50)
    expected = 0.12 * (x - 2.2) ** 2 + 0.7 * np.exp(-(((x - 0.2) / 0.6) ** 2) / 2)
    np.testing.assert_allclose(hill(0.7).value(x[None]), expected, rtol=1e-13)


@pytest.mark.parametrize("heights", [np.array([0, 0.5, 1.2]), np.array([[0.1], [2.0]])])
def test_hill_of_many_heights_is_one_hill_a_run(heights):
    family = hill(heights)
    theta = np.linspace(-3, 3, heights.size).reshape(1, *heights.shape)
    for cell in np.ndindex(heights.shape):
        alone = hill(float(heights[cell]))
        assert family.value(theta)[cell] == alone.value(theta[:, *cell])
        np.testing.assert_array_equal(family.gradient(theta)[:, *cell], alone.gradient(theta[:, *cell]))
    # the same points for all heights: points in front, heights behind
    assert family.value(np.zeros((1, 9, *(1,) * heights.ndim))).shape == (9, *heights.shape)
    assert family.minima == ()


def test_hill_has_a_shallow_valley_before_the_hump_and_a_deep_one_behind():
    (first,), (second,) = SURFACES["hill"].minima
    assert SURFACES["hill"].start[0] < first < 0.2 < second
    assert SURFACES["hill"].value(np.array([first])) > SURFACES["hill"].value(np.array([second]))


def test_hill_without_hump_has_one_valley():
    ((bottom,),) = hill(0).minima
    assert bottom == pytest.approx(2.2, abs=1e-12)


@pytest.mark.parametrize("height", [-1, np.nan, np.inf, [1, -1], "high", None], ids=repr)
def test_hill_refuses(height):
    with pytest.raises(ValueError, match=r"height is .*: it must be a finite number of 0 or more"):
        hill(height)


# A surface of one's own


def test_surface_shows_its_name_and_knows_its_dimension():
    assert repr(SURFACES["hill"]) == "Surface 'hill' in 1 dimension(s)"
    mine = Surface("mine", lambda th: (th**2).sum(0), lambda th: 2 * th, ((-1, 1),) * 3, (1, 1, 1), "a test of mine")
    assert mine.dim == 3
    assert mine.lowest == -np.inf

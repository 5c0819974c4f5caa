"""Curvature: Hessian-vector products, the whole Hessian and the largest curvature against analytic Hessians."""

import numpy as np
import pytest

from course_lib.curvature import hessian, hessian_vector, largest_curvature
from course_lib.networks import Network
from course_lib.surfaces import SURFACES, ravine


def quadratic(curvatures, seed=0):
    """(H, gradient) of a quadratic with these curvatures in random directions."""
    n = len(curvatures)
    q, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((n, n)))
    full = q * curvatures @ q.T
    return full, lambda theta: np.tensordot(full, theta, 1)


def rosenbrock_hessian(x, y):
    return np.array([[2 - 400 * (y - 3 * x * x), -400 * x], [-400 * x, 200.0]])


def small_network():
    network, rng = Network((2, 4, 3), "tanh"), np.random.default_rng(1)
    inputs, targets = rng.standard_normal((12, 2)), rng.integers(0, 3, 12)
    return network, lambda theta: network.gradient(theta, inputs, targets), (inputs, targets)


def test_product_with_a_quadratic_is_that_of_its_matrix():
    full, gradient = quadratic([-3.0, 0.0, 0.5, 7.0])
    rng = np.random.default_rng(2)
    theta, vector = rng.standard_normal((2, 4))
    np.testing.assert_allclose(hessian_vector(gradient, theta, vector), full @ vector, atol=1e-9)


def test_product_does_not_depend_on_the_length_of_the_vector():
    _, gradient, _ = small_network()
    theta, vector = np.random.default_rng(3).standard_normal((2, 27))
    once = hessian_vector(gradient, theta, vector)
    for length in (1e-6, 1e6):
        np.testing.assert_allclose(hessian_vector(gradient, theta, length * vector) / length, once, rtol=1e-9)


def test_product_with_nothing_is_nothing():
    _, gradient = quadratic([1.0, 2.0])
    np.testing.assert_array_equal(hessian_vector(gradient, np.ones(2), np.zeros(2)), np.zeros(2))


@pytest.mark.parametrize("point", [(1.0, 1.0), (-1.2, 1.0), (0.3, -0.7)])
def test_hessian_of_rosenbrock(point):
    found = hessian(SURFACES["rosenbrock"].gradient, point)
    np.testing.assert_allclose(found, rosenbrock_hessian(*point), rtol=1e-6, atol=1e-4)


@pytest.mark.parametrize("angle", [0, 30, 45])
def test_hessian_of_a_ravine(angle):
    found = hessian(ravine(25, angle).gradient, [1.0, 2.0])
    np.testing.assert_allclose(np.linalg.eigvalsh(found), [1, 25], rtol=1e-8)


def test_hessian_of_a_network_against_differences_of_its_loss():
    network, gradient, data = small_network()
    theta, h = network.init(4), 1e-3
    found = hessian(gradient, theta)
    np.testing.assert_array_equal(found, found.T)
    for i, k in [(0, 0), (3, 11), (20, 26), (12, 12)]:
        a, b = np.eye(network.size)[[i, k]] * h
        signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
        mixed = sum(s * t * network.loss(theta + s * a + t * b, *data) for s, t in signs) / (4 * h * h)
        assert found[i, k] == pytest.approx(mixed, abs=1e-6)


@pytest.mark.parametrize("curvatures", [(1.0, 2.0, 9.0), (-9.0, 1.0, 2.0), (0.0, 0.0, 3.0), (5.0, 5.0, 1.0)])
def test_largest_curvature_is_the_largest_in_size_with_its_sign(curvatures):
    _, gradient = quadratic(curvatures)
    found = largest_curvature(gradient, np.zeros(3))
    assert found.value == pytest.approx(max(curvatures, key=abs), rel=1e-5)


def test_its_direction_is_an_eigenvector_of_length_one():
    full, gradient = quadratic([1.0, 2.0, 9.0])
    value, direction = largest_curvature(gradient, np.zeros(3), tol=1e-12)
    assert np.linalg.norm(direction) == pytest.approx(1)
    np.testing.assert_allclose(full @ direction, value * direction, atol=1e-4)


def test_every_cell_of_a_sweep_is_its_single_run():
    network, gradient, _ = small_network()
    theta = network.init([0, 1, 2])
    together = largest_curvature(gradient, theta, rounds=300, tol=1e-10)
    assert together.value.shape == (3,) and together.direction.shape == theta.shape
    for k in range(3):
        assert together.value[k] == pytest.approx(np.linalg.eigvalsh(hessian(gradient, theta[:, k]))[-1], rel=1e-6)


def test_a_good_start_saves_rounds():
    _, gradient = quadratic([8.0, 9.0, 1.0])
    direction = largest_curvature(gradient, np.zeros(3), tol=1e-14, rounds=2000).direction
    assert largest_curvature(gradient, np.zeros(3), direction, rounds=1).value == pytest.approx(9)
    assert largest_curvature(gradient, np.zeros(3), rounds=1).value != pytest.approx(9, rel=1e-3)


def test_a_flat_place_has_no_curvature():
    assert largest_curvature(lambda theta: np.zeros_like(theta), np.ones(3)).value == 0


def test_a_flat_place_beside_a_curved_one_has_no_curvature():
    found = largest_curvature(lambda theta: theta * [0.0, 1.0], np.zeros((3, 2)))
    assert found.value.tolist() == [0, 1]


def test_places_and_vectors_of_unlike_shapes_are_refused():
    full, gradient = quadratic([1.0, 10.0])
    with pytest.raises(ValueError, match=r"theta has shape \(2, 2\), vector \(2,\): give both the same number of axes"):
        hessian_vector(gradient, np.zeros((2, 2)), np.array([0.0, 1.0]))
    found = hessian_vector(gradient, np.zeros((2, 2)), np.array([[0.0], [1.0]]))
    np.testing.assert_allclose(found, full[:, [1, 1]], atol=1e-9)


def test_where_the_loss_is_not_finite_there_is_no_curvature_and_no_warning():
    _, gradient = quadratic([1.0, 2.0])
    found = largest_curvature(gradient, np.array([[0.0, np.nan], [0.0, 1.0]]))
    assert found.value[0] == pytest.approx(2, rel=1e-5) and np.isnan(found.value[1])


def test_a_gradient_that_fills_the_same_array_again():
    full, _ = quadratic([1.0, 2.0, 9.0])
    buffer = np.empty(3)
    found = hessian_vector(lambda theta: np.matmul(full, theta, out=buffer), np.ones(3), np.eye(3)[0])
    np.testing.assert_allclose(found, full[0], atol=1e-9)

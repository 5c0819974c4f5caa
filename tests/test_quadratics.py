"""Theory against simulation, and each published statement about gradient descent, heavy ball and Nesterov.

The names of the tests say the statement. Simulations run the course's optimizers through the course's loop; the
theory imports neither, so their agreement is evidence.
"""

import ast
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from course_lib import quadratics as q
from course_lib.descent import iterates, trace
from course_lib.optimizers import GradientDescent, Momentum, Nesterov

METHODS = [(Momentum, q.heavy_ball), (Nesterov, q.nesterov)]
PULL, GAMMA = np.linspace(0.013, 4.1, 57)[:, None], np.linspace(0, 0.99, 34)
KAPPAS = np.array([10.0, 25, 100, 1000])
SPECTRUM = np.array([0.01, 0.1, 1.0])


def simulate(optimizer, steps, curvature=1.0, start=(1.0,)):
    """x_0 ... x_steps on one direction, (steps + 1, *sweep); or on several, where curvature and start are long."""
    points = np.array(list(islice(iterates(optimizer, lambda x: curvature * x, np.array(start)), steps + 1)))
    return points[:, 0] if len(np.atleast_1d(curvature)) == 1 else points


def worst_radius(rule, setting, spectrum):
    return q.spectral_radius(rule(setting.lr, setting.gamma, spectrum)).max()


def first_below(losses, share):
    return int(np.argmax(losses < share * losses[0]))


def equal_share_losses(optimizer, steps):
    """The losses of the three directions of SPECTRUM, a third each at the start."""
    points = simulate(optimizer, steps, SPECTRUM, np.sqrt(2 / 3 / SPECTRUM))
    return SPECTRUM * points**2 / 2


def test_the_theory_imports_no_optimizer():
    tree = ast.parse(Path(q.__file__).read_text())
    imported = [node.names[0].name for node in ast.walk(tree) if isinstance(node, ast.Import)]
    from_where = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert imported == ["numpy"] and set(from_where) == {"collections.abc", "typing"}


# Theory against simulation


def path(mode, steps, start=1.0):
    """x_0 ... x_steps from rest, by x_{k+1} = T x_k - D x_{k-1}. Shape (steps + 1, *grid)."""
    x = [start * np.ones_like(mode.trace)]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            x.append(mode.trace * x[-1] - mode.det * x[-2:][0])
    return np.array(x)


def mode_losses(mode, curvature, steps, start=1.0):
    """Each direction's share of the loss, lambda x_k^2 / 2, shape (steps + 1, *grid)."""
    return curvature * path(mode, steps, start) ** 2 / 2


def iteration_matrix(mode):
    """One step on the deck's variables, (delta_k, x_{k+1}) = M (delta_{k-1}, x_k). Shape (2, 2, *grid)."""
    return np.array([[mode.memory, mode.pull], [-mode.memory, 1 - mode.pull]])


def two_step_matrix(mode):
    """One step on two neighbouring points, (x_{k+1}, x_k) = M (x_k, x_{k-1}). Shape (2, 2, *grid)."""
    return np.array([[mode.trace, -mode.det], [np.ones_like(mode.det), np.zeros_like(mode.det)]])


@pytest.mark.parametrize(("method", "rule"), METHODS)
def test_iteration_matrix_is_what_one_step_of_the_optimizer_does(method, rule):
    lr, gamma, curvature = 0.3, 0.8, 2.5
    optimizer = method(lr, gamma)
    columns = []
    for delta, x in np.eye(2):
        look = optimizer.look(x, delta)
        after, step = optimizer.step(x, curvature * look, 1, delta)
        columns.append((step, after))
    mode = rule(lr, gamma, curvature)
    np.testing.assert_allclose(iteration_matrix(mode), np.array(columns).T, atol=1e-15)


@pytest.mark.parametrize(("method", "rule"), METHODS)
def test_two_step_matrix_has_the_same_roots_and_reproduces_the_run(method, rule):
    mode = rule(0.3, 0.8, 2.5)
    x = simulate(method(0.3, 0.8), 30, 2.5)
    np.testing.assert_allclose(two_step_matrix(mode) @ [x[1:-1], x[:-2]], [x[2:], x[1:-1]], atol=1e-14)
    for matrix in (two_step_matrix(mode), iteration_matrix(mode)):
        np.testing.assert_allclose(np.sort(np.linalg.eigvals(matrix)), np.sort(q.eigenvalues(mode)), atol=1e-14)


@pytest.mark.parametrize(("method", "rule"), METHODS)
def test_spectral_radius_is_the_measured_shrink_factor_over_the_grid(method, rule):
    x = abs(simulate(method(PULL, GAMMA), 400))
    early, late = x[150:251].max(axis=0), x[300:401].max(axis=0)
    with np.errstate(invalid="ignore"):
        measured = (late / early) ** (1 / 150)
    rho = q.spectral_radius(rule(PULL, 1.0 * GAMMA, 1.0))
    seen = (early > 1e-250) & (late < 1e250) & (late > 1e-250)
    assert seen.mean() > 0.8
    assert abs(measured - rho)[seen].max() < 0.02


@pytest.mark.parametrize(("method", "rule"), METHODS)
def test_regime_is_what_the_run_looks_like_over_the_grid(method, rule):
    mode = rule(PULL, GAMMA, 1.0)
    steps = 60
    x = simulate(method(PULL, GAMMA), steps)
    with np.errstate(invalid="ignore", over="ignore"):
        flips = (np.sign(x[1:]) * np.sign(x[:-1]) < 0).mean(axis=0)
    growing = abs(x[-20:]).max(axis=0) > abs(x[20:40]).max(axis=0)
    seen = np.select([growing, flips == 0, flips == 1], ["divergent", "monotone", "sign-flipping"], "ripples")
    turn = np.abs(np.angle(q.eigenvalues(mode)[0]))
    slow_beat = (q.discriminant(mode) < 0) & (np.minimum(turn, np.pi - turn) < np.pi / (steps - 2))
    clear = ~slow_beat & (abs(q.spectral_radius(mode) - 1) > 0.02) & (q.spectral_radius(mode) > 0.01)
    assert clear.mean() > 0.85
    assert (q.regime(mode) == seen)[clear].all()
    assert set(q.regime(mode)[clear].flat) == {"monotone", "ripples", "sign-flipping", "divergent"}


@pytest.mark.parametrize(("method", "rule"), METHODS)
def test_trace_and_determinant_make_the_simulated_path_over_the_grid(method, rule):
    simulated, theory = simulate(method(PULL, GAMMA), 200), path(rule(PULL, GAMMA, 1.0), 200)
    size = np.maximum.accumulate(abs(simulated)[::-1])[::-1]
    wild = size > 1e250
    np.testing.assert_allclose(np.where(wild, 0, theory), np.where(wild, 0, simulated), rtol=1e-9, atol=1e-11)


def test_gradient_descent_is_the_mode_without_memory():
    lr = np.linspace(0, 2.5, 26)
    mode = q.gradient_descent(lr, 1.0)
    np.testing.assert_allclose(path(mode, 50), (1 - lr) ** np.arange(51)[:, None], atol=1e-12, rtol=1e-12)
    np.testing.assert_allclose(simulate(GradientDescent(lr), 50), path(mode, 50), atol=1e-12, rtol=1e-12)
    np.testing.assert_allclose(q.spectral_radius(mode), abs(1 - lr))
    for rule in (q.heavy_ball, q.nesterov):
        np.testing.assert_array_equal(path(rule(lr, 0.0, 1.0), 50), path(mode, 50))


@pytest.mark.parametrize("gamma", [0.0, 0.3, 0.5, 0.9, 0.99])
@pytest.mark.parametrize(
    ("method", "rule", "limit"),
    [(Momentum, q.heavy_ball, q.heavy_ball_limit), (Nesterov, q.nesterov, q.nesterov_limit)],
)
def test_stability_limit_separates_shrinking_from_growing(method, rule, limit, gamma):
    curvature = 7.0
    lr = limit(gamma, curvature) * np.array([1 - 1e-3, 1 + 1e-3])
    x = abs(simulate(method(lr, gamma), 3000, curvature))
    inside, outside = x[-200:].max(axis=0) / x[1500:1700].max(axis=0)
    assert inside < 0.5 and outside > 2
    assert q.regime(rule(lr, gamma, curvature))[0] in ("sign-flipping", "ripples")
    assert q.regime(rule(lr, gamma, curvature))[1] == "divergent"
    assert q.regime(rule(limit(gamma, curvature), gamma, curvature)) == "marginal"


@settings(max_examples=60)
@given(
    st.floats(0.1, 100),
    st.floats(1.01, 1e5),
    st.lists(st.floats(0, 1), min_size=1, max_size=8),
)
def test_best_settings_keep_their_rate_on_every_spectrum(mu, kappa, inside):
    L = kappa * mu
    spectrum = np.array([mu, L, *(mu + (L - mu) * np.array(inside))])
    for best, rule in BEST:
        setting = best(mu, L)
        assert worst_radius(rule, setting, spectrum) == pytest.approx(setting.rate, abs=1e-12)
    for best, rule in [(q.best_heavy_ball, q.heavy_ball), (q.best_nesterov, q.nesterov)]:
        setting = best(mu, L)
        ends = np.array([mu, L])
        for scale_lr, scale_gamma in [(1.01, 1), (0.99, 1), (1, 1.01), (1, 0.99)]:
            other = q.Settings(setting.lr * scale_lr, setting.gamma * scale_gamma, 0)
            assert worst_radius(rule, other, ends) > setting.rate


BEST = [
    (q.best_gradient_descent, lambda lr, gamma, curvature: q.gradient_descent(lr, curvature)),
    (q.best_heavy_ball, q.heavy_ball),
    (q.standard_nesterov, q.nesterov),
    (q.best_nesterov, q.nesterov),
]


@settings(max_examples=40)
@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=6), st.floats(0, 0.99), st.floats(0.01, 0.99))
def test_loss_splits_into_directions_on_random_turned_quadratics(curvatures, gamma, share):
    curvatures = np.array(curvatures)
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(len(curvatures), len(curvatures))))
    hessian = turn @ np.diag(curvatures) @ turn.T
    lr, start = share * q.nesterov_limit(gamma, curvatures.max()), np.ones(len(curvatures))
    for method, rule in METHODS:
        points = np.array(list(islice(iterates(method(lr, gamma), lambda x: hessian @ x, start), 60)))
        loss = np.einsum("ki,ij,kj->k", points, hessian, points) / 2
        split = mode_losses(rule(lr, gamma, curvatures), curvatures, 59, turn.T @ start)
        assert split.shape == (60, len(curvatures))
        np.testing.assert_allclose(split.sum(axis=1), loss, rtol=1e-8, atol=1e-12)


SPECTRA = st.lists(st.floats(-3, 50) | st.sampled_from([0.0, 1e-6, 1e4]), min_size=1, max_size=5)


@settings(max_examples=60)
@given(SPECTRA, st.floats(0, 1.5), st.floats(0, 1.2), st.integers(1, 80))
def test_any_spectrum_runs_as_its_mode_says(spectrum, lr, gamma, steps):
    """Flat directions, hilltops and divergence among them."""
    spectrum = np.array(spectrum)
    for method, rule in METHODS:
        mode = rule(lr, gamma, spectrum)
        run = simulate(method(lr, gamma), steps, spectrum, np.ones(len(spectrum))).reshape(steps + 1, -1)
        theory = path(mode, steps)
        size = np.maximum.accumulate(abs(run), axis=0)
        seen = size < 1e250
        run, theory = np.where(seen, run, 0), np.where(seen, theory, 0)
        bound = np.where(seen, 1e-8 * size + 1e-11, 0)
        assert (abs(theory - run) <= bound).all()


@settings(max_examples=60)
@given(SPECTRA, st.floats(0, 1.5), st.floats(0, 1.2))
def test_any_spectrum_has_the_roots_of_its_iteration_matrix(spectrum, lr, gamma):
    for _, rule in METHODS:
        mode = rule(lr, gamma, np.array(spectrum))
        matrices = np.moveaxis(iteration_matrix(mode), -1, 0)
        roots = abs(np.linalg.eigvals(matrices)).max(axis=-1)
        # Where two roots meet, rounding splits them by its own root.
        np.testing.assert_allclose(q.spectral_radius(mode), roots, rtol=1e-7, atol=1e-7)
        divergent = q.regime(mode) == "divergent"
        assert (roots[divergent] > 1 - 1e-7).all() and (roots[~divergent] < 1 + 1e-7).all()


@settings(max_examples=60)
@given(SPECTRA, st.floats(1e-3, 1.5), st.floats(0, 1.2), st.floats(0.1, 3))
@example([0.0], 1.0, 0.9999885708093643, 1.0)  # flat, with a memory that never fades: the radius is 1 but for rounding
def test_any_stable_mode_keeps_the_noise_that_lyapunovs_equation_says(spectrum, lr, gamma, sigma):
    for _, rule in METHODS:
        mode = rule(lr, gamma, np.array(spectrum))
        variance = q.stationary_variance(mode, lr, sigma)
        unstable = q.spectral_radius(mode) >= 1
        assert np.isinf(variance[unstable]).all()
        for k in np.flatnonzero(q.spectral_radius(mode) < 0.999):
            # The noise of a gradient enters delta, and with it, the other way, x.
            matrix = iteration_matrix(q.Mode(mode.pull[k], mode.memory[k]))
            kick = lr * sigma * np.array([1, -1])
            spread = np.linalg.solve(np.eye(4) - np.kron(matrix, matrix), np.outer(kick, kick).ravel())
            assert variance[k] == pytest.approx(spread[3], rel=1e-6)


def test_measured_steps_grow_as_kappa_for_descent_and_as_its_root_for_momentum():
    kappas = np.array([32.0, 128, 512])
    counts = {"descent": [], "momentum": []}
    for kappa in kappas:
        curvature, start = np.array([1, kappa]), np.ones(2)
        lr, gamma, _ = q.best_heavy_ball(1, kappa)
        for name, rule in {"descent": GradientDescent(2 / (kappa + 1)), "momentum": Momentum(lr, gamma)}.items():
            points = simulate(rule, 2600, curvature, start)
            counts[name].append(first_below((curvature * points**2).sum(axis=1), 1e-8))
    slope = {name: np.diff(np.log(count)) / np.diff(np.log(kappas)) for name, count in counts.items()}
    assert abs(slope["descent"] - 1).max() < 0.05 and abs(slope["momentum"] - 0.5).max() < 0.05


def test_divergence_is_data_and_raises_no_warning():
    mode = q.heavy_ball([3.9, 50.0, -1.0], 0.9, 1.0)
    assert set(q.regime(mode)) == {"divergent"}
    assert np.isinf(q.stationary_variance(mode, 1.0)).all()


def test_labels_on_the_boundaries():
    def words(pull, gamma, rule=q.heavy_ball):
        return q.regime(rule(1.0, gamma, pull))

    assert words(0.01, 0.81) == "monotone"  # critical damping counts as real
    assert words(3.61, 0.81) == "sign-flipping"
    assert words(0.0, 0.9) == words(3.8, 0.9) == words(1.0, 1.0) == "marginal"
    assert words(1.0, 0.0) == "one-step" and words(1.0, 0.9) == "ripples"
    assert [words(lr * (1 / lr), 0.9, q.nesterov) for lr in (3.0, 49.0, 0.1)] == ["one-step"] * 3
    assert q.regime(q.nesterov(1 / 49, 0.9, 49.0)) == "one-step"  # also where rounding leaves a crumb
    assert words(-0.1, 0.9) == "divergent"  # a hilltop


def test_single_numbers_come_back_as_single_numbers():
    mode = q.heavy_ball(0.1, 0.9, 1.0)
    for value in (q.spectral_radius(mode), q.stationary_variance(mode, 0.1)):
        assert isinstance(value, float)
    assert isinstance(q.regime(mode), str)


# Statements 1 to 9, 12, 14, 16: gradient descent and heavy ball


def test_statement_1_descent_modes_stability_and_best_rate():
    setting = q.best_gradient_descent(0.01, 1.0)
    assert setting.lr == pytest.approx(200 / 101) and setting.rate == pytest.approx(0.980198, abs=1e-6)
    lr = np.array([1e-9, 1.0, 2 - 1e-9, 2 + 1e-9])
    assert (q.spectral_radius(q.gradient_descent(lr, 1.0)) < 1).tolist() == [True, True, True, False]
    assert q.heavy_ball_limit(0.0, 1.0) == q.nesterov_limit(0.0, 1.0) == 2


def goh_matrix(alpha, beta, curvature):
    return np.array([[beta, curvature], [-alpha * beta, 1 - alpha * curvature]])


def test_statement_2_gohs_matrix_is_ours_with_the_learning_rate_taken_out_of_the_velocity():
    alpha, beta, curvature = 0.3, 0.8, 2.5
    R = goh_matrix(alpha, beta, curvature)
    ours, scale = iteration_matrix(q.heavy_ball(alpha, beta, curvature)), np.diag([alpha, 1])
    np.testing.assert_allclose(ours, scale @ R @ np.linalg.inv(scale), atol=1e-15)
    state = np.array([0.0, 1.0])
    for x in simulate(Momentum(alpha, beta), 20, curvature)[1:]:
        state = R @ state
        assert state[1] == pytest.approx(x, abs=1e-14)
    total = 1 - alpha * curvature + beta
    roots = (total + np.array([1, -1]) * np.sqrt(total**2 - 4 * beta + 0j)) / 2
    np.testing.assert_allclose(np.sort(np.linalg.eigvals(R)), np.sort(roots), atol=1e-14)
    assert np.linalg.det(R) == pytest.approx(beta)


@pytest.mark.parametrize(("beta", "radius"), [(0.81, 0.9), (0.9, 0.94868), (0.94, 0.96954)])
def test_statement_3_complex_radius_is_root_gamma_whatever_the_rate_and_curvature(beta, radius):
    low, high = (1 - np.sqrt(beta)) ** 2, (1 + np.sqrt(beta)) ** 2
    curvature = np.array([[0.01], [1.0], [50.0]])
    mode = q.heavy_ball(np.linspace(low, high, 400)[1:-1] / curvature, beta, curvature)
    assert (q.regime(mode) == "ripples").all()
    assert (q.spectral_radius(mode) == np.sqrt(beta)).all()
    assert np.sqrt(beta) == pytest.approx(radius, abs=1e-5)
    np.testing.assert_allclose(abs(q.eigenvalues(mode)), np.sqrt(beta), rtol=1e-13)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_statement_4_regime_boundaries(beta):
    low, high, limit = (1 - np.sqrt(beta)) ** 2, (1 + np.sqrt(beta)) ** 2, q.heavy_ball_limit(beta, 1.0)
    around = np.array([-1e-6, 1e-6])
    sequence = ["monotone", "ripples"], ["ripples", "sign-flipping"], ["sign-flipping", "divergent"]
    for edge, words in zip((low, high, limit), sequence, strict=True):
        if beta > 0 or edge == limit:
            assert list(q.regime(q.heavy_ball(edge + around, beta, 1.0))) == words
    assert q.regime(q.heavy_ball(1.0, 0.0, 1.0)) == "one-step"


@pytest.mark.parametrize(
    ("pull", "gamma", "rho"), [(0.01, 0.81, 0.9), (0.1, 0.46754, 0.68377), (0.3, 0.20455, 0.45228)]
)
def test_statement_5_critical_damping_minimises_the_radius(pull, gamma, rho):
    best = q.heavy_ball_critical(0.1, pull / 0.1)
    assert best == pytest.approx(gamma, abs=1e-5)
    radii = q.spectral_radius(q.heavy_ball(pull, np.linspace(0, 1, 2001), 1.0))
    at_best = q.spectral_radius(q.heavy_ball(pull, best, 1.0))
    assert at_best == pytest.approx(rho, abs=1e-5) and at_best == pytest.approx(1 - np.sqrt(pull), abs=1e-12)
    assert at_best <= radii.min() < at_best + 1e-3


def test_critical_damping_of_both_methods_is_the_best_gamma_on_the_whole_stable_range():
    gammas = np.linspace(0, 1, 4001)
    for pull in (0.02, 0.5, 0.99, 1.0, 1.2, 1.3, 2.0, 3.9):
        for rule, critical, s in [(q.heavy_ball, q.heavy_ball_critical, 1), (q.nesterov, q.nesterov_critical, 0)]:
            best = q.spectral_radius(rule(1.0, critical(1.0, pull), pull))
            radii = q.spectral_radius(rule(1.0, gammas, pull))
            assert best <= radii.min() + 1e-12
            if s or pull <= 1:
                assert best == pytest.approx(abs(1 - np.sqrt(pull)), abs=1e-12)


def test_nesterovs_fastest_gamma_is_none_once_the_pull_passes_one():
    assert (q.nesterov_critical(1.0, np.array([1.0, 1.2, 2.0])) == 0).all()


def test_statement_6_global_optimum_of_heavy_ball():
    lr, gamma, rate = q.best_heavy_ball(0.01, 1.0)
    assert (lr, gamma, rate) == pytest.approx((3.305785, 0.669421, 0.818182), abs=1e-6)
    lrs, gammas = np.linspace(1, 4, 301)[:, None, None], np.linspace(0.4, 0.9, 251)[:, None]
    worst = q.spectral_radius(q.heavy_ball(lrs, gammas, SPECTRUM)).max(axis=-1)
    row, column = np.unravel_index(worst.argmin(), worst.shape)
    assert rate < worst.min() < rate + 0.01
    assert lrs.flat[row] == pytest.approx(lr, abs=0.03) and gammas.flat[column] == pytest.approx(gamma, abs=0.02)
    assert lr / q.best_gradient_descent(0.01, 1.0).lr == pytest.approx(1.67, abs=0.005)
    assert q.best_heavy_ball(1e-10, 1.0).lr / q.best_gradient_descent(1e-10, 1.0).lr == pytest.approx(2, abs=1e-4)


def test_statement_7_steps_to_a_millionth_and_the_factor_k():
    lr, gamma, rate = q.best_heavy_ball(0.01, 1.0)
    descent = equal_share_losses(GradientDescent(200 / 101), 500)
    heavy = equal_share_losses(Momentum(lr, gamma), 500)
    assert first_below(descent.sum(axis=1), 1e-6) == 336
    assert first_below(heavy.sum(axis=1), 1e-6) == 55
    assert heavy.sum(axis=1).max() == pytest.approx(4.82, abs=0.005)
    steep = np.sqrt(heavy[:, 2] / heavy[0, 2])
    assert steep.argmax() == 4 and steep.max() == pytest.approx(3.71, abs=0.005)
    # Two of the three thirds die early, so the steep one decides: |x| must fall to sqrt(3e-6) of its start.
    k = np.arange(500)
    assert np.argmax((1 + (1 + rate) * k) * rate**k <= np.sqrt(3e-6)) == 55
    flat = path(q.heavy_ball(lr, gamma, np.array([0.01, 1.0])), 60)
    assert abs(flat[60] / flat[59]) == pytest.approx([0.831, 0.831], abs=0.002)
    split = mode_losses(q.heavy_ball(lr, gamma, SPECTRUM), SPECTRUM, 500, np.sqrt(2 / 3 / SPECTRUM))
    np.testing.assert_allclose(split, heavy, atol=1e-12)


def test_statement_8_power_of_gohs_matrix_and_the_double_root_case():
    R = goh_matrix(0.3, 0.8, 2.5)
    one, two = np.linalg.eigvals(R)
    for k in range(30):
        closed = one**k * (R - two * np.eye(2)) / (one - two) - two**k * (R - one * np.eye(2)) / (one - two)
        np.testing.assert_allclose(closed, np.linalg.matrix_power(R, k), atol=5e-15)
    R, root = goh_matrix(0.01, 0.81, 1.0), 0.9
    for k in range(30):
        closed = root**k * (k * R / root - (k - 1) * np.eye(2))
        np.testing.assert_allclose(closed, np.linalg.matrix_power(R, k), atol=5e-15)


def unrolled(thetas, slopes, lr, gamma, sign=-1):
    """w_{k+1} = w_0 - lr sum_i (1 - gamma^{k+1-i}) / (1 - gamma) grad f(w_i), for the last point of a run."""
    weights = (1 - gamma ** np.arange(len(slopes), 0, -1)) / (1 - gamma)
    return thetas[0] + sign * lr * np.tensordot(weights, slopes, axes=1)


def short_run():
    run = list(islice(trace(Momentum(0.02, 0.9), lambda x: np.array([1.0, 25.0]) * x, [-4.0, 2.0]), 31))
    return np.array([step.theta for step in run]), np.array([step.g for step in run])


def test_statement_9_unrolled_momentum_and_terminal_velocity():
    thetas, slopes = short_run()
    for k in (1, 2, 30):
        np.testing.assert_allclose(unrolled(thetas, slopes[:k], 0.02, 0.9), thetas[k], atol=1e-13)
    *_, last = islice(trace(Momentum(1.0, 0.9), np.ones_like, [0.0]), 400)
    assert last.state[0] == pytest.approx(1 / (1 - 0.9))


def test_statement_14_nesterovs_matrix_rates_and_limit():
    pull, beta = 0.3, 0.7
    expected = [[(1 + beta) * (1 - pull), -beta * (1 - pull)], [1, 0]]
    np.testing.assert_allclose(two_step_matrix(q.nesterov(0.1, beta, 3.0)), expected, atol=1e-15)
    standard = q.standard_nesterov(1.0, np.array([10.0, 100, 1000]))
    assert standard.rate == pytest.approx([0.68377, 0.9, 0.96838], abs=1e-5)
    assert q.best_nesterov(1.0, 100.0).rate == pytest.approx(0.88472, abs=1e-5)
    assert q.nesterov_limit(np.array([0.5, 0.9]), 1.0) == pytest.approx([1.5, 1.3571], abs=1e-4)


def test_beyond_gamma_one_heavy_ball_never_converges_but_nesterov_can():
    assert (q.spectral_radius(q.heavy_ball(np.linspace(0, 5, 200), 1.05, 1.0)) > 1).all()
    low, high = 1 - 1 / 1.05, q.nesterov_limit(1.05, 1.0)
    edges = [low - 1e-6, low + 1e-6, high - 1e-6, high + 1e-6]
    assert (q.spectral_radius(q.nesterov(edges, 1.05, 1.0)) < 1).tolist() == [False, True, True, False]
    assert q.regime(q.nesterov(0.5, 1.05, 1.0)) == "ripples"
    assert abs(simulate(Nesterov(0.5, 1.05), 200)[-1]) < 1e-10


# A1: rates


def test_statement_A1_table_of_rates():
    table = {
        q.best_gradient_descent: [0.818182, 0.923077, 0.980198, 0.998002],
        q.best_heavy_ball: [0.519494, 0.666667, 0.818182, 0.938693],
        q.standard_nesterov: [0.683772, 0.800000, 0.900000, 0.968377],
        q.best_nesterov: [0.640789, 0.770584, 0.884722, 0.963491],
    }
    for best, rule in BEST:
        setting = best(1.0, KAPPAS)
        assert setting.rate == pytest.approx(table[best], abs=1e-6)
        radii = q.spectral_radius(rule(setting.lr, setting.gamma, np.linspace(1, KAPPAS, 500))).max(axis=0)
        np.testing.assert_allclose(radii, setting.rate, atol=1e-12)


def test_statement_A1_triple_momentum_radius():
    for kappa, expected in [(25, 0.8), (100, 0.9)]:
        r = 1 - 1 / np.sqrt(kappa)
        lr, beta, ahead = (1 + r) / kappa, r**2 / (2 - r), r**2 / ((1 + r) * (2 - r))
        # x_{k+1} = (1 + beta) x_k - beta x_{k-1} - lr lambda ((1 + ahead) x_k - ahead x_{k-1})
        pull = lr * np.linspace(1, kappa, 500)
        total, product = 1 + beta - pull * (1 + ahead), beta - pull * ahead
        radii = [abs(np.roots([1, -t, d])).max() for t, d in zip(total, product, strict=True)]
        assert max(radii) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("rule", "best"), [(q.heavy_ball, 0.66667), (q.nesterov, 0.77058)])
def test_statement_A1_brute_force_finds_nothing_better_at_kappa_25(rule, best):
    lrs, gammas = np.linspace(0.01, 0.16, 200)[:, None, None], np.linspace(0, 0.99, 300)[:, None]
    worst = q.spectral_radius(rule(lrs, gammas, np.linspace(1, 25, 25))).max(axis=-1)
    assert best - 1e-5 < worst.min() < best + 0.01


def test_statement_A1_double_roots_are_seen_slower_than_their_rate():
    for setting, rule, measured in [
        (q.best_heavy_ball(1.0, 100.0), q.heavy_ball, 0.8245),
        (q.standard_nesterov(1.0, 100.0), q.nesterov, 0.9064),
        (q.best_nesterov(1.0, 100.0), q.nesterov, 0.8912),
    ]:
        x = path(rule(setting.lr, setting.gamma, 1.0), 160)
        assert (x[160] / x[100]) ** (1 / 60) == pytest.approx(measured, abs=2e-4)
        assert setting.rate < measured < setting.rate + 0.01


def test_statement_A1_steps_on_the_ravine():
    hb, standard, best = q.best_heavy_ball(1.0, 25.0), q.standard_nesterov(1.0, 25.0), q.best_nesterov(1.0, 25.0)
    curvature = np.array([1.0, 25.0])
    expected = {
        GradientDescent(2 / 26): 141,
        GradientDescent(1 / 25): 252,
        Momentum(hb.lr, hb.gamma): 38,
        Momentum(0.02, 0.9): 197,
        Nesterov(standard.lr, standard.gamma): 58,
        Nesterov(best.lr, best.gamma): 49,
    }
    for optimizer, steps in expected.items():
        points = simulate(optimizer, 300, curvature, (-4.0, 2.0))
        assert np.argmax((curvature * points**2).sum(axis=1) / 2 < 1e-8) == steps
    points = simulate(Momentum(hb.lr, hb.gamma), 50, curvature, (-4.0, 2.0))
    assert points[10] == pytest.approx([-0.30058651854109847, 0.6127340570260851], rel=1e-12)
    assert points[50] == pytest.approx([-1.1082855e-07, 2.6452475e-07], rel=1e-6)


# A2: the phase diagram


def test_statement_A2_stable_exactly_below_the_limit():
    for rule, limit in [(q.heavy_ball, q.heavy_ball_limit), (q.nesterov, q.nesterov_limit)]:
        stable = q.spectral_radius(rule(PULL, GAMMA, 1.0)) < 1
        np.testing.assert_array_equal(stable, limit(GAMMA, 1.0) > PULL)
    assert q.heavy_ball_limit(np.array([0.5, 0.9]), 1.0) == pytest.approx([3.0, 3.8])
    assert q.nesterov_limit(0.9, 1.0) == pytest.approx(1.357142857)


def test_statement_A2_robust_region_and_boundary_checks():
    np.testing.assert_allclose(q.spectral_radius(q.heavy_ball(np.linspace(0.011, 3.6, 99), 0.81, 1.0)), 0.9, atol=1e-15)
    assert q.regime(q.heavy_ball(0.01, 0.8099, 1.0)) == "monotone"
    assert q.regime(q.heavy_ball(0.01, 0.8101, 1.0)) == "ripples"
    assert q.spectral_radius(q.heavy_ball(3.7, 0.9, 1.0)) == pytest.approx(0.948683, abs=1e-6)
    assert q.spectral_radius(q.heavy_ball(3.81, 0.9, 1.0)) == pytest.approx(1.064659, abs=1e-6)


def test_statement_A2_critical_and_under_damped_closed_forms():
    k, pull = np.arange(101), 0.04
    z = 1 - np.sqrt(pull)
    np.testing.assert_allclose(simulate(Momentum(pull, z**2), 100), (1 + k * (1 - z)) * z**k, atol=1e-14)
    b = 0.9
    cos = (1 + b - pull) / (2 * np.sqrt(b))
    angle = np.arccos(cos)
    c = ((1 - pull) / np.sqrt(b) - cos) / np.sin(angle)
    wave = b ** (k / 2) * (np.cos(k * angle) + c * np.sin(k * angle))
    np.testing.assert_allclose(simulate(Momentum(pull, b), 100), wave, atol=1e-14)


# 12 and A15: noise


def noisy_runs(optimizer, curvature, sigma, warm, steps, chains=4000, seed=0):
    rng = np.random.default_rng(seed)

    def gradient(x):
        return curvature * x + sigma * rng.standard_normal(x.shape)

    run = iterates(optimizer, gradient, np.zeros((1, chains)))
    return np.array([x[0] for x in islice(run, warm, warm + steps)])


NOISE = [(1, 0.1, 0.9, 1.0), (1, 0.01, 0.99, 1.0), (2, 0.05, 0.9, 0.5)]


@pytest.mark.parametrize("setting", NOISE)
@pytest.mark.parametrize(("method", "rule"), METHODS)
def test_statements_12_and_A15_stationary_variance_is_the_simulated_one(method, rule, setting):
    curvature, lr, gamma, sigma = setting
    mode = rule(lr, gamma, curvature)
    # 4000 chains, several hundred correlation times apart: the standard error is below 1 %.
    x = noisy_runs(method(lr, gamma), curvature, sigma, warm=1500, steps=1000)
    assert x.var() == pytest.approx(q.stationary_variance(mode, lr, sigma), rel=0.03)


def test_statements_12_and_A15_values_of_the_variance():
    expected = [(0.513514, 0.270634), (0.501259, 0.251892), (0.032095, None)]
    for (curvature, lr, gamma, sigma), (heavy, look) in zip(NOISE, expected, strict=True):
        mode = q.heavy_ball(lr, gamma, curvature)
        assert q.stationary_variance(mode, lr, sigma) == pytest.approx(heavy, abs=1e-6)
        below = curvature * (1 - gamma) * (2 * (1 + gamma) - lr * curvature)
        assert q.stationary_variance(mode, lr, sigma) == pytest.approx(lr * sigma**2 * (1 + gamma) / below)
        if look:
            assert q.stationary_variance(q.nesterov(lr, gamma, curvature), lr, sigma) == pytest.approx(look, abs=1e-6)
    assert q.stationary_variance(q.gradient_descent(0.1, 1.0), 0.1) == pytest.approx(0.0526, abs=5e-5)
    assert q.stationary_variance(q.gradient_descent(1.0, 1.0), 1.0) == pytest.approx(1.0)


def test_statement_A15_equal_effective_step_means_equal_noise_only_when_it_is_small():
    gamma = np.array([0, 0.5, 0.9, 0.99])
    lr = 0.1 * (1 - gamma)
    variance = q.stationary_variance(q.heavy_ball(lr, gamma, 1.0), lr)
    assert variance == pytest.approx([0.052632, 0.050847, 0.050132, 0.050013], abs=1e-6)


def test_statement_A15_nesterovs_variance_is_about_half_where_the_pull_is_one_minus_gamma():
    def ratio(lr, gamma):
        plain = q.stationary_variance(q.heavy_ball(lr, gamma, 1.0), lr)
        return q.stationary_variance(q.nesterov(lr, gamma, 1.0), lr) / plain

    assert ratio(0.1, 0.9) == pytest.approx(0.527, abs=1e-3)
    assert ratio(0.01, 0.99) == pytest.approx(0.503, abs=1e-3)
    assert ratio(1e-6, 0.9) == pytest.approx(1, abs=1e-4)


def test_statement_A15_effective_step_is_right_only_after_a_while():
    gaps = []
    for gamma in (0.5, 0.9, 0.99):
        momentum = path(q.heavy_ball(0.01 * (1 - gamma), gamma, 1.0), 2000)
        gaps.append(abs(momentum - path(q.gradient_descent(0.01, 1.0), 2000)).max())
    assert gaps == pytest.approx([0.0092, 0.0648, 0.3136], abs=5e-4)


@pytest.mark.parametrize("optimizer", [GradientDescent(0.1), Momentum(0.1, 0.9), Momentum(0.5, 0.5)])
def test_statement_A15_the_average_of_a_long_run_forgets_the_settings(optimizer):
    curvature, sigma, steps = 1.0, 1.0, 2000
    means = noisy_runs(optimizer, curvature, sigma, warm=200, steps=steps, chains=3000).mean(axis=0)
    # The standard error of a variance of 3000 samples is 2.6 %.
    assert steps * means.var() == pytest.approx(sigma**2 / curvature**2, rel=0.08)


def test_statement_A15_linear_scaling_with_the_batch_breaks_slowly():
    batch = np.array([1, 4, 16])
    lr = 0.02 * batch
    variance = q.stationary_variance(q.gradient_descent(lr, 1.0), lr, 1 / np.sqrt(batch))
    assert variance == pytest.approx([0.0101, 0.0104, 0.0119], abs=5e-5)


def test_statement_A15_noise_amplification_of_the_tuned_heavy_ball():
    kappa = np.array([1e1, 1e2, 1e3, 1e4])
    descent, heavy = q.best_gradient_descent(1.0, kappa), q.best_heavy_ball(1.0, kappa)
    ends = np.stack([np.ones(4), kappa])
    noise_descent = q.stationary_variance(q.gradient_descent(descent.lr, ends), 1.0).sum(axis=0)
    noise_heavy = q.stationary_variance(q.heavy_ball(heavy.lr, heavy.gamma, ends), 1.0).sum(axis=0)
    root = np.sqrt(kappa)
    assert noise_heavy / noise_descent == pytest.approx([1.0786, 1.8120, 4.4726, 13.0062], abs=1e-4)
    assert noise_heavy / noise_descent == pytest.approx((root + 1) ** 4 / (8 * root * (kappa + 1)))


@pytest.mark.parametrize(("kappa", "growth"), [(100.0, 3.776), (10000.0, 36.80)])
def test_statement_A15_transient_growth_of_the_tuned_heavy_ball(kappa, growth):
    lr, gamma, _ = q.best_heavy_ball(1.0, kappa)
    matrix = two_step_matrix(q.heavy_ball(lr, gamma, np.array([1.0, kappa])))
    powers = [np.linalg.matrix_power(np.moveaxis(matrix, -1, 0), k) for k in range(200)]
    norms = [np.linalg.norm(power, 2, axis=(1, 2)).max() for power in powers]
    assert max(norms) == pytest.approx(growth, rel=1e-3)
    assert max(norms) == pytest.approx(0.37 * np.sqrt(kappa), rel=0.03)


# 16 and A4: where the tuned heavy ball does not converge


def lessard_slope(x):
    return np.select([x < 1, x < 2], [25 * x, x + 24], 25 * x - 24)


def lessard(x):
    return np.select([x < 1, x < 2], [12.5 * x**2, 0.5 * x**2 + 24 * x - 12], 12.5 * x**2 - 24 * x + 36)


def lessard_runs(optimizer, starts, steps=2000):
    return np.array([x[0] for x in islice(iterates(optimizer, lessard_slope, np.atleast_2d(starts)), steps + 1)])


CYCLE = Fraction(792, 1225), Fraction(-2208, 1225), Fraction(2592, 1225)


def test_statement_A4_the_cycle_is_exact():
    def slope(x):
        return 25 * x if x < 1 else x + 24 if x < 2 else 25 * x - 24

    p, c, r = CYCLE
    for before, now, after in [(r, p, c), (p, c, r), (c, r, p)]:
        assert now - slope(now) / 9 + Fraction(4, 9) * (now - before) == after


def test_statements_16_and_A4_tuned_heavy_ball_cycles_for_ever():
    tuned = q.best_heavy_ball(1.0, 25.0)
    assert (tuned.lr, tuned.gamma) == pytest.approx((1 / 9, 4 / 9))
    x = lessard_runs(Momentum(1 / 9, 4 / 9), [3.07, 3.2, 3.3, 3.46])
    cycle = np.array([float(point) for point in CYCLE])
    for run in x.T:
        assert np.sort(run[-3:]) == pytest.approx(np.sort(cycle), abs=1e-12)
    run = x[:, 2]
    assert run[:6] == pytest.approx([3.3, -3.2, 2.8, 0.35556, -1.71852, 2.13333], abs=1e-5)
    distance = abs(run - cycle[np.arange(len(run)) % 3])
    arrived = [len(run) - np.argmax(distance[::-1] > close) for close in (1e-3, 1e-6, 1e-10)]
    assert arrived == [23, 42, 66]
    assert lessard(cycle) == pytest.approx([5.2250, 40.6103, 41.1818], abs=1e-4)


def test_statements_16_and_A4_descent_and_nesterov_converge_where_heavy_ball_cycles():
    starts = [3.0, 3.07, 3.2, 3.3, 3.46, 3.6, 5.0]
    assert np.flatnonzero(abs(lessard_runs(Momentum(1 / 9, 4 / 9), starts)[-1]) < 1e-9).tolist() == [0, 5, 6]
    for optimizer in (GradientDescent(2 / 26), Nesterov(1 / 25, 2 / 3)):
        assert abs(lessard_runs(optimizer, starts)[-1]).max() < 1e-9


def test_statement_A4_which_starts_cycle_and_a_smaller_step_that_never_does():
    starts = np.arange(-500, 501) / 100
    cycling = abs(lessard_runs(Momentum(1 / 9, 4 / 9), starts)[-1]) > 1e-3
    assert cycling.sum() == 124
    edges = starts[np.flatnonzero(np.diff(cycling.astype(int)))]
    intervals = [-4.37, -4.10, -3.37, -3.22, -3.05, -2.89, 0.98, 1.03, 2.76, 2.92, 3.07, 3.46]
    assert edges == pytest.approx(intervals, abs=0.0201)
    assert abs(lessard_runs(Momentum(0.04, 4 / 9), starts)[-1]).max() < 1e-9
    nesterov = lessard_runs(Nesterov(1 / 25, 2 / 3), starts, 200)
    bound = (1 - 1 / 5) ** np.arange(201)[:, None] * (lessard(starts) + starts**2 / 2)
    assert (lessard(nesterov) <= bound + 1e-300).all()


# Formulas printed in well-known texts, refuted


def test_distills_power_formula_with_swapped_roots_is_minus_one_at_k_0():
    R = goh_matrix(0.3, 0.8, 2.5)
    one, two = np.linalg.eigvals(R)

    def printed(k):
        return one**k * (R - one * np.eye(2)) / (one - two) - two**k * (R - two * np.eye(2)) / (one - two)

    np.testing.assert_allclose(printed(0), -np.eye(2), atol=1e-14)
    assert abs(printed(0) - np.eye(2)).max() == pytest.approx(2)
    for k in range(20):  # the printed power is off by exactly z1^k + z2^k on the diagonal
        off = np.linalg.matrix_power(R, k) - printed(k)
        np.testing.assert_allclose(off, (one**k + two**k) * np.eye(2), atol=1e-14)


def test_distills_two_root_beta_is_no_radius():
    x = simulate(Momentum(0.5, 0.9), 200)
    measured = (abs(x[150:]).max() / abs(x[50:101]).max()) ** (1 / 100)
    assert measured == pytest.approx(np.sqrt(0.9), abs=0.005)
    assert 2 * np.sqrt(0.9) > 1.8  # as printed, every run with beta above 1/4 would diverge


def test_distills_unrolled_sum_needs_a_minus():
    thetas, slopes = short_run()
    assert abs(unrolled(thetas, slopes[:30], 0.02, 0.9, sign=+1) - thetas[30]).max() > 1


def test_distills_noise_enters_the_loss_as_a_square():
    # E[loss] = lambda Var x / 2 grows with sigma^2; linear in the mean of the noise it would be 0.
    mode = q.heavy_ball(0.1, 0.9, 1.0)
    assert q.stationary_variance(mode, 0.1, 3.0) == pytest.approx(9 * q.stationary_variance(mode, 0.1, 1.0))
    assert (noisy_runs(Momentum(0.1, 0.9), 1.0, 3.0, warm=300, steps=200) ** 2).mean() > 1


def test_d2ls_minimiser_has_the_wrong_sign_in_the_rewritten_function():
    Q, c = np.diag([1.0, 4.0]), np.array([1.0, -2.0])  # h(x) = x'Qx/2 + c'x + b
    least = -np.linalg.solve(Q, c)
    np.testing.assert_allclose(Q @ least + c, 0, atol=1e-15)
    right, printed = Q @ (least - least), Q @ (least - np.linalg.solve(Q, c))
    assert np.allclose(right, 0) and not np.allclose(printed, 0)
    np.testing.assert_allclose(printed, -2 * c)


def test_d2ls_descent_in_the_eigenbasis_needs_its_learning_rate():
    curvature = np.array([0.5, 3.0])
    x = simulate(GradientDescent(0.4), 5, curvature, (1.0, 1.0))
    np.testing.assert_allclose(x[5], (1 - 0.4 * curvature) ** 5)
    assert not np.allclose(x[5], (1 - curvature) ** 5)


def test_d2ls_half_life_is_a_mean_lifetime():
    memory = 0.9 ** np.arange(2000)
    half_life = np.log(0.5) / np.log(0.9)
    assert half_life == pytest.approx(6.58, abs=5e-3) and 0.9**half_life == pytest.approx(0.5)
    assert (memory * np.arange(1, 2001)).sum() / memory.sum() == pytest.approx(10)
    assert 0.34 < 0.9**10 < 0.35  # after "half-life" 10 a third is left, not a half


def test_d2ls_run_that_barely_converges_shrinks_by_a_seventh_a_step():
    # eta 0.6 on curvatures 0.2 and 4: momentum 1/4 against 1/2.
    rho = q.spectral_radius(q.heavy_ball(0.6, np.array([0.25, 0.5]), 4.0))
    assert rho == pytest.approx([0.859, 0.707], abs=1e-3)


def test_d2ls_turned_function_is_also_twice_as_curved():
    # f(x1, x2) = 0.1 (x1 + x2)^2 + 2 (x1 - x2)^2, said to be 0.1 x1^2 + 2 x2^2 turned by 45 degrees
    hessian = 0.2 * np.ones((2, 2)) + 4 * np.array([[1, -1], [-1, 1]])
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian), [0.4, 8])


def test_momentum_does_not_simply_widen_the_range_of_learning_rates():
    gamma = np.linspace(0, 1, 101)[:-1]
    assert (np.diff(q.heavy_ball_limit(gamma, 1.0)) > 0).all() and (np.diff(q.nesterov_limit(gamma, 1.0)) < 0).all()
    assert q.nesterov_limit(1 - 1e-9, 1.0) == pytest.approx(4 / 3) and q.heavy_ball_limit(
        1 - 1e-9, 1.0
    ) == pytest.approx(4)

"""Networks: the gradient against finite differences, a sweep against its single runs, and what is refused."""

import numpy as np
import pytest

from course_lib.networks import ACTIVATIONS, ERRORS, Backpropagation, Network

RNG = np.random.default_rng(7)
INPUTS = RNG.standard_normal((9, 4))
CLASSES = np.array([0, 1, 2, 2, 1, 0, 0, 1, 2])
VALUES = RNG.standard_normal((9, 3))
NETWORKS = [
    Network(sizes, activation, error)
    for sizes in [(4, 3), (4, 5, 3), (4, 6, 5, 3)]
    for activation in ACTIVATIONS
    for error in ERRORS
]


def targets(network):
    return CLASSES if network.classifies else VALUES


def start(network, sweep=()):
    """Weights and biases, none of them zero."""
    return np.random.default_rng(1).standard_normal((network.size, *sweep))


def differences(network, theta, h=1e-6):
    """The gradient by central differences, one parameter after the other."""
    g = np.empty_like(theta)
    for k in range(len(theta)):
        step = np.zeros_like(theta)
        step[k] = h
        after, before = (network.loss(theta + way * step, INPUTS, targets(network)) for way in (1, -1))
        g[k] = (after - before) / (2 * h)
    return g


# Forward


def test_a_small_network_by_hand():
    # one input, two hidden units, one output: relu(2 x - 1) * 3 + relu(-x + 1) * 5 - 4
    network = Network((1, 2, 1), error="squared")
    theta = [2, -1, -1, 1, 3, 5, -4]  # W = (2, -1), b = (-1, 1); W = (3, 5), b = -4
    np.testing.assert_array_equal(network.outputs(theta, [[2], [0], [0.75]]), [[5], [1], [-1.25]])
    np.testing.assert_array_equal(network.predict(theta, [[2], [0], [0.75]]), [[5], [1], [-1.25]])
    assert network.loss(theta, [[2], [0]], [4, 1.5]) == (1 + 0.25) / 2 / 2


def test_a_smooth_activation_is_its_formula():
    network, x = Network((1, 1, 1), "tanh", "squared"), np.linspace(-5, 5, 11)[:, None]
    np.testing.assert_allclose(network.predict([0.7, 0.2, 2, 1], x), 2 * np.tanh(0.7 * x + 0.2) + 1, rtol=1e-14)


def test_outputs_for_classes_are_probabilities():
    network = Network((4, 5, 3))
    outputs = network.outputs(start(network), INPUTS)
    assert outputs.shape == (9, 3)
    np.testing.assert_allclose(outputs.sum(axis=1), 1)
    expected = -np.log(outputs[np.arange(9), CLASSES]).mean()
    np.testing.assert_allclose(network.loss(start(network), INPUTS, CLASSES), expected)


def test_without_a_hidden_layer_it_says_the_quotient_of_two_classes():
    outputs = Network((1, 2)).outputs([3.0, 1.0, 0.5, -1.0], [[2.0]])
    np.testing.assert_allclose(np.log(outputs[0, 0] / outputs[0, 1]), (3 - 1) * 2 + 0.5 + 1)


def test_without_a_hidden_layer_it_finds_the_least_squares():
    network = Network((4, 3), error="squared")
    design = np.column_stack([INPUTS, np.ones(9)])
    best = np.linalg.lstsq(design, VALUES, rcond=None)[0].ravel()
    np.testing.assert_allclose(network.gradient(best, INPUTS, VALUES), 0, atol=1e-14)
    residual = design @ best.reshape(5, 3) - VALUES
    np.testing.assert_allclose(network.loss(best, INPUTS, VALUES), (residual**2).sum() / 9 / 2)


def test_a_value_a_sample_may_be_a_plain_row():
    network = Network((4, 1), error="squared")
    theta = start(network)
    assert network.loss(theta, INPUTS, VALUES[:, :1]) == network.loss(theta, INPUTS, VALUES[:, 0])


def test_class_numbers_are_unit_vectors_for_the_squared_error():
    network = Network((4, 5, 3), error="squared")
    assert network.loss(start(network), INPUTS, CLASSES) == network.loss(start(network), INPUTS, np.eye(3)[CLASSES])


def test_predict_and_accuracy_take_the_largest_output():
    network = Network((2, 3))
    theta = [1, 0, 0, 0, 1, 0, 0, 0, 0.5]  # the outputs are x, y and 1/2
    inputs = [[3, 1], [1, 3], [0, 0], [-1, -1]]
    np.testing.assert_array_equal(network.predict(theta, inputs), [0, 1, 2, 2])
    assert network.accuracy(theta, inputs, [0, 1, 2, 0]) == 0.75


def test_huge_outputs_neither_overflow_nor_warn():
    network = Network((1, 2))
    assert network.loss([1e5, -1e5, 0, 0], [[1.0]], [0]) == 0
    assert network.loss([1e5, -1e5, 0, 0], [[1.0]], [1]) == 2e5
    np.testing.assert_array_equal(network.outputs([1e5, -1e5, 0, 0], [[1.0]]), [[1, 0]])


# Gradient


@pytest.mark.parametrize("network", NETWORKS, ids=repr)
@pytest.mark.parametrize("sweep", [(), (2,), (2, 3)], ids=str)
def test_gradient_agrees_with_finite_differences(network, sweep):
    theta = start(network, sweep)
    g = network.gradient(theta, INPUTS, targets(network))
    assert g.shape == theta.shape
    np.testing.assert_allclose(g, differences(network, theta), atol=2e-8)


@pytest.mark.parametrize("network", NETWORKS, ids=repr)
def test_every_cell_of_a_sweep_equals_its_single_network(network):
    theta, aim = start(network, (2, 3)), targets(network)
    for cell in np.ndindex(2, 3):
        one = theta[:, *cell]
        np.testing.assert_allclose(network.outputs(theta, INPUTS)[..., *cell], network.outputs(one, INPUTS), rtol=1e-12)
        np.testing.assert_allclose(network.loss(theta, INPUTS, aim)[cell], network.loss(one, INPUTS, aim), rtol=1e-12)
        np.testing.assert_allclose(
            network.gradient(theta, INPUTS, aim)[:, *cell], network.gradient(one, INPUTS, aim), rtol=1e-9, atol=1e-14
        )
        assert network.accuracy(theta, INPUTS, CLASSES)[cell] == network.accuracy(one, INPUTS, CLASSES)
        np.testing.assert_array_equal(
            network.predict(theta, INPUTS)[..., *cell].round(9), network.predict(one, INPUTS).round(9)
        )


def test_loss_in_chunks_is_the_loss_at_once(monkeypatch):
    network = Network((4, 5, 3))
    theta = start(network, (2,))
    whole = network.loss(theta, INPUTS, CLASSES), network.accuracy(theta, INPUTS, CLASSES)
    monkeypatch.setattr("course_lib.networks.CHUNK", 2 * 5 * 4)  # 4 samples at a time: 4, 4 and 1
    np.testing.assert_allclose((network.loss(theta, INPUTS, CLASSES), network.accuracy(theta, INPUTS, CLASSES)), whole)


def test_a_backpropagation_answers_anew_for_every_batch():
    network = Network((4, 5, 3))
    rows, wanted = network.prepared(INPUTS, CLASSES)
    gradient = Backpropagation(network, 3)
    for i in (0, 3, 6, 0):
        part = slice(i, i + 3)
        expected = network.gradient(start(network), INPUTS[part], CLASSES[part])
        np.testing.assert_allclose(gradient(start(network), rows[part], wanted[part]), expected, rtol=1e-12)


# Parameters


def test_layers_are_views_in_the_order_of_theta():
    network = Network((2, 3, 2))
    theta = np.arange(17.0)
    (w1, b1), (w2, b2) = network.layers(theta)
    np.testing.assert_array_equal(w1, [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(b1, [6, 7, 8])
    np.testing.assert_array_equal(w2, [[9, 10], [11, 12], [13, 14]])
    np.testing.assert_array_equal(b2, [15, 16])
    w1[0, 0] = 70
    assert theta[0] == 70
    assert network.size == 17
    assert network.layers(np.zeros((17, 4, 5)))[0][0].shape == (2, 3, 4, 5)


def test_start_is_the_same_for_the_same_seed_and_type():
    network = Network((4, 5, 3))
    np.testing.assert_array_equal(network.init(3), network.init(3))
    assert (network.init(3) != network.init(4)).any()
    np.testing.assert_array_equal(network.init(3, np.float32), network.init(3).astype(np.float32))
    np.testing.assert_array_equal(network.init([3, 4])[:, 1], network.init(4))


@pytest.mark.parametrize(("activation", "variance"), [("relu", 2 / 300), ("tanh", 2 / 500)])
def test_start_is_scaled_and_its_biases_are_zero(activation, variance):
    network = Network((300, 200, 2), activation)
    (weights, biases), (_, last) = network.layers(network.init())
    np.testing.assert_allclose(weights.var(), variance, rtol=0.02)
    assert not biases.any()
    assert not last.any()


def test_float32_stays_float32():
    network = Network((4, 5, 3))
    for theta in (network.init(dtype=np.float32), network.init([1, 2], np.float32)):
        assert network.outputs(theta, INPUTS).dtype == np.float32
        assert network.gradient(theta, INPUTS, CLASSES).dtype == np.float32
    np.testing.assert_allclose(
        network.gradient(network.init(0, np.float32), INPUTS, CLASSES),
        network.gradient(network.init(0), INPUTS, CLASSES),
        atol=1e-6,
    )


def test_a_network_says_what_it_is_and_equals_its_twin():
    assert repr(Network([4, 3])) == "Network(sizes=(4, 3), activation='relu', error='cross-entropy')"
    assert Network([4, 3]) == Network((4, 3)) != Network((4, 3), error="squared")


# What is refused


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"activation": "rleu"}, "there is no activation 'rleu': did you mean 'relu'. Known are: relu, tanh"),
        ({"activation": "sigmoid"}, "there is no activation 'sigmoid': .*Known are: relu, tanh"),
        ({"error": "square"}, "there is no error 'square': did you mean 'squared'"),
        ({"error": None}, "there is no error None: Known are"),
        ({"sizes": (4, 1)}, "cross-entropy needs 2 outputs or more"),
        ({"sizes": (4,)}, r"sizes is \(4,\): it must be two or more whole numbers"),
        ({"sizes": (4, 0, 3)}, "sizes is .*: it must be two or more whole numbers from 1"),
        ({"sizes": (4, 2.5, 3)}, "sizes is .*: it must be two or more whole numbers"),
        ({"sizes": 4}, "sizes is 4: it must be two or more whole numbers"),
    ],
)
def test_a_network_that_cannot_be_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        Network(**{"sizes": (4, 3)} | arguments)


BAD_DATA = [
    (INPUTS[:, :3], CLASSES, r"inputs have shape \(9, 3\): this network takes \(samples, 4\)"),
    (INPUTS[0], CLASSES, r"inputs have shape \(4,\): this network takes \(samples, 4\)"),
    (INPUTS[:0], CLASSES[:0], r"inputs have shape \(0, 4\)"),
    (INPUTS * np.nan, CLASSES, "inputs contain nan or inf"),
    (INPUTS, CLASSES[:5], "there are 9 inputs and 5 targets"),
    (INPUTS, CLASSES + 1, "targets contain 3: the class numbers of this network are whole, from 0 to 2"),
    (INPUTS, CLASSES - 1, "targets contain -1: .* from 0 to 2"),
    (INPUTS, CLASSES + 0.5, "targets contain 0.5: .* whole"),
    (INPUTS, np.eye(3)[CLASSES], r"targets have shape \(9, 3\): class numbers are one whole number a sample"),
]


@pytest.mark.parametrize(("inputs", "aim", "sentence"), BAD_DATA)
@pytest.mark.parametrize("call", ["loss", "gradient", "accuracy"])
def test_data_that_do_not_fit_are_refused_in_one_sentence(call, inputs, aim, sentence):
    network = Network((4, 5, 3))
    with pytest.raises(ValueError, match=sentence):
        getattr(network, call)(network.init(), inputs, aim)


@pytest.mark.parametrize("words", [["a", "b"], None, [[1, 2], [3]], 5.0], ids=repr)
def test_data_that_are_no_numbers_are_refused(words):
    network = Network((4, 5, 3))
    with pytest.raises(TypeError, match="inputs must be an array of numbers, one row a sample"):
        network.loss(network.init(), words, CLASSES)
    with pytest.raises(TypeError, match="targets must be an array of numbers"):
        network.loss(network.init(), INPUTS, words)


def test_values_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"targets have shape \(9, 2\): this network has 3 output"):
        Network((4, 3), error="squared").loss(np.zeros(15), INPUTS, VALUES[:, :2])


@pytest.mark.parametrize("theta", [np.zeros(5), np.zeros((44, 2)), 0.0], ids=np.shape)
@pytest.mark.parametrize("call", ["loss", "gradient"])
def test_theta_of_the_wrong_length_is_refused(call, theta):
    network = Network((4, 5, 3))
    with pytest.raises(ValueError, match=r"theta has shape .*: a network of sizes \(4, 5, 3\) has 43 parameters"):
        getattr(network, call)(theta, INPUTS, CLASSES)


def test_theta_that_is_no_array_of_numbers_is_refused():
    with pytest.raises(TypeError, match="theta must be an array of numbers, not"):
        Network((4, 3)).outputs(["a"] * 15, INPUTS)


def test_a_single_output_has_no_accuracy():
    with pytest.raises(ValueError, match="a network with 1 output has no accuracy"):
        Network((4, 1), error="squared").accuracy(np.zeros(5), INPUTS, VALUES[:, 0])

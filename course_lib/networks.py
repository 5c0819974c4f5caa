"""Small networks over one flat parameter vector, so that an optimizer sees a network as it sees a ravine.

    a_0 = inputs         z_l = a_{l-1} W_l + b_l         a_l = f(z_l) in hidden layers
    outputs = softmax(z_last) for the cross-entropy, z_last itself for the squared error

    J(theta) = - mean over samples of log outputs[class]                        cross-entropy
    J(theta) = mean over samples of (sum of (outputs - targets)^2) / 2          squared

A sample is a row: inputs are (n, features), W is (inputs, outputs) of its layer, b is (outputs,).
theta is (dim,), or (dim, *sweep) for a whole grid of networks that see the same samples. Float32 stays float32.
Symbols: W weights, b biases, f the activation, J the loss, theta all weights and biases in a row.
"""

import math
import operator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from .arguments import floating, known, numbers, whole

ERRORS = ("cross-entropy", "squared")
CHUNK = 2**19  # numbers in the largest array while a loss is measured: fewer cost calls, more the processor's cache


# The activations, each with its slope written in terms of its own value a = f(z). They work in place.


def _relu(z):
    np.maximum(z, 0, out=z)


def _relu_slope(a, d):
    d *= a > 0


def _tanh(z):
    np.tanh(z, out=z)


def _tanh_slope(a, d):
    d *= 1 - a * a


ACTIVATIONS = {"relu": (_relu, _relu_slope), "tanh": (_tanh, _tanh_slope)}


@dataclass(frozen=True)
class Network:
    """Layers one behind the other: sizes (64, 32, 10) has 64 inputs, 32 hidden units and 10 outputs.

    Two sizes make a linear model: softmax regression with the cross-entropy, linear regression with the squared error.
    inputs: (n, features). targets: class numbers (n,), or values (n,) or (n, outputs) for the squared error, which
    takes class numbers as unit vectors where there are several outputs.
    Raises ValueError or TypeError in one sentence where sizes, names, theta or data are not what they must be.
    """

    sizes: tuple[int, ...]
    activation: str = "relu"
    error: str = "cross-entropy"

    def __post_init__(self):
        object.__setattr__(self, "sizes", _sizes(self.sizes))
        known("activation", self.activation, ACTIVATIONS)
        known("error", self.error, ERRORS)
        if self.classifies and self.sizes[-1] < 2:
            raise ValueError("the cross-entropy needs 2 outputs or more, one a class: for 1 output, error='squared'")

    @property
    def classifies(self) -> bool:
        """Whether the outputs are probabilities of classes."""
        return self.error == "cross-entropy"

    @cached_property
    def size(self) -> int:
        """The number of parameters, weights and biases."""
        return self.blocks[-1][0].stop

    @cached_property
    def blocks(self):
        """Where each layer's matrix lies in theta, and its shape: W, and b as its last row."""
        shapes = [(inputs + 1, outputs) for inputs, outputs in pairwise(self.sizes)]
        ends = accumulate(map(math.prod, shapes))
        return [(slice(end - math.prod(shape), end), shape) for end, shape in zip(ends, shapes, strict=True)]

    def init(self, seed=0, dtype=float) -> np.ndarray:
        """A random start, (dim,): normal weights of variance 2 / inputs for relu, else 2 / (inputs + outputs); b = 0.

        The same for the same seed, whatever the type. A list of seeds makes a sweep of starts, (dim, seeds).
        Sources: He et al. (2015), eq. 10, for relu; Glorot, Bengio (2010), eq. 12.
        """
        if np.ndim(seed):
            return np.stack([self.init(one, dtype) for one in seed], axis=-1)
        rng = np.random.default_rng(whole("seed", seed, least=0))
        theta = np.zeros(self.size)
        for weights, _ in self.layers(theta):
            inputs, outputs = weights.shape
            fan = inputs if self.activation == "relu" else inputs + outputs
            weights[:] = np.sqrt(2 / fan) * rng.standard_normal((inputs, outputs))
        return theta.astype(floating(dtype))

    def layers(self, theta):
        """[(W, b), ...]: weights (inputs, outputs, *sweep) and biases (outputs, *sweep), as views into theta."""
        theta = self.parameters(theta)
        matrices = [theta[part].reshape(*shape, *theta.shape[1:]) for part, shape in self.blocks]
        return [(matrix[:-1], matrix[-1]) for matrix in matrices]

    def outputs(self, theta, inputs):
        """What the network says, (n, outputs, *sweep): probabilities for the cross-entropy, else plain values."""
        theta = self.parameters(theta)
        rows = self._rows(inputs, theta.dtype)
        answer = Backpropagation(self, len(rows), theta.shape[1:], theta.dtype).forward(theta, rows)
        if self.classifies:
            _softmax(answer)
        return answer.T.reshape(len(rows), -1, *theta.shape[1:])

    def predict(self, theta, inputs):
        """Class numbers (n, *sweep) for the cross-entropy, else values (n, outputs, *sweep)."""
        answer = self.outputs(theta, inputs)
        return answer.argmax(axis=1) if self.classifies else answer

    def loss(self, theta, inputs, targets):
        """J(theta): a float, or (*sweep)."""
        theta = self.parameters(theta)
        return self.scores(theta, *self.prepared(inputs, targets, theta.dtype)).loss

    def accuracy(self, theta, inputs, targets):
        """The share of samples whose largest output is that of their class: a float, or (*sweep)."""
        theta = self.parameters(theta)
        if self.sizes[-1] < 2:
            raise ValueError("a network with 1 output has no accuracy: it tells no classes apart")
        return self.scores(theta, *self.prepared(inputs, targets, theta.dtype)).accuracy

    def gradient(self, theta, inputs, targets):
        """dJ/dtheta, of theta's shape, by backpropagation."""
        theta = self.parameters(theta)
        rows, wanted = self.prepared(inputs, targets, theta.dtype)
        return Backpropagation(self, len(rows), theta.shape[1:], theta.dtype)(theta, rows, wanted)

    # For runs of many steps: check and prepare the data once, and fill the same arrays again and again

    def parameters(self, theta):
        """theta as an array of the right length, float64 unless it is float32; anything else is refused."""
        theta = np.asarray(theta)
        if theta.dtype.kind not in "biuf":
            raise TypeError(f"theta must be an array of numbers, not {theta.tolist()!r:.60}")
        if theta.ndim == 0 or len(theta) != self.size:
            raise ValueError(
                f"theta has shape {theta.shape}: a network of sizes {self.sizes} has {self.size} parameters, first axis"
            )
        return theta.astype(np.float32 if theta.dtype == np.float32 else np.float64, copy=False)

    def prepared(self, inputs, targets, dtype=float):
        """(rows, wanted): inputs with a column of ones, (n, features + 1); what the outputs should be, (n, outputs)."""
        rows = self._rows(inputs, dtype)
        return rows, self._wanted(targets, len(rows), dtype)

    def scores(self, theta, rows, wanted) -> "Scores":
        """Loss and accuracy on prepared data, a few samples at a time."""
        sweep, runs = theta.shape[1:], math.prod(theta.shape[1:])
        chunk = max(1, CHUNK // (runs * max(self.sizes[1:])))  # the inputs are the same for all runs
        loss, right, forward = np.zeros(sweep), np.zeros(sweep), None
        with np.errstate(all="ignore"):  # divergence is data
            for i in range(0, len(rows), chunk):
                part, aim = rows[i : i + chunk], wanted[i : i + chunk].T
                if forward is None or len(part) < chunk:
                    forward = Backpropagation(self, len(part), sweep, theta.dtype).forward
                z = forward(theta, part)
                loss += self._error(z, aim).sum(axis=-1, dtype=float).reshape(sweep)
                right += (z.argmax(axis=-2) == aim.argmax(axis=-2)).sum(axis=-1).reshape(sweep)
        if self.sizes[-1] < 2:
            right[...] = np.nan
        return Scores((loss / len(rows))[()], (right / len(rows))[()])

    def _error(self, z, aim):
        """Each sample's own loss."""
        if not self.classifies:
            return np.square(z - aim).sum(axis=-2) / 2
        highest = z.max(axis=-2)
        return np.log(np.exp(z - highest[..., None, :]).sum(axis=-2)) + highest - (z * aim).sum(axis=-2)

    # What is refused

    def _rows(self, inputs, dtype):
        inputs, features = _numbers("inputs", inputs), self.sizes[0]
        if inputs.ndim != 2 or inputs.shape[1] != features or len(inputs) == 0:
            raise ValueError(f"inputs have shape {inputs.shape}: this network takes (samples, {features})")
        rows = np.ones((len(inputs), features + 1), dtype)
        rows[:, :-1] = inputs
        return rows

    def _wanted(self, targets, samples, dtype):
        targets, outputs = _numbers("targets", targets), self.sizes[-1]
        if len(targets) != samples:
            raise ValueError(f"there are {samples} inputs and {len(targets)} targets: one target a sample")
        if self.classifies or (targets.ndim == 1 and outputs > 1):
            return _unit_vectors(targets, outputs, dtype)
        wanted = targets.reshape(samples, -1).astype(dtype)
        if targets.ndim > 2 or wanted.shape[1] != outputs:
            raise ValueError(f"targets have shape {targets.shape}: this network has {outputs} output(s) a sample")
        return wanted


class Scores(NamedTuple):
    """Loss and accuracy, floats or (*sweep); the accuracy is nan where there is only one output."""

    loss: np.ndarray
    accuracy: np.ndarray


class Backpropagation:
    """The gradient of the loss for batches of one size, from the last layer back to the first.

        d_last  = (outputs - targets) / samples             for both errors
        dJ/dW_l = a_{l-1}^T d_l                             dJ/db_l = sum over samples of d_l
        d_{l-1} = (d_l W_l^T) * f'(z_{l-1})

    Every layer's values end with a column of ones, so that W and b are one matrix. The outputs alone are held with a
    sample as a column: sums over ten classes are quicker down than across. The arrays are made once: the gradient of
    the next call overwrites this one's. Source: Rumelhart, Hinton, Williams (1986), Nature 323.
    """

    def __init__(self, network, samples, sweep=(), dtype=float):
        runs = (math.prod(sweep),) if sweep else ()
        self.network, self.sweep = network, tuple(sweep)
        self.f, self.slope = ACTIVATIONS[network.activation]
        *hidden, outputs = network.sizes[1:]
        self.theta = np.empty((*runs, network.size), dtype)
        self.values = [np.ones((*runs, samples, size + 1), dtype) for size in hidden]
        self.errors = [np.empty_like(value) for value in self.values]  # that of the ones is computed, but never used
        self.last = np.empty((*runs, outputs, samples), dtype)
        self.g = np.empty((*runs, network.size), dtype)
        self.slots = self._matrices(self.g)

    def forward(self, theta, rows):
        """z of the last layer, (outputs, n) or (runs, outputs, n) for a sweep laid out in a row."""
        if self.sweep:
            self.theta[:] = theta.reshape(len(theta), -1).T
            theta = self.theta
        self.matrices = self._matrices(theta)
        a = rows
        for matrix, value in zip(self.matrices, self.values, strict=False):
            np.matmul(a, matrix, out=value[..., :-1])
            self.f(value)  # the ones as well: an array without gaps takes half the time
            value[..., -1] = 1
            a = value
        return np.matmul(self.matrices[-1].mT, a.mT, out=self.last)

    def __call__(self, theta, rows, wanted):
        d = self.forward(theta, rows)
        if self.network.classifies:
            _softmax(d)
        d -= wanted.T
        d *= 1 / len(rows)
        d = d.mT
        for layer in range(len(self.values), 0, -1):
            np.matmul(self.values[layer - 1].mT, d, out=self.slots[layer])
            d = np.matmul(d, self.matrices[layer].mT, out=self.errors[layer - 1])
            self.slope(self.values[layer - 1], d)
            d = d[..., :-1]
        np.matmul(rows.T, d, out=self.slots[0])
        return np.ascontiguousarray(self.g.T).reshape(-1, *self.sweep) if self.sweep else self.g

    def _matrices(self, flat):
        return [flat[..., part].reshape(*flat.shape[:-1], *shape) for part, shape in self.network.blocks]


def _softmax(z):
    """exp(z) / sum of exp(z), in place, one column a sample; the largest z is taken off first, so nothing overflows."""
    z -= np.maximum.reduce(z, axis=-2, keepdims=True)
    np.exp(z, out=z)
    z /= np.add.reduce(z, axis=-2, keepdims=True)


def _sizes(sizes):
    try:
        whole = tuple(operator.index(size) for size in sizes)
    except TypeError:
        whole = ()
    if len(whole) < 2 or min(whole) < 1:
        raise ValueError(f"sizes is {sizes!r}: it must be two or more whole numbers from 1, such as (64, 32, 10)")
    return whole


def _numbers(argument, value):
    given = numbers(value)
    if given is None or given.ndim == 0:
        raise TypeError(f"{argument} must be an array of numbers, one row a sample, not {value!r:.60}")
    if not np.isfinite(given).all():
        raise ValueError(f"{argument} contain nan or inf: every number must be finite")
    return given


def _unit_vectors(targets, classes, dtype):
    """Class numbers as rows with a single one."""
    if targets.ndim != 1:
        raise ValueError(f"targets have shape {targets.shape}: class numbers are one whole number a sample")
    wrong = targets[(targets < 0) | (targets >= classes) | (targets != np.floor(targets))]
    if wrong.size:
        raise ValueError(
            f"targets contain {wrong[0].item()!r}: the class numbers of this network are whole, from 0 to {classes - 1}"
        )
    return np.eye(classes, dtype=dtype)[targets.astype(int)]

"""One momentum run, written as each library writes it, and how to carry the settings from one to another.

    Keras.from_deck(lr=0.1, gamma=0.9)       the settings that give the same run in Keras
    PyTorch(lr=0.1, momentum=0.9).to_deck()  and back to the deck's
    convert(settings, Averaged)              from any to any
    CONVENTIONS                              the seven, each with nesterov off and on

Every convention is an Optimizer: its fields are that library's own names, its `step` is that library's own rule, and
descent.py runs it, with a schedule or a sweep. Its state is what that library stores.

While the learning rate stays, all of them draw one path: exactly, save for PyTorch's dampening, which makes the first
steps longer by a surplus that fades like gamma^t. When the learning rate changes they part:

    memory = "steps"       deck, Sutskever, Polyak, Keras: eta is inside, the memory is a step already taken, and
                           coasts on at the old learning rate
    memory = "gradients"   averaged, PyTorch, optax: eta is outside, the memory is of gradients, and the whole of it
                           is rescaled at once; the same as "steps" with gamma lr_t / lr_{t-1} for gamma

Nesterov is `look` (the gradient is measured ahead) where a convention has the iterate, and a longer last step where it
has rewritten the rule in the look-ahead point (PyTorch, Keras, optax), which is then what it reports.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .optimizers.base import Hyper, Optimizer, hyperparameters
from .tracing import Letters


class Convention(Optimizer):
    """What all conventions share. The first two fields are the learning rate and the momentum, by the library's names.

    memory: "steps" or "gradients".
    """

    memory: ClassVar[str] = "steps"
    call: ClassVar[str]

    def __post_init__(self):
        super().__post_init__()
        for name, value in list(hyperparameters(self).items())[:2]:
            if not isinstance(value, Letters) and np.any(np.less(value, 0)):
                raise ValueError(f"{type(self).__name__}({name}=...) is {np.min(value):g}: it must be 0 or more")

    @classmethod
    def from_deck(cls, lr, gamma, nesterov=False):
        """The settings of this convention for the deck's learning rate and gamma."""
        return cls(lr, gamma, nesterov=nesterov)

    def to_deck(self) -> "Deck":
        """The deck's settings for the same run."""
        lr, gamma, *_ = hyperparameters(self).values()
        return Deck(lr, gamma, nesterov=self.nesterov)

    def __str__(self):
        """The settings as one writes them there."""
        fields = hyperparameters(self)
        shown = {name: f"{value:.6g}" if np.ndim(value) == 0 else "..." for name, value in fields.items()}
        return self.call.format(**shown | {"nesterov": str(bool(self.nesterov))})


@dataclass(frozen=True, eq=False)
class Deck(Convention):
    """delta = eta g + gamma delta;  theta -= delta.  Nesterov: g measured at theta - gamma delta.

    Source: Ruder (2016), sections 4.1 and 4.2.
    """

    lr: Hyper
    gamma: Hyper
    nesterov: bool = False
    state = ("delta",)
    call = "lr={lr}, gamma={gamma}, nesterov={nesterov}"

    def look(self, theta, delta):
        return theta - self.gamma * delta if self.nesterov else theta

    def step(self, theta, g, t, delta):
        delta = self.lr * g + self.gamma * delta
        return theta - delta, delta


@dataclass(frozen=True, eq=False)
class Sutskever(Convention):
    """v = mu v - epsilon g;  theta += v.  Nesterov: g measured at theta + mu v.  Stores minus the deck's step.

    Source: Sutskever, Martens, Dahl, Hinton (2013), eqs. 1 to 4.
    """

    epsilon: Hyper
    mu: Hyper
    nesterov: bool = False
    state = ("v",)
    call = "epsilon={epsilon}, mu={mu}, nesterov={nesterov}"

    def look(self, theta, v):
        return theta + self.mu * v if self.nesterov else theta

    def step(self, theta, g, t, v):
        v = self.mu * v - self.epsilon * g
        return theta + v, v


@dataclass(frozen=True, eq=False)
class Polyak(Convention):
    """x_next = x - alpha g + beta (x - x_prev).  Nesterov: g measured at x + beta (x - x_prev).  Stores a point.

    No velocity anywhere, and yet the learning rate is inside: x - x_prev is a step that was taken at the old one.

    Source: Polyak (1964), eq. 9; with the look-ahead point: Nesterov (1983).
    """

    alpha: Hyper
    beta: Hyper
    nesterov: bool = False
    state = ("previous",)
    call = "alpha={alpha}, beta={beta}, nesterov={nesterov}"

    def init(self, theta):
        return (theta.copy(),)

    def look(self, theta, previous):
        return theta + self.beta * (theta - previous) if self.nesterov else theta

    def step(self, theta, g, t, previous):
        return theta - self.alpha * g + self.beta * (theta - previous), theta


@dataclass(frozen=True, eq=False)
class Keras(Convention):
    """velocity = momentum velocity - learning_rate g;  w += velocity, or with nesterov momentum velocity - lr g.

    Nesterov as rewritten by Bengio, Boulanger-Lewandowski, Pascanu (2013): w is the look-ahead point.

    Source: keras.io/api/optimizers/sgd (Keras 3.15).
    """

    learning_rate: Hyper
    momentum: Hyper
    nesterov: bool = False
    state = ("velocity",)
    call = "keras.optimizers.SGD(learning_rate={learning_rate}, momentum={momentum}, nesterov={nesterov})"

    def step(self, theta, g, t, velocity):
        velocity = self.momentum * velocity - self.learning_rate * g
        return theta + (self.momentum * velocity - self.learning_rate * g if self.nesterov else velocity), velocity


@dataclass(frozen=True, eq=False)
class Averaged(Convention):
    """m = beta m + (1 - beta) g;  theta -= lr m.  Nesterov: g measured at theta - lr beta m.

    m is an average of gradients, so lr is the deck's lr / (1 - gamma), the effective step. Needs beta < 1.

    Source: Ng, Improving Deep Neural Networks, week 2; with look-ahead: Prince, Understanding Deep Learning, eq. 6.12.
    """

    lr: Hyper
    beta: Hyper
    nesterov: bool = False
    state = ("m",)
    memory = "gradients"
    call = "lr={lr}, beta={beta}, nesterov={nesterov}"

    def look(self, theta, m):
        return theta - self.lr * self.beta * m if self.nesterov else theta

    def step(self, theta, g, t, m):
        m = self.beta * m + (1 - self.beta) * g
        return theta - self.lr * m, m

    @classmethod
    def from_deck(cls, lr, gamma, nesterov=False):
        if not isinstance(gamma, Letters) and np.any(np.greater_equal(gamma, 1)):
            raise ValueError(
                f"gamma is {np.max(gamma):g}: an average needs gamma below 1, else lr / (1 - gamma) has no sense"
            )
        return cls(lr / np.subtract(1, gamma), gamma, nesterov=nesterov)

    def to_deck(self):
        return Deck(self.lr * np.subtract(1, self.beta), self.beta, nesterov=self.nesterov)


@dataclass(frozen=True, eq=False)
class PyTorch(Convention):
    """b = momentum b + (1 - dampening) g, but b = g at the first step;  theta -= lr b, nesterov: lr (g + momentum b).

    With dampening = 0 it is the deck's run. Otherwise it is the deck's run with lr (1 - dampening), and a first
    gradient that counts too much. At momentum = 0 there is no buffer, and dampening does nothing.

    Source: docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html (PyTorch 2.13).
    """

    lr: Hyper
    momentum: Hyper
    dampening: Hyper = 0.0
    nesterov: bool = False
    state = ("buffer",)
    memory = "gradients"
    call = "torch.optim.SGD(params, lr={lr}, momentum={momentum}, dampening={dampening}, nesterov={nesterov})"

    def __post_init__(self):
        super().__post_init__()
        if self.nesterov and np.any(self.dampening):
            raise ValueError("PyTorch refuses nesterov=True with dampening: set dampening to 0")

    def step(self, theta, g, t, buffer):
        buffer = g if t == 1 else self.momentum * buffer + self._share * g
        return theta - self.lr * (g + self.momentum * buffer if self.nesterov else buffer), buffer

    def to_deck(self):
        return Deck(self.lr * self._share, self.momentum, nesterov=self.nesterov)

    @property
    def _share(self):
        return 1 - np.multiply(self.dampening, np.not_equal(self.momentum, 0))


@dataclass(frozen=True, eq=False)
class Optax(Convention):
    """trace = g + momentum trace;  theta -= learning_rate trace, nesterov: learning_rate (g + momentum trace).

    Source: optax.readthedocs.io, optax.sgd and optax.trace (optax 0.2.8).
    """

    learning_rate: Hyper
    momentum: Hyper
    nesterov: bool = False
    state = ("trace",)
    memory = "gradients"
    call = "optax.sgd(learning_rate={learning_rate}, momentum={momentum}, nesterov={nesterov})"

    def step(self, theta, g, t, trace):
        trace = g + self.momentum * trace
        return theta - self.learning_rate * (g + self.momentum * trace if self.nesterov else trace), trace


CONVENTIONS = (Deck, Sutskever, Polyak, Averaged, PyTorch, Keras, Optax)


def convert(settings, target):
    """The settings of `target`, a class of CONVENTIONS, for the run of `settings`, by way of the deck's."""
    deck = settings.to_deck()
    return target.from_deck(deck.lr, deck.gamma, deck.nesterov)

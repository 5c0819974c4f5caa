"""One momentum run, written as each library writes it, and how to carry the settings from one to another.

    Keras.from_deck(lr=0.1, gamma=0.9)       the settings that give the same run in Keras
    PyTorch(lr=0.1, momentum=0.9).to_deck()  and back to the deck's
    convert(settings, Averaged)              from any to any
    CONVENTIONS                              the seven, each with nesterov off and on; Original and OptaxEMA besides

Every convention is an Optimizer: its fields are that library's own names, its `step` is that library's own rule, and
descent.py runs it, with a schedule or a sweep. Its state is what that library stores. Two methods translate a state:

    delta(theta, *state)     the deck's last step, theta_{t-1} - theta_t, read from what is stored
    iterate(theta, *state)   the deck's theta_t; with nesterov=True some libraries report the look-ahead point instead

While the learning rate stays, all of them draw one path: exactly, save for PyTorch's dampening and optax's debiasing,
which make the first steps longer by a `surplus` that fades like gamma^t. When the learning rate changes they part:

    memory = "steps"       deck, Sutskever, Polyak, Keras: eta is inside, the memory is a step already taken, and
                           coasts on at the old learning rate
    memory = "gradients"   averaged, PyTorch, optax: eta is outside, the memory is of gradients, and the whole of it
                           is rescaled at once; the same as "steps" with `equivalent_momentum`

Nesterov is `look` (the gradient is measured ahead) where a convention has the iterate, and a longer last step where it
has rewritten the rule in the look-ahead point; `to_lookaheads` and `to_iterates` lead from one sequence to the other.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .optimizers.base import Hyper, Optimizer, hyperparameters


class Convention(Optimizer):
    """What all conventions share. The first two fields are the learning rate and the momentum, by the library's names.

    memory: "steps" or "gradients". rewritten: True where nesterov=True reports the look-ahead point, not the iterate.
    """

    memory: ClassVar[str] = "steps"
    rewritten: ClassVar[bool] = False
    call: ClassVar[str]
    source: ClassVar[str]

    def __post_init__(self):
        super().__post_init__()
        for name, value in list(hyperparameters(self).items())[:2]:
            if np.any(np.less(value, 0)):
                raise ValueError(f"{type(self).__name__}({name}=...) is {np.min(value):g}: it must be 0 or more")

    @classmethod
    def from_deck(cls, lr, gamma, nesterov=False):
        """The settings of this convention for the deck's learning rate and gamma."""
        return cls(lr, gamma, nesterov=nesterov)

    def to_deck(self) -> "Deck":
        """The deck's settings for the same run."""
        lr, gamma, *_ = hyperparameters(self).values()
        return Deck(lr, gamma, nesterov=self.nesterov)

    def delta(self, theta, memory):
        """The deck's last step from the stored memory, with the learning rate at which it was taken."""
        return memory

    def iterate(self, theta, *state):
        """The deck's theta_t from what is reported: theta itself, or gamma delta behind a look-ahead point."""
        _, gamma, *_ = hyperparameters(self).values()
        return theta + gamma * self.delta(theta, *state) if self.rewritten and self.nesterov else theta

    def __str__(self):
        """The settings as one writes them there."""
        fields = hyperparameters(self)
        shown = {name: f"{value:.6g}" if np.ndim(value) == 0 else "..." for name, value in fields.items()}
        switches = {name: str(bool(fields[name])) for name in ("nesterov", "debias") if name in fields}
        return self.call.format(**shown | switches)


@dataclass(frozen=True, eq=False)
class Deck(Convention):
    """delta = eta g + gamma delta;  theta -= delta.  Nesterov: g measured at theta - gamma delta."""

    lr: Hyper
    gamma: Hyper
    nesterov: bool = False
    state = ("delta",)
    call = "lr={lr}, gamma={gamma}, nesterov={nesterov}"
    source = "Ruder (2016), sections 4.1 and 4.2"

    def look(self, theta, delta):
        return theta - self.gamma * delta if self.nesterov else theta

    def step(self, theta, g, t, delta):
        delta = self.lr * g + self.gamma * delta
        return theta - delta, delta


@dataclass(frozen=True, eq=False)
class Sutskever(Convention):
    """v = mu v - epsilon g;  theta += v.  Nesterov: g measured at theta + mu v.  Stores minus the deck's step."""

    epsilon: Hyper
    mu: Hyper
    nesterov: bool = False
    state = ("v",)
    call = "epsilon={epsilon}, mu={mu}, nesterov={nesterov}"
    source = "Sutskever, Martens, Dahl, Hinton (2013), eqs. 1 to 4"

    def look(self, theta, v):
        return theta + self.mu * v if self.nesterov else theta

    def step(self, theta, g, t, v):
        v = self.mu * v - self.epsilon * g
        return theta + v, v

    def delta(self, theta, v):
        return -v


@dataclass(frozen=True, eq=False)
class Polyak(Convention):
    """x_next = x - alpha g + beta (x - x_prev).  Nesterov: g measured at x + beta (x - x_prev).  Stores a point.

    No velocity anywhere, and yet the learning rate is inside: x - x_prev is a step that was taken at the old one.
    """

    alpha: Hyper
    beta: Hyper
    nesterov: bool = False
    state = ("previous",)
    call = "alpha={alpha}, beta={beta}, nesterov={nesterov}"
    source = "Polyak (1964), eq. 9; with the look-ahead point: Nesterov (1983)"

    def init(self, theta):
        return (theta.copy(),)

    def look(self, theta, previous):
        return theta + self.beta * (theta - previous) if self.nesterov else theta

    def step(self, theta, g, t, previous):
        return theta - self.alpha * g + self.beta * (theta - previous), theta

    def delta(self, theta, previous):
        return previous - theta


@dataclass(frozen=True, eq=False)
class Original(Convention):
    """phi = theta - epsilon g;  theta = phi + mu (phi - phi_prev).  Nesterov only; reports the look-ahead point theta.

    phi is the deck's iterate. A run from rest starts with phi_0 = theta_0.
    """

    epsilon: Hyper
    mu: Hyper
    nesterov: bool = True
    state = ("phi",)
    rewritten = True
    call = "epsilon={epsilon}, mu={mu}"
    source = "Nesterov (1983); in these letters: Melville, mize, Nesterov accelerated gradient and momentum"

    def __post_init__(self):
        super().__post_init__()
        if not self.nesterov:
            raise ValueError("Original is Nesterov's method: nesterov must be True (Polyak is its classical sibling)")

    def init(self, theta):
        return (theta.copy(),)

    def step(self, theta, g, t, phi_prev):
        phi = theta - self.epsilon * g
        return phi + self.mu * (phi - phi_prev), phi

    @classmethod
    def from_deck(cls, lr, gamma, nesterov=True):
        return cls(lr, gamma, nesterov=nesterov)

    def delta(self, theta, phi):
        """Not to be had at mu = 0, where phi and theta are the same point: nan."""
        with np.errstate(all="ignore"):
            return (phi - theta) / self.mu

    def iterate(self, theta, phi):
        return phi


@dataclass(frozen=True, eq=False)
class Keras(Convention):
    """velocity = momentum velocity - learning_rate g;  w += velocity, or with nesterov momentum velocity - lr g.

    Nesterov as rewritten by Bengio, Boulanger-Lewandowski, Pascanu (2013): w is the look-ahead point.
    """

    learning_rate: Hyper
    momentum: Hyper
    nesterov: bool = False
    state = ("velocity",)
    rewritten = True
    call = "keras.optimizers.SGD(learning_rate={learning_rate}, momentum={momentum}, nesterov={nesterov})"
    source = "keras.io/api/optimizers/sgd (Keras 3.15)"

    def step(self, theta, g, t, velocity):
        velocity = self.momentum * velocity - self.learning_rate * g
        return theta + (self.momentum * velocity - self.learning_rate * g if self.nesterov else velocity), velocity

    def delta(self, theta, velocity):
        return -velocity


@dataclass(frozen=True, eq=False)
class Averaged(Convention):
    """m = beta m + (1 - beta) g;  theta -= lr m.  Nesterov: g measured at theta - lr beta m.

    m is an average of gradients, so lr is the deck's lr / (1 - gamma), the effective step. Needs beta < 1.
    """

    lr: Hyper
    beta: Hyper
    nesterov: bool = False
    state = ("m",)
    memory = "gradients"
    call = "lr={lr}, beta={beta}, nesterov={nesterov}"
    source = (
        "Ng, Improving Deep Neural Networks, week 2; with look-ahead: Prince, Understanding Deep Learning, eq. 6.12"
    )

    def look(self, theta, m):
        return theta - self.lr * self.beta * m if self.nesterov else theta

    def step(self, theta, g, t, m):
        m = self.beta * m + (1 - self.beta) * g
        return theta - self.lr * m, m

    @classmethod
    def from_deck(cls, lr, gamma, nesterov=False):
        return cls(_effective(lr, gamma), gamma, nesterov=nesterov)

    def to_deck(self):
        return Deck(self.lr * (1 - np.asarray(self.beta)), self.beta, nesterov=self.nesterov)

    def delta(self, theta, m):
        return self.lr * m


@dataclass(frozen=True, eq=False)
class PyTorch(Convention):
    """b = momentum b + (1 - dampening) g, but b = g at the first step;  theta -= lr b, nesterov: lr (g + momentum b).

    With dampening = 0 it is the deck's run. Otherwise it is the deck's run with lr (1 - dampening), and a first
    gradient that counts too much. At momentum = 0 there is no buffer, and dampening does nothing.
    """

    lr: Hyper
    momentum: Hyper
    dampening: Hyper = 0.0
    nesterov: bool = False
    state = ("buffer",)
    memory = "gradients"
    rewritten = True
    call = "torch.optim.SGD(params, lr={lr}, momentum={momentum}, dampening={dampening}, nesterov={nesterov})"
    source = "docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html (PyTorch 2.13)"

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

    def delta(self, theta, buffer):
        return self.lr * buffer

    def surplus(self, t):
        """How much more of the first gradient g_1 step t contains than the deck's: lr dampening momentum^(t-1)."""
        return self.lr * (1 - self._share) * np.power(self.momentum, t - 1.0)


@dataclass(frozen=True, eq=False)
class Optax(Convention):
    """trace = g + momentum trace;  theta -= learning_rate trace, nesterov: learning_rate (g + momentum trace)."""

    learning_rate: Hyper
    momentum: Hyper
    nesterov: bool = False
    state = ("trace",)
    memory = "gradients"
    rewritten = True
    call = "optax.sgd(learning_rate={learning_rate}, momentum={momentum}, nesterov={nesterov})"
    source = "optax.readthedocs.io, optax.sgd and optax.trace (optax 0.2.8)"

    def step(self, theta, g, t, trace):
        trace = g + self.momentum * trace
        return theta - self.learning_rate * (g + self.momentum * trace if self.nesterov else trace), trace

    def delta(self, theta, trace):
        return self.learning_rate * trace


@dataclass(frozen=True, eq=False)
class OptaxEMA(Convention):
    """ema = decay ema + (1 - decay) g;  theta -= learning_rate ema / (1 - decay^t), undivided without debias.

    Without debias it is Averaged. With it, step t is longer by the share `surplus(t)`. It has no Nesterov form.
    """

    learning_rate: Hyper
    decay: Hyper
    debias: bool = True
    state = ("ema",)
    memory = "gradients"
    nesterov: ClassVar[bool] = False
    call = "optax.chain(optax.ema({decay}, debias={debias}), optax.scale_by_learning_rate({learning_rate}))"
    source = "optax.readthedocs.io, optax.ema (optax 0.2.8)"

    def step(self, theta, g, t, ema):
        ema = self.decay * ema + (1 - self.decay) * g
        return theta - self.learning_rate * (ema / (1 - self.decay**t) if self.debias else ema), ema

    @classmethod
    def from_deck(cls, lr, gamma, nesterov=False, debias=True):
        if nesterov:
            raise ValueError("optax.ema has no Nesterov form: take Averaged or Optax")
        return cls(_effective(lr, gamma), gamma, debias=debias)

    def to_deck(self):
        return Deck(self.learning_rate * (1 - np.asarray(self.decay)), self.decay)

    def delta(self, theta, ema):
        """The step without the correction for the start, which is not stored."""
        return self.learning_rate * ema

    def surplus(self, t):
        """By what share step t is longer than Averaged's: 1 / (1 - decay^t) - 1, close to decay^t. 0 without debias."""
        return self.debias * self.decay**t / (1 - self.decay**t)


CONVENTIONS = (Deck, Sutskever, Polyak, Averaged, PyTorch, Keras, Optax)


def convert(settings, target):
    """The settings of `target`, a class of CONVENTIONS, for the run of `settings`, by way of the deck's."""
    deck = settings.to_deck()
    return target.from_deck(deck.lr, deck.gamma, deck.nesterov)


def equivalent_momentum(gamma, lr, previous_lr):
    """The gamma with which a memory of steps does what a memory of gradients does when the learning rate changes.

        lr_t b_t = lr_t g_t + gamma (lr_t / lr_{t-1}) (lr_{t-1} b_{t-1})          so gamma lr_t / lr_{t-1}

    Exact for classical momentum under any schedule, and for Nesterov in the averaged form, whose look-ahead uses the
    learning rate of now. Where gamma changes, too, Averaged wants the effective steps lr / (1 - gamma) here, as its
    weights are those of now. PyTorch's and optax's nesterov have moved to the look-ahead point already, at the old one.
    """
    return gamma * np.divide(lr, previous_lr)


def to_lookaheads(points, gamma):
    """Nesterov's iterates theta_0, theta_1, ... to the points where it looks; steps on the first axis, from rest.

        look_t = theta_t + gamma (theta_t - theta_{t-1})          look_0 = theta_0

    One half-step on, theta_{t+1} = look_t - lr grad J(look_t).
    """
    points = np.asarray(points, float)
    with np.errstate(all="ignore"):
        return points + gamma * np.diff(points, axis=0, prepend=points[:1])


def to_iterates(looks, gamma):
    """The way back: theta_t = (look_t + gamma theta_{t-1}) / (1 + gamma), from theta_0 = look_0."""
    points = np.array(looks, float)
    with np.errstate(all="ignore"):
        for t in range(1, len(points)):
            points[t] = (points[t] + gamma * points[t - 1]) / (1 + gamma)
    return points


def _effective(lr, gamma):
    gamma = np.asarray(gamma, float)
    if np.any(gamma >= 1):
        raise ValueError(
            f"gamma is {np.max(gamma):g}: an average needs gamma below 1, else lr / (1 - gamma) has no sense"
        )
    return lr / (1 - gamma)

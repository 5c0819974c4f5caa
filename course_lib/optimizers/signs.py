"""Sign methods: every coordinate moves by the same length, whatever the size of its slope.

Symbols: g the gradient, m a memory of g, lambda the weight decay. sign(0) = 0: where memory and slope are zero,
nothing moves.
"""

from dataclasses import dataclass

import numpy as np

from .base import Hyper, Optimizer


@dataclass(frozen=True, eq=False)
class Signum(Optimizer):
    """The sign of momentum: average the slopes first, then throw the length away. gamma = 0 is sign descent.

        m_t         = gamma * m_{t-1} + (1 - gamma) * g_t
        theta_{t+1} = theta_t - eta * sign(m_t)

    Source: Bernstein, Wang, Azizzadenesheli, Anandkumar (2018), arXiv:1802.04434, algorithms 1 and 2.
    optax: optax.signum(eta, beta=gamma). Not in torch.optim.
    """

    lr: Hyper = 0.001
    gamma: Hyper = 0.9
    state = ("m",)

    def step(self, theta, g, t, m):
        m = self.gamma * m + (1 - self.gamma) * g
        return theta - self.lr * np.sign(m), m


@dataclass(frozen=True, eq=False)
class Lion(Optimizer):
    """The sign of a blend of memory and newest slope; what is kept for the next step is blended otherwise.

        theta_{t+1} = (1 - eta * lambda) * theta_t - eta * sign(beta1 * m_{t-1} + (1 - beta1) * g_t)
        m_t         = beta2 * m_{t-1} + (1 - beta2) * g_t

    beta1 = beta2 is Signum; beta1 = 0 sign descent. Source: Chen et al. (2023), arXiv:2302.06675, algorithm 2.
    optax: optax.lion(eta, b1=beta1, b2=beta2, weight_decay=lambda). Not in torch.optim.
    """

    lr: Hyper = 1e-4
    beta1: Hyper = 0.9
    beta2: Hyper = 0.99
    weight_decay: Hyper = 0.0
    state = ("m",)

    def step(self, theta, g, t, m):
        direction = np.sign(self.beta1 * m + (1 - self.beta1) * g)
        m = self.beta2 * m + (1 - self.beta2) * g
        return (1 - self.lr * self.weight_decay) * theta - self.lr * direction, m

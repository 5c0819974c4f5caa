"""Adam with its bias correction left out, and with the deck's slip in it."""

from dataclasses import dataclass

import numpy as np

from ..optimizers import Adam


@dataclass(frozen=True, eq=False)
class UncorrectedAdam(Adam):
    """Adam without its bias correction: m and v as they are."""

    def step(self, theta, g, t, m, v):
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        return theta - self.lr * m / (np.sqrt(v) + self.eps), m, v


@dataclass(frozen=True, eq=False)
class MisreadAdam(Adam):
    """Adam with the deck's subscripts taken at their word: 1 - beta, the same at every step, for 1 - beta^t."""

    def step(self, theta, g, t, m, v):
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g**2
        m_hat, v_hat = m / (1 - self.beta1), v / (1 - self.beta2)
        return theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps), m, v

"""Gradient descent, classical momentum, Nesterov's accelerated gradient: the deck's first three rules.

Symbols: theta the parameters, J the loss, g its gradient, eta (lr) the learning rate, gamma the momentum,
delta the last step taken. All three keep the learning rate inside the step, as the deck does.
"""

from dataclasses import dataclass

from .base import Hyper, Optimizer


@dataclass(frozen=True, eq=False)
class GradientDescent(Optimizer):
    """Gradient descent: walk downhill, as far as the slope is steep.

        theta_{t+1} = theta_t - eta * grad J(theta_t)

    Source: Cauchy (1847), Comptes Rendus 25. PyTorch: torch.optim.SGD(lr=eta). optax: optax.sgd(eta).
    """

    lr: Hyper = 0.01

    def step(self, theta, g, t):
        return (theta - self.lr * g,)


@dataclass(frozen=True, eq=False)
class Momentum(Optimizer):
    """Classical momentum, the heavy ball: the new step is a slope step plus gamma times the last step.

        delta_t     = eta * grad J(theta_t) + gamma * delta_{t-1}          delta_0 = 0
        theta_{t+1} = theta_t - delta_t

    Source: Polyak (1964), USSR Comp. Math. and Math. Phys. 4(5), eq. 9; this form: Ruder (2016), section 4.1.
    PyTorch: torch.optim.SGD(lr=eta, momentum=gamma). optax: optax.sgd(eta, momentum=gamma). Both keep the
    learning rate outside the memory: the same path while eta is constant, another one once it changes.
    """

    lr: Hyper = 0.01
    gamma: Hyper = 0.9
    state = ("delta",)

    def step(self, theta, g, t, delta):
        delta = self.lr * g + self.gamma * delta
        return theta - delta, delta


class Nesterov(Momentum):
    """Nesterov's accelerated gradient: momentum that measures the slope where the ball is about to be.

        delta_t     = eta * grad J(theta_t - gamma * delta_{t-1}) + gamma * delta_{t-1}
        theta_{t+1} = theta_t - delta_t

    Source: Nesterov (1983), Soviet Math. Doklady 27(2); this form: Sutskever et al. (2013), eqs. 3 and 4.
    PyTorch: torch.optim.SGD(lr=eta, momentum=gamma, nesterov=True), optax: optax.sgd(eta, momentum=gamma,
    nesterov=True). What those two store and report is the look-ahead point theta - gamma * delta.
    """

    def look(self, theta, delta):
        return theta - self.gamma * delta

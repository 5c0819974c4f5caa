"""One walker and the average of its places: momentum, Nesterov, averaging and Schedule-Free as one rule."""

from collections.abc import Callable
from dataclasses import dataclass

from .base import Hyper, Optimizer


@dataclass(frozen=True, eq=False)
class Averaging(Optimizer):
    """A walker z, the average theta of its places, and beta, which says at which of the two the slope is measured.

        y_t         = (1 - beta) * z_t + beta * theta_t
        z_{t+1}     = z_t - eta * grad J(y_t)                               z_1 = theta_1
        theta_{t+1} = (1 - c_t) * theta_t + c_t * z_{t+1}

    beta from 0 (look at the walker) to 1 (look at the average); c_t a number, or a function t -> number.
    Source: the three lines are those of Schedule-Free, Defazio et al. (2024), arXiv:2405.15682; with a constant c
    they are momentum in the form of averages: Averaging(eta / (1 - gamma), beta, 1 - gamma) walks as Momentum(eta,
    gamma) with beta = 1, as Nesterov(eta, gamma) with beta = gamma.
    """

    lr: Hyper = 0.01
    beta: Hyper = 0.9
    c: Hyper | Callable = 0.1
    state = ("z",)

    def init(self, theta):
        return (theta.copy(),)

    def look(self, theta, z):
        return (1 - self.beta) * z + self.beta * theta

    def step(self, theta, g, t, z):
        c = self.c(t) if callable(self.c) else self.c
        z = z - self.lr * g
        return (1 - c) * theta + c * z, z

    @classmethod
    def places(cls, lr=0.01, c=0.01):
        """Gradient descent and, beside it, the running mean of its places. PyTorch: AveragedModel with an EMA."""
        return cls(lr, beta=0.0, c=c)

    @classmethod
    def schedule_free(cls, lr=1.0, beta=0.9):
        """Schedule-Free SGD: the plain mean of all places, and a look between it and the walker.

        schedulefree.SGDScheduleFree(lr=eta, momentum=beta) without warm-up. optax.contrib.schedule_free(
        optax.sgd(eta), eta, b1=beta).
        """
        return cls(lr, beta=beta, c=lambda t: 1 / t)

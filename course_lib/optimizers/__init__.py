"""The update rules of the course, in the order in which they are taught."""

from .adaptive import Adadelta, Adagrad, Adam, AdaMax, AdamW, AMSGrad, Nadam, RMSprop
from .base import Optimizer
from .momentum import GradientDescent, Momentum, Nesterov

OPTIMIZERS = (
    GradientDescent,
    Momentum,
    Nesterov,
    Adagrad,
    Adadelta,
    RMSprop,
    Adam,
    AdaMax,
    Nadam,
    AMSGrad,
    AdamW,
)

__all__ = ["OPTIMIZERS", "Optimizer", *(optimizer.__name__ for optimizer in OPTIMIZERS)]

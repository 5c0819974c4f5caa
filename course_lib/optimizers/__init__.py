"""The update rules of the course, in the order in which they are taught."""

from .base import Optimizer
from .momentum import GradientDescent, Momentum, Nesterov

OPTIMIZERS = (GradientDescent, Momentum, Nesterov)

__all__ = ["OPTIMIZERS", "GradientDescent", "Momentum", "Nesterov", "Optimizer"]

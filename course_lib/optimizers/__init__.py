"""The update rules of the course, in the order in which they are taught."""

from .adaptive import Adadelta, Adagrad, Adam, AdaMax, AdamW, AMSGrad, Nadam, RMSprop
from .averaging import Averaging
from .base import Optimizer
from .momentum import GradientDescent, Momentum, Nesterov
from .muon import Muon
from .signs import Lion, Signum

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
    Signum,
    Lion,
    Averaging,
)
SINCE = (Signum, Lion, Averaging)  # what came after the deck: a lab offers these only where it is asked for them

__all__ = ["OPTIMIZERS", "SINCE", "Muon", "Optimizer", *(rule.__name__ for rule in OPTIMIZERS)]

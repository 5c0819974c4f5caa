"""Training a network on data, on top of the one loop, and tuning it.

train(optimizer, network, data)            minibatches, records of loss and accuracy, a History
scheduled(Momentum, lr=cosine(0.1, 600))   an optimizer whose hyperparameters follow a schedule
tune(build, settings, network, data)       a grid of settings times seeds, on all cores or on a cluster: a Table
recorded("race")                           trainings that take minutes, run once and kept; medians(...), savings(study)
progress_bar("training")                   a bar for whatever takes longer than a second
"""

from .minibatches import History, train
from .progress import progress_bar
from .records import medians, recorded, savings
from .schedules import constant, cosine, scheduled, step_decay, sutskever, warm_up
from .tuning import Table, tune

__all__ = [
    "History",
    "Table",
    "constant",
    "cosine",
    "medians",
    "progress_bar",
    "recorded",
    "savings",
    "scheduled",
    "step_decay",
    "sutskever",
    "train",
    "tune",
    "warm_up",
]

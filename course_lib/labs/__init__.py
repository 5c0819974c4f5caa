"""The live figures of the lessons, one file a lab: the figure, its sliders, and the computation that fills it.

hill       a walker and a heavy ball on one hill
averages   a leaky memory fed with slopes
trap       the hill in two dimensions: three valleys, one of them deep
ravine     gradient descent, momentum and Nesterov in one ravine
regimes    what a learning rate and a momentum do to one direction
"""

from .averages_lab import averages
from .hill_lab import hill
from .ravine_lab import ravine
from .regimes_lab import regimes
from .trap_lab import trap

__all__ = ["averages", "hill", "ravine", "regimes", "trap"]

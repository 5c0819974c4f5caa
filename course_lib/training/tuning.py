"""Tuning: a grid of settings times seeds, each trained on its own, on all cores or on a cluster."""

import itertools
import operator
from dataclasses import dataclass

import numpy as np

from .minibatches import train

MEASURES = ("loss", "accuracy", "test_loss", "test_accuracy")


@dataclass(frozen=True, eq=False)
class Table:
    """What was tried and what came of it.

    rows: one dict a run: the setting, its seed, the last loss, accuracy, test_loss, test_accuracy; nan where it
    diverged. names: those of the setting.
    """

    rows: tuple[dict, ...]
    names: tuple[str, ...]

    def settings(self, measure="test_loss"):
        """One dict a setting: a measure's mean over the seeds, lowest and highest; nan where a run diverged."""
        groups = {}
        for row in self.rows:
            groups.setdefault(tuple(row[name] for name in self.names), []).append(row[measure])
        return [
            dict(zip(self.names, key, strict=True))
            | {measure: np.mean(values), "lowest": np.min(values), "highest": np.max(values), "seeds": len(values)}
            for key, values in groups.items()
        ]

    def best(self, measure="test_loss"):
        """The setting with the best mean over its seeds: the lowest loss or the highest accuracy."""
        found = [row for row in self.settings(measure) if np.isfinite(row[measure])]
        if not found:
            raise ValueError(f"no setting has a finite {measure}: every one has a run that diverged")
        choose = max if measure.endswith("accuracy") else min
        return choose(found, key=lambda row: row[measure])


def tune(build, settings, network, data, *, seeds=(0, 1, 2), jobs=-1, **options) -> Table:
    """Train once for every setting and every seed, and say what came of it.

    build: a function of a setting's names -> Optimizer or schedule, such as Momentum itself. settings: {name: values},
    of which all combinations are tried. seeds: of start and minibatches. jobs: processes at a time, -1 for one a core.
    options: those of train, such as epochs and batch.

    The runs go through joblib: inside `with joblib.parallel_config("dask")`, with a dask.distributed Client at hand,
    the same call runs on its cluster (the extra `cluster`).
    Raises ValueError or TypeError in one sentence, before anything runs, where a setting makes no optimizer.
    """
    from joblib import Parallel, delayed

    if "seed" in options:
        raise TypeError("seed is not an option here: give seeds, a list, and each setting is tried with each of them")
    plan = list(itertools.product(_combinations(build, settings), _whole_numbers(seeds)))
    if not plan:
        raise ValueError("there is nothing to tune: settings or seeds are empty")
    rows = Parallel(n_jobs=jobs)(delayed(_run)(build, *run, network, data, options) for run in plan)
    return Table(tuple(rows), tuple(settings))


def _combinations(build, settings):
    """Every setting as a dict; one that makes no optimizer is refused."""
    for name, values in settings.items():
        if np.ndim(values) == 0:
            raise TypeError(f"settings[{name!r}] is {values!r}: it must be a list of values, such as [0.1, 0.3]")
    combinations = [dict(zip(settings, values, strict=True)) for values in itertools.product(*settings.values())]
    for setting in combinations:
        optimizer = build(**setting)
        if getattr(optimizer, "sweep", ()):
            raise ValueError(
                f"the setting {setting} makes a sweep, {optimizer!r}: a run is one setting, so give numbers"
            )
    return combinations


def _whole_numbers(seeds):
    try:
        return [operator.index(seed) for seed in seeds]
    except TypeError:
        raise TypeError(f"seeds is {seeds!r}: it must be a list of whole numbers, such as (0, 1, 2)") from None


def _run(build, setting, seed, network, data, options):
    history = train(build(**setting), network, data, seed=seed, **options)
    return setting | {"seed": seed} | {name: float(getattr(history, name)[-1]) for name in MEASURES}

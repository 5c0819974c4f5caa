"""Tuning: a grid of settings times seeds, each trained on its own, on all cores or on a cluster."""

import itertools
import operator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from .minibatches import train

MEASURES = ("loss", "accuracy", "test_loss", "test_accuracy")
SHOWN = 20  # rows of a table's repr


@dataclass(frozen=True, eq=False)
class Table:
    """What was tried and what came of it.

    rows: one dict a run: the setting, its seed, the last loss, accuracy, test_loss, test_accuracy (nan where it
    diverged), and the step at which it diverged (inf: never). names: those of the setting. planned: how many runs there
    were to be; an interrupt keeps what is done, and then there are fewer rows.
    """

    rows: tuple[dict, ...]
    names: tuple[str, ...]
    planned: int

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, name):
        """A column as an array, in the order of the rows."""
        return np.array([row[name] for row in self.rows])

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
            raise ValueError(f"no setting has a finite {measure}: {len(self)} of {self.planned} runs are done")
        choose = max if measure.endswith("accuracy") else min
        return choose(found, key=lambda row: row[measure])

    def __repr__(self):
        head = f"Table of {len(self)} runs" + (
            f", interrupted: {self.planned} were planned" if self.interrupted else ""
        )
        if not self.rows:
            return head
        names = list(self.rows[0])
        cells = [names, *([_text(row[name]) for name in names] for row in self.rows[:SHOWN])]
        widths = [max(len(row[k]) for row in cells) for k in range(len(names))]
        lines = ["  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in cells]
        more = [f"... and {len(self) - SHOWN} more"] if len(self) > SHOWN else []
        return "\n".join([head, *lines, *more])

    @property
    def interrupted(self) -> bool:
        return len(self) < self.planned


def tune(build, settings, network, data, *, seeds=(0, 1, 2), jobs=-1, progress=None, **options) -> Table:
    """Train once for every setting and every seed, and say what came of it.

    build: a function of a setting's names -> Optimizer or schedule, such as Momentum itself. settings: {name: values},
    of which all combinations are tried, or a list of dicts with the same names. seeds: of start and minibatches.
    jobs: processes at a time, -1 for one a core. options: those of train, such as epochs and batch.
    progress: a function (runs done, runs in all).

    The runs go through joblib: inside `with joblib.parallel_config("dask")`, with a dask.distributed Client at hand,
    the same call runs on its cluster (the extra `cluster`). An interrupt ends it and keeps what is done.
    Raises ValueError or TypeError in one sentence, before anything runs, where a setting makes no optimizer.
    """
    from joblib import Parallel, delayed

    combinations = _combinations(settings)
    if "seed" in options:
        raise TypeError("seed is not an option here: give seeds, a list, and each setting is tried with each of them")
    plan = [(setting, seed) for setting in combinations for seed in _whole_numbers(seeds)]
    if not plan:
        raise ValueError("there is nothing to tune: settings or seeds are empty")
    for setting in combinations:
        _try(build, setting, network, data, options)
    rows = {}
    try:
        jobs_to_do = (delayed(_run)(k, build, *run, network, data, options) for k, run in enumerate(plan))
        for k, row in Parallel(n_jobs=jobs, return_as="generator_unordered")(jobs_to_do):
            rows[k] = row
            if progress:
                progress(len(rows), len(plan))
    except KeyboardInterrupt:
        pass  # what is done is kept, and the table says how much that is
    finally:
        if progress and len(rows) < len(plan):
            progress(len(plan), len(plan))
    return Table(tuple(rows[k] for k in sorted(rows)), tuple(combinations[0]), len(plan))


class _Begun(Exception):
    """A training has come to its first step, so nothing about it is refused."""


def _try(build, setting, network, data, options):
    """Begin a training here, so that what is refused is refused in this process and before anything runs."""

    def stop(done, total):
        raise _Begun

    optimizer = build(**setting)
    if getattr(optimizer, "sweep", ()):
        raise ValueError(f"the setting {setting} makes a sweep, {optimizer!r}: a run is one setting, so give numbers")
    with suppress(_Begun):
        train(optimizer, network, data, **options, progress=stop)


def _whole_numbers(seeds):
    try:
        return [operator.index(seed) for seed in seeds]
    except TypeError:
        raise TypeError(f"seeds is {seeds!r}: it must be a list of whole numbers, such as (0, 1, 2)") from None


def _run(k, build, setting, seed, network, data, options):
    history = train(build(**setting), network, data, seed=seed, **options)
    measured = {name: float(getattr(history, name)[-1]) for name in MEASURES}
    return k, setting | {"seed": seed} | measured | {"diverged": float(history.diverged)}


def _combinations(settings):
    """Every setting as a dict."""
    if isinstance(settings, dict):
        for name, values in settings.items():
            if np.ndim(values) == 0:
                raise TypeError(f"settings[{name!r}] is {values!r}: it must be a list of values, such as [0.1, 0.3]")
        return [dict(zip(settings, values, strict=True)) for values in itertools.product(*settings.values())]
    combinations = [dict(setting) for setting in settings]
    if any(setting.keys() != combinations[0].keys() for setting in combinations):
        raise ValueError("settings have different names: every dict must name the same ones")
    return combinations


def _text(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)

"""Tuning: every setting with every seed, in this process, in others and on a cluster."""

import os

import joblib
import numpy as np
import pytest

from course_lib.data import moons
from course_lib.networks import Network
from course_lib.optimizers import Momentum
from course_lib.training import Table, scheduled, step_decay, train, tune

MOONS, NETWORK = moons(60), Network((2, 2))
GRID = {"lr": [0.01, 0.1], "gamma": [0.0, 0.9]}
SHORT = {"epochs": 2, "batch": 20}


@pytest.fixture(scope="module")
def alone():
    return tune(Momentum, GRID, NETWORK, MOONS, seeds=[0, 1], jobs=1, **SHORT)


def test_every_setting_meets_every_seed_in_order(alone):
    assert [(row["lr"], row["gamma"], row["seed"]) for row in alone.rows] == [
        (lr, gamma, seed) for lr in (0.01, 0.1) for gamma in (0.0, 0.9) for seed in (0, 1)
    ]


def test_a_row_is_its_training(alone):
    for row in alone.rows:
        history = train(Momentum(row["lr"], row["gamma"]), NETWORK, MOONS, seed=row["seed"], **SHORT)
        for name in ("loss", "accuracy", "test_loss", "test_accuracy"):
            assert row[name] == getattr(history, name)[-1]


def test_other_processes_find_the_same(alone):
    shared = tune(Momentum, GRID, NETWORK, MOONS, seeds=[0, 1], jobs=2, **SHORT)
    assert shared.rows == alone.rows


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the cluster's own libraries
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_cluster_of_two_workers_finds_the_same(alone):
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        pids = set(client.run(os.getpid).values())
        assert len(pids) == 2 and os.getpid() not in pids
        with joblib.parallel_config("dask"):
            shared = tune(where, GRID, NETWORK, MOONS, seeds=[0, 1], **SHORT)
        ran = set().union(*client.run(lambda: set(os.environ.get("TUNED", "").split())).values())
    assert shared.rows == alone.rows
    assert ran == {str(pid) for pid in pids}


def where(lr, gamma):
    """Momentum, and a note of the process that built it."""
    os.environ["TUNED"] = str(os.getpid())
    return Momentum(lr, gamma)


def test_build_may_be_any_function():
    def build(every):
        return scheduled(Momentum, lr=step_decay(0.1, every))

    table = tune(build, {"every": [1, 5]}, NETWORK, MOONS, seeds=[4], jobs=1, **SHORT)
    assert [(row["every"], row["seed"]) for row in table.rows] == [(1, 4), (5, 4)]


# The table


def row(lr, seed, loss, accuracy=0.5):
    return {"lr": lr, "seed": seed, "test_loss": loss, "test_accuracy": accuracy}


def test_best_is_the_best_mean_over_the_seeds():
    rows = row(0.1, 0, 1.0, 0.9), row(0.1, 1, 5.0, 0.7), row(0.2, 0, 2.0, 0.6), row(0.2, 1, 2.5, 0.8)
    table = Table(rows, ("lr",))
    assert table.best() == {"lr": 0.2, "test_loss": 2.25, "lowest": 2.0, "highest": 2.5, "seeds": 2}
    assert table.best("test_accuracy")["lr"] == 0.1


def test_a_setting_that_diverged_once_is_not_the_best():
    table = Table((row(0.1, 0, 0.1), row(0.1, 1, np.nan), row(0.2, 0, 9.0), row(0.2, 1, 9.0)), ("lr",))
    assert table.best()["lr"] == 0.2
    with pytest.raises(ValueError, match="no setting has a finite test_loss: every one has a run that diverged"):
        Table((row(0.1, 0, np.nan),), ("lr",)).best()


# What is refused, before anything runs


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"settings": {"lr": [0.1, -1]}}, ValueError, r"Momentum\(lr=...\) is -1"),
        ({"settings": {"lr": 0.1}}, TypeError, r"settings\['lr'\] is 0.1: it must be a list of values"),
        ({"settings": {"lr": []}}, ValueError, "nothing to tune"),
        ({"seeds": []}, ValueError, "nothing to tune"),
        ({"batch": 0}, ValueError, "batch is 0: it must be a whole number, at least 1"),
        ({"seeds": (0.5, 0.7)}, TypeError, r"seeds is \(0.5, 0.7\): it must be a list of whole numbers"),
        ({"seeds": 3}, TypeError, "seeds is 3: it must be a list of whole numbers"),
        ({"seed": 3}, TypeError, "seed is not an option here: give seeds"),
        ({"settings": {"lr": [[0.1, 0.2]]}}, ValueError, r"makes a sweep, Momentum\(lr=<2 from 0.1 to 0.2>"),
        ({"network": Network((3, 2))}, ValueError, "inputs have shape"),
    ],
)
def test_what_cannot_run_is_refused(arguments, error, sentence):
    given = {"build": Momentum, "settings": GRID, "network": NETWORK, "data": MOONS, "jobs": 1} | SHORT | arguments
    with pytest.raises(error, match=sentence):
        tune(**given)

"""Trainings that take minutes, recorded once. scripts/record_training.py ran them, a test runs a part of each again."""

import json
from pathlib import Path

import numpy as np

PATH = Path(__file__).with_name("recorded.json")


def recorded(name):
    """One of the recorded studies: "coursera", "batches", "places", "anytime", "schedules", "race", or "transformer".

    What is in it is said where it was made; the last one is made by benchmarks/transformer.py.
    """
    return json.loads(PATH.read_text(encoding="utf-8"))[name]


def medians(*names):
    """Of the studies that count steps for each size of a minibatch, the medians: {method: {size: steps}}."""
    return {
        method: {int(size): float(np.median(row["steps"])) for size, row in rows.items()}
        for name in names
        for method, rows in recorded(name).items()
    }


PAIRS = {"momentum": "gradient descent", "Adam": "Adam without memory", "Muon": "Muon without memory"}


def savings(study, network):
    """What memory saved on a network of the study: {(network, windows a step, steps, rule): losses, one a seed}.

    A loss without memory minus that with it, at the end, from the same start and on the same windows; nan where one of
    the two was lost. An arm of which one of the two has not been run is left out.
    """
    key = ("network", "batch", "steps", "rule")
    ends = {
        tuple(arm[part] for part in key): np.array(arm["validation"], float)
        for arm in study["arms"]
        if arm["network"] == network
    }
    return {
        (*size, rule): ends[*size, without] - ends[*size, rule]
        for size in dict.fromkeys(arm[:3] for arm in ends)
        for rule, without in PAIRS.items()
        if {(*size, without), (*size, rule)} <= ends.keys()
    }

"""The study of memory on a transformer: a short run of it is run again, and what was shipped has all that it needs.

library_excerpt.txt is the beginning of Python 3.11's textwrap.py, (C) Gregory P. Ward and the Python Software
Foundation, PSF licence: the whole standard library, on which the study ran, differs from Python to Python.
"""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from course_lib.training import recorded, savings

EXCERPT = Path(__file__).with_name("library_excerpt.txt").read_bytes()
ENDS = {  # validation losses after 40 steps on 4 windows, seed 1, by PyTorch 2.13
    ("transformer", "momentum"): 2.7389,
    ("transformer", "Muon"): 2.42132,
    ("plain network", "momentum"): 2.5587,
    ("plain network", "Muon"): 2.35998,
}


@pytest.mark.parametrize(("network", "rule"), ENDS)
def test_short_run_ends_where_it_did(network, rule):
    pytest.importorskip("torch", reason="PyTorch is not installed: the study's networks need it")
    from benchmarks import transformer

    assert hashlib.sha256(EXCERPT).hexdigest().startswith("862a6b701ce936de")
    text, part = transformer.letters(EXCERPT), len(EXCERPT) * 4 // 5
    parts = {"training": text[:part], "validation": text[part:], "test": text[part:]}
    run = transformer.train(parts, network, rule, batch=4, steps=40, k=-3, rest=-6, seed=1)
    assert run["validation"] == pytest.approx(ENDS[network, rule], abs=1e-3)


def test_shipped_study_says_where_it_comes_from():
    about = recorded("transformer")["about"]
    assert {"python", "torch", "numpy", "text", "parameters", "seeds", "runs", "minutes"} <= about.keys()
    assert len(about["text"]["sha256"]) == 64 and about["seeds"] == [1, 2, 3, 4, 5]


def test_every_shipped_arm_has_all_its_seeds_and_settings():
    arms = recorded("transformer")["arms"]
    assert arms and all(len(arm[part]) == 5 for arm in arms for part in ("validation", "test"))
    assert all(arm["lr"] > 0 and ("rest" in arm) == arm["rule"].startswith("Muon") for arm in arms)
    pairs = [pair for network in ("transformer", "plain network") for pair in savings(recorded("transformer"), network)]
    assert len(pairs) == len(arms) / 2  # each rule with its memory and without


def test_savings_are_differences_of_the_same_seeds_and_need_both_arms():
    def arm(rule, *losses):
        return {"network": "n", "batch": 4, "steps": 400, "rule": rule, "validation": list(losses)}

    saved = savings(
        {"arms": [arm("Adam", 1.0, 2.0), arm("momentum", 1.0, 1.0), arm("gradient descent", 1.5, 3.0)]}, "n"
    )
    assert list(saved) == [("n", 4, 400, "momentum")]
    np.testing.assert_array_equal(saved["n", 4, 400, "momentum"], [0.5, 2.0])

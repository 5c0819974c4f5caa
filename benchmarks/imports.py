"""What an import costs in a fresh process, by turns: processor time beyond that of a bare Python, one thread.

"All numeric modules" are optimizers, surfaces, networks, data, descent, quadratics, worst_case, curvature and
conventions: what a script of a learner can use without a picture. The set-up cell is what every lesson begins with;
matplotlib and ipywidgets are most of it.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from . import report
from .timing import quartiles

PACKAGES = ("torch", "jax", "optax", "matplotlib", "ipywidgets")
HEAD = ("imported", "ms", "times numpy's", "goal", "")
ROOT = Path(__file__).parents[1]
NUMERIC = "optimizers, surfaces, networks, data, descent, quadratics, worst_case, curvature, conventions"
ALL_NUMERIC = f"import course_lib; from course_lib import {NUMERIC}"
JOBS = {  # name -> code, the package it needs
    "numpy": ("import numpy", "numpy"),
    "course_lib": ("import course_lib", "course_lib"),
    "course_lib, all numeric modules": (ALL_NUMERIC, "course_lib"),
    "the set-up cell: labs, plots and all numeric modules": (f"{ALL_NUMERIC}, labs, plots", "course_lib"),
    "matplotlib.pyplot, ipywidgets": ("import matplotlib.pyplot, ipywidgets", "matplotlib"),
    "torch": ("import torch", "torch"),
    "jax, optax": ("import jax, optax", "optax"),
}
GOAL, WITH_GOAL = 1.15, ("course_lib", "course_lib, all numeric modules")
WHY = "each dataclass writes its own methods when it is defined: some twenty optimizers and conventions"


def table(repeats):
    jobs = {name: code for name, (code, package) in JOBS.items() if find_spec(package)}
    for code in jobs.values():
        seconds(code)  # compiled, and read from disk once
    turns = [[seconds("pass"), *map(seconds, jobs.values())] for _ in range(repeats)]
    bare, *times = np.transpose(turns)
    beyond = dict(zip(jobs, np.array(times) - bare, strict=True))
    for name in JOBS:
        yield row(name, beyond[name], beyond["numpy"]) if name in beyond else (name, "", "", "", "not installed")


def row(name, times, numpys):
    ratio = quartiles(times / numpys)
    told = report.of(1e3 * times, 0), report.spread(ratio) if name != "numpy" else ""
    if name not in WITH_GOAL:
        return name, *told, "", ""
    met = ratio[1] <= GOAL
    return name, *told, f"at most {GOAL}", report.verdict(met, f"{ratio[1]:.2f} of {GOAL}", WHY)


def seconds(code):
    """Processor time of a fresh Python that runs this code."""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"this did not run: {code}")
    process.returncode = 0
    return used.ru_utime + used.ru_stime

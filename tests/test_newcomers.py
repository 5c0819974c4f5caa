"""A new optimizer, once in OPTIMIZERS, is everywhere that takes rules for vectors: no lab and no table is touched."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

NEWCOMER = """
from dataclasses import dataclass
import numpy as np
import course_lib.optimizers as optimizers
from course_lib.optimizers.base import Hyper, Optimizer

@dataclass(frozen=True, eq=False)
class Softsign(Optimizer):
    lr: Hyper = 0.01
    beta: Hyper = 0.9
    state = ("m",)

    def step(self, theta, g, t, m):
        m = self.beta * m + (1 - self.beta) * g
        return theta - self.lr * m / (1 + np.abs(m)), m

optimizers.OPTIMIZERS = (*optimizers.OPTIMIZERS, Softsign)
from course_lib import labs, plots
plots.LOOKS["Softsign"] = plots.Look("Softsign", "#123456", "-", "o")
"""
ASKED = {
    "its maps": """
from course_lib.labs import heatmap_lab
live = labs.heatmap()
answer = live.cell(live.defaults | {"method": list(heatmap_lab.METHODS).index("Softsign.beta")})
assert "β = 0.900" in str(answer.words["run"]), answer.words
assert [text for text in live.quantities["method"][0].texts if text.startswith("Softsign")] == ["Softsign: η and β"]
""",
    "its multipliers": """
from course_lib.labs import effective_rates_lab
live = labs.effective_rates("ravine")
assert "Softsign" in live.quantities["method"][0].texts
number = list(effective_rates_lab.METHODS).index("Softsign")
assert "slope" in str(live.cell(live.defaults | {"method": number}).words["chosen"])
""",
    "the turned ravine": """
from course_lib.labs import rotation_lab
assert rotation_lab.tuned("Softsign", 10).beta in rotation_lab.MEMORIES
assert "β = " in rotation_lab._setting(rotation_lab.tuned("Softsign", 10))
""",
    "what is measured of its steps": """
from course_lib.labs.rules import is_adaptive, memory_of
linear = {rule.__name__ for rule in optimizers.OPTIMIZERS if not is_adaptive(rule)}
assert linear == {"GradientDescent", "Momentum", "Nesterov", "Averaging"}, linear
assert memory_of(Softsign) == "beta"
""",
    "a race": """
from course_lib.labs.race_runners import runners_of
(runner,) = runners_of((Softsign, optimizers.Momentum))[:1]
assert (runner.memory, runner.own, runner.adaptive, runner.adds) == ("beta", False, True, False), runner
""",
}


ASK_ALL = """
import json, sys, traceback
faults = {}
for where, program in json.loads(sys.stdin.read()).items():
    try:
        exec(program)
    except Exception:
        faults[where] = traceback.format_exc()
print(json.dumps(faults))
"""


@pytest.fixture(scope="module")
def faults():
    """where -> what went wrong there, of one process with the newcomer."""
    program = [sys.executable, "-c", NEWCOMER + ASK_ALL]
    told = subprocess.run(program, input=json.dumps(ASKED), cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr[-1500:]
    return json.loads(told.stdout)


@pytest.mark.parametrize("where", ASKED)
def test_a_new_optimizer_is_in(where, faults):
    assert where not in faults, faults[where][-1500:]

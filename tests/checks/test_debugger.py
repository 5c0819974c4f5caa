"""Checks in a kernel whose debugger is on, as JupyterLab's button with the bug switches it on."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECK = """
import time
from course_lib import checks
from course_lib.checks import calling
calling.SECONDS = 0.5

def momentum_step(theta, g, delta, lr, gamma):
    delta = lr * g + gamma * delta
    return theta - delta, delta

def endless(theta, g, delta, lr, gamma):
    while True:
        try:
            time.sleep(0.01)
        except:
            pass

print(checks.momentum_step(momentum_step))
print(checks.momentum_step(endless))
"""


@pytest.fixture(scope="module")
def output():
    script = Path(__file__).parent / "in_a_debugged_kernel.py"
    ran = subprocess.run([sys.executable, script], input=CHECK, capture_output=True, text=True, timeout=180)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_right_answer_is_right(output):
    assert "✓ Right." in output


def test_endless_loop_is_left(output):
    assert "a loop that never ends" in output


def test_nothing_is_warned_of(output):
    assert "stderr" not in output and "error" not in output

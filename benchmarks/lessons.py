"""Every lesson from a cold kernel to its last cell, as `make notebooks` runs it; wall time, one run each.

One lesson after the other, each with a kernel of its own, on all cores of this machine; the goal is for two.
"""

import sys
import time
from pathlib import Path

from scripts import notebooks

from . import report

ROOT = Path(__file__).parents[1]

PACKAGES = ("nbclient", "ipykernel", "matplotlib")
HEAD = ("lesson", "s", "goal", "")
GOAL = 120
LIMITS = {"05_implementation": 60, "06_conclusion": 15}  # each by itself, as its issue says


def table(repeats):
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    times = {}
    for path in paths:
        print(f"  {path.name}", file=sys.stderr, flush=True)
        begin = time.monotonic()
        notebooks.execute(notebooks.read(path))
        times[path.stem] = time.monotonic() - begin
    each = [row(name, spent, LIMITS.get(name)) for name, spent in times.items()]
    return [*each, row("all", sum(times.values()), GOAL)]


def row(name, spent, goal):
    if goal is None:
        return name, f"{spent:.0f}", "", ""
    return name, f"{spent:.0f}", f"under {goal}", report.verdict(spent < goal, f"{spent:.0f} of {goal}")

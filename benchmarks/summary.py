"""The main ratios of RESULTS.md as the short table of the README; a run of the benchmarks renews it."""

import re
from pathlib import Path

from . import report

DRAG = "start dragged, pictures a second"
README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- benchmarks -->\n", "<!-- end of benchmarks -->\n"
HEAD = ("", "against", "times as fast")

# What is said, about which topic, and the cells by which its row is found there.
MAIN = (
    ("1,000 steps of momentum on the ravine", "descent", ("Momentum, ravine", "torch.optim, analytic gradient")),
    ("1,000 steps of Adam on Rosenbrock's function", "descent", ("Adam, rosenbrock", "torch.optim, autograd")),
    ("1,000 steps of momentum on the ravine", "descent", ("Momentum, ravine", "optax, step jitted")),
    ("the same, all steps compiled into one beforehand", "descent", ("Momentum, ravine", "optax, scan jitted")),
    ("a grid of 100 x 100 runs", "sweeps", ("final loss", "textbook numpy")),
    ("a grid of 100 x 100 runs", "sweeps", ("final loss", "torch.optim, a loop over the runs")),
    ("a grid of 100 x 100 runs", "sweeps", ("final loss", "optax, vmap and scan")),
    ("training a network on digits", "training", ("30 epochs", "scikit-learn")),
    ("training a network on digits", "training", ("30 epochs", "PyTorch")),
    ("pictures of a drag of the start, exported page", "live_figures", (DRAG, "exported", "an empty loop")),
    ("the same in JupyterLab", "live_figures", (DRAG, "loopback", "an empty loop")),
    ("the same, 100 ms away", "live_figures", (DRAG, "100 ms", "an empty loop")),
)
RATIOS = ("times as fast", "ratio")


def table(results):
    """The rows that a report of benchmarks holds, as markdown."""
    topics = {name: cells(text) for name, text in report.sections(results).items()}
    rows = [(words, key[-1], ratio) for words, topic, key in MAIN if (ratio := found(topics.get(topic), key))]
    return "\n".join([report.line(HEAD), "|---" * len(HEAD) + "|", *map(report.line, rows)]) + "\n"


def found(rows, key):
    """The median ratio of the row that begins with these cells; empty if there is none."""
    head, *rows = rows or [[]]
    column = next((head.index(name) for name in RATIOS if name in head), None)
    return next((row[column].split(" ")[0] for row in rows if tuple(row[: len(key)]) == key), "")


def cells(section):
    """The table of a section: its head and its rows, without the line between."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|---")]


def renewed(readme, results):
    """The README with this report's table between the marks."""
    pattern = f"{re.escape(BEGIN)}.*{re.escape(END)}"
    return re.sub(pattern, lambda _: f"{BEGIN}{table(results)}{END}", readme, flags=re.DOTALL)


def write():
    text = README.read_text(encoding="utf-8")
    README.write_text(renewed(text, report.RESULTS.read_text(encoding="utf-8")), encoding="utf-8")

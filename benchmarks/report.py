"""Results as tables of markdown, the file that keeps them, and the README's short table of the main ones."""

import datetime
import os
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).with_name("RESULTS.md")
README = Path(__file__).parents[1] / "README.md"

HEAD = """# Benchmarks

Written by `make bench`; `make bench ARGS=descent` measures one topic and leaves the other. Ours and the peer by turns,
in the same run. Numbers are medians (quartiles). "Times as fast" is the peer's time by ours: above 1, ours is faster.
Compare ratios, not milliseconds: they come from different machines.

Goals: {met} met, {missed} missed; a goal that was missed says by how much, and why.
"""
MET, MISSED = "met", "**missed**"

# The rows of the README: all that have no link, and on each link this one.
DRAG = ("start dragged, pictures a second", "an empty loop")
WHERE = {"loopback": "in JupyterLab", "100 ms": "in JupyterLab, 100 ms away", "exported": "on an exported page"}
BEGIN, END = "<!-- benchmarks -->\n", "<!-- end of benchmarks -->\n"


def progress(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def section(title, head, rows, packages):
    """A topic: its docstring, where it was measured and with what, and a table of texts."""
    versions = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in ("numpy", *packages))]
    machine = f"{processor()}, {os.cpu_count()} cores, {platform.system()}"
    return f"{title.strip()}\n\n{datetime.date.today()}, {machine}, {', '.join(versions)}\n\n{table(head, rows)}"


def processor():
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else None
    return found[1] if found else platform.machine()


def table(head, rows):
    lines = ["|" + "|".join(f" {text} " if text else " " for text in cells) + "|\n" for cells in (head, *rows)]
    lines.insert(1, "|---" * len(head) + "|\n")
    return "".join(lines)


def spread(numbers):
    """Many measurements as their median and quartiles."""
    low, middle, high = np.percentile(numbers, (25, 50, 75))
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def times(ratios, goal):
    """The goal of being so many times as good, as `judged` takes it."""
    reached = np.median(ratios)
    return f"{goal:g} times", reached >= goal, f"{reached:.3g} of {goal:g} times"


def judged(*goals, why=""):
    """Two cells: the goals, and whether all are met; if not, by how much they are missed, and why.

    goals: the text of each, whether it was met, and what was reached.
    """
    gaps = ", ".join(reached for _, met, reached in goals if not met)
    said = ": ".join(filter(None, [MISSED, gaps, why])) if gaps else MET
    return ", ".join(text for text, *_ in goals), said if goals else ""


def store(topic, text):
    """RESULTS.md with this text of a topic in place of the old one, its goals counted, and the README's table."""
    parts = sections(RESULTS.read_text(encoding="utf-8")) | {topic: text}
    body = "".join(f"\n## {name}\n\n{part.rstrip()}\n" for name, part in parts.items())
    head = HEAD.format(met=body.count(f"| {MET} |"), missed=body.count(f"| {MISSED}"))
    RESULTS.write_text(head + body, encoding="utf-8")
    README.write_text(renewed(README.read_text(encoding="utf-8"), body), encoding="utf-8")


def sections(results):
    """{topic: its text} of a report."""
    parts = re.split(r"^## (\w+)\n\n", results, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def renewed(readme, results):
    """The README with this report's main ratios between the marks."""
    short = table(("", "against", "times as fast"), main_rows(results))
    return re.sub(f"{BEGIN}.*{END}", lambda _: BEGIN + short + END, readme, flags=re.DOTALL)


def main_rows(results):
    for line in re.findall(r"^\| (?!job).*", results, flags=re.MULTILINE):
        job, *link, peer, _, _, ratio, _, _ = (cell.strip() for cell in line.strip("|").split("|"))
        if (job, peer) == DRAG:
            job = f"a drag of the start {WHERE[link[0]]}"
        elif link:
            continue
        yield job, peer, ratio.split()[0]

"""Results as tables of markdown, and the file that keeps them."""

import datetime
import platform
import re
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).with_name("RESULTS.md")

HEAD = """# Benchmarks

Written by `make bench`; a run replaces the topics it measured. Ours and the peer by turns, in the same run. Numbers are
medians (quartiles). "Times as fast" is the peer's time by ours: above 1, ours is faster. Compare ratios, not
milliseconds: they come from different machines.
"""
TIMED = ("job", "ours, ms", "peer, ms", "times as fast", "goal", "")


def section(title, head, rows):
    """A topic: its docstring, where it was measured, and a table of texts."""
    lines = [
        title.strip(),
        "",
        f"{datetime.date.today()}, {machine()}, Python {platform.python_version()}, numpy {np.__version__}",
        "",
        line(head),
        "|---" * len(head) + "|",
        *map(line, rows),
    ]
    return "\n".join(lines) + "\n"


def line(cells):
    return "|" + "|".join(f" {text} " if text else " " for text in cells) + "|"


def timed(result):
    """The cells of a Result under TIMED."""
    return (
        result.row.name,
        spread(1e3 * result.ours),
        spread(1e3 * result.peer),
        spread(result.ratio),
        f"{result.row.goal:g}",
        verdict(result.ratio[1] >= result.row.goal),
    )


def verdict(met):
    return "met" if met else "**missed**"


def spread(quartiles, digits=2):
    low, median, high = quartiles
    return f"{median:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def machine():
    return f"{processor()}, {platform.system()}"


def processor():
    try:
        return re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def write(sections):
    """RESULTS.md with these sections in place of the old ones of the same topic."""
    kept = {}
    if RESULTS.exists():
        parts = re.split(r"^## (\w+)\n\n", RESULTS.read_text(), flags=re.MULTILINE)[1:]
        kept = dict(zip(parts[::2], parts[1::2], strict=True))
    body = "\n".join(f"## {topic}\n\n{text.rstrip()}\n" for topic, text in (kept | sections).items())
    RESULTS.write_text(f"{HEAD}\n{body}")

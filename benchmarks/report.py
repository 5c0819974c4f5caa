"""Results as tables of markdown, and the file that keeps them."""

import datetime
import platform
import re
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).with_name("RESULTS.md")

HEAD = """# Benchmarks

Written by `make bench`; a run replaces the topics it measured. One thread, processor time, ours and the peer by turns
in one process. Times are medians (quartiles) in milliseconds. "Times as fast" is the peer's time by ours: above 1,
ours is faster. Compare ratios, not milliseconds: they come from different machines.
"""


def section(title, results):
    lines = [
        title.strip(),
        "",
        f"{datetime.date.today()}, {machine()}, Python {platform.python_version()}, numpy {np.__version__}",
        "",
        "| job | ours, ms | peer, ms | times as fast | goal | |",
        "|---|---|---|---|---|---|",
        *map(line, results),
    ]
    return "\n".join(lines) + "\n"


def line(result):
    met = "met" if result.ratio[1] >= result.row.goal else "**missed**"
    cells = (
        result.row.name,
        spread(1e3 * result.ours),
        spread(1e3 * result.peer),
        spread(result.ratio),
        f"{result.row.goal:g}",
        met,
    )
    return f"| {' | '.join(cells)} |"


def spread(quartiles):
    low, median, high = quartiles
    return f"{median:.2f} ({low:.2f}-{high:.2f})"


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

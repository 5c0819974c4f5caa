"""Results as tables of markdown, and the file that keeps them."""

import datetime
import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .timing import quartiles

RESULTS = Path(__file__).with_name("RESULTS.md")

HEAD = """# Benchmarks

Written by `make bench`; a run replaces the topics it measured, `make bench ARGS="descent training"` these alone. Ours
and the peer by turns, in the same run. Numbers are medians (quartiles). "Times as fast" is the peer's time by ours:
above 1, ours is faster. Compare ratios, not milliseconds: they come from different machines.
"""
TIMED = ("job", "peer", "ours, ms", "peer, ms", "times as fast", "goal", "")
MET, MISSED = "met", "**missed**"


def section(title, head, rows, packages=()):
    """A topic: its docstring, where it was measured and with what, and a table of texts."""
    lines = [title.strip(), "", measured_on(packages), "", line(head), "|---" * len(head) + "|", *map(line, rows)]
    return "\n".join(lines) + "\n"


def measured_on(packages=()):
    """Date, machine and versions; of the packages, those that are installed here."""
    versions = [f"Python {platform.python_version()}", *filter(None, map(installed, ("numpy", *packages)))]
    return f"{datetime.date.today()}, {processor()}, {cores()} cores, {platform.system()}, {', '.join(versions)}"


def installed(package):
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""


def line(cells):
    return "|" + "|".join(f" {text} " if text else " " for text in cells) + "|"


def timed(result):
    """The cells of a Result under TIMED."""
    row = result.row
    return (
        row.name,
        row.peer_name,
        milliseconds(result.ours),
        milliseconds(result.peer),
        spread(result.ratio, 2 if result.ratio[1] < 100 else 0),
        *against(result.ratio[1], row.goal, row.why),
    )


def missing(row, reason):
    """The cells of a Row whose peer could not be run, under TIMED."""
    goal = "" if row.goal is None else f"{row.goal:g}"
    return row.name, row.peer_name, "", "", "", goal, f"not measured: {reason}"


def against(value, goal, why=""):
    """Two cells: the goal, and whether a value reached it; if not, by how much it falls short, and why."""
    return ("", "") if goal is None else (f"{goal:g}", verdict(value >= goal, f"{value:.3g} of {goal:g}", why))


def verdict(met, gap="", why=""):
    return MET if met else ": ".join(filter(None, [MISSED, gap, why]))


def milliseconds(seconds):
    return spread(1e3 * seconds, 2 if seconds[1] < 1 else 0)


def spread(three, digits=2):
    low, median, high = three
    return f"{median:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def of(numbers, digits=2):
    """Many measurements as their median and quartiles."""
    return spread(quartiles(numbers), digits)


def processor():
    try:
        return re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def cores():
    return os.cpu_count()


def sections(text):
    """{topic: its text} of a report."""
    parts = re.split(r"^## (\w+)\n\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def goals(text):
    """(met, missed) of a report."""
    verdicts = [cells[-1].strip() for cells in (line.strip("|").split("|") for line in text.splitlines()) if cells[1:]]
    return verdicts.count(MET), sum(text.startswith(MISSED) for text in verdicts)


def write(new, order=()):
    """RESULTS.md with these sections in place of the old ones of the same topic; topics in this order."""
    known = sections(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept = known | new
    names = [name for name in (*order, *kept) if name in kept]
    body = "\n".join(f"## {name}\n\n{kept[name].rstrip()}\n" for name in dict.fromkeys(names))
    met, missed = goals(body)
    summary = f"Goals: {met} met, {missed} missed; a goal that was missed says by how much, and why.\n"
    partial = RESULTS.with_suffix(".part")  # a run may be interrupted at any time
    partial.write_text(f"{HEAD}\n{summary}\n{body}", encoding="utf-8")
    partial.replace(RESULTS)

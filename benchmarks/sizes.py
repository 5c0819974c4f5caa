"""How large what people open is. Slides and site are made where they are missing."""

import subprocess
import sys
from pathlib import Path

from . import report
from .timing import Unavailable

ROOT = Path(__file__).parents[1]
HEAD = ("what", "MB", "files", "largest file", "goal", "")
NOTEBOOKS = 6.0  # MB


def table(repeats):
    lessons = list((ROOT / "notebooks").glob("*.ipynb"))
    total = sum(path.stat().st_size for path in lessons) / 1e6
    yield row("notebooks", lessons, f"under {NOTEBOOKS:g}", report.verdict(total < NOTEBOOKS, f"{total:.1f}"))
    for target in ("slides", "site"):
        yield built(target)


def built(target):
    """A row on build/TARGET, which make makes if it is not there."""
    folder = ROOT / "build" / target
    if not any(folder.glob("**/*.html")):
        print(f"  make {target}", file=sys.stderr, flush=True)
        if subprocess.run(["make", target], cwd=ROOT, capture_output=True).returncode:
            raise Unavailable(f"make {target} failed: call it to see why.")
    return row(target, (path for path in folder.rglob("*") if path.is_file()))


def row(name, paths, goal="", verdict=""):
    sizes = sorted(((path.stat().st_size / 1e6, path.name) for path in paths), reverse=True)
    (largest, its_name), total = sizes[0], sum(size for size, _ in sizes)
    return name, f"{total:.2f}", str(len(sizes)), f"{its_name}, {largest:.2f}", goal, verdict

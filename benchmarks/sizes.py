"""How large what people download is. The wheel is built for this; slides and site are made where they are missing."""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from . import report
from .setup import clone, done
from .timing import Unavailable

ROOT = Path(__file__).parents[1]
HEAD = ("what", "MB", "files", "largest file", "goal", "")
NOTEBOOKS = 6.0  # MB


def table(repeats):
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "course"  # setuptools would take what an earlier build left behind
        clone(copy)
        made([sys.executable, "-m", "build", "--wheel", "--no-isolation"], copy)
        yield row("wheel", copy.glob("dist/*.whl"))
    lessons = list((ROOT / "notebooks").glob("*.ipynb"))
    total = sum(path.stat().st_size for path in lessons) / 1e6
    yield row("notebooks", lessons, f"under {NOTEBOOKS:g}", report.verdict(total < NOTEBOOKS, f"{total:.1f}"))
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for target in ("slides", "site"):
        yield built(target) if target in targets else (target, "", "", "", "", "no such target yet")


def built(target):
    """A row on build/TARGET, which make makes if it is not there."""
    folder = ROOT / "build" / target
    if not any(folder.glob("**/*.html")):
        try:
            made(["make", target])
        except Unavailable as reason:
            return target, "", "", "", "", str(reason)
    return row(target, (path for path in folder.rglob("*") if path.is_file()))


def row(name, paths, goal="", verdict=""):
    sizes = sorted(((path.stat().st_size / 1e6, path.name) for path in paths), reverse=True)
    (largest, its_name), total = sizes[0], sum(size for size, _ in sizes)
    return name, f"{total:.2f}", str(len(sizes)), f"{its_name}, {largest:.2f}", goal, verdict


def made(command, folder=ROOT):
    print(f"  {' '.join(command[-3:])}", file=sys.stderr, flush=True)
    done(command, folder)

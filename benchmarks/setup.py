"""From a fresh copy of the repository to a working environment (cold), and what its commands cost from then on (warm).

Wall time. Cold is one run of `scripts/install.py lab` in a copy of what git knows; packages that this machine's uv or
pip keeps from an earlier download are not downloaded again. Warm is the same command once more: every make target
calls it. `python -m course_lib` is the check of an installation.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from . import report
from .timing import Unavailable

ROOT = Path(__file__).parents[1]
HEAD = ("what", "s")


def table(repeats):
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "course"
        clone(copy)
        cold = seconds(sys.executable, "scripts/install.py", "lab", folder=copy)
        warm = [seconds(sys.executable, "scripts/install.py", "lab", folder=copy) for _ in range(repeats)]
        check = [seconds(".venv/bin/python", "-m", "course_lib", folder=copy) for _ in range(min(5, repeats))]
    tool = "with uv" if shutil.which("uv") else "with pip"
    return [
        (f"cold set-up, {tool}", f"{cold:.1f}"),
        ("warm set-up", report.of(warm)),
        ("check of the installation, with all modules", report.of(check)),
    ]


def clone(copy):
    """The files that git knows, as they are now."""
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if known.returncode:
        raise Unavailable("This is no clone made by git.")
    for name in filter(None, known.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)


def seconds(*command, folder):
    """Wall time of a command that must succeed."""
    begin = time.monotonic()
    done(command, folder)
    return time.monotonic() - begin


def done(command, folder):
    """Run a command without what our environment or a calling make has set. Unavailable, in its words, if it fails."""
    leave = ("PYTHONPATH", "VIRTUAL_ENV", "MAKE")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(leave)}
    outcome = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True)
    if outcome.returncode:
        raise Unavailable(f"{' '.join(command)} failed: {(outcome.stderr or outcome.stdout).strip()[-300:]}")

"""Make build/bench/.venv: the course, its tests, and what benchmarks/peers.txt lists to compare it with.

`python scripts/peers.py`, called by `make bench`; it returns at once when nothing has changed. Always with pip: uv does
not know pip's settings, by which a machine may offer a build of PyTorch without the gigabytes of a graphics card's.
"""

import hashlib
import os
import sys
from pathlib import Path

from install import NO_INSTALL, ROOT, fingerprint, is_usable, succeeds

VENV = Path("build/bench/.venv")
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PEERS = Path("benchmarks/peers.txt")


def wanted() -> str:
    """What the environment depends on, as one word."""
    return hashlib.sha256(fingerprint(ROOT).encode() + ROOT.joinpath(PEERS).read_bytes()).hexdigest()


def commands() -> list[list[str]]:
    """What makes the environment; the first one only where there is none."""
    make = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    what = ["-c", "constraints.txt", "-e", ".[test]", "-r", str(PEERS)]
    fill = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-qq", *what]
    return [fill] if is_usable(PYTHON, installer="pip") else [make, fill]


def install() -> int:
    """Bring the environment to where peers.txt, pyproject.toml and constraints.txt say."""
    stamp = VENV / "installed-peers"
    if PYTHON.exists() and stamp.is_file() and stamp.read_text() == wanted():
        return 0
    print(f"Installing the peers into {VENV} (once; some minutes, about 2 GB) ...", flush=True)
    if all(succeeds(command) for command in commands()):
        stamp.write_text(wanted())
        return 0
    print(NO_INSTALL)
    return 1


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(install())

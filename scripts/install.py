"""Make .venv and install the course into it: `python scripts/install.py lab` or `... test`.

Called by the Makefile at every command, so it returns at once when nothing has changed. Standard
library only: it runs before anything is installed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

# Here, since the lines below need it. make has looked already; on Windows there is no make.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("The course needs Python 3.11 or newer; this is Python " + sys.version.split()[0])

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(".venv")
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
CONTAINS = {"lab": ("lab", "test"), "test": ("test",)}  # the extras that hold what is asked for

UNTRIED = """Python {} is newer than 3.{}, the newest on which the course was tested: it is tried, with today's packages
instead of the pinned ones. If that fails, name an older Python, for example: PYTHON=python3.{} make lab"""
NO_VENV = """This Python cannot make environments: its module 'venv' or 'ensurepip' is missing.
On Debian and Ubuntu: sudo apt install python3-venv      Then call make again."""
READ_ONLY = """This folder cannot be written to, and the command has to write here. Copy the folder to a place of
your own, for example with cp -r . ~/momentum-course, and call the command there."""
NO_INSTALL = """
The packages could not be installed; the lines above say why. If they speak of a connection, a name
that was not resolved or a time-out, this computer does not reach the package index: connect it and
call the same command again."""


def fingerprint(root: Path, version: tuple[int, ...] = sys.version_info[:2]) -> str:
    """What an installation depends on, as one word: the pins, the folder and the Python."""
    parts = [root.joinpath(name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    return hashlib.sha256(b"\0".join([*parts, os.fsencode(root), repr(version).encode()])).hexdigest()


def newest_tried(root: Path) -> int:
    """The minor version of the newest Python that pyproject.toml names as tried."""
    tried = re.findall(r"Python :: 3\.(\d+)", (root / "pyproject.toml").read_text(encoding="utf-8"))
    return max(map(int, tried), default=sys.version_info[1])


def stamp(venv: Path, extra: str) -> Path:
    """The file that says which fingerprint an extra was installed for."""
    return venv / f"installed-{extra}"


def is_ready(venv: Path, extra: str, wanted: str) -> bool:
    """Whether `extra`, or a larger one that contains it, is installed for this fingerprint."""
    stamps = [stamp(venv, name) for name in CONTAINS[extra]]
    return any(path.is_file() and path.read_text() == wanted for path in stamps)


def is_usable(python: Path, installer: str) -> bool:
    """Whether the environment's Python runs, has this Python's version, and can import `installer`."""
    code = f"import sys, {installer}; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return subprocess.run([python, "-c", code], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:  # not there, or the Python it points to has been removed
        return False


def create_command(uv: str | None) -> list[str]:
    """The command that makes .venv, with uv where it is installed."""
    if uv:
        return [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)]
    return [sys.executable, "-m", "venv", "--clear", str(VENV)]


def install_command(uv: str | None, extra: str, pinned: bool) -> list[str]:
    """The command that installs the course, editable, with one of its extras.

    A Python newer than the pins gets the newest packages: of the pinned ones there may be nothing built for it.
    uv is asked to compile them, as pip does by itself: else the first kernel to come takes seconds longer.
    """
    what = [*(["-c", "constraints.txt"] if pinned else []), "-e", f".[{extra}]"]
    if uv:
        return [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON), *what]
    return [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-qq", *what]


def succeeds(command: list[str]) -> bool:
    return subprocess.run(command).returncode == 0


def prepare(uv: str | None) -> bool:
    """See that .venv is there and that uv, or else its own pip, can install into it."""
    if is_usable(PYTHON, installer="sys" if uv else "pip"):  # uv works from outside
        return True
    if not uv and not (find_spec("venv") and find_spec("ensurepip")):
        print(NO_VENV)
        return False
    return succeeds(create_command(uv))


def install(extra: str) -> int:
    """Bring .venv to where `extra` is installed as pyproject.toml and constraints.txt say.

    Where uv fails, pip has its turn: uv does not know pip's settings (a mirror, a company's certificate).
    """
    wanted = fingerprint(ROOT)
    ready = PYTHON.exists() and is_ready(VENV, extra, wanted)
    if not (ready and extra == "lab") and not os.access(ROOT, os.W_OK):  # lessons can be opened all the same
        print(READ_ONLY)
        return 1
    if ready:
        return 0
    print(f"Installing the packages into {VENV} (once; a minute or so) ...", flush=True)
    newest, here = newest_tried(ROOT), sys.version_info
    pinned = here[:2] <= (3, newest)
    if not pinned:
        print(UNTRIED.format(f"{here[0]}.{here[1]}", newest, newest), flush=True)
    uv = shutil.which("uv")
    for tool in [uv, None] if uv else [None]:
        if prepare(tool) and succeeds(install_command(tool, extra, pinned)):
            stamp(VENV, extra).write_text(wanted)
            return 0
    print(NO_INSTALL)
    return 1


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(install(sys.argv[1]))

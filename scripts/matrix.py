"""All tests in environments of their own: each Python, the lowest and the newest versions allowed, ipywidgets 7 and 8.

    python scripts/matrix.py [row ...] [-- options of pytest]

Needs uv, which has to find the Pythons; with pyenv: PYENV_VERSION=3.11.7:3.12.1:3.13.0 make test-matrix. The
environments stay in build/matrix/, so a second run is quicker. A row whose Python is not installed here is named and
counts as failed: nothing passes unseen.
"""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "build" / "matrix"


@dataclass(frozen=True)
class Row:
    """One environment. resolution: highest or lowest-direct, as uv calls them; extra: requirements beyond ours."""

    python: str
    resolution: str = "highest"
    extra: tuple[str, ...] = ()

    @property
    def install(self) -> list[str]:
        return ["--resolution", self.resolution, "-e", ".[test]", *self.extra]


ROWS = {
    # matplotlib 3.9 calls what today's pyparsing has renamed, and warnings are errors here
    "3.11-lowest": Row("3.11", "lowest-direct", ("pyparsing==3.2.5",)),
    "3.12-widgets7": Row("3.12", extra=("ipywidgets==7.7.1",)),
    "3.11-newest": Row("3.11"),
    "3.12-newest": Row("3.12"),
    "3.13-newest": Row("3.13"),
}
# What is the same in every environment, or is about the pinned versions only: how ruff writes, and how this
# matplotlib places its letters.
PINNED_ONLY = "not ruff_agrees and not stored_pictures"


def environment(name: str, row: Row) -> Path | str:
    """The row's Python, installed; or a sentence that says why there is none."""
    python = HOME / name / "bin" / "python"
    commands = [
        ["uv", "venv", "--quiet", "--allow-existing", "--python", row.python, "--no-python-downloads", HOME / name],
        ["uv", "pip", "install", "--quiet", "--python", python, *row.install],
    ]
    for command in commands:
        made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if made.returncode:
            return made.stderr.strip() or f"{command[:3]} failed"
    return python


def run(name: str, row: Row, options: list[str]) -> bool:
    """Whether the tests pass there; prints one line, and what pytest says of a failure."""
    start, log = time.monotonic(), HOME / f"{name}.log"
    python = environment(name, row)
    if isinstance(python, str):
        print(f"{name:14} not run: {python}", flush=True)
        return False
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV", "MPLBACKEND")}
    path = f"{python.parent}{os.pathsep}{clean.get('PATH', '')}"
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *narrowed(options)]
    with log.open("w", encoding="utf-8") as output:
        status = subprocess.run(command, cwd=ROOT, env=clean | {"PATH": path}, stdout=output, stderr=output).returncode
    said = log.read_text(encoding="utf-8").strip().splitlines() or ["pytest said nothing"]
    verdict = "passed" if status == 0 else "FAILED"
    print(f"{name:14} {verdict} in {time.monotonic() - start:.0f} s: {said[-1]} ({log})", flush=True)
    return status == 0


def narrowed(options: list[str]) -> list[str]:
    """The options, their -k narrowed to what is not about the pinned versions: pytest takes only the last -k."""
    if "-k" not in options[:-1]:
        return ["-k", PINNED_ONLY, *options]
    at = options.index("-k")
    return ["-k", f"({options[at + 1]}) and {PINNED_ONLY}", *options[:at], *options[at + 2 :]]


def main(arguments: list[str]) -> int:
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    names, options = arguments[:cut] or list(ROWS), arguments[cut + 1 :]
    if unknown := [name for name in names if name not in ROWS]:
        print(f"no such row: {', '.join(unknown)}; known are {', '.join(ROWS)}", file=sys.stderr)
        return 2
    if not shutil.which("uv"):
        print("the matrix needs uv, which makes an environment in seconds: pip install uv", file=sys.stderr)
        return 2
    HOME.mkdir(parents=True, exist_ok=True)
    passed = [run(name, ROWS[name], options) for name in names]  # all of them, even after a failure
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

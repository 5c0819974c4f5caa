"""What a learner has solved, kept in one small file beside the notebooks, so that it survives a kernel restart."""

import contextlib
import json
import os
import tempfile
import zlib
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    fcntl = None


def location() -> Path:
    """COURSE_PROGRESS if it is set, else course-progress.json in the folder of the notebook."""
    return Path(os.environ.get("COURSE_PROGRESS") or "course-progress.json")


def remembered() -> dict:
    """{"solved": [names], "diagnostic": {...}}; empty where nothing was kept or the file cannot be read."""
    with _alone():
        return _read() or {"solved": []}


def remember(name) -> bool:
    """Add an exercise to the solved ones. False where the folder cannot be written to."""
    return _change(lambda kept: {**kept, "solved": list(dict.fromkeys([*kept["solved"], name]))})


def remember_diagnostic(scores) -> bool:
    """Keep the first diagnostic of lesson 00, so that lesson 06 can show what was gained since."""
    return _change(lambda kept: {"diagnostic": scores, **kept})


def _read():
    """What the file holds; None where it cannot be read."""
    try:
        kept = json.loads(location().read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None
    solved = kept.get("solved", []) if isinstance(kept, dict) else None
    readable = isinstance(solved, list) and all(isinstance(name, str) for name in solved)
    return {"solved": [], **kept} if readable else None


def _change(change):
    path = location()
    if path.exists() and not path.is_file():  # /dev/null is no file to move another one over
        return False
    with _alone():
        kept = _read()
        try:
            if kept is None and path.exists() and path.stat().st_size:
                path.replace(path.with_suffix(".damaged"))  # it may be all that is left of somebody's weeks
            new = change(kept or {"solved": []})
            return new == kept or _write(path, new)
        except OSError:
            return False


def _write(path, kept):
    # Written aside and moved into place: a kernel killed half-way leaves the old file whole.
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)
    return True


@contextlib.contextmanager
def _alone():
    """While other kernels wait, so that what two of them solve at once is kept; the system frees a dead one's lock.

    Where nothing can be locked, each goes on as if it were alone.
    """
    name = f"course-progress-{zlib.crc32(os.fsencode(location().absolute())):08x}.lock"
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            lock = stack.enter_context(open(Path(tempfile.gettempdir()) / name, "a"))
            fcntl.flock(lock, fcntl.LOCK_EX) if fcntl else msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
        yield

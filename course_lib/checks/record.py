"""What a learner has solved, kept in one small file beside the notebooks, so that it survives a kernel restart."""

import json
import os
from pathlib import Path


def location() -> Path:
    """COURSE_PROGRESS if it is set, else course-progress.json in the folder of the notebook."""
    return Path(os.environ.get("COURSE_PROGRESS") or "course-progress.json")


def remembered() -> dict:
    """{"solved": [names], "diagnostic": {...}}; empty where nothing was kept or the file cannot be read."""
    try:
        kept = json.loads(location().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}
    solved = kept.get("solved", []) if isinstance(kept, dict) else None
    if not isinstance(solved, list) or not all(isinstance(name, str) for name in solved):
        kept = {}
    return {"solved": [], **kept}


def remember(name) -> bool:
    """Add an exercise to the solved ones. False where the folder cannot be written to."""
    kept = remembered()
    if name in kept["solved"]:
        return True
    return _write({**kept, "solved": [*kept["solved"], name]})


def remember_diagnostic(scores) -> bool:
    """Keep the first diagnostic of lesson 00, so that lesson 06 can show what was gained since."""
    return _write({"diagnostic": scores, **remembered()})


def _write(kept):
    path = location()
    if path.exists() and not path.is_file():  # /dev/null is no file to move another one over
        return False
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        # Written aside and moved into place: a kernel killed half-way leaves the old file whole.
        part.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError:
        return False
    return True

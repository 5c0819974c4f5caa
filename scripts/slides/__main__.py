"""Build the slides; `plan` writes the lectures' plans into docs/teaching.md instead."""

import argparse
import os
import sys
import time
from pathlib import Path

from scripts import notebooks
from scripts.notebooks import ROOT, LessonError
from scripts.shared import weighed
from scripts.slides import build, check, plan

TARGET = ROOT / "build" / "slides"
LIMIT = 15  # MB


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.slides", description=__doc__)
    parser.add_argument("--check", action="store_true", help="look at every page: does it fit, is it legible")
    parser.add_argument("command", nargs="?", choices=["plan"])
    given = parser.parse_args(arguments)
    lessons = notebooks.lessons()
    try:
        if given.command:
            write_plans(ROOT / "docs" / "teaching.md", lessons)
            return 0
        decks = built(lessons)
        found = check.check(decks) if given.check else []
    except (LessonError, OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    if given.check:
        print("\n".join(found) or "every page fits, can be read from the last row, and asks for nothing")
    return 1 if found else 0


def write_plans(page: Path, lessons: list[Path]) -> None:
    told = {path.stem: notebooks.read(path) for path in lessons}
    page.write_text(plan.written(page.read_text(encoding="utf-8"), told), encoding="utf-8", newline="\n")


def built(lessons: list[Path]) -> list[Path]:
    start = time.monotonic()
    decks = build.build(TARGET, build.run(lessons, ROOT / "build" / "live"))
    size = weighed(TARGET, LIMIT)
    print(f"{TARGET / 'index.html'}: {len(decks)} decks, {size}, in {time.monotonic() - start:.0f} s")
    return decks


if __name__ == "__main__":
    # A kernel installed for the whole user must not stand in for the one of this environment.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    sys.exit(main(sys.argv[1:]))

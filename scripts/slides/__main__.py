"""Build the slides; `place NOTEBOOK CELL=lecture-45:1.5 ...` gives slides of a lesson their place in the lectures, and
`plan` writes the lectures' plans into docs/teaching.md."""

import argparse
import os
import sys
import time
from pathlib import Path

from scripts import notebooks
from scripts.notebooks import ROOT, LessonError
from scripts.slides import places, plan

LIMIT = 15  # MB


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.slides", description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "slides", help="the folder to build (build/slides)")
    parser.add_argument(
        "--check", action="store_true", help="look at every page in Chromium: does it fit, is it legible"
    )
    commands = parser.add_subparsers(dest="command")
    place = commands.add_parser("place", help="write the places of slides into a lesson")
    place.add_argument("notebook", type=Path)
    place.add_argument("places", nargs="*", metavar="CELL=PLACE", help="more, or a tag and minutes: lecture-45:1.5")
    commands.add_parser("plan", help="write the plans of the lectures into docs/teaching.md")
    given = parser.parse_args(arguments)
    try:
        if given.command == "plan":
            return write_plans(ROOT / "docs" / "teaching.md")
        if given.command:
            print(places.place_in(given.notebook, given.places))
            return 0
        decks = built(given.to.resolve())
        return checked(decks) if given.check else 0
    except (places.PlaceError, LessonError, OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def write_plans(page: Path) -> int:
    lessons = {path.name[:2]: notebooks.read(path) for path in (ROOT / "notebooks").glob("*.ipynb")}
    page.write_text(plan.written(page.read_text(encoding="utf-8"), lessons), encoding="utf-8", newline="\n")
    return 0


def built(target: Path) -> list[Path]:
    from scripts.shared import weighed  # like build, it needs packages that `place` does without
    from scripts.slides import build

    start = time.monotonic()
    lessons = build.run(sorted((ROOT / "notebooks").glob("*.ipynb")), ROOT / "build" / "live")
    decks = build.build(target, lessons)
    size = weighed(target, LIMIT)
    print(f"{target / 'index.html'}: {len(decks)} decks, {size}, in {time.monotonic() - start:.0f} s")
    return decks


def checked(decks: list[Path]) -> int:
    from scripts.slides.check import check

    found = check(decks)
    print("\n".join(found) or "every page fits, can be read from the last row, and asks for nothing")
    return 1 if found else 0


if __name__ == "__main__":
    # A kernel installed for the whole user must not stand in for the one of this environment.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    sys.exit(main(sys.argv[1:]))

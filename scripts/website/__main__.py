"""Build the website, and say where it is."""

import os
import sys
import time

from scripts.notebooks import ROOT, LessonError, lessons
from scripts.shared import weighed
from scripts.website.build import build

TARGET = ROOT / "build" / "site"
LIMIT = 12  # MB


def main() -> int:
    start = time.monotonic()
    try:
        build(TARGET, lessons(), ROOT / "build" / "live")
        size = weighed(TARGET, LIMIT)
    except (LessonError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{TARGET / 'index.html'}: {size}, built in {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    # A kernel installed for the whole user must not stand in for the one of this environment.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    sys.exit(main())

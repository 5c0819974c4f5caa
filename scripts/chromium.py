"""Where a Chromium is, and how it is started: for the tests, and for what looks at built pages."""

import os
import shutil
from pathlib import Path

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ADVICE = "set COURSE_CHROMIUM, or run `playwright install chromium`"


def executables(playwright) -> list[str]:
    """Where a Chromium is: named by COURSE_CHROMIUM, on the path, or Playwright's own."""
    named = os.environ.get("COURSE_CHROMIUM")
    found = [named] if named else [shutil.which(name) for name in NAMES]
    return [path for path in [*found, playwright.chromium.executable_path] if path and Path(path).exists()]

"""Where a Chromium is, and how it is started: for the tests, and for what looks at built pages."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# libatomic1 is what Playwright's driver needs beyond a bare system.
ADVICE = "call `sudo apt install chromium libatomic1` or `.venv/bin/playwright install --with-deps chromium`"


class NoBrowser(ValueError):
    """args[0] says in a few words why there is no Chromium."""

    def __str__(self) -> str:
        return f"{self.args[0]}; {ADVICE}"


def executables(playwright) -> list[str]:
    """Where a Chromium is: named by COURSE_CHROMIUM, on the path, or Playwright's own."""
    named = os.environ.get("COURSE_CHROMIUM")
    found = [named] if named else [shutil.which(name) for name in NAMES]
    return [path for path in [*found, playwright.chromium.executable_path] if path and Path(path).exists()]


def try_driver() -> None:
    """NoBrowser where Playwright's driver, a program of its own, does not start; Python would not hear why."""
    tried = subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True, text=True)
    if tried.returncode:
        raise NoBrowser(f"Playwright does not start ({reason(tried.stderr)})")


@contextmanager
def running() -> Iterator:
    """A Chromium, driven by Playwright; NoBrowser where none can be had."""
    try_driver()
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        paths = executables(playwright)
        if not paths:
            raise NoBrowser("no Chromium found")
        try:
            browser = playwright.chromium.launch(executable_path=paths[0], args=FLAGS)
        except Error as error:
            raise NoBrowser(f"{paths[0]} does not start ({reason(str(error))})") from error
        try:
            yield browser
        finally:
            browser.close()


def reason(said: str) -> str:
    """What a program that did not start says of a missing library, else its first line."""
    library = re.search(r"shared libraries: (\S+): ", said)
    return f"{library[1]} is missing" if library else (said.strip() or "it does not say why").splitlines()[0]

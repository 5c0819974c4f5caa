"""Run the lessons, call Sphinx, and list the links that lead outside."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from html import unescape
from pathlib import Path

from scripts.notebooks import LessonError
from scripts.shared import share, weighed
from scripts.website import source

ROOT = source.ROOT
BUILD = ROOT / "build"
LIMIT = 12  # MB
LINK = re.compile(r'<a\b[^>]*\bhref="(https?://[^"]+)"')
FETCHED = re.compile(r'<(?:script|img|iframe|link|source|video)\b[^>]*\b(?:src|href)="(https?:)?//[^"]+"[^>]*>')
ICONS = re.compile(r"<script [^>]*\bfontawesome\.js\b[^>]*></script>\n?")
SPARE = (
    "**/*.map",
    "_static/locales",
    "_static/*macros.html",
    "_static/scripts/fontawesome*",
    "_static/vendor/fontawesome/webfonts/fa-[br]*",  # no page has an icon of these two fonts
)
HARMLESS = re.compile(r'rel="(?:canonical|author|license|noopener)')


def build(target: Path, lessons: list[Path], kept: Path) -> None:
    """The website in `target`. LessonError if a lesson fails, RuntimeError if Sphinx has anything
    to complain about."""
    sources = target.with_name(target.name + "-source")
    source.prepare(sources, kept, lessons)
    shutil.rmtree(target, ignore_errors=True)
    options = ["-q", "-W", "--keep-going", "-j", "2", "-d", sources / "_doctrees"]
    command = [sys.executable, "-m", "sphinx", *options, sources, target]
    made = subprocess.run(command, env=os.environ | {"COURSE_ROOT": str(ROOT)}, capture_output=True, text=True)
    if made.returncode:
        raise RuntimeError(f"Sphinx is not content:\n{made.stderr}")
    lighten(target)
    share(target, "_static/figures")


def lighten(target: Path) -> None:
    """Take away what of the theme no page needs: what is for building it, and icons as a script; a font has them."""
    for spare in SPARE:
        for path in target.glob(spare):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for page in target.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(ICONS.sub("", text), encoding="utf-8")


def outside(target: Path) -> dict[str, list[str]]:
    """Every address that a page links to, with the pages that do. They are listed, not fetched."""
    found: dict[str, list[str]] = {}
    for page in sorted(target.rglob("*.html")):
        for address in sorted(set(LINK.findall(page.read_text(encoding="utf-8")))):
            found.setdefault(unescape(address), []).append(page.relative_to(target).as_posix())
    return found


def fetched(target: Path) -> list[str]:
    """Everything a page would fetch from elsewhere when it is opened: there must be nothing."""
    return [
        f"{page.relative_to(target)}: {match[0]}"
        for page in sorted(target.rglob("*.html"))
        for match in FETCHED.finditer(page.read_text(encoding="utf-8"))
        if not HARMLESS.search(match[0])
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make site", description=__doc__)
    parser.add_argument("--to", type=Path, default=BUILD / "site", help="the folder to build (build/site)")
    target = parser.parse_args(arguments).to.resolve()
    start = time.monotonic()
    try:
        build(target, sorted((ROOT / "notebooks").glob("*.ipynb")), BUILD / "live")
        size = weighed(target, LIMIT)
    except (LessonError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    links = outside(target)
    lines = [f"{address}\n    {', '.join(pages)}" for address, pages in sorted(links.items())]
    (target / "links-outside.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if asked := fetched(target):
        print("These would be fetched from outside:", *asked, sep="\n", file=sys.stderr)
        return 1
    print(
        f"{target / 'index.html'}: {size}, built in {time.monotonic() - start:.0f} s; "
        f"{len(links)} addresses outside are listed in links-outside.txt"
    )
    return 0

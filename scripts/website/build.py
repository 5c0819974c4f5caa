"""Run the lessons, call Sphinx, and see that no page asks for anything outside."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.notebooks import ROOT
from scripts.shared import share
from scripts.website import source

FETCHED = re.compile(r'<(?:script|img|iframe|link|source|video)\b[^>]*\b(?:src|href)="(https?:)?//[^"]+"[^>]*>')
ICONS = re.compile(r"<script [^>]*\bfontawesome\.js\b[^>]*></script>\n?")
SPARE = (
    "**/*.map",
    "_static/locales",
    "_static/*macros.html",
    "_static/scripts/fontawesome*",
    "_static/vendor/fontawesome/webfonts/fa-[br]*",  # no page has an icon of these two fonts
)


def build(target: Path, lessons: list[Path], kept: Path) -> None:
    """The website in `target`. LessonError if a lesson fails, RuntimeError if Sphinx has anything to complain about, or
    a page would fetch something from elsewhere."""
    sources = target.with_name(target.name + "-source")
    source.prepare(sources, kept, lessons)
    shutil.rmtree(target, ignore_errors=True)
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-j", "2", "-d", sources / "_doctrees"]
    made = subprocess.run([*sphinx, sources, target], cwd=ROOT, capture_output=True, text=True)
    if made.returncode:
        raise RuntimeError(f"Sphinx is not content:\n{made.stderr}")
    lighten(target)
    share(target, "_static/figures")
    if asked := fetched(target):
        raise RuntimeError("\n".join(["These would be fetched from outside:", *asked]))


def lighten(target: Path) -> None:
    """Take away what of the theme no page needs: what is for building it, and icons as a script; a font has them."""
    for spare in SPARE:
        for path in target.glob(spare):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for page in target.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(ICONS.sub("", text), encoding="utf-8")


def fetched(target: Path) -> list[str]:
    """Everything a page would fetch from elsewhere when it is opened: there must be nothing."""
    return [
        f"{page.relative_to(target)}: {match[0]}"
        for page in sorted(target.rglob("*.html"))
        for match in FETCHED.finditer(page.read_text(encoding="utf-8"))
    ]

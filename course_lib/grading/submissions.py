"""How a class hands its notebooks in: in folders, zipped or not, by any name, and as Moodle and Canvas pack them.

Nothing is unpacked onto the disk: a zip is read where it lies, so what its paths say does no harm.
"""

import io
import json
import re
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ..checks import TITLES

LARGEST = 40_000_000  # bytes of one file; a lesson with all its pictures has two million
DEEPEST = 3  # zips inside zips
MOST = 5000  # files in one zip

UNITS = "lesson|week|unit|sheet|homework|assignment"
# "Anna Meier_1234567_assignsubmission_file_", a folder, or with the file's name behind it.
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_file_?.*", re.DOTALL)
# "meieranna_LATE_1234_56789_my notebook.ipynb": the user's number, then the file's.
CANVAS = re.compile(rf"(?!{UNITS})(?P<name>[^\d_][^_]*)_(?:LATE_)?(?P<number>\d+)_\d+_.+", re.DOTALL)
LESSONS = [re.sub(r"\W+", "_", title).lower() for title in ("00 Outline", *TITLES.values())]
LESSON = re.compile(rf"(?:{'|'.join(LESSONS)})", re.IGNORECASE)
ABOUT_A_LESSON = re.compile(rf"(?:{UNITS})?[ _-]*\d\d?|{LESSON.pattern}", re.IGNORECASE)
COPY = re.compile(r"[ _-]*(?:\(\d+\)|copy\d*)$", re.IGNORECASE)
LEFT_OUT = re.compile(r"\.|__MACOSX$|__pycache__$|course-progress\.json$")


@dataclass(frozen=True)
class Learner:
    """Whose a file is. system, number: of the place it was downloaded from, both "" elsewhere."""

    name: str
    system: str = ""
    number: str = ""


@dataclass(frozen=True)
class Submission:
    """A file that was handed in. saved: when, in seconds since 1970. code: its code cells; text: all its cells.

    fault: why it is no notebook, "" where it is one.
    """

    learner: Learner
    file: str
    saved: float
    code: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    fault: str = ""


class Unreadable(Exception):
    """A file that is no notebook. Says why."""


def collect(place: Path) -> list[Submission]:
    """Every file in a folder, or in a zip, as a submission; sorted by path."""
    found = sorted(_files(place))
    shared = _shared([parts for parts, *_ in found])
    return [Submission(learner(parts[shared:]), "/".join(parts), *rest) for parts, *rest in found]


def _files(place):
    """(path as parts, time, code, text, fault) of each file."""
    if place.is_file():
        yield from _read((place.name,), place.stat().st_mtime, lambda: place.open("rb"))
        return
    for path in place.rglob("*"):
        parts = path.relative_to(place).parts
        if any(LEFT_OUT.match(part) for part in parts):
            continue
        if path.is_symlink():
            yield parts, 0.0, (), (), "a link to another file: hand in the file itself"
        elif path.is_file():
            yield from _read(parts, path.stat().st_mtime, lambda path=path: path.open("rb"))


def _read(parts, saved, opened, depth=0):
    """A file, or the files in it where it is a zip."""
    try:
        with opened() as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise Unreadable(f"larger than {LARGEST // 1_000_000} MB: clear its outputs")
        if parts[-1].lower().endswith(".zip"):
            return list(_zipped(parts, content, depth))
        return [(parts, saved, *cells(content), "")]
    except Unreadable as fault:
        return [(parts, saved, (), (), str(fault))]
    except (OSError, zipfile.BadZipFile, RuntimeError, ValueError, EOFError):
        return [(parts, saved, (), (), "cannot be read: damaged, or locked by a password")]


def _zipped(parts, content, depth):
    archive = zipfile.ZipFile(io.BytesIO(content))
    if depth == DEEPEST or len(archive.infolist()) > MOST:
        raise Unreadable(f"a zip inside of {DEEPEST} others, or of more than {MOST} files")
    for entry in archive.infolist():
        inside = tuple(part for part in re.split(r"[/\\]", entry.filename) if part not in ("", ".", ".."))
        if inside and not entry.is_dir() and not any(LEFT_OUT.match(part) for part in inside):
            yield from _read((*parts, *inside), _when(entry), lambda entry=entry: archive.open(entry), depth + 1)


def _when(entry):
    try:
        return time.mktime((*entry.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


def cells(content: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The code cells of a notebook, and all its cells. Unreadable where the file is none."""
    if not content.strip():
        raise Unreadable("an empty file")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
        # Before 2014, format 3 kept the cells in a worksheet, and code in `input`.
        found = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        text = tuple((cell["cell_type"], "".join(cell.get("source", cell.get("input", "")))) for cell in found)
    except UnicodeDecodeError:
        raise Unreadable("no notebook: it is not text in UTF-8") from None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        cut = content.lstrip()[:1] == b"{" and content.rstrip()[-1:] != b"}"
        raise Unreadable("no notebook: its end is missing" if cut else "no notebook") from None
    return tuple(source for kind, source in text if kind == "code"), tuple(source for _, source in text)


def learner(parts: tuple[str, ...]) -> Learner:
    """Whose a file is, by its path: as Moodle or Canvas write it, else its folder, else its own name."""
    for part in parts:
        if match := MOODLE.fullmatch(part):
            return Learner(match["name"], "Moodle", match["number"])
    if match := CANVAS.fullmatch(parts[-1]):
        return Learner(match["name"], "Canvas", match["number"])
    folders = [part.removesuffix(".zip") for part in parts[:-1] if not ABOUT_A_LESSON.fullmatch(part)]
    return Learner(folders[0] if folders else _own_name(parts) or Path(parts[-1]).stem)


def _own_name(parts):
    """What a file's name says besides the lesson: "01_what_is_momentum_anna (1).ipynb" says anna."""
    return COPY.sub("", LESSON.sub("", Path(parts[-1]).stem)).strip(" _-")


def _shared(paths):
    """How many folders or zips lie around all files, and are no learner's."""
    shared = 0
    while paths and _is_around_all(paths, shared):
        shared += 1
    return shared


def _is_around_all(paths, k):
    outer = paths[0][k]
    if MOODLE.fullmatch(outer) or not all(len(path) > k + 1 and path[k] == outer for path in paths):
        return False
    named = all(len(path) > k + 2 or _own_name(path) for path in paths)
    return named and (outer.lower().endswith(".zip") or any(len(path) > k + 2 for path in paths))

"""The learner's own copies of the lessons, in work/ or the folder COURSE_WORK names, and JupyterLab on them.

    python scripts/workspace.py lab [options of JupyterLab]
    python scripts/workspace.py copy
    python scripts/workspace.py fresh 01

A copy is made when it is missing and never overwritten, so updating the course cannot touch anyone's
answers. Outputs are left out of the copies: a learner predicts before the result is on the screen.
"""

import argparse
import datetime
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ".versions.json"  # in work/: which version of each lesson a copy was made from


NOT_WRITTEN = """{work} cannot be written to ({reason}). Name a folder of your own for your copies of the lessons, for
example: COURSE_WORK=~/momentum make lab"""


def fault(notebook: Path) -> str:
    """What is wrong with a file that should be a notebook, to be said after its name; "" when it is one."""
    try:
        text = notebook.read_text(encoding="utf-8")
        if all(cell["cell_type"] for cell in json.loads(text)["cells"]):
            return ""
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    except UnicodeDecodeError:
        return "is not in UTF-8"
    except (ValueError, TypeError, KeyError):
        if not text.strip():
            return "is empty"
        if text.startswith("\ufeff"):
            return "begins with a byte-order mark, which some editors write"
        if re.search("^<{7} ", text, re.MULTILINE):
            return "holds both versions of a conflict that git did not solve"
    return "is no notebook"


def bring_back(lesson: Path) -> str:
    """The command that brings a lesson back as the course has it; what is in the file now may be someone's work."""
    name = f"notebooks/{lesson.name}"
    return f"mv {name} {name}.damaged && git checkout HEAD -- {name}"


def home(root: Path) -> Path:
    """The folder of the learner's copies."""
    return Path(os.environ.get("COURSE_WORK") or root / "work").expanduser().absolute()


def without_outputs(notebook: dict) -> dict:
    """The notebook with its code cells as if never run."""
    fresh = {"execution_count": None, "outputs": []}
    cells = [cell | fresh if cell["cell_type"] == "code" else cell for cell in notebook["cells"]]
    return notebook | {"cells": cells}


def learner_text(lesson: Path) -> str:
    """The text of a lesson's copy. Its hash is the lesson's version: outputs do not count."""
    notebook = json.loads(lesson.read_text(encoding="utf-8"))
    return json.dumps(without_outputs(notebook), indent=1, ensure_ascii=False) + "\n"


def version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_versions(work: Path) -> dict[str, str]:
    """Lesson file name to version; empty when the file is missing or damaged."""
    try:
        return dict(json.loads((work / VERSIONS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def lessons_in(notebooks: Path) -> list[Path]:
    return sorted(notebooks.glob("[0-9][0-9]_*.ipynb"))


def sound_lessons(notebooks: Path) -> list[Path]:
    return [lesson for lesson in lessons_in(notebooks) if not fault(lesson)]


def damaged(notebooks: Path, work: Path) -> Iterator[tuple[str, str]]:
    """Of each lesson and each copy that is no notebook: what is wrong, and the command that mends it."""
    for lesson in lessons_in(notebooks):
        if what := fault(lesson):
            yield f"{lesson} {what}", bring_back(lesson)
        copy = work / lesson.name
        if copy.exists() and (what := fault(copy)):
            yield f"{copy} {what}; the command for a new one keeps it", f"make fresh LESSON={lesson.name[:2]}"


def newer_lessons(notebooks: Path, work: Path) -> list[str]:
    """Names of the lessons that have changed since their copy in work/ was made."""
    versions = read_versions(work)
    return [
        lesson.name
        for lesson in sound_lessons(notebooks)
        if (work / lesson.name).exists() and versions.get(lesson.name) != version(learner_text(lesson))
    ]


def copy_missing(notebooks: Path, work: Path) -> list[str]:
    """Copy the lessons that work/ does not have yet; return their names."""
    work.mkdir(parents=True, exist_ok=True)
    versions, copied = read_versions(work), []
    for lesson in sound_lessons(notebooks):
        text = learner_text(lesson)
        try:
            with (work / lesson.name).open("x", encoding="utf-8", newline="\n") as copy:
                copy.write(text)
        except FileExistsError:
            continue
        versions[lesson.name] = version(text)
        copied.append(lesson.name)
    if copied:
        (work / VERSIONS).write_text(json.dumps(versions, indent=1) + "\n", encoding="utf-8")
    return copied


def find_lesson(notebooks: Path, wanted: str) -> Path:
    """The lesson with that number or file name; otherwise a ValueError that lists what there is."""
    number = wanted.zfill(2) if wanted.isdecimal() else None
    for lesson in lessons_in(notebooks):
        if wanted in (lesson.name, lesson.stem) or lesson.name[:2] == number:
            return lesson
    known = ", ".join(lesson.name[:2] for lesson in lessons_in(notebooks)) or "none"
    raise ValueError(f"There is no lesson '{wanted}'; lessons: {known}. Example: make fresh LESSON=01")


def put_aside(copy: Path, today: str) -> Path:
    """Rename a copy to a dated name that is still free, and return that name."""
    names = [today, *(f"{today}-{k}" for k in range(2, 1000))]
    free = next(path for name in names if not (path := copy.with_stem(f"{copy.stem}-{name}")).exists())
    return copy.rename(free)


def has_display(platform: str, environ: dict[str, str]) -> bool:
    """Whether a browser window can open. Only Linux and its relatives may lack a screen."""
    return platform in ("darwin", "win32") or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def lab_arguments(work: Path, first: str | None, extra: list[str], *, root: bool, display: bool) -> list[str]:
    """JupyterLab's command line: on this computer only, quiet, at the first lesson.

    An option given by the user replaces ours of the same name.
    """
    ours = [
        f"--ServerApp.root_dir={work}",
        f"--LabApp.default_url=/lab{f'/tree/{first}' if first else ''}",
        f"--LabApp.app_settings_dir={ROOT / 'scripts' / 'lab_settings'}",  # no question about news
        "--ServerApp.answer_yes=True",  # the first Ctrl-C ends it
        "--LabApp.log_level=ERROR",  # what remains of the messages is the address
        "--ServerApp.log_level=ERROR",
        "--KernelManager.transport_encryption=auto",  # without it every kernel warns of eavesdropping
        "--ip=localhost",
        *(["--allow-root"] if root else []),
        *([] if display else ["--no-browser"]),
    ]
    given = {option.split("=")[0] for option in extra}
    return [option for option in ours if option.split("=")[0] not in given] + extra


def report(notebooks: Path, work: Path) -> None:
    """Copy what is missing, and say what was copied, what has a newer version and what cannot be read."""
    for what, mend in damaged(notebooks, work):
        print(f"{what}. What mends it: {mend}")
    copied = copy_missing(notebooks, work)
    if copied:
        print(f"New in {work.name}/, yours to change: {', '.join(copied)}")
    for name in newer_lessons(notebooks, work):
        print(f"{name} has a newer version. To get it (yours is kept): make fresh LESSON={name[:2]}")


def fresh(notebooks: Path, work: Path, wanted: str) -> None:
    """Give the learner the newest version of one lesson; their own copy keeps a dated name.

    ValueError where there is no such lesson, or only a damaged one.
    """
    lesson = find_lesson(notebooks, wanted)
    if what := fault(lesson):
        raise ValueError(f"{lesson} {what}. What mends it: {bring_back(lesson)}")
    copy = work / lesson.name
    if copy.exists():
        print(f"Yours is now {put_aside(copy, datetime.date.today().isoformat()).name}")
    report(notebooks, work)


WIDGET = "application/vnd.jupyter.widget-view+json"


def without_dead_figures(notebook: dict) -> bool:
    """Leave figures whose kernel has ended their picture alone, in place; whether there were any.

    JupyterLab would try to show the widget, and say "model not found" instead of the picture that is stored beside it.
    """
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    dead = [output["data"] for output in outputs if {WIDGET, "image/png"} <= set(output.get("data", {}))]
    for data in dead:
        del data[WIDGET]
    return bool(dead)


def show_pictures(work: Path) -> None:
    """In the learner's notebooks, before JupyterLab opens them: `without_dead_figures`, trusted as they were."""
    from nbformat import reads, sign  # here, since only JupyterLab's environment has it

    notary = sign.NotebookNotary()
    with closing(notary.store):
        for path in lessons_in(work):
            if fault(path) or not os.access(path, os.W_OK):
                continue
            before = path.read_text(encoding="utf-8")
            notebook = json.loads(before)
            if not without_dead_figures(notebook):
                continue
            new = path.with_suffix(".new")
            after = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
            new.write_text(after, encoding="utf-8", newline="\n")
            new.replace(path)  # at once: an interrupt leaves the one or the other
            if notary.check_signature(reads(before, as_version=4)):
                notary.sign(reads(after, as_version=4))


def is_open(work: Path) -> bool:
    """Whether a server shows this folder already; its figures may be alive."""
    from jupyter_server.serverapp import list_running_servers

    return any(Path(server["root_dir"]) == work.resolve() for server in list_running_servers())


def start_lab(work: Path, first: str | None, extra: list[str]) -> None:
    # A kernel installed for the whole user must not stand in for the one of this environment.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    print("Starting JupyterLab; Ctrl-C here ends it.", flush=True)
    if not is_open(work):
        show_pictures(work)
    from jupyterlab.labapp import LabApp  # takes seconds on a busy computer

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    display = has_display(sys.platform, dict(os.environ))
    LabApp.launch_instance(lab_arguments(work, first, extra, root=root, display=display))


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Your own copies of the lessons.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("lab", help="copy what is missing and open JupyterLab", add_help=False)
    commands.add_parser("copy", help="copy what is missing, and open nothing")
    commands.add_parser("fresh", help="a new copy of one lesson").add_argument("lesson")
    given, extra = parser.parse_known_args(argv)
    notebooks, work = ROOT / "notebooks", home(ROOT)
    try:
        if given.command == "fresh":
            fresh(notebooks, work, given.lesson)
        else:
            report(notebooks, work)
    except ValueError as error:
        print(error)
        return 1
    except OSError as error:
        print(NOT_WRITTEN.format(work=work, reason=error.strerror))
        return 1
    if given.command == "lab":
        first = next((lesson.name for lesson in lessons_in(notebooks) if (work / lesson.name).exists()), None)
        start_lab(work, first, extra)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

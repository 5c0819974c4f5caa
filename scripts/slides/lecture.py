"""Pages of a lecture: a headline, the one thing to look at, and few words. What the lesson says in prose is said.

The cell that starts a slide has `stage` in its metadata: what to ask and what to move; the plan of a lecture says it,
too, see `plan`. A cell makes a page when its metadata has `slide`, a dict of which all but the title may be left out:

title     the headline, which states the message (Markdown, as all words here)
words     what stands beside; WORDS at most, with those inside of a figure
show      what the cell shows; without it the first of SHOWN that it has
lines     [first, last] of its code, if that is shown
controls  names of the quantities of a live figure that can be moved; the others are folded away
tell      names of the sentences that stay below a live figure
answer    what stands beside the answer to a question, or is the answer where there are no letters
"""

import re
from dataclasses import dataclass, field

from course_lib import checks
from course_lib.checks.exercises import Choice
from scripts.notebooks import tags
from scripts.slides import places
from scripts.slides.render import code, inline, outputs, prose

WORDS = 30
OPTION = 10  # words of an option
CODE = 8  # lines
SHOWN = ("options", "figure", "picture", "equation", "nothing")
KEYS = {"title", "words", "show", "lines", "controls", "tell", "answer"}


@dataclass
class Page:
    id: str
    title: str  # HTML
    slide: str  # id of the slide it belongs to, for the clock
    minutes: float
    part: str = ""  # number of the lesson, on its first page
    kind: str = "nothing"  # of what it shows: see SHOWN; also code, printed, table, list
    shown: str = ""  # HTML
    words: str = ""  # HTML
    answer: str = ""  # HTML, with a key
    figure: dict = field(default_factory=dict)  # what of a live figure stays: controls, tell
    notes: list[str] = field(default_factory=list)  # HTML, for the lecturer


def pages(notebook, name: str, lecture: str) -> list[Page]:
    """Those of a lesson in a lecture. name: of the lesson, for ids. ValueError where a slide has no page."""
    made, waiting, slide, inside = [], [], None, False
    for k, cell in enumerate(notebook.cells):
        if places.starts_slide(cell):
            refuse_unseen(slide, made)
            inside = places.belongs(cell, lecture)
            slide = cell if inside else None
            waiting = [markdown(cell.metadata.get("stage", ""))]
        if not inside or tags(cell) & {"setup", "stub", "check", "solution"}:
            continue
        if "slide" in cell.metadata:
            made.append(page(cell, slide, name, notebook.cells[k + 1 :]))
            made[-1].notes += waiting
            waiting = []
        spoken = made[-1].notes if made and made[-1].slide == f"{name}-{slide.id}" else waiting
        spoken += said(cell, name)
    refuse_unseen(slide, made)
    return made


def refuse_unseen(slide, made: list[Page]) -> None:
    if slide and not (made and made[-1].slide.endswith(f"-{slide.id}")):
        raise ValueError(f"{slide.id} starts a slide of a lecture, and no cell of it has `slide` in its metadata")


def page(cell, slide, name: str, following) -> Page:
    told = cell.metadata.slide
    if unknown := set(told) - KEYS or ({"title"} - set(told)):
        raise ValueError(f"the slide of {cell.id} has a title and may have {sorted(KEYS)}; here {sorted(unknown)}")
    kind, shown = show(cell, name, following)
    return Page(
        f"{name}-{cell.id}",
        inline(told["title"]),
        f"{name}-{slide.id}",
        slide.metadata.minutes,
        name if cell.source.startswith("# ") else "",
        kind,
        shown,
        words=markdown(told.get("words", "")),
        answer=markdown(told.get("answer", "")),
        figure={key: told.get(key, []) for key in ("controls", "tell")},
    )


def show(cell, name: str, following) -> tuple[str, str]:
    """What a cell shows, and its kind."""
    parts = {"nothing": ""} | shown_parts(cell, name, following)
    wanted = cell.metadata.slide.get("show") or next(kind for kind in SHOWN if kind in parts)
    if wanted not in parts:
        raise ValueError(f"{cell.id} has no {wanted} to show; it has {', '.join(parts)}")
    return wanted, parts[wanted]


def shown_parts(cell, name: str, following) -> dict[str, str]:
    if cell.cell_type == "code":
        first, last = cell.metadata.slide.get("lines", (1, CODE))
        lines = re.sub(r"  # .*$", "", "\n".join(cell.source.splitlines()[first - 1 : last]), flags=re.M)  # is said
        units = [code(lines), *outputs(cell, name)]
    else:
        units = prose(cell.source, titled=True)
    parts = {}
    for unit in units:
        parts[unit.kind] = parts.get(unit.kind, "") + unit.html
    if "list" in parts and "exercise" in tags(cell):
        parts["options"] = options(parts["list"], right_letter(following))
    return parts


def right_letter(following) -> str:
    """Of the exercise whose check comes next."""
    check = next((cell for cell in following if "check" in tags(cell)), None)
    asked = check and re.match(r"checks\.(\w+)\(", check.source)
    exercise = asked and getattr(checks, asked[1], None)
    return exercise.right if isinstance(exercise, Choice) else ""


def options(html: str, right: str) -> str:
    """The options of a question as large rows."""
    rows = re.findall(r"<li>\s*<strong>(\w)</strong>:?\s*(.*?)</li>", html, flags=re.S)
    return "".join(
        f"<li{' class=right' if letter == right else ''}><b>{letter}</b><span>{text.strip()}</span></li>"
        for letter, text in rows
    )


def said(cell, name: str) -> list[str]:
    """What a cell brings to the notes: its prose; and what it has printed."""
    if cell.cell_type == "markdown":
        units = prose(cell.source, titled=True)
    else:
        units = [unit for unit in outputs(cell, name) if unit.kind == "printed"]
    return [f'<div class="unit {unit.kind}">{unit.html}</div>' for unit in units]


def markdown(text: str) -> str:
    return "".join(unit.html for unit in prose(text))

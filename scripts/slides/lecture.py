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
from html import escape
from itertools import pairwise

from course_lib import checks
from course_lib.checks.exercises import Choice
from scripts.notebooks import tags
from scripts.slides import places
from scripts.slides.render import code, inline, outputs, prose
from scripts.website.source import asked

TITLE = "Momentum in Machine Learning"
WORDS = 30
OPTION = 10  # words of an option
CODE = 8  # lines
SHOWN = ("options", "figure", "picture", "equation", "nothing")
KEYS = {"title", "words", "show", "lines", "controls", "tell", "answer"}
PAGE = """\
<section class="{kind}" id="{id}" data-minutes="{minutes:g}" data-until="{until:g}"{part}>{head}\
<div class="body">{body}</div><aside class="notes">{notes}</aside></section>"""


def sections(lessons: dict, name: str) -> list[str]:
    """All pages of a lecture as HTML, between a cover and one for questions. ValueError where a slide has no page."""
    made = [cover("start", TITLE, called(name), 0, 0)]
    for at, number, slide in places.timetable(lessons, name):
        made += pages(slide, number, at + slide[0].metadata.minutes)
    rest = places.left(lessons, name)
    words = f"{rest:g} minute{' is' if rest == 1 else 's are'} left for them"
    return [*made, cover("questions", "Questions", words, rest, places.LECTURES[name])]


def called(name: str) -> str:
    length = places.LECTURES[name]
    return f"a lecture of {length} minutes" if name == str(length) else f"{name}, {length} minutes"


def cover(name: str, title: str, words: str, minutes: float, until: float) -> str:
    return PAGE.format(
        kind="page cover",
        id=name,
        minutes=minutes,
        until=until,
        part="",
        head=f"<h1>{escape(title)}</h1>",
        body=f'<p class="subtitle">{escape(words)}</p>',
        notes="",
    )


def pages(slide: list, number: str, until: float) -> list[str]:
    """Those of a slide. number: of the lesson; until: the minute at which the slide ends."""
    shown = [k for k, cell in enumerate(slide) if "slide" in cell.metadata]
    if not shown:
        raise ValueError(f"{slide[0].id} starts a slide of a lecture, and no cell of it has `slide` in its metadata")
    made = []
    for k, (start, end) in zip(shown, pairwise([0, *shown[1:], len(slide)]), strict=True):
        cell, notes = slide[k], "".join(map(said, slide[start:end]))
        made.append(
            PAGE.format(
                kind="page",
                id=f"{number}-{cell.id}",
                minutes=slide[0].metadata.minutes,
                until=until,
                part=f' data-part="{number}"' if cell.source.startswith("# ") else "",
                notes=notes,
                **seen(cell, slide[k:], f"{number}-{cell.id}"),
            )
        )
    return made


def seen(cell, following, name: str) -> dict[str, str]:
    """The headline; and the thing to look at, what is told beside, what comes with a key."""
    told = cell.metadata.slide
    if unknown := set(told) - KEYS or ({"title"} - set(told)):
        raise ValueError(f"the slide of {cell.id} has a title and may have {sorted(KEYS)}; here {sorted(unknown)}")
    kind, shown = show(cell, following)
    words, answer = (markdown(told.get(part, "")) for part in ("words", "answer"))
    if kind == "options":
        body = f'<span class="fragment key" data-fragment-index="0"></span><ol class="options">{shown}</ol>'
    else:
        body = f'<div class="shown {kind}">{shown}</div>' if shown else ""
    body += f'<div class="words">{words}</div>' if words else ""
    body += f'<div class="words fragment" data-fragment-index="0">{answer}</div>' if answer else ""
    folded = folding(name, told) if kind == "figure" else ""
    return {"head": f"<h2>{inline(told['title'])}</h2>{folded}", "body": body}


def folding(name: str, told) -> str:
    """The style that folds away what of a live figure is not used; a key unfolds it."""
    kept = {".live-row": told.get("controls", []), ".live-words li": told.get("tell", [])}
    rules = [
        f'[id="{name}"]:not(.unfolded) {part}' + "".join(f':not([data-name="{one}"])' for one in names)
        for part, names in kept.items()
    ]
    return f"<style>{', '.join(rules)} {{ display: none; }}</style>"


def show(cell, following) -> tuple[str, str]:
    """What a cell shows, and its kind."""
    if cell.cell_type == "code":
        first, last = cell.metadata.slide.get("lines", (1, CODE))
        lines = re.sub(r"  # .*$", "", "\n".join(cell.source.splitlines()[first - 1 : last]), flags=re.M)  # is said
        units = [code(lines), *outputs(cell)]
    else:
        units = prose(cell.source, titled=True)
    parts = {"nothing": ""}
    for unit in units:
        parts[unit.kind] = parts.get(unit.kind, "") + unit.html
    if "list" in parts and "exercise" in tags(cell):
        parts["options"] = options(parts["list"], right_letter(following))
    wanted = cell.metadata.slide.get("show") or next(kind for kind in SHOWN if kind in parts)
    if wanted not in parts:
        raise ValueError(f"{cell.id} has no {wanted} to show; it has {', '.join(parts)}")
    return wanted, parts[wanted]


def right_letter(following) -> str:
    """Of the exercise whose check comes next."""
    exercise = getattr(checks, next(filter(None, map(asked, following)), ""), None)
    return exercise.right if isinstance(exercise, Choice) else ""


def options(html: str, right: str) -> str:
    """The options of a question as large rows."""
    rows = re.findall(r"<li>\s*<strong>(\w)</strong>:?\s*(.*?)</li>", html, flags=re.S)
    return "".join(
        f"<li{' class=right' if letter == right else ''}><b>{letter}</b><span>{text.strip()}</span></li>"
        for letter, text in rows
    )


def said(cell) -> str:
    """What a cell brings to the notes: what to do on stage, its prose, and what it has printed."""
    if tags(cell) & {"setup", "stub", "check", "solution"}:
        return ""
    if cell.cell_type == "markdown":
        units = prose(cell.source, titled=True)
    else:
        units = [unit for unit in outputs(cell) if unit.kind == "printed"]
    return markdown(cell.metadata.get("stage", "")) + "".join(unit.inside() for unit in units)


def markdown(text: str) -> str:
    return "".join(unit.html for unit in prose(text))

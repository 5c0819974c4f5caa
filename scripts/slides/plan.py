"""The plans of the lectures in docs/teaching.md, from what the lessons' cells say: clock, minutes, and what to do."""

import re

from scripts.slides import places

HEADINGS = {
    "15": "The lecture of 15 minutes",
    "45": "The lecture of 45 minutes",
    "90": "The lecture of 90 minutes",
    "today": 'The lecture "today"',
}
LAST = "See *Typical questions* below."


def written(text: str, lessons: dict) -> str:
    """The page with today's plans. lessons: number -> notebook."""
    for name, heading in HEADINGS.items():
        table = re.compile(rf"(?<=^## {re.escape(heading)}$)(.*?)^\|.*?(?=^(?!\|)|\Z)", re.M | re.S)
        found = table.search(text)
        if not found:
            raise ValueError(f"there is no table below the heading {heading!r}")
        text = text[: found.start()] + found[1] + plan(name, lessons) + text[found.end() :]
    return text


def plan(name: str, lessons: dict) -> str:
    """A table with a row for each slide of a lecture."""
    rows, passed = [], 0.0
    for number, notebook in sorted(lessons.items()):
        for cell in notebook.cells:
            if places.starts_slide(cell) and places.belongs(cell, name):
                rows.append((passed, cell.metadata.minutes, f"{number} `{cell.id}`", cell.metadata.get("stage", "")))
                passed += cell.metadata.minutes
    rows.append((passed, places.LECTURES[name] - passed, "questions", LAST))
    lines = [f"| {clock(at)} | {minutes:g} | {slide} | {stage} |" for at, minutes, slide, stage in rows]
    return "\n".join(["| clock | minutes | slide | on stage |", "|---|---|---|---|", *lines]) + "\n"


def clock(minutes: float) -> str:
    return f"{int(minutes)}:{round(minutes % 1 * 60):02d}"

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
    lines = ["| clock | minutes | slide | on stage |", "|---|---|---|---|"]
    for at, number, (first, *_) in places.timetable(lessons, name):
        lines.append(row(at, first.metadata.minutes, f"{number} `{first.id}`", first.metadata.get("stage", "")))
    rest = places.left(lessons, name)
    return "\n".join([*lines, row(places.LECTURES[name] - rest, rest, "questions", LAST)]) + "\n"


def row(at: float, minutes: float, slide: str, stage: str) -> str:
    return f"| {int(at)}:{round(at % 1 * 60):02d} | {minutes:g} | {slide} | {stage} |"

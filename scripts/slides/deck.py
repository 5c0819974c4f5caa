"""Slides of a lesson, to be read: a title, and all that its cells hold, in their order. For lectures see `lecture`."""

from scripts.notebooks import tags
from scripts.slides import places
from scripts.slides.render import Unit, code, heading, outputs, prose

SLIDE = """\
<section class="flow" id="{id}" data-minutes="{minutes:g}" data-until="{until:g}"{below}>
<{level}>{title}</{level}>
{units}
<aside>{notes}</aside>
</section>"""


def sections(notebook, number: str) -> list[str]:
    """Each slide as HTML, which deck.js cuts into as many pages as it takes. number: of the lesson, for ids."""
    made, title, until = [], "", 0
    for slide in places.slides(notebook):
        first = slide[0]
        title, minutes = heading(first) or title, first.metadata.get("minutes", 0)
        until += minutes
        units, notes = contents(slide)
        # Deeper and exercises lie below the main line.
        below = places.slide_type(first) == "subslide" and tags(first) & {"deeper", "exercise"}
        made.append(
            SLIDE.format(
                id=f"{number}-{first.id}",
                minutes=minutes,
                until=until,
                below=" data-below" if below else "",
                level="h2" if made else "h1",
                title=title,
                units="\n".join(unit.inside() for unit in units),
                notes="".join(f"<div>{unit.html}</div>" for unit in notes),
            )
        )
    return made


def contents(slide) -> tuple[list[Unit], list[Unit]]:
    """What the cells of a slide bring to it, and to the lecturer's notes."""
    units, notes = [], []
    for cell in slide:
        kind = places.slide_type(cell)
        if kind == "notes":
            notes += prose(cell.source)
        elif kind != "skip" and not tags(cell) & {"setup", "check"}:
            units += text(cell, units, cell is slide[0]) if cell.cell_type == "markdown" else code_and_outputs(cell)
    return units, notes


def text(cell, before: list[Unit], titled: bool) -> list[Unit]:
    """The words of a cell; slanted ones that come after a picture are about it."""
    units = prose(cell.source, titled=titled)
    if before and before[-1].kind in ("picture", "figure", "printed"):
        for unit in units:
            unit.kind = "caption" if unit.html.startswith("<p><em>") else unit.kind
    return units


def code_and_outputs(cell) -> list[Unit]:
    """Without code that only calls a live figure or a page of one's progress."""
    made = outputs(cell)
    calls = any(unit.kind == "figure" for unit in made) or (cell.outputs and not made)
    if calls or not cell.source.strip():
        return made
    return [code(cell.source, keep=bool(made) and made[0].kind == "printed"), *made]

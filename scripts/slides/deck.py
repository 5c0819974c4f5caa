"""Slides from the cells of a lesson: a title, units to look at in their order, and what is said."""

from dataclasses import dataclass, field

from scripts.notebooks import solutions, tags
from scripts.slides import places
from scripts.slides.places import slide_type
from scripts.slides.render import Unit, code, heading, outputs, prose


@dataclass
class Slide:
    """What one cell and those after it make. A browser cuts it into as many pages as it takes; see deck.js."""

    id: str
    title: str  # HTML
    units: list[Unit] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # HTML, for the lecturer
    minutes: float = 0
    below: bool = False  # Deeper and exercises lie below the main line


def slides(notebook, name: str, lecture: int | None = None) -> list[Slide]:
    """Those of a lesson; with a lecture, those that belong to it, without what only a reader needs.

    name: of the lesson, for ids.
    """
    made, title, shown = [], "", False
    unseen = hidden(notebook.cells, lecture)
    for cell in notebook.cells:
        kind = slide_type(cell)
        if kind == "skip" or "setup" in tags(cell):
            continue
        if kind == "notes":
            if made and shown:
                made[-1].notes += [unit.html for unit in prose(cell.source)]
            continue
        title = heading(cell) or title
        if places.starts_slide(cell):
            shown = lecture is None or places.belongs(cell, lecture)
            if shown:
                made.append(start(cell, name, title, lecture))
        if shown and cell.id not in unseen:
            add(made[-1], cell, name, lecture)
    return made


def hidden(cells, lecture: int | None) -> set[str]:
    """Ids of the cells that no slide shows: checks, and in a lecture stubs and solutions, too."""
    kinds = {"check", "stub"} if lecture else {"check"}
    return {cell.id for cell in cells if tags(cell) & kinds} | {cell.id for cell in solutions(cells) if lecture}


def start(cell, name: str, title: str, lecture: int | None) -> Slide:
    below = lecture is None and slide_type(cell) == "subslide" and bool(tags(cell) & {"deeper", "exercise"})
    return Slide(f"{name}-{cell.id}", title, minutes=cell.metadata.get("minutes", 0), below=below)


def add(slide: Slide, cell, name: str, lecture: int | None) -> None:
    """What a cell brings to a slide."""
    if cell.cell_type == "markdown":
        first = f"{name}-{cell.id}" == slide.id
        found = prose(cell.source, titled=first)
        after_picture = bool(slide.units) and slide.units[-1].kind in ("picture", "figure", "printed")
        for unit in found:
            if unit.kind == "text" and unit.caption and after_picture:
                unit.kind = "caption"
            unit.spoken = bool(lecture) and not first and unit.kind in ("text", "caption")
        slide.units += found
        return
    made = outputs(cell, name)
    if cell.source.strip() and not leaves_code_out(cell, made, lecture):
        slide.units.append(code(cell.source, keep=bool(made) and made[0].kind == "printed"))
    slide.units += made


def leaves_code_out(cell, made: list[Unit], lecture: int | None) -> bool:
    """Code that only calls a live figure or a page of one's progress; in a lecture, code that draws, too."""
    kinds = {unit.kind for unit in made}
    return "figure" in kinds or bool(cell.outputs and not made) or bool(lecture and "picture" in kinds)

"""Slides of a lesson, to be read: a title, and all that its cells hold, in their order. For lectures see `lecture`."""

from dataclasses import dataclass, field

from scripts.notebooks import tags
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


def slides(notebook, name: str) -> list[Slide]:
    """Those of a lesson. name: of the lesson, for ids."""
    made, title = [], ""
    for cell in notebook.cells:
        kind = slide_type(cell)
        if kind == "skip" or "setup" in tags(cell):
            continue
        if kind == "notes":
            if made:
                made[-1].notes += [unit.html for unit in prose(cell.source)]
            continue
        title = heading(cell) or title
        if places.starts_slide(cell):
            made.append(start(cell, name, title))
        if made and "check" not in tags(cell):
            add(made[-1], cell, name)
    return made


def start(cell, name: str, title: str) -> Slide:
    below = slide_type(cell) == "subslide" and bool(tags(cell) & {"deeper", "exercise"})
    return Slide(f"{name}-{cell.id}", title, minutes=cell.metadata.get("minutes", 0), below=below)


def add(slide: Slide, cell, name: str) -> None:
    """What a cell brings to a slide."""
    if cell.cell_type == "markdown":
        first = f"{name}-{cell.id}" == slide.id
        found = prose(cell.source, titled=first)
        after_picture = bool(slide.units) and slide.units[-1].kind in ("picture", "figure", "printed")
        for unit in found:
            if unit.kind == "text" and unit.caption and after_picture:
                unit.kind = "caption"
        slide.units += found
        return
    made = outputs(cell, name)
    if cell.source.strip() and not leaves_code_out(cell, made):
        slide.units.append(code(cell.source, keep=bool(made) and made[0].kind == "printed"))
    slide.units += made


def leaves_code_out(cell, made: list[Unit]) -> bool:
    """Code that only calls a live figure or a page of one's progress."""
    return any(unit.kind == "figure" for unit in made) or bool(cell.outputs and not made)

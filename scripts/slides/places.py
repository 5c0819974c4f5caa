"""Which slide belongs to which lecture, and for how many minutes. Both stand in the lesson: a tag, and `minutes`.

Three lectures are nested: what belongs to 15 minutes belongs to 45 and to 90, too. `today` stands by itself, and `more`
is in none of them.
"""

from pathlib import Path

from scripts import notebooks
from scripts.notebooks import tags

LECTURES = {"15": 15, "45": 45, "90": 90, "today": 15}  # name -> minutes
MORE = "more"
PLACES = {  # tag -> the lectures that have the slide
    "lecture-15": {"15", "45", "90"},
    "lecture-45": {"45", "90"},
    "lecture-90": {"90"},
    "lecture-today": {"today"},
    MORE: set(),
}
STARTS = ("slide", "subslide")


class PlaceError(Exception):
    """A place that cannot be given. Says why, in one sentence."""


def slide_type(cell) -> str:
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")


def starts_slide(cell) -> bool:
    return slide_type(cell) in STARTS


def has_slides(notebook) -> bool:
    """Whether there is a deck of it: a page to look things up in, such as the errata, has none."""
    return any(map(starts_slide, notebook.cells))


def belongs(cell, lecture: str) -> bool:
    """Whether the slide that starts with this cell is part of the lecture of this name."""
    return any(lecture in PLACES[tag] for tag in tags(cell) & PLACES.keys())


def minutes(notebook, lecture: str) -> float:
    """How long this lesson's slides take in a lecture."""
    return sum(cell.metadata.get("minutes", 0) for cell in notebook.cells if belongs(cell, lecture))


def complaints(notebook) -> list[str]:
    """Each slide has one place, a slide of a lecture has minutes, and nothing else has either."""
    found = []
    for cell in notebook.cells:
        places, time = sorted(tags(cell) & PLACES.keys()), cell.metadata.get("minutes")
        if not starts_slide(cell):
            found += [f"{cell.id} starts no slide, but has a place or minutes"] if places or time is not None else []
        elif len(places) != 1:
            found.append(f"{cell.id} starts a slide and must have one of {', '.join(PLACES)}; it has {places}")
        elif places == [MORE]:
            found += [f"{cell.id} is in no lecture, but has minutes"] if time is not None else []
        elif not is_time(time):
            found.append(f"{cell.id} is in a lecture and needs minutes in quarters, not {time!r}")
        elif "deeper" in tags(cell):
            found.append(f"{cell.id} is Deeper, and a lecture is the main line")
    return found


def is_time(time) -> bool:
    return isinstance(time, int | float) and not isinstance(time, bool) and time > 0 and time * 4 == int(time * 4)


def place(notebook, wanted: dict[str, str]) -> None:
    """Give slides their places: cell id -> "more", or "lecture-45:1.5", a tag and minutes. The others keep theirs.

    A slide that has no place yet and is not named is `more`. PlaceError names what cannot be done.
    """
    slides = {cell.id: cell for cell in notebook.cells if starts_slide(cell)}
    if unknown := sorted(set(wanted) - set(slides)):
        raise PlaceError(f"no slide starts with {', '.join(unknown)}; slides start with {', '.join(slides)}")
    for name, cell in slides.items():
        if name in wanted or not tags(cell) & PLACES.keys():
            _give(cell, *parsed(wanted.get(name, MORE)))


def parsed(text: str) -> tuple[str, float | None]:
    """("lecture-45", 1.5) of "lecture-45:1.5"."""
    tag, colon, time = text.partition(":")
    try:
        number = float(time) if colon else None
    except ValueError:
        number = None
    if tag not in PLACES or (tag == MORE) == bool(colon) or (colon and not is_time(number)):
        raise PlaceError(
            f"{text!r} is no place; write {MORE}, or a lecture and its minutes in quarters: lecture-45:1.5"
        )
    return tag, number


def _give(cell, tag: str, time: float | None) -> None:
    cell.metadata["tags"] = [*(t for t in cell.metadata.get("tags", []) if t not in PLACES), tag]
    cell.metadata.pop("minutes", None)
    if time is not None:
        cell.metadata["minutes"] = int(time) if time == int(time) else time


def place_in(path: Path, wanted: list[str]) -> str:
    """Write places, given as CELL=PLACE, into a lesson; returns its minutes in each lecture."""
    notebook = notebooks.read(path)
    place(notebook, dict(text.split("=", 1) if "=" in text else (text, "") for text in wanted))
    path.write_text(notebooks.text_of(notebook), encoding="utf-8", newline="\n")
    return summary(path.name, notebook)


def summary(name: str, notebook) -> str:
    each = ", ".join(f"{minutes(notebook, lecture):g} of {lecture}" for lecture in LECTURES)
    return f"{name}: minutes {each}"

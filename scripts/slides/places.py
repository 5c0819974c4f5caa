"""Which slide belongs to which lecture, and for how many minutes. Both stand in the lesson: a tag, and `minutes`.

Three lectures are nested: what belongs to 15 minutes belongs to 45 and to 90, too. `today` stands by itself, and `more`
is in none of them.
"""

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


def slide_type(cell) -> str:
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")


def starts_slide(cell) -> bool:
    return slide_type(cell) in ("slide", "subslide")


def slides(notebook) -> list[list]:
    """The cells of each slide: one that starts it, and all up to the next. A page to look things up in has none."""
    made = []
    for cell in notebook.cells:
        if starts_slide(cell):
            made.append([])
        if made:
            made[-1].append(cell)
    return made


def belongs(cell, lecture: str) -> bool:
    """Whether the slide that starts with this cell is part of the lecture of this name."""
    return any(lecture in PLACES[tag] for tag in tags(cell) & PLACES.keys())


def timetable(lessons: dict, lecture: str) -> list[tuple]:
    """(when it begins, number of the lesson, cells) of each slide of a lecture. lessons: name -> notebook."""
    rows, passed = [], 0.0
    for name, notebook in sorted(lessons.items()):
        for slide in slides(notebook):
            if belongs(slide[0], lecture):
                rows.append((passed, name[:2], slide))
                passed += slide[0].metadata.minutes
    return rows


def minutes(notebook, lecture: str) -> float:
    """How long this lesson's slides take in a lecture."""
    return sum(cell.metadata.get("minutes", 0) for cell in notebook.cells if belongs(cell, lecture))


def left(lessons: dict, lecture: str) -> float:
    """The minutes of a lecture that are left for questions."""
    return LECTURES[lecture] - sum(minutes(notebook, lecture) for notebook in lessons.values())


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
        elif not isinstance(time, int | float) or time <= 0 or time * 4 % 1:
            found.append(f"{cell.id} is in a lecture and needs minutes in quarters, not {time!r}")
        elif "deeper" in tags(cell):
            found.append(f"{cell.id} is Deeper, and a lecture is the main line")
    return found

"""A small lesson in German: what is found in a lesson is found by tags and metadata, never by English words."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

FOLDED = {"jp-MarkdownHeadingCollapsed": True}


def cell(text, name, *tags, kind="-", code=False, **metadata):
    made = (new_code_cell if code else new_markdown_cell)(text, id=name)
    made.metadata.update(tags=["main", *tags], slideshow={"slide_type": kind}, **metadata)
    return made


def lesson():
    exercise, more = ("exercise",), {"kind": "subslide"}
    cells = [
        cell(
            "# Was ist Schwung?\n\nEine Kugel rollt.",
            "titel",
            "lecture-15",
            kind="slide",
            minutes=1,
            slide={"title": "Was ist Schwung?"},
        ),
        cell("from course_lib import checks, labs", "aufbau", "setup", code=True),
        cell(
            "## Zwei Reisende\n\n**b** stimmt. Übrig bleibt die Frage. Danach öffne die Lösung.",
            "reisende",
            "lecture-15",
            kind="slide",
            minutes=2,
            slide={"title": "Zwei Reisende"},
            student=[[" Danach öffne die Lösung.", ""]],
        ),
        cell("labs.hill()", "huegel", code=True),
        cell("## Aufgabe: ein Schritt ★ 2 Minuten\n\nSchreibe ihn.", "aufgabe", *exercise, "more", **more),
        cell("schritt = ...", "aufgabe-stub", *exercise, "stub", code=True),
        cell("print('Prüfung')", "aufgabe-pruefung", *exercise, "check", code=True),
        cell("### Lösung: ein Schritt", "loesung", *exercise, "solution", **FOLDED),
        cell("So geht es.", "loesung-text", *exercise, "solution"),
        cell("solution_schritt = 0.1", "loesung-code", *exercise, "solution", code=True),
        cell("## Vertiefung: warum", "vertiefung", "more", **more, **FOLDED),
    ]
    cells[-1].metadata.tags[0] = "deeper"
    return new_notebook(cells=cells)

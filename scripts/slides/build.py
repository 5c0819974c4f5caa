"""The decks of all lessons and lectures, and the page that lists them, in one folder that works from disk."""

import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from html import escape
from pathlib import Path

import matplotlib
import nbformat

from scripts.shared import share
from scripts.slides import deck, lecture, places
from scripts.slides.render import HTML, heading, plain
from scripts.website import source

STATIC = Path(__file__).with_name("static")
FIGURES_FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
TITLE = "Momentum in Machine Learning"

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="reveal/reveal.css">
<link rel="stylesheet" href="code.css">
<link rel="stylesheet" href="deck.css">
<script src="reveal/reveal.js" defer></script>
<script src="deck.js" defer></script>
</head>
<body{lecture}>
<div class="reveal"><div class="slides">
{slides}
</div></div>
</body>
</html>
"""


@dataclass
class Lesson:
    name: str
    notebook: nbformat.NotebookNode

    @property
    def title(self) -> str:
        return next(filter(None, map(heading, self.notebook.cells)), escape(self.name))

    @property
    def number(self) -> str:
        return self.name[:2]


def run(lessons: list[Path], kept: Path) -> list[Lesson]:
    """The lessons that have slides, run with figures for them. Runs are kept in `kept` until lesson or code changes.

    LessonError if a lesson fails, ValueError if slides have no place.
    """
    lessons = [lesson for lesson in lessons if places.has_slides(nbformat.read(lesson, as_version=4))]
    refuse_without_places(lessons)
    with ProcessPoolExecutor(2) as pool:
        runs = source.runs(pool, lessons, kept, source.SLIDES)
        return [Lesson(lesson.stem, notebook) for lesson, notebook in zip(lessons, runs, strict=True)]


def build(target: Path, lessons: list[Lesson]) -> list[Path]:
    """All decks, and the page that lists them, in `target`; returns the decks."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(STATIC, target)
    for name in ("DejaVuSans.ttf", "LICENSE_DEJAVU"):
        shutil.copy(FIGURES_FONT / name, target / "fonts" / name)
    (target / "code.css").write_text(HTML.get_style_defs(".reveal pre"), encoding="ascii")
    decks = {f"{lesson.name}.html": lesson_deck(lesson) for lesson in lessons}
    decks |= {f"lecture-{name}.html": lecture_deck(lessons, name) for name in places.LECTURES}
    for name, html in decks.items():
        (target / name).write_text(html, encoding="utf-8")
    (target / "index.html").write_text(index(lessons), encoding="utf-8")
    share(target, "figures")
    return [target / name for name in decks]


def refuse_without_places(lessons: list[Path]) -> None:
    for lesson in lessons:
        if found := places.complaints(nbformat.read(lesson, as_version=4)):
            raise ValueError(f"{lesson.name}: {found[0]}. Give slides their places: python -m scripts.slides place")


def lesson_deck(lesson: Lesson) -> str:
    made = deck.slides(lesson.notebook, lesson.number)
    return page(plain(lesson.title), [section(slide, level=1 if k == 0 else 2) for k, slide in enumerate(made)])


def lecture_deck(lessons: list[Lesson], name: str) -> str:
    made = [made for lesson in lessons for made in lecture.pages(lesson.notebook, lesson.number, name)]
    rest = places.LECTURES[name] - sum(places.minutes(lesson.notebook, name) for lesson in lessons)
    first = cover("start", TITLE, called(name), 0)
    last = cover("questions", "Questions", f"{rest:g} minute{' is' if rest == 1 else 's are'} left for them", rest)
    return page(f"{TITLE}: {called(name)}", [first, *map(lecture_page, made), last], lecture=name)


def called(name: str) -> str:
    length = places.LECTURES[name]
    return f"a lecture of {length} minutes" if name == str(length) else f"{name}, {length} minutes"


def cover(name: str, title: str, words: str, minutes: float) -> str:
    start = f'<section class="page cover" id="{name}" data-slide="{name}" data-minutes="{minutes:g}">'
    body = f'<div class="body"><p class="subtitle">{escape(words)}</p></div>'
    return f'{start}<h1>{escape(title)}</h1>{body}<aside class="notes"></aside></section>'


def lecture_page(made: lecture.Page) -> str:
    """A headline, the thing to look at, what is told beside, what comes with a key; and what is said."""
    parts = [f'<div class="shown {made.kind}">{made.shown}</div>'] if made.kind != "nothing" else []
    if made.kind == "options":
        parts = [f'<span class="fragment key" data-fragment-index="0"></span><ol class="options">{made.shown}</ol>']
    parts += [f'<div class="words">{made.words}</div>'] if made.words else []
    parts += [f'<div class="words fragment" data-fragment-index="0">{made.answer}</div>'] if made.answer else []
    first = f' data-part="{made.part}"' if made.part else ""
    start = f'<section class="page" id="{made.id}" data-slide="{made.slide}" data-minutes="{made.minutes:g}"{first}>'
    folded = folding(made) if made.kind == "figure" else ""
    body = f'<div class="body">{"".join(parts)}</div>'
    return f'{start}<h2>{made.title}</h2>{folded}{body}<aside class="notes">{"".join(made.notes)}</aside></section>'


def folding(made: lecture.Page) -> str:
    """The style that folds away what of a live figure is not used; a key unfolds it."""
    kept = {
        ".live-row": made.figure["controls"],
        ".live-words li": made.figure["tell"],
    }
    rules = [
        f'[id="{made.id}"]:not(.unfolded) {part}' + "".join(f':not([data-name="{name}"])' for name in names)
        for part, names in kept.items()
    ]
    return f"<style>{', '.join(rules)} {{ display: none; }}</style>"


def section(slide: deck.Slide, level: int = 2) -> str:
    units = "\n".join(map(unit_html, slide.units))
    below = " data-below" if slide.below else ""
    notes = "".join(f"<div>{html}</div>" for html in slide.notes)
    start = f'<section class="flow" id="{slide.id}" data-minutes="{slide.minutes:g}"{below}>'
    return f"{start}\n<h{level}>{slide.title}</h{level}>\n{units}\n<aside>{notes}</aside>\n</section>"


def unit_html(unit) -> str:
    keep = " data-keep" if unit.keep else ""
    return f'<div class="unit {unit.kind}" data-kind="{unit.kind}"{keep}>{unit.html}</div>'


def page(title: str, sections: list[str], lecture: str | None = None) -> str:
    mark = f' data-lecture="{lecture}"' if lecture else ""
    return PAGE.format(title=escape(title), lecture=mark, slides="\n".join(sections))


def index(lessons: list[Lesson]) -> str:
    lectures = "".join(
        f'<li><a href="lecture-{name}.html">{called(name).capitalize()}</a>: {parts(lessons, name)}</li>'
        for name in places.LECTURES
    )
    decks = "".join(
        f'<li><a href="{lesson.name}.html">{lesson.number} {escape(plain(lesson.title))}</a></li>' for lesson in lessons
    )
    template = (STATIC / "index.html").read_text(encoding="utf-8")
    return template.replace("LECTURES", lectures).replace("LESSONS", decks)


def parts(lessons: list[Lesson], name: str) -> str:
    each = [(lesson, places.minutes(lesson.notebook, name)) for lesson in lessons]
    rest = places.LECTURES[name] - sum(minutes for _, minutes in each)
    told = [f"{escape(plain(lesson.title))} {minutes:g}" for lesson, minutes in each if minutes]
    return ", ".join([*told, f"questions {rest:g}"])

"""The decks of all lessons and lectures, and the page that lists them, in one folder that works from disk."""

import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from html import escape
from pathlib import Path

import matplotlib
import nbformat

from scripts.slides import deck, places
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
        runs = pool.map(source.run, lessons, [kept] * len(lessons), ["slides"] * len(lessons))
        return [
            Lesson(lesson.stem, nbformat.read(path, as_version=4)) for lesson, path in zip(lessons, runs, strict=True)
        ]


def build(target: Path, lessons: list[Lesson]) -> list[Path]:
    """All decks, and the page that lists them, in `target`; returns the decks."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(STATIC, target)
    for name in ("DejaVuSans.ttf", "LICENSE_DEJAVU"):
        shutil.copy(FIGURES_FONT / name, target / "fonts" / name)
    (target / "code.css").write_text(HTML.get_style_defs(".reveal pre"), encoding="ascii")
    decks = {f"{lesson.name}.html": lesson_deck(lesson) for lesson in lessons}
    decks |= {f"lecture-{length}.html": lecture_deck(lessons, length) for length in places.LECTURES}
    for name, html in decks.items():
        (target / name).write_text(html, encoding="utf-8")
    (target / "index.html").write_text(index(lessons), encoding="utf-8")
    return [target / name for name in decks]


def refuse_without_places(lessons: list[Path]) -> None:
    for lesson in lessons:
        if found := places.complaints(nbformat.read(lesson, as_version=4)):
            raise ValueError(f"{lesson.name}: {found[0]}. Give slides their places: python -m scripts.slides place")


def lesson_deck(lesson: Lesson) -> str:
    made = deck.slides(lesson.notebook, lesson.number)
    return page(plain(lesson.title), [section(slide, level=1 if k == 0 else 2) for k, slide in enumerate(made)])


def lecture_deck(lessons: list[Lesson], length: int) -> str:
    made = [slide for lesson in lessons for slide in deck.slides(lesson.notebook, lesson.number, length)]
    rest = length - sum(slide.minutes for slide in made)
    first = cover("start", TITLE, f"a lecture of {length} minutes", 0)
    last = cover("questions", "Questions", f"{rest:g} minutes are left for them", rest)
    return page(f"{TITLE}: {length} minutes", [first, *map(section, made), last], lecture=length)


def cover(name: str, title: str, words: str, minutes: float) -> str:
    unit = f'<div class="unit" data-kind="text"><p class="subtitle">{escape(words)}</p></div>'
    return (
        f'<section class="flow cover" id="{name}" data-minutes="{minutes:g}"><h1>{escape(title)}</h1>{unit}</section>'
    )


def section(slide: deck.Slide, level: int = 2) -> str:
    units = "\n".join(map(unit_html, slide.units))
    below = " data-below" if slide.below else ""
    notes = "".join(f"<div>{html}</div>" for html in slide.notes)
    start = f'<section class="flow" id="{slide.id}" data-minutes="{slide.minutes:g}"{below}>'
    return f"{start}\n<h{level}>{slide.title}</h{level}>\n{units}\n<aside>{notes}</aside>\n</section>"


def unit_html(unit) -> str:
    flags = "".join(f" data-{name}" for name in ("keep", "spoken") if getattr(unit, name))
    return f'<div class="unit {unit.kind}" data-kind="{unit.kind}"{flags}>{unit.html}</div>'


def page(title: str, sections: list[str], lecture: int | None = None) -> str:
    mark = f' data-lecture="{lecture}"' if lecture else ""
    return PAGE.format(title=escape(title), lecture=mark, slides="\n".join(sections))


def index(lessons: list[Lesson]) -> str:
    lectures = "".join(
        f'<li><a href="lecture-{length}.html">A lecture of {length} minutes</a>: {parts(lessons, length)}</li>'
        for length in places.LECTURES
    )
    decks = "".join(
        f'<li><a href="{lesson.name}.html">{lesson.number} {escape(plain(lesson.title))}</a></li>' for lesson in lessons
    )
    template = (STATIC / "index.html").read_text(encoding="utf-8")
    return template.replace("LECTURES", lectures).replace("LESSONS", decks)


def parts(lessons: list[Lesson], length: int) -> str:
    each = [(lesson, places.minutes(lesson.notebook, length)) for lesson in lessons]
    rest = length - sum(minutes for _, minutes in each)
    told = [f"{escape(plain(lesson.title))} {minutes:g}" for lesson, minutes in each if minutes]
    return ", ".join([*told, f"questions {rest:g}"])

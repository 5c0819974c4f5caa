"""The decks of all lessons and lectures, and the page that lists them, in one folder that works from disk."""

import shutil
from html import escape
from pathlib import Path

import matplotlib

from scripts import notebooks
from scripts.shared import share
from scripts.slides import deck, lecture, places
from scripts.slides.render import HTML, heading, plain
from scripts.website import source

STATIC = Path(__file__).with_name("static")
FIGURES_FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf"

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
<body{mark}>
<div class="reveal"><div class="slides">
{slides}
</div></div>
</body>
</html>
"""


def run(paths: list[Path], kept: Path) -> dict:
    """The lessons that have slides, run with figures for them: name -> notebook. For `kept` see `source.run`.

    LessonError if a lesson fails, ValueError if slides have no place.
    """
    lessons = [path for path in paths if places.slides(notebooks.read(path))]
    for path in lessons:
        if found := places.complaints(notebooks.read(path)):
            raise ValueError(f"{path.name}: {found[0]}")
    return source.runs(lessons, kept, source.SLIDES)


def build(target: Path, lessons: dict) -> list[Path]:
    """All decks, and the page that lists them, in `target`; returns the decks. lessons: name -> notebook."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(STATIC, target)
    for name in ("DejaVuSans.ttf", "LICENSE_DEJAVU"):
        shutil.copy(FIGURES_FONT / name, target / "fonts" / name)
    (target / "code.css").write_text(HTML.get_style_defs(".reveal pre"), encoding="ascii")
    decks = {}
    for name, notebook in lessons.items():
        decks[f"{name}.html"] = page(title(notebook), deck.sections(notebook, name[:2]))
    for name in places.LECTURES:
        mark = f' data-lecture="{name}"'
        pages = lecture.sections(lessons, name)
        decks[f"lecture-{name}.html"] = page(f"{lecture.TITLE}: {lecture.called(name)}", pages, mark)
    for name, html in decks.items():
        (target / name).write_text(html, encoding="utf-8")
    (target / "index.html").write_text(index(lessons), encoding="utf-8")
    share(target, "figures")
    return [target / name for name in decks]


def title(notebook) -> str:
    return plain(next(filter(None, map(heading, notebook.cells))))


def page(title: str, sections: list[str], mark: str = "") -> str:
    return PAGE.format(title=escape(title), mark=mark, slides="\n".join(sections))


def index(lessons: dict) -> str:
    lectures = "".join(
        f'<li><a href="lecture-{name}.html">{lecture.called(name).capitalize()}</a>: {parts(lessons, name)}</li>'
        for name in places.LECTURES
    )
    decks = "".join(
        f'<li><a href="{name}.html">{name[:2]} {escape(title(notebook))}</a></li>' for name, notebook in lessons.items()
    )
    template = (STATIC / "index.html").read_text(encoding="utf-8")
    return template.replace("LECTURES", lectures).replace("LESSONS", decks)


def parts(lessons: dict, name: str) -> str:
    each = {escape(title(notebook)): places.minutes(notebook, name) for notebook in lessons.values()}
    told = [f"{lesson} {minutes:g}" for lesson, minutes in each.items() if minutes]
    return ", ".join([*told, f"questions {places.left(lessons, name):g}"])

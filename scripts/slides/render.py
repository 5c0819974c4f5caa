"""Cells as pieces of HTML that fit on slides."""

import re
from dataclasses import dataclass
from html import escape, unescape
from itertools import pairwise

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from scripts.notebooks import merged
from scripts.website.maths import mathml
from scripts.website.source import spoken

TAG = re.compile(r"<[^>]*>")
HTML = HtmlFormatter(nowrap=True, style="a11y-high-contrast-light")


@dataclass
class Unit:
    """A piece of a slide that is not cut, unless it is a list, a table or lines of code.

    kind: text, list, table, equation, heading, code, printed, picture, figure (a live one), caption.
    caption: a sentence about a picture; keep: with the next.
    """

    kind: str
    html: str
    caption: bool = False
    keep: bool = False


def _maths(content, options):
    return mathml(content, block=options.get("display_mode", False))


MARKDOWN = (
    MarkdownIt("commonmark", {"html": True})
    .enable(["table", "strikethrough"])
    .use(dollarmath_plugin, renderer=_maths, allow_labels=False, double_inline=False)
)
KINDS = {
    "paragraph_open": "text",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "math_block": "equation",
    "heading_open": "heading",
    "fence": "code",
    "code_block": "code",
}


def heading(cell) -> str | None:
    """The cell's first line as HTML, if it is a heading."""
    first = cell.source.lstrip().partition("\n")[0] if cell.cell_type == "markdown" else ""
    found = re.match(r"#+ (.*)", first)
    return inline(found[1]) if found else None


def inline(text: str) -> str:
    """Words of one line as HTML."""
    return spoken(MARKDOWN.renderInline(text))


def plain(html: str) -> str:
    """The words of a title, for the title bar."""
    return unescape(TAG.sub("", html)).strip()


def prose(source: str, *, titled: bool = False) -> list[Unit]:
    """Markdown as units. titled: its first heading is the slide's title already."""
    tokens = MARKDOWN.parse(source)
    units, start, depth = [], 0, 0
    for k, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            units.append(_unit(tokens[start : k + 1]))
            start = k + 1
    if titled and units and units[0].kind == "heading":
        units = units[1:]
    for unit, following in pairwise(units):
        unit.keep = unit.kind == "heading" or (unit.kind == "text" and following.kind != "text" and _announces(unit))
    return [unit for unit in units if unit.html.strip()]


def _unit(tokens) -> Unit:
    kind = KINDS.get(tokens[0].type, "text")
    if kind == "heading":
        return Unit(kind, spoken(MARKDOWN.renderer.render(tokens[1:-1], MARKDOWN.options, {})))
    if kind == "code":
        return code(tokens[0].content.rstrip())
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return Unit(kind, html, caption=kind == "text" and html.startswith("<p><em>"))


def _announces(unit: Unit) -> bool:
    return TAG.sub("", unit.html).rstrip().endswith(":")


def code(source: str, *, keep: bool = False) -> Unit:
    return Unit("code", f"<pre><code>{highlight(source, PythonLexer(), HTML)}</code></pre>", keep=keep)


def outputs(cell, name: str) -> list[Unit]:
    """What a cell has put out, in its order: live figures, pictures, printed lines."""
    units = []
    for output in merged(cell.outputs):
        data = output.get("data", {})
        html = data.get("text/html", "")
        if 'class="live-figure"' in html:
            units.append(Unit("figure", html))
        elif "image/png" in data:
            units.append(Unit("picture", picture(data["image/png"], output.metadata.get("image/png", {}))))
        elif output.output_type == "stream":
            units.append(Unit("printed", f"<pre>{escape(output.text.rstrip())}</pre>"))
        elif "text/plain" in data and "text/html" not in data:
            units.append(Unit("printed", f"<pre>{escape(data['text/plain'])}</pre>"))
    return units


def picture(png: str, about) -> str:
    """An image with its text alternative; data-text: height in px of its smallest text at its own width; data-words:
    how many stand in it. A title that is not in the picture stands above it."""
    known = {"width": "width", "text": "data-text", "words": "data-words"}
    size = "".join(f' {name}="{about[key]:g}"' for key, name in known.items() if "text" in about)
    title = f'<p class="picture-title">{escape(about["title"])}</p>' if about.get("title") else ""
    return (
        title
        + f'<img src="data:image/png;base64,{png.strip()}" alt="{escape(about.get("alt", ""), quote=True)}"{size}>'
    )

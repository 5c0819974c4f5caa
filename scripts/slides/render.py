"""Cells as pieces of HTML that fit on slides."""

import re
from dataclasses import dataclass
from html import escape, unescape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
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
    keep: with the next.
    """

    kind: str
    html: str
    keep: bool = False

    def inside(self) -> str:
        """The piece in its box."""
        return f'<div class="unit {self.kind}"{" data-keep" if self.keep else ""}>{self.html}</div>'


def _maths(content, options):
    return mathml(content, block=options.get("display_mode", False))


MARKDOWN = (
    MarkdownIt("commonmark", {"html": True})
    .enable(["table", "strikethrough"])
    .use(dollarmath_plugin, renderer=_maths, allow_labels=False, double_inline=False)
)
KINDS = {
    "paragraph": "text",
    "bullet_list": "list",
    "ordered_list": "list",
    "table": "table",
    "math_block": "equation",
    "heading": "heading",
}


def heading(cell) -> str | None:
    """The cell's first line as HTML, if it is a heading."""
    found = cell.cell_type == "markdown" and re.match(r"\s*#+ (.*)", cell.source)
    return inline(found[1]) if found else None


def inline(text: str) -> str:
    """Words of one line as HTML."""
    return spoken(MARKDOWN.renderInline(text))


def plain(html: str) -> str:
    """Its words alone."""
    return unescape(TAG.sub("", html)).strip()


def prose(source: str, *, titled: bool = False) -> list[Unit]:
    """Markdown as units. titled: its first heading is the slide's title already."""
    units = [_unit(node) for node in SyntaxTreeNode(MARKDOWN.parse(source)).children]
    if titled and units and units[0].kind == "heading":
        units = units[1:]
    for unit, following in pairwise(units):
        announces = unit.kind == "text" and following.kind != "text" and plain(unit.html).endswith(":")
        unit.keep = unit.kind == "heading" or announces
    return units


def _unit(node: SyntaxTreeNode) -> Unit:
    if node.type in ("fence", "code_block"):
        return code(node.content)
    if node.type == "heading":
        return Unit("heading", inline(node.children[0].content))
    return Unit(KINDS.get(node.type, "text"), MARKDOWN.renderer.render(node.to_tokens(), MARKDOWN.options, {}))


def code(source: str, *, keep: bool = False) -> Unit:
    return Unit("code", f"<pre><code>{_rows(highlight(source, PythonLexer(), HTML))}</code></pre>", keep)


def printed(text: str) -> Unit:
    return Unit("printed", f"<pre>{_rows(escape(text))}</pre>")


def _rows(html: str) -> str:
    """Each line in an element of its own, so that it can go to another page."""
    return "".join(f"<span>{line}\n</span>" for line in html.rstrip().split("\n"))


def outputs(cell) -> list[Unit]:
    """What a cell has put out, in its order: live figures, pictures, printed lines."""
    units = []
    for output in merged(cell.outputs):
        data = output.get("data", {})
        html, text = data.get("text/html", ""), output.get("text") or data.get("text/plain")
        if 'class="live-figure"' in html:
            units.append(Unit("figure", html))
        elif "image/png" in data:
            units.append(Unit("picture", picture(data["image/png"], output.metadata.get("image/png", {}))))
        elif text and not html:
            units.append(printed(text))
    return units


def picture(png: str, about) -> str:
    """An image with its text alternative; data-text: height in px of its smallest text at its own width; data-words:
    how many stand in it. A title that is not in the picture stands above it."""
    known = {"width": "width", "text": "data-text", "words": "data-words"}
    size = "".join(f' {name}="{about[key]:g}"' for key, name in known.items() if "text" in about)
    title = f'<p class="picture-title">{escape(about["title"])}</p>' if about.get("title") else ""
    return f'{title}<img src="data:image/png;base64,{png.strip()}" alt="{escape(about.get("alt", ""))}"{size}>'

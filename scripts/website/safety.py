"""A Sphinx extension: what is written in a lesson cannot act in its page, whatever way it took through Sphinx.

Titles are rid of markup before they reach menus and lists of contents. The page's body is made harmless when it is
otherwise finished; only then are the live figures, which need their script, put into their places.
"""

import re
from html import escape
from pathlib import Path

from scripts.markup import harmless
from scripts.website.source import LIVE, SHEET

SPOKEN = re.compile(r'<span role="img" aria-label="[\w ]+">|</span>')  # what `source.spoken` puts round stars
PLACE = re.compile(r'<div class="live-place" id="place-([\w.-]+)"></div>')


def plain_titles(_app, doctree):
    """Markup in a title as the letters it is made of; a link to anything but the web as its words."""
    from docutils import nodes

    for title in doctree.findall(nodes.title):
        for raw in list(title.findall(nodes.raw)):
            if not SPOKEN.fullmatch(raw.astext()):
                raw.parent.replace(raw, nodes.Text(raw.astext()))
        for link in list(title.findall(nodes.reference)):
            if not link.get("refuri", "https:").startswith(("http:", "https:")):
                link.parent.replace(link, link.children)


def harmless_body(app, pagename, _template, context, _doctree):
    """The body of a lesson's page, made harmless, with its live figures; and its title for print, where the theme
    sets letters as markup."""
    context["pagetitle"] = escape(context.get("pagetitle") or "")
    if (pagename.startswith("notebooks/") or pagename == SHEET) and "body" in context:
        context["body"] = PLACE.sub(lambda place: live(Path(app.srcdir) / LIVE, place), harmless(context["body"]))
    if "body" in context:  # a table wider than the page scrolls, and must do so by keyboard, too
        context["body"] = context["body"].replace('<table class="table">', '<table class="table" tabindex="0">')


def live(folder, place):
    """The figure of a place; the place itself if a lesson only pretends that there is one."""
    path = folder / f"{place[1]}.html"
    return path.read_text(encoding="ascii") if path.is_file() else place[0]


def setup(app):
    app.connect("doctree-read", plain_titles, priority=100)  # before Sphinx collects the titles
    app.connect("html-page-context", harmless_body, priority=900)  # when the theme has had its turn
    return {"parallel_read_safe": True, "parallel_write_safe": True}

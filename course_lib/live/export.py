"""A live figure as a piece of HTML that needs no kernel and no network, self-contained or sharing files with others.

Until it is mounted, and for good where scripts are blocked or the browser is old, a picture stands in its place.
"""

import base64
import hashlib
import html
import io
import json

from PIL import Image

from ..tracing import packed
from . import raster
from .script import compact, script, stylesheet

PAGE = """\
<div class="live-figure" data-figure="{id}"><img class="live-still" width="{width:.0f}" alt="{alt}" src="{still}">
<p class="live-note">{note}</p></div>
{engine}mountExported("{id}", {data});{end}"""
ENGINE = """\
<style>{css}</style>
<script type="module">
{js}
"""
END = "\n</script>\n"
SHARED = """\
"use strict";
const mountExported = (() => {{
{js}
return mountExported;
}})();
"""
NOTE = "A picture of this figure. The figure itself moves where scripts may run, in a browser of 2023 or newer."
COLOURS = 28  # of the still picture: it weighs a third, and its lines keep their colours
SETTLED = 1000  # dots: the search for these colours ends when fewer than this change theirs


def page_html(about, parts, picture):
    """The fragment, all ASCII, so that it reads the same in a page of any encoding; see LiveFigure.html.

    about: plain data; parts: name -> bytes; picture: PNG of the figure as it begins.
    """
    carried = {name: text_of(part) for name, part in parts.items()}
    data = json.dumps({"about": text_of(packed(about))} | carried)  # nothing in it can close the script element
    spec, frame = about["spec"], about["frame"]
    page = PAGE.format(
        id="live-" + hashlib.sha256(data.encode()).hexdigest()[:12],
        width=frame["size"][0],
        alt=html.escape(spec["alt"]),
        still="data:image/webp;base64," + text_of(_in_few_colours(picture)),
        note=NOTE,
        engine=_engine(),
        data=data,
        end=END,
    )
    return page.encode("ascii", "xmlcharrefreplace").decode()


def shared(page, folder):
    """A whole page without what its figures carry, and that as files: {name: text}, the same for all pages.

    folder: their address, as seen from the page. The scripts are no modules, which no page on a disk may load.
    """
    first, *rest = page.split(_engine())
    if not rest:
        return page, {}
    figures = [part.partition(END) for part in rest]
    bare = first + "".join(following for _, _, following in figures)
    calls = {call.split('"')[1]: call for call, _, _ in figures}
    files = {"live.css": stylesheet(), "live.js": SHARED.format(js=compact(script("exported")))}
    files |= {f"{name}.js": call + "\n" for name, call in calls.items()}
    style = f'<link rel="stylesheet" href="{folder}/live.css">\n'
    scripts = [f'<script defer src="{folder}/{name}"></script>\n' for name in files if name.endswith(".js")]
    body, after = bare.replace("</head>", style + "</head>", 1).rsplit("</body>", 1)
    return f"{body}{''.join(scripts)}</body>{after}", files


def _engine():
    return ENGINE.format(css=compact(stylesheet()), js=compact(script("exported")))


def _in_few_colours(png):
    drawn = Image.open(io.BytesIO(png)).convert("RGB")
    few = drawn.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=SETTLED, dither=Image.Dither.NONE)
    return raster.webp(few.convert("RGB"), effort=100)


def text_of(data):
    """Bytes as letters and digits."""
    return base64.b64encode(data).decode()

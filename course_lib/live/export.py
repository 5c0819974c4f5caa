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
from .script import classic, compact, script, stylesheet

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
COLOURS = 32  # of the picture: it weighs a third, and is hardly told from the drawn one


def page_html(spec, frame, below, above, table, programs, settings, picture, others, tables, atlas):
    """The fragment, all ASCII, so that it reads the same in a page of any encoding; see LiveFigure.html.

    picture: PNG of the figure at these settings. others, tables, atlas: see LiveFigure.
    """
    data = _script_json(
        {
            "spec": spec,
            "frame": frame,
            "settings": settings,
            "below": _text(below),
            "above": _text(above or b""),
            "table": _text(table),
            "programs": _text(programs),
            "others": _text(packed(others)),
            "tables": {key: _text(other) for key, other in tables.items()},
            "atlas": _text(atlas),
        }
    )
    page = PAGE.format(
        id="live-" + hashlib.sha256(data.encode()).hexdigest()[:12],
        width=frame["size"][0],
        alt=html.escape(spec["alt"]),
        still="data:image/webp;base64," + _text(_in_few_colours(picture)),
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
    files = {"live.css": stylesheet(), "live.js": SHARED.format(js=compact(classic()))}
    files |= {f"{name}.js": call + "\n" for name, call in calls.items()}
    style = f'<link rel="stylesheet" href="{folder}/live.css">\n'
    scripts = [f'<script defer src="{folder}/{name}"></script>\n' for name in files if name.endswith(".js")]
    body, after = bare.replace("</head>", style + "</head>", 1).rsplit("</body>", 1)
    return f"{body}{''.join(scripts)}</body>{after}", files


def _engine():
    return ENGINE.format(css=stylesheet(), js=compact(script()))


def _in_few_colours(png):
    target = io.BytesIO()
    few = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.convert("RGB").save(target, "webp", lossless=True, quality=100, method=6)
    return target.getvalue()


def _script_json(value):
    """JSON that may stand inside a script element: nothing in it can close the element."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _text(data):
    return base64.b64encode(data).decode()

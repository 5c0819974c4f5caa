"""A live figure as a self-contained piece of HTML: no kernel, no network.

Until it is mounted, and for good where scripts are blocked or the browser is old, a picture stands in its place.
"""

import base64
import hashlib
import html
import io
import json

from PIL import Image

from .script import compact, script, stylesheet

PAGE = """\
<div class="live-figure" id="{id}"><img class="live-still" width="{width:.0f}" alt="{alt}" src="{still}">
<p class="live-note">{note}</p></div>
<style>{css}</style>
<script type="module">
{js}
mountExported("{id}", {data});
</script>
"""
NOTE = "A picture of this figure. The figure itself moves where scripts may run, in a browser of 2023 or newer."
COLOURS = 64  # of the picture: it weighs a third, and is hardly told from the drawn one


def page_html(spec, frame, below, above, table, programs, settings, picture, others):
    """The fragment, all ASCII, so that it reads the same in a page of any encoding; see LiveFigure.html.

    picture: PNG of the figure at these settings. others: key -> parts, see LiveFigure; bytes become text.
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
            "others": {key: _texts(parts) for key, parts in others.items()},
        }
    )
    page = PAGE.format(
        id="live-" + hashlib.sha256(data.encode()).hexdigest()[:12],
        width=frame["size"][0],
        alt=html.escape(spec["alt"]),
        still="data:image/png;base64," + _text(_in_few_colours(picture)),
        note=NOTE,
        css=stylesheet(),
        js=compact(script()),
        data=data,
    )
    return page.encode("ascii", "xmlcharrefreplace").decode()


def _in_few_colours(png):
    target = io.BytesIO()
    few = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(target, "png", optimize=True)
    return target.getvalue()


def _script_json(value):
    """JSON that may stand inside a script element: nothing in it can close the element."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _texts(parts):
    return {name: _text(part) if isinstance(part, bytes) else part for name, part in parts.items()}


def _text(data):
    return base64.b64encode(data).decode()

"""A live figure as a self-contained piece of HTML: no kernel, no network."""

import base64
import hashlib
import html
import json

from .script import script, stylesheet

PAGE = """\
<div class="live-figure" id="{id}"><noscript>This figure moves where scripts may run. {alt}</noscript></div>
<style>{css}</style>
<script type="module">
{js}
mountExported("{id}", {data});
</script>
"""


def page_html(spec, frame, below, above, table, programs, settings):
    """The fragment, all ASCII, so that it reads the same in a page of any encoding; see LiveFigure.html."""
    data = _script_json(
        {
            "spec": spec,
            "frame": frame,
            "settings": settings,
            "below": _text(below),
            "above": _text(above or b""),
            "table": _text(table),
            "programs": _text(programs),
        }
    )
    page = PAGE.format(
        id="live-" + hashlib.sha256(data.encode()).hexdigest()[:12],
        alt=html.escape(spec["alt"]),
        css=stylesheet(),
        js=script(),
        data=data,
    )
    return page.encode("ascii", "xmlcharrefreplace").decode()


def _script_json(value):
    """JSON that may stand inside a script element: nothing in it can close the element."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _text(data):
    return base64.b64encode(data).decode()

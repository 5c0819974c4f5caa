"""A lesson whose every text tries to run a script: it would set window.hacked."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ACT = "window.hacked=1"
PICTURE = f'<img src="nowhere.png" onerror="{ACT}">'
SCRIPT = f"<script>{ACT}</script>"
ALT = '">' + PICTURE + SCRIPT
TEXTS = {
    "title": f"# Trap {PICTURE} {SCRIPT}",
    "heading": f"## A heading {PICTURE}\n\ntreacherous",
    "block": f"<div>\n{SCRIPT}\n{PICTURE}\n</div>",
    "inline": f"In a line {SCRIPT} and {PICTURE} <b onmouseover='{ACT}' onfocus='{ACT}' autofocus tabindex=0>bold</b>.",
    "details": f'<details open ontoggle="{ACT}"><summary>More</summary>\n\nHidden *words*.\n\n</details>',
    "frame": f"<iframe srcdoc='<script>parent.{ACT}</script>'></iframe>",
    "links": f"<a href='javascript:{ACT}'>one</a> <a href='&#106;avascript:{ACT}'>two</a>",
    "directive": f"```{{raw}} html\n{SCRIPT}{PICTURE}\n```",
    "restructured": f"```{{eval-rst}}\n`three <javascript:{ACT}>`__\n\n.. raw:: html\n\n   {SCRIPT}\n```",
    "formula": rf"$\text{{{PICTURE}}}$ and $x {SCRIPT}$",
    "drawing": f"<svg><script>{ACT}</script><animate onbegin='{ACT}' attributeName=x dur=1s /></svg>",
    "comment": f"<!--><script>{ACT}</script>-->",
    "code": f"`{PICTURE}`\n\n```\n{SCRIPT}\n```",
    "pretended": '<div class="live-place" id="place-no-such"></div>',
}
CODE = {
    "html": f"from IPython.display import HTML\nHTML({PICTURE + SCRIPT!r})",
    "printed": f"print({PICTURE + SCRIPT!r})",
    "alt": f"from course_lib import plots\nfig, ax = plots.figure('A line')\nax.plot([0, 1])\nplots.show(fig, {ALT!r})",
    "checked": f"from course_lib import checks\nchecks.matching_rate({PICTURE + SCRIPT!r})",
}


def lesson():
    cells = [new_markdown_cell(text) for text in TEXTS.values()] + [new_code_cell(code) for code in CODE.values()]
    for cell in cells:
        cell.metadata.update(tags=["main"])
    return new_notebook(cells=cells)

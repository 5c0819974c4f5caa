"""The page's half as one script, for a notebook or an exported page, which take it from nowhere else.

The modules of `page/` import each other by name, all at the top. Here they stand one after the other, each after
those it needs, without these imports and without `export`; so no name may stand in two of them.
"""

import re
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parent / "page"
IMPORT = re.compile(r'^import \{ [^}]* \} from "\./(\w+)\.js";\n', re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*/\*.*?\*/\n|[ \t]+// [^\n]*$", re.MULTILINE | re.DOTALL)
INDENT = re.compile(r"^\s+", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(async )?(function|class|const)\b)", re.MULTILINE)


@cache
def script(first):
    """A module (notebook, exported) after those it needs; all ASCII, see export.py."""
    return "\n".join(_with_needs(first, seen=set()))


def compact(text):
    """A script or style sheet without comments, indentation and empty lines, for pages that carry it."""
    return INDENT.sub("", COMMENT.sub("", text))


def stylesheet():
    """The style sheet of a figure."""
    return (PAGE / "figure.css").read_text(encoding="utf-8")


def _with_needs(name, seen):
    if name in seen:
        return
    seen.add(name)
    text = (PAGE / f"{name}.js").read_text(encoding="utf-8")
    for needed in IMPORT.findall(text):
        yield from _with_needs(needed, seen)
    yield EXPORT.sub("", IMPORT.sub("", text))

"""The page's half as one script: notebooks and exported pages each take it whole, and from nowhere else.

The modules of `page/` import each other by name, all at the top. Here they stand one after the other, each after
those it needs, without these imports and without `export`; so no name may stand in two of them.
"""

import re
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parent / "page"
FIRST = "hosts"
IMPORT = re.compile(r'^import \{ [^}]* \} from "\./(\w+)\.js";\n', re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*/\*.*?\*/\n|[ \t]+// [^\n]*$", re.MULTILINE | re.DOTALL)
INDENT = re.compile(r"^\s+", re.MULTILINE)
DEFAULT = "export default { render };\n"
EXPORT = re.compile(r"^export (?=(async )?(function|class|const)\b)", re.MULTILINE)


@cache
def script():
    """The modules in an order in which each finds what it needs; all ASCII, see export.py."""
    return modules(FIRST)


def classic():
    """The same for a script that is no module."""
    return script().replace(DEFAULT, "")


def modules(first):
    """A module and those it needs."""
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

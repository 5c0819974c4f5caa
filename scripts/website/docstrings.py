"""A Sphinx extension: the package's docstrings, which are plain text, as reStructuredText.

A docstring is sentences, indented equations, and lines `name: meaning`; nobody has to write markup in the code.
"""

import re

MARKUP = re.compile(r"([*|_\\])")
NAMED = re.compile(r"(?P<name>[a-z_][\w, ]*?): (?P<meaning>\S.*)")


def restructured(lines: list[str]) -> list[str]:
    """Indented blocks as they are, `name: meaning` as a list, the rest as paragraphs."""
    result: list[str] = []
    for block in re.split(r"\n\n+", "\n".join(lines).strip("\n")):
        if block.startswith("    "):
            goes_on = "".join(result[-2:-1]).startswith("    ")
            result += [*([] if goes_on else ["::", ""]), *block.split("\n"), ""]
        elif NAMED.match(block):
            result += [*map(item, block.split("\n")), ""]
        else:
            result += [*map(escaped, block.split("\n")), ""]
    return result


def item(line: str) -> str:
    """A line of a list: a name and its meaning, or more of the meaning."""
    named = NAMED.fullmatch(line)
    return f"- **{escaped(named['name'])}**: {escaped(named['meaning'])}" if named else f"  {escaped(line.strip())}"


def escaped(text: str) -> str:
    """Code in backquotes as code; everything else that is markup elsewhere as itself."""
    parts = re.split(r"`([^`]+)`", text)
    return "".join(f"``{part}``" if k % 2 else MARKUP.sub(r"\\\1", part) for k, part in enumerate(parts))


def process(_app, _what, _name, _object, _options, lines):
    lines[:] = restructured(lines)


def setup(app):
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

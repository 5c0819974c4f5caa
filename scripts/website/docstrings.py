"""A Sphinx extension: the package's docstrings, which are plain text, as reStructuredText.

A docstring is sentences, indented equations, and lines `name: meaning`; nobody has to write markup in the code.
"""

import re

MARKUP = re.compile(r"([*|_\\])")
NAMED = re.compile(r"(?P<name>[a-z_][\w, ]*?): (?P<meaning>\S.*)")


def restructured(lines: list[str]) -> list[str]:
    """Indented blocks as they are, `name: meaning` as a list, the rest as paragraphs."""
    result: list[str] = []
    kind = "text"
    for line in lines:
        indented, named = line.startswith("    "), NAMED.fullmatch(line)
        named = named if kind == "list" or not result or not result[-1] else None  # not in the middle of a paragraph
        if not line.strip():
            result.append("")
            kind = "equation" if kind == "equation" else "text"
        elif indented and kind == "list":
            result.append(f"  {escaped(line.strip())}")
        elif indented:
            if kind != "equation":
                result += ["", "::", ""]
            result.append(line)
            kind = "equation"
        elif named:
            if kind != "list":
                result.append("")
            result.append(f"- **{escaped(named['name'])}**: {escaped(named['meaning'])}")
            kind = "list"
        else:
            if kind != "text":
                result.append("")
            result.append(escaped(line))
            kind = "text"
    return [*result, ""]


def escaped(text: str) -> str:
    """Code in backquotes as code; everything else that is markup elsewhere as itself."""
    parts = re.split(r"`([^`]+)`", text)
    return "".join(f"``{part}``" if k % 2 else MARKUP.sub(r"\\\1", part) for k, part in enumerate(parts))


def process(_app, _what, _name, _object, _options, lines):
    lines[:] = restructured(lines)


def setup(app):
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

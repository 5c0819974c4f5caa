"""What a check answers: one verdict, a sentence or two, and the name of the mistake only on request.

The same words are HTML in a notebook (light or dark) and plain text everywhere else. Whatever a learner typed is
escaped before it is shown back.
"""

import sys
from dataclasses import dataclass, replace
from html import escape

# verdict -> (sign, word, colour of the bar). The word says it too, so nothing hangs on seeing the colour.
VERDICTS = {
    "right": ("✓", "Right.", "#009E73"),
    "wrong": ("✗", "Not yet.", "#D55E00"),
    "trouble": ("!", "Could not be checked.", "#D55E00"),
    "empty": ("…", "Nothing to check yet.", "#6B7A88"),
    "told": ("→", "", "#0072B2"),
}


@dataclass(frozen=True)
class Feedback:
    """The answer of a check.

    verdict: a key of VERDICTS. says: the sentences shown at once. rows: (what, got, expected) of the first case that
    differs, introduced by `case`. more: what `explain()` adds, the name of the mistake or the law that broke.
    table: further rows of plain cells, the first one the heading. code: lines of a program, below everything else.
    """

    verdict: str
    says: str
    case: str = ""
    rows: tuple[tuple[str, str, str], ...] = ()
    more: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    code: str = ""

    def explain(self):
        """The same feedback with the name of the mistake in the open."""
        return replace(self, says=f"{self.says} {self.more}".strip(), more="")

    def __str__(self):
        sign, word, _ = VERDICTS[self.verdict]
        lines = [f"{sign} {word} {self.says}".replace("  ", " ")]
        if self.rows:
            lines.append(f"  {self.case}")
            lines += [f"    {what}: got {got}, expected {expected}" for what, got, expected in self.rows]
        if self.table:
            lines += _aligned(self.table)
        if self.code:
            lines += ["", *(f"    {line}" for line in self.code.splitlines())]
        if self.more:
            lines.append("  Which mistake is it? Add .explain() behind the check.")
        return printable("\n".join(lines))

    __repr__ = __str__

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self), "text/html": self._html()}

    def _html(self):
        sign, word, colour = VERDICTS[self.verdict]
        parts = [f"<strong>{sign} {word}</strong> {prose(self.says)}"]
        if self.rows:
            parts.append(f"<p style='margin:.5em 0 .2em'>{prose(self.case)}</p>")
            parts.append(_table((("", "got", "expected"), *self.rows)))
        if self.table:
            parts.append(_table(self.table))
        if self.code:
            parts.append(f"<pre style='margin:.5em 0 0;background:none;line-height:1.4'>{escape(self.code)}</pre>")
        if self.more:
            parts.append(
                "<details style='margin-top:.5em'><summary style='cursor:pointer'>Which mistake is it?</summary>"
                f"<p style='margin:.4em 0 0'>{prose(self.more)}</p></details>"
            )
        style = f"border-left:4px solid {colour};background:rgba(127,140,155,.10);padding:.6em 1em;margin:.3em 0"
        return f"<div role='status' style='{style};max-width:46em;line-height:1.5'>{''.join(parts)}</div>"


# For a terminal or a pipe that has not these signs, as in Windows.
PLAINER = {"✓": "+", "✗": "x", "→": "->", "…": "...", "★": "*", "−": "-", "√": "root ", "½": "1/2", "·": "*"}
PLAINER |= {"Δ": "delta", "γ": "gamma", "ε": "eps", "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "ρ": "rho"}


def printable(text):
    """The text in letters that the standard output can show."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = "".join(letter if _has(encoding, letter) else PLAINER.get(letter, "?") for letter in text)
    return text


def _has(encoding, letter):
    return letter.encode(encoding, "ignore") != b""


def prose(text):
    """HTML: escaped text in which `code` between backquotes is set as code."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if k % 2 else piece for k, piece in enumerate(pieces))


def _table(rows):
    head, *body = rows
    cells = "".join(f"<th scope='col' style='text-align:left;padding:.1em 1em .1em 0'>{prose(c)}</th>" for c in head)
    lines = "".join(
        "<tr style='background:none'>"
        + "".join(f"<td style='text-align:left;padding:.1em 1em .1em 0'>{prose(c)}</td>" for c in row)
        + "</tr>"
        for row in body
    )
    return f"<table style='margin:.2em 0;border-collapse:collapse'><tr>{cells}</tr>{lines}</table>"


def _aligned(rows):
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return ["  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows]

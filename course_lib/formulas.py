"""Formulas in LaTeX as words that can stand anywhere. Imports nothing of the course."""

import re
import unicodedata

SIGNS = {r"\sqrt": "√", r"\cdot": "·", r"\,": " "}
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
FUNCTIONS = ("log", "exp", "sin", "cos", "min", "max")


def plain(text):
    r"""A text with its formulas, which stand between dollars, as plain words.

    >>> plain(r"loss  $\log J(\theta_1)$, $k\,\rho^k$")
    'loss log J(θ₁), k ρ^k'
    """
    return " ".join(re.sub(r"\$([^$]*)\$", lambda found: _words(found[1]), text).split())


def _words(formula):
    for sign, letter in SIGNS.items():
        formula = formula.replace(sign, letter)
    formula = re.sub(r"\\([A-Za-z]+)", lambda found: _letter(found[1]), formula)
    formula = re.sub(r"_\{?([0-9]+)\}?", lambda found: found[1].translate(LOWERED), formula)
    return re.sub(r"[{}\\]", "", formula)


def _letter(name):
    kind = "CAPITAL" if name[0].isupper() else "SMALL"
    letter = name.upper().replace("LAMBDA", "LAMDA")  # as Unicode spells it
    try:
        return unicodedata.lookup(f"GREEK {kind} LETTER {letter}")
    except KeyError:  # not a letter: \mathrm, \log and the like
        return name if name in FUNCTIONS else ""

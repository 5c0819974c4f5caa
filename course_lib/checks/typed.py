"""A number as people type it: 6,58 and −1.5, 1 000 and 45 % and 2/15. In the website's pages, too: they get RULES."""

import math
import re

from . import calling
from .calling import Accident

# What is replaced by what, in turn; each pattern means the same in Python and in JavaScript.
RULES = (
    (r"[\s'’\u2060]", ""),
    (r"[\u2010-\u2015−﹣－]", "-"),
    (r",(?=([0-9]{3},)*[0-9]{3}[.][0-9]*$)", ""),  # 1,234.5
    (r"[.](?=([0-9]{3}[.])*[0-9]{3},[0-9]*$)", ""),  # 1.234,5
    (r",(?=[0-9]{3},)|(?<=,[0-9]{3}),(?=[0-9]{3}$)", ""),  # 1,234,567
    (r"[.](?=[0-9]{3}[.])|(?<=[.][0-9]{3})[.](?=[0-9]{3}$)", ""),
)
UNCLEAR = r"^[+-]?[1-9][0-9]{0,2},[0-9]{3}$"  # 1,500: one and a half, or one thousand five hundred?
NUMBER = r"^[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)(e[+-]?[0-9]+)?$"
WANTED = "A number is wanted here, such as 0.45, 0,45, 45 % or 2/15. You wrote {typed}."
AMBIGUOUS = "Is {typed} about one, or a thousand times as much? Write a point before the decimals, and no other comma."


def number(answer):
    """An answer as a finite float. Raises Accident, in one sentence, where it is none."""
    if isinstance(answer, str):
        return calling.as_number(read(str.__str__(answer)))
    if isinstance(answer, tuple) and len(answer) > 1 and all(type(part) is int for part in answer):
        return calling.as_number(_with_comma(answer))
    return calling.as_number(answer)


def read(text):
    """The number that a text means. Raises Accident."""
    plain = text[:100].lower()
    for pattern, by in RULES:
        plain = re.sub(pattern, by, plain)
    share = 0.01 if plain.endswith("%") else 1
    parts = plain.removesuffix("%").split("/")
    if any(re.search(UNCLEAR, part) for part in parts):
        raise Accident(AMBIGUOUS.format(typed=calling.quoted(text)))
    if len(parts) > 2 or not all(re.search(NUMBER, part) for part in parts) or len(text) > 100:
        raise Accident(WANTED.format(typed=calling.quoted(text)))
    top, bottom = (*(float(part.replace(",", ".")) for part in parts), 1.0)[:2]
    if bottom == 0 or math.isinf(top):
        raise Accident(WANTED.format(typed=calling.quoted(text)))
    return top / bottom * share


def _with_comma(parts):
    """6,58 in a program is (6, 58) to Python; where no sign and no zero was lost, what was meant is clear."""
    if len(parts) > 2 or parts[0] == 0 or parts[1] <= 0:
        raise Accident(f"Python reads a comma as the end of a number, here of {len(parts)}: write a point, as in 0.45.")
    return read(f"{parts[0]},{parts[1]}")

"""Markup made from what people write in notebooks, without anything that acts.

Text, headings, formulas, tables and pictures pass; scripts, event handlers, frames, forms and addresses other than
those of the web do not. Live figures bring a script of their own: they are put in after this, by whoever made them.
What a code cell does is another matter: who builds pages from a notebook runs its code.
"""

import re
from pathlib import Path

import nh3

MATHS = (
    "math maction menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace"
    " msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics"
)
TAGS = nh3.ALLOWED_TAGS | set(MATHS.split()) | {"section"}
# Attributes that are words or numbers to the browser, never code and never an address.
PLAIN = (
    "accent accentunder align alt cite class colspan columnalign columnspacing datetime depth dir display displaystyle"
    " fence form height id lang linethickness lspace mathcolor mathsize mathvariant maxsize minsize movablelimits open"
    " reversed role rowspacing rowspan rspace scope scriptlevel separator start stretchy style symmetric tabindex title"
    " type value voffset width xmlns"
)
ADDRESSES = {"a": {"href"}, "img": {"src"}}
STYLES = (
    "background background-color border border-bottom border-collapse border-left border-right border-top color"
    " display font-size font-style font-weight height line-height list-style-type margin margin-bottom margin-left"
    " margin-right margin-top max-height max-width min-width opacity overflow overflow-x padding padding-bottom"
    " padding-left padding-right padding-top text-align text-decoration vertical-align white-space width"
)
SCHEMES = {"http", "https", "mailto"}
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
NAME = re.compile(r"[\w][\w.-]*")


def harmless(html: str) -> str:
    """A fragment of HTML without anything that acts: no script, handler, frame, form or address to run."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"*": set(PLAIN.split()), **ADDRESSES},
        generic_attribute_prefixes={"aria-"},
        attribute_filter=_attribute,
        filter_style_properties=set(STYLES.split()),
        url_schemes=SCHEMES | {"data"},
        link_rel=None,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Pictures may stand in the page itself; nothing else may, and no style fetches anything."""
    if name in ("href", "src", "cite") and value.strip().lower().startswith("data:"):
        return value if (tag, name) == ("img", "src") and PICTURE.fullmatch(value) else None
    if name == "style" and re.search(r"url\s*\(|\\", value, re.IGNORECASE):
        return None
    return value


def page_name(lesson: Path) -> str:
    """The stem of a lesson's file, which becomes the name of a page. ValueError if it could be anything but a name."""
    if not NAME.fullmatch(lesson.stem):
        raise ValueError(f"{lesson.name!r} cannot be the name of a page: use letters, digits, '_', '-' and '.' only")
    return lesson.stem

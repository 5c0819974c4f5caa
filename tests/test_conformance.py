"""docs/conformance.md covers the whole deck, slide by slide, and names cells that say what it says they do."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
KINDS = "statement", "picture", "equation", "reference"
# What stands on the deck's own slides: title, words sentence by sentence, number of pictures, equations, references.
DECK = json.loads((ROOT / "tests" / "deck.json").read_text(encoding="utf-8"))
TITLES = [slide["title"] for slide in DECK]
slides = pytest.mark.parametrize("slide", DECK, ids=TITLES)


@cache
def cells(lesson):
    """cell id -> its source, of the lesson with this number."""
    (path,) = (ROOT / "notebooks").glob(f"{lesson}_*.ipynb")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}


def sections():
    """Title of a slide -> its rows, each (item, kind, where, words); in the order of the document."""
    found = {}
    for part in re.split(r"^## \d+\. ", TEXT, flags=re.M)[1:]:
        title, rest = part.split("\n", 1)
        rows = re.split(r"^## ", rest, flags=re.M)[0].strip().splitlines()[2:]
        found[title] = [[field.strip() for field in row.strip("| ").split(" | ")] for row in rows]
    return found


SECTIONS = sections()
ROWS = [pytest.param(*row, id=f"{title[:20]}-{k}") for title, rows in SECTIONS.items() for k, row in enumerate(rows)]
NAMED = sorted(set(re.findall(r"(\d\d) `([a-z][a-z0-9-]+)`", TEXT)))


def test_slides_are_the_decks_in_its_order():
    assert list(SECTIONS) == TITLES
    assert re.findall(r"^## (\d+)\. ", TEXT, flags=re.M) == [str(k + 1) for k in range(len(DECK))]


def items(slide, kind):
    """What the document lists of this kind; rows that begin with "the same" teach more of the row above."""
    return [item for item, k, *_ in SECTIONS[slide["title"]] if k == kind and not item.startswith("the same")]


@slides
def test_every_sentence_of_the_slide_is_quoted(slide):
    quoted = " ".join(re.findall(r'"([^"]*)"', " ".join(items(slide, "statement"))))
    assert [sentence for sentence in slide["sentences"] if sentence not in quoted] == []


@slides
def test_every_picture_of_the_slide_has_its_row(slide):
    assert len(items(slide, "picture")) == slide.get("pictures", 0)


@slides
@pytest.mark.parametrize("kind", ["equation", "reference"])
def test_every_equation_and_reference_of_the_slide_has_its_row(slide, kind):
    wanted, rows = slide.get(f"{kind}s", []), items(slide, kind)
    assert len(rows) == len(wanted)
    assert [text for text, row in zip(wanted, rows, strict=True) if text not in row] == []


@pytest.mark.parametrize(("item", "kind", "where", "words"), ROWS)
def test_the_cell_says_what_the_row_quotes(item, kind, where, words):
    assert kind in KINDS
    lesson, cell = re.fullmatch(r"(\d\d) `([\w-]+)`", where).groups()
    said = words[1:-1].replace('\\"', '"')
    assert words[0] == words[-1] and words[0] in '"`'
    assert len(said) > 5
    assert said in cells(lesson)[cell]


@pytest.mark.parametrize(("lesson", "cell"), NAMED, ids=[f"{lesson}-{cell}" for lesson, cell in NAMED])
def test_every_cell_it_names_exists(lesson, cell):
    assert cell in cells(lesson)

"""Every sentence of a summary, of the cheat sheet and of the guide is measured, or says no more than it should."""

import importlib

import pytest
from quoting import NOTEBOOKS, ROOT, claim, demanded, fold, quoted, sentences
from said import SAYS_NO_MORE, said

LESSONS = {path.name[:2]: path.name for path in sorted(NOTEBOOKS.glob("*.ipynb")) if demanded(path.name)}


def claims_of(number):
    """The module of a lesson's claims; importing it registers what its tests quote."""
    return importlib.import_module(f"test_lesson_{number}")


def excused(number):
    return {fold(sentence): reason for sentence, reason in getattr(claims_of(number), "SAYS_NO_MORE", {}).items()}


def test_every_lesson_with_a_summary_has_a_file_of_claims():
    there = {path.stem[-2:] for path in (ROOT / "tests" / "claims").glob("test_lesson_*.py")}
    assert sorted(LESSONS.keys() - there) == []


@pytest.mark.parametrize("number", LESSONS)
def test_every_sentence_is_measured_or_excused(number):
    claims_of(number)
    known = quoted[LESSONS[number]]
    open_ones = [s for s in demanded(LESSONS[number]) if not any(s in quote for quote in known)]
    assert [s for s in open_ones if s not in excused(number)] == []


@pytest.mark.parametrize("number", LESSONS)
def test_every_excuse_is_for_a_sentence_that_needs_one_and_gives_a_reason(number):
    claims_of(number)
    needed = [s for s in demanded(LESSONS[number]) if not any(s in quote for quote in quoted[LESSONS[number]])]
    stale = [s for s, reason in excused(number).items() if s not in needed or len(reason.split()) < 3]
    assert stale == []


NO_MORE = [fold(sentence) for group in SAYS_NO_MORE.values() for sentence in group]


def claimed_in_checks():
    """What is quoted from the checks by the claims of all lessons."""
    for path in (ROOT / "tests" / "claims").glob("test_lesson_*.py"):
        claims_of(path.stem[-2:])
    return [quote for where, quotes in quoted.items() if where.startswith("course_lib/checks/") for quote in quotes]


def test_every_sentence_of_praise_and_quiz_is_measured_or_says_no_more_than_it_should():
    known = claimed_in_checks()
    assert [pair for pair in said() if pair[1] not in NO_MORE and not any(pair[1] in quote for quote in known)] == []


def test_what_says_no_more_is_said_once_and_is_not_measured_as_well():
    known, now = claimed_in_checks(), {sentence for _, sentence in said()}
    assert [s for s in NO_MORE if s not in now or s in known] == [] and len(NO_MORE) == len(set(NO_MORE))


def test_sentences_are_cut_at_their_ends_and_rows_are_kept_whole():
    cell = """## Summary

A sentence with 0.9
and a second line. **Another** one (in brackets).

- One bullet, $\\eta = 2$. And more!
- Two

| a | head |
|---|---|
| $x$ | a row. With two |

$$a = b. C$$"""
    assert sentences(cell) == [
        "A sentence with 0.9 and a second line.",
        "**Another** one (in brackets).",
        "One bullet, $\\eta = 2$.",
        "And more!",
        "Two",
        "$x$ | a row. With two",
    ]


def test_a_table_without_a_head_gives_its_rows():
    assert sentences("| | |\n|---|---|\n| a | b |") == ["a | b"]


def test_a_quote_that_no_longer_stands_fails_its_test():
    try:
        measured = claim("The moon is a bowl.", where="02_why_momentum.ipynb")(lambda: None)
    finally:
        quoted["02_why_momentum.ipynb"].remove("The moon is a bowl.")
    with pytest.raises(AssertionError, match="no longer says: The moon"):
        measured()


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("01_what_is_momentum.ipynb", "The heavy ball\n is momentum"),
        ("course_lib/checks/lesson_02.py", "A run is as slow as its slowest direction, whichever way that one moves."),
        ("docs/teaching.md", "Teaching"),
    ],
)
def test_a_quote_that_stands_lets_the_test_run(where, sentence):
    runs = []
    claim(sentence, where=where)(lambda: runs.append(1))()
    assert runs == [1]

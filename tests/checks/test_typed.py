"""Numbers as people type them: understood where they are clear, put back with a sentence where not."""

import json
from pathlib import Path

import pytest

from course_lib import checks
from course_lib.checks import typed
from course_lib.checks.calling import Accident

NUMBERS = json.loads((Path(__file__).parent / "typed_numbers.json").read_text(encoding="utf-8"))["numbers"]


@pytest.mark.parametrize("text", [text for text in NUMBERS if NUMBERS[text] is not None])
def test_typed_number_is_understood(text):
    assert typed.number(text) == NUMBERS[text]


@pytest.mark.parametrize("text", [text for text in NUMBERS if NUMBERS[text] is None])
def test_what_is_not_clear_is_put_back_with_a_sentence(text):
    with pytest.raises(Accident, match=r"[.]$"):
        typed.number(text)


@pytest.mark.parametrize("typed_in, meant", [((6, 58), 6.58), ((-6, 58), -6.58)])
def test_comma_in_a_program_is_understood_where_nothing_was_lost(typed_in, meant):
    assert typed.number(typed_in) == meant


@pytest.mark.parametrize("typed_in", [(0, 45), (1, 0), (6, -58), (1, 2, 3), (0, 0), (1, 234, 567)], ids=str)
def test_comma_in_a_program_is_named_where_a_sign_or_a_zero_may_be_lost(typed_in):
    assert "comma" in checks.half_life(typed_in).says


@pytest.mark.parametrize("typed_in", [(1, 500), (12, 345)], ids=str)
def test_comma_that_may_stand_for_thousands_is_asked_about(typed_in):
    assert "a thousand times as much" in checks.half_life(typed_in).says


def test_right_answer_with_a_comma_is_right_and_told_how_python_writes_it():
    value = f"{checks.half_life.value:.4f}"
    for answer in (tuple(map(int, value.split("."))), value.replace(".", ",")):
        feedback = checks.half_life(answer)
        assert feedback.verdict == "right" and f"is written so: {value.rstrip('0')}" in feedback.says


def test_wrong_answer_with_a_comma_is_wrong():
    assert checks.half_life("7,9").verdict == "wrong"


@pytest.mark.parametrize("answer", ["6,58" * 40, "9" * 90, "1" + ",000" * 30, "(" * 99], ids=lambda text: text[:4])
def test_long_text_is_read_or_put_back_at_once(answer):
    assert len(checks.half_life(answer).says) < 600


def test_decimal_comma_in_a_function_is_hinted_at():
    def step(theta, g, delta, lr, gamma):
        return theta - 0, 9 * delta, delta

    assert "decimal comma" in checks.momentum_step(step).says

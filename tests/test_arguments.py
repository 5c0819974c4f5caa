"""What is refused in one sentence, and what is taken."""

import ast
from pathlib import Path

import numpy as np
import pytest

from course_lib import arguments


@pytest.mark.parametrize("value", [3, np.int64(3), True + 2])
def test_whole_numbers_of_any_kind_are_taken(value):
    number = arguments.whole("steps", value)
    assert number == 3 and type(number) is int


@pytest.mark.parametrize("value", [0, -1, 2.0, "3", None, [3]])
def test_what_is_no_whole_number_is_named(value):
    with pytest.raises(ValueError) as refusal:
        arguments.whole("steps", value)
    assert str(refusal.value) == f"steps is {value!r}: it must be a whole number, at least 1"


@pytest.mark.parametrize("value", [[[1], [2, 3]], "a", None, [1j], [None, 1.0]])
def test_what_is_no_array_of_numbers_is_none(value):
    assert arguments.numbers(value) is None


def test_an_array_of_numbers_is_a_copy_of_its_own_type():
    given = np.array([1.0, 2.0], np.float32)
    taken = arguments.numbers(given)
    assert taken.dtype == np.float32 and not np.shares_memory(taken, given)


@pytest.mark.parametrize(("name", "hint"), [("Adma", "did you mean 'adam'? "), ("zzz", ""), (3, ""), ([1], "")])
def test_an_unknown_name_is_answered_with_the_nearest(name, hint):
    with pytest.raises(ValueError) as refusal:
        arguments.known("method", name, {"adam": 1, "rmsprop": 2})
    assert str(refusal.value) == f"there is no method {name!r}: {hint}Known are: adam, rmsprop."


def test_it_is_a_leaf():
    tree = ast.parse(Path(arguments.__file__).read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]

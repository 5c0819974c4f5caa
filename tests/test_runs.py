"""What one asks of a run, against a plain walk along it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib.runs import cut, first, for_good

REACHED = arrays(bool, st.tuples(st.integers(1, 8), st.integers(1, 4)))


@settings(max_examples=60)
@given(REACHED)
def test_first_is_the_earliest_step_and_inf_where_there_is_none(reached):
    expected = [next((k for k, there in enumerate(run) if there), np.inf) for run in reached.T]
    np.testing.assert_array_equal(first(reached), expected)


@settings(max_examples=60)
@given(REACHED)
def test_for_good_is_the_step_from_which_on_it_never_fails(reached):
    expected = [next((k for k in range(len(run)) if run[k:].all()), np.inf) for run in reached.T]
    np.testing.assert_array_equal(for_good(reached), expected)


@settings(max_examples=60)
@given(REACHED)
def test_cut_takes_away_all_from_the_first_step_on(gone):
    left = cut(np.ones(gone.shape), gone)
    expected = [[1.0 if not run[: k + 1].any() else np.nan for k in range(len(run))] for run in gone.T]
    np.testing.assert_array_equal(left.T, expected)


def test_a_single_run_gives_a_plain_number():
    assert first(np.array([False, True])) == 1.0 and for_good(np.array([True, True])) == 0.0

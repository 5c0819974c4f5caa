"""Eight facts in a turned matrix: the runs against plain ones, who notices which turn, and what is drawn and said."""

import numpy as np
import pytest

from course_lib.labs import facts_lab
from course_lib.labs.facts_lab import (
    ALL,
    ANGLES,
    ANSWERS,
    KINDS,
    OFTEN,
    ROWS_AND_COLUMNS,
    RULES,
    TALL,
    raced,
    tuned,
    turns,
)
from course_lib.optimizers.muon import orthogonalized

LINEAR = ("GradientDescent", "Momentum")


def one(angle, rule, turned=ROWS_AND_COLUMNS):
    answer = facts_lab.compute(np.array([[angle]]), np.array([[rule]]), turned=turned)
    lines = {gid: np.column_stack([np.ravel(side) for side in pair]) for gid, pair in answer.lines.items()}
    return lines, {name: np.ravel(text)[0] for name, text in answer.words.items()}


def test_a_turn_of_rows_and_columns_turns_both_sides_of_the_matrix_and_any_turn_keeps_lengths():
    W = np.random.default_rng(0).standard_normal((8, 8))
    turn = turns(ROWS_AND_COLUMNS, [30])[0]
    R = np.eye(8)
    for i, j in ((0, 7), (1, 6), (2, 5), (3, 4)):
        R[[i, j], [i, j]], R[i, j], R[j, i] = np.cos(np.pi / 6), -0.5, 0.5
    np.testing.assert_allclose((turn @ W.ravel()).reshape(8, 8), R @ W @ R.T)
    for kind in KINDS:
        for turn in turns(kind, ANGLES):
            np.testing.assert_allclose(turn @ turn.T, np.eye(64), atol=1e-14)


@pytest.mark.parametrize("angle", [0, 20])
def test_muon_is_run_on_the_turned_facts(angle):
    """By hand: the facts' keys and answers turned, one slope for each fact, Muon's three lines."""
    best, R = tuned("Muon"), np.eye(8)
    for i, j in ((0, 7), (1, 6), (2, 5), (3, 4)):
        a = np.radians(angle)
        R[[i, j], [i, j]], R[i, j], R[j, i] = np.cos(a), -np.sin(a), np.sin(a)
    keys, answers = R, R @ ANSWERS  # columns
    W, M = np.zeros((8, 8)), np.zeros((8, 8))
    for t in range(1, 13):
        G = sum(OFTEN[k] * np.outer(W @ keys[:, k] - answers[:, k], keys[:, k]) for k in range(8))
        M = best.memory * M + (1 - best.memory) * G
        W = W - best.lr * best.shrink ** (t - 1) * orthogonalized((1 - best.memory) * G + best.memory * M)
    drawn = raced("Muon", ROWS_AND_COLUMNS)[0][12, :, np.flatnonzero(angle == ANGLES)[0]]
    np.testing.assert_allclose(drawn.reshape(8, 8), W, atol=1e-9)
    worst = np.linalg.norm(W @ keys - answers, axis=0).max()
    assert raced("Muon", ROWS_AND_COLUMNS)[1][12, np.flatnonzero(angle == ANGLES)[0]] == pytest.approx(worst)


def test_who_notices_which_turn():
    for kind, unmoved in ((ROWS_AND_COLUMNS, (*LINEAR, "Muon")), (ALL, LINEAR)):
        for name in RULES:
            settled = raced(name, kind)[2]
            assert np.isfinite(settled[0])
            assert (settled == settled[0]).all() == (name in unmoved), (name, kind)


def test_at_90_degrees_entries_have_changed_places_which_a_rule_for_single_entries_does_not_notice():
    for name, same in (("Adam", True), ("Signum", True), ("Muon", False)):
        settled = raced(name, ALL)[2]
        assert (settled[-1] == settled[0]) == same, name


@pytest.mark.parametrize(("name", "kind"), [("Adam", ROWS_AND_COLUMNS), ("Signum", ROWS_AND_COLUMNS), ("Muon", ALL)])
def test_tuning_anew_at_the_angle_does_not_bring_all_of_it_back(name, kind):
    _, error = facts_lab.learn(tuned(name, kind, 20.0).at, turns(kind, [20.0]), facts_lab.COUNTED)
    assert not facts_lab.for_good(error < facts_lab.TOLERANCE)[0] <= 2 * raced(name, kind)[2][0]


def test_what_is_drawn():
    lines, _ = one(20, "Adam", ALL)
    W = raced("Adam", ALL)[0][:, :, 4]
    bars = lines["entries.Adam"].reshape(facts_lab.DRAWN + 1, 64, 3, 2)
    np.testing.assert_allclose(bars[:, :, 0, 1] - bars[:, :, 1, 1], TALL * W)
    ticks = lines["wanted"].reshape(64, 3, 2)
    np.testing.assert_allclose(np.arange(64) // 8 - ticks[:, 0, 1], TALL * turns(ALL, ANGLES)[4] @ ANSWERS.ravel())
    assert np.isnan(lines["entries.Muon"][:, 1]).all()
    np.testing.assert_array_equal(lines["error.Adam"][:, 1], raced("Adam", ALL)[1][: facts_lab.DRAWN + 1, 4])
    assert lines["now.Adam"][0, 0] == facts_lab.LATE


def test_words():
    _, words = one(20, "Adam")
    assert words["as at 0°"] == "gradient descent 155, momentum 29, Muon 18"
    assert words["not as at 0°"].startswith("Adam not in 160 (13), Signum not in 160 (18)")
    assert words["the run"].startswith("Adam has not settled after 160 steps, the worst fact off by ")
    assert one(0, "Muon")[1]["not as at 0°"] == "no rule"

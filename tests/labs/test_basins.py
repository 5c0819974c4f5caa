"""The map of starts: every mark is a plain run, every share is counted, and the words say what the map shows."""

import numpy as np
import pytest

from course_lib import labs, plots
from course_lib.descent import descend
from course_lib.labs import basins_lab
from course_lib.labs.basins_lab import DIVERGED, GROUNDS, LATE, MEMORIES, MOVING, RULES, STEPS
from course_lib.labs.rules import built
from course_lib.optimizers import Adam, GradientDescent, Momentum
from course_lib.surfaces import SURFACES

CAMEL = "three_hump_camel"


def one(memory=0.9, surface=CAMEL, rule="Momentum", lr=0.01, start=(2.0, 2.0)):
    """Lines of one cell as (points, 2), and its words."""
    answer = basins_lab.compute(np.array([memory]), surface=surface, rule=rule, lr=lr)
    runs = basins_lab.paths(memory, lr, surface, rule, start)
    lines = {
        gid: np.column_stack([np.ravel(side) for side in pair]) for gid, pair in (answer.lines | runs.lines).items()
    }
    words = {name: np.ravel(text)[0] for name, text in answer.words.items()}
    return lines, {name: text() for name, text in runs.words.items()} | words


def marked(lines, gid):
    return int(np.isfinite(lines[gid][:, 1]).sum()) if gid in lines else 0


def test_every_surface_with_several_minima_has_a_map():
    assert set(GROUNDS) == {"three_hump_camel", "himmelblau", "styblinski_tang", "six_hump_camel"}


@pytest.mark.parametrize("surface", GROUNDS)
def test_minima_are_named_once_the_lowest_ones_first(surface):
    minima, ground = basins_lab.minima_of(surface), SURFACES[surface]
    assert {minimum.place for minimum in minima} == set(ground.minima)
    heights = [float(ground.value(np.array(minimum.place, float))) for minimum in minima]
    assert [minimum.lowest for minimum in minima] == [h < ground.lowest + 1e-8 for h in heights]
    assert len({minimum.gid for minimum in minima}) == len(minima)
    assert [minimum.look in plots.DEEP for minimum in minima] == [minimum.lowest for minimum in minima]
    assert [minimum.lowest for minimum in minima] == sorted((m.lowest for m in minima), reverse=True)


@pytest.mark.parametrize(
    ("surface", "rule", "lr"), [(CAMEL, "Momentum", 0.01), ("six_hump_camel", "Nesterov", 0.1), (CAMEL, "Adam", 0.01)]
)
def test_a_mark_is_where_a_run_of_its_own_comes_to_rest(surface, rule, lr):
    starts, reached = basins_lab.starts_of(surface), basins_lab.ends(surface, rule, lr)
    minima = basins_lab.minima_of(surface)
    for row, number in ((0, 3), (10, 333), (18, 512), (18, 977), (19, 700)):
        optimizer = built(RULES[rule], lr, MEMORIES[row])
        late = descend(optimizer, surface, starts[:, number], steps=STEPS).theta[-LATE:]
        away = [np.linalg.norm(late - minimum.place, axis=1).max() for minimum in minima]
        lost = not (np.abs(late) < 1e3).all()
        expected = int(np.argmin(away)) if min(away) < basins_lab.NEAR else (DIVERGED if lost else MOVING)
        assert reached[row, number] == expected


def test_starts_are_the_middles_of_cells_that_fill_the_view():
    x, y = basins_lab.starts_of("six_hump_camel")
    assert len(x) == basins_lab.ACROSS * basins_lab.UP
    assert (x.min(), x.max()) == pytest.approx((-2.1 + 2.1 / 40, 2.1 - 2.1 / 40))
    assert (y.min(), y.max()) == pytest.approx((-1.2 + 1.2 / 25, 1.2 - 1.2 / 25))


@pytest.mark.parametrize(("surface", "lr"), [(CAMEL, 0.01), ("six_hump_camel", 0.1)])
def test_every_start_has_one_mark(surface, lr):
    lines, _ = one(surface=surface, lr=lr)
    assert sum(marked(lines, gid) for gid in (*basins_lab.MARKS, "moving", "diverged")) == 1000


def test_runs_that_leave_or_linger_are_told_apart():
    late = np.zeros((LATE, 2, 5))
    late[:, :, 1] = np.nan
    late[:, :, 2] = 1e5
    late[:, :, 3] = 5.0
    late[-1, 0, 4] = 0.5  # at the minimum, then away from it
    assert basins_lab.rest_of(late, CAMEL).tolist() == [0, DIVERGED, DIVERGED, MOVING, MOVING]


def test_paths_are_plain_runs_of_the_chosen_one_and_of_gradient_descent():
    lines, _ = one(0.85, rule="Adam", lr=0.03, start=(1.5, -1.0))
    adam = descend(Adam(0.03, 0.85), CAMEL, (1.5, -1.0), STEPS).theta
    plain = descend(GradientDescent(0.03), CAMEL, (1.5, -1.0), STEPS).theta
    np.testing.assert_allclose(lines["path.Adam"], adam, rtol=1e-9)
    np.testing.assert_allclose(lines["path.GradientDescent"], plain, rtol=1e-9)
    assert "path.Momentum" not in lines


def test_where_several_minima_are_equally_low_it_is_a_lowest_one():
    assert one(surface="himmelblau")[1]["path.Momentum"].startswith("comes to rest in a lowest minimum, (")


def test_the_trap_of_the_deck_is_told():
    words = one()[1]
    assert words["path.GradientDescent"].startswith("comes to rest in a trap, (1.75, −0.87), 0.3 above the lowest")
    settled = descend(Momentum(0.01, 0.9), CAMEL, (2.0, 2.0), STEPS).settled()
    assert words["path.Momentum"] == f"comes to rest in the lowest minimum, (0.00, 0.00), after {settled:.0f} steps"


def test_half_of_the_starts_are_brought_home_and_momentum_adds_fifteen_in_a_hundred():
    words = one()[1]
    assert words["starts"] == "63.8% of 1000 reach the lowest minimum, 36.2% a trap"
    assert "does not bring there it brings 154, of the other 486 it loses 2" in words["won and lost"]
    assert words["the others"].startswith("gradient descent 48.6%, Nesterov 60.6%")


def test_on_high_walls_momentum_hardly_helps():
    words = [one(memory, "styblinski_tang")[1]["starts"] for memory in (0.0, 0.5, 0.8, 0.9)]
    assert [text.split("%")[0] for text in words] == ["27.3", "27.3", "27.3", "32.2"]


def test_too_long_a_step_with_memory_loses_more_than_it_wins():
    words = one(0.9, "six_hump_camel", lr=0.1)[1]
    assert words["starts"].startswith("44.2% of 1000 reach one of the 2 lowest minima")
    assert words["starts"].endswith("45.0% diverge")
    assert words["the others"].startswith("gradient descent 67.2%")


def test_shares_are_counted_from_the_marks():
    lines, words = one(0.85, rule="Nesterov")
    share = marked(lines, "deep0") / 1000
    curve = lines["share.Nesterov"]
    assert curve[np.abs(curve[:, 0] - 0.85).argmin(), 1] == pytest.approx(share)
    np.testing.assert_allclose(lines["here.Nesterov"], [[0.85, share]])
    assert words["starts"].startswith(f"{share:.1%}")


def test_won_and_lost_explain_the_difference_to_gradient_descent():
    plain = basins_lab.home(CAMEL, "GradientDescent", 0.01)[0]
    mine = basins_lab.home(CAMEL, "Momentum", 0.01)[18]
    told = one()[1]["won and lost"]
    won, lost = (mine & ~plain).sum(), (plain & ~mine).sum()
    assert f"brings {won}, of the other {plain.sum()} it loses {lost}" in told
    assert mine.sum() - plain.sum() == won - lost


def test_without_memory_momentum_is_gradient_descent():
    for name in ("Momentum", "Nesterov"):
        np.testing.assert_array_equal(
            basins_lab.ends(CAMEL, name, 0.01)[0], basins_lab.ends(CAMEL, "GradientDescent", 0.01)[0]
        )


def test_gradient_descent_is_not_compared_with_itself():
    lines, words = one(rule="GradientDescent")
    assert list(words) == ["path.GradientDescent", "starts", "the others"]
    assert "gradient descent" not in words["the others"]
    assert np.ptp(lines["share.GradientDescent"][:, 1]) == 0


def test_the_memories_of_the_map_are_those_of_the_slider():
    np.testing.assert_allclose(labs.basins().page["memory"].values, MEMORIES)


def test_the_rates_of_the_slider_hold_a_hundredth_and_a_tenth():
    values = labs.basins().kernel["lr"][0].values
    assert all(np.isclose(values, wanted, rtol=1e-6).any() for wanted in (0.01, 0.1))


def test_another_surface_brings_its_own_start():
    live = labs.basins()
    live.set(surface="styblinski_tang")
    first, second = live.kernel["start"]
    assert (first.value(live.settings["start.0"]), second.value(live.settings["start.1"])) == (0.5, 4.0)
    assert not live.error


def test_every_surface_and_optimizer_can_be_drawn():
    live = labs.basins()
    assert len({live.picture({"surface": k}, scale=1) for k in range(len(GROUNDS))}) == len(GROUNDS)
    assert len({live.picture({"rule": k}, scale=1) for k in range(len(RULES))}) == len(RULES)


def test_looks_of_the_minima_differ_in_colour_and_among_their_kind_in_marker():
    looks = [*plots.DEEP, *plots.TRAPS]
    assert len({look.color for look in looks}) == len(looks)
    assert all(len({look.marker for look in kind}) == len(kind) for kind in (plots.DEEP, plots.TRAPS))

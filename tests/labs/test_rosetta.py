"""Seven libraries: converted, they draw one path; a drop parts them by their memory; copied, averaged differs."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib import labs
from course_lib.conventions import Averaged, Deck, Keras, PyTorch
from course_lib.descent import descend
from course_lib.labs import rosetta_lab
from course_lib.labs.rosetta_lab import CONVERTED, COPIED, DROP, DROPPED, GROUPS, LIBRARIES, STEPS
from course_lib.optimizers import Momentum
from course_lib.surfaces import Surface

PARABOLA = Surface("parabola", lambda theta: theta[0] ** 2 / 2, lambda theta: 1 * theta, ((-5, 5),), (4.0,), "x^2 / 2")


def one(gamma, settings, **kernel):
    """The places of each library for one cell, and its words."""
    answer = rosetta_lab.compute(gamma, settings, **kernel)
    places = {name: np.ravel(answer.lines[f"place of {name}"][1]) for name in LIBRARIES}
    return places, {name: text() for name, text in answer.words.items()}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("lr, gamma", [(0.001, 0.99), (0.01, 0.9), (0.3, 0.5), (1.0, 0.0)])
def test_converted_settings_draw_one_path(library, lr, gamma):
    places, words = one(gamma, CONVERTED, library=library, lr=lr)
    deck = LIBRARIES[library](lr, gamma).to_deck()
    expected = descend(Momentum(deck.lr, deck.gamma), PARABOLA, steps=STEPS).theta[:, 0]
    for name, place in places.items():
        np.testing.assert_allclose(place, expected, rtol=1e-9, atol=1e-11, err_msg=name)
    assert words["all seven"].startswith("one path") and words[library].endswith("(chosen)")


@pytest.mark.parametrize("library", ["deck", "averaged", "optax"])
def test_a_drop_parts_them_into_two_groups_by_their_memory(library):
    places, words = one(0.9, DROPPED, library=library, lr=0.02)
    before = np.stack(list(places.values()))[:, : DROP + 1]
    assert np.ptp(before, axis=0).max() < 1e-12
    for members in GROUPS.values():
        assert np.ptp(np.stack([places[name] for name in members]), axis=0).max() < 1e-12
    apart = np.abs(places["Keras"] - places["PyTorch"])
    assert apart[DROP + 1] > 0.01 and apart.max() > 10 * apart[DROP + 1] / 2
    assert "two groups" in words["all seven"] and f"{apart.max():.2g} apart" in words["all seven"]


def test_memories_of_gradients_slow_down_at_once_and_memories_of_steps_coast_on():
    places, _ = one(0.9, DROPPED, lr=0.01)
    for name, place in places.items():
        before, after = np.abs(np.diff(place))[DROP - 1 : DROP + 1]
        shrunk = after / before
        assert 0.09 < shrunk < 0.11 if LIBRARIES[name].memory == "gradients" else 0.85 < shrunk < 0.95, (name, shrunk)


def test_the_groups_are_those_of_the_conventions():
    assert GROUPS == {"steps": ("deck", "Sutskever", "Polyak", "Keras"), "gradients": ("averaged", "PyTorch", "optax")}


def test_the_drop_is_the_schedule_one_writes():
    settings = Keras(0.02, 0.9)
    slower = replace(settings, learning_rate=0.002)
    expected = descend(lambda t: settings if t <= DROP else slower, PARABOLA, steps=STEPS)
    places, _ = one(0.9, DROPPED, library="Keras", lr=0.02)
    np.testing.assert_array_equal(places["Keras"], expected.theta[:, 0])


@pytest.mark.parametrize("library", LIBRARIES)
def test_copied_numbers_part_the_averaged_form_only(library):
    places, words = one(0.9, COPIED, library=library, lr=0.05)
    others = [place for name, place in places.items() if name != "averaged"]
    assert np.ptp(np.stack(others), axis=0).max() < 1e-12
    np.testing.assert_allclose(places["averaged"], descend(Momentum(0.005, 0.9), PARABOLA, steps=STEPS).theta[:, 0])
    assert "six draw one path" in words["all seven"]


def test_without_memory_nothing_parts():
    for settings in (CONVERTED, DROPPED, COPIED):
        places, words = one(0.0, settings, lr=0.1)
        assert np.ptp(np.stack(list(places.values())), axis=0).max() < 1e-12
        assert words["all seven"].startswith("one path")


def test_a_little_memory_is_not_called_none_where_the_run_has_arrived_before_the_drop():
    assert one(0.03, DROPPED, lr=1.0)[1]["all seven"].startswith("two groups")


def test_words_are_what_one_writes():
    words = one(0.9, CONVERTED, library="PyTorch", lr=0.1)[1]
    assert words["Keras"] == "keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=False)"
    assert words["averaged"] == f"{Averaged(1.0, 0.9)}"
    assert words["deck"] == f"{Deck(0.1, 0.9)}"
    assert words["PyTorch"] == f"{PyTorch(0.1, 0.9)} (chosen)"
    dropped = one(0.9, DROPPED, library="averaged", lr=0.1)[1]
    assert dropped["averaged"].endswith(f"from step {DROP + 1} on lr=0.01 (chosen)")
    assert dropped["Polyak"].endswith("alpha=0.001") and "alpha=0.01," in dropped["Polyak"]
    assert one(0.9, COPIED, lr=0.1)[1]["averaged"] == f"{Averaged(0.1, 0.9)}"


def test_markers_of_the_seven_never_meet():
    lines = labs.rosetta().drawing.lines
    marked = [range(STEPS + 1)[first::each] for first, each in (lines[name].get_markevery() for name in LIBRARIES)]
    assert len(set().union(*marked)) == sum(map(len, marked))
    assert len({lines[name].get_marker() for name in LIBRARIES}) == 7
    assert len({lines[f"place of {name}"].get_marker() for name in LIBRARIES}) == 7


def test_the_right_panel_shows_how_far_each_step_goes():
    answer = rosetta_lab.compute(0.9, DROPPED, lr=0.02)
    for name in LIBRARIES:
        moved = np.abs(np.diff(np.ravel(answer.lines[f"place of {name}"][1])))
        np.testing.assert_array_equal(np.ravel(answer.lines[name][1])[1:], moved)


def test_it_begins_with_what_it_is_told():
    assert labs.rosetta(settings=DROPPED).defaults["settings"] == rosetta_lab.SETTINGS.index(DROPPED)


def test_a_word_it_does_not_know_is_answered_with_those_it_knows():
    with pytest.raises(ValueError, match="Known are"):
        labs.rosetta(settings="nowhere")

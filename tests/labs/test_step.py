"""Inside one update: the arrows are those of the optimizers, and looking ahead moves only the gradient arrow."""

from itertools import islice

import numpy as np
import pytest

from course_lib import labs
from course_lib.descent import descend, trace
from course_lib.labs import step_lab
from course_lib.labs.step_lab import AHEAD, GROUNDS, HERE
from course_lib.live.answer import spoken
from course_lib.optimizers import Momentum, Nesterov

RULES = {HERE: Momentum, AHEAD: Nesterov}


def one(update, look, **others):
    """Lines of one update as (points, 2), and its words."""
    answer = spoken(step_lab.compute(update, look, **others))
    drawn = {gid: np.column_stack([np.ravel(side) for side in pair]) for gid, pair in answer.lines.items()}
    lines = {f"near.{gid}": points for gid, points in drawn.items()}
    lines |= {gid.removeprefix(step_lab.ABOVE): points for gid, points in drawn.items() if gid.startswith("above")}
    lines["path"] = drawn["path"]
    return lines, answer.words


def arrow(points):
    """From, to."""
    drawn = points[np.isfinite(points[:, 0])]
    return drawn[0], drawn[-1]


@pytest.mark.parametrize("look", [HERE, AHEAD])
@pytest.mark.parametrize("update", [1, 2, 7, step_lab.UPDATES])
@pytest.mark.parametrize("settings", [{}, {"gamma": 0.0, "lr": 0.3}, {"ground": "a gentle bowl", "start": (1.0, -1.2)}])
def test_arrows_are_those_of_a_run(look, update, settings):
    lines, _ = one(update, look, **settings)
    ground = GROUNDS[settings.get("ground", "a ravine")]
    start, lr, gamma = settings.get("start", step_lab.START), settings.get("lr", 0.12), settings.get("gamma", 0.8)
    rule = RULES[look](lr, gamma)
    now, after = list(islice(trace(rule, ground.gradient, start), update - 1, update + 1))
    expected = {
        "momentum": (now.theta, now.theta - gamma * now.state[0]),
        "gradient": (now.look, now.look - lr * now.g),
        "step": (now.theta, after.theta),
    }
    for name, ends in expected.items():
        np.testing.assert_allclose(arrow(lines[name]), ends, rtol=1e-9, atol=1e-12, err_msg=name)
    path = descend(rule, ground, start, steps=step_lab.UPDATES).theta
    np.testing.assert_allclose(lines["path"][:update], path[:update], rtol=1e-12)
    assert np.isnan(lines["path"][update:]).all()


def test_at_the_second_update_only_the_gradient_arrow_moves():
    here, ahead = one(2, HERE)[0], one(2, AHEAD)[0]
    np.testing.assert_array_equal(here["momentum"], ahead["momentum"])
    np.testing.assert_array_equal(here["ball"], ahead["ball"])
    start, _ = arrow(ahead["gradient"])
    np.testing.assert_allclose(start, arrow(ahead["momentum"])[1])
    assert np.linalg.norm(arrow(here["gradient"])[0] - start) > 1


def test_the_faint_arrow_is_what_the_other_rule_would_have_done():
    here, ahead = one(2, HERE)[0], one(2, AHEAD)[0]
    for mine, others in ((here, ahead), (ahead, here)):
        faint, near = arrow(mine["near.other"]), arrow(mine["near.gradient"])
        scale = np.linalg.norm(near[1] - near[0]) / np.linalg.norm(np.subtract(*arrow(mine["gradient"])))
        np.testing.assert_allclose(
            faint[1] - faint[0], scale * np.subtract(*arrow(others["gradient"])[::-1]), atol=1e-9
        )


def test_the_enlarged_arrows_fill_their_square():
    for update in (1, 2, 16):
        lines, _ = one(update, AHEAD)
        points = np.concatenate([arrow(lines[f"near.{name}"]) for name in ("momentum", "gradient", "step", "other")])
        assert np.abs(points).max() == pytest.approx(1)


def test_arrows_grow_one_after_the_other():
    lines, _ = one(2, HERE)
    for act, name in enumerate(("momentum", "gradient", "step")):
        points = lines[name]
        first = act * step_lab.GROW
        assert np.ptp(points[: first + 1], axis=0).max() == 0
        lengths = np.linalg.norm(points[first : first + step_lab.GROW + 1] - points[0], axis=1)
        assert (np.diff(lengths) > 0).all()


def test_words_say_the_numbers():
    _, words = one(2, HERE)
    assert words["momentum"] == "(0.38, −1.23), γ = 0.80 times the last move, (0.48, −1.54)"
    assert words["step"] == "(0.81, −1.29), their sum: the ball lands on (−2.71, −1.23)"
    assert "the slope here" in words["gradient"] and "ahead it would be (0.38, 1.12)" in words["gradient"]
    assert one(1, AHEAD)[1]["momentum"].startswith("nothing yet")
    assert "no memory carries it ahead" in one(1, AHEAD)[1]["gradient"] and "ahead" in one(2, AHEAD)[1]["gradient"]
    assert "forgotten" in one(3, HERE, gamma=0.0)[1]["momentum"]


def test_a_picture_carries_the_arrow_heads():
    """The momentum arrow is complete long before the last moment, and keeps its head."""
    live = labs.step()
    live.drawing.lines["above momentum tip"].set_visible(False)
    without = live.picture(scale=1)
    live.drawing.lines["above momentum tip"].set_visible(True)
    assert live.picture(scale=1) != without


def test_the_ground_is_redrawn():
    live = labs.step()
    assert live.picture({"ground": 1}, scale=1) != live.picture({"ground": 0}, scale=1)


def test_it_begins_with_what_it_is_told():
    assert labs.step(look=AHEAD).defaults["look"] == list(step_lab.RULES).index(AHEAD)


def test_a_word_it_does_not_know_is_answered_with_those_it_knows():
    with pytest.raises(ValueError, match="Known are"):
        labs.step(look="nowhere")

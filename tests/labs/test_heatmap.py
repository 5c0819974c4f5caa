"""The heat map: every cell against a run of its own, its edges against theory, its words and its pictures."""

import numpy as np
import pytest
from prose import numbers, prose

from course_lib import labs, quadratics
from course_lib.descent import descend
from course_lib.labs import heatmap_lab as lab
from course_lib.labs.rules import TOLD

EVERY = [(method, surface) for method in ("Momentum.gamma", "Adam.beta2", "Adagrad.None") for surface in lab.GROUNDS]


def one(lr, memory, **kernel):
    return lab.compute(np.array([[lr]]), np.array([[memory]]), **kernel)


@pytest.fixture(scope="module")
def live():
    return labs.heatmap()


@pytest.mark.parametrize("method", lab.METHODS)
def test_the_map_is_made_of_single_runs(method):
    kind, field = lab.METHODS[method]
    whole = lab.measured(method, "rosenbrock")
    for row, column in ((0, 0), (15, 8), (20, 16), (30, 24), (40, 12)):
        setting = {field: 1 - 1 / lab.MEMORIES[column]} if field else {}
        path = descend(kind(lab.LRS[row], **setting), "rosenbrock", steps=lab.STEPS)
        np.testing.assert_allclose(whole.height[row, column], path.loss[-1], rtol=1e-6)
        assert whole.steps[row, column] == path.steps_to(lab.TOL)


@pytest.mark.parametrize("method, surface", EVERY)
def test_the_run_one_sees_ends_where_the_map_says(method, surface, live):
    lr, memory = (np.asarray(control.values) for control in live.page.values())
    answer = lab.compute(lr[:, None], memory[None], method=method, surface=surface)
    ends = answer.lines["loss.run"][1][-1]
    whole = np.maximum(lab.measured(method, surface).height, lab.EQUAL / 100)
    np.testing.assert_array_equal(np.broadcast_to(ends, whole.shape), whole)


@pytest.mark.parametrize("method, surface", EVERY)
def test_nothing_on_the_map_is_better_than_the_star(method, surface):
    whole = lab.measured(method, surface)
    low = np.maximum(np.nan_to_num(whole.height, nan=np.inf), lab.EQUAL)
    assert low[whole.best] == low.min()
    assert whole.steps[whole.best] == whole.steps[low == low.min()].min()


def test_momentum_fails_beyond_the_limit_of_theory_and_only_there():
    """The edge is at (2 + 2 gamma) / L; where memory is long, 150 steps do not tell on which side a run is."""
    whole = lab.measured("Momentum.gamma", "ravine")
    short = lab.MEMORIES <= 10
    limit = quadratics.heavy_ball_limit(1 - 1 / lab.MEMORIES[short], 25)
    worse = ~(whole.height <= whole.start)[:, short]
    lr = lab.LRS[:, None]
    assert worse[lr > 1.05 * limit].all() and not worse[lr < 0.95 * limit].any()


def test_a_longer_memory_is_a_larger_learning_rate_while_both_are_small():
    """The diagonal edge of momentum's map: runs of one effective step lr / (1 - gamma) end alike."""
    whole = lab.measured("Momentum.gamma", "ravine")
    row = {lr: int(np.abs(np.log(lab.LRS / lr)).argmin()) for lr in (0.001, 0.01)}
    plain, with_memory = whole.height[row[0.01], 0], whole.height[row[0.001], 8]
    assert lab.MEMORIES[8] == pytest.approx(10)
    assert with_memory == pytest.approx(plain, rel=0.25)
    assert whole.height[row[0.001], 0] > 10 * plain


def test_the_default_of_adam_barely_moves_in_150_steps():
    whole = lab.measured("Adam.beta1", "turned")
    lr, memory = lab.usual("Adam.beta1")
    assert (lr, memory) == (0.001, pytest.approx(10))
    row, column = int(np.abs(lab.LRS - lr).argmin()), int(np.abs(lab.MEMORIES - memory).argmin())
    assert whole.height[row, column] > 0.8 * whole.start


def test_only_the_methods_without_coordinates_have_the_same_map_in_a_turned_ravine():
    for method, same in (("Momentum.gamma", True), ("RMSprop.gamma", False), ("Adam.beta1", False)):
        level, turned = (lab.measured(method, surface).height for surface in ("ravine", "turned"))
        seen = (level < 50) & (level > 1e-9)
        assert np.allclose(level[seen], turned[seen], rtol=1e-3) == same, method


def test_words_for_every_kind_of_end():
    best = lab.measured("Momentum.gamma", "ravine").chosen
    end = "loss below 10⁻¹² after 150 steps, first below 10⁻⁶ at step 31"
    assert one(*best).words["run"].item() == f"η = 0.079, γ = 0.578: {end}; none on the map is lower"
    assert one(*best).words["best of the map"] == f"η = 0.079, γ = 0.578: {end}"
    assert one(3.0, 1.0).words["run"].item() == "η = 3, γ = 0.000: diverges"
    end = "loss 3.9 · 10⁻⁶ after 150 steps, never below 10⁻⁶; more than 3.9 · 10⁶ times the lowest of the map"
    assert one(0.01, 10.0).words["run"].item() == f"η = 0.01, γ = 0.900: {end}"
    higher = one(0.1, 1.0, method="Adam.beta2", surface="rosenbrock").words["run"].item()
    assert higher.startswith("η = 0.1, β₂ = 0.000: ends at a loss of ") and higher.endswith("higher than it began (24)")
    assert one(0.01, 1.0, method="Adagrad.None").words["run"].item().startswith("η = 0.01: loss")


def test_buttons_go_to_the_star_and_to_the_defaults(live):
    scenes = one(0.01, 10.0).scenes
    assert scenes[lab.BEST] == dict(zip(("lr", "memory"), lab.measured("Momentum.gamma", "ravine").chosen, strict=True))
    assert scenes[lab.USUAL] == {"lr": 0.01, "memory": pytest.approx(10)}
    assert one(0.01, 10.0, method="GradientDescent.None").scenes[lab.USUAL] == {"lr": 0.01}


def test_every_optimizer_is_offered_with_each_of_its_memories(live):
    offered = [name.split(".")[0] for name in lab.METHODS]
    assert list(dict.fromkeys(offered)) == [kind.__name__ for kind in TOLD]
    assert "Adam: η and β₁ (β₂ stays 0.999)" in live.quantities["method"][0].texts


def test_memories_are_shown_as_gamma():
    assert [lab.shown_as(memory) for memory in (1, 10, 100, 1000)] == ["0.000", "0.900", "0.9900", "0.9990"]
    assert len({lab.shown_as(memory) for memory in lab.MEMORIES}) == len(lab.MEMORIES)


def test_the_star_is_on_the_best_cell(live):
    (star,) = (line for line in live.drawing.figure.axes[0].lines if line.get_marker() == "*")
    np.testing.assert_allclose(np.ravel(star.get_data()), lab.measured("Momentum.gamma", "ravine").chosen, rtol=1e-9)


def test_hatching_covers_the_cells_that_end_higher(live):
    fig = live.drawing.figure
    (worse,) = fig.axes[0].patches
    whole = lab.measured("Momentum.gamma", "ravine")
    assert len(worse.get_path().vertices) == 5 * (~(whole.height <= whole.start)).sum()


def test_a_change_of_method_and_surface_leaves_nothing_behind():
    live = labs.heatmap()
    fig, line = live.drawing.figure, live.drawing.lines["loss.run"]
    counted = [len(ax.get_children()) for ax in fig.axes]
    live.background(fig, "Adam.beta2", "rosenbrock")
    assert line.get_label() == "Adam" and fig.axes[0].get_title("left").startswith("Adam")
    image, whole = fig.axes[0].collections[0], lab.measured("Adam.beta2", "rosenbrock")
    np.testing.assert_array_equal(np.ma.getmaskarray(image.get_array()), ~(whole.height <= whole.start).T)
    live.background(fig, "Momentum.gamma", "ravine")
    assert line.get_label() == "momentum"
    assert [len(ax.get_children()) for ax in fig.axes] == counted


def test_an_interrupt_while_the_map_is_computed_leaves_the_figure_whole(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    live = labs.heatmap()
    fig = live.drawing.figure
    with monkeypatch.context() as patch:
        patch.setattr(lab, "measured", interrupted)
        with pytest.raises(KeyboardInterrupt):
            live.background(fig, "Momentum.gamma", "beale")
    live.background(fig, "Momentum.gamma", "himmelblau")
    assert fig.axes[0].collections


def test_a_click_on_the_map_shows_the_run_of_that_cell(open_page):
    live = labs.heatmap()
    page = open_page(live)
    before = page.canvas()
    pad = page.page.locator(".live-pad")
    box, (first, second) = pad.bounding_box(), live.page.values()
    share = [(number + 0.5) / len(control.values) for number, control in zip((5, 20), (first, second), strict=True)]
    pad.click(position={"x": box["width"] * share[0], "y": box["height"] * (1 - share[1])})
    page.settled()
    assert page.eval(f"[f.text('{first.name}'), f.text('{second.name}')]") == [first.texts[5], second.texts[20]]
    assert np.abs(page.canvas() - before).max() > 60
    pad.press("ArrowDown")
    page.settled()
    assert page.eval(f"f.text('{second.name}')") == second.texts[19]


def test_prose_of_lesson_04_counts_the_settings_of_the_map():
    told = prose("04", "heatmap-sentence")
    assert numbers(told, r"loss after (\d+) steps for (\d+) learning rates and (\d+) memories") == [
        lab.STEPS,
        len(lab.LRS),
        len(lab.MEMORIES),
    ]

    def below(method, surface):
        return np.count_nonzero(np.isfinite(lab.measured(method, surface).steps))

    momentum, adam, rmsprop = "Momentum.gamma", "Adam.beta1", "RMSprop.gamma"
    here = numbers(told, r"(\d+) of the (\d+) settings of momentum .*, (\d+) of Adam's and (\d+) of RMSprop's")
    assert here == [below(momentum, "ravine"), lab.LRS.size * 25, below(adam, "ravine"), below(rmsprop, "ravine")]
    turned = numbers(told, r"momentum still has its (\d+), Adam has (\d+), and RMSprop some (\d+)")
    assert turned[:2] == [below(method, "turned") for method in (momentum, adam)]
    assert abs(turned[2] - below(rmsprop, "turned")) <= 5
    assert "of what dividing by coordinate gains along the axes, most is lost at 45 degrees" in told
    assert all(along - askew > (along - here[0]) / 2 for along, askew in zip(here[2:], turned[1:], strict=True))

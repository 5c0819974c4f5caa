"""The race: plain runs, what is held equal is held equal, and a learner's class runs or is told what is wrong."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from browser import decode

from course_lib import labs, plots
from course_lib.descent import descend
from course_lib.labs import race_lab
from course_lib.labs.race_lab import EFFECTIVE, LR, RATES, TUNED, WIDE_RATES
from course_lib.labs.race_runners import STEPS, is_sound, runners_of
from course_lib.live.answer import spoken
from course_lib.optimizers import (
    OPTIMIZERS,
    Adadelta,
    Adagrad,
    Adam,
    GradientDescent,
    Momentum,
    Nesterov,
    Optimizer,
    RMSprop,
)

ROOT = Path(__file__).parents[2]
USUAL = runners_of(())
START = (-4.0, 2.0)


def one(lr=0.02, gamma=0.9, surface="ravine", fair=LR, start=START, runners=USUAL):
    """Lines of one race as (points, 2), and its words."""
    answer = spoken(race_lab.compute(lr, gamma, surface=surface, fair=fair, start=start, runners=runners))
    lines = {gid: np.column_stack([np.ravel(side) for side in pair]) for gid, pair in answer.lines.items()}
    return lines, answer.words


# A learner's classes: right, bare, and wrong.


@dataclass(frozen=True, eq=False)
class Mine(Optimizer):
    lr: float = 0.01
    gamma: float = 0.9
    state = ("delta",)

    def step(self, theta, g, t, delta):
        delta = self.lr * g + self.gamma * delta
        return theta - delta, delta


class Bare:
    def __init__(self, lr=0.01):
        self.lr = lr

    def step(self, theta, g, t):
        return (theta - self.lr * g,)


class Clipped(Bare):
    """Right for one run; of a grid at once it would take one length for all."""

    def step(self, theta, g, t):
        return (theta - self.lr * g / max(1, np.linalg.norm(g)),)


class NoTuple(Bare):
    def step(self, theta, g, t):
        return theta - self.lr * g


class OldArguments(Bare):
    def step(self, theta, g):
        return (theta - self.lr * g,)


class Needy(Bare):
    def __init__(self, lr, friction):
        self.lr = lr


class Undecorated(Optimizer):
    lr: float = 0.01

    def step(self, theta, g, t):
        return (theta - self.lr * g,)


class Typo(Bare):
    def step(self, theta, g, t):
        return (theta - self.rate * g,)


class Unwritten(Optimizer):
    pass


class InPlace(Bare):
    def step(self, theta, g, t):
        theta -= self.lr * g
        return (theta,)


@pytest.mark.parametrize("surface", race_lab.GROUNDS)
@pytest.mark.parametrize("start", ["home", (0.7, -0.9)])
def test_paths_are_plain_runs(surface, start):
    ground = race_lab.GROUNDS[surface]
    start = ground.start if start == "home" else start
    lines, _ = one(0.003, 0.8, surface, start=start)
    for runner, rule in zip(USUAL, (GradientDescent(0.003), Momentum(0.003, 0.8), Nesterov(0.003, 0.8)), strict=True):
        path = descend(rule, surface, start, steps=STEPS)
        np.testing.assert_allclose(lines[runner.gid], path.theta, rtol=1e-12)
        if np.isfinite(ground.lowest):
            expected = np.maximum(path.loss - ground.lowest, race_lab.BOTTOM / 100)
            np.testing.assert_allclose(lines[f"height.{runner.gid}"][:, 1], expected, rtol=1e-9)


def test_a_start_next_to_the_surfaces_own_is_that_start():
    lines, _ = one(surface="saddle", start=(-1.8, 0.0))
    assert tuple(lines["start"][0]) == race_lab.GROUNDS["saddle"].start
    assert tuple(one(surface="saddle", start=(-1.8, 0.3))[0]["start"][0]) == (-1.8, 0.3)


def test_same_effective_step_divides_the_learning_rate_of_momentum_only():
    lines, words = one(0.05, 0.9, fair=EFFECTIVE)
    for runner, rule in zip(USUAL, (GradientDescent(0.05), Momentum(0.005, 0.9), Nesterov(0.005, 0.9)), strict=True):
        np.testing.assert_allclose(lines[runner.gid], descend(rule, "ravine", START, steps=STEPS).theta, rtol=1e-9)
    assert words["run0"].endswith("; η = 0.05") and words["run1"].endswith("; η = 0.005, γ = 0.9")


@pytest.mark.parametrize("gamma", [0.0, 0.5, 0.9])
def test_tuned_is_the_best_of_the_same_grid(gamma):
    lines, words = one(0.123, gamma, fair=TUNED)
    rules = (GradientDescent, lambda lr: Momentum(lr, gamma), lambda lr: Nesterov(lr, gamma))
    for runner, rule in zip(USUAL, rules, strict=True):
        late = [descend(rule(lr), "ravine", START, steps=STEPS).loss[-race_lab.LATE :].max() for lr in RATES]
        best = RATES[np.nanargmin(late)]
        np.testing.assert_allclose(lines[runner.gid], descend(rule(best), "ravine", START, steps=STEPS).theta)
        memory = f", γ = {gamma:.2g}" if runner.memory else ""
        assert words[runner.gid].endswith(f"its best of {len(RATES)} learning rates: η = {best:.2g}{memory}")


@pytest.mark.parametrize("fair", [TUNED, "run0"])
@pytest.mark.parametrize("surface", ["saddle", "monkey_saddle"])
def test_where_there_is_no_lowest_point_nothing_is_called_the_best(surface, fair):
    lines, words = one(0.3, surface=surface, start=race_lab.GROUNDS[surface].start, fair=fair)
    rule = Momentum(race_lab.UNTUNED, 0.9)
    np.testing.assert_allclose(lines["run1"], descend(rule, surface, race_lab.GROUNDS[surface].start, STEPS).theta)
    assert words["run1"].endswith("; no lowest point to tune for: η = 0.02, γ = 0.9")


def test_the_best_learning_rate_of_gradient_descent_is_near_the_theorys():
    best = float(one(fair=TUNED)[1]["run0"].rsplit(" ", 1)[1])
    assert abs(np.log10(best / (2 / 26))) < 0.1


def test_the_sliders_learning_rates_are_the_grid_of_tuning():
    np.testing.assert_allclose(labs.race().quantities["lr"][0].values, RATES, rtol=1e-9)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"lr": 1.0}, "diverges"),
        ({"lr": 0.063}, "reaches the lowest point after"),
        ({"lr": 0.001}, "is 6 above the lowest point after 150 steps"),
        ({"surface": "himmelblau", "start": (-0.5, -4.0), "lr": 0.001}, "is 4.6 · 10⁻⁶ above the lowest point after"),
        ({"surface": "saddle", "start": (-1.8, 0.001), "lr": 0.1}, "falls out of the picture after"),
        ({"surface": "saddle", "start": (-1.8, 0.0005), "lr": 1.0}, "falls out of the picture after"),
        ({"surface": "monkey_saddle", "start": (-1.0, 0.5), "lr": 1.0}, "climbs out of the picture after 1 step"),
        ({"surface": "saddle", "start": (3.0, 0.1), "lr": 0.1}, "begins outside of the picture"),
        ({"surface": "monkey_saddle", "start": (1.6, 0.01), "lr": 0.001}, "is still in the picture"),
        ({"surface": "three_hump_camel", "start": (2.0, 2.0), "lr": 0.05}, "is in a valley that is not the lowest"),
    ],
)
def test_words_say_how_it_ended(settings, said):
    assert one(gamma=0.0, **settings)[1]["run0"].startswith(said)


def test_words_say_that_a_run_has_left_the_lowest_point_again():
    runners = runners_of((RMSprop, Adam))
    words = one(0.2, 0.9, runners=runners)[1]
    assert words["run0"].startswith("reaches the lowest point after 37 steps, and is ")
    assert words["run0"].split(";")[0].endswith(" above it after 150")


# Own classes


def test_only_own_classes_run_beside_the_usual_three():
    assert [r.label for r in runners_of((Mine,))][:3] == [r.label for r in USUAL]
    assert [r.label for r in runners_of((Mine, Momentum))] == ["yours, Mine", "momentum"]
    mine = runners_of((Mine,))[-1]
    assert mine.look is plots.OWN and mine.lr and mine.memory == "gamma" and mine.adds and not mine.alone


MEMORIES = {"Momentum": "gamma", "Nesterov": "gamma", "Adadelta": "rho", "RMSprop": "gamma"}
MEMORIES |= {"Signum": "gamma", "Averaging": "beta"}


def test_every_optimizer_of_the_course_can_race():
    for kind in OPTIMIZERS:
        (runner,) = runners_of((kind,))
        plain = kind in (GradientDescent, Adagrad)
        assert not runner.own and runner.lr
        assert runner.memory == (None if plain else MEMORIES.get(kind.__name__, "beta1"))
        assert runner.adds == issubclass(kind, Momentum)
        settings = {runner.memory: 0.7} if runner.memory else {}
        lines, _ = one(0.05, 0.7, runners=(runner,))
        np.testing.assert_allclose(lines["run0"], descend(kind(lr=0.05, **settings), "ravine", START, STEPS).theta)


def test_the_effective_step_is_divided_for_memories_that_add_up_only():
    runners = runners_of((Momentum, RMSprop, Adam, Adadelta))
    words = one(0.05, 0.9, fair=EFFECTIVE, runners=runners)[1]
    assert [words[r.gid].rsplit("; ", 1)[1] for r in runners] == [
        "η = 0.005, γ = 0.9",
        "η = 0.05, γ = 0.9",
        "η = 0.05, β₁ = 0.9",
        "η = 0.05, ρ = 0.9",
    ]


# One set alone


def test_one_set_alone_follows_the_sliders_and_the_others_their_best():
    runners = runners_of((GradientDescent, Momentum, Adam))
    lines, words = one(0.3, 0.45, fair="run2", runners=runners)
    expected = descend(Adam(lr=0.3, beta1=0.45), "ravine", START, steps=STEPS).theta
    np.testing.assert_allclose(lines["run2"], expected)
    assert words["run2"].endswith("; set by the sliders: η = 0.3, β₁ = 0.45")
    tuned = one(0.007, 0.9, fair=TUNED, runners=runners)
    for k in (0, 1):
        np.testing.assert_array_equal(lines[f"run{k}"], tuned[0][f"run{k}"])
        assert words[f"run{k}"] == tuned[1][f"run{k}"]


def test_an_instance_set_alone_changes_its_two_main_settings_only():
    runners = runners_of((Adam(lr=0.1, beta2=0.9), Momentum(0.02, 0.5)))
    lines, words = one(0.3, 0.45, fair="run0", runners=runners)
    expected = descend(Adam(lr=0.3, beta1=0.45, beta2=0.9), "ravine", START, steps=STEPS).theta
    np.testing.assert_allclose(lines["run0"], expected)
    assert words["run0"].endswith("; set by the sliders: η = 0.3, β₁ = 0.45")
    assert words["run1"].endswith("its own settings")


def test_a_race_of_instances_offers_nothing_that_would_move_none_of_them():
    live = labs.race(Momentum(0.02, 0.5), Momentum(0.01, 0.5), Adam(0.1))
    assert live.quantities["fair"][0].texts == [
        "nothing, you set Momentum(lr=0.02, gamma=0.5) alone",
        "nothing, you set Momentum(lr=0.01, gamma=0.5) alone",
        "nothing, you set Adam alone",
    ]
    chosen = [live.quantities[name][0].value(live.defaults[name]) for name in ("lr", "memory")]
    assert chosen == pytest.approx([0.02, 0.5], abs=0.05)


def test_ones_own_can_be_set_alone():
    live = labs.race(GradientDescent, Mine)
    assert live.quantities["fair"][0].texts[-1] == "nothing, you set Mine alone"
    lines, words = one(0.03, 0.6, fair="run1", runners=runners_of((GradientDescent, Mine)))
    np.testing.assert_allclose(lines["run1"], descend(Mine(0.03, 0.6), "ravine", START, steps=STEPS).theta)
    assert words["run1"].endswith("set by the sliders: η = 0.03, γ = 0.6")


def test_what_has_no_settings_to_set_is_not_offered():
    live = labs.race(Bare(0.01))
    assert len(live.quantities["fair"][0].texts) == len(race_lab.FAIR) + len(USUAL)


def test_adaptive_methods_widen_the_learning_rates_and_the_budget_of_all():
    assert race_lab.offered(USUAL) is RATES
    runners = runners_of((GradientDescent, Adagrad))
    assert race_lab.offered(runners) is WIDE_RATES
    words = one(fair=TUNED, runners=runners)[1]
    assert all(f"its best of {len(WIDE_RATES)} learning rates" in text for text in words.values())


def test_a_best_learning_rate_at_the_end_of_the_range_is_told():
    words = one(fair=TUNED, runners=runners_of((GradientDescent, Adadelta)))[1]
    assert words["run1"].endswith("η = 10 (the largest), ρ = 0.9")
    assert "the largest" not in words["run0"]


@pytest.mark.parametrize("count", [2, 4, 5, 11])
def test_the_legend_stays_inside_the_figure_and_names_everyone(count):
    figure = labs.race(*OPTIMIZERS[:count]).drawing.figure
    legend = figure.axes[1].get_legend()
    assert len(legend.get_texts()) == count
    box = legend.get_window_extent()
    assert box.x1 < figure.bbox.width and box.y0 > 0


def test_choosing_an_instance_brings_its_settings_to_the_sliders():
    live = labs.race(GradientDescent, Momentum(0.1, 0.6))
    live.set(fair="run1")
    assert [live.quantities[name][0].value(live.settings[name]) for name in ("lr", "memory")] == [0.1, 0.6]
    live.set(fair="run0")
    assert live.quantities["lr"][0].value(live.settings["lr"]) == 0.1  # a class begins where the sliders are


def test_the_same_rule_is_recognised():
    runners = runners_of((Mine, Bare))
    words = one(runners=runners)[1]
    assert words["run3"].endswith("it is the very path of momentum")
    assert words["run4"].endswith("it is the very path of gradient descent")
    assert "very path" not in "".join(words[f"run{k}"] for k in range(3))


def test_a_class_of_the_courses_name_is_still_yours():
    mine = type("Momentum", (Mine,), {"__module__": "__main__"})
    runner = runners_of((mine,))[-1]
    assert runner.look is plots.OWN and runner.label == "yours, Momentum"


def test_what_cannot_run_a_grid_runs_alone():
    runner = runners_of((Clipped,))[-1]
    assert runner.alone
    path = runner.run(np.array([0.01, 0.1]), 0.0, race_lab.GROUNDS["ravine"], START)
    assert path.theta.shape == (STEPS + 1, 2, 2)
    single = replace(runner, alone=False).run(0.1, 0.0, race_lab.GROUNDS["ravine"], START)
    np.testing.assert_allclose(path.theta[:, :, 1], single.theta)


def test_an_instance_with_several_values_is_refused():
    with pytest.raises(ValueError, match="has several values of lr and gamma: a runner of a race has one"):
        labs.race(Momentum(lr=[0.1, 0.2], gamma=[0.1, 0.2]))


def test_an_instance_keeps_its_settings():
    runners = runners_of((Momentum(0.01, 0.5), Momentum(0.01, 0.9)))
    assert runners[0].label == "Momentum(lr=0.01, gamma=0.5)"
    assert runners[0].look.dashes != runners[1].look.dashes
    for fair in race_lab.FAIR:
        lines, words = one(0.5, 0.0, fair=fair, runners=runners)
        expected = descend(Momentum(0.01, 0.9), "ravine", START, steps=STEPS).theta
        np.testing.assert_allclose(lines["run1"], expected)
        assert words["run1"].endswith("its own settings")


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (NoTuple, TypeError, "NoTuple.step returned ndarray, not a tuple"),
        (OldArguments, TypeError, "takes 3 positional arguments but 4 were given"),
        (Needy, TypeError, "Needy needs a value for friction: give it a default, or race an instance"),
        (Undecorated, TypeError, "declares lr but is no dataclass: write @dataclass"),
        (Typo, RuntimeError, "Typo.*has no attribute 'rate'"),
        (Unwritten, RuntimeError, "Unwritten has no step"),
        (InPlace, ValueError, "in place: make a new one"),
        ("adam", TypeError, "labs.race takes optimizers, classes or instances with a step"),
        (np.sin, TypeError, "labs.race takes optimizers"),
    ],
)
def test_a_broken_contract_earns_one_sentence(wrong, error, said):
    with pytest.raises(error, match=said) as raised:
        labs.race(wrong)
    assert "\n" not in str(raised.value) and len(str(raised.value)) < 260


@pytest.mark.skipif(sys.version_info < (3, 14), reason="before 3.14 such a class is an error by itself")
def test_an_undecorated_class_is_seen_though_its_annotations_mean_nothing():
    space = {"Optimizer": Optimizer}
    exec("class Late(Optimizer):\n    lr: NotImported = 0.01\n    step = lambda self, theta, g, t: (theta,)", space)
    with pytest.raises(TypeError, match="Late declares lr but is no dataclass"):
        labs.race(space["Late"])


# What is not written yet


@dataclass(frozen=True, eq=False)
class Stub(Optimizer):
    lr: float = 0.01
    gamma: float = 0.9
    state = ("delta",)

    def step(self, theta, g, t, delta):
        delta = ...
        return theta - delta, delta


class Returns(Bare):
    def step(self, theta, g, t):
        return (...,)


class Raises(Bare):
    def step(self, theta, g, t):
        raise NotImplementedError


@pytest.mark.parametrize("own", [Stub, Stub(), Returns, Raises], ids=["class", "instance", "returns", "raises"])
def test_what_is_not_written_yet_stands_at_the_start_while_the_others_run(own):
    runners = runners_of((GradientDescent, Momentum, own))
    assert [runner.written for runner in runners] == [True, True, False]
    for fair in (LR, EFFECTIVE, TUNED):
        lines, words = one(fair=fair, runners=runners)
        np.testing.assert_array_equal(lines["run2"][0], START)
        assert np.isnan(lines["run2"][1:]).all() and np.isnan(lines["height.run2"][1:, 1]).all()
        assert words["run2"].startswith("is still to be written: replace the ...")
        np.testing.assert_array_equal(lines["run1"], one(fair=fair, runners=runners[:2])[0]["run1"])


def test_the_figure_says_what_is_not_written_yet_and_does_not_offer_to_set_it():
    live = labs.race(GradientDescent, Momentum, Stub)
    (legend,) = (ax.get_legend() for ax in live.drawing.figure.axes if ax.get_legend())
    assert [text.get_text() for text in legend.get_texts()][2] == "yours, Stub (not written yet)"
    assert not any("Stub" in text for text in live.quantities["fair"][0].texts)
    assert "not written yet" in live.spec["alt"]


def test_a_written_class_is_never_taken_for_a_stub():
    class Broken(Bare):
        def step(self, theta, g, t):
            raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        runners_of((Broken,))


# The page


def test_a_surface_chosen_in_the_page_is_told_to_the_kernel_with_its_start():
    live = labs.race()
    chosen = list(race_lab.GROUNDS).index("rosenbrock")
    moved = live.settings | {"surface": chosen} | live.spec["follows"]["surface"][chosen]
    live.settings = moved
    live._asked(live, {"settings": moved}, [])
    first, second = live.quantities["start"]
    home = race_lab.GROUNDS["rosenbrock"].start
    assert (first.value(live.settings["start.0"]), second.value(live.settings["start.1"])) == pytest.approx(home)
    assert live.answered["key"] == str(chosen) and not live.error


def test_every_surface_can_be_drawn():
    live = labs.race()
    pictures = {live.picture({"surface": k}, scale=1) for k in range(len(race_lab.GROUNDS))}
    assert len(pictures) == len(race_lab.GROUNDS)


CELLS = [
    f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom course_lib import labs\n"
    "from course_lib.optimizers import GradientDescent, Momentum",
    "labs.race(GradientDescent, Momentum(0.1, 0.45))",
]


def test_in_jupyterlab_another_surface_another_start_and_one_set_alone(chromium, server):
    page = server.open(chromium, "race.ipynb", CELLS)
    before = page.canvas()
    page.page.get_by_role("combobox", name="surface").select_option(label="Rosenbrock's valley")
    page.wait("f.isFresh() && f.came.key === '1' && f.settings['start.0'] === 136")
    page.settled()
    assert page.page.get_by_role("spinbutton", name="start θ₁").input_value() == "-1.20"
    assert np.abs(page.canvas() - before).max() > 60
    pad = page.page.locator(".live-pad").first
    place = pad.bounding_box()
    pad.click(position={"x": 0.75 * place["width"], "y": 0.5 * place["height"]})
    page.wait("f.isFresh() && f.settings['start.0'] === 180")
    assert page.eval("f.settings.surface") == list(race_lab.GROUNDS).index("rosenbrock")
    page.page.get_by_role("button", name="Reset").click()
    page.wait("f.isFresh() && f.settings['start.0'] === 80 && f.came.key === '0'")
    assert "Momentum(lr=0.1, gamma=0.45)" in page.said()[1]
    page.page.get_by_role("combobox", name="held equal").select_option(label="nothing, you set momentum alone")
    page.wait("f.settings.fair === 4 && f.settings.lr === 20")
    assert page.page.get_by_role("spinbutton", name="momentum γ").input_value() == "0.45"
    assert page.said()[1].startswith("Momentum") and "set by the sliders: η = 0.1, γ = 0.45" in page.said()[1]
    assert not page.errors
    page.page.close()


def test_in_an_exported_page_every_surface_has_its_start_its_picture_and_its_axes(open_page):
    live = labs.race()
    page = open_page(live, viewport={"width": 1400, "height": 900}, device_scale_factor=2)
    for k, ground in enumerate(race_lab.GROUNDS.values()):
        page.page.get_by_role("combobox", name="surface").select_option(index=k)
        page.wait(f"f.isFresh() && f.keyOf(f.shown) === '{k}'")
        page.settled()
        homes = [control.nearest(value) for control, value in zip(live.quantities["start"], ground.start, strict=True)]
        assert page.eval("[f.settings['start.0'], f.settings['start.1']]") == homes
        drawn, still = page.canvas()[..., :3], decode(live.picture(page.eval("f.settings")))[..., :3]
        assert np.abs(drawn - still).mean() < 2.5, ground.name


class Stateful(Bare):
    def step(self, theta, g, t):
        self.seen = getattr(self, "seen", 0) + 1
        return (theta - self.lr * g / self.seen,)


class Drawn(Bare):
    def step(self, theta, g, t):
        return (theta - self.lr * g * np.random.default_rng().random(),)


class Counted(Bare):
    def step(self, theta, g, t):
        return (theta - self.lr * g * sum(1 for _ in range(t)),)


@pytest.mark.parametrize(("own", "sound"), [(Mine, 1), (Clipped, 1), (Stateful, 0), (Drawn, 0), (Counted, 0)])
def test_only_a_rule_that_is_its_program_runs_in_the_page(own, sound):
    assert is_sound(runners_of((own,))[-1]) == sound


def test_what_cannot_run_in_the_page_goes_by_the_kernel():
    live = labs.race(GradientDescent, Counted)
    assert live.untraceable and not live.programs and live.table
    assert labs.race(GradientDescent, Mine).programs


def test_the_start_cannot_be_dragged_or_pushed_out_of_the_picture(open_page):
    page = open_page(labs.race())
    surface = labs.race().quantities["surface"][0].texts.index(race_lab.GROUNDS["six_hump_camel"].name)
    page.eval(f"f.move({{ surface: {surface} }})")
    page.settled()
    pad = page.page.locator(".live-pad").bounding_box()
    page.page.mouse.move(pad["x"] + pad["width"] / 2, pad["y"] + pad["height"] / 2)
    page.page.mouse.down()
    page.page.mouse.move(pad["x"] - 300, pad["y"] + pad["height"] + 200, steps=4)
    page.page.mouse.up()
    page.settled()
    assert page.eval("[f.text('start.0'), f.text('start.1')].map(Number)") == [-2.1, -1.2]
    page.page.locator(".live-pad").press("Shift+ArrowLeft")
    page.settled()
    assert page.eval("Number(f.text('start.0'))") == -2.1

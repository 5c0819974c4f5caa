"""The ravine: what it draws is what the optimizers do, and its buttons go where theory says."""

import numpy as np
import pytest
from browser import decode

from course_lib import labs
from course_lib.descent import descend, sweep
from course_lib.labs import ravine_lab as lab
from course_lib.live.answer import spoken
from course_lib.optimizers import GradientDescent
from course_lib.surfaces import ravine

BUTTONS = {
    "descent": "best in the long run: gradient descent",
    "momentum": "best in the long run: momentum",
    "nesterov": "best in the long run: Nesterov",
}


@pytest.fixture(scope="module")
def live():
    return labs.ravine()


def rule(name, pull, gamma, kappa):
    kind = lab.THREE[name]
    return kind(pull / kappa) if kind is GradientDescent else kind(pull / kappa, gamma)


def cell(pull, gamma, **others):
    return spoken(lab.compute(pull, gamma, **others))


def button(name, kappa):
    """What a button sets, as (pull, gamma)."""
    return tuple(lab.best_cell(name, kappa).values())


def arrived(name, pull, gamma, kappa, tol=lab.TOLERANCE):
    """The steps that a run from the lab's start needs."""
    return sweep(rule(name, pull, gamma, kappa), ravine(kappa), lab.START, steps=lab.MOST, tol=tol).steps


def losses_by_theory(mode, curvatures, steps):
    """Each direction's loss, (steps + 1, 2), from rest, by x_{k+1} = T x_k - D x_{k-1}."""
    x = [np.abs(lab.START)] * 2
    for _ in range(steps):
        x.append(mode.trace * x[-1] - mode.det * x[-2])
    return curvatures * np.array(x[1:]) ** 2 / 2


def theory(name, kappa, tol=lab.TOLERANCE):
    """What the best setting needs, without an optimizer: (learning rate, gamma, steps)."""
    lr, gamma, _ = lab.THEORY[name].best(1.0, kappa)
    curvatures = np.array([1.0, kappa])
    losses = losses_by_theory(lab.THEORY[name].mode(lr, gamma, curvatures), curvatures, lab.MOST)
    return lr, gamma, int(np.argmax(losses.sum(axis=1) < tol))


@pytest.mark.parametrize("kappa, angle, start", [(64, 0, (-4.0, 2.0)), (1, 0, (1.0, 0.5)), (25, 45, (3.0, -2.0))])
@pytest.mark.parametrize("pull, gamma", [(0.1, 0.0), (1.2, 0.9), (3.2, 0.63), (3.9, 0.99)])
def test_it_draws_what_the_optimizers_do(kappa, angle, start, pull, gamma):
    answer = cell(pull, gamma, kappa=kappa, angle=angle, start=start)
    for name in lab.THREE:
        path = descend(rule(name, pull, gamma, kappa), ravine(kappa, angle), start, steps=lab.STEPS)
        x, y = (np.ravel(side) for side in answer.lines[name])
        drawn = np.isfinite(x)
        np.testing.assert_array_equal(np.column_stack([x, y])[drawn], path.theta[drawn])
        np.testing.assert_array_equal(np.ravel(answer.lines[f"loss.{name}"][1]), path.loss)
        if not drawn.all():  # only what leaves for good is cut, and only from where it is far away
            assert "diverges" in answer.words[name]
            assert (np.abs(path.theta[: drawn.argmin()]) < lab.FAR).all() and not drawn[drawn.argmin() :].any()


@pytest.mark.parametrize("angle", [0, 30, 90])
def test_the_parts_add_up_to_the_loss(angle):
    lines = cell(1.2, 0.9, angle=angle).lines
    for name in lab.THREE:
        along, across, loss = (np.ravel(lines[f"{kind}.{name}"][1]) for kind in ("along", "across", "loss"))
        np.testing.assert_allclose(along + across, loss, rtol=1e-9)


def test_each_part_is_that_of_its_direction_in_theory():
    answer = cell(1.2, 0.9)
    for name, (mode, *_) in lab.THEORY.items():
        curvatures = np.array([1.0, 64.0])
        theory = losses_by_theory(mode(1.2 / 64, np.array(0.9), curvatures), curvatures, lab.STEPS)
        for k, direction in enumerate(lab.DIRECTIONS):
            np.testing.assert_allclose(
                np.ravel(answer.lines[f"{direction}.{name}"][1]), theory[:, k], rtol=1e-8, atol=1e-15
            )


def test_turning_the_ravine_with_its_start_changes_no_loss():
    level, turned = cell(1.2, 0.9), cell(1.2, 0.9, angle=37, start=ravine(64, 37).start)
    for name in lab.THREE:
        np.testing.assert_allclose(turned.lines[f"loss.{name}"][1], level.lines[f"loss.{name}"][1], rtol=1e-6)


@pytest.mark.parametrize("name", lab.THREE)
@pytest.mark.parametrize("pull, gamma, kappa", [(1.2, 0.9, 64), (1.9, 0.0, 256), (1.3, 0.75, 64), (0.5, 0.99, 400)])
def test_counts_are_those_of_a_sweep(name, pull, gamma, kappa):
    steps = arrived(name, pull, gamma, kappa)
    said = cell(pull, gamma, kappa=kappa).words[name]
    assert (f"first below the tolerance at {steps:.0f};" in said) == np.isfinite(steps)


@pytest.mark.parametrize("name, steps", [("descent", 141), ("momentum", 38), ("nesterov", 49)])
def test_the_best_settings_need_the_known_steps(name, steps, monkeypatch):
    """From (-4, 2) on kappa 25 to a loss of 1e-8; theory's count is the measured one."""
    monkeypatch.setattr(lab, "TOLERANCE", 1e-8)
    assert lab.at_best(name, 25, 0, lab.START)[2] == steps == theory(name, 25, 1e-8)[2]


@pytest.mark.parametrize("name", lab.THREE)
@pytest.mark.parametrize("kappa", [4, 64, 400])
def test_the_steps_at_best_are_those_of_theory(name, kappa):
    np.testing.assert_allclose(lab.at_best(name, kappa, 0, lab.START), theory(name, kappa), rtol=1e-12)


@pytest.mark.parametrize("name", lab.THREE)
@pytest.mark.parametrize("kappa", lab.KAPPAS)
def test_buttons_go_to_the_optimum_of_theory(name, kappa):
    pull, gamma = button(name, kappa)
    assert pull in lab.PULLS and gamma in lab.GAMMAS
    best = lab.THEORY[name].best(1.0, kappa)
    assert abs(pull - best.lr * kappa) <= 0.15 and abs(gamma - best.gamma) <= 0.05
    assert 0.6 < arrived(name, pull, gamma, kappa) / theory(name, kappa)[2] < 1.35


def test_best_settings_cut_the_steps_to_a_fraction():
    """The centre of lesson 02: at kappa 256 descent needs four times the steps of kappa 64, momentum twice."""
    steps = {(name, kappa): theory(name, kappa)[2] for name in lab.THREE for kappa in (64, 256)}
    assert steps["momentum", 64] < steps["nesterov", 64] < steps["descent", 64] / 4
    assert steps["descent", 256] / steps["descent", 64] == pytest.approx(4, rel=0.1)
    assert steps["momentum", 256] / steps["momentum", 64] == pytest.approx(2, rel=0.15)


def test_words_at_the_corners():
    slow, wild = cell(0.1, 0.0, kappa=400).words, cell(3.9, 0.0, kappa=400).words
    assert slow["learning rate"].startswith("η = 0.1 / 400 = 0.00025")
    assert all(f"at {lab.MOST};" in slow[name] for name in lab.THREE)
    assert all("diverges: by step 7" in wild[name] for name in lab.THREE)
    assert "γ = 0.82" in wild["momentum"]
    at_once = cell(1.0, 0.0, kappa=1).words
    assert all("first below the tolerance at 1;" in at_once[name] for name in lab.THREE)


def test_momentum_without_gamma_is_descent():
    words = cell(1.9, 0.0).words
    assert words["momentum"].split(";")[0] == words["descent"].split(";")[0]


def test_the_landscape_of_the_still_picture_follows_kappa_and_angle(live):
    (above, *_) = live.drawing.figure.axes
    before = [(ring.width, ring.height, ring.angle) for ring in above.patches]
    live.picture({"kappa": 0, "angle": 9}, scale=1)
    after = [(ring.width, ring.height, ring.angle) for ring in above.patches]
    assert all(width / height == pytest.approx(8) for width, height, _ in before)
    assert all(width == height and angle == 45 for width, height, angle in after)
    live.picture(scale=1)
    assert [(ring.width, ring.height, ring.angle) for ring in above.patches] == before


def test_buttons_in_an_exported_page_follow_kappa(open_page, live):
    page = open_page(live)
    offered = page.page.locator(".live-tools button").all_inner_texts()
    assert offered == [*BUTTONS.values(), "turned by 45°, with its start", "Reset"]
    for kappa in (64, 4, 256):
        page.eval(f"f.move({{ kappa: {lab.KAPPAS.index(kappa)} }})")
        for name, text in BUTTONS.items():
            page.page.get_by_role("button", name=text).click()
            pull, gamma = button(name, kappa)
            assert page.eval("[f.text('pull'), f.text('gamma')]") == [f"{pull:.1f}", f"{gamma:.2f}"]
            steps = arrived(name, pull, gamma, kappa)
            (said,) = [line for line in page.said() if line.startswith(text.removeprefix("best in the long run: "))]
            assert f"first below the tolerance at {steps:.0f};" in said


def test_where_counting_takes_long_the_page_says_so_until_the_hand_rests(open_page, live):
    page = open_page(live)
    counted = page.said()
    page.eval("f.readout.takesLong = true")
    page.eval("f.move({ pull: 5, gamma: 10 })")
    shown = page.page.locator(".live-said").all_inner_texts()
    assert "0.6 / 64" in shown[0] and shown[1:] == ["counting …"] * 3
    told = [said.split("\n")[-1] for said in page.said()[1:]]
    assert told == [cell(lab.PULLS[5], lab.GAMMAS[10]).words[name] for name in lab.THREE] and told != counted
    page.eval("(f.readout.takesLong = true, f.move({ gamma: 11 }), f.letGo())")
    assert "counting" not in page.page.locator(".live-words").inner_text()


@pytest.mark.parametrize("settings", [{}, {"kappa": 3, "angle": 5}, {"kappa": 22, "angle": 18}])
def test_the_page_draws_the_landscape_of_the_still_picture(open_page, live, settings):
    page = open_page(live, viewport={"width": 1400, "height": 900}, device_scale_factor=2)
    page.eval(f"f.move({settings})")
    page.settled()
    drawn, still = page.canvas()[..., :3], decode(live.picture(settings))[..., :3]
    assert np.abs(drawn - still).mean() < 1.5

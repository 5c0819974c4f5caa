"""Two directions, two speeds: gradient descent, momentum and Nesterov in one ravine."""

from itertools import islice

import ipywidgets
import numpy as np

from .. import plots, quadratics
from ..descent import descend, iterates
from ..live import Answer, LiveFigure, slider
from ..runs import cut, first
from ..surfaces import ravine as make_ravine
from .rules import THREE, built, memory_of
from .words import number, tell

THEORY = {name: quadratics.THEORY[rule.__name__] for name, rule in THREE.items()}
DIRECTIONS = ("along", "across")
TOLERANCE = 1e-6
STEPS, MOST = 120, 2500  # drawn, and counted
FAR = 30  # a diverging path is drawn up to this distance
LEFT = 1e6  # a run has diverged once its loss is so many times that of the start
START = (-4.0, 2.0)
PULLS = np.round(0.1 * np.arange(1, 40), 1)  # learning rate times the steepest curvature
GAMMAS = np.round(0.03 * np.arange(34), 2)
KAPPAS = (1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400)


def ravine():
    """Three ways down a ravine: learning rate and gamma in the page; its shape, its angle and the start ask Python."""
    fig, axes = _panels()
    above = axes["above"]
    rings, words, _ = plots.draw_ravine(above, kappa=64, angle=0)
    halos, heads = {}, {}
    for name, rule in THREE.items():
        halo, run = plots.moving_path(above, name, rule)
        halos[halo] = run
        plots.moving_curve(axes["loss"], f"loss.{name}", rule)
        plots.moving_directions(axes[name], f"along.{name}", f"across.{name}", rule)
        heads |= {plots.moving_head(axes[name], f"head.{d}.{name}", rule): f"{d}.{name}" for d in DIRECTIONS}
    plots.moving_start(above)

    def landscape(figure, kappa, angle):
        plots.shape_ravine(rings, words, kappa, angle)
        return [above]

    return LiveFigure(
        fig,
        compute,
        page={
            "pull": slider("learning rate, as ηλ", PULLS[0], PULLS[-1], steps=len(PULLS), value=1.3, format=".1f"),
            "gamma": slider("momentum γ", GAMMAS[0], GAMMAS[-1], steps=len(GAMMAS), value=0.72, format=".2f"),
        },
        kernel={
            "kappa": ipywidgets.SelectionSlider(options=KAPPAS, value=64, description="steepness κ"),
            "angle": ipywidgets.IntSlider(value=0, min=0, max=90, step=5, description="turned by (degrees)"),
            "start": (
                slider("start θ₁", -4.8, 4.8, steps=97, value=START[0], format=".1f"),
                slider("start θ₂", -3.2, 3.2, steps=65, value=START[1], format=".1f"),
            ),
        },
        pointer={above: "start"},
        runs=[*THREE, *(f"{kind}.{name}" for kind in ("loss", *DIRECTIONS) for name in THREE)],
        halos=halos,
        heads=heads,
        names={f"{direction}.{name}": (None, f"loss {direction}") for direction in DIRECTIONS for name in THREE},
        scenes={"turned by 45°, with its start": {"angle": 45, "start": (-4.2, -1.4)}},
        background=landscape,
        alt="A ravine from above with three runs from the same start. Beside it their losses on a log scale with the "
        "tolerance; below, each run's loss split into its part along the ravine and its part across.",
    )


def _panels():
    fig, axes = plots.mosaic(
        [["above", "loss", "loss", "loss"], ["above", *THREE]],
        {"above": "One ravine, three ways down", "loss": "Loss, step by step"},
        width_ratios=(3.3, 1, 1, 1),
        height_ratios=(1.25, 1),
    )
    axes["above"].set(xlim=(-5, 5), ylim=(-3.6, 3.6))
    axes["loss"].axhline(TOLERANCE, color=plots.SOFT, linewidth=1, linestyle=(0, (2, 2)))
    axes["loss"].text(1, TOLERANCE / 2, "tolerance 10⁻⁶", va="top", color=plots.SOFT)
    for name in ("loss", *THREE):
        axes[name].set(yscale="log", xlim=(0, STEPS), ylim=(1e-9, 1e5), yticks=[1e-8, 1e-4, 1, 1e4])
        axes[name].minorticks_off()
        axes[name].grid(True)
    for name, rule in THREE.items():
        axes[name].set_title(plots.look_of(rule).label, color=plots.look_of(rule).color, size=11)
        axes[name].set(xticks=[0, 50, 100])
    axes["momentum"].set_xlabel("step  ·  line: loss along the ravine, dots: across it")
    for name in list(THREE)[1:]:
        axes[name].tick_params(labelleft=False)
    return fig, axes


def compute(pull, gamma, *, kappa=64, angle=0, start=START):
    """The runs for every pull = eta * kappa (n, 1) and gamma (1, m): paths, losses, and each direction's part."""
    ground, k = make_ravine(kappa, angle), np.arange(STEPS + 1)
    lines = {"start": ([start[0]], [start[1]])}
    words = {"learning rate": _learning_rates(pull, kappa)}
    for name, rule in THREE.items():
        optimizer = built(rule, pull / kappa, gamma)
        path, counted = descend(optimizer, ground, start, steps=STEPS), counts(optimizer, ground, start)
        along, across = parts(path.theta, kappa, angle)
        lines[name] = shown(path.theta, diverges=np.isfinite(counted[1]))
        lines |= {f"loss.{name}": (k, path.loss), f"along.{name}": (k, along), f"across.{name}": (k, across)}
        words[name] = _told(path.loss[-1], *counted, _at_best(name, kappa, angle, start))
    return Answer(lines, words, best_scenes(kappa))


def parts(theta, kappa, angle):
    """The loss along the ravine and across it; their sum is the loss. theta: (steps, 2, *grid)."""
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    x, y = theta[:, 0], theta[:, 1]
    with np.errstate(all="ignore"):
        return (cos * x + sin * y) ** 2 / 2, kappa * (cos * y - sin * x) ** 2 / 2


def shown(theta, diverges):
    """x and y of the paths, those that diverge cut where they are far away: their zigzag would hide all else."""
    with np.errstate(all="ignore"):
        far = ~(np.abs(theta).max(axis=1) < FAR) & diverges
    return tuple(cut(theta[:, side], far) for side in (0, 1))


def counts(optimizer, ground, start):
    """For each run: the first step with a loss below TOLERANCE, the first with one beyond LEFT times the start's, and
    the loss after MOST steps or where the counting ended; inf where a step never came."""
    losses, over = [], False
    with np.errstate(all="ignore"):
        for theta in islice(iterates(optimizer, ground.gradient, start), MOST + 1):
            losses.append(ground.value(theta))
            over |= (losses[-1] < TOLERANCE) | ~(losses[-1] <= LEFT * losses[0])
            if np.all(over):
                break
        losses = np.array(losses)
        arrived, left = first(losses < TOLERANCE), first(~(losses <= LEFT * losses[0]))
    return np.where(arrived < left, arrived, np.inf), np.where(left < arrived, left, np.inf), losses[-1]


def at_best(name, kappa, angle, start):
    """What theory's best setting for a method needs from this start: (learning rate, gamma, steps), by closed forms."""
    lr, gamma, rate = THEORY[name].best(1.0, kappa)
    curvatures = np.array([1.0, kappa])
    along, across = (2 * np.array(parts(np.reshape(start, (1, 2)), kappa, angle))[:, 0] / curvatures) ** 0.5
    far = quadratics.steps_to(1e-6, rate, 1 + rate) + 1
    losses = quadratics.mode_losses(THEORY[name].mode(lr, gamma, curvatures), curvatures, int(far), [along, across])
    return float(lr), float(gamma), int(np.argmax(losses.sum(axis=1) < TOLERANCE))


def best_cells(kappa):
    """name -> (pull, gamma), the setting on the sliders with the best rate of the slower direction, by theory.

    Among equals the one next to the optimum: heavy ball's rate is sqrt gamma over a whole range of learning rates.
    """
    cells = {}
    for name, rule in THREE.items():
        gammas, mode = GAMMAS if memory_of(rule) else GAMMAS[:1], THEORY[name].mode
        rates = [
            quadratics.spectral_radius(mode(PULLS[:, None] / kappa, gammas, curvature)) for curvature in (1, kappa)
        ]
        worst = np.maximum(*rates)
        lr, gamma, _ = THEORY[name].best(1.0, kappa)
        away = np.abs(PULLS[:, None] - lr * kappa) + np.abs(gammas - gamma)
        i, k = np.unravel_index(np.argmin(np.where(worst <= worst.min() + 1e-12, away, np.inf)), worst.shape)
        cells[name] = (PULLS[i], gammas[k])
    return cells


def best_scenes(kappa):
    """The buttons that go there."""
    return {
        f"best in the long run: {plots.look_of(THREE[name]).label}": {"pull": pull, "gamma": gamma}
        for name, (pull, gamma) in best_cells(kappa).items()
    }


def _learning_rates(pull, kappa):
    text = f"η = {{:.1f}} / {kappa} = {{:.3g}}, where λ = κ = {kappa} is the steepest curvature"
    return tell(text, pull, pull / kappa)


def _at_best(name, kappa, angle, start):
    lr, gamma, steps = at_best(name, kappa, angle, start)
    memory = f", γ = {gamma:.2f}" if memory_of(THREE[name]) else ""
    return f"with theory's best in the long run: {steps} (ηλ = {lr * kappa:.2f}{memory})"


def _told(loss, arrived, left, last, best):
    """In words, for every run of a grid."""

    def told(loss, arrived, left, last):
        if np.isfinite(left):
            return f"diverges: by step {left:.0f} its loss has grown a million times; {best}"
        start = f"loss {number(loss)} at step {STEPS}"
        if np.isfinite(arrived):
            return f"{start}, first below the tolerance at {arrived:.0f}; {best}"
        return f"{start}, still {number(last)} at {MOST}; {best}"

    return tell(told, loss, arrived, left, last)

"""What no method that sees only gradients can beat: Nesterov's worst function, its light cone, and the best within."""

import numpy as np

from .. import plots
from ..descent import descend
from ..live import Answer, LiveFigure, slider, stops
from ..optimizers import GradientDescent, Momentum, Nesterov
from ..quadratics import THEORY
from ..worst_case import (
    above_minimum,
    conjugate_gradient,
    convex_bound,
    lowest_within,
    minimiser,
    strongly_convex_bound,
    worst,
)
from .rules import THREE, built, memory_of
from .words import number

N, STEPS = 101, 50  # coordinates, and steps: up to (N - 1) / 2 of them the end of the chain plays no part
KAPPAS = {str(kappa): float(kappa) for kappa in (25, 36, 64, 100, 200, 400, 1000)} | {"∞": np.inf}
RINGS = 5  # steps between two rings of conjugate gradient


def lower_bound():
    """The chain at step k, and the losses above the line of the best within reach: k and kappa in the page."""
    fig, chain, loss = plots.figure(
        "Each step reaches one coordinate further", "No loss comes below the line", widths=(1.1, 1)
    )
    plots.moving_shadow(chain, "untouched", "not reached yet: exactly 0", linewidth=7, alpha=0.55, zorder=2)
    plots.moving_line(chain, "front", color=plots.INK, linewidth=1.1, linestyle=(0, (1, 2)), zorder=2.5)
    plots.moving_line(chain, "minimiser", color=plots.STAR, linewidth=6, alpha=0.8, zorder=3, label="the minimum")
    for name, rule in THREE.items():
        plots.moving_curve(chain, f"chain.{name}", rule)
        plots.moving_curve(loss, f"loss.{name}", rule)
    plots.moving_curve(chain, "chain.best", plots.BOUND, "the best within reach")
    best = plots.moving_curve(loss, "loss.best", plots.BOUND, "the best within reach")
    rings = plots.moving_rings(loss, "conjugate", plots.BOUND, "conjugate gradient")
    for name in (*THREE, "best"):
        plots.moving_ball(loss, f"here.{name}", THREE.get(name, plots.BOUND), size=9)
    chain.set(xlim=(0, N + 1), ylim=(-0.05, 1.08), xlabel="coordinate of w", ylabel="its value")
    limits = {"xlim": (0, STEPS * 1.03), "ylim": (1e-7, 0.4)}
    plots.draw_axes(loss, grid=True, yscale="log", xlabel="step", ylabel="loss above the minimum", **limits)
    chain.legend(loc="upper right", fontsize=9, handlelength=3.2)
    loss.legend(handles=[best, rings], loc="upper right", fontsize=9, handlelength=3.2)
    return LiveFigure(
        fig,
        compute,
        page={
            "k": slider("step k", 0, STEPS, steps=STEPS + 1, value=20, format=".0f"),
            "kappa": stops("steepness κ", list(KAPPAS.items()), value=np.inf),
        },
        scenes={
            "convex, after 50 steps": {"k": 50, "kappa": np.inf},
            "a ravine of κ = 100": {"k": 20, "kappa": 100.0},
            "a ravine of κ = 400": {"k": 30, "kappa": 400.0},
        },
        alt="Left, the coordinates of w after k steps: those beyond k are exactly zero for every method, while the "
        "minimum reaches further. Right, the losses of gradient descent, momentum and Nesterov against the step, all "
        "above the line of the best point within reach; conjugate gradient lies on it.",
    )


def rules(kappa):
    """name -> (optimizer or schedule, its settings in words): the textbook's for this kappa, with L = 1."""
    if kappa == np.inf:
        ahead = lambda t: Nesterov(1.0, max(0.0, (t - 2) / (t + 1)))  # noqa: E731  Su, Boyd, Candes (2014), eq. 1
        return {
            "descent": (GradientDescent(1.0), "η = 1"),
            "momentum": (Momentum(1.0, 0.9), "η = 1, γ = 0.9"),
            "nesterov": (ahead, "η = 1, γ = (t − 2) / (t + 1)"),
        }
    found = {}
    for name, rule in THREE.items():
        lr, gamma, _ = THEORY[rule.__name__].textbook(1 / kappa, 1.0)
        memory = f", γ = {gamma:.2f}" if memory_of(rule) else ""
        found[name] = built(rule, lr, gamma), f"η = {lr:.3g}{memory}"
    return found


def compute(k, kappa):
    """The chain after each number of steps k (n, 1) for each kappa (1, m), and the losses at all steps."""
    now = k.ravel().astype(int)
    parts = [_of_one(now, float(one)) for one in kappa.ravel()]
    t = np.arange(STEPS + 1)
    lines = {gid: (t, _beside([part[gid] for part in parts])) for gid in parts[0] if gid.startswith("loss")}
    lines |= {gid: (np.arange(1, N + 1), _beside([part[gid] for part in parts])) for gid in parts[0] if "chain" in gid}
    lines |= {f"here.{name}": (k[None], lines[f"loss.{name}"][1][now, 0][None]) for name in (*THREE, "best")}
    lines |= {
        "minimiser": (np.arange(1, N + 1), _beside([minimiser(N, float(one))[:, None] for one in kappa.ravel()])),
        "conjugate": (t[::RINGS], _beside([part["conjugate"] for part in parts])),
        "front": (np.stack([k + 0.5, k + 0.5]), [-1, 2]),
        "untouched": (np.stack([k + 0.5, 0 * k + N + 1]), [0, 0]),
    }
    said = {name: np.stack([part[name] for part in parts], axis=-1) for name in ("within reach", *THREE)}
    return Answer(lines, said)


def _of_one(now, kappa):
    """Lines (points, steps asked for) and words (steps asked for,) of one kappa."""
    ground, t = worst(N, kappa), np.arange(STEPS + 1)
    conjugate = conjugate_gradient(ground, STEPS)
    rings = above_minimum(conjugate[::RINGS].T, kappa)
    best = lowest_within(t, N, kappa)
    answer = {"chain.best": conjugate[now].T, "loss.best": best[:, None], "conjugate": rings[:, None]}
    furthest = np.zeros(len(now), int)
    for name, (rule, setting) in rules(kappa).items():
        path = descend(rule, ground, steps=STEPS)
        height = above_minimum(path.theta.T, kappa)
        answer |= {f"chain.{name}": path.theta[now].T, f"loss.{name}": height[:, None]}
        answer[name] = [
            f"{number(above, 3)} above the minimum, {number(above / reach, 3)} times the best within reach; {setting}"
            for above, reach in zip(height[now], best[now], strict=True)
        ]
        furthest = np.maximum(furthest, [np.flatnonzero(w).max(initial=-1) + 1 for w in path.theta[now]])
    answer["within reach"] = [_told(s, f, best[s], kappa) for s, f in zip(now, furthest, strict=True)]
    return answer


def _told(step, furthest, best, kappa):
    where = f"all coordinates beyond {furthest} are exactly 0" if furthest else "all coordinates are 0"
    text = f"after {step} steps {where}; the best within reach is {number(best, 3)} above the minimum"
    distance = np.linalg.norm(minimiser(N, kappa))
    if kappa < np.inf:
        bound = strongly_convex_bound(step, kappa, distance)
    elif step == (N - 1) // 2:
        bound = convex_bound(step, distance)
    else:  # the theorem's function for this step is another one, in 2 step + 1 dimensions
        return text
    return f"{text}, and Nesterov's theorem promises at least {number(bound, 3)}"


def _beside(parts):
    """Arrays of the shape (points, steps asked for or 1), one for each kappa -> (points, steps, kappas)."""
    return np.stack(parts, axis=-1)

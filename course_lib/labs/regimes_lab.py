"""The map of regimes: what a learning rate and a momentum do to one direction, measured everywhere."""

from functools import cache
from itertools import islice

import numpy as np

from .. import plots, quadratics
from ..descent import iterates
from ..live import Answer, LiveFigure, slider, stops
from ..runs import cut, for_good
from .rules import BALLS as RULES
from .rules import THEORY
from .words import tell

STEPS = 60  # drawn
COUNTED, SETTLED = 400, 50  # a shrink factor is measured between these steps
RESTING = 20  # steps for which a run must have stayed near, to have settled: a swing is near for one or two
SMALLEST, LARGEST = 1e-280, 1e280  # within the floating-point numbers
NEAR, FAR = 1e-3, 10.0  # a run has settled, and is drawn no longer
PULLS = np.round(0.05 * np.arange(1, 85), 2)  # learning rate times curvature
GAMMAS = np.round(0.025 * np.arange(41), 3)
KAPPAS = (4, 10, 16, 25, 64, 100, 256, 400)
SAID = {
    "monotone": "creeps in from one side",
    "one-step": "lands in one step",
    "ripples": "swings through the minimum",
    "sign-flipping": "changes sides at every step",
    "marginal": "comes no closer",
    "divergent": "diverges",
}
MONOTONE = ("monotone", 0.12, 0.16, 90, "white")
NAMED = {  # where a regime's name stands on the maps: x, y, degrees, colour
    "momentum": [("ripples", 1.5, 0.65, 0, "white"), MONOTONE, ("flips", 1.76, 0.04, 0, "white")],
    "nesterov": [("ripples", 0.58, 0.69, 0, "white"), MONOTONE, ("flips", 1.26, 0.25, 90, plots.INK)],
}
BEYOND = {"momentum": (3.32, 0.14, "ηλ = 2 + 2γ"), "nesterov": (2.9, 0.5, "ηλ = (2 + 2γ) / (1 + 2γ)")}
TITLES = {"momentum": "Momentum: at 0.9 stable up to 3.8", "nesterov": "Nesterov: at 0.9 only up to 1.36"}
CELLS = (168, 80)  # of a map
SCENES = {
    "creeps": {"pull": 0.15, "gamma": 0.125},
    "swings": {"pull": 0.15, "gamma": 0.9},
    "one step": {"pull": 1, "gamma": 0},
    "flips": {"pull": 1.8, "gamma": 0.05},
    "diverges": {"pull": 2.5, "gamma": 0.225},
    "too much for Nesterov": {"pull": 1.6, "gamma": 0.9},
}


def regimes(deeper=False):
    """Two maps over (eta lambda, gamma): how much of a distance a step leaves. A point on them sets both sliders.

    deeper: with the phase portrait, the eigenvalues, critical damping, and the best place for a ravine.
    """
    fig, axes = _panels(deeper)
    for name, rule in RULES.items():
        plots.moving_cross(axes[f"map {name}"], f"hairs, {name}", f"place, {name}")
        plots.moving_run(axes["series"], name, rule, run=True)
    axes["series"].legend(loc="upper right", handlelength=3)
    if deeper:
        _deeper_lines(axes)
    maps = [axes[f"map {name}"] for name in RULES]
    return LiveFigure(
        fig,
        compute_deeper if deeper else compute,
        page={
            "pull": slider("learning rate, as ηλ", PULLS[0], PULLS[-1], steps=len(PULLS), value=0.5, format=".2f"),
            "gamma": slider("momentum γ", GAMMAS[0], GAMMAS[-1], steps=len(GAMMAS), value=0.9, format=".3f"),
        },
        kernel={"kappa": stops("a ravine of κ", KAPPAS, value=25)} if deeper else {},
        pointer=dict.fromkeys(maps, ("pull", "gamma")),
        scenes=SCENES,
        alt="Two maps over learning rate times curvature and momentum: how much of the distance a step leaves, for "
        "momentum and for Nesterov. Momentum is stable in a wide region, at 0.9 up to 3.8, Nesterov in a narrow one, "
        "up to 1.36. Beside them the runs at the chosen place."
        + (" Below them the runs as phase portrait, and the eigenvalues in the complex plane." if deeper else ""),
    )


def _panels(deeper):
    titles = {"series": "A run there, step by step"}
    titles |= {f"map {name}": title for name, title in TITLES.items()}
    left, right = (f"map {name}" for name in RULES)
    if deeper:
        titles |= {"phase": "Distance and last step", "plane": "Eigenvalues"}
        layout = [[left] * 3 + [right] * 3, ["series"] * 2 + ["phase"] * 2 + ["plane"] * 2]
        fig, axes = plots.mosaic(layout, titles, height=6.6, on_slide=3.4)
    else:
        slide = {"layout": [[left, "series"]], "width_ratios": (1.6, 1)}
        fig, axes = plots.mosaic([[left, right, "series"]], titles, height=4.8, slide=slide, width_ratios=(1.2, 1.2, 1))
    for name in RULES:
        image = _draw_map(axes[f"map {name}"], name, deeper)
    axes[left].set_ylabel("momentum γ")
    beside = deeper or plots.on_slides()
    maps = [axes[name] for name in (left, right) if axes[name].get_visible()]
    bar = fig.colorbar(image, ax=maps, location="right" if beside else "bottom", aspect=45, pad=0.02)
    said = "left of the distance after a step" if beside else "what a step leaves of the distance (1: nothing gained)"
    bar.set_label(plots.brief(said, "a step leaves"))
    bar.outline.set_visible(False)
    distance = plots.brief("distance from the minimum", "distance")
    plots.draw_axes(axes["series"], zero=True, xlim=(0, STEPS), ylim=(-1.6, 1.6), xlabel="step", ylabel=distance)
    return fig, axes


def _draw_map(ax, name, deeper):
    pull, gamma, rate = measured_map(name)
    mode = THEORY[name].mode(pull, gamma[:, None], 1)
    image = plots.draw_rates(ax, pull, gamma, rate, quadratics.discriminant(mode))
    ax.plot(THEORY[name].limit(gamma, 1), gamma, color="white", linewidth=1.2, linestyle=(0, (4, 3)), zorder=1.5)
    for word, x, y, turned, color in NAMED[name]:
        aside = plots.brief(0, 0.11) if turned else 0  # for larger letters
        plots.draw_words(ax, x + aside, y + aside, word, color, rotation=turned)
    x, y, where = BEYOND[name]
    plots.draw_words(ax, x, y, f"diverges beyond\n{where}", edge="#F4F6F8")
    ax.set_xlabel("learning rate × curvature, ηλ")
    if deeper:
        critical = THEORY[name].critical(pull, 1)
        critical[1:][critical[1:] == 0] = np.nan  # Nesterov beyond ηλ = 1: the fastest is none at all
        ax.plot(pull, critical, color=plots.STAR, linewidth=2.2, linestyle=(0, (6, 1.5)), zorder=1.5)
    return image


@cache
def measured_map(name):
    """(pull (n,), gamma (m,), rate (m, n)): the shrink factor measured at every place of a map."""
    pull, gamma = (most * (np.arange(n) + 0.5) / n for most, n in zip((PULLS[-1], GAMMAS[-1]), CELLS, strict=True))
    return pull, gamma, measured(RULES[name](pull, gamma[:, None]))[0]


def measured(optimizer):
    """What runs on x^2 / 2 from x = 1 say: (shrink factor a step, the step from which on |x| stays below NEAR).

    A swing passes through zero, where |x| says nothing. So the size of a run is that of two neighbouring points
    together, sqrt(x_k^2 + x_(k-1)^2), and the factor the slope of the straight line through its logarithms, from step
    SETTLED to COUNTED, as far as they are within the floating-point numbers; 0 where nothing is left by then.
    At a double root sizes fall as k rho^k: there the factor comes out up to 0.6 percent too large.
    """
    x = _places(optimizer, COUNTED)
    k = np.arange(SETTLED + 1, COUNTED + 1).reshape(-1, *(1,) * (x.ndim - 1))
    with np.errstate(all="ignore"):
        settled = for_good(np.abs(x) < NEAR)
        size = np.hypot(x[SETTLED + 1 :], x[SETTLED:-1])
        seen = (size > SMALLEST) & (size < LARGEST)
        y = np.log(size, out=np.zeros_like(size), where=seen)
        n, sum_k, sum_kk = (part.sum(axis=0) for part in (seen, k * seen, k * k * seen))
        rate = np.exp((n * (k * y).sum(axis=0) - sum_k * y.sum(axis=0)) / (n * sum_kk - sum_k**2))
    return np.where(n > 1, rate, 0.0), np.where(settled <= COUNTED - RESTING, settled, np.inf)


def _places(optimizer, steps):
    return np.array([theta[0] for theta in islice(iterates(optimizer, np.positive, [1.0]), steps + 1)])


def series(optimizer, diverges):
    """The first points of these runs, x (STEPS + 1, *grid), and the steps that led to them.

    Those that diverge are cut where they are FAR away: their zigzag would hide all else.
    """
    x = _places(optimizer, STEPS)
    x = cut(x, ~(np.abs(x) < FAR) & diverges)
    return x, np.diff(x, axis=0, prepend=x[:1])


def compute(pull, gamma):
    """The runs of both methods for every pull = eta lambda (n, 1) and gamma (1, m), and what they are called."""
    lines, words = {}, {}
    for name, rule in RULES.items():
        optimizer, mode = rule(pull, gamma), THEORY[name].mode(pull, gamma, 1)
        regime, (rate, steps) = quadratics.regime(mode), measured(optimizer)
        lines[name] = (np.arange(STEPS + 1), series(optimizer, regime == "divergent")[0])
        lines[f"place, {name}"] = (pull[None], gamma[None])
        lines[f"hairs, {name}"] = plots.cross_line(pull, gamma, (0, PULLS[-1]), (0, 1))
        words[name] = tell(_told, regime, rate, quadratics.spectral_radius(mode), steps)
    return Answer(lines, words)


def compute_deeper(pull, gamma, *, kappa=25):
    """`compute`, with the runs as (x, last step), the eigenvalues, and the ends of the best ravine of this kappa."""
    lines = {}
    for name, rule in RULES.items():
        mode = THEORY[name].mode(pull, gamma, 1)
        lines[f"phase.{name}"] = series(rule(pull, gamma), quadratics.regime(mode) == "divergent")
        roots = quadratics.eigenvalues(mode)
        lines[f"roots.{name}"] = (roots.real, roots.imag)
        one, other = quadratics.eigenvalues(THEORY[name].mode(PULLS[:, None, None], gamma, 1))
        swapped = (one.imag < other.imag) | ((one.imag == other.imag) & (one.real < other.real))
        gap = np.full_like(one[:1], np.nan)
        ways = np.concatenate([np.where(swapped, other, one), gap, np.where(swapped, one, other)])
        lines[f"ways.{name}"] = (ways.real, ways.imag)
        lr, best, _ = THEORY[name].best(1.0, kappa)
        lines[f"stretch, {name}"] = ([lr, lr * kappa], [best, best])
    plain = compute(pull, gamma)
    return Answer(plain.lines | lines, plain.words | _lines_told(kappa))


def _deeper_lines(axes):
    angle = np.linspace(0, 2 * np.pi, 200)
    axes["plane"].fill(np.cos(angle), np.sin(angle), facecolor=plots.EARTH, edgecolor=plots.INK, linewidth=1.4)
    for name, rule in RULES.items():
        plots.moving_run(axes["phase"], f"phase.{name}", rule, run=True, names=(None, "last step"))
        ways = {"linestyle": "-", "linewidth": 1.4, "alpha": 0.4, "zorder": 4}
        plots.moving_curve(axes["plane"], f"ways.{name}", rule, **ways)
        plots.moving_ball(axes["plane"], f"roots.{name}", rule, size=9, zorder=6)
        stretch = {"color": "white", "linewidth": 2.6, "marker": "|", "markersize": 13, "markeredgewidth": 2.6}
        plots.moving_line(axes[f"map {name}"], f"stretch, {name}", zorder=2.5, **stretch)
    for name in ("phase", "plane"):
        axes[name].axvline(0, color=plots.SOFT, linewidth=0.9, zorder=1)
    limits = {"xlim": (-1.4, 1.4), "ylim": (-2.2, 2.2)}
    plots.draw_axes(axes["phase"], zero=True, xlabel="distance from the minimum", ylabel="last step", **limits)
    limits = {"xlim": (-1.5, 1.5), "ylim": (-1.5, 1.5), "aspect": "equal"}
    plots.draw_axes(axes["plane"], zero=True, xlabel="real part", ylabel="imaginary part", **limits)


def _lines_told(kappa):
    """What the further lines on the maps are."""
    places = []
    for name, rule in RULES.items():
        lr, gamma, rate = THEORY[name].best(1.0, kappa)
        place = f"γ = {gamma:.2f} and ηλ from {lr:.2f} to {lr * kappa:.2f}"
        places.append(f"{plots.look_of(rule).label} at {place} leaves {rate:.3f}")
    return {
        "yellow dashes": "critical damping: the fastest γ for each ηλ",
        "white stretch": f"the best place for a ravine of κ = {kappa}: {'; '.join(places)}",
    }


def _told(regime, rate, rho, steps):
    """In words: the regime of a run, what was measured, what theory says."""
    if regime == "divergent":
        return f"{SAID[regime]}: grows {rate:.3f} times a step (theory: {rho:.3f})"
    if regime == "one-step":
        return SAID[regime]
    end = f"after {steps:.0f} steps" if np.isfinite(steps) else f"not within {COUNTED} steps"
    return f"{SAID[regime]}: a step leaves {rate:.3f} (theory: {rho:.3f}); closer than 1/1000 for good {end}"

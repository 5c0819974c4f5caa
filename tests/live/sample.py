"""A small live figure with all the engine offers: two walkers in a bowl, and their loss on a log axis."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_lib.live import Answer, LiveFigure, choice, slider, whole

STEPS = 30


def compute(rate, brake, *, start=(3.0, 2.0), steepness=4, mirrored=False):
    """Two walkers: x and y shrink by 1 - rate and 1 - rate * steepness a step; one of them is braked."""
    k = np.arange(STEPS + 1.0).reshape(-1, 1, 1)
    with np.errstate(all="ignore"):
        shrink = (1 - rate) ** k, (1 - rate * steepness) ** k
        x, y = start[0] * shrink[0], start[1] * shrink[1] * (-1 if mirrored else 1)
        loss = x**2 + steepness * y**2
        lines = {
            "free": (x, y),
            "braked": (x * (1 - brake), y * (1 - brake) ** 2),
            "loss.free": (k[:, 0, 0], loss),
            "start": ([start[0]], [start[1]]),
            "push": (np.stack([x[0], x[1]]), np.stack([y[0], y[1]])),
            "ring": ring(x, y),
            "bars": (np.array([-3, -3, np.nan, -2, -2]), np.array([-2, -1, np.nan, -2, -1.5])),
        }
        ends = np.where(loss[-1] < 1e-3, "arrives", np.where(loss[-1] < 1e3, "is on its way", "diverges"))
    return Answer(lines, words={"free": ends, "braked": "stays behind"})


def ring(x, y):
    """Nine points round the place of each step: (9 a step, *grid)."""
    angle = np.linspace(0, 2 * np.pi, 9).reshape(1, -1, 1, 1)
    around = x[:, None] + 0.4 * np.cos(angle), y[:, None] + 0.4 * np.sin(angle)
    return tuple(np.broadcast_to(a, (len(a), 9, *a.shape[2:])).reshape(-1, *a.shape[2:]) for a in around)


def bowl(figure, steepness):
    ax = figure.axes[0]
    for contour in list(ax.collections):
        contour.remove()
    x, y = np.meshgrid(np.linspace(-4, 4, 60), np.linspace(-3, 3, 50))
    ax.contour(x, y, x**2 + steepness * y**2, levels=np.geomspace(0.5, 60, 8), colors="#BFD2DD", linewidths=1)


def draw():
    figure = Figure(figsize=(8, 3.6), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2)
    left.set(xlim=(-4, 4), ylim=(-3, 3), xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")
    right.set(xlim=(0, STEPS), ylim=(1e-6, 1e3), yscale="log", xlabel="step", ylabel="loss")
    left.add_line(Line2D([], [], gid="halo", color="white", linewidth=6, zorder=3.9))
    left.add_line(
        Line2D(
            [],
            [],
            gid="free",
            label="free walker",
            color="#D55E00",
            linewidth=2,
            zorder=4,
            marker="o",
            markeredgecolor="white",
            markevery=slice(0, 12),
        )
    )
    left.add_line(
        Line2D(
            [],
            [],
            gid="braked",
            color="#0072B2",
            linestyle="--",
            marker="D",
            markevery=3,
            alpha=0.8,
            zorder=3,
        )
    )
    left.add_line(
        Line2D([], [], gid="start", linestyle="none", marker="o", markersize=12, mfc="white", mec="k", zorder=5)
    )
    left.add_line(Line2D([], [], gid="push", color="#22303C", zorder=6))
    left.add_line(Line2D([], [], gid="bars", color="#009E73", linewidth=12, solid_capstyle="butt", zorder=3))
    left.add_line(Line2D([], [], gid="ring", color="#22303C", linewidth=1.2, zorder=3.5))
    right.add_line(Line2D([], [], gid="loss.free", color="#D55E00", linestyle="-.", linewidth=2))
    left.plot(0, 0, "*", markersize=14, color="gold", markeredgecolor="k", zorder=9)
    bowl(figure, 4)
    roles = {"free": {"run": True}, "loss.free": {"run": True}, "ring": {"frame": True}, "push": {"arrow": True}}
    for line in (*left.lines, *right.lines):
        line.moves = (roles | {"halo": {"halo": "free"}}).get(line.get_gid(), {})
    return figure


def make(**changes):
    figure = draw()
    arguments = {
        "page": {
            "rate": slider("rate η", 0.01, 1, steps=25, value=0.1, log=True),
            "brake": slider("brake", 0, 1, steps=11, value=0.3),
        },
        "kernel": {
            "start": (
                slider("start x", -4, 4, steps=81, value=3),
                slider("start y", -3, 3, steps=61, value=2),
            ),
            "steepness": whole("steepness", 1, 9, value=4),
            "mirrored": choice("mirrored", [("no", False), ("yes", True)]),
        },
        "pointer": {figure.axes[0]: "start"},
        "scenes": {"too fast": {"rate": 1.0}, "halfway": {"step": 15, "brake": 0.5}},
        "background": bowl,
        "alt": "Two walkers in a bowl, and the loss of one of them.",
    }
    return LiveFigure(figure, compute, **arguments | changes)

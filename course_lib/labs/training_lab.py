"""A small network learns to tell classes apart, for every learning rate and momentum; then its training is played."""

from dataclasses import dataclass
from functools import partial

import contourpy
import numpy as np

from .. import plots
from ..data import digits, moons, spirals
from ..live import Answer, LiveFigure, choice, slider, stops, whole
from ..networks import Network
from ..optimizers import Momentum, Nesterov
from ..runs import first
from ..training import progress_bar, train
from .grids import at
from .words import tell

RATES = (10**-2.5, 10**0.5, 13)  # lowest, highest, how many: four a decade
GAMMAS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
METHODS = {"momentum": Momentum, "Nesterov": Nesterov}
SHOWN = 60  # test samples in the picture of the plane
ACROSS, DOWN = 10, 6  # test images in the picture of the digits
POINTS = 64  # of the line between the classes


@dataclass(frozen=True)
class Task:
    """A set of samples and the network that is to learn it.

    goal: a test accuracy that good settings reach; lowest: the loss at the bottom of the picture.
    """

    name: str
    data: object
    network: Network
    epochs: int
    batch: int
    goal: float
    lowest: float

    @property
    def plane(self):
        """Whether its inputs are points in the plane."""
        return self.data.features == 2

    @property
    def view(self):
        """((left, right), (bottom, top)) of the picture."""
        if not self.plane:
            return (0, ACROSS), (0, DOWN)
        low, high = self.data.inputs.min(axis=0) - 0.25, self.data.inputs.max(axis=0) + 0.25
        return tuple(zip(low.tolist(), high.tolist(), strict=True))

    @property
    def places(self):
        """Where the test samples that are shown stand, (n, 2)."""
        if self.plane:
            return self.data.test_inputs[:SHOWN]
        column, row = np.arange(ACROSS * DOWN) % ACROSS, np.arange(ACROSS * DOWN) // ACROSS
        return np.column_stack([column + 0.5, DOWN - row - 0.5])


TASKS = {
    "spirals": Task("two spirals", spirals(n=300, noise=0.15), Network((2, 32, 2)), 30, 10, 0.95, 1e-3),
    "moons": Task("two moons", moons(n=300, noise=0.2), Network((2, 16, 2), "tanh"), 24, 10, 0.9, 0.05),
    "digits": Task("handwritten digits", digits(np.float32), Network((64, 32, 10)), 10, 64, 0.95, 0.01),
}


def training():
    """Learning rate and gamma in the page, the training played epoch by epoch; data, method and start by the kernel."""
    fig, axes = plots.mosaic(
        [["map", "loss"], ["map", "accuracy"]],
        {"loss": "Loss, epoch by epoch", "accuracy": "Share of samples it gets right"},
        width_ratios=(1.25, 1),
        height=5.0,
    )
    frames = {"frame": True, "names": (None, None)}
    plots.moving_halo(axes["map"], "border", 5, zorder=4.9)
    plots.moving_line(axes["map"], "border", color=plots.INK, linewidth=2.4, zorder=5, **frames)
    plots.moving_rings(axes["map"], "wrong", plots.FAULT, "", markersize=14, markeredgewidth=2, zorder=6, **frames)
    axes["map"].lines[-1].set(markerfacecolor="none")
    for part in ("test", "training"):
        plots.moving_curve(axes["loss"], f"loss.{part}", plots.SAMPLES[part], run=True)
        plots.moving_curve(axes["accuracy"], f"accuracy.{part}", plots.SAMPLES[part], run=True)
    axes["accuracy"].legend(loc="lower left", fontsize=9, handlelength=3)  # half of them are right without learning
    still = []

    def background(_, data):
        plots.take_away(still)
        still[:] = draw_samples(axes["map"], TASKS[data])
        _scale(axes, TASKS[data])

    task = next(iter(TASKS))
    background(fig, task)
    trained(task, "momentum", 0, progress_bar("training 104 networks"))
    return LiveFigure(
        fig,
        compute,
        page={
            "lr": slider("learning rate η", *RATES[:2], steps=RATES[2], value=0.1, log=True, format=".2g"),
            "gamma": stops("momentum γ", GAMMAS, value=0.9),
        },
        kernel={
            "data": choice("data", [(t.name, key) for key, t in TASKS.items()]),
            "method": choice("method", list(METHODS)),
            "seed": whole("start number", 0, 4, value=0),
        },
        scenes={
            "no momentum": {"lr": 0.1, "gamma": 0.0},
            "momentum 0.9": {"lr": 0.1, "gamma": 0.9},
            "the same effective step without momentum": {"lr": 1.0, "gamma": 0.0},
            "too much": {"lr": 1.0, "gamma": 0.9},
        },
        challenge=("score", "Epochs until the goal is reached on the test samples"),
        background=background,
        step_label="epoch",
        alt="Test samples of two classes with the line a small network draws between them; samples it gets wrong are "
        "ringed. Beside it loss and accuracy of training and test samples, epoch by epoch.",
    )


def draw_samples(ax, task):
    """What stands still in the picture: samples of the plane with a mark for each class, or test images."""
    (left, right), (bottom, top) = task.view
    ax.set(xlim=(left, right), ylim=(bottom, top))
    if task.plane:
        ax.set_title("The line between the classes; what it gets wrong is ringed")
        data = task.data
        faint = plots.draw_classes(ax, data.inputs, data.targets, size=3.5, alpha=0.35)
        return [*faint, *plots.draw_classes(ax, data.test_inputs[:SHOWN], data.test_targets[:SHOWN], size=7)]
    ax.set_title("Sixty test images; what it gets wrong is ringed")
    return [plots.draw_images(ax, task.data.test_inputs[: ACROSS * DOWN].reshape(DOWN, ACROSS, 8, 8))]


def _scale(axes, task):
    axes["map"].set(xticks=[], yticks=[], aspect="auto")
    chance = np.log(task.data.classes)
    shared = {"grid": True, "xlim": (0, task.epochs)}
    plots.draw_axes(axes["loss"], yscale="log", ylim=(task.lowest, 6 * chance), ylabel="loss", **shared)
    plots.draw_axes(axes["accuracy"], ylim=(0, 1.04), xlabel="epoch", ylabel="accuracy", **shared)
    axes["loss"].tick_params(labelbottom=False)


# -- the trainings, all of a grid at once


@dataclass(frozen=True, eq=False)
class Trained:
    """The trainings of every rate and gamma: the History, and what the picture shows at each epoch.

    border: x and y of the line between the classes, (epochs + 1, POINTS, rates, gammas), where the inputs are points in
    the plane; wrong: which of the shown test samples are, (epochs + 1, samples, rates, gammas).
    """

    history: object
    border: np.ndarray | None
    wrong: np.ndarray


KEPT = {}


def trained(name, method, seed, progress=None) -> Trained:
    """All trainings of a task, made once."""
    if (name, method, seed) in KEPT:
        return KEPT[name, method, seed]
    task = TASKS[name]
    history = train(
        METHODS[method](np.geomspace(*RATES)[:, None], np.array(GAMMAS)),
        task.network,
        task.data,
        epochs=task.epochs,
        batch=task.batch,
        seed=seed,
        dtype=task.data.inputs.dtype,
        keep=True,
        progress=progress,
    )
    shown = task.data.test_inputs[: len(task.places)], task.data.test_targets[: len(task.places)]
    wrong = np.array([task.network.predict(theta, shown[0]) != shown[1][:, None, None] for theta in history.thetas])
    wrong &= np.isfinite(history.loss)[:, None]
    border = _borders(task, history.thetas) if task.plane else None
    return KEPT.setdefault((name, method, seed), Trained(history, border, wrong))


def _borders(task, thetas):
    """The lines on which both classes are equally likely: x and y, (records, POINTS, *grid)."""
    across, up = (np.linspace(*side, count) for side, count in zip(task.view, (44, 36), strict=True))
    ground = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    border = np.full((2, len(thetas), POINTS, *thetas.shape[2:]), np.nan)
    for record, theta in enumerate(thetas):
        margin = task.network.outputs(theta, ground)[:, 1] - 0.5
        for cell in np.ndindex(margin.shape[1:]):
            heights = margin[:, *cell].reshape(len(up), len(across))
            border[:, record, :, *cell] = one_line(contourpy.contour_generator(across, up, heights).lines(0.0))
    return border


def one_line(pieces):
    """Pieces of a line, each (n, 2), as one of POINTS points, (2, POINTS): evenly spaced, nan between two pieces."""
    line = np.full((2, POINTS), np.nan)
    lengths = [np.hypot(*np.diff(piece, axis=0).T).cumsum() for piece in pieces]
    whole = sum(length[-1] for length in lengths if len(length))
    first = 0
    longest = sorted(zip(pieces, lengths, strict=True), key=lambda pair: -pair[1][-1])
    for number, (piece, length) in enumerate(longest):
        count = int((POINTS - len(pieces)) * length[-1] / whole)
        if count < 2 or first + count > POINTS or number > 8:
            continue
        at = np.linspace(0, length[-1], count)
        line[:, first : first + count] = [np.interp(at, [0, *length], side) for side in piece.T]
        first += count + 1
    return line


# -- what the page shows


def compute(lr, gamma, *, data="spirals", method="momentum", seed=0):
    """The trainings of every lr (n, 1) and gamma (1, m), both among RATES and GAMMAS."""
    task, kept = TASKS[data], trained(data, method, seed)
    pick = slice(None), at(np.geomspace(*RATES), lr), at(GAMMAS, gamma)
    history = kept.history
    lines = {}
    for part, name in (("training", ""), ("test", "test_")):
        for kind in ("loss", "accuracy"):
            lines[f"{kind}.{part}"] = (history.epochs, getattr(history, name + kind)[pick])
    if task.plane:
        lines["border"] = tuple(_framed(side, pick) for side in kept.border)
    x, y = (np.where(kept.wrong, side[:, None, None], np.nan) for side in task.places.T)
    lines["wrong"] = _framed(x, pick), _framed(y, pick)
    epoch = first(lines["accuracy.test"][1] >= task.goal)
    lost = history.diverged[pick[1:]] / (history.steps[-1] / history.epochs[-1])
    words = {"score": tell(lambda k: f"{k:.0f}" if np.isfinite(k) else "", epoch)}
    for part in ("training", "test"):
        ends = (lines[f"{kind}.{part}"][1][-1] for kind in ("loss", "accuracy"))
        words[part] = tell(partial(_told, part=part, task=task), *ends, epoch, lost)
    return Answer(lines, words)


def _framed(values, pick):
    """(records, points, rates, gammas) -> (records * points, *grid) of the picked cells."""
    values = values[:, *pick]
    return values.reshape(-1, *values.shape[2:])


def _told(loss, accuracy, epoch, lost, part, task):
    if np.isfinite(lost):
        return f"diverges in epoch {np.ceil(lost):.0f}"
    end = f"after {task.epochs} epochs loss {loss:.3g} and {accuracy:.1%} right"
    if part == "training":
        return end
    goal = f"{task.goal:.0%} right"
    return f"{end}; {goal} first after epoch {epoch:.0f}" if np.isfinite(epoch) else f"{end}; {goal} not reached"

"""Drawings that stand still: (axes, arrays) -> artists."""

import numpy as np
from matplotlib import colormaps
from matplotlib.patches import Ellipse, PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.ticker import LogLocator

from . import slides
from .looks import CLASSES, EARTH, GRID, INK, LAND, OWN, RATES, SOFT, STAR, WORSE, look_of, marker_size
from .style import course_style

LEVELS = 9  # of height
EDGE = [withStroke(linewidth=3, foreground="white")]  # of words, so that lines behind do not disturb them


def draw_landscape(ax, surface):
    """A 2-D surface from above: pale bands with white contour lines, spaced by the logarithm of the height."""
    (x0, x1), (y0, y1) = surface.view
    x, y = np.meshgrid(np.linspace(x0, x1, 240), np.linspace(y0, y1, 240))
    z = surface.value(np.array([x, y]))
    z = np.log10(z - min(z.min(), surface.lowest if np.isfinite(surface.lowest) else np.inf) + np.ptp(z) * 1e-3)
    heights = np.linspace(z.min(), z.max(), LEVELS + 1)
    bands = ax.contourf(x, y, z, levels=heights, cmap=LAND)
    lines = ax.contour(x, y, z, levels=heights[1:-1], colors="white", linewidths=1.1, linestyles="solid")
    ax.set(xlim=(x0, x1), ylim=(y0, y1), xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")
    return bands, lines, *draw_minima(ax, surface)


def draw_axes(ax, *, level=None, zero=False, grid=False, plain=False, **settings):
    """Axes as `ax.set` has them; with a line at a level, one at zero, a grid, and plain: without minor ticks."""
    ax.set(**settings)
    if level is not None:
        ax.axhline(level, color=SOFT, linewidth=1, linestyle=(0, (2, 2)))
    if zero:
        ax.axhline(0, color=SOFT, linewidth=0.9, zorder=1)
    if plain:
        ax.minorticks_off()
    if grid:
        ax.grid(True)


def land_colors():
    """The colours of the bands of `draw_landscape`, from low to high."""
    return LAND(np.linspace(0, 1, LEVELS))


def take_away(artists):
    """Remove these artists from their figure and from the list, one at a time: an interrupt may come between."""
    while artists:
        artists.pop().remove()


def ravine_colors():
    """The colours of the bands of `draw_ravine`, from low to high."""
    return LAND((np.arange(LEVELS) + 0.5) / LEVELS)


@course_style()
def draw_ravine(ax, kappa, angle, high=None):
    """A ravine as `draw_landscape` draws one, five to either side, of ellipses that `shape_ravine` can change."""
    colors, high = ravine_colors(), high or slides.brief(3.6, 4.3)  # for longer letters
    ax.set(xlim=(-5, 5), ylim=(-high, high), xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")
    ax.set(facecolor=colors[-1], aspect="equal")
    rings = [
        ax.add_patch(Ellipse((0, 0), 1, 1, facecolor=color, edgecolor="white", linewidth=1.1, zorder=0.5))
        for color in colors[-2::-1]
    ]
    words = [ax.text(0, 0, word, color=SOFT, ha="center", va="center", zorder=1) for word in ("along", "across")]
    for word in words:
        word.set(rotation_mode="anchor", path_effects=[withStroke(linewidth=3, foreground="#EEF3F6")])
    (star,) = ax.plot(0, 0, "*", color=STAR, markeredgecolor=INK, markersize=15, zorder=4)
    shape_ravine(rings, words, kappa, angle)
    return rings, words, star


def shape_ravine(rings, words, kappa, angle):
    """Give the artists of `draw_ravine` another steepness and another angle, in degrees."""
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    across = np.array([-along[1], along[0]])
    (x0, x1), (y0, y1) = rings[0].axes.get_xlim(), rings[0].axes.get_ylim()
    corners = np.array([(x0, y0), (x0, y1), (x1, y0), (x1, y1)])
    highest = ((corners @ along) ** 2 + kappa * (corners @ across) ** 2).max() / 2
    heights = highest * (10 ** np.linspace(-3, 0, len(rings) + 2)[-2:0:-1] - 1e-3)
    for ring, height in zip(rings, heights, strict=True):
        ring.set(width=2 * np.sqrt(2 * height), height=2 * np.sqrt(2 * height / kappa), angle=angle)
    places = ((3.1 * along, angle), (-2.9 * across, angle - 90))
    for word, (place, turned) in zip(words, places, strict=False):  # words may be left out
        word.set(position=place, rotation=turned)


def draw_minima(ax, surface):
    """A gold star on every lowest point, a pale one on every other minimum."""
    stars = []
    for x, y in surface.minima:
        best = np.isclose(surface.value(np.array([x, y])), surface.lowest, atol=1e-9)
        color, size = (STAR, 15) if best else ("white", 11)
        stars += ax.plot(x, y, "*", color=color, markeredgecolor=INK, markersize=size, zorder=6)
    return stars


def draw_hill(ax, surface):
    """A 1-D surface from the side, as ground under a sky."""
    ((x0, x1),) = surface.view
    x = np.linspace(x0, x1, 600)
    height = surface.value(x[None])
    floor = height.min() - 0.22 * np.ptp(height)
    ground = ax.fill_between(x, floor, height, color=EARTH, linewidth=0)
    (line,) = ax.plot(x, height, color=INK, linewidth=2.6)
    ax.set(xlim=(x0, x1), ylim=(floor, height.max() + 0.12 * np.ptp(height)), xlabel=r"place  $\theta$")
    ax.set(ylabel=r"height  $J(\theta)$", yticks=range(int(height.max()) + 1))
    return ground, line


def draw_kinks(ax, surface, kinks, curvatures, view):
    """The slope of a 1-D surface, straight between its kinks, with its curvature in words beside each piece.

    curvatures: one more than kinks; view: the piece of the first axis to show.
    """
    ends = np.array([view[0], *kinks, view[1]], float)
    slope = surface.gradient(ends[None])[0]
    (line,) = ax.plot(ends, slope, color=INK, linewidth=2.4, zorder=3)
    draw_axes(ax, zero=True, xlim=view, xlabel=r"place  $\theta$", ylabel=r"slope  $J'(\theta)$")
    ax.plot(ends[1:-1], slope[1:-1], "o", color="white", markeredgecolor=INK, markeredgewidth=1.8, zorder=4)
    middles = (ends[1:] + ends[:-1]) / 2
    for place, height, curvature in zip(middles, surface.gradient(middles[None])[0], curvatures, strict=True):
        late = place > 0.4 * view[0] + 0.6 * view[1]  # no room to the right of it
        offset, side = ((-8, 6), "right") if late else ((9, -15), "left")
        text = f"curvature {curvature:g}"
        ax.annotate(text, (place, height), offset, textcoords="offset points", ha=side, fontsize=10)
    return line


def draw_roll(ax, surface, theta, look, label=None, lift=0.0):
    """A run on a hill: a faint dot for every step, a large one where it came to rest. theta: (steps + 1, 1).

    lift: how far above the ground to draw it, so that the ball lies on the line and not in it.
    """
    style = look_of(look)
    (low, high), x = surface.view[0], theta[:, 0]
    height = surface.value(theta.T) + lift
    inside = (x >= low) & (x <= high)
    (trail,) = ax.plot(x[inside], height[inside], style.marker, color=style.color, alpha=0.28, markeredgewidth=0)
    ball = {"color": style.color, "markersize": 16, "markeredgecolor": "white", "zorder": 7}
    (end,) = ax.plot(x[-1:], height[-1:], style.marker, **ball)
    return trail, end, draw_label(ax, x[-1], height[-1], label or style.label, style.color, (0, 44), ha="center")


def draw_track(ax, places, row, look, label, size=15):
    """A ball that coasts on level ground: a faint dot for every step, the ball where it stopped. One row a ball."""
    style = look_of(look)
    heights = np.full(len(places), row)
    ax.axhline(row, color=GRID, linewidth=1.4, zorder=0)
    (trail,) = ax.plot(places, heights, "o", color=style.color, alpha=0.35, markersize=size / 2, markeredgewidth=0)
    (ball,) = ax.plot(places[-1:], heights[-1:], "o", color=style.color, markersize=size, markeredgecolor="white")
    words = draw_label(ax, places[-1], row, label, style.color, offset=(size, 0))
    ax.set(ylim=(-0.7, 1.7), yticks=[], xlabel="distance rolled")
    ax.spines["left"].set_visible(False)
    return trail, ball, words


def draw_update(ax, here, there, memory):
    """One step of momentum as arrows, tip to tail: the slope's part, the memory's, and their sum. Points are (2,)."""
    corner = there - memory
    for start, end, look, label in (
        (here, corner, "GradientDescent", "slope"),
        (corner, there, "Momentum", "memory"),
        (here, there, OWN, "the step"),
    ):
        style = look_of(look)
        pointer = {"arrowstyle": "-|>", "color": style.color, "linewidth": 2.6, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", end, start, arrowprops=pointer, zorder=6)
        draw_label(ax, *((start + end) / 2), label, style.color)
    ax.update_datalim([here, corner, there])
    ax.autoscale_view()


def draw_disc(ax, x, y, gid=None):
    """A white disc with an ink edge."""
    style = {"color": "white", "markeredgecolor": INK, "markeredgewidth": 2.2, "markersize": 12, "zorder": 8}
    return ax.plot(x, y, "o", gid=gid, **style)[0]


def draw_start(ax, x, y, label="start", offset=(12, 6)):
    """A disc where a run begins, and the word beside it."""
    disc = draw_disc(ax, x, y)
    return disc, ax.annotate(label, (x, y), offset, textcoords="offset points", zorder=8, path_effects=EDGE)


def draw_path(ax, theta, look, label=None, gid=None):
    """A run seen from above: a line on a white halo, markers on its first two dozen steps. theta: (steps + 1, 2).

    gid: the line's, for a live figure; that of its halo begins with "halo.".
    """
    style = look_of(look)
    x, y = theta[:, 0], theta[:, 1]
    ax.plot(x, y, color="white", linewidth=4.2, zorder=4.9, gid=gid and f"halo.{gid}")
    edge = {"markeredgecolor": "white", "markeredgewidth": 0.8, "zorder": 5, "gid": gid}
    marks = {"marker": style.marker, "markersize": marker_size(style), "markevery": slice(0, 24)}
    return draw_curve(ax, x, y, style, label, at=None, **marks, **edge)[0]


def draw_curve(ax, x, y, look, label=None, at=-1, **line):
    """A curve in an optimizer's look, its label at its end in its own colour; at=None leaves it to a legend."""
    style = look_of(look)
    (line,) = ax.plot(x, y, color=style.color, linestyle=style.dashes, label=label or style.label, **line)
    return (line,) if at is None else (line, draw_label(ax, x[at], y[at], label or style.label, style.color))


def draw_loss(ax, loss, look, label=None):
    """The loss against the step on a log axis, its label at its end. loss: (steps + 1,)."""
    artists = draw_curve(ax, np.arange(len(loss)), loss, look, label)
    draw_axes(ax, grid=True, yscale="log", xlabel="step", xlim=(0, 1.5 * (len(loss) - 1)))
    return artists


def draw_series(ax, values, look="Momentum"):
    """Places against step numbers, as dots on a thin line around zero."""
    style = look_of(look)
    ax.axhline(0, color=SOFT, linewidth=0.9)
    marks = {"marker": "o", "markersize": 4.5, "markeredgecolor": "white", "markeredgewidth": 0.6}
    (line,) = ax.plot(np.arange(len(values)), values, color=style.color, linewidth=1.4, **marks)
    ax.set(xlabel="step", ylim=(-1.25, 1.25), xlim=(-0.5, len(values) - 0.5))
    return line


def draw_point(ax, x, y, text, offset=(10, 10)):
    """A marked point with words beside it and a thin line between them; nearer on slides, which are less wide."""
    x_offset, y_offset = offset
    (dot,) = ax.plot(x, y, "o", color=INK, markersize=8, markeredgecolor="white", zorder=8)
    pointer = {"arrowstyle": "-", "color": INK, "linewidth": 0.9, "shrinkB": 5}
    offset = x_offset * slides.brief(1, slides.WIDTH / slides.NOTEBOOK_WIDTH), y_offset
    words = ax.annotate(text, (x, y), offset, textcoords="offset points", arrowprops=pointer, fontweight="bold")
    return dot, words


def draw_guess(ax, steps, rate):
    """A learner's prediction that each step multiplies by `rate`, as a straight line on a log axis; none for `...`."""
    if rate is ...:
        return ()
    return draw_curve(ax, steps, float(rate) ** steps, OWN, "your guess", at=len(steps) // 2)


def draw_label(ax, x, y, text, color=INK, offset=(7, 0), **style):
    """Words beside a point, bold, with a white edge so that lines behind do not disturb them."""
    style |= {"color": color, "fontweight": "bold", "va": "center", "zorder": 9, "path_effects": EDGE}
    return ax.annotate(text, (x, y), offset, textcoords="offset points", **style)


def draw_bars(ax, x, heights, color):
    """Bars of these heights; where some hang below zero, a line shows where zero is."""
    bars = ax.bar(x, heights, 0.62, color=color)
    if np.min(heights) < 0:
        ax.axhline(0, color=SOFT, linewidth=0.9)
    return bars


def draw_rates(ax, pull, gamma, rate, discriminant):
    """A map of shrink factors a step over (eta lambda, gamma), hatched where runs diverge: the image, for its bar.

    pull (n,), gamma (m,): the middles of the cells; rate (m, n): what is left after a step, solid contour at 1;
    discriminant (m, n): its zeros, where the regimes meet, are dotted.
    """
    half = (pull[1] - pull[0]) / 2, (gamma[1] - gamma[0]) / 2
    extent = (pull[0] - half[0], pull[-1] + half[0], gamma[0] - half[1], gamma[-1] + half[1])
    colors = {"cmap": RATES, "vmin": 0, "vmax": 1, "interpolation": "bilinear", "zorder": 0.5}
    image = ax.imshow(np.where(rate <= 1, rate, np.nan), extent=extent, origin="lower", aspect="auto", **colors)
    diverging = ax.contourf(pull, gamma, rate.clip(0, 2), levels=[1, 3], colors=[WORSE[0]], hatches=["///"], zorder=1)
    diverging.set(edgecolor=WORSE[1], linewidth=0)
    ax.contour(
        pull, gamma, discriminant, levels=[0], colors="white", linewidths=1.3, linestyles=[(0, (1, 2))], zorder=1.2
    )
    ax.contour(pull, gamma, rate.clip(0, 2), levels=[1], colors=INK, linewidths=2.6, zorder=1.4)
    ax.set(xlim=extent[:2], ylim=extent[2:])
    return image


@course_style()
def draw_losses(ax, x, y, label):
    """An empty map of losses over two settings on log axes, and its bar; `paint_losses` fills it.

    x (n,), y (m,): the middles of its cells, evenly spaced in the logarithm; label: of the colour bar beside it.
    """
    colors = colormaps[RATES].with_extremes(bad=WORSE[0])
    image = ax.pcolormesh(*map(_log_edges, (x, y)), np.ones((len(y), len(x))), cmap=colors, norm="log", zorder=0.5)
    hatched = {"facecolor": "none", "edgecolor": WORSE[1], "hatch": "///", "linewidth": 0, "zorder": 0.6}
    worse = ax.add_patch(PathPatch(Path(np.empty((0, 2))), **hatched))
    (star,) = ax.plot(x[:1], y[:1], "*", color="white", markeredgecolor=INK, markersize=17, zorder=2)
    ax.set(xscale="log", yscale="log", xlim=_log_edges(x)[[0, -1]], ylim=_log_edges(y)[[0, -1]])
    bar = ax.figure.colorbar(image, cax=ax.inset_axes((1.0222, 0, 0.0361, 1), axes_class=type(ax)), label=label)
    bar.outline.set_visible(False)
    bar.minorticks_off()
    return image, worse, star


def paint_losses(ax, artists, loss, limits, best, tol):
    """Fill a map made by `draw_losses`: the contour at `tol` if it has one, to be removed before the next painting.

    loss (m, n), hatched where it is beyond limits = (low, high); best: (row, column) of the star.
    """
    image, worse, star = artists
    edges = image.get_coordinates()
    beyond = ~(loss <= limits[1])
    image.set_array(np.ma.array(np.clip(np.where(beyond, limits[1], loss), *limits), mask=beyond))
    image.set_clim(*limits)
    cells = [
        Path([edges[row, col], edges[row, col + 1], edges[row + 1, col + 1], edges[row + 1, col], edges[row, col]])
        for row, col in np.argwhere(beyond)
    ]
    worse.set_path(Path.make_compound_path(*cells))
    middles = np.sqrt(edges[:-1, :-1] * edges[1:, 1:])
    star.set_data(*middles[best][:, None])
    height = np.log10(np.clip(np.nan_to_num(loss, nan=limits[1], posinf=limits[1]), *limits))
    if not height.min() < np.log10(tol) < height.max():
        return None
    line = {"colors": [INK], "linewidths": 2.2, "linestyles": "solid", "zorder": 1}
    return ax.contour(*np.moveaxis(middles, -1, 0), height, levels=[np.log10(tol)], **line)


def _log_edges(middles):
    """Where cells of a log axis end: one more than their middles."""
    step = np.sqrt(middles[1] / middles[0])
    return np.append(middles / step, middles[-1] * step)


def draw_words(ax, x, y, text, color=INK, edge=None, **style):
    """Words on a map, centred, with an edge where the ground is uneven."""
    style |= {"path_effects": [withStroke(linewidth=3, foreground=edge)] if edge else None}
    return ax.text(x, y, text, color=color, ha="center", va="center", size=10, zorder=1.6, **style)


def draw_classes(ax, points, targets, size, alpha=1.0):
    """Points of two classes, (n, 2), each class with a mark of its own: one Line2D a class."""
    drawn = []
    for number, look in enumerate(CLASSES):
        x, y = points[targets == number].T
        edge = {"markeredgecolor": "white", "markeredgewidth": 0.8, "zorder": 2}
        drawn += ax.plot(x, y, look.marker, color=look.color, markersize=size, alpha=alpha, **edge)
    return drawn


def draw_images(ax, images):
    """A page of grey images, (rows, columns, height, width), each on one unit of the axes; dark is 1."""
    rows, columns, height, width = images.shape
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    page = padded.transpose(0, 2, 1, 3).reshape(rows * (height + 2), columns * (width + 2))
    return ax.imshow(page, cmap="Greys", vmin=0, vmax=1.4, extent=(0, columns, 0, rows), zorder=1)


def draw_band(ax, x, low, high, look):
    """The ground between two curves, in an optimizer's colour, pale."""
    return ax.fill_between(x, low, high, color=look_of(look).color, alpha=0.14, linewidth=0, zorder=1.5)


def draw_savings(ax, saved):
    """What memory saved, a dot a seed beside a line at zero. saved: (network, windows, steps, rule) -> losses."""
    arms, rules = (list(dict.fromkeys(part)) for part in zip(*((key[:3], key[3]) for key in saved), strict=True))
    for place, rule in enumerate(rules):
        look = look_of(rule[0].upper() + rule[1:])
        rows = [row for row, arm in enumerate(arms) if (*arm, rule) in saved]
        dots = [saved[*arms[row], rule] for row in rows]
        heights = np.repeat(rows, list(map(len, dots))) + 0.25 * (place - (len(rules) - 1) / 2)
        ax.plot(np.concatenate(dots), heights, look.marker, color=look.color, alpha=0.6, label=rule)
    ax.axvline(0, color=SOFT, linewidth=1)
    names = [f"{network},\n{windows} windows, {steps} steps" for network, windows, steps in arms]
    ax.set(yticks=range(len(arms)), yticklabels=names, ylim=(len(arms) - 0.5, -0.5), xlabel="loss saved by memory")
    ax.grid(True, axis="x")
    ax.legend(loc="best")


def shape_counts(ax, xlabel, ylabel):
    """Log axes for counts, with plain numbers at 1, 3, 10, 30 and so on, and a legend."""
    ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 3)))
        axis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    ax.legend(loc="upper right")

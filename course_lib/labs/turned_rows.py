"""Rules tuned at 0 degrees and raced at every angle: a row for each, the steps that it needs, and what they say."""

import numpy as np

from .. import plots
from .grids import at

UNTOLD = {"names": (None, None)}


def draw_rows(ax, rules, steps, ticks, counted, more, *, thick, ball, ring, over):
    """One row a rule, its name in its own colour; empty lines for its steps now, at 0 degrees, and over all angles.

    rules: name -> class; steps: (first, last) of the axis, ticks: place -> text; counted: where the runs end; more:
    what else its label says.
    """
    looks = [plots.look_of(rule) for rule in rules.values()]
    limits = {"xlim": steps, "ylim": (len(rules) - 0.4, -0.6), "xlabel": f"step  ·  ring: at 0°{more}"}
    limits |= {"xticks": list(ticks), "xticklabels": list(ticks.values())}
    ax.set_yticks(range(len(rules)), [look.label for look in looks], fontsize=9.5)
    for label, look in zip(ax.get_yticklabels(), looks, strict=True):
        label.set_color(look.color)
    plots.draw_axes(ax, plain=True, grid=True, xscale="log", **limits)
    ax.axvspan(counted, steps[1], color=plots.EARTH, zorder=0, linewidth=0)
    ax.tick_params(length=0)
    plots.moving_bars(ax, "chosen", plots.GRID, width=thick, **UNTOLD)
    plots.moving_bars(ax, "span", (plots.PALE, 0.45), width=6, **UNTOLD)
    for name, rule in rules.items():
        plots.moving_curve(ax, f"way.{name}", rule, **UNTOLD)
    for name, rule in rules.items():
        plots.moving_ball(ax, f"now.{name}", rule, size=ball)
    hollow = {"marker": "o", "markersize": ring, "markerfacecolor": "none", "zorder": over}
    plots.moving_rings(ax, "at 0°", plots.OWN, "at 0°", **hollow)


def lines_of(settled, which, rule, steps, late):
    """The lines of `draw_rows` for angles of these numbers (n, 1) and the rule looked at (1, m).

    settled: name -> the steps at every angle; late: where a run stands that does not settle.
    """
    places, row = np.nan_to_num(list(settled.values()), posinf=late), np.arange(len(settled))
    span = np.column_stack([places.min(axis=1), places.max(axis=1), np.full(len(row), np.nan)]).ravel()
    chosen = np.broadcast_to(at(list(settled), rule.ravel()), (2, 1, rule.size))
    lines = {"at 0°": (places[:, 0], row), "span": (span, np.repeat(row, 3)), "chosen": (steps, chosen)}
    for number, name in enumerate(settled):
        now = places[number, which]
        lines[f"now.{name}"] = (now[None], [number])
        lines[f"way.{name}"] = (np.stack([np.full_like(now, places[number, 0]), now]), [number, number])
    return lines


def compared(settled, which, counted, what):
    """(alike, unlike), each (n, 1): in words, the rules that need the same steps as at 0 degrees, and the others.

    settled: label -> the steps at every angle; what: what a rule is called where there is no other.
    """
    alike, unlike = [], []
    for turn in which.ravel():
        same = [label for label, steps in settled.items() if steps[turn] == steps[0]]
        alike.append(", ".join(f"{label} {_count(settled[label][0], counted)}" for label in same))
        others = [
            f"{label} {_count(steps[turn], counted)} ({_count(steps[0], counted)})"
            for label, steps in settled.items()
            if label not in same
        ]
        unlike.append(f"{', '.join(others)}; at 0° the number in brackets" if others else f"no {what}")
    return np.array(alike)[:, None], np.array(unlike)[:, None]


def _count(steps, counted):
    return f"{steps:.0f}" if np.isfinite(steps) else f"not in {counted}"

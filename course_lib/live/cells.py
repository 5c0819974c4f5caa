"""Which cell shows which figure. ipywidgets keeps every widget for ever; here one is closed when the only cell that
showed it has been run again. A kernel that is not told which cell it runs closes none."""

import gc
from weakref import WeakSet

import ipywidgets
from IPython import get_ipython

_shown = {}  # cell -> the figures it shows
_now = []  # those the cell that is running has shown up to now
_elsewhere = WeakSet()  # those shown where no cell is known: by a callback, in an Output


def shows(figure):
    """A figure is about to be shown."""
    shell = get_ipython()
    if _cell(shell) is None:
        _elsewhere.add(figure)
        return
    _now.append(figure)
    if _ran not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _ran)


def _cell(shell):
    """The running cell's name, as the notebook told it to the kernel; None where it did not."""
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return parent.get("metadata", {}).get("cellId")


def _ran(_):
    shell = get_ipython()
    cell = _cell(shell)
    if cell is None:
        return
    before, _shown[cell] = _shown.get(cell, []), list(_now)
    _now.clear()
    gone = [figure for figure in before if not _is_seen(figure)]
    for figure in gone:
        figure.close()
        _forget(shell, figure)
    if gone:
        gone.clear()
        before.clear()
        gc.collect()  # a matplotlib figure is full of circles, which Python alone would leave for long


def _is_seen(figure):
    shown = any(figure in figures for figures in _shown.values())
    return shown or figure in _elsewhere or any(figure in getattr(w, "children", ()) for w in widgets())


def widgets():
    """All widgets that are open."""
    module = ipywidgets.widgets.widget
    known = getattr(module, "_instances", None)  # of ipywidgets 8
    return list((ipywidgets.Widget.widgets if known is None else known).values())


def _forget(shell, figure):
    """Out[n] and _n would keep it alive, which IPython writes down three times."""
    for names in (shell.user_ns.get("_oh", {}), shell.user_ns, shell.user_ns_hidden):
        for name in [name for name, value in names.items() if value is figure and str(name).strip("_").isdecimal()]:
            del names[name]

"""A bar of text for whatever takes longer than a second, which leaves nothing behind."""

import sys
from time import monotonic

WIDTH = 24
FIRST, AGAIN = 1.0, 0.1  # seconds until the bar appears, and between two of its pictures


def progress_bar(title="running"):
    """A function (done, total) that shows how far a computation is; hand it over as progress=progress_bar("training").

    It appears after a second and vanishes with the last step. In a notebook its output is empty in the end, so nothing
    is stored; elsewhere it needs a terminal, and writes to the standard error.
    """
    begin, shown, show = monotonic(), -AGAIN, None

    def progress(done, total):
        nonlocal shown, show
        now = monotonic()
        if done >= total:
            if show:
                show("")
        elif now - begin >= FIRST and now - shown >= AGAIN:
            show, shown = show or _screen(), now
            show(_bar(title, done / total, now - begin))

    return progress


def _bar(title, share, seconds):
    full = round(share * WIDTH)
    left = f", about {seconds * (1 - share) / share:.0f} s left" if share else ""
    return f"{title} {'█' * full}{'░' * (WIDTH - full)} {share:.0%}{left}"


def _screen():
    """A function that shows a text in the place of the last one: in the notebook's cell, a terminal, or nowhere."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    if getattr(shell, "kernel", None):
        # An output without content first: it is then filled, and emptied in the end. Tools that compare outputs see
        # an empty one; clearing the cell instead would also take away what was printed in it before.
        cell = ipython.display.display({}, raw=True, display_id=True)
        return lambda text: cell.update({"text/plain": text} if text else {}, raw=True)
    if sys.stderr.isatty():
        return lambda text: print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)
    return lambda text: None

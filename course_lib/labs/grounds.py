"""What the labs with a choice of surfaces have in common."""

from ..surfaces import SURFACES


def at_home(before, after):
    """Whoever chooses another `surface` is put at that surface's own `start`; see `follow` of LiveFigure."""
    return {} if before["surface"] == after["surface"] else {"start": SURFACES[after["surface"]].start}

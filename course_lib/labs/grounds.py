"""What the labs with a choice of surfaces have in common."""

from ..live import LiveFigure
from ..surfaces import SURFACES


class OnSurface(LiveFigure):
    """Whoever chooses another surface is put at that surface's own start.

    Its kernel quantities have a drop-down `surface`, of keys of SURFACES, and a pair of sliders `start`.
    """

    def following(self, settings):
        """What else has to change with these settings: name -> number of the value."""
        (surface,), start = self.kernel["surface"], self.kernel["start"]
        if settings[surface.name] == surface.index:
            return {}
        home = SURFACES[surface.value(settings[surface.name])].start
        return {control.name: control.nearest(value) for control, value in zip(start, home, strict=True)}

    def _choose(self, settings):
        follow = self.following(settings)
        super()._choose(settings | follow)
        if follow:
            self.settings = settings | follow  # the page follows

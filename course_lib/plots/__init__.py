"""Static drawings of the course, and every colour and size once.

looks       colours, and the look of each optimizer; sizes and fonts are in course.mplstyle
figures     empty figures, and `show`, which puts a finished one into the notebook
drawing     what stands still: (axes, arrays) -> artists
slides      the same figures for slides: larger
style       matplotlib's settings for these figures, and for no others
moving      empty lines with names, for what a live figure moves

A picture is made in three steps: `figure()`, some `draw_...` calls, `show(fig, alt)`.
"""

from inspect import isclass, isfunction, ismodule

from . import drawing, figures, looks, moving, slides


def _own(module, constants=False):
    """The names that a module itself gives to functions and classes, and to constants; not what it imports."""
    return {
        name: value
        for name, value in vars(module).items()
        if not (name.startswith("_") or ismodule(value))
        and (
            value.__module__ == module.__name__ if isfunction(value) or isclass(value) else constants and name.isupper()
        )
    }


_OFFERED = _own(drawing) | _own(figures) | _own(looks, constants=True) | _own(moving)
_OFFERED |= {"on_slides": slides.on_slides, "brief": slides.brief}
globals().update(_OFFERED)
__all__ = sorted(_OFFERED)

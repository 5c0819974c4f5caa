"""Static drawings of the course, and every colour and size once.

looks       colours, and the look of each optimizer; sizes and fonts are in course.mplstyle
figures     empty figures, and `show`, which puts a finished one into the notebook
drawing     what stands still: (axes, arrays) -> artists
slides      the same figures for slides: larger
style       matplotlib's settings for these figures, and for no others
moving      empty lines with names, for what a live figure moves

A picture is made in three steps: `figure()`, some `draw_...` calls, `show(fig, alt)`.
"""

from . import drawing, figures, looks, moving, slides

_OFFERED = {  # what a module itself makes, not what it imports
    name: value
    for module in (drawing, figures, looks, moving)
    for name, value in vars(module).items()
    if name[0] != "_" and (getattr(value, "__module__", "") == module.__name__ or (module is looks and name.isupper()))
}
_OFFERED |= {"on_slides": slides.on_slides, "brief": slides.brief}
globals().update(_OFFERED)
__all__ = sorted(_OFFERED)

"""Empty figures with titles, and the way a finished one gets into the notebook. Made without pyplot, so nothing is
drawn twice and nothing stays open behind a notebook's back."""

import io

from IPython.display import display

from . import slides
from .style import CourseAxes, CourseFigure

OF_THE_COURSE = {"axes_class": CourseAxes}


def figure(*titles, widths=None, height=4.4, on_slide=None):
    """A figure with one axes for each title, side by side, and the axes. widths: their ratios.

    height: in inches; on_slide: the height there, if it is not in proportion (the width is 7.6).
    """
    named = {str(place): title for place, title in enumerate(titles or ("",))}
    fig, axes = mosaic([list(named)], named, height=height, on_slide=on_slide, width_ratios=widths)
    if len(titles) == 1 and isinstance(fig, slides.SlideFigure):  # the slide has a headline
        fig.title = titles[0]
        axes["0"].set_title("")
    return (fig, *axes.values())


def mosaic(layout, titles, *, height=4.4, on_slide=None, slide=None, **ratios):
    """A figure whose axes are laid out by name, as in matplotlib's subplot_mosaic: (figure, {name: axes}).

    titles: name -> title; ratios: width_ratios, height_ratios; height, on_slide: as in `figure`.
    slide: the layout and ratios there, as a dict; what it leaves out is not seen, and can be drawn on all the same.
    """
    left_out = []
    if slides.on_slides():
        fig = slides.SlideFigure(height, on_slide)
    else:
        fig = CourseFigure(figsize=(slides.NOTEBOOK_WIDTH, height), layout="constrained")
    if slide and slides.on_slides():
        seen = {name for row in slide["layout"] for name in row}
        left_out = sorted({name for row in layout for name in row} - seen)
        layout, ratios = slide["layout"], {name: ratio for name, ratio in slide.items() if name != "layout"}
    axes = fig.subplot_mosaic(layout, subplot_kw=OF_THE_COURSE, **ratios)
    for name in left_out:
        axes[name] = fig.add_axes((0, 0, 1e-3, 1e-3), visible=False, **OF_THE_COURSE)
    for name, title in titles.items():
        axes[name].set_title(title)
    return fig, axes


def place(fig, *panels, bottom=0.56):
    """Put axes where they are told, in inches: (axes, left, width, height) each. For true shapes, without a layout."""
    if isinstance(fig, slides.SlideFigure):
        fig.place(panels)
        return
    fig.set_layout_engine("none")
    across, up = fig.get_size_inches()
    for ax, left, width, height in panels:
        ax.set_position((left / across, bottom / up, width / across, height / up))


def show(fig, alt):
    """Put a finished figure into the notebook, with `alt` as its text alternative for those who cannot see it."""
    picture, about = io.BytesIO(), {"alt": alt}
    if isinstance(fig, slides.SlideFigure):
        fig.savefig(picture, format="png", metadata={"Software": None}, dpi=2 * fig.dpi)  # for sharp screens
        about |= {"width": int(fig.bbox.width), "title": fig.title} | fig.lettering()
    else:
        fig.savefig(picture, format="png", metadata={"Software": None})
    display({"image/png": picture.getvalue(), "text/plain": alt}, metadata={"image/png": about}, raw=True)

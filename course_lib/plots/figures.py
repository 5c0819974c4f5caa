"""Empty figures with titles, and the way a finished one gets into the notebook. Made without pyplot, so nothing is
drawn twice and nothing stays open behind a notebook's back."""

import io

from IPython.display import display
from matplotlib.figure import Figure


def figure(*titles, widths=None, height=4.4):
    """A figure with one axes for each title, side by side, and the axes. widths: their ratios."""
    fig = Figure(figsize=(11, height), layout="constrained")
    axes = fig.subplots(1, max(1, len(titles)), width_ratios=widths, squeeze=False)[0]
    for ax, title in zip(axes, titles, strict=False):
        ax.set_title(title)
    return (fig, *axes)


def mosaic(layout, titles, *, height=4.4, **ratios):
    """A figure whose axes are laid out by name, as in matplotlib's subplot_mosaic: (figure, {name: axes}).

    titles: name -> title; ratios: width_ratios, height_ratios.
    """
    fig = Figure(figsize=(11, height), layout="constrained")
    axes = fig.subplot_mosaic(layout, **ratios)
    for name, title in titles.items():
        axes[name].set_title(title)
    return fig, axes


def place(fig, *panels, bottom=0.56):
    """Put axes where they are told, in inches: (axes, left, width, height) each. For true shapes, without a layout."""
    fig.set_layout_engine("none")
    across, up = fig.get_size_inches()
    for ax, left, width, height in panels:
        ax.set_position((left / across, bottom / up, width / across, height / up))


def show(fig, alt):
    """Put a finished figure into the notebook, with `alt` as its text alternative for those who cannot see it."""
    picture = io.BytesIO()
    fig.savefig(picture, format="png", metadata={"Software": None})
    display({"image/png": picture.getvalue(), "text/plain": alt}, metadata={"image/png": {"alt": alt}}, raw=True)

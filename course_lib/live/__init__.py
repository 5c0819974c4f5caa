"""Live figures: Python computes the answer to every setting, the page looks it up and draws.

codec      positions as 16-bit codes, one compressed buffer; pure functions
answer     what compute returns, and what is refused
quantities what the reader can set: `slider`, `whole`, `stops`, `choice`
style      from a Line2D to drawing instructions
drawing    the matplotlib side: lines that move, background, pictures
raster     pixels of what stands still, and in which tiles other pictures differ
figure     LiveFigure, the widget
export     the same as self-contained HTML
page       the page's half in JavaScript: `notebook` or `exported` begins, `figure` is the figure itself
script     the modules of page as one script for either
"""

from .answer import Answer
from .figure import LiveFigure
from .quantities import choice, slider, stops, whole

__all__ = ["Answer", "LiveFigure", "choice", "slider", "stops", "whole"]

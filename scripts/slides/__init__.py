"""The lessons as slides: `python -m scripts.slides` builds build/slides/, which works from disk and asks for nothing.

plan    what the lecturer does and when, in docs/teaching.md
places  which slide belongs to which lecture, and for how many minutes: tags and metadata of the lessons' own cells
lecture pages of a lecture from the cells that say what to show, and in which words
deck    slides of a lesson, with all its words
render  cells as pieces of HTML
build   run the lessons, write the decks and the page that lists them
check   look at every page in Chromium
static  deck.js, which cuts the slides of a lesson into pages, deck.css, and copies of reveal.js and of fonts
"""

"""The lessons as a website: `python -m scripts.website` builds build/site/, which works from any folder and from disk.

source      the lessons, run with live figures, as pages that Sphinx reads; nothing is written twice
maths       LaTeX as MathML for Sphinx: drawn by the browser, read by screen readers, no script
docstrings  the package's plain docstrings as reStructuredText
build       run the lessons, call Sphinx, see that no page asks for anything outside
"""

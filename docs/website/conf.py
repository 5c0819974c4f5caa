"""Sphinx settings of the website. It is built from the lessons by `make site`."""

from course_lib.links import BRANCH, address
from scripts.notebooks import ROOT

project = "Momentum in Machine Learning"
author = copyright = "the momentum-course contributors"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    *(f"scripts.website.{name}" for name in ("maths", "docstrings")),
]

myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # they were run before, with live figures
nb_ipywidgets_js = {}  # no widget of a kernel, so no script from elsewhere

highlight_language = "text"  # of the equations in docstrings

html_theme = "sphinx_book_theme"
html_title = project
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = ["print.js", "exercises.js", "answers.js"]  # exercises.js is made from the checks
html_show_search_summary = False  # it would fetch pages, which a browser refuses for files on disk
html_copy_source = html_show_sourcelink = False
html_theme_options = {
    "repository_url": f"https://github.com/{address(ROOT)}",
    "repository_branch": BRANCH,
    "path_to_docs": "",
    "launch_buttons": {
        "colab_url": "https://colab.research.google.com",
        "binderhub_url": "https://mybinder.org",
        "notebook_interface": "jupyterlab",
    },
    "use_download_button": False,
    "navbar_persistent": [],
}
html_last_updated_fmt = ""
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True


def reachable_tables(_app, _name, _template, context, _doctree):
    """A table wider than the page scrolls, and must do so by keyboard, too."""
    context["body"] = context.get("body", "").replace('<table class="table">', '<table class="table" tabindex="0">')


def setup(app):
    app.connect("html-page-context", reachable_tables, priority=900)  # when the theme has had its turn

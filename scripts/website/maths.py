"""A Sphinx extension: formulas as MathML, which browsers draw and screen readers read; no script, no network."""

import re

from latex2mathml.converter import convert

# What the converter does not know, as what it knows.
SPELLINGS = ((r"\\dfrac", r"\\frac"), (r"\\tfrac", r"\\frac"), (r"\\Big(?=[()\[\]|])", ""), (r"\\!", ""))


def mathml(latex, *, block=False):
    for pattern, known in SPELLINGS:
        latex = re.sub(pattern, known, latex)
    return convert(latex.strip(), display="block" if block else "inline")


def inline(translator, node):
    translator.body.append(mathml(node.astext()))
    raise _done()


def block(translator, node):
    translator.body.append(f'<div class="math">{mathml(node.astext(), block=True)}</div>')
    raise _done()


def _done():
    from docutils import nodes

    return nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", inline_renderers=(inline, None), block_renderers=(block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

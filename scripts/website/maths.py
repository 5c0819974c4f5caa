"""A Sphinx extension: formulas as MathML, which browsers draw and screen readers read; no script, no network."""

from docutils.nodes import SkipNode
from latex2mathml.converter import convert


def mathml(latex, *, block=False):
    return convert(latex.strip(), display="block" if block else "inline")


def inline(translator, node):
    translator.body.append(mathml(node.astext()))
    raise SkipNode


def block(translator, node):
    translator.body.append(f'<div class="math">{mathml(node.astext(), block=True)}</div>')
    raise SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", inline_renderers=(inline, None), block_renderers=(block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

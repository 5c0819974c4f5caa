"""What passes the filter of what people write, and what does not."""

from pathlib import Path

import pytest

from scripts.markup import harmless, page_name

ACTIVE = {
    "script": "a<script>f()</script>",
    "script that is not closed": "a<script>f()",
    "handler": '<img src="a.png" onerror="f()">',
    "handler without quotes": "<p onclick=f()>a",
    "javascript": '<a href="javascript:f()">a</a>',
    "javascript with a tab": '<a href="java\tscript:f()">a</a>',
    "javascript in entities": '<a href="&#106;avascript:f()">a</a>',
    "script in data": '<a href="data:text/html,f()">a</a>',
    "drawing with script as a picture": '<img src="data:image/svg+xml;base64,PHN2Zz4=f()">',
    "frame": '<iframe src="f()"></iframe>',
    "form": '<form action="f()"><input onfocus="f()" autofocus></form>',
    "object": '<object data="f()"></object><embed src="f()">',
    "refresh": '<meta http-equiv="refresh" content="0;url=f()">',
    "base": '<base href="f()">',
    "style": "<style>@import 'f()'</style>",
    "style that fetches": '<p style="background:url(f())">a</p>',
    "drawing": '<svg onload="f()"><a xlink:href="f()">a</a></svg>',
    "formula": '<math><mi href="f()">x</mi><annotation-xml encoding="text/html"><b>f()</b></annotation-xml></math>',
    "out of a formula": '<math><mtext><table><mglyph><style><img src=x onerror="f()">',
    "out of a template": "<template><script>f()</script></template>",
    "out of a comment": "<!--><script>f()</script>-->",
    "attribute that ends early": '<p title="a\'><script>f()</script>" onclick="f()">a</p>',
}
PASSING = {
    "words": "<p>One <em>two</em> <code>a &lt; b</code></p>",
    "answers": "<details><summary>Answers</summary><p>a</p></details>",
    "table": '<table class="docutils"><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
    "picture of the page": '<img alt="A hill" src="../_images/a.png">',
    "picture in the page": '<img alt="A hill" src="data:image/png;base64,AAAA">',
    "link": '<a href="https://example.org/a">a</a> <a class="headerlink" href="#b">b</a>',
    "formula": '<math display="block"><mrow><msup><mi>θ</mi><mn>2</mn></msup><mo stretchy="false">(</mo></mrow></math>',
    "stars": '<span aria-label="2 stars" role="img">★★</span>',
    "feedback": '<div role="status" style="border-left:4px solid #D55E00;padding:0.6em 1em">a</div>',
}


@pytest.mark.parametrize("name", ACTIVE)
def test_what_acts_is_left_out(name):
    result = harmless(ACTIVE[name])
    text = result.replace("&lt;script&gt;f()&lt;/script&gt;", "")  # as letters it may stay
    assert "f()" not in text and "<script" not in text


@pytest.mark.parametrize("name", PASSING)
def test_what_a_lesson_needs_passes(name):
    assert harmless(PASSING[name]) == PASSING[name]


@pytest.mark.parametrize("name", ACTIVE)
def test_twice_is_once(name):
    assert harmless(harmless(ACTIVE[name])) == harmless(ACTIVE[name])


@pytest.mark.parametrize(
    "name", ['01"><script>.ipynb', "01';f();'.ipynb", "0 1.ipynb", "..ipynb", "a&b.ipynb", "{{a}}.ipynb"]
)
def test_a_file_name_with_markup_is_no_name_of_a_page(name):
    with pytest.raises(ValueError, match="letters, digits"):
        page_name(Path(name))


@pytest.mark.parametrize("name", ["01_what_is_momentum", "07_Übung-2.1"])
def test_names_of_lessons_are_names_of_pages(name):
    assert page_name(Path("notebooks") / f"{name}.ipynb") == name

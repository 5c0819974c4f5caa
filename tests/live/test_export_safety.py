"""Every text of a live figure tries to run a script in its exported page: it would set window.hacked."""

from html.parser import HTMLParser

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_lib.live import Answer, LiveFigure, choice, slider

TRAP = (
    '"\'></noscript></script></style><img src="nowhere.png" onerror="window.hacked=1"><script>window.hacked=1</script>'
)


def trap(name):
    return name + TRAP


def hostile():
    """A figure all texts of which are traps."""

    def compute(rate, **kernel):
        lines = {trap("gid"): ([0, 1, 2], [0, 1, 0])}
        return Answer(lines, words={trap("gid"): trap("readout"), "score": "3"}, scenes={trap("later"): {"rate": 0.5}})

    figure = Figure(figsize=(4, 2))
    ax = figure.subplots()
    ax.set(title=trap("title"), xlabel=trap("x"), xlim=(0, 2), ylim=(0, 1))
    line = ax.add_line(Line2D([], [], gid=trap("gid"), label=trap("line")))
    line.moves = {"run": True, "names": (trap("first"), trap("second"))}
    return LiveFigure(
        figure,
        compute,
        page={"rate": slider(trap("slider"), 0, 1, steps=3, value=0)},
        kernel={
            "choice": choice(trap("dropdown"), [trap("option"), "other"]),
        },
        pointer={ax: ("rate", None)},
        scenes={trap("scene"): {"rate": 1.0}},
        challenge=("score", trap("challenge")),
        step_label=trap("step"),
        alt=trap("alt"),
    )


def test_no_text_of_an_exported_figure_acts(open_page):
    page = open_page(hostile())
    for button in page.page.locator("button").all():
        button.click()
    page.page.locator("summary").click()
    page.page.locator("input[type=range]").first.press("End")
    page.page.wait_for_function("document.querySelector('.live-record').textContent.includes('best so far')")
    page.page.wait_for_load_state("networkidle")
    assert page.page.evaluate("window.hacked") is None
    assert page.page.locator("img").count() == 0
    assert page.page.evaluate("document.scripts.length") == 1


def test_all_of_them_are_there_as_letters(open_page):
    page = open_page(hostile())
    page.page.locator("summary").click()
    page.page.wait_for_function("document.querySelector('.live-record').textContent")
    shown = page.page.locator(".live-figure").text_content()
    for text in ("line", "readout", "slider", "scene", "later", "step", "challenge", "first"):
        assert trap(text) in shown, text


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found.append(tag)


def test_without_scripts_the_text_alternative_does_not_act_either():
    parser = Tags()
    parser.feed(hostile().html())
    assert parser.found == ["div", "img", "p", "style", "script"]

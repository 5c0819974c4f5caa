"""The exported page in Chromium: from a file, with every request to a network refused."""

import json
from pathlib import Path

import numpy as np
import pytest
import sample
from browser import decode, slide
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_lib.live import Answer, LiveFigure, choice, slider, stops
from course_lib.live.export import shared
from course_lib.live.script import script

COMPARED = {
    "default": {},
    "converging": {"rate": 12, "brake": 5},
    "diverging": {"rate": 24},
    "oscillating": {"rate": 20, "brake": 0},
    "halfway": {"rate": 15, "step": 11},
}


@pytest.fixture(scope="module")
def live():
    return sample.make()


def test_moving_a_slider_changes_canvas_and_words(open_page, live):
    page = open_page(live)
    before, said = page.canvas(), page.said()
    slide(page, "rate η", 24)
    assert np.abs(page.canvas() - before).max() > 100
    assert "diverges" in page.said()[0] and page.said() != said


def off(shown, expected):
    """Share of pixels unlike all around them in the other picture: edges may differ by one."""
    shown, expected = shown[..., :3], expected[..., :3]
    shifts = [np.roll(expected, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return ((shown < np.min(shifts, axis=0) - 48) | (shown > np.max(shifts, axis=0) + 48)).any(axis=-1).mean()


@pytest.mark.parametrize("name", COMPARED)
def test_the_canvas_is_matplotlibs_picture(open_page, live, name):
    page = open_page(live, device_scale_factor=2)
    page.eval(f"f.move({json.dumps(COMPARED[name])})")
    page.settled()
    shown, expected = page.canvas(), decode(live.picture(COMPARED[name]))
    assert shown.shape == expected.shape
    assert np.abs(shown - expected).mean() < 0.5
    assert off(shown, expected) < 1e-4
    neighbour = {**COMPARED[name], "brake": COMPARED[name].get("brake", 3) + 1}
    assert off(shown, decode(live.picture(neighbour))) > 5e-4  # so the line above could fail


def test_keyboard(open_page, live):
    page = open_page(live)
    page.page.locator("input[type=range][aria-label='brake']").focus()
    page.page.keyboard.press("ArrowRight")
    assert page.eval("f.settings.brake") == 4
    box = page.page.locator(".live-number[aria-label='brake']")
    box.fill("0.77")
    box.press("Enter")
    assert page.eval("f.settings.brake") == 8
    assert box.input_value() == "0.8"  # the value that is shown, not the one typed
    box.press("ArrowDown")
    assert page.eval("f.settings.brake") == 7


@pytest.mark.parametrize(("name", "typed", "stands"), [("brake", "0.32", "0.3"), ("step", "999", "30")])
def test_a_box_shows_what_is_set_and_not_what_was_typed(open_page, live, name, typed, stands):
    box = open_page(live).page.locator(f".live-number[aria-label='{name}']")
    box.fill(typed)
    box.press("Enter")
    assert box.input_value() == stands


TYPED = {
    "brake": {"0,43": "0.4", ".4e+0": "0.4", "5.": "1", " .8 ": "0.8", "40 %": "0.4", "3e\u22121": "0.3", "1/2": "0.5"},
    "start x": {"-1,5": "-1.5", "\u22121.5": "-1.5", "\u2013 2": "-2", "+2": "2"},
    "step": {"12,0": "12", "1\u202f000": "30", "1'000": "30", "1,234.5": "30", "1.234.567": "30"},
}
NO_NUMBERS = ["fast", " ", "1,2,3", "1.234.5,6.7", ".", "%", "--1", "1e", "inf", "NaN", "1e999", "0x10", "1,500"]
READ = json.loads((Path(__file__).parents[1] / "checks" / "typed_numbers.json").read_text(encoding="utf-8"))["numbers"]


def test_numbers_mean_what_they_mean_in_an_answer(chromium):
    page = chromium.new_page()
    page.add_script_tag(content=script("numbers") + "\nwindow.readNumber = readNumber;")
    read = page.evaluate("(texts) => texts.map(readNumber).map((n) => (Number.isFinite(n) ? n : null))", list(READ))
    page.close()
    rounded = [number if number is None else round(number, 12) for number in read]
    assert dict(zip(READ, rounded, strict=True)) == {
        text: number if number is None else round(number, 12) for text, number in READ.items()
    }


def type_into(page, name, text):
    """What a number box shows afterwards."""
    box = page.page.locator(f".live-number[aria-label='{name}']")
    box.fill("?")
    box.fill(text)
    box.press("Enter")
    return box.input_value()


@pytest.mark.parametrize("name", TYPED)
def test_numbers_as_people_type_them(open_page, live, name):
    page = open_page(live)
    offer_everything(page)
    assert {text: type_into(page, name, text) for text in TYPED[name]} == TYPED[name]
    assert page.page.locator(".live-typing").inner_text() == ""


@pytest.mark.parametrize("name", TYPED)
def test_what_is_no_number_is_put_back_with_a_word(open_page, live, name):
    page = open_page(live)
    offer_everything(page)
    before, settings = page.page.locator(f".live-number[aria-label='{name}']").input_value(), page.eval("f.settings")
    for text in NO_NUMBERS:
        assert type_into(page, name, text) == before, text
        said = page.page.get_by_role("alert").inner_text()
        assert said.endswith(f" cannot be read as a number: {name} stays at {before}.") and text.strip() in said
    assert page.eval("f.settings") == settings
    page.eval("f.move({ rate: 3 })")
    assert page.page.locator(".live-typing").inner_text() == ""


def offer_everything(page):
    """Also what needs a kernel, on a page that has none."""
    page.eval("(f.host.kernel = true, f.host.ask = () => {}, f.offered = f.spec.controls, 0)")
    page.eval("(f.build(), f.refresh())")


def test_what_is_being_typed_stays_while_the_figure_moves(open_page, live):
    page = open_page(live)
    box = page.page.locator(".live-number[aria-label='brake']")
    box.fill("0.")
    page.eval("f.move({ brake: 9, rate: 3 })")
    assert box.input_value() == "0."
    box.press("ArrowUp")
    assert box.input_value() == "1"


def test_escape_leaves_the_figure_and_drops_what_was_typed(open_page, live):
    page = open_page(live)
    page.page.evaluate("(document.body.tabIndex = -1, window.heard = [], 0)")
    page.page.evaluate("document.addEventListener('keydown', (event) => heard.push(event.key))")
    box = page.page.locator(".live-number[aria-label='brake']")
    box.fill("0.9")
    box.press("Escape")
    assert page.page.evaluate("[document.activeElement.tagName, heard]") == ["BODY", ["Escape"]]
    assert box.input_value() == "0.3" and page.eval("f.settings.brake") == 3


def test_play_pause_and_reset(open_page, live):
    page = open_page(live)
    page.page.locator("input[type=range][aria-label='rate η']").focus()
    page.page.keyboard.press(" ")
    page.wait("f.player.playing && f.step >= 2 && f.step < f.lastStep")
    assert page.said()[0].split("\n")[-1].startswith("step ")
    page.page.keyboard.press(" ")
    step = page.eval("f.step")
    page.page.wait_for_timeout(300)
    assert page.eval("[f.step, f.player.playing]") == [step, None]
    page.page.get_by_role("button", name="Reset").click()
    assert page.eval("f.settings") == live.defaults


def test_who_wants_less_motion_gets_none(open_page, live):
    page = open_page(live, reduced_motion="reduce")
    page.page.get_by_role("button", name="Play").click()
    assert page.eval("[f.step, Boolean(f.player.playing)]") == [3, False]


def test_what_needs_a_kernel_is_not_offered_and_said(open_page, live):
    page = open_page(live)
    assert page.page.locator(".live-pad").count() == 0
    assert page.page.get_by_label("steepness").count() == 0
    assert "steepness = 4" in page.page.locator(".live-note").inner_text()


def test_a_fixed_value_has_a_minus_sign_and_a_word_its_hyphen(open_page):
    kernel = {
        "surface": choice("surface", ["three-hump", "bowl"]),
        "depth": slider("depth", -5, 0, steps=6, value=-3),
    }
    page = open_page(steered(lambda a, b, **kernel: here(a, b), kernel=kernel))
    assert "surface = three-hump, depth = \u22123" in page.page.locator(".live-note").inner_text()


def test_long_texts_fit_a_narrow_screen(open_page):
    said = "library.optimizers.Momentum(learning_rate=0.01)"
    live = steered(lambda a, b: here(a, b, said), {"run": True}, step_label="moment of the update")
    page = open_page(live, viewport={"width": 360, "height": 700})
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360
    play = page.page.get_by_role("button", name="Play").bounding_box()
    assert play["width"] == play["height"]


OUTSIDE = """[...f.root.querySelectorAll("*")].filter((node) => {
    if (node.closest(".live-scroll, .live-hidden, canvas, svg, option")) return false;
    const [mine, whole] = [node.getBoundingClientRect(), f.root.getBoundingClientRect()];
    const cut = node.clientWidth && node.scrollWidth > node.clientWidth + 1 && !node.matches("input");
    return cut || (mine.width && (mine.right > whole.right + 0.5 || mine.left < whole.left - 0.5));
}).map((node) => node.className || node.tagName)"""


def test_a_slider_with_long_words_keeps_its_length_on_a_narrow_screen(open_page):
    words = stops("look at", [("gradient descent", 1), ("momentum", 2)], value=1)
    page = open_page(steered(page={"a": words, "b": words}, pointer={}), viewport={"width": 290, "height": 700})
    assert page.eval(OUTSIDE) == []
    assert page.page.get_by_label("look at").first.bounding_box()["width"] > 90


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_cut_on_a_narrow_screen(open_page, width):
    long = "nothing: you set library.optimizers.Momentum, and all others keep the best of their settings"
    live = steered(
        lambda a, b, choice: here(a, b, "is 0.019 above the lowest point after 150 steps; its best of 31"),
        kernel={"choice": choice("what is held equal here", [long, "else"])},
        scenes={long: {"a": 1}},
    )
    live.drawing.lines["here"].set_label("yours, library.optimizers.Momentum at settings of its own")
    page = open_page(live, viewport={"width": width, "height": 700})
    offer_everything(page)
    assert page.eval(OUTSIDE) == []


def test_the_play_button_can_be_seen_in_forced_colours(open_page, live):
    page = open_page(live, forced_colors="active")
    page.page.mouse.move(0, 0)
    shown = decode(page.page.get_by_role("button", name="Play").screenshot())[8:-8, 8:-8, :3].sum(axis=-1)
    widths = np.sort((np.abs(shown - shown[0, 0]) > 200).sum(axis=1))  # of what is drawn on it, row by row
    assert 1.5 * widths[len(widths) // 2] < widths[-1]  # a triangle, and neither a block nor nothing


def test_scenes_by_button_and_key(open_page, live):
    page = open_page(live)
    page.page.get_by_role("button", name="too fast").click()
    assert page.eval("f.settings.rate") == 24
    page.page.keyboard.press("]")
    assert page.eval("[f.settings.step, f.settings.brake]") == [15, 5]


def test_numbers_as_a_table(open_page, live):
    page = open_page(live)
    page.page.get_by_text("Numbers as a table").click()
    page.page.locator("td").first.wait_for()
    heads = page.page.locator("th").all_inner_texts()
    assert heads == ["step", "free walker: θ₁", "free walker: θ₂", "free walker: loss"]
    assert page.page.locator("tbody tr").nth(1).locator("td").first.inner_text() == "1"
    assert page.page.locator("tbody tr").count() == sample.STEPS + 1


def test_in_the_table_a_line_that_is_no_run_tells_its_own_steps(open_page):
    figure = Figure(figsize=(5, 4), dpi=100)
    ax = figure.subplots()
    ax.set(xlim=(0, 100), ylim=(0, 10), xlabel="step", ylabel="loss")
    ax.add_line(Line2D([], [], gid="seen"))
    page = {"a": slider("a", 1, 2, steps=2, value=1)}
    seen = np.array([10.0, 20.0, 40.0])[:, None]
    page = open_page(
        LiveFigure(figure, lambda a: Answer({"seen": (seen, seen / 10 * a)}), page=page, alt="Some losses.")
    )
    page.page.get_by_text("Numbers as a table").click()
    page.page.locator("td").first.wait_for()
    assert page.page.locator("th").all_inner_texts() == ["point", "seen: step", "seen: loss"]
    assert page.page.locator("tbody tr").nth(2).locator("td").all_inner_texts() == ["2", "40", "4"]


def here(a, b, said="here"):
    return Answer({"here": (a[None], b[None])}, {"here": said})


def steered(compute=here, moves=None, **changes):
    """A figure whose two page sliders are the point under the pointer. moves: what the point is."""
    figure = Figure(figsize=(5, 4), dpi=100)
    ax = figure.subplots()
    ax.set(xlim=(0, 1), ylim=(1e-3, 1), yscale="log")
    ax.add_line(Line2D([], [], gid="here", marker="o")).moves = moves or {}
    arguments = {
        "page": {
            "a": slider("a", 0, 1, steps=11, value=0),
            "b": slider("b", 1e-3, 1, steps=7, value=1, log=True),
        },
        "pointer": {ax: ("a", "b")},
        "alt": "A point.",
    }
    return LiveFigure(figure, compute, **arguments | changes)


@pytest.mark.parametrize("width", [1000, 400])
def test_pointer_and_arrows_in_the_picture(open_page, width):
    page = open_page(steered(), viewport={"width": width, "height": 700})
    pad = page.page.locator(".live-pad")
    place = pad.bounding_box()
    pad.click(position={"x": place["width"] * 0.52, "y": place["height"] * 0.5})
    assert page.eval("[f.settings.a, f.settings.b]") == [5, 3]
    for key in ("ArrowRight", "ArrowUp", "ArrowUp", "ArrowLeft", "ArrowLeft"):
        page.page.keyboard.press(key)
    assert page.eval("[f.settings.a, f.settings.b]") == [4, 5]
    page.page.mouse.move(place["x"] + 5, place["y"] + 5)
    page.page.mouse.down()
    page.page.mouse.move(place["x"] + place["width"] + 50, place["y"] + place["height"] / 6 + 2)
    page.page.mouse.up()
    assert page.eval("[f.settings.a, f.settings.b]") == [10, 5]


@pytest.mark.parametrize("click", [{"button": "right"}, {"button": "middle"}, {"modifiers": ["Control"]}])
def test_only_the_primary_button_moves_a_point(open_page, click):
    page = open_page(steered())
    pad = page.page.locator(".live-pad")
    settings = page.eval("f.settings")
    pad.click(**click)
    assert page.eval("f.settings") == settings
    pad.click()
    assert page.eval("f.settings") != settings


def test_a_drag_ends_with_the_primary_button(open_page):
    page = open_page(steered())
    place = page.page.locator(".live-pad").bounding_box()
    page.page.mouse.move(place["x"] + 5, place["y"] + 5)
    page.page.mouse.down()
    page.page.mouse.down(button="right")
    page.page.mouse.up()
    settings = page.eval("f.settings")
    page.page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.page.mouse.up(button="right")
    assert page.eval("f.settings") == settings


def test_a_denser_screen_gets_more_pixels_at_once(open_page):
    page = open_page(steered())
    screen = page.page.context.new_cdp_session(page.page)
    for density in (2, 1, 1.5):  # again and again
        metrics = {"width": 1000 + int(2 * density), "height": 900, "deviceScaleFactor": density, "mobile": False}
        screen.send("Emulation.setDeviceMetricsOverride", metrics)
        page.wait(f"f.canvas.width === Math.round(f.canvas.clientWidth * {density})")


def test_touch(open_page):
    page = open_page(steered(), has_touch=True)
    place = page.page.locator(".live-pad").bounding_box()
    page.page.touchscreen.tap(place["x"] + 0.7 * place["width"], place["y"] + 2)
    assert page.eval("[f.settings.a, f.settings.b]") == [7, 6]


def test_labels_are_text_never_markup(open_page):
    evil = "</script><img src=x onerror='window.hacked = 1'><b>&amp;"
    live = steered(
        page={"a": slider(evil, 0, 1, steps=3, value=0), "b": slider("b", 1e-3, 1, steps=3, value=1)},
        alt=evil,
        scenes={evil: {"a": 1}},
    )
    page = open_page(live)
    assert page.page.evaluate("window.hacked") is None
    assert page.page.locator("img").count() == 0
    assert page.page.locator(".live-label").first.inner_text() == evil


def test_the_text_alternative_is_on_the_canvas(open_page, live):
    page = open_page(live)
    assert page.page.get_by_role("img", name="Two walkers in a bowl").count() == 1


def still_of(chromium, live, folder, *, script="", **options):
    """(the picture in place of a figure that cannot move, as pixels; the words beside it)."""
    context = chromium.new_context(viewport={"width": 1000, "height": 900}, **options)
    context.add_init_script(script)
    page = context.new_page()
    (folder / "still.html").write_text(live.html(), encoding="ascii")
    page.goto((folder / "still.html").as_uri())
    page.wait_for_timeout(500)
    picture = page.get_by_role("img", name="Two walkers in a bowl, and the loss of one of them.")
    shown = decode(picture.screenshot()), page.locator(".live-figure").inner_text()
    context.close()
    return shown


@pytest.mark.parametrize(
    ("blocked", "said"),
    [
        ({"java_script_enabled": False}, "moves where scripts may run"),
        ({"script": "delete window.DecompressionStream"}, "too old to move this figure"),
        ({"script": "window.createImageBitmap = () => { throw new Error('no pictures') }"}, "no pictures"),
    ],
    ids=["no scripts", "old browser", "something else"],
)
def test_where_it_cannot_move_the_picture_stands_in_its_place(chromium, live, tmp_path, blocked, said):
    shown, words = still_of(chromium, live, tmp_path, **blocked)
    shown, expected = shown[..., :3], decode(live.picture(scale=1))[..., :3]
    assert shown.shape == expected.shape and np.abs(shown - expected).mean() < 2
    assert said in words


def test_the_picture_goes_when_the_figure_is_there(open_page, live):
    page = open_page(live)
    assert page.page.locator("img, .live-still").count() == 0
    assert "A picture of this figure" not in page.page.locator(".live-figure").inner_text()


def test_speaks_when_the_hand_rests(open_page, live):
    page = open_page(live)
    page.wait("f.readout.status.textContent.includes('arrives') || f.readout.status.textContent.includes('way')")
    slide(page, "rate η", 24)
    assert "diverges" not in page.eval("f.readout.status.textContent")
    page.wait("f.readout.status.textContent.includes('diverges')")


REQUESTS = """(() => {
    const log = [];
    const send = ({ number, again }) => log.push(again ? `${number} again` : `${number}`);
    const requests = new f.requests.constructor(send, () => false, (answered) => answered || log.push("told"));
    requests.number = 0;
    ACTS;
    requests.stop();
    return log;
})()"""


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        (["moved()", "moved()", "rested()", "rested()", "moved()", "rested()", "done(1)", "done(2)"], ["1", "2"]),
        # After the first was lost the hand has moved on; an answer that comes late after all frees nothing.
        (["ask()", "retry()", "ask()", "done(1)", "done(2)", "done(3)"], ["1", "told", "2 again", "3"]),
        (["ask()", "retry()", "retry()"], ["1", "told", "2 again", "told", "3 again"]),
        # An answer that nobody wants came before its request was done, or after, or while the hand moves.
        (["ask()", "stale()", "done(1)"], ["1", "2"]),
        (["ask()", "done(1)", "stale()"], ["1", "2"]),
        (["moved()", "stale()", "done(1)"], []),
    ],
)
def test_one_request_is_on_its_way_and_a_lost_one_is_asked_again(open_page, live, acts, expected):
    sent = open_page(live).eval(REQUESTS.replace("ACTS", "; ".join(f"requests.{act}" for act in acts)))
    assert sent == expected


def test_nothing_is_drawn_for_what_the_kernel_has_not_answered(open_page, live):
    page = open_page(live)
    page.eval("(f.host.kernel = true, f.requests.send = () => {}, 0)")
    frames = page.eval("f.frames")
    page.eval("f.move({ 'start.0': 3 })")
    page.settled()
    assert page.eval("f.frames") == frames
    page.eval("f.move({ brake: 9 })")
    page.settled()
    assert page.eval("f.frames") == frames + 1


def test_the_kernel_hears_of_a_move_when_the_hand_rests_or_lets_go(open_page, live):
    page = open_page(live)
    page.eval("(f.heard = [], f.host.save = ({ brake }) => f.heard.push(brake))")
    assert page.eval("[4, 5, 6].map((brake) => (f.move({ brake }), f.heard.length))") == [0, 0, 0]
    page.wait("f.heard.length === 1")
    page.eval("(f.move({ brake: 8 }), f.root.dispatchEvent(new Event('pointerup')))")
    assert page.eval("f.heard") == [6, 8]


POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:"


def test_pages_that_share_files_live_under_a_policy_that_allows_no_script_in_a_page(chromium, live):
    page, files = shared(f"<html><head></head><body>{live.html() * 2}</body></html>", "figures")
    files = {f"figures/{name}": content for name, content in files.items()} | {"": page}
    kinds = {"css": "text/css", "js": "text/javascript"}
    opened, errors = chromium.new_page(), []
    opened.on("pageerror", lambda error: errors.append(str(error)))

    def answer(route):
        name = route.request.url.removeprefix("http://course/")
        kind = kinds.get(name.rpartition(".")[2], "text/html")
        route.fulfill(body=files[name], content_type=kind, headers={"Content-Security-Policy": POLICY})

    opened.route("http://course/**", answer)
    opened.goto("http://course/")
    opened.locator(".live-figure canvas").nth(1).wait_for()  # this policy forbids to wait for an expression
    opened.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    alive = "() => [...document.querySelectorAll('.live-figure')].filter((root) => root.liveFigure?.frames > 0).length"
    assert opened.evaluate(alive) == 2
    opened.close()
    assert errors == []

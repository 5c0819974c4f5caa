"""The widget without a browser: messages, requests, pictures, errors, refusals."""

import io
import json
import sys
import threading

import ipywidgets
import numpy as np
import pytest
import sample
from ipykernel.kernelbase import Kernel
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from opened import restore, unpack
from PIL import Image

from course_lib.live import Answer, cells, choice, codec, slider, stops, style, whole


@pytest.fixture
def live():
    return sample.make()


@pytest.fixture
def sent(live, monkeypatch):
    """What goes to the page: ("state", names) and ("message", content, buffers)."""
    log = []
    if ipywidgets.__version__.startswith("7."):  # it sends nothing where there is no kernel
        monkeypatch.setattr(live.comm, "kernel", Kernel())
    monkeypatch.setattr(
        live, "send_state", lambda key: log.append(("state", {key} if isinstance(key, str) else set(key)))
    )
    monkeypatch.setattr(live, "send", lambda content, buffers=(): log.append(("message", content, buffers)))
    return log


def ask(live, *, number=1, again=False, **settings):
    content = {"settings": {**live.settings, **settings}, "number": number, "again": again}
    live._asked(live, content, [])


def shown(table, name, cell=(0, 0)):
    """The readout in a packed table."""
    _, words, _ = unpack(table)
    texts, numbers = words[name]
    return texts[np.broadcast_to(numbers[..., 0], np.maximum(numbers.shape[:2], np.add(cell, 1)))[cell]]


# -- sliders


def test_a_slider_takes_exactly_its_steps():
    numbers = slider("rate", 0.001, 0.1, steps=40, value=0.02, log=True).values
    assert len(numbers) == 40 and (numbers[0], numbers[-1]) == (0.001, 0.1)
    np.testing.assert_allclose(numbers[1:] / numbers[:-1], 100 ** (1 / 39))
    assert 0.9 in slider("momentum", 0, 0.99, steps=34, value=0.9).values


@pytest.mark.parametrize("log", [False, True])
def test_a_slider_begins_at_one_of_its_steps(log):
    rate = slider("rate", 0.001, 0.1, steps=7, value=0.0234, log=log)
    scale = np.log if log else np.asarray
    assert rate.default == np.abs(scale(rate.values) - scale(0.0234)).argmin()


def test_a_slider_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match=r"'rate'.*log=True"):
        slider("rate", 0, 1, steps=3, value=1, log=True)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (whole("n", 1, 7, value=1, step=3), [1, 4, 7]),
        (slider("x", 0, 0.9, steps=4, value=0), [0, 0.3, 0.6, 0.9]),
        (choice("c", [("one", 1), ("two", 2)]), [1, 2]),
        (stops("s", ["a", "b"]), ["a", "b"]),
    ],
)
def test_values_of_quantities(quantity, expected):
    assert list(quantity.values) == expected
    assert len(quantity.texts) == len(expected)


def test_an_option_that_is_not_offered_is_refused():
    with pytest.raises(ValueError, match="'word' cannot be 'c'; it is one of"):
        stops("word", ["a", "b"], value="c")


def test_a_slider_of_options_can_be_pointed_at_if_they_are_numbers_but_not_typed_into():
    told = stops("memory", [("0.5", 2.0), ("0.9", 10.0)]).describe()
    assert told | {"values": [2.0, 10.0], "typed": False, "texts": ["0.5", "0.9"]} == told
    assert stops("word", ["a", "b"]).describe()["values"] is None
    told = whole("plain", 0, 2, value=0).describe()
    assert told["values"] == [0, 1, 2] and told["typed"]


def test_a_slider_with_an_infinite_option_sends_only_json():
    told = stops("kappa", [("1", 1.0), ("∞", np.inf)]).describe()
    assert json.dumps(told, allow_nan=False) and told["values"] is None


def test_what_is_no_quantity_is_refused():
    with pytest.raises(TypeError, match=r"'rate' must be made by slider, whole"):
        sample.make(page={"rate": ipywidgets.FloatSlider()})


# -- controls for cells


def test_no_widgets_are_made_that_nobody_asked_for():
    before = set(cells.widgets())
    live = sample.make()
    assert set(cells.widgets()) - before == {live, live.layout}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("rate", 0.97, 1.0), ("brake", 0.31, 0.3), ("steepness", 9, 9), ("mirrored", True, True), ("start.1", 3, 3)],
)
def test_a_control_sets_the_figure_and_shows_what_is_set(live, name, value, shown):
    control = live.control(name)
    control.value = value
    assert live.controls[name].value(live.settings[name]) == control.value == pytest.approx(shown)
    assert live.control(name) is control
    control.close()


def test_a_control_follows_the_page_and_can_be_linked(live):
    mine = ipywidgets.FloatText()
    ipywidgets.link((live.control("brake"), "value"), (mine, "value"))
    live.settings = {**live.settings, "brake": 10}
    assert mine.value == 1
    mine.value = 0.52
    assert live.settings["brake"] == 5 and live.control("brake").value == 0.5


def test_an_unknown_control_is_named(live):
    with pytest.raises(ValueError, match=r"no quantity 'gamma'; there are \['rate'"):
        live.control("gamma")


def test_what_follows_a_move_is_set_with_it():
    live = sample.make(follows={"mirrored": lambda mirrored: {"brake": 1 if mirrored else 0}})
    live.set(mirrored=True)
    assert live.settings["brake"] == 10
    live.set(brake=0.5)
    assert live.settings["brake"] == 5
    live.set(mirrored=False, brake=0.2)
    assert live.settings["brake"] == 2  # what is set outright wins


# -- the table and the messages


def test_the_table_is_what_compute_gives_for_each_cell(live):
    lines, _, _ = unpack(live.table)
    rates, brakes = (live.page[name].values for name in ("rate", "brake"))
    ax = live.drawing.figure.axes[0]
    middle = (ax.bbox.x0 + ax.bbox.x1) / 2, (ax.bbox.y0 + ax.bbox.y1) / 2
    for i, k in [(0, 0), (12, 3), (24, 10), (20, 5)]:
        answer = sample.compute(np.array([[rates[i]]]), np.array([[brakes[k]]]))
        for gid in ("free", "braked", "push"):
            x, y = (np.ravel(values) for values in answer.lines[gid])
            pixels = ax.transData.transform(np.column_stack([x, y]))
            codes = [np.broadcast_to(a, (25, 11, a.shape[-1]))[i, k] for a in lines[gid]]
            near = (np.abs(pixels - middle) < codec.NEAR).all(axis=1)
            assert near.any()
            np.testing.assert_allclose(restore(codes[0])[near], pixels[near, 0] - middle[0], atol=1 / 32)
            np.testing.assert_allclose(restore(codes[1])[near], middle[1] - pixels[near, 1], atol=1 / 32)


def test_what_does_not_depend_on_a_slider_is_stored_once(live):
    lines, _, _ = unpack(live.table)
    assert lines["free"][0].shape == (25, 1, 31)
    assert lines["loss.free"][0].shape == (1, 1, 31)


def test_one_message_an_update(live, sent):
    live.set(mirrored=True)
    assert [kind for kind, *_ in sent] == ["state"]
    assert {"table", "answered", "settings"} <= set(sent[0][1])
    assert "below" not in sent[0][1]  # the background does not depend on it


def test_a_page_slider_set_by_code_computes_nothing(live, sent, monkeypatch):
    monkeypatch.setattr(live, "compute", None)
    live.set(rate=1)
    assert sent == [("state", {"settings"})] and live.settings["rate"] == 24


def test_a_request_brings_the_whole_table_and_not_the_settings(live, sent):
    ask(live, number=2, rate=24, **{"start.0": 0})
    [(_, names), (_, content, _)] = sent
    assert content == {"done": 2} and {"table", "answered"} <= names
    assert "settings" not in names and "below" not in names  # by now the hand may be elsewhere
    assert live.settings["rate"] == 24 and live.answered["key"] == "0,50,3,0"
    assert shown(live.table, "free", (24, 0)) == "diverges"


def test_a_new_background_comes_with_the_table(live, sent):
    ask(live, steepness=8)
    assert {"table", "frame", "below", "above"} <= sent[0][1]
    assert Image.open(io.BytesIO(live.below)).size == (1600, 720)


def test_what_is_asked_for_again_is_sent_again(live, sent):
    """The table and the pictures of the answer before may be lost."""
    for again in (False, True):
        ask(live, again=again, steepness=8)
    assert [{"table", "answered", "below", "above", "frame"} <= names for _, names, *_ in sent[::2]] == [True, True]


def test_a_pair_reaches_compute_as_a_pair(live, monkeypatch):
    seen = []

    def compute(rate, brake, **kernel):
        seen.append(kernel)
        return sample.compute(rate, brake, **kernel)

    monkeypatch.setattr(live, "compute", compute)
    ask(live, **{"start.0": 80, "start.1": 0, "mirrored": 1})
    assert seen == [{"start": (4, -3), "steepness": 4, "mirrored": True}]


def test_an_error_is_shown_raised_and_blocks_nothing(live, sent, monkeypatch):
    def broken(rate, brake, **kernel):
        raise ArithmeticError("no such ravine")

    monkeypatch.setattr(live, "compute", broken)
    with pytest.raises(ArithmeticError):
        ask(live, steepness=2)
    assert "ArithmeticError: no such ravine" in live.error and "broken" in live.error
    assert sent[-1][1] == {"done": 1}
    with pytest.raises(ArithmeticError):
        live.set(steepness=9)
    monkeypatch.setattr(live, "compute", sample.compute)
    ask(live)
    assert live.error == ""


def test_scenes_of_an_answer_follow_the_kernel():
    figure = Figure()
    figure.add_axes((0, 0, 1, 1)).add_line(Line2D([], [], gid="a"))

    def compute(x, kappa):
        return Answer({"a": ([0], [0])}, scenes={"best": {"x": 1 / kappa}})

    kernel = {"kappa": whole("?", 1, 4, value=1)}
    live = make(figure, compute, page={"x": slider("x", 0, 1, steps=5, value=0)}, kernel=kernel)
    assert unpack(live.table)[2] == {"best": {"x": 4}}
    live.set(kappa=4)
    assert unpack(live.table)[2] == {"best": {"x": 1}}
    assert unpack(sample.make().table)[2] == {}


def test_a_scene_of_an_answer_that_sets_nothing_known_is_refused():
    with pytest.raises(ValueError, match="a scene sets 'y'"):
        make(compute=lambda x: Answer({"a": ([0], [0])}, scenes={"best": {"y": 1}}))


# -- pictures


def test_the_saved_notebook_gets_a_picture_and_fixed_text(live):
    data, metadata = live._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == "Two walkers in a bowl, and the loss of one of them."
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert sample.make()._repr_mimebundle_()[0]["image/png"] == data["image/png"]


def test_the_picture_is_of_the_default_whatever_was_moved(live):
    before = live.picture()
    ask(live, rate=3, steepness=8)
    assert live.picture() == before
    assert live.picture({"rate": 3}) != before


def test_an_export_carries_html_instead(live, monkeypatch):
    monkeypatch.setenv("COURSE_LIVE", "html")
    data = live._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html"}
    assert data["text/html"].isascii()


def test_rc_parameters_do_not_shift_the_picture(live):
    from matplotlib import rc_context

    plain = live.picture()
    with rc_context({"savefig.bbox": "tight", "savefig.transparent": True}):
        assert live.picture() == plain


def test_pyplot_forgets_the_figure():
    from matplotlib import pyplot

    assert "matplotlib.pyplot" in sys.modules
    figure = pyplot.figure()
    figure.add_axes((0, 0, 1, 1)).add_line(Line2D([], [], gid="a"))
    make(figure)
    assert not pyplot.fignum_exists(figure.number)


def test_a_pair_may_live_in_the_table():
    pair = slider("across", 0, 1, steps=3, value=0), slider("up", 0, 2, steps=2, value=0)
    live = make(compute=lambda x: Answer({"a": ((x[0] + 0 * x[1])[None], x[1][None])}), page={"x": pair})
    lines, _, _ = unpack(live.table)
    assert [side.shape for side in lines["a"]] == [(3, 2, 1), (1, 2, 1)]


# -- what a lab may get wrong


def make(figure=None, compute=None, **arguments):
    from course_lib.live import LiveFigure

    if figure is None:
        figure = Figure()
        figure.add_axes((0, 0, 1, 1)).add_line(Line2D([], [], gid="a"))
    page = {"x": slider("x", 0, 1, steps=4, value=0)}
    compute = compute or (lambda x: Answer({"a": ([0], [0])}))
    return LiveFigure(figure, compute, **{"page": page, "alt": "a"} | arguments)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"compute": lambda x: {"a": ([0], [0])}}, "must return an Answer"),
        ({"compute": lambda x: Answer({"b": ([0], [0])})}, r"answers for \['b'\]"),
        ({"compute": lambda x: Answer({"a": (np.zeros((2, 3)), np.zeros(2))})}, "neither"),
        ({"scenes": {"one": {"y": 1}}}, "a scene sets 'y'"),
        ({"page": {"step": slider("s", 0, 1, steps=2, value=0)}}, "'step'"),
    ],
)
def test_a_lab_that_does_not_fit_is_told_so(arguments, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        make(**arguments)


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        ({"frame": True}, r"frames \['a'\] need a run"),
        ({"head": "c"}, r"a head belongs to \['c'\], but the figure's lines are \['a'\]"),
        ({"halo": "c"}, r"a halo belongs to \['c'\]"),
    ],
)
def test_a_line_that_says_what_cannot_be_is_refused(role, sentence):
    figure = Figure()
    figure.add_axes((0, 0, 1, 1)).add_line(Line2D([], [], gid="a")).moves = role
    with pytest.raises(ValueError, match=sentence):
        make(figure)


def test_a_line_of_which_an_answer_says_nothing_is_not_drawn():
    figure = Figure()
    axes = figure.add_axes((0, 0, 1, 1))
    for gid in "ab":
        axes.add_line(Line2D([], [], gid=gid, marker="o", linewidth=3))
    both = make(figure, lambda x: Answer({"a": ([0.2], [0.5]), "b": ([np.nan], [np.nan])}))
    expected = both.picture()
    both.compute = lambda x: Answer({"a": ([0.2], [0.5])})
    assert both.picture() == expected
    assert set(unpack(both._table(both.defaults))[0]) == {"a"}


def test_a_pointer_that_steers_nothing_is_refused():
    figure = Figure()
    figure.add_axes((0, 0, 1, 1)).add_line(Line2D([], [], gid="a"))
    with pytest.raises(ValueError, match="pointer must name"):
        make(figure, pointer={figure.axes[0]: ("x", "y")})


def test_frames_that_do_not_fit_the_steps_are_refused():
    figure = Figure()
    axes = figure.add_axes((0, 0, 1, 1))
    for gid, role in {"a": "run", "b": "frame"}.items():
        axes.add_line(Line2D([], [], gid=gid)).moves = {role: True}
    answer = Answer({"a": (np.arange(3), np.arange(3)), "b": (np.arange(7), np.arange(7))})
    with pytest.raises(ValueError, match="'b' has 7 points, which are not frames for 3 steps"):
        make(figure, lambda x: answer)


def test_a_table_too_large_is_refused_before_it_is_computed():
    sizes = []

    def compute(x):
        sizes.append(x.size)
        return Answer({"a": (np.zeros((2000, 1)), np.zeros(2000)[:, None] * x)})

    with pytest.raises(ValueError, match=r"make the slider 'fine' coarser \(it has 5000 steps\)"):
        make(compute=compute, page={"x": slider("fine", 0, 1, steps=5000, value=0)})
    assert sizes == [2]


def test_scales_that_are_not_drawn_are_refused():
    figure = Figure()
    figure.add_axes((0, 0, 1, 1), yscale="symlog").add_line(Line2D([], [], gid="a"))
    with pytest.raises(ValueError, match="'symlog'"):
        make(figure)


# -- style


def line(**properties):
    figure = Figure(dpi=144)
    return figure.add_axes((0, 0, 1, 1)).add_line(Line2D([], [], gid="a", **properties))


def test_dashes_are_in_points_and_grow_with_the_width():
    """Pins the private `Line2D._dash_pattern`."""
    look = style.line_style(line(linestyle=(1, (2, 3)), linewidth=2), dot=2)
    assert (look["dashes"], look["offset"], look["width"]) == ([8, 12], 4, 4)
    assert style.line_style(line(linestyle="-"), dot=2)["dashes"] == []
    assert style.line_style(line(linestyle="none"), dot=2)["width"] == 0


def test_markers_are_outlines_in_px():
    """Pins the private `Line2D._marker`."""
    mark = style.marker(line(marker="s", markersize=10, markeredgecolor="white", color="#ff0000"), dot=2)
    assert mark["path"].startswith("M-10.000 10.000L10.000 10.000")
    assert (mark["face"], mark["edge"]) == ("rgba(255,0,0,1)", "rgba(255,255,255,1)")
    assert style.marker(line(), dot=2) is None
    assert style.marker(line(marker="o", fillstyle="none"), dot=2)["face"] is None


def test_alpha_and_transparent_colours():
    assert style.css("#ff0000", 0.5) == "rgba(255,0,0,0.5)"
    assert style.css("none") is None


def test_what_canvas_lines_cannot_do_is_refused():
    with pytest.raises(ValueError, match="drawstyle 'steps-post'"):
        style.line_style(line(drawstyle="steps-post"), dot=1)
    with pytest.raises(ValueError, match=r"markevery=0\.1"):
        style.line_style(line(markevery=0.1), dot=1)


@pytest.mark.parametrize("scale", [1, 2])
def test_layers_are_what_savefig_makes_and_the_figure_stays_as_it_was(scale):
    live = sample.make()
    figure = live.drawing.figure
    before = figure.dpi, figure.get_facecolor()
    below, above = live.drawing.layers(scale)
    assert (figure.dpi, figure.get_facecolor()) == before
    expected = io.BytesIO()
    figure.savefig(expected, format="png", dpi=scale * figure.dpi)
    expected = np.asarray(Image.open(expected).convert("RGBA"))
    assert (above[..., 3] == 0).any() and (above[..., 3] == 255).any()
    covered = above[..., 3] > 0
    np.testing.assert_array_equal(below[~covered], expected[~covered])


def test_a_cell_that_sets_a_slider_waits_for_the_thread_that_answers_the_page(live):
    busy, begun = threading.Event(), threading.Event()

    def follow():
        with live._lock:
            begun.set()
            busy.wait(5)

    page = threading.Thread(target=follow)
    page.start()
    begun.wait(5)
    threading.Timer(0.2, busy.set).start()
    before = live.table
    live.set(steepness=9)
    page.join()
    assert live.settings["steepness"] == 8 and live.table != before

"""The codec against matplotlib's own transforms, and its edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from opened import restore, unpack

from course_lib.live import Answer, answer, codec, slider

SIXTEENTH = 1 / 16


@pytest.fixture(params=["linear", "log", "upside down"])
def axes(request):
    figure = Figure(figsize=(5, 4), dpi=110, layout="constrained")
    ax = figure.subplots()
    ax.set(xlim=(0.1, 30), ylim=(1e-8, 1e3), xlabel="x", title="a title")
    if request.param == "log":
        ax.set(xscale="log", yscale="log")
    if request.param == "upside down":
        ax.set(xlim=(30, 0.1))
    figure.draw_without_rendering()
    return ax


def test_pixels_are_matplotlibs_own(axes):
    x, y = np.geomspace(0.1, 30, 50), np.geomspace(1e-8, 1e3, 50)
    expected = axes.transData.transform(np.column_stack([x, y]))
    np.testing.assert_allclose(codec.to_pixels(axes, "x", x), expected[:, 0], atol=1e-9)
    np.testing.assert_allclose(codec.to_pixels(axes, "y", y), expected[:, 1], atol=1e-9)


def test_pixels_keep_the_shape(axes):
    assert codec.to_pixels(axes, "x", np.ones((7, 1, 3))).shape == (7, 1, 3)


@given(st.floats(-codec.NEAR, codec.NEAR))
def test_near_points_are_within_half_a_sixteenth(offset):
    assert abs(restore(codec.quantise(offset)) - offset) <= SIXTEENTH / 2


@given(st.floats(codec.NEAR, codec.FAR), st.sampled_from([-1, 1]))
def test_far_points_keep_their_side_and_place(distance, sign):
    back = restore(codec.quantise(sign * distance))
    assert abs(back - sign * distance) <= codec.RATE * distance


def test_codes_grow_with_the_distance():
    codes = codec.quantise(np.linspace(-codec.FAR, codec.FAR, 20_001)).astype(int)
    assert (np.diff(codes) >= 0).all() and len(set(codes)) > 10_000


def test_a_diverging_zigzag_keeps_its_direction():
    """Lines between far points once all went through the middle."""
    x, y = np.array([3000.0, -9000.0]), np.array([40.0, -130.0])
    slope = np.diff(restore(codec.quantise(y))) / np.diff(restore(codec.quantise(x)))
    np.testing.assert_allclose(slope, np.diff(y) / np.diff(x), rtol=1e-3)


@pytest.mark.parametrize("offset", [np.nan, np.inf, -np.inf, 1.01e5, -1e30])
def test_what_cannot_be_drawn_is_cut(offset):
    assert codec.quantise(offset) == codec.CUT
    assert np.isnan(restore(codec.quantise(offset)))


def test_nothing_positive_on_a_log_axis_is_no_error():
    ax = Figure().subplots()
    ax.set(yscale="log", ylim=(1e-3, 1))
    pixels = codec.to_pixels(ax, "y", [0.0, -1.0, np.nan, 0.1])
    offsets = restore(codec.quantise(pixels))
    assert offsets[3] > 0
    assert not (offsets[:3] > 0).any()  # cut, or far below


def test_packing_keeps_everything_and_broadcasting():
    rng = np.random.default_rng(1)
    full = rng.integers(-32768, 32767, (4, 3, 9)).astype(np.int16)
    row, steps = full[:1], np.arange(9, dtype=np.int16).reshape(1, 1, 9)
    words = {"says": codec.encode_words(np.array([["a", "b", "ü"]]), (4, 3))}
    for tight in (False, True):
        data = codec.pack({"one": (steps, full), "two": (steps, row)}, words, {"best": {"kappa": 3}}, tight)
        lines, back, scenes = unpack(data)
        assert scenes == {"best": {"kappa": 3}}
        for name, pair in {"one": (steps, full), "two": (steps, row)}.items():
            for got, sent in zip(lines[name], pair, strict=True):
                np.testing.assert_array_equal(got, sent)
        texts, numbers = back["says"]
        assert [texts[k] for k in numbers[0, :, 0]] == ["a", "b", "ü"]


def test_what_hardly_changes_from_cell_to_cell_takes_little_room():
    """Noise along the points, which differences along them would only make larger."""
    rng = np.random.default_rng(3)
    line = rng.integers(-9999, 9999, 500) + rng.integers(-1, 2, (60, 500)).cumsum(axis=0)
    lines = {"one": (line.astype(np.int16), line.astype(np.int16))}
    assert len(codec.pack(lines, {}, tight=True)) < len(codec.pack(lines, {})) / 2


def test_what_lines_share_is_packed_once():
    noise = np.random.default_rng(2).integers(-32768, 32767, (1, 1, 5000)).astype(np.int16)
    once = len(codec.pack({"one": (noise, noise)}, {}))
    assert once < 1.2 * noise.nbytes
    assert len(codec.pack({"one": (noise, noise), "two": (noise, noise)}, {})) < once + 100


def test_words_may_be_one_text_or_lack_axes():
    texts, numbers = codec.encode_words("the same everywhere", (4, 3))
    assert texts == ["the same everywhere"] and numbers.shape == (1, 1, 1)
    assert codec.encode_words(np.array(["a", "b", "a"]), (4, 3))[1].shape == (1, 3, 1)


def test_lines_that_do_not_fit_the_grid_are_refused():
    with pytest.raises(ValueError, match=r"'run'.*\(9, 5, 3\).*\(4, 3\)"):
        answer.over_grid("run", np.zeros((9, 5, 3)), (4, 3))
    with pytest.raises(ValueError, match="9 values of x, 8 of y"):
        answer.line_arrays("run", (np.zeros(9), np.zeros(8)), (4, 3))
    assert answer.over_grid("run", np.zeros(9), (4, 3)).shape == (9, 1, 1)


def test_a_table_too_large_names_the_slider_to_make_coarser():
    controls = [slider("rate", 0, 1, steps=80, value=0), slider("momentum", 0, 1, steps=100, value=0)]
    line = np.zeros((601, 2, 2))
    answer.check_size(Answer({"run": (line[:, :, :1], line[:, :1])}), controls)
    with pytest.raises(ValueError, match=r"9\.7 MB.*8 MB.*'momentum' coarser \(it has 100 steps\)"):
        answer.check_size(Answer({"run": (line, line[:, :1])}), controls)

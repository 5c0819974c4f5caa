"""CONTRIBUTING.md names files that exist and commands that make knows."""

import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NAMED = sorted(
    set(
        re.findall(
            r"`((?:course_lib|tests|notebooks|scripts|benchmarks|docs)/[\w./*-]*|\w+\.(?:toml|yml|txt|md))`", TEXT
        )
    )
)
LIVE = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)[1]
PLACEHOLDER = re.compile(r"NN|NAME")


@pytest.mark.parametrize("name", NAMED)
def test_every_file_it_names_exists(name):
    assert list(ROOT.glob(PLACEHOLDER.sub("*", name).rstrip("/"))), name


def test_every_make_target_it_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    assert set(re.findall(r"make ([a-z-]+)", re.sub(r"`make` ", "", TEXT))) <= targets


def test_the_live_figure_it_shows_moves_with_each_of_its_quantities_and_needs_no_kernel():
    names = {}
    exec(LIVE, names)
    live = names["live"]
    assert live.programs and not live.untraceable
    before = live.cell(live.settings).lines["mine"]
    for name in live.quantities:
        moved = live.cell(live.settings | {name: 0}).lines["mine"]
        assert not np.allclose(moved, before), name


def test_the_live_figure_it_shows_has_ten_lines():
    lines = [line for line in LIVE.splitlines() if line.strip() and not line.startswith("from ")]
    assert len(lines) + 1 <= 10  # and `live`

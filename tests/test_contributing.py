"""CONTRIBUTING.md names files that exist and commands that make knows."""

import re
from pathlib import Path

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
PLACEHOLDER = re.compile(r"NN|NAME")


@pytest.mark.parametrize("name", NAMED)
def test_every_file_it_names_exists(name):
    assert list(ROOT.glob(PLACEHOLDER.sub("*", name).rstrip("/"))), name


def test_every_make_target_it_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    assert set(re.findall(r"make ([a-z-]+)", re.sub(r"`make` ", "", TEXT))) <= targets

"""Tests of the places where the course is used besides JupyterLab here.

The quick ones always run. Those marked `slow` need uv, the package index and minutes: pytest tests/places --all-places
"""

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: builds an environment of its own; only with --all-places")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--all-places"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="only with --all-places"))

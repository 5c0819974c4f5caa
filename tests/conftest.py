"""Fixtures shared by the tests of several folders."""

import browser as driving
import pytest


@pytest.fixture(scope="session")
def chromium():
    """One Chromium for the whole session."""
    with driving.chromium() as running:
        yield running

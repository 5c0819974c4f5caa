"""Fixtures shared by the tests of several folders."""

import browser
import lab_server
import pytest


@pytest.fixture(scope="session")
def chromium():
    """One Chromium for the whole session."""
    with browser.chromium() as running:
        yield running


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One JupyterLab server for the whole session."""
    with lab_server.running(tmp_path_factory.mktemp("jupyter")) as running:
        yield running

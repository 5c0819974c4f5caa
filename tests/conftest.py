"""Fixtures shared by the tests of several folders."""

import browser
import lab_server
import pytest


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    """No test reads or writes the progress of the person who runs it."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))


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

"""Fixtures shared by the tests of several folders."""

import browser as driving
import pytest


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    """No test reads or writes the progress of the person who runs it."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))


@pytest.fixture(scope="session")
def chromium():
    """One Chromium for the whole session."""
    with driving.chromium() as running:
        yield running

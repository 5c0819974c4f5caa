"""Fixtures shared by the tests of several folders."""

import json
import os
import re
from itertools import count
from uuid import uuid4
from weakref import WeakKeyDictionary

import browser
import hosted
import lab_server
import pytest
from hypothesis import settings

from course_lib import links

# For the kernels that tests start. On busy cores threads make small products of matrices slow, and the order of their
# sums a matter of chance, which chaotic runs turn into another picture.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_addoption(parser):
    """Tests of other places (Colab, Binder, Voila) build environments of their own, which takes minutes; so does
    unfriendly use of every lesson."""
    parser.addoption("--all-places", action="store_true", help="also the slow tests of tests/places")
    parser.addoption("--unfriendly", action="store_true", help="tests/unfriendly for every lesson, for minutes")


EVERY_LAB = ("tests/labs/test_labs.py", "tests/labs/test_programs.py")  # each lab, and its page, are made once for both


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With -n, a module keeps to one process and shares its pages and servers there; a lesson too, with its kernels."""
    from xdist.scheduler import LoadScopeScheduling

    class ByModuleOrLesson(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            lesson = re.search(r"\[(\d\d_\w+)\]$", nodeid)
            file = nodeid.split("::")[0]
            return lesson[1] if lesson else "every lab" if file in EVERY_LAB else file

    return ByModuleOrLesson(config, log)


def pytest_terminal_summary(terminalreporter):
    """One sentence for all tests that a missing browser kept from running; one on GitHub where links lead elsewhere."""
    skipped = [report.longrepr for report in terminalreporter.stats.get("skipped", [])]
    if said := browser.sentence([said[2] for said in skipped if isinstance(said, tuple)]):  # (file, line, reason)
        terminalreporter.write_line(said, yellow=True)
    if said := hosted.sentence(os.environ.get("GITHUB_REPOSITORY"), links.address(hosted.ROOT)):
        terminalreporter.write_line(f"::notice::{said}")  # GitHub shows it above the log


# Random tests try the same examples on every machine and on every day; a busy machine fails none of them.
settings.register_profile("course", derandomize=True, deadline=None)
settings.load_profile("course")


@pytest.fixture(scope="session")
def progress_files(tmp_path_factory):
    """New names of files in one folder: a folder of its own for each of thousands of tests takes milliseconds."""
    folder = tmp_path_factory.mktemp("progress")
    return (str(folder / f"{number}.json") for number in count())


@pytest.fixture(autouse=True)
def own_progress(progress_files, monkeypatch):
    """No test reads or writes the progress, or the copies, of the person who runs it."""
    monkeypatch.setenv("COURSE_PROGRESS", next(progress_files))
    monkeypatch.delenv("COURSE_WORK", raising=False)


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


@pytest.fixture(scope="session")
def page_of(tmp_path_factory):
    """The file with a live figure's HTML as it stands, written once: to make one takes a second."""
    folder, written = tmp_path_factory.mktemp("pages"), WeakKeyDictionary()

    def page_of_(live):
        files = written.setdefault(live, {})
        key = json.dumps(live.settings)
        if key not in files:
            files[key] = folder / f"{uuid4()}.html"
            files[key].write_text(live.html(), encoding="ascii")
        return files[key]

    return page_of_


@pytest.fixture
def open_page(chromium, page_of):
    """Open a live figure's HTML; at the end no error and no request may have occurred."""
    opened = []

    def open_(live, **options):
        context = chromium.new_context(**{"viewport": {"width": 1000, "height": 900}} | options)
        wanted = []
        context.route("http*://**", lambda route: (wanted.append(route.request.url), route.abort()))
        page = browser.Page(context.new_page())
        page.page.goto(page_of(live).as_uri())
        page.wait("f.frames > 0")
        opened.append((context, page, wanted))
        return page

    yield open_
    for context, page, wanted in opened:
        context.close()
        assert not page.errors
        assert not wanted

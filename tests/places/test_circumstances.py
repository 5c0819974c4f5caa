"""Bad circumstances: each works, or says in one sentence what to do."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import nullcontext
from types import SimpleNamespace

import browser
import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from playwright.sync_api import Error
from surroundings import ROOT, clean, copy_of_the_repository, done

from course_lib import labs
from scripts import chromium
from scripts.slides import check

sys.path.append(str(ROOT / "tests" / "lessons"))
from running import run

TEXT = (".py", ".js", ".css", ".mplstyle", ".csv", ".txt", ".json")
DRAW = "from course_lib import labs; print(labs.hill().html())"
WAIT = 120  # s, for a busy machine


def test_a_port_in_use_is_passed_over(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "scripts/workspace.py", "lab", f"--port={port}", "--no-browser"]
        environment = clean() | {"COURSE_WORK": str(tmp_path / "work"), "JUPYTER_RUNTIME_DIR": str(tmp_path)}
        lab = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        watchdog = threading.Timer(WAIT, lab.kill)
        watchdog.start()
        try:
            address = next(line for line in lab.stdout if b"http://localhost:" in line).decode()
        finally:
            watchdog.cancel()
            lab.kill()  # a server told to end while it starts may not hear it
            lab.communicate(timeout=WAIT)
    assert f":{port}/" not in address and "/lab/tree/00_outline.ipynb" in address


def no_driver(
    monkeypatch, said="node: error while loading shared libraries: libatomic.so.1: cannot open shared object file"
):
    """As on a bare system, where the program that drives the browser lacks a library."""
    failed = SimpleNamespace(returncode=127, stderr=f"{said}\n")
    monkeypatch.setattr(chromium.subprocess, "run", lambda *command, **options: failed)


def no_chromium(monkeypatch):
    # The real Playwright may be running for other tests of this process, and starts but once; or it cannot start.
    monkeypatch.setattr(chromium, "try_driver", lambda: None)
    monkeypatch.setattr("playwright.sync_api.sync_playwright", nullcontext)
    monkeypatch.setattr(chromium, "executables", lambda playwright: [])


def broken_chromium(monkeypatch):
    def launch(**options):
        raise Error(
            "BrowserType.launch: closed\nlogs:\nchrome: error while loading shared libraries: libnss3.so: no such"
        )

    monkeypatch.setattr(chromium, "try_driver", lambda: None)
    playwright = SimpleNamespace(chromium=SimpleNamespace(launch=launch))
    monkeypatch.setattr("playwright.sync_api.sync_playwright", lambda: nullcontext(playwright))
    monkeypatch.setattr(chromium, "executables", lambda playwright: ["/opt/chrome"])


@pytest.mark.parametrize("ci", [None, "true"], ids=["at home", "in CI"])
@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (no_driver, "libatomic.so.1 is missing"),
        (no_chromium, "no Chromium found"),
        (broken_chromium, "/opt/chrome does not start .libnss3.so is missing"),
    ],
)
def test_without_a_browser_its_tests_say_so(monkeypatch, missing, said, ci):
    missing(monkeypatch)
    monkeypatch.delenv("CI", raising=False)
    if ci:
        monkeypatch.setenv("CI", ci)
    outcome = pytest.fail.Exception if ci else pytest.skip.Exception
    with pytest.raises(outcome, match=said), browser.chromium():
        raise AssertionError("not reached")


RUN_WITHOUT_A_BROWSER = """
import sys
import pytest
from scripts import chromium

def try_driver():
    raise chromium.NoBrowser("Playwright does not start (libatomic.so.1 is missing)")

chromium.try_driver = try_driver
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "tests/live/test_lab_axe.py", "tests/test_arguments.py"]))
"""


@pytest.mark.parametrize("ci", [{}, {"CI": "true"}], ids=["at home", "in CI"])
def test_a_run_without_a_browser_ends_with_one_sentence_and_fails_in_ci(ci):
    environment = {name: value for name, value in clean().items() if name != "CI"} | ci
    command = [sys.executable, "-c", RUN_WITHOUT_A_BROWSER]
    outcome = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    told = r"^(\d+) tests? that needs? a browser did not run: (.*)\. To run them, too: (.*)\.$"
    sentences = re.findall(told, outcome.stdout, re.MULTILINE)
    if ci:
        assert outcome.returncode == 1 and "libatomic.so.1 is missing); call" in outcome.stdout
    else:
        ((number, reason, advice),) = sentences
        assert reason == "Playwright does not start (libatomic.so.1 is missing)"
        assert outcome.returncode == 0 and f"{number} skipped" in outcome.stdout
        assert advice == chromium.ADVICE


def test_checking_slides_without_a_browser_says_what_to_do(monkeypatch):
    no_driver(monkeypatch)
    with pytest.raises(ValueError, match=r"libatomic.so.1 is missing\); call `sudo apt install chromium libatomic1`"):
        check.check([])


def test_ci_installs_what_drives_the_browser_and_skips_nothing():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "libatomic1" in script and 'export CI="${CI:-true}"' in script


def test_line_ends_of_windows_change_nothing(tmp_path):
    package = tmp_path / "course_lib"
    shutil.copytree(ROOT / "course_lib", package, ignore=shutil.ignore_patterns("__pycache__"))
    for path in package.rglob("*"):
        if path.suffix in TEXT:
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    drawn = done(sys.executable, "-c", DRAW, cwd=tmp_path, env=clean() | {"PYTHONPATH": str(tmp_path)})
    assert drawn.strip() == labs.hill().html().strip()


def test_git_gives_files_the_line_ends_of_unix():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    names = ["Makefile", ".ci/run", "notebooks/00_outline.ipynb", "course_lib/live/page/figure.js"]
    said = done("git", "check-attr", "text", "eol", "--", *names).splitlines()
    assert all(line.endswith((": text: auto", ": eol: lf")) for line in said)
    stored = done("git", "ls-files", "--eol").splitlines()
    assert [line for line in stored if line.startswith(("i/crlf", "i/mixed"))] == []


REACH = "import socket\nsocket.create_connection(({!r}, 9), timeout=0.1)"


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org"])
def test_a_lesson_that_reached_outside_would_be_noticed(host):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(REACH.format(host))])
    with pytest.raises(CellExecutionError, match="reaches outside"):
        run(book)


def test_a_lesson_may_reach_this_computer():
    listen = "import socket\nhere = socket.create_server(('127.0.0.1', 0))\n"
    code = listen + "socket.create_connection(('localhost', here.getsockname()[1]), timeout=5).close()"
    run(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]))


@pytest.mark.slow
def test_a_folder_with_spaces_and_other_letters(tmp_path):
    folder = copy_of_the_repository(tmp_path / "Mein Kürs über Impuls (λ)")
    environment = clean() | {"PYTHON": sys.executable}
    said = done("make", "lab", "LAB_ARGS=--version", cwd=folder, env=environment)
    assert "Installing the packages" in said and "00_outline.ipynb" in said
    assert "fix " not in done(folder / ".venv" / "bin" / "python", "-m", "course_lib", cwd=folder)
    done("make", "fresh", "LESSON=01", cwd=folder, env=environment)
    assert len(list((folder / "work").glob("01_what_is_momentum*.ipynb"))) == 2


@pytest.mark.slow
def test_what_is_installed_opens_without_a_network(tmp_path):
    if os.geteuid():
        pytest.skip("only root can take the network away: unshare -n")
    folder = copy_of_the_repository(tmp_path / "offline")
    environment = clean() | {"PYTHON": sys.executable}
    done("make", "install-test", cwd=folder, env=environment)
    said = done("unshare", "-n", "make", "lab", "LAB_ARGS=--version", cwd=folder, env=environment)
    assert "Installing" not in said and "Starting JupyterLab" in said


@pytest.mark.slow
def test_without_a_network_the_installation_says_what_is_missing(tmp_path):
    if os.geteuid():
        pytest.skip("only root can take the network away: unshare -n")
    folder = copy_of_the_repository(tmp_path / "offline")
    environment = clean() | {"PYTHON": sys.executable, "UV_NO_CACHE": "1", "PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "0"}
    command = ["unshare", "-n", "make", "lab"]
    outcome = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert outcome.returncode and "does not reach the package index: connect it" in " ".join(outcome.stdout.split())

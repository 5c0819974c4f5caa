"""A JupyterLab server of our own for browser tests; it serves Notebook 7 as well, where that is installed."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
from browser import Page

NO_NEWS = "lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
START = 60  # s to wait for a server or a kernel, on a busy machine


class Server:
    """A running server: `url`, and the folder whose notebooks it serves."""

    def __init__(self, url, root):
        self.url, self.root = url, root

    def get(self, path, method="GET"):
        """Answer of the server's REST interface."""
        request = urllib.request.Request(f"{self.url}/{path}", method=method)
        with urllib.request.urlopen(request, timeout=START) as answer:
            return json.loads(answer.read() or "null")

    def is_outside(self, address):
        return not address.startswith((self.url, self.url.replace("http", "ws", 1), "data:", "blob:", "about:"))

    def kernel_of(self, name):
        sessions = self.get("api/sessions")
        return next(session["kernel"]["id"] for session in sessions if session["path"] == name)

    def shut_down_kernel(self, name):
        self.get(f"api/kernels/{self.kernel_of(name)}", method="DELETE")

    def write(self, name, book):
        """A notebook, or the code of its cells, in the folder; with a kernel named, else Lab asks which."""
        if isinstance(book, list):
            book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in book])
        book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(book, self.root / name)

    def start(self, browser, name, cells, *, app="lab"):
        """A Page on a new notebook with a kernel, no cell of which has been run; app: lab or notebook."""
        self.write(name, cells)
        page = Page(browser.new_page(viewport={"width": 1400, "height": 1000}))
        page.outside = []  # what was asked of other computers
        page.page.on(
            "request", lambda request: page.outside.append(request.url) if self.is_outside(request.url) else None
        )
        page.page.goto(f"{self.url}/{'lab/tree' if app == 'lab' else 'notebooks'}/{name}")
        page.page.wait_for_function("window.jupyterapp && document.querySelector('.jp-Cell')", timeout=START * 1000)
        self.wait_for_kernel(name)
        return page

    def open(self, browser, name, cells, *, app="lab"):
        """A Page on a new notebook whose cells have been run."""
        page = self.start(browser, name, cells, app=app)
        page.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait("f.frames > 0", timeout=START * 1000)
        return page

    def wait_for_kernel(self, name):
        def idle():
            return any(
                session["path"] == name and session["kernel"]["execution_state"] == "idle"
                for session in self.get("api/sessions")
            )

        _wait(idle, f"no kernel for {name}")


def _wait(condition, complaint):
    deadline = time.monotonic() + START
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(complaint)
        time.sleep(0.1)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(root):
    """A server on a free port of this machine only, with settings of its own, serving the folder root."""
    home = root / ".jupyter-home"
    settings = home / "config" / NO_NEWS
    settings.parent.mkdir(parents=True)
    settings.write_text('{"fetchNews": "false"}', encoding="utf-8")
    port = _free_port()
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}"]
    options = [
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True",
        f"--ServerApp.root_dir={root}",
    ]
    folders = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "RUNTIME", "DATA")}
    folders["COURSE_PROGRESS"] = str(home / "progress.json")  # not that of the person who runs the tests
    environment = os.environ | folders | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    with open(root / "server.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(command + options, env=environment, stdout=log, stderr=log)
        server = Server(f"http://127.0.0.1:{port}", root)

        def answers():
            with suppress(urllib.error.URLError):
                return server.get("api/status")

        try:
            _wait(answers, f"no server; see {root / 'server.log'}")
            yield server
        finally:
            process.terminate()
            process.wait(timeout=START)

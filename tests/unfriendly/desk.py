"""A notebook in JupyterLab, handled by script: cells run in any order, kernels restarted or killed, pages reloaded."""

import itertools
import os
import signal
import time

from browser import Page

MINUTE = 60_000  # ms

DESKS = itertools.count()

# In the page: the notebook, and its kernel.
HERE = "const panel = window.jupyterapp.shell.currentWidget, book = panel.content, session = panel.sessionContext;"
READY = f"() => {{ {HERE} return session.session?.kernel?.status === 'idle' && book.widgets.length > 0; }}"


class Desk(Page):
    """One page of JupyterLab with one notebook. Errors of cells are read from it, those of scripts in `errors`."""

    def __init__(self, browser, url, name):
        super().__init__(browser.new_page(viewport={"width": 1300, "height": 950}))
        self.page.set_default_timeout(3 * MINUTE)
        self.origin, self.file = url, name
        self.workspace = f"desk{next(DESKS)}"  # of its own: in another one JupyterLab would open yesterday's notebooks
        self.visit()

    def visit(self):
        self.page.goto(f"{self.origin}/lab/workspaces/{self.workspace}/tree/{self.file}")
        self.page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext", timeout=3 * MINUTE)
        self.until_idle()

    def until_idle(self):
        self.page.wait_for_function(READY, timeout=3 * MINUTE)

    def do(self, body, argument=None):
        """Value of an asynchronous function's body in which `book`, `panel` and `session` are known."""
        return self.page.evaluate(f"async (argument) => {{ {HERE} {body} }}", argument)

    def command(self, name):
        self.page.evaluate("(name) => window.jupyterapp.commands.execute(name)", name)

    def run_all(self):
        self.command("notebook:run-all-cells")
        self.until_idle()

    def run_cell(self, number):
        self.do(
            "book.activeCellIndex = argument; await window.jupyterapp.commands.execute('notebook:run-cell')", number
        )

    def codes(self):
        """Numbers of the code cells."""
        return self.do("return book.widgets.flatMap((cell, k) => (cell.model.type === 'code' ? [k] : []))")

    def sources(self):
        return self.do("return book.widgets.map((cell) => cell.model.sharedModel.getSource())")

    def cell_errors(self):
        """[(number of the cell, name of the exception, its text)]"""
        return self.do(
            """return book.widgets.flatMap((cell, k) => (cell.model.outputs?.toJSON() ?? [])
                .filter((output) => output.output_type === "error")
                .map((output) => [k, output.ename, output.evalue.slice(0, 200)]))"""
        )

    def restart(self):
        self.do("await session.session.kernel.restart()")
        self.until_idle()

    def value(self, expression):
        """What the kernel prints for an expression, without a cell."""
        return self.do(
            """const code = `print(${argument})`;
            const future = session.session.kernel.requestExecute({ code, store_history: false });
            let said = "";
            future.onIOPub = ({ content }) => (said += content.text ?? "");
            await future.done;
            return said.trim();""",
            expression,
        )

    def kill_kernel(self):
        """As a machine out of memory does; the server starts another one."""
        before = self.value("__import__('os').getpid()")
        os.kill(int(before), signal.SIGKILL)
        self.page.get_by_text("will restart automatically").wait_for()
        self.page.locator(".jp-Dialog button", has_text="Ok").click()
        self.until_idle()

    def figures(self, expression):
        """A JavaScript expression in `f` for every live figure of the page."""
        return self.page.evaluate(
            f"() => [...document.querySelectorAll('.live-figure')].map((root) => {{ const f = root.liveFigure; "
            f"return f && ({expression}); }})"
        )

    def until_all(self, expression, timeout=120):
        """Wait until an expression in `f` is true of every live figure."""
        self._until(lambda: self.figures(expression), all, expression, timeout)

    def until_shown(self, timeout=120):
        """Wait until every live figure among the outputs has been drawn; JupyterLab makes them when it has time."""
        count = """return book.widgets.flatMap((cell) => cell.model.outputs?.toJSON() ?? []).filter(({ data }) =>
            data?.["application/vnd.jupyter.widget-view+json"] && data["image/png"]).length"""

        def due_and_there():
            return self.do(count), len(self.figures("true"))

        self._until(due_and_there, lambda numbers: numbers[0] == numbers[1], "live figures due and there", timeout)
        self.until_all("f.frames > 0")

    def _until(self, ask, suffices, what, timeout):
        deadline = time.monotonic() + timeout
        while not suffices(said := ask()):
            assert time.monotonic() < deadline, f"{what}: {said}"
            self.page.wait_for_timeout(200)

    def shown_errors(self):
        """What live figures say went wrong."""
        return [text for text in self.figures("f.messages.problem.textContent") if text]

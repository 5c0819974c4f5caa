"""A real Chromium for the tests; without one they are skipped and counted in a sentence, and fail where CI is set."""

import base64
import io
import os
from contextlib import ExitStack, contextmanager

import matplotlib.image
import numpy as np
import pytest

from scripts.chromium import ADVICE, NoBrowser, running

SKIPPED = "no browser for this test: "


@contextmanager
def chromium():
    """A running Chromium. Without one the test is skipped; in CI it fails, since there nobody would miss it."""
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(running())
        except NoBrowser as missing:
            if os.environ.get("CI"):
                pytest.fail(f"{SKIPPED}{missing}", pytrace=False)
            pytest.skip(f"{SKIPPED}{missing.args[0]}")
        yield browser


def sentence(skipped):
    """What is said at the end of a run, of the reasons why its tests were skipped; "" if browsers had no part in it."""
    missing = [reason.partition(SKIPPED)[2] for reason in skipped if SKIPPED in reason]
    if not missing:
        return ""
    tests = "1 test that needs" if len(missing) == 1 else f"{len(missing)} tests that need"
    return f"{tests} a browser did not run: {missing[0]}. To run them, too: {ADVICE}."


class Page:
    """A page with one live figure, and the errors it met."""

    def __init__(self, page):
        self.page, self.errors = page, []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def eval(self, expression):
        """Value of a JavaScript expression in which `f` is the live figure."""
        return self.page.evaluate(
            f"() => {{ const f = document.querySelector('.live-figure').liveFigure; return {expression}; }}"
        )

    def wait(self, expression, timeout=60_000):
        """Wait until a JavaScript expression in `f` is true."""
        self.page.wait_for_function(
            f"() => {{ const f = document.querySelector('.live-figure')?.liveFigure; return f && ({expression}); }}",
            timeout=timeout,
        )

    def canvas(self):
        """The canvas as an array of shape (height, width, 4), 0 to 255."""
        data = self.eval("f.canvas.toDataURL().split(',')[1]")
        return decode(data)

    def settled(self):
        """Wait until what was changed is drawn."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def said(self):
        """The readouts, one string a run, when all that is told has been counted."""
        self.wait("!f.readout.counting")
        return [row.inner_text() for row in self.page.locator(".live-words li").all()]


def decode(data):
    """Pixels of a PNG (bytes or base64), 0 to 255, with alpha."""
    data = base64.b64decode(data) if isinstance(data, str) else data
    return np.rint(matplotlib.image.imread(io.BytesIO(data)) * 255).astype(int)


def slide(page, label, index):
    """Move a native range input, as a hand or the keyboard would."""
    page.page.locator(f"input[type=range][aria-label='{label}']").fill(str(index))
    page.settled()

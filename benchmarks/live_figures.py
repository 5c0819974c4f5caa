"""`labs.hill` against the same picture by `ipywidgets.interact` and inline matplotlib, in JupyterLab.

Both figures are in one notebook, in a real Chromium (rendering in software, at 1 dot a pixel), with a real kernel;
interact draws its figure anew at each change, as it does in most notebooks. Between browser and server lies a proxy
that delays and throttles all that passes: "loopback" is no delay, "100 ms" is that much each way, "and 1 MB/s" the rate
in each direction as well. In a drag the slider gets a new value each frame for three seconds; different pictures are
counted. Times run from the change to the frame after the one its picture was ready for: up to two frames of 17 ms are
the clock's own, for both. The start is a third slider: the kernel answers, first with the cell one sees, then with the
whole table of the other two, which it is asked for as soon as the mouse is let go. A cell is run in a fresh kernel
after the lesson's set-up cell. The ratio says how much better ours is. Run it on an idle machine: browser, server and
kernel share its cores.
"""

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from . import report, slow_link
from .timing import Unavailable

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # the tests know how to find a Chromium and start a server

import browser  # noqa: E402
import lab_server  # noqa: E402

HEAD = ("job", "link", "ours", "interact", "ratio", "goal", "")
LOOPBACK, DELAYED, SLOW = "loopback", "100 ms", "100 ms and 1 MB/s"
LINKS = {LOOPBACK: {}, DELAYED: {"delay": 0.1}, SLOW: {"delay": 0.1, "rate": 1e6}}
ROUND_TRIP, FRAME = 200, 17  # ms, of the delayed links and of the screen

LIVE, INTERACT = 1, 2  # numbers of the cells
PLACES = cycle([0.2, 0.8, 0.35, 0.65])  # to click at, as parts of the width


def cells():
    lesson = json.loads((ROOT / "notebooks" / "01_what_is_momentum.ipynb").read_text(encoding="utf-8"))
    setup = next("".join(cell["source"]) for cell in lesson["cells"] if cell["cell_type"] == "code")
    ours = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom benchmarks import hill_by_interact\n"
    return [ours + setup, "labs.hill()", "hill_by_interact.show()"]


def table(quick):
    check_pictures()
    few, many = (1, 3) if quick else (3, 15)
    with opened() as (link, server, chromium):
        on_screen = [first_pictures(server, chromium, k) for k in range(2 if quick else 5)]
        page = both(server, chromium)
        numbers = {}
        for name, limits in LINKS.items():
            link.set(**limits)
            numbers[name] = {
                "drag": by_turns(page, "drag(who, 'gamma', 3)", few),
                "wait": by_turns(page, "latency(who, 'gamma')", many),
                "start drag": by_turns(page, "drag(who, 'start', 3)", min(few, 2)),
                "start wait": by_turns(page, "latency(who, 'start')", many),
                "click": np.array([click(page) for _ in range(many)]),
            }
        if page.errors:
            raise RuntimeError(f"errors in the page: {page.errors}")
    return list(rows(numbers, np.array(on_screen)))


# The browser and what it shows


@contextmanager
def opened():
    """The link, the server behind it, and a Chromium."""
    try:
        with (
            TemporaryDirectory() as folder,
            browser.chromium() as chromium,
            lab_server.running(Path(folder).resolve()) as server,
            slow_link.to(int(server.url.rpartition(":")[2])) as link,
        ):
            yield link, lab_server.Server(link.url, server.root), chromium
    except (pytest.skip.Exception, pytest.fail.Exception) as reason:
        raise Unavailable(reason) from None


def probed(page):
    """The page with probe.js in it."""
    page.page.add_script_tag(path=Path(__file__).with_name("probe.js"), type="module")
    page.page.wait_for_function("window.probe")
    return page


def both(server, chromium):
    """A page in which both figures stand."""
    page = probed(server.open(chromium, "both.ipynb", cells()))
    page.page.wait_for_function("document.querySelector('.widget-interact img')?.complete")
    page.page.wait_for_timeout(1000)
    page.page.evaluate("probe.find()")
    return page


def first_pictures(server, chromium, number):
    """Milliseconds from running a cell to its picture, in a fresh kernel: ours, interact's; by turns the first one."""
    name = f"fresh{number}.ipynb"
    page = probed(server.start(chromium, name, cells()))
    page.page.evaluate("probe.run(0)")
    jobs = [f"probe.liveCell({LIVE})", f"probe.interactCell({INTERACT})"]
    waits = {job: page.page.evaluate(job) for job in (jobs if number % 2 == 0 else jobs[::-1])}
    page.page.close()
    server.shut_down_kernel(name)
    return [waits[job] for job in jobs]


def by_turns(page, call, repeats):
    """What `call` gives for ours and for interact, turn after turn: (repeats, 2)."""
    one = f"who => probe.{call}"
    return np.array([[page.page.evaluate(one, who) for who in ("live", "interact")] for _ in range(repeats)])


def click(page):
    """Milliseconds from a press of the mouse in the picture to its cell, and to its whole table."""
    page.page.evaluate("probe.expectClick()")
    pad = page.page.locator(".live-pad").bounding_box()
    page.page.mouse.click(pad["x"] + next(PLACES) * pad["width"], pad["y"] + 0.5 * pad["height"])
    return page.page.evaluate("probe.clicked")


def check_pictures():
    """Both draw the same, as far as matplotlib can tell."""
    from course_lib.labs import hill

    from . import hill_by_interact

    theirs = BytesIO()
    hill_by_interact.draw(lr=0.05, gamma=0.9).savefig(theirs, format="png")
    difference = browser.decode(hill().picture(scale=1)) - browser.decode(theirs.getvalue())
    if np.abs(difference).mean() > 0.1:  # of 255
        raise AssertionError("interact does not draw the picture of labs.hill")


# The table


@dataclass(frozen=True)
class Contest:
    """One job on one link. ours, theirs: an array of repeats each (theirs: None if interact cannot do it)."""

    job: str
    link: str
    ours: np.ndarray
    theirs: np.ndarray | None = None
    more_is_better: bool = False

    @property
    def middle(self):
        return np.median(self.ours)

    @property
    def ratio(self):
        """How much better ours is, turn by turn: quartiles."""
        ratios = self.ours / self.theirs if self.more_is_better else self.theirs / self.ours
        return quartiles(ratios)

    def cells(self, *goals):
        """Texts under HEAD. goals: pairs of a text and whether it was met."""
        digits = 1 if self.more_is_better else 0
        peer = ("", "") if self.theirs is None else (report.spread(quartiles(self.theirs), digits),)
        peer = peer if self.theirs is None else (*peer, report.spread(self.ratio, 1))
        told = ", ".join(text for text, _ in goals), report.verdict(all(met for _, met in goals)) if goals else ""
        return self.job, self.link, report.spread(quartiles(self.ours), digits), *peer, *told


def quartiles(numbers):
    return np.percentile(numbers, (25, 50, 75))


def rows(numbers, on_screen):
    """Rows of texts. numbers: link -> name -> what `table` measured; on_screen: (repeats, 2) in ms."""
    home = {name: np.median(found[:, 0]) for name, found in numbers[LOOPBACK].items()}
    for link, found in numbers.items():
        away = link != LOOPBACK
        drag = Contest("slider dragged, pictures a second", link, *found["drag"].T, more_is_better=True)
        yield drag.cells(("7 times", drag.ratio[1] >= 7), ("58 a second", drag.middle >= 58))
        wait = Contest("slider to picture, ms", link, *found["wait"].T)
        same = ("within a frame of loopback", wait.middle - home["wait"] <= FRAME)
        yield wait.cells(("4 times", wait.ratio[1] >= 4), *[same] * away)

        drag = Contest("start dragged, pictures a second", link, *found["start drag"].T, more_is_better=True)
        yield drag.cells(*[("15 a second", drag.middle >= 15)] * (not away))
        for job, name, theirs in (
            ("start, one step of its slider, ms", "start wait", found["start wait"][:, 1]),
            ("start, a click to its picture, ms", "click", None),
        ):
            wait = Contest(job, link, found[name][:, 0], theirs)
            trips = (wait.middle - home[name]) / ROUND_TRIP
            yield wait.cells(*[(f"1 round trip more than on loopback: {trips:.2f}", trips < 1.25)] * away)
        whole = Contest("start, a click to its whole table, ms", link, found["click"][:, 1])
        yield whole.cells(*[("250 ms", whole.middle <= 250)] * (not away))
    cell = Contest("cell run to picture, ms", LOOPBACK, *on_screen.T)
    yield cell.cells(("1000 ms", cell.middle <= 1000))

"""`labs.hill` against the same picture moved by other tools, in JupyterLab.

All figures are in one notebook, in a real Chromium (rendering in software, at 1 dot a pixel), with a real kernel.
interact draws its figure anew with matplotlib at each change, as it does in most notebooks; ipympl keeps a matplotlib
canvas in the page, which the kernel blits; plotly's FigureWidget draws in the page what the kernel sends. Between
browser and server lies a proxy that delays and throttles all that passes: "loopback" is no delay, "100 ms" is that much
each way, "and 1 MB/s" the rate in each direction as well. In a drag the slider gets a new value each frame for two
seconds; different pictures are counted. Times run from the change to the frame after the one its picture was ready for:
up to two frames of 17 ms are the clock's own, for all. The start is a third slider: there our kernel answers as well,
first with the cell one sees, then with the whole table of the other two, which it is asked for as soon as the mouse is
let go. A cell is run in a fresh kernel after the lesson's set-up cell. There are 15 repeats, 3 of a drag (a picture is
counted in each of its 120 frames), 2 of a dragged start, 5 of a fresh kernel. The ratio says how much better ours is.
Run it on an idle machine: browser, server and kernel share its cores.
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
from .timing import QUICK, Unavailable, quartiles

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # the tests know how to find a Chromium and start a server

import browser  # noqa: E402
import lab_server  # noqa: E402

PACKAGES = ("jupyterlab", "ipywidgets", "anywidget", "matplotlib", "ipympl", "plotly")
HEAD = ("job", "link", "peer", "ours", "the peer's", "ratio", "goal", "")
LOOPBACK, DELAYED, SLOW = "loopback", "100 ms", "100 ms and 1 MB/s"
LINKS = {LOOPBACK: {}, DELAYED: {"delay": 0.1}, SLOW: {"delay": 0.1, "rate": 1e6}}
ROUND_TRIP, FRAME = 200, 17  # ms, of the delayed links and of the screen

OURS, INTERACT, IPYMPL, PLOTLY = "live", "interact", "ipympl", "plotly"
CELLS = {OURS: "labs.hill()"} | {peer: f"hill_peers.{peer}()" for peer in (INTERACT, IPYMPL, PLOTLY)}
FRAMES_GOAL = {INTERACT: 7, IPYMPL: 3}  # times as many pictures a second, without delay
DELAYED_GOAL = {INTERACT: 30}  # with delay
DRAGS, FIRST, SECONDS = 3, 5, 2
PLACES = cycle([0.2, 0.8, 0.35, 0.65])  # to click at, as parts of the width
WHY_START = "the kernel computes 301 points of two runs and sends them; browser, server and kernel share the cores"


def setup():
    lesson = json.loads((ROOT / "notebooks" / "01_what_is_momentum.ipynb").read_text(encoding="utf-8"))
    code = next("".join(cell["source"]) for cell in lesson["cells"] if cell["cell_type"] == "code")
    return f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom benchmarks import hill_peers\n{code}"


def table(repeats):
    check_pictures()
    drags, first = (DRAGS, FIRST) if repeats > QUICK else (1, 2)
    with opened() as (link, server, chromium):
        on_screen = np.array([first_pictures(server, chromium, number) for number in range(first)])
        page, subjects = together(server, chromium)
        numbers = {}
        for name, limits in LINKS.items():
            print(f"  {name}", file=sys.stderr, flush=True)
            link.set(**limits)
            numbers[name] = {
                "drag": by_turns(page, subjects, f"drag(who, 'gamma', {SECONDS})", drags),
                "wait": by_turns(page, subjects, "latency(who, 'gamma')", repeats),
                "start drag": by_turns(page, subjects, f"drag(who, 'start', {SECONDS})", min(drags, 2)),
                "start wait": by_turns(page, subjects, "latency(who, 'start')", repeats),
                "click": np.array([click(page) for _ in range(repeats)]),
            }
        if page.errors:
            raise RuntimeError(f"errors in the page: {page.errors}")
    return [*rows(numbers, on_screen), *map(absent, set(CELLS) - set(subjects))]


# The browser and what it shows


@contextmanager
def opened():
    """The link, the server behind it, and a Chromium."""
    try:
        with (
            TemporaryDirectory() as folder,
            browser.chromium() as chromium,
            lab_server.running(with_all_cells(Path(folder).resolve())) as server,
            slow_link.to(int(server.url.rpartition(":")[2])) as link,
        ):
            yield link, lab_server.Server(link.url, server.root), chromium
    except (pytest.skip.Exception, pytest.fail.Exception) as reason:
        raise Unavailable(reason) from None


def with_all_cells(folder):
    """The folder, with the setting that JupyterLab keeps cells which are not on the screen in the page."""
    setting = (
        folder / ".jupyter-home/config/lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    )
    setting.parent.mkdir(parents=True)
    setting.write_text('{"windowingMode": "none"}', encoding="utf-8")
    return folder


def probed(page):
    """The page with probe.js in it."""
    page.page.add_script_tag(path=Path(__file__).with_name("probe.js"), type="module")
    page.page.wait_for_function("window.probe")
    return page


def together(server, chromium):
    """A page in which all figures stand, and the names of those that move there."""
    page = probed(server.open(chromium, "all.ipynb", [setup(), *CELLS.values()]))
    page.page.wait_for_function("document.querySelector('.widget-interact img')?.complete")
    page.page.wait_for_timeout(8000)  # for those who first ask the kernel for their size
    found = page.page.evaluate("probe.find()")
    return page, [who for who in CELLS if who in found and moves(page, who)]


def moves(page, who):
    """Whether this figure follows its slider here; ours must."""
    try:
        return page.page.evaluate("who => probe.latency(who, 'gamma')", who) > 0
    except Exception as reason:  # Playwright's, whatever the page threw
        if who == OURS:
            raise
        print(f"  NOT MEASURED: {who} does not move its figure here: {str(reason)[:80]}", file=sys.stderr, flush=True)
        return False


def first_pictures(server, chromium, number):
    """Milliseconds from running a cell to its picture, in a fresh kernel: ours, interact's; by turns the first one."""
    name, cells = f"fresh{number}.ipynb", [setup(), CELLS[OURS], CELLS[INTERACT]]
    page = probed(server.start(chromium, name, cells))
    page.page.evaluate("probe.run(0)")
    jobs = ["probe.liveCell(1)", "probe.interactCell(2)"]
    waits = {job: page.page.evaluate(job) for job in (jobs if number % 2 == 0 else jobs[::-1])}
    page.page.close()
    server.shut_down_kernel(name)
    return [waits[job] for job in jobs]


def by_turns(page, subjects, call, repeats):
    """{subject: what `call` gives for it}, turn after turn."""
    one = f"who => probe.{call}"
    turns = [[page.page.evaluate(one, who) for who in subjects] for _ in range(repeats)]
    return dict(zip(subjects, np.transpose(turns), strict=True))


def click(page):
    """Milliseconds from a press of the mouse in the picture to its cell, and to its whole table."""
    page.page.evaluate("probe.expectClick()")
    pad = page.page.locator(".live-pad").first.bounding_box()
    page.page.mouse.click(pad["x"] + next(PLACES) * pad["width"], pad["y"] + 0.5 * pad["height"])
    return page.page.evaluate("probe.clicked")


def check_pictures():
    """interact draws the lab's picture, as far as matplotlib can tell; ipympl draws with the same functions."""
    from course_lib.labs import hill

    from . import hill_peers

    theirs = BytesIO()
    hill_peers.draw(lr=0.05, gamma=0.9).savefig(theirs, format="png")
    difference = browser.decode(hill().picture(scale=1)) - browser.decode(theirs.getvalue())
    if np.abs(difference).mean() > 0.5:  # of 255
        raise AssertionError("interact does not draw the picture of labs.hill")


# The table


@dataclass(frozen=True)
class Contest:
    """One job on one link. ours, theirs: an array of repeats each (theirs: None if there is no peer)."""

    job: str
    link: str
    ours: np.ndarray
    peer: str = ""
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

    def cells(self, *goals, why=""):
        """Texts under HEAD. goals: the text of the goal, whether it was met, and what was reached."""
        digits = 1 if self.more_is_better else 0
        theirs = ("", "") if self.theirs is None else (report.of(self.theirs, digits), report.spread(self.ratio, 1))
        gap = ", ".join(reached for _, met, reached in goals if not met)
        told = report.verdict(not gap, gap, why) if goals else ""
        wanted = ", ".join(text for text, *_ in goals)
        return self.job, self.link, self.peer, report.of(self.ours, digits), *theirs, wanted, told

    def times(self, goal):
        """The goal of a ratio, as `cells` takes it; none where there is none."""
        return (
            [] if goal is None else [(f"{goal} times", self.ratio[1] >= goal, f"{self.ratio[1]:.1f} of {goal} times")]
        )


def rows(numbers, on_screen):
    """Rows of texts. numbers: link -> job -> subject -> repeats (click: two columns); on_screen: (repeats, 2) in ms."""
    for link, found in numbers.items():
        yield from in_the_page(link, found, numbers[LOOPBACK])
        yield from by_the_kernel(link, found, numbers[LOOPBACK])
    cell = Contest("cell run to picture, ms", LOOPBACK, on_screen[:, 0], INTERACT, on_screen[:, 1])
    yield cell.cells(at_most(cell, 1000))


def absent(peer):
    return "slider dragged, pictures a second", LOOPBACK, peer, "", "", "", "", "not measured: it does not move here"


def contests(job, link, found, **options):
    """Ours against each peer that was measured. found: subject -> repeats."""
    return [Contest(job, link, found[OURS], peer, found[peer], **options) for peer in found if peer != OURS]


def in_the_page(link, found, home):
    """The two sliders that live in the page."""
    away = link != LOOPBACK
    for drag in contests("slider dragged, pictures a second", link, found["drag"], more_is_better=True):
        full = ("58 a second", drag.middle >= 58, f"{drag.middle:.1f} of 58 a second")
        goal = (DELAYED_GOAL if away else FRAMES_GOAL).get(drag.peer)
        yield drag.cells(*drag.times(goal), *[full] * (drag.peer == INTERACT))
    for wait in contests("slider to picture, ms", link, found["wait"]):
        first = wait.peer == INTERACT
        later = wait.middle - np.median(home["wait"][OURS])
        same = ("within a frame of loopback", later <= FRAME, f"{later:.0f} ms later")
        yield wait.cells(*wait.times(4 if first else None), *[same] * (away and first))


def by_the_kernel(link, found, home):
    """The slider for which ours asks the kernel, and the click."""
    away = link != LOOPBACK
    for drag in contests("start dragged, pictures a second", link, found["start drag"], more_is_better=True):
        enough = ("15 a second", drag.middle >= 15, f"{drag.middle:.1f} of 15 a second")
        yield drag.cells(*[enough] * (not away and drag.peer == INTERACT), why=WHY_START)
    for wait in contests("start, one step of its slider, ms", link, found["start wait"]):
        trips = one_trip(wait, home["start wait"][OURS])
        yield wait.cells(*[trips] * (away and wait.peer == INTERACT))
    shown = Contest("start, a click to its picture, ms", link, found["click"][:, 0])
    yield shown.cells(*[one_trip(shown, home["click"][:, 0])] * away)
    whole = Contest("start, a click to its whole table, ms", link, found["click"][:, 1])
    yield whole.cells(*[at_most(whole, 250)] * (not away))


def one_trip(wait, home):
    """The goal that a delay costs one round trip and no more."""
    trips = (wait.middle - np.median(home)) / ROUND_TRIP
    return "1 round trip more than on loopback", trips < 1.25, f"{trips:.2f} round trips"


def at_most(wait, limit):
    return f"{limit} ms", wait.middle <= limit, f"{wait.middle:.0f} of {limit} ms"

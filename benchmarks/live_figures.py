"""`labs.hill` against the same picture moved by other tools, in JupyterLab, and `labs.ravine`, the costliest drag.

All figures are in one notebook, in a real Chromium (rendering in software, at 1 dot a pixel), with a real kernel.
"kernel" is the lab as it is where its runs cannot be traced, so that each move asks the kernel. interact draws its
figure anew with matplotlib at each change, as it does in most notebooks; ipympl keeps a matplotlib canvas in the page,
which the kernel blits. Between browser and server lies a proxy that delays all that passes: "loopback" is no delay,
"100 ms" is that much each way; "exported" is the page on the disk, with no kernel. In a drag the slider gets a new
value each frame for two seconds; different pictures are counted. "an empty loop" is how many frames the browser gives
to a page that does nothing, asked for in the same turn. Times run from the change to the frame after the one its
picture was ready for: up to two frames of 17 ms are the clock's own, for all. A cell is run in a fresh kernel after the
lesson's set-up cell. There are 15 repeats, 5 of a drag (a picture is counted in each of its 120 frames), 5 of a fresh
kernel. The ratio says how much better ours is. Run it on an idle machine: browser, server and kernel share its cores.
"""

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
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

PACKAGES = ("jupyterlab", "ipywidgets", "anywidget", "matplotlib", "ipympl")
HEAD = ("job", "link", "peer", "ours", "the peer's", "ratio", "goal", "")
LOOPBACK, DELAYED, EXPORTED = "loopback", "100 ms", "exported"
LINKS = {LOOPBACK: 0.0, DELAYED: 0.1}  # s, each way
FRAME = 17  # ms, of the screen

OURS, KERNEL, INTERACT, IPYMPL = "live", "kernel", "interact", "ipympl"
RAVINE = "ravine"
EMPTY = "an empty loop"
CELLS = {OURS: "labs.hill()"} | {peer: f"hill_peers.{peer}()" for peer in (KERNEL, INTERACT, IPYMPL)}
CELLS |= {RAVINE: "labs.ravine()"}
FRAMES_GOAL = {INTERACT: 7, IPYMPL: 3}  # times as many pictures a second, without delay
DELAYED_GOAL = {INTERACT: 30}  # with delay
OF_EMPTY, OF_LOOPBACK = 0.95, 0.98  # pictures of a drag as a share of what there can be, and of those without delay
DRAGS, FIRST, SECONDS = 5, 5, 2
MOVED = {"gamma": "slider", "start": "start"}  # quantity -> what it is called in the table
RAVINE_MOVED = {"gamma": "labs.ravine: slider", "start.0": "labs.ravine: start"}


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
        for name, link.delay in LINKS.items():
            print(f"  {name}", file=sys.stderr, flush=True)
            numbers[name] = measured(page, subjects, drags, repeats)
        numbers[EXPORTED], errors = {}, page.errors
        for lab in (OURS, RAVINE):
            exported = opened_from_disk(chromium, server.root, lab)
            numbers[EXPORTED] |= measured(exported, [lab], drags, repeats)
            errors += exported.errors
        if errors:
            raise RuntimeError(f"errors in the page: {errors}")
    return [*rows(numbers, on_screen), *map(absent, set(CELLS) - set(subjects))]


def measured(page, subjects, drags, repeats):
    """{(job, lab, quantity): {subject: repeats}} of a page."""
    found = {}
    hills = [who for who in subjects if who != RAVINE]
    for name in MOVED if hills else ():
        found["drag", OURS, name] = by_turns(page, hills, f"drag(who, '{name}', {SECONDS})", drags, with_empty=True)
        found["wait", OURS, name] = by_turns(page, hills, f"latency(who, '{name}')", repeats)
    for name in RAVINE_MOVED if RAVINE in subjects else ():
        call = f"drag(who, '{name}', {SECONDS})"
        found["drag", RAVINE, name] = by_turns(page, [RAVINE], call, drags, with_empty=True)
    return found


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


def opened_from_disk(chromium, folder, lab):
    """An exported lab in a page of its own."""
    from course_lib import labs

    file = folder / f"{lab}.html"
    file.write_text((labs.ravine if lab == RAVINE else labs.hill)().html(), encoding="ascii")
    page = browser.Page(chromium.new_page(viewport={"width": 1400, "height": 1000}))
    page.page.goto(file.as_uri())
    page.wait("f.frames > 0")
    probed(page).page.evaluate("probe.find()")
    return page


def moves(page, who):
    """Whether this figure follows its slider here; ours must."""
    try:
        return page.page.evaluate("who => probe.latency(who, 'gamma')", who) > 0
    except Exception as reason:  # Playwright's, whatever the page threw
        if who in (OURS, RAVINE):
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


def by_turns(page, subjects, call, repeats, *, with_empty=False):
    """{subject: what `call` gives for it}, turn after turn."""
    calls = {who: f"probe.{call.replace('who', repr(who))}" for who in subjects}
    calls |= {EMPTY: f"probe.empty({SECONDS})"} if with_empty else {}
    turns = [[page.page.evaluate(one) for one in calls.values()] for _ in range(repeats)]
    return dict(zip(calls, np.transpose(turns), strict=True))


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
    """One job on one link. ours, theirs: an array of repeats each."""

    job: str
    link: str
    ours: np.ndarray
    peer: str
    theirs: np.ndarray
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
        """Texts under HEAD. goals: the text of the goal, whether it was met, and what was reached."""
        digits = 1 if self.more_is_better else 0
        theirs = (report.of(self.theirs, digits), report.spread(self.ratio, 1 if self.ratio[1] >= 2 else 2))
        gap = ", ".join(reached for _, met, reached in goals if not met)
        told = report.verdict(not gap, gap) if goals else ""
        wanted = ", ".join(text for text, *_ in goals)
        return self.job, self.link, self.peer, report.of(self.ours, digits), *theirs, wanted, told

    def times(self, goal):
        """The goal of a ratio, as `cells` takes it; none where there is none."""
        return (
            [] if goal is None else [(f"{goal} times", self.ratio[1] >= goal, f"{self.ratio[1]:.2f} of {goal} times")]
        )


def rows(numbers, on_screen):
    """Rows of texts. numbers: link -> (job, quantity) -> subject -> repeats; on_screen: (repeats, 2) in ms."""
    for link, found in numbers.items():
        for name, called in MOVED.items():
            yield from drags(f"{called} dragged, pictures a second", link, OURS, name, numbers)
            yield from waits(f"{called}, one step to its picture, ms", link, found["wait", OURS, name], numbers, name)
        for name, called in RAVINE_MOVED.items():
            yield from drags(f"{called} dragged, pictures a second", link, RAVINE, name, numbers)
    cell = Contest("cell run to picture, ms", LOOPBACK, on_screen[:, 0], INTERACT, on_screen[:, 1])
    yield cell.cells(at_most(cell, 1000))


def absent(peer):
    return "slider dragged, pictures a second", LOOPBACK, peer, "", "", "", "", "not measured: it does not move here"


def contests(job, link, found, ours=OURS, **options):
    """Ours against each peer that was measured. found: subject -> repeats."""
    return [Contest(job, link, found[ours], peer, found[peer], **options) for peer in found if peer != ours]


def drags(job, link, ours, name, numbers):
    """Ours against what there can be at most, and against each peer."""
    for drag in contests(job, link, numbers[link]["drag", ours, name], ours, more_is_better=True):
        goals = drag.times((DELAYED_GOAL if link == DELAYED else FRAMES_GOAL).get(drag.peer))
        if drag.peer == EMPTY:
            goals = drag.times(OF_EMPTY)
        if drag.peer == EMPTY and link == DELAYED:
            share = drag.middle / np.median(numbers[LOOPBACK]["drag", ours, name][ours])
            goals.append((f"{OF_LOOPBACK} of loopback", share >= OF_LOOPBACK, f"{share:.2f} of loopback"))
        yield drag.cells(*goals)


def waits(job, link, found, numbers, name):
    """How long one step takes; a delay may cost ours no more than a frame."""
    for wait in contests(job, link, found):
        goals = wait.times(4 if wait.peer == INTERACT else None)
        if wait.peer == INTERACT and link == DELAYED:
            later = wait.middle - np.median(numbers[LOOPBACK]["wait", OURS, name][OURS])
            goals.append(("within a frame of loopback", later <= FRAME, f"{later:.0f} ms later"))
        yield wait.cells(*goals)


def at_most(wait, limit):
    return f"{limit} ms", wait.middle <= limit, f"{wait.middle:.0f} of {limit} ms"

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
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from course_lib import labs
from scripts.chromium import running

from . import report, slow_link

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # the tests know how to start a server

import browser  # noqa: E402
import lab_server  # noqa: E402

PACKAGES = ("jupyterlab", "ipywidgets", "anywidget", "matplotlib", "ipympl")
HEAD = ("job", "link", "peer", "ours", "the peer's", "ratio", "goal", "")
LOOPBACK, DELAYED, EXPORTED = "loopback", "100 ms", "exported"
LINKS = {LOOPBACK: 0.0, DELAYED: 0.1}  # s, each way
FRAME = 17  # ms, of the screen

HILL, RAVINE = "hill", "ravine"
KERNEL, INTERACT, IPYMPL, EMPTY = "kernel", "interact", "ipympl", "an empty loop"
PEERS = (KERNEL, INTERACT, IPYMPL)
CELLS = ["labs.hill()", *(f"hill_peers.{peer}()" for peer in PEERS), "labs.ravine()"]
DRAGGED, WAITED = "dragged, pictures a second", "one step to its picture, ms"
GOALS = {  # job, link, peer: how many times as good; a drag is also a share of what there can be at most
    (DRAGGED, LOOPBACK, INTERACT): 7,
    (DRAGGED, LOOPBACK, IPYMPL): 3,
    (DRAGGED, DELAYED, INTERACT): 30,
    (WAITED, LOOPBACK, INTERACT): 4,
    (WAITED, DELAYED, INTERACT): 4,
} | {(DRAGGED, link, EMPTY): 0.95 for link in (LOOPBACK, DELAYED, EXPORTED)}
OF_LOOPBACK = 0.98  # pictures of a drag as a share of those without delay
DRAGS, FIRST, SECONDS, AT_MOST = 5, 5, 2, 1000
MOVED = {HILL: {"gamma": "slider", "start": "start"}}  # quantity -> what it is called in the table
MOVED[RAVINE] = {"gamma": "labs.ravine: slider", "start.0": "labs.ravine: start"}


def table(repeats):
    drags, first = (DRAGS, FIRST) if repeats > DRAGS else (1, 2)
    with opened() as (link, server, chromium):
        on_screen = [first_pictures(server, chromium, number) for number in range(first)]
        page = together(server, chromium)
        numbers = {}
        for name, link.delay in LINKS.items():
            report.progress(name)
            numbers[name] = measured(page, HILL, drags, repeats, PEERS) | measured(page, RAVINE, drags, repeats)
        numbers[EXPORTED], errors = {}, page.errors
        for lab in MOVED:
            exported = opened_from_disk(chromium, server.root, lab)
            numbers[EXPORTED] |= measured(exported, lab, drags, repeats)
            errors += exported.errors
        if errors:
            raise RuntimeError(f"errors in the page: {errors}")
    return [*rows(numbers), cell_row(*np.transpose(on_screen))]


def measured(page, lab, drags, repeats, peers=()):
    """{(what was moved, job): {subject: an array of repeats}} of a page; the lab is the first subject."""
    found = {}
    for name, called in MOVED[lab].items():
        found[called, DRAGGED] = by_turns(page, "drag", name, [lab, *peers, EMPTY], drags)
        if peers:
            found[called, WAITED] = by_turns(page, "latency", name, [lab, *peers], repeats)
    return found


def by_turns(page, job, name, subjects, repeats):
    """{subject: an array of what the probe's job gives for it}, turn after turn."""
    call = f"([who, name]) => probe.{job}(who, name, {SECONDS})"
    turns = [[page.page.evaluate(call, [who, name]) for who in subjects] for _ in range(repeats)]
    return dict(zip(subjects, np.transpose(turns), strict=True))


# The browser and what it shows


@contextmanager
def opened():
    """The link, the server behind it, and a Chromium."""
    with (
        TemporaryDirectory() as folder,
        running() as chromium,
        lab_server.running(with_all_cells(Path(folder).resolve())) as server,
        slow_link.to(int(server.url.rpartition(":")[2])) as link,
    ):
        yield link, lab_server.Server(link.url, server.root), chromium


def with_all_cells(folder):
    """The folder, with the setting that JupyterLab keeps cells which are not on the screen in the page."""
    settings = folder / ".jupyter-home/config/lab/user-settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}', encoding="utf-8")
    return folder


def setup():
    """The set-up cell of a lesson, with the peers."""
    lesson = json.loads((ROOT / "notebooks" / "01_what_is_momentum.ipynb").read_text(encoding="utf-8"))
    code = next("".join(cell["source"]) for cell in lesson["cells"] if cell["cell_type"] == "code")
    return f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom benchmarks import hill_peers\n{code}"


def probed(page):
    """The page with probe.js in it."""
    page.page.add_script_tag(path=Path(__file__).with_name("probe.js"), type="module")
    page.page.wait_for_function("window.probe")
    return page


def together(server, chromium):
    """A page in which all figures stand, and move."""
    page = probed(server.open(chromium, "all.ipynb", [setup(), *CELLS]))
    page.page.wait_for_function("document.querySelector('.widget-interact img')?.complete")
    page.page.wait_for_timeout(8000)  # for those who first ask the kernel for their size
    page.page.evaluate("probe.find()")
    by_turns(page, "latency", "gamma", [HILL, *PEERS, RAVINE], repeats=1)
    return page


def opened_from_disk(chromium, folder, lab):
    """An exported lab in a page of its own."""
    file = folder / f"{lab}.html"
    file.write_text(getattr(labs, lab)().html(), encoding="ascii")
    page = browser.Page(chromium.new_page(viewport={"width": 1400, "height": 1000}))
    page.page.goto(file.as_uri())
    page.wait("f.frames > 0")
    probed(page).page.evaluate("probe.find()")
    return page


def first_pictures(server, chromium, number):
    """Milliseconds from running a cell to its picture, in a fresh kernel: ours, interact's; by turns the first one."""
    name, cells = f"fresh{number}.ipynb", [setup(), "labs.hill()", f"hill_peers.{INTERACT}()"]
    page = probed(server.start(chromium, name, cells))
    page.page.evaluate("probe.run(0)")
    jobs = ["probe.liveCell(1)", "probe.interactCell(2)"]
    waits = {job: page.page.evaluate(job) for job in (jobs if number % 2 == 0 else jobs[::-1])}
    page.page.close()
    server.shut_down_kernel(name)
    return [waits[job] for job in jobs]


# The table


def rows(numbers):
    """Rows of texts. numbers: link -> what `measured` gives."""
    for link, found in numbers.items():
        for (called, job), times in found.items():
            (_, ours), *peers = times.items()
            for peer, theirs in peers:
                ratio = ours / theirs if job == DRAGGED else theirs / ours
                goals = [report.times(ratio, GOALS[job, link, peer])] if (job, link, peer) in GOALS else []
                if link == DELAYED:
                    before = next(iter(numbers[LOOPBACK][called, job].values()))
                    goals += delayed(job, peer, np.median(before), np.median(ours))
                cells = map(report.spread, (ours, theirs, ratio))
                yield f"{called}{' ' if job == DRAGGED else ', '}{job}", link, peer, *cells, *report.judged(*goals)


def delayed(job, peer, before, now):
    """What a delay may cost: one picture in fifty, and a step no more than a frame."""
    if (job, peer) == (DRAGGED, EMPTY):
        share = now / before
        yield f"{OF_LOOPBACK} of loopback", share >= OF_LOOPBACK, f"{share:.2f} of loopback"
    if (job, peer) == (WAITED, INTERACT):
        yield "within a frame of loopback", now - before <= FRAME, f"{now - before:.0f} ms later"


def cell_row(ours, theirs):
    wait = np.median(ours)
    goal = (f"{AT_MOST} ms", wait <= AT_MOST, f"{wait:.0f} of {AT_MOST} ms")
    cells = map(report.spread, (ours, theirs, theirs / ours))
    return "cell run to picture, ms", LOOPBACK, INTERACT, *cells, *report.judged(goal)

"""The harness of `make bench`: how it times, tells and keeps; without a time that matters, and mostly without peers."""

import ast
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import browser
import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import hill_peers, live_figures, report, timing
from benchmarks.timing import Row
from course_lib.labs import hill
from scripts.chromium import NoBrowser

ROOT = Path(__file__).parent.parent
RESULTS = report.RESULTS.read_text(encoding="utf-8")


def row(ours=lambda: np.ones(2), theirs=lambda: np.ones(2), **more):
    return Row("job", "peer", ours, theirs, **more)


@pytest.fixture
def kept(monkeypatch, tmp_path):
    """A report and a README of our own."""
    monkeypatch.setattr(report, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(report, "README", tmp_path / "README.md")
    report.RESULTS.write_text("# Old\n\n## a\n\nold a\n\n## b\n\nold b\n", encoding="utf-8")
    report.README.write_text(f"Before.\n{report.BEGIN}old\n{report.END}After.\n", encoding="utf-8")
    return report.RESULTS


# Timing


@pytest.fixture
def clocked(monkeypatch):
    """Jobs tell their own time: the first number that a job returns is how long it took."""

    class Timer:
        def __init__(self, job, timer):
            self.job = job

        def autorange(self):
            return 2, None

        def timeit(self, count):
            return count * self.job()[0]

    monkeypatch.setattr(timing, "Timer", Timer)


def test_jobs_take_turns_and_are_told_in_milliseconds(clocked):
    calls = []

    def job(name, *seconds):
        left = iter(seconds)
        return lambda: (calls.append(name), np.array([next(left)]))[1]

    ours, theirs = timing.measure(row(job("ours", 1, 2, 3), job("peer", 1, 5, 7)), repeats=2)
    assert calls == ["ours", "peer"] * 3
    assert ours.tolist() == [2000, 3000] and theirs.tolist() == [5000, 7000]


def test_a_peer_that_does_a_part_is_multiplied_up(clocked):
    parted = row(lambda: np.full(100, 2.0), lambda: np.full(10, 2.0), part=slice(None, None, 10))
    ours, theirs = timing.measure(parted, repeats=3)
    assert ours == pytest.approx(2000) and theirs == pytest.approx(20_000)


def test_jobs_that_do_not_agree_are_refused():
    with pytest.raises(AssertionError, match="job, peer: not the same"):
        timing.checked(row(theirs=lambda: np.full(2, 1.1)))


def test_each_turn_is_timed():
    ours, theirs = timing.measure(row(), repeats=2)
    assert ours.shape == theirs.shape == (2,) and (ours > 0).all()


# The report


def test_goals_are_met_or_missed_with_the_gap_and_the_reason():
    assert report.judged(report.times([1, 2, 3], 2)) == ("2 times", "met")
    assert report.judged(report.times([1, 1.5, 3], 2), why="because") == (
        "2 times",
        "**missed**: 1.5 of 2 times: because",
    )
    assert report.judged() == ("", "")


@pytest.mark.parametrize(
    ("numbers", "text"), [([1, 2, 3], "2.00 (1.50-2.50)"), ([10, 20], "15.0 (12.5-17.5)"), ([400], "400 (400-400)")]
)
def test_numbers_are_told_as_their_median_and_quartiles(numbers, text):
    assert report.spread(numbers) == text


def test_a_section_says_where_and_with_what_it_was_measured():
    text = report.section("Title.", ("a", "b"), [("1", "")], packages=("pytest",))
    assert text.startswith("Title.\n\n20")
    assert f"numpy {np.__version__}, pytest {pytest.__version__}\n" in text
    assert text.endswith("| a | b |\n|---|---|\n| 1 | |\n")


def test_a_run_replaces_its_own_topic_keeps_the_rest_and_counts_the_goals(kept):
    rows = [("x", "y", "1", "2", "2.00 (1-3)", "2", "met"), ("x", "z", "1", "1", "1.00 (1-1)", "2", "**missed**: 1")]
    report.store("b", report.table(("job",) * 7, rows))
    text = kept.read_text(encoding="utf-8")
    assert list(report.sections(text)) == ["a", "b"] and "old a" in text and "old b" not in text
    assert "Goals: 1 met, 1 missed" in text
    assert "Before.\n<!-- benchmarks -->\n| | against |" in report.README.read_text(encoding="utf-8")
    assert "| x | y | 2.00 |\n| x | z | 1.00 |\n" in report.README.read_text(encoding="utf-8")


def test_the_readme_shows_what_the_report_says():
    readme = report.README.read_text(encoding="utf-8")
    assert report.BEGIN in readme and report.renewed(readme, RESULTS) == readme
    assert "| a drag of the start on an exported page | an empty loop | 1.00 |" in readme


def test_the_stored_report_is_of_the_topics_as_they_are_and_counts_its_goals():
    parts = report.sections(RESULTS)
    assert tuple(parts) == command.TOPICS
    for topic, text in parts.items():
        source = (ROOT / f"benchmarks/{topic}.py").read_text(encoding="utf-8")
        assert text.startswith(ast.get_docstring(ast.parse(source)))
    met, missed = RESULTS.count("| met |"), RESULTS.count("| **missed**")
    assert f"Goals: {met} met, {missed} missed" in RESULTS


# The command


def topic(monkeypatch, table):
    """A topic of one's own instead of those there are."""
    module = SimpleNamespace(__doc__="Title.", HEAD=("job",) * 7, PACKAGES=(), table=table)
    monkeypatch.setattr(command, "import_module", lambda name, package: module)


def seen(repeats):
    return [("x", "y", "1", "2", f"{repeats} (1-2)", "", "")]


def test_a_topic_is_written_when_it_is_done_and_a_quick_run_writes_nothing(monkeypatch, kept, capsys):
    topic(monkeypatch, seen)
    command.main(["--quick", "descent"])
    assert "old a" in kept.read_text() and "| 3 (1-2) |" in capsys.readouterr().out
    command.main([])
    assert kept.read_text().count("| 15 (1-2) |") == len(command.TOPICS)


def test_without_a_browser_a_sentence_says_so(monkeypatch, kept):
    def table(repeats):
        raise NoBrowser("no such luck")

    topic(monkeypatch, table)
    with pytest.raises(SystemExit, match=r"NOT MEASURED: live_figures\. no such luck; call"):
        command.main(["live_figures"])


def test_an_unknown_topic_is_refused(capsys):
    with pytest.raises(SystemExit):
        command.main(["weather"])
    assert "there is no topic weather: topics are descent, live_figures" in capsys.readouterr().err


def test_the_environment_of_the_peers_knows_when_it_is_stale():
    script = "import peers; print(peers.wanted()); peers.fingerprint = lambda root: 'other'; print(peers.wanted())"
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT / "scripts", capture_output=True, text=True, check=True
    )
    assert len(set(told.stdout.split())) == 2


# The topics


def test_all_tools_give_the_same_answers():
    for library in ("torch", "jax", "optax"):
        pytest.importorskip(
            library, reason=f"{library} is not installed: `make bench` makes an environment that has it"
        )
    from benchmarks import descent

    shares = [timing.checked(contest) for contest in descent.ROWS]
    assert sorted(shares) == pytest.approx([0.01] + [1] * (len(shares) - 1))


def test_the_peers_show_the_picture_of_the_lab():
    theirs = BytesIO()
    hill_peers.draw(lr=0.05, gamma=0.9).savefig(theirs, format="png")
    difference = browser.decode(hill().picture(scale=1)) - browser.decode(theirs.getvalue())
    assert np.abs(difference).mean() < 0.5  # of 255


def figures(ours=60.0, empty=60.0):
    """What a measurement of one link may give."""
    found = {}
    for lab, moved in live_figures.MOVED.items():
        for called in moved.values():
            drag = {lab: ours, live_figures.INTERACT: 2.0, live_figures.EMPTY: empty}
            found[called, live_figures.DRAGGED] = {who: np.full(3, number) for who, number in drag.items()}
            found[called, live_figures.WAITED] = {lab: np.full(3, 10.0), live_figures.INTERACT: np.full(3, 400.0)}
    return found


def verdicts(**links):
    return {(job, link, peer): verdict for job, link, peer, *_, verdict in live_figures.rows(links)}


JOB = "start dragged, pictures a second"


def test_frames_are_better_the_more_and_times_the_fewer():
    rows = [*live_figures.rows({"loopback": figures()}), live_figures.cell_row(np.full(3, 900.0), np.full(3, 450.0))]
    ratios = {row[0]: row[5] for row in rows if row[2] == "interact"}
    assert ratios[JOB].startswith("30.0 ")
    assert ratios["start, one step to its picture, ms"].startswith("40.0 ")
    assert ratios["cell run to picture, ms"].startswith("0.50 ") and rows[-1][-1] == "met"
    assert all(len(row) == len(live_figures.HEAD) for row in rows)


def test_a_drag_is_measured_by_what_an_empty_loop_reaches():
    assert verdicts(loopback=figures(58.0))[JOB, "loopback", live_figures.EMPTY] == "met"
    told = verdicts(exported=figures(45.0))
    assert told[f"labs.ravine: {JOB}", "exported", live_figures.EMPTY] == "**missed**: 0.75 of 0.95 times"


def test_a_delay_may_cost_one_picture_in_fifty_and_a_step_a_frame():
    delayed = {"100 ms": figures(57.0, empty=57.0)}
    assert verdicts(loopback=figures(), **delayed)[JOB, "100 ms", live_figures.EMPTY] == "**missed**: 0.95 of loopback"
    delayed["100 ms"]["start", live_figures.WAITED]["hill"] = np.full(3, 28.0)
    told = verdicts(loopback=figures(), **delayed)["start, one step to its picture, ms", "100 ms", "interact"]
    assert told == "**missed**: 18 ms later"
    assert verdicts(loopback=figures(), **{"100 ms": figures(59.0)})[JOB, "100 ms", live_figures.EMPTY] == "met"

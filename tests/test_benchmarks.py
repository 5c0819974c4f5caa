"""The harness of `make bench`: how it times, tells and keeps; without the peers, and without a time that matters."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import landscapes, live_figures, report, sizes, summary, timing, training
from benchmarks.timing import Row, Unavailable
from course_lib.surfaces import SURFACES

ROOT = Path(__file__).parent.parent


def row(ours=lambda: (1.0,), peer=lambda: (1.0,), **more):
    return Row("job", "peer", ours, peer, **more)


def result(*ratio, goal=2.0, why="because"):
    ones = np.ones(3)
    return timing.Result(row(goal=goal, why=why), ones, ones, np.array(ratio))


@pytest.fixture
def clocked(monkeypatch):
    """Jobs tell their own time: what a job returns is how long it took."""
    monkeypatch.setattr(timing, "loops_for", lambda job: 1)
    monkeypatch.setattr(timing, "clock", lambda job, loops: job()[0])


@pytest.fixture
def results(monkeypatch, tmp_path):
    monkeypatch.setattr(report, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(summary, "README", tmp_path / "README.md")
    summary.README.write_text(f"Before.\n{summary.BEGIN}old\n{summary.END}After.\n", encoding="utf-8")
    return report.RESULTS


# Timing


def test_jobs_take_turns():
    calls = []
    timing.measure(row(lambda: calls.append("ours") or (1,), lambda: calls.append("peer") or (1,)), repeats=1)
    assert calls[:2] == ["ours", "peer"]
    assert set(calls[calls.index("peer") :]) == {"ours", "peer"}


def test_the_ratio_is_taken_turn_by_turn(clocked):
    ours, peer = iter([9, 1, 2, 4]), iter([9, 3, 4, 4])
    told = timing.measure(row(lambda: (next(ours),), lambda: (next(peer),), same=None), repeats=3)
    np.testing.assert_allclose(told.ratio, np.percentile([3, 2, 1], (25, 50, 75)))
    assert told.ours[1] == 2 and told.peer[1] == 4


def test_a_peer_that_does_a_share_is_multiplied_up(clocked):
    told = timing.measure(row(lambda: (2.0,), lambda: (1.0,), share=0.01, same=None), repeats=3)
    assert told.peer[1] == pytest.approx(100) and told.ratio[1] == pytest.approx(50)


def test_jobs_that_do_not_agree_are_refused():
    with pytest.raises(AssertionError, match="job, peer: not the same"):
        timing.check(row(lambda: (1.0,), lambda: (1.1,)))


def test_an_answer_is_compared_as_the_peer_reports_it():
    timing.check(row(lambda: (1.0,), lambda: (2.0,), seen=lambda answer: (2 * answer,)))


def test_a_quick_job_is_called_more_often_than_a_slow_one(monkeypatch):
    monkeypatch.setattr(timing, "clock", lambda job, loops: job)
    assert timing.loops_for(0.001) == 20 and timing.loops_for(5.0) == 1


# The report


def test_a_goal_that_is_reached_is_met():
    assert report.timed(result(2, 2, 3))[-2:] == ("2", "met")


def test_a_missed_goal_says_by_how_much_and_why():
    assert report.timed(result(1, 1.5, 3))[-2:] == ("2", "**missed**: 1.5 of 2: because")


def test_without_a_goal_there_is_no_verdict():
    assert report.timed(result(1, 1.5, 3, goal=None))[-2:] == ("", "")


def test_a_section_says_where_and_with_what_it_was_measured():
    text = report.section("Title.", ("a", "b"), [("1", "")], packages=("pytest", "no-such-package"))
    assert text.startswith("Title.\n\n20")
    assert f"numpy {np.__version__}, pytest {pytest.__version__}\n" in text and "no-such-package" not in text
    assert text.endswith("| a | b |\n|---|---|\n| 1 | |\n")


def test_a_run_replaces_its_own_topic_and_keeps_the_rest(results):
    report.write({"b": "old b", "a": "old a"}, order=("a", "b", "c"))
    report.write({"b": "new b"}, order=("a", "b", "c"))
    assert list(report.sections(results.read_text())) == ["a", "b"]
    assert report.sections(results.read_text())["a"].strip() == "old a"
    assert report.sections(results.read_text())["b"].strip() == "new b"


def test_a_topic_that_no_longer_exists_is_kept_behind_the_others(results):
    report.write({"gone": "text"})
    report.write({"a": "text"}, order=("a",))
    assert list(report.sections(results.read_text())) == ["a", "gone"]


def test_the_report_counts_its_goals(results):
    rows = [("x", "2", "met"), ("y", "2", "**missed**: 1 of 2"), ("z", "", "")]
    report.write({"a": report.section("Title.", ("job", "goal", ""), rows)})
    assert "Goals: 1 met, 1 missed" in results.read_text()


def test_the_stored_report_has_the_topics_of_the_command():
    assert set(report.sections((ROOT / "benchmarks/RESULTS.md").read_text(encoding="utf-8"))) <= set(command.TOPICS)


# The short table of the README


def test_the_readme_shows_what_the_report_says():
    readme = summary.README.read_text(encoding="utf-8")
    assert summary.BEGIN in readme
    assert summary.renewed(readme, (ROOT / "benchmarks/RESULTS.md").read_text(encoding="utf-8")) == readme


def test_the_readmes_table_finds_its_ratios_in_a_report():
    row = ("final loss", "textbook numpy", "1", "2", "2.50 (2-3)", "2", "met")
    sweeps = report.section("Title.", report.TIMED, [row])
    drag = (summary.DRAG, "exported", "an empty loop", "60", "60", "1.00 (1-1)", "", "")
    figures = report.section("Title.", live_figures.HEAD, [drag])
    told = summary.table(f"## sweeps\n\n{sweeps}\n## live_figures\n\n{figures}")
    assert told.splitlines()[2:] == [
        "| a grid of 100 x 100 runs | textbook numpy | 2.50 |",
        "| pictures of a drag of the start, exported page | an empty loop | 1.00 |",
    ]


# The command


def topic(monkeypatch, **parts):
    """A topic of one's own, alone."""
    module = type("topic", (), {"__doc__": "Title.", "HEAD": ("a",)} | parts)
    monkeypatch.setattr(command, "TOPICS", ("mine",))
    monkeypatch.setattr(command, "import_module", lambda name, package: module)


def test_a_topic_is_written_when_it_is_done(monkeypatch, results):
    topic(monkeypatch, table=lambda repeats: [(str(repeats),)])
    assert command.main([]) == 0
    assert "| 15 |" in results.read_text()
    assert summary.README.read_text(encoding="utf-8").startswith("Before.\n<!-- benchmarks -->\n| | against |")


def test_a_quick_run_writes_nothing(monkeypatch, results, capsys):
    topic(monkeypatch, table=lambda repeats: [(str(repeats),)])
    assert command.main(["--quick"]) == 0
    assert not results.exists() and "| 3 |" in capsys.readouterr().out


@pytest.mark.parametrize("fault", [Unavailable, ValueError])
def test_a_topic_that_fails_leaves_the_report_and_fails_the_run(monkeypatch, results, capsys, fault):
    def table(repeats):
        raise fault("no such luck")

    topic(monkeypatch, table=table)
    assert command.main([]) == 1
    assert not results.exists() and "no such luck" in capsys.readouterr().err


def test_a_peer_that_is_not_installed_is_named_in_its_row(monkeypatch, results):
    def absent():
        raise ImportError("No module named 'absent'")

    topic(monkeypatch, rows=staticmethod(lambda: [row(peer=absent, goal=3)]))
    assert command.main([]) == 0
    assert "| job | peer | | | | 3 | not measured: No module named 'absent' |" in results.read_text()


def test_an_unknown_topic_is_refused(capsys):
    with pytest.raises(SystemExit):
        command.main(["weather"])
    assert "there is no topic weather: topics are descent, sweeps" in capsys.readouterr().err


def test_the_environment_of_the_peers_knows_when_it_is_stale():
    script = "import peers; print(peers.wanted()); peers.fingerprint = lambda root: 'other'; print(peers.wanted())"
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT / "scripts", capture_output=True, text=True, check=True
    )
    assert len(set(told.stdout.split())) == 2


# The topics


@pytest.mark.parametrize("key", landscapes.LANDSCAPES)
def test_a_landscape_is_the_surface_of_the_course(key):
    land, surface, theta = landscapes.LANDSCAPES[key], SURFACES[key], np.array([0.3, -1.7])
    assert land.start == surface.start
    np.testing.assert_allclose(land.value(theta), surface.value(theta))
    np.testing.assert_allclose(land.gradient(theta), surface.gradient(theta))


def test_training_to_an_accuracy_counts_the_start_as_no_epoch():
    assert training.reached([0.98]) == 0 and training.reached([0.1, 0.96, 0.97]) == 2
    with pytest.raises(Unavailable, match="97%"):
        training.reached([0.1, 0.96])


def test_a_row_of_sizes_names_the_largest_file(tmp_path):
    for name, size in (("small", 10_000), ("large", 90_000)):
        (tmp_path / name).write_bytes(bytes(size))
    assert sizes.row("both", tmp_path.iterdir()) == ("both", "0.10", "2", "large, 0.09", "", "")


def figures(ours=60.0, empty=60.0):
    """What a measurement of one link may give."""
    drag = {"live": np.full(3, ours), "interact": np.full(3, 2.0), live_figures.EMPTY: np.full(3, empty)}
    wait = {"live": np.full(3, 10.0), "interact": np.full(3, 400.0)}
    ravine = {"ravine": np.full(3, 0.99 * ours), live_figures.EMPTY: np.full(3, empty)}
    found = {("drag", "ravine", name): ravine for name in live_figures.RAVINE_MOVED}
    for name in live_figures.MOVED:
        found |= {("drag", "live", name): drag, ("wait", "live", name): wait}
    return found


def verdicts(**links):
    rows = live_figures.rows(links, np.full((3, 2), 900.0))
    return {(job, link, peer): verdict for job, link, peer, *_, verdict in rows}


def test_frames_are_better_the_more_and_times_the_fewer():
    rows = list(live_figures.rows({"loopback": figures()}, np.full((3, 2), 900.0)))
    ratios = {row[0]: row[5] for row in rows if row[2] == "interact"}
    assert ratios["start dragged, pictures a second"].startswith("30.0 ")
    assert ratios["slider, one step to its picture, ms"].startswith("40.0 ")
    assert all(len(row) == len(live_figures.HEAD) for row in rows)


def test_a_drag_is_measured_by_what_an_empty_loop_reaches():
    job = "start dragged, pictures a second"
    assert verdicts(loopback=figures(58.0))[job, "loopback", live_figures.EMPTY] == "met"
    told = verdicts(exported=figures(45.0))
    assert told[job, "exported", live_figures.EMPTY] == "**missed**: 0.75 of 0.95 times"
    assert told[f"labs.ravine: {job}", "exported", live_figures.EMPTY] == "**missed**: 0.74 of 0.95 times"


def test_a_delay_may_cost_one_picture_in_fifty():
    job = "start dragged, pictures a second"
    told = verdicts(loopback=figures(60.0), **{"100 ms": figures(57.0, empty=57.0)})
    assert told[job, "100 ms", live_figures.EMPTY] == "**missed**: 0.95 of loopback"
    assert verdicts(loopback=figures(), **{"100 ms": figures(59.0)})[job, "100 ms", live_figures.EMPTY] == "met"


def test_topics_can_be_read_without_the_peers():
    from benchmarks import descent, sweeps

    assert len(list(descent.rows())) > 30 and len(list(sweeps.rows())) == 6

"""A class's notebooks are graded as what was put into them, whatever else they hold and however they come."""

import csv
import io
import json
import os
import re
import sys
import zipfile
from collections import Counter
from html import unescape
from pathlib import Path

import pytest
from handed_in import SETUP, a_class, hand_in, notebook

import course_lib
from course_lib import checks, grading
from course_lib.__main__ import main
from course_lib.checks import calling
from course_lib.grading import running, submissions
from course_lib.grading.answers import TASKS, Notebook
from course_lib.grading.submissions import Learner, collect, learner


@pytest.fixture
def in_this_process(monkeypatch):
    """Answers that are known to be harmless run here, which takes a tenth of the time."""
    ran = []

    def run(jobs, limits, done):
        for job in jobs:
            ran.append(job)
            done(job, running.graded(job))

    monkeypatch.setattr(running, "run", run)
    monkeypatch.setattr(calling, "SECONDS", 20)  # a figure, drawn for the first time on a busy machine
    return ran


def graded(folder, *options):
    """The lines of grades.csv by learner, and the text of the report."""
    target = folder.with_name("out")
    assert grading.main([str(folder), "--to", str(target), *options]) == 0
    with (target / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = {line["learner"]: line for line in csv.DictReader(file)}
    return lines, (target / "report.html").read_text(encoding="utf-8")


def counted(page):
    """exercise -> what is counted in its part of the report: words -> how many."""
    articles = re.findall(r'<article id="(\w+)">(.*?)</article>', page, re.DOTALL)
    number = re.compile(r'<b>(\d+)</b> of \d+</span><div><span class="name">(.*?)</span>')
    return {
        name: Counter({unescape(re.sub("</?code>", "`", words)): int(n) for n, words in number.findall(part)})
        for name, part in articles
    }


@pytest.mark.parametrize("lesson", sorted(checks.LESSONS))
def test_a_class_is_counted_exactly(lesson, tmp_path, in_this_process):
    put_in = a_class(tmp_path / "in", lesson, 100 if lesson == 1 else 30)
    lines, page = graded(tmp_path / "in")
    shown = counted(page)
    for name, outcomes in put_in.items():
        words = {"told": "noted"}
        assert [line[name] for line in lines.values()] == [words.get(verdict, verdict) for verdict, _ in outcomes]
        for mistake, count in Counter(said for verdict, said in outcomes if verdict in ("wrong", "trouble")).items():
            assert sum(n for said, n in shown[name].items() if mistake in said) == count, (name, mistake)


NASTY = {
    "loops": "while True:\n    pass",
    "cannot be stopped": "sum(range(10**12))",
    "eats memory": "x = bytearray(10**11)",
    "eats memory slowly": "x = []\nwhile True:\n    x.append(bytearray(10**7))",
    "exits": "import sys\nsys.exit()",
    "exits at once": "import os\nos._exit(0)",
    "kills its parent": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "deletes files": "import shutil\nshutil.rmtree(PLACE)",
    "writes files": "open(PLACE + '/new', 'w')",
    "prints megabytes": "for k in range(20):\n    print('x' * 10**6)\nraise ValueError",
    "cannot import": "import no_such_package",
    "raises": "raise RuntimeError('<script>alert(1)</script>')",
    "recurses": "def f():\n    f()\n\n\nf()",
    "changes the checks": "checks.exercises.Number.judge = lambda *_: checks.feedback.Feedback('right', '')",
    "changes numpy": "np.allclose = lambda *_, **__: True",
    "asks the network": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9')",
    "starts programs": "import subprocess\nsubprocess.run(['ls'])",
    "asks": "input()",
    "writes into the pipe": "import os\nfor k in range(3, 20):\n    with suppress(OSError):\n"
    "        os.write(k, bytes([0, 0, 0, 2]) + b'{}')",
    "says half a letter": "raise ValueError('\\ud800')",
}
GOOD = 'what_went_wrong = "c"'


def test_the_nastiest_answers_harm_no_other(tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years")
    for name, code in NASTY.items():
        indented = "\n".join(f"    {line}" for line in code.replace("PLACE", repr(str(precious))).splitlines())
        bad = f"def bad():\n{indented}\n\n\nfinal_step = bad() or 4.0"
        hand_in(tmp_path / "in" / f"{name}.ipynb", SETUP, "from contextlib import suppress", bad, GOOD)
    hand_in(tmp_path / "in" / "good.ipynb", SETUP, "final_step = 4.0", GOOD)
    lines, page = graded(tmp_path / "in", "--seconds", "2", "--megabytes", "1500")
    assert (precious / "thesis.txt").read_text() == "years" and len(list(precious.iterdir())) == 1
    assert {name: line["what_went_wrong"] for name, line in lines.items()} == dict.fromkeys([*NASTY, "good"], "right")
    assert {name for name, line in lines.items() if line["final_step"] != "trouble"} == {"good"}
    assert "<script>" not in page


FILES = {
    "empty.ipynb": b"",
    "essay.pdf": b"%PDF-1.4",
    "truncated.ipynb": notebook(SETUP, GOOD)[:-20].encode(),
    "a list.ipynb": b"[1, 2]",
    "no cells.ipynb": b'{"cells": [{"cell_type": "code"}, 3]}',
    "latin.ipynb": "é".encode("latin-1"),
    "deep.ipynb": b"[" * 100_000,
    "something else.ipynb": notebook("print('hello')").encode(),
    "damaged.zip": b"PK\x03\x04 and no more",
    "nested too deeply.ipynb": notebook("final_step = " + "(" * 5000 + "4" + ")" * 5000).encode(),
    "a zero.ipynb": notebook("final_step = 4\0").encode(),
    "no python.ipynb": notebook("final_step = = 4", GOOD).encode(),
}


def test_files_that_are_no_lesson_get_one_line_each(tmp_path, in_this_process):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    (folder / "folder.ipynb").mkdir()
    (folder / "link.ipynb").symlink_to("good.ipynb")
    (folder / os.fsdecode(b"half a letter \xff.ipynb")).write_text(notebook(GOOD, "x = '\ud800'"))
    hand_in(folder / "a long chain.ipynb", "x0 = 4", *(f"x{k + 1} = x{k}" for k in range(2000)), "final_step = x2000")
    hand_in(folder / "good.ipynb", GOOD)
    lines, page = graded(folder)
    part = page[page.index('id="files"') :]
    unreadable = ["nested too deeply", "a zero", "no python", "a long chain"]
    for name in {*FILES, "link.ipynb"} - {f"{name}.ipynb" for name in unreadable}:
        assert part.count(f"<b>{name}</b>") == 1, name
    assert {lines[name]["final_step"] for name in unreadable} == {"trouble"}
    assert lines["no python"]["what_went_wrong"] == lines["good"]["what_went_wrong"] == "right"


def zipped(**files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def test_zips_in_zips_are_read_and_nothing_is_unpacked(tmp_path, in_this_process):
    folder = tmp_path / "in"
    folder.mkdir()
    inner = zipped(**{"..__..__evil.ipynb": notebook(GOOD), "__etc__passwd.ipynb": notebook(GOOD)})
    (folder / "all.zip").write_bytes(zipped(**{"anna.zip": inner, "ben__my work.ipynb": notebook(GOOD)}))
    before = set(tmp_path.rglob("*"))
    collect(folder)
    assert set(tmp_path.rglob("*")) == before
    lines, _ = graded(folder)
    assert {name: line["what_went_wrong"] for name, line in lines.items()} == {"anna": "right", "ben": "right"}


@pytest.mark.parametrize(
    ("paths", "whose"),
    [
        (["class/anna.ipynb"], ["class"]),
        (["class.zip/anna.ipynb", "class.zip/ben.ipynb"], ["anna", "ben"]),
        (["class/anna/a.ipynb", "class/ben/a.ipynb"], ["anna", "ben"]),
        (["all.zip/class/anna.zip/a.ipynb", "all.zip/class/ben.ipynb"], ["anna", "ben"]),
        (["anna/01_what_is_momentum.ipynb", "anna/two.ipynb"], ["anna", "anna"]),
    ],
)
def test_a_folder_around_all_is_no_learner(paths, whose):
    parts = [tuple(path.split("/")) for path in paths]
    shared = submissions._shared(parts)
    assert [learner(path[shared:]).name for path in parts] == whose


@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("Anna Meier_1234567_assignsubmission_file_/01.ipynb", Learner("Anna Meier", "Moodle", "1234567")),
        ("Anna Meier_1234567_assignsubmission_file/a/b.ipynb", Learner("Anna Meier", "Moodle", "1234567")),
        ("Anna Meier_1234567_assignsubmission_file_my work.ipynb", Learner("Anna Meier", "Moodle", "1234567")),
        ("meieranna_4711_81234_01_what_is_momentum.ipynb", Learner("meieranna", "Canvas", "4711")),
        ("meieranna_LATE_4711_81234_a_b-1.ipynb", Learner("meieranna", "Canvas", "4711")),
        ("Anna Meier/homework.ipynb", Learner("Anna Meier")),
        ("Anna Meier.zip/deep/er/homework.ipynb", Learner("Anna Meier")),
        ("homework_2_3_anna.ipynb", Learner("homework_2_3_anna")),
        ("week 2/Анна.ipynb", Learner("Анна")),
        ("01_what_is_momentum/anna.ipynb", Learner("anna")),
        ("01_what_is_momentum_anna (1).ipynb", Learner("anna")),
        ("anna-01_What_is_momentum-Copy1.ipynb", Learner("anna")),
        ("01_what_is_momentum.ipynb", Learner("01_what_is_momentum")),
    ],
)
def test_whose_a_file_is(path, whose):
    assert learner(tuple(path.split("/"))) == whose


NEEDS = {  # cells -> the statements to run; where no second list stands, the cells themselves
    "one cell": (["final_step = 4", "x = 1"], ["final_step = 4"]),
    "a second try": (["final_step = 3", "final_step = 4"], ["final_step = 4"]),
    "a stub below": (["final_step = 4", "final_step = ..."], ["final_step = 4"]),
    "a stub": (["final_step = ..."],),
    "imports": (["import os, numpy as np", "final_step = np.abs(2)"], ["import numpy as np", "final_step = np.abs(2)"]),
    "a helper below": (["final_step = half()", "def half(): 2"], ["def half(): 2", "final_step = half()"]),
    "changed in place": (["x = []", "x.append(4)", "final_step = x[0]"],),
    "only shown": (["x = 4", "print(x)", "final_step = x"], ["x = 4", "final_step = x"]),
    "the last value": (["x = 1", "x = 2", "x += 2", "final_step = x", "x = 9"], ["x = 2", "x += 2", "final_step = x"]),
    "a star": (["from math import *", "final_step = sqrt(16)"],),
    "magic": (["%matplotlib inline\n!ls\nfinal_step = 4"], ["final_step = 4"]),
    "timed": (["%%time\nfinal_step = 4"], ["final_step = 4"]),
    "a loop": (["x = 3", "for k in range(1): x = x + 1", "final_step = x"],),
    "a decorator": (["def twice(f): return f", "@twice\ndef final_step(): pass"],),
    "dots of an array": (["final_step = 3", "final_step = x[..., 0]"], ["final_step = x[..., 0]"]),
    "checked as it is": (["final_step = ...", "checks.final_step(4).explain()"], ["checks.final_step(4).explain()"]),
    "checked by name": (["final_step = 4", "checks.final_step(final_step)"], ["final_step = 4"]),
    "another name": (["final_step = ...", "x = 4", "checks.final_step(x)"], ["x = 4", "checks.final_step(x)"]),
    "itself": (["final_step = 1", "def final_step(n): final_step(n - 1)"], ["def final_step(n): final_step(n - 1)"]),
}


@pytest.mark.parametrize("case", NEEDS)
def test_an_answer_is_what_it_needs_and_no_more(case):
    code, *wanted = NEEDS[case]
    assert [step.source for step in Notebook(tuple(code)).answer("final_step")] == (wanted or [code])[0]


def test_a_second_call_goes_on_and_a_corrected_answer_is_graded_alone(tmp_path, in_this_process, monkeypatch):
    a_class(tmp_path / "in", 1, 6)
    run, added = running.run, []

    def interrupted(jobs, limits, done):
        run(jobs[:5], limits, done)
        added.extend(job.key for job in jobs[:5])
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(running, "run", interrupted)
        assert grading.main([str(tmp_path / "in"), "--to", str(tmp_path / "out")]) == 130
    with (tmp_path / "out" / "graded.jsonl").open("a") as file:
        file.write('["cut o')
    in_this_process.clear()
    before, _ = graded(tmp_path / "in")
    assert not {job.key for job in in_this_process} & set(added)
    in_this_process.clear()
    hand_in(tmp_path / "in" / "learner 000.ipynb", "final_step = 4.0", GOOD)
    after, _ = graded(tmp_path / "in")
    assert {job.name for job in in_this_process} <= {"final_step", "what_went_wrong"}
    assert after["learner 000"]["final_step"] == "right"
    assert all(after[name] == line for name, line in before.items() if name != "learner 000")


def test_points_are_those_of_the_table(tmp_path, in_this_process):
    hand_in(tmp_path / "in" / "anna.ipynb", "final_step = 4.0", GOOD, 'walker_and_ball = "a"')
    lines, _ = graded(tmp_path / "in")
    assert (lines["anna"]["points"], lines["anna"]["stars"]) == ("3", "3")
    table = tmp_path / "out" / "points.csv"
    table.write_text(table.read_text().replace("final_step,1", "final_step,2.5"))
    lines, _ = graded(tmp_path / "in")
    assert (lines["anna"]["points"], lines["anna"]["stars"]) == ("4.5", "3")


def test_tables_for_moodle_and_canvas(tmp_path, in_this_process):
    hand_in(tmp_path / "in" / "Anna_77_assignsubmission_file_" / "a.ipynb", GOOD)
    hand_in(tmp_path / "in" / "meierben_88_99_a.ipynb", GOOD)
    graded(tmp_path / "in")
    moodle, canvas = ((tmp_path / "out" / name).read_text().splitlines() for name in ("moodle.csv", "canvas.csv"))
    assert moodle == ["Identifier,Full name,Grade,Maximum grade,Last modified (grade)", "Participant 77,Anna,1,13,-"]
    assert canvas == ["Student,ID,Section,Momentum course", "    Points Possible,,,13", "meierben,88,,1"]


def test_anonymous_leaves_names_out_everywhere(tmp_path, in_this_process):
    hand_in(
        tmp_path / "in" / "Rumpelstilz_7654321_assignsubmission_file_" / "Rumpelstilz.ipynb", GOOD, "final_step = 3.0"
    )
    (tmp_path / "in" / "Rumpelstilz2.ipynb").write_text("")
    hand_in(tmp_path / "in" / "Rumpelstilz_7654321_assignsubmission_file_" / "Rumpelstilz3.ipynb", "final_step = 3.0")
    graded(tmp_path / "in", "--anonymous")
    for path in (tmp_path / "out").iterdir():
        assert not re.search("Rumpelstilz|7654321", path.read_text(encoding="utf-8")), path.name
    assert not (tmp_path / "out" / "moodle.csv").exists()


def test_what_learners_wrote_is_text_to_browsers_and_to_spreadsheets(tmp_path, in_this_process):
    nasty = '<img src=x onerror="alert(1)">'
    hand_in(
        tmp_path / "in" / "=HYPERLINK(1)" / "a.ipynb",
        f"two_sentences = '''{nasty} and eight more words of my own here'''",
    )
    hand_in(tmp_path / "in" / nasty.replace("/", "") / "a.ipynb", ("markdown", f"- **a**: {nasty}"), 'best_h = "a"')
    lines, page = graded(tmp_path / "in")
    assert "<img" not in page and unescape(page).count(nasty) >= 3
    assert "'=HYPERLINK(1)" in lines


def test_two_lessons_make_one_row_and_of_two_copies_the_later_counts(tmp_path, in_this_process):
    hand_in(tmp_path / "in" / "anna" / "one.ipynb", "final_step = 4.0")
    os.utime(hand_in(tmp_path / "in" / "anna" / "two.ipynb", "final_step = 3.0"), (1, 1))
    hand_in(tmp_path / "in" / "anna" / "three.ipynb", "best_rate = 2 / 15")
    lines, page = graded(tmp_path / "in")
    assert (lines["anna"]["final_step"], lines["anna"]["best_rate"]) == ("right", "right")
    assert "<b>anna/two.ipynb</b>: not graded" in page


def test_what_was_shown_to_the_check_is_the_answer(tmp_path, in_this_process):
    hand_in(tmp_path / "in" / "anna.ipynb", "my_answers = ...", "checks.diagnostic('cbbadacbda')")
    hand_in(tmp_path / "in" / "ben.ipynb", "final_step = ...", "checks.final_step(4.0)")
    lines, page = graded(tmp_path / "in")
    assert (lines["anna"]["my_answers"], lines["ben"]["final_step"]) == ("noted", "right")
    assert counted(page)["my_answers"]["10 of 10"] == 1


def test_a_mistake_is_one_whatever_number_or_line_it_was_made_with(tmp_path, in_this_process):
    for k in (1, 2):
        hand_in(tmp_path / "in" / f"{k}.ipynb", f"final_step = 3.{k}", f"half_life = 1 + gone + {k}")
    shown = counted(graded(tmp_path / "in")[1])
    assert list(shown["final_step"].values()) == list(shown["half_life"].values()) == [2]


def test_two_learners_of_one_name_keep_their_rows(tmp_path, in_this_process):
    for number in (1, 2):
        hand_in(tmp_path / "in" / f"Anna_{number}_assignsubmission_file_" / "a.ipynb", GOOD)
    assert list(graded(tmp_path / "in")[0]) == ["Anna (1)", "Anna (2)"]


def test_an_old_copy_is_graded_as_far_as_it_goes_and_said_to_be_one(tmp_path, in_this_process):
    hand_in(tmp_path / "in" / "anna.ipynb", "gone = 4\nchecks.gone(gone)", GOOD)
    lines, _ = graded(tmp_path / "in")
    assert lines["anna"]["what_went_wrong"] == "right"
    assert "it asks for gone" in lines["anna"]["remarks"]


NOTEBOOKS = sorted((Path(grading.__file__).parents[2] / "notebooks").glob("[0-9][0-9]_*.ipynb"))
LESSONS = [path for path in NOTEBOOKS if int(path.name[:2]) in {task.lesson for task in TASKS.values()}]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_empty_as_it_is_and_right_with_its_own_solutions(lesson, tmp_path, in_this_process):
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    solved = re.findall(r"^(?:def |class )?solution_(\w+)", "\n".join(code), re.MULTILINE)
    hand_in(tmp_path / "in" / "empty.ipynb", *code)
    hand_in(tmp_path / "in" / "solved.ipynb", *(f"{name} = solution_{name}" for name in solved), *code)
    lines, _ = graded(tmp_path / "in")
    asked = [name for name, task in TASKS.items() if task.lesson == int(lesson.name[:2])]
    assert {lines["empty"][name] for name in asked} == {"empty"}
    assert {lines["solved"][name] for name in asked if name in solved} <= {"right", "noted"}
    assert all(f"{name} calls the lesson's own solution" in lines["solved"]["remarks"] for name in solved)


@pytest.mark.parametrize("package", ["jinja2", "markupsafe"])
def test_where_a_package_is_missing_one_sentence_says_what_to_install(package, monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith("course_lib.grading")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(course_lib, "grading")
    monkeypatch.setitem(sys.modules, package, None)
    assert main(["grade", "submissions"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"Grading needs {package}: ") and said.split()[-1] == package


def test_the_command_says_what_it_cannot_do(tmp_path, capsys):
    assert grading.main([str(tmp_path / "nowhere")]) == 2
    (tmp_path / "in").mkdir()
    assert grading.main([str(tmp_path / "in"), "--to", str(tmp_path / "out")]) == 1
    assert "There is no notebook" in capsys.readouterr().err
    (tmp_path / "in" / "essay.pdf").touch()
    assert grading.main([str(tmp_path / "in"), "--to", str(tmp_path / "out")]) == 0
    assert "0 learners graded; nothing to grade from 1 others" in capsys.readouterr().out

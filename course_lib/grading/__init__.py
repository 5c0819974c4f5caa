"""A class's notebooks in; a table, and a report of what they got wrong, out.

    python -m course_lib grade submissions          a folder, or the zip that Moodle or Canvas made

submissions.py knows how files are handed in and whose they are, answers.py which statements of a notebook make an
answer, running.py how these are run and for how long; tables.py and report.py write what came of it. What an exercise
is worth stands in points.csv, beside the report: change it, and call again.
"""

import argparse
import hashlib
import json
import sys
from functools import cache
from pathlib import Path

import numpy as np

from ..checks import exercises
from ..training.progress import progress_bar
from . import report, running, tables
from .answers import DIAGNOSTICS, TASKS, Notebook
from .submissions import collect

LATER = "not graded: there is a later copy of the same lesson"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m course_lib grade", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="with the notebooks, in sub-folders or zips as they come; or one zip")
    parser.add_argument("--to", type=Path, help="where to write; FOLDER-grades beside it if not given")
    parser.add_argument("--anonymous", action="store_true", help="numbers instead of names")
    parser.add_argument("--seconds", type=float, default=running.Limits.seconds, help="an answer may take (10)")
    parser.add_argument("--megabytes", type=int, default=running.Limits.megabytes, help="an answer may use (2000)")
    parser.add_argument("--at-once", type=int, default=running.Limits.at_once, help="answers that run at the same time")
    given = parser.parse_args(arguments)
    place = given.folder
    if not place.exists():
        print(f"There is no folder or zip '{place}': name the one with the notebooks.", file=sys.stderr)
        return 2
    target = given.to or place.resolve().with_name(f"{place.resolve().stem}-grades")
    limits = running.Limits(given.seconds, given.megabytes, max(1, given.at_once))
    try:
        target.mkdir(parents=True, exist_ok=True)
        rows = grade(place, target, limits)
        if rows:
            _write(rows, target, given.anonymous)
            return 0
    except KeyboardInterrupt:
        print("\nInterrupted. What is graded is kept: the same call goes on from there.", file=sys.stderr)
        return 130
    except (OSError, RuntimeError) as error:
        print(f"Not graded: {error}", file=sys.stderr)
        return 1
    print(f"There is no notebook in {place}.", file=sys.stderr)
    return 1


def _write(rows, target, anonymous):
    tables.name(rows, anonymous)
    tasks = [task for name, task in TASKS.items() if any(name in row.answers for row in rows)]
    points = tables.points_of(tasks, target / "points.csv")
    page = report.page(rows, tasks, points, anonymous)
    (target / "report.html").write_text(page, encoding="utf-8", errors="replace")
    graded = sum(bool(row.answers) for row in rows)
    print(f"{graded} learners graded; nothing to grade from {len(rows) - graded} others")
    for name in ("report.html", "points.csv", *tables.write(rows, points, target, anonymous)):
        print(f"  {target / name}")


def grade(place: Path, target: Path, limits: running.Limits) -> list[tables.Row]:
    """A row for each learner; answers graded before, by the same checks, are taken from target/graded.jsonl."""
    rows, wanted = _read(place, limits)
    results = _kept(target / "graded.jsonl")
    jobs = {job.key: job for _, job in wanted if job.key not in results}
    progress, already = progress_bar("grading"), len(results)
    with (target / "graded.jsonl").open("a", encoding="utf-8") as file:

        def done(job, result):
            results[job.key] = result
            print(f"\n{json.dumps([job.key, result])}", file=file, flush=True)  # at once: an interrupt loses none
            progress(len(results) - already, len(jobs))

        running.run(list(jobs.values()), limits, done)
    for row, job in wanted:
        row.answers[job.name] = results[job.key]
    return rows


def _kept(path):
    """The results of an earlier call, by the keys of their jobs."""
    results = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            key, result = json.loads(line)
            results[key] = result
        except ValueError:
            continue  # empty, or cut off
    return results


def _read(place, limits):
    """The rows, with all that need not be run filled in; and [row, job] for the rest."""
    rows, newest, wanted = {}, {}, []
    for submission in collect(place):
        row = rows.setdefault(submission.learner, tables.Row(submission.learner))
        notebook = Notebook(submission.code)
        fault = submission.fault or ("" if notebook.lesson is not None else "no exercise of this course is in it")
        if fault:
            row.remarks.append((submission.file, fault))
            continue
        before = newest.get((row.learner, notebook.lesson))
        if before and before[0].saved > submission.saved:
            row.remarks.append((submission.file, LATER))
            continue
        if before:
            row.remarks.append((before[0].file, LATER))
        newest[row.learner, notebook.lesson] = submission, notebook
    for (learner, lesson), (submission, notebook) in newest.items():
        row = rows[learner]
        row.texts += submission.text
        row.remarks += [(submission.file, said) for said in _odd(notebook, lesson)]
        for name in (name for name, task in TASKS.items() if task.lesson == lesson):
            steps = notebook.answer(name)
            if isinstance(steps, str):
                row.answers[name] = running.unrun("trouble", steps)
            elif not steps:
                row.answers[name] = running.unrun("empty", f"There is no `{name}` in the notebook.")
            else:
                wanted.append((row, _job(name, steps, notebook, limits)))
                if any(need.startswith("solution_") for step in steps for need in step.needs):
                    row.remarks.append((submission.file, f"{name} calls the lesson's own solution"))
    return list(rows.values()), wanted


def _odd(notebook, lesson):
    """What tells that a notebook is not today's lesson, or not all of it."""
    unknown = sorted(notebook.mentioned - TASKS.keys() - {*DIAGNOSTICS, "progress"})
    missing = [name for name, task in TASKS.items() if task.lesson == lesson and task.stars]
    missing = [name for name in missing if name not in notebook.mentioned]
    if unknown:
        yield f"a copy of another version: it asks for {', '.join(unknown[:3])}, which this course does not have"
    if missing:
        names = ", ".join(missing[:3]) + (", ..." if missing[3:] else "")
        yield f"without {len(missing)} exercises of the lesson ({names})"


def _job(name, steps, notebook, limits):
    cells = {step.cell: notebook.code[step.cell] for step in steps}
    text = "\n".join([_version(), f"{limits.seconds} {limits.megabytes}", name, *(step.source for step in steps)])
    key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    draws = any(step.imports and not {"live", "plots", "labs"}.isdisjoint(step.source.split()) for step in steps)
    return running.Job(key, name, cells, tuple((step.cell, step.within) for step in steps), draws)


@cache
def _version():
    """The checks that grade, as one word: an answer is graded again when they have changed."""
    files = sorted(Path(exercises.__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join([np.__version__.encode(), *(path.read_bytes() for path in files)])).hexdigest()

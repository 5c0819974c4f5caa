"""Running answers that nobody has read: each in a process of its own, for a limited time, with limited memory.

A process is forked from one that has loaded the course already (multiprocessing's forkserver; on Windows each one loads
it anew). There it works in an empty folder that is thrown away, has no network, and is refused what no answer needs:
writing elsewhere, other programs, other processes. This stops accidents. **It is no sandbox.**
"""

import ast
import builtins
import contextlib
import ctypes
import json
import linecache
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from multiprocessing import connection
from types import ModuleType

import numpy as np

from ..checks import calling
from ..checks.feedback import Feedback
from . import answers

try:
    import resource
except ImportError:  # Windows
    resource = None

NO_NETWORK = 0x10000000 | 0x40000000  # Linux' CLONE_NEWUSER and CLONE_NEWNET
FIGURES = ("course_lib.live", "course_lib.plots", "course_lib.labs")
STARTS = 60  # seconds until a process must be there
LARGEST_FILE = 10_000_000  # bytes that an answer may write
LONGEST_RESULT = 1_000_000  # bytes
KEPT = 2000  # letters of an answer that is a text
METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
# Python's audit events.
PROGRAMS = """subprocess.Popen os.system os.exec os.fork os.forkpty os.posix_spawn os.spawn os.startfile os.kill
os.killpg pty.spawn"""
NETWORK = "socket.connect socket.bind socket.sendto socket.getaddrinfo"
DISK = """os.remove os.rename os.rmdir os.mkdir os.truncate os.link os.symlink os.chmod os.chown os.utime shutil.rmtree
shutil.move"""
REFUSED, WRITES = {*PROGRAMS.split(), *NETWORK.split()}, set(DISK.split())
WATCHED = {"open"} | REFUSED | WRITES


@dataclass(frozen=True)
class Limits:
    """seconds: for what an answer needs, before its check; what cannot be stopped is killed after twice as many."""

    seconds: float = 10
    megabytes: int = 2000
    at_once: int = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Job:
    """An answer to run. cells: of the notebook, by number; steps: (cell, which of its statements), in their order."""

    key: str
    name: str
    cells: dict[int, str]
    steps: tuple[tuple[int, int], ...]
    draws: bool = False  # whether it asks for the course's figures, which take a second to load


def graded(job: Job, seconds: float = Limits.seconds) -> dict:
    """The check's Feedback on an answer, as a dict, with `seconds`, and `text`: the answer where it is a short one."""
    begin, course = time.perf_counter(), _course()
    text = ""
    try:
        answer = calling.safely(_run, job, seconds=seconds)
        text = str(answer)[:KEPT] if type(answer) in (str, int, float) else ""
        feedback = answers.TASKS[job.name].check(answer)
    except calling.Unwritten:
        feedback = Feedback("empty", "It still holds its `...`.")
    except calling.Accident as accident:
        feedback = Feedback("trouble", str(accident))
    except Exception as error:  # of the course's own, which is nobody's mistake
        feedback = Feedback("trouble", f"The check itself failed, with {type(error).__name__}: please report it.")
    if any(now != before for now, before in zip(_course(course), course.values(), strict=True)):
        feedback = Feedback(
            "trouble", "It changed the course's own code, or numpy's: nothing that follows can be trusted."
        )
    return asdict(feedback) | {"seconds": time.perf_counter() - begin, "text": text}


def unrun(verdict: str, says: str, seconds: float = 0) -> dict:
    """The result of an answer that gave none of its own."""
    return asdict(Feedback(verdict, says)) | {"seconds": seconds, "text": ""}


def _run(job):
    """The value of the answer's name, after its statements."""
    names = {"__name__": "__main__", "np": np}
    for cell, source in job.cells.items():  # so that a check finds the line in which an answer stopped
        linecache.cache[_file(cell)] = (len(source), None, source.splitlines(keepends=True), _file(cell))
    for cell, within in job.steps:
        tree = ast.Module([answers.parse(job.cells[cell])[within]], type_ignores=[])
        exec(compile(tree, _file(cell), "exec"), names)
    return names.get(job.name, ...)


def _file(cell):
    return f"<ipython-input-{cell + 1}>"


def _course(known=None):
    """What decides what is right, the course's and numpy's, by name; of `known` as a list, as it is now."""
    modules = {
        name: module
        for name, module in sys.modules.items()
        if name.startswith("course_lib.") and not name.startswith(FIGURES)
    }
    owners = {**modules, "numpy": np, "numpy.linalg": np.linalg, "builtins": builtins}
    for name, module in modules.items():
        owners |= {f"{name}.{k}": v for k, v in vars(module).items() if isinstance(v, type)}
    if known is not None:
        return [_same(vars(owners[owner]).get(name)) if owner in owners else None for owner, name in known]
    return {(owner, name): _same(value) for owner, its in owners.items() for name, value in vars(its).items()}


def _same(value):
    return id(value), id(getattr(value, "__code__", None))


def run(jobs: list[Job], limits: Limits, done: Callable[[Job, dict], None]) -> None:
    """Run jobs, and hand each result over as soon as it is there. An interrupt ends all that runs, and passes."""
    context, waiting, running = multiprocessing.get_context(METHOD), list(reversed(jobs)), {}
    if METHOD == "forkserver":
        drawn = FIGURES if any(job.draws for job in jobs) else ()
        context.set_forkserver_preload(["course_lib.grading.running", *drawn])
    try:
        while waiting or running:
            while waiting and len(running) < limits.at_once:
                started = _Running(context, waiting.pop(), limits)
                running[started.reading] = started
            first = min(one.deadline for one in running.values())
            ready = connection.wait(running, timeout=max(0, first - time.monotonic()))
            for reading, one in list(running.items()):
                if reading in ready and not one.begun:
                    one.begin()
                elif reading in ready or time.monotonic() > one.deadline:
                    del running[reading]
                    done(one.job, one.result(reading in ready))
    finally:
        for one in running.values():
            one.end()


class _Running:
    """An answer that is running in its process."""

    def __init__(self, context, job, limits):
        self.job, self.limits, self.begun = job, limits, False
        self.folder = tempfile.TemporaryDirectory(prefix="answer-", ignore_cleanup_errors=True)
        self.reading, writing = context.Pipe(duplex=False)
        self.process = context.Process(target=_work, args=(job, writing, self.folder.name, limits), daemon=True)
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            self.process.start()  # which would otherwise run the main program's file again
        finally:
            sys.modules["__main__"] = main
        writing.close()
        self.deadline = time.monotonic() + STARTS

    def begin(self):
        """The answer's time begins once its process is there: a busy machine is not the learner's fault."""
        try:
            self.reading.recv_bytes(1)
        except EOFError:
            raise RuntimeError("answers cannot be run here: a process ended before it began") from None
        self.begun, self.deadline = True, time.monotonic() + 2 * self.limits.seconds

    def result(self, ready):
        twice = 2 * self.limits.seconds
        late = unrun("trouble", f"It was still running after {twice:g} seconds and could not be stopped.", twice)
        gone = "It ended its process: by os._exit, or because it took more memory or recursion than there is."
        try:
            result = json.loads(self.reading.recv_bytes(LONGEST_RESULT)) if ready else late
            return {name: result[name] for name in late}
        except (EOFError, OSError, ValueError, TypeError, KeyError):  # the last three where the answer wrote in here
            return unrun("trouble", gone)
        finally:
            self.end()

    def end(self):
        self.process.kill()
        self.process.join()
        self.reading.close()
        self.folder.cleanup()


def _work(job, writing, folder, limits):
    _confine(folder, limits)
    calling.SECONDS = max(calling.SECONDS, limits.seconds / 2)  # a machine that grades is a busy one
    writing.send_bytes(b".")
    writing.send_bytes(json.dumps(graded(job, limits.seconds)).encode())
    os._exit(0)  # whatever the answer has registered for the end


def _confine(folder, limits):
    """Make this process one that may do little."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    os.chdir(folder)
    os.environ.pop("COURSE_PROGRESS", None)
    os.environ.update(HOME=folder, USERPROFILE=folder, TMPDIR=folder)
    tempfile.tempdir, sys.dont_write_bytecode = folder, True
    if resource:
        lasts = int(2 * limits.seconds + 6)  # so that a loop ends even where nobody is left to kill it
        for limit, most in (
            (resource.RLIMIT_AS, limits.megabytes * 1_000_000),
            (resource.RLIMIT_CPU, lasts),
            (resource.RLIMIT_FSIZE, LARGEST_FILE),
            (resource.RLIMIT_CORE, 0),
        ):
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(limit, (most, most))
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(NO_NETWORK)  # where it is not allowed to, nothing happens
    home = os.path.realpath(folder)
    sys.addaudithook(lambda event, args: _refuse(event, args, home) if event in WATCHED else None)


def _refuse(event, args, home):
    """PermissionError for what no answer needs, so that a slip harms nobody."""
    if event in REFUSED:
        raise PermissionError(f"{event} is not allowed while answers are graded")
    if event == "open":
        path, mode, flags = args
        writing = any(letter in (mode or "") for letter in "wax+") or (flags or 0) & (
            os.O_WRONLY | os.O_RDWR | os.O_CREAT
        )
        paths = [path] if writing else []
    else:
        paths = args[:2] if event in WRITES else []
    for path in paths:
        if isinstance(path, str | bytes | os.PathLike):
            real = os.path.realpath(os.fsdecode(path))
            if real not in (home, os.devnull) and not real.startswith(home + os.sep):
                raise PermissionError(f"{event} of {path!r} is not allowed while answers are graded")

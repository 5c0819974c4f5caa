"""A limit to the time a function takes, kept by a second thread: on every system, and in any thread.

Nothing is traced: the function runs as fast as ever, and a debugger keeps its own tracing. What ends it is raised
between two of its instructions (PyThreadState_SetAsyncExc), never while an import is under way, and again and again
until it is left, whatever it catches.
"""

import contextlib
import ctypes
import functools
import sys
import threading
import time
from pathlib import Path

TICK = 0.05  # seconds between two looks
MOST = 0.5  # seconds that one look may add: a machine that slept, or a hand on the debugger, accuses nobody
AWAY = ("<frozen importlib", "<frozen zipimport")
DEBUGGERS = ("pydevd", "bdb", "pdb", "ipdb")


class TooLong(BaseException):
    """Not an Exception, so that an `except Exception` inside a learner's loop does not keep it running."""


def within(seconds, function, args):
    """function(*args). Raises TooLong when it takes longer; imports, and a person in a debugger, do not count."""
    watch = _Watch(seconds, sys._getframe())
    with contextlib.suppress(RuntimeError):  # where no thread can be started, as in a page, nothing is timed
        thread = threading.Thread(target=watch.run, daemon=True)
        thread.pydev_do_not_trace = thread.is_pydev_daemon_thread = True
        thread.start()
    try:
        return function(*args)
    finally:
        watch.over = True
        if watch.raised:
            # One more takes the place of any that is still to come, and is waited for. (To take it back by NULL leaves
            # Python 3.11 looking for it for ever.)
            try:
                _raise_in(watch.thread, TooLong)
                while True:
                    pass
            except TooLong:
                pass
        watch.left.set()


_raise_in = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, ctypes.py_object)(("PyThreadState_SetAsyncExc", ctypes.pythonapi))


class _Watch:
    """Looks at a thread every TICK until its frame `bottom` is left."""

    def __init__(self, seconds, bottom):
        self.seconds, self.bottom, self.thread = seconds, bottom, threading.get_ident()
        self.raised, self.over, self.left = 0, False, threading.Event()

    def run(self):
        spent, before, modules = 0.0, time.monotonic(), len(sys.modules)
        with contextlib.ExitStack() as stack:
            while not self.left.wait(TICK):
                away = self.away(sys._current_frames().get(self.thread))
                now, grown = time.monotonic(), len(sys.modules)
                if not away and grown == modules:
                    spent += min(now - before, MOST)
                before, modules = now, grown
                if spent > self.seconds and not away:
                    if self.raised == 1 and sys.version_info >= (3, 12):
                        stack.enter_context(self.at_every_line())
                    endless = self.raised and sys.version_info < (3, 12)
                    self.end(_endless(self.thread) if endless else TooLong)

    def away(self, frame):
        """Whether an import is under way above the watched frame, or a debugger has stopped there."""
        while frame is not None and frame is not self.bottom:
            name = frame.f_code.co_filename
            if name.startswith(AWAY) or Path(name).stem.startswith(DEBUGGERS):
                return True
            frame = frame.f_back
        return False

    def end(self, error):
        # Between the question and the call the interpreter changes no thread, so it is still not over.
        if not self.over:
            self.raised += 1
            _raise_in(self.thread, error)

    @contextlib.contextmanager
    def at_every_line(self):
        """From Python 3.12 on: raise TooLong at every line, for a function that caught it once."""
        monitoring = sys.monitoring
        tool = next((k for k in (3, 4) if monitoring.get_tool(k) is None), None)
        if tool is None:
            yield
            return

        def line(code, number):
            ours = code.co_filename == within.__code__.co_filename or threading.get_ident() != self.thread
            if not (ours or self.over or self.away(sys._getframe(1))):
                raise TooLong

        monitoring.use_tool_id(tool, __name__)
        monitoring.register_callback(tool, monitoring.events.LINE, line)
        monitoring.set_events(tool, monitoring.events.LINE)
        try:
            yield
        finally:
            monitoring.set_events(tool, 0)
            monitoring.register_callback(tool, monitoring.events.LINE, None)
            monitoring.free_tool_id(tool)


def _endless(thread):
    """A TooLong that, where it is caught, is raised again at the next instruction: so in Python 3.11."""
    again = type("TooLong", (TooLong,), {})
    again.__init__ = staticmethod(functools.partial(_raise_in, thread, again))
    return again

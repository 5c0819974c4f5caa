"""The limit to the time an answer takes: it ends what never ends, and leaves alone what only takes its time."""

import sys
import threading
import time
from contextlib import suppress

import numpy as np
import pytest

from course_lib import checks
from course_lib.checks import calling
from course_lib.checks.time_limit import TooLong, within


def around_a_bare_except(*_):
    while True:
        try:
            time.sleep(0.02)
        except:  # noqa: E722
            continue


def around_a_bare_except_that_only_counts(*_):
    n = 0
    while True:
        try:
            n += sum(range(100))
        except:  # noqa: E722
            continue


def around_base_exception(*_):
    while True:
        try:
            sum(range(1000))
        except BaseException as error:
            print(error)


def with_a_finally_that_goes_on(*_):
    program = "while True:\n try: sum(range(1000))\n finally: continue"
    exec(compile(program, "<string>", "exec", dont_inherit=True))  # Python 3.14 warns of it


def with_a_second_loop_in_the_handler(*_):
    while True:
        try:
            while True:
                sum(range(10))
        except:  # noqa: E722
            while True:
                pass


def that_starts_itself_again(*_):
    try:
        while True:
            pass
    except:  # noqa: E722
        that_starts_itself_again()


def in_a_suppressing_with(*_):
    while True:
        with suppress(BaseException):
            time.sleep(0.02)


def in_a_comprehension(*_):
    return [k + 1 for k in iter(int, 1)]


LOOPS = [
    around_a_bare_except,
    around_a_bare_except_that_only_counts,
    around_base_exception,
    with_a_finally_that_goes_on,
    with_a_second_loop_in_the_handler,
    that_starts_itself_again,
    in_a_suppressing_with,
    in_a_comprehension,
]
endless = pytest.mark.parametrize("answer", LOOPS, ids=lambda loop: loop.__name__)


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(calling, "SECONDS", 0.2)


@endless
def test_endless_loop_is_left_whatever_it_catches(answer, soon):
    assert "a loop that never ends" in checks.momentum_step(answer).says


@pytest.mark.parametrize("answer", LOOPS[:3], ids=lambda loop: loop.__name__)
def test_endless_loop_is_left_in_a_thread_too(answer, soon):
    said = []
    thread = threading.Thread(target=lambda: said.append(checks.momentum_step(answer).says))
    thread.start()
    thread.join(30)
    assert "a loop that never ends" in said[0]


def test_line_of_the_endless_loop_is_quoted(soon):
    def spins(theta, g, delta, lr, gamma):
        while theta is not None:
            theta = theta + 0

    says = checks.momentum_step(spins).says
    assert "in the line `while theta is not None:`" in says or "in the line `theta = theta + 0`" in says


def test_nothing_is_raised_once_the_function_is_left(soon):
    for _ in range(3):
        checks.momentum_step(around_a_bare_except)
    for _ in range(200):
        time.sleep(0.001)


def test_time_is_up_neither_for_an_import_nor_in_it(tmp_path, monkeypatch, soon):
    (tmp_path / "slow_library.py").write_text("import time\ntime.sleep(0.6)\nready = True\n")
    monkeypatch.syspath_prepend(tmp_path)

    def imports(theta, g, delta, lr, gamma):
        import slow_library

        assert slow_library.ready
        delta = lr * g + gamma * delta
        return theta - delta, delta

    assert checks.momentum_step(imports).verdict == "right"
    assert sys.modules.pop("slow_library").ready


def test_import_inside_an_endless_loop_is_done_before_the_loop_is_left(tmp_path, monkeypatch, soon):
    (tmp_path / "late_library.py").write_text("import time\ntime.sleep(0.6)\nready = True\n")
    monkeypatch.syspath_prepend(tmp_path)

    def imports(*_):
        while True:
            try:
                import late_library  # noqa: F401
            except:  # noqa: E722
                continue

    assert "a loop that never ends" in checks.momentum_step(imports).says
    assert sys.modules.pop("late_library").ready


def test_nothing_is_traced():
    seen = []

    def step(theta, g, delta, lr, gamma):
        seen.append(sys.gettrace())
        delta = lr * g + gamma * delta
        return theta - delta, delta

    before = sys.gettrace()
    assert checks.momentum_step(step).verdict == "right"
    assert set(seen) == {before}


def test_a_stop_in_the_debugger_does_not_count():
    scope = {}
    exec(compile("def stop(time):\n    time.sleep(0.6)\n", "/somewhere/pydevd.py", "exec"), scope)
    assert within(0.2, scope["stop"], (time,)) is None


def test_time_outside_of_imports_counts():
    with pytest.raises(TooLong):
        within(0.2, time.sleep, (0.6,)) or sum(range(10))


def test_function_may_take_its_time_below_the_limit():
    assert within(2, lambda: time.sleep(0.3) or 7, ()) == 7


def test_without_a_second_thread_the_function_is_run_all_the_same(monkeypatch):
    def none_left(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    assert within(2, max, (3, 4)) == 4


def test_a_slow_wrong_answer_is_not_told_of_a_law_that_was_not_looked_at(soon):
    def slow(theta, g, delta, lr, gamma):
        time.sleep(0.03)
        return theta - 0.3 * g * lr + np.sin(delta), delta

    assert "A law is broken: on a constant slope" not in checks.momentum_step(slow).says

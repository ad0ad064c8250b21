"""What answers computed is told beside the report, for statistics alone."""

import pytest

from grader.grading import grade_timed
from grader.student.wire import Source
from grader.submission import Submission

TOP = "import time\n\n\ndef top(x):\n    {work}\n    return int(x.argmax())\n"
BUSY = "end = time.process_time() + 0.05\n    while time.process_time() < end: pass"


def timed(desk, work):
    """The report on a function that does some work first, and the CPU seconds of its test."""
    source = Source(path="work.py", data=TOP.format(work=work).encode())
    submission = Submission(student="zoe", sources=(source,), notes=(), digest="")
    report, cpu_s = grade_timed(submission, desk.grading, desk.sandbox)
    (seconds,) = cpu_s["layers/top"]
    return report, seconds


def test_a_test_says_how_long_its_cases_computed(desk):
    assert timed(desk, BUSY)[1] >= 6 * 0.05


def test_a_report_holds_no_times(desk):
    """The same submission gives the same report, however busy the machine is."""
    assert timed(desk, BUSY)[0] == timed(desk, BUSY)[0]


def test_a_test_that_was_cut_off_says_what_it_computed_until_then(desk):
    assert timed(desk, f"{BUSY}\n    import os; os._exit(3)")[1] >= 0.05


@pytest.mark.parametrize("forged", ["float('nan')", "-1.0", "1e9", "'soon'"])
def test_a_clock_that_a_student_has_set_moves_no_mark(desk, forged):
    report, seconds = timed(desk, f"time.process_time = lambda: {forged}")
    assert seconds < 10
    assert report.marks == timed(desk, "pass")[0].marks

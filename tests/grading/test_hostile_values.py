"""Values and texts that are meant to break or fill the judge, its record or its pages."""

import io
from contextlib import redirect_stdout

import pytest

from grader.cli.terminal import print_report
from grader.gradebook import packed
from grader.grading import probing
from grader.model import Verdict
from grader.report import write_report

RETURNED = {
    "a number of 400 digits": "10**400, 10**400",
    "fractions of thousands of digits": "(tuple(Fraction(10**3000 + i, 7) for i in range(200)), 1)",
    "fractions of too many digits": "Fraction(10**5000, 7), 1",
    "bits that are no number": "np.full(x.shape, 0x7F800001, 'u4').view('f4'), x",
    "a number beyond the other's range": "np.full(x.shape, 1e300), np.float16(1)",
    "an array of sixteen axes": "np.ones((2,) * 16), np.ones((1,) * 16)",
    "a thousand long names": "{f'{i:0400}': i for i in range(1000)}",
    "much of it": "np.ones(10**5), np.ones(10**5)",
}
RAISED = {
    "400 digits": "'1' * 400",
    "400 digits behind the point": "'0.' + '1' * 400",
    "digits of another script": "'\\u0661' * 400",
    "an exponent without end": "'12345e999999'",
    "what a terminal acts on": "'\\x1b[2J\\u202e<script>' * 100",
}
FUNCTION = """\
from fractions import Fraction
import numpy as np


def affine_backward(dy, x, W):
    {}
"""


@pytest.mark.parametrize("value", RETURNED)
def test_whatever_is_returned_is_wrong_and_no_more(desk, tmp_path, value):
    report = desk.report(python=FUNCTION.format(f"return {RETURNED[value]}"), answers="1.2: 3\n")
    assert report.parts[0].verdict is Verdict.WRONG
    assert_small(report, desk.grading, tmp_path)


@pytest.mark.parametrize("text", RAISED)
def test_whatever_a_message_says_it_is_told_and_no_more(desk, tmp_path, text):
    report = desk.report(python=FUNCTION.format(f"raise ValueError({RAISED[text]})"))
    assert report.parts[0].verdict is Verdict.RAISED
    assert_small(report, desk.grading, tmp_path)


def test_a_large_number_in_place_of_one_that_others_follow_from(desk, tmp_path):
    source = "def two_steps(x, W): return [10**400] * len(W), [10**400] * len(W)"
    report = desk.report(python=source)
    assert next(part for part in report.parts if part.number == "2.5").marks == 0
    assert_small(report, desk.grading, tmp_path)


def test_a_long_sum_is_not_evaluated_for_each_edit_of_it(desk, monkeypatch):
    """An evaluation may take half a second, and a formula has hundreds of neighbours."""
    values = []
    evaluate = probing.evaluate

    def counted(*given, **named):
        values.append(evaluate(*given, **named))
        return values[-1]

    monkeypatch.setattr(probing, "evaluate", counted)
    long = "sum(k*K*I for k in range(2000))"
    part = desk.part("1.2", answers=f"1.2: '{long} + I*P*K - I*I/3 + K*K*I/7 - P'\n")
    assert part.verdict is Verdict.WRONG
    assert 0 < len(values) < 50


def assert_small(report, grading, folder):
    """The report can be written, stored and printed, and is of a size that somebody reads."""
    index = write_report(report, problems=grading.assignment.problems, folder=folder)
    with redirect_stdout(io.StringIO()) as printed:
        print_report(report, index)
    assert max(map(len, printed.getvalue().splitlines())) < 8000
    assert "\x1b[2J" not in printed.getvalue()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 2**20
    assert len(packed(report)) < 2**20

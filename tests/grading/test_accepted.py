"""Values that differ from the reference's and are right all the same: carried errors and ties."""

import pytest

from grader.model import Verdict
from grader.report import record_json
from tests.grading.second import SOLUTION

CHAIN = "import numpy as np\n\n\ndef two_steps(x, W):\n    h = {h}\n    return h, {y}\n"
FOLLOWED = "y: y follows from your own h."


def chain(desk, h, y="2 * h + 1"):
    """What the two steps earn, and what is remarked."""
    part = desk.part("2.5", python=CHAIN.format(h=h, y=y))
    return part.marks, part.remarks


def test_an_array_that_follows_from_a_wrong_one_is_right(desk):
    assert chain(desk, h="3 * W @ x") == (1, (FOLLOWED,))


def test_an_array_that_follows_in_float32_is_right(desk):
    marks, remarks = chain(desk, h="(3 * W @ x).astype(np.float32)")
    assert marks == 1
    assert FOLLOWED in remarks


NOTHING_FOLLOWS = [
    ("0 * (W @ x)", "2 * h + 1"),  # one number throughout carries nothing
    ("0 * (W @ x) - 0.5", "2 * h + 1"),  # nor do zeros
    ("3 * W @ x", "2 * h"),  # another rule
    ("np.nan * (W @ x)", "2 * h + 1"),
    ("(3 * W @ x)[None]", "2 * h + 1"),
    ("None", "W @ x"),
]


@pytest.mark.parametrize(("h", "y"), NOTHING_FOLLOWS)
def test_what_does_not_follow_is_lost(desk, h, y):
    assert chain(desk, h, y) == (0, ())


def test_a_tie_may_be_broken_either_way(desk):
    python = "def top(x):\n    return len(x) - 1 - int(x[::-1].argmax())\n"
    part = desk.part("2.6", python=python)
    assert (part.verdict, part.marks, part.lost) == (Verdict.PASSED, 1, ())
    assert [test.cases_passed for test in part.tests] == [6]


def test_what_is_no_tie_is_wrong(desk):
    part = desk.part("2.6", python="def top(x):\n    return int(x.argmin())\n")
    assert (part.verdict, part.marks) == (Verdict.WRONG, 0)


def test_a_validator_that_fails_leaves_its_part_alone_undecided(desk):
    """Here it is asked for a place that is not there: the author must bound it, or check it."""
    line = SOLUTION[: SOLUTION.index('return x[int(answer["place"])]')].count("\n") + 1
    python = CHAIN.format(h="W @ x", y="2 * h + 1") + "\n\ndef top(x):\n    return 99\n"
    report = desk.report(python=python)
    part = next(part for part in report.parts if part.number == "2.6")
    assert (part.verdict, part.marks, part.pending) == (Verdict.FAILED_TO_GRADE, 0, 1)
    assert f"layers.py: line {line}: layers/top: the validator raised IndexError" in part.trouble
    assert report.marks == 2


def test_why_a_validator_failed_is_not_for_students(desk):
    """An author's exception may hold what the reference expects."""
    report = desk.report(python="def top(x):\n    return 99\n")
    assert "IndexError" not in record_json(report)
    assert "the problem's own check failed on this answer" in record_json(report)

"""A public test with ties: a student's own check has no validator, so it is refused."""

import pytest

from grader.verify import Asked, prove
from tests import tiny

PUBLIC = """\
title: The largest
statement: A row of numbers.
parts:
  maximum:
    title: Gradient of a maximum
    ask: Given $dy$, return the gradient of $\\max x$ at $x$.
    marks: 2
    signature: maximum_backward(x[N], dy) -> dx[N]
    domain: {dy: 0.5..2.0}
    public: [{name: three numbers, inputs: {x: ROW, dy: 2.0}}]
"""
PRIVATE = """\
import numpy as np

from grader.authoring import Solution

part = Solution("largest")["maximum"]


@part.reference
def maximum_backward(x, dy):
    dx = np.zeros_like(x)
    dx[x.argmax()] = dy
    return dx


@part.valid
def is_shared_out(x, dy, answer):
    dx = answer["dx"]
    return abs(dx.sum() - dy) < 1e-6 and dx.min() >= 0 and not dx[x < x.max()].any()


part.test("random rows")
"""
TOLD = (
    "the public test 'three numbers' has several right answers, and a student's own check knows one "
    "of them; make it a hidden test, part.test(…), or take its ties away"
)


def findings(root, row, *edits):
    private = PRIVATE
    for old, new in edits:
        assert old in private
        private = private.replace(old, new)
    tiny.write_files(
        root,
        {
            "problems/largest/problem.yaml": PUBLIC.replace("ROW", row),
            "solutions/largest.py": private,
        },
    )
    files = [(root / "problems/largest/problem.yaml", root / "solutions/largest.py")]
    asked = Asked(checks=frozenset({"accepted"}))
    (proof,) = prove(files, asked, processes=1, progress=lambda _: None)
    assert not proof.findings
    return [finding.sentence for finding in proof.parts[0].faults]


@pytest.mark.parametrize("row", ["[1, 3, 3]", "[0, 0, 0]", "[-1.0e+6, 1.0e+6, 1.0e+6]"])
def test_a_public_test_with_ties_is_refused(tmp_path, row):
    assert findings(tmp_path, row) == [TOLD]


@pytest.mark.parametrize("row", ["[1, 3, 2]", "[3, 1, 1]", "[1, 2, 2.001]"])
def test_a_public_test_with_one_right_answer_is_not(tmp_path, row):
    assert findings(tmp_path, row) == []


def test_where_nothing_else_is_accepted_a_kink_does_no_harm(tmp_path):
    """Without a validator the grader knows one right answer itself, and the kit as many."""
    start, end = PRIVATE.index("@part.valid"), PRIVATE.index("part.test")
    assert findings(tmp_path, "[1, 3, 3]", (PRIVATE[start:end], "")) == []


def test_ties_among_hidden_cases_are_what_a_validator_is_for(tmp_path):
    ties = ('part.test("random rows")', 'part.test("ties", x=np.sign)')
    assert findings(tmp_path, "[1, 3, 2]", ties) == []

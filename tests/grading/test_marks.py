"""Marks are exact: whatever happens to a part, all of its marks are accounted for."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.grading import OwnCode, judge_computed
from grader.model import Verdict
from grader.sandbox import TaskOutcome
from grader.sandbox import TestOutcome as Outcome
from grader.student.packing import Many, NoValue, Scalar, pack, unpack
from grader.student.wire import CaseReply, FormulaReply, Place, Raised, Returned
from grader.submission import Match, TypedField

OWN = OwnCode(is_valid=None, carried=lambda *_: None)
ENDS = (
    Verdict.RAISED,
    Verdict.TIMED_OUT,
    Verdict.OUT_OF_MEMORY,
    Verdict.SKIPPED,
    Verdict.FAILED_TO_GRADE,
)
# What can come back for one output, made from the case's expected output.
VALUES = {
    "right": lambda output: output.value,
    "wrong": lambda output: pack(unpack(output.value) + 1),
    "squeezed": lambda output: pack(np.asarray(unpack(output.value))[None]),
    "float32": lambda output: pack(np.float32(unpack(output.value))),
    "a known mistake": lambda output: output.wrong[0] or output.value,
    "NaN": lambda output: pack(np.nan * np.asarray(unpack(output.value))),
    "a text": lambda _: Scalar("a text"),
    "nothing": lambda _: NoValue("shapes do not conform"),
}


@st.composite
def replies(draw, case):
    """How one case may end."""
    end = draw(st.sampled_from(["returned"] * 6 + ["raised", "miscounted"]))
    if end == "raised":
        return CaseReply(result=Raised(reason="exception", message="it failed"))
    if end == "miscounted":
        return CaseReply(result=Returned(value=Many(())))
    values = tuple(VALUES[draw(st.sampled_from(sorted(VALUES)))](o) for o in case.outputs)
    return CaseReply(result=Returned(value=values[0] if len(values) == 1 else Many(values)))


@st.composite
def outcomes(draw, expected):
    """How the tests of a part may end: cut off, or with a reply for each case."""
    tests = []
    for test in expected.tests:
        verdict = draw(st.sampled_from([Verdict.PASSED] * 6 + list(ENDS)))
        is_run = verdict is Verdict.PASSED
        cases = tuple(draw(replies(case)) for case in test.cases) if is_run else ()
        tests.append(Outcome(verdict=verdict, sentence="" if is_run else "ended", cases=cases))
    return tuple(tests)


def accounted(result):
    """What is earned, pending and lost; each lost mark has a sentence."""
    assert all(mark.sentence for mark in result.lost)
    assert all(mark.marks > 0 for mark in result.lost)
    return result.marks + result.pending + sum((m.marks for m in result.lost), Fraction(0))


@settings(max_examples=60)
@given(data=st.data())
def test_the_marks_of_a_function_are_all_accounted_for(desk, data):
    numbered, expected = desk.numbered(data.draw(st.sampled_from(["1.1", "1.2"])))
    outcome = TaskOutcome(formulas=(), tests=data.draw(outcomes(expected)))
    match = Match(part=numbered.part.id, function=Place(file="a.py"), provides=("f",))
    result = judge_computed(numbered, expected, match, outcome, OWN)
    assert accounted(result) == result.out_of
    assert sum(test.out_of for test in result.tests) == result.out_of
    assert sum(test.marks for test in result.tests) == result.marks
    failed = [t for t in result.tests if t.verdict is Verdict.FAILED_TO_GRADE]
    assert result.pending == sum(test.out_of for test in failed)
    assert (result.verdict is Verdict.PASSED) == (result.marks == result.out_of)


@settings(max_examples=60)
@given(data=st.data())
def test_the_marks_of_typed_values_are_all_accounted_for(desk, data):
    """Each field may be read, unreadable or left out."""
    numbered, expected = desk.numbered("1.3a")
    names = [variable.name for variable in numbered.part.signature.outputs]
    given_ = {name: data.draw(st.sampled_from(["read", "unread", "left out"])) for name in names}
    fields = tuple(
        TypedField(label=name, text="1", place=Place(file="answers.yaml"))
        for name, how in given_.items()
        if how != "left out"
    )
    formulas = tuple(
        FormulaReply(task=0, output=k, error="" if given_[name] == "read" else "no formula")
        for k, name in enumerate(names)
        if given_[name] != "left out"
    )
    outcome = TaskOutcome(formulas=formulas, tests=data.draw(outcomes(expected)))
    match = Match(part=numbered.part.id, fields=fields)
    result = judge_computed(numbered, expected, match, outcome, OWN)
    assert accounted(result) == result.out_of
    assert result.verdict is not Verdict.PASSED or result.marks == result.out_of
    unread = [name for name, how in given_.items() if how == "unread"]
    assert result.pending >= len(unread) * result.out_of / len(names)
    assert not {mark.output for mark in result.lost} & set(unread)

"""Marks are rounded so that what is printed adds up."""

from decimal import Decimal
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.model import LostMark, OutputResult, PartResult, ProblemResult, Report, Verdict, Walls
from grader.model import TestResult as OneTest
from grader.report import shown
from grader.report.tally import Tally

marks = st.builds(F, st.integers(0, 600), st.integers(1, 60))


@given(st.lists(marks, max_size=12))
def test_printed_lines_add_up_to_the_printed_total(lines):
    total = Decimal(shown([sum(lines, F(0))])[0])
    assert sum(map(Decimal, shown(lines)), Decimal(0)) == total


@given(st.lists(marks, max_size=12))
def test_no_line_is_off_by_a_hundredth_or_more(lines):
    assert all(
        abs(F(text) - mark) < F(1, 100) for text, mark in zip(shown(lines), lines, strict=True)
    )


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([], []),
        ([F(2), F(0)], ["2", "0"]),
        ([F(1, 3)] * 3, ["0.34", "0.33", "0.33"]),
        ([F(1, 2)], ["0.50"]),
        ([F(1999, 1000)], ["2.00"]),
        ([F(-1, 4)], ["-0.25"]),
    ],
)
def test_whole_marks_have_no_decimals_and_others_have_two(lines, text):
    assert shown(lines) == text


def part(earned, tests, out_of=F(2), pending=F(0)):
    return PartResult(
        id="p/a",
        number="1",
        title="a",
        kind="computed",
        verdict=Verdict.WRONG,
        marks=earned,
        out_of=out_of,
        pending=pending,
        tests=tuple(tests),
    )


def a_test(fractions, each):
    outputs = tuple(
        OutputResult(name=str(i), marks=each * f, out_of=each) for i, f in enumerate(fractions)
    )
    return OneTest(
        name="t",
        is_public=True,
        verdict=Verdict.WRONG,
        marks=sum((o.marks for o in outputs), F(0)),
        out_of=each * len(outputs),
        outputs=outputs,
    )


def report(*parts):
    return Report(
        student="s",
        assignment="a",
        title="A",
        walls=Walls.NONE,
        walls_note="",
        grader="0",
        problems=(ProblemResult(slug="p", title="P", parts=parts),),
    )


def added(texts):
    return sum(map(Decimal, texts), Decimal(0))


@given(
    st.lists(
        st.lists(st.sampled_from([F(0), F(1), F(9, 10), F(1, 3)]), min_size=1, max_size=4),
        min_size=1,
        max_size=7,
    )
)
def test_columns_add_up_and_full_marks_look_full(shares):
    """Tests add up to their part, outputs to their test, and 0.43 of 0.43 never reads otherwise."""
    each = F(2) / sum(map(len, shares))
    tests = [a_test(fractions, each) for fractions in shares]
    earned = sum((t.marks for t in tests), F(0))
    tally = Tally(report(part(earned, tests)))
    lines = tally.tests(0, 0)
    assert added(score.earned for score, _ in lines) == Decimal(tally.part(0, 0).earned)
    for found, (score, outputs) in zip(tests, lines, strict=True):
        assert added(output.earned for output in outputs) == Decimal(score.earned)
        if found.marks == found.out_of:
            assert score.earned == score.out_of
        for output, line in zip(found.outputs, outputs, strict=True):
            lost = output.out_of - output.marks
            if lost == 0 or lost >= F(1, 100):  # less than that can not be shown
                assert (line.earned == line.out_of) == (lost == 0)


def test_lost_marks_add_up_to_what_is_missing():
    tally = Tally(report(part(F(1), [])))
    assert tally.lost(0, 0, [F(1, 3)] * 3) == ["0.34", "0.33", "0.33"]


def test_undecided_marks_are_a_dash_and_not_lost():
    score = Tally(report(part(F(0), [], pending=F(2)))).total()
    assert (score.earned, score.out_of, score.lost, score.open) == ("–", "2", "", "2")


def test_a_test_or_output_that_nobody_has_decided_on_is_a_dash_as_its_part_is():
    wrong, unread = a_test([F(0), F(0)], F(1, 2)), replace(a_test([F(0)], F(1)), name="u")
    lost = LostMark(marks=F(1, 2), sentence="wrong", test="t", output="0")
    tests = Tally(report(replace(part(F(0), [wrong, unread], pending=F(3, 2)), lost=(lost,))))
    (one, outputs), (other, _) = tests.tests(0, 0)
    assert [one.earned, *(output.earned for output in outputs), other.earned] == [
        "0",
        "0",
        "–",
        "–",
    ]


def test_shares_of_the_bar_are_the_whole():
    assert Tally(report(part(F(1), [], pending=F(1, 2)))).total().shares == (500, 250, 250)
    assert Tally(report()).total().shares == (0, 0, 0)

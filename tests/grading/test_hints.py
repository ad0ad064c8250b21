"""The hint ladder: what a hidden test says on each rung, wherever a student reads it."""

import functools
import json
from html import unescape

import pytest

from grader.batch.prints import Prints
from grader.cli.preparing import prepared
from grader.cli.terminal import print_report
from grader.course import find_course
from grader.grading import grade
from grader.model import RUNGS, Verdict, Walls
from grader.report import record_json, redact, write_report
from grader.report.ladder import CARRIED
from grader.sandbox import Sandbox
from grader.student.wire import Source
from grader.submission import Submission
from tests import tiny
from tests.verify import courses

PUBLIC = tiny.PROBLEM[tiny.PROBLEM.index("    public:\n") : tiny.PROBLEM.index("  size:\n")]
MEAN = tiny.RIGHT_FUNCTIONS.replace("x, dy)", "x, dy) / len(x)")
SAID = "The loss is a sum here, so dW is a sum over the batch as well."
ANSWERS = """\
1.2: I - K + 1
1.3a: {weights: 3*128, biases: 128, total: 394}
1.3b: {linear: yes, square: yes}
"""


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(walls=Walls.NONE) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def graded(sandbox, tmp_path_factory):
    """Grades the same answers with what a course and its problem say of hints."""

    @functools.cache
    def course(hints, part, public):
        problem = ((PUBLIC, public), ("    marks: 4\n", f"    marks: 4\n{part}"))
        root = courses.write(tmp_path_factory.mktemp("course"), problem=problem)
        tiny.write_files(root, {"problems/course.yaml": f"hints: {hints}\n{tiny.COURSE}"})
        return prepared(find_course(given=root, near=root), None)

    def graded(*, hints, part="", public="", python=MEAN, answers=ANSWERS):
        texts = {"affine.py": python, "answers.yaml": answers}
        sources = tuple(Source(path=name, data=text.encode()) for name, text in texts.items())
        submission = Submission(student="zoe", sources=sources, notes=(), digest="")
        grading = course(hints, part, public)
        return grade(submission, grading, sandbox), grading.assignment

    graded.course = course
    return graded


def random_batches(part):
    """The hidden test that the mean over the batch fails; a batch of one hides it."""
    return next(test for test in part.tests if test.name == "random batches")


def part_of(report, number):
    return next(part for part in redact(report).parts if part.number == number)


FACTOR = "all values are off by one factor"
TOLD = [
    # number of the part, and what it says on the rungs, from the lowest
    (
        "1.1",
        FACTOR,
        "dW: every value is 1/N times what it should be; all ",
        SAID,
    ),
    (
        "1.2",
        "your formula leaves out what the answer depends on",
        "your formula does not depend on P, and the answer does",
        "your formula does not depend on P, and the answer does",
    ),
    ("1.3a", *["this is not the right value"] * 2, "This total is not the sum of your parts."),
    (
        "1.3b",
        "a claim is not judged right",
        "square is not right",
        "square: Features in and features out may differ.",
    ),
]


@pytest.mark.parametrize("rung", RUNGS)
def test_a_rung_says_its_sentence_and_none_of_those_above(graded, rung, tmp_path, capsys):
    """In the terminal, on the pages and in the record alike."""
    report, assignment = graded(hints=rung)
    at = RUNGS.index(rung)
    write_report(report, problems=assignment.problems, folder=tmp_path)
    print_report(report, tmp_path / "index.html")
    page = unescape((tmp_path / "affine.html").read_text(encoding="utf-8"))
    index = unescape((tmp_path / "index.html").read_text(encoding="utf-8"))
    everywhere = (page, index, record_json(report), capsys.readouterr().out)
    for number, *told in TOLD:
        for text in everywhere:
            assert told[at] in text, number
            for above in told[at + 1 :]:
                assert above == told[at] or above not in text, number


def test_the_lowest_rung_does_not_tell_which_output_is_wrong(graded):
    report, _ = graded(hints="shape")
    part = part_of(report, "1.1")
    assert [len(test.outputs) for test in part.tests] == [1, 1]
    test = random_batches(part)
    (output,) = test.outputs
    assert (output.name, output.misconception, output.diagnosis) == ("", "", None)
    assert (output.error_map, output.comparison.worst, output.comparison.size) == (None, (), 1)
    assert output.comparison.error > 0
    assert (output.marks, output.out_of) == (test.marks, test.out_of)
    assert {mark.output for mark in part.lost} == {""}
    assert part.marks + sum(mark.marks for mark in part.lost) == part.out_of


@pytest.mark.parametrize("rung", RUNGS)
def test_which_output_follows_from_others_is_told_above_the_lowest_rung(graded, rung):
    answers = "1.3a: {weights: 3*127, biases: 128, total: 3*127 + 128}\n"
    report, _ = graded(hints=rung, answers=answers)
    told = "total: The total fits your own parts."
    assert part_of(report, "1.3a").remarks == (CARRIED if rung == "shape" else told,)


@pytest.mark.parametrize("rung", RUNGS)
def test_which_claim_lost_marks_is_told_above_the_lowest_rung(graded, rung):
    report, _ = graded(hints=rung)
    assert [mark.output for mark in part_of(report, "1.3b").lost] == [
        "" if rung == "shape" else "square"
    ]


def test_the_middle_rung_tells_the_place_and_keeps_the_concept(graded):
    report, _ = graded(hints="place")
    part = part_of(report, "1.1")
    _, dW = random_batches(part).outputs
    assert (dW.name, dW.misconception, dW.diagnosis.hint) == ("dW", "", "")
    assert dW.error_map is not None
    assert {mark.output for mark in part.lost} == {"dW"}


@pytest.mark.parametrize("rung", RUNGS)
def test_the_sentence_beside_a_verdict_is_of_a_test_that_has_it(graded, rung):
    """A misconception speaks for its part, and below its rung something else has to."""
    python = MEAN.replace("    dx =", "    assert len(x) != 1\n    dx =")
    report, _ = graded(hints=rung, python=python)
    part = part_of(report, "1.1")
    assert part.verdict is Verdict.RAISED
    assert part.sentence.startswith(SAID if rung == "concept" else "raised AssertionError")


def test_without_a_word_on_hints_everything_is_said(graded):
    report, _ = graded(hints="concept")
    part = part_of(report, "1.1")
    assert {output.misconception for test in part.tests for output in test.outputs} == {
        "",
        "mean over the batch",
    }


@pytest.mark.parametrize("rung", RUNGS)
def test_a_public_test_says_everything_on_every_rung(graded, rung):
    report, _ = graded(hints=rung, public=PUBLIC)
    part = part_of(report, "1.1")
    public = part.tests[0]
    assert public == next(p for p in report.parts if p.number == "1.1").tests[0]
    assert part.sentence == SAID
    assert (random_batches(part).sentence == SAID) == (rung == "concept")


def test_a_part_may_say_less_than_the_course_and_not_more(graded):
    lower, _ = graded(hints="place", part="    hints: shape\n")
    assert part_of(lower, "1.1").sentence == FACTOR
    assert part_of(lower, "1.3b").sentence == "square is not right"
    higher, _ = graded(hints="shape", part="    hints: concept\n")
    assert part_of(higher, "1.1").sentence == FACTOR


@pytest.mark.parametrize("rung", RUNGS)
def test_what_can_not_be_compared_is_told_on_every_rung(graded, rung):
    """An exception, another shape and what can not be read say nothing of what is right."""
    raising, _ = graded(hints=rung, python="def affine_backward(dy, x, W):\n    return dy + 'a'\n")
    assert "affine.py" in " ".join(part_of(raising, "1.1").tests[0].traceback)
    shaped, _ = graded(hints=rung, python=tiny.RIGHT_FUNCTIONS.replace("return dx,", "return 1.0,"))
    assert part_of(shaped, "1.1").sentence.startswith("dx: found a single number; wanted")
    unread, _ = graded(hints=rung, answers="1.2: (I + 2P\n")
    assert "is never closed" in part_of(unread, "1.2").sentence


@pytest.mark.parametrize("rung", RUNGS)
def test_the_instructors_record_holds_everything(graded, rung):
    report, _ = graded(hints=rung)
    part = next(part for part in report.parts if part.number == "1.1")
    assert part.sentence == SAID
    assert any(o.misconception for test in part.tests for o in test.outputs)


@pytest.mark.parametrize("rung", RUNGS)
def test_a_record_that_is_redacted_twice_is_the_same(graded, rung):
    once = redact(graded(hints=rung)[0])
    assert redact(once) == once
    assert json.loads(record_json(once)) == json.loads(record_json(graded(hints=rung)[0]))


def test_other_hints_are_a_reason_to_grade_again(graded):
    """The pages of those who were graded before say what is wanted now."""
    prints = {Prints(graded.course(rung, "", "")).of(None).assignment for rung in RUNGS}
    assert len(prints) == len(RUNGS)

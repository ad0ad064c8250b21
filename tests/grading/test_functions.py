"""Functions: what they earn, and what is said where marks are lost."""

from fractions import Fraction

import pytest
from msgspec.structs import replace

from grader.cli.exits import Exit, exit_code
from grader.model import Verdict
from tests import tiny

SQUEEZED = tiny.RIGHT_FUNCTIONS.replace("return dx,", "return dx[None],")
FLOAT32 = """\
import numpy as np


def affine_backward(dy, x, W):
    dy, x, W = (a.astype(np.float32) for a in (dy, x, W))
    return {dx}, x.T @ dy
"""


def test_a_right_function_earns_everything(desk):
    part = desk.part("1.1", python=tiny.RIGHT_FUNCTIONS)
    assert (part.verdict, part.marks, part.lost, part.remarks) == (Verdict.PASSED, 4, (), ())
    assert all(test.cases_passed == test.cases for test in part.tests)


def test_where_there_are_no_marks_a_mistake_is_still_a_mistake(desk):
    assignment = desk.grading.assignment
    numbered = tuple(
        replace(n, part=replace(n.part, marks=Fraction(0))) for n in assignment.numbered
    )
    free = replace(desk.grading, assignment=replace(assignment, numbered=numbered))
    wrong = tiny.RIGHT_FUNCTIONS.replace("x, dy)", "x, dy) / len(x)")
    for python, verdict in ((tiny.RIGHT_FUNCTIONS, Verdict.PASSED), (wrong, Verdict.WRONG)):
        report = type(desk)(free, desk.sandbox).report(python=python)
        part = next(part for part in report.parts if part.number == "1.1")
        assert (part.verdict, part.marks, part.out_of, part.lost) == (verdict, 0, 0, ())
        assert bool(part.sentence) == (verdict is Verdict.WRONG)


def test_axes_of_length_1_cost_a_named_tenth_of_their_output(desk):
    part = desk.part("1.1", python=SQUEEZED)
    assert part.verdict is Verdict.WRONG
    assert part.marks == 4 - 2 * Fraction(1, 10)
    assert {mark.output for mark in part.lost} == {"dx"}
    assert (
        part.sentence == "dx: the values are right; found shape (1, 2, 3); wanted (N, D) = (2, 3)"
    )


def test_another_shape_earns_nothing_for_its_output(desk):
    """A batch of one is the exception: there, a transpose is an axis of length 1 elsewhere."""
    part = desk.part("1.1", python=tiny.RIGHT_FUNCTIONS.replace("return dx,", "return dx.T,"))
    assert part.marks == 2 + Fraction(9, 10)
    assert "found shape (3, 2); wanted (N, D) = (2, 3)" in part.sentence


def test_float32_earns_everything_and_is_remarked(desk):
    part = desk.part("1.1", python=FLOAT32.format(dx="dy @ W.T"))
    assert (part.verdict, part.marks) == (Verdict.PASSED, 4)
    assert part.remarks == (
        "answered in float32, and judged with a tolerance that is fair to float32",
    )


def test_a_mistake_in_float32_is_still_a_mistake(desk):
    part = desk.part("1.1", python=FLOAT32.format(dx="1.001 * dy @ W.T"))
    assert (part.verdict, part.marks) == (Verdict.WRONG, 2)
    assert {mark.output for mark in part.lost} == {"dx"}


def test_a_recognised_mistake_is_told_in_the_tutors_words(desk):
    python = tiny.RIGHT_FUNCTIONS.replace("x, dy)", "x, dy) / len(x)")
    part = desk.part("1.1", python=python)
    assert part.sentence == "The loss is a sum here, so dW is a sum over the batch as well."
    # A batch of one can not show it: that test is passed.
    assert {test.name: test.verdict for test in part.tests} == {
        "two examples": Verdict.WRONG,
        "random batches": Verdict.WRONG,
        "a batch of one": Verdict.PASSED,
    }


MISCOUNTED = [
    ("return dx", "returned one value; wanted 2: dx, dW"),
    ("return dx, dx, dx", "returned 3 values; wanted 2: dx, dW"),
    ("return {'dx': dx}", "returned a dict with the keys dx; wanted dx, dW"),
    ("return None", "returned None; wanted 2 values: dx, dW (is a return missing?)"),
    ("return object()", "returned an object; wanted 2 values: dx, dW"),
]


@pytest.mark.parametrize(("end", "said"), MISCOUNTED)
def test_a_wrong_number_of_values_costs_the_whole_test_in_one_line(desk, end, said):
    python = tiny.RIGHT_FUNCTIONS.partition("    return")[0] + f"    {end}\n"
    part = desk.part("1.1", python=python)
    assert (part.verdict, part.marks, part.sentence) == (Verdict.WRONG, 0, said)
    assert len(part.lost) == len(part.tests)


def test_what_is_raised_in_one_test_costs_that_test_alone(desk):
    python = tiny.RIGHT_FUNCTIONS.replace(
        "    dx =", "    if len(x) == 1:\n        raise ValueError('one row')\n    dx ="
    )
    part = desk.part("1.1", python=python)
    assert (part.verdict, part.marks) == (Verdict.RAISED, 2)
    assert [mark.test for mark in part.lost] == ["a batch of one"]
    assert "one row" in part.sentence
    raised = part.tests[-1]
    assert raised.traceback == ("work.py, line 6, in affine_backward: raise ValueError('one row')",)


def test_the_sentence_of_a_part_fits_its_verdict(desk):
    """One test is wrong and one raises: the part has raised, and its sentence says where."""
    line = "    if len(x) == 1: raise KeyError('one')\n    dx = np.ones_like(x)\n"
    python = tiny.RIGHT_FUNCTIONS.replace("    dx = np.zeros_like(x)\n", line)
    part = desk.part("1.1", python=python)
    assert part.verdict is Verdict.RAISED
    assert part.sentence.startswith("raised KeyError: 'one' at line 5 of work.py")


def test_changed_inputs_and_prints_are_remarks_that_cost_nothing(desk):
    python = tiny.RIGHT_FUNCTIONS.replace("    dx =", "    print(x.shape)\n    dx =").replace(
        '    return dx, np.einsum("nd,nm->dm", x, dy)',
        "    dW = np.einsum('nd,nm->dm', x, dy)\n    x += 1\n    return dx, dW",
    )
    part = desk.part("1.1", python=python)
    assert (part.verdict, part.marks, part.lost) == (Verdict.PASSED, 4, ())
    assert any("x" in remark for remark in part.remarks)
    assert "(2, 3)" in part.tests[0].printed


def test_the_last_of_two_definitions_counts_and_is_remarked(desk):
    python = "def affine_backward(dy, x, W):\n    return 0\n\n\n" + tiny.RIGHT_FUNCTIONS
    part = desk.part("1.1", python=python)
    assert part.marks == 4
    assert part.remarks == (
        "affine_backward is also defined on line 1; Python uses the last definition",
    )


def test_two_answers_to_one_part_are_not_chosen_between(desk):
    part = desk.part("1.2", answers="1.2: 1\naffine/size: I + 2P - K + 1\n")
    assert (part.verdict, part.pending, part.lost) == (Verdict.UNREADABLE, 2, ())
    assert part.sentence == (
        "this part is answered at answers.yaml line 1 and at answers.yaml line 2; keep one"
    )


def test_a_broken_file_hides_the_answer_it_may_hold_and_no_other(desk):
    report = desk.report(python="def affine_backward(dy, x, W:\n", answers="1.2: I + 2P - K + 1\n")
    parts = {part.number: part for part in report.parts}
    assert (parts["1.1"].verdict, parts["1.1"].pending) == (Verdict.UNREADABLE, 4)
    assert parts["1.1"].sentence.startswith("work.py: line 1")
    assert (parts["1.2"].verdict, parts["1.2"].marks) == (Verdict.PASSED, 2)
    assert parts["1.4"].verdict is Verdict.MISSING


def test_a_broken_answers_file_in_capitals_hides_what_it_may_hold(desk):
    """Systems write names in capitals: what is read as answers.yaml is not lost when it is broken."""
    part = desk.part("1.2", name="Answers.YAML", python="1.2: [\n")
    assert (part.verdict, part.pending, part.lost) == (Verdict.UNREADABLE, 2, ())


def test_our_own_failure_is_pending_and_never_lost(desk):
    """A child that ends its server twice leaves nothing to judge: a person must look."""
    python = (
        "import os\nserver = os.getppid()\n\n\ndef affine_backward(dy, x, W):\n"
        "    if server != 1:\n        os.kill(server, 9)\n"
    )
    report = desk.report(python=python)
    part = report.parts[0]
    assert (part.verdict, part.marks, part.pending) == (Verdict.FAILED_TO_GRADE, 0, 4)
    assert part.lost == ()
    assert "the grader's own server ended" in part.sentence
    assert exit_code(report) is Exit.GRADER_FAILED

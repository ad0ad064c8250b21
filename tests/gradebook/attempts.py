"""Attempts as a class leaves them, put together from the real records."""

from fractions import Fraction

from grader.gradebook import Attempt, Fingerprint
from grader.model import OutputResult, PartResult, ProblemResult, Report, TestResult, Verdict, Walls

ASSIGNMENT = "week-1"
OPEN = (Verdict.UNREADABLE, Verdict.NEEDS_MARKING, Verdict.FAILED_TO_GRADE)


def report(student, marks, *, verdict=None, misconception="", sentence="because"):
    """A report of one problem; `marks` gives per part what was earned of 2."""
    parts = []
    for name, written in marks.items():
        earned = Fraction(written)
        found = verdict or (Verdict.PASSED if earned == 2 else Verdict.WRONG)
        output = OutputResult(
            name="dx", marks=earned, out_of=Fraction(2), misconception=misconception
        )
        test = TestResult(
            name="random batches",
            is_public=False,
            verdict=found,
            marks=earned,
            out_of=Fraction(2),
            outputs=(output,),
        )
        parts.append(
            PartResult(
                id=f"affine/{name}",
                number=name,
                title=name.title(),
                kind="computed",
                verdict=found,
                marks=earned,
                out_of=Fraction(2),
                pending=2 - earned if found in OPEN else Fraction(0),
                sentence="" if earned == 2 else sentence,
                tests=(test,),
            )
        )
    return Report(
        student=student,
        assignment=ASSIGNMENT,
        title="Week 1",
        walls=Walls.NONE,
        walls_note="",
        grader="0.1",
        problems=(ProblemResult(slug="affine", title="An affine layer", parts=tuple(parts)),),
    )


def attempt(student="alice", marks=None, *, submission="s1", **changes):
    """An attempt of a student; keywords replace its fields."""
    print_ = Fingerprint(
        submission=submission,
        engine="e1",
        assignment="a1",
        problems={"affine": "p1"},
        solutions={"affine": "q1"},
    )
    fields = {
        "student": student,
        "assignment": ASSIGNMENT,
        "fingerprint": print_,
        "report": report(student, marks or {"a": 2, "b": "1/3"}),
        "graded_at": "2026-11-24T10:00:00+00:00",
    }
    return Attempt(**(fields | changes))


def failed(student="alice", trouble="the machinery failed"):
    """An attempt that the grader failed on."""
    return attempt(student, report=None, trouble=trouble)

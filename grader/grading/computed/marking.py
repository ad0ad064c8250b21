"""Marks the tests of one answer: marks spread over tests by weight, over outputs equally.

Each mark is earned, pending or lost with its reason. Knows nothing of how the whole part is told.
"""

from collections.abc import Iterator
from fractions import Fraction

from grader.grading.computed.answers import Answer
from grader.grading.computed.binding import failure
from grader.grading.computed.cases import Cases, over_cases
from grader.grading.computed.explaining import Explaining
from grader.grading.computed.outputs import output_result, without_value
from grader.grading.results import speaking
from grader.model import LostMark, OutputResult, Record, TestResult, Verdict


class Marked(Record, frozen=True, kw_only=True):
    """The tests of a part, marked under one layout.

    Attributes:
        pending: marks that nobody can decide on: our failure, or outputs that could not be read or
            were guessed and are not right.
        followed: what to say of outputs that follow from the student's own others.
    """

    answer: Answer
    tests: tuple[TestResult, ...]
    lost: tuple[LostMark, ...]
    pending: Fraction
    followed: tuple[str, ...]

    @property
    def marks(self) -> Fraction:
        """Marks earned."""
        return sum((test.marks for test in self.tests), Fraction(0))


def marked(answer: Answer, *, explains: bool) -> Marked:
    """Mark an answer.

    Args:
        explains: whether mistakes are looked into; without it, only the marks are of use.
    """
    explaining = Explaining(answer, diagnoses=explains)
    outputs = range(len(answer.signature.outputs))
    weights = [test.weight for test in answer.expected.tests]
    tests, followed = [], dict[str, None]()
    for number, weight in enumerate(weights):
        seen = tuple(over_cases(answer, number, k) for k in outputs)
        tests.append(
            _test(answer, number, seen, explaining, answer.part.marks * weight / sum(weights))
        )
        names = (variable.name for variable in answer.signature.outputs)
        followed |= {
            f"{n}: {c.followed}": None for n, c in zip(names, seen, strict=True) if c.followed
        }
    return Marked(
        answer=answer,
        tests=tuple(tests),
        lost=tuple(mark for test in tests for mark in _lost(answer, test)),
        pending=sum((_pending(answer, test) for test in tests), Fraction(0)),
        followed=tuple(followed),
    )


def _test(
    answer: Answer,
    number: int,
    seen: tuple[Cases, ...],
    explaining: Explaining,
    out_of: Fraction,
) -> TestResult:
    test, outcome = answer.expected.tests[number], answer.outcome.tests[number]
    each = out_of / len(seen)
    failed = failure(outcome, answer.bound[number])
    if failed is not None:
        verdict, reason, sentence = failed.verdict, failed.reason, failed.sentence
        outputs = [without_value(answer, k, each, sentence) for k in range(len(seen))]
    else:
        outputs = [output_result(answer, cases, explaining, each) for cases in seen]
        verdict = speaking(_verdict(answer, k, output) for k, output in enumerate(outputs))
        reason, sentence = "", next((o.sentence for o in outputs if o.sentence), "")
    losing = (output.case for output in outputs if not output.is_right)
    shown = test.cases[next(losing, len(test.cases) - 1)]
    names = (variable.name for variable in answer.signature.inputs)
    return TestResult(
        name=test.name,
        is_public=test.is_public,
        verdict=verdict,
        marks=sum((output.marks for output in outputs), Fraction(0)),
        out_of=out_of,
        reason=reason,
        sentence=sentence,
        outputs=tuple(outputs),
        inputs=dict(zip(names, shown.inputs, strict=True)),
        traceback=outcome.traceback,
        printed=outcome.printed,
        remarks=outcome.remarks,
        cases=len(test.cases),
        cases_passed=sum(all(c.is_right(i) for c in seen) for i in range(len(test.cases))),
    )


def _verdict(answer: Answer, k: int, output: OutputResult) -> Verdict:
    if k in answer.unread:
        return Verdict.UNREADABLE
    if k in answer.unanswered:
        return Verdict.MISSING
    if output.is_right:
        return Verdict.PASSED
    return Verdict.UNREADABLE if k in answer.guessed else Verdict.WRONG


def _pending(answer: Answer, test: TestResult) -> Fraction:
    if test.verdict is Verdict.FAILED_TO_GRADE:
        return test.out_of
    doubtful = (output for k, output in enumerate(test.outputs) if answer.is_doubtful(k))
    return sum((output.out_of - output.marks for output in doubtful), Fraction(0))


def _lost(answer: Answer, test: TestResult) -> Iterator[LostMark]:
    if test.verdict is Verdict.FAILED_TO_GRADE:
        return
    is_doubtful = answer.unread or answer.guessed
    if all(output.comparison is None for output in test.outputs) and not is_doubtful:
        # The whole test came to nothing: one line says so, not one for each output.
        yield LostMark(marks=test.out_of - test.marks, sentence=test.sentence, test=test.name)
        return
    for k, output in enumerate(test.outputs):
        if output.marks != output.out_of and not answer.is_doubtful(k):
            yield LostMark(
                marks=output.out_of - output.marks,
                sentence=output.sentence,
                test=test.name,
                output=output.name,
            )

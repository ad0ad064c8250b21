"""Recognises misconceptions by the values that they give.

Knows nothing of marks or sentences.
"""

from collections.abc import Sequence

from grader.compare.bounds import (
    EXACT_KINDS,
    FLOAT32_FLOOR,
    FLOAT32_LIMIT,
    FLOAT32_NOISE,
    LOW,
    TOLERANCE,
)
from grader.compare.measuring import agree, is_whole, magnitude, without_ones
from grader.model import ExpectedOutput
from grader.student.packing import Packed, Value, numbers, unpack

RECOGNITION_BOUND = 1e-6


def recognise(
    *,
    actuals: Sequence[Value],
    expected: Sequence[ExpectedOutput],
    count: int,
    tolerance: float = TOLERANCE,
) -> tuple[int, ...]:
    """All misconceptions whose values the student's equal in every case, as indices.

    Each differs from the truth in at least one of the cases. Two that fit give equal values in all
    of these cases: what other outputs say has to tell them apart.

    Args:
        actuals: one output's values over all cases that ran.
        expected: the same cases' expected values, with the misconceptions' in the part's order.
        count: how many misconceptions the part has.
        tolerance: the error that the part allows of right answers; a wrong one may be as rough.
    """
    cases = list(zip(actuals, expected, strict=True))
    right = [_equals(actual, output, output.value, tolerance) for actual, output in cases]
    if all(right):
        return ()
    # Wrong values first: at these most misconceptions part with the student's at once.
    cases = [cases[i] for i in sorted(range(len(cases)), key=right.__getitem__)]
    return tuple(i for i in range(count) if _fits(i, cases, tolerance))


def _fits(index: int, cases: Sequence[tuple[Value, ExpectedOutput]], tolerance: float) -> bool:
    return all(
        _equals(actual, output, output.wrong[index], tolerance) for actual, output in cases
    ) and any(_shows(index, actual, output, tolerance) for actual, output in cases)


def _equals(actual: Value, output: ExpectedOutput, packed: Packed | None, tolerance: float) -> bool:
    """Whether the student's value is the one given: the truth, or a misconception's."""
    if packed is None:
        return False
    value = unpack(packed)
    found = _laid(actual, value)
    bound = _recognition_bound(found, value, output, tolerance)
    scale = max(magnitude(value), output.scale)
    return agree(actual=found, value=value, scale=scale, bound=bound)


def _shows(index: int, actual: Value, output: ExpectedOutput, tolerance: float) -> bool:
    """Whether a misconception, which the student's value equals, shows in a case at all."""
    wrong = output.wrong[index]
    assert wrong is not None
    value = unpack(wrong)
    bound = _recognition_bound(_laid(actual, value), value, output, tolerance)
    truth = unpack(output.value)
    return not agree(actual=value, value=truth, scale=output.scale, bound=10 * bound)


def _recognition_bound(
    actual: Value, value: Value, output: ExpectedOutput, tolerance: float
) -> float:
    found, wrong = numbers(actual), numbers(value)
    if found is None or wrong is None:
        return 0.0
    if wrong.dtype.kind in EXACT_KINDS and (found.dtype.kind in EXACT_KINDS or is_whole(found)):
        return 0.0 if tolerance <= TOLERANCE or is_whole(wrong) else tolerance
    if found.dtype.type in LOW:
        return min(max(FLOAT32_FLOOR, FLOAT32_NOISE * output.noise32), FLOAT32_LIMIT)
    return max(RECOGNITION_BOUND, tolerance)


def _laid(actual: Value, value: Value) -> Value:
    """The student's value in the shape of the other, where only axes of length 1 differ."""
    found, other = numbers(actual), numbers(value)
    if found is None or other is None or without_ones(found.shape) != without_ones(other.shape):
        return actual
    return found.reshape(other.shape)

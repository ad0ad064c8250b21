"""Says what the arrays tell about a mistake that is none of the listed misconceptions.

Each detector asks all failing cases of one output the same question and speaks only if every case
bears it out, with enough numbers to exclude chance: a diagnosis is a fact about the arrays, never a
guess. Detectors are asked in the order of the ladders below, the most telling first. Knows nothing
of marks; its sentences never hold an expected value.
"""

from collections.abc import Sequence

import numpy as np

from grader.diagnose.case import Case, Detector, FailedCase, make_case
from grader.diagnose.nearly import NEARLY, NEARLY_RIGHT, ROUNDED, not_finite
from grader.diagnose.order import ORDER
from grader.diagnose.places import PLACES
from grader.diagnose.rules import RULES
from grader.diagnose.sentences import SENTENCES
from grader.diagnose.shapes import SHAPES
from grader.diagnose.slices import SLICES
from grader.model import Diagnosis
from grader.student.signature import Signature

__all__ = ["SENTENCES", "FailedCase", "diagnose"]

_VALUES: tuple[Detector, ...] = (*RULES, *ORDER, *ROUNDED, *PLACES, *SLICES)


def diagnose(
    failed: Sequence[FailedCase], *, signature: Signature, output: int, bound: float
) -> Diagnosis | None:
    """Diagnose one output over its failing cases.

    Args:
        signature: the part's signature.
        output: the output's index in it.
        bound: the error that was allowed.
    """
    cases = []
    for one in failed:
        case = make_case(one, signature=signature, output=signature.outputs[output], bound=bound)
        if case is None:
            return None
        cases.append(case)
    # An output may come in forms with more or fewer axes: all must tell the same.
    forms = {case.expected.ndim for case in cases}
    told = [_told([case for case in cases if case.expected.ndim == form]) for form in forms]
    return told[0] if told and all(diagnosis == told[0] for diagnosis in told) else None


def _told(cases: Sequence[Case]) -> Diagnosis | None:
    """What the first detector that is sure says of cases with equally many axes."""
    with np.errstate(all="ignore"):
        return next((said for detect in _ladder(cases) if (said := detect(cases))), None)


def _ladder(cases: Sequence[Case]) -> tuple[Detector, ...]:
    """The detectors that have something to say of such cases, in order."""
    if any(not min(case.expected.size, case.actual.size) for case in cases):
        return ()
    if any(not np.isfinite(case.actual).all() for case in cases):
        return (not_finite,)
    if any(case.actual.shape != case.expected.shape for case in cases):
        return SHAPES
    if all(case.error <= NEARLY_RIGHT for case in cases):
        return NEARLY
    return _VALUES

"""Says what the error of an answer may be.

Whole numbers and fractions have e ≤ 0 to meet, float64 the tolerance, float32 what the reference
itself loses in float32, within limits. Knows nothing of sentences.
"""

from math import inf

import numpy as np

from grader.compare.measuring import error_of
from grader.model import ExpectedOutput, Record
from grader.student.packing import Numbers, unpack
from grader.student.signature import Variable

TOLERANCE = 1e-8
FLOAT32_FLOOR = 1e-4
FLOAT32_NOISE = 30
FLOAT32_LIMIT = 0.1  # no float32 answer may be off by more than a tenth, however noisy its case
NEAREST_SHARE = 0.1  # nor by more than this share of the nearest misconception's error
LOW = (np.float16, np.float32)
EXACT_KINDS = "biuO"


class Allowed(Record, frozen=True, kw_only=True):
    """What the error of an answer may be.

    Attributes:
        bound: the answer agrees up to here.
        doubt: up to here it is undecided, as its own type may be to blame.
        low: "float32" or "float16" where that widened the bound.
    """

    bound: float
    doubt: float = 0.0
    low: str = ""


EXACTLY = Allowed(bound=0.0)


def allowed_for(
    actual: Numbers,
    expected: ExpectedOutput,
    variable: Variable,
    tolerance: float,
    nearest_wrong: float | None,
) -> Allowed:
    """What the error of an answer may be, by its type and the signature's."""
    if variable.type != "float":
        return EXACTLY
    wide = max(FLOAT32_FLOOR, FLOAT32_NOISE * expected.noise32)
    if actual.dtype.type not in LOW or wide <= tolerance:
        return Allowed(bound=tolerance)
    nearest = _nearest_wrong(expected, tolerance) if nearest_wrong is None else nearest_wrong
    bound = max(tolerance, min(wide, FLOAT32_LIMIT, NEAREST_SHARE * nearest))
    return Allowed(bound=bound, doubt=wide, low=actual.dtype.name)


def _nearest_wrong(expected: ExpectedOutput, tolerance: float) -> float:
    """The least error among the misconceptions that show in this case; infinite without any."""
    truth = unpack(expected.value)
    wrong = (unpack(value) for value in expected.wrong if value is not None)
    found = (error_of(actual=value, value=truth, scale=expected.scale) for value in wrong)
    return min((error for error in found if error > tolerance), default=inf)

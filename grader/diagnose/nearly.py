"""Detectors for what is nearly right, or is no number at all."""

from collections.abc import Callable

import numpy as np

from grader.diagnose.case import FEW, Case, Cases, Detector
from grader.diagnose.sentences import said
from grader.model import Diagnosis

NEARLY_RIGHT = 1e-4  # of the scale
_FLOAT32_ERROR = 1e-5
_DIGITS = 8  # a value given to so few decimals was rounded
_EXP_OVERFLOWS, _EXP_OVERFLOWS_LOW = 700.0, 80.0
_CUTS = (np.trunc, np.floor, np.ceil, np.round)


def not_finite(cases: Cases) -> Diagnosis | None:
    """NaN or infinity in every case; with the input that is large enough to overflow an exp."""
    if any(np.isfinite(case.actual).all() for case in cases):
        return None
    name = next((n for n in _given(cases[0]) if all(_is_large(c, n) for c in cases)), "")
    return said("overflow", name) if name else said("not finite")


def _given(case: Case) -> dict[str, np.ndarray]:
    return case.terms | {name: np.array(value) for name, value in case.scalars.items()}


def _is_large(case: Case, name: str) -> bool:
    limit = _EXP_OVERFLOWS_LOW if case.is_low else _EXP_OVERFLOWS
    return bool(np.abs(_given(case).get(name, np.zeros(1))).max(initial=0.0) > limit)


def truncated(cases: Cases) -> Diagnosis | None:
    """The expected values, cut to whole numbers."""
    if not _are_enough(cases):
        return None
    is_cut = any(all((c.actual == cut(c.expected)).all() for c in cases) for cut in _CUTS)
    return said("truncated") if is_cut else None


def low_precision(cases: Cases) -> Diagnosis | None:
    """The expected values, rounded to decimals or to the numbers that a smaller type has."""
    if not _are_enough(cases):
        return None
    for digits in range(1, _DIGITS):
        if all(_is_rounded(case, digits) for case in cases):
            return said("low precision", f"{digits} decimal{'s' if digits > 1 else ''}")
    if all((c.actual == _as(np.float16)(c.expected)).all() for c in cases):
        return said("low precision", "float16 precision")
    is_float32 = all((c.actual == _as(np.float32)(c.actual)).all() for c in cases)
    # Numbers of few digits are float32 numbers by chance.
    fine = sum(int((c.actual != _as(np.float16)(c.actual)).sum()) for c in cases)
    if is_float32 and fine >= FEW and all(case.error <= _FLOAT32_ERROR for case in cases):
        return said("low precision", "float32 precision")
    return None


def _as(dtype: type[np.floating]) -> Callable[[np.ndarray], np.ndarray]:
    return lambda array: array.astype(dtype).astype(np.float64)


def _is_rounded(case: Case, digits: int) -> bool:
    """Whether the values have so many decimals and are as near to the truth as they can be."""
    half = 0.5 * 10.0**-digits
    is_short = np.abs(case.actual - np.round(case.actual, digits)) <= half * 1e-6
    is_nearest = np.abs(case.difference) <= half * (1 + 1e-6)
    return bool((is_short & is_nearest).all())


def _are_enough(cases: Cases) -> bool:
    return sum(int(np.count_nonzero(case.actual)) for case in cases) >= FEW


def nearly_right(cases: Cases) -> Diagnosis | None:
    """Off by little, for a reason that the arrays do not show."""
    is_near = all(case.error <= NEARLY_RIGHT for case in cases)
    return said("nearly right") if is_near and _are_enough(cases) else None


ROUNDED: tuple[Detector, ...] = (truncated, low_precision)
NEARLY: tuple[Detector, ...] = (low_precision, nearly_right)

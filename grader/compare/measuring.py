"""Measures how far two values are apart, and how large one is.

    e = max|actual − expected| / scale

where `scale` is the largest expected magnitude of the output. Knows nothing of what an error may
be.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import inf

import numpy as np

from grader.errors import GraderError
from grader.model import ErrorMap, ExpectedCase
from grader.student.packing import Numbers, Value, in_floats, numbers, unpack
from grader.student.signature import Signature

MAP_ELEMENTS = 4096
SLIGHTLY = 0.05  # of the scale: nearer than this, an element of the error map is slightly off
_EXACT_IN_FLOAT64 = 2**53
_LEAST = 5e-324  # the error of unequal numbers is never rounded to 0


def errors(*, actual: Numbers, expected: Numbers, scale: float) -> np.ndarray:
    """|actual − expected| / scale per element, in float64, for real arrays of one shape.

    It is 0 for equal infinities and for NaN where NaN is expected, infinite for any other NaN or
    infinity, and never rounded to 0 for numbers that differ.

    Raises:
        GraderError: `scale` is not a positive finite number.
    """
    if not 0 < scale < inf:
        raise GraderError(f"found {scale} as the scale of an output; wanted a positive number")
    are_floats = actual.dtype.kind == expected.dtype.kind == "f"
    if not are_floats and (_is_wide(actual) or _is_wide(expected)):
        return _exact_errors(actual, expected, scale)
    with np.errstate(all="ignore"):  # some bits that are no number warn when they are moved
        a, b = (array.astype(np.float64, copy=False) for array in (actual, expected))
        differs = a != b
        if not differs.any():
            return np.zeros(a.shape)
        # A difference that overflows is larger than any scale, and may well count as infinite.
        found = np.abs(a - b) / scale
    found = np.where(differs, np.maximum(found, _LEAST), 0.0)
    if found.max() < inf:  # which NaN is not
        return found
    found = np.where(np.isnan(found), inf, found)
    return np.where(np.isnan(a) & np.isnan(b), 0.0, found)


def _is_wide(array: Numbers) -> bool:
    """Whether float64 could not hold all numbers of the array as they are."""
    if array.dtype.kind == "O":
        return True
    if array.dtype.kind not in "iu" or array.dtype.itemsize < 8:  # noqa: PLR2004  # of 8 bytes
        return False
    return bool(((array > _EXACT_IN_FLOAT64) | (array < -_EXACT_IN_FLOAT64)).any())


def _exact_errors(actual: Numbers, expected: Numbers, scale: float) -> np.ndarray:
    pairs = zip(actual.astype(object).flat, expected.astype(object).flat, strict=True)
    found = np.array([_exact_error(a, b, scale) for a, b in pairs], dtype=np.float64)
    return found.reshape(expected.shape)


def _exact_error(a: float | Fraction, b: float | Fraction, scale: float) -> float:
    if a == b:  # one of them is exact, so that both are never NaN
        return 0.0
    try:
        return max(float(abs(Fraction(a) - Fraction(b)) / Fraction(scale)), _LEAST)
    except (OverflowError, ValueError):  # infinities and NaN have no fraction
        return inf


def error_of(*, actual: Value, value: Value, scale: float) -> float:
    """The statistic alone; infinite where the two can not be compared."""
    if isinstance(actual, str) or isinstance(value, str):
        return 0.0 if type(actual) is type(value) and actual == value else inf
    a, b = numbers(actual), numbers(value)
    if a is None or b is None or a.shape != b.shape or "c" in (a.dtype.kind, b.dtype.kind):
        return inf
    return float(errors(actual=a, expected=b, scale=scale).max(initial=0.0))


def agree(*, actual: Value, value: Value, scale: float, bound: float) -> bool:
    """Whether two values are the same within `bound` of `scale`."""
    return error_of(actual=actual, value=value, scale=scale) <= bound


def noise(*, value64: Value, value32: Value, scale: float) -> float:
    """The error of a float32 run of the reference; infinite where float32 gives no such value."""
    return error_of(actual=value32, value=value64, scale=scale)


def scale_of(value: Value, inputs: Sequence[Value]) -> float:
    """The size that errors of an output are measured against: positive and finite.

    The largest finite magnitude of the value; where that is zero, of the floating inputs, so that
    rounding noise around a true zero is not taken for a mistake; else 1.
    """
    own = magnitude(value)
    if own:
        return own
    return max((magnitude(v) for v in inputs if _is_floating(v)), default=0.0) or 1.0


def magnitude(value: Value) -> float:
    """The largest finite magnitude in a value; 0 where there is none."""
    found = numbers(value)
    if found is None or found.dtype.kind == "c":
        return 0.0
    floats = np.abs(in_floats(found))
    return float(floats[np.isfinite(floats)].max(initial=0.0))


def _is_floating(value: Value) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def is_comparable(answer: dict[str, Value], case: ExpectedCase, signature: Signature) -> bool:
    """Whether all outputs given are finite arrays of the expected shapes, fit for own code."""
    for variable, output in zip(signature.outputs, case.outputs, strict=True):
        if variable.name not in answer:
            continue
        found = numbers(answer[variable.name])
        if found is None or found.dtype.kind == "c" or not is_finite(found).all():
            return False
        if found.shape != np.shape(unpack(output.value)):
            return False
    return True


def error_map(*, actual: Value, expected: Value, scale: float, bound: float) -> ErrorMap | None:
    """Which elements of a wrong array are right, slightly off, far off or not finite.

    None where the two can not be laid over one another, or are too small or large for a picture.
    """
    found, truth = numbers(actual), numbers(expected)
    if found is None or truth is None or found.dtype.kind == "c" or found.shape != truth.shape:
        return None
    if not found.ndim or not 1 < found.size <= MAP_ELEMENTS:
        return None
    off = errors(actual=found, expected=truth, scale=scale)
    classes = np.where(off <= bound, 0, np.where(off <= SLIGHTLY, 1, 2))
    classes = np.where((off > 0) & ~is_finite(found), 3, classes)
    return ErrorMap(shape=found.shape, classes=classes.astype(np.uint8).tobytes())


def is_finite(array: Numbers) -> np.ndarray:
    """Per element whether it is neither NaN nor infinite."""
    return np.isfinite(array) if array.dtype.kind == "f" else np.ones(array.shape, dtype=bool)


def is_whole(array: Numbers) -> bool:
    """Whether all finite elements are whole numbers."""
    if array.dtype.kind == "O":
        return all(item == int(item) for item in array.flat)
    if array.dtype.kind != "f":
        return True
    finite = array[np.isfinite(array)]
    return bool((finite == np.round(finite)).all())


def without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape without axes of length 1."""
    return tuple(size for size in shape if size != 1)

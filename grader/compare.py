"""Decides whether what came back agrees with what was expected, and by how much.

The stages stand in the order in which a person debugs: type, shape, dtype, NaN and inf places,
values. The statistic that decides is e = max|actual − expected| / scale, where `scale` is the
largest expected magnitude of the output; it is also the one that is told. Sentences never hold an
expected value. Knows nothing of marks, tests or how a value was obtained.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from grader.model import Comparison, ErrorMap, ExpectedCase, ExpectedOutput, Stage
from grader.student.signature import Signature, Variable
from grader.student.wire import Unusable, Value, unpack

FLOAT32_FLOOR = 1e-4
FLOAT32_NOISE = 30
RECOGNITION_BOUND = 1e-6
MAP_ELEMENTS = 4096
SLIGHTLY = 0.05  # of the scale: nearer than this, an element of the error map is slightly off

_NUMBERS = "biuf"
_LOW_PRECISION = (np.dtype(np.float16), np.dtype(np.float32))


def compare(
    *,
    actual: Value,
    expected: ExpectedOutput,
    variable: Variable,
    tolerance: float = 1e-8,
) -> Comparison:
    """Compare one output of one case with the reference's value or an alternative to it."""
    values = (expected.value, *expected.alternatives)
    found = [_compare(actual, unpack(value), expected, variable, tolerance) for value in values]
    return next((comparison for comparison in found if comparison.agrees), found[0])


def _compare(
    actual: Value, truth: Value, expected: ExpectedOutput, variable: Variable, tolerance: float
) -> Comparison:
    if variable.type == "str" or isinstance(truth, str):
        return _compare_texts(actual, truth)
    if _is_exact(actual, truth, variable):
        return _compare_exact(actual, truth, tolerance if variable.type == "float" else 0.0)
    array, trouble = as_array(actual, variable)
    if array is None:
        return Comparison(stage=Stage.TYPE, sentence=trouble)
    wanted = np.asarray(_plain(truth))
    if array.shape != wanted.shape and _squeezed(array) != _squeezed(wanted):
        return Comparison(stage=Stage.SHAPE, sentence=_shapes(array, wanted, variable))
    if array.dtype.kind not in _NUMBERS:
        return Comparison(stage=Stage.DTYPE, sentence=_kinds(array, variable))
    comparison = _compare_values(array.reshape(wanted.shape), wanted, expected, variable, tolerance)
    if comparison.agrees and array.shape != wanted.shape:
        return _as_squeezed(comparison, array, wanted, variable)
    return comparison


# --- types --------------------------------------------------------------------------------------


def _compare_texts(actual: Value, truth: Value) -> Comparison:
    if not isinstance(actual, str):
        return Comparison(stage=Stage.TYPE, sentence=f"found {described(actual)}; wanted a text")
    if actual != truth:
        return Comparison(stage=Stage.VALUES, sentence="this is another text", error=1.0, bad=1)
    return Comparison(stage=Stage.AGREES)


def _is_exact(actual: Value, truth: Value, variable: Variable) -> bool:
    """Whether Python's own exact numbers are compared: big integers and fractions."""
    if not variable.is_scalar or isinstance(actual, bool):
        return False
    exact = (int, Fraction)
    both = isinstance(actual, exact) and isinstance(truth, exact)
    return both or (isinstance(actual, Fraction) and isinstance(truth, float))


def _compare_exact(actual: Any, truth: Any, tolerance: float) -> Comparison:
    """Exact numbers agree when they are equal; a float truth, within the tolerance."""
    if isinstance(truth, float) and not np.isfinite(truth):
        return Comparison(stage=Stage.NONFINITE, sentence="a finite number where none was due")
    difference = abs(Fraction(actual) - Fraction(truth))
    scale = abs(Fraction(truth)) or 1
    error = _as_float(difference / scale)
    bound = tolerance if isinstance(truth, float) or tolerance > _DEFAULT_TOLERANCE else 0.0
    if error <= bound and (bound or not difference):
        return Comparison(stage=Stage.AGREES, error=error, bound=bound)
    sentence = f"the value is off by {told(error)} of its size"
    return Comparison(stage=Stage.VALUES, sentence=sentence, error=error, bound=bound, bad=1)


_DEFAULT_TOLERANCE = 1e-8


def as_array(actual: Value, variable: Variable) -> tuple[np.ndarray | None, str]:
    """The value as an array, or None and a sentence that says what was found and wanted."""
    wanted = "a number" if variable.is_scalar else f"an array {variable}"
    if isinstance(actual, Unusable | dict | str) or actual is None:
        advice = " (is a return missing?)" if actual is None else ""
        return None, f"found {described(actual)}; wanted {wanted}{advice}"
    try:
        array = np.asarray(_plain(actual))
    except (ValueError, TypeError, OverflowError):
        return None, f"found a list of unequal or mixed items; wanted {wanted}"
    if array.dtype.kind not in "biufc":
        return None, f"found {described(actual)}; wanted {wanted}"
    return array, ""


def _plain(value: Value) -> Any:
    """Fractions as floats, integers beyond 64 bits as floats, inside tuples too."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Fraction) or (type(value) is int and not -(2**63) <= value < 2**63):
        return _as_float(value)
    return value


def _as_float(number: Fraction | int) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def described(value: Value) -> str:
    """A value in words, without its contents."""
    match value:
        case None:
            return "None"
        case Unusable(found):
            return found
        case np.ndarray():
            return f"an array of shape {value.shape} and dtype {value.dtype}"
        case str():
            return "a text"
        case tuple():
            return f"a tuple of {len(value)} values"
        case dict():
            return "a dict"
        case bool():
            return "a truth value"
        case _:
            return "a number"


# --- shapes and dtypes --------------------------------------------------------------------------


def _squeezed(array: np.ndarray) -> tuple[int, ...]:
    return tuple(size for size in array.shape if size != 1)


def _shapes(array: np.ndarray, wanted: np.ndarray, variable: Variable) -> str:
    if variable.is_scalar:
        return f"found an array of shape {array.shape}; wanted a single number"
    names = next((form for form in variable.forms if len(form) == wanted.ndim), ())
    named = ", ".join(map(str, names)) + ("," if len(names) == 1 else "")
    found = "a single number" if array.ndim == 0 else f"shape {array.shape}"
    return f"found {found}; wanted ({named}) = {wanted.shape}"


def _kinds(array: np.ndarray, variable: Variable) -> str:
    wanted = {"int": "whole numbers", "bool": "truth values"}.get(variable.type, "real numbers")
    return f"found {array.dtype} numbers; wanted {wanted}"


def _as_squeezed(
    comparison: Comparison, array: np.ndarray, wanted: np.ndarray, variable: Variable
) -> Comparison:
    return Comparison(
        stage=Stage.AGREES,
        sentence=f"the values are right; {_shapes(array, wanted, variable)}",
        error=comparison.error,
        bound=comparison.bound,
        size=comparison.size,
        is_float32=comparison.is_float32,
        squeezed=True,
    )


# --- values -------------------------------------------------------------------------------------


def _compare_values(
    actual: np.ndarray,
    truth: np.ndarray,
    expected: ExpectedOutput,
    variable: Variable,
    tolerance: float,
) -> Comparison:
    if variable.type != "float":
        return _compare_whole(actual, truth, variable)
    places = _nonfinite(actual, truth)
    if places is not None:
        return places
    bound = _bound(actual, expected, tolerance)
    errors = _errors(actual, truth, expected.scale)
    error = float(errors.max(initial=0.0))
    is_float32 = actual.dtype in _LOW_PRECISION and bound > tolerance
    if error <= bound:
        return Comparison(
            stage=Stage.AGREES,
            error=error,
            bound=bound,
            size=errors.size,
            is_float32=is_float32 and error > tolerance,
        )
    bad = int((errors > bound).sum())
    worst = tuple(int(i) for i in np.unravel_index(int(errors.argmax()), errors.shape))
    return Comparison(
        stage=Stage.VALUES,
        sentence=_off(error, bound, bad, errors.size),
        error=error,
        bound=bound,
        worst=worst,
        bad=bad,
        size=errors.size,
        is_float32=is_float32,
    )


def _off(error: float, bound: float, bad: int, size: int) -> str:
    allowed = f"(allowed {told(bound)})"
    if size == 1:
        return f"the value is off by {told(error)} of its size {allowed}"
    where = "all" if bad == size else f"{bad} of"
    return f"{where} {size} values are off, by up to {told(error)} of the largest {allowed}"


def told(number: float) -> str:
    """A statistic to two digits: 0.31, 1e-08."""
    return f"{number:.2g}"


def _compare_whole(actual: np.ndarray, truth: np.ndarray, variable: Variable) -> Comparison:
    """Integers and truth values agree exactly, however they are stored; 3.0 is 3."""
    with np.errstate(all="ignore"):
        if (
            actual.dtype.kind == "f"
            and not (np.isfinite(actual) & (actual == np.round(actual))).all()
        ):
            return Comparison(stage=Stage.DTYPE, sentence=_not_whole(variable))
        wrong = actual != truth
    bad = int(wrong.sum())
    if not bad:
        return Comparison(stage=Stage.AGREES, size=wrong.size)
    worst = tuple(int(i[0]) for i in np.nonzero(wrong)) if wrong.ndim else ()
    many = f"{bad} of {wrong.size} values differ" if wrong.size > 1 else "the value differs"
    return Comparison(
        stage=Stage.VALUES,
        sentence=f"{many}; whole numbers must be exact",
        error=1.0,
        worst=worst,
        bad=bad,
        size=wrong.size,
    )


def _not_whole(variable: Variable) -> str:
    what = "truth values" if variable.type == "bool" else "whole numbers"
    return f"found a number that is not whole; wanted {what}"


def _nonfinite(actual: np.ndarray, truth: np.ndarray) -> Comparison | None:
    """NaN and infinities must stand where they are expected, with their sign, and nowhere else."""
    strange = ~np.isfinite(actual) | ~np.isfinite(truth)
    if not strange.any():
        return None
    agrees = (np.isnan(actual) & np.isnan(truth)) | (actual == truth)
    wrong = strange & ~agrees
    bad = int(wrong.sum())
    if not bad:
        return None
    first = tuple(int(i[0]) for i in np.nonzero(wrong)) if wrong.ndim else ()
    kinds = [
        name for name, where in (("NaN", np.isnan), ("inf", np.isinf)) if where(actual[wrong]).any()
    ]
    what = " and ".join(kinds) or "a finite number where inf or NaN is due"
    sentence = (
        f"{bad} of {wrong.size} values are {what}" if wrong.size > 1 else f"the value is {what}"
    )
    return Comparison(
        stage=Stage.NONFINITE,
        sentence=sentence,
        error=float("inf"),
        worst=first,
        bad=bad,
        size=wrong.size,
    )


def _bound(actual: np.ndarray, expected: ExpectedOutput, tolerance: float) -> float:
    """The error allowed: a float32 answer gets what the reference itself loses in float32.

    A case whose float32 noise hides a misconception decides nothing about it; the cases in which
    the misconception stands out do (each problem is proved to have one).
    """
    if actual.dtype not in _LOW_PRECISION:
        return tolerance
    return max(tolerance, FLOAT32_FLOOR, FLOAT32_NOISE * expected.noise32)


def _errors(actual: np.ndarray, truth: np.ndarray, scale: float) -> np.ndarray:
    """|actual − expected| / scale per element, in float64; 0 where both are the same infinity."""
    with np.errstate(all="ignore"):
        a, b = actual.astype(np.float64), truth.astype(np.float64)
        # Divided before subtracting, so that huge values can not overflow.
        errors = np.abs(a / scale - b / scale)
        return np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, errors)


# --- measures that others use -------------------------------------------------------------------


def scale_of(value: Value, inputs: Sequence[Value]) -> float:
    """The size that errors of an output are measured against.

    The largest finite magnitude of the value; where that is zero, of the floating inputs, so that
    rounding noise around a true zero is not taken for a mistake; else 1.
    """
    own = _magnitude(value)
    if own:
        return own
    return max((_magnitude(v) for v in inputs if _is_floating(v)), default=0.0) or 1.0


def _magnitude(value: Value) -> float:
    if isinstance(value, str | Unusable | dict) or value is None:
        return 0.0
    array = np.abs(np.asarray(_plain(value), dtype=np.float64))
    return float(array[np.isfinite(array)].max(initial=0.0))


def _is_floating(value: Value) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def error_of(*, actual: Value, value: Value, scale: float) -> float:
    """The statistic alone; infinite where the two can not be compared."""
    if isinstance(actual, str) or isinstance(value, str):
        return 0.0 if actual == value else float("inf")
    if any(isinstance(v, Unusable | dict) or v is None for v in (actual, value)):
        return float("inf")
    exact = (int, Fraction)
    if isinstance(actual, exact) and isinstance(value, exact):
        return _as_float(abs(Fraction(actual) - Fraction(value)) / Fraction(scale))
    try:
        a, b = np.asarray(_plain(actual)), np.asarray(_plain(value))
    except (ValueError, TypeError):
        return float("inf")
    if a.dtype.kind not in _NUMBERS or b.dtype.kind not in _NUMBERS or a.shape != b.shape:
        return float("inf")
    errors = _errors(a, b, scale)
    return float("inf") if np.isnan(errors).any() else float(errors.max(initial=0.0))


def agree(*, actual: Value, value: Value, scale: float, bound: float) -> bool:
    """Whether two values are the same within `bound` of `scale`."""
    return error_of(actual=actual, value=value, scale=scale) <= bound


def noise(*, value64: Value, value32: Value, scale: float) -> float:
    """The error of a float32 run of the reference; 0 where it gives nothing comparable."""
    error = error_of(actual=value32, value=value64, scale=scale)
    return error if np.isfinite(error) else 0.0


def is_comparable(answer: dict[str, Value], case: ExpectedCase, signature: Signature) -> bool:
    """Whether all outputs given are finite arrays of the expected shapes, fit for own code."""
    for variable, output in zip(signature.outputs, case.outputs, strict=True):
        if variable.name not in answer:
            continue
        array, _ = as_array(answer[variable.name], variable)
        if array is None or array.shape != np.shape(unpack(output.value)):
            return False
        if array.dtype.kind not in _NUMBERS or not np.isfinite(array).all():
            return False
    return True


def recognise(
    *, actuals: Sequence[Value], expected: Sequence[ExpectedOutput], count: int
) -> int | None:
    """The misconception whose values the student's equal in every case, if one does.

    It must differ from the truth in at least one of the cases. Of several that fit, the first
    declared counts (authors keep them apart).

    Args:
        actuals: one output's values over all cases that ran.
        expected: the same cases' expected values, with the misconceptions' in the part's order.
        count: how many misconceptions the part has.
    """
    return next((index for index in range(count) if _fits(index, actuals, expected)), None)


def _fits(index: int, actuals: Sequence[Value], expected: Sequence[ExpectedOutput]) -> bool:
    differs = False
    for actual, output in zip(actuals, expected, strict=True):
        wrong = output.wrong[index]
        if wrong is None:
            return False
        value = unpack(wrong)
        bound = _recognition_bound(actual, output)
        scale = scale_of(value, ()) if isinstance(value, np.ndarray) else output.scale
        scale = max(scale, output.scale)
        if not agree(actual=_like(actual, value), value=value, scale=scale, bound=bound):
            return False
        differs = differs or not agree(
            actual=value, value=unpack(output.value), scale=output.scale, bound=10 * bound
        )
    return differs


def _recognition_bound(actual: Value, output: ExpectedOutput) -> float:
    is_low = isinstance(actual, np.ndarray) and actual.dtype in _LOW_PRECISION
    return max(FLOAT32_FLOOR, FLOAT32_NOISE * output.noise32) if is_low else RECOGNITION_BOUND


def _like(actual: Value, value: Value) -> Value:
    """The student's value in the wanted shape, where only axes of length 1 differ."""
    if isinstance(actual, np.ndarray) and actual.size == np.size(value):
        array = np.asarray(_plain(value))
        if _squeezed(actual) == _squeezed(array):
            return actual.reshape(array.shape)
    return actual


def error_map(*, actual: Value, expected: Value, scale: float, bound: float) -> ErrorMap | None:
    """Which elements of a wrong array are right, slightly off, far off or not finite."""
    if not isinstance(actual, np.ndarray) or not isinstance(expected, np.ndarray):
        return None
    if actual.shape != expected.shape or not 1 < actual.size <= MAP_ELEMENTS:
        return None
    if actual.dtype.kind not in _NUMBERS:
        return None
    errors = _errors(actual, expected, scale)
    classes = np.where(errors <= bound, 0, np.where(errors <= SLIGHTLY, 1, 2))
    classes = np.where(~np.isfinite(actual) & ~(errors == 0), 3, classes)
    return ErrorMap(shape=actual.shape, classes=classes.astype(np.uint8).tobytes())

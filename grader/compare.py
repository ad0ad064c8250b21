"""Decides whether what came back agrees with what was expected, and by how much.

The stages stand in the order in which a person debugs: type, shape, dtype, NaN and inf places,
values. One statistic decides, and it is the one that is told:

    e = max|actual − expected| / scale

where `scale` is the largest expected magnitude of the output. Whole numbers and fractions have
e ≤ 0 to meet, float64 the tolerance, float32 what the reference itself loses in float32. Sentences
never hold an expected value. Knows nothing of marks, tests or how a value was obtained.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import count as counting
from math import inf, isnan

import numpy as np
from msgspec.structs import replace

from grader.errors import GraderError
from grader.model import Comparison, ErrorMap, ExpectedCase, ExpectedOutput, Record, Stage
from grader.student.packing import (
    NoValue,
    Numbers,
    Packed,
    Unusable,
    Value,
    in_floats,
    numbers,
    unpack,
)
from grader.student.signature import Signature, Variable

TOLERANCE = 1e-8
FLOAT32_FLOOR = 1e-4
FLOAT32_NOISE = 30
FLOAT32_LIMIT = 0.1  # no float32 answer may be off by more than a tenth, however noisy its case
NEAREST_SHARE = 0.1  # nor by more than this share of the nearest misconception's error
RECOGNITION_BOUND = 1e-6
MAP_ELEMENTS = 4096
SLIGHTLY = 0.05  # of the scale: nearer than this, an element of the error map is slightly off

_LOW = (np.float16, np.float32)
_EXACT_KINDS = "biuO"
_EXACT_IN_FLOAT64 = 2**53
_LEAST = 5e-324  # the error of unequal numbers is never rounded to 0


def compare(
    *,
    actual: Value,
    expected: ExpectedOutput,
    variable: Variable,
    tolerance: float = TOLERANCE,
    nearest_wrong: float | None = None,
) -> Comparison:
    """Compare one output of one case with the reference's value, or with an alternative to it.

    Args:
        actual: what came back, as `packing.unpack` gives it.
        expected: what the case expects of the output.
        variable: how the signature declares the output.
        tolerance: the error that a float64 answer may have.
        nearest_wrong: the error of the nearest misconception in this case, which limits what a
            float32 answer may have; found from `expected` when it is not given.

    Raises:
        GraderError: the expected value is nothing to compare with.
    """
    truths = map(unpack, (expected.value, *expected.alternatives))
    if variable.type == "str":
        return _compare_texts(actual, tuple(truths))
    found = numbers(actual)
    if found is None or _is_misplaced_truth(found, variable):
        return Comparison(stage=Stage.TYPE, sentence=_wrong_type(actual, variable))
    allowed = _allowed(found, expected, variable, tolerance, nearest_wrong)
    first = None
    for truth in truths:
        wanted = _expected_numbers(truth, variable)
        comparison = _compare(found, wanted, variable, expected.scale, allowed)
        if comparison.agrees:
            return comparison
        first = first or comparison
    assert first is not None
    return first


def _compare(
    actual: Numbers, truth: Numbers, variable: Variable, scale: float, allowed: "_Allowed"
) -> Comparison:
    """Take the stages after the type, one after the other."""
    squeezed = actual.shape != truth.shape
    if squeezed and _squeezed(actual.shape) != _squeezed(truth.shape):
        return Comparison(stage=Stage.SHAPE, sentence=_wrong_shape(actual, truth, variable))
    if actual.dtype.kind == "c" or (variable.type != "float" and not _is_whole(actual)):
        return Comparison(stage=Stage.DTYPE, sentence=_wrong_dtype(actual, variable))
    laid = actual.reshape(truth.shape)
    found = errors(actual=laid, expected=truth, scale=scale)
    if found.max(initial=0.0) == inf:
        astray = (found == inf) & ~(_is_finite(laid) & _is_finite(truth))
        if astray.any():
            return _compare_places(laid, astray, allowed)
    if _is_exact(laid, truth, variable, allowed):
        allowed = _EXACTLY
    comparison = _compare_values(found, allowed)
    if comparison.agrees and squeezed:
        sentence = f"the values are right; {_wrong_shape(actual, truth, variable)}"
        return replace(comparison, sentence=sentence, squeezed=True)
    return comparison


# --- what an error may be -----------------------------------------------------------------------


class _Allowed(Record, frozen=True, kw_only=True):
    """What the error of an answer may be.

    Attributes:
        bound: the answer agrees up to here.
        doubt: up to here it is undecided, as its own type may be to blame.
        low: "float32" or "float16" where that widened the bound.
    """

    bound: float
    doubt: float = 0.0
    low: str = ""


_EXACTLY = _Allowed(bound=0.0)


def _allowed(
    actual: Numbers,
    expected: ExpectedOutput,
    variable: Variable,
    tolerance: float,
    nearest_wrong: float | None,
) -> _Allowed:
    if variable.type != "float":
        return _EXACTLY
    wide = max(FLOAT32_FLOOR, FLOAT32_NOISE * expected.noise32)
    if actual.dtype.type not in _LOW or wide <= tolerance:
        return _Allowed(bound=tolerance)
    nearest = _nearest_wrong(expected, tolerance) if nearest_wrong is None else nearest_wrong
    bound = max(tolerance, min(wide, FLOAT32_LIMIT, NEAREST_SHARE * nearest))
    return _Allowed(bound=bound, doubt=wide, low=actual.dtype.name)


def _nearest_wrong(expected: ExpectedOutput, tolerance: float) -> float:
    """The least error among the misconceptions that show in this case; infinite without any."""
    truth = unpack(expected.value)
    wrong = (unpack(value) for value in expected.wrong if value is not None)
    found = (error_of(actual=value, value=truth, scale=expected.scale) for value in wrong)
    return min((error for error in found if error > tolerance), default=inf)


def counting_against(comparisons: Sequence[Comparison]) -> list[int]:
    """The cases of one output that cost marks, by index.

    Cases that can not judge float32 are left out, unless no case is left that can.
    """
    decided = [c for c in comparisons if not c.undecided]
    return [
        index
        for index, comparison in enumerate(comparisons)
        if not comparison.agrees and not (comparison.undecided and decided)
    ]


# --- types --------------------------------------------------------------------------------------


def _expected_numbers(truth: Value, variable: Variable) -> Numbers:
    found = numbers(truth)
    if found is None:
        raise GraderError(
            f"{variable.name}: found {described(truth)} as the expected value; wanted numbers"
        )
    return found


def _is_misplaced_truth(found: Numbers, variable: Variable) -> bool:
    """Whether a single True or False stands where a number is wanted; masks may be arrays of it."""
    return found.dtype.kind == "b" and variable.is_scalar and variable.type != "bool"


def _is_whole(array: Numbers) -> bool:
    if array.dtype.kind == "O":
        return all(item == int(item) for item in array.flat)
    if array.dtype.kind != "f":
        return True
    finite = array[np.isfinite(array)]
    return bool((finite == np.round(finite)).all())


def _is_finite(array: Numbers) -> np.ndarray:
    return np.isfinite(array) if array.dtype.kind == "f" else np.ones(array.shape, dtype=bool)


def _is_exact(actual: Numbers, truth: Numbers, variable: Variable, allowed: _Allowed) -> bool:
    """Whether numbers must be equal: exact ones on both sides, unless the part sets a tolerance."""
    if variable.type != "float":
        return True
    kinds = actual.dtype.kind, truth.dtype.kind
    return all(kind in _EXACT_KINDS for kind in kinds) and allowed.bound <= TOLERANCE


def _compare_texts(actual: Value, truths: Sequence[Value]) -> Comparison:
    if not isinstance(actual, str):
        return Comparison(stage=Stage.TYPE, sentence=f"found {described(actual)}; wanted a text")
    if actual not in truths:
        return Comparison(stage=Stage.VALUES, sentence="this is another text", error=1.0, bad=1)
    return Comparison(stage=Stage.AGREES)


# --- what is told of types, shapes and dtypes ---------------------------------------------------


def _wrong_type(actual: Value, variable: Variable) -> str:
    if isinstance(actual, tuple):
        found = "a list whose rows differ in length, or that holds other things than numbers"
    else:
        found = described(actual)
    single = {"int": "a whole number", "bool": "true or false"}.get(variable.type, "a number")
    wanted = single if variable.is_scalar else f"an array {variable}"
    advice = " (is a return missing?)" if actual is None else ""
    return f"found {found}; wanted {wanted}{advice}"


def described(value: Value) -> str:
    """A value in words, without its contents."""
    match value:
        case Unusable(found):
            return found
        case np.ndarray():
            return f"an array of shape {value.shape} and dtype {value.dtype}"
        case tuple():
            return f"a tuple of {len(value)} values"
        case _:
            return _IN_WORDS.get(type(value), "a number")


_IN_WORDS = {
    type(None): "None",
    NoValue: "no value",
    bool: "a truth value",
    str: "a text",
    dict: "a dict",
}


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def _wrong_shape(actual: Numbers, truth: Numbers, variable: Variable) -> str:
    found = f"shape {actual.shape}" if actual.ndim else "a single number"
    if not truth.ndim:
        return f"found an array of {found}; wanted a single number"
    names = _names(variable, truth.shape)
    named = ", ".join(names) + ("," if len(names) == 1 else "")
    return f"found {found}; wanted ({named}) = {truth.shape}"


def _names(variable: Variable, shape: tuple[int, ...]) -> tuple[str, ...]:
    """What the signature calls the axes of an output of this shape."""
    for form in variable.forms:
        if len(form) == len(shape) and all(
            isinstance(dim, str) or dim == size for dim, size in zip(form, shape, strict=True)
        ):
            return tuple(map(str, form))
    return tuple(map(str, shape))


def _wrong_dtype(actual: Numbers, variable: Variable) -> str:
    wanted = {"int": "whole numbers", "bool": "truth values"}.get(variable.type, "real numbers")
    if actual.dtype.kind == "c":
        return f"found {actual.dtype} numbers; wanted {wanted}"
    return f"found a number that is not whole; wanted {wanted}"


# --- values -------------------------------------------------------------------------------------


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
    a, b = (array.astype(np.float64, copy=False) for array in (actual, expected))
    differs = a != b
    if not differs.any():
        return np.zeros(a.shape)
    with np.errstate(all="ignore"):
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
    if a == b or (isinstance(a, float) and isinstance(b, float) and isnan(a) and isnan(b)):
        return 0.0
    try:
        return max(float(abs(Fraction(a) - Fraction(b)) / Fraction(scale)), _LEAST)
    except (OverflowError, ValueError):  # infinities and NaN have no fraction
        return inf


def _compare_places(actual: Numbers, wrong: np.ndarray, allowed: _Allowed) -> Comparison:
    """NaN and infinities stand where they are expected, with their sign, and nowhere else."""
    astray = in_floats(actual)[wrong]
    kinds = [name for name, test in (("NaN", np.isnan), ("inf", np.isinf)) if test(astray).any()]
    what = " and ".join(kinds) or "finite where NaN or inf is due"
    bad = int(wrong.sum())
    many = f"{bad} of {wrong.size} values are" if wrong.size > 1 else "the value is"
    return Comparison(
        stage=Stage.NONFINITE,
        sentence=f"{many} {what}",
        error=inf,
        bound=allowed.bound,
        worst=_first(wrong),
        bad=bad,
        size=wrong.size,
        is_float32=bool(allowed.low),
        undecided=allowed.doubt == inf,
    )


def _compare_values(found: np.ndarray, allowed: _Allowed) -> Comparison:
    """Judge by the largest error, and tell it."""
    error = float(found.max(initial=0.0))
    agrees = error <= allowed.bound
    undecided = not agrees and error <= allowed.doubt
    bad = 0 if agrees else int((found > allowed.bound).sum())
    worst = () if agrees else _first(found == error)
    return Comparison(
        stage=Stage.AGREES if agrees else Stage.VALUES,
        sentence="" if agrees else _off(error, bad, found.size, worst, allowed),
        error=error,
        bound=allowed.bound,
        worst=worst,
        bad=bad,
        size=found.size,
        is_float32=bool(allowed.low),
        undecided=undecided,
    )


def _first(where: np.ndarray) -> tuple[int, ...]:
    """The first place that is True, () for a single number."""
    return tuple(int(i) for i in np.unravel_index(int(where.argmax()), where.shape))


def _off(error: float, bad: int, size: int, worst: tuple[int, ...], allowed: _Allowed) -> str:
    told, limit = told_apart(error, allowed.bound)
    if size == 1:
        off = f"the value is off by {told} of its size"
    else:
        many = f"all {size}" if bad == size else f"{bad} of {size}"
        place = ", ".join(map(str, worst))
        off = f"{many} values are off, most at [{place}]: by {told} of the largest magnitude"
    if allowed is _EXACTLY:
        return off
    if not allowed.low:
        return f"{off} (allowed {limit})"
    if error <= allowed.doubt:
        return f"{off}; {allowed.low} is too coarse for this case, compute in float64"
    advice = "; float16 keeps three digits only" if allowed.low == "float16" else ""
    return f"{off} (allowed {limit} for {allowed.low}{advice})"


def told_apart(error: float, bound: float) -> tuple[str, str]:
    """Both numbers as text, to as few digits (from two) as show which is larger."""
    texts: Iterator[tuple[str, str]] = (
        (f"{error:.{digits}g}", f"{bound:.{digits}g}") for digits in counting(2)
    )
    return next(pair for pair in texts if error == bound or pair[0] != pair[1])


# --- measures that others use -------------------------------------------------------------------


def scale_of(value: Value, inputs: Sequence[Value]) -> float:
    """The size that errors of an output are measured against: positive and finite.

    The largest finite magnitude of the value; where that is zero, of the floating inputs, so that
    rounding noise around a true zero is not taken for a mistake; else 1.
    """
    own = _magnitude(value)
    if own:
        return own
    return max((_magnitude(v) for v in inputs if _is_floating(v)), default=0.0) or 1.0


def _magnitude(value: Value) -> float:
    found = numbers(value)
    if found is None or found.dtype.kind == "c":
        return 0.0
    floats = np.abs(in_floats(found))
    return float(floats[np.isfinite(floats)].max(initial=0.0))


def _is_floating(value: Value) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


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


def is_comparable(answer: dict[str, Value], case: ExpectedCase, signature: Signature) -> bool:
    """Whether all outputs given are finite arrays of the expected shapes, fit for own code."""
    for variable, output in zip(signature.outputs, case.outputs, strict=True):
        if variable.name not in answer:
            continue
        found = numbers(answer[variable.name])
        if found is None or found.dtype.kind == "c" or not _is_finite(found).all():
            return False
        if found.shape != np.shape(unpack(output.value)):
            return False
    return True


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
    scale = max(_magnitude(value), output.scale)
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
    if wrong.dtype.kind in _EXACT_KINDS and (found.dtype.kind in _EXACT_KINDS or _is_whole(found)):
        return 0.0 if tolerance <= TOLERANCE or _is_whole(wrong) else tolerance
    if found.dtype.type in _LOW:
        return min(max(FLOAT32_FLOOR, FLOAT32_NOISE * output.noise32), FLOAT32_LIMIT)
    return max(RECOGNITION_BOUND, tolerance)


def _laid(actual: Value, value: Value) -> Value:
    """The student's value in the shape of the other, where only axes of length 1 differ."""
    found, other = numbers(actual), numbers(value)
    if found is None or other is None or _squeezed(found.shape) != _squeezed(other.shape):
        return actual
    return found.reshape(other.shape)


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
    classes = np.where((off > 0) & ~_is_finite(found), 3, classes)
    return ErrorMap(shape=found.shape, classes=classes.astype(np.uint8).tobytes())

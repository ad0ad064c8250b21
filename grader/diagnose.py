"""Says what the arrays tell about a mistake that is none of the listed misconceptions.

Each detector looks at all failing cases of one output at once and speaks only if every case bears
it out, so that a diagnosis is never a guess. Detectors stand in the order in which they are asked:
the most telling first. Knows nothing of marks; its sentences never hold an expected value.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import permutations

import numpy as np

from grader.model import Diagnosis, Record
from grader.student.signature import Signature
from grader.student.wire import Unusable, Value

NEAR = 1e-6
_MAX_AXES = 5
_FEW = 3  # scalars say something about a rule only when there are at least so many
_DIGITS = 7  # a value given to fewer digits was rounded
_NICE_RATIOS = (2.0, 0.5, 3.0, 1 / 3, 4.0, 0.25, np.log(2), 1 / np.log(2))

# Per kind: what the student is told first (the shape of the mistake), then where to look.
SENTENCES = {
    "input returned": ("this is the input {what}, unchanged", "return what the question asks for"),
    "all zeros": ("all values are zero", "is the result ever written?"),
    "sign": (
        "every value has the wrong sign",
        "look for a minus, or for a difference taken backwards",
    ),
    "ratio": ("every value is {what} times what it should be", "look for a factor of {what}"),
    "ratio size": (
        "every value is {what} times what it should be, {what} being a size of the input",
        "was a mean taken where a sum is due, or a sum where a mean is due?",
    ),
    "ratio input": ("every value is off by the factor {what}", "look at where {what} enters"),
    "constant difference": (
        "every value is off by the same amount, {what}",
        "look for a missing or added constant",
    ),
    "missing term": (
        "what is missing is a term equal to the input {what}",
        "follow every path from the input to the output",
    ),
    "extra term": ("the input {what} was added once too often", "follow every path once"),
    "transposed": ("the values are right, but the array is transposed", "swap its axes"),
    "permuted": ("the values are right, but the axes stand in another order", "check their order"),
    "reversed": ("the values are right, but axis {what} runs backwards", "check the direction"),
    "shifted": (
        "the values are right, but shifted by one along axis {what}",
        "check the first index",
    ),
    "reshaped": ("the values are right, but in another shape", "reshape as the signature says"),
    "axis summed": (
        "axis {what} was summed away and should have been kept",
        "check the axis of the sum",
    ),
    "axis averaged": (
        "axis {what} was averaged away and should have been kept",
        "check the axis of the mean",
    ),
    "axis kept": ("axis {what} is left, and should have been summed over", "sum over that axis"),
    "axis kept mean": ("axis {what} is left, and should have been averaged over", "take the mean"),
    "border only": (
        "only the border is wrong; the inside agrees",
        "look at the padding and at the first and last index",
    ),
    "one slice": ("only index {what} is wrong", "look at what is special about it"),
    "one element": ("only one element is wrong, at {what}", "look at what is special about it"),
    "rows equal": (
        "all entries along axis {what} are equal, and should differ",
        "something was broadcast, or computed once for all",
    ),
    "magnitude only": ("the magnitudes are right, but some signs are not", "was a sign dropped?"),
    "truncated": ("the values were cut to whole numbers", "look for // or an integer array"),
    "low precision": (
        "the values are nearly right; the error is that of rounding or low precision",
        "keep float64, and subtract nearly equal numbers with care",
    ),
    "overflow": (
        "NaN or infinity appears where a finite number is due",
        "look for an overflow in exp, a division by zero or the log of zero",
    ),
}


class _Case(Record, frozen=True, kw_only=True):
    """One failing case: what came back, what was due, and what went in."""

    actual: np.ndarray
    expected: np.ndarray
    inputs: dict[str, Value]
    sizes: dict[str, int]
    scale: float


Detector = Callable[[Sequence[_Case], float], Diagnosis | None]


def diagnose(  # noqa: PLR0913  # everything that one output's cases consist of
    *,
    actuals: Sequence[Value],
    expecteds: Sequence[Value],
    inputs: Sequence[dict[str, Value]],
    signature: Signature,
    output: int,
    scales: Sequence[float],
    bound: float,
) -> Diagnosis | None:
    """Diagnose one output over its failing cases.

    Args:
        actuals, expecteds: per case the value returned and the reference's.
        inputs: per case the inputs by name.
        output: the output's index in the signature.
        scales: per case the size that errors are measured against.
        bound: the error that was allowed.
    """
    cases = []
    for actual, expected, given, scale in zip(actuals, expecteds, inputs, scales, strict=True):
        arrays = (_array(actual), _array(expected))
        if arrays[0] is None or arrays[1] is None:
            return None
        sizes = _sizes(signature, given)
        cases.append(
            _Case(actual=arrays[0], expected=arrays[1], inputs=given, sizes=sizes, scale=scale)
        )
    if not cases:
        return None
    del output
    same_shape = all(case.actual.shape == case.expected.shape for case in cases)
    detectors = _VALUES if same_shape else _SHAPES
    with np.errstate(all="ignore"):
        return next((d for detect in detectors if (d := detect(cases, bound)) is not None), None)


def _array(value: Value) -> np.ndarray | None:
    """The value as a real array in float64, or None."""
    if isinstance(value, Unusable | str | dict) or value is None:
        return None
    try:
        array = np.asarray(float(value) if isinstance(value, int | Fraction) else value)
    except (ValueError, TypeError, OverflowError):
        return None
    return array.astype(np.float64) if array.dtype.kind in "biuf" else None


def _sizes(signature: Signature, inputs: dict[str, Value]) -> dict[str, int]:
    """The named sizes of a case, from its inputs' shapes."""
    sizes: dict[str, int] = {}
    for variable in signature.inputs:
        shape = np.shape(inputs[variable.name])
        form = next((f for f in variable.forms if len(f) == len(shape)), ())
        named = zip(form, shape, strict=False)
        sizes.update({dim: size for dim, size in named if isinstance(dim, str)})
    return sizes


def _said(kind: str, what: object = "") -> Diagnosis:
    sentence, hint = SENTENCES[kind]
    return Diagnosis(kind=kind, sentence=sentence.format(what=what), hint=hint.format(what=what))


def _same(a: np.ndarray, b: np.ndarray, scale: float) -> bool:
    """Whether two arrays agree up to rounding, in shape too."""
    if a.shape != b.shape or not np.isfinite(a).all():
        return False
    return float(np.abs(a - b).max(initial=0.0)) <= NEAR * scale


def _all_same(cases: Sequence[_Case], change: Callable[[_Case], np.ndarray | None]) -> bool:
    """Whether, in every case, the actual array is the expected one after the change."""
    for case in cases:
        changed = change(case)
        if changed is None or not _same(case.actual, changed, case.scale):
            return False
    return True


def _evidence(cases: Sequence[_Case]) -> bool:
    """Whether there is enough to see a rule: an array of some elements, or several scalars."""
    return sum(case.expected.size for case in cases) >= _FEW


# --- values of the right shape ------------------------------------------------------------------


def _overflow(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    if all((~np.isfinite(c.actual) & np.isfinite(c.expected)).any() for c in cases):
        return _said("overflow")
    return None


def _input_returned(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    if not _evidence(cases):
        return None
    for name in cases[0].inputs:
        if _all_same(cases, lambda case, name=name: _input(case, name)):  # type: ignore[misc]  # a default binds the loop's name
            return _said("input returned", name)
    return None


def _input(case: _Case, name: str) -> np.ndarray | None:
    array = _array(case.inputs[name])
    return array if array is not None and array.shape == case.expected.shape else None


def _all_zeros(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    is_zero = all(not case.actual.any() and case.expected.any() for case in cases)
    return _said("all zeros") if is_zero and _evidence(cases) else None


def _sign(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    if _evidence(cases) and _all_same(cases, lambda case: -case.expected):
        return _said("sign")
    return None


def _ratio(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    """One factor for every element: a size, an input, or the same number in all cases."""
    ratios = [_ratio_of(case) for case in cases]
    if not _evidence(cases) or any(ratio is None for ratio in ratios):
        return None
    found = [ratio for ratio in ratios if ratio is not None]
    named = _named_ratio(cases, found)
    if named is not None:
        return named
    if np.ptp(found) <= NEAR * abs(found[0]):
        nice = [r for r in _NICE_RATIOS if abs(found[0] - r) <= NEAR * r]
        what = f"{nice[0]:.3g}" if nice else f"{found[0]:.3g}"
        return _said("ratio", what)
    return None


def _ratio_of(case: _Case) -> float | None:
    """The factor between actual and expected, if it is the same for all elements."""
    weight = float((case.expected**2).sum())
    if not weight or not np.isfinite(case.actual).all():
        return None
    ratio = float((case.actual * case.expected).sum() / weight)
    if ratio == 0 or abs(ratio - 1) <= NEAR:
        return None
    return ratio if _same(case.actual, ratio * case.expected, case.scale * abs(ratio)) else None


def _named_ratio(cases: Sequence[_Case], ratios: list[float]) -> Diagnosis | None:
    """The factor as a size of the input, or as one of its scalars, in all cases at once."""
    for kind, name, values in _candidates(cases):
        if len(set(values)) == 1 and len(cases) > 1:
            continue  # a name is told only where it varies with the factor
        for form, exponent in (("{}", 1), ("1/{}", -1), ("{}²", 2), ("√{}", 0.5), ("1/√{}", -0.5)):
            wanted = [float(value) ** exponent for value in values]
            if all(abs(r - w) <= NEAR * abs(w) for r, w in zip(ratios, wanted, strict=True)):
                return _said(kind, form.format(name))
    return None


def _candidates(cases: Sequence[_Case]) -> Iterator[tuple[str, str, list[float]]]:
    for name in cases[0].sizes:
        values = [float(case.sizes.get(name, 0)) for case in cases]
        if all(value > 1 for value in values):
            yield "ratio size", name, values
    for name, value in cases[0].inputs.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            values = [float(case.inputs[name]) for case in cases]
            if all(v > 0 and v != 1 for v in values):
                yield "ratio input", name, values


def _constant_difference(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    if not _evidence(cases):
        return None
    amounts = [float(np.mean(case.actual - case.expected)) for case in cases]
    first = amounts[0]
    if any(
        abs(amount - first) > NEAR * max(abs(first), case.scale)
        for amount, case in zip(amounts, cases, strict=True)
    ):
        return None
    if _all_same(cases, lambda case: case.expected + first):
        return _said("constant difference", f"{first:+.4g}")
    return None


def _term(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    if not _evidence(cases):
        return None
    for name in cases[0].inputs:
        terms = [_input(case, name) for case in cases]
        if any(term is None or not term.any() for term in terms):
            continue
        pairs = [(c, t) for c, t in zip(cases, terms, strict=True) if t is not None]
        if all(_same(c.actual + t, c.expected, c.scale) for c, t in pairs):
            return _said("missing term", name)
        if all(_same(c.actual - t, c.expected, c.scale) for c, t in pairs):
            return _said("extra term", name)
    return None


def _permuted(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    axes = cases[0].expected.ndim
    if not 1 < axes <= _MAX_AXES or not _evidence(cases):
        return None
    for order in permutations(range(axes)):
        if order != tuple(range(axes)) and _all_same(
            cases,
            lambda case, order=order: case.expected.transpose(order),  # type: ignore[misc]  # a default binds the loop's name
        ):
            return _said("transposed" if axes == 2 else "permuted")  # noqa: PLR2004  # a matrix
    return None


def _reversed(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    for axis in range(cases[0].expected.ndim):
        if _all_same(cases, lambda case, axis=axis: np.flip(case.expected, axis)):  # type: ignore[misc]  # as above
            return _said("reversed", axis)
    return None


def _shifted(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    for axis in range(cases[0].expected.ndim):
        for step in (1, -1):
            if all(_is_shifted(case, axis, step) for case in cases):
                return _said("shifted", axis)
    return None


def _is_shifted(case: _Case, axis: int, step: int) -> bool:
    size = case.expected.shape[axis]
    if size < _FEW:
        return False
    behind, ahead = (slice(None, -1), slice(1, None))[::step]
    lead = (slice(None),) * axis
    kept = case.expected[(*lead, behind)]
    return bool(kept.any()) and _same(case.actual[(*lead, ahead)], kept, case.scale)


def _wrong(case: _Case, bound: float) -> np.ndarray:
    errors = np.abs(case.actual - case.expected) / case.scale
    return np.asarray(~(errors <= max(bound, NEAR)))


def _border_only(cases: Sequence[_Case], bound: float) -> Diagnosis | None:
    if cases[0].expected.ndim < 2 or min(min(c.expected.shape[-2:]) for c in cases) < _FEW:  # noqa: PLR2004  # rows and columns
        return None
    for case in cases:
        wrong = _wrong(case, bound)
        if wrong[..., 1:-1, 1:-1].any() or not wrong.any():
            return None
    touched = [_wrong(case, bound) for case in cases]
    rows = any(w[..., 0, :].any() or w[..., -1, :].any() for w in touched)
    columns = any(w[..., :, 0].any() or w[..., :, -1].any() for w in touched)
    return _said("border only") if rows and columns else None


def _one_slice(cases: Sequence[_Case], bound: float) -> Diagnosis | None:
    """Only one index of one axis is wrong, the same in all cases (counted from either end)."""
    for axis in range(cases[0].expected.ndim):
        found = [_slices(case, axis, bound) for case in cases]
        if any(
            case.expected.shape[axis] < _FEW or len(f) != 1
            for case, f in zip(cases, found, strict=True)
        ):
            continue
        if cases[0].expected.ndim == 1 and len(cases) == 1:
            continue  # one element: said as such
        firsts = {f[0] for f in found}
        lasts = {f[0] - case.expected.shape[axis] for case, f in zip(cases, found, strict=True)}
        if len(firsts) == 1:
            return _said("one slice", f"{firsts.pop()} of axis {axis}")
        if lasts == {-1}:
            return _said("one slice", f"-1 of axis {axis}")
    return None


def _slices(case: _Case, axis: int, bound: float) -> list[int]:
    others = tuple(a for a in range(case.expected.ndim) if a != axis)
    return [int(i) for i in np.flatnonzero(_wrong(case, bound).any(axis=others))]


def _one_element(cases: Sequence[_Case], bound: float) -> Diagnosis | None:
    if any(case.expected.size < 2 * _FEW for case in cases):
        return None
    places = [np.argwhere(_wrong(case, bound)) for case in cases]
    if any(len(place) != 1 for place in places):
        return None
    return _said("one element", [int(i) for i in places[0][0]])


def _rows_equal(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    for axis in range(cases[0].expected.ndim):
        if all(
            c.expected.shape[axis] > 1
            and _varies(c.expected, axis, c.scale)
            and not _varies(c.actual, axis, c.scale)
            for c in cases
        ):
            return _said("rows equal", axis)
    return None


def _varies(array: np.ndarray, axis: int, scale: float) -> bool:
    return bool((np.ptp(array, axis=axis) > NEAR * scale).any())


def _magnitude_only(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    same = all(_same(np.abs(c.actual), np.abs(c.expected), c.scale) for c in cases)
    return _said("magnitude only") if same and _evidence(cases) else None


def _truncated(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    if not _evidence(cases):
        return None
    for cut in (np.trunc, np.floor, np.ceil, np.round):
        if all((c.actual == cut(c.expected)).all() for c in cases):
            return _said("truncated")
    return None


def _low_precision(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    """Rounded to a coarse type or to some digits; or off by no more than float32 loses."""
    if not _evidence(cases):
        return None
    roundings: list[Callable[[np.ndarray], np.ndarray]] = [lambda a: a.astype(np.float16)]
    roundings += [lambda a, d=digits: np.round(a, d) for digits in range(1, _DIGITS)]  # type: ignore[misc]  # as above
    if any(all((c.actual == np.float64(r(c.expected))).all() for c in cases) for r in roundings):
        return _said("low precision")
    errors = [float(np.abs(c.actual - c.expected).max(initial=0.0)) / c.scale for c in cases]
    return _said("low precision") if max(errors) <= NEAR else None


# --- values of another shape --------------------------------------------------------------------


def _permuted_shape(cases: Sequence[_Case], bound: float) -> Diagnosis | None:
    if any(c.actual.ndim != c.expected.ndim for c in cases):
        return None
    return _permuted(cases, bound)


def _axis_gone(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    for kind, reduce in (("axis summed", np.sum), ("axis averaged", np.mean)):
        for axis in range(cases[0].expected.ndim):
            for keep in (False, True):
                if _all_same(
                    cases,
                    lambda case, axis=axis, keep=keep, reduce=reduce: reduce(  # type: ignore[misc]  # as above
                        case.expected, axis=axis, keepdims=keep
                    ),
                ):
                    return _said(kind, axis)
    return None


def _axis_left(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    for kind, reduce in (("axis kept", np.sum), ("axis kept mean", np.mean)):
        for axis in range(cases[0].actual.ndim):
            fits = all(
                c.actual.ndim == c.expected.ndim + 1
                and _same(np.asarray(reduce(c.actual, axis=axis)), c.expected, c.scale)
                for c in cases
            )
            if fits:
                return _said(kind, axis)
    return None


def _reshaped(cases: Sequence[_Case], _: float) -> Diagnosis | None:
    same = all(
        c.actual.size == c.expected.size and _same(c.actual.ravel(), c.expected.ravel(), c.scale)
        for c in cases
    )
    return _said("reshaped") if same and _evidence(cases) else None


_VALUES: tuple[Detector, ...] = (
    _overflow,
    _all_zeros,
    _sign,
    _ratio,
    _constant_difference,
    _input_returned,
    _term,
    _permuted,
    _reversed,
    _truncated,
    _low_precision,
    _one_element,
    _one_slice,
    _border_only,
    _rows_equal,
    _shifted,
    _magnitude_only,
)
_SHAPES: tuple[Detector, ...] = (_permuted_shape, _axis_gone, _axis_left, _reshaped)

"""Detectors that look at where the wrong values stand, or at where the right ones went."""

from itertools import combinations, permutations

import numpy as np

from grader.diagnose.case import FEW, Case, Cases, Detector, fits
from grader.diagnose.sentences import said
from grader.model import Diagnosis

_MAX_AXES = 5
_MATRIX = 2
_MAX_SLICES = 128
_DISTINCT = 6
_WINDOWS = (2, 3)


# --- the right values elsewhere -----------------------------------------------------------------


def permuted(cases: Cases) -> Diagnosis | None:
    """The axes in another order, whether or not the shape shows it."""
    axes = cases[0].expected.ndim
    if not 1 < axes <= _MAX_AXES or any(case.actual.ndim != axes for case in cases):
        return None
    for order in permutations(range(axes)):
        if order != tuple(range(axes)) and fits(
            cases,
            lambda case, order=order: case.expected.transpose(order),  # type: ignore[misc]  # a default binds the loop's name
        ):
            return said("transposed" if axes == _MATRIX else "permuted")
    return None


def reversed_(cases: Cases) -> Diagnosis | None:
    """One axis backwards, or two of them: a kernel turned by half a turn."""
    axes = range(cases[0].expected.ndim)
    for chosen in (*combinations(axes, 1), *combinations(axes, 2)):
        if fits(cases, lambda case, chosen=chosen: np.flip(case.expected, chosen)):  # type: ignore[misc]  # as above
            return said("reversed", " and ".join(cases[0].axis(axis) for axis in chosen))
    return None


def shifted(cases: Cases) -> Diagnosis | None:
    """All values one place further along an axis, or one place back."""
    for axis in range(cases[0].expected.ndim):
        for step in (1, -1):
            if all(_is_shifted(case, axis, step) for case in cases):
                return said("shifted", cases[0].axis(axis))
    return None


def _is_shifted(case: Case, axis: int, step: int) -> bool:
    behind, ahead = (slice(None, -1), slice(1, None))[::step]
    lead = (slice(None),) * axis
    kept = case.expected[(*lead, behind)]
    is_seen = bool(np.count_nonzero(kept) >= FEW)
    return is_seen and case.close(case.actual[(*lead, ahead)], kept)


def reordered(cases: Cases) -> Diagnosis | None:
    """The slices along an axis in another order."""
    for axis in range(cases[0].expected.ndim):
        if all(_moved(case, axis) for case in cases):
            if sum(_moved(case, axis) for case in cases) < FEW:
                return None
            return said("reordered", cases[0].axis(axis))
    return None


def _moved(case: Case, axis: int) -> int:
    """How many slices stand in another place; 0 where they are not the same slices."""
    count = case.expected.shape[axis]
    if not 1 < count <= _MAX_SLICES or not case.expected.size:
        return 0
    found = np.moveaxis(case.actual, axis, 0).reshape(count, -1)
    due = np.moveaxis(case.expected, axis, 0).reshape(count, -1)
    gaps = np.stack([np.abs(due - row).max(axis=1) for row in found])
    match = gaps <= case.near * case.scale
    # Slices that are alike could hide that one of them is there twice.
    if not (match.sum(axis=0) == 1).all() or not (match.sum(axis=1) == 1).all():
        return 0
    return int(count - np.trace(match))


def scrambled(cases: Cases) -> Diagnosis | None:
    """The same values in other places, many enough and different enough to be sure."""
    for case in cases:
        if case.actual.size != case.expected.size or np.unique(case.expected).size < _DISTINCT:
            return None
        if not case.close(np.sort(case.actual, axis=None), np.sort(case.expected, axis=None)):
            return None
    return said("scrambled")


# --- some elements only -------------------------------------------------------------------------


def one_element(cases: Cases) -> Diagnosis | None:
    """A single element wrong in every case."""
    if any(case.expected.size < 2 * FEW or case.wrong.sum() != 1 for case in cases):
        return None
    places = [np.argwhere(case.wrong).tolist() for case in cases]
    is_same = all(place == places[0] for place in places)
    return said("one element", str(places[0][0])) if is_same else said("one element each")


def one_slice(cases: Cases) -> Diagnosis | None:
    """One index of an axis, the same from its start or its end, is all that is wrong, or right."""
    for axis in range(cases[0].expected.ndim):
        if any(case.expected.shape[axis] < FEW for case in cases):
            continue
        for kind in ("one slice", "one slice right"):
            index = _common_index(cases, axis, is_wrong=kind == "one slice")
            if index is not None:
                return said(kind, f"{index} along {cases[0].axis(axis)}")
    return None


def _common_index(cases: Cases, axis: int, *, is_wrong: bool) -> int | None:
    """The index that alone is wrong (or right) in every case: 0, 1 ... or, from the end, -1."""
    starts, ends = set(), set()
    for case in cases:
        others = tuple(a for a in range(case.expected.ndim) if a != axis)
        found = np.flatnonzero(case.wrong.any(axis=others) == is_wrong)
        is_trivial = not is_wrong and len(found) and not case.actual.take(found[0], axis).any()
        if len(found) != 1 or is_trivial:
            return None
        starts.add(int(found[0]))
        ends.add(int(found[0]) - case.expected.shape[axis])
    common = starts if len(starts) == 1 else ends
    return common.pop() if len(common) == 1 else None


def labels(cases: Cases) -> Diagnosis | None:
    """What an input of indices points at is wrong, all of it or what it points at repeatedly."""
    for name in cases[0].labels:
        if all(_is_wrong_at(case, _label_mask(case, name)) for case in cases):
            return said("labels", name)
        for kind, least in (("labels", 1), ("repeated labels", 2)):
            if all(_is_wrong_at(case, _row_mask(case, name, least)) for case in cases):
                return said(kind, name)
    return None


def _is_wrong_at(case: Case, mask: np.ndarray | None) -> bool:
    return mask is not None and not mask.all() and bool((case.wrong == mask).all())


def _label_mask(case: Case, name: str) -> np.ndarray | None:
    """The element that each row's label points at, for an output that has one row per label."""
    index, shape = case.labels[name], case.expected.shape
    if index.shape != shape[:-1] or not index.size or index.min() < 0 or index.max() >= shape[-1]:
        return None
    return np.asarray(index[..., None] == np.arange(shape[-1]))


def _row_mask(case: Case, name: str, least: int) -> np.ndarray | None:
    """The rows of the output that the labels point at, at least so many times each."""
    index, shape = case.labels[name], case.expected.shape
    if not shape or not index.size or index.min() < 0 or index.max() >= shape[0]:
        return None
    rows = np.bincount(index.ravel(), minlength=shape[0]) >= least
    return (
        np.broadcast_to(rows.reshape(-1, *(1,) * (len(shape) - 1)), shape) if rows.any() else None
    )


def one_each(cases: Cases) -> Diagnosis | None:
    """Exactly one wrong element in each row, or in each small window of the last two axes."""
    for axis in range(cases[0].expected.ndim):
        if all(
            c.expected.shape[axis] >= FEW
            and c.expected.size >= FEW * c.expected.shape[axis]
            and (c.wrong.sum(axis=axis) == 1).all()
            for c in cases
        ):
            return said("one per row", cases[0].axis(axis))
    for side in _WINDOWS:
        if all(_is_one_per_window(case, side) for case in cases):
            return said("one per window", f"{side} × {side}")
    return None


def _is_one_per_window(case: Case, side: int) -> bool:
    *lead, rows, columns = (1, 1, *case.wrong.shape)
    if rows % side or columns % side or rows * columns < FEW * side * side:
        return False
    windows = case.wrong.reshape(*lead, rows // side, side, columns // side, side)
    return bool((windows.sum(axis=(-3, -1)) == 1).all())


def border_only(cases: Cases) -> Diagnosis | None:
    """Wrong in first or last rows and columns, right everywhere inside."""
    if cases[0].expected.ndim < _MATRIX or min(min(c.expected.shape[-2:]) for c in cases) < FEW:
        return None
    if any(c.wrong[..., 1:-1, 1:-1].any() or not c.wrong.any() for c in cases):
        return None
    rows = any(c.wrong[..., (0, -1), 1:-1].any() for c in cases)
    columns = any(c.wrong[..., 1:-1, (0, -1)].any() for c in cases)
    return said("border only") if rows and columns else None


def masks(cases: Cases) -> Diagnosis | None:
    """Wrong only where zero is due, only where zero was given, or nearly all but the zeros."""
    zero = np.concatenate([(case.expected == 0).ravel() for case in cases])
    given = np.concatenate([(case.actual == 0).ravel() for case in cases])
    wrong = np.concatenate([case.wrong.ravel() for case in cases])
    if min((~zero).sum(), (~given).sum()) < FEW or wrong.sum() < FEW:
        return None
    if not (wrong & ~zero).any():
        return said("mask missing")
    if not (wrong & ~given).any():
        return said("masked too much")
    is_support = zero.sum() >= FEW and (zero == given).all() and 2 * wrong.sum() > (~zero).sum()
    return said("zeros only") if is_support else None


def one_side(cases: Cases) -> Diagnosis | None:
    """Wrong exactly where an input of the same shape is negative, or positive."""
    for name in cases[0].terms:
        terms = [case.terms.get(name) for case in cases]
        if any(t is None or t.shape != c.wrong.shape for t, c in zip(terms, cases, strict=True)):
            continue
        term = np.concatenate([t.ravel() for t in terms if t is not None])
        wrong = np.concatenate([case.wrong.ravel() for case in cases])[term != 0]
        term = term[term != 0]
        for kind, side in (("negative side", term < 0), ("positive side", term > 0)):
            if (wrong == side).all() and min(side.sum(), (~side).sum()) >= FEW:
                return said(kind, name)
    return None


def magnitude(cases: Cases) -> Diagnosis | None:
    """The right magnitudes, with no sign or with wrong ones."""
    if fits(cases, lambda case: np.abs(case.expected)):
        return said("absolute value")
    is_right = all(case.close(np.abs(case.actual), np.abs(case.expected)) for case in cases)
    is_seen = sum(np.count_nonzero(case.expected) for case in cases) >= FEW
    return said("magnitude only") if is_right and is_seen else None


# --- one rule for each slice --------------------------------------------------------------------


def rows_equal(cases: Cases) -> Diagnosis | None:
    """No change along an axis along which the truth changes."""
    for axis in range(cases[0].expected.ndim):
        if all(
            c.close(c.actual, _spread(c.actual, axis))
            and not c.close(c.expected, _spread(c.expected, axis))
            for c in cases
        ):
            free = sum(c.expected.size - c.expected.size // c.expected.shape[axis] for c in cases)
            return said("rows equal", cases[0].axis(axis)) if free >= FEW else None
    return None


def _spread(array: np.ndarray, axis: int) -> np.ndarray:
    """The mean along an axis, in the shape of the array."""
    return np.broadcast_to(array.mean(axis=axis, keepdims=True), array.shape)


def slice_rules(cases: Cases) -> Diagnosis | None:
    """The same error, or the same factor, all along an axis."""
    axes = range(cases[0].expected.ndim) if cases[0].expected.ndim > 1 else ()
    for axis in axes:
        if all(c.close(c.difference, _spread(c.difference, axis)) for c in cases):
            free = sum(c.expected.size - c.expected.size // c.expected.shape[axis] for c in cases)
            if free >= FEW:
                return said("slice differences", cases[0].axis(axis))
    for axis in axes:
        factors = [_factors(case, axis) for case in cases]
        if all(c.close(c.actual, f * c.expected) for c, f in zip(cases, factors, strict=True)):
            free = sum(
                np.count_nonzero(c.expected) - np.count_nonzero(f)
                for c, f in zip(cases, factors, strict=True)
            )
            if free >= FEW:
                return said("slice factors", cases[0].axis(axis))
    return None


def _factors(case: Case, axis: int) -> np.ndarray:
    """Along an axis, the factors that fit best; 0 where nothing is due."""
    expected = case.expected / case.scale
    weight = (expected**2).sum(axis=axis, keepdims=True)
    fitting = (case.actual / case.scale * expected).sum(axis=axis, keepdims=True)
    return np.asarray(np.where(weight > 0, fitting / weight, 0.0))


def other_axis(cases: Cases) -> Diagnosis | None:
    """Normalised (sums of 1, means of 0) along other axes than the truth."""
    axes = range(cases[0].expected.ndim)
    chosen = [s for many in range(1, len(axes) + 1) for s in combinations(axes, many)]
    for target, reduce in ((1.0, np.sum), (0.0, np.mean)):
        for along in chosen:
            if (
                all(_has(c, c.actual, reduce, along, target) for c in cases)
                and not any(_has(c, c.expected, reduce, along, target) for c in cases)
                and any(
                    all(_has(c, c.expected, reduce, due, target) for c in cases) for due in chosen
                )
            ):
                return said("other axis", " and ".join(cases[0].axis(axis) for axis in along))
    return None


def _has(
    case: Case,
    array: np.ndarray,
    reduce: np.ufunc | object,
    along: tuple[int, ...],
    target: float,
) -> bool:
    found = np.asarray(reduce(array, axis=along))  # type: ignore[operator]  # np.sum or np.mean
    return bool((np.abs(found - target) <= case.near * (1.0 if target else case.scale)).all())


def total_only(cases: Cases) -> Diagnosis | None:
    """The right total, spread in another way."""
    for case in cases:
        total, due = case.actual.sum(), case.expected.sum()
        weight = np.abs(case.expected).sum()
        # A total that is zero by nature says nothing.
        if case.expected.size < FEW or abs(due) < 1e-3 * weight:
            return None
        if abs(total - due) > case.near * weight:
            return None
    return said("total only")


ORDER: tuple[Detector, ...] = (permuted, reversed_, shifted, reordered)
PLACES: tuple[Detector, ...] = (
    magnitude,
    labels,
    one_element,
    one_slice,
    one_each,
    masks,
    one_side,
    border_only,
)
SLICES: tuple[Detector, ...] = (rows_equal, slice_rules, other_axis, scrambled, total_only)

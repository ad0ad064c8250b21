"""Detectors for mistakes that follow one rule in each slice along an axis, or in the whole."""

import numpy as np

from grader.diagnose.case import FEW, Case, Cases, Detector, subsets
from grader.diagnose.order import scrambled
from grader.diagnose.sentences import said
from grader.model import Diagnosis


def rows_equal(cases: Cases) -> Diagnosis | None:
    """No change along an axis along which the truth changes."""
    for axis in range(cases[0].expected.ndim):
        if all(
            c.close(c.actual, _spread(c.actual, axis))
            and not c.close(c.expected, _spread(c.expected, axis))
            for c in cases
        ):
            return said("rows equal", cases[0].axis(axis)) if _free(cases, axis) >= FEW else None
    return None


def slice_differences(cases: Cases) -> Diagnosis | None:
    """The same error all along an axis."""
    for axis in _axes(cases):
        is_same = all(c.close(c.difference, _spread(c.difference, axis)) for c in cases)
        if is_same and _free(cases, axis) >= FEW:
            return said("slice differences", cases[0].axis(axis))
    return None


def slice_factors(cases: Cases) -> Diagnosis | None:
    """The same factor all along an axis."""
    for axis in _axes(cases):
        pairs = [(case, _factors(case, axis)) for case in cases]
        is_same = all(case.close(case.actual, f * case.expected) for case, f in pairs)
        free = sum(np.count_nonzero(c.expected) - np.count_nonzero(f) for c, f in pairs)
        if is_same and free >= FEW:
            return said("slice factors", cases[0].axis(axis))
    return None


def _axes(cases: Cases) -> range:
    """The axes along which there are slices; a vector has none."""
    axes = cases[0].expected.ndim
    return range(axes if axes > 1 else 0)


def _free(cases: Cases, axis: int) -> int:
    """How many numbers could contradict that each slice along an axis follows one number."""
    return sum(c.expected.size - c.expected.size // c.expected.shape[axis] for c in cases)


def _spread(array: np.ndarray, axis: int) -> np.ndarray:
    """The mean along an axis, in the shape of the array."""
    return np.broadcast_to(array.mean(axis=axis, keepdims=True), array.shape)


def _factors(case: Case, axis: int) -> np.ndarray:
    """Along an axis, the factors that fit best; 0 where nothing is due."""
    expected = case.expected / case.scale
    weight = (expected**2).sum(axis=axis, keepdims=True)
    fitting = (case.actual / case.scale * expected).sum(axis=axis, keepdims=True)
    return np.asarray(np.where(weight > 0, fitting / weight, 0.0))


def other_axis(cases: Cases) -> Diagnosis | None:
    """Normalised (sums of 1, means of 0) along other axes than the truth."""
    chosen = subsets(range(cases[0].expected.ndim))
    for norm in ("sum", "mean"):
        if not any(all(_has(norm, c, c.expected, due) for c in cases) for due in chosen):
            continue
        for along in chosen:
            is_given = all(_has(norm, c, c.actual, along) for c in cases)
            if is_given and not any(_has(norm, c, c.expected, along) for c in cases):
                return said("other axis", cases[0].listed(along))
    return None


def _has(norm: str, case: Case, array: np.ndarray, along: tuple[int, ...]) -> bool:
    """Whether all sums along axes are 1, or all means 0."""
    if norm == "sum":
        return bool((np.abs(array.sum(axis=along) - 1) <= case.near).all())
    return bool((np.abs(array.mean(axis=along)) <= case.near * case.scale).all())


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


SLICES: tuple[Detector, ...] = (
    rows_equal,
    slice_differences,
    slice_factors,
    other_axis,
    scrambled,
    total_only,
)

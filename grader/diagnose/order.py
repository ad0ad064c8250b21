"""Detectors for right values in other places: transposed, reversed, shifted, reordered."""

from itertools import combinations, permutations

import numpy as np

from grader.diagnose.case import FEW, Case, Cases, Detector, fits
from grader.diagnose.sentences import said
from grader.model import Diagnosis

_MAX_AXES = 5
_MATRIX = 2
_MAX_SLICES = 128
_DISTINCT = 6


def permuted(cases: Cases) -> Diagnosis | None:
    """The axes in another order, whether or not the shape shows it."""
    axes = cases[0].expected.ndim
    if not 1 < axes <= _MAX_AXES or any(case.actual.ndim != axes for case in cases):
        return None
    for order in permutations(range(axes)):
        if order != tuple(range(axes)) and fits(cases, _transposed, order):
            return said("transposed" if axes == _MATRIX else "permuted")
    return None


def _transposed(case: Case, order: tuple[int, ...]) -> np.ndarray:
    return case.expected.transpose(order)


def reversed_(cases: Cases) -> Diagnosis | None:
    """One axis backwards, or two of them: a kernel turned by half a turn."""
    axes = range(cases[0].expected.ndim)
    for chosen in (*combinations(axes, 1), *combinations(axes, 2)):
        if fits(cases, _flipped, chosen):
            return said("reversed", cases[0].listed(chosen))
    return None


def _flipped(case: Case, axes: tuple[int, ...]) -> np.ndarray:
    return np.flip(case.expected, axes)


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
        if np.unique(case.expected).size < _DISTINCT:
            return None
        if not case.close(np.sort(case.actual, axis=None), np.sort(case.expected, axis=None)):
            return None
    return said("scrambled")


ORDER: tuple[Detector, ...] = (permuted, reversed_, shifted, reordered)

"""Detectors for arrays of another shape than the one that is due."""

from collections.abc import Callable
from itertools import combinations, product
from typing import TypeAlias

import numpy as np

from grader.diagnose.case import FEW, Case, Cases, Detector, subsets
from grader.diagnose.order import permuted, scrambled
from grader.diagnose.sentences import said
from grader.model import Diagnosis

Pair: TypeAlias = tuple[np.ndarray, np.ndarray]
Reduction: TypeAlias = Callable[..., np.ndarray]

_REDUCE: tuple[Reduction, ...] = (np.sum, np.mean)
_EDGE = 4  # so many rows or columns more or less may be padding


def axes_gone(cases: Cases) -> Diagnosis | None:
    """Axes of the output summed or averaged away."""
    axes = range(cases[0].expected.ndim)
    for reduce, kind in zip(_REDUCE, ("axis summed", "axis averaged"), strict=True):
        for along in subsets(axes):
            if _all_close(cases, _with_axes_gone, reduce, along):
                return said(kind, cases[0].listed(along))
    return None


def _with_axes_gone(case: Case, reduce: Reduction, along: tuple[int, ...]) -> Pair:
    return case.actual, reduce(case.expected, axis=along)


def axes_left(cases: Cases) -> Diagnosis | None:
    """Axes left over that a sum or a mean would remove."""
    axes = min(np.squeeze(case.actual).ndim for case in cases)
    more = axes - np.squeeze(cases[0].expected).ndim
    for reduce, kind in zip(_REDUCE, ("axis kept", "axis kept mean"), strict=True):
        for along in combinations(range(axes), max(more, 0)) if more > 0 else ():
            if _all_close(cases, _with_axes_removed, reduce, along):
                shape = np.squeeze(cases[0].actual).shape
                return said(kind, " and ".join(cases[0].sized(a, shape[a]) for a in along))
    return None


def _with_axes_removed(case: Case, reduce: Reduction, along: tuple[int, ...]) -> Pair:
    return reduce(np.squeeze(case.actual), axis=along), case.expected


def _all_close(cases: Cases, pair: Callable[..., Pair], *given: object) -> bool:
    """Whether both of each `pair(case, *given)` are alike, but for axes of length 1."""
    pairs = [tuple(np.squeeze(array) for array in pair(case, *given)) for case in cases]
    is_seen = any(due.any() for _, due in pairs)
    return is_seen and all(
        case.close(found, due) for case, (found, due) in zip(cases, pairs, strict=True)
    )


def other_sum(cases: Cases) -> Diagnosis | None:
    """The right total, or the right mean, over another axis."""
    if any(min(case.actual.ndim, case.expected.ndim) < 1 for case in cases):
        return None
    for reduce, kind in zip(_REDUCE, ("wrong axis", "wrong axis mean"), strict=True):
        if all(_has_same(case, reduce) for case in cases):
            return said(kind)
    return None


def _has_same(case: Case, reduce: Reduction) -> bool:
    due, weight = float(reduce(case.expected)), float(reduce(np.abs(case.expected)))
    # A total that is zero by nature says nothing.
    is_telling = abs(due) >= 1e-3 * weight and case.expected.size > 1
    return is_telling and abs(float(reduce(case.actual)) - due) <= 1e-2 * case.near * weight


def broadcast(cases: Cases) -> Diagnosis | None:
    """(n, n) where (n,) is due: the diagonal holds what is due."""
    for case in cases:
        found, due = np.squeeze(case.actual), np.squeeze(case.expected)
        if due.ndim != 1 or found.shape != due.shape * 2:
            return None
        if np.count_nonzero(due) < FEW or not case.close(np.diagonal(found), due):
            return None
    return said("broadcast")


def edges(cases: Cases) -> Diagnosis | None:
    """Rows or columns too many around the right values, or too few of them."""
    if all(_is_inside(case, case.expected, case.actual) for case in cases):
        return said("not cropped")
    if all(_is_inside(case, case.actual, case.expected) for case in cases):
        return said("cropped")
    return None


def _is_inside(case: Case, small: np.ndarray, large: np.ndarray) -> bool:
    """Whether the smaller array is a block of the larger one."""
    if small.ndim != large.ndim or np.count_nonzero(small) < FEW:
        return False
    room = [a - b for a, b in zip(large.shape, small.shape, strict=True)]
    if not all(0 <= r <= _EDGE for r in room):
        return False
    for start in product(*(range(r + 1) for r in room)):
        block = large[tuple(slice(s, s + n) for s, n in zip(start, small.shape, strict=True))]
        if case.close(block, small):
            return True
    return False


def reshaped(cases: Cases) -> Diagnosis | None:
    """The right values in the right order, in another shape."""
    if _all_close(cases, lambda case: (case.actual.ravel(), case.expected.ravel())):
        return said("reshaped")
    return None


SHAPES: tuple[Detector, ...] = (
    permuted,
    reshaped,
    axes_gone,
    axes_left,
    edges,
    broadcast,
    scrambled,
    other_sum,
)

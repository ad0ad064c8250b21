"""Detectors that look at where the wrong values stand among right ones.

By how much a value is wrong says nothing to them.
"""

import numpy as np

from grader.diagnose.case import FEW, Case, Cases, Detector, fits, nonzero
from grader.diagnose.sentences import said
from grader.model import Diagnosis

_MATRIX = 2
_WINDOWS = (2, 3)


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
    return said("magnitude only") if is_right and nonzero(cases) >= FEW else None


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

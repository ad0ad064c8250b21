"""Detectors for mistakes that follow one rule in every element: terms and functions.

Holds the ladder of all such rules, those of `factors` included.
"""

from collections.abc import Callable

import numpy as np

from grader.diagnose.case import FEW, Case, Cases, Detector, are_one, fits, nonzero
from grader.diagnose.factors import change, factor_of_input, ratio, ratio_varies, sign
from grader.diagnose.sentences import said
from grader.model import Diagnosis

_PRECISELY = 1e-6
_AMOUNTS = (-4, -3, -2, -1, -0.5, 0.5, 1, 2, 3, 4)
_WEIGHTS = {-1: "missing term", 1: "extra term", -2: "term sign"}
_FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "square": np.square,
    "root": np.sqrt,
    "reciprocal": np.reciprocal,
    "exponential": np.exp,
    "logarithm": np.log,
    "complement": lambda expected: 1 - expected,
}


def all_zeros(cases: Cases) -> Diagnosis | None:
    """Nothing but zeros where others are due."""
    is_zero = all(not case.actual.any() and case.expected.any() for case in cases)
    return said("all zeros") if is_zero and nonzero(cases) >= FEW else None


# --- one term -----------------------------------------------------------------------------------


def constant_difference(cases: Cases) -> Diagnosis | None:
    """The same amount too much or too little, in all elements of all cases."""
    amounts = _amounts(cases)
    if not amounts or not are_one(cases, amounts) or sum(c.expected.size for c in cases) < FEW:
        return None
    told = [amount for amount in _AMOUNTS if abs(amounts[0] - amount) <= _PRECISELY]
    return said("constant difference", f"{told[0]:+g}") if told else said("constant unnamed")


def _amounts(cases: Cases) -> list[float]:
    """The difference in each case; none at all where a case has no single one."""
    found = [float(case.difference.mean()) if case.expected.size else 0.0 for case in cases]
    for case, amount in zip(cases, found, strict=True):
        if not amount or not case.close(case.difference, np.full(case.expected.shape, amount)):
            return []
    return found


def difference_varies(cases: Cases) -> Diagnosis | None:
    """One amount for all elements of a case, another in each."""
    is_seen = sum(case.expected.size - 1 for case in cases) >= FEW
    return said("difference varies") if is_seen and _amounts(cases) else None


def input_returned(cases: Cases) -> Diagnosis | None:
    """An input as it came."""
    for name in (*cases[0].terms, *cases[0].scalars):
        if fits(cases, Case.whole_term, name):
            return said("input returned", name)
    return None


def term_of_input(cases: Cases) -> Diagnosis | None:
    """An input that is missing, or enters once too often, or with another weight."""
    for name in (*cases[0].terms, *cases[0].scalars):
        known = [weight for case in cases if (weight := _weight(case, name))]
        if len(known) < len(cases) or not are_one(cases, known):
            continue
        kind = next((k for w, k in _WEIGHTS.items() if abs(known[0] - w) <= cases[0].near), "")
        # A weight that is none of these was free to fit, and needs more to bear it out.
        terms = [term for case in cases if (term := case.term(name)) is not None]
        seen = sum(int(np.count_nonzero(term)) for term in terms)
        if seen >= (FEW if kind else 2 * FEW):
            return said(kind or "term weight", name)
    return None


def _weight(case: Case, name: str) -> float | None:
    """The factor with which the term explains the difference, if it does."""
    term = case.term(name)
    if term is None or not term.any():
        return None
    size = np.abs(term).max()
    unit = term / size
    weight = float((case.difference * unit).sum() / (unit**2).sum() / size)
    return weight if case.close(case.difference, weight * term) else None


# --- one function -------------------------------------------------------------------------------


def function_of_truth(cases: Cases) -> Diagnosis | None:
    """The square, root, log or the like of what is due."""
    for kind, function in _FUNCTIONS.items():
        if fits(cases, _applied, function):
            distinct = np.unique(np.concatenate([case.expected.ravel() for case in cases]))
            return said(kind) if len(distinct) >= FEW else None
    return None


def _applied(case: Case, function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    return function(case.expected)


def constant(cases: Cases) -> Diagnosis | None:
    """One value everywhere, where several are due."""
    is_constant = all(
        case.close(case.actual, np.full(case.expected.shape, case.actual.mean()))
        and not case.close(case.expected, np.full(case.expected.shape, case.expected.mean()))
        for case in cases
        if case.expected.size
    )
    is_seen = sum(case.expected.size - 1 for case in cases) >= FEW
    return said("constant") if is_constant and is_seen else None


RULES: tuple[Detector, ...] = (
    all_zeros,
    sign,
    ratio,
    constant_difference,
    input_returned,
    term_of_input,
    factor_of_input,
    change,
    function_of_truth,
    constant,
    ratio_varies,
    difference_varies,
)

"""Detectors for mistakes that follow one rule in every element: factors, terms, functions."""

from collections.abc import Callable, Iterator
from itertools import combinations
from math import sqrt

import numpy as np
from msgspec.structs import replace

from grader.diagnose.case import FEW, Case, Cases, Detector, fits
from grader.diagnose.sentences import said
from grader.model import Diagnosis

_SMALL, _WHOLE = 4, 12  # factors that need no name, and those that are told as they are
_PRECISELY = 1e-6
_AMOUNTS = (-4, -3, -2, -1, -0.5, 0.5, 1, 2, 3, 4)
_SIZES_AT_ONCE = 3
_LOGS = {np.log(2): "log 2", 1 / np.log(2): "1/log 2", np.log(10): "log 10", sqrt(2): "√2"}
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
    return said("all zeros") if is_zero and _nonzero(cases) >= FEW else None


def _nonzero(cases: Cases) -> int:
    return sum(int(np.count_nonzero(case.expected)) for case in cases)


# --- one factor ---------------------------------------------------------------------------------


def sign(cases: Cases) -> Diagnosis | None:
    """The negative of what is due."""
    return said("sign") if fits(cases, lambda case: -case.expected) else None


def ratio(cases: Cases) -> Diagnosis | None:
    """One factor for all elements of a case: named by a size or input, or the same in all cases."""
    found = _factor(cases)
    return said(*found) if found else None


def change(cases: Cases) -> Diagnosis | None:
    """One factor for all that is added to an input: the step of an optimiser, a residual."""
    for name in cases[0].terms:
        starts = [_whole_term(case, name) for case in cases]
        steps = [
            replace(case, actual=case.actual - start, expected=case.expected - start)
            for case, start in zip(cases, starts, strict=True)
            if start is not None
        ]
        factors = _ratios(steps) if len(steps) == len(cases) else []
        if not factors or _nonzero(steps) < FEW:
            continue
        if all(abs(factor + 1) <= steps[0].near for factor in factors):
            return said("change sign", name)
        found = _factor(steps)
        if found and found[1]:
            return said("change factor", name, factor=found[1])
    return None


def _factor(cases: Cases) -> tuple[str, str] | None:
    """The kind and the text of the one factor that all elements are off by."""
    ratios = _ratios(cases)
    if not ratios or _nonzero(cases) < FEW:
        return None
    named = _named(cases, ratios)
    if not _is_one(cases, ratios):
        return named
    told = _told(ratios[0])
    if told and (named is None or 1 / _SMALL <= abs(ratios[0]) <= _SMALL):
        return "ratio", told
    if named is None:
        return "ratio unnamed", ""
    # The same factor in all cases: that it equals a size may be chance, so both are told.
    return named[0], f"{told} (= {named[1]})" if told else named[1]


def _ratios(cases: Cases) -> list[float]:
    """The factor of each case; none at all where a case has no single one."""
    found = []
    for case in cases:
        expected = case.expected / case.scale
        weight = float((expected**2).sum())
        factor = float((case.actual / case.scale * expected).sum()) / weight if weight else 0.0
        if abs(factor) <= case.near or not case.close(case.actual, factor * case.expected):
            return []
        found.append(factor)
    return found


def _is_one(cases: Cases, numbers: list[float]) -> bool:
    """Whether the numbers are one and the same in all cases."""
    return bool(np.ptp(numbers) <= cases[0].near * abs(numbers[0]))


def _told(factor: float) -> str:
    """A factor that may be told as it is: a small whole number or its inverse, a known log."""
    minus, size = "-" if factor < 0 else "", abs(factor)
    for inverse, value in (("", size), ("1/", 1 / size)):
        if 1 <= round(value) <= _WHOLE and abs(value - round(value)) <= _PRECISELY * value:
            return f"{minus}{inverse}{round(value)}"
    return next((minus + name for log, name in _LOGS.items() if abs(size - log) <= _PRECISELY), "")


def _named(cases: Cases, ratios: list[float]) -> tuple[str, str] | None:
    """The factors as one expression in a size or an input, sign included: its kind and text."""
    minus = "-" if all(factor < 0 for factor in ratios) else ""
    for kind, text, formula in _expressions(cases[0]):
        if all(
            abs(factor - (-1 if minus else 1) * value) <= case.near * abs(factor)
            for factor, case in zip(ratios, cases, strict=True)
            for value in [formula(case)]
        ):
            return kind, minus + text
    return None


def _expressions(case: Case) -> Iterator[tuple[str, str, Callable[[Case], float]]]:
    """Expressions that a factor may be, the simplest first: kind, text, and value in a case."""
    names = tuple(case.sizes)
    for name in names:
        yield from _powers("ratio size", name, _product((name,)))
    for name in case.scalars:
        yield from _powers("ratio input", name, _scalar(name))
        yield "ratio input", f"(1-{name})", _rest(name)
        yield "ratio input", f"1/(1-{name})", _power(_rest(name), -1)
    for many in range(1, _SIZES_AT_ONCE + 1):
        for chosen in combinations(names, many):
            text = "·".join(chosen)
            if many > 1:
                yield "ratio size", text, _product(chosen)
                yield "ratio size", f"1/({text})", _power(_product(chosen), -1)
            yield from _less_one(text, _product(chosen))


def _powers(
    kind: str, name: str, value: Callable[[Case], float]
) -> Iterator[tuple[str, str, Callable[[Case], float]]]:
    forms = {"{}": 1, "1/{}": -1, "{}²": 2, "1/{}²": -2, "√{}": 0.5, "1/√{}": -0.5}
    for form, exponent in forms.items():
        yield kind, form.format(name), _power(value, exponent)


def _less_one(
    name: str, value: Callable[[Case], float]
) -> Iterator[tuple[str, str, Callable[[Case], float]]]:
    """What comes of a count that is one too small or too large."""
    share: Callable[[Case], float] = lambda case: float(1 - 1 / np.float64(value(case)))
    whole = f"({name})" if "·" in name else name
    less, more = f"({name}-1)/{whole}", f"{whole}/({name}-1)"
    forms = {less: 1.0, more: -1.0, f"√({less})": 0.5, f"√({more})": -0.5}
    for form, exponent in forms.items():
        yield "ratio ddof", form, _power(share, exponent)


def _power(value: Callable[[Case], float], exponent: float) -> Callable[[Case], float]:
    """A power where it exists; else NaN, which no factor equals."""
    return lambda case: float(np.float64(value(case)) ** exponent)


def _product(names: tuple[str, ...]) -> Callable[[Case], float]:
    return lambda case: float(np.prod([case.sizes.get(name, np.nan) for name in names]))


def _scalar(name: str) -> Callable[[Case], float]:
    return lambda case: case.scalars.get(name, np.nan)


def _rest(name: str) -> Callable[[Case], float]:
    return lambda case: 1 - case.scalars.get(name, np.nan)


def ratio_varies(cases: Cases) -> Diagnosis | None:
    """One factor for all elements of a case, without a name for it."""
    ratios = _ratios(cases)
    is_seen = _nonzero(cases) - len(cases) >= FEW
    return said("ratio varies") if ratios and is_seen else None


def factor_of_input(cases: Cases) -> Diagnosis | None:
    """A factor that equals an input array, one too few or one too many."""
    for name in cases[0].terms:
        if fits(cases, lambda case, name=name: _quotient(case, name)):  # type: ignore[misc]  # a default binds the loop's name
            return said("missing factor", name)
        if fits(cases, lambda case, name=name: _times(case, name)):  # type: ignore[misc]  # as above
            return said("extra factor", name)
    return None


def _times(case: Case, name: str) -> np.ndarray | None:
    term = _term(case, name)
    return None if term is None else case.expected * term


def _quotient(case: Case, name: str) -> np.ndarray | None:
    term = _term(case, name)
    return None if term is None or not term.all() else case.expected / term


# --- one term -----------------------------------------------------------------------------------


def constant_difference(cases: Cases) -> Diagnosis | None:
    """The same amount too much or too little, in all elements of all cases."""
    amounts = _amounts(cases)
    if not amounts or not _is_one(cases, amounts) or sum(c.expected.size for c in cases) < FEW:
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
        if fits(cases, lambda case, name=name: _whole_term(case, name)):  # type: ignore[misc]  # as above
            return said("input returned", name)
    return None


def term_of_input(cases: Cases) -> Diagnosis | None:
    """An input that is missing, or enters once too often, or with another weight."""
    for name in (*cases[0].terms, *cases[0].scalars):
        known = [weight for case in cases if (weight := _weight(case, name))]
        if len(known) < len(cases) or not _is_one(cases, known):
            continue
        kind = next((k for w, k in _WEIGHTS.items() if abs(known[0] - w) <= cases[0].near), "")
        # A weight that is none of these was free to fit, and needs more to bear it out.
        terms = [term for case in cases if (term := _term(case, name)) is not None]
        seen = sum(int(np.count_nonzero(term)) for term in terms)
        if seen >= (FEW if kind else 2 * FEW):
            return said(kind or "term weight", name)
    return None


def _weight(case: Case, name: str) -> float | None:
    """The factor with which the term explains the difference, if it does."""
    term = _term(case, name)
    if term is None or not term.any():
        return None
    size = np.abs(term).max()
    unit = term / size
    weight = float((case.difference * unit).sum() / (unit**2).sum() / size)
    return weight if case.close(case.difference, weight * term) else None


def _term(case: Case, name: str) -> np.ndarray | None:
    """An input, spread over the shape of the output."""
    if name in case.scalars:
        return np.full(case.expected.shape, case.scalars[name])
    term = case.terms.get(name)
    try:
        return None if term is None else np.broadcast_to(term, case.expected.shape)
    except ValueError:
        return None


def _whole_term(case: Case, name: str) -> np.ndarray | None:
    """An input that has the shape of the output by itself."""
    term = case.terms.get(name, np.array(case.scalars.get(name, 0.0)))
    return term if term.shape == case.expected.shape else None


# --- one function -------------------------------------------------------------------------------


def function_of_truth(cases: Cases) -> Diagnosis | None:
    """The square, root, log or the like of what is due."""
    for kind, function in _FUNCTIONS.items():
        if fits(cases, lambda case, function=function: function(case.expected)):  # type: ignore[misc]  # as above
            distinct = np.unique(np.concatenate([case.expected.ravel() for case in cases]))
            return said(kind) if len(distinct) >= FEW else None
    return None


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

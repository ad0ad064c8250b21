"""Detectors for one factor that all elements are off by, and the names that it may have.

A factor is told by the name of a size or an input, or as a small number; never as it was measured.
"""

from collections.abc import Callable, Iterator
from itertools import combinations
from math import sqrt
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from grader.diagnose.case import FEW, Case, Cases, are_one, fits, nonzero
from grader.diagnose.sentences import said
from grader.model import Diagnosis

_SMALL, _WHOLE = 4, 12  # factors that need no name, and those that are told as they are
_PRECISELY = 1e-6
_SIZES_AT_ONCE = 3
_LOGS = {np.log(2): "log 2", 1 / np.log(2): "1/log 2", np.log(10): "log 10", sqrt(2): "√2"}


def sign(cases: Cases) -> Diagnosis | None:
    """The negative of what is due."""
    return said("sign") if fits(cases, lambda case: -case.expected) else None


def ratio(cases: Cases) -> Diagnosis | None:
    """One factor for all elements of a case: named by a size or input, or the same in all cases."""
    found = _factor(cases)
    return said(*found) if found else None


def ratio_varies(cases: Cases) -> Diagnosis | None:
    """One factor for all elements of a case, without a name for it."""
    ratios = _ratios(cases)
    is_seen = nonzero(cases) - len(cases) >= FEW
    return said("ratio varies") if ratios and is_seen else None


def _factor(cases: Cases) -> tuple[str, str] | None:
    """The kind and the text of the one factor that all elements are off by."""
    ratios = _ratios(cases)
    if not ratios or nonzero(cases) < FEW:
        return None
    named = _named(cases, ratios)
    if not are_one(cases, ratios):
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


def _told(factor: float) -> str:
    """A factor that may be told as it is: a small whole number or its inverse, a known log."""
    minus, size = "-" if factor < 0 else "", abs(factor)
    for inverse, value in (("", size), ("1/", 1 / size)):
        if 1 <= round(value) <= _WHOLE and abs(value - round(value)) <= _PRECISELY * value:
            return f"{minus}{inverse}{round(value)}"
    return next((minus + name for log, name in _LOGS.items() if abs(size - log) <= _PRECISELY), "")


def factor_of_input(cases: Cases) -> Diagnosis | None:
    """A factor that equals an input array, one too few or one too many."""
    for name in cases[0].terms:
        if fits(cases, _quotient, name):
            return said("missing factor", name)
        if fits(cases, _times, name):
            return said("extra factor", name)
    return None


def _times(case: Case, name: str) -> np.ndarray | None:
    term = case.term(name)
    return None if term is None else case.expected * term


def _quotient(case: Case, name: str) -> np.ndarray | None:
    term = case.term(name)
    return None if term is None or not term.all() else case.expected / term


def change(cases: Cases) -> Diagnosis | None:
    """One factor for all that is added to an input: the step of an optimiser, a residual."""
    for name in cases[0].terms:
        starts = [case.whole_term(name) for case in cases]
        steps = [
            replace(case, actual=case.actual - start, expected=case.expected - start)
            for case, start in zip(cases, starts, strict=True)
            if start is not None
        ]
        factors = _ratios(steps) if len(steps) == len(cases) else []
        if not factors or nonzero(steps) < FEW:
            continue
        if all(abs(factor + 1) <= steps[0].near for factor in factors):
            return said("change sign", name)
        found = _factor(steps)
        if found and found[1]:
            return said("change factor", name, factor=found[1])
    return None


# --- names of a factor --------------------------------------------------------------------------


class _Name(NamedTuple):
    """What a factor may be called.

    Attributes:
        kind: of the diagnosis that tells it.
        value: what it is in a case; NaN, which no factor equals, where it has no value.
    """

    kind: str
    text: str
    value: Callable[[Case], float]

    def fits(self, case: Case, factor: float) -> bool:
        """Whether a case's factor is this one."""
        return abs(factor - self.value(case)) <= case.near * abs(factor)


def _named(cases: Cases, ratios: list[float]) -> tuple[str, str] | None:
    """The factors as one expression in a size or an input, sign included: its kind and text."""
    sign, minus = (-1, "-") if all(factor < 0 for factor in ratios) else (1, "")
    pairs = [(case, sign * factor) for case, factor in zip(cases, ratios, strict=True)]
    for name in _names(cases[0]):
        if all(name.fits(case, factor) for case, factor in pairs):
            return name.kind, minus + name.text
    return None


def _names(case: Case) -> Iterator[_Name]:
    """Expressions that a factor may be, the simplest first."""
    sizes = tuple(case.sizes)
    for size in sizes:
        yield from _powers("ratio size", size, _product((size,)))
    for name in case.scalars:
        yield from _powers("ratio input", name, _scalar(name))
        yield _Name("ratio input", f"(1-{name})", _rest(name))
        yield _Name("ratio input", f"1/(1-{name})", _power(_rest(name), -1))
    for many in range(1, _SIZES_AT_ONCE + 1):
        for chosen in combinations(sizes, many):
            text = "·".join(chosen)
            if many > 1:
                yield _Name("ratio size", text, _product(chosen))
                yield _Name("ratio size", f"1/({text})", _power(_product(chosen), -1))
            yield from _less_one(text, _product(chosen))


def _powers(kind: str, name: str, value: Callable[[Case], float]) -> Iterator[_Name]:
    forms = {"{}": 1, "1/{}": -1, "{}²": 2, "1/{}²": -2, "√{}": 0.5, "1/√{}": -0.5}
    for form, exponent in forms.items():
        yield _Name(kind, form.format(name), _power(value, exponent))


def _less_one(name: str, value: Callable[[Case], float]) -> Iterator[_Name]:
    """What comes of a count that is one too small or too large."""
    share: Callable[[Case], float] = lambda case: float(1 - 1 / np.float64(value(case)))
    whole = f"({name})" if "·" in name else name
    less, more = f"({name}-1)/{whole}", f"{whole}/({name}-1)"
    forms = {less: 1.0, more: -1.0, f"√({less})": 0.5, f"√({more})": -0.5}
    for form, exponent in forms.items():
        yield _Name("ratio ddof", form, _power(share, exponent))


def _power(value: Callable[[Case], float], exponent: float) -> Callable[[Case], float]:
    return lambda case: float(np.float64(value(case)) ** exponent)


def _product(names: tuple[str, ...]) -> Callable[[Case], float]:
    return lambda case: float(np.prod([case.sizes.get(name, np.nan) for name in names]))


def _scalar(name: str) -> Callable[[Case], float]:
    return lambda case: case.scalars.get(name, np.nan)


def _rest(name: str) -> Callable[[Case], float]:
    return lambda case: 1 - case.scalars.get(name, np.nan)

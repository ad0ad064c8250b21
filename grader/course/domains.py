"""Reads what inputs and sizes are drawn from: `1..9`, a list, a formula in other sizes.

Knows the values of `domain` alone; the place of an error is added by who asks.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from grader.course.strict import number_advice
from grader.errors import ProblemError, did_you_mean
from grader.model import Domain
from grader.student.formulas import FormulaError, evaluate_text
from grader.student.signature import Signature

_LIKE_A_RANGE = re.compile(r"(-?[\d.]*\d)\s*(?:-|–|to|…|\.\.\.|,|:)\s*(-?\d[\d.]*)")
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)")
# Per type of the signature, what a domain may list.
_CHOICES: dict[str, tuple[type, ...]] = {
    "float": (int, float),
    "int": (int,),
    "bool": (bool, int),
    "str": (str,),
}

Error = Callable[[str, str], ProblemError]


def read_domains(
    given: dict[str, Any], signature: Signature | None, error: Error
) -> dict[str, Domain]:
    """The domains of inputs and sizes, by name.

    Args:
        error: makes an error of a message and the key that it is about.

    Raises:
        ProblemError: a name is unknown, or its domain can not be read.
    """
    sizes = () if signature is None else signature.sizes
    types = {} if signature is None else {v.name: v.type for v in signature.inputs}
    known = (*sizes, *types)
    domains = {}
    for name, value in given.items():
        if name not in known:
            advice = did_you_mean(name, known) or f"; the signature has {', '.join(known)}"
            raise error(f"unknown input {name!r}{advice}", "domain")
        key = f"domain.{name}"
        if name in sizes and _is_formula(value):
            domains[name] = _following(name, value, known, error)
        else:
            domains[name] = _domain(key, value, types.get(name, "int"), error)
        if name in sizes and not domains[name].formula and _least(domains[name]) < 1:
            raise error(f"{name} is a size, which is at least 1; found {value!r}", key)
    return domains


def _domain(key: str, value: Any, type_: str, error: Error) -> Domain:
    if isinstance(value, bool | int | float):
        value = [value]
    if isinstance(value, list) and value:
        return _choices(key, value, type_, error)
    match = _RANGE.fullmatch(value) if isinstance(value, str) else None
    if match is None or type_ in ("str", "bool"):
        wanted = "1..9, 0.5..2.0 or a list of values" if match is None else "a list of values"
        raise error(f"expected {wanted}, found {value!r}{_range_advice(value)}", key)
    low, high = match.groups()
    if type_ == "int" and "." in low + high:
        raise error(f"expected whole numbers, found {value!r}", key)
    if Fraction(low) > Fraction(high):
        raise error(f"the range {value!r} is empty", key)
    return Domain(low=Fraction(low), high=Fraction(high), is_integer="." not in low + high)


def _choices(key: str, values: list[Any], type_: str, error: Error) -> Domain:
    kinds = _CHOICES[type_]
    for choice in values:
        if type(choice) not in kinds:
            wanted = " or ".join(kind.__name__ for kind in kinds)
            raise error(f"expected {wanted}, found {choice!r}{number_advice(choice)}", key)
    return Domain(choices=tuple(values))


def _least(domain: Domain) -> Fraction:
    numbers = domain.choices if domain.low is None else (domain.low,)
    return min(Fraction(number) for number in numbers)


def _following(name: str, value: str, known: tuple[str, ...], error: Error) -> Domain:
    """A size that follows from others; tried once, with 1 for each of them."""
    try:
        evaluate_text(value, {other: 1 for other in known if other != name})
    except FormulaError as found:
        raise error(
            f"expected 1..9, a list of sizes or a formula in other sizes, found {value!r}; "
            f"{found.sentence}",
            f"domain.{name}",
        ) from found
    return Domain(formula=value)


def _range_advice(value: Any) -> str:
    """How to write what looks like a range."""
    match = _LIKE_A_RANGE.fullmatch(value) if isinstance(value, str) else None
    return f"; write {match[1]}..{match[2]}" if match else ""


def _is_formula(value: Any) -> bool:
    return isinstance(value, str) and _RANGE.fullmatch(value) is None

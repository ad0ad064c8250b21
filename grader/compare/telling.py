"""Says in a sentence how a value differs; no sentence holds an expected value.

Knows what is allowed, and decides nothing.
"""

from itertools import count as counting

import numpy as np

from grader.compare.bounds import EXACTLY, Allowed
from grader.student.packing import NoValue, Numbers, Unusable, Value
from grader.student.signature import Variable

_IN_WORDS = {
    type(None): "None",
    NoValue: "no value",
    bool: "a truth value",
    str: "a text",
    dict: "a dict",
}


def wrong_type(actual: Value, variable: Variable) -> str:
    """What came back in place of numbers."""
    if isinstance(actual, tuple):
        found = "a list whose rows differ in length, or that holds other things than numbers"
    else:
        found = described(actual)
    single = {"int": "a whole number", "bool": "true or false"}.get(variable.type, "a number")
    wanted = single if variable.is_scalar else f"an array {variable}"
    advice = " (is a return missing?)" if actual is None else ""
    return f"found {found}; wanted {wanted}{advice}"


def described(value: Value) -> str:
    """A value in words, without its contents."""
    match value:
        case Unusable(found):
            return found
        case np.ndarray():
            return f"an array of shape {value.shape} and dtype {value.dtype}"
        case tuple():
            return f"a tuple of {len(value)} values"
        case _:
            return _IN_WORDS.get(type(value), "a number")


def wrong_shape(actual: Numbers, truth: Numbers, variable: Variable) -> str:
    """The shape that came back, and the one that is wanted, with the signature's names."""
    found = f"shape {actual.shape}" if actual.ndim else "a single number"
    if not truth.ndim:
        return f"found an array of {found}; wanted a single number"
    names = _names(variable, truth.shape)
    named = ", ".join(names) + ("," if len(names) == 1 else "")
    return f"found {found}; wanted ({named}) = {truth.shape}"


def _names(variable: Variable, shape: tuple[int, ...]) -> tuple[str, ...]:
    """What the signature calls the axes of an output of this shape."""
    for form in variable.forms:
        if len(form) == len(shape) and all(
            isinstance(dim, str) or dim == size for dim, size in zip(form, shape, strict=True)
        ):
            return tuple(map(str, form))
    return tuple(map(str, shape))


def wrong_dtype(actual: Numbers, variable: Variable) -> str:
    """The kind of numbers that came back, and the one that is wanted."""
    wanted = {"int": "whole numbers", "bool": "truth values"}.get(variable.type, "real numbers")
    if actual.dtype.kind == "c":
        return f"found {actual.dtype} numbers; wanted {wanted}"
    return f"found a number that is not whole; wanted {wanted}"


def values_off(error: float, bad: int, size: int, worst: tuple[int, ...], allowed: Allowed) -> str:
    """How many values are off, where most, by how much, and what is allowed."""
    told, limit = told_apart(error, allowed.bound)
    if size == 1:
        off = f"the value is off by {told} of its size"
    else:
        many = f"all {size}" if bad == size else f"{bad} of {size}"
        place = ", ".join(map(str, worst))
        off = f"{many} values are off, most at [{place}]: by {told} of the largest magnitude"
    if allowed is EXACTLY:
        return off
    if not allowed.low:
        return f"{off} (allowed {limit})"
    if error <= allowed.doubt:
        return f"{off}; {allowed.low} is too coarse for this case, compute in float64"
    advice = "; float16 keeps three digits only" if allowed.low == "float16" else ""
    return f"{off} (allowed {limit} for {allowed.low}{advice})"


def told_apart(error: float, bound: float) -> tuple[str, str]:
    """Both numbers as text, to as few digits (from two) as show which is larger."""
    texts = ((f"{error:.{digits}g}", f"{bound:.{digits}g}") for digits in counting(2))
    return next(pair for pair in texts if error == bound or pair[0] != pair[1])

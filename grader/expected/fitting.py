"""Whether what an author's function returned is what the signature says: types and shapes.

Knows nothing of whether the values are right.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from grader.student.packing import Unusable, Value
from grader.student.signature import Dim, Signature, Variable

_KINDS = {"float": "biuf", "int": "iu", "bool": "b"}


def fits(signature: Signature, inputs: dict[str, Any], values: Sequence[Value]) -> bool:
    """Whether each value has its output's type, and its shape where the inputs' sizes tell it."""
    pairs = list(zip(signature.outputs, values, strict=True))
    if not all(_has_type(variable, value) for variable, value in pairs):
        return False
    forms = range(signature.forms)
    return any(shared_sizes(signature, inputs, pairs, form) is not None for form in forms)


def _has_type(variable: Variable, value: Value) -> bool:
    if variable.type == "str":
        return isinstance(value, str)
    if value is None or isinstance(value, Unusable | str | dict):
        return False
    if isinstance(value, Fraction):
        return variable.type == "float"
    if isinstance(value, int) and not isinstance(value, bool):
        return variable.type != "bool"  # of any size, where numpy would make an object of it
    return np.asarray(value).dtype.kind in _KINDS[variable.type]


def shared_sizes(
    signature: Signature,
    inputs: dict[str, Any],
    outputs: Sequence[tuple[Variable, Value]],
    form: int,
) -> dict[Dim, int] | None:
    """The sizes by which inputs and outputs have the signature's `form`-th shapes, or None."""
    sizes: dict[Dim, int] = {name: int(inputs[name]) for name in signature.sizes if name in inputs}
    given = [(v.form(form), np.shape(inputs[v.name])) for v in signature.inputs]
    given += [(v.form(form), np.shape(x)) for v, x in outputs]
    for wanted, found in given:
        if len(wanted) != len(found):
            return None
        for dim, size in zip(wanted, found, strict=True):
            if sizes.setdefault(dim, size) != size or (isinstance(dim, int) and dim != size):
                return None
    return sizes

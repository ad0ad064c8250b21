"""The shapes of one case: which sizes its arrays have, and how the layouts turn them.

Knows the signature and the inputs of a case; nothing of formulas' trees.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from grader.student.formulas.errors import FormulaError
from grader.student.formulas.functions import Floats
from grader.student.packing import Value
from grader.student.signature import Dim, Signature, Variable

Dims: TypeAlias = tuple[Dim, ...]
MATRIX = 2  # the number of axes of a matrix


class Shaped(NamedTuple):
    """An array with the names of its sizes.

    Attributes:
        array: its values; under the Jacobian layout with the batch as a first axis that `dims`
            does not count.
        dims: its shape in names; () is a number.
        is_identity: whether it is the identity matrix of whatever size fits.
    """

    array: Floats
    dims: Dims
    is_identity: bool = False


class Case(NamedTuple):
    """The arrays of one case.

    Attributes:
        arrays: the inputs that are arrays, in float64, with their shapes in names.
        sizes: the value of each size name.
        target: the shape of the output in names.
    """

    arrays: dict[str, Shaped]
    sizes: dict[str, int]
    target: Dims


def case_of(signature: Signature, inputs: Mapping[str, Value], output: str) -> Case:
    """Find the sizes of a case, among the alternative shapes that the signature declares.

    Raises:
        FormulaError: the inputs follow none of the declared shapes, or hold NaN or infinity.
    """
    arrays = {
        v.name: _floats(inputs[v.name], v.name)
        for v in signature.inputs
        if not v.is_scalar and v.name in inputs
    }
    target = next(v for v in signature.outputs if v.name == output)
    for form in range(signature.forms):
        sizes = _sizes(signature, arrays, form)
        if sizes is not None:
            dims = {v.name: v.form(form) for v in signature.inputs}
            shaped = {name: Shaped(array, dims[name]) for name, array in arrays.items()}
            return Case(shaped, sizes, target.form(form))
    raise FormulaError("the inputs of this case do not have the declared shapes")


def _floats(value: Value, name: str) -> Floats:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
        raise FormulaError(f"{name} is no array of finite numbers here")
    return array.astype(np.float64)


def _sizes(signature: Signature, arrays: dict[str, Floats], form: int) -> dict[str, int] | None:
    """The size names' values under one form; None if the arrays do not follow it."""
    sizes: dict[str, int] = {}
    for variable in signature.inputs:
        if variable.name not in arrays:
            continue
        shape = arrays[variable.name].shape
        if not _fits(variable, form, shape, sizes):
            return None
    return sizes


def _fits(variable: Variable, form: int, shape: tuple[int, ...], sizes: dict[str, int]) -> bool:
    dims = variable.form(form)
    if len(dims) != len(shape):
        return False
    return all(
        (sizes.setdefault(dim, size) if isinstance(dim, str) else dim) == size
        for dim, size in zip(dims, shape, strict=True)
    )


def broadcast(left: Dims, right: Dims) -> Dims | None:
    """The shape of an elementwise operation; None if the shapes do not fit."""
    long, short = (left, right) if len(left) >= len(right) else (right, left)
    padded = (1,) * (len(long) - len(short)) + short
    joined: list[Dim] = []
    for one, other in zip(long, padded, strict=True):
        if one != other and 1 not in {one, other}:
            return None
        joined.append(other if one == 1 else one)
    return tuple(joined)


def shown(dims: Dims) -> str:
    """A shape for a message: "(B, D)"."""
    if not dims:
        return "a number"
    return f"({', '.join(map(str, dims))}{',' if len(dims) == 1 else ''})"

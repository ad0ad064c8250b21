"""Whether the values of a public test can stand side by side: each size means one number.

Knows shapes only; nothing of what the values are or should be.
"""

from grader.student.packing import Array, Packed, Scalar, unpack
from grader.student.signature import Dim, Signature, Variable


def conflict(signature: Signature, inputs: dict[str, Packed], outputs: dict[str, Packed]) -> str:
    """Which two values disagree on a size, or "" where some form of the signature fits all."""
    given = [(v, inputs[v.name]) for v in signature.inputs if v.name in inputs]
    given += [(v, outputs[v.name]) for v in signature.outputs if v.name in outputs]
    found = [_conflict(given, form) for form in range(signature.forms)]
    return "" if "" in found else found[0]


def _conflict(given: list[tuple[Variable, Packed]], form: int) -> str:
    """The first disagreement under one form of the signature, or ""."""
    sizes: dict[Dim, tuple[object, str]] = {
        v.name: (unpack(value), v.name) for v, value in given if isinstance(value, Scalar)
    }
    for variable, value in given:
        dims, shape = variable.form(form), value.shape if isinstance(value, Array) else ()
        if len(dims) != len(shape):
            return f"expected {variable}, found an array of {len(shape)} axes"
        for dim, size in zip(dims, shape, strict=True):
            known, where = sizes.setdefault(dim, (size, variable.name))
            wanted = dim if isinstance(dim, int) else known
            if size != wanted:
                return _told(variable, dim, size, wanted, where)
    return ""


def _told(variable: Variable, dim: Dim, size: int, wanted: object, where: str) -> str:
    if isinstance(dim, int):
        return f"{variable.name} has {size} values along an axis; wanted {variable}"
    return (
        f"{dim} is {wanted} in {where} and {size} in {variable.name}; wanted the same number "
        f"wherever the signature says {dim}"
    )

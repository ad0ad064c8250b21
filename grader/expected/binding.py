"""Binds inputs, and what a function returned, to what the signature declares.

Knows nothing of whether the values are right.
"""

from grader.student.packing import Many, Packed, Scalar, Value, unpack
from grader.student.signature import Signature


def inputs_by_name(inputs: tuple[Packed, ...], signature: Signature) -> dict[str, Value]:
    """A case's inputs, in the order of the signature, as values by name."""
    return {v.name: unpack(packed) for v, packed in zip(signature.inputs, inputs, strict=True)}


def bind_outputs(packed: Packed, signature: Signature) -> tuple[Value, ...] | None:
    """What was returned, one value per output of the signature, or None if the number differs.

    One output may come bare or in a tuple of one; several come as a tuple, list or dict by name.
    """
    names = [variable.name for variable in signature.outputs]
    if not isinstance(packed, Many):
        return (unpack(packed),) if len(names) == 1 else None
    if packed.names:
        given = dict(zip(packed.names, packed.items, strict=True))
        return tuple(unpack(given[n]) for n in names) if set(given) == set(names) else None
    is_plain = len(names) == 1 and (
        len(packed.items) != 1
        or (isinstance(packed.items[0], Scalar) and not signature.outputs[0].is_scalar)
    )
    if is_plain:
        return (unpack(packed),)
    return tuple(map(unpack, packed.items)) if len(packed.items) == len(names) else None

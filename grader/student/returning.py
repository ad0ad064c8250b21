"""Takes what a function returned in the forms that students return, as plain values.

Named tuples, data classes, generators of several outputs, matrices: what unpacks into the outputs
counts as them. Knows inputs and answers; no expected values.
"""

import dataclasses
import itertools
from collections.abc import ValuesView
from typing import Any

import numpy as np

_MATRICES = (np.matrix, np.memmap)


def as_plain(value: Any, names: tuple[str, ...]) -> Any:
    """A returned value in the types that cross the wire, or as it is.

    Args:
        value: what came back.
        names: of the outputs; what has exactly these as its own is taken by them.
    """
    items = _items(value, names)
    if isinstance(items, dict):
        return {name: _array(item) for name, item in items.items()}
    if isinstance(items, tuple | list):
        return type(items)(map(_array, items))
    return _array(items)


def _items(value: Any, names: tuple[str, ...]) -> Any:
    """What holds several outputs as a tuple, or as a dict by name; anything else as it is."""
    kind = type(value)
    if kind in (tuple, list, dict):
        return value
    if issubclass(kind, tuple):
        return _by_name(getattr(kind, "_fields", ()), tuple(tuple.__iter__(value)), names)
    if dataclasses.is_dataclass(kind):
        fields = [field.name for field in dataclasses.fields(kind)]
        return _by_name(fields, tuple(getattr(value, name) for name in fields), names)
    if issubclass(kind, dict):
        return dict(value)
    if len(names) > 1 and (hasattr(kind, "__next__") or issubclass(kind, ValuesView)):
        return tuple(itertools.islice(value, len(names) + 1))
    if len(names) > 1 and kind is np.ndarray and value.dtype == object and value.ndim == 1:
        return tuple(value)
    return value


def _by_name(fields: Any, values: tuple[Any, ...], names: tuple[str, ...]) -> Any:
    is_named = len(fields) == len(values) and set(fields) == set(names)
    return dict(zip(fields, values, strict=True)) if is_named else values


def _array(value: Any) -> Any:
    """An array whose type does not cross the wire, in float64 where its elements are numbers."""
    if type(value) in _MATRICES:
        value = np.asarray(value)
    if type(value) is not np.ndarray:
        return value
    dtype = value.dtype
    if dtype.kind in "fc" and dtype.itemsize > {"f": 8, "c": 16}[dtype.kind]:
        return value.astype(np.float64 if dtype.kind == "f" else np.complex128)
    if dtype.hasobject and {type(item) for item in value.flat} & {float, np.float64}:
        try:
            return value.astype(np.float64)
        except (TypeError, ValueError):
            return value  # not all are numbers, and the judge says what they are
    return value

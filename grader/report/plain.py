"""`report.json`: the student's record as plain data for programs.

The keys are the names of the records in `grader.model`, sorted; docs/report.md documents the form.
It must not know how pages are made.
"""

import math
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np

from grader.model import ErrorMap, Report
from grader.report.marks import in_cents, written
from grader.report.redact import redact
from grader.report.text import clean
from grader.student.packing import (
    Array,
    Many,
    NoValue,
    Packed,
    Rational,
    Scalar,
    Unusable,
    WireError,
    unpack,
)

FORMAT = 1
MOST_ELEMENTS = 10_000


def record_json(report: Report) -> str:
    """Give the student's record as JSON, keys sorted; nothing that is hidden leaves the report."""
    return encoded(redact(report))


def encoded(report: Report) -> str:
    """Write a redacted record as JSON."""
    record = {
        "format": FORMAT,
        **_record(report),
        "marks": _plain(report.marks),
        "out_of": _plain(report.out_of),
        "pending": _plain(report.pending),
    }
    data = msgspec.json.encode(record, order="sorted")
    return msgspec.json.format(data, indent=1).decode()


def _plain(value: Any) -> Any:
    """Turn a record, or anything in one, into what JSON can hold."""
    # By how often they come: a report has ten thousand of them, half of them texts.
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, msgspec.Struct):
        return _record(value)
    return _rarer(value)


def _rarer(value: Any) -> Any:
    match value:
        case Fraction():
            return {"exact": str(value), "decimal": written(in_cents(value), exact=value)}
        case float():
            return _float(value)
        case dict():
            return {clean(key): _plain(item) for key, item in value.items()}
        case _:
            return value


def _record(record: msgspec.Struct) -> Any:
    """Turn one record into an object of its fields, or into its own short form."""
    match record:
        case ErrorMap(shape=shape, classes=classes):
            return {"shape": list(shape), "classes": "".join(map(str, classes[:MOST_ELEMENTS]))}
        case Array() | Rational() | Many() | Scalar() | Unusable() | NoValue():
            return _value(record)
        case _:
            return {name: _plain(getattr(record, name)) for name in record.__struct_fields__}


def _value(packed: Packed) -> Any:
    """Turn a value into JSON: numbers as they are, everything else as a tagged object."""
    match packed:
        case Scalar(value):
            return _plain(value)
        case Rational(numerator, denominator):
            return {"numerator": numerator, "denominator": denominator}
        case Many(items, ()):
            return [_value(item) for item in items]
        case Many(items, names):
            return {clean(n): _value(item) for n, item in zip(names, items, strict=False)}
        case Array():
            return _array(packed)
        case Unusable(found) | NoValue(found):
            return {"unusable": clean(found)}


def _array(array: Array) -> dict[str, Any]:
    """Write an array as nested lists; one that is too large as dtype and shape only."""
    described: dict[str, Any] = {"dtype": array.dtype, "shape": list(array.shape)}
    try:
        values = unpack(array)
    except WireError as error:
        return {**described, "unusable": str(error)}
    if values.size > MOST_ELEMENTS:
        return described
    if np.iscomplexobj(values):
        return {**described, "real": _list(values.real), "imaginary": _list(values.imag)}
    return {**described, "values": _list(values)}


def _list(values: np.ndarray) -> Any:
    """Give nested lists; numbers that JSON has no way to write become text."""
    if np.isfinite(values).all():
        return values.tolist()
    return _written(values.tolist())


def _written(values: Any) -> Any:
    return [_written(v) for v in values] if isinstance(values, list) else _float(values)


def _float(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)

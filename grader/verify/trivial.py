"""Answers that need no thought, which must earn nothing where the truth varies.

Knows the shapes and types that are expected; nothing of marks.
"""

from collections.abc import Callable, Iterator

import numpy as np

from grader.model import ExpectedCase
from grader.student.packing import Value, unpack
from grader.student.signature import Signature

Make = Callable[[ExpectedCase, int], object]
"""Makes the answer to one output of a case."""


def senseless() -> dict[str, Make]:
    """Answers that are never right, by name: wrong types, shapes and values."""
    return {
        "None": lambda _case, _k: None,
        "NaN": lambda case, k: _filled(_truth(case, k), np.nan),
        "the right values in a wrong shape": lambda case, k: np.stack([_array(case, k)] * 2),
        "an array of objects": lambda case, k: np.array(_array(case, k), dtype=object),
        "a text": lambda _case, _k: "0 or 1",
        "a complex array": lambda case, k: _array(case, k).astype(complex),
    }


def constant() -> dict[str, Make]:
    """Zeros and ones, which are right where the truth happens to be constant."""
    return {
        "zeros": lambda case, k: _filled(_truth(case, k), 0),
        "ones": lambda case, k: _filled(_truth(case, k), 1),
    }


def inputs(signature: Signature) -> Iterator[tuple[str, Make]]:
    """Each input handed back, in the place of every output of its shape."""
    for position, variable in enumerate(signature.inputs):
        yield f"the input {variable.name}", _handed_back(position)


def _handed_back(position: int) -> Make:
    def make(case: ExpectedCase, k: int) -> object:
        given, truth = unpack(case.inputs[position]), _truth(case, k)
        return given if np.shape(given) == np.shape(truth) else None

    return make


def _truth(case: ExpectedCase, k: int) -> Value:
    return unpack(case.outputs[k].value)


def _array(case: ExpectedCase, k: int) -> np.ndarray:
    truth = _truth(case, k)
    return np.zeros(()) if isinstance(truth, str) else np.asarray(truth, dtype=np.float64)


def _filled(truth: Value, value: float) -> object:
    """The constant in the shape of the truth; whole where the truth is."""
    if isinstance(truth, np.ndarray):
        return np.full(truth.shape, value)
    return int(value) if value == value and not isinstance(truth, float) else float(value)  # noqa: PLR0124  # NaN is not whole

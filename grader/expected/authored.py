"""Calls the author's functions of one part, and holds what they return against the signature.

What goes wrong here is the author's to mend, and says so. Knows nothing of drawn cases or tests.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from grader.authoring import PartSolution, Wrong, cast_inputs
from grader.errors import ProblemError
from grader.expected.binding import bind_outputs
from grader.expected.fitting import fits
from grader.expected.solutions import called
from grader.model import Part
from grader.student.packing import Packed, Value, pack
from grader.student.signature import Signature

_SHORT = 120  # characters of a value in an error
_OF_SIZES = (ArithmeticError, ValueError, IndexError, KeyError)


class Authored:
    """The author's functions of one part."""

    def __init__(self, part: Part, declared: PartSolution, path: Path) -> None:
        assert part.signature is not None
        assert declared.reference_function is not None
        self.part, self.declared, self.path = part, declared, path
        self.signature = part.signature
        self._reference = declared.reference_function

    @property
    def is_exact(self) -> bool:
        """Whether floating scalars are given as fractions: where the part has no arrays."""
        return self.signature.is_scalar

    def error(self, message: str) -> ProblemError:
        """An error in the solution, named after the part."""
        return ProblemError(self.path, f"{self.part.id}: {message}")

    def run(
        self, what: str, function: Callable[..., Any], inputs: dict[str, Any]
    ) -> tuple[Value, ...]:
        """What a function that must be right returns, one value per output.

        Raises:
            ProblemError: it fails, or returns what the signature does not say.
        """
        result = called(self.path, f"{self.part.id}: {what}", function, **inputs)
        values = bind_outputs(pack(result), self.signature)
        if values is None or not fits(self.signature, inputs, values):
            names = ", ".join(map(str, self.signature.outputs))
            raise self.error(f"{what} returned {short(result)}; wanted {names}")
        return values

    def reference(self, inputs: dict[str, Any], what: str = "the reference") -> tuple[Value, ...]:
        """What the reference returns.

        Raises:
            ProblemError: as for `run`.
        """
        return self.run(what, self._reference, inputs)

    def moved(self, inputs: dict[str, Any]) -> tuple[Packed, ...] | None:
        """The reference's outputs on inputs that it may not be made for, or None."""
        return self.mistaken(Wrong(name="moved", say="", function=self._reference), inputs)

    def mistaken(self, wrong: Wrong, inputs: dict[str, Any]) -> tuple[Packed, ...] | None:
        """A misconception's outputs, or None where it fails on this case (sizes do not fit).

        Raises:
            ProblemError: it fails in a way that sizes do not explain.
        """
        what = f"{self.part.id}: the misconception {wrong.name!r}"
        exact = cast_inputs(inputs, exact=self.is_exact)
        try:
            result = called(self.path, what, wrong.function, **exact)
        except ProblemError as error:
            if isinstance(error.__cause__, _OF_SIZES):
                return None
            raise
        if isinstance(result, dict) and "" in result:
            self._check_replaced(wrong.name, result)
        values = _with_replaced(result, self.signature)
        return None if values is None else tuple(pack(value) for value in values)

    def _check_replaced(self, misconception: str, result: dict[str, Any]) -> None:
        names = [variable.name for variable in self.signature.outputs]
        for name in result:
            if name and name not in names:
                raise self.error(
                    f"the misconception {misconception!r} returns {name!r}; "
                    f"the outputs are {', '.join(names)}"
                )


def _with_replaced(result: Any, signature: Signature) -> tuple[Value, ...] | None:
    """A misconception's outputs; a dict with the key "" is the reference's with some replaced."""
    if not (isinstance(result, dict) and "" in result):
        return bind_outputs(pack(result), signature)
    base = bind_outputs(pack(result[""]), signature)
    if base is None:
        return None
    names = [variable.name for variable in signature.outputs]
    return tuple(result.get(name, value) for name, value in zip(names, base, strict=True))


def short(value: Any) -> str:
    """A value on one line; of what was returned, and of long arrays, shapes say more."""
    if isinstance(value, tuple):
        return f"({', '.join(map(short, value))})"
    text = " ".join(repr(value.item() if isinstance(value, np.generic) else value).split())
    if len(text) <= _SHORT:
        return f"{text} of shape {value.shape}" if isinstance(value, np.ndarray) else text
    shape = f" of shape {value.shape}" if isinstance(value, np.ndarray) else ""
    return f"{text[: _SHORT - 3]}...{shape}"

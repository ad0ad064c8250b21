"""One failing case, laid out so that detectors can ask it plain questions.

A detector asks all failing cases the same question. `Case.close` is the only place that knows how
exactly numbers must fit to be taken for equal.
"""

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from grader.model import Diagnosis, Record
from grader.student.packing import Value, in_floats, numbers
from grader.student.signature import Dim, Signature, Variable

FEW = 3  # so many independent numbers must bear a rule out before it is told
_LOW = ("float16", "float32")
_MORE_AXES = 2  # than are due; an answer with more of them has another mistake than an axis kept


class FailedCase(Record, frozen=True, kw_only=True):
    """One failing case of an output, as it was compared.

    Attributes:
        actual, expected: the value returned, and the reference's.
        inputs: by name.
        scale: the size that errors are measured against.
    """

    actual: Value
    expected: Value
    inputs: dict[str, Value]
    scale: float


class Case(Record, frozen=True, kw_only=True):
    """What came back, what was due, and what went in.

    Attributes:
        actual, expected: real and in float64; of one shape but where the shape is the mistake.
        scale: the size that errors are measured against.
        bound: the error that is allowed.
        is_low: whether the answer is float32 or float16.
        scalars: the single numbers among the inputs, by name.
        terms: the arrays among the inputs, by name, with axes of length 1 put in so that they can
            be broadcast against the output; those that can not are left out.
        labels: the arrays of whole numbers among the inputs, by name, as they are.
        sizes: the named sizes, from the inputs' shapes.
        axes: the output's axes as the signature names them.
    """

    actual: np.ndarray
    expected: np.ndarray
    scale: float
    bound: float
    is_low: bool
    scalars: dict[str, float]
    terms: dict[str, np.ndarray]
    labels: dict[str, np.ndarray]
    sizes: dict[str, int]
    axes: tuple[Dim, ...]

    @property
    def near(self) -> float:
        """How exactly a rule must fit, relative to its own size."""
        return 1e-4 if self.is_low else 1e-6

    @property
    def difference(self) -> np.ndarray:
        """Actual minus expected."""
        return np.asarray(self.actual - self.expected)

    @property
    def wrong(self) -> np.ndarray:
        """Which elements are outside the bound."""
        return np.asarray(np.abs(self.difference) > self.bound * self.scale)

    @property
    def error(self) -> float:
        """The largest error, as compared."""
        return float(np.abs(self.difference).max(initial=0.0)) / self.scale

    def close(self, a: np.ndarray, b: np.ndarray) -> bool:
        """Whether `a` is what the rule says, `b`: each element to `near`, but for rounding."""
        if a.shape != b.shape or not np.isfinite(b).all():
            return False
        rounding = (1e-5 if self.is_low else 1e-9) * self.scale
        allowed = self.near * np.abs(b) + rounding
        return bool((np.abs(a - b) <= allowed).all())

    def term(self, name: str) -> np.ndarray | None:
        """An input, spread over the shape of the output; None where it can not be."""
        if name in self.scalars:
            return np.full(self.expected.shape, self.scalars[name])
        term = self.terms.get(name)
        try:
            return None if term is None else np.broadcast_to(term, self.expected.shape)
        except ValueError:
            return None

    def whole_term(self, name: str) -> np.ndarray | None:
        """An input that has the shape of the output by itself, or None."""
        term = self.terms.get(name, np.array(self.scalars.get(name, 0.0)))
        return term if term.shape == self.expected.shape else None

    def axis(self, axis: int) -> str:
        """An axis of the output in words: "N (axis 0)"."""
        name = self.axes[axis] if axis < len(self.axes) else None
        return f"{name} (axis {axis})" if isinstance(name, str) else f"axis {axis}"

    def listed(self, axes: Sequence[int]) -> str:
        """Axes of the output in words: "N (axis 0) and C (axis 1)"."""
        return " and ".join(map(self.axis, axes))

    def sized(self, axis: int, size: int) -> str:
        """An axis of an array of another shape in words, named where one size alone fits."""
        names = [name for name, known in self.sizes.items() if known == size]
        return f"{names[0]} (axis {axis})" if len(names) == 1 else f"axis {axis}"


Cases = Sequence[Case]
Detector = Callable[[Cases], Diagnosis | None]


def fits(cases: Cases, change: Callable[..., np.ndarray | None], *given: object) -> bool:
    """Whether in every case the actual array is what `change(case, *given)` makes of the case."""
    borne_out = 0
    for case in cases:
        changed = change(case, *given)
        if changed is None or not case.close(case.actual, changed):
            return False
        borne_out += int(np.count_nonzero(changed))
    return borne_out >= FEW


def subsets(axes: Sequence[int]) -> list[tuple[int, ...]]:
    """All choices of one axis or more, few before many."""
    return [chosen for many in range(1, len(axes) + 1) for chosen in combinations(axes, many)]


def nonzero(cases: Cases) -> int:
    """How many of the expected values are not zero."""
    return sum(int(np.count_nonzero(case.expected)) for case in cases)


def are_one(cases: Cases, numbers: Sequence[float]) -> bool:
    """Whether the numbers, one from each case, are one and the same."""
    return bool(np.ptp(numbers) <= cases[0].near * abs(numbers[0]))


def make_case(
    failed: FailedCase, *, signature: Signature, output: Variable, bound: float
) -> Case | None:
    """Lay out one case; None where there is nothing to diagnose in numbers."""
    found, due = numbers(failed.actual), real(failed.expected)
    laid, inputs = real(failed.actual), failed.inputs
    if found is None or laid is None or due is None or not np.isfinite(due).all():
        return None
    if np.squeeze(laid).ndim > due.ndim + _MORE_AXES:
        return None  # to try what could be said of each choice of its axes takes minutes
    if laid.shape != due.shape and np.squeeze(laid).shape == np.squeeze(due).shape:
        laid = laid.reshape(due.shape)
    axes = _form(output, due.shape)
    given = {v: array for v in signature.inputs if (array := real(inputs[v.name])) is not None}
    return Case(
        actual=laid,
        expected=due,
        scale=failed.scale,
        bound=bound,
        is_low=found.dtype.name in _LOW,
        scalars={v.name: float(array) for v, array in given.items() if not array.ndim},
        terms={
            v.name: term
            for v, array in given.items()
            if array.ndim and (term := _laid(array, _form(v, array.shape), axes)) is not None
        },
        labels={
            v.name: array.astype(int) for v, array in given.items() if _is_index(inputs[v.name])
        },
        sizes={
            dim: size
            for v, array in given.items()
            for dim, size in zip(_form(v, array.shape), array.shape, strict=True)
            if isinstance(dim, str)
        },
        axes=axes,
    )


def real(value: Value) -> np.ndarray | None:
    """The value as a real array in float64, or None."""
    found = numbers(value)
    return None if found is None or found.dtype.kind == "c" else in_floats(found)


def _is_index(value: Value) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0 and value.dtype.kind in "iu"


def _form(variable: Variable, shape: tuple[int, ...]) -> tuple[Dim, ...]:
    """What the signature calls the axes of this shape; the sizes themselves where it does not."""
    return next((form for form in variable.forms if len(form) == len(shape)), shape)


def _laid(array: np.ndarray, dims: tuple[Dim, ...], axes: tuple[Dim, ...]) -> np.ndarray | None:
    """The array with its axes where the output has axes of these names, or None."""
    left = list(zip(dims, array.shape, strict=True))
    shape = [left.pop(0)[1] if left and left[0][0] == axis else 1 for axis in axes]
    return None if left else array.reshape(shape)

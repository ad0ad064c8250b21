"""Values of matrix formulas: float64 arrays whose sizes keep their names.

Whether two shapes fit is decided by the names, so that a transpose shows even where two sizes are
equal, and a message can say which sizes differ. A product that a person writes as `*`, `·` or
nothing is decided by the shapes. Knows no conventions beyond what `layouts` gives it.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from grader.student.formulas.errors import MAX_ELEMENTS, FormulaError
from grader.student.formulas.evaluate_scalar import shortened
from grader.student.formulas.functions import KNOWN, Floats
from grader.student.formulas.layouts import Layout, diagonal, layout_of
from grader.student.formulas.printing import pretty_name
from grader.student.formulas.shapes import MATRIX, Case, Dims, Shaped, shown
from grader.student.formulas.tree import (
    Call,
    Cases,
    Chain,
    Compare,
    Constant,
    Element,
    Fold,
    Index,
    Logic,
    Name,
    Negate,
    Node,
    Number,
    Operator,
    Power,
    Reduce,
    Sum,
    Transpose,
)
from grader.student.wire import Notation

_COMPARISONS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "=": np.equal,
    "≠": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "≤": np.less_equal,
    "≥": np.greater_equal,
}
_REDUCTIONS: dict[str, Callable[..., Floats]] = {"sum": np.sum, "mean": np.mean, "var": np.var}


class Reading(NamedTuple):
    """How products without brackets are grouped.

    Attributes:
        is_loose: whether ⊙ binds looser than matrix products, as on paper; else all products
            are taken from left to right, as in Python.
        is_broadcast: whether a matrix times a vector along its last axis is elementwise.
    """

    is_loose: bool
    is_broadcast: bool


READINGS = tuple(
    Reading(loose, broadcast) for broadcast in (False, True) for loose in (False, True)
)


def evaluate_arrays(
    node: Node, case: Case, numbers: Mapping[str, float], notation: Notation, convention: str
) -> Floats:
    """The value of a matrix formula, in the layout that the signature declares.

    The readings are tried in turn; the first whose shapes fit, up to the answer's, is taken. With
    sizes of different names at most one fits.

    Raises:
        FormulaError: no reading has a value; the sentence is about the first one.
    """
    layout = layout_of(convention, case.target)
    errors: list[FormulaError] = []
    for reading in READINGS:
        try:
            value = _Evaluation(case, numbers, notation, layout, reading).whole(node)
        except FormulaError as error:
            errors.append(error)
        else:
            return layout.leave(value, case.target)
    raise errors[0]


class _Evaluation:
    """One evaluation under one layout and one reading."""

    def __init__(
        self,
        case: Case,
        numbers: Mapping[str, float],
        notation: Notation,
        layout: Layout,
        reading: Reading,
    ) -> None:
        self.case = case
        self.numbers = {**case.sizes, **numbers}
        self.functions = notation.functions
        self.layout = layout
        self.reading = reading

    def whole(self, node: Node) -> Floats:
        """The value, if it has the answer's shape and is finite."""
        with np.errstate(all="ignore"):
            value = self.value(node)
        wanted = self.layout.target(self.case.target)
        if value.dims != wanted:
            raise FormulaError(
                f"the formula gives {shown(value.dims)}; the answer must be {shown(wanted)}"
            )
        if not np.isfinite(value.array).all():
            raise FormulaError(
                "the formula has no finite value here: a division by zero, the logarithm or root"
                " of a negative number, or a value that is too large"
            )
        return np.ascontiguousarray(value.array, np.float64)

    def value(self, node: Node) -> Shaped:  # noqa: C901, PLR0912  # one line per kind of node
        """The value of a node."""
        match node:
            case Number():
                return _number(float(node.value))
            case Constant("I"):
                return Shaped(np.asarray(1.0), (), is_identity=True)
            case Constant(name):
                return _number(np.e if name == "e" else np.pi)
            case Name(name):
                return self._name(name)
            case Negate(body):
                inner = self.value(body)
                return Shaped(-inner.array, inner.dims, inner.is_identity)
            case Sum():
                return self._sum(node)
            case Chain():
                return self._chain(node)
            case Power():
                return self._power(node)
            case Transpose(body):
                return self._transposed(body)
            case Call():
                return self._call(node)
            case Reduce():
                return self._reduce(node)
            case Cases():
                return self._cases(node)
            case Compare() | Logic():
                return self._condition(node)
            case Index() | Element() | Fold():
                raise FormulaError("sums over indices and whole matrices do not mix")

    def _name(self, name: str) -> Shaped:
        if name in self.case.arrays:
            return self.layout.enter(self.case.arrays[name])
        if name in self.numbers:
            return _number(float(self.numbers[name]))
        raise FormulaError(f"{pretty_name(name)} has no value here")

    # --- sums and elementwise operations ----------------------------------------------------

    def _sum(self, node: Sum) -> Shaped:
        total: Shaped | None = None
        for place, (sign, term) in enumerate(zip(node.signs, node.terms, strict=True)):
            value = self.value(term)
            if sign == "-":
                value = Shaped(-value.array, value.dims, value.is_identity)
            if total is None:
                total = value
                continue
            before = Sum(node.signs[:place], node.terms[:place]) if place > 1 else node.terms[0]
            total = self._added(total, value, before, term)
        assert total is not None
        return total

    def _added(self, left: Shaped, right: Shaped, left_node: Node, right_node: Node) -> Shaped:
        left, right = self._as_identity(left, right), self._as_identity(right, left)
        dims = _broadcast(left.dims, right.dims)
        if dims is None:
            raise FormulaError(
                f"{shortened(left_node)} is {shown(left.dims)} and {shortened(right_node)} is"
                f" {shown(right.dims)}: they cannot be added"
            )
        is_identity = left.is_identity and right.is_identity
        return Shaped(left.array + right.array, dims, is_identity)

    def _as_identity(self, number: Shaped, other: Shaped) -> Shaped:
        """A number that is added to a square matrix, as a multiple of the identity."""
        if number.dims or not (number.is_identity or self.layout.has_diagonals):
            return number
        if len(other.dims) != MATRIX or other.dims[0] != other.dims[1]:  # square
            if number.is_identity and other.dims:
                raise FormulaError(f"I is added to a matrix of shape {shown(other.dims)}")
            return number
        return Shaped(number.array * np.eye(other.array.shape[-1]), other.dims)

    def _elementwise(
        self, values: list[Shaped], function: Callable[..., Floats], node: Node
    ) -> Shaped:
        dims: Dims = ()
        for value in values:
            joined = _broadcast(dims, value.dims)
            if joined is None:
                shapes = " and ".join(shown(v.dims) for v in values)
                raise FormulaError(f"the shapes in {shortened(node)} do not fit: {shapes}")
            dims = joined
        return Shaped(np.asarray(function(*(v.array for v in values)), np.float64), dims)

    # --- products ---------------------------------------------------------------------------

    def _chain(self, node: Chain) -> Shaped:
        if self.reading.is_loose and "⊙" in node.operators:
            return self._loose(node)
        total = self.value(node.factors[0])
        for place, operator in enumerate(node.operators, start=1):
            before = _part(node, 0, place)
            total = self._product(total, operator, node.factors[place], before)
        return total

    def _loose(self, node: Chain) -> Shaped:
        """⊙ after all other products."""
        cuts = [place for place, operator in enumerate(node.operators, start=1) if operator == "⊙"]
        starts, ends = [0, *cuts], [*cuts, len(node.factors)]
        pieces = [_part(node, start, end) for start, end in zip(starts, ends, strict=True)]
        total = self.value(pieces[0])
        for piece, end in zip(pieces[1:], starts[1:], strict=True):
            total = self._product(total, "⊙", piece, _part(node, 0, end))
        return total

    def _product(self, left: Shaped, operator: Operator, factor: Node, before: Node) -> Shaped:
        right = self.value(factor)
        match operator:
            case "·":
                return self._by_shape(left, right, before, factor)
            case "@":
                return self._matrix(left, right, before, factor)
            case "⊙":
                return self._hadamard(left, right, before, factor)
            case _:
                return self._divided(left, operator, right, before, factor)

    def _by_shape(self, left: Shaped, right: Shaped, before: Node, factor: Node) -> Shaped:
        """The product that the shapes allow: scaling, elementwise, or a matrix product."""
        if not left.dims or not right.dims:
            return _scaled(left, right)
        can_multiply = _inner(left.dims, right.dims)
        is_elementwise = left.dims == right.dims or _is_column_scaling(left.dims, right.dims)
        if not can_multiply or (self.reading.is_broadcast and not self.layout.has_diagonals):
            is_elementwise |= _broadcast(left.dims, right.dims) is not None
        if is_elementwise and not (self.layout.has_diagonals and can_multiply):
            dims = _broadcast(left.dims, right.dims)
            assert dims is not None
            return Shaped(left.array * right.array, dims)
        return self._matrix(left, right, before, factor)

    def _matrix(self, left: Shaped, right: Shaped, before: Node, factor: Node) -> Shaped:
        if not left.dims or not right.dims:
            return _scaled(left, right)
        if not _inner(left.dims, right.dims):
            inner = (left.dims[-1], right.dims[max(0, len(right.dims) - 2)])
            raise FormulaError(
                f"{shortened(before)} is {shown(left.dims)} and {shortened(factor)} is"
                f" {shown(right.dims)}: a matrix product needs the inner sizes to agree,"
                f" {inner[0]} ≠ {inner[1]}"
            )
        dims = left.dims[:-1] + (right.dims[1:] if len(right.dims) > 1 else ())
        return Shaped(np.asarray(_multiplied(left.array, right.array)), dims)

    def _hadamard(self, left: Shaped, right: Shaped, before: Node, factor: Node) -> Shaped:
        dims = _broadcast(left.dims, right.dims)
        if dims is None:
            raise FormulaError(
                f"{shortened(before)} is {shown(left.dims)} and {shortened(factor)} is"
                f" {shown(right.dims)}: an elementwise product needs equal shapes"
            )
        return Shaped(left.array * right.array, dims)

    def _divided(
        self, left: Shaped, operator: Operator, right: Shaped, before: Node, factor: Node
    ) -> Shaped:
        dims = _broadcast(left.dims, right.dims)
        if dims is None:
            raise FormulaError(
                f"{shortened(before)} is {shown(left.dims)} and {shortened(factor)} is"
                f" {shown(right.dims)}: they cannot be divided"
            )
        divide = {"/": np.divide, "//": np.floor_divide, "%": np.mod}[operator]
        return Shaped(np.asarray(divide(left.array, right.array)), dims)

    # --- everything else --------------------------------------------------------------------

    def _power(self, node: Power) -> Shaped:
        base, exponent = self.value(node.base), self.value(node.exponent)
        is_matrix = len([d for d in base.dims if d != 1]) > 1
        if is_matrix and not exponent.dims and exponent.array < 0:
            raise FormulaError(f"{shortened(node)}: the inverse of a matrix is not read here")
        return self._elementwise([base, exponent], np.power, node)

    def _transposed(self, body: Node) -> Shaped:
        value = self.value(body)
        if len(value.dims) < MATRIX:  # a vector is its own transpose
            return value
        if len(value.dims) > MATRIX:  # as above
            raise FormulaError(f"{shortened(body)} has {len(value.dims)} axes: no transpose")
        return Shaped(np.swapaxes(value.array, -1, -2), value.dims[::-1], value.is_identity)

    def _call(self, node: Call) -> Shaped:
        name = self.functions.get(node.function, node.function)
        known = KNOWN.get(name)
        if known is None or not known.least <= len(node.arguments) <= known.most:
            raise FormulaError(f"{node.function} is not known with {len(node.arguments)} arguments")
        arguments = [self.value(argument) for argument in node.arguments]
        value = self._elementwise(arguments, known.array, node)
        if name == "diag" and not self.layout.has_diagonals:
            raise FormulaError("diag is read in the Jacobian layout only")
        is_diagonal = self.layout.has_diagonals and (known.is_slope or name == "diag")
        return diagonal(value) if is_diagonal else value

    def _reduce(self, node: Reduce) -> Shaped:
        value = self.value(node.body)
        reduction = _REDUCTIONS[node.kind]
        if self.layout.has_diagonals:
            raise FormulaError(f"{node.kind} over a batch is not read in the Jacobian layout")
        if node.axis is None:
            return Shaped(np.asarray(reduction(value.array)), ())
        rank = len(value.dims)
        if not -rank <= node.axis < rank:
            raise FormulaError(f"{shortened(node.body)} has no axis {node.axis}")
        axis = node.axis % rank
        kept = (1,) if node.keep else ()
        dims = value.dims[:axis] + kept + value.dims[axis + 1 :]
        return Shaped(np.asarray(reduction(value.array, axis=axis, keepdims=node.keep)), dims)

    def _cases(self, node: Cases) -> Shaped:
        missing = _number(np.nan)
        result = missing if node.otherwise is None else self.value(node.otherwise)
        for value, condition in zip(reversed(node.values), reversed(node.conditions), strict=True):
            parts = [self.value(condition), self.value(value), result]
            result = self._elementwise(parts, _chosen, node)
        return result

    def _condition(self, node: Compare | Logic) -> Shaped:
        values = [self.value(operand) for operand in node.operands]
        if isinstance(node, Compare):
            pairs = [
                self._elementwise([left, right], _COMPARISONS[sign], node)
                for left, sign, right in zip(values, node.operators, values[1:], strict=False)
            ]
            return self._elementwise(pairs, _all, node)
        if node.operator == "not":
            return self._elementwise(values, lambda v: v == 0, node)
        return self._elementwise(values, _all if node.operator == "and" else _any, node)


def _all(*values: Floats) -> Floats:
    return np.asarray(np.logical_and.reduce(np.broadcast_arrays(*values)))


def _chosen(condition: Floats, value: Floats, otherwise: Floats) -> Floats:
    return np.asarray(np.where(condition != 0, value, otherwise), np.float64)


def _any(*values: Floats) -> Floats:
    return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*values)))


def _number(value: float) -> Shaped:
    return Shaped(np.asarray(value, np.float64), ())


def _scaled(left: Shaped, right: Shaped) -> Shaped:
    return Shaped(
        np.asarray(left.array * right.array),
        left.dims or right.dims,
        left.is_identity and right.is_identity,
    )


def _part(node: Chain, start: int, end: int) -> Node:
    """The factors from `start` to `end` as a node."""
    if end - start == 1:
        return node.factors[start]
    return Chain(node.operators[start : end - 1], node.factors[start:end])


def _broadcast(left: Dims, right: Dims) -> Dims | None:
    """The shape of an elementwise operation; None if the shapes do not fit."""
    long, short = (left, right) if len(left) >= len(right) else (right, left)
    padded = (1,) * (len(long) - len(short)) + short
    joined: list[str | int] = []
    for one, other in zip(long, padded, strict=True):
        if one != other and 1 not in {one, other}:
            return None
        joined.append(other if one == 1 else one)
    return tuple(joined)


def _inner(left: Dims, right: Dims) -> bool:
    """Whether a matrix product is possible."""
    if max(len(left), len(right)) > MATRIX:  # matrices and vectors only
        return False
    return left[-1] == right[max(0, len(right) - 2)]


def _is_column_scaling(left: Dims, right: Dims) -> bool:
    """Whether one is a column that scales the rows of the other."""
    shapes = {len(left), len(right)} == {MATRIX} and left[0] == right[0]
    return shapes and (left[1] == 1) != (right[1] == 1)


def _multiplied(left: Floats, right: Floats) -> Floats:
    """A matrix product within the limits.

    Raises:
        FormulaError: the result would be too large.
    """
    rows = left.shape[-2] if left.ndim > 1 else 1
    columns = right.shape[-1] if right.ndim > 1 else 1
    batch = max(left.size // (rows * left.shape[-1] or 1), 1)
    if rows * columns * batch > MAX_ELEMENTS:
        raise FormulaError("a matrix product in the formula is too large")
    return np.asarray(left @ right)

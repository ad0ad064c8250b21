"""Values of matrix formulas: float64 arrays whose sizes keep their names.

Whether two shapes fit is decided by the names, so that a transpose shows even where two sizes are
equal, and a message can say which sizes differ. What two operands make is decided in `pairs`.
Knows of layouts only what they tell.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from grader.student.formulas.errors import FormulaError
from grader.student.formulas.functions import COMPARISONS, FUNCTIONS, Floats, finite, function_of
from grader.student.formulas.layouts import Layout, diagonal, layout_of
from grader.student.formulas.pairs import Pair
from grader.student.formulas.printing import pretty_name, shortened
from grader.student.formulas.shapes import MATRIX, Case, Dims, Shaped, broadcast, shown
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
    Reading(is_loose, is_broadcast) for is_broadcast in (False, True) for is_loose in (False, True)
)


def evaluate_arrays(
    node: Node, case: Case, numbers: Mapping[str, float], notation: Notation, name: str
) -> Floats:
    """The value of a matrix formula in the layout `name`, laid out as the signature declares.

    The readings are tried in turn; the first whose shapes fit, up to the answer's, is taken. With
    sizes of different names at most one fits.

    Raises:
        FormulaError: no reading has a value; the sentence is about the first one.
    """
    layout = layout_of(name, case.target)
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
        self.notation = notation
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
        return np.ascontiguousarray(finite(value.array), np.float64)

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
                return _negative(self.value(body))
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
        total = self._term(node, 0)
        for place in range(1, len(node.terms)):
            value = self._term(node, place)
            before = Sum(node.signs[:place], node.terms[:place]) if place > 1 else node.terms[0]
            left, right = self._as_identity(total, value), self._as_identity(value, total)
            total = Pair(left, right, before, node.terms[place]).added()
        return total

    def _term(self, node: Sum, place: int) -> Shaped:
        value = self.value(node.terms[place])
        return value if node.signs[place] == "+" else _negative(value)

    def _as_identity(self, number: Shaped, other: Shaped) -> Shaped:
        """A number that is added to a square matrix, as a multiple of the identity."""
        if number.dims or not (number.is_identity or self.layout.has_diagonals):
            return number
        if len(other.dims) != MATRIX or other.dims[0] != other.dims[1]:
            if number.is_identity and other.dims:
                raise FormulaError(f"I is added to a matrix of shape {shown(other.dims)}")
            return number
        return Shaped(number.array * np.eye(other.array.shape[-1]), other.dims)

    def _elementwise(
        self, values: list[Shaped], function: Callable[..., Floats], node: Node
    ) -> Shaped:
        dims: Dims = ()
        for value in values:
            joined = broadcast(dims, value.dims)
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
            before = node.part(0, place)
            total = self._product(total, operator, node.factors[place], before)
        return total

    def _loose(self, node: Chain) -> Shaped:
        """⊙ after all other products."""
        cuts = [place for place, operator in enumerate(node.operators, start=1) if operator == "⊙"]
        starts, ends = [0, *cuts], [*cuts, len(node.factors)]
        pieces = [node.part(start, end) for start, end in zip(starts, ends, strict=True)]
        total = self.value(pieces[0])
        for piece, end in zip(pieces[1:], starts[1:], strict=True):
            total = self._product(total, "⊙", piece, node.part(0, end))
        return total

    def _product(self, left: Shaped, operator: Operator, factor: Node, before: Node) -> Shaped:
        return Pair(left, self.value(factor), before, factor).product(
            operator,
            is_broadcast=self.reading.is_broadcast,
            has_diagonals=self.layout.has_diagonals,
        )

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
        if len(value.dims) > MATRIX:
            raise FormulaError(f"{shortened(body)} has {len(value.dims)} axes: no transpose")
        return Shaped(np.swapaxes(value.array, -1, -2), value.dims[::-1], value.is_identity)

    def _call(self, node: Call) -> Shaped:
        function = function_of(node.function, self.notation, len(node.arguments))
        arguments = [self.value(argument) for argument in node.arguments]
        value = self._elementwise(arguments, function.array, node)
        is_diag = function is FUNCTIONS["diag"]
        if is_diag and not self.layout.has_diagonals:
            raise FormulaError("diag is read in the Jacobian layout only")
        is_diagonal = self.layout.has_diagonals and (function.is_slope or is_diag)
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
                self._elementwise([left, right], COMPARISONS[sign], node)
                for left, sign, right in zip(values, node.operators, values[1:], strict=False)
            ]
            return self._elementwise(pairs, _all, node)
        if node.operator == "not":
            return self._elementwise(values, lambda v: v == 0, node)
        return self._elementwise(values, _all if node.operator == "and" else _any, node)


def _chosen(condition: Floats, value: Floats, otherwise: Floats) -> Floats:
    return np.where(condition != 0, value, otherwise)


def _all(*values: Floats) -> Floats:
    return np.asarray(np.logical_and.reduce(np.broadcast_arrays(*values)))


def _any(*values: Floats) -> Floats:
    return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*values)))


def _number(value: float) -> Shaped:
    return Shaped(np.asarray(value, np.float64), ())


def _negative(value: Shaped) -> Shaped:
    return value._replace(array=-value.array)

"""Two arrays with an operator between them: sums, products and quotients whose sizes have names.

A product that a person writes as `*`, `·` or nothing is decided by the shapes: scaling,
elementwise, or a matrix product. Knows no names of arrays and no layouts but what it is told.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from grader.student.formulas.errors import MAX_ELEMENTS, FormulaError
from grader.student.formulas.functions import Floats
from grader.student.formulas.printing import shortened
from grader.student.formulas.shapes import MATRIX, Dims, Shaped, broadcast, shown
from grader.student.formulas.tree import Node, Operator
from grader.student.signature import Dim

_DIVISIONS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "/": np.divide,
    "//": np.floor_divide,
    "%": np.mod,
}


class Pair(NamedTuple):
    """Two operands with the formulas of which they are the values, for messages."""

    left: Shaped
    right: Shaped
    left_node: Node
    right_node: Node

    def added(self) -> Shaped:
        """The sum; that of two identities is a multiple of one."""
        total = self._elementwise(np.add, "they cannot be added")
        return total._replace(is_identity=self.left.is_identity and self.right.is_identity)

    def product(self, operator: Operator, *, is_broadcast: bool, has_diagonals: bool) -> Shaped:
        """The product, or quotient, that an operator stands for.

        Args:
            is_broadcast: whether a matrix times a vector along its last axis is elementwise.
            has_diagonals: whether a matrix product comes before an elementwise one, as where
                slopes are diagonal matrices.
        """
        match operator:
            case "·":
                return self._by_shape(is_broadcast=is_broadcast, has_diagonals=has_diagonals)
            case "@":
                return self._matrix()
            case "⊙":
                return self._hadamard()
            case _:
                return self._elementwise(_DIVISIONS[operator], "they cannot be divided")

    def _by_shape(self, *, is_broadcast: bool, has_diagonals: bool) -> Shaped:
        """The product that the shapes allow: scaling, elementwise, or a matrix product."""
        left, right = self.left.dims, self.right.dims
        if not left or not right:
            return self._scaled()
        can_multiply = _can_multiply(left, right)
        if has_diagonals and can_multiply:
            return self._matrix()
        fits = (is_broadcast or not can_multiply) and broadcast(left, right) is not None
        is_elementwise = fits or left == right or _is_column_scaling(left, right)
        return self._hadamard() if is_elementwise else self._matrix()

    def _scaled(self) -> Shaped:
        left, right = self.left, self.right
        return Shaped(
            np.asarray(left.array * right.array),
            left.dims or right.dims,
            left.is_identity and right.is_identity,
        )

    def _hadamard(self) -> Shaped:
        return self._elementwise(np.multiply, "an elementwise product needs equal shapes")

    def _matrix(self) -> Shaped:
        left, right = self.left, self.right
        if not left.dims or not right.dims:
            return self._scaled()
        if not _can_multiply(left.dims, right.dims):
            raise FormulaError(
                f"{self._shapes()}: a matrix product needs the inner sizes to agree,"
                f" {left.dims[-1]} ≠ {_inner(right.dims)}"
            )
        return Shaped(_multiplied(left.array, right.array), left.dims[:-1] + right.dims[1:])

    def _elementwise(self, function: Callable[[Floats, Floats], Floats], trouble: str) -> Shaped:
        """The function of each element; `trouble` is said where the shapes do not fit."""
        dims = broadcast(self.left.dims, self.right.dims)
        if dims is None:
            raise FormulaError(f"{self._shapes()}: {trouble}")
        return Shaped(np.asarray(function(self.left.array, self.right.array)), dims)

    def _shapes(self) -> str:
        return (
            f"{shortened(self.left_node)} is {shown(self.left.dims)} and"
            f" {shortened(self.right_node)} is {shown(self.right.dims)}"
        )


def _inner(dims: Dims) -> Dim:
    """The size of a right factor that a matrix product sums over."""
    return dims[max(0, len(dims) - 2)]


def _can_multiply(left: Dims, right: Dims) -> bool:
    """Whether a matrix product is possible, of matrices and vectors."""
    return max(len(left), len(right)) <= MATRIX and left[-1] == _inner(right)


def _is_column_scaling(left: Dims, right: Dims) -> bool:
    """Whether one is a column that scales the rows of the other."""
    are_matrices = len(left) == len(right) == MATRIX
    return are_matrices and left[0] == right[0] and (left[1] == 1) != (right[1] == 1)


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

"""The three layouts in which a matrix formula may be meant, each tried whole.

Row: as the signature declares, one example a row. Column: everything transposed, the answer too.
Jacobian: one example at a time, a gradient is a row, a weight stands before its input (z = W a),
a slope such as f'(z) is a diagonal matrix, and a number added to a square matrix is that multiple
of the identity. Knows shapes, and nothing of trees or of which layouts a part accepts.
"""

from typing import Protocol

import numpy as np

from grader.student.formulas.errors import FormulaError
from grader.student.formulas.functions import Floats
from grader.student.formulas.shapes import MATRIX, Dims, Shaped


class Layout(Protocol):
    """How declared arrays are laid out, and how the answer is turned back."""

    has_diagonals: bool

    def enter(self, value: Shaped) -> Shaped:
        """An input in this layout."""

    def target(self, dims: Dims) -> Dims:
        """The shape in which the answer comes out."""

    def leave(self, array: Floats, dims: Dims) -> Floats:
        """The answer as the signature declares it: `dims` are the declared ones."""


class Row:
    """As declared."""

    has_diagonals = False

    def enter(self, value: Shaped) -> Shaped:
        """An input in this layout."""
        return value

    def target(self, dims: Dims) -> Dims:
        """The shape in which the answer comes out."""
        return dims

    def leave(self, array: Floats, dims: Dims) -> Floats:
        """The answer as the signature declares it."""
        del dims
        return array


class Column:
    """Matrices transposed, vectors as columns."""

    has_diagonals = False

    def enter(self, value: Shaped) -> Shaped:
        """An input in this layout."""
        if len(value.dims) == 1:
            return Shaped(value.array[:, None], (value.dims[0], 1))
        return Shaped(value.array.T, value.dims[::-1])

    def target(self, dims: Dims) -> Dims:
        """The shape in which the answer comes out."""
        return (dims[0], 1) if len(dims) == 1 else dims[::-1]

    def leave(self, array: Floats, dims: Dims) -> Floats:
        """The answer as the signature declares it."""
        return array[:, 0] if len(dims) == 1 else array.T


class Jacobian:
    """One example at a time; the batch is an axis of its own, ahead of all others."""

    has_diagonals = True

    def __init__(self, target: Dims) -> None:
        if len(target) != MATRIX:  # a batch of rows
            raise FormulaError("the Jacobian layout is for gradients that are rows of a batch")
        self.batch = target[0]

    def enter(self, value: Shaped) -> Shaped:
        """An input in this layout."""
        array, dims = value.array, value.dims
        if len(dims) == MATRIX and dims[0] == self.batch:  # one row per example
            return Shaped(array[:, None, :], (1, dims[1]))
        if len(dims) == 1:
            return Shaped(array[None, :, None], (dims[0], 1))
        return Shaped(array.T[None], dims[::-1])

    def target(self, dims: Dims) -> Dims:
        """The shape in which the answer comes out."""
        return (1, dims[1])

    def leave(self, array: Floats, dims: Dims) -> Floats:
        """The answer as the signature declares it."""
        del dims
        return array[:, 0, :]


def layout_of(name: str, target: Dims) -> Layout:
    """The layout of that name; the empty one is "row".

    Raises:
        FormulaError: there is no such layout, or it does not apply to the answer.
    """
    if name == "column":
        return Column()
    if name == "jacobian":
        return Jacobian(target)
    if name in {"", "row"}:
        return Row()
    raise FormulaError(f"there is no layout “{name}”; there are row, column and jacobian")


def diagonal(value: Shaped) -> Shaped:
    """A row of each example as a diagonal matrix."""
    if len(value.dims) != MATRIX or 1 not in value.dims:  # a row or a column
        return value
    dim = value.dims[0] if value.dims[1] == 1 else value.dims[1]
    rows = value.array.reshape(value.array.shape[0], -1)
    return Shaped(rows[:, :, None] * np.eye(rows.shape[1]), (dim, dim))

"""Values of indexed formulas: sums over positions, index expressions, borders of zeros.

Every index is an axis of one broadcast computation, so that all entries of the answer and all
terms of a sum are computed at once. An axis that the formula does not index (`dbeta = ∑_n dy_n`
says nothing of the feature) is carried along under the name of its size.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from grader.student.formulas.errors import MAX_ELEMENTS, MAX_TERMS, Budget, FormulaError
from grader.student.formulas.functions import COMPARISONS, Floats, finite, function_of
from grader.student.formulas.printing import pretty_name, shortened
from grader.student.formulas.shapes import Case
from grader.student.formulas.tree import (
    Call,
    Cases,
    Chain,
    Compare,
    Constant,
    Element,
    Fold,
    Formula,
    Index,
    Logic,
    Name,
    Negate,
    Node,
    Number,
    Power,
    Reduce,
    Sum,
    Transpose,
    walk,
)
from grader.student.formulas.vocabulary import families
from grader.student.wire import Notation


class Axis(NamedTuple):
    """One index with all its values."""

    name: str
    values: np.ndarray


def evaluate_indexed(
    formula: Formula,
    case: Case,
    numbers: Mapping[str, float],
    notation: Notation,
    budget: Budget,
) -> Floats:
    """All entries of the answer.

    Args:
        formula: with the indices on its left side, in the order of the answer's axes.
        case: the arrays.
        numbers: the inputs that are numbers.
        notation: bases of arrays, arrays with a border of zeros, functions.
        budget: what it may take.

    Raises:
        FormulaError: there is no value.
    """
    left, target = formula.left, case.target
    if len(left) > len(target) or len(set(left)) < len(left):
        raise FormulaError(
            f"the left side has {len(left)} indices; the answer has {len(target)} axes"
        )
    evaluation = _Evaluation(case, numbers, notation, budget)
    first = notation.base.get(formula.output, 1)
    for name, size in zip((*left, *target[len(left) :]), target, strict=True):
        if isinstance(name, int):
            raise FormulaError(
                f"write the indices of {pretty_name(formula.output)} on the left side"
            )
        length = case.sizes[size] if isinstance(size, str) else size
        evaluation.axes.append(Axis(name, np.arange(first, first + length)))
    with np.errstate(all="ignore"):
        value = evaluation.value(formula.tree)
    return evaluation.finished(value)


class _Evaluation:
    """One evaluation; the value of a node has one axis per index that is open there."""

    def __init__(
        self, case: Case, numbers: Mapping[str, float], notation: Notation, budget: Budget
    ) -> None:
        self.case = case
        self.numbers = {**case.sizes, **numbers}
        self.families = families(numbers)
        self.notation = notation
        self.axes: list[Axis] = []
        self.outside: Element | None = None
        self.budget = budget

    def finished(self, value: Floats) -> Floats:
        """The value on all entries, if it is finite."""
        if np.isnan(value).any() and self.outside is not None:
            raise FormulaError(f"{shortened(self.outside)} reaches outside {self.outside.name}")
        shape = tuple(len(axis.values) for axis in self.axes)
        return np.array(np.broadcast_to(finite(value), shape), np.float64)

    def value(self, node: Node) -> Floats:  # noqa: C901, PLR0912  # one line per kind of node
        """The value of a node on all values of the open indices."""
        match node:
            case Number():
                return np.asarray(float(node.value))
            case Constant(name):
                return np.asarray({"e": np.e, "π": np.pi}.get(name, np.nan))
            case Name(name):
                return self._name(name)
            case Index(name):
                return self._index(name)
            case Element():
                return self._element(node)
            case Negate(body):
                return -self.value(body)
            case Sum(signs, terms):
                values = [self.value(t) for t in terms]
                return np.asarray(
                    sum(v if s == "+" else -v for s, v in zip(signs, values, strict=True))
                )
            case Chain():
                return self._chain(node)
            case Power(base, exponent):
                return np.asarray(np.power(self.value(base), self.value(exponent)))
            case Call():
                return self._call(node)
            case Fold():
                return self._fold(node)
            case Cases():
                return self._cases(node)
            case Compare() | Logic():
                return self._condition(node)
            case Transpose() | Reduce():
                raise FormulaError("transposes of whole matrices and sums over indices do not mix")

    # --- indices and elements ---------------------------------------------------------------

    def _index(self, name: str) -> Floats:
        for place in reversed(range(len(self.axes))):
            axis = self.axes[place]
            if axis.name == name:
                behind = len(self.axes) - place - 1
                return axis.values.astype(np.float64).reshape(-1, *(1,) * behind)
        raise FormulaError(f"{name} is neither summed over nor on the left")

    def _name(self, name: str) -> Floats:
        if name in self.case.arrays:
            return self._element(Element(name, ()))
        if name in self.numbers:
            return np.asarray(float(self.numbers[name]))
        raise FormulaError(f"{pretty_name(name)} has no value here")

    def _element(self, node: Element) -> Floats:
        if node.name not in self.case.arrays:
            return self._member(node)
        array, dims, _ = self.case.arrays[node.name]
        if len(node.indices) > len(dims):
            raise FormulaError(f"{pretty_name(node.name)} has {len(dims)} axes")
        base = self.notation.base.get(node.name, 1)
        places = [self._integers(index) - base for index in node.indices]
        places += [self._carried(node, dim) for dim in dims[len(node.indices) :]]
        return self._gathered(node, array, places)

    def _carried(self, node: Element, dim: str | int) -> np.ndarray:
        """The places along an axis without an index: those of the answer's axis of that size."""
        if isinstance(dim, str) and any(axis.name == dim for axis in self.axes):
            values = self._index(dim)
            return np.asarray(values - values.min(), dtype=np.intp)
        raise FormulaError(f"{shortened(node)} has no index for its axis of size {dim}")

    def _integers(self, node: Node) -> np.ndarray:
        values = self.value(node)
        rounded = np.rint(values)
        if not np.array_equal(values, rounded):
            raise FormulaError(f"the index {shortened(node)} is not always an integer")
        places: np.ndarray = np.asarray(rounded, dtype=np.intp)
        return places

    def _gathered(self, node: Element, array: Floats, places: list[np.ndarray]) -> Floats:
        inside = np.asarray(True)
        for place, size in zip(places, array.shape, strict=True):
            inside = inside & (place >= 0) & (place < size)
        clipped = tuple(np.clip(p, 0, s - 1) for p, s in zip(places, array.shape, strict=True))
        found = array[clipped]
        if inside.all():
            return np.asarray(found)
        if node.name in self.notation.zero_outside:
            return np.where(inside, found, 0.0)
        self.outside = node
        return np.where(inside, found, np.nan)

    def _member(self, node: Element) -> Floats:
        """One of numbered names."""
        members = self.families.get(node.name)
        if members is None or len(node.indices) != 1:
            raise FormulaError(f"{pretty_name(node.name)} has no value here")
        values = {number: float(self.numbers[name]) for number, name in members.items()}
        numbers = self._integers(node.indices[0])
        if not np.isin(numbers, list(values)).all():
            raise FormulaError(f"{shortened(node)} has a number that is not declared")
        table = np.zeros(max(values) + 1)
        table[list(values)] = list(values.values())
        return np.asarray(table[numbers])

    # --- arithmetic -------------------------------------------------------------------------

    def _chain(self, node: Chain) -> Floats:
        total = self.value(node.factors[0])
        for operator, factor in zip(node.operators, node.factors[1:], strict=True):
            right = self.value(factor)
            match operator:
                case "·" | "⊙":
                    total = total * right
                case "/":
                    total = np.asarray(total / right)
                case "//":
                    total = np.asarray(total // right)
                case "%":
                    total = np.asarray(total % right)
                case "@":
                    raise FormulaError("a matrix product @ and sums over indices do not mix")
        return total

    def _call(self, node: Call) -> Floats:
        function = function_of(node.function, self.notation, len(node.arguments))
        return np.asarray(function.array(*(self.value(argument) for argument in node.arguments)))

    def _fold(self, node: Fold) -> Floats:
        low, high = self._bounds(node)
        first, last = int(low.min()), int(high.max())
        length = max(0, last - first + 1)
        open_size = int(np.prod([len(axis.values) for axis in self.axes]))
        self.budget.work -= length * open_size * sum(1 for _ in walk(node.body))
        if length > MAX_TERMS or length * open_size > MAX_ELEMENTS or self.budget.work < 0:
            raise FormulaError("a sum in the formula has too many terms")
        self.axes.append(Axis(node.index, np.arange(first, first + length)))
        body = self.value(node.body)
        numbers = self.axes.pop().values
        neutral = 0.0 if node.kind == "sum" else 1.0
        low, high = low.reshape(*low.shape, 1), high.reshape(*high.shape, 1)
        body = np.where((numbers >= low) & (numbers <= high), body, neutral)
        return np.asarray(body.sum(-1) if node.kind == "sum" else body.prod(-1))

    def _bounds(self, node: Fold) -> tuple[np.ndarray, np.ndarray]:
        """The first and last value, by the bounds or by the sizes that the index runs along."""
        if node.low is not None and node.high is not None:
            return self._integers(node.low), self._integers(node.high)
        runs = {*self._runs(node)}
        if len(runs) != 1:
            raise FormulaError(f"the sum over {node.index} needs its first and last value")
        first, last = runs.pop()
        low = np.asarray(first) if node.low is None else self._integers(node.low)
        return low, np.asarray(last) if node.high is None else self._integers(node.high)

    def _runs(self, node: Fold) -> Iterator[tuple[int, int]]:
        """The ranges of the axes that are indexed by the sum's index alone."""
        for element, _ in walk(node.body):
            if not isinstance(element, Element) or element.name not in self.case.arrays:
                continue
            first = self.notation.base.get(element.name, 1)
            shape = self.case.arrays[element.name].array.shape
            for index, size in zip(element.indices, shape, strict=False):
                if index == Index(node.index):
                    yield first, first + size - 1

    def _cases(self, node: Cases) -> Floats:
        result = np.asarray(np.nan) if node.otherwise is None else self.value(node.otherwise)
        for value, condition in zip(reversed(node.values), reversed(node.conditions), strict=True):
            result = np.where(self.value(condition) != 0, self.value(value), result)
        return result

    def _condition(self, node: Compare | Logic) -> Floats:
        values = [self.value(operand) for operand in node.operands]
        if isinstance(node, Compare):
            pairs = zip(values, node.operators, values[1:], strict=False)
            values = [COMPARISONS[sign](one, other) for one, sign, other in pairs]
        if isinstance(node, Logic) and node.operator == "not":
            return np.asarray(values[0] == 0, np.float64)
        join = (
            np.logical_or if isinstance(node, Logic) and node.operator == "or" else np.logical_and
        )
        result = values[0] != 0
        for value in values[1:]:
            result = join(result, value != 0)
        return np.asarray(result, np.float64)

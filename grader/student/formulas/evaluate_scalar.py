"""Values of formulas in numbers: exact integers and fractions as far as they go.

Floats appear only behind exp, log, tanh and their like, roots that are no fractions and powers
that are no integers. Every evaluation has a budget, so that no formula can hold the judge up.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from grader.student.formulas.errors import (
    MAX_BITS,
    MAX_EXPONENT,
    MAX_MAGNITUDE,
    MAX_TERMS,
    Budget,
    FormulaError,
)
from grader.student.formulas.functions import COMPARISONS, Real, function_of, square_root
from grader.student.formulas.printing import pretty_name, shortened
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
    Power,
    Reduce,
    Sum,
    Transpose,
    walk,
)
from grader.student.formulas.vocabulary import families
from grader.student.wire import Notation

_NODE_COST = 4  # steps


def exact(value: object, name: str) -> Real:
    """An input as an exact number; a float becomes the fraction that it is.

    Raises:
        FormulaError: the input is no finite number.
    """
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else value
    if isinstance(value, float) and math.isfinite(value):
        return exact(Fraction(value), name)
    raise FormulaError(f"{pretty_name(name)} is no finite number here")


def evaluate_scalar(
    node: Node, inputs: Mapping[str, Real], notation: Notation, budget: Budget
) -> Real:
    """The value of a formula in numbers.

    Args:
        node: the formula.
        inputs: exact values by declared name.
        notation: for the names of functions.
        budget: what it may take.

    Raises:
        FormulaError: there is no value, with the reason in the student's terms.
    """
    try:
        value = _Evaluation(inputs, notation, budget).value(node)
    except RecursionError:
        raise FormulaError("the formula is nested too deep") from None
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


class _Evaluation:
    """One evaluation: the values of names and indices, and the steps that are left."""

    def __init__(self, inputs: Mapping[str, Real], notation: Notation, budget: Budget) -> None:
        self.inputs = inputs
        self.notation = notation
        self.families = families(inputs)
        self.indices: dict[str, Real] = {}
        self.budget = budget

    def value(self, node: Node) -> Real:  # noqa: C901, PLR0912  # one line per kind of node
        """The value of a node, within the limits."""
        self.spend(_NODE_COST)
        match node:
            case Number():
                return node.value
            case Constant(name):
                return {"e": math.e, "π": math.pi}.get(name, 1)
            case Name(name):
                return self._input(name)
            case Index(name):
                return self._index(name)
            case Element(name, indices):
                return self._member(name, indices)
            case Negate(body):
                return -self.value(body)
            case Sum():
                return self._sum(node)
            case Chain():
                return self._chain(node)
            case Power():
                return self._power(node)
            case Call():
                return self._call(node)
            case Fold():
                return self._fold(node)
            case Cases():
                return self._cases(node)
            case Compare() | Logic():
                return int(self.holds(node))
            case Transpose(body) | Reduce(body=body):
                return self.value(body)

    def spend(self, steps: int) -> None:
        """Take steps from the budget.

        Raises:
            FormulaError: none are left.
        """
        self.budget.steps -= steps
        if self.budget.steps < 0:
            raise FormulaError("the formula takes too many steps to evaluate")

    def limited(self, value: Real, node: Node) -> Real:
        """The value, if its size is within the limits."""
        if isinstance(value, float):
            if not math.isfinite(value):
                raise FormulaError(f"{shortened(node)} has no finite value")
            return value
        if abs(value.numerator) > MAX_MAGNITUDE * value.denominator:  # fractions compare slowly
            raise FormulaError(f"{shortened(node)} is larger than 10^60")
        bits = value.numerator.bit_length() + value.denominator.bit_length()
        if bits > MAX_BITS:
            raise FormulaError(f"{shortened(node)} is a fraction with too many digits")
        self.spend(bits >> 8)
        return value

    # --- names ------------------------------------------------------------------------------

    def _input(self, name: str) -> Real:
        try:
            return self.inputs[name]
        except KeyError:
            raise FormulaError(f"{pretty_name(name)} has no value here") from None

    def _index(self, name: str) -> Real:
        try:
            return self.indices[name]
        except KeyError:
            raise FormulaError(f"{name} is neither summed over nor on the left") from None

    def _member(self, stem: str, indices: tuple[Node, ...]) -> Real:
        number = self.value(indices[0]) if len(indices) == 1 else Fraction(1, 2)
        is_whole = not isinstance(number, float) and number.denominator == 1
        name = self.families.get(stem, {}).get(int(number)) if is_whole else None
        if name is None:
            raise FormulaError(f"there is no {pretty_name(stem)} with the number {number}")
        return self.inputs[name]

    # --- arithmetic -------------------------------------------------------------------------

    def _sum(self, node: Sum) -> Real:
        total: Real = 0
        for sign, term in zip(node.signs, node.terms, strict=True):
            value = self.value(term)
            total = total + value if sign == "+" else total - value
        return self.limited(total, node)

    def _chain(self, node: Chain) -> Real:
        value = self.value(node.factors[0])
        for sign, factor in zip(node.operators, node.factors[1:], strict=True):
            value = self.limited(self._product(value, sign, factor), node)
        return value

    def _product(self, left: Real, sign: str, factor: Node) -> Real:
        right = self.value(factor)
        if sign in {"·", "⊙", "@"}:
            return left * right
        if right == 0:
            raise FormulaError(f"division by zero: {shortened(factor)} is 0 here")
        if sign == "/":
            is_exact = not (isinstance(left, float) or isinstance(right, float))
            return Fraction(left) / right if is_exact else left / right
        return left // right if sign == "//" else left % right

    def _power(self, node: Power) -> Real:
        base = self.value(node.base)
        exponent = self.value(node.exponent)
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            exponent = exponent.numerator
        if base == 0 and exponent < 0:
            raise FormulaError(f"division by zero: {shortened(node.base)} is 0 here")
        if (
            isinstance(exponent, int)
            and abs(exponent) > MAX_EXPONENT
            and not isinstance(base, float)
        ):
            if base in {0, 1, -1}:
                return base if exponent % 2 else base * base
            raise FormulaError(f"the exponent in {shortened(node)} is larger than {MAX_EXPONENT}")
        return self.limited(self._raised(base, exponent, node), node)

    def _raised(self, base: Real, exponent: Real, node: Power) -> Real:
        if node.base == Constant("e"):
            return self._attempt(lambda: math.exp(exponent), node)
        if isinstance(exponent, int):
            if not isinstance(base, float) and self._bits(base) * abs(exponent) > 2 * MAX_BITS:
                raise FormulaError(f"{shortened(node)} is larger than 10^60")
            base = Fraction(base) if exponent < 0 and isinstance(base, int) else base
            return self._attempt(lambda: base**exponent, node)
        if base < 0:
            raise FormulaError(f"{shortened(node)} is a root of a negative number here")
        if exponent == Fraction(1, 2):
            return self._attempt(lambda: square_root(base), node)
        return self._attempt(lambda: float(base) ** float(exponent), node)

    @staticmethod
    def _bits(value: Real) -> int:
        assert not isinstance(value, float)
        return value.numerator.bit_length() + value.denominator.bit_length()

    def _attempt(self, compute: Callable[[], Real], node: Node) -> Real:
        try:
            return compute()
        except OverflowError:
            raise FormulaError(f"{shortened(node)} has no finite value") from None
        except ValueError:
            raise FormulaError(f"{shortened(node)} has no value here") from None

    def _call(self, node: Call) -> Real:
        function = function_of(node.function, self.notation, len(node.arguments))
        arguments = [self.value(argument) for argument in node.arguments]
        return self.limited(self._attempt(lambda: function.scalar(*arguments), node), node)

    # --- sums and cases ---------------------------------------------------------------------

    def _fold(self, node: Fold) -> Real:
        first, last = self._bound(node.low, node), self._bound(node.high, node)
        if last - first >= MAX_TERMS:
            raise FormulaError(f"a sum has more than {MAX_TERMS} terms")
        self.spend_ahead(node, last - first + 1)
        shadowed = self.indices.get(node.index)
        total: Real = 0 if node.kind == "sum" else 1
        for number in range(first, last + 1):
            self.indices[node.index] = number
            value = self.value(node.body)
            total = total + value if node.kind == "sum" else total * value
            self.limited(total, node)
        if shadowed is None:
            self.indices.pop(node.index, None)
        else:
            self.indices[node.index] = shadowed
        return total

    def spend_ahead(self, node: Fold, terms: int) -> None:
        """Refuse a sum at once whose terms alone exceed the budget."""
        needed = terms * _NODE_COST * sum(_least_cost(n) for n, _ in walk(node.body))
        if needed > self.budget.steps:
            self.spend(needed)

    def _bound(self, bound: Node | None, node: Fold) -> int:
        if bound is None:
            raise FormulaError(f"the sum over {node.index} needs its first and last value")
        value = self.value(bound)
        if isinstance(value, float) or value.denominator != 1:
            raise FormulaError(f"{shortened(bound)}, a bound of a sum, is not an integer here")
        return int(value)

    def _cases(self, node: Cases) -> Real:
        for value, condition in zip(node.values, node.conditions, strict=True):
            if self.holds(condition):
                return self.value(value)
        if node.otherwise is None:
            raise FormulaError("none of the cases holds here")
        return self.value(node.otherwise)

    def holds(self, node: Node) -> bool:
        """Whether a condition holds; a number does where it is not 0."""
        match node:
            case Compare(operators, operands):
                values = [self.value(o) for o in operands]
                pairs = zip(values, operators, values[1:], strict=False)
                return all(COMPARISONS[sign](left, right) for left, sign, right in pairs)
            case Logic("not", operands):
                return not self.holds(operands[0])
            case Logic("and", operands):
                return all(self.holds(o) for o in operands)
            case Logic(_, operands):
                return any(self.holds(o) for o in operands)
            case _:
                return self.value(node) != 0


def _least_cost(node: Node) -> int:
    """How often a node counts ahead of time; an inner sum with plain bounds, once per term."""
    match node:
        case Fold(low=Number() as low, high=Number() as high):
            return max(1, math.floor(high.value) - math.floor(low.value))
        case _:
            return 1

"""The trees of formulas: frozen records that travel as data.

A tree says what was read, in the declared names. It holds no values and no judgement. Sums and
products are flat, so that a long formula is not a deep one.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec


class _Node(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    pass


class Number(_Node, frozen=True, tag="number"):
    """A number as typed, in digits: "3584", "0.5" or "1.2e6"."""

    text: str

    @property
    def value(self) -> int | Fraction:
        """The exact value."""
        return _exact(self.text)


@lru_cache(maxsize=256)  # a formula is evaluated on many cases
def _exact(digits: str) -> int | Fraction:
    value = Fraction(digits)
    return value.numerator if value.denominator == 1 else value


class Constant(_Node, frozen=True, tag="constant"):
    """Euler's number, the half circumference of the unit circle, or the identity matrix."""

    name: Literal["e", "π", "I"]


class Name(_Node, frozen=True, tag="name"):
    """A declared name."""

    name: str


class Index(_Node, frozen=True, tag="index"):
    """An index that is summed over or stands on the left."""

    name: str


class Element(_Node, frozen=True, tag="element"):
    """One element of an array, or one of a family of numbered names (`d_k` of d_1, d_2)."""

    name: str
    indices: tuple["Node", ...]


class Negate(_Node, frozen=True, tag="negate"):
    """The negative of `body`."""

    body: "Node"


Sign: TypeAlias = Literal["+", "-"]


class Sum(_Node, frozen=True, tag="sum"):
    """Terms, each with its sign."""

    signs: tuple[Sign, ...]
    terms: tuple["Node", ...]


Operator: TypeAlias = Literal["·", "⊙", "@", "/", "//", "%"]


class Chain(_Node, frozen=True, tag="chain"):
    """Factors with the operators between them, read from left to right.

    `·` is the product whose kind the shapes decide, `⊙` is elementwise, `@` a matrix product.
    """

    operators: tuple[Operator, ...]
    factors: tuple["Node", ...]

    def part(self, start: int, end: int) -> "Node":
        """The factors from `start` to `end`, at least one, as a node."""
        if end - start == 1:
            return self.factors[start]
        return Chain(self.operators[start : end - 1], self.factors[start:end])


class Power(_Node, frozen=True, tag="power"):
    """`base` to the power `exponent`."""

    base: "Node"
    exponent: "Node"


class Transpose(_Node, frozen=True, tag="transpose"):
    """The transpose of `body`."""

    body: "Node"


class Call(_Node, frozen=True, tag="call"):
    """A function, by its known name or by the name that the part declares."""

    function: str
    arguments: tuple["Node", ...]


class Reduce(_Node, frozen=True, tag="reduce"):
    """The sum, mean or variance of an array's elements along one axis, or of all of them.

    Attributes:
        axis: the axis that goes away; None for all.
        keep: whether it stays with length 1.
    """

    kind: Literal["sum", "mean", "var"]
    body: "Node"
    axis: int | None = None
    keep: bool = False


class Fold(_Node, frozen=True, tag="fold"):
    """The sum or product of `body` over an index; without bounds, over the size it indexes."""

    kind: Literal["sum", "product"]
    index: str
    low: "Node | None"
    high: "Node | None"
    body: "Node"


class Cases(_Node, frozen=True, tag="cases"):
    """The value whose condition is the first to hold, else `otherwise`."""

    values: tuple["Node", ...]
    conditions: tuple["Node", ...]
    otherwise: "Node | None" = None


class Compare(_Node, frozen=True, tag="compare"):
    """A chain of comparisons, as in 0 < x <= 1; as a number it is 1 or 0."""

    operators: tuple[Literal["=", "≠", "<", ">", "≤", "≥"], ...]
    operands: tuple["Node", ...]


class Logic(_Node, frozen=True, tag="logic"):
    """Conditions joined by "and" or "or", or one that is negated."""

    operator: Literal["and", "or", "not"]
    operands: tuple["Node", ...]


Node: TypeAlias = (
    Number
    | Constant
    | Name
    | Index
    | Element
    | Negate
    | Sum
    | Chain
    | Power
    | Transpose
    | Call
    | Reduce
    | Fold
    | Cases
    | Compare
    | Logic
)


class Formula(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One formula as read.

    Attributes:
        tree: the formula; of a chain of `=` the last side.
        sides: all sides of the chain, the last one included.
        output: the output that it is for.
        left: the indices of the output on the left side, in its order.
        warnings: readings that could surprise, each a sentence.
        is_shaped: whether matrices and their layouts matter.
    """

    tree: Node
    sides: tuple[Node, ...]
    output: str = ""
    left: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    is_shaped: bool = False

    def side(self, index: int) -> "Formula":
        """The chain's `index`-th side as a formula of its own."""
        return self.of(self.sides[index])

    def of(self, tree: Node) -> "Formula":
        """Another tree in this formula's place."""
        return Formula(
            tree=tree,
            sides=(tree,),
            output=self.output,
            left=self.left,
            is_shaped=self.is_shaped,
        )


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below `node`, from left to right."""
    match node:
        case Negate(body) | Transpose(body) | Reduce(body=body):
            return (body,)
        case Sum(terms=nodes) | Chain(factors=nodes) | Call(arguments=nodes):
            return nodes
        case Element(indices=nodes) | Compare(operands=nodes) | Logic(operands=nodes):
            return nodes
        case Power(base, exponent):
            return (base, exponent)
        case Fold(low=low, high=high, body=body):
            return tuple(n for n in (low, high, body) if n is not None)
        case Cases(values, conditions, otherwise):
            return (*values, *conditions, *(() if otherwise is None else (otherwise,)))
        case _:
            return ()


def replaced(node: Node, place: int, child: Node) -> Node:
    """`node` with the child at `place` (as `children` counts) replaced."""
    match node:
        case Negate() | Transpose() | Reduce():
            return msgspec.structs.replace(node, body=child)
        case Power(base, exponent):
            return Power(child, exponent) if place == 0 else Power(base, child)
        case Fold():
            present = [f for f in ("low", "high", "body") if getattr(node, f) is not None]
            return msgspec.structs.replace(node, **{present[place]: child})
        case Cases(values, conditions):
            return _replaced_case(node, place, child, len(values), len(conditions))
        case Sum() | Chain() | Call() | Element() | Compare() | Logic():
            field = _MANY[type(node)]
            nodes = getattr(node, field)
            return msgspec.structs.replace(
                node, **{field: (*nodes[:place], child, *nodes[place + 1 :])}
            )
        case _:
            return node


def _replaced_case(node: Cases, place: int, child: Node, values: int, conditions: int) -> Node:
    if place >= values + conditions:
        return Cases(node.values, node.conditions, child)
    field, at = ("values", place) if place < values else ("conditions", place - values)
    nodes = getattr(node, field)
    return msgspec.structs.replace(node, **{field: (*nodes[:at], child, *nodes[at + 1 :])})


_MANY: dict[type, str] = {
    Sum: "terms",
    Chain: "factors",
    Call: "arguments",
    Element: "indices",
    Compare: "operands",
    Logic: "operands",
}


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """All nodes with their depth, without recursion."""
    waiting = [(node, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting += [(child, depth + 1) for child in children(node)]

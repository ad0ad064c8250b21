"""Reads sums and products over an index: ∑ and ∏ with their bounds, and Python's generators.

Knows nothing of the sizes that an index without bounds runs over.
"""

from typing import TYPE_CHECKING, Literal, NamedTuple

from grader.student.formulas import conditions
from grader.student.formulas.tokens import Token
from grader.student.formulas.tree import Fold, Node, Number, Sum

if TYPE_CHECKING:
    from grader.student.formulas.reader import Reader


class _Bound(NamedTuple):
    """One index of a sum, with its first and last value where they are given."""

    name: str
    low: Node | None = None
    high: Node | None = None


def fold(reader: "Reader") -> Node:
    """∑ or ∏ with its indices and bounds, and the product behind it."""
    token = reader.take()
    bounds, high = _bounds(reader, token)
    outer = len(reader.scope)
    reader.scope += (bound.name for bound in bounds)
    reader.enter()
    body = reader.chain()
    reader.depth -= 1
    del reader.scope[outer:]
    low = next((bound.low for bound in reversed(bounds) if bound.low is not None), None)
    complete = [_Bound(b.name, b.low or low, b.high or high) for b in bounds]
    return _nested("product" if token.text == "∏" else "sum", complete, body)


def _nested(kind: Literal["sum", "product"], bounds: list[_Bound], body: Node) -> Node:
    for bound in reversed(bounds):
        body = Fold(kind, *bound, body)
    return body


def _bounds(reader: "Reader", token: Token) -> tuple[list[_Bound], Node | None]:
    """The indices of a sum with their bounds, and the last value that stands above its sign."""
    high = reader.exponent() if reader.accept("op", "^") else None
    if not reader.accept("op", "_"):
        reader.refuse("a sum needs its index, as in \\sum_{k=1}^{n}", token.at)
    if not reader.sees("open", "{", "(", "font{"):
        bounds = [_Bound(_index_name(reader))]
    else:
        opened = reader.take()
        bounds = [_bound(reader)]
        while reader.accept("op", ","):
            bounds.append(_bound(reader))
        reader.close(opened)
    if high is None and reader.accept("op", "^"):
        high = reader.exponent()
    return bounds, high


def _bound(reader: "Reader") -> _Bound:
    """k, k=1, or 1 ≤ k ≤ n."""
    if not reader.sees("number"):
        name = _index_name(reader)
        return _Bound(name, reader.sum() if reader.accept("op", "=") else None)
    low = reader.sum()
    first = reader.accept("op", "≤", "<")
    name = _index_name(reader)
    second = reader.accept("op", "≤", "<")
    if first is None or second is None:
        reader.refuse("the bounds of a sum are written as k=1 or 1 ≤ k ≤ n")
    low = _shifted(low, 1) if first.text == "<" else low
    high = reader.sum()
    return _Bound(name, low, _shifted(high, -1) if second.text == "<" else high)


def _index_name(reader: "Reader") -> str:
    token = reader.take()
    if token.kind not in {"word", "scalar"} or (len(token.text) > 1 and token.kind == "scalar"):
        reader.refuse("the index of a sum is one letter, as in \\sum_{k=1}^{n}", token.at)
    return token.text


def _shifted(node: Node, by: int) -> Node:
    """The whole number after or before another: what a strict bound leaves."""
    if isinstance(node, Number) and node.text.isdigit() and int(node.text) + by >= 0:
        return Number(str(int(node.text) + by))
    return Sum(("+", "+" if by > 0 else "-"), (node, Number("1")))


# --- Python's way -------------------------------------------------------------------------------


def generated(reader: "Reader") -> tuple[str, ...]:
    """The indices of `… for k in range(n)` in the bracket at hand; empty if there are none."""
    depth, found = 0, []
    for place in range(reader.place, len(reader.tokens) - 2):
        token = reader.tokens[place]
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0:
            break
        following = reader.tokens[place + 2]
        if depth == 0 and token == ("keyword", "for", *token[2:]) and following.text == "in":
            found.append(reader.tokens[place + 1].text)
    return tuple(found)


def comprehension(reader: "Reader", indices: tuple[str, ...]) -> Node:
    """`body for k in range(n)` with the indices that `generated` has found."""
    outer = len(reader.scope)
    reader.scope += indices
    body = conditions.disjunction(reader)
    del reader.scope[outer:]
    bounds = []
    while reader.accept("keyword", "for"):
        bounds.append(_range(reader))
        reader.scope.append(bounds[-1].name)
    del reader.scope[outer:]
    return _nested("sum", bounds, body)


def _range(reader: "Reader") -> _Bound:
    """`k in range(n)`, behind its `for`."""
    name = _index_name(reader)
    reader.take()
    if not reader.accept("keyword", "range"):
        reader.refuse("a sum in Python's way runs over range( )")
    opened = reader.token
    if not reader.accept("open", "("):
        reader.refuse("range needs its brackets ( )")
    limits = reader.expressions()
    reader.close(opened)
    match limits:
        case (stop,):
            return _Bound(name, Number("0"), _shifted(stop, -1))
        case (start, stop):
            return _Bound(name, start, _shifted(stop, -1))
        case _:
            return reader.refuse("range is read with one or two limits", opened.at)

"""The parts of the grammar with a form of their own: functions, sums, cases, subscripts, methods.

Each function takes the reader at the token that begins its clause, and leaves it behind the clause.
"""

import re
from typing import TYPE_CHECKING

from grader.student.formulas.characters import PARTNER
from grader.student.formulas.functions import KNOWN, REWRITTEN
from grader.student.formulas.tokens import Token
from grader.student.formulas.tree import (
    Call,
    Cases,
    Chain,
    Fold,
    Index,
    Negate,
    Node,
    Number,
    Operator,
    Power,
    Reduce,
    Sum,
)

if TYPE_CHECKING:
    from grader.student.formulas.reader import Reader

_BRACKETS = frozenset({"(", "[", "{", "set{"})
_BARE = frozenset({"scalar", "array", "family", "frac", "sqrt", "word", "number", "constant"})
_OPTION = re.compile(r"\s*(?:(axis|dim|keepdims?)\s*=\s*)?(-?\d|None|True|False)\s*(?=[,)])")
_AXES = re.compile(r"\s*(-?\d)\s*,\s*(-?\d)\s*(?=\))")

# --- functions ----------------------------------------------------------------------------------


def call(reader: "Reader") -> Node:
    r"""A function with its arguments: f(x), \tanh^2 x, \log_2(n)."""
    token = reader.take()
    if token.text == "sum" and reader.sees("op", "_"):
        reader.place -= 1
        return fold(reader)
    if token.text == "sqrt" and reader.token.kind != "open":
        reader.place -= 1
        return root(reader)
    base = _log_base(reader, token)
    power = _call_power(reader, token)
    if reader.token.kind == "open" and reader.token.text in _BRACKETS:
        node = _bracketed(reader, token)
    else:
        node = _applied(reader, token, (_bare_argument(reader, token),))
    if base is not None:
        node = _with_base(node, base)
    return node if power is None else Power(node, power)


def _log_base(reader: "Reader", token: Token) -> Node | None:
    if token.text != "log" or not reader.accept("op", "_"):
        return None
    return reader.primary()


def _with_base(node: Node, base: Node) -> Node:
    assert isinstance(node, Call)
    if isinstance(base, Number) and base.text in {"2", "10"}:
        return Call(f"log{base.text}", node.arguments)
    return Chain(("/",), (node, Call("log", (base,))))


def _call_power(reader: "Reader", token: Token) -> Node | None:
    """The exponent between a function and its argument."""
    if not reader.sees("op", "^"):
        return None
    if token.text == "exp" or reader.ahead.text == "'":
        reader.refuse(f"write {token.text}( ) with brackets")
    reader.take()
    power = reader.exponent()
    if isinstance(power, Negate):
        reader.refuse(
            f"{token.text} with a negative exponent has two meanings; write 1/{token.text}( )"
        )
    return power


def _bare_argument(reader: "Reader", token: Token) -> Node:
    """The argument of a function without brackets: factors up to the next operator or bracket."""
    start = reader.token.at
    is_own = token.text in reader.vocabulary.notation.functions or token.text in REWRITTEN
    begins = reader.token.kind in _BARE | {"function"} or reader.sees("op", "|")
    if is_own or not begins:
        reader.refuse(f"{token.text} needs its argument in brackets")
    factors = [reader.power()]
    while reader.token.kind in _BARE - {"number"}:
        factors.append(reader.power())
    is_multiple = [isinstance(factor, Number) for factor in factors] == [True, False]  # sin 2x
    if len(factors) > 1 and not is_multiple:
        source = reader.source(start, reader.token.at)
        reader.warnings.append(f"{token.text} was applied to all of “{source}”")
    if reader.token.kind == "open" and reader.token.text in _BRACKETS:
        source = reader.source(start, reader.token.at)
        reader.warnings.append(f"{token.text} was applied to “{source}” only")
    if len(factors) == 1:
        return factors[0]
    product: Operator = "·"
    return Chain((product,) * (len(factors) - 1), tuple(factors))


def _bracketed(reader: "Reader", token: Token) -> Node:
    """The arguments in brackets; Python's sum(… for k in range(n)) and sum(x, axis=0) as well."""
    opened = reader.take()
    bars, reader.bars = reader.bars, 0
    inner = reader.take() if reader.sees("open", "[", "(") and _is_list(reader) else None
    if token.text == "sum" and (indices := _generator(reader)):
        node: Node = _comprehension(reader, indices)
    elif token.text in {"sum", "mean", "var"}:
        node = _reduced(reader, token.text)
    else:
        node = _applied(reader, token, _arguments(reader))
    if inner is not None:
        reader.close(inner)
    reader.close(opened)
    reader.bars = bars
    return node


def _is_list(reader: "Reader") -> bool:
    """Whether the bracket at hand holds all arguments: max([0, x])."""
    depth = 0
    for place in range(reader.place, len(reader.tokens)):
        token = reader.tokens[place]
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0:
            is_last = reader.tokens[min(place + 1, len(reader.tokens) - 1)].kind == "close"
            return is_last and reader.sees("open", "[")
    return False


def _arguments(reader: "Reader") -> tuple[Node, ...]:
    arguments = [reader.expression()]
    while reader.accept("op", ","):
        arguments.append(reader.expression())
    return tuple(arguments)


def _applied(reader: "Reader", token: Token, arguments: tuple[Node, ...]) -> Node:
    """The call, or the operator that the function stands for."""
    functions = reader.vocabulary.notation.functions
    name = functions.get(token.text, token.text)
    if token.text not in functions and name in REWRITTEN:
        return _rewritten(reader, token, arguments)
    if name not in KNOWN:
        reader.refuse(f"{token.text} is declared as “{name}”, which is no known function", token.at)
    known = KNOWN[name]
    if not known.least <= len(arguments) <= known.most:
        wanted = "one argument" if known.most == 1 else "two arguments or more"
        reader.refuse(f"{token.text} takes {wanted}; found {len(arguments)}", token.at)
    return Call(token.text, arguments)


def _rewritten(reader: "Reader", token: Token, arguments: tuple[Node, ...]) -> Node:
    operators: dict[str, Operator] = {
        "matmul": "@", "multiply": "⊙", "divide": "/", "frac": "/", "mod": "%",
    }  # fmt: skip
    match (token.text, arguments):
        case ("pow", (base, exponent)):
            return Power(base, exponent)
        case ("transpose", (body, *_)):
            return reader.transposed(body)
        case ("where", (condition, value, otherwise)):
            return Cases((value,), (condition,), otherwise)
        case (name, (left, right)) if name in operators:
            return Chain((operators[name],), (left, right))
    return reader.refuse(f"{token.text} does not take {len(arguments)} arguments", token.at)


def _reduced(reader: "Reader", kind: str) -> Node:
    """sum(x, axis=0), behind its open bracket."""
    return Reduce(kind, reader.expression(), *_axis(reader))  # type: ignore[arg-type]  # three kinds


def _axis(reader: "Reader") -> tuple[int | None, bool]:
    """The options of a reduction: the axis, and whether it is kept."""
    axis, keep = None, False
    while reader.accept("op", ",") or (reader.token.kind != "close" and axis is None):
        match = _OPTION.match(reader.text, reader.token.at)
        if match is None:
            reader.refuse(f"found {reader.shown()} where axis=0 or keepdims=True could stand")
        if match[2] in {"True", "False"}:
            keep = match[2] == "True"
        elif match[2] != "None":
            axis = int(match[2])
        while reader.token.at < match.end():
            reader.take()
    return axis, keep


def method(reader: "Reader", node: Node) -> Node:
    """What Python writes behind a dot: W.T, x.sum(0), a.dot(b)."""
    token = reader.take()
    if token.text in {"T", "mT"}:
        return reader.transposed(node)
    opened = reader.token
    if not reader.accept("open", "("):
        reader.refuse(f"{token.text} needs its brackets ( )")
    if token.text in {"sum", "mean", "var"}:
        axis, keep = (None, False) if reader.sees("close") else _axis(reader)
        reader.close(opened)
        return Reduce(token.text, node, axis, keep)  # type: ignore[arg-type]  # three kinds
    if token.text in {"t", "transpose"}:
        if match := _AXES.match(reader.text, reader.token.at):
            while reader.token.at < match.end():
                reader.take()
        reader.close(opened)
        return reader.transposed(node)
    other = reader.expression()
    reader.close(opened)
    return Chain(("@",), (node, other))


def fraction(reader: "Reader") -> Node:
    r"""\frac{a}{b}."""
    token = reader.take()
    over, under = _half(reader, token), _half(reader, token)
    return Chain(("/",), (over, under))


def _half(reader: "Reader", token: Token) -> Node:
    if reader.token.kind in {"end", "close", "op"}:
        reader.refuse("a fraction needs two halves in braces", token.at)
    if reader.sees("number") and len(reader.token.text) > 1:
        reader.refuse("put the halves of a fraction in braces")
    return reader.primary()


def root(reader: "Reader") -> Node:
    r"""√x, \sqrt{x} and \sqrt[3]{x}."""
    token = reader.take()
    degree: Node | None = None
    if token.kind == "sqrt" and reader.sees("open", "["):
        degree = reader.group()
    start = reader.token.at
    is_bare = reader.text[start : start + 1] not in {"(", "{", "[", "（"}
    node = reader.primary()
    if is_bare and reader.sees("op", "^"):
        reader.refuse("put what stands under the root in brackets", start)
    if is_bare and reader.token.kind in _BARE - {"number"}:
        reader.warnings.append(
            f"the root was taken of “{reader.source(start, reader.token.at)}” only"
        )
    if degree is not None:
        return Power(node, Chain(("/",), (Number("1"), degree)))
    return Call("sqrt", (node,))


# --- sums over an index -------------------------------------------------------------------------


def fold(reader: "Reader") -> Node:
    """∑ or ∏ with its indices and bounds, and the product behind it."""
    token = reader.take()
    kind = "product" if token.text == "∏" else "sum"
    bounds, high = _fold_bounds(reader, token)
    for name, _, _ in bounds:
        reader.scope.append(name)
    reader.enter()
    body = reader.chain()
    reader.depth -= 1
    del reader.scope[len(reader.scope) - len(bounds) :]
    shared = next((low for _, low, _ in reversed(bounds) if low is not None), None)
    for name, low, own_high in reversed(bounds):
        first = low if low is not None else shared
        body = Fold(kind, name, first, own_high or high, body)  # type: ignore[arg-type]  # two kinds
    return body


Bound = tuple[str, Node | None, Node | None]


def _fold_bounds(reader: "Reader", token: Token) -> tuple[list[Bound], Node | None]:
    high: Node | None = None
    if reader.sees("op", "^"):
        reader.take()
        high = reader.exponent()
    if not reader.accept("op", "_"):
        reader.refuse("a sum needs its index, as in \\sum_{k=1}^{n}", token.at)
    if not reader.sees("open", "{", "(", "font{"):
        bounds: list[Bound] = [(_index_name(reader), None, None)]
    else:
        opened = reader.take()
        bounds = [_bound(reader)]
        while reader.accept("op", ","):
            bounds.append(_bound(reader))
        reader.close(opened)
    if high is None and reader.accept("op", "^"):
        high = reader.exponent()
    return bounds, high


def _bound(reader: "Reader") -> Bound:
    """k, k=1, or 1 ≤ k ≤ n."""
    if reader.sees("number"):
        low = reader.sum()
        first = reader.accept("op", "≤", "<")
        name = _index_name(reader)
        second = reader.accept("op", "≤", "<")
        if first is None or second is None:
            reader.refuse("the bounds of a sum are written as k=1 or 1 ≤ k ≤ n")
        return (
            name,
            _shifted(low, 1, is_strict=first.text == "<"),
            _shifted(reader.sum(), -1, is_strict=second.text == "<"),
        )
    name = _index_name(reader)
    return (name, reader.sum(), None) if reader.accept("op", "=") else (name, None, None)


def _index_name(reader: "Reader") -> str:
    token = reader.take()
    if token.kind not in {"word", "scalar"} or (len(token.text) > 1 and token.kind == "scalar"):
        reader.refuse("the index of a sum is one letter, as in \\sum_{k=1}^{n}", token.at)
    return token.text


def _shifted(node: Node, by: int, *, is_strict: bool) -> Node:
    if not is_strict:
        return node
    if isinstance(node, Number) and node.text.isdigit() and int(node.text) + by >= 0:
        return Number(str(int(node.text) + by))
    return Sum(("+", "+" if by > 0 else "-"), (node, Number("1")))


def _generator(reader: "Reader") -> tuple[str, ...]:
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


def _comprehension(reader: "Reader", indices: tuple[str, ...]) -> Node:
    outer = len(reader.scope)
    reader.scope += indices
    body = reader.condition()
    del reader.scope[outer:]
    bounds: list[Bound] = []
    while reader.accept("keyword", "for"):
        name = _index_name(reader)
        reader.take()
        if not reader.accept("keyword", "range"):
            reader.refuse("a sum in Python's way runs over range( )")
        opened = reader.token
        if not reader.accept("open", "("):
            reader.refuse("range needs its brackets ( )")
        limits = _arguments(reader)
        reader.close(opened)
        reader.scope.append(name)
        match limits:
            case (stop,):
                bounds.append((name, Number("0"), _shifted(stop, -1, is_strict=True)))
            case (start, stop):
                bounds.append((name, start, _shifted(stop, -1, is_strict=True)))
            case _:
                reader.refuse("range is read with one or two limits", opened.at)
    del reader.scope[outer:]
    for name, first, last in reversed(bounds):
        body = Fold("sum", name, first, last, body)
    return body


# --- cases --------------------------------------------------------------------------------------


def condition(reader: "Reader") -> Node:
    """A condition, in which "=" compares."""
    before, reader.is_condition = reader.is_condition, True
    node = reader.condition()
    reader.is_condition = before
    return node


def conditional(reader: "Reader", value: Node, *, allow_list: bool) -> Node:
    """`x if x > 0 else 0`, or a list `x if x > 0, 0 otherwise`, behind the first value."""
    values, conditions = [value], []
    otherwise: Node | None = None
    while reader.accept("keyword", "if", "for"):
        conditions.append(condition(reader))
        if reader.accept("keyword", "else"):
            otherwise = reader.expression()
            break
        if not allow_list or not (reader.accept("op", ",", ";") or reader.accept("op", "break")):
            break
        node = reader.condition()
        if reader.accept("keyword", "otherwise", "else"):
            otherwise = node
            break
        values.append(node)
    if len(values) != len(conditions):
        reader.refuse("each value needs its condition, or “otherwise”")
    return Cases(tuple(values), tuple(conditions), otherwise)


def cases(reader: "Reader") -> Node:
    """The rows of a cases environment: value & condition."""
    opened = reader.take()
    values: list[Node] = []
    conditions: list[Node] = []
    otherwise: Node | None = None
    while not reader.sees("close", "cases"):
        if reader.token.kind == "end":
            reader.refuse("the cases here are never closed", opened.at)
        if otherwise is not None:
            reader.refuse("a row stands behind “otherwise”")
        value = reader.condition()
        found = _row_condition(reader)
        if found is None:
            otherwise = value
        else:
            values.append(value)
            conditions.append(found)
        if not reader.accept("op", "break") and not reader.sees("close", "cases"):
            reader.refuse(f"found {reader.shown()} where a new row could begin")
    reader.take()
    if not values:
        reader.refuse("the cases need a row with a condition", opened.at)
    return Cases(tuple(values), tuple(conditions), otherwise)


def _row_condition(reader: "Reader") -> Node | None:
    """The condition of a row; None for "otherwise"."""
    while reader.accept("op", ",", "&"):
        pass
    reader.accept("keyword", "if", "for")
    is_last = reader.accept("keyword", "otherwise", "else")
    node = None if is_last else condition(reader)
    reader.accept("op", ",", ";", ".")
    return node


def indicator(reader: "Reader") -> Node:
    """1_{x > 0}, behind the 1."""
    reader.take()
    if not reader.sees("open", "{", "["):
        reader.refuse("found a subscript on the number 1")
    opened = reader.take()
    node = condition(reader)
    reader.close(opened)
    return node


# --- subscripts ---------------------------------------------------------------------------------


def subscript(reader: "Reader", rank: int) -> list[Node]:
    """The indices of an array: x_{i,j}, x_{ij}, x_i, x[i, j] or x[i][j]."""
    reader.subscripts += 1
    if reader.accept("op", "_"):
        indices = (
            _grouped_indices(reader, rank)
            if reader.token.kind == "open"
            else (_plain_indices(reader, rank))
        )
    else:
        indices = []
        while reader.sees("open", "[") and len(indices) < rank:
            indices += _grouped_indices(reader, rank)
    reader.subscripts -= 1
    return indices


def _grouped_indices(reader: "Reader", rank: int) -> list[Node]:
    opened = reader.take()
    if opened.text not in PARTNER:
        reader.refuse("an index stands in braces or square brackets", opened.at)
    indices = [reader.sum()]
    while reader.accept("op", ","):
        indices.append(reader.sum())
    reader.close(opened)
    if len(indices) == 1 and rank > 1:
        return _taken_apart(indices[0], rank)
    return indices


def _taken_apart(node: Node, rank: int) -> list[Node]:
    """x_{ij} holds two indices, not their product."""
    if isinstance(node, Chain) and set(node.operators) == {"·"} and len(node.factors) <= rank:
        return list(node.factors)
    return [node]


def _plain_indices(reader: "Reader", rank: int) -> list[Node]:
    """x_i, and x_ij of an array with two axes."""
    indices = [reader.primary()]
    while len(indices) < rank and reader.token.kind == "word" and not reader.token.spaced:
        if reader.token.text not in reader.scope and not isinstance(indices[-1], Index):
            break
        indices.append(reader.primary())
    return indices

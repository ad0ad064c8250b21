r"""Reads functions with their arguments: f(x), \tanh^2 x, \frac{a}{b}, √x, x.sum(0).

Knows which functions there are and how many arguments they take; nothing of their values.
"""

import re
from typing import TYPE_CHECKING

from grader.student.formulas import folds
from grader.student.formulas.functions import FUNCTIONS, REWRITTEN
from grader.student.formulas.tokens import Token
from grader.student.formulas.tree import (
    Call,
    Cases,
    Chain,
    Negate,
    Node,
    Number,
    Operator,
    Power,
    Reduce,
)

if TYPE_CHECKING:
    from grader.student.formulas.reader import Reader

_BRACKETS = frozenset({"(", "[", "{", "set{"})
_BARE = frozenset({"scalar", "array", "family", "frac", "sqrt", "word", "number", "constant"})
_OPERATORS: dict[str, Operator] = {
    "matmul": "@",
    "multiply": "⊙",
    "divide": "/",
    "frac": "/",
    "mod": "%",
}
_OPTION = re.compile(r"\s*(?:(axis|dim|keepdims?)\s*=\s*)?(-?\d|None|True|False)\s*(?=[,)])")
_AXES = re.compile(r"\s*(-?\d)\s*,\s*(-?\d)\s*(?=\))")


def call(reader: "Reader") -> Node:
    r"""A function with its arguments: f(x), \tanh^2 x, \log_2(n)."""
    token = reader.take()
    if token.text == "sum" and reader.sees("op", "_"):
        reader.place -= 1
        return folds.fold(reader)
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
    return reader.operand()


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
    if token.text == "sum" and (indices := folds.generated(reader)):
        node: Node = folds.comprehension(reader, indices)
    elif token.text in {"sum", "mean", "var"}:
        node = _reduced(reader, token.text)
    else:
        node = _applied(reader, token, reader.expressions())
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


def _applied(reader: "Reader", token: Token, arguments: tuple[Node, ...]) -> Node:
    """The call, or the operator that the function stands for."""
    functions = reader.vocabulary.notation.functions
    name = functions.get(token.text, token.text)
    if token.text not in functions and name in REWRITTEN:
        return _rewritten(reader, token, arguments)
    if name not in FUNCTIONS:
        reader.refuse(f"{token.text} is declared as “{name}”, which is no known function", token.at)
    known = FUNCTIONS[name]
    if not known.least <= len(arguments) <= known.most:
        wanted = "one argument" if known.most == 1 else "two arguments or more"
        reader.refuse(f"{token.text} takes {wanted}; found {len(arguments)}", token.at)
    return Call(token.text, arguments)


def _rewritten(reader: "Reader", token: Token, arguments: tuple[Node, ...]) -> Node:
    match (token.text, arguments):
        case ("pow", (base, exponent)):
            return Power(base, exponent)
        case ("transpose", (body, *_)):
            return reader.transposed(body)
        case ("where", (condition, value, otherwise)):
            return Cases((value,), (condition,), otherwise)
        case (name, (left, right)) if name in _OPERATORS:
            return Chain((_OPERATORS[name],), (left, right))
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
        reader.skip_to(match.end())
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
            reader.skip_to(match.end())
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
    return reader.operand()


def root(reader: "Reader") -> Node:
    r"""√x, \sqrt{x} and \sqrt[3]{x}."""
    token = reader.take()
    degree: Node | None = None
    if token.kind == "sqrt" and reader.sees("open", "["):
        degree = reader.group()
    start = reader.token.at
    is_bare = reader.text[start : start + 1] not in {"(", "{", "[", "（"}
    node = reader.operand()
    if is_bare and reader.sees("op", "^"):
        reader.refuse("put what stands under the root in brackets", start)
    if is_bare and reader.token.kind in _BARE - {"number"}:
        reader.warnings.append(
            f"the root was taken of “{reader.source(start, reader.token.at)}” only"
        )
    if degree is not None:
        return Power(node, Chain(("/",), (Number("1"), degree)))
    return Call("sqrt", (node,))

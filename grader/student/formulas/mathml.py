"""Formulas as MathML Core, printed from the tree: every character of text is escaped.

Only elements of MathML Core, and of attributes only those written here. Knows the tree only.
"""

import re
from html import escape

from grader.student.formulas.characters import PRETTY
from grader.student.formulas.printing import (
    ATOM,
    CHAIN,
    COMPARISON,
    SUM,
    binding,
)
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
)

_PARTS = re.compile(r"([A-Za-z]+?)_?(hat|bar|tilde)?_?(\d+|(?<=_)[A-Za-z]\w*)?('*)")
_ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~"}
_SIGNS = {"-": "−", "·": "·", "⊙": "⊙", "@": "·", "//": "//", "%": "mod"}
_FENCES = {"abs": "||", "floor": "⌊⌋", "ceil": "⌈⌉"}


def to_mathml(node: Node) -> str:
    """The formula as one `<math>` element."""
    return f"<math>{_print(node)}</math>"


def _mi(text: str) -> str:
    return f"<mi>{escape(text)}</mi>"


def _mo(text: str) -> str:
    return f"<mo>{escape(text)}</mo>"


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _fenced(inner: str, fences: str = "()") -> str:
    return _row(_mo(fences[0]), inner, _mo(fences[1]))


def _inside(node: Node, least: int) -> str:
    return _print(node) if binding(node) >= least else _fenced(_print(node))


def _print(node: Node) -> str:  # noqa: C901, PLR0912  # one line per kind of node
    match node:
        case Number(text):
            return _number(text)
        case Constant(name):
            return _mi(name)
        case Name(name) | Index(name):
            return _name(name)
        case Element(name, indices):
            return f"<msub>{_name(name)}{_row(_mo(',').join(_print(i) for i in indices))}</msub>"
        case Negate(body):
            return _row(_mo("−"), _inside(body, CHAIN))
        case Sum():
            return _sum(node)
        case Chain():
            return _chain(node)
        case Power(base, exponent):
            return f"<msup>{_base(base)}{_print(exponent)}</msup>"
        case Transpose(body):
            return f'<msup>{_base(body)}<mi mathvariant="normal">⊤</mi></msup>'
        case Call():
            return _call(node)
        case Reduce():
            return _reduce(node)
        case Fold():
            return _fold(node)
        case Cases():
            return _cases(node)
        case Compare(operators, operands):
            return _joined(operators, operands, SUM)
        case Logic("not", operands):
            return _row("<mtext>not&#160;</mtext>", _inside(operands[0], SUM))
        case Logic(operator, operands):
            words = (f"<mtext>&#160;{operator}&#160;</mtext>",) * (len(operands) - 1)
            parts = [_inside(o, COMPARISON) for o in operands]
            return _row(parts[0], *(w + p for w, p in zip(words, parts[1:], strict=True)))


def _number(text: str) -> str:
    digits, _, exponent = text.partition("e")
    if not exponent:
        return f"<mn>{escape(digits)}</mn>"
    power = exponent.replace("-", "−")
    return _row(
        f"<mn>{escape(digits)}</mn>", _mo("·"), f"<msup><mn>10</mn><mn>{escape(power)}</mn></msup>"
    )


def _name(name: str) -> str:
    match = _PARTS.fullmatch(name)
    if match is None:
        return _mi(name)
    stem, accent, below, primes = match.groups()
    text = _mi(PRETTY.get(stem, "ε" if stem == "eps" else stem))
    if accent:
        text = f"<mover>{text}{_mo(_ACCENTS[accent])}</mover>"
    if below:
        lowered = f"<mn>{below}</mn>" if below.isdigit() else _mi(below)
        text = f"<msub>{text}{lowered}</msub>"
    return f"<msup>{text}{_mo('′' * len(primes))}</msup>" if primes else text


def _base(node: Node) -> str:
    return _inside(node, ATOM)


def _joined(operators: tuple[str, ...], operands: tuple[Node, ...], least: int) -> str:
    parts = [_inside(o, least) for o in operands]
    return _row(parts[0], *(_mo(op) + part for op, part in zip(operators, parts[1:], strict=True)))


def _sum(node: Sum) -> str:
    parts = [_inside(term, CHAIN) for term in node.terms]
    pieces = [_mo("−") if node.signs[0] == "-" else "", parts[0]]
    for sign, part in zip(node.signs[1:], parts[1:], strict=True):
        pieces += [_mo(_SIGNS.get(sign, sign)), part]
    return _row(*pieces)


def _chain(node: Chain) -> str:
    """Factors from left to right; a division puts all that came before over its divisor."""
    last = len(node.factors) - 1
    first = node.factors[0]
    text, is_product = _factor(first, is_last=last == 0), False
    for place, operator in enumerate(node.operators, start=1):
        factor = node.factors[place]
        if operator == "/":
            over = text if is_product else _print(first) if place == 1 else text
            text, is_product = f"<mfrac>{_row(over)}{_row(_print(factor))}</mfrac>", False
        else:
            text += _mo(_SIGNS[operator]) + _factor(factor, is_last=place == last)
            is_product = True
    return _row(text)


def _factor(node: Node, *, is_last: bool) -> str:
    if isinstance(node, Chain) and node.operators == ("/",):
        return _print(node)  # a fraction bar groups by itself
    return _inside(node, CHAIN + (not is_last or not isinstance(node, Fold)))


def _call(node: Call) -> str:
    inner = _mo(",").join(_print(a) for a in node.arguments)
    if node.function == "sqrt":
        return f"<msqrt>{inner}</msqrt>"
    if fences := _FENCES.get(node.function):
        return _fenced(inner, fences)
    return _row(_name(node.function), _fenced(inner))


def _reduce(node: Reduce) -> str:
    axis = "" if node.axis is None else f"<mtext>, axis {node.axis}</mtext>"
    return _row(_mi(node.kind), _fenced(_print(node.body) + axis))


def _fold(node: Fold) -> str:
    sign = _mo("∑" if node.kind == "sum" else "∏")
    low = "" if node.low is None else _mo("=") + _print(node.low)
    below = _row(_name(node.index), low)
    body = _inside(node.body, CHAIN)
    if node.high is None:
        return _row(f"<munder>{sign}{below}</munder>", body)
    return _row(f"<munderover>{sign}{below}{_row(_print(node.high))}</munderover>", body)


def _cases(node: Cases) -> str:
    rows = [
        f"<mtr><mtd>{_print(v)}</mtd><mtd><mtext>if&#160;</mtext>{_print(c)}</mtd></mtr>"
        for v, c in zip(node.values, node.conditions, strict=True)
    ]
    if node.otherwise is not None:
        rows.append(
            f"<mtr><mtd>{_print(node.otherwise)}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr>"
        )
    return _row(_mo("{"), f"<mtable>{''.join(rows)}</mtable>")

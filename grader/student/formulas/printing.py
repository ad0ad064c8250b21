"""Formulas in plain unicode, in a form that reads back to the same tree.

Knows the tree only.
"""

import re

from grader.student.formulas.characters import PRETTY
from grader.student.formulas.errors import shorten
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

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_IDENTIFIER = re.compile(r"([A-Za-z]+)(?:_?(\d+))?(?:_([A-Za-z]\w*))?")
_SPACED = {"⊙": " ⊙ ", "@": " @ ", "//": " // ", "%": " % "}

# How tight a node binds; a looser one needs brackets inside a tighter one.
CONDITIONAL, LOGIC, COMPARISON, SUM, SIGN, CHAIN, POWER, ATOM = range(8)


def binding(node: Node) -> int:
    """How tight the printed node binds."""
    match node:
        case Cases():
            return CONDITIONAL
        case Logic():
            return LOGIC
        case Compare():
            return COMPARISON
        case Sum():
            return SUM
        case Negate():
            return SIGN
        case Chain() | Fold():
            return CHAIN
        case Power() | Transpose():
            return POWER
        case _:
            return ATOM


def pretty_name(name: str) -> str:
    """A declared name as people write it: d_1 as d₁, alpha as α."""
    match = _IDENTIFIER.fullmatch(name)
    if match is None:
        return name
    stem, digits, rest = match.groups()
    stem = PRETTY.get(stem, "ε" if stem == "eps" else stem)
    lowered = (digits or "").translate(_LOWERED)
    return f"{stem}{lowered}_{rest}" if rest else stem + lowered


def to_unicode(node: Node) -> str:  # noqa: C901, PLR0912  # one line per kind of node
    """The formula in plain unicode."""
    match node:
        case Number(text):
            return text
        case Constant(name) | Index(name):
            return name if isinstance(node, Constant) else pretty_name(name)
        case Name(name):
            return pretty_name(name)
        case Element(name, indices):
            return f"{pretty_name(name)}_{{{', '.join(_inside(i, SUM) for i in indices)}}}"
        case Negate(body):
            return f"-{_term(body, is_negative=True)}"
        case Sum():
            return _sum(node)
        case Chain():
            return _chain(node)
        case Power(base, exponent):
            return _power(base, exponent)
        case Transpose(body):
            return f"{_inside(body, POWER)}ᵀ"
        case Call():
            return _call(node)
        case Reduce():
            return _reduce(node)
        case Fold():
            return _fold(node)
        case Cases():
            return _cases(node)
        case Compare(operators, operands):
            parts = [_inside(o, SUM) for o in operands]
            signs = ["==" if o == "=" else o for o in operators]
            return parts[0] + "".join(f" {s} {p}" for s, p in zip(signs, parts[1:], strict=True))
        case Logic(operator, operands):
            if operator == "not":
                return f"not {_inside(operands[0], SUM)}"
            return f" {operator} ".join(_inside(o, COMPARISON) for o in operands)


def shortened(node: Node) -> str:
    """A formula for a message, at most one line long."""
    return shorten(to_unicode(node))


def _inside(node: Node, least: int) -> str:
    """The node, in brackets if it binds less tight than `least`."""
    text = to_unicode(node)
    return text if binding(node) >= least else f"({text})"


def _term(node: Node, *, is_negative: bool) -> str:
    """A term; a sign in front binds tighter than // and %, as in Python."""
    if is_negative and isinstance(node, Chain) and not {"//", "%"}.isdisjoint(node.operators):
        return f"({to_unicode(node)})"
    return _inside(node, CHAIN)


def _sum(node: Sum) -> str:
    parts = [
        _term(term, is_negative=place == 0 and node.signs[0] == "-")
        for place, term in enumerate(node.terms)
    ]
    text = parts[0] if node.signs[0] == "+" else f"-{parts[0]}"
    if len(parts) == 1:
        return text if node.signs[0] == "-" else f"+{text}"
    return text + "".join(f" {s} {p}" for s, p in zip(node.signs[1:], parts[1:], strict=True))


def _chain(node: Chain) -> str:
    last = len(node.factors) - 1
    parts = [
        _inside(factor, CHAIN + (place < last or not isinstance(factor, Fold)))
        for place, factor in enumerate(node.factors)
    ]
    text = parts[0]
    for operator, part in zip(node.operators, parts[1:], strict=True):
        text += _SPACED.get(operator, operator) + part
    return text


def _power(base: Node, exponent: Node) -> str:
    below = _inside(base, ATOM)
    match exponent:
        case Number(text) if text.isdigit():
            return below + text.translate(_RAISED)
        case Negate(Number(text)) if text.isdigit():
            return f"{below}⁻{text.translate(_RAISED)}"
        case _:
            return f"{below}^({to_unicode(exponent)})"


def _call(node: Call) -> str:
    inner = ", ".join(_inside(a, LOGIC) for a in node.arguments)
    match node.function:
        case "floor" if len(node.arguments) == 1:
            return f"⌊{inner}⌋"
        case "ceil" if len(node.arguments) == 1:
            return f"⌈{inner}⌉"
        case "sqrt":
            return f"√({inner})"
        case name:
            return f"{name}({inner})"


def _reduce(node: Reduce) -> str:
    axis = "" if node.axis is None else f", axis={node.axis}"
    keep = ", keepdims=True" if node.keep else ""
    return f"{node.kind}({_inside(node.body, LOGIC)}{axis}{keep})"


def _fold(node: Fold) -> str:
    sign = "∑" if node.kind == "sum" else "∏"
    low = "" if node.low is None else f"={_inside(node.low, SUM)}"
    high = "" if node.high is None else f"^({to_unicode(node.high)})"
    return f"{sign}_({pretty_name(node.index)}{low}){high} {_inside(node.body, CHAIN)}"


def _cases(node: Cases) -> str:
    rows = [
        f"{_inside(value, LOGIC)} if {_inside(condition, LOGIC)}"
        for value, condition in zip(node.values, node.conditions, strict=True)
    ]
    if node.otherwise is None:
        return ", ".join(rows)
    if len(rows) == 1:
        return f"{rows[0]} else {_inside(node.otherwise, LOGIC)}"
    return f"{', '.join(rows)}, {_inside(node.otherwise, LOGIC)} otherwise"

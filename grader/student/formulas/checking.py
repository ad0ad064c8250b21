"""Formulas as bytes, and the check of those that arrive: nothing odd or too large gets in.

The sender is not trusted. Knows what a well-formed tree is; nothing of declared names.
"""

import re

import msgspec

from grader.student.formulas.errors import (
    MAX_DIGITS,
    MAX_EXPONENT,
    MAX_NODES,
    MAX_TREE_DEPTH,
    FormulaError,
)
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

_MAX_BYTES = 400_000
_MAX_NAME = 120
_MAX_SENTENCE = 600
_MAX_SIDES = 40
_MAX_AXES = 4
_NUMBER = re.compile(r"(\d{1,60})(?:\.(\d{1,60}))?(?:e(-?)(\d{1,3}))?", re.ASCII)
_DECODER = msgspec.msgpack.Decoder(Formula)


def encode(formula: Formula) -> bytes:
    """The formula as bytes (msgpack)."""
    return msgspec.msgpack.encode(formula)


def decode(data: bytes) -> Formula:
    """Read what `encode` wrote, from a sender that is not trusted.

    Raises:
        FormulaError: the bytes are no formula, or one beyond the limits.
    """
    if len(data) > _MAX_BYTES:
        raise FormulaError("the formula is too long")
    try:
        formula = _DECODER.decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise FormulaError(f"the bytes are no formula: {str(error)[:200]}") from None
    check(formula)
    return formula


def check(formula: Formula) -> None:
    """Make sure that a formula is well formed and within the limits.

    Raises:
        FormulaError: it is not; the sentence says what is odd.
    """
    if not 0 < len(formula.sides) <= _MAX_SIDES or formula.sides[-1] != formula.tree:
        raise FormulaError("the sides of the formula do not end in the formula")
    if len(formula.warnings) > _MAX_SIDES or any(len(w) > _MAX_SENTENCE for w in formula.warnings):
        raise FormulaError("the formula carries too many warnings")
    for name in (*formula.left, formula.output or "answer"):
        _check_name(name)
    count = 0
    for side in formula.sides:
        for node, depth in walk(side):
            count += 1
            if count > MAX_NODES:
                raise FormulaError(f"the formula has more than {MAX_NODES} pieces")
            if depth > MAX_TREE_DEPTH:
                raise FormulaError("the formula is nested too deep")
            _check_node(node)


def _check_node(node: Node) -> None:  # noqa: C901  # one line per kind of node
    match node:
        case Number(text):
            check_number(text)
        case Name(name) | Index(name) | Element(name=name) | Call(function=name) | Fold(index=name):
            _check_name(name)
        case Sum(signs, terms) if len(signs) == len(terms) >= 1:
            pass
        case Chain(operators, operands) | Compare(operators, operands) if (
            len(operators) + 1 == len(operands) > 1
        ):
            pass
        case Cases(values, conditions) if len(values) == len(conditions) >= 1:
            pass
        case Logic(operator, operands) if (len(operands) == 1) == (operator == "not") and operands:
            pass
        case Reduce(axis=axis) if axis is None or -_MAX_AXES <= axis < _MAX_AXES:
            pass
        case Constant() | Negate() | Power() | Transpose():
            pass
        case _:
            raise FormulaError("a piece of the formula does not fit together")


def _check_name(name: str) -> None:
    if not 0 < len(name) <= _MAX_NAME or not name.isprintable():
        raise FormulaError("a name of the formula is not printable")


def check_number(text: str, position: int = 0) -> None:
    """Make sure that a number's text is within the limits.

    Raises:
        FormulaError: too many digits, or an exponent that is too large.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise FormulaError(f"“{text[:50]}” is not a number that can be read", position)
    whole, decimals, _, exponent = match.groups(default="")
    if len(whole.lstrip("0")) + len(decimals) > MAX_DIGITS:
        raise FormulaError(f"a number has more than {MAX_DIGITS} digits", position)
    if int(exponent or 0) > MAX_EXPONENT:
        raise FormulaError(f"the exponent of a number is larger than {MAX_EXPONENT}", position)

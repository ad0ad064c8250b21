"""Reads one operand: a number, a declared name or an element of it, an index, a bracket, a bar.

Knows the declared names; nothing of the operators between operands.
"""

import re
from typing import TYPE_CHECKING, NoReturn

from grader.student.formulas import calls, conditions, folds
from grader.student.formulas.characters import PARTNER
from grader.student.formulas.checking import check_number
from grader.student.formulas.errors import listed
from grader.student.formulas.tokens import Token
from grader.student.formulas.tree import (
    Call,
    Chain,
    Constant,
    Element,
    Index,
    Name,
    Node,
    Number,
)

if TYPE_CHECKING:
    from grader.student.formulas.reader import Reader

_SCALES = {"k": 3, "K": 3, "M": 6}
_WORD = re.compile(r"\\?[A-Za-z0-9_]+")


def operand(reader: "Reader") -> Node:  # noqa: C901  # one line per kind of token
    """One operand; a new line in front of it is only layout."""
    while reader.accept("op", "break"):
        pass
    token = reader.token
    match token.kind:
        case "number":
            return _number(reader)
        case "scalar" | "array" | "family":
            return _name(reader)
        case "constant":
            return Constant("I" if reader.take().text == "I" else "π")
        case "word":
            return _word(reader)
        case "function":
            return calls.call(reader)
        case "frac":
            return calls.fraction(reader)
        case "sqrt":
            return calls.root(reader)
        case "open":
            return conditions.cases(reader) if token.text == "cases" else reader.group()
        case "op" if token.text in {"|", "√", "∑", "∏"}:
            return _operator_operand(reader)
    return _no_operand(reader)


def _no_operand(reader: "Reader") -> NoReturn:
    if reader.token.kind == "output":
        reader.refuse(f"{reader.token.text} is what is asked for; it can not stand in its formula")
    if reader.token.kind == "end" and (opened := reader.open_bracket()) is not None:
        reader.refuse_unclosed(opened)
    reader.refuse(f"found {reader.shown()} where a number, a name or a bracket could stand")


def _operator_operand(reader: "Reader") -> Node:
    """√x, ∑ and ∏, or |x|."""
    if reader.sees("op", "√"):
        return calls.root(reader)
    if reader.sees("op", "∑", "∏"):
        return folds.fold(reader)
    opened = reader.take()
    reader.bars += 1
    node = reader.expression()
    if not reader.accept("op", "|"):
        reader.refuse("the bar “|” here is never closed", opened.at)
    reader.bars -= 1
    return Call("abs", (node,))


def _number(reader: "Reader") -> Node:
    token = reader.take()
    text = token.text.removesuffix(".")
    text = re.sub(r"\.(?=e|$)", "", f"0{text}" if text.startswith(".") else text)
    check_number(text, token.at)
    if reader.sees("op", ".") or (reader.sees("number") and reader.token.text.startswith(".")):
        reader.refuse("this number has two decimal points")
    if text == "0" and reader.sees("word", "x") and not reader.token.spaced:
        reader.refuse("numbers are read in base ten only")
    if text == "1" and reader.sees("op", "_"):
        return conditions.indicator(reader)
    if not reader.vocabulary.signature.inputs and reader.sees("word", *_SCALES):
        return _scaled(reader, token, text)
    return Number(text)


def _scaled(reader: "Reader", token: Token, text: str) -> Node:
    """1.2M is 1200000, in a question whose answer is a number."""
    scale = reader.take()
    whole, _, decimals = text.partition(".")
    power = _SCALES[scale.text]
    if "e" in text or len(decimals) > power:
        reader.refuse("write this number in digits", token.at)
    digits = (whole + decimals.ljust(power, "0")).lstrip("0") or "0"
    check_number(digits, token.at)
    reader.warnings.append(f"“{reader.text[token.at : scale.at + 1]}” was read as {digits}")
    return Number(digits)


def _name(reader: "Reader") -> Node:
    token = reader.take()
    if token.text in reader.scope and token.kind == "scalar":
        return Index(token.text)
    is_indexed = reader.sees("op", "_") or (reader.sees("open", "[") and not reader.token.spaced)
    if is_indexed and token.kind != "scalar" and not _is_bracket_product(reader, token):
        return _element(reader, token)
    if reader.sees("op", "_"):
        if token.text not in reader.vocabulary.families:
            refuse_unknown(reader, token)
        return _element(reader, token)
    return Name(token.text)


def _is_bracket_product(reader: "Reader", token: Token) -> bool:
    """Whether the bracket behind an array holds one value with arrays in it, and no indices."""
    if token.kind == "family" or reader.token.text == "_":
        return False
    depth, holds_arrays = 0, False
    for inner in reader.tokens[reader.place :]:
        depth += (inner.kind == "open") - (inner.kind == "close")
        if depth == 0 or (depth == 1 and inner.text == ","):
            return depth == 0 and holds_arrays
        holds_arrays = holds_arrays or inner.kind in {"array", "function"}
    return False


def _element(reader: "Reader", token: Token) -> Node:
    ranks = reader.vocabulary.ranks.get(token.text, frozenset({1}))
    rank = 1 if token.kind != "array" else max(ranks)
    indices = _subscript(reader, rank)
    if token.kind == "array" and len(indices) > rank:
        reader.refuse(f"{token.text} has {rank} axes; found {len(indices)} indices", token.at)
    match indices:
        case [Number(text)] if token.kind == "family" and text.isdigit():
            member = reader.vocabulary.families[token.text].get(int(text))
            return Element(token.text, tuple(indices)) if member is None else Name(member)
    return Element(token.text, tuple(indices))


def _word(reader: "Reader") -> Node:
    token = reader.token
    if token.text in reader.scope:
        reader.take()
        return Index(token.text)
    if token.text == "O" and reader.ahead.text == "(" and reader.place == 0:
        reader.take()
        reader.warnings.append("“O( )” was read as what stands in it")
        return reader.group()
    is_accent = token.text in {"hat", "bar", "tilde"}
    if (reader.subscripts or token.text in reader.free) and not is_accent:
        reader.take()
        reader.free.setdefault(token.text, token.at)
        return Index(token.text)
    return refuse_unknown(reader, token)


def refuse_unknown(reader: "Reader", token: Token) -> NoReturn:
    """Refuse a name that is not declared, with the nearest one that is."""
    shown = reader.text[token.at : token.at + 1]
    word = shown if len(token.text) == 1 and shown.isalpha() else token.text
    for match in _WORD.finditer(reader.text):
        if match.start() <= token.at < match.end():
            word = match[0]
    names = [v.name for v in reader.vocabulary.signature.inputs]
    near = [n for n in names if n.lower().replace("_", "") == word.lower().replace("_", "")]
    hint = f"did you mean {listed(near, 'or')}?" if near else reader.vocabulary.known
    reader.refuse(f"“{word[:40]}” is not a name of this question; {hint}", token.at)


# --- subscripts ---------------------------------------------------------------------------------


def _subscript(reader: "Reader", rank: int) -> list[Node]:
    """The indices of an array: x_{i,j}, x_{ij}, x_i, x[i, j] or x[i][j]."""
    reader.subscripts += 1
    if reader.accept("op", "_"):
        is_group = reader.token.kind == "open"
        indices = _grouped_indices(reader, rank) if is_group else _plain_indices(reader, rank)
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
    indices = [operand(reader)]
    while len(indices) < rank and reader.token.kind == "word" and not reader.token.spaced:
        if reader.token.text not in reader.scope and not isinstance(indices[-1], Index):
            break
        indices.append(operand(reader))
    return indices

"""Reads conditions: comparisons, "and", "or" and "not", and values that depend on them.

From loose to tight: or, and, not, comparisons. Knows nothing of what is compared.
"""

from typing import TYPE_CHECKING, Literal

from grader.student.formulas.tree import Cases, Compare, Logic, Node

if TYPE_CHECKING:
    from grader.student.formulas.reader import Reader

_COMPARISONS = {"<", ">", "≤", "≥", "≠", "=="}


def disjunction(reader: "Reader") -> Node:
    """Comparisons joined by "or" and "and"."""
    options = [_conjunction(reader)]
    at = reader.token.at
    while reader.accept("keyword", "or") or reader.accept("op", "or"):
        options.append(_conjunction(reader))
    return options[0] if len(options) == 1 else _joined(reader, "or", options, at)


def _conjunction(reader: "Reader") -> Node:
    parts = [_comparison(reader)]
    at = reader.token.at
    while reader.accept("keyword", "and") or reader.accept("op", "and"):
        parts.append(_comparison(reader))
    return parts[0] if len(parts) == 1 else _joined(reader, "and", parts, at)


def _joined(
    reader: "Reader", operator: Literal["and", "or"], operands: list[Node], at: int
) -> Logic:
    """Conditions joined; two values with a word between them are two answers."""
    if not any(isinstance(operand, Compare | Logic) for operand in operands):
        reader.refuse(
            f"“{operator}” stands between two values; give one, or join conditions with it,"
            f" as in x > 0 {operator} y > 0",
            at,
        )
    return Logic(operator, tuple(operands))


def _comparison(reader: "Reader") -> Node:
    if reader.accept("keyword", "not"):
        reader.enter()
        node = Logic("not", (_comparison(reader),))
        reader.depth -= 1
        return node
    operands, operators = [reader.sum()], []
    while reader.token.kind == "op" and (
        reader.token.text in _COMPARISONS or (reader.is_condition and reader.token.text == "=")
    ):
        operators.append(reader.take().text.replace("==", "="))
        operands.append(reader.sum())
    if not operators:
        return operands[0]
    return Compare(tuple(operators), tuple(operands))  # type: ignore[arg-type]  # from the set


# --- values with conditions ---------------------------------------------------------------------


def condition(reader: "Reader") -> Node:
    """A condition, in which "=" compares."""
    before, reader.is_condition = reader.is_condition, True
    node = disjunction(reader)
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
        node = disjunction(reader)
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
        value = disjunction(reader)
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

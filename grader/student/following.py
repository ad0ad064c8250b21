"""Follows names that stand for plain arithmetic: `total = depthwise + pointwise`, and nothing else.

Works on syntax trees and runs nothing. A name that a loop, a call or a condition gives its value is
unknown from there on.
"""

import ast
import copy
from collections import Counter
from collections.abc import Mapping

import msgspec

from grader.student.definitions import bindings
from grader.student.scopes import names_set_in

_MAX_SIZE = 200  # of what one name stands for, in nodes: names of names may double at each step


class _Value(msgspec.Struct, frozen=True):
    """What a name stands for: an expression, and what the names in it stood for at that place."""

    expression: ast.expr
    known: dict[str, "_Value"]
    place: str
    size: int


class Known:
    """The names of a file, or of a notebook's cells, as far as they have been read."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, _Value]] = {}  # by name, and by what is looked up in it

    def learn(self, node: ast.stmt, place: str) -> None:
        """Take note of what a statement does to names.

        Args:
            node: the next statement.
            place: the line it stands in, in words.
        """
        added = _sum_of(node)
        pairs = [added] if added is not None else [*bindings(node), *_set_entries(node)]
        made = [
            (name, below, self._value(item, place))
            for name, value in pairs
            for below, item in [("", value), *_entries(value)]
        ]
        for name in names_set_in([node]):
            self._values.pop(name, None)
        for name, below, known in made:
            base, bracket, rest = name.partition("[")
            entries = self._values.setdefault(base, {})
            entries.pop(bracket + rest + below, None)
            if known is not None:
                entries[bracket + rest + below] = known

    def explained(self, value: ast.expr, kept: frozenset[str]) -> tuple[ast.expr, tuple[str, ...]]:
        """An expression with its names replaced, and for each of them what was read from where.

        Args:
            value: the expression.
            kept: names that stay as they are: the inputs that a formula is about.
        """
        if isinstance(value, ast.Name) and value.id not in kept:
            whole = self._of(value.id)
            if whole is not None and _is_text(whole.expression):
                return whole.expression, (f"{value.id} is read from {whole.place}",)
        used = self._used(value)
        if not used:
            return value, ()
        replacing = _Replacing(used, kept)
        made = replacing.visit(copy.deepcopy(value))
        return made, tuple(replacing.notes)

    def _value(self, expression: ast.expr, place: str) -> _Value | None:
        if not (_is_text(expression) or all(map(_is_arithmetic, ast.walk(expression)))):
            return None
        used = self._used(expression)
        times = _names(expression)
        size = _size(expression) + sum(times[name] * one.size for name, one in used.items())
        return _Value(expression, used, place, size) if size <= _MAX_SIZE else None

    def _used(self, expression: ast.expr) -> dict[str, _Value]:
        """What the names in an expression stand for; nothing in one that is too large."""
        if _size(expression) > _MAX_SIZE:
            return {}
        found = {name: self._of(name) for name in _names(expression)}
        return {name: value for name, value in found.items() if value is not None}

    def _of(self, name: str) -> _Value | None:
        base, bracket, rest = name.partition("[")
        return self._values.get(base, {}).get(bracket + rest)


class _Replacing(ast.NodeTransformer):
    """Puts what names stand for in their place; `unparse` adds the brackets."""

    def __init__(self, known: Mapping[str, _Value], kept: frozenset[str]) -> None:
        self._known, self._kept = known, kept
        self.notes: dict[str, None] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return node if node.id in self._kept else self._replaced(node.id, node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        return self._replaced(ast.unparse(node), node)

    def _replaced(self, name: str, node: ast.expr) -> ast.expr:
        value = self._known.get(name)
        if value is None or _is_text(value.expression):
            return node
        below = _Replacing(value.known, self._kept)
        made: ast.expr = below.visit(copy.deepcopy(value.expression))
        self.notes[f"{name} = {ast.unparse(value.expression)} is read from {value.place}"] = None
        self.notes.update(below.notes)
        return made


def _sum_of(node: ast.stmt) -> tuple[str, ast.expr] | None:
    """`total += x` as the name and `total + x`."""
    if not isinstance(node, ast.AugAssign) or not isinstance(node.target, ast.Name):
        return None
    name = node.target.id
    return name, ast.BinOp(left=ast.Name(id=name, ctx=ast.Load()), op=node.op, right=node.value)


def _set_entries(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    """`parts["total"] = x` as the place and `x`."""
    if not isinstance(node, ast.Assign):
        return []
    targets = (target for target in node.targets if isinstance(target, ast.Subscript))
    return [(ast.unparse(target), node.value) for target in targets]


def _entries(value: ast.expr) -> list[tuple[str, ast.expr]]:
    """The entries of a dict or a list that is written out, by what looks them up."""
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        return [(f"[{key.value!r}]", x) for key, x in pairs if isinstance(key, ast.Constant)]
    if isinstance(value, ast.List | ast.Tuple):
        return [(f"[{k}]", item) for k, item in enumerate(value.elts)]
    return []


def _names(expression: ast.expr) -> Counter[str]:
    """The names in an expression, and the entries that are looked up, each so many times."""
    nodes = list(ast.walk(expression))
    names = Counter(node.id for node in nodes if isinstance(node, ast.Name))
    names.update(ast.unparse(node) for node in nodes if isinstance(node, ast.Subscript))
    return names


def _is_text(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _size(expression: ast.expr) -> int:
    return sum(1 for _ in ast.walk(expression))


def _is_arithmetic(node: ast.AST) -> bool:
    """Whether a node may stand in plain arithmetic: numbers, names, signs, entries of a dict."""
    match node:
        case ast.Constant(value=number):
            return isinstance(number, int | float | str)
        case ast.Subscript(value=value, slice=place):
            return isinstance(value, ast.Name) and isinstance(place, ast.Constant)
        case _:
            plain = ast.BinOp | ast.UnaryOp | ast.Name | ast.operator | ast.unaryop
            return isinstance(node, plain | ast.expr_context)

"""Finds what a file defines under a name, and says how plainly it does.

A `def`, a name that is assigned, a method of a class, the starter's empty function, or one that
nothing outside can reach. Only looks at syntax trees; knows nothing of parts.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from grader.student.scopes import Function

PLAIN, ASSIGNED, METHOD, STARTER, HIDDEN = range(5)
"""How plainly a name is defined; the plainest definition counts, and a hidden one never."""

_MAY_BE_CALLED = (ast.Lambda, ast.Name, ast.Attribute, ast.Call, ast.IfExp, ast.Subscript)


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """One place that defines a name.

    Attributes:
        inside: the class of a method; the function, or `__name__`, that hides it; else "".
    """

    name: str
    node: ast.stmt
    rank: int = PLAIN
    inside: str = ""


def definitions(body: Iterable[ast.stmt]) -> Iterator[Definition]:
    """What the statements of a file define, also inside blocks and classes."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                rank = STARTER if is_starter(node) else PLAIN
                yield Definition(name=node.name, node=node, rank=rank)
                yield from _hidden(node.body, node.name)
            case ast.ClassDef():
                yield Definition(name=node.name, node=node)
                yield from _methods(node)
            case ast.Assign() | ast.AnnAssign():
                for name, value in assigned(node):
                    rank = PLAIN if isinstance(value, ast.Lambda) else ASSIGNED
                    yield Definition(name=name, node=node, rank=rank)
            case ast.If() if is_main_guard(node):
                yield from _hidden(node.body, "if __name__ == …")
            case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While():
                yield from definitions(_blocks(node))
            case _:
                pass


def that_count(found: Sequence[Definition]) -> list[Definition]:
    """Of the definitions of one name those of the plainest kind, of which Python keeps the last."""
    best = min(max(one.rank, ASSIGNED) for one in found)
    return [one for one in found if max(one.rank, ASSIGNED) == best]


def is_main_guard(node: ast.stmt) -> bool:
    """Whether the statement is `if __name__ == ...`, whose body is not for an import."""
    return isinstance(node, ast.If) and any(
        isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test)
    )


def is_starter(function: Function) -> bool:
    """Whether a function is empty: `pass`, `raise NotImplementedError`, names that stay None."""
    empty: set[str] = set()
    body = function.body
    is_empty = all(_does_nothing(node, empty) for node in body)
    # What says nothing but its documentation may be meant: a function that returns None.
    return is_empty and not (len(body) == 1 and isinstance(body[0], ast.Return))


def is_own_result(node: ast.stmt) -> bool:
    """Whether a function's name is used again for what it returned: `loss, dx = loss(x)`."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    called = node.value.func
    names = {name for name, _ in bindings(node)}
    return isinstance(called, ast.Name) and called.id in names


def passed_over(body: Sequence[ast.stmt], names: Iterable[str]) -> set[int]:
    """The places of statements that would undo a definition: the starter's, and `relu = relu(x)`.

    Args:
        body: the statements of a file, or of all cells.
        names: what is wanted; others may be used again for a result, or be emptied on purpose.
    """
    wanted = frozenset(names)
    real = {one.name for one in definitions(body) if one.rank in (PLAIN, ASSIGNED)}
    return {
        place
        for place, node in enumerate(body)
        if (isinstance(node, Function) and node.name in real and _is_left(node, wanted))
        or (is_own_result(node) and any(name in wanted for name, _ in bindings(node)))
    }


def _is_left(node: Function, wanted: frozenset[str]) -> bool:
    """Whether an empty function is the starter's, and not one that its author has emptied."""
    raises = any(isinstance(one, ast.Raise) for one in node.body)
    return is_starter(node) and (raises or node.name in wanted)


def methods(body: Sequence[ast.stmt], names: Iterable[str]) -> dict[str, str]:
    """The names that are defined as methods alone, each with its class."""
    found: dict[str, list[Definition]] = {}
    for one in definitions(body):
        found.setdefault(one.name, []).append(one)
    counting = ((name, that_count(found[name])[-1]) for name in names if name in found)
    return {name: last.inside for name, last in counting if last.rank == METHOD}


def assigned(node: ast.Assign | ast.AnnAssign) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement binds to something that may be callable, each with that."""
    if not is_own_result(node):
        yield from ((name, value) for name, value in bindings(node) if _may_be_called(value))


def bindings(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The names that an assignment binds, each with its value."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        pairs = [(target, node.value)]
        if isinstance(target, ast.Tuple | ast.List) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=False))
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(node.value, ast.Call):
            pairs = [(one, node.value) for one in target.elts]
        yield from ((name.id, value) for name, value in pairs if isinstance(name, ast.Name))


def _may_be_called(value: ast.expr) -> bool:
    return isinstance(value, _MAY_BE_CALLED)


def _blocks(node: ast.If | ast.Try | ast.With | ast.For | ast.While) -> list[ast.stmt]:
    if isinstance(node, ast.With):
        return node.body
    if not isinstance(node, ast.Try):
        return [*node.body, *node.orelse]
    handled = [statement for handler in node.handlers for statement in handler.body]
    return [*node.body, *handled, *node.orelse, *node.finalbody]


def _methods(node: ast.ClassDef) -> Iterator[Definition]:
    for method in node.body:
        if isinstance(method, Function) and not method.name.startswith("__"):
            yield Definition(name=method.name, node=method, rank=METHOD, inside=node.name)


def _hidden(body: Sequence[ast.stmt], inside: str) -> Iterator[Definition]:
    for node in body:
        if isinstance(node, Function):
            yield Definition(name=node.name, node=node, rank=HIDDEN, inside=inside)


def _does_nothing(node: ast.stmt, empty: set[str]) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            return name == "NotImplementedError"
        case ast.Assign(value=value):
            empty.update(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
            return all(isinstance(one, ast.Constant) and one.value is None for one in _items(value))
        case ast.Return(value=value):
            items = [] if value is None else _items(value)
            return all(
                (isinstance(one, ast.Name) and one.id in empty)
                or (isinstance(one, ast.Constant) and one.value is None)
                for one in items
            )
        case _:
            return False


def _items(value: ast.expr) -> list[ast.expr]:
    return value.elts if isinstance(value, ast.Tuple) else [value]

"""Finds the statements of a module that some of its names need, by following names.

So a file can be loaded for one function without its plots, downloads and training loops. It only
looks at syntax trees and runs nothing; what it can not see (names made at run time) it says by
leaving statements out, and the loader then takes the whole file.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from grader.student.definitions import is_main_guard
from grader.student.scopes import Function, names_of, nodes_of

_BUILTINS = frozenset(dir(builtins))
_WHOLE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_BLOCKS = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.ExceptHandler)
_INNER = (ast.stmt, ast.ExceptHandler)
_STAR = "*"
_SETTINGS = "sys.set…"


class _Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement at the top of a module.

    Attributes:
        binds: the names that it gives a value, or changes the value of.
        wholes: those that it gives a value whatever stood in them before.
        now, later: the names that it uses when it runs, and when what it defines is called.
    """

    binds: frozenset[str]
    wholes: frozenset[str]
    now: frozenset[str]
    later: frozenset[str]


def needed_statements(body: Sequence[ast.stmt], names: Iterable[str]) -> list[tuple[int, ast.stmt]]:
    """The statements that define the names and all that these use, each with its place in the body.

    Args:
        body: the statements of a module, or of a notebook's cells one after the other.
        names: what is wanted; of several definitions the last one counts.
    """
    parts = [(number, part) for number, node in enumerate(body) for part in _split(node)]
    effects = _Effects([part for _, part in parts])
    statements = [_statement(part, effects) for _, part in parts]
    # Settings of the interpreter hold for everything that runs later.
    return [parts[k] for k in sorted(_followed(statements, (*names, _SETTINGS)))]


def _followed(statements: list[_Statement], names: Iterable[str]) -> set[int]:
    """The numbers of the statements that are reached from the names."""
    binders: dict[str, list[int]] = {}
    for number, statement in enumerate(statements):
        for name in statement.binds:
            binders.setdefault(name, []).append(number)
    reached: set[int] = set()
    seen: set[tuple[str, int]] = set()
    open_ = [(name, len(statements)) for name in names]
    while open_:
        name, before = open_.pop()
        numbers = list(_reaching(name, binders.get(name, []), statements, before))
        if not numbers and name not in _BUILTINS and name != _SETTINGS:
            numbers = [k for k in binders.get(_STAR, []) if k < before]
        for number in numbers:
            if number in reached:
                continue
            reached.add(number)
            wanted = [(used, number) for used in statements[number].now]
            wanted += [(used, len(statements)) for used in statements[number].later]
            fresh = [one for one in wanted if one not in seen]
            seen.update(fresh)
            open_ += fresh
    return reached


def _reaching(
    name: str, numbers: list[int], statements: list[_Statement], before: int
) -> Iterator[int]:
    """The binders of a name whose work can still be seen at a place: back to the last whole one."""
    for number in reversed(numbers):
        if number >= before:
            continue
        yield number
        if name in statements[number].wholes:
            return


def _split(node: ast.stmt) -> Iterator[ast.stmt]:
    """Each imported name as a statement of its own, so that a broken one can be left out."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield ast.copy_location(ast.Import(names=[alias]), node)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            one = ast.ImportFrom(module=node.module, names=[alias], level=node.level)
            yield ast.copy_location(one, node)
    elif not isinstance(node, ast.Delete) and not is_main_guard(node):
        yield node


def _statement(node: ast.stmt, effects: "_Effects") -> _Statement:
    seen = names_of(node)
    is_plain = isinstance(node, ast.Assign) and all(
        isinstance(target, ast.Name | ast.Tuple | ast.List) for target in node.targets
    )
    is_plain |= isinstance(node, ast.AnnAssign) and node.value is not None
    is_submodule = isinstance(node, ast.Import) and "." in node.names[0].name
    # A function that says `global x` gives x a value only when it is called.
    is_whole = (isinstance(node, _WHOLE) and not is_submodule and not seen.globals) or is_plain
    return _Statement(
        binds=frozenset(seen.bound | seen.globals | effects.of(node)),
        wholes=frozenset(seen.bound if is_whole else ()),
        now=frozenset(seen.now),
        later=frozenset(seen.later),
    )


class _Effects:
    """Which names a statement changes without naming them as targets."""

    def __init__(self, statements: Sequence[ast.stmt]) -> None:
        self._imported: set[str] = set()
        self._globals: dict[str, set[str]] = {}
        self._defined: set[str] = set()
        for node in statements:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._imported |= names_of(node).bound
            elif isinstance(node, Function | ast.ClassDef):
                self._defined.add(node.name)
                if isinstance(node, Function):
                    self._globals[node.name] = _changed_by(node)

    def of(self, node: ast.AST) -> set[str]:
        """Names changed in place: `x[0] = …`, `x.append(…)`, by `init()`, also inside of blocks."""
        if isinstance(node, _BLOCKS):
            inner = (one for one in ast.iter_child_nodes(node) if isinstance(one, _INNER))
            return {name for one in inner for name in self.of(one)}
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            return {_SETTINGS}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return self._of_call(node.value)
        if isinstance(node, Function | ast.ClassDef):
            return {name for one in node.decorator_list for name in self._of_decorator(one)}
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = list(node.targets)
        elif isinstance(node, ast.AugAssign):
            targets = [node.target]
        return {root for root in map(_root, targets) if root}

    def _of_decorator(self, decorator: ast.expr) -> set[str]:
        """What `@register` changes, and `f` of `@f.register`."""
        root = _root(decorator)
        made_of = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(made_of, ast.Attribute) and root not in self._imported:
            return {root} - {""}
        return self._globals.get(root, set())

    def _of_call(self, call: ast.Call) -> set[str]:
        function = call.func
        if isinstance(function, ast.Name):
            if function.id in ("setattr", "delattr") and call.args:
                return {_root(call.args[0])} - {""}
            # A call whose result nobody takes is made for what it does to its arguments.
            given = {one.id for one in call.args if isinstance(one, ast.Name)}
            return self._globals.get(function.id, set()) | (given - self._defined - self._imported)
        root = _root(function)
        if root not in self._imported:
            return {root} - {""}
        # Of calls into libraries only settings count; the rest are plots, downloads and checks.
        is_setting = isinstance(function, ast.Attribute) and function.attr.startswith("set")
        if not is_setting:
            return set()
        return {_SETTINGS} if root == "sys" else {root}


def _changed_by(function: Function) -> set[str]:
    """The names of the module whose values a function changes when it is called."""
    nodes = nodes_of(function)
    declared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own = {
        argument.arg for node in nodes if isinstance(node, ast.arguments) for argument in node.args
    }
    changed = {
        _root(node)
        for node in nodes
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    called = (
        n.value.func for n in nodes if isinstance(n, ast.Expr) and isinstance(n.value, ast.Call)
    )
    changed |= {_root(function) for function in called if isinstance(function, ast.Attribute)}
    return declared | (changed - stored - own - {""})


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""

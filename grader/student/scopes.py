"""Which names of a module one statement binds and uses, now or when what it defines is called.

Follows Python's scopes: what is local to a function or a comprehension is no name of the module.
Only looks at syntax trees.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence

import msgspec

Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_BELOW = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What one statement does with names of the module.

    Attributes:
        bound: names that get a value.
        globals: those that a function declares as the module's.
        now, later: names that are used when it runs, and when what it defines is called.
    """

    bound: set[str]
    globals: set[str]
    now: set[str]
    later: set[str]


def nodes_of(*roots: ast.AST) -> list[ast.AST]:
    """The nodes and all that are below them, in the order of `ast.walk`, which takes longer."""
    found = list(roots)
    for node in found:  # it grows meanwhile
        found += _below(node)
    return found


def _below(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif type(value) is list:
            found += [one for one in value if isinstance(one, ast.AST)]
    return found


def names_of(node: ast.AST) -> Names:
    """The names of the module that a statement binds and uses."""
    seen = _Visitor()
    seen.visit(node)
    return Names(bound=seen.bound, globals=seen.globals, now=seen.now, later=seen.later)


def names_set_in(body: Sequence[ast.AST]) -> set[str]:
    """The names that statements bind in the scope that they stand in."""
    stored: set[str] = set()
    outer: set[str] = set()
    for node in _in_scope(body):
        match node:
            case ast.Name(id=name) if not isinstance(node.ctx, ast.Load):
                stored.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                stored.add(name)
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                stored.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                stored.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                stored.update(one.asname or one.name.partition(".")[0] for one in aliases)
            case ast.Nonlocal(names=names) | ast.Global(names=names):
                outer.update(names)
            case _:
                pass
    return stored - outer


def waits(node: ast.stmt) -> bool:
    """Whether a statement waits outside of functions, which a notebook may and a module not."""
    is_waiting = (ast.Await, ast.AsyncFor, ast.AsyncWith)
    return any(isinstance(one, is_waiting) for one in _in_scope([node]))


class _Visitor(ast.NodeVisitor):
    """Collects what `Names` holds; `_local` are the names of the scopes around, if any."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.globals: set[str] = set()
        self.now: set[str] = set()
        self.later: set[str] = set()
        self._depth = 0
        self._local: frozenset[str] = frozenset()

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in self._local:
            return
        if self._depth:  # what a function sets here it has declared global, and may add to
            self.later.add(node.id)
        elif isinstance(node.ctx, ast.Load):
            self.now.add(node.id)
        else:
            self.bound.add(node.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and not self._depth:
            self.now.add(node.target.id)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for default in _defaults(node.args):
            self.visit(default)
        self._inside([node.body], _parameters(node.args))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if not self._depth:
            self.bound.add(node.name)
        for outside in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(outside)
        # A class body runs at once, but what it binds is the class's own.
        before = set(self.bound)
        for statement in node.body:
            self.visit(statement)
        self.bound = before

    def visit_Import(self, node: ast.Import) -> None:
        if not self._depth:
            self.bound.update((a.asname or a.name.partition(".")[0]) for a in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if not self._depth:
            self.bound.update(alias.asname or alias.name for alias in node.names)

    def visit_Global(self, node: ast.Global) -> None:
        self.globals.update(node.names)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name and not self._depth:
            self.bound.add(node.name)
        self.generic_visit(node)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node)

    def _comprehension(self, node: _Comprehension) -> None:
        self.visit(node.generators[0].iter)  # is taken outside, where `x` in `for x in x` is known
        before, targets = self._local, (one.target for one in node.generators)
        self._local |= {name for target in targets for name in names_set_in([target])}
        self.generic_visit(node)
        self._local = before

    def _function(self, node: Function) -> None:
        if not self._depth:
            self.bound.add(node.name)
        for part in (*node.decorator_list, *_defaults(node.args), *_annotations(node)):
            self.visit(part)
        self._inside(node.body, _parameters(node.args) | names_set_in(node.body))

    def _inside(self, body: Sequence[ast.AST], local: Iterable[str]) -> None:
        before = self._local
        self._local |= frozenset(local)
        self._depth += 1
        for node in body:
            self.visit(node)
        self._depth -= 1
        self._local = before


def _in_scope(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of statements, without what stands in scopes below."""
    open_ = list(body)
    while open_:
        node = open_.pop()
        yield node
        if not isinstance(node, _BELOW):
            open_ += _below(node)


def _parameters(arguments: ast.arguments) -> set[str]:
    return {one.arg for one in nodes_of(arguments) if isinstance(one, ast.arg)}


def _defaults(arguments: ast.arguments) -> Iterator[ast.expr]:
    yield from arguments.defaults
    yield from filter(None, arguments.kw_defaults)


def _annotations(node: Function) -> Iterator[ast.expr]:
    every = (one for one in nodes_of(node.args) if isinstance(one, ast.arg))
    yield from (one.annotation for one in every if one.annotation is not None)
    if node.returns is not None:
        yield node.returns

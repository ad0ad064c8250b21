"""The small changes of a function that somebody could make by mistake, put into its syntax tree.

Knows Python's syntax and the names of numpy; nothing of references or tests.
"""

import ast
from collections.abc import Callable, Iterator
from typing import Any

_OTHER_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult, ast.Div),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
_OTHER_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OTHER_NAMES = {
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "argmax": "argmin",
    "argmin": "argmax",
    "maximum": "minimum",
    "minimum": "maximum",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "ones": "zeros",
    "ones_like": "zeros_like",
    "var": "std",
    "std": "var",
    "exp": "expm1",
    "log": "log1p",
    "floor": "ceil",
    "ceil": "floor",
    "tanh": "sin",
}
_GUARD = "strict"  # of zip: it guards the author's own slips and computes nothing
_TELLING = (ast.expr, ast.keyword)


def changed(definition: ast.FunctionDef) -> Iterator[tuple[str, int]]:
    """Put each change into the tree, one after the other; between two of them it is whole."""
    for parent in ast.walk(definition):
        for field, value in list(ast.iter_fields(parent)):
            if (field == "args" and parent is definition) or _is_guard(parent):
                continue
            places = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, node in places:
                if isinstance(node, ast.AST):
                    yield from _in_place(parent, field, index, node)


def _is_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg == _GUARD


def _in_place(
    parent: ast.AST, field: str, index: int | None, node: ast.AST
) -> Iterator[tuple[str, int]]:
    def put(new: ast.AST) -> None:
        if index is None:
            setattr(parent, field, new)
        else:
            getattr(parent, field)[index] = new

    # A number or a name alone says little: what it stands in is told instead.
    is_small = isinstance(node, ast.Constant | ast.Attribute) and isinstance(parent, _TELLING)
    for new in _alternatives(node):
        before = _shown(parent if is_small else node)
        put(new)
        after = _shown(parent if is_small else new)
        yield f"{before} → {after}", getattr(node, "lineno", 0)
        put(node)


def _shown(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split()) if not isinstance(node, ast.Pass) else "(nothing)"


def _alternatives(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in a node's place."""
    for kind, alternatives in _ALTERNATIVES.items():
        if isinstance(node, kind):
            yield from alternatives(node)


def _binary(node: ast.BinOp) -> Iterator[ast.AST]:
    for other in _OTHER_OPERATORS.get(type(node.op), ()):
        yield ast.BinOp(left=node.left, op=other(), right=node.right)
    yield node.left
    yield node.right


def _unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.USub | ast.Not):
        yield node.operand


def _comparison(node: ast.Compare) -> Iterator[ast.AST]:
    if len(node.ops) == 1:
        for other in _OTHER_COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(left=node.left, ops=[other()], comparators=node.comparators)


def _logic(node: ast.BoolOp) -> Iterator[ast.AST]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield ast.BoolOp(op=other, values=node.values)


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(value=not value)
    elif isinstance(value, int):
        yield ast.Constant(value=value + 1)
        yield ast.Constant(value=value - 1)
    elif isinstance(value, float):
        yield ast.Constant(value=value * 2)


def _attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr == "T":
        yield node.value
    elif node.attr in _OTHER_NAMES:
        yield ast.Attribute(value=node.value, attr=_OTHER_NAMES[node.attr], ctx=node.ctx)


def _choice(node: ast.IfExp) -> Iterator[ast.AST]:
    yield node.body
    yield node.orelse


def _branch(node: ast.If) -> Iterator[ast.AST]:
    turned = ast.UnaryOp(op=ast.Not(), operand=node.test)
    yield ast.If(test=turned, body=node.body, orelse=node.orelse)


def _update(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield ast.Pass()
    yield ast.Assign(targets=[node.target], value=node.value, lineno=node.lineno)
    for other in _OTHER_OPERATORS.get(type(node.op), ())[:1]:
        yield ast.AugAssign(target=node.target, op=other(), value=node.value)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    """A call without one of its keywords, or the thing that it is called on, or its argument."""
    for index, keyword in enumerate(node.keywords):
        if keyword.arg == _GUARD:
            continue
        kept = [k for i, k in enumerate(node.keywords) if i != index]
        yield ast.Call(func=node.func, args=node.args, keywords=kept)
    if len(node.args) == 1 and not node.keywords:
        yield node.args[0]
    if isinstance(node.func, ast.Name) and node.func.id == "range" and len(node.args) == 1:
        one = ast.Constant(value=1)
        less = ast.BinOp(left=node.args[0], op=ast.Sub(), right=one)
        yield ast.Call(func=node.func, args=[less], keywords=[])
        yield ast.Call(func=node.func, args=[one, node.args[0]], keywords=[])


_ALTERNATIVES: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _comparison,
    ast.BoolOp: _logic,
    ast.Constant: _constant,
    ast.Attribute: _attribute,
    ast.Call: _calls,
    ast.IfExp: _choice,
    ast.If: _branch,
    ast.AugAssign: _update,
}

"""Supplies what newer Python and NumPy took away: `xrange`, `np.float`, arrays as numbers.

Students learn from older pages; none of this is what a question asks about. Each supplied name is
told in a sentence. Works on the statements of one file and knows nothing of answers.
"""

import ast
import builtins
import copy
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from grader.student.scopes import nodes_of
from grader.student.standins import ITERTOOLS_2, PYTHON_2

_TYPES: dict[str, type] = {
    **{
        name: getattr(builtins, name)
        for name in ("float", "int", "bool", "object", "complex", "str")
    },
    "float_": np.float64,
    "longfloat": np.longdouble,
    **dict.fromkeys(("complex_", "cfloat"), np.complex128),
    "singlecomplex": np.complex64,
    **dict.fromkeys(("string_", "bytes0"), np.bytes_),
    **dict.fromkeys(("unicode_", "str0"), np.str_),
    "bool8": np.bool_,
    "object0": np.object_,
    "int0": np.intp,
    "uint0": np.uintp,
    "long": int,
    "unicode": str,
}
_NUMBERS = {
    **dict.fromkeys(("Inf", "Infinity", "infty", "PINF"), np.inf),
    "NaN": np.nan,
    "NAN": np.nan,
    "NINF": -np.inf,
}
_FUNCTIONS: dict[str, Any] = {
    "product": np.prod,
    "cumproduct": np.cumprod,
    "sometrue": np.any,
    "alltrue": np.all,
    "in1d": np.isin,
    "trapz": np.trapezoid,
    "row_stack": np.vstack,
    "round_": np.round,
    "mat": np.asmatrix,
    "asscalar": lambda array: array.item(),
    "asfarray": lambda array, dtype=np.float64: np.asarray(array, dtype=dtype),
    "msort": lambda array: np.sort(array, axis=0),
    "alen": len,
    "rank": np.ndim,
    "math": math,
}
_WORDS = {
    "asscalar": "x.item()",
    "asfarray": "np.asarray(x, float)",
    "msort": "np.sort(x, axis=0)",
}
GONE: dict[str, Any] = {
    name: value
    for name, value in {**_TYPES, **_NUMBERS, **_FUNCTIONS}.items()
    if name not in np.__dict__
}
_NUMBER, _ELEMENT = "_grader_number", "_grader_element"
_CONVERSIONS = frozenset({"float", "int", "complex"})


class Aliases:
    """What one file uses of what is gone.

    Attributes:
        supplied: a sentence for each name that was supplied.
        names: what the file's own names need beside them.
    """

    def __init__(self, statements: Sequence[ast.stmt]) -> None:
        nodes = nodes_of(*statements)
        self._bound = set(_bound(nodes))
        self.names: dict[str, Any] = {_NUMBER: _number, _ELEMENT: _element}
        self.supplied = (*self._numpy(nodes), *self._python_2(nodes))

    def _numpy(self, nodes: Sequence[ast.AST]) -> Iterator[str]:
        """Names of older NumPy: given to the module, or to the file that takes all of it."""
        numpys = {
            alias.asname or alias.name
            for node in nodes
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name == "numpy"
        }
        used: dict[str, str] = {}
        for node in nodes:
            match node:
                case ast.Attribute(value=ast.Name(id=base), attr=name) if base in numpys:
                    used[name] = f"{base}.{name}"
                case ast.ImportFrom(module="numpy", names=aliases):
                    used.update((one.name, f"numpy.{one.name}") for one in aliases)
                case _:
                    pass
        if "*" in used:
            bare = [name for name in self._free(nodes) if name in GONE]
            used.update((name, name) for name in bare)
            self.names.update((name, GONE[name]) for name in bare)
        for name, shown in used.items():
            if name in GONE:
                setattr(np, name, GONE[name])
                yield f"{shown} is gone from newer NumPy; {_instead(name)} was used in its place"

    def _python_2(self, nodes: Sequence[ast.AST]) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module == "itertools":
                for name in (one.name for one in node.names if one.name in ITERTOOLS_2):
                    setattr(itertools, name, ITERTOOLS_2[name])
                    yield _of_python_2(name, ITERTOOLS_2[name])
        for name in self._free(nodes):
            if name in PYTHON_2:
                self.names[name] = PYTHON_2[name]
                yield _of_python_2(name, PYTHON_2[name])

    def _free(self, nodes: Sequence[ast.AST]) -> list[str]:
        """The names that the file uses, never binds, and that Python does not have."""
        used = (n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
        return [n for n in dict.fromkeys(used) if n not in self._bound and not hasattr(builtins, n)]

    def lenient(self, statement: ast.stmt) -> ast.stmt:
        """The statement, changed to take arrays of one element as numbers where they used to be."""
        for node in nodes_of(statement):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]):
                    if name in _CONVERSIONS and name not in self._bound:
                        _wrap_arguments(node)
                case ast.Call(func=ast.Attribute(value=ast.Name(id="math"))):
                    _wrap_arguments(node)
                case (
                    ast.Assign(targets=[ast.Subscript() as target])
                    | ast.AugAssign(target=ast.Subscript() as target)
                ) if _is_simple(target.value):
                    held = copy.deepcopy(target.value)
                    node.value = _call(_ELEMENT, [node.value, held], node.value)
                case _:
                    pass
        return statement


def _bound(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """All names that a file gives a meaning to, in any scope."""
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]
            case _:
                pass


def _wrap_arguments(call: ast.Call) -> None:
    call.args = [
        one if isinstance(one, ast.Starred | ast.Constant) else _call(_NUMBER, [one], one)
        for one in call.args
    ]


def _call(function: str, arguments: list[ast.expr], place: ast.expr) -> ast.Call:
    name = ast.copy_location(ast.Name(id=function, ctx=ast.Load()), place)
    return ast.copy_location(ast.Call(func=name, args=arguments, keywords=[]), place)


def _is_simple(node: ast.expr) -> bool:
    """Whether a value can be looked up twice without doing anything twice."""
    while isinstance(node, ast.Attribute) or (
        isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant | ast.Name)
    ):
        node = node.value
    return isinstance(node, ast.Name)


def _number(value: Any) -> Any:
    """An array of one element as one without axes; anything else as it is."""
    is_one = type(value) is np.ndarray and value.ndim and value.size == 1
    return value.reshape(()) if is_one else value


def _element(value: Any, held: Any) -> Any:
    """What is put into `held`: an array of numbers takes an array of one element as a number."""
    return _number(value) if type(held) is np.ndarray and held.dtype != object else value


def _of_python_2(name: str, value: Any) -> str:
    used = "functools.reduce" if name == "reduce" else value.__name__
    return f"{name} is gone since Python 3; {used} was used in its place"


def _instead(name: str) -> str:
    value = GONE[name]
    if name in _WORDS:
        return _WORDS[name]
    if name in _NUMBERS:
        return "np.nan" if value != value else ("np.inf" if value > 0 else "-np.inf")  # noqa: PLR0124  # the test for NaN
    if name == "math":
        return "the module math"
    is_builtin = getattr(value, "__module__", "") == "builtins"
    return value.__name__ if is_builtin else f"np.{value.__name__}"

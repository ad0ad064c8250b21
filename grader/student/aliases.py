"""Supplies what newer NumPy took away: `np.float`, `np.int`, `float(b)` of an array of one element.

Students learn from older pages; none of this is what a question asks about. Each supplied name is
told in a sentence. Works on the statements of one file and knows nothing of answers.
"""

import ast
import builtins
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

_TYPES: dict[str, type] = {
    **{
        name: getattr(builtins, name)
        for name in ("float", "int", "bool", "object", "complex", "str")
    },
    "float_": np.float64,
    "complex_": np.complex128,
    "long": int,
    "unicode": str,
}
_NUMBERS = {
    **dict.fromkeys(("Inf", "Infinity", "infty", "PINF"), np.inf),
    "NaN": np.nan,
    "NAN": np.nan,
    "NINF": -np.inf,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "product": np.prod,
    "cumproduct": np.cumprod,
    "sometrue": np.any,
    "alltrue": np.all,
    "in1d": np.isin,
    "trapz": np.trapezoid,
    "row_stack": np.vstack,
    "round_": np.round,
    "mat": np.asmatrix,
}
_GONE: dict[str, Any] = {
    name: value
    for name, value in {**_TYPES, **_NUMBERS, **_FUNCTIONS}.items()
    if name not in np.__dict__
}
_CONVERSIONS = {"float": "_float_of", "int": "_int_of", "complex": "_complex_of"}


class Aliases:
    """What one file uses of what is gone.

    Attributes:
        supplied: a sentence for each name that was supplied.
    """

    def __init__(self, statements: Sequence[ast.stmt]) -> None:
        nodes = [node for statement in statements for node in ast.walk(statement)]
        numpys = {
            alias.asname or alias.name
            for node in nodes
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name == "numpy"
        }
        used: dict[str, str] = {}
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if node.value.id in numpys and node.attr in _GONE:
                    used[node.attr] = f"{node.value.id}.{node.attr}"
            elif isinstance(node, ast.ImportFrom) and node.module == "numpy":
                used.update((a.name, f"numpy.{a.name}") for a in node.names if a.name in _GONE)
        for name in used:
            setattr(np, name, _GONE[name])
        self._shadowed = {n.id for n in nodes if isinstance(n, ast.Name) and _is_bound(n)}
        self.supplied = tuple(
            f"{shown} is gone from newer NumPy; {_instead(name)} was used in its place"
            for name, shown in used.items()
        )

    def rewritten(self, statement: ast.stmt) -> ast.stmt:
        """The statement, with conversions that take an array of one element as they used to."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                name = node.func.id
                is_plain = len(node.args) == 1 and not node.keywords
                if is_plain and name in _CONVERSIONS and name not in self._shadowed:
                    node.func.id = _CONVERSIONS[name]
        return statement


def _is_bound(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def conversions() -> dict[str, Callable[[Any], Any]]:
    """The functions that rewritten conversions call, by name."""
    return {name: _conversion(getattr(builtins, kind)) for kind, name in _CONVERSIONS.items()}


def _conversion(kind: type) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        if type(value) is np.ndarray and value.ndim and value.size == 1:
            value = value.reshape(())
        return kind(value)

    return convert


def _instead(name: str) -> str:
    value = _GONE[name]
    if name in _NUMBERS:
        return "np.nan" if value != value else ("np.inf" if value > 0 else "-np.inf")  # noqa: PLR0124  # the test for NaN
    if isinstance(value, type):
        return value.__name__ if value.__module__ == "builtins" else f"np.{value.__name__}"
    return f"np.{value.__name__}"

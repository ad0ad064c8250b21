"""Finds what a reference calls in its own file, and builds it again with one function changed.

Names, tables of functions and the general part behind a special case are followed; other modules
are not. Knows functions, and nothing of parts or tests.
"""

from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, FunctionType
from typing import Any

Function = Callable[..., Any]


class Reached:
    """A reference with the functions of its file that it calls, directly or not.

    Attributes:
        functions: per function how it is called in the file; the reference itself has no name.
    """

    def __init__(self, reference: Function, *, without: frozenset[Function] = frozenset()) -> None:
        self._fixed = reference.keywords if isinstance(reference, partial) else {}
        self._without = without
        self._tables: set[str] = set()
        self.functions: dict[FunctionType, str] = {}
        function = inner(reference)
        if isinstance(function, FunctionType):
            self._home, self._reference = function.__globals__, function
            self._follow(function, "")

    def changed(self, old: FunctionType, code: CodeType) -> Function:
        """The reference as it would be if `old` were what the code defines."""
        space = dict(self._home)
        new = {function: _moved(function, space) for function in self.functions}
        defined: dict[str, Any] = {}
        exec(code, space, defined)  # noqa: S102  # the author's own source, changed
        (new[old],) = defined.values()
        for name in self._tables:
            space[name] = _replaced(self._home[name], new)
        return partial(new[self._reference], **self._fixed)

    def _follow(self, function: FunctionType, name: str) -> None:
        self.functions[function] = name
        for called in dict.fromkeys(_names(function.__code__)):
            for found in _functions(self._home.get(called)):
                if found.__globals__ is not self._home or found in self._without:
                    continue
                self._tables.add(called)
                if found not in self.functions:
                    self._follow(found, called)


def inner(reference: Function | None) -> Function | None:
    """The function itself, behind what a special case fixes."""
    return reference.func if isinstance(reference, partial) else reference


def _names(code: CodeType) -> Iterator[str]:
    """The names that a function's code asks for, those of functions inside it included."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _functions(value: Any) -> Iterator[FunctionType]:
    """The functions that a value is, or holds in tables."""
    if isinstance(value, FunctionType):
        yield value
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _functions(item)


def _replaced(value: Any, new: dict[FunctionType, Any]) -> Any:
    """The value with functions replaced, in tables as well."""
    match value:
        case FunctionType():
            return new.get(value, value)
        case dict():
            return {key: _replaced(item, new) for key, item in value.items()}
        case list() | tuple():
            return type(value)(_replaced(item, new) for item in value)
        case _:
            return value


def _moved(function: FunctionType, space: dict[str, Any]) -> FunctionType:
    """The function with other globals."""
    moved = FunctionType(
        function.__code__, space, function.__name__, function.__defaults__, function.__closure__
    )
    moved.__kwdefaults__ = function.__kwdefaults__
    return moved

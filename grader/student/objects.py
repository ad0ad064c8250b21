"""Calls what is written as a class where a function was asked for.

A method `relu` of a class, or a class `relu` that is called or has a `forward`: an object is made
without values. Where that does not do, the sentence says what to write.
"""

import inspect
from collections.abc import Callable
from typing import Any

_CALLED = ("__call__", "forward")


class ObjectError(Exception):
    """No object can be made; the text is the sentence."""


class Objects:
    """The objects whose methods answer one part: one of each class, as a user would make it."""

    def __init__(self) -> None:
        self._made: dict[type, object] = {}

    def method(self, owner: type, name: str) -> Callable[..., Any]:
        """A method as a function."""
        raw = inspect.getattr_static(owner, name)
        parameters = [*inspect.signature(raw).parameters] if inspect.isfunction(raw) else []
        if parameters[:1] != ["self"]:
            return getattr(owner, name)  # type: ignore[no-any-return]  # static, of the class, or without `self`
        if owner not in self._made:
            wanted = f"def {name}({', '.join(parameters[1:])})"
            self._made[owner] = _made(
                owner,
                f"{name} is a method of the class {owner.__name__}, and no object of that can be"
                f" made without values; write a function outside of it: {wanted}",
            )
        return getattr(self._made[owner], name)  # type: ignore[no-any-return]  # whatever it is


def as_function(owner: type, sentence: str) -> tuple[str, Callable[..., Any]] | None:
    """A class as a function, with the method that is called, or None where it has none.

    Each call makes an object of its own.

    Args:
        owner: the class that stands where a function was wanted.
        sentence: said where an object takes values.
    """
    for name in _CALLED:
        if any(name in kind.__dict__ for kind in owner.__mro__):
            return name, _fresh(owner, name, sentence)
    return None


def _fresh(owner: type, name: str, sentence: str) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        return getattr(_made(owner, sentence), name)(*values, **named)

    return call


def _made(owner: type, sentence: str) -> Any:
    try:
        return owner()
    except TypeError as error:
        raise ObjectError(f"{sentence} ({error})") from None

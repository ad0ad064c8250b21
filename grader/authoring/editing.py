"""Makes wrong references of right ones: by edits of the source, or by what is returned instead.

Knows functions and their source; nothing of parts, tests or marks.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from grader.errors import did_you_mean

Function: TypeAlias = Callable[..., Any]
Edit: TypeAlias = tuple[str, str]
_LAMBDA = "answer"  # what a lambda is called where it is written as a function


class DeclarationError(Exception):
    """A declaration in a solution file can not be used; the message names part and declaration."""


@lru_cache(maxsize=64)  # a reference's source is asked for by each of its misconceptions
def source_of(function: Function) -> str:
    """The function's source from `def` on (its decorators would declare it again).

    A lambda is written as the function that it stands for.
    """
    if function.__name__ != "<lambda>":
        source = textwrap.dedent(inspect.getsource(function))
        return source[source.index("def ") :]
    lines, _ = inspect.findsource(function)
    tree = ast.parse("".join(lines))
    row = function.__code__.co_firstlineno
    here = [n for n in ast.walk(tree) if isinstance(n, ast.Lambda) and n.lineno == row]
    if len(here) != 1:
        raise DeclarationError(
            f"line {row} holds {len(here)} lambdas; write the reference on a line of its own"
        )
    (found,) = here
    body = ast.get_source_segment("".join(lines), found.body) or ""
    if not body or "\n" in body:
        body = ast.unparse(found.body)
    return f"def {_LAMBDA}({ast.unparse(found.args)}):\n    return {body}\n"


def wrong_reference(reference: Function | None, how: Any, what: str) -> Function:
    """The wrong reference that an author's `how` makes of the right one; `Any`, as authors slip.

    Raises:
        DeclarationError: it makes none; the message begins with `what`.
    """
    if callable(how):
        function: Function = how
        return function
    if reference is None:
        raise DeclarationError(
            f"{what} edits the reference, which is not declared yet; put it below the reference"
        )
    if isinstance(how, dict):
        return _with_outputs(reference, how)
    if isinstance(how, str):
        return _returning(reference, how, what)
    edits = [how] if isinstance(how, tuple) else how
    if not (isinstance(edits, list) and edits and all(map(_is_edit, edits))):
        raise DeclarationError(
            f'{what} is made by {how!r}; wanted an edit ("old", "new"), a list of edits, a '
            "text that is returned instead, {output: value} or a function"
        )
    return _edited(reference, edits, what)


def _is_edit(value: Any) -> bool:
    is_pair = isinstance(value, tuple) and len(value) == 2  # noqa: PLR2004  # old and new
    return is_pair and all(isinstance(text, str) for text in value)


def _edited(reference: Function, edits: list[Edit], what: str) -> Function:
    """The reference with edits of its source, each of which matches exactly once."""
    source = _source(reference, what)
    for old, new in edits:
        count = source.count(old)
        if count != 1:
            raise DeclarationError(
                f"{what} replaces {old!r}, which stands {_times(count)} in the reference; wanted "
                f"exactly once{_advice(old, count, source)}"
            )
        if old == new:
            raise DeclarationError(f"{what} replaces {old!r} by itself")
        source = source.replace(old, new)
    try:
        return _compiled(ast.parse(source), reference, what)
    except SyntaxError as error:
        raise DeclarationError(
            f"{what} is not valid Python after its edits: {(error.text or '').strip()!r}"
        ) from error


def _returning(reference: Function, expression: str, what: str) -> Function:
    """The reference, returning something else; it may use the reference's own names."""
    tree = ast.parse(_source(reference, what))
    (definition,) = tree.body
    assert isinstance(definition, ast.FunctionDef)
    returns = [node for node in ast.walk(definition) if isinstance(node, ast.Return)]
    if len(returns) != 1 or returns[0] is not definition.body[-1]:
        raise DeclarationError(
            f"{what} returns something else, but the reference does not end in its only return; "
            'use an edit ("old", "new") or a function'
        )
    try:
        value = ast.parse(f"({expression}\n)", mode="eval").body  # as behind `return`: also a, *b
    except SyntaxError as error:
        raise DeclarationError(
            f"{what} returns {expression!r}, which is no expression of Python: {error.msg}"
        ) from error
    (last,) = returns
    if last.value is not None and ast.dump(value) == ast.dump(last.value):
        raise DeclarationError(f"{what} returns {expression!r}, as the reference does")
    last.value = value
    return _compiled(ast.fix_missing_locations(tree), reference, what)


def _with_outputs(reference: Function, outputs: dict[str, Any]) -> Function:
    """The reference, with some outputs replaced by name; `expected` applies the names."""

    def function(**inputs: Any) -> dict[str, Any]:
        return {"": reference(**inputs), **outputs}

    return function


def _source(reference: Function, what: str) -> str:
    if not inspect.isfunction(reference):
        raise DeclarationError(
            f"{what} edits the reference, which has no source of its own; use {{output: value}} or "
            "a function"
        )
    return source_of(reference)


def _compiled(tree: ast.Module, reference: Function, what: str) -> Function:
    (definition,) = tree.body
    assert isinstance(definition, ast.FunctionDef)
    namespace: dict[str, Any] = {}
    # The author's own, edited source.
    exec(compile(tree, f"<{what}>", "exec"), reference.__globals__, namespace)  # noqa: S102
    function: Function = namespace[definition.name]
    return function


def _times(count: int) -> str:
    return {0: "nowhere", 2: "twice"}.get(count, f"{count} times")


def _advice(old: str, count: int, source: str) -> str:
    """How to write an edit that does not match."""
    if count > 1:
        return "; write more of what stands around it"
    if "".join(old.split()) in "".join(source.split()):
        return "; the reference has it with other spaces or line breaks"
    return did_you_mean(old, [source[at : at + len(old)] for at in range(len(source))])

"""Mutants: the reference with one small change each, which the tests have to notice.

They are run in this process. Knows the author's reference; which changes there are is known to
`changes`, and whether a mutant is right to `killing`.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from grader.authoring import DeclarationError, PartSolution, source_of
from grader.model import Record
from grader.verify.changes import changed
from grader.verify.reaching import Reached, inner

Function = Callable[..., Any]


class Mutant(Record, frozen=True, kw_only=True):
    """One change of a reference.

    Attributes:
        change: what stood there, and what stands there now ("a - b → a + b").
            Where it stood in a function that the reference calls, that one's name comes first.
        line: of the function, from 1.
    """

    change: str
    line: int
    function: Function


def mutants_of(declared: PartSolution) -> list[Mutant]:
    """All mutants of a part's reference and of what it calls in its file, in the order of lines.

    The references of other parts are left out: their own tests have to notice their mutants.
    """
    assert declared.reference_function is not None
    others = {inner(part.reference_function) for part in declared.solution.parts.values()}
    others -= {inner(declared.reference_function), None}
    reached = Reached(declared.reference_function, without=frozenset(filter(None, others)))
    found: dict[tuple[str, int], Mutant] = {}
    for function, name in reached.functions.items():
        for change, line, code in _changes(function):
            told = f"{name}: {change}" if name else change
            mutant = Mutant(change=told, line=line, function=reached.changed(function, code))
            found[told, line] = mutant
    return list(found.values())


def _changes(function: Function) -> Iterator[tuple[str, int, CodeType]]:
    """Each change of a function's source, with its line and the changed code."""
    try:
        tree = ast.parse(source_of(function))
    except (DeclarationError, OSError, SyntaxError):
        return  # it has no source of its own: several lambdas stand on one line
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    definition.returns = None
    for change, line in changed(definition):
        code = _compiled(tree)
        if code is not None:
            yield change, line, code


def _compiled(tree: ast.Module) -> CodeType | None:
    fixed = ast.fix_missing_locations(copy.deepcopy(tree))
    try:
        return compile(fixed, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return None

"""Puts together what of a file is run for the names that are wanted, as code.

Leaves out what would undo a definition and what nothing needs, makes functions of methods, and
supplies what newer libraries took away. Runs nothing, and knows nothing of modules.
"""

import __future__

import ast
import itertools
from collections.abc import Sequence
from types import CodeType
from typing import Any

import msgspec

from grader.student.aliases import Aliases
from grader.student.definitions import methods, passed_over
from grader.student.objects import Objects
from grader.student.slicing import needed_statements

_ANNOTATIONS = __future__.annotations.compiler_flag
_METHOD = "_grader_method"


class Excerpt(msgspec.Struct, frozen=True):
    """What is run, one after the other in one namespace.

    Attributes:
        codes: a file's, or of a notebook those of its cells.
        names: what the namespace must hold before.
        supplied: a sentence for each thing that the file itself does not have.
    """

    codes: tuple[CodeType, ...]
    names: dict[str, Any]
    supplied: tuple[str, ...]


def excerpt(
    path: str,
    trees: Sequence[tuple[str, ast.Module]],
    names: tuple[str, ...],
    kept: tuple[str, ...],
    *,
    is_lenient: bool,
) -> Excerpt:
    """What the names need of a file.

    Args:
        path: the file.
        trees: its syntax trees, each with the name that its lines go by; they are changed.
        names: what is wanted of it; without any, all of it is run.
        kept: the names whose definitions nothing below them may undo.
        is_lenient: whether arrays of one element are taken as numbers.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `compile`.
    """
    body = [(file, node) for file, tree in trees for node in tree.body]
    left_out = passed_over([node for _, node in body], kept)
    body = [one for place, one in enumerate(body) if place not in left_out]
    owners = methods([node for _, node in body], names)
    body += [(path, _method(name, owner)) for name, owner in owners.items()]
    needed: Sequence[tuple[int, ast.stmt]] = list(enumerate(node for _, node in body))
    if names:
        needed = needed_statements([node for _, node in body], names)
    aliases = Aliases([node for _, node in needed])
    codes = []
    for file, group in itertools.groupby(needed, key=lambda one: body[one[0]][0]):
        nodes = [aliases.lenient(node) if is_lenient else node for _, node in group]
        codes.append(compiled(ast.Module(body=nodes, type_ignores=[]), file))
    made = (
        f"{name} is a method of the class {owner}; an object of it was made"
        for name, owner in owners.items()
    )
    return Excerpt(
        codes=tuple(codes),
        names={**aliases.names, _METHOD: Objects().method},
        supplied=(*made, *aliases.supplied),
    )


def compiled(source: ast.Module | bytes, path: str) -> CodeType:
    """Code whose lines go by the relative path, so that no folder of ours is in a traceback.

    No annotation is evaluated, so that a type which nobody imported costs nothing.
    """
    code: CodeType = compile(source, path, "exec", flags=_ANNOTATIONS, dont_inherit=True)
    return code


def _method(name: str, owner: str) -> ast.stmt:
    """`name = <the method of an object of the class>`, as a statement behind the file's own."""
    return ast.parse(f"{name} = {_METHOD}({owner}, {name!r})").body[0]

"""Finds files that do nothing but import and define, from their bytecode.

Such a file is run as it is: leaving statements out would give the same functions, and to look at
its syntax tree takes longer than most answers do. It only looks at code and runs nothing.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from opcode import opmap
from types import CodeType

from grader.student.aliases import GONE
from grader.student.standins import ITERTOOLS_2, PYTHON_2

_DEFINING = frozenset(
    opmap[name]
    for name in (
        "BUILD_CONST_KEY_MAP",
        "BUILD_TUPLE",
        "IMPORT_FROM",
        "IMPORT_NAME",
        "LOAD_CONST",
        "LOAD_NAME",
        "LOAD_SMALL_INT",
        "MAKE_FUNCTION",
        "NOP",
        "POP_TOP",
        "RESUME",
        "RETURN_CONST",
        "RETURN_VALUE",
        "SET_FUNCTION_ATTRIBUTE",
        "STORE_NAME",
    )
    if name in opmap  # each version of Python has some of them
)
_IMPORT, _FROM, _STORE = opmap["IMPORT_NAME"], opmap["IMPORT_FROM"], opmap["STORE_NAME"]
_OLD = frozenset([*GONE, *ITERTOOLS_2, *PYTHON_2])
# Of these only `np.float` is old and `float` is not, which no bytecode tells apart.
_OF_NUMPY = frozenset({"bool", "complex", "float", "int", "math", "object", "str"})
_ATTRIBUTES = re.compile(rb"\.\s*(?:%b)\b" % "|".join(sorted(_OF_NUMPY)).encode())


def is_inert(code: CodeType, source: bytes, names: Sequence[str]) -> bool:
    """Whether running a file imports what is there already, defines each name once, and no more.

    Args:
        code: the file, compiled as a module.
        source: its bytes.
        names: what is wanted of it; all must be defined.
    """
    if not _DEFINING.issuperset(code.co_code[::2]):
        return False
    stored = _arguments(code, _STORE)
    return (
        len(set(stored)) == len(stored)
        and set(names).issubset(stored)
        and sys.modules.keys() >= set(_arguments(code, _IMPORT))
        and _OLD.isdisjoint(_arguments(code, _FROM))
        and _OLD.intersection(code.co_names) <= _OF_NUMPY
        and all(map(_is_plain, _functions(code)))
        and _ATTRIBUTES.search(source) is None
    )


def _arguments(code: CodeType, operation: int) -> list[str]:
    """The names that the operations of one kind are about."""
    pairs = zip(code.co_code[::2], code.co_code[1::2], strict=True)
    return [code.co_names[argument] for found, argument in pairs if found == operation]


def _is_plain(function: CodeType) -> bool:
    """Whether a function imports nothing, and uses no name that is gone."""
    return (
        _IMPORT not in function.co_code[::2] and _OLD.intersection(function.co_names) <= _OF_NUMPY
    )


def _functions(code: CodeType) -> Iterator[CodeType]:
    """All functions and classes in a file, also inside of others."""
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield constant
            yield from _functions(constant)

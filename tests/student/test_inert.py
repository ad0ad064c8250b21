"""Which files are run as they are, and that nothing comes of it but speed."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator

import pytest

from grader.student.inert import is_inert
from grader.student.slicing import needed_statements
from tests.student import habits
from tests.student.habits.habit import Habit
from tests.student.test_calls import run, value

PLAIN = '''"""Homework."""
from __future__ import annotations
import math, numpy as np
from math import exp
EPS = 1e-8
SHAPE = (2, 3)
def g(x: Tensor, *, eps=1e-5): return math.exp(x) + eps
def f(x, y=EPS):
    """Calls another."""
    return g(x), float(y)
'''


def inert(source: str, *names: str) -> bool:
    return is_inert(compile(source, "a.py", "exec", dont_inherit=True), source.encode(), names)


def test_imports_constants_and_functions_are_inert() -> None:
    assert inert(PLAIN, "f")
    assert inert(PLAIN, "f", "g")


@pytest.mark.parametrize(
    "more",
    [
        "print('hello')",
        "x = f(2)",
        "class A: pass",
        "@f\ndef h(): pass",
        "for i in 1, 2: pass",
        "if __name__ == '__main__': pass",
        "from math import *",
        "import antigravity",
        "from . import utils",
        "from utils import helper",
        "from itertools import izip",
        "from numpy import product",
        "def f(x): pass",
        "EPS += 1",
        "def h(x): return np.float(x)",
        "def h(x): return np . int(x)",
        "def h(x): return np.product(x)",
        "def h(x): return xrange(x)",
        "def h(x):\n    import torch\n    return torch",
        "def h(x):\n    def inner():\n        from math import sin\n        return sin\n    return inner",
    ],
)
def test_whatever_needs_a_closer_look_is_not(more: str) -> None:
    assert inert(PLAIN)
    assert not inert(f"{PLAIN}\n{more}")


def test_a_file_without_what_is_wanted_is_not() -> None:
    assert not inert(PLAIN, "missing")


def test_an_import_that_fails_is_left_out_where_nothing_needs_it() -> None:
    source = "from math import nothing\nimport math\ndef f(x): return math.floor(x)"
    assert inert(source, "f")
    assert value(source) == 2


def test_a_name_that_another_file_brought_back_is_told_all_the_same() -> None:
    source = "from numpy import product\ndef f(x): return product(x)"
    assert run(source).remarks == run(source).remarks
    assert "product is gone from newer NumPy" in "; ".join(run(source).remarks)


def handed_in() -> Iterator[tuple[str, ast.Module]]:
    """All Python files of the habits that can be compiled."""
    for module in pkgutil.iter_modules(habits.__path__, f"{habits.__name__}."):
        for found in vars(importlib.import_module(module.name)).values():
            made = found.values() if isinstance(found, dict) else ()
            for files in (one.files for one in made if isinstance(one, Habit)):
                for path, data in files.items():
                    text = data if isinstance(data, str) else data.decode(errors="replace")
                    try:
                        yield text, ast.parse(text, path)
                    except (SyntaxError, ValueError):
                        continue


def test_of_an_inert_file_the_statements_that_are_needed_give_the_same_functions() -> None:
    seen = 0
    for text, tree in handed_in():
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        if not names or not inert(text, *names):
            continue
        seen += 1
        body = [node for _, node in needed_statements(tree.body, names)]
        needed = compile(ast.Module(body, []), "a.py", "exec", dont_inherit=True)
        whole = compile(text, "a.py", "exec", dont_inherit=True)
        functions = [
            {one.co_name: one for one in code.co_consts if hasattr(one, "co_name")}
            for code in (needed, whole)
        ]
        assert functions[0] == functions[1]
    assert seen > 50

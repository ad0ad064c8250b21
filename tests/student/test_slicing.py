"""Which statements of a file a function needs, and what newer libraries took away."""

import ast

import pytest

from grader.student.slicing import needed_statements
from grader.student.wire import Returned
from tests.student.test_calls import failure, run, value


def needed(source: str, name: str = "f") -> str:
    found = needed_statements(ast.parse(source).body, [name])
    return "; ".join(ast.unparse(node).splitlines()[0] for _, node in found)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a, b\ndef f(): return a", "import a; def f():"),
        ("from a import b, c\ndef f(): return b", "from a import b; def f():"),
        ("import a.b, a.c\ndef f(): return a.b", "import a.b; import a.c; def f():"),
        ("from a import *\nfrom b import c\ndef f(): return x", "from a import *; def f():"),
        ("x = 1\ny = 2\ndef f(): return x", "x = 1; def f():"),
        ("x = 1\nx = 2\ndef f(): return x", "x = 2; def f():"),
        ("x = 1\nx += 1\ndef f(): return x", "x = 1; x += 1; def f():"),
        ("x = {}\nx['a'] = 1\ndef f(): return x", "x = {}; x['a'] = 1; def f():"),
        ("x = []\nx.append(1)\ndef f(): return x", "x = []; x.append(1); def f():"),
        ("a, b = 1, 2\ndef f(): return b", "a, b = (1, 2); def f():"),
        ("if 1:\n    x = 1\ndef f(): return x", "if 1:; def f():"),
        ("def g(): pass\ng = h(g)\ndef h(k): return k\nf = g", "def g():; g = h(g); f = g"),
        ("def g(): pass\nf = g\ndef g(): return 2", "def g():; f = g"),
        ("def f(): return g()\ndef g(): return f()", "def f():; def g():"),
        ("class A: pass\nclass B(A): pass\ndef f(): return B()", "class A:; class B(A):; def f():"),
        ("d = 3\ndef f(x=d): return x", "d = 3; def f(x=d):"),
        ("@deco\ndef f(): pass\ndef deco(g): return g", "@deco"),
        ("def deco(g): return g\n@deco\ndef f(): pass", "def deco(g):; @deco"),
        (
            "x = 0\ndef init():\n    global x\n    x = 1\ninit()\ndef f(): return x",
            "x = 0; def init():; init(); def f():",
        ),
        ("def f(): return 1\nif __name__ == '__main__':\n    f()", "def f():"),
        ("def f(): return 1\nf()\nprint(f())\nout = f()", "def f():"),
        (
            "import sys\nsys.setrecursionlimit(9999)\ndef f(): pass",
            "import sys; sys.setrecursionlimit(9999); def f():",
        ),
        ("import sys\nsys.exit()\ndef f(): return sys", "import sys; def f():"),
        (
            "import numpy as np\nnp.savetxt('x', y)\ndef f(): return np",
            "import numpy as np; def f():",
        ),
        (
            "all = {}\ndef register(g):\n    all[g] = g\n@register\ndef g(): pass\ndef f(): return all",
            "all = {}; def register(g):; @register; def f():",
        ),
        ("x = 3\nf = lambda: x", "x = 3; f = lambda: x"),
        (
            "try:\n    import a\nexcept ImportError:\n    a = None\ndef f(): return a",
            "try:; def f():",
        ),
        ("from a import *\nimport b\ndef f(): return b", "import b; def f():"),
        ("def f(): pass\n@f.register\ndef _(x): pass", "def f():; @f.register"),
        ("import a\n@a.jit\ndef g(): pass\ndef f(): return a", "import a; def f():"),
        ("x = A()\nsetattr(x, 'a', 1)\ndef f(): return x", "x = A(); setattr(x, 'a', 1); def f():"),
        ("t = {}\nfor i in x:\n    t[i] = 1\ndef f(): return t", "t = {}; for i in x:; def f():"),
        ("t = []\nif x:\n    t.append(1)\ndef f(): return t", "t = []; if x:; def f():"),
        ("t = {}\nfill(t)\ndef f(): return t", "t = {}; fill(t); def f():"),
        ("def check(g): g()\ndef f(): pass\ncheck(f)", "def f():"),
        ("import a\na.show(t)\nt = 1\ndef f(): return t", "t = 1; def f():"),
        ("for x in data: pass\ndef f(x): return x", "def f(x):"),
        ("for x in data: pass\ndef f():\n    x = 1\n    return x", "def f():"),
        ("for x in data: pass\ndef f(y): return [x for x in y]", "def f(y):"),
        ("for x in data: pass\ndef f(y): return map(lambda x: x, y)", "def f(y):"),
        ("x = 1\ndef f():\n    def g(): return x\n    return g", "x = 1; def f():"),
        ("x = 1\ndef f():\n    global x\n    return x", "x = 1; def f():"),
        ("x = 1\ndef f():\n    global x\n    x += 1", "x = 1; def f():"),
        ("x = 1\nz = [x for x in a]\ndef f(): return x", "x = 1; def f():"),
        (
            "from __future__ import division\ndef f(): return 1 / 2",
            "from __future__ import division; def f():",
        ),
    ],
)
def test_names_are_followed(source: str, expected: str) -> None:
    assert needed(source) == expected


def test_a_file_costs_only_what_is_needed_of_it() -> None:
    source = (
        "from past.builtins import xrange\nfrom .im2col_cython import col2im\nimport matplotlib\n"
        "data = open('cifar.pkl').read()\nraise SystemExit\n"
        "def f(x): return x\nif __name__ == '__main__':\n    1 / 0\n"
    )
    reply = run(source)
    assert isinstance(reply.result, Returned)
    assert reply.remarks == ()


def test_a_needed_line_that_fails_is_told() -> None:
    assert failure("y = open('missing')\nz = 1 / 0\ndef f(x): return y").message.startswith(
        "a.py does not load: raised FileNotFoundError"
    )


@pytest.mark.parametrize(
    ("code", "remark"),
    [
        ("np.float(x)", "np.float is gone from newer NumPy; float was used in its place"),
        (
            "np.array([x]).astype(np.int)[0]",
            "np.int is gone from newer NumPy; int was used in its place",
        ),
        (
            "np.product([x, 1])",
            "np.product is gone from newer NumPy; np.prod was used in its place",
        ),
        ("x if np.Inf > 3 else 0", "np.Inf is gone from newer NumPy; np.inf was used in its place"),
    ],
)
def test_names_that_numpy_removed_are_supplied_with_a_remark(code: str, remark: str) -> None:
    reply = run(f"import numpy as np\ndef f(x): return {code}")
    assert isinstance(reply.result, Returned), reply.result
    assert reply.remarks == (remark,)


def test_an_array_of_one_element_is_still_a_number() -> None:
    source = "import numpy as np\ndef f(x): return float(np.array([x])), int(np.array([[3]]))"
    assert value(source, signature="f(x) -> y, z") == (2, 3)


def test_conversions_are_otherwise_what_they_were() -> None:
    source = "def f(x): return isinstance(x, float) and float('2.5') and int('11', 2)"
    assert value(source) == 3
    assert value("float = lambda x: 7\ndef f(x): return float(x)") == 7


def test_a_future_import_holds_for_the_file() -> None:
    assert value("from __future__ import annotations\ndef f(x: Nowhere): return x") == 2


def test_code_as_students_write_it_is_loaded() -> None:
    """A package with relative imports, leftovers of Python 2, missing helpers and data."""
    files = {
        "pkg/a.py": "from past.builtins import xrange\nfrom .im2col import fast\nimport cPickle\n"
        "from .utils import one\ndata = cPickle.load(open('/data'))\n"
        "def f(x):\n    return one() + x\nif __name__ == '__main__':\n    f(data)\n",
        "pkg/utils.py": "import tensorflow as tf\ndef one(): return 1\n",
        "old.py": "print 'hello'",
    }
    assert value(files, file="pkg/a.py") == 3
    used = {"a.py": "from past.builtins import xrange\ndef f(x): return sum(xrange(3))"}
    assert value(used) == 3

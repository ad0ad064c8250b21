"""Loading a student's file and calling what it defines, each end as data."""

import io
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from grader.student.calls import Function
from grader.student.loading import StudentFiles
from grader.student.packing import Value, pack, unpack
from grader.student.signature import parse_signature
from grader.student.wire import CaseReply, FunctionAnswer, Place, Raised, Returned


@contextmanager
def function(
    source: str | dict[str, str],
    *,
    signature: str = "f(x) -> y",
    file: str = "a.py",
    imports: tuple[str, ...] = ("numpy",),
    **answer: Any,
) -> Iterator[Function]:
    files = {"a.py": source} if isinstance(source, str) else source
    data = {path: text.encode() for path, text in files.items()}
    with StudentFiles(data, "/nowhere") as loaded:
        called = FunctionAnswer(place=Place(file=file), **answer)
        yield Function(loaded, called, parse_signature(signature), imports)


def run(source: str | dict[str, str], *inputs: Value, **options: Any) -> CaseReply:
    with function(source, **options) as made:
        return made.run(tuple(map(pack, inputs or (2.0,))))


def value(source: str | dict[str, str], *inputs: Value, **options: Any) -> Value:
    result = run(source, *inputs, **options).result
    assert isinstance(result, Returned), result
    return unpack(result.value)


def failure(source: str | dict[str, str], *inputs: Value, **options: Any) -> Raised:
    result = run(source, *inputs, **options).result
    assert isinstance(result, Raised), result
    return result


# --- calling ------------------------------------------------------------------------------------


def test_inputs_are_bound_by_position() -> None:
    assert value("def f(b, a): return b - a", 5, 3, signature="f(a, b) -> y") == 2


def test_any_callable_will_do() -> None:
    assert value("f = lambda x: x + 1") == 3
    assert value("class K:\n    def __call__(self, x): return -x\nf = K()") == -2
    assert value("import math\nf = math.sqrt", 9.0) == 3


def test_several_outputs_come_back_as_a_tuple() -> None:
    assert value("def f(x): return x, 2 * x", signature="f(x) -> y, z") == (2, 4)


def test_a_file_is_not_run_as_a_script() -> None:
    assert value("def f(x): return __name__ == '__main__'") is False


def test_each_case_gets_fresh_inputs_and_changes_are_remarked() -> None:
    with function("def f(x):\n    x[0] = 9\n    return x", signature="f(x[N]) -> y[N]") as made:
        inputs = (pack(np.zeros(2)),)
        first, second = made.run(inputs), made.run(inputs)
    assert first == second
    assert first.remarks == ("changed its input x in place",)


def test_nan_in_an_input_is_no_change() -> None:
    reply = run("def f(x): return 0", np.array([np.nan]), signature="f(x[N]) -> y")
    assert reply.remarks == ()


def test_each_case_sees_the_same_random_numbers() -> None:
    source = "import random, numpy as np\ndef f(x): return random.random(), np.random.rand()"
    with function(source, signature="f(x) -> y, z") as made:
        replies = [made.run((pack(1.0),)) for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]


def test_prints_are_kept_and_remarked() -> None:
    reply = run("def f(x):\n    print('x is', x)\n    return x")
    assert reply.printed == "x is 2.0\n"
    assert reply.remarks == ("prints while it runs",)


@pytest.mark.parametrize("end", ["close", "detach"])
def test_prints_are_kept_after_a_case_has_ended_its_streams(end: str) -> None:
    source = f"import sys\ndef f(x):\n    print(x)\n    sys.stdout.{end}()\n    return x"
    with function(source) as made:
        replies = [made.run((pack(x),)) for x in (1.0, 2.0)]
    assert [reply.printed for reply in replies] == ["1.0\n", "2.0\n"]
    assert all(isinstance(reply.result, Returned) for reply in replies)


def test_a_flood_of_prints_is_cut() -> None:
    reply = run("def f(x):\n    for _ in range(1000): print('y' * 1000)\n    return x")
    assert isinstance(reply.result, Returned)
    assert reply.printed.endswith("… (999,000 more characters)")
    assert len(reply.printed) < 2_100


def test_a_warning_is_shown_but_is_no_print() -> None:
    source = "import warnings\ndef f(x):\n    warnings.warn('careful')\n    return x"
    with pytest.warns(UserWarning, match="careful"):
        reply = run(source)
    assert "prints while it runs" not in reply.remarks


# --- the part's own call ------------------------------------------------------------------------

CALL = "out, cache = forward(x)\ndx = backward(1.0, cache)"


def test_a_call_passes_the_students_own_cache() -> None:
    source = "def forward(x): return x * x, x\ndef backward(dy, cache): return dy * 2 * cache"
    assert value(
        source, 3.0, signature="dx(x) -> dx", call=CALL, provides=("forward", "backward")
    ) == (6,)


def test_a_call_that_the_functions_do_not_fit_quotes_the_statement() -> None:
    source = "def forward(x): return x\ndef backward(dy, cache): return dy"
    failed = failure(
        source, 3.0, signature="dx(x) -> dx", call=CALL, provides=("forward", "backward")
    )
    assert failed.reason == "wrong arguments"
    assert failed.message.startswith("`out, cache = forward(x)` fails: TypeError: cannot unpack")


def test_a_call_needs_all_that_it_names() -> None:
    failed = failure("def forward(x): return x", call=CALL, provides=("forward", "backward"))
    assert (failed.reason, failed.message) == (
        "not defined",
        "a.py defines no backward when it is run",
    )


# --- failing ------------------------------------------------------------------------------------


def test_an_exception_is_told_with_type_text_and_line() -> None:
    failed = failure("def f(x):\n    return g(x)\n\ndef g(x):\n    return x / 0\n")
    assert failed.message == "raised ZeroDivisionError: float division by zero at line 5 of a.py"
    assert [(f.place.line, f.function, f.source) for f in failed.frames] == [
        (2, "f", "return g(x)"),
        (5, "g", "return x / 0"),
    ]


@pytest.mark.parametrize(
    ("source", "reason", "message"),
    [
        ("def f(x): return f(x)", "recursion too deep", "recursion too deep at line 1 of a.py"),
        ("def f(x): raise MemoryError", "out of memory", "out of memory at line 1 of a.py"),
        ("import sys\ndef f(x): sys.exit(3)", "exited", "ended the program at line 2 of a.py"),
        ("def f(x): raise KeyboardInterrupt", "exception", "raised KeyboardInterrupt at line 1"),
        ("def g(x): pass", "not defined", "a.py defines no f when it is run"),
        ("f = 3", "not callable", "f in a.py is no function; it is of type int"),
        ("def f(x, y): pass", "wrong arguments", "f(x, y) can not be called as f(x): "),
        ("def f(): pass", "wrong arguments", "f() can not be called as f(x): "),
        ("def f(x): return np.exp(x)", "exception", "is `import numpy as np` missing?"),
        ("def f(x): return input()", "exception", "input() has nothing to read here"),
        ("def f(x): return len(x)", "exception", "raised TypeError: object of type 'float'"),
        ("y = 1 / 0\ndef f(x): return y", "does not load", "a.py does not load: raised ZeroDiv"),
        ("raise SystemExit", "exited", "a.py does not load: ended the program"),
        (
            "class f:\n    def g(self): pass",
            "wrong arguments",
            "f is a class; wanted a function f(x)",
        ),
        ("def f(x:", "does not load", "can not be read as Python 3: "),
    ],
)
def test_each_end_has_a_reason_and_a_sentence(
    source: str, reason: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    failed = failure(source)
    assert failed.reason == reason
    assert message in failed.message


def test_an_exception_that_lies_about_itself_is_still_told() -> None:
    source = (
        "class Liar(Exception):\n    def __str__(self): raise SystemExit\ndef f(x): raise Liar\n"
    )
    assert failure(source).message == "raised Liar at line 3 of a.py"


def test_a_long_text_is_cut() -> None:
    assert len(failure("def f(x): raise ValueError('y' * 10**6)").message) < 700


# --- files beside it ----------------------------------------------------------------------------


def test_siblings_and_packages_can_be_imported() -> None:
    files = {
        "a.py": "import utils\nfrom pkg.deep import twice\nfrom .utils import one\n"
        "def f(x): return twice(x) + utils.one() + one()",
        "utils.py": "def one(): return 1",
        "pkg/deep.py": "from .number import two\nfrom . import number\ndef twice(x): return two * x",
        "pkg/number.py": "two = 2",
    }
    assert value(files) == 6


def test_siblings_in_the_answers_own_folder_come_first() -> None:
    files = {
        "week 2/a.py": "import utils\ndef f(x): return utils.where",
        "week 2/utils.py": "where = 'beside'",
        "utils.py": "where = 'above'",
    }
    assert value(files, file="week 2/a.py") == "beside"


def test_a_students_file_never_shadows_a_library() -> None:
    files = {
        "a.py": "import random, numpy\n"
        "def f(x): return hasattr(random, 'Random') and hasattr(numpy, 'ndarray')",
        "random.py": "",
        "numpy.py": "",
    }
    assert value(files) is True
    assert value({"random.py": "def f(x): return 7"}, file="random.py") == 7
    assert random.__name__ == "random"


def test_a_file_with_the_name_of_a_library_of_ours_is_the_students() -> None:
    files = {"a.py": "import yaml\ndef f(x): return yaml.answer", "yaml.py": "answer = 42"}
    before = sys.modules.get("yaml")
    try:
        assert value(files) == 42
    finally:
        if before is not None:
            sys.modules["yaml"] = before


def test_loading_again_starts_afresh() -> None:
    source = "count = 0\ndef f(x):\n    global count\n    count += 1\n    return count"
    assert value(source) == 1
    assert value(source) == 1


# --- imports ------------------------------------------------------------------------------------


def test_an_import_that_is_not_allowed_is_refused_where_it_is_used() -> None:
    failed = failure("import numpy\nimport torch.nn as t\n\ndef f(x):\n    return t.relu(x)\n")
    assert failed.reason == "import refused"
    assert failed.message == (
        "torch is not allowed in this part: line 2 of a.py, `import torch.nn as t` (allowed: numpy,"
        " Python's standard library; no file of the submission is called torch)"
    )
    assert failed.frames[-1].place.line == 5


def test_an_import_that_nothing_needs_costs_nothing() -> None:
    source = (
        "import matplotlib.pyplot as plt\nfrom torch import nn, Tensor\n"
        "class Net(nn.Module):\n    pass\n"
        "@nn.no_grad()\ndef g(x: Tensor | None) -> list[Tensor]: pass\n"
        "device = nn.device('cuda' if nn.is_available() else 'cpu')\n"
        "def f(x): return x\n"
    )
    reply = run(source)
    assert isinstance(reply.result, Returned)
    assert reply.remarks == ()
    reply = run(source + "unused = plt, Net, g, device\ndef h(): return unused\nf.later = h")
    assert isinstance(reply.result, Returned)
    assert reply.remarks == (
        "imports matplotlib, which is not allowed in this part; nothing that ran needed it",
        "imports torch, which is not allowed in this part; nothing that ran needed it",
    )


def test_an_import_inside_try_fails_as_the_student_expects() -> None:
    source = "try:\n    import torch\nexcept ImportError:\n    torch = None\ndef f(x): return torch"
    assert value(source) is None


def test_an_import_inside_a_function_is_refused_there() -> None:
    assert failure("def f(x):\n    import scipy\n    return x").message.startswith(
        "scipy is not allowed in this part: line 2 of a.py, `import scipy`"
    )


def test_a_star_import_that_may_be_needed_is_refused_at_once() -> None:
    assert failure("from scipy import *\ndef f(x): return expit(x)").reason == "import refused"


def test_a_part_may_forbid_numpy() -> None:
    failed = failure("import numpy as np\ndef f(x): return np.exp(x)", imports=())
    assert failed.reason == "import refused"


def test_libraries_import_what_they_need() -> None:
    assert value("import decimal, statistics\ndef f(x): return statistics.mean([x, x])") == 2

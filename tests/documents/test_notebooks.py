"""Functions and typed answers in notebooks, and loading no more of them than is needed."""

from typing import Any

import pytest

from grader.student.calls import Function
from grader.student.loading import StudentFiles
from grader.student.packing import pack, unpack
from grader.student.reading import read_submission
from grader.student.signature import parse_signature
from grader.student.wire import (
    Asked,
    CaseReply,
    Found,
    FunctionAnswer,
    Index,
    Place,
    Raised,
    Returned,
    Source,
)
from tests.documents.notebook import notebook

ASKED = (
    Asked(number="5.1a", key="nets/v1", kind="computed", names=("depthwise", "total")),
    Asked(number="5.1b", key="nets/ratio", kind="computed", names=("ratio",), inputs=("K",)),
    Asked(number="5.2", key="nets/v2", kind="computed", names=("total",)),
    Asked(number="5.3", key="nets/claims", kind="choice", names=("smaller", "cheaper")),
)


def index(data: bytes, name: str = "hw.ipynb") -> Index:
    return read_submission((Source(path=name, data=data),), ASKED)


def texts(data: bytes, name: str = "hw.ipynb") -> dict[tuple[str, ...], str]:
    return {found.key: found.text for found in index(data, name).found if found.kind == "text"}


def functions(data: bytes) -> dict[str, Place]:
    return {found.key[0]: found.place for found in index(data).found if found.kind == "function"}


def run(
    data: bytes, *inputs: float, name: str = "hw.ipynb", signature: str = "f(x) -> y"
) -> CaseReply:
    with StudentFiles({name: data}, "/nowhere") as files:
        answer = FunctionAnswer(place=Place(file=name))
        made = Function(files, answer, parse_signature(signature), ("numpy",))
        return made.run(tuple(map(pack, inputs or (2.0,))))


def value(data: bytes, *inputs: float, **options: Any) -> object:
    result = run(data, *inputs, **options).result
    assert isinstance(result, Returned), result
    return unpack(result.value)


# --- what is found ------------------------------------------------------------------------------


def test_functions_are_found_with_cell_and_line() -> None:
    data = notebook("md:# Homework", "import numpy as np", "\n\ndef f(x):\n    return x\n")
    assert functions(data) == {"f": Place(file="hw.ipynb", line=3, column=1, cell=3)}


def test_of_several_definitions_the_last_cell_counts() -> None:
    data = notebook("def f(x): return 1", "def f(x): return 2")
    assert functions(data)["f"].cell == 2
    assert value(data) == 2


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("answer_5_2 = '309'", {("nets/v2",): "309"}),
        ("answer_5_2 = 72 + 180 + 57", {("nets/v2",): "72 + 180 + 57"}),
        ("ans_5_1b = r'\\frac{1}{K^2}'", {("nets/ratio",): "\\frac{1}{K^2}"}),
        ("answer_5_1_b = '1/K**2'", {("nets/ratio",): "1/K**2"}),
        ("q5_2_total = 309", {("nets/v2", "total"): "309"}),
        (
            "answer_5_1a = {'depthwise': 30, 'total': '30 + 512'}",
            {("nets/v1", "depthwise"): "30", ("nets/v1", "total"): "30 + 512"},
        ),
        ("answer_5_1a = dict(depthwise=30)", {("nets/v1", "depthwise"): "30"}),
        ("answer_5_1a = [30, 542]", {("nets/v1", "0"): "30", ("nets/v1", "1"): "542"}),
        ("answer_5_1a_depthwise = 30", {("nets/v1", "depthwise"): "30"}),
        ("answer_5_3 = {'smaller': True}", {("nets/claims", "smaller"): "True"}),
        ("answer_5_2 = ...  # your answer", {}),
        ("answer_5_2 = None", {}),
        ("answer_5_2 = 1\nanswer_5_2 = 309", {("nets/v2",): "309"}),
        ("answer_5_1a = '3'\nanswer_5_1a = {'total': 3}", {("nets/v1", "total"): "3"}),
        ("answers = {'5.2': 309, '9.9': 1}", {("nets/v2",): "309"}),
        ("answers = {}\nanswers['5.1a'] = {'total': 3}", {("nets/v1", "total"): "3"}),
        ("answers = {}\nanswers['5.1a']['total'] = 3", {("nets/v1", "total"): "3"}),
        ("n = 3\nanswer_5_2 = 2 * (n + 1)", {("nets/v2",): "2 * (3 + 1)"}),
        ("n = a + 1\nanswer_5_2 = 2 * n", {("nets/v2",): "2 * (a + 1)"}),
        ("n = '3 * 9'\nanswer_5_2 = n", {("nets/v2",): "3 * 9"}),
        ("p = [3, 9]\nanswer_5_2 = p[0] * p[1]", {("nets/v2",): "3 * 9"}),
        ("n = 3\nn = f(n)\nanswer_5_2 = n", {("nets/v2",): "n"}),
        ("n = 3\nfor n in x: pass\nanswer_5_2 = n", {("nets/v2",): "n"}),
        ("n = 3\nif x:\n    n = 4\nanswer_5_2 = n", {("nets/v2",): "n"}),
        ("K = 3\nanswer_5_1b = 1 / K**2", {("nets/ratio",): "1 / K ** 2"}),
        ("K = 3\nn = K**2\nanswer_5_1b = 1 / n", {("nets/ratio",): "1 / K ** 2"}),
        ("answer = 42\nquality = 3", {}),
        ("answer_9_9 = 1", {}),
    ],
)
def test_variables_are_read_as_text(code: str, expected: dict[tuple[str, ...], str]) -> None:
    assert texts(notebook(code)) == expected
    assert texts(code.encode(), "hw.py") == expected


def test_what_a_variable_rests_on_is_told_with_its_lines() -> None:
    data = notebook("dw = 27 + 3", "md:Then", "pw = 512\ntotal = dw + pw", "answer_5_2 = total")
    (found,) = (found for found in index(data).found if found.kind == "text")
    assert found.text == "27 + 3 + 512"
    assert found.note == (
        "total = dw + pw is read from line 2 of cell 3; dw = 27 + 3 is read from line 1 of cell 1;"
        " pw = 512 is read from line 1 of cell 3"
    )


def test_long_sums_and_names_of_names_stay_small() -> None:
    doubling = "\n".join(f"a{k + 1} = a{k} + a{k}" for k in range(3_000))
    for last in (7, 14, 40):
        found = texts(f"a0 = 1\n{doubling}\nanswer_5_2 = a{last}".encode(), "hw.py")
        assert len(found["nets/v2",]) < 1_000
    assert texts(f"x = {'1 + ' * 900}1\nanswer_5_2 = x".encode(), "hw.py") == {("nets/v2",): "x"}


def test_a_variable_is_never_run() -> None:
    data = notebook("answer_5_2 = __import__('os').getpid()")
    assert texts(data) == {("nets/v2",): "__import__('os').getpid()"}


def test_names_of_nbgrader_tie_cells_to_parts() -> None:
    graded = {"nbgrader": {"grade_id": "q5_1a", "solution": True}}
    data = notebook(("depthwise = 30\ntotal = depthwise + 512", graded))
    assert texts(data) == {
        ("nets/v1", "depthwise"): "30",
        ("nets/v1", "total"): "30 + 512",
    }


def test_a_cell_that_is_no_python_is_named_and_the_others_count() -> None:
    data = notebook("print 'hello'", "x = (", "def f(x): return x")
    found = index(data)
    assert [str(u.place) for u in found.unread] == [
        "hw.ipynb cell 1 line 1",
        "hw.ipynb cell 2 line 1",
    ]
    assert found.unread[0].message == (
        "cell 1 line 1: can not be read as Python 3: Missing parentheses in call to 'print'. Did you"
        " mean print(...)? in `print 'hello'`; this looks like Python 2"
    )
    assert value(data) == 2


def test_lines_for_the_notebook_alone_are_left_out() -> None:
    data = notebook(
        "%matplotlib inline\n!pip install torch\nimport numpy as np\nfiles = !ls\nnp.dot?\n"
        "def f(x):\n    %time y = 1\n    return 'a %d' % x",
        "%%bash\nrm -rf /",
        "%%time\nz = 3",
    )
    assert index(data).unread == ()
    assert value(data) == "a 2"


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"cells": 3}', b'{"cells": []}', b"\xff\xfe", b"[" * 10**6]
)
def test_what_is_no_notebook_is_said_so(data: bytes) -> None:
    found = index(data)
    assert found.found == ()
    assert [u.place for u in found.unread] == [Place(file="hw.ipynb")]


def test_version_3_is_read_too() -> None:
    data = b'{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "def f(x): return 7"}]}]}'
    assert value(data) == 7


# --- what is run --------------------------------------------------------------------------------


def test_only_what_the_function_needs_is_run() -> None:
    data = notebook(
        "import matplotlib.pyplot as plt\nimport numpy as np\nfrom helpers import nothing",
        "def helper(x): return SCALE * x",
        "SCALE = 3",
        "raise SystemExit",
        "while True: pass",
        "def f(x):\n    return helper(np.float64(x))",
        "plt.plot(f(1))\nf(2)\nprint(f(3))",
    )
    reply = run(data)
    assert isinstance(reply.result, Returned)
    assert unpack(reply.result.value) == 6
    assert reply.remarks == ()


def test_the_whole_notebook_is_run_when_names_are_made_on_the_way() -> None:
    data = notebook(
        "for name in ('helper',):\n    globals()[name] = lambda x: 5 * x",
        "def f(x): return helper(x)",
    )
    assert value(data) == 10


def test_a_function_made_on_the_way_is_found_by_running_it_all() -> None:
    data = notebook("exec('def f(x): return 4')")
    assert value(data) == 4


def test_tracebacks_name_cell_and_line() -> None:
    result = run(notebook("import math", "def f(x):\n    return x / 0\n")).result
    assert isinstance(result, Raised)
    assert (
        result.message
        == "raised ZeroDivisionError: float division by zero at line 2 of hw.ipynb cell 2"
    )
    assert result.frames[0].source == "return x / 0"


def test_a_refused_import_names_cell_and_line() -> None:
    result = run(notebook("import torch", "def f(x): return torch.tensor(x)")).result
    assert isinstance(result, Raised)
    assert result.reason == "import refused"
    assert "line 1 of hw.ipynb cell 1, `import torch`" in result.message


def test_a_notebook_of_three_megabytes_is_read_without_its_outputs() -> None:
    data = notebook(*["x = 1\n"] * 30, "def f(x): return x", outputs="A" * 100_000)
    assert len(data) > 3 * 10**6
    assert set(functions(data)) == {"f"}


def test_found_keys_reach_the_judge_as_part_ids() -> None:
    found = [f for f in index(notebook("answer_5_2 = 1")).found if isinstance(f, Found)]
    assert [f.trust for f in found] == [0]

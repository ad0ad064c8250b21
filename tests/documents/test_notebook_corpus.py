"""Whole notebooks of different habits, with the reading of every part pinned."""

from typing import Any, NamedTuple

import pytest

from grader.student.calls import Function
from grader.student.loading import StudentFiles
from grader.student.reading import read_submission
from grader.student.signature import parse_signature
from grader.student.wire import FunctionAnswer, Place, Returned, Source, pack, unpack
from tests.documents.notebook import notebook
from tests.documents.sheet import NUMBERS, SHEET

Cells = tuple[str | tuple[str, dict[str, Any]], ...]


class Case(NamedTuple):
    """A notebook, and what is read of it.

    Attributes:
        functions: per function its cell and line.
        values: per call of one number what comes back.
    """

    cells: Cells
    answers: tuple[str, ...] = ()
    functions: dict[str, tuple[int, int]] = {}
    values: dict[tuple[str, float], object] = {}
    unread: tuple[str, ...] = ()


def graded(name: str) -> dict[str, Any]:
    return {"nbgrader": {"grade_id": name, "solution": True, "grade": True}}


ANSWER = {"tags": ["otter_answer_cell"]}

CORPUS = {
    "tidy": Case(
        cells=(
            "md:# Homework 2",
            "import numpy as np\nrng = np.random.default_rng(0)",
            "def double(x):\n    return scale * np.float64(x)\n\nscale = 2",
            "answer_5_1 = {\n    'depthwise': 3*9 + 3,\n    'pointwise': 512,\n    'total': 542,\n}",
            "answer_1_3 = 'weaker'",
            "answer_1_4 = dict(size=False, either=True)",
            "answer_2_3 = r'D (I - (K-1) N)^2'",
            "answer_1_1 = (\n    'The inputs stay in range,'\n    ' whatever the weights.'\n)",
        ),
        answers=(
            "1.1 | 0 | The inputs stay in range, whatever the weights.",
            "1.3 | 0 | weaker",
            "1.4 either | 0 | True",
            "1.4 size | 0 | False",
            "2.3 | 0 | D (I - (K-1) N)^2",
            "5.1 depthwise | 0 | 3 * 9 + 3",
            "5.1 pointwise | 0 | 512",
            "5.1 total | 0 | 542",
        ),
        functions={"double": (3, 1)},
        values={("double", 3.0): 6},
    ),
    "markdown answers": Case(
        cells=(
            "md:## 1.1\n\nInputs stay in range.",
            "md:## 1.2\n\n**(a)**\n\n$$\\frac{g}{\\alpha}$$\n\n**(b)** The scale cancels.",
            "x = 3.2",
            "md:## 5.1\n- depthwise: 30\n- pointwise: 512",
            "md:- total: 542\n- standard: 3584",
        ),
        answers=(
            "1.1 | 1 | Inputs stay in range.",
            "1.2a gradient | 1 | \\frac{g}{\\alpha}",
            "1.2b | 1 | The scale cancels.",
            "5.1 depthwise | 1 | 30",
            "5.1 pointwise | 1 | 512",
            "5.1 total | 1 | 542",
            "5.1 standard | 1 | 3584",
        ),
    ),
    "nbgrader": Case(
        cells=(
            "md:### Question 5.1 (2 points)\nHow many parameters?",
            ("depthwise = 30\npointwise = 512\ntotal = 522\nstandard = 3584", graded("q5_1")),
            ("assert total > 0", {"nbgrader": {"grade_id": "test_q5_1", "grade": True}}),
            ("md:No. Late blocks depend on the class.", graded("q4_1")),
            (
                "def solve(x):\n    ### BEGIN SOLUTION\n    return x + 1\n    ### END SOLUTION",
                graded("solve"),
            ),
        ),
        answers=(
            "4.1 | 1 | No. Late blocks depend on the class.",
            "5.1 depthwise | 0 | 30",
            "5.1 pointwise | 0 | 512",
            "5.1 standard | 0 | 3584",
            "5.1 total | 0 | 522",
        ),
        functions={"solve": (5, 1)},
        values={("solve", 1.0): 2},
    ),
    "otter": Case(
        cells=(
            "import otter\ngrader = otter.Notebook()",
            ("md:Dilation gives a wider field.", ANSWER),
            "grader.check('q2_1')",
            ("expand = 72\ntotal = 309", ANSWER),
            'grader.check("q5_2")',
            "grader.export()",
        ),
        answers=(
            "2.1 | 1 | Dilation gives a wider field.",
            "5.2 expand | 0 | 72",
            "5.2 total | 0 | 309",
        ),
    ),
    "messy": Case(
        cells=(
            "!pip install torch torchvision\n%load_ext autoreload\n%autoreload 2",
            "import matplotlib.pyplot as plt\nimport numpy as np, pandas as pd",
            "def act(z): return 1 / z",
            "def forward(x): return act(x) * w",
            "w = np.ones(1)\nfor epoch in range(10**9):\n    loss = forward(epoch).sum()",
            "def act(z):\n    return -z",
            "w = 4\nplt.plot(forward(3))\nforward(2)",
            "raise KeyboardInterrupt",
        ),
        functions={"act": (6, 1), "forward": (4, 1)},
        values={("forward", 2.0): -8},
    ),
    "from the cloud": Case(
        cells=(
            "#@title Set-up\nfrom google.colab import drive\ndrive.mount('/content/drive')",
            "%cd /content/drive\n%%capture\n",
            "%%time\ndef cube(x):\n    return x ** 3",
            "%%html\n<b>def cube(x): return 0</b>",
            "cube?",
            "assert cube(2) == 9",
        ),
        functions={"cube": (3, 2)},
        values={("cube", 2.0): 8},
    ),
    "python 2 and a broken cell": Case(
        cells=(
            "print 'start'",
            "def half(x):\n    return np.float(x) / 2\nimport numpy as np",
            "def broken(x:\n    return x",
            "answer_5_2_total = 309",
        ),
        answers=("5.2 total | 0 | 309",),
        functions={"half": (2, 1)},
        values={("half", 3.0): 1.5},
        unread=("hw.ipynb cell 1 line 1", "hw.ipynb cell 3 line 1"),
    ),
    "names made at run time": Case(
        cells=(
            "registry = {}\ndef register(f):\n    registry[f.__name__] = f\n    return f",
            "@register\ndef inner(x):\n    return x + 10",
            "def outer(x):\n    return registry['inner'](x) + helper(x)",
            "globals().update(helper=lambda x: 100)",
        ),
        functions={"register": (1, 2), "inner": (2, 2), "outer": (3, 1)},
        values={("outer", 1.0): 111},
    ),
}


@pytest.mark.parametrize("name", CORPUS)
def test_a_notebook_is_read_as_pinned(name: str) -> None:
    case = CORPUS[name]
    index = read_submission((Source(path="hw.ipynb", data=notebook(*case.cells)),), SHEET)
    texts = [found for found in index.found if found.kind == "text"]
    answers = sorted(
        f"{' '.join((NUMBERS[f.key[0]], *f.key[1:]))} | {f.trust} | {f.text}" for f in texts
    )
    assert answers == sorted(case.answers)
    functions = {
        f.key[0]: (f.place.cell, f.place.line) for f in index.found if f.kind == "function"
    }
    assert case.functions.items() <= functions.items()  # what is assigned may be one, too
    assert tuple(str(unread.place) for unread in index.unread) == case.unread


CALLS = [(name, function, x) for name, case in CORPUS.items() for function, x in case.values]


@pytest.mark.parametrize(("name", "function", "x"), CALLS)
def test_its_functions_run_without_the_rest(name: str, function: str, x: float) -> None:
    case = CORPUS[name]
    with StudentFiles({"hw.ipynb": notebook(*case.cells)}, "/nowhere") as files:
        answer = FunctionAnswer(place=Place(file="hw.ipynb"))
        made = Function(files, answer, parse_signature(f"{function}(x) -> y"), ("numpy",))
        result = made.run((pack(x),)).result
    assert isinstance(result, Returned), result
    assert unpack(result.value) == case.values[function, x]

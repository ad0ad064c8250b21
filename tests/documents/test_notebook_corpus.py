"""Whole notebooks of different habits, with the reading of every part pinned."""

from typing import Any, NamedTuple

import pytest

from grader.student.calls import Function
from grader.student.definitions import STARTER
from grader.student.loading import StudentFiles
from grader.student.packing import pack, unpack
from grader.student.reading import read_submission
from grader.student.signature import parse_signature
from grader.student.wire import FunctionAnswer, Place, Returned, Source
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
    "otter's own source": Case(
        cells=(
            "raw:# ASSIGNMENT CONFIG\nname: hw2",
            "raw:# BEGIN QUESTION\nname: q5_2\npoints: 2\nmanual: false",
            "md:**Question.** How many parameters? A wrong guess: total = 7.",
            "raw:# BEGIN SOLUTION",
            "expand = 72\ntotal = expand + 237 # SOLUTION",
            "raw:# END SOLUTION",
            "raw:# BEGIN TESTS",
            "total = 0\nassert total",
            "raw:# END TESTS",
            "raw:# END QUESTION",
            "raw:# BEGIN QUESTION\nname: q4_1\nmanual: true",
            "md:Is it the same everywhere?",
            "raw:# BEGIN SOLUTION",
            "md:No, the early blocks gain most.",
            "raw:# END SOLUTION",
            "raw:# END QUESTION",
            "depthwise = 1",
        ),
        answers=(
            "4.1 | 1 | No, the early blocks gain most.",
            "5.2 expand | 0 | 72",
            "5.2 total | 0 | 72 + 237",
        ),
    ),
    "left as it was given": Case(
        cells=(
            (
                "def solve(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
                graded("solve"),
            ),
            ("md:YOUR ANSWER HERE", graded("q4_1")),
            ("md:_Type your answer here, replacing this text._", ANSWER),
            "grader.check('q2_1')",
            ("total = ...", graded("q5_2")),
            "answer_2_3 = None\nanswer_1_1 = ''\nanswer_5_1 = {}",
        ),
    ),
    "step by step": Case(
        cells=(
            "md:# Assignment 2\n## 5.1",
            "C_in, C_out, K = 3, 128, 3",
            "depthwise = C_in * (K * K + 1)\npointwise = C_out * (C_in + 1)\nprint(depthwise)",
            "answer_5_1 = {'depthwise': depthwise, 'pointwise': pointwise}",
            "answer_5_1['total'] = depthwise + pointwise",
            "answer_5_1['standard'] = 3584",
            "K = 5\nk_eff = (K - 1) * N\nanswer_2_3 = D * (I - k_eff)**2",
            "answers = {'1.3': 'weaker', '1.4': {'size': False}}",
        ),
        answers=(
            "1.3 | 0 | weaker",
            "1.4 size | 0 | False",
            "2.3 | 0 | D * (I - (K - 1) * N) ** 2",
            "5.1 depthwise | 0 | 3 * (3 * 3 + 1)",
            "5.1 pointwise | 0 | 128 * (3 + 1)",
            "5.1 standard | 0 | 3584",
            "5.1 total | 0 | 3 * (3 * 3 + 1) + 128 * (3 + 1)",
        ),
    ),
    "written to files": Case(
        cells=(
            "%%writefile helpers.py\nimport numpy as np\ndef act(x):\n    return 3 * x",
            "%%writefile lib/more.py\nfrom helpers import act\ndef twice(x): return act(act(x))",
            "from lib.more import twice\nimport helpers as h",
            "def solve(x):\n    return twice(x) + h.act(x)",
            "%run helpers.py\ndef run(x): return act(x)",
        ),
        functions={"solve": (4, 1), "twice": (2, 3), "run": (5, 2)},
        values={("solve", 1.0): 12, ("run", 2.0): 6},
    ),
    "tried many times": Case(
        cells=(
            "def solve(x):\n    return 1",
            "solve(3)",
            "def solve(x):\n    return undefined_name",
            "def solve(x):\n    return 2 * x",
            "x = solve(4)\nsolve = solve(2)",
            "del x",
            "def solve(x):\n    'Doubles.'\n    raise NotImplementedError",
            "answer_1_3 = 'same'",
            "answer_1_3 = 'weaker'",
        ),
        answers=("1.3 | 0 | weaker",),
        functions={"solve": (4, 1)},
        values={("solve", 3.0): 6},
    ),
    "two languages and waiting": Case(
        cells=(
            "%%R\nx <- c(1, 2)",
            "%%js\nlet x = 3",
            "import asyncio\nresult = await asyncio.sleep(3, 'x')",
            "async def main():\n    await asyncio.sleep(1)\nawait main()",
            "def slow(x):\n    return x + 1\n%timeit slow(1)\nslow??",
            "%%capture\n%load_ext tensorboard\n%tensorboard --logdir logs \\\n  --port 1",
        ),
        functions={"slow": (5, 1)},
        values={("slow", 1.0): 2},
    ),
    "a mix of everything": Case(
        cells=(
            "md:# HW2 – Anna K.\n\nRun top to bottom.",
            "%matplotlib inline\n!pip install -q torch torchvision\nimport numpy as np\nimport matplotlib.pyplot as plt",
            "md:## 1 Batch norm\n### 1.1\nIt keeps activations in range.\n\n### 1.2\n(a) dividing by alpha:\n$$\\frac{\\partial L}{\\partial W} = \\frac{1}{\\alpha}\\, g$$\n(b) no effect\n\n### 1.3\n**weaker**",
            "# 1.4\nanswer_1_4 = {'by-layer': False, 'either': True, 'size': False}",
            "md:## 2\n### 2.2\nsee code below, first layer `1 + d1*(r1-1)` by `1 + d1*(c1-1)`",
            "answer_2_2a = dict(rows='1 + d1*(r1 - 1)', columns='1 + d1*(c1 - 1)')\nanswer_2_2b = dict(rows='1 + d1*(r1 - 1) + d2*(r2 - 1)',\n                   columns='1 + d1*(c1 - 1) + d2*(c2 - 1)')",
            "md:### 2.3\nIn total we get\n\n$$\n\\begin{aligned}\nD \\cdot H \\cdot W &= D \\cdot (I - (K-1)N) \\cdot (I - (K-1)N) \\\\\n&= D\\,(I - (K-1)N)^2\n\\end{aligned}\n$$",
            "I = np.arange(5, 30)\nplt.plot(I, 2*(I - 2*2)**2); plt.show()",
            "md:### 4.2\na) two FC layers $C \\to C/r \\to C$:\n\n* weights: $2 \\cdot C \\cdot C/r$\n* with biases: $2C^2/r + C/r + C$\n\nb) compression",
            "k, c_in, c_out = 3, 3, 128\ndw = c_in*k*k + c_in\npw = c_in*c_out + c_out\nanswer_5_1 = {'depthwise': dw, 'pointwise': pw, 'total': dw + pw, 'standard': k*k*c_in*c_out + c_out}\nprint(answer_5_1)",
            "md:### 5.2\nSame game: expand 72, depthwise 180, project 57 and 309 in total",
            "md:## 6\n### 6.1\n$$\\mathrm{d}a = e + \\left((e W_2^T) \\odot f'(z_1)\\right) W_1^T, \\quad e = \\delta \\odot f'(z_3)$$\n### 6.2\n(b) there is always the $e$",
            "def numerical_check(n: int = 10) -> None:\n    for _ in range(n):\n        pass\n\nnumerical_check()",
        ),
        answers=(
            "1.1 | 1 | It keeps activations in range.",
            "1.2a gradient | 2 | \\frac{1}{\\alpha}\\, g",
            "1.2b | 1 | no effect",
            "1.3 | 1 | weaker",
            "1.4 by-layer | 0 | False",
            "1.4 either | 0 | True",
            "1.4 size | 0 | False",
            "2.2a columns | 0 | 1 + d1*(c1 - 1)",
            "2.2a rows | 0 | 1 + d1*(r1 - 1)",
            "2.2b columns | 0 | 1 + d1*(c1 - 1) + d2*(c2 - 1)",
            "2.2b rows | 0 | 1 + d1*(r1 - 1) + d2*(r2 - 1)",
            "2.3 values | 2 | D \\cdot (I - (K-1)N) \\cdot (I - (K-1)N) = D\\,(I - (K-1)N)^2",
            "4.2a weights | 1 | 2 \\cdot C \\cdot C/r",
            "4.2a with_biases | 1 | 2C^2/r + C/r + C",
            "4.2b | 1 | compression",
            "5.1 depthwise | 0 | 3 * 3 * 3 + 3",
            "5.1 pointwise | 0 | 3 * 128 + 128",
            "5.1 standard | 0 | 3 * 3 * 3 * 128 + 128",
            "5.1 total | 0 | 3 * 3 * 3 + 3 + (3 * 128 + 128)",
            "5.2 depthwise | 2 | 180",
            "5.2 expand | 2 | 72",
            "5.2 project | 2 | 57",
            "5.2 total | 2 | 309",
            "6.1 da | 2 | (\\delta \\odot f'(z_3)) + \\left(((\\delta \\odot f'(z_3)) W_2^T) \\odot f'(z_1)\\right) W_1^T",
            "6.2b | 1 | there is always the $e$",
        ),
        functions={"numerical_check": (13, 1)},
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
        f.key[0]: (f.place.cell, f.place.line)
        for f in index.found
        if f.kind == "function" and f.trust != STARTER
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

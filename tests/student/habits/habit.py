"""One habit: what is handed in, and what must come of it; and the course that all of it answers."""

from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

from grader.model import Verdict
from tests import tiny
from tests.documents.notebook import notebook

Files = dict[str, str | bytes]

PASSED, RAISED, WRONG = Verdict.PASSED, Verdict.RAISED, Verdict.WRONG
MISSING, UNREADABLE, TIMED_OUT = Verdict.MISSING, Verdict.UNREADABLE, Verdict.TIMED_OUT

NORM = "5"
RELU, AFFINE, LOSS, SIZE, COUNT = "1", "2", "3", "4", "6"

RELU_CODE = "import numpy as np\n\ndef relu(x):\n    return np.maximum(x, 0)\n"
"""A file that answers the first part."""


class Habit(NamedTuple):
    """What is handed in, and what must come of it.

    Attributes:
        files: by path; texts are dedented.
        part: the number of the part that is looked at.
        verdict: of that part.
        says: what its sentence, or the sentence of a test, must say.
        remarks: what its remarks must say, in any order.
        readings: the text that is read, for typed answers.
    """

    files: Files
    part: str = RELU
    verdict: Verdict = PASSED
    says: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Write the files below a folder."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, bytes) else dedent(content).encode()
            path.write_bytes(data)


def one(text: str | bytes, part: str = RELU, **expected: object) -> Habit:
    """A habit that shows in one Python file."""
    return Habit({"hw.py": text}, part, **expected)  # type: ignore[arg-type]  # the record's own fields


def book(*cells: Any, name: str = "hw.ipynb", **expected: Any) -> Habit:
    """A habit that shows in one notebook."""
    return Habit({name: notebook(*cells)}, **expected)


COURSE = """\
title: Habits
default: sheet
assignments:
  sheet:
    title: A sheet
    parts:
      "1": habits/relu
      "2": habits/affine
      "3": habits/loss
      "4": habits/size
      "5": habits/norm
      "6": habits/count
"""

PROBLEM = """\
title: Habits
statement: Write these functions.
parts:
  relu:
    title: ReLU
    ask: Return max(x, 0).
    marks: 1
    signature: relu(x[N,D]) -> y[N,D]
    cpu_s: 2
  affine:
    title: An affine layer
    ask: Return both gradients.
    marks: 1
    signature: affine_backward(dy[N,M], x[N,D], W[D,M]) -> dx[N,D], dW[D,M]
  loss:
    title: A loss
    ask: Return the mean of the squares.
    marks: 1
    signature: squared_loss(x[N,D]) -> loss
  size:
    title: A size
    ask: Return the output size.
    marks: 1
    signature: "output_size(I: int, K: int, P: int) -> size: int"
    domain: {I: 8..40, K: 1..7, P: 0..3}
  norm:
    title: A centred layer
    ask: Write norm_forward(x), which returns out and a cache, and norm_backward(dy, cache).
    marks: 1
    signature: norm_gradient(x[N,D], dy[N,D]) -> dx[N,D]
    call: |
      out, cache = norm_forward(x)
      dx = norm_backward(dy, cache)
  count:
    title: Parameters
    ask: Count the parameters.
    marks: 3
    signature: "parameters() -> depthwise: int, pointwise: int, total: int"
"""

SOLUTION = """\
from grader.authoring import Solution
import numpy as np

solution = Solution("habits")


@solution["relu"].reference
def relu(x):
    return np.maximum(x, 0)


solution["relu"].test("random", cases=2)


@solution["affine"].reference
def affine_backward(dy, x, W):
    return dy @ W.T, x.T @ dy


solution["affine"].test("random", cases=2)


@solution["loss"].reference
def squared_loss(x):
    return (x ** 2).mean()


solution["loss"].test("random", cases=2)


@solution["size"].reference
def output_size(I, K, P):
    return I + 2 * P - K + 1


solution["size"].test("random", cases=10)


@solution["norm"].reference
def norm_gradient(x, dy):
    return dy - dy.mean(0)


solution["norm"].test("random", cases=2)


@solution["count"].reference
def parameters():
    return 30, 512, 542
"""


def write_course(root: Path) -> Path:
    """Write the course below `root` and return it."""
    files = {
        "problems/course.yaml": COURSE,
        "problems/habits/problem.yaml": PROBLEM,
        "solutions/habits.py": SOLUTION,
    }
    tiny.write_files(root, files)
    (root / "submissions").mkdir()
    return root

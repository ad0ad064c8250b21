"""A tiny course that is not this repository: one problem, one part of each kind of answer."""

from pathlib import Path

COURSE = """\
title: A tiny course
default: week-1
assignments:
  week-1:
    title: Week 1
    parts:
      "1.1": affine/backward
      "1.2": affine/size
      "1.3": [affine/count, affine/claims]
      "1.4": affine/why
"""

PROBLEM = """\
title: An affine layer
topics: [backprop]
statement: |
  The layer is $y = x W$, with rows of $x$ as examples.
parts:
  backward:
    title: The backward pass
    ask: Return $dL/dx$ and $dL/dW$.
    marks: 4
    signature: affine_backward(dy[N,M], x[N,D], W[D,M]) -> dx[N,D], dW[D,M]
    public:
      - name: two examples
        inputs: {dy: [[1, 0], [0, 1]], x: [[1, 2, 3], [4, 5, 6]], W: [[1, 0], [0, 1], [1, 1]]}
  size:
    title: Output size
    ask: The output size of a convolution of stride 1 with padding P.
    marks: 2
    signature: "output_size(I: int, K: int, P: int) -> size: int"
    domain: {I: 8..40, K: 1..7, P: 0..3}
  count:
    title: Parameters
    ask: The parameters of a layer from 3 to 128 features, with biases.
    marks: 3
    signature: "parameters() -> weights: int, biases: int, total: int"
  claims:
    title: Claims
    ask: True or false?
    marks: 2
    claims:
      linear: The layer is linear in x.
      square: W must be square.
  why:
    title: In your words
    ask: Why do we need a nonlinearity?
    marks: 1
    rubric: [two affine layers make one]
"""

SOLUTION = """\
from grader.authoring import Solution

solution = Solution("affine")
backward, size = solution["backward"], solution["size"]
count, claims = solution["count"], solution["claims"]


@backward.reference
def affine_backward(dy, x, W):
    return dy @ W.T, x.T @ dy


@backward.oracle_forward
def forward(x, W):
    return x @ W


backward.test("random batches", cases=6)
backward.test("a batch of one", N=1, weight=2)
backward.wrong("mean over the batch", ("x.T @ dy", "x.T @ dy / len(x)")).say(
    "The loss is a sum here, so dW is a sum over the batch as well."
)


@size.reference
def output_size(I, K, P):
    return I + 2 * P - K + 1


size.test("random sizes", cases=40)
size.wrong("no plus one", ("- K + 1", "- K")).say("Count positions, not steps.")


@count.reference
def parameters():
    return 3 * 128, 128, 3 * 128 + 128


count.carry(total="weights + biases").say("The total fits your own parts.")
count.wrong("ten added", {"total": 394}).say("This total is not the sum of your parts.")
claims.true("linear", lambda: True).say("Scale x and look at y.")
claims.false("square", lambda: 3 == 128).say("Features in and features out may differ.")
"""

RIGHT_FUNCTIONS = """\
import numpy as np


def affine_backward(dy, x, W):
    dx = np.zeros_like(x)
    for n in range(len(x)):
        for d in range(x.shape[1]):
            dx[n, d] = (dy[n] * W[d]).sum()
    return dx, np.einsum("nd,nm->dm", x, dy)
"""

RIGHT_ANSWERS = """\
1.2: I + 2P - K + 1
1.3a:
  weights: 3*128
  biases: 128
  total: 512
1.3b: {linear: yes, square: no}
"1.4": |
  Two affine layers in a row are one affine layer.
"""


def write_course(root: Path) -> Path:
    """Write the course below `root` and return it."""
    files = {
        "problems/course.yaml": COURSE,
        "problems/affine/problem.yaml": PROBLEM,
        "solutions/affine.py": SOLUTION,
    }
    write_files(root, files)
    (root / "submissions").mkdir()
    return root


def write_files(root: Path, files: dict[str, str]) -> None:
    """Write texts below `root`, by name."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def hand_in(root: Path, student: str, **files: str) -> Path:
    """Write a submission; keywords name files without their suffix (`answers` is YAML)."""
    folder = root / "submissions" / student
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        suffix = ".yaml" if name == "answers" else ".py"
        (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
    return folder

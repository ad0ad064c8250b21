"""A second problem beside the tiny one: layouts of a formula, picks, and more than one claim."""

from tests import tiny

COURSE = (
    tiny.COURSE
    + """\
      "2.1": layers/input
      "2.2": layers/one
      "2.3": layers/many
      "2.4": layers/claims
"""
)

PROBLEM = """\
title: Layers
statement: A layer is $y = x W$.
parts:
  input:
    title: The gradient at the input
    ask: Give $dL/dx$.
    marks: 3
    signature: input_gradient(g[N,M], W[D,M]) -> dx[N,D]
    notation:
      conventions: [row, column]
      shares: {jacobian: 0.5}
  one:
    title: A larger batch
    ask: What happens to the noise?
    marks: 1
    pick: one
    claims: {less: It shrinks., more: It grows., same: It stays.}
  many:
    title: Which axes
    ask: Over which axes goes the mean?
    marks: 2
    pick: many
    claims: {N: examples, C: channels, H: rows, W: columns}
  claims:
    title: Claims
    ask: True or false?
    marks: 3
    claims: {a: First., b: Second., c: Third.}
"""

SOLUTION = """\
from grader.authoring import Solution

solution = Solution("layers")
part = solution["input"]


@part.reference
def input_gradient(g, W):
    return g @ W.T


part.test("random batches", cases=4)

for name, truth in {"less": True, "more": False, "same": False}.items():
    solution["one"].claim(name, truth=truth, say=f"{name} is told.")(lambda truth=truth: truth)
for name, truth in {"N": True, "C": False, "H": True, "W": True}.items():
    solution["many"].claim(name, truth=truth, say=f"{name} is told.")(lambda truth=truth: truth)
for name, truth in {"a": True, "b": False, "c": True}.items():
    solution["claims"].claim(name, truth=truth, say=f"{name} is told.")(lambda truth=truth: truth)
"""


def write_course(root):
    """Write the tiny course below `root` with the second problem in it, and return it."""
    tiny.write_course(root)
    files = {
        "problems/course.yaml": COURSE,
        "problems/layers/problem.yaml": PROBLEM,
        "solutions/layers.py": SOLUTION,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root

"""A second problem beside the tiny one: layouts, picks, carried arrays, and ties."""

from tests import tiny

COURSE = (
    tiny.COURSE
    + """\
      "2.1": layers/input
      "2.2": layers/one
      "2.3": layers/many
      "2.4": layers/claims
      "2.5": layers/chain
      "2.6": layers/top
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
      layouts: [row, column]
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
  chain:
    title: Two steps
    ask: Return $h = Wx$ and $y = 2h + 1$.
    marks: 2
    signature: two_steps(x[D], W[H,D]) -> h[H], y[H]
  top:
    title: A largest one
    ask: Return the place of a largest number.
    marks: 1
    signature: "top(x[N]: int) -> place: int"
    domain: {x: 0..2, N: 6..9}
"""

SOLUTION = """\
from grader.authoring import Solution

solution = Solution("layers")
part = solution["input"]


@part.reference
def input_gradient(g, W):
    return g @ W.T


part.test("random batches", cases=4)

chain = solution["chain"]


@chain.reference
def two_steps(x, W):
    return W @ x, 2 * (W @ x) + 1


chain.test("random vectors", cases=3)
chain.carry(y=lambda h: 2 * h + 1).say("y follows from your own h.")

top = solution["top"]


@top.reference
def first(x):
    return int(x.argmax())


@top.valid
def is_largest(x, answer):
    return x[int(answer["place"])] == x.max()


top.test("many ties", cases=6)

for part, right, wrong in (("one", ["less"], ["more", "same"]), ("many", "NHW", "C"), ("claims", "ac", "b")):
    for name in right:
        solution[part].true(name, lambda: True).say(f"{name} is told.")
    for name in wrong:
        solution[part].false(name, lambda: False).say(f"{name} is told.")
"""


def write_course(root):
    """Write the tiny course below `root` with the second problem in it, and return it."""
    tiny.write_course(root)
    tiny.write_files(
        root,
        {
            "problems/course.yaml": COURSE,
            "problems/layers/problem.yaml": PROBLEM,
            "solutions/layers.py": SOLUTION,
        },
    )
    return root

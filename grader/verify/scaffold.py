"""The two files of a new problem, for each kind of answer; each can be proven as it is.

Holds texts alone. What stands in them is a small example, to be overwritten.
"""

from grader.model import Record

_COURSE = """\
title: My course
default: week-1  # the assignment, if none is named
assignments:
  week-1:
    title: Week 1
    parts:  # under each number of the sheet its part, or a list of parts: its a, b, c
      "1.1": {part}
"""
_HEAD = """\
title: {title}
topics: []
statement: |
  What the problem is about, in Markdown with $mathematics$.

parts:
"""
_SOLUTION = """\
\"\"\"{title}.\"\"\"

{imports}from grader.authoring import Solution

part = Solution("{slug}")["{name}"]

"""

_PUBLIC = {
    "function": """\
  backward:
    title: The backward pass
    ask: Given $dL/dy$ as `dy`, return $dL/dx$ for $y = x^2$, element by element.
    marks: 2
    signature: square_backward(dy[N,D], x[N,D]) -> dx[N,D]
    public:
      - {name: one example, inputs: {dy: [[1, 2]], x: [[3, -1]]}, expected: {dx: [[6, -4]]}}
""",
    "formula": """\
  size:
    title: Output size
    ask: The output size of a convolution of stride 1, in $I$, $K$ and the padding $P$ on each side.
    marks: 2
    signature: "output_size(I: int, K: int, P: int) -> size: int"
    domain: {I: 10..40, K: 1..9, P: 0..4}
""",
    "number": """\
  count:
    title: Parameters
    ask: How many parameters has a layer from 20 to 30 features, with biases?
    marks: 1
    signature: "parameters() -> total: int"
""",
    "claims": """\
  claims:
    title: Claims
    ask: True or false?
    marks: 2
    claims:
      linear: A sum of two linear maps is linear.
      square: Every linear map has an inverse.
""",
    "text": """\
  why:
    title: In your words
    ask: Why does a network need a nonlinearity?
    marks: 1
    rubric: [what a stack of layers amounts to without one]
""",
}

_PRIVATE = {
    "function": """\

@part.reference
def square_backward(dy, x):
    return 2 * x * dy


part.oracle_forward(lambda x: x**2)
part.test("random batches", cases=12, weight=3)
part.test("an example alone", N=1)
part.wrong("factor missing", "x * dy").say("Differentiate a square.")
part.wrong("upstream forgotten", "2 * x").say("What arrives from above is missing.")
""",
    "formula": """\
part.reference(lambda I, K, P: I + 2 * P - K + 1)
part.oracle(lambda I, K, P: len(range(-P, I + P - K + 1)))
part.test("random sizes", cases=40)
part.wrong("no plus one", "I + 2 * P - K").say("Count positions, not steps.")
part.wrong("padding once", "I + P - K + 1").say("Padding stands on both sides.")
""",
    "number": """\
part.reference(lambda: 20 * 30 + 30)
part.oracle(lambda: sum(1 for _ in np.ndindex(21, 30)))
part.wrong("no biases", "20 * 30").say("Each unit has a bias as well.")
part.wrong("biases of the inputs", "20 * 30 + 20").say("Biases belong to outputs.")
""",
    "claims": """\
A, B, x = np.random.default_rng(0).standard_normal((3, 4, 4))
part.true("linear", lambda: np.allclose((A + B) @ x, A @ x + B @ x)).say("Write it out for x.")
part.false("square", lambda: np.linalg.matrix_rank(np.zeros((4, 4))) == 4).say(
    "Look at the map that sends everything to 0."
)
""",
    "text": """\
part.rubric("Two linear maps in a row are one linear map, so depth would add nothing.")
part.red_flags("Says that it is nonlinear, and not what that is for.")
""",
}
_NAMES = {
    "function": "backward",
    "formula": "size",
    "number": "count",
    "claims": "claims",
    "text": "why",
}


class Scaffold(Record, frozen=True, kw_only=True):
    """The two files of a problem with one part, and a course.yaml that asks for it."""

    part: str
    public: str
    private: str
    course: str


def scaffold(slug: str, kind: str) -> Scaffold:
    """What a new problem begins with, whose first part is of a kind."""
    name, title = _NAMES[kind], slug.replace("-", " ").capitalize()
    imports = "import numpy as np\n\n" if "np." in _PRIVATE[kind] else ""
    head = _SOLUTION.format(title=title, imports=imports, slug=slug, name=name)
    return Scaffold(
        part=f"{slug}/{name}",
        public=_HEAD.format(title=title) + _PUBLIC[kind],
        private=head + _PRIVATE[kind],
        course=_COURSE.format(part=f"{slug}/{name}"),
    )

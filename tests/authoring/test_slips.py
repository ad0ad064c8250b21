"""An author's slips: each is one sentence with its file, its place, what was found and wanted."""

import pytest

from grader.course import find_course, load_problem
from grader.errors import PlacedError
from grader.expected import expected_for
from tests.verify import courses

PUBLIC, PRIVATE, COURSE = (
    "problems/affine/problem.yaml",
    "solutions/affine.py",
    "problems/course.yaml",
)
IN_PUBLIC = [
    ("marks: 4", "mark: 4", "parts.backward: unknown key 'mark'; did you mean 'marks'?"),
    (
        "marks: 4",
        "marks: 4\n    notation: {tolerance: 1}",
        "parts.backward.notation: unknown key 'tolerance'; known keys: aliases, functions, layouts,"
        " shares, base, zero_outside, indices",
    ),
    (
        "marks: 4",
        "marks: 4\n    cpu_s: 1e-6",
        "parts.backward.cpu_s: expected a number, found '1e-6'; YAML reads this as text: write 1.0e-6",
    ),
    ("marks: 4", "marks: -4", "parts.backward.marks: marks can not be negative, found -4"),
    (
        "    marks: 4",
        "\tmarks: 4",
        "line 9, column 1: is not valid YAML: found a tab character that violates indentation; indent"
        " by spaces",
    ),
    (
        "    marks: 4",
        "    marks: 4\n    marks: 4",
        "line 10, column 5: is not valid YAML: the key 'marks' stands twice",
    ),
    (
        ") -> dx[N,D], dW[D,M]",
        ")",
        "parts.backward.signature: found 'affine_backward(dy[N,M], x[N,D], W[D,M])'; wanted"
        " 'name(inputs) -> outputs'; write '->' between inputs and outputs",
    ),
    (
        "I: int,",
        "I: integer,",
        "parts.size.signature: found 'I: integer'; wanted 'name', 'name: int' or 'name[N,C]'; the"
        " types are float, int, bool, str",
    ),
    (
        "dy[N,M], x",
        "dy[N,M]; x",
        "parts.backward.signature: found 'dy[N,M]; x[N,D]'; wanted 'name', 'name: int' or"
        " 'name[N,C]'; put commas between two of them",
    ),
    (
        "W[D,M])",
        "W[D,M)",
        "parts.backward.signature: found 'W[D'; wanted 'name', 'name: int' or 'name[N,C]'; a bracket"
        " is not closed",
    ),
    (
        "affine_backward(",
        "lambda(",
        "parts.backward.signature: 'lambda' is a word of Python; take another name",
    ),
    (
        "P: 0..3}",
        "p: 0..3}",
        "parts.size.domain: unknown input 'p'; did you mean 'P'?",
    ),
    (
        "P: 0..3",
        "P: 0-3",
        "parts.size.domain.P: expected 1..9, 0.5..2.0 or a list of values, found '0-3'; write 0..3",
    ),
    ("P: 0..3", "P: 3..0", "parts.size.domain.P: the range '3..0' is empty"),
    ("P: 0..3", "P: 0.2..0.8", "parts.size.domain.P: expected whole numbers, found '0.2..0.8'"),
    (
        "marks: 4",
        "marks: 4\n    domain: {N: 0..3}",
        "parts.backward.domain.N: N is a size, which is at least 1; found '0..3'",
    ),
    (
        "P: 0..3}",
        "P: 0..3}\n    where: Z < K",
        "parts.size.where: 'Z < K' can not be read: “Z” is not a name of this question; the names are"
        " I, K and P",
    ),
    (
        "marks: 4",
        "marks: 4\n    call: dx = back(x",
        "parts.backward.call: is not valid Python: '(' was never closed (line 1)",
    ),
    (
        "marks: 4",
        "marks: 4\n    call: dx = back(x, dy, W)",
        "parts.backward.call: nothing is assigned to the output dW; end with dW = …",
    ),
    (
        "W: [[1, 0]",
        "w: [[1, 0]",
        "parts.backward.public[0].inputs: unknown name 'w'; did you mean 'W'?",
    ),
]
IN_PRIVATE = [
    (
        'solution["size"]',
        'solution["sise"]',
        "there is no part 'sise' in problem.yaml; did you mean",
    ),
    (
        "import numpy as np",
        "import nunpy as np",
        "line 1: loading the file needs nunpy, which is not",
    ),
    ("output_size(I, K, P):", "output_size(I, K, P)", "line 28: is not valid Python: expected ':'"),
    (
        "size.test(",
        "size.tset(",
        "line 32: loading the file raised AttributeError: 'PartSolution' object has no attribute"
        " 'tset'; did you mean 'test'?",
    ),
    (
        '("- K + 1", "- K")',
        '"- K + 1", "- K"',
        "line 33: loading the file raised TypeError: PartSolution.wrong() takes 3 positional arguments"
        ' but 4 were given; wanted part.wrong("name", ("old", "new")).say("…")',
    ),
    (
        'lambda: True).say("Scale x and look at y.")',
        'lambda: True, say="Scale x and look at y.")',
        "line 43: loading the file raised TypeError: PartSolution.true() got an unexpected keyword"
        ' argument \'say\'; wanted part.true("claim", lambda: 3 < 5).say("…")',
    ),
    (
        '.say("Count positions, not steps.")',
        '\nsize.wrong("no plus one", "I").say("Count positions, not steps.")',
        "affine/size: two misconceptions are called 'no plus one'",
    ),
    (
        "size.test(",
        "solution.size.test(",
        "line 32: loading the file raised AttributeError: 'Solution' object has no attribute 'size'; a"
        ' part is solution["size"]',
    ),
    (
        "size.test(",
        "siz.test(",
        "line 32: loading the file raised NameError: name 'siz' is not defined; did you mean 'size'?",
    ),
    (
        '("- K + 1", "- K")',
        '("K", "Q")',
        "affine/size: the misconception 'no plus one' replaces 'K', which stands twice in the"
        " reference; wanted exactly once; write more of what stands around it",
    ),
    (
        '("- K + 1", "- K")',
        '("-K+1", "-K")',
        "affine/size: the misconception 'no plus one' replaces '-K+1', which stands nowhere in the"
        " reference; wanted exactly once; the reference has it with other spaces or line breaks",
    ),
    (
        '.say("Count positions, not steps.")',
        "",
        "affine/size: the misconception 'no plus one' has no sentence; write .say(\"…\") behind the"
        " declaration",
    ),
    (
        '"Count positions, not steps."',
        '""',
        "affine/size: the misconception 'no plus one' says ''; wanted a sentence",
    ),
    (
        "    return I + 2 * P - K + 1\n",
        "    pass  # - K + 1\n",
        "affine/size: the reference, in case 0 of test 'random sizes', returned None; wanted size: int",
    ),
    (
        "return 3 * 128, 128, 3 * 128 + 128",
        "return 3 * 128, 128",
        "affine/count: the reference, in case 0 of test 'the answer', returned (384, 128); wanted weights:"
        " int, biases: int, total: int",
    ),
    (
        'np.einsum("nd,nm->dm", x, dy)',
        'np.einsum("nd,nm->md", x, dy)',
        "affine/backward: the oracle returned (array([[1., 0., 1.], [0., 1., 1.]]) of shape (2, 3),"
        " array([[1., 2., 3.], [4., 5., 6.]]) of shape (2, 3)); wanted dx[N,D], dW[D,M]",
    ),
    (
        "    return I + 2",
        "    raise KeyError('K')\n    return I + 2",
        "line 29: affine/size: the reference, in case 0 of test 'random sizes', raised KeyError: 'K'",
    ),
    (
        "cases=40",
        "case=40",
        "affine/size: test 'random sizes': sets 'case'; did you mean 'cases'?",
    ),
    (
        "cases=40",
        "cases=4.5",
        "affine/size: test 'random sizes' has 4.5 cases and the weight 1; wanted at least one case,"
        " and no negative weight",
    ),
    (
        "N=1,",
        "N=(5, 2),",
        "affine/backward: test 'a batch of one' sets N to (5, 2); a range is (low, high)",
    ),
    (
        "N=1,",
        "N='1',",
        "affine/backward: test 'a batch of one': sets the size N to '1'; wanted 3, (2, 5) or [2, 4]",
    ),
    (
        "cases=6)",
        "cases=6, x=3)",
        "affine/backward: test 'random batches': sets x to 3; wanted x[N,D]",
    ),
    (
        "cases=6)",
        "cases=6, x=lambda x: x / scale)",
        "affine/backward: test 'random batches': the function for x raised NameError: name 'scale' is"
        " not defined",
    ),
    (
        "cases=6)",
        "cases=6, x=lambda x: x[:, :1])",
        "affine/backward: test 'random batches': the function for x returned the shape (4, 1); it was"
        " given (4, 2), and has to keep it",
    ),
    (
        'test("a batch of one"',
        'test("two examples"',
        "affine/backward: a public test is called 'two examples', too; give each its name",
    ),
    (
        '"weights + biases"',
        '"weight + biases"',
        "affine/count: the carry rule of 'total' is 'weight + biases', which can not be read: “weight”"
        " is not a name of this question; the names are weights and biases",
    ),
    (
        "size.test(",
        "size.reference(lambda I, K, P: I)\nsize.test(",
        "affine/size: part.reference stands twice; take one away",
    ),
    (
        "size.test(",
        'size.oracle("I + 2 * P")\nsize.test(',
        "affine/size: part.oracle has 'I + 2 * P'; wanted a function",
    ),
    (
        "size.test(",
        'size.true("linear", lambda: True).say("Look.")\nsize.test(',
        "affine/size has a signature in problem.yaml, and part.true is for parts with claims",
    ),
    (
        "size.test(",
        'solution["count"].special_case(size, I=3, k=4)\nsize.test(',
        "affine/count: affine/size has no input 'k'; did you mean 'K'?",
    ),
    (
        'claims.true("linear", lambda: True).say("Scale x and look at y.")\n',
        "",
        'affine/claims: no key for the claims linear; declare each by part.true("linear", …) or'
        " part.false(…)",
    ),
    (
        '.say("Scale x and look at y.")',
        "",
        "affine/claims: the claim 'linear' has no sentence for who gets it wrong; write .say(\"…\")"
        " behind the declaration",
    ),
    (
        "lambda: 3 == 128",
        "lambda: print()",
        "affine/claims: the experiment of 'square' returned None; wanted True or False",
    ),
]
IN_OTHERS = [
    (
        COURSE,
        "affine/size",
        "affine/sise",
        "assignments.week-1.parts: there is no part 'affine/sise'; did you mean 'affine/size'?",
    ),
    (
        COURSE,
        "affine/size",
        "afine/size",
        "assignments.week-1.parts: there is no problem 'afine'; did you mean 'affine'?",
    ),
    (
        PRIVATE,
        'Solution("affine")',
        'Solution("afine")',
        'found Solution("afine"); wanted one  solution = Solution("affine")',
    ),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        *((PUBLIC, *slip) for slip in IN_PUBLIC),
        *((PRIVATE, *slip) for slip in IN_PRIVATE),
        *IN_OTHERS,
    ],
)
def test_a_slip_is_told_with_its_place_and_the_nearest_word(tmp_path, file, old, new, said):
    root = courses.write(tmp_path)
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PlacedError) as caught:
        load(root)
    told = str(caught.value).replace(f"{root}/", "")
    assert told.startswith(f"{file}: {said}")


def test_a_solution_that_is_not_there_is_told_with_its_name(tmp_path):
    root = courses.write(tmp_path)
    (root / PRIVATE).unlink()
    with pytest.raises(PlacedError, match=r"affine.py: there is no such file; each problem needs"):
        load(root)
    (root / "solutions/Affine.py").touch()
    with pytest.raises(PlacedError, match=r"affine.py: there is no such file; rename Affine.py"):
        load(root)
    (root / PUBLIC).rename(root / "problems/affine/problem.yml")
    with pytest.raises(PlacedError, match=r"no such file; did you mean 'problem.yml'\?"):
        load_problem(root / PUBLIC)


def test_a_problem_that_allows_what_is_not_installed_is_told(tmp_path):
    root = courses.write(tmp_path, problem=[("marks: 4", "marks: 4\n    imports: [nunpy]")])
    with pytest.raises(PlacedError, match="allows the import of 'nunpy', which is not installed"):
        load(root)


def load(root):
    """All that grading with the problem would read and compute."""
    course = find_course(given=root, near=root)
    (problem,) = course.assignment().problems
    return expected_for(
        problem,
        public=course.problem_file(problem.slug),
        private=course.solution_file(problem.slug),
        cache=None,
    )

"""What the references expect: right problems are computed and kept, broken ones refused by name."""

import re
from fractions import Fraction

import pytest

from grader.course import find_course
from grader.errors import ProblemError
from grader.expected import expected_for, solutions
from grader.student.packing import unpack
from tests import tiny


def expected(root, *, solution=("", ""), problem=("", ""), cache=None):
    """What is expected of the tiny course, with one edit in each of its files."""
    for name, text, (old, new) in (
        ("solutions/affine.py", tiny.SOLUTION, solution),
        ("problems/affine/problem.yaml", tiny.PROBLEM, problem),
    ):
        assert old in text, old
        (root / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    course = find_course(given=root, near=root)
    return expected_for(
        course.assignment().problems[0],
        public=course.problem_file("affine"),
        private=course.solution_file("affine"),
        cache=cache,
    )


@pytest.fixture
def root(tmp_path):
    return tiny.write_course(tmp_path)


def test_public_tests_come_first_then_hidden_ones_with_their_weights(root):
    tests = expected(root).parts[0].tests
    assert [(t.name, t.is_public, t.weight, len(t.cases)) for t in tests] == [
        ("two examples", True, 1, 1),
        ("random batches", False, 1, 6),
        ("a batch of one", False, 2, 3),
    ]


def test_a_part_without_inputs_has_one_case(root):
    count = expected(root).parts[2]
    assert [unpack(output.value) for output in count.tests[0].cases[0].outputs] == [384, 128, 512]


def test_each_case_knows_what_each_misconception_gives(root):
    backward = expected(root).parts[0]
    assert [m.name for m in backward.misconceptions] == ["mean over the batch"]
    for case in backward.tests[1].cases:
        dx, dw = case.outputs
        batch = unpack(case.inputs[0]).shape[0]
        assert unpack(dx.wrong[0]) == pytest.approx(unpack(dx.value))
        assert unpack(dw.wrong[0]) * batch == pytest.approx(unpack(dw.value))


def test_outputs_know_the_inputs_that_they_depend_on(root):
    assert expected(root).parts[0].depends == (("dy", "W"), ("dy", "x"))


def test_scalar_parts_are_exact(root):
    """References of scalar parts get fractions, so that no rounding stands between answers."""
    size = expected(
        root,
        solution=("return I + 2", "return I / 3 + 2"),
        problem=(
            '"output_size(I: int, K: int, P: int) -> size: int"',
            "output_size(I, K, P) -> size",
        ),
    ).parts[1]
    values = [unpack(case.outputs[0].value) for test in size.tests for case in test.cases]
    assert all(isinstance(value, int | Fraction) for value in values)


def test_an_oracle_may_find_rounding_noise_around_a_true_zero(root):
    old = tiny.SOLUTION[tiny.SOLUTION.index("    return dy") : tiny.SOLUTION.index("backward.test")]
    new = """\
    return 0 * dy @ W.T, 0 * x.T @ dy

@backward.oracle
def noisy(dy, x, W):
    return 1e-16 * x, -1e-16 * W

"""
    backward = expected(root, solution=(old, new)).parts[0]
    assert not any(unpack(output.value).any() for output in backward.tests[0].cases[0].outputs)


def test_what_rounding_leaves_of_a_true_zero_is_measured_against_the_inputs(root):
    old = tiny.SOLUTION[tiny.SOLUTION.index("    return dy") : tiny.SOLUTION.index("backward.test")]
    new = "    return (x - x.mean(0)).sum(0) + 0 * x, x.T @ dy\n\n\n"
    backward = expected(root, solution=(old, new)).parts[0]
    zeros = [case.outputs[0] for case in backward.tests[1].cases]
    assert max(abs(unpack(zero.value)).max() for zero in zeros) < 1e-14
    assert min(zero.scale for zero in zeros) > 0.1


def test_what_was_computed_is_kept_until_a_file_changes(root, tmp_path):
    cache = tmp_path / "cache"
    first = expected(root, cache=cache)
    kept = list(cache.iterdir())
    assert expected(root, cache=cache) == first
    assert list(cache.iterdir()) == kept
    expected(root, cache=cache, solution=("cases=6", "cases=5"))
    assert list(cache.iterdir()) != kept
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("before", [b"", b"\x81\xa1"])
def test_a_spoilt_cache_is_computed_again(root, tmp_path, before):
    cache = tmp_path / "cache"
    first = expected(root, cache=cache)
    (kept,) = cache.iterdir()
    kept.write_bytes(before + kept.read_bytes()[:100])
    assert expected(root, cache=cache) == first


def test_a_reference_may_write_into_its_inputs(root):
    before = expected(root).parts[0]
    edit = (
        "    return dy @ W.T, x.T @ dy",
        "    dy *= 2\n    return dy @ W.T / 2, x.T @ dy / 2",
    )
    assert [c.inputs for c in expected(root, solution=edit).parts[0].tests[0].cases] == [
        c.inputs for c in before.tests[0].cases
    ]


TESTED = "affine/backward: test 'random batches'"
WRONG = "affine/backward: the misconception 'mean over the batch'"
SOLUTION_SLIPS = [
    (
        ("W.T, x.T @ dy\n", "W.T, (x.T @ dy) / 2\n"),
        "case 0 of test 'two examples' the reference's dW",
    ),
    (("return x @ W", "return 2 * x @ W"), "case 0 of test 'two examples' the reference's dx"),
    (("W.T, x.T @ dy\n", "W.T, (x.T @ dy).T\n"), "of shape (2, 3)); wanted dx[N,D], dW[D,M]"),
    (
        ("return I + 2", "return np.exp(I) + 2"),
        "the reference, in case 0 of test 'random sizes', raised NameError: name 'np' is not defined",
    ),
    (
        ("3 * 128, 128,", "__import__('numpy').exp(__import__('fractions').Fraction(1)), 128,"),
        "without arrays, numbers arrive as exact fractions, which numpy's functions do not take",
    ),
    (
        ("return I + 2", "import no_such_package\n    return I + 2"),
        "line 27: affine/size: the reference, in case 0 of test 'random sizes', needs no_such_package, "
        "which is not installed; install",
    ),
    (("return I + 2", "raise SystemExit(3)\n    return I + 2"), "', raised SystemExit: 3"),
    (("cases=6)", "cases=6, N=(9, 3))"), "sets N to (9, 3); a range is (low, high)"),
    (('"x.T @ dy / len(x)"', '"x.T @ dy"'), f"{WRONG} replaces 'x.T @ dy' by itself"),
    (
        ('.say("Count positions, not steps.")', ""),
        "affine/size: the misconception 'no plus one' has no sentence; write .say(\"…\") behind",
    ),
    (
        ("carry(", "accept('by counting')\ncount.carry("),
        "affine/count: the accepted answer 'by counting' has no function; put @ in front of",
    ),
    (('"- K")).say', '"- K"), share=2).say'), "'no plus one' keeps the share 2; wanted 0 to 1"),
    (("size.test(", "size.tolerance('1e-6')\nsize.test("), "found the tolerance '1e-6'; wanted"),
    (("3 * 128 + 128", "512.5"), "wanted weights: int, biases: int, total: int"),
    (
        ("- K + 1\n", "- K + 1 if K < 5 else 1 / 0\n"),
        "line 27: affine/size: the reference, in case 4 of test 'random sizes', raised Z",
    ),
    (
        ("dy, x, W):", "dy, x):"),
        "affine/backward: the reference does not take the signature's inputs: got an unexpected "
        "keyword argument 'W'; wanted dy, x, W",
    ),
    (("cases=6", "cases=0"), "test 'random batches' has 0 cases and the weight 1; wanted at least"),
    (("weight=2", "weight=-2"), "test 'a batch of one' has 3 cases and the weight -2; wanted"),
    (("cases=40", "weight=0"), "affine/size: all tests weigh 0; give one of them a weight"),
    (("cases=6", "cases=6, Q=3"), f"{TESTED}: sets 'Q'; the signature has N, M, D, dy, x, W"),
    (
        ('("x.T @ dy"', '("x.T @ dx"'),
        f"{WRONG} replaces 'x.T @ dx', which stands nowhere in the reference; wanted exactly once; "
        "did you mean 'x.T @ dy'?",
    ),
    (
        (
            "def forward(x, W):\n    return x @ W",
            "def forward(x, W):\n    return x @ W * (1 + 1e-9)",
        ),
        "; they differ by 1e-09 of their size, and may by 1e-10: where larger terms cancel, draw",
    ),
    (
        (
            "return I + 2",
            "output_size.calls = getattr(output_size, 'calls', 0) + 1\n"
            "    return output_size.calls + I + 2",
        ),
        "affine/size: in case 0 of test 'random sizes' the reference gives other values when it is "
        "asked again; draw its random numbers from a seed of its own",
    ),
    (
        ("/ len(x)", "/ len(x"),
        f"{WRONG} is not valid Python after its edits: 'return dy @ W.T, x.T",
    ),
    (
        ('{"total": 394}', '{"totl": 394}'),
        "the misconception 'ten added' returns 'totl'; the outputs",
    ),
    (("carry(total", "carry(totl"), "affine/count: carry names 'totl'; the outputs are weights,"),
    (
        ('total="weights + biases"', "total=lambda weights, q: weights + q"),
        "affine/count: the carry rule of 'total' takes 'q'; wanted inputs and other outputs, of weights",
    ),
    (
        ("weights + biases", "weights - biases"),
        "in case 0 of test 'the answer' the carry rule of 'total' gives 256, the reference 512",
    ),
    (
        ('total="weights + biases"', "total=lambda weights: weights + 1"),
        "in case 0 of test 'the answer' the carry rule of 'total' gives 385.0, the reference 512",
    ),
    (
        ("weights + biases", "weights / (biases - 128)"),
        "the carry rule of 'total' is 'weights / (biases - 128)', which has no value: ",
    ),
    (
        ("size.test(", "size.valid(lambda I, K, P: True)\nsize.test("),
        "affine/size: the validator does not take the signature's inputs: got an unexpected keyword "
        "argument 'answer'; wanted I, K, P, answer",
    ),
    (
        ("size.test(", "size.accept(lambda I, K, P: I)\nsize.test("),
        'affine/size: an accepted answer has a name; write @part.accept("loops") above it',
    ),
    (("@count.reference\n", ""), "edits the reference, which is not declared yet"),
    (('size.test("random sizes", cases=40)\n', ""), "affine/size has no test; declare one with"),
    (
        ("lambda: True", "lambda: False"),
        "the key of 'linear' says True, its experiment finds False",
    ),
    (('false("square"', 'false("sqare"'), "there is no claim 'sqare'; did you mean 'square'?"),
    (('solution["size"]', 'solution["sise"]'), "there is no part 'sise' in problem.yaml; did you"),
    (
        ('Solution("affine")', 'Solution("afine")'),
        'found Solution("afine"); wanted one  solution = Solution("affine")',
    ),
    (("lambda: True", "lambda: True("), "is not valid Python"),
]
PROBLEM_SLIPS = [
    ((", P: 0..3", ""), "affine/size: test 'random sizes': the input 'P' has no domain; write one"),
    ((", P: 0..3}", ", P: 0..3}\n    where: I < K"), "no draw of 200 satisfies 'I < K'"),
    (
        ("[1, 1]]}", "[1, 1]]}\n        expected: {dx: [[1, 0, 1], [0, 1, 2]]}"),
        "affine/backward: public test 'two examples' expects",
    ),
]


@pytest.mark.parametrize(("edit", "said"), SOLUTION_SLIPS)
def test_a_slip_in_a_solution_is_told_by_name(root, edit, said):
    with pytest.raises(ProblemError) as caught:
        expected(root, solution=edit)
    assert str(root / "solutions" / "affine.py") in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            ("return I + 2", "while True: pass\n    return I + 2"),
            "line 27: affine/size: the reference, in case 0 of test 'random sizes', did not end "
            "within 1 s; look for a loop that has no end",
        ),
        (
            ('solution = Solution("affine")', 'while True: pass\nsolution = Solution("affine")'),
            "line 3: loading the file did not end within 1 s",
        ),
        (
            ('("- K + 1", "- K")', "lambda I, K, P: next(i for i in iter(int, 1) if i)"),
            "affine/size: the misconception 'no plus one' did not end within 1 s",
        ),
    ],
)
def test_what_never_ends_is_told_with_its_part(root, monkeypatch, edit, said):
    monkeypatch.setattr(solutions, "PATIENCE_S", 1.0)
    with pytest.raises(ProblemError, match=re.escape(said)):
        expected(root, solution=edit)


@pytest.mark.parametrize(("edit", "said"), PROBLEM_SLIPS)
def test_what_a_reference_finds_wrong_in_a_problem_is_told(root, edit, said):
    with pytest.raises(ProblemError) as caught:
        expected(root, problem=edit)
    assert said in str(caught.value)

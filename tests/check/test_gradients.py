"""Public forward passes: students' gradients are held against central differences of them."""

from pathlib import Path

import numpy as np
import pytest

from grader.course import find_course, load_problem
from grader.errors import ProblemError
from grader.expected import GRADIENTS, load_solution, public_part
from grader.expected.differences import Kinked, derivative, gradients
from grader.model import NumberedPart
from grader.student.signature import parse_signature
from grader.verify.bench import Bench
from tests.verify import courses

ROOT = Path(__file__).parents[2]
SEEDS = range(3)
MOST_MISSED = 0.1
# Where two cells tie there is a kink, and differences have nothing to say.
AT_KINKS = {"all of it to each tie"}


def forwards():
    """The parts of the bank that have a public forward pass, with what is declared for them."""
    course = find_course(given=ROOT, near=ROOT)
    for problem in course.assignment().problems:
        if any(part.forward for part in problem.parts):
            solution = load_solution(course.solution_file(problem.slug), problem)
            yield from ((p, solution[p.name]) for p in problem.parts if p.forward)


PARTS = {part.id: (part, declared) for part, declared in forwards()}


def judged(part, declared, function, seed):
    """What the central differences of one draw say of a function."""
    numbered = NumberedPart(number="1", part=part)
    bench = Bench(numbered, declared, public_part(part, seed=seed), Path())
    tests = bench.judge(bench.called(function)).tests
    return next(test for test in tests if test.name == GRADIENTS)


def passes(part, declared, function):
    return all(
        (test := judged(part, declared, function, seed)).marks == test.out_of for seed in SEEDS
    )


def test_all_problems_with_a_backward_pass_have_a_public_forward_pass():
    assert len(PARTS) >= 11
    assert {id_.partition("/")[0] for id_ in PARTS} == {
        *("batch-norm", "convolution-backward", "residual-mlp", "squeeze-excitation")
    }


@pytest.mark.parametrize("id_", PARTS)
def test_a_reference_agrees_with_the_differences_of_its_public_forward_pass(id_):
    part, declared = PARTS[id_]
    assert passes(part, declared, declared.reference_function)


def test_the_differences_catch_nine_of_ten_misconceptions_of_the_bank():
    functions = [(p, d, wrong) for p, d in PARTS.values() for wrong in d.wrongs]
    missed = [wrong.name for p, d, wrong in functions if passes(p, d, wrong.function)]
    assert len(functions) > 90
    assert len(missed) <= MOST_MISSED * len(functions)
    assert set(missed) == AT_KINKS


def test_a_mistake_is_placed_by_argument_and_index():
    part, declared = PARTS["squeeze-excitation/backward"]

    def one_weight_off(dy, x, W1, W2):
        dx, dW1, dW2 = declared.reference_function(dy, x, W1, W2)
        dW2[0, 1] += 1
        return dx, dW1, dW2

    test = judged(part, declared, one_weight_off, 0)
    wrong = [output for output in test.outputs if output.marks != output.out_of]
    assert [(output.name, output.comparison.worst) for output in wrong] == [("dW2", (0, 1))]


def test_a_parameter_that_only_its_gradient_names_is_drawn():
    text = "back(dy[N,M], x[N,D], W[D,M], N) -> dx[N,D], dW[D,M], db[M]"
    rng = np.random.default_rng(0)
    dy, x, W = (rng.standard_normal(shape) for shape in ((3, 2), (3, 4), (4, 2)))
    inputs = {"dy": dy, "x": x, "W": W, "N": 3}
    found = gradients(parse_signature(text), lambda x, W, b, *, N: (x @ W + b) / N, inputs)
    for gradient, truth in zip(found, (dy @ W.T, x.T @ dy, dy.sum(0)), strict=True):
        np.testing.assert_allclose(gradient, truth / 3, atol=1e-10)


def test_a_forward_pass_that_fails_is_told_with_its_place(tmp_path):
    code = "-> dx[N,D], dW[D,M]\n    forward: 'def f(x, W): return x @ V'\n"
    courses.write(tmp_path, problem=[("-> dx[N,D], dW[D,M]\n", code)])
    part, *_ = load_problem(tmp_path / "problems/affine/problem.yaml").parts
    with pytest.raises(ProblemError) as caught:
        public_part(part, seed=0)
    assert str(caught.value) == (
        "problems/affine/problem.yaml: parts.backward.forward: raised NameError: name 'V' is not "
        "defined"
    )


def test_a_derivative_has_the_axes_of_the_value_before_those_of_the_argument():
    A = np.arange(6.0).reshape(2, 3)
    x = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(derivative(lambda x: A @ x, x), A, atol=1e-10)
    np.testing.assert_allclose(derivative(lambda x: np.sum(x**3), x), 3 * x**2, atol=1e-10)
    np.testing.assert_allclose(
        derivative(lambda B: B @ B.T, A),
        np.einsum("ik,jl->ijkl", np.eye(2), A) + np.einsum("il,jk->ijkl", A, np.eye(2)),
        atol=1e-9,
    )


@pytest.mark.parametrize("at", [1e-4, 1e-3, 2.5e-3, -2.9e-3])
def test_a_kink_nearby_is_noticed(at):
    with pytest.raises(Kinked):
        derivative(lambda x: np.sum(np.maximum(x, 0)), [at])

"""Indexed formulas and whole arrays against numpy and autograd."""

import numpy as np
import pytest

from grader.student.formulas import (
    FormulaError,
    evaluate,
    evaluate_text,
    free_indices,
    names_used,
    read,
)
from grader.student.formulas.functions import FUNCTIONS
from grader.student.signature import parse_signature
from grader.student.wire import Notation

KERNEL = parse_signature("kernel(G[6,6], x[6,6,3]) -> dW[3,3,3]")
KERNEL_NOTATION = Notation(
    aliases={"G": ("dL/dP",), "dW": ("dL/dW'",)},
    zero_outside=("x",),
    indices={"dW": ("s", "u", "v")},
)
NORM = parse_signature(
    "norm(dy[N,C], xhat[N,C], gamma[C], var[C], eps) -> dbeta[C], dgamma[C], dx[N,C]"
)
NORM_NOTATION = Notation(aliases={"var": ("σ²", r"\sigma^2", r"\sigma_B^2")})


@pytest.fixture(scope="module")
def kernel_case():
    """A padded 3x3 convolution's weight gradient, by autograd."""
    import torch

    random = torch.Generator().manual_seed(7)
    x = torch.randn(6, 6, 3, generator=random, dtype=torch.float64)
    upstream = torch.randn(6, 6, generator=random, dtype=torch.float64)
    weight = torch.zeros(1, 3, 3, 3, dtype=torch.float64, requires_grad=True)
    z = torch.nn.functional.conv2d(x.permute(2, 0, 1)[None], weight, padding=1)
    (z[0, 0] * upstream).sum().backward()
    return {"G": upstream.numpy(), "x": x.numpy()}, weight.grad[0].permute(1, 2, 0).numpy()


def kernel(text):
    return read(text, signature=KERNEL, notation=KERNEL_NOTATION, output="dW")


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{\partial L}{\partial W'_{s,u,v}} = \sum_{i=1}^{6}\sum_{j=1}^{6} G_{i,j}\, x_{i+s-2,j+u-2,v}",
        r"\sum_{i,j} \frac{\partial L}{\partial P_{ij}} x_{i+s-2, j+u-2, v}",
        r"dW_{suv} = \sum_{i,j=1}^{6} x_{i+s-2,j+u-2,v} G_{ij}",
        "dW[s,u,v] = sum(G[i,j]*x[i+s-2,j+u-2,v] for i in range(1,7) for j in range(1,7))",
        "sum_{i,j=1}^6 G[max(i,1), j] x[min(i+s-2, 9), j+u-2, v]",
        r"dW_{a,b,c} = ∑_{m} ∑_{n} G_{m,n} x_{m+a-2,n+b-2,c}",
        r"dW_{s,u,v} = \sum_{p=s-1}^{s+4} \sum_{q=u-1}^{u+4} G_{p-s+2,q-u+2} x_{p,q,v}",
    ],
)
def test_a_right_sum_over_positions_equals_autograd(text, kernel_case):
    inputs, truth = kernel_case
    got = evaluate(kernel(text), inputs, signature=KERNEL, notation=KERNEL_NOTATION)
    np.testing.assert_allclose(got, truth, rtol=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_{i,j} G_{i,j} x_{i+u-2,j+s-2,v}",
        r"\sum_{i,j} G_{i,j} x_{i+s-1,j+u-1,v}",
        r"\sum_{i,j} G_{j,i} x_{i+s-2,j+u-2,v}",
    ],
)
def test_a_wrong_sum_over_positions_does_not(text, kernel_case):
    inputs, truth = kernel_case
    got = evaluate(kernel(text), inputs, signature=KERNEL, notation=KERNEL_NOTATION)
    assert not np.allclose(got, truth)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            r"dW_{s,u,v} = G_{i,j} x_{i+s-2,u+l-2,v}",
            "i, j and l are neither summed over nor on the left",
        ),
        (r"\sum_i G_{i,j} x_{i+s-2,u,v}", "j is neither summed over nor on the left"),
    ],
)
def test_an_index_that_nothing_binds_is_read_but_has_no_value(text, sentence, kernel_case):
    with pytest.raises(FormulaError, match=sentence):
        evaluate(kernel(text), kernel_case[0], signature=KERNEL, notation=KERNEL_NOTATION)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (r"\sum_{i,j} G_{i,j} x_{i,j,v,s}", "x has 3 axes; found 4 indices"),
        (r"\sum_{i,j} G_{i,j,v} x_{i,j,v}", "G has 2 axes; found 3 indices"),
    ],
)
def test_a_number_of_indices_that_does_not_fit_is_refused_before_any_value(text, sentence):
    with pytest.raises(FormulaError, match=sentence):
        kernel(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (r"\sum_{i=1}^6 \sum_j G_{i+1,j} x_{i+s-2,j+u-2,v}", "G_{i + 1, j} reaches outside G"),
        (r"\sum_{i,j} G_{i,j} x_{i/2,j,v}", "the index i/2 is not always an integer"),
        (r"\sum_k G_{s,u} x_{s,u,v}", "the sum over k needs its first and last value"),
        (r"\sum_{k=1}^{10^9} G_{s,u} x_{s,u,v}", "too many terms"),
        (r"G_{s,u} G^T", "do not mix"),
    ],
)
def test_an_indexed_formula_without_a_value_says_why(text, sentence, kernel_case):
    with pytest.raises(FormulaError) as refusal:
        evaluate(kernel(text), kernel_case[0], signature=KERNEL, notation=KERNEL_NOTATION)
    assert sentence in refusal.value.sentence


def test_a_formula_knows_its_names_and_free_indices():
    formula = kernel(r"\sum_{i,j} G_{i,j} x_{i+s-2,j+u-2,v}")
    assert names_used(formula) == {"G", "x"}
    assert free_indices(formula) == ()
    assert free_indices(formula.of(formula.tree.body)) == ("i",)


@pytest.fixture(scope="module")
def norm_case():
    random = np.random.default_rng(11)
    dy, xhat = random.normal(size=(7, 3)), random.normal(size=(7, 3))
    inputs = {"dy": dy, "xhat": xhat, "gamma": random.normal(size=3), "var": random.random(3) + 0.5}
    inputs["eps"] = 1e-3
    dbeta, dgamma = dy.sum(0), (dy * xhat).sum(0)
    scale = inputs["gamma"] / np.sqrt(inputs["var"] + inputs["eps"]) / 7
    return inputs, {
        "dbeta": dbeta,
        "dgamma": dgamma,
        "dx": scale * (7 * dy - dbeta - xhat * dgamma),
    }


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("dbeta", r"\sum_{n=1}^{N} dy_n"),
        ("dbeta", "dy.sum(axis=0)"),
        ("dbeta", r"dbeta_c = \sum_n dy_{n,c}"),
        ("dbeta", "N * dy.mean(0)"),
        ("dgamma", r"\sum_i dy_i \hat{x}_i"),
        ("dgamma", "np.sum(dy * x_hat, axis=0)"),
        ("dgamma", r"dgamma_c = \sum_{i=1}^N dy_{i,c} \odot \hat x_{i,c}"),
        ("dx", "gamma/np.sqrt(var+eps)/N * (N*dy - dy.sum(0) - xhat*(dy*xhat).sum(0))"),
        (
            "dx",
            r"dx_i = \frac{\gamma}{N\sqrt{\sigma_B^2+\epsilon}}"
            r"\left(N\, dy_i - \sum_{j=1}^N dy_j - \hat{x}_i \sum_{j=1}^N dy_j \hat{x}_j\right)",
        ),
        ("dx", "gamma (σ² + ε)^(-1/2) (dy - mean(dy, axis=0) - xhat*mean(dy*xhat, axis=0))"),
    ],
)
def test_batch_norm_gradients_may_leave_the_feature_index_out(output, text, norm_case):
    inputs, truth = norm_case
    formula = read(text, signature=NORM, notation=NORM_NOTATION, output=output)
    got = evaluate(formula, inputs, signature=NORM, notation=NORM_NOTATION)
    np.testing.assert_allclose(got, truth[output], rtol=1e-10)


def test_the_letter_t_is_a_transpose_where_it_is_the_name_of_a_size():
    signature = parse_signature("scores(Q[T,D], K[S,D]) -> A[T,S]")
    formula = read(r"\frac{QK^T}{\sqrt{D}}", signature=signature, notation=Notation(), output="A")
    q, k = np.arange(10.0).reshape(2, 5), np.arange(15.0).reshape(3, 5)
    got = evaluate(formula, {"Q": q, "K": k}, signature=signature, notation=Notation())
    np.testing.assert_allclose(got, q @ k.T / np.sqrt(5))


def test_the_letter_t_is_refused_where_it_is_an_input():
    signature = parse_signature("scores(Q[N,D], K[S,D], T) -> A[N,S]")
    with pytest.raises(FormulaError, match="a power or a transpose"):
        read("Q K^T / T", signature=signature, notation=Notation(), output="A")


def test_a_scalar_of_arrays_is_a_float():
    signature = parse_signature("loss(p[N], y[N]) -> L")
    formula = read(
        r"-\frac{1}{N}\sum_i y_i \ln p_i", signature=signature, notation=Notation(), output="L"
    )
    p, y = np.array([0.5, 0.25]), np.array([1.0, 0.0])
    got = evaluate(formula, {"p": p, "y": y}, signature=signature, notation=Notation())
    assert type(got) is float
    assert got == pytest.approx(np.log(2) / 2)


SQUARES = parse_signature("squares(A[D,D], B[D,D]) -> C[D,D]")


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("A * B", np.multiply),
        ("A B", np.multiply),
        (r"A \odot B", np.multiply),
        ("A @ B", np.matmul),
        ("A B^T", lambda a, b: a * b.T),
    ],
)
def test_of_two_square_matrices_a_plain_product_is_elementwise(text, product):
    """Both kinds would fit: equal shapes come first, as in Python."""
    a, b = np.random.default_rng(0).standard_normal((2, 3, 3))
    formula = read(text, signature=SQUARES, notation=Notation(), output="C")
    got = evaluate(formula, {"A": a, "B": b}, signature=SQUARES, notation=Notation())
    np.testing.assert_allclose(got, product(a, b))


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_of_numbers_is_that_of_arrays_in_its_tails_as_well(name):
    function = FUNCTIONS[name]
    for x in (-40.0, -3.0, -0.5, 0.0, 0.5, 2.0, 40.0):
        arguments = (x, 1.0)[: function.least]
        try:
            wanted = function.scalar(*arguments)
        except ValueError:  # a logarithm or root that has no value
            continue
        got = function.array(*(np.array([argument]) for argument in arguments))
        np.testing.assert_allclose(got, [float(wanted)], rtol=1e-12)


def test_what_is_tiny_is_not_lost():
    point = {"x": -40}
    assert evaluate_text("log(sigmoid(x))", point) == pytest.approx(-40, rel=1e-12)
    array = FUNCTIONS["sigmoid"].array(np.array([-40.0, 0.0, 40.0]))
    np.testing.assert_allclose(array, [np.exp(-40), 0.5, 1.0], rtol=1e-12)

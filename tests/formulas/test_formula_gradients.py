"""Notations of one gradient, through a residual block and its batch, against autograd."""

import numpy as np
import pytest

from grader.student.formulas import FormulaError, edits, evaluate, read, to_unicode
from grader.student.signature import parse_signature
from grader.student.wire import Notation

SIGNATURE = parse_signature("grad(g[B,D], z1[B,H], z3[B,D], W1[D,H], W2[H,D]) -> da[B,D]")
NOTATION = Notation(
    aliases={
        "g": ("δ", "delta", "dL/da2", "∂loss/∂a^{l+2}", "grad_out", r"\nabla_{a_2} L"),
        "W1": ("w^{l+1}",),
        "W2": ("w^{l+2}",),
        "z1": ("z^{l+1}",),
        "z3": ("z^{l+3}",),
        "da": ("dL/da", "∂loss/∂a^l"),
    },
    functions={"f'": "tanh_prime", "Act'": "tanh_prime", "σ'": "tanh_prime"},
)
B, D, H = 3, 5, 7

RIGHT = {
    "row": (
        "delta * f'(z3) + ((delta * f'(z3)) @ W2.T * f'(z1)) @ W1.T",
        "(delta * act_prime(z3)) + (delta*act_prime(z3)) @ W2.T * act_prime(z1) @ W1.T",
        "δ ⊙ f'(z₃) + ((δ ⊙ f'(z₃)) W₂ᵀ ⊙ f'(z₁)) W₁ᵀ",
        r"\delta \odot f'(z_3) + \left(\left(\delta \odot f'(z_3)\right) W_2^T \odot f'(z_1)\right) W_1^\top",
        r"\frac{\partial loss}{\partial a^{l+2}} \odot Act'(z^{l+3}) + \left( \left( \frac{\partial loss}"
        r"{\partial a^{l+2}} \odot Act'(z^{l+3}) \right) (w^{l+2})^{T} \odot Act'(z^{l+1}) \right) (w^{l+1})^{T}",
        "np.multiply(grad_out, f_prime(z3)) + np.dot(np.dot(grad_out*f_prime(z3), W2.T)*f_prime(z1), np.transpose(W1))",
        "dL/da = dL/da2 * f'(z3) + (((dL/da2 * f'(z3)) · W2^T) * f'(z1)) · W1^T",
        r"(f'(z_1) \odot (g \odot f'(z_3)) W_2^{\top}) W_1^{\top} + g \odot f'(z_3)",
        r"\nabla_{a_2} L \circ σ'(z_3) + (σ'(z_1) \circ ((\nabla_{a_2} L \circ σ'(z_3)) W_2^{\intercal})) W_1^{\intercal}",
    ),
    "column": (
        "δ ⊙ f'(z3) + W1ᵀ (f'(z1) ⊙ W2ᵀ (δ ⊙ f'(z3)))",
        r"Act'(z_3) \odot \delta + W_1^T\left(Act'(z_1) \odot W_2^T(\delta \odot Act'(z_3))\right)",
        "delta*f'(z3) + W1.T @ (f'(z1) * (W2.T @ (delta*f'(z3))))",
    ),
    "jacobian": (
        r"\frac{\partial loss}{\partial a^{l}} = \frac{\partial loss}{\partial a^{l+2}} * Act'(z^{l+3})"
        r" (1 + w^{l+2} * Act'(z^{l+1}) * w^{l+1})",
        "g f'(z3) (I + W2 f'(z1) W1)",
        "g @ diag(f'(z3)) + g diag(f'(z3)) W2 diag(f'(z1)) W1",
    ),
}
WRONG = (
    "δ ⊙ f'(z₃) + ((δ ⊙ f'(z₃)) W₂ ⊙ f'(z₁)) W₁",
    "((δ ⊙ f'(z₃)) W₂ᵀ ⊙ f'(z₁)) W₁ᵀ",
    "δ ⊙ f'(z₃) + (δ W₂ᵀ ⊙ f'(z₁)) W₁ᵀ",
    "δ + ((δ ⊙ f'(z₃)) W₂ᵀ ⊙ f'(z₁)) W₁ᵀ",
    "δ ⊙ f'(z₃) + (δ ⊙ f'(z₃)) W₂ᵀ W₁ᵀ",
    "δ ⊙ f'(z₃) - ((δ ⊙ f'(z₃)) W₂ᵀ ⊙ f'(z₁)) W₁ᵀ",
)


def read_gradient(text):
    return read(text, signature=SIGNATURE, notation=NOTATION, output="da")


def value(text_or_formula, inputs, layout):
    formula = (
        read_gradient(text_or_formula) if isinstance(text_or_formula, str) else text_or_formula
    )
    return evaluate(formula, inputs, signature=SIGNATURE, notation=NOTATION, layout=layout)


def matching(text, case):
    inputs, truth = case
    found = []
    for layout in ("row", "column", "jacobian"):
        try:
            if np.allclose(value(text, inputs, layout), truth, rtol=1e-9, atol=1e-12):
                found.append(layout)
        except FormulaError:
            continue
    return found


@pytest.fixture(scope="module", params=[0, 1, 2])
def case(request):
    """Inputs and, by autograd, the gradient of a random loss of a2 = tanh(tanh(a W1 + b1) W2 + b2 + a)."""
    import torch

    random = torch.Generator().manual_seed(request.param)
    draw = lambda *shape: torch.randn(*shape, generator=random, dtype=torch.float64)
    a, w1, w2, b1, b2 = draw(B, D), draw(D, H), draw(H, D), draw(H), draw(D)
    a.requires_grad_()
    z1 = a @ w1 + b1
    z3 = torch.tanh(z1) @ w2 + b2 + a
    g = draw(B, D)
    (torch.tanh(z3) * g).sum().backward()
    named = {"g": g, "z1": z1, "z3": z3, "W1": w1, "W2": w2}
    return {name: tensor.detach().numpy() for name, tensor in named.items()}, a.grad.numpy()


@pytest.mark.parametrize(("layout", "text"), [(c, t) for c, texts in RIGHT.items() for t in texts])
def test_a_right_notation_is_accepted_in_its_layout_only(layout, text, case):
    assert matching(text, case) == [layout]


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_notation_is_refused_in_every_layout(text, case):
    assert matching(text, case) == []


def test_there_are_21_notations():
    assert sum(map(len, RIGHT.values())) + len(WRONG) == 21


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("δ ⊙ f'(z₃) + ((δ ⊙ f'(z₃)) W₂ᵀ ⊙ f'(z₁)) W₁", {"one transpose"}),
        ("((δ ⊙ f'(z₃)) W₂ᵀ ⊙ f'(z₁)) W₁ᵀ", {"the skip term"}),
        ("δ ⊙ f'(z₃) + (δ W₂ᵀ ⊙ f'(z₁)) W₁ᵀ", {"one factor"}),
        ("δ ⊙ f'(z₃) - ((δ ⊙ f'(z₃)) W₂ᵀ ⊙ f'(z₁)) W₁ᵀ", {"one sign"}),
        ("δ ⊙ f'(z₃) + ((δ ⊙ f'(z₃)) W₁ᵀ ⊙ f'(z₁)) W₂ᵀ", {"a swap of two names"}),
        ("δ ⊙ f'(z₃) + ((δ ⊙ f'(z₃)) W₂ᵀ ⊙ f'(z₁)) W₂ᵀ + W₁ - W₁", set()),
    ],
)
def test_the_single_edit_that_makes_it_right_is_named_by_its_kind(text, kinds, case):
    inputs, truth = case
    found = set()
    for kind, edited in edits(read_gradient(text)):
        try:
            if np.allclose(value(edited, inputs, "row"), truth):
                found.add(kind)
        except FormulaError:
            continue
    assert found == kinds


@pytest.mark.parametrize(
    ("text", "layout", "sentence"),
    [
        (
            "δ * f'(z₃) (1 + W₂ f'(z₁) W₁)",
            "row",
            "W₂ is (H, D) and f'(z₁) is (B, H): a matrix product needs the inner sizes to agree, D ≠ B",
        ),
        (
            "(δ * f'(z₃)) W₂",
            "row",
            "g·f'(z₃) is (B, D) and W₂ is (H, D): a matrix product needs the inner sizes to agree, D ≠ H",
        ),
        ("z₁ + z₃", "row", "z₁ is (B, H) and z₃ is (B, D): they cannot be added"),
        (
            "z₁ ⊙ z₃",
            "row",
            "z₁ is (B, H) and z₃ is (B, D): an elementwise product needs equal shapes",
        ),
        ("z₁", "row", "the formula gives (B, H); the answer must be (B, D)"),
        (
            "z₃/(W₁ W₂ - W₁ W₂)",
            "row",
            "z₃ is (B, D) and W₁·W₂ - W₁·W₂ is (D, D): they cannot be divided",
        ),
        ("g/0", "row", "no finite value"),
        ("g", "diagonal", "there is no layout “diagonal”"),
    ],
)
def test_a_formula_without_a_value_says_why_in_the_students_terms(text, layout, sentence, case):
    with pytest.raises(FormulaError) as refusal:
        value(text, case[0], layout)
    assert sentence in refusal.value.sentence


def test_the_names_of_sizes_decide_even_where_two_sizes_are_equal(case):
    """With H equal to D a missing transpose would fit by number; by name it does not."""
    square = np.eye(4)
    inputs = dict.fromkeys(("g", "z1", "z3", "W1", "W2"), square)
    with pytest.raises(FormulaError, match="inner sizes"):
        value("(δ ⊙ f'(z₃)) W₂", inputs, "row")


SCALED = parse_signature("scaled(g[B,D], v[D]) -> d[B,D]")


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        *(("row", text) for text in ("g ⊙ v", "v g", "v * g")),
        *(("column", text) for text in ("v ⊙ g", "v * g")),
        *(("jacobian", text) for text in ("g diag(v)", "g @ diag(v)")),
    ],
)
def test_a_vector_is_a_row_a_column_or_a_diagonal(layout, text):
    random = np.random.default_rng(0)
    g, v = random.standard_normal((B, D)), random.standard_normal(D)
    formula = read(text, signature=SCALED, notation=Notation(), output="d")
    inputs = {"g": g, "v": v}
    got = evaluate(formula, inputs, signature=SCALED, notation=Notation(), layout=layout)
    np.testing.assert_allclose(got, g * v)


def test_in_the_jacobian_layout_a_row_times_a_vector_is_a_number():
    random = np.random.default_rng(0)
    g, v = random.standard_normal((B, D)), random.standard_normal(D)
    formula = read("(g v) g", signature=SCALED, notation=Notation(), output="d")
    got = evaluate(
        formula, {"g": g, "v": v}, signature=SCALED, notation=Notation(), layout="jacobian"
    )
    np.testing.assert_allclose(got, (g @ v)[:, None] * g)


def test_messages_use_the_reading_that_is_shown():
    assert to_unicode(read_gradient("delta * act_prime(z_3)")) == "g·Act'(z₃)"

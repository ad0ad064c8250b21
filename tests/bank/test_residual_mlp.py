"""The residual block: right answers in every layout, and each known mistake with its sentence."""

import json

import pytest

from tests.bank.bench import full, recognised, summary

SLUG = "residual-mlp"
COMPUTED = {"backward", "expression", "norms", "no-skip"}

# As on paper: one example at a time, vectors as columns, the slopes from the derivatives' tables.
BY_EXAMPLE = """\
import numpy as np

def table(act, z):
    if act == "tanh":
        return np.tanh(z), 1 / np.cosh(z) ** 2
    if act == "relu":
        return np.maximum(z, 0), np.where(z > 0, 1.0, 0.0)
    e = np.exp(-z)
    return 1 / (1 + e), e / (1 + e) ** 2

def residual_backward(dout, a, W1, b1, W2, b2, act):
    da, dW1, db1, dW2, db2 = [np.zeros(np.shape(p)) for p in (a, W1, b1, W2, b2)]
    for n in range(len(a)):
        u = b1 + W1.T.dot(a[n])
        hidden, slope_u = table(act, u)
        v = b2 + W2.T.dot(hidden) + a[n]
        out, slope_v = table(act, v)
        dv = slope_v * dout[n]
        du = slope_u * W2.dot(dv)
        da[n] = W1.dot(du) + dv
        db1 += du
        db2 += dv
        dW1 += np.outer(a[n], du)
        dW2 += np.outer(hidden, dv)
    return da, dW1, db1, dW2, db2
"""

# Per misconception the edits of the text above, and which outputs they spoil.
BACKWARD = {
    "no transposes": ([("W2.dot", "W2.T.dot"), ("W1.dot(du)", "W1.T.dot(du)")], "da dW1 db1"),
    "W2 not transposed": ([("W2.dot", "W2.T.dot")], "da dW1 db1"),
    "W1 not transposed": ([("W1.dot(du)", "W1.T.dot(du)")], "da"),
    "bypass without the slope": ([("(du) + dv", "(du) + dout[n]")], "da"),
    "hidden slope missing": ([("slope_u * W2", "W2")], "da dW1 db1"),
    "output slope missing": ([("slope_v * dout", "dout")], "da dW1 db1 dW2 db2"),
    "slopes at the outputs": (
        [
            ("dv = slope_v", "dv = table(act, out)[1]"),
            ("du = slope_u", "du = table(act, hidden)[1]"),
        ],
        "da dW1 db1 dW2 db2",
    ),
    "hidden slope at the output": (
        [("du = slope_u", "du = table(act, hidden)[1]")],
        "da dW1 db1",
    ),
    "the number 1 added": ([("(du) + dv", "(du) + 1")], "da"),
    "no bypass": ([("(du) + dv", "(du)")], "da"),
    "averaged over the batch": (
        [
            (
                "    return da,",
                "    dW1, db1, dW2, db2 = [g / len(a) for g in (dW1, db1, dW2, db2)]\n    return da,",
            )
        ],
        "dW1 db1 dW2 db2",
    ),
}
# In the layout of the write-up, where the sizes must be equal for anything to come out.
ELEMENTWISE = (
    BY_EXAMPLE.replace("    for n in range(len(a)):\n", "").split("        u = ")[0]
    + """\
    h, slope_h = table(act, a @ W1 + b1)
    dz3 = dout * table(act, h @ W2 + b2 + a)[1]
    dz1 = dz3 * W2 * slope_h
    return dz3 + dz1 * W1, a.T @ dz1, dz1.sum(axis=0), h.T @ dz3, dz3.sum(axis=0)
"""
)

EXPRESSIONS = {
    ("expression", "hidden slope missing"): "δ⊙f'(z₃) + (δ⊙f'(z₃)) W₂ᵀ W₁ᵀ",
    ("expression", "output slope missing"): "δ + (δ W₂ᵀ ⊙ f'(z₁)) W₁ᵀ",
    ("expression", "bypass without the slope"): "delta + ((delta*f'(z3)) @ W2.T * f'(z1)) @ W1.T",
    ("expression", "the number 1 added"): "1 + ((delta * f'(z3)) @ W2.T * f'(z1)) @ W1.T",
    ("expression", "no bypass"): r"\left((\delta \odot f'(z_3)) W_2^T \odot f'(z_1)\right) W_1^T",
    ("no-skip", "hidden slope missing"): "(δ⊙f'(z₂)) W₂ᵀ W₁ᵀ",
    ("no-skip", "output slope missing"): "(δ W₂ᵀ ⊙ f'(z₁)) W₁ᵀ",
    ("no-skip", "bypass kept"): "δ⊙f'(z₂) + ((δ⊙f'(z₂)) W₂ᵀ ⊙ f'(z₁)) W₁ᵀ",
}

# Recursive, from the first block to the last and back again.
RECURSIVE = """\
import numpy as np

def back(dout, x, W1, W2, skip):
    if len(W1) == 0:
        return dout
    hidden = np.tanh(np.einsum("nd,dm->nm", x, W1[0]))
    out = np.tanh(np.einsum("nm,md->nd", hidden, W2[0]) + (x if skip else 0))
    above = back(dout, out, W1[1:], W2[1:], skip)
    at_sum = above * (1 - out ** 2)
    at_hidden = np.einsum("nd,md->nm", at_sum, W2[0]) * (1 - hidden ** 2)
    below = np.einsum("nm,dm->nd", at_hidden, W1[0])
    return below + at_sum if skip else below

def gradient_norm(dout, x, W1, W2, skip):
    return 0.5 * np.log((back(dout, x, W1, W2, skip) ** 2).sum())
"""
NORMS = {
    "handed on unchanged": [
        ("return 0.5", "if skip:\n        return np.log((dout ** 2).sum()) / 2\n    return 0.5")
    ],
    "bypass without the slope": [("below + at_sum", "below + above")],
    "no bypass on the way back": [("below + at_sum if skip else below", "below")],
    "no bypass at all": [
        ("(x if skip else 0)", "0"),
        ("below + at_sum if skip else below", "below"),
    ],
    "the number 1 added": [("below + at_sum", "below + 1")],
    "hidden slope missing": [(" * (1 - hidden ** 2)", "")],
    "output slope missing": [(" * (1 - out ** 2)", "")],
    "largest singular value": [
        (
            "0.5 * np.log((back(dout, x, W1, W2, skip) ** 2).sum())",
            "np.log(np.linalg.svd(back(dout, x, W1, W2, skip))[1][0])",
        )
    ],
    "logarithm to base 10": [("np.log(", "np.log10(")],
    "no logarithm": [("0.5 * np.log(", "np.sqrt(")],
}


def edited(text, edits):
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def typed(part, answer):
    return f"{SLUG}/{part}: {json.dumps(answer)}"


def told(bench, part, name, spoilt):
    return {(output, name, bench.sentence(part, name)) for output in spoilt.split()}


def test_the_reference_earns_everything_that_is_not_a_text(bench):
    results = bench.grade(bench.reference_python(), bench.reference_answers())
    assert full(results) == {*COMPUTED, "expression-claims", "claims"}


def test_the_starter_earns_nothing(bench):
    assert not full(bench.grade(bench.starter_python()))


def test_every_misconception_is_tried_here(bench):
    tried = {("backward", name) for name in (*BACKWARD, "weights multiplied elementwise")}
    tried |= {("norms", name) for name in NORMS}
    assert bench.misconceptions() == tried | set(EXPRESSIONS)


# --- the backward pass ----------------------------------------------------------------------------


def test_example_by_example_earns_everything(bench):
    assert full(bench.grade(BY_EXAMPLE)) == {"backward"}


@pytest.mark.parametrize("name", BACKWARD)
def test_a_wrong_backward_pass_is_told_in_its_own_words(bench, name):
    edits, spoilt = BACKWARD[name]
    result = bench.grade(edited(BY_EXAMPLE, edits))["backward"]
    found = recognised(result)
    assert found == told(bench, "backward", name, spoilt)
    assert result.marks < result.out_of


def test_elementwise_weights_are_told_where_all_sizes_are_equal(bench):
    result = bench.grade(ELEMENTWISE)["backward"]
    name = "weights multiplied elementwise"
    assert recognised(result) == told(bench, "backward", name, "da dW1 db1")


# --- the formulas ---------------------------------------------------------------------------------

RIGHT = {
    "expression": [
        "delta*f'(z3) + ((delta*f'(z3)) @ W2.T * f'(z1)) @ W1.T",
        "δ⊙f'(z₃) + ((δ⊙f'(z₃)) W₂ᵀ ⊙ f'(z₁)) W₁ᵀ",
        r"""$\frac{\partial loss}{\partial a^{l}} = \delta \odot Act'(z^{l+3})
        + \left((\delta \odot Act'(z^{l+3})) (w^{l+2})^T \odot Act'(z^{l+1})\right) (w^{l+1})^T$""",
        "f'(z3) ⊙ δ + W1ᵀ (f'(z1) ⊙ (W2ᵀ (f'(z3) ⊙ δ)))",
        "dL/da2 * (1 - tanh(z3)**2) + (((dL/da2 * (1 - tanh(z3)**2)) @ W2.T) * f_prime(z1)) @ W1.T",
    ],
    "no-skip": [
        "((delta*f'(z2)) @ W2.T * f'(z1)) @ W1.T",
        "((δ⊙f'(z₃)) W₂ᵀ ⊙ f'(z₁)) W₁ᵀ",
        r"W_1^T \left(f'(z_1) \odot W_2^T (f'(z_2) \odot \delta)\right)",
    ],
}


@pytest.mark.parametrize(("part", "answer"), [(p, a) for p, given in RIGHT.items() for a in given])
def test_a_formula_in_any_notation_and_layout_earns_everything(bench, part, answer):
    assert full(bench.grade(answers=typed(part, answer))) == {part}


@pytest.mark.parametrize(("part", "name"), EXPRESSIONS)
def test_a_wrong_formula_is_told_in_its_own_words(bench, part, name):
    result = bench.grade(answers=typed(part, EXPRESSIONS[part, name]))[part]
    assert recognised(result) == told(bench, part, name, "da")
    assert result.marks == 0


# --- a deep stack ---------------------------------------------------------------------------------


def test_a_recursive_stack_earns_everything(bench):
    assert full(bench.grade(RECURSIVE)) == {"norms"}


@pytest.mark.parametrize("name", NORMS)
def test_a_wrong_norm_is_told_in_its_own_words(bench, name):
    result = bench.grade(edited(RECURSIVE, NORMS[name]))["norms"]
    assert recognised(result) == told(bench, "norms", name, "log_norm")
    assert result.marks < result.out_of


# --- claims ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["expression-claims", "claims"])
def test_each_wrong_claim_is_explained(bench, part):
    wrong = {claim.id: not claim.truth for claim in bench.expected[part].claims}
    result = bench.grade(answers=typed(part, wrong))[part]
    assert result.marks == 0
    assert {mark.sentence for mark in result.lost} == {
        f"{claim.id}: {claim.say}" for claim in bench.expected[part].claims
    }


# --- the submissions of this repository -----------------------------------------------------------

WAITS = ("0 of 1", "1", "a person will mark this text")


def test_alice_loses_the_gradients_to_missing_transposes(bench):
    product = "is (N, D) and W₂ is (M, D): a matrix product needs the inner sizes to agree, D ≠ M"
    found = summary(bench.grade_submission("alice"))
    assert found["backward"] == ("4/15 of 3", "0", bench.sentence("backward", "no transposes"))
    layout = "right in the jacobian layout alone; the question asks for the row or column layout"
    for part, slope in (("expression", "δ·Act'(z₃)"), ("no-skip", "δ·Act'(z₂)")):
        assert found[part] == ("1 of 2", "0", f"{layout}. As it stands, {slope} {product}")
    assert found["expression-claims"][:2] == ("3/5 of 1", "0")
    assert found["expression-claims"][2].startswith("square: The shapes then fit")
    assert found["claims"][:2] == ("1/2 of 1", "0")
    assert found["claims"][2].startswith("never: The slope of the last activation multiplies")
    assert found["norms"] == ("2 of 2", "0", "")
    assert found["why-text"] == WAITS


def test_bob_earns_everything_but_his_text_waits(bench):
    results = bench.grade_submission("bob")
    assert full(results) == {*COMPUTED, "expression-claims", "claims"}
    assert summary(results)["why-text"] == WAITS
    assert results["expression"].remarks == (
        "answered in float32, and judged with a tolerance that is fair to float32",
    )
    assert results["no-skip"].remarks == ("read in the column layout",)


def test_carol_gets_a_plain_sentence_for_each_strange_answer(bench):
    at = "of residual_mlp.py"
    found = summary(bench.grade_submission("carol"))
    memory = found.pop("expression")
    assert memory[:2] == ("0 of 2", "0")
    assert memory[2].startswith(f"out of memory at line 15 {at}")
    assert found == {
        "backward": (
            "0 of 3",
            "0",
            "da: NaN or infinity appears where a finite number is due; 2 of 2 values are inf",
        ),
        "expression-claims": ("0 of 1", "1", "ones: found 'maybe'; wanted true or false"),
        "norms": (
            "0 of 2",
            "0",
            f"ended the program at line 20 {at} (SystemExit); return a value instead",
        ),
        "no-skip": (
            "0 of 2",
            "0",
            f"recursion too deep at line 24 {at}: the function calls itself without an end",
        ),
        "claims": (
            "0 of 1",
            "1",
            "found 'own-term'; wanted true or false for each of own-term, exactly-one, never, after, "
            "parameters, forward-only",
        ),
        "why-text": (
            "0 of 1",
            "0",
            "nothing was handed in for this part; wanted an answer 6.2d in answers.yaml",
        ),
    }

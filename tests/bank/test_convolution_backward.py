"""Gradients behind pooling and convolution; each known mistake is told in its own words."""

import json

import pytest

from tests.bank.bench import full, lost, recognised, summary

SLUG = "convolution-backward"
PARTS = {"pool", "pool-any", "kernel-formula", "kernel", "chain"}

# A right answer with flat indices and whole patches, and the edits of it that make each mistake.
PYTHON = """\
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def pool_fc_backward_any(P, w, dz, kh, kw, stride):
    cells = sliding_window_view(np.arange(P.size).reshape(P.shape), (kh, kw))[::stride, ::stride]
    flat, dP = P.ravel(), np.zeros(P.size)
    for n, window in enumerate(cells.reshape(-1, kh * kw)):
        values = flat[window]
        winner = window[values.argmax()]
        dP[winner] += dz * w[n]
    return dP.reshape(P.shape)


def pool_fc_backward(P, w, dz):
    return pool_fc_backward_any(P, w, dz, 2, 2, 2)


def conv_kernel_gradient(X, dP, K, pad):
    U, V = dP.shape
    x = np.pad(X, ((pad, pad), (pad, pad), (0, 0)))
    dW = np.zeros((K, K, X.shape[-1]))
    for s in range(K):
        for u in range(K):
            patch = x[s : s + U, u : u + V]
            dW[s, u] = np.einsum("ij,ijv->v", dP, patch)
    return dW


def network_backward(X, Wk, w, dz):
    (H, W), x, P, dX = X.shape[:2], np.pad(X, ((1, 1), (1, 1), (0, 0))), 0, 0 * X
    for s, u in np.ndindex(3, 3):
        P = P + x[s : s + H, u : u + W] @ Wk[s, u]
    dP = pool_fc_backward_any(P, w, dz, 2, 2, 2)
    D = np.pad(dP, 1)[:, :, None]
    for s, u in np.ndindex(3, 3):
        dX += D[2 - s : 2 - s + H, 2 - u : 2 - u + W] * Wk[s, u]
    return dP, conv_kernel_gradient(X, dP, 3, 1), dX
"""
POOLING = {
    "column by column": ("w[n]", "w.reshape(-1, cells.shape[0]).T.ravel()[n]"),
    "all cells of a window": ("dP[winner] +=", "dP[window] +="),
    "average pooling": ("dP[winner] += dz", "dP[window] += dz / len(window)"),
    "upstream forgotten": ("dz * w[n]", "w[n]"),
    "times the maximum": ("dz * w[n]", "dz * w[n] * values.max()"),
    "largest magnitude": ("values.argmax()", "(values**2).argmax()"),
    "all of it to each tie": ("values.argmax()", "values == values.max()"),
}
KERNEL = {
    "no sum over positions": ('np.einsum("ij,ijv->v", dP, patch)', "dP[-1, -1] * patch[-1, -1]"),
    "column of the pooled map": ("u : u + V]\n", "u : u + V][:, np.arange(V) // 2]\n"),
    "padding at the end alone": ("((pad, pad), (pad, pad),", "((0, 2 * pad), (0, 2 * pad),"),
    "border repeated": ("(pad, pad), (0, 0))", '(pad, pad), (0, 0)), "edge"'),
    "kernel turned": ("dW[s, u] =", "dW[-1 - s, -1 - u] ="),
    "rows for columns": ("dW[s, u] =", "dW[u, s] ="),
    "mean over positions": ("dP, patch)", "dP / (U * V), patch)"),
    "summed over channels": ("ijv->v", "ijv->"),
}
WAY_TO_X = {
    "kernel turned on the way to x": (
        "D[2 - s : 2 - s + H, 2 - u : 2 - u + W]",
        "D[s : s + H, u : u + W]",
    ),
    "kernel with rows for columns": ("* Wk[s, u]\n", "* Wk[u, s]\n"),
    "overwritten at x": (
        "    return dP, conv",
        "    for a, b in np.ndindex(H, W):\n"
        "        i, j = min(a + 1, H - 1), min(b + 1, W - 1)\n"
        "        dX[a, b] = dP[i, j] * Wk[a + 1 - i, b + 1 - j]\n"
        "    return dP, conv",
    ),
}
FORMULAS = {
    "no sum over positions": "dP_{6,6} x_{s+4,u+4,v}",
    "column of the pooled map": "∑_i ∑_j dP_{i,j} x_{i+s-2, ⌈j/2⌉+u-2, v}",
    "padding at the end alone": "∑_{i=1}^6 ∑_{j=1}^6 dP_{i,j} x_{i+s-1,j+u-1,v}",
    "border repeated": (
        r"\sum_{i,j=1}^6 dP_{i,j} x_{\min(6, \max(1, i+s-2)), \min(6, \max(1, j+u-2)), v}"
    ),
    "kernel turned": r"\sum_{i=1}^6 \sum_{j=1}^6 \frac{\partial L}{\partial P_{i,j}} x_{i-s+2,j-u+2,v}",
    "rows for columns": "sum_{i,j=1}^6 dP_{i,j} x_{i+u-2,j+s-2,v}",
    "mean over positions": r"\frac{1}{36} \sum_{i=1}^6 \sum_{j=1}^6 dP_{i,j} x_{i+s-2,j+u-2,v}",
    "summed over channels": "∑_{i=1}^6 ∑_{j=1}^6 ∑_{c=1}^3 ∂loss/∂P_{i,j} x_{i+s-2,j+u-2,c}",
}
OVERWRITTEN = ("dP[winner] +=", "dP[winner] =")
MISTAKES = [
    *(("pool", name, edit, "dP") for name, edit in POOLING.items()),
    *(("pool-any", name, edit, "dP") for name, edit in POOLING.items()),
    ("pool-any", "overwritten", OVERWRITTEN, "dP"),
    *(("kernel", name, edit, "dW") for name, edit in KERNEL.items()),
    # In the chain only the first wrong gradient is lost: what follows from it is carried.
    *(("chain", name, edit, "dP") for name, edit in list(POOLING.items())[:-1]),
    *(("chain", name, edit, "dW") for name, edit in KERNEL.items()),
    *(("chain", name, edit, "dX") for name, edit in WAY_TO_X.items()),
]


def typed(part, answer):
    return f"{SLUG}/{part}: {json.dumps(answer)}"


def edited(old, new):
    assert PYTHON.count(old) == 1, old
    return PYTHON.replace(old, new)


def test_the_reference_earns_everything(bench):
    answers = typed("kernel-formula", "∑_i ∑_j dP_{i,j} x_{i+s-2,j+u-2,v}")
    sheet = (
        "\ndef pool_fc_backward(P, w, dz):\n    return pool_fc_backward_any(P, w, dz, 2, 2, 2)\n"
    )
    assert full(bench.grade(bench.reference_python() + sheet, answers)) == PARTS


def test_another_way_of_writing_it_earns_everything(bench):
    assert full(bench.grade(PYTHON)) == PARTS - {"kernel-formula"}


def test_the_starter_earns_nothing(bench):
    assert not full(bench.grade(bench.starter_python()))


def test_zeros_earn_nothing_although_they_follow_from_each_other(bench):
    zeros = "def network_backward(X, Wk, w, dz):\n    return 0 * X[:, :, 0], 0 * Wk, 0 * X\n"
    assert bench.grade(zeros)["chain"].marks == 0


def test_every_misconception_is_tried_here(bench):
    tried = {(part, name) for part, name, *_ in MISTAKES}
    assert bench.misconceptions() == tried | {("kernel-formula", name) for name in FORMULAS}


@pytest.mark.parametrize(("part", "name", "edit", "spoilt"), MISTAKES)
def test_a_mistake_is_told_in_its_own_words(bench, part, name, edit, spoilt):
    result = bench.grade(edited(*edit))[part]
    assert recognised(result) == {(spoilt, name, bench.sentence(part, name))}
    assert set(lost(result)) == {spoilt}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_typed_mistake_is_told_in_its_own_words(bench, name):
    result = bench.grade(answers=typed("kernel-formula", FORMULAS[name]))["kernel-formula"]
    assert recognised(result) == {("dW", name, bench.sentence("kernel-formula", name))}
    assert result.marks == 0


@pytest.mark.parametrize(
    "answer",
    [
        r"\frac{\partial loss}{\partial W'_{s,u,v}} = \sum_{i=1}^{6} \sum_{j=1}^{6}"
        r" \frac{\partial loss}{\partial P_{i,j}} \cdot x_{i+s-2,\,j+u-2,\,v}.",
        "dW[a,b,c] = sum_{i,j=1}^6 dP[i,j] * X[i+a-2, j+b-2, c]",
        "∑_{m=0}^7 ∑_{n=0}^7 ∂L/∂P_{m-s+2,n-u+2} x_{m,n,v}",
    ],
)
def test_other_spellings_of_the_formula(bench, answer):
    expected = set() if "{m=0}" in answer else {"kernel-formula"}
    assert full(bench.grade(answers=typed("kernel-formula", answer))) == expected


def test_an_index_that_nothing_binds_is_named(bench):
    answer = "dP_{i,j} x_{i+s-2,j+u-2,v}"
    result = bench.grade(answers=typed("kernel-formula", answer))["kernel-formula"]
    assert result.sentence == "i and j are neither summed over nor on the left"
    assert (result.marks, result.pending) == (0, 0)


# --- ties and carried errors ----------------------------------------------------------------------

TIES = {
    "the last one": ("values.argmax()", "len(values) - 1 - values[::-1].argmax()"),
    "all of them in equal shares": (
        "dP[winner] += dz * w[n]",
        "tied = values == values.max(); dP[window] += dz * w[n] * tied / tied.sum()",
    ),
    "one in single precision": ("dP.reshape(P.shape)", "np.float32(dP).reshape(P.shape)"),
}
NO_TIES = {
    "more than there is": (
        "dP[winner] += dz * w[n]",
        "tied = values == values.max(); dP[window] += 2 * dz * w[n] * tied / (1 + tied.sum())",
    ),
    "a negative share": (
        "dP[winner] += dz * w[n]",
        "tied = values == values.max(); share = tied / tied.sum(); first = window == winner\n"
        "        share = np.where(first, 2 * tied.sum() - 1, -2.0 * tied)\n"
        "        share = np.where(tied, share, 0) / (share * tied).sum()\n"
        "        dP[window] += dz * w[n] * share",
    ),
    "a cell that does not hold it": (
        "dP[winner] += dz * w[n]",
        "dP[winner] += dz * w[n] / 2; dP[window[values.argmin()]] += dz * w[n] / 2",
    ),
}


@pytest.mark.parametrize("name", TIES)
def test_ties_may_be_settled_in_any_way(bench, name):
    assert {"pool", "pool-any"} <= full(bench.grade(edited(*TIES[name])))


@pytest.mark.parametrize("name", NO_TIES)
def test_ties_do_not_excuse_a_wrong_gradient(bench, name):
    results = bench.grade(edited(*NO_TIES[name]))
    assert not {"pool", "pool-any"} & full(results)


def test_what_follows_from_a_wrong_gradient_is_not_lost_again_and_said(bench):
    result = bench.grade(edited(*POOLING["column by column"]))["chain"]
    assert set(lost(result)) == {"dP"}
    assert {"dW: right for your own gradient at P", "dX: right for your own gradient at P"} <= set(
        result.remarks
    )


# --- the submissions of this repository -----------------------------------------------------------


def test_alice_forgets_the_sum_over_positions(bench):
    results = bench.grade_submission("alice")
    sentence = bench.sentence("kernel", "no sum over positions")
    assert summary(results) == {
        "pool": ("2 of 2", "0", ""),
        "pool-any": ("2 of 2", "0", ""),
        "kernel-formula": ("0 of 2", "0", "i, j and l are neither summed over nor on the left"),
        "kernel": ("1/5 of 2", "0", sentence),
        "chain": ("4/3 of 2", "0", sentence),
    }
    assert set(lost(results["chain"])) == {"dW"}


def test_bob_earns_everything(bench):
    assert full(bench.grade_submission("bob")) == PARTS


def test_carol_gets_a_plain_sentence_for_each_strange_answer(bench):
    assert summary(bench.grade_submission("carol")) == {
        "pool": (
            "0 of 2",
            "0",
            "found a list whose rows differ in length, or that holds other things than numbers; wanted "
            "an array dP[6,6]",
        ),
        "pool-any": ("0 of 2", "0", "found an array of dtype object; wanted an array dP[H,W]"),
        "kernel-formula": ("0 of 2", "0", "a sum in the formula has too many terms"),
        "kernel": (
            "0 of 2",
            "0",
            "scipy is not allowed in this part: line 2 of convolution_backward.py, `import "
            "scipy.signal` (allowed: numpy, Python's standard library; no file of the submission is "
            "called scipy)",
        ),
        "chain": (
            "0 of 2",
            "0",
            "recursion too deep at line 19 of convolution_backward.py: the function calls itself "
            "without an end",
        ),
    }

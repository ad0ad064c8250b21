"""The single-edit neighbours of scalar and indexed formulas, and the other questions a tree answers."""

import numpy as np
import pytest

from grader.student.formulas import (
    FormulaError,
    edits,
    evaluate,
    evaluate_text,
    holds,
    read,
    to_unicode,
)
from grader.student.signature import parse_signature
from grader.student.wire import Notation

CONV = parse_signature("size(I, K, S, P) -> size")
POINTS = (
    {"I": 32, "K": 3, "S": 2, "P": 1},
    {"I": 28, "K": 6, "S": 3, "P": 2},
    {"I": 31, "K": 4, "S": 4, "P": 0},
)


def conv(text):
    return read(text, signature=CONV, notation=Notation(), output="size")


def is_right(formula):
    try:
        values = [evaluate(formula, p, signature=CONV, notation=Notation()) for p in POINTS]
    except FormulaError:
        return False
    return values == [(p["I"] + 2 * p["P"] - p["K"]) // p["S"] + 1 for p in POINTS]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("floor((I + 2P - K)/S) + 2", "one constant"),
        ("ceil((I + 2P - K)/S) + 1", "one rounding"),
        ("floor((I + 2K - P)/S) + 1", "a swap of two names"),
        ("floor((I - 2P - K)/S) + 1", "one sign"),
        ("floor((I + 2P - K + I)/S) + 1", "one term"),
        ("floor((I + 2P^2 - K)/S) + 1", "one power"),
    ],
)
def test_the_edit_that_makes_a_scalar_formula_right_has_its_kind(text, kind):
    assert not is_right(conv(text))
    assert kind in {k for k, edited in edits(conv(text)) if is_right(edited)}


def test_no_edit_occurs_twice_or_is_the_formula_itself():
    formula = conv("floor((I + 2P - K)/S) + 1")
    trees = [edited.tree for _, edited in edits(formula)]
    assert formula.tree not in trees
    assert len(trees) == len(set(trees))


def test_swapped_indices_are_one_edit():
    signature = parse_signature("f(x[N,D], y[N,D]) -> W[D,D]")
    formula = read(
        r"W_{a,b} = \sum_n x_{n,b} y_{n,a}", signature=signature, notation=Notation(), output="W"
    )
    x, y = np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3) ** 2
    kinds = set()
    for kind, edited in edits(formula):
        try:
            value = evaluate(edited, {"x": x, "y": y}, signature=signature, notation=Notation())
        except FormulaError:
            continue
        if np.allclose(value, x.T @ y):
            kinds.add(kind)
    assert kinds == {"a swap of two names", "a swap of two indices"}


def test_the_sides_of_a_chain_are_formulas_of_their_own():
    formula = conv("size = (I + 2P - K)/S + 1 = floor((I + 2P - K)/S) + 1")
    values = [
        evaluate(formula.side(i), POINTS[2], signature=CONV, notation=Notation())
        for i in range(len(formula.sides))
    ]
    assert values == [31 / 4, 7]
    assert to_unicode(formula) == "⌊(I + 2·P - K)/S⌋ + 1"


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("1/2I", "“1/2I” was read as (1/2)·I"),
        ("-I//2", "“-I//2” was read as (-I) // 2"),
        ("e^2I", "read with the exponent 2 only"),
        ("I^-1/2", "“I^-1/2” was read as a power over 2"),
        ("√I K", "the root was taken of “I” only"),
        ("log I K", "log was applied to all of “I K”"),
        ("O(I K)", "“O( )” was read as what stands in it"),
        ("IKSP", "“IKSP” was read as a product of single names"),
        ("I ≈ 7", "what stands behind “≈” was not used"),
    ],
)
def test_a_reading_that_could_surprise_is_told(text, warning):
    assert any(warning in sentence for sentence in conv(text).warnings)


@pytest.mark.parametrize(
    "text", ["D(I-(K-1)N)^2", "2*I/S", r"\sqrt{I}^2", "I^2/2", "I^{-1/2}", "I // 2 - K % 2"]
)
def test_a_plain_formula_carries_no_warning(text):
    signature = parse_signature("f(D, I, K, N, S) -> size")
    assert read(text, signature=signature, notation=Notation(), output="size").warnings == ()


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("I >= (K-1)*N+1 and K % 2 == 1", True),
        ("K % 2 == 0 or I < N", False),
        ("not K = 4 and 0 < K <= 3 < I", True),
        ("d_1 != d_2", True),
        ("I / 2 == 9/2", True),
    ],
)
def test_an_authors_condition_holds_or_not(condition, answer):
    assert holds(condition, {"I": 9, "K": 3, "N": 2, "d_1": 1, "d_2": 2}) is answer


def test_an_authors_formula_is_exact():
    assert evaluate_text("depthwise + pointwise", {"depthwise": 30, "pointwise": 512}) == 542
    assert evaluate_text("1/3 + x", {"x": 0.5}) * 6 == 5

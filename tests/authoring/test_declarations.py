"""What authors declare: special cases, edits of a reference, sizes of drawn cases."""

from fractions import Fraction

import numpy as np
import pytest

from grader import authoring
from grader.authoring import DeclarationError, Solution, draw
from grader.model import Domain, Part
from grader.student.signature import parse_signature


def general():
    part = Solution("counting")["general"]

    @part.reference
    def parameters(inputs, outputs, bias):
        return outputs * (inputs + bias), outputs

    part.wrong("no bias", replace=("inputs + bias", "inputs"), say="Each output has a bias.")
    part.carry(outputs="weights", say="It follows.")
    return part


def test_a_special_case_takes_over_reference_misconceptions_and_carries():
    part = general()
    special = part.solution["special"]
    special.special_case(part, inputs=3, outputs=8, bias=True)
    assert special.reference_function() == (32, 8)
    assert [(wrong.name, wrong.function()) for wrong in special.wrongs] == [("no bias", (24, 8))]
    assert special.carries == part.carries


def test_a_special_case_needs_the_general_one_above_it():
    solution = Solution("counting")
    with pytest.raises(DeclarationError, match="counting/general has no reference yet"):
        solution["special"].special_case(solution["general"], inputs=3)


def test_an_edit_needs_a_reference_with_source():
    part = general()
    special = part.solution["special"]
    special.special_case(part, inputs=3, outputs=8, bias=True)
    with pytest.raises(DeclarationError, match="has no source of its own"):
        special.wrong("x", replace=("a", "b"), say="")


def test_an_edit_must_match_exactly_once():
    with pytest.raises(DeclarationError, match="replaces 'outputs', which stands 3 times"):
        general().wrong("x", replace=("outputs", "b"), say="")


def scaled(**overrides):
    part = Part(
        id="scaling/scale",
        title="",
        ask="",
        marks=Fraction(1),
        kind="computed",
        signature=parse_signature("scale(x[N,D], k: int, on: bool) -> y[N,D]"),
        domain={
            "N": Domain(low=Fraction(1), high=Fraction(2), is_integer=True),
            "D": Domain(low=Fraction(1), high=Fraction(2), is_integer=True),
        },
    )
    test = authoring.Test(name="t", overrides=overrides)
    return [draw(part, test, case) for case in range(6)]


def test_sizes_are_distinct_where_no_test_fixes_them():
    assert {case["x"].shape for case in scaled(k=1, on=True)} == {(1, 2), (2, 1)}


def test_fixed_sizes_may_be_equal():
    assert {case["x"].shape for case in scaled(N=2, D=2, k=1, on=True)} == {(2, 2)}


def pooled(**overrides):
    part = Part(
        id="pooling/pool",
        title="",
        ask="",
        marks=Fraction(1),
        kind="computed",
        signature=parse_signature("pool(P[H,W], w[M], k: int) -> dP[H,W]"),
        domain={
            "H": Domain(choices=(4, 6, 8)),
            "k": Domain(low=Fraction(1), high=Fraction(5), is_integer=True),
            "M": Domain(formula="(H//k) * (W//k)"),
        },
        where="H % k == 0",
    )
    return [draw(part, authoring.Test(name="t", overrides=overrides), case) for case in range(12)]


def test_a_size_may_follow_from_other_sizes_and_numbers():
    for case in pooled():
        (H, W), k = case["P"].shape, case["k"]
        assert len(case["w"]) == (H // k) * (W // k) > 0
        assert H in (4, 6, 8)
        assert H % k == 0


def test_a_size_that_follows_may_be_fixed_by_a_test():
    assert {len(case["w"]) for case in pooled(M=5)} == {5}


def test_an_array_that_is_written_out_gives_its_sizes():
    assert {len(case["w"]) for case in pooled(P=np.ones((4, 6)), k=2)} == {6}


def test_a_condition_that_nothing_satisfies_is_named():
    with pytest.raises(authoring.DrawError, match="no draw of 200 satisfies 'H % k == 0'"):
        pooled(H=4, k=3)


def test_a_special_case_takes_over_validator_and_forward_pass():
    part = general()
    part.valid(lambda inputs, outputs, bias, answer: inputs == 3 and bool(answer))
    part.oracle_forward(lambda W, *, inputs, outputs, bias: (W, inputs, outputs, bias))
    special = part.solution["special"]
    special.special_case(part, inputs=3, outputs=8, bias=True)
    assert special.validator(answer={"y": 1})
    assert special.forward_function(W="W") == ("W", 3, 8, True)


def test_a_function_may_bend_an_input_by_others():
    bent = pooled(P=lambda P, k: 0 * P + k)
    assert all(case["P"].max() == case["k"] for case in bent)
    assert all(set(case["P"].flat) <= {-1, 0, 1} for case in pooled(P=np.sign))
    with pytest.raises(
        authoring.DrawError, match="the function for P takes 'q'; it may take P, w,"
    ):
        pooled(P=lambda P, q: P)

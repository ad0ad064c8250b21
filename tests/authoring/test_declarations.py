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

    part.wrong("no bias", ("inputs + bias", "inputs")).say("Each output has a bias.")
    part.carry(outputs="weights").say("It follows.")
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
        special.wrong("x", ("a", "b"))


def test_an_edit_must_match_exactly_once():
    with pytest.raises(DeclarationError, match="replaces 'outputs', which stands 3 times"):
        general().wrong("x", ("outputs", "b"))


def short():
    part = Solution("counting")["short"]
    part.reference(lambda inputs, outputs: outputs * (inputs + 1))
    return part


def test_what_is_returned_instead_may_use_the_reference_own_names():
    """In a function with steps, and in a lambda, which is a function on one line."""
    part = Solution("counting")["steps"]

    @part.reference
    def parameters(inputs, outputs):
        weights = inputs * outputs
        return weights + outputs

    part.wrong("no bias", "weights").say("Each output has a bias.")
    assert part.wrongs[0].function(inputs=2, outputs=5) == 10
    part = short()
    part.wrong("one bias", "outputs * inputs + 1").say("Each output has a bias.")
    assert part.wrongs[0].function(inputs=2, outputs=5) == 11


def test_what_is_returned_instead_is_all_that_may_stand_behind_a_return():
    part = short()
    part.wrong("two", "outputs, *[inputs,\n 7]").say("One number is asked for.")
    assert part.wrongs[0].function(inputs=2, outputs=5) == (5, 2, 7)


def test_a_lambda_may_be_edited_as_it_is_written():
    part = short()
    part.wrong("no bias", ("(inputs + 1)", "inputs")).say("Each output has a bias.")
    assert part.wrongs[0].function(inputs=2, outputs=5) == 10
    assert authoring.source_of(part.reference_function).startswith("def answer(inputs, outputs):")


def test_a_misconception_counts_once_its_sentence_is_there():
    part = short()
    waiting = part.wrong("no bias", "outputs * inputs")
    assert (part.wrongs, part.unsaid) == ([], ["the misconception 'no bias'"])
    waiting.say("Each output has a bias.")
    assert ([wrong.say for wrong in part.wrongs], part.unsaid) == (["Each output has a bias."], [])


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("outputs *", "returns 'outputs *', which is no expression of Python"),
        ("outputs*(inputs+1)", "returns 'outputs*(inputs+1)', as the reference does"),
        (("outputs", "inputs", "x"), 'wanted an edit ("old", "new"), a list of edits, a text'),
        ([], "is made by []; wanted an edit"),
        (
            ("+1", "+2"),
            "stands nowhere in the reference; wanted exactly once; the reference has it",
        ),
        (("inputs + 1)", "inputs +)"), "is not valid Python after its edits"),
    ],
)
def test_a_slip_in_a_misconception_is_told(how, said):
    with pytest.raises(DeclarationError) as caught:
        short().wrong("x", how)
    assert said in str(caught.value)
    assert str(caught.value).startswith("counting/short: the misconception 'x' ")


def test_what_is_returned_instead_needs_a_single_return_at_the_end():
    part = Solution("counting")["branches"]

    @part.reference
    def parameters(inputs, bias):
        if bias:
            return inputs + 1
        return inputs

    with pytest.raises(DeclarationError, match="does not end in its only return"):
        part.wrong("x", "inputs + 2")


def test_a_claim_has_one_key():
    part = Solution("counting")["claims"]
    part.true("linear", lambda: True)
    with pytest.raises(DeclarationError, match="the claim 'linear' has two keys"):
        part.false("linear", lambda: False)
    with pytest.raises(DeclarationError, match="wanted a function that returns whether it holds"):
        part.true("square", False)


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

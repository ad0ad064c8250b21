"""Comparing: stage by stage, by one statistic, never by luck, never giving a value away."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader import compare
from grader.errors import GraderError
from grader.model import ExpectedOutput, Stage
from grader.student.packing import Unusable, pack
from grader.student.signature import parse_signature

SIGNATURE = parse_signature("f(x[N,C]) -> y[N,C], s, n: int, ok: bool, name: str, v[C], k[C]: int")
VARIABLES = {variable.name: variable for variable in SIGNATURE.outputs}


def expecting(truth, *, inputs=(), noise32=0.0, wrong=()):
    return ExpectedOutput(
        value=pack(truth),
        scale=compare.scale_of(truth, inputs),
        noise32=noise32,
        wrong=tuple(pack(w) for w in wrong),
    )


def compared(actual, truth, name="y", **keywords):
    return compare.compare(
        actual=actual, expected=expecting(truth, **keywords), variable=VARIABLES[name]
    )


Y = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])

STAGES = [
    (None, Y, "y", Stage.TYPE, "found None; wanted an array y[N,C] (is a return missing?)"),
    (Unusable("a generator"), Y, "y", Stage.TYPE, "found a generator; wanted an array y[N,C]"),
    ("abc", Y, "y", Stage.TYPE, "found a text; wanted an array y[N,C]"),
    ({"y": 1}, Y, "y", Stage.TYPE, "found a dict; wanted an array y[N,C]"),
    (
        ((1.0, 2.0), (3.0,)),
        Y,
        "y",
        Stage.TYPE,
        "found a list whose rows differ in length, or that holds other things than numbers; wanted an array y[N,C]",
    ),
    (Y.T, Y, "y", Stage.SHAPE, "found shape (3, 2); wanted (N, C) = (2, 3)"),
    (1.0, Y, "y", Stage.SHAPE, "found a single number; wanted (N, C) = (2, 3)"),
    (Y, 1.0, "s", Stage.SHAPE, "found an array of shape (2, 3); wanted a single number"),
    (Y[0, :2], Y[0], "v", Stage.SHAPE, "found shape (2,); wanted (C,) = (3,)"),
    (Y + 0j, Y, "y", Stage.DTYPE, "found complex128 numbers; wanted real numbers"),
    (True, 1, "n", Stage.TYPE, "found a truth value; wanted a whole number"),
    (Unusable("a complex"), 1.0, "s", Stage.TYPE, "found a complex; wanted a number"),
    (2.5, True, "ok", Stage.DTYPE, "found a number that is not whole; wanted truth values"),
    (3.0000001, 3, "n", Stage.DTYPE, "found a number that is not whole; wanted whole numbers"),
    (3.5, 3, "n", Stage.DTYPE, "found a number that is not whole; wanted whole numbers"),
    (
        np.array([1.5, 2.0, 3.0]),
        np.array([1, 2, 3]),
        "k",
        Stage.DTYPE,
        "found a number that is not whole; wanted whole numbers",
    ),
    (np.where(Y > 4, np.nan, Y), Y, "y", Stage.NONFINITE, "1 of 6 values are NaN"),
    (np.where(Y > 3, np.inf, Y), Y, "y", Stage.NONFINITE, "2 of 6 values are inf"),
    (
        np.where(Y > 4, np.nan, np.where(Y < -4, -np.inf, Y)),
        Y,
        "y",
        Stage.NONFINITE,
        "2 of 6 values are NaN and inf",
    ),
    (
        np.array([1.0, 2.0, 3.0]),
        np.array([1.0, np.inf, 3.0]),
        "v",
        Stage.NONFINITE,
        "1 of 3 values are finite where NaN or inf is due",
    ),
    (
        np.array([1.0, -np.inf]),
        np.array([1.0, np.inf]),
        "v",
        Stage.NONFINITE,
        "1 of 2 values are inf",
    ),
    (float("nan"), 1.0, "s", Stage.NONFINITE, "the value is NaN"),
    (float("nan"), 3, "n", Stage.NONFINITE, "the value is NaN"),
    (
        Y + np.eye(2, 3),
        Y,
        "y",
        Stage.VALUES,
        "2 of 6 values are off, most at [0, 0]: by 0.17 of the largest magnitude (allowed 1e-08)",
    ),
    (
        2 * Y,
        Y,
        "y",
        Stage.VALUES,
        "all 6 values are off, most at [1, 2]: by 1 of the largest magnitude (allowed 1e-08)",
    ),
    (1.5, 1.0, "s", Stage.VALUES, "the value is off by 0.5 of its size (allowed 1e-08)"),
    (4, 3, "n", Stage.VALUES, "the value is off by 0.33 of its size"),
    (
        np.array([1, 2, 4]),
        np.array([1, 2, 3]),
        "k",
        Stage.VALUES,
        "1 of 3 values are off, most at [2]: by 0.33 of the largest magnitude",
    ),
    ("relu", "tanh", "name", Stage.VALUES, "this is another text"),
]


@pytest.mark.parametrize(("actual", "truth", "name", "stage", "sentence"), STAGES)
def test_each_stage_has_its_own_sentence(actual, truth, name, stage, sentence):
    found = compared(actual, truth, name)
    assert (found.stage, found.sentence) == (stage, sentence)


AGREE = [
    (Y.copy(), Y, "y"),
    (tuple(map(tuple, Y.tolist())), Y, "y"),
    (Y.astype(int), Y, "y"),
    (np.float64(1.0), 1.0, "s"),
    (np.array([1.0]), 1.0, "s"),
    (1, 1.0, "s"),
    (3.0, 3, "n"),
    (np.array(3), 3, "n"),
    (2**80, 2**80, "n"),
    (Fraction(1, 3), Fraction(1, 3), "s"),
    (1 / 3, Fraction(1, 3), "s"),
    (Fraction(1, 3), 1 / 3, "s"),
    (1, True, "ok"),
    (np.array([1.0, 2.0, 3.0]), np.array([1, 2, 3]), "k"),
    (np.array([np.nan, np.inf, 1.0]), np.array([np.nan, np.inf, 1.0]), "v"),
    ("tanh", "tanh", "name"),
]


@pytest.mark.parametrize(("actual", "truth", "name"), AGREE)
def test_equal_values_agree_however_they_are_stored(actual, truth, name):
    assert compared(actual, truth, name).agrees


def test_integers_and_fractions_are_exact():
    assert not compared(138_344_128, 138_357_544, "n").agrees
    assert not compared(2**80 + 1, 2**80, "n").agrees
    assert not compared(Fraction(1, 3) + Fraction(1, 10**12), Fraction(1, 3), "s").agrees


def test_what_float64_can_not_hold_is_compared_exactly():
    """Off by one in twenty digits is wrong, in arrays and tuples as well."""
    big = 10**18
    truth = np.array([big, big + 1, big + 2])
    assert compared(truth.copy(), truth, "k").agrees
    found = compared(truth + np.array([0, 0, 1]), truth, "k")
    assert (found.stage, found.bad, found.worst) == (Stage.VALUES, 1, (2,))
    assert found.error == pytest.approx(1e-18, rel=1e-6)
    assert not compared((big, big + 1, float(big)), truth, "k").agrees
    assert compared((Fraction(1, 3), 1, 2), np.array([1 / 3, 1.0, 2.0]), "v").agrees
    assert not compared(10**400, 5.0, "s").agrees
    assert not compared(5.0, 10**400, "n").agrees


def test_a_part_that_sets_a_tolerance_means_it_for_fractions_too():
    expected = expecting(Fraction(1, 3))
    found = compare.compare(
        actual=Fraction(33, 100), expected=expected, variable=VARIABLES["s"], tolerance=0.02
    )
    assert found.agrees
    assert not compared(Fraction(33, 100), Fraction(1, 3), "s").agrees


def test_a_mask_may_be_an_array_of_truth_values_or_of_numbers():
    mask = np.array([True, False, True])
    assert compared(mask, mask.astype(float), "v").agrees
    assert compared(mask.astype(int), mask.astype(float), "v").agrees


def test_empty_arrays_agree():
    assert compared(np.zeros((0, 3)), np.zeros((0, 3))).agrees
    assert compared(np.zeros((0, 3)), np.zeros((3, 0))).stage is Stage.SHAPE


def test_inputs_may_be_read_only_and_stay_as_they_are():
    actual = Y + 1
    actual.setflags(write=False)
    assert not compared(actual, Y).agrees


def test_a_fixed_size_and_the_right_form_are_named():
    signature = parse_signature("f(x) -> y[N,3 | N,C,H]")

    def sentence(actual, truth):
        return compare.compare(
            actual=actual, expected=expecting(truth), variable=signature.outputs[0]
        ).sentence

    assert (
        sentence(np.ones((3, 2)), np.ones((2, 3))) == "found shape (3, 2); wanted (N, 3) = (2, 3)"
    )
    assert (
        sentence(np.ones(3), np.ones((2, 4, 5))) == "found shape (3,); wanted (N, C, H) = (2, 4, 5)"
    )


def test_a_scale_or_an_expected_value_that_is_none_is_our_fault():
    for scale in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(
            GraderError, match="as the scale of an output; wanted a positive number"
        ):
            compare.error_of(actual=1.0, value=1.0, scale=scale)
    message = "y: found a text as the expected value; wanted numbers"
    with pytest.raises(GraderError, match=message):
        compared(Y, "text")


def test_an_error_and_its_bound_are_told_to_as_many_digits_as_tell_them_apart():
    assert compare.told_apart(0.314, 1e-8) == ("0.31", "1e-08")
    assert compare.told_apart(1.0004e-8, 1e-8) == ("1.0004e-08", "1e-08")
    assert compare.told_apart(float("inf"), 1e-8) == ("inf", "1e-08")


def test_axes_of_length_one_are_told_apart_from_a_wrong_shape():
    found = compared(Y[0][None, :], Y[0], "v")
    assert found.agrees
    assert found.squeezed
    assert found.sentence == "the values are right; found shape (1, 3); wanted (C,) = (3,)"


def test_a_float32_answer_gets_the_noise_of_the_reference_in_float32():
    noisy = (Y * (1 + 3e-5)).astype(np.float32)
    found = compared(noisy, Y, noise32=1e-6)
    assert found.agrees
    assert found.is_float32
    assert not compared(Y * (1 + 3e-5), Y, noise32=1e-6).agrees
    assert not compared((Y * 1.01).astype(np.float32), Y, noise32=1e-6).agrees


def test_float16_has_the_tolerance_of_float32_and_a_word_of_its_own():
    assert compared(np.array([0.5, 1.0, 2.0], dtype=np.float16), np.array([0.5, 1, 2]), "v").agrees
    found = compared((Y / 7).astype(np.float16), Y / 7)
    assert found.sentence == (
        "3 of 6 values are off, most at [1, 2]: by 0.00024 of the largest magnitude "
        "(allowed 0.0001 for float16; float16 keeps three digits only)"
    )


def off_by(share, **keywords):
    """A float32 answer that is off by a share of its size everywhere."""
    return compared((Y * (1 + share)).astype(np.float32), Y, **keywords)


def test_float32_never_gets_more_than_a_tenth_of_the_nearest_misconception():
    near = (1 + 5e-4) * Y  # leaves 5e-5, where float32 has a right to 1e-4
    assert off_by(2e-5, wrong=(near,)).agrees
    undecided = off_by(8e-5, wrong=(near,))
    assert undecided.undecided
    assert not undecided.agrees
    assert undecided.sentence.endswith("; float32 is too coarse for this case, compute in float64")
    wrong = off_by(5e-4, wrong=(near,))
    assert not wrong.agrees
    assert not wrong.undecided
    assert wrong.sentence.endswith("(allowed 5e-05 for float32)")


def test_misconceptions_that_do_not_show_in_a_case_limit_nothing_there():
    assert off_by(8e-5, wrong=(Y, Y * (1 + 1e-12))).agrees


def test_the_nearest_misconception_may_be_given():
    keywords = {"actual": (Y * (1 + 8e-5)).astype(np.float32), "variable": VARIABLES["y"]}
    assert compare.compare(expected=expecting(Y), nearest_wrong=1.0, **keywords).agrees
    assert compare.compare(expected=expecting(Y), nearest_wrong=1e-4, **keywords).undecided


def test_where_the_reference_itself_fails_in_float32_nothing_is_decided():
    nan = np.full(Y.shape, np.nan, dtype=np.float32)
    noise32 = compare.noise(value64=Y, value32=nan, scale=6.0)
    assert compared(nan, Y, noise32=noise32).undecided
    assert off_by(0.5, noise32=noise32).undecided
    assert not compared(nan.astype(np.float64), Y, noise32=noise32).undecided


def test_no_noise_lets_more_than_a_tenth_pass():
    assert not off_by(0.2, noise32=0.5).agrees


def test_undecided_cases_count_only_where_no_other_case_decides():
    right, wrong = off_by(0), off_by(1)
    undecided = off_by(8e-5, wrong=((1 + 5e-4) * Y,))
    assert compare.counting_against([right, undecided, wrong]) == [2]
    assert compare.counting_against([right, undecided]) == []
    assert compare.counting_against([undecided, undecided]) == [0, 1]


def test_a_true_zero_is_measured_against_the_inputs():
    zero, x = np.zeros((2, 3)), np.full((2, 3), 7.0)
    assert compared(zero + 1e-10, zero, inputs=(x,)).agrees
    assert not compared(zero + 1e-3, zero, inputs=(x,)).agrees


def test_an_alternative_is_right_as_well():
    expected = ExpectedOutput(value=pack(Y), scale=6.0, alternatives=(pack(-Y),))
    assert compare.compare(actual=-Y, expected=expected, variable=VARIABLES["y"]).agrees


def test_a_wrong_answer_is_told_how_it_differs_from_the_truth_and_no_alternative():
    expected = ExpectedOutput(value=pack(Y), scale=6.0, alternatives=(pack(-Y), pack(0 * Y)))
    found = compare.compare(actual=Y + 0.06, expected=expected, variable=VARIABLES["y"])
    assert found == compared(Y + 0.06, Y)


def test_the_scale_of_a_true_zero_is_that_of_the_floating_inputs_or_one():
    assert compare.scale_of(0.0, (2.5, np.array([-7.0, np.inf]), 100, "x", np.array([9]))) == 7.0
    assert compare.scale_of(np.zeros(3), (0.0, 3)) == 1.0
    assert compare.scale_of(np.array([3j]), ()) == 1.0


FINITE = st.floats(-1e6, 1e6, allow_subnormal=True)
MATRICES = arrays(np.float64, (2, 3), elements=FINITE)


@given(MATRICES)
def test_a_finite_array_agrees_with_itself(truth):
    assert compared(truth.copy(), truth).agrees


@given(MATRICES, st.integers(0, 5))
def test_nan_never_passes(truth, place):
    actual = truth.copy()
    actual.flat[place] = np.nan
    assert not compared(actual, truth).agrees


@given(MATRICES, MATRICES, st.permutations(range(3)))
def test_permuting_both_sides_keeps_the_verdict(actual, truth, order):
    order = list(order)
    before, after = compared(actual, truth), compared(actual[:, order], truth[:, order])
    assert (before.stage, before.error, before.bad) == (after.stage, after.error, after.bad)


@given(MATRICES, MATRICES)
def test_the_statistic_that_is_told_is_the_one_that_decides(actual, truth):
    found = compared(actual, truth)
    assert found.agrees == (found.error <= found.bound)


@given(MATRICES, MATRICES, st.integers(-40, 40))
def test_scaling_both_sides_by_a_power_of_two_changes_nothing(actual, truth, power):
    factor = 2.0**power
    before = compared(actual, truth, inputs=(truth,))
    after = compared(actual * factor, truth * factor, inputs=(truth * factor,))
    if truth.any() and (np.abs(actual[actual != 0]) > 1e-280).all():
        assert before.stage == after.stage


STRANGE = [
    np.zeros((2, 2)),
    np.full((2, 2), 1e308),
    np.full((2, 2), 5e-324),
    np.full((2, 2), np.inf),
    np.full((2, 2), np.nan),
    np.array([[np.inf, -np.inf], [np.nan, 0]]),
]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@given(data=st.data())
def test_nothing_breaks_the_comparison(dtype, data):
    width = np.dtype(dtype).itemsize * 8
    elements = st.floats(allow_nan=True, allow_infinity=True, width=width)
    actual = data.draw(arrays(dtype, (2, 2), elements=elements))
    for truth in STRANGE:
        found = compared(actual, truth)
        assert found.agrees == (found.error <= found.bound)
        assert not np.isnan(found.error)


NUMBERS = st.one_of(
    st.integers(-(10**25), 10**25), st.fractions(max_denominator=50), st.floats(allow_nan=False)
)


@given(NUMBERS, NUMBERS, st.sampled_from(["s", "n", "ok"]))
def test_single_numbers_of_all_kinds_are_compared_without_a_slip(actual, truth, name):
    found = compared(actual, truth, name)
    if actual == truth and found.stage is not Stage.DTYPE:
        assert found.agrees
    if name == "n" and found.agrees:
        assert actual == truth


@given(MATRICES)
def test_a_sentence_never_holds_an_expected_value(truth):
    """Nor does it change with the truth, as long as shape, count and error stay the same."""
    found = compared(truth + 1000 * (1 + np.abs(truth).max()), truth)
    for value in truth[np.abs(truth) > 10].flat:
        assert f"{value:.4g}" not in found.sentence


# --- misconceptions and maps --------------------------------------------------------------------


def recognised(actuals, cases, **more):
    expected = [expecting(truth, wrong=wrongs) for truth, wrongs in cases]
    return compare.recognise(actuals=actuals, expected=expected, count=len(cases[0][1]), **more)


def test_a_misconception_is_recognised_over_all_cases():
    cases = [(Y, (Y * 2, Y + 1)), (3 * Y, (6 * Y, 3 * Y + 1))]
    assert recognised([2 * Y, 6 * Y], cases) == (0,)
    assert recognised([Y + 1, 3 * Y + 1], cases) == (1,)
    assert recognised([2 * Y, 3 * Y + 1], cases) == ()
    assert recognised([Y, 3 * Y], cases) == ()


def test_misconceptions_with_the_same_values_are_all_told():
    assert recognised([2 * Y], [(Y, (Y + 1, Y * 2, Y + Y))]) == (1, 2)


def test_a_rough_answer_is_recognised_where_a_rough_one_is_right():
    cases = [(Fraction(5, 8), (Fraction(125, 2), 5))]
    for rough in (62.54, Fraction("62.54")):
        assert recognised([rough], cases) == ()
        assert recognised([rough], cases, tolerance=1e-3) == (0,)
    assert recognised([Fraction("5.001")], cases, tolerance=1e-3) == ()


def test_a_misconception_in_float32_is_recognised():
    assert recognised([(2 * Y).astype(np.float32)], [(Y, (Y * 2,))]) == (0,)


def test_a_misconception_is_recognised_in_another_layout():
    """As a tuple, or with axes of length 1, it is still the same mistake."""
    v, wrong = Y[0], 2 * Y[0]
    assert recognised([wrong[None, :]], [(v, (wrong,))]) == (0,)
    assert recognised([tuple(wrong.tolist())], [(v, (wrong,))]) == (0,)


def test_counts_are_recognised_exactly():
    """One off in hundreds of millions is not the misconception, though the error is tiny."""
    cases = [(138_357_544, (138_344_128,))]
    assert recognised([138_344_128], cases) == (0,)
    assert recognised([138_344_128.0], cases) == (0,)
    assert recognised([138_344_129], cases) == ()


def test_a_misconception_without_a_value_in_a_case_is_not_recognised_there():
    expected = [
        ExpectedOutput(value=pack(Y), scale=6.0, wrong=(pack(2 * Y),)),
        ExpectedOutput(value=pack(Y), scale=6.0, wrong=(None,)),
    ]
    assert compare.recognise(actuals=[2 * Y, 2 * Y], expected=expected, count=1) == ()


def test_all_that_fit_are_given():
    assert recognised([2 * Y], [(Y, (2 * Y, 3 * Y, 2 * Y))]) == (0, 2)


def test_a_misconception_may_be_a_text():
    assert recognised(["relu"], [("tanh", ("gelu", "relu"))]) == (1,)


def test_a_misconception_that_is_nearly_the_truth_explains_no_rough_answer():
    for near, found in ((1 + 5e-6, ()), (1 + 5e-5, (0,))):
        assert recognised([near * Y], [(Y, (near * Y,))]) == found


def test_complex_numbers_are_no_misconception():
    assert recognised([2 * Y + 0j], [(Y, (2 * Y,))]) == ()


def test_a_misconception_that_agrees_with_the_truth_so_far_is_not_claimed():
    assert recognised([Y], [(Y, (Y,))]) == ()


def test_the_error_map_has_four_classes():
    actual = np.array([[1.0, -2.01, 30.0], [4.0, np.nan, -6.0]])
    found = compare.error_map(actual=actual, expected=Y, scale=6.0, bound=1e-8)
    assert found.shape == (2, 3)
    assert list(found.classes) == [0, 1, 2, 0, 3, 0]
    assert found == compare.error_map(
        actual=tuple(map(tuple, actual.tolist())), expected=Y, scale=6.0, bound=1e-8
    )


def test_no_map_is_drawn_of_what_can_not_be_laid_over_the_truth():
    for actual in (Y.T, 1.0, None, Y + 0j):
        assert compare.error_map(actual=actual, expected=Y, scale=6.0, bound=1e-8) is None

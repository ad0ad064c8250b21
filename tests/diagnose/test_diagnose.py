"""Diagnosing: a planted mistake is named as itself, and unrelated noise is never named at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.diagnose import SENTENCES, diagnose
from grader.student.signature import parse_signature

SIGNATURE = parse_signature("f(x[N,C], g[N,C], alpha) -> y[N,C]")


def cases(seed=0, *, square=False):
    """Three cases with sizes and alpha that vary; y is some function of x and g."""
    rng = np.random.default_rng(seed)
    found = []
    for n, c, alpha in ((3, 5, 0.5), (4, 7, 2.0), (6, 4, 3.0)):
        shape = (n, n) if square else (n, c)
        inputs = {"x": rng.standard_normal(shape), "g": rng.standard_normal(shape), "alpha": alpha}
        found.append((np.sin(inputs["x"]) * 2 + inputs["g"] ** 2 - 1, inputs))
    return found


def diagnosed(change, *, seed=0, square=False, signature=SIGNATURE):
    given_cases = cases(seed, square=square)
    return diagnose(
        actuals=[change(y, i) for y, i in given_cases],
        expecteds=[y for y, _ in given_cases],
        inputs=[i for _, i in given_cases],
        signature=signature,
        output=0,
        scales=[float(np.abs(y).max()) for y, _ in given_cases],
        bound=1e-8,
    )


def but(y, where, value):
    changed = y.copy()
    changed[where] += value
    return changed


def framed(y):
    changed = y + 1.0
    changed[1:-1, 1:-1] = y[1:-1, 1:-1]
    return changed


PLANTED = [
    (lambda y, i: -y, "sign", "every value has the wrong sign"),
    (lambda y, i: 2 * y, "ratio", "every value is 2 times what it should be"),
    (
        lambda y, i: y / len(y),
        "ratio size",
        "every value is 1/N times what it should be, 1/N being a size of the input",
    ),
    (
        lambda y, i: y * y.shape[1],
        "ratio size",
        "every value is C times what it should be, C being a size of the input",
    ),
    (lambda y, i: y * i["alpha"], "ratio input", "every value is off by the factor alpha"),
    (lambda y, i: y + 1, "constant difference", "every value is off by the same amount, +1"),
    (lambda y, i: y - i["g"], "missing term", "what is missing is a term equal to the input g"),
    (lambda y, i: y + i["x"], "extra term", "the input x was added once too often"),
    (lambda y, i: i["x"], "input returned", "this is the input x, unchanged"),
    (lambda y, i: 0 * y, "all zeros", "all values are zero"),
    (lambda y, i: y.T, "transposed", "the values are right, but the array is transposed"),
    (lambda y, i: y[::-1], "reversed", "the values are right, but axis 0 runs backwards"),
    (
        lambda y, i: np.roll(y, 1, axis=1),
        "shifted",
        "the values are right, but shifted by one along axis 1",
    ),
    (lambda y, i: np.abs(y), "magnitude only", "the magnitudes are right, but some signs are not"),
    (lambda y, i: np.trunc(y), "truncated", "the values were cut to whole numbers"),
    (
        lambda y, i: y.astype(np.float16),
        "low precision",
        "the values are nearly right; the error is that of rounding or low precision",
    ),
    (
        lambda y, i: np.where(y > 0, np.nan, y),
        "overflow",
        "NaN or infinity appears where a finite number is due",
    ),
    (lambda y, i: framed(y), "border only", "only the border is wrong; the inside agrees"),
    (lambda y, i: but(y, (0, slice(None)), 1.0), "one slice", "only index 0 of axis 0 is wrong"),
    (lambda y, i: but(y, (slice(None), -1), 1.0), "one slice", "only index -1 of axis 1 is wrong"),
    (lambda y, i: but(y, (1, 2), 1.0), "one element", "only one element is wrong, at [1, 2]"),
    (
        lambda y, i: np.broadcast_to(y[0] + 0.5, y.shape),
        "rows equal",
        "all entries along axis 0 are equal, and should differ",
    ),
    (lambda y, i: y.sum(axis=0), "axis summed", "axis 0 was summed away and should have been kept"),
    (
        lambda y, i: y.mean(axis=1, keepdims=True),
        "axis averaged",
        "axis 1 was averaged away and should have been kept",
    ),
    (
        lambda y, i: np.stack([y / 3, 2 * y / 3]),
        "axis kept",
        "axis 0 is left, and should have been summed over",
    ),
    (lambda y, i: y.ravel(), "reshaped", "the values are right, but in another shape"),
]


@pytest.mark.parametrize(("change", "kind", "sentence"), PLANTED, ids=[p[2][:60] for p in PLANTED])
def test_a_planted_mistake_is_named_as_itself(change, kind, sentence):
    for seed in range(5):
        found = diagnosed(change, seed=seed)
        assert found is not None
        assert (found.kind, found.sentence) == (kind, sentence)


def test_a_transposed_square_is_seen_though_its_shape_fits():
    assert diagnosed(lambda y, i: y.T, square=True).kind == "transposed"


def test_every_kind_is_planted_somewhere():
    planted = {kind for _, kind, _ in PLANTED} | {"permuted", "axis kept mean"}
    assert planted == set(SENTENCES)


@given(st.integers(0, 10**6))
def test_unrelated_values_are_never_named(seed):
    rng = np.random.default_rng(seed)
    assert diagnosed(lambda y, i: rng.standard_normal(y.shape)) is None
    assert diagnosed(lambda y, i: y + rng.standard_normal(y.shape)) is None


@given(st.integers(0, 10**6))
def test_what_one_case_bears_out_and_another_does_not_is_not_named(seed):
    rng = np.random.default_rng(seed)
    flips = iter((True, True, False))
    assert diagnosed(lambda y, i: -y if next(flips) else rng.standard_normal(y.shape)) is None


def test_one_scalar_is_no_evidence_for_a_rule():
    signature = parse_signature("f(a) -> y")
    found = diagnose(
        actuals=[2.0],
        expecteds=[1.0],
        inputs=[{"a": 3.0}],
        signature=signature,
        output=0,
        scales=[1.0],
        bound=1e-8,
    )
    assert found is None


def test_several_scalars_show_a_constant_and_a_ratio():
    signature = parse_signature("f(a) -> y")
    truth = [3, 5, 8, 13]

    def of(values):
        return diagnose(
            actuals=values,
            expecteds=truth,
            inputs=[{"a": float(a)} for a in (7, 9, 11, 12)],
            signature=signature,
            output=0,
            scales=[float(t) for t in truth],
            bound=1e-8,
        )

    assert of([t - 1 for t in truth]).sentence == "every value is off by the same amount, -1"
    assert of([2 * t for t in truth]).sentence == "every value is 2 times what it should be"
    assert of([4, 5, 9, 13]) is None


def test_what_is_no_real_array_has_no_diagnosis():
    for value in (None, "text", np.array([1j]), {"a": 1}):
        assert diagnosed(lambda y, i, value=value: value) is None

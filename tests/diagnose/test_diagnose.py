"""Diagnosing: a planted mistake is named as itself, and unrelated noise is never named at all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.compare import scale_of
from grader.diagnose import SENTENCES, FailedCase, diagnose, sentences
from grader.student.signature import parse_signature

SIGNATURE = parse_signature("f(x[N,C], g[N,C], w[C], k[N]: int, alpha) -> y[N,C]")


def cases(seed=0, *, square=False):
    """Three cases with sizes and alpha that vary; y is some function of x and g."""
    rng = np.random.default_rng(seed)
    found = []
    for n, c, alpha in ((3, 5, 0.5), (4, 7, 2.0), (6, 4, 3.0)):
        shape = (n, n) if square else (n, c)
        inputs = {
            "x": rng.standard_normal(shape),
            "g": rng.standard_normal(shape),
            "w": rng.standard_normal(shape[1]),
            "k": np.array([1, 1, 0, *range(2, n)])[:n] % c,
            "alpha": alpha,
        }
        found.append((np.sin(inputs["x"]) * 2 + inputs["g"] ** 2 - 1, inputs))
    return found


def told(signature, cases, *, output=0):
    """Diagnose cases given as (actual, expected, inputs)."""
    failed = [
        FailedCase(actual=actual, expected=due, inputs=inputs, scale=float(np.abs(due).max()))
        for actual, due, inputs in cases
    ]
    parsed = parse_signature(signature) if isinstance(signature, str) else signature
    return diagnose(failed, signature=parsed, output=output, bound=1e-8)


def diagnosed(change, *, seed=0, square=False, signature=SIGNATURE):
    return told(signature, [(change(y, i), y, i) for y, i in cases(seed, square=square)])


def but(y, where, value):
    changed = y.copy()
    changed[where] += value
    return changed


def framed(y):
    changed = y + 1.0
    changed[1:-1, 1:-1] = y[1:-1, 1:-1]
    return changed


def set_at(y, mask, value=0.7):
    return np.where(mask, y + value, y)


def windows(y):
    """The first element of each window of 2 × 2, for sides that are even."""
    rows, columns = np.indices(y.shape)
    return (rows % 2 == 0) & (columns % 2 == 0)


def even(y):
    return y[: len(y) // 2 * 2, : y.shape[1] // 2 * 2]


PLANTED = [
    # one rule for all elements
    (lambda y, i: 0 * y, "all zeros", "all values are zero"),
    (lambda y, i: 0 * y + y.mean(), "constant", "all values are the same, and should differ"),
    (lambda y, i: -y, "sign", "every value has the wrong sign"),
    (lambda y, i: 2 * y, "ratio", "every value is 2 times what it should be"),
    (lambda y, i: y / -2, "ratio", "every value is -1/2 times what it should be"),
    (lambda y, i: y * np.log(2), "ratio", "every value is log 2 times what it should be"),
    (
        lambda y, i: y * 0.7,
        "ratio unnamed",
        "all values are off by one factor, the same in all cases",
    ),
    (lambda y, i: y / len(y), "ratio size", "every value is 1/N times what it should be"),
    (lambda y, i: y * y.shape[1], "ratio size", "every value is C times what it should be"),
    (lambda y, i: -y / y.size, "ratio size", "every value is -1/(N·C) times what it should be"),
    (lambda y, i: y * i["alpha"], "ratio input", "every value is alpha times what it should be"),
    (
        lambda y, i: y / i["alpha"] ** 2,
        "ratio input",
        "every value is 1/alpha² times what it should be",
    ),
    (
        lambda y, i: y * len(y) / (len(y) - 1),
        "ratio ddof",
        "every value is N/(N-1) times what it should be",
    ),
    (
        lambda y, i: y * np.abs(y).max(),
        "ratio varies",
        "in each case all values are off by one factor, which differs from case to case",
    ),
    (lambda y, i: y / i["w"], "missing factor", "a factor is missing that equals the input w"),
    (
        lambda y, i: y * i["x"],
        "extra factor",
        "every value was multiplied once too often by the input x",
    ),
    (lambda y, i: y + 1, "constant difference", "every value is off by the same amount, +1"),
    (lambda y, i: y - 0.3, "constant unnamed", "every value is off by the same amount"),
    (
        lambda y, i: y - y.mean(),
        "difference varies",
        "in each case all values are off by one amount, which differs from case to case",
    ),
    (lambda y, i: i["x"], "input returned", "this is the input x, unchanged"),
    (lambda y, i: y - i["g"], "missing term", "a term is missing that equals the input g"),
    (lambda y, i: y - i["w"], "missing term", "a term is missing that equals the input w"),
    (lambda y, i: y - i["alpha"], "missing term", "a term is missing that equals the input alpha"),
    (lambda y, i: y + i["x"], "extra term", "the input x was added once too often"),
    (lambda y, i: y - 2 * i["x"], "term sign", "the input x enters with the wrong sign"),
    (lambda y, i: y - 0.9 * i["x"], "term weight", "the input x enters with the wrong weight"),
    (
        lambda y, i: 2 * i["x"] - y,
        "change sign",
        "the change from the input x has the wrong sign",
    ),
    (
        lambda y, i: i["x"] + (y - i["x"]) * i["alpha"],
        "change factor",
        "the change from the input x is alpha times what it should be",
    ),
    (lambda y, i: y**2, "square", "every value is the square of what it should be"),
    (lambda y, i: 1 / y, "reciprocal", "every value is 1 over what it should be"),
    (lambda y, i: np.exp(y), "exponential", "every value is exp of what it should be"),
    (lambda y, i: 1 - y, "complement", "every value is 1 minus what it should be"),
    (lambda y, i: np.trunc(y), "truncated", "the values were cut to whole numbers"),
    # nearly right
    (
        lambda y, i: y.astype(np.float16).astype(float),
        "low precision",
        "the values are right to float16 precision only",
    ),
    (
        lambda y, i: y.astype(np.float32).astype(float),
        "low precision",
        "the values are right to float32 precision only",
    ),
    (lambda y, i: np.round(y, 1), "low precision", "the values are right to 1 decimal only"),
    (lambda y, i: np.round(y, 5), "low precision", "the values are right to 5 decimals only"),
    (
        lambda y, i: y + 1e-5 * np.cos(y),
        "nearly right",
        "the values are nearly right; what differs is small",
    ),
    (
        lambda y, i: np.where(y > 0, np.nan, y),
        "not finite",
        "NaN or infinity appears where a finite number is due",
    ),
    # the right values elsewhere
    (lambda y, i: y.T, "transposed", "the values are right, but the array is transposed"),
    (
        lambda y, i: y[::-1],
        "reversed",
        "the values are right, but run backwards along N (axis 0)",
    ),
    (
        lambda y, i: y[::-1, ::-1],
        "reversed",
        "the values are right, but run backwards along N (axis 0) and C (axis 1)",
    ),
    (
        lambda y, i: np.roll(y, 1, axis=1),
        "shifted",
        "the values are right, but shifted by one along C (axis 1)",
    ),
    (
        lambda y, i: np.roll(y, 2, axis=1),
        "reordered",
        "the values are right, but the slices along C (axis 1) stand in another order",
    ),
    (
        lambda y, i: y.T.reshape(y.shape),
        "scrambled",
        "the same values are all there, but in other places",
    ),
    # some elements only
    (lambda y, i: but(y, (1, 2), 1.0), "one element", "only one element is wrong, at [1, 2]"),
    (
        lambda y, i: but(y, (-1, -1), 1.0),
        "one element each",
        "in each case only one element is wrong",
    ),
    (
        lambda y, i: but(y, (0, slice(None)), 1.0),
        "one slice",
        "only index 0 along N (axis 0) is wrong",
    ),
    (
        lambda y, i: but(y, (slice(None), -1), y[:, 0]),
        "one slice",
        "only index -1 along C (axis 1) is wrong",
    ),
    (
        lambda y, i: np.vstack([y[:1], np.cumsum(y[1:] ** 2, 0)]),
        "one slice right",
        "only index 0 along N (axis 0) is right",
    ),
    (
        lambda y, i: set_at(y, i["k"][:, None] == np.arange(y.shape[1])),
        "labels",
        "only the elements that the input k points at are wrong",
    ),
    (
        lambda y, i: set_at(y, np.bincount(i["k"], minlength=len(y))[: len(y), None] > 1, y),
        "repeated labels",
        "only what the input k points at more than once is wrong",
    ),
    (
        lambda y, i: set_at(y, y == y.max(axis=1, keepdims=True)),
        "one per row",
        "exactly one element is wrong in each row along C (axis 1)",
    ),
    (lambda y, i: framed(y), "border only", "only the border is wrong; the inside agrees"),
    (
        lambda y, i: np.where(y > 0, y, 0),
        "masked too much",
        "the values are right where they are not zero, but too many are zero",
    ),
    (
        lambda y, i: set_at(y, i["x"] < 0, y),
        "negative side",
        "only the elements are wrong for which the input x is negative",
    ),
    (
        lambda y, i: set_at(y, i["x"] > 0, y),
        "positive side",
        "only the elements are wrong for which the input x is positive",
    ),
    (
        lambda y, i: np.abs(y),
        "absolute value",
        "the magnitudes are right, but no value is negative",
    ),
    (
        lambda y, i: y * np.sign(i["g"]),
        "magnitude only",
        "the magnitudes are right, but some signs are not",
    ),
    # one rule for each slice
    (
        lambda y, i: np.broadcast_to(y[0] + 0.5, y.shape),
        "rows equal",
        "the values do not change along N (axis 0), and should",
    ),
    (
        lambda y, i: y - y.mean(axis=0),
        "slice differences",
        "the error does not change along N (axis 0): each slice is off by an amount of its own",
    ),
    (
        lambda y, i: y / y.std(axis=1, keepdims=True),
        "slice factors",
        "along C (axis 1) all values are off by one factor, another for each slice",
    ),
    (
        lambda y, i: np.full(y.shape, 1.0) * 0 + y.sum() * i["x"] / i["x"].sum(),
        "total only",
        "the sum of all values is right, but not how it is spread",
    ),
    # another shape
    (
        lambda y, i: y.sum(axis=0),
        "axis summed",
        "summed over N (axis 0), which should have been kept",
    ),
    (
        lambda y, i: y.mean(),
        "axis averaged",
        "averaged over N (axis 0) and C (axis 1), which should have been kept",
    ),
    (
        lambda y, i: np.stack([y / 3, 2 * y / 3]),
        "axis kept",
        "summing over axis 0 of yours would fit",
    ),
    (
        lambda y, i: np.stack([y * 0.5] * len(y) + [y * 0.5 * len(y) + y], axis=2),
        "axis kept mean",
        "averaging over axis 2 of yours would fit",
    ),
    (
        lambda y, i: np.pad(y, 1),
        "not cropped",
        "the right values are there, with more around them",
    ),
    (lambda y, i: y[1:, :], "cropped", "the values are right, but some are missing at the edge"),
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


def softmax(z, axis):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def blobs(shape=(4, 6), count=3):
    rng = np.random.default_rng(7)
    return [rng.standard_normal(shape) for _ in range(count)]


def relu_like(y):
    return np.where(y > 0, y, 0)


ELSEWHERE = {
    "root": ("f(x[N,C]) -> y[N,C]", [(y**2, y**4, {"x": y}) for y in blobs()]),
    "logarithm": ("f(x[N,C]) -> y[N,C]", [(y, np.exp(y), {"x": y * 2}) for y in blobs()]),
    "overflow": (
        "f(z[N,C]) -> y[N,C]",
        [(y * np.nan, softmax(1000 * y, 1), {"z": 1000 * y}) for y in blobs()],
    ),
    "permuted": (
        "f(x[N,C,H]) -> y[N,C,H]",
        [(y.transpose(2, 0, 1), y, {"x": y**2}) for y in blobs((2, 3, 4))],
    ),
    "mask missing": (
        "f(dy[N,C]) -> dx[N,C]",
        [(y, relu_like(y), {"dy": y**2}) for y in blobs()],
    ),
    "zeros only": (
        "f(dy[N,C]) -> dx[N,C]",
        [(relu_like(y), relu_like(y) * np.cos(y), {"dy": y**2}) for y in blobs()],
    ),
    "one per window": (
        "f(x[H,W]) -> y[H,W]",
        [(set_at(y, windows(y)), y, {"x": y**2}) for y in blobs()],
    ),
    "other axis": (
        "f(z[N,C]) -> p[N,C]",
        [(softmax(y, 0), softmax(y, 1), {"z": y}) for y in blobs()],
    ),
    "wrong axis": (
        "f(dy[N,C]) -> db[C]",
        [(y.sum(axis=1), y.sum(axis=0), {"dy": y}) for y in blobs()],
    ),
    "wrong axis mean": (
        "f(dy[N,C]) -> db[C]",
        [(y.mean(axis=1), y.mean(axis=0), {"dy": y}) for y in blobs()],
    ),
    "broadcast": (
        "f(a[N], b[N]) -> y[N]",
        [(y[:, None] - 2 * y**2, y - 2 * y**2, {"a": y, "b": y**2}) for y in blobs(5)],
    ),
}


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_what_needs_inputs_of_its_own_is_named_as_itself(kind):
    found = told(*ELSEWHERE[kind])
    assert found is not None
    assert found.kind == kind


def test_every_kind_is_planted_somewhere():
    assert {kind for _, kind, _ in PLANTED} | set(ELSEWHERE) == set(SENTENCES)


def test_what_names_a_place_an_input_or_a_factor_has_a_shape_without_it():
    """The first rung of the hint ladder; other sentences are their own."""
    naming = {kind for kind, (sentence, _) in SENTENCES.items() if "{" in sentence}
    assert naming <= set(sentences.WITHOUT_NAMES) <= set(SENTENCES)
    assert not any("{" in shape for shape in sentences.WITHOUT_NAMES.values())
    assert sentences.said("ratio", "2").shape == "all values are off by one factor"
    assert sentences.said("sign").shape == sentences.said("sign").sentence


SHAPES = ["", "[C]", "[N,C]", "[N,C,H]", "[N,C,H,W]"]


@given(st.integers(0, 10**6), st.sampled_from(SHAPES), st.sampled_from(SHAPES))
def test_unrelated_values_are_never_named(seed, due, given_back):
    """Whatever the shapes: noise, noise on top of the truth, and noise on some elements."""
    rng = np.random.default_rng(seed)
    cases = []
    for sizes in ({"N": 3, "C": 5, "H": 2, "W": 4}, {"N": 6, "C": 4, "H": 3, "W": 2}):
        shape, other = ([sizes[c] for c in form if c in sizes] for form in (due, given_back))
        truth = rng.standard_normal(shape)
        cases.append((truth, rng.standard_normal(other), {"x": rng.standard_normal(shape)}))
    line = f"f(x{due}) -> y{due}"
    assert told(line, [(noise, truth, i) for truth, noise, i in cases]) is None
    added = [(truth + rng.standard_normal(truth.shape), truth, i) for truth, _, i in cases]
    assert told(line, added) is None


@given(st.integers(0, 10**6))
def test_wrong_values_here_and_there_are_never_named(seed):
    """At least four scattered wrong elements a case, so that no one row, element or border is."""
    rng = np.random.default_rng(seed)

    def scattered(y):
        places = rng.permutation(y.size)[: max(4, y.size // 2)]
        mask = np.isin(np.arange(y.size), places).reshape(y.shape)
        mask[1, 1] = True
        return y + mask * rng.standard_normal(y.shape)

    found = diagnosed(lambda y, i: scattered(y))
    assert found is None or found.kind in {"one per row", "one slice right"}


ANY_SHAPE = st.lists(st.integers(0, 4), max_size=4).map(tuple)


@st.composite
def anything(draw):
    """A value of any shape and kind, made of numbers that coincide easily."""
    shape = draw(ANY_SHAPE)
    elements = st.sampled_from([0.0, 0.0, 1.0, -1.0, 2.0, 0.5, 1e300, 5e-324, np.nan, np.inf])
    dtype = draw(st.sampled_from([np.float64, np.float32, np.int64, np.bool_]))
    with np.errstate(all="ignore"):
        array = draw(arrays(np.float64, shape, elements=elements))
        array = array if np.dtype(dtype).kind == "f" else np.nan_to_num(array, posinf=0) % 7
        return array.astype(dtype)


@settings(max_examples=400)
@given(st.data())
def test_nothing_breaks_a_diagnosis(data):
    """Shapes that differ from case to case, empty arrays, huge and tiny numbers, NaN."""
    cases = [
        (data.draw(anything()), data.draw(anything()), {"x": data.draw(anything()), "a": a})
        for a in range(data.draw(st.integers(1, 3)))
    ]
    same = data.draw(st.booleans())
    cases = [
        (np.resize(got, due.shape) if same and got.size else got, due, i) for got, due, i in cases
    ]
    diagnose(
        [
            FailedCase(actual=got, expected=due, inputs=inputs, scale=scale_of(due, ()))
            for got, due, inputs in cases
        ],
        signature=parse_signature(
            "f(x[N,C | N,C,H | N,C,H,W], a: int) -> y[N,C | N,C,H | C,N,W,H]"
        ),
        output=0,
        bound=1e-8,
    )


def test_forms_with_more_axes_must_tell_the_same():
    rng = np.random.default_rng(0)
    line = "f(x[N,C | N,C,H]) -> y[N,C | N,C,H]"
    flat, deep = rng.standard_normal((4, 3)), rng.standard_normal((3, 4, 2))
    both = [(flat, {"x": flat**2}), (deep, {"x": deep**2})]
    assert told(line, [(-y, y, i) for y, i in both]).kind == "sign"
    assert told(line, [(-flat, flat, both[0][1]), (deep + 1, deep, both[1][1])]) is None


@given(st.integers(0, 10**6))
def test_what_one_case_bears_out_and_another_does_not_is_not_named(seed):
    rng = np.random.default_rng(seed)
    flips = iter((True, True, False))
    assert diagnosed(lambda y, i: -y if next(flips) else rng.standard_normal(y.shape)) is None


def test_one_scalar_is_no_evidence_for_a_rule():
    assert told("f(a) -> y", [(2.0, 1.0, {"a": 3.0})]) is None


def test_several_scalars_show_a_constant_and_a_ratio():
    truth = [3, 5, 8, 13]

    def of(values):
        inputs = [{"a": a} for a in (7.0, 9.0, 11.0, 12.0)]
        return told("f(a) -> y", list(zip(values, truth, inputs, strict=True)))

    assert of([t - 1 for t in truth]).sentence == "every value is off by the same amount, -1"
    assert of([2 * t for t in truth]).sentence == "every value is 2 times what it should be"
    assert of([4, 5, 9, 13]) is None


def test_an_array_of_many_more_axes_is_not_tried_in_all_ways(monkeypatch):
    """There are 120 ways to choose two axes of 16, and each would sum all that was returned."""
    monkeypatch.setattr(np, "squeeze", counted := Counted(np.squeeze))
    assert diagnosed(lambda y, i: np.ones((2,) * 16)) is None
    assert counted.calls < 20


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *given):
        self.calls += 1
        return self.function(*given)


def test_what_is_no_real_array_has_no_diagnosis():
    for value in (None, "text", np.array([1j]), {"a": 1}):
        assert diagnosed(lambda y, i, value=value: value) is None


def numbers_of(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def in_each_window(y):
    return np.where(windows(y), y + 1, y)


def framed_on(y, axes):
    """Wrong in the first and last index of each of the axes, by amounts that follow no rule."""
    wrong = y.copy()
    for axis in axes:
        for index in (0, -1):
            place = (slice(None),) * axis + (index,)
            wrong[place] += numbers_of(y[place].shape, seed=7 + axis)
    return wrong


# Per kind a mistake, the shape at which there are just enough numbers to be sure, and one with
# fewer: what could be chance is not told.
EVIDENCE = [
    ("sign", lambda y, x: -y, (3,), (2,)),
    ("all zeros", lambda y, x: 0 * y, (3,), (2,)),
    ("constant difference", lambda y, x: y + 1, (3,), (2,)),
    ("constant", lambda y, x: np.full(y.shape, 0.3), (4,), (3,)),
    ("missing term", lambda y, x: y - x, (3,), (2,)),
    ("term weight", lambda y, x: y + 0.37 * x, (6,), (5,)),
    ("shifted", lambda y, x: np.concatenate([x[:1], y[:-1]]), (4,), (3,)),
    ("one element", lambda y, x: but(y, 1, 1.0), (6,), (5,)),
    ("one per window", lambda y, x: in_each_window(y), (2, 6), (2, 4)),
    ("rows equal", lambda y, x: np.broadcast_to(x[:1], y.shape), (2, 3), (2, 2)),
    ("slice differences", lambda y, x: y + x[:, :1], (2, 3), (2, 2)),
    ("slice factors", lambda y, x: y * x[:, :1], (2, 3), (2, 2)),
    ("input returned", lambda y, x: x, (3,), (2,)),
    ("extra factor", lambda y, x: y * x, (3,), (2,)),
    ("absolute value", lambda y, x: np.abs(y), (3,), (2,)),
    ("square", lambda y, x: y**2, (3,), (2,)),
    ("low precision", lambda y, x: np.round(y, 2), (3,), (2,)),
    ("broadcast", lambda y, x: y + x[:, None] - x, (3,), (2,)),
]


@pytest.mark.parametrize(
    ("kind", "change", "enough", "few"), EVIDENCE, ids=[e[0] for e in EVIDENCE]
)
def test_a_rule_is_told_with_enough_numbers_only(kind, change, enough, few):
    kinds = []
    for shape in (enough, few):
        y, x = numbers_of(shape), numbers_of(shape, seed=1)
        line = "f(x[N]) -> y[N]" if len(shape) == 1 else "f(x[N,C]) -> y[N,C]"
        found = told(line, [(change(y, x), y, {"x": x})])
        kinds.append(found.kind if found else None)
    assert kinds[0] == kind
    assert kinds[1] != kind


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("ratio varies", lambda y, case: (1.37 + 0.23 * case) * y),
        ("difference varies", lambda y, case: 1.37 + 0.23 * case + y),
    ],
)
def test_what_each_case_has_of_its_own_takes_more_numbers(kind, change):
    """A factor or an amount that is free in each case uses up one number of it."""
    for sizes, wanted in (((2, 3), kind), ((2, 2), None)):
        truths = [numbers_of(size, seed) for seed, size in enumerate(sizes)]
        cases = [
            (change(y, case), y, {"x": numbers_of(y.shape, 5 + case)})
            for case, y in enumerate(truths)
        ]
        found = told("f(x[N]) -> y[N]", cases)
        assert (found.kind if found else None) == wanted


@pytest.mark.parametrize(("axes", "kind"), [((0, 1), "border only"), ((0,), None), ((1,), None)])
def test_two_edges_are_no_border(axes, kind):
    y = numbers_of((5, 6))
    found = told("f(x[N,C]) -> y[N,C]", [(framed_on(y, axes), y, {"x": numbers_of((5, 6), 1)})])
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("factor", "kind"),
    [(12, "ratio"), (13, "ratio unnamed"), (1 / 12, "ratio"), (-1 / 13, "ratio unnamed")],
)
def test_a_factor_is_told_as_it_is_up_to_a_dozen(factor, kind):
    y = numbers_of(5)
    assert told("f(x[N]) -> y[N]", [(factor * y, y, {"x": numbers_of(5, 1)})]).kind == kind


@pytest.mark.parametrize("shape", [(4, 5), (4, 6)])
def test_a_total_that_is_zero_by_nature_says_nothing(shape):
    """Gradients of a normalised layer sum to zero, and so does much else."""
    y, other = numbers_of((4, 5)), numbers_of(shape, 1)
    centred = (other - other.mean(), y - y.mean(), {"x": numbers_of((4, 5), 2)})
    assert told("f(x[N,C]) -> y[N,C]", [centred]) is None

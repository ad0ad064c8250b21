"""Batch norm: right answers in other styles, and each known mistake with its sentence."""

import json
import re

import pytest

from grader.student.packing import unpack
from tests.bank.bench import full, lost, recognised, summary

SLUG = "batch-norm"
FUNCTIONS = {"jacobian", "after-scaling", "forward"}
TYPED = {
    *("scaled-gradient", "alpha-gradient", "mean-noise", "variance-noise", "noise-ratio"),
    "counts",
}
CHOICES = {"why", "scaling-claims", "batch-effect", "axes", "placement"}
TEXTS = {"why-text", "scaling-text", "batch-text"}

# As on paper: one input is moved at a time, and the product rule followed.
BY_PATHS = """\
import numpy as np

def bn_jacobian(x, gamma, eps):
    N, C = x.shape
    J = np.zeros((C, N, N), x.dtype)
    for c in range(C):
        d = x[:, c] - sum(x[:, c]) / N
        var = sum(d ** 2) / N
        for m in range(N):
            moved = np.zeros(N) - 1 / N
            moved[m] += 1
            spread = 2 * d[m] / N
            quotient = moved / (var + eps) ** 0.5 - d / 2 * spread / (var + eps) ** 1.5
            J[c, :, m] = gamma[c] * quotient
    return J
"""
JACOBIAN = {
    "statistics held fixed": [("np.zeros(N) - 1 / N", "np.zeros(N)"), ("2 * d[m] / N", "0")],
    "variance path missing": [("2 * d[m] / N", "0")],
    "mean path missing": [("np.zeros(N) - 1 / N", "np.zeros(N)")],
    "variance for deviation": [("gamma[c] * quotient", "gamma[c] * quotient / (var + eps) ** 0.5")],
    "unbiased variance": [("sum(d ** 2) / N", "sum(d ** 2) / (N - 1)")],
    "unbiased variance, differentiated": [
        ("sum(d ** 2) / N", "sum(d ** 2) / (N - 1)"),
        ("2 * d[m] / N", "2 * d[m] / (N - 1)"),
    ],
}

BY_NAME = """\
import numpy as np

def after_scaling(gW, ggamma, gbeta, gV, alpha):
    behind = 1.0
    return {
        "gW_new": np.array([[g / alpha for g in row] for row in gW]),
        "ggamma_new": ggamma * behind,
        "gbeta_new": gbeta * behind,
        "gV_new": gV * behind,
    }
"""
BEHIND = "ggamma_new gbeta_new gV_new"
AFTER = {
    "scaled along": ([("g / alpha", "g * alpha")], "gW_new"),
    "weights unchanged": ([("g / alpha", "g")], "gW_new"),
    "divided twice": ([("g / alpha", "g / alpha / alpha")], "gW_new"),
    "later gradients divided too": ([("behind = 1.0", "behind = 1 / alpha")], BEHIND),
    "later gradients scaled along": ([("behind = 1.0", "behind = alpha")], BEHIND),
}

BY_CHANNEL = """\
import numpy as np

def batchnorm(x, gamma, beta, eps):
    y = np.zeros_like(x)
    for c in range(x.shape[1]):
        y[:, c] = normalised(x[:, c], eps) * gamma[c] + beta[c]
    return y

def normalised(values, eps):
    d = values - np.mean(values)
    return d / (np.mean(d * d) + eps) ** 0.5
"""
FORWARD = {
    "statistics of each pixel": [
        ("np.mean(values)", "np.mean(values, axis=0)"),
        ("np.mean(d * d)", "np.mean(d * d, axis=0)"),
    ],
    "statistics of each image": [
        ("    y = ", "    images = len(x) if x.ndim == 4 else 1\n    y = "),
        ("normalised(x[:, c], eps)", "parts(x[:, c], images, eps)"),
        (
            "def normalised",
            "def parts(values, count, eps):\n"
            "    split = np.split(values, count)\n"
            "    return np.concatenate([normalised(part, eps) for part in split])\n\n"
            "def normalised",
        ),
    ],
    "statistics of each example": [
        ("    y = ", "    x = np.stack([normalised(example, eps) for example in x])\n    y = "),
        ("normalised(x[:, c], eps)", "x[:, c]"),
    ],
    "unbiased variance": [("np.mean(d * d)", "np.sum(d * d) / (d.size - 1)")],
    "eps outside the root": [("(np.mean(d * d) + eps) ** 0.5", "(np.mean(d * d) ** 0.5 + eps)")],
    "eps left out": [(" + eps) ** 0.5", ") ** 0.5")],
    "variance for deviation": [(" ** 0.5", "")],
    "no scale and shift": [(" * gamma[c] + beta[c]", "")],
}

# Per part and misconception what a student could type, and which outputs it spoils.
MISTAKES = {
    ("scaled-gradient", "scaled along"): (r"\alpha \frac{\partial L}{\partial W}", "gradient"),
    ("scaled-gradient", "unchanged"): ("dL/dW", "gradient"),
    ("scaled-gradient", "divided twice"): ("g α⁻²", "gradient"),
    ("alpha-gradient", "one"): ("dL/dα = 1.0", "slope"),
    ("mean-noise", "divided by m twice"): (r"\frac{\sigma^2}{m^2}", "variance"),
    ("mean-noise", "root of m"): ("σ²/√m", "variance"),
    ("mean-noise", "starts from sigma"): ("sqrt(s2)/m", "variance"),
    ("mean-noise", "a standard deviation"): ("(s2/m)^(1/2)", "variance"),
    ("mean-noise", "the variance of one value"): ("σ^2", "variance"),
    ("variance-noise", "mean known"): ("2 s2 s2 / m", "variance"),
    ("variance-noise", "biased variance"): ("2 s2² (1/m - 1/m²)", "variance"),
    ("variance-noise", "not squared"): (r"\frac{2\sigma^2}{m-1}", "variance"),
    ("variance-noise", "factor missing"): ("s2^2 / (m - 1)", "variance"),
    ("noise-ratio", "ratio of variances"): ("256/8", "ratio"),
    ("noise-ratio", "upside down"): ("0.177", "ratio"),
    ("counts", "gamma and beta of each pixel"): ({"learnable": "2·7·20"}, "learnable"),
    ("counts", "only gamma"): ({"learnable": 7}, "learnable"),
    ("counts", "statistics learned"): ({"learnable": "14 + 14"}, "learnable"),
    ("counts", "no counter"): ({"buffers": 14}, "buffers"),
    ("counts", "over the examples alone"): ({"values": 16}, "values"),
    ("counts", "over one image"): ({"values": "5 × 4"}, "values"),
    ("counts", "over all channels"): ({"values": 2240, "values-fc": 112}, "values values_fc"),
    ("counts", "over the features"): ({"values-fc": 7}, "values_fc"),
}


def edited(text, edits):
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def typed(part, answer):
    return f"{SLUG}/{part}: {json.dumps(answer)}"


def told(bench, part, name, spoilt):
    return {(output, name, bench.sentence(part, name)) for output in spoilt.split()}


def test_the_reference_earns_everything_that_is_not_a_text(bench):
    results = bench.grade(bench.reference_python(), bench.reference_answers())
    assert full(results) == FUNCTIONS | TYPED | CHOICES


def test_the_starter_earns_nothing(bench):
    results = bench.grade(bench.starter_python())
    assert not any(result.marks for result in results.values())


def test_a_starter_that_raises_earns_nothing(bench):
    starter = bench.starter_python().replace("pass", "raise NotImplementedError")
    assert not any(result.marks for result in bench.grade(starter).values())


def test_every_misconception_is_tried_here(bench):
    functions = {"jacobian": JACOBIAN, "after-scaling": AFTER, "forward": FORWARD}
    tried = {(part, name) for part, names in functions.items() for name in names}
    assert bench.misconceptions() == tried | set(MISTAKES)


def test_no_sentence_gives_a_hidden_number_away(bench):
    for part in ("counts", "noise-ratio"):
        outputs = bench.expected[part].tests[0].cases[0].outputs
        hidden = {str(unpack(output.value)) for output in outputs}
        for misconception in bench.expected[part].misconceptions:
            assert not hidden & set(re.findall(r"[\d.]*\d", misconception.say))


# --- functions ------------------------------------------------------------------------------------


STYLES = {"jacobian": BY_PATHS, "after-scaling": BY_NAME, "forward": BY_CHANNEL}


@pytest.mark.parametrize("part", STYLES)
def test_another_style_earns_everything(bench, part):
    assert full(bench.grade(STYLES[part])) == {part}


def test_an_accepted_alternative_earns_everything(bench):
    ((_, function),) = bench.solution["forward"].accepted
    python = f"{bench.reference_python()}\n\nbatchnorm = {function.__name__}\n"
    assert "forward" in full(bench.grade(python))


@pytest.mark.parametrize("part", STYLES)
def test_float32_earns_everything(bench, part):
    name = next(p.signature.name for p in bench.problem.parts if p.name == part)
    low = f"""
in_float64 = {name}

def {name}(*inputs):
    return in_float64(*map(np.float32, inputs))
"""
    result = bench.grade(STYLES[part] + low)[part]
    assert (result.marks, result.sentence) == (result.out_of, "")


@pytest.mark.parametrize("name", JACOBIAN)
def test_a_wrong_jacobian_is_told_in_its_own_words(bench, name):
    result = bench.grade(edited(BY_PATHS, JACOBIAN[name]))["jacobian"]
    assert recognised(result) == told(bench, "jacobian", name, "J")
    assert result.marks == 0


@pytest.mark.parametrize("name", AFTER)
def test_wrong_gradients_after_scaling_are_told_in_their_own_words(bench, name):
    edits, spoilt = AFTER[name]
    result = bench.grade(edited(BY_NAME, edits))["after-scaling"]
    assert recognised(result) == told(bench, "after-scaling", name, spoilt)
    assert result.marks < result.out_of


@pytest.mark.parametrize("name", FORWARD)
def test_a_wrong_forward_pass_is_told_in_its_own_words(bench, name):
    result = bench.grade(edited(BY_CHANNEL, FORWARD[name]))["forward"]
    assert recognised(result) == told(bench, "forward", name, "y")
    assert result.marks < result.out_of


def test_statistics_that_keep_their_axes_lose_the_named_tenth(bench):
    kept = BY_PATHS.replace("    return J", "    return J[None]")
    result = bench.grade(kept)["jacobian"]
    assert result.marks == result.out_of * 9 / 10
    assert result.sentence.startswith("the values are right; found shape (1, ")


# --- formulas and numbers -------------------------------------------------------------------------

RIGHT = {
    "scaled-gradient": [
        "1/alpha * dL/dW",
        "g α⁻¹",
        r"\frac{\partial L}{\partial W'} = \frac{1}{\alpha} \frac{\partial L}{\partial W}",
    ],
    "alpha-gradient": ["0", "dL/dalpha = 0.0"],
    "mean-noise": ["σ²/m", r"\frac{1}{m} \sigma^2", "Var = s2 * m**-1"],
    "variance-noise": ["2(σ²)²/(m−1)", "2 s2^2 / (m - 1)", r"\frac{2 s_2^2}{m-1}"],
    "noise-ratio": ["5.66", "5.657", "√32", "4√2", "(256/8)**0.5", 5.656854],
    "counts": [
        {"learnable": "7+7", "buffers": "2*7+1", "values": "16·5·4", "values_fc": "N = 16"},
        [14, 15, 320, 16],
    ],
}


@pytest.mark.parametrize(("part", "answer"), [(p, a) for p, given in RIGHT.items() for a in given])
def test_other_spellings_earn_everything(bench, part, answer):
    assert full(bench.grade(answers=typed(part, answer))) == {part}


@pytest.mark.parametrize(("part", "name"), MISTAKES)
def test_a_typed_mistake_is_told_in_its_own_words(bench, part, name):
    answer, spoilt = MISTAKES[part, name]
    result = bench.grade(answers=typed(part, answer))[part]
    assert recognised(result) == told(bench, part, name, spoilt)
    assert result.marks < result.out_of


@pytest.mark.parametrize("answer", ["5.6", "5.7", "6"])
def test_two_digits_of_the_ratio_are_too_few(bench, answer):
    result = bench.grade(answers=typed("noise-ratio", answer))["noise-ratio"]
    assert (result.marks, result.sentence) == (0, "this is not the right value")


# --- claims ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["why", "scaling-claims", "placement"])
def test_each_wrong_claim_is_explained(bench, part):
    claims = bench.expected[part].claims
    result = bench.grade(answers=typed(part, {c.id: not c.truth for c in claims}))[part]
    assert result.marks == 0
    assert {mark.sentence for mark in result.lost} == {f"{c.id}: {c.say}" for c in claims}


@pytest.mark.parametrize("option", ["stronger", "same"])
def test_each_wrong_effect_has_its_sentence(bench, option):
    result = bench.grade(answers=typed("batch-effect", option))["batch-effect"]
    assert result.sentence.startswith(f"{option}: What regularises is the noise")
    assert result.marks == 0


def test_a_mean_over_the_channels_is_explained(bench):
    result = bench.grade(answers=typed("axes", "N, C, H, W"))["axes"]
    assert str(result.marks) == "1/2"
    assert result.sentence == "C: Channels are different features: each has a mean of its own."


# --- the submissions of this repository -----------------------------------------------------------

WAITS = ("0 of 1", "1", "a person will mark this text")
RIGHT_AWAY = ("0", "")


def test_alice_is_told_of_the_inverse_factor_and_the_placing_rule(bench):
    results = bench.grade_submission("alice")
    assert summary(results) == {
        "jacobian": ("3 of 3", *RIGHT_AWAY),
        "why": (
            "2/5 of 2",
            "0",
            "standardised: That is true of x-hat; gamma and beta come after it.",
        ),
        "why-text": WAITS,
        "scaled-gradient": ("0 of 2", "0", bench.sentence("scaled-gradient", "scaled along")),
        "alpha-gradient": ("1 of 1", *RIGHT_AWAY),
        "after-scaling": ("3/4 of 1", "0", bench.sentence("after-scaling", "scaled along")),
        "scaling-claims": ("1 of 1", *RIGHT_AWAY),
        "scaling-text": WAITS,
        "mean-noise": ("1 of 1", *RIGHT_AWAY),
        "variance-noise": ("1 of 1", *RIGHT_AWAY),
        "noise-ratio": ("1 of 1", *RIGHT_AWAY),
        "batch-effect": ("1 of 1", *RIGHT_AWAY),
        "batch-text": WAITS,
        "forward": ("3 of 3", *RIGHT_AWAY),
        "counts": ("3/4 of 1", "0", bench.sentence("counts", "over the examples alone")),
        "axes": ("0 of 1", "0", "an option that belongs to the answer was not picked"),
        "placement": (
            "0 of 1",
            "0",
            "by-layer: The place does not depend on the kind of layer; it is a choice in both.",
        ),
    }
    assert lost(results["counts"]) == {"values": "1/4"}


def test_bob_earns_everything_but_his_texts_wait(bench):
    results = bench.grade_submission("bob")
    assert full(results) == FUNCTIONS | TYPED | CHOICES
    assert {name for name, row in summary(results).items() if row == WAITS} == TEXTS
    assert results["jacobian"].remarks == ()  # the import of torch is not among what it needs
    assert results["after-scaling"].remarks == (
        "answered in float32, and judged with a tolerance that is fair to float32",
    )
    assert results["forward"].remarks == ()


def test_carol_is_told_what_kept_each_answer_from_being_right(bench):
    results = bench.grade_submission("carol")
    found = summary(results)
    nothing = "nothing was handed in for this part; wanted an answer "
    for part, number in {
        "why-text": "1.1c",
        "scaling-claims": "1.2d",
        "scaling-text": "1.2e",
        "batch-text": "1.3e",
        "placement": "1.4d",
    }.items():
        assert found.pop(part)[1:] == ("0", f"{nothing}{number} in answers.yaml")
    # The message of an IndexError is numpy's own.
    assert found.pop("after-scaling")[2].startswith("raised IndexError: ")
    assert found.pop("variance-noise")[2].endswith("division by zero: m - m is 0 here")
    # By the clock or by the computing time, as busy as the machine is.
    endless = found.pop("jacobian")[2]
    assert endless.startswith("ran out of time after ")
    assert endless.endswith(" of batch_norm.py, `mean = x.mean(0)`")
    assert found == {
        "why": (
            "0 of 2",
            "2",
            "found 'maybe'; wanted true or false for each of larger-weights, standardised, "
            "squeezed, initialisation, explosion",
        ),
        "scaled-gradient": ("0 of 2", "2", "the bracket “(” at character 1 is never closed"),
        "alpha-gradient": (
            "0 of 1",
            "1",
            "“zero” is not a name of this question; the answer is a number",
        ),
        "mean-noise": ("0 of 1", "1", "“n” is not a name of this question; the names are s2 and m"),
        "noise-ratio": (
            "0 of 1",
            "1",
            "“about” is not a name of this question; the answer is a number",
        ),
        "batch-effect": ("0 of 1", "1", "found 2 picks; wanted exactly one"),
        "forward": (
            "0 of 3",
            "0",
            "raised ValueError: operands could not be broadcast together with shapes (2,) (1,2,1,4)  "
            "at line 18 of batch_norm.py",
        ),
        "counts": ("1/4 of 1", "3/4", "learnable: “1e999999999” is not a number that can be read"),
        "axes": ("0 of 1", "1", "found 'Z'; wanted one of N, C, H, W"),
    }
    assert results["forward"].remarks == ("changed its input x in place", "prints while it runs")

"""Squeeze and excitation: right answers in other styles, and each known mistake with its sentence."""

import json

import pytest

from tests.bank.bench import full, lost, recognised, summary

SLUG = "squeeze-excitation"
COMPUTED = {"stage-share", "parameters", "doubling", "backward"}
CHOSEN = {"depth-claims", "r-claims"}
STAGES = "stage1 stage2 stage3 stage4"


# --- numbers and formulas -------------------------------------------------------------------------


def per_stage(*blocks):
    """An answer with a calculation per stage for all its blocks, and what follows from it."""
    stages = dict(zip(STAGES.split(), blocks, strict=True))
    return {**stages, "total": "+".join(blocks), "share": f"({blocks[-1]})/({'+'.join(blocks)})"}


def per_block(text):
    """The same from one calculation in C for all blocks of a stage."""
    sizes = (("3", "256"), ("4", "512"), ("6", "1024"), ("3", "2048"))
    return per_stage(*(f"{n}*({text.replace('C', C)})" for n, C in sizes))


# Per part and misconception what a student could type, and which outputs it spoils.
MISTAKES = {
    ("stage-share", "one block per stage"): (
        per_stage("2*256*16", "2*512*32", "2*1024*64", "2*2048*128"),
        STAGES,
    ),
    ("stage-share", "one matrix"): (per_block("C*C/16"), STAGES),
    ("stage-share", "channels inside the block"): (per_block("C/4*C/4/8"), STAGES),
    # In the first stage, C / r happens to be r.
    ("stage-share", "r read as width"): (per_block("16*C + C*16"), "stage2 stage3 stage4"),
    ("stage-share", "r forgotten"): (per_block("2 * C^2"), STAGES),
    ("stage-share", "biases counted"): (per_block("C²/16 + C/16 + C²/16 + C"), STAGES),
    ("stage-share", "equal cost per block"): ({"share": "3/(3+4+6+3)"}, "share"),
    ("stage-share", "in percent"): ({"share": 62.54}, "share"),
    ("parameters", "r read as width"): ({"weights": "C r + r C"}, "weights"),
    ("parameters", "r turned round"): ({"weights": "2 C (r C)"}, "weights"),
    ("parameters", "one matrix"): ({"weights": r"\frac{C^2}{r}"}, "weights"),
    ("parameters", "both sides reduced"): ({"weights": "2 (C/r)²"}, "weights"),
    ("parameters", "one side forgotten"): ({"weights": "C/r + C/r"}, "weights"),
    ("parameters", "r forgotten"): ({"weights": "C*C + C*C"}, "weights"),
    ("parameters", "one bias per layer"): ({"with_biases": "2 (C²/r + 1)"}, "with_biases"),
    ("parameters", "biases of one layer"): ({"with_biases": "C (2 C/r + 1)"}, "with_biases"),
    ("parameters", "biases of the hidden layer alone"): (
        {"with_biases": r"\frac{2C^2 + C}{r}"},
        "with_biases",
    ),
    ("doubling", "direction turned round"): ("2", "factor"),
    ("doubling", "squared"): ("2^{-2}", "factor"),
    ("doubling", "no change"): (1, "factor"),
}


def typed(part, answer):
    return f"{SLUG}/{part}: {json.dumps(answer)}"


def told(bench, part, name, spoilt):
    return {(output, name, bench.sentence(part, name)) for output in spoilt.split()}


def test_the_reference_earns_everything_that_is_not_a_text(bench):
    results = bench.grade(bench.reference_python(), bench.reference_answers())
    assert full(results) == COMPUTED | CHOSEN


def test_the_starter_earns_nothing(bench):
    assert not full(bench.grade(bench.starter_python()))


def test_every_misconception_is_tried_here(bench):
    assert bench.misconceptions() == {*MISTAKES, *(("backward", name) for name in BACKWARD)}


@pytest.mark.parametrize(("part", "name"), MISTAKES)
def test_a_mistake_is_told_in_its_own_words(bench, part, name):
    answer, spoilt = MISTAKES[part, name]
    result = bench.grade(answers=typed(part, answer))[part]
    assert recognised(result) == told(bench, part, name, spoilt)
    assert result.marks < result.out_of


RIGHT = {
    "stage-share": [
        [24576, 131072, 786432, 1572864, 2514944, 0.625],
        per_block(r"\frac{2 \cdot C^2}{16}"),
        {**per_block("C*C/8"), "total": "2 514 944", "share": "62.54/100"},
    ],
    "parameters": [
        {"weights": "2C²/r", "with_biases": "(2C² + C)/r + C"},
        {
            "weights": r"$C \cdot \frac{C}{r} + \frac{C}{r} \cdot C$",
            "with_biases": "C*(C/r)*2+C/r+C",
        },
    ],
    "doubling": [0.5, r"\frac{1}{2}", "2^{-1}", "factor = 1/2"],
}


@pytest.mark.parametrize(("part", "answer"), [(p, a) for p, given in RIGHT.items() for a in given])
def test_other_spellings_earn_everything(bench, part, answer):
    assert full(bench.grade(answers=typed(part, answer))) == {part}


def test_stages_that_are_wrong_cost_neither_the_total_nor_the_share(bench):
    result = bench.grade(answers=typed("stage-share", per_block("C*C/16")))["stage-share"]
    assert lost(result) == dict.fromkeys(STAGES.split(), "1/3")


def test_biases_are_added_to_the_own_weights(bench):
    answer = {"weights": "C**2/r", "with_biases": "C**2/r + C/r + C"}
    result = bench.grade(answers=typed("parameters", answer))["parameters"]
    assert lost(result) == {"weights": "1/2"}


@pytest.mark.parametrize("part", sorted(CHOSEN))
def test_each_wrong_claim_is_explained(bench, part):
    wrong = {claim.id: not claim.truth for claim in bench.expected[part].claims}
    result = bench.grade(answers=typed(part, wrong))[part]
    assert result.marks == 0
    assert {mark.sentence for mark in result.lost} == {
        f"{claim.id}: {claim.say}" for claim in bench.expected[part].claims
    }


# --- the backward pass ----------------------------------------------------------------------------

# As on paper: one example at a time, vectors as columns, channel by channel.
BY_EXAMPLE = """\
import numpy as np

def logistic(z):
    return 0.5 + 0.5 * np.tanh(0.5 * z)

def se_backward(dy, x, W1, W2):
    places = x.shape[2] * x.shape[3]
    dx, dW1, dW2 = np.zeros(x.shape), np.zeros(W1.shape), np.zeros(W2.shape)
    for n in range(len(x)):
        mean = np.array([plane.sum() / places for plane in x[n]])
        hidden = W1.T.dot(mean).clip(0)
        v = W2.T.dot(hidden)
        gate = logistic(v)
        at_gate = np.array([(up * plane).sum() for up, plane in zip(dy[n], x[n])])
        at_v = at_gate * logistic(v) * logistic(-v)
        at_u = np.where(hidden > 0, W2.dot(at_v), 0)
        at_mean = W1.dot(at_u)
        for c in range(x.shape[1]):
            dx[n, c] = gate[c] * dy[n, c] + at_mean[c] / places
        dW1 += np.outer(mean, at_u)
        dW2 += np.outer(hidden, at_v)
    return dx, dW1, dW2
"""

# Per misconception the edit of the text above, and which outputs it spoils.
BACKWARD = {
    "gate held constant": (" + at_mean[c] / places", "", "dx"),
    "only through the gate": ("gate[c] * dy[n, c] + ", "", "dx"),
    "mean taken for a sum": ("at_mean[c] / places", "at_mean[c]", "dx"),
    "slope of the sigmoid missing": (" * logistic(v) * logistic(-v)", "", "dx dW1 dW2"),
    "slope of the sigmoid at the gate": (
        "logistic(v) * logistic(-v)",
        "logistic(gate) * logistic(-gate)",
        "dx dW1 dW2",
    ),
    "slope of ReLU missing": ("np.where(hidden > 0, W2.dot(at_v), 0)", "W2.dot(at_v)", "dx dW1"),
    "x missing in the gate's gradient": ("(up * plane).sum()", "up.sum()", "dx dW1 dW2"),
    "gate's gradient averaged": ("(up * plane).sum()", "np.mean(up * plane)", "dx dW1 dW2"),
    "W2 not transposed": ("W2.dot(at_v)", "W2.T.dot(at_v)", "dx dW1"),
    "W1 not transposed": ("W1.dot(at_u)", "W1.T.dot(at_u)", "dx"),
    "averaged over the batch": (
        "return dx, dW1, dW2",
        "return dx, dW1 / len(x), dW2 / len(x)",
        "dW1 dW2",
    ),
}

IN_TORCH = """\
import torch

def se_backward(dy, x, W1, W2):
    given = [torch.tensor(a, requires_grad=True) for a in (x, W1, W2)]
    image, first, second = given
    pooled = torch.nn.functional.avg_pool2d(image, image.shape[2:])[:, :, 0, 0]
    gate = torch.sigmoid(torch.clamp(pooled @ first, min=0) @ second)
    loss = (torch.tensor(dy) * image * gate[:, :, None, None]).sum()
    return torch.autograd.grad(loss, given)
"""


@pytest.mark.parametrize(
    "python",
    [BY_EXAMPLE, IN_TORCH, BY_EXAMPLE.replace("(W2.shape)", "(W2.shape, np.float32)")],
    ids=["by example", "in torch", "dW2 in float32"],
)
def test_other_styles_of_the_backward_pass_earn_everything(bench, python):
    assert full(bench.grade(python)) == {"backward"}


@pytest.mark.parametrize("name", BACKWARD)
def test_a_wrong_backward_pass_is_told_in_its_own_words(bench, name):
    old, new, spoilt = BACKWARD[name]
    assert BY_EXAMPLE.count(old) == 1
    result = bench.grade(BY_EXAMPLE.replace(old, new))["backward"]
    assert recognised(result) == told(bench, "backward", name, spoilt)
    assert result.marks < result.out_of


# --- the submissions of this repository -----------------------------------------------------------

WAITS = ("0 of 1", "1", "a person will mark this text")


def test_alice_loses_counts_claims_and_the_direction_of_r(bench):
    results = bench.grade_submission("alice")
    found = summary(results)
    inside = bench.sentence("stage-share", "channels inside the block")
    turned = bench.sentence("doubling", "direction turned round")
    assert found["stage-share"] == ("2/3 of 2", "0", inside)
    assert lost(results["stage-share"]) == dict.fromkeys(STAGES.split(), "1/3")
    assert found["depth-claims"][:2] == ("6/7 of 2", "0")
    assert found["depth-claims"][2].startswith("general: Features that all classes use")
    assert found["parameters"] == ("1 of 1", "0", "")
    assert found["doubling"] == ("0 of 1", "0", turned)
    assert found["r-claims"][:2] == ("0 of 1", "0")
    assert found["r-claims"][2].startswith("dearer: The hidden layer has C / r units")
    assert found["backward"] == ("2 of 2", "0", "")
    assert found["depth-text"] == found["r-text"] == WAITS


def test_bob_earns_everything_but_his_texts_wait(bench):
    results = bench.grade_submission("bob")
    assert full(results) == COMPUTED | CHOSEN
    assert summary(results)["depth-text"] == summary(results)["r-text"] == WAITS


def test_carol_is_told_what_kept_each_answer_from_being_right(bench):
    claims = "early, late, general, fewer-channels, equal-cost, places, last-stage"
    number = "is not a name of this question; the answer is a number"
    assert summary(bench.grade_submission("carol")) == {
        "stage-share": ("0 of 2", "4/3", f"stage1: “r” {number}"),
        "depth-claims": (
            "0 of 2",
            "2",
            f"found 'early'; wanted true or false for each of {claims}",
        ),
        "depth-text": (
            "0 of 1",
            "0",
            "nothing was handed in for this part; wanted an answer 4.1c in answers.yaml",
        ),
        "parameters": (
            "0 of 1",
            "1/2",
            "with_biases: “C_r” is not a name of this question; the names are C and r",
        ),
        "doubling": ("0 of 1", "1", f"“half” {number}"),
        "r-claims": ("0 of 1", "1", "narrower: found 'rather'; wanted true or false"),
        "backward": (
            "0 of 2",
            "0",
            "dx: found shape (1, 4); wanted (N, C, H, W) = (1, 2, 1, 2)",
        ),
        "r-text": WAITS,
    }

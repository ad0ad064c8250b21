"""Dilated convolution: costs, fields and sizes; each known mistake is told in its own words."""

import json
import re

import pytest

from grader.student.packing import unpack
from tests.bank.bench import ROOT, full, lost, recognised, summary

SLUG = "dilated-convolution"
COMPUTED = {
    *("compare", "span", "layer-1", "layer-2", "layer-3", "stack", "volume", "layers", "size")
}


def both(rows):
    """The same formula for rows and for columns."""
    return {"rows": rows, "columns": rows.replace("r", "c")}


def for_kernels(what, plain, dilated, dense):
    return {f"plain_{what}": plain, f"dilated_{what}": dilated, f"dense_{what}": dense}


# Per part and misconception what a student could type.
TYPED = {
    "compare": {
        "weights of the span": {"dilated_weights": "8*3*5^2"},
        "multiply-adds of the span": {"dilated_macs": "600 * 32²"},
        "taps times dilation": {"dilated_span": "3*2"},
        "the last tap forgotten": for_kernels("span", 2, "5 - 1", 4),
        "taps for cells": {"dilated_span": 3},
        "input channels forgotten": for_kernels("weights", "8*9", "8*9", "8*25"),
        "one filter": for_kernels("weights", "3*9", "27", "75"),
        "no padding": for_kernels("macs", "216*30²", "216*28²", "600*28²"),
        "two operations per multiply-add": for_kernels("macs", "2*216*1024", "442368", "1228800"),
    },
    "span": {
        "taps times dilation": "K d",
        "the last tap forgotten": "d(K - 1)",
        "gaps that hold d cells": "1 + (K - 1)(d + 1)",
        "dilation ignored": "K",
    },
    "layer-1": {
        "taps times dilation": both("r_1 d_1"),
        "dilation ignored": both("r₁"),
        "one cell forgotten": both("d1 r1 - d1"),
    },
    "layer-2": {
        "field for step": both("1 + d1 (r1 - 1) r2"),
        "field times taps": both("r2 (1 + d1 (r1 - 1))"),
        "spans multiplied": both("(1 + d1(r1 - 1)) (1 + d2(r2 - 1))"),
        "spans added": both("d1 r1 - d1 + d2 r2 - d2 + 2"),
        "taps times dilation": both("d1 r1 + d2 r2 - 1"),
        "dilation ignored": both("r1 + r2 - 1"),
        "one cell forgotten": both("∑_{k=1}^2 d_k (r_k - 1)"),
        "the last dilation everywhere": both("1 + d2 (r1 + r2 - 2)"),
        "dilations multiplied": both("1 + d1 (r1 - 1) + d1 d2 (r2 - 1)"),
    },
    "layer-3": {
        "field for step": both("1 + d1 (r1 - 1) r2 r3"),
        "field times taps": both("r3 (1 + d1 (r1 - 1) r2)"),
        "field times all taps": both("(1 + d1 (r1 - 1)) r2 r3"),
        "spans multiplied": both("(1 + d1(r1 - 1)) (1 + d2(r2 - 1)) (1 + d3(r3 - 1))"),
        "spans added": both("3 + ∑_{k=1}^3 d_k (r_k - 1)"),
        "taps times dilation": both("d1 r1 + d2 r2 + d3 r3 - 2"),
        "dilation ignored": both("r1 + r2 + r3 - 2"),
        "one cell forgotten": both("∑_{k=1}^3 d_k (r_k - 1)"),
        "the last dilation everywhere": both("1 + d3 (r1 + r2 + r3 - 3)"),
        "dilations multiplied": both("1 + d1 (r1-1) + d1 d2 (r2-1) + d1 d2 d3 (r3-1)"),
    },
    "volume": {
        "filters forgotten": "(I - (K-1)N)^2",
        "one side": "D(I - (K-1)N)",
        "taps times dilation": "D(I - K N)²",
        "one too many": "D * (I - (K-1)*N + 1)**2",
        "difference of squares": "D(I² - (K-1)²N²)",
        "dilation ignored": "D(I - K + 1)²",
        "the two letters swapped": "N(I - (K-1)D)²",
    },
    "layers": {
        "one layer": "I - D(K-1)",
        "taps times dilation": "I - N D K",
        "span taken away": "I - N D (K-1) - N",
        "one too many": "I + 1 - N D (K-1)",
        "dilation ignored": "I - N(K-1)",
    },
    "size": {
        "taps times dilation": "(I + 2P - D K)//S + 1",
        "padding on one side": "floor((I + P - D(K-1) - 1)/S) + 1",
        "rounded up": r"\lceil \frac{I + 2P - D(K-1) - 1}{S} \rceil + 1",
        "not rounded": r"1 + \frac{I + 2P - D(K-1) - 1}{S}",
        "steps for positions": "⌊(I + 2P - D(K-1) - 1)/S⌋",
        "the last tap forgotten": "floor((I + 2*P - D*(K-1))/S) + 1",
        "dilation ignored": "⌊(I + 2P - K)/S⌋ + 1",
        "stride ignored": "I + 2P - D(K-1)",
    },
}

# A right answer from the last layer down, and the edits of it that make each mistake.
STACK = """\
def receptive_field(kernel, stride, dilation):
    size = jump = 1
    for l in reversed(range(len(kernel))):
        size = 1 + (size - 1) * stride[l] + (kernel[l] - 1) * dilation[l]
        jump = jump * stride[l]
    return size, jump
"""
ADDED_UP = """\
def receptive_field(kernel, stride, dilation):
    steps = [1, *stride]
    field = 1 + sum((k - 1) * d * s for k, d, s in zip(kernel, dilation, steps))
    return field, stride[-1]
"""
EDITS = {
    "strides forgotten": (" * stride[l] + (", " + ("),
    "stride before its own layer": (
        "(size - 1) * stride[l] + (kernel[l] - 1) * dilation[l]",
        "(size - 1 + (kernel[l] - 1) * dilation[l]) * stride[l]",
    ),
    "field for step": (
        "    return size,",
        "    taps = [k for k in kernel if k > 1]\n"
        "    first = next((d for k, d in zip(kernel, dilation) if k > 1), 0)\n"
        "    size = (taps[0] - 1) * first if taps else 0\n"
        "    for k in taps[1:]:\n"
        "        size *= k\n"
        "    return size + 1,",
    ),
    "taps times dilation": ("(kernel[l] - 1) * dilation[l]", "kernel[l] * dilation[l] - 1"),
    "dilation ignored": (" * dilation[l]", ""),
    "the last dilation everywhere": ("dilation[l]", "dilation[-1]"),
    "one cell forgotten": ("return size,", "return size - 1,"),
    "dilation taken for a stride": ("stride[l]", "stride[l] * dilation[l]"),
    "the last stride alone": (STACK, ADDED_UP),
}
ROUND = "def output_size(I, K, S, P, D):\n    return round((I + 2*P - D*(K - 1) - 1) / S) + 1\n"


def typed(part, answer):
    return f"{SLUG}/{part}: {json.dumps(answer)}"


def check(bench, result, name, spoilt):
    """The mistake is recognised in just these outputs, and costs something."""
    sentence = bench.sentence(result.id.split("/")[1], name)
    assert recognised(result) == {(output, name, sentence) for output in spoilt}
    assert result.marks < result.out_of


def test_the_reference_earns_everything_that_is_not_a_text(bench):
    results = bench.grade(bench.reference_python(), bench.reference_answers())
    assert full(results) == {*COMPUTED, "claims"}


def test_the_starter_earns_nothing(bench):
    assert not full(bench.grade(bench.starter_python()))


def test_every_misconception_is_tried_here(bench):
    tried = {(part, name) for part, answers in TYPED.items() for name in answers}
    tried |= {("stack", name) for name in EDITS} | {("size", "rounded to the nearest")}
    assert bench.misconceptions() == tried


@pytest.mark.parametrize(("part", "name"), [(p, n) for p, names in TYPED.items() for n in names])
def test_a_typed_mistake_is_told_in_its_own_words(bench, part, name):
    answer = TYPED[part][name]
    output = {"span": "span", "volume": "values", "layers": "rows", "size": "size"}.get(part)
    result = bench.grade(answers=typed(part, answer))[part]
    check(bench, result, name, [output] if output else answer)


@pytest.mark.parametrize("name", EDITS)
def test_a_mistake_in_code_is_told_in_its_own_words(bench, name):
    assert full(bench.grade(STACK)) == {"stack"}
    spoils_jump = name in {"dilation taken for a stride", "the last stride alone"}
    result = bench.grade(STACK.replace(*EDITS[name]))["stack"]
    check(bench, result, name, ["size", "jump"] if spoils_jump else ["size"])


def test_rounding_to_the_nearest_is_told(bench):
    check(bench, bench.grade(ROUND)["size"], "rounded to the nearest", ["size"])


def test_no_sentence_gives_a_hidden_number_away(bench):
    outputs = bench.expected["compare"].tests[0].cases[0].outputs
    hidden = {str(unpack(output.value)) for output in outputs}
    for misconception in bench.expected["compare"].misconceptions:
        assert not hidden & set(re.findall(r"\d+", misconception.say))


RIGHT = {
    "span": ["K + (K-1)(d-1)", "$d K - d + 1$", "span = 1 + d*(K - 1)."],
    "layer-2": [
        both("r1 + (d1-1)(r1-1) + d2 r2 - d2"),
        ["1 + d1(r1-1) + d2(r2-1)", "1+∑_{k=1}^2 d_k(c_k-1)"],
    ],
    "volume": [
        "D * (I - (K - 1) * N) * (I - (K - 1) * N).",
        r"D \cdot \left(I - N(K-1)\right)^2",
        "D I² - 2 D I N (K-1) + D N²(K-1)²",
    ],
    "layers": ["I - N*D*(K-1)", r"I - \sum_{n=1}^{N} D(K-1)"],
    "size": [
        r"\left\lfloor\frac{I + 2P - D(K-1) - 1}{S}\right\rfloor + 1",
        "floor((I + 2*P - D*(K-1) - 1 + S)/S)",
        "ceil((I + 2P - D(K-1))/S)",
        "1 + (I + P + P - D K + D - 1) // S",
    ],
}


@pytest.mark.parametrize(("part", "answer"), [(p, a) for p, given in RIGHT.items() for a in given])
def test_other_spellings_earn_everything(bench, part, answer):
    assert full(bench.grade(answers=typed(part, answer))) == {part}


def test_a_function_may_answer_where_a_formula_is_asked_for(bench):
    python = (
        "def field_one(r1, c1, d1):\n    return len(range(0, r1*d1, d1)[1:])*d1 + 1, c1*d1 - d1 + 1"
    )
    assert full(bench.grade(python)) == {"layer-1"}


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        *(("more-work", "yes"), ("skips-none", "yes"), ("neighbours", "no")),
        *(("gridding", "no"), ("growing", "no"), ("keeps-size", "yes")),
    ],
)
def test_each_wrong_claim_has_its_sentence(bench, claim, wrong):
    result = bench.grade(answers=typed("claims", {claim: wrong}))["claims"]
    assert len(result.sentence.removeprefix(f"{claim}: ")) > 20
    assert result.marks == 0


# --- the submissions of this repository -----------------------------------------------------------

WAITS = ("0 of 1", "1", "a person will mark this text")
PASSED = {
    part: (f"{n} of {n}", "0", "")
    for part, n in {"span": 1, "layer-1": 1, "volume": 2, "layers": 1, "size": 2}.items()
}


def test_alice_takes_the_span_for_the_cost_and_the_field_for_the_step(bench):
    results = bench.grade_submission("alice")
    assert summary(results) == {
        **PASSED,
        "compare": ("16/9 of 2", "0", bench.sentence("compare", "multiply-adds of the span")),
        "claims": (
            "1/3 of 2",
            "0",
            "more-work: Each tap costs one product, wherever it reads. Moving the taps apart adds none.",
        ),
        "text": WAITS,
        "layer-2": ("0 of 1", "0", bench.sentence("layer-2", "field times taps")),
        "layer-3": ("0 of 1", "0", bench.sentence("layer-3", "field for step")),
        "stack": ("9/5 of 3", "0", bench.sentence("stack", "field for step")),
    }
    assert lost(results["compare"]) == {"dilated_macs": "2/9"}
    assert "does not depend on d2:" in results["layer-2"].sentence
    assert "does not depend on d2 and d3:" in results["layer-3"].sentence
    assert lost(results["stack"]) == {"size": "6/5"}


def test_bob_earns_everything_but_his_text_waits(bench):
    results = bench.grade_submission("bob")
    assert full(results) == {*COMPUTED, "claims"}
    assert summary(results)["text"] == WAITS


def test_carol_gets_a_plain_sentence_for_each_strange_answer(bench):
    assert summary(bench.grade_submission("carol")) == {
        "compare": (
            "0 of 2",
            "14/9",
            "plain_macs: “a” is not a name of this question; the answer is a number",
        ),
        "span": ("0 of 1", "1", "the bracket “(” at character 6 is never closed"),
        "claims": (
            "0 of 2",
            "2",
            "found 'more-work'; wanted true or false for each of more-work, skips-none, neighbours, gridding, "
            "growing, keeps-size",
        ),
        "text": (
            "0 of 1",
            "0",
            "nothing was handed in for this part; wanted an answer 2.1d in answers.yaml",
        ),
        "layer-1": (
            "0 of 1",
            "0",
            "raised TypeError: unsupported operand type(s) for +: 'int' and 'str' at line 7 of "
            "dilated_convolution.py",
        ),
        "layer-2": ("0 of 1", "1", "found 'see 2.2a'; wanted one value for each of rows, columns"),
        "layer-3": (
            "0 of 1",
            "1/2",
            "columns: “lambda” is not a name of this question; the names are r1, c1, d1, r2, c2, d2, r3, c3 "
            "and d3",
        ),
        "stack": ("0 of 3", "0", "size: found a text; wanted a whole number"),
        "volume": ("1/3 of 2", "0", "the exponent in (I - (K - 1)·N)^(I^(I)) is larger than 200"),
        "layers": (
            "0 of 1",
            "1",
            "the letter U+0399 GREEK CAPITAL LETTER IOTA is not read here; letters are a to z, A to Z "
            "and Greek ones",
        ),
        "size": ("0 of 2", "0", bench.sentence("size", "not rounded")),
    }


def test_open_brackets_are_unreadable_and_their_place_is_shown(bench):
    """Nothing is lost where a bracket is open, and the half that can be read is judged."""
    results = bench.grade_folder(ROOT / "tests" / "fixtures" / "brackets")
    found = summary(results)
    assert found["layer-1"] == ("1 of 1", "0", "")
    assert found["layer-2"] == (
        "0 of 1",
        "1/2",
        "rows: the bracket “(” at character 30 is never closed",
    )
    assert found["layer-3"] == (
        "0 of 1",
        "1",
        "rows: the bracket “(” at character 74 is never closed",
    )
    assert lost(results["layer-2"]) == {"columns": "1/2"}
    rows, columns = results["layer-2"].readings
    assert (rows.place.file, rows.place.line, rows.position) == ("answers.yaml", 7, 29)
    assert rows.typed[rows.position :].startswith("((r_2 - 1)")
    assert (columns.error, columns.read_as.count("(")) == ("", columns.read_as.count(")"))

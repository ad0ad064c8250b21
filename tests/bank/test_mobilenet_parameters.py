"""MobileNet blocks: right answers in every spelling, and each known mistake with its sentence."""

import json
import re

import pytest

from grader.student.packing import unpack
from tests.bank.bench import full, lost, recognised, summary

SLUG = "mobilenet-parameters"
COMPUTED = {"v1", "v1-macs", "ratio", "separable", "v2", "v2-macs", "inverted"}

# Per part and misconception what a student could type, and which outputs it spoils.
MISTAKES = {
    ("v1", "one filter in the total"): ({"total": "512 + 10"}, "total"),
    ("v1", "one depthwise filter"): ({"depthwise": "3*3 + 1"}, "depthwise"),
    ("v1", "depthwise counted as standard"): ({"depthwise": 3584}, "depthwise"),
    ("v1", "depthwise filters over all channels"): ({"depthwise": 84}, "depthwise"),
    ("v1", "pointwise with a K x K kernel"): ({"pointwise": 3584}, "pointwise"),
    ("v1", "one bias per layer"): (
        {"depthwise": 28, "pointwise": 385, "total": 413, "standard": 3457},
        "depthwise pointwise standard",
    ),
    ("v1", "biases forgotten"): (
        {"depthwise": 27, "pointwise": 384, "total": 411, "standard": 3456},
        "depthwise pointwise standard",
    ),
    ("v1", "counted at every position"): (
        {"depthwise": "30 * 28²", "pointwise": "512*784", "total": "542*784", "standard": 2809856},
        "depthwise pointwise standard",
    ),
    ("v1-macs", "positions forgotten"): (
        {"depthwise": 27, "pointwise": 384, "total": 411, "standard": 3456},
        "depthwise pointwise standard",
    ),
    ("v1-macs", "no padding"): (
        {"depthwise": "27*26²", "pointwise": "384*676", "total": "411*676", "standard": "3456*676"},
        "depthwise pointwise standard",
    ),
    ("v1-macs", "biases counted"): (
        {"depthwise": "30*784", "pointwise": "512*784", "total": "542*784", "standard": "3584*784"},
        "depthwise pointwise standard",
    ),
    ("v1-macs", "depthwise filters over all channels"): ({"depthwise": "81*784"}, "depthwise"),
    ("v1-macs", "two operations per multiply-add"): (
        {"depthwise": 42336, "pointwise": 602112, "total": 644448, "standard": 5419008},
        "depthwise pointwise standard",
    ),
    ("ratio", "depthwise alone"): ("1/Cout", "ratio"),
    ("ratio", "pointwise alone"): ("K**(-2)", "ratio"),
    ("ratio", "upside down"): (r"\frac{C_{out} K^2}{C_{out} + K^2}", "ratio"),
    ("ratio", "shares multiplied"): ("1/(Cout K²)", "ratio"),
    ("ratio", "channels in for channels out"): ("(Cin + K²)/(Cin K²)", "ratio"),
    ("ratio", "K for K squared"): ("(K + Cout)/(K*Cout)", "ratio"),
    ("separable", "one filter in the total"): (
        {"total": "K^2 + bias + Cout (Cin + bias)"},
        "total",
    ),
    ("separable", "one depthwise filter"): ({"depthwise": "K² + bias"}, "depthwise"),
    ("separable", "depthwise counted as standard"): (
        {"depthwise": "K² Cin Cout + bias Cout"},
        "depthwise",
    ),
    ("separable", "depthwise filters over all channels"): (
        {"depthwise": "Cin^2 K^2 + bias*Cin"},
        "depthwise",
    ),
    ("separable", "pointwise with a K x K kernel"): (
        {"pointwise": "K*K*Cin*Cout + bias*Cout"},
        "pointwise",
    ),
    ("separable", "one bias per layer"): (
        {
            "depthwise": "K²Cin + bias",
            "pointwise": "Cin Cout + bias",
            "standard": "K²Cin Cout + bias",
        },
        "depthwise pointwise standard",
    ),
    ("separable", "biases forgotten"): (
        {"depthwise": "K²Cin", "pointwise": "Cin Cout", "standard": "K²Cin Cout"},
        "depthwise pointwise standard",
    ),
    ("separable", "counted at every position"): (
        {
            "depthwise": "28²(K²Cin + bias Cin)",
            "pointwise": "28²(Cin Cout + bias Cout)",
            "standard": "784 Cout (K²Cin + bias)",
        },
        "depthwise pointwise standard",
    ),
    ("v2", "depthwise on the block's input"): ({"depthwise": 30}, "depthwise"),
    ("v2", "depthwise filters over all channels"): ({"depthwise": "18(18*9 + 1)"}, "depthwise"),
    ("v2", "projection with a K x K kernel"): ({"project": "3(18*9 + 1)"}, "project"),
    ("v2", "expansion to t channels"): (
        {"expand": 24, "depthwise": 60, "project": 21, "total": 105},
        "expand depthwise project",
    ),
    ("v2", "a shortcut with weights"): ({"total": "309 + 3*3 + 3"}, "total"),
    ("v2", "batch norm counted"): (
        {"expand": 108, "depthwise": 216, "project": 63, "total": 387},
        "expand depthwise project",
    ),
    ("v2", "one bias per layer"): (
        {"expand": 55, "depthwise": 163, "project": 55, "total": 273},
        "expand depthwise project",
    ),
    ("v2", "biases forgotten"): (
        {"expand": 54, "depthwise": 162, "project": 54, "total": 270},
        "expand depthwise project",
    ),
    ("v2-macs", "positions forgotten"): (
        {"expand": 54, "depthwise": 162, "project": 54, "total": 270},
        "expand depthwise project",
    ),
    ("v2-macs", "no padding"): (
        {"expand": 36504, "depthwise": 109512, "project": 36504, "total": 182520},
        "expand depthwise project",
    ),
    ("v2-macs", "biases counted"): (
        {"expand": "72*784", "depthwise": "180*784", "project": "57*784", "total": "309*784"},
        "expand depthwise project",
    ),
    ("v2-macs", "depthwise on the block's input"): ({"depthwise": "27*784"}, "depthwise"),
    ("v2-macs", "two operations per multiply-add"): (
        {"expand": 84672, "depthwise": 254016, "project": 84672, "total": 423360},
        "expand depthwise project",
    ),
    ("inverted", "depthwise on the block's input"): ({"depthwise": "Cin(K²+bias)"}, "depthwise"),
    ("inverted", "depthwise filters over all channels"): (
        {"depthwise": "(t Cin)² K² + t Cin bias"},
        "depthwise",
    ),
    ("inverted", "projection with a K x K kernel"): (
        {"project": "Cout t Cin K² + Cout bias"},
        "project",
    ),
    ("inverted", "expansion to t channels"): (
        {"expand": "t (Cin + bias)", "depthwise": "t (K² + bias)", "project": "Cout (t + bias)"},
        "expand depthwise project",
    ),
    ("inverted", "a shortcut with weights"): (
        {"total": "t Cin (Cin + K² + 2bias) + Cout t Cin + Cout bias + Cout Cin + Cout bias"},
        "total",
    ),
    ("inverted", "batch norm counted"): (
        {
            "expand": "t Cin (Cin + bias + 2)",
            "depthwise": "t Cin (K² + bias) + 2 t Cin",
            "project": "Cout t Cin + Cout bias + 2 Cout",
        },
        "expand depthwise project",
    ),
    ("inverted", "one bias per layer"): (
        {
            "expand": "t Cin² + bias",
            "depthwise": "t Cin K² + bias",
            "project": "t Cin Cout + bias",
        },
        "expand depthwise project",
    ),
    ("inverted", "biases forgotten"): (
        {"expand": "t Cin²", "depthwise": "t Cin K²", "project": "t Cin Cout"},
        "expand depthwise project",
    ),
}


def typed(part, answer):
    return f"{SLUG}/{part}: {json.dumps(answer)}"


def test_the_reference_earns_everything_that_is_not_a_text(bench):
    results = bench.grade(bench.reference_python(), bench.reference_answers())
    assert full(results) == {*COMPUTED, "compare"}


def test_the_starter_earns_nothing(bench):
    assert not full(bench.grade(bench.starter_python()))


def test_every_misconception_is_tried_here(bench):
    assert bench.misconceptions() == set(MISTAKES)


@pytest.mark.parametrize(("part", "name"), MISTAKES)
def test_a_mistake_is_told_in_its_own_words(bench, part, name):
    answer, spoilt = MISTAKES[part, name]
    result = bench.grade(answers=typed(part, answer))[part]
    sentence = bench.sentence(part, name)
    assert recognised(result) == {(output, name, sentence) for output in spoilt.split()}
    assert result.marks < result.out_of


def test_no_sentence_gives_a_hidden_number_away(bench):
    for part in (p for p in bench.problem.parts if p.signature and not p.signature.inputs):
        expected = bench.expected[part.name]
        hidden = {str(unpack(output.value)) for output in expected.tests[0].cases[0].outputs}
        for misconception in expected.misconceptions:
            assert not hidden & set(re.findall(r"\d+", misconception.say))


RIGHT = {
    "v1": [
        {
            "depthwise": "30 parameters",
            "pointwise": "4·128",
            "total": "30+512 = 542",
            "standard": "3584",
        },
        [30, 512, 542, 3584],
    ],
    "ratio": [
        "1/K^2 + 1/C_out",
        "$\\frac{K^2 + C_{\\text{out}}}{K^2 C_{\\text{out}}}$",
        "(K*K*Cin + Cin*Cout) / (K*K*Cin*Cout)",
        "ratio = K⁻² + Cout⁻¹",
    ],
    "separable": [
        {
            "depthwise": "Cin(K^2 + bias)",
            "pointwise": "Cout*(Cin + bias)",
            "total": "Cin K² + Cin Cout + bias (Cin + Cout)",
            "standard": "Cin*Cout*K**2 + bias*Cout",
        }
    ],
    "compare": ["ends", ["ends"], {"ends": True}],
}


@pytest.mark.parametrize(("part", "answer"), [(p, a) for p, given in RIGHT.items() for a in given])
def test_other_spellings_earn_everything(bench, part, answer):
    assert full(bench.grade(answers=typed(part, answer))) == {part}


def test_a_total_that_follows_from_a_wrong_part_is_not_lost_again(bench):
    answer = {"depthwise": 28, "pointwise": 512, "total": 540, "standard": 3584}
    assert lost(bench.grade(answers=typed("v1", answer))["v1"]) == {"depthwise": "1/2"}


def test_a_conclusion_from_unlike_blocks_is_lost(bench):
    results = bench.grade(answers=typed("compare", "smaller"))
    assert results["compare"].marks == 0
    assert results["compare"].sentence.startswith("smaller: The pair ends in 128 channels")


@pytest.mark.parametrize("option", ["expansion", "shortcut"])
def test_each_wrong_option_has_its_sentence(bench, option):
    result = bench.grade(answers=typed("compare", option))["compare"]
    assert result.sentence.startswith(f"{option}: ")
    assert result.marks == 0


# --- the submissions of this repository -----------------------------------------------------------

WAITS = ("0 of 1", "1", "a person will mark this text")


def test_alice_loses_the_total_of_5_1_and_the_comparison(bench):
    results = bench.grade_submission("alice")
    found = summary(results)
    assert found["v1"] == ("3/2 of 2", "0", bench.sentence("v1", "one filter in the total"))
    assert found["v2"] == ("2 of 2", "0", "")
    assert found["compare"][:2] == ("0 of 1", "0")
    assert found["compare"][2].startswith("smaller: The pair ends in 128 channels")
    assert found["compare-text"] == WAITS
    assert lost(results["v1"]) == {"total": "1/2"}
    assert full(results) == {"v1-macs", "ratio", "separable", "v2", "v2-macs", "inverted"}


def test_bob_earns_everything_but_his_text_waits(bench):
    results = bench.grade_submission("bob")
    assert full(results) == {*COMPUTED, "compare"}
    assert summary(results)["compare-text"] == WAITS


def test_carol_gets_a_plain_sentence_for_each_strange_answer(bench):
    assert summary(bench.grade_submission("carol")) == {
        "v1": (
            "0 of 2",
            "1",
            "depthwise: “about” is not a name of this question; the answer is a number",
        ),
        "v1-macs": (
            "0 of 1",
            "0",
            "returned 3 values; wanted 4: depthwise, pointwise, total, standard",
        ),
        "ratio": ("0 of 1", "1", "the bracket “(” at character 3 is never closed"),
        "separable": (
            "0 of 2",
            "0",
            "ended the whole process with the exit code 0; return a value instead",
        ),
        "v2": (
            "0 of 2",
            "1/2",
            "project: “so” is not a name of this question; the answer is a number",
        ),
        "v2-macs": (
            "0 of 1",
            "1",
            "mobilenet-parameters.py: line 1: is not UTF-8 text here; save the file as UTF-8",
        ),
        "inverted": ("0 of 1", "0", "expand: the value is off by 0.67 of its size"),
        "compare": ("0 of 1", "1", "found 2 picks; wanted exactly one"),
        "compare-text": (
            "0 of 1",
            "0",
            "nothing was handed in for this part; wanted an answer 5.2e in answers.yaml",
        ),
    }


def test_what_carol_printed_without_end_is_cut(bench):
    tests = bench.grade_submission("carol")["inverted"].tests
    assert all(0 < len(test.printed) < 10_000 for test in tests)


def test_a_link_and_a_file_that_is_not_text_are_told(bench):
    notes = bench.notes_on("carol")
    assert "notes.txt is a link and was not followed" in notes
    assert any(note.startswith("mobilenet-parameters.py: line 1: is not UTF-8") for note in notes)

"""Nothing hidden leaves a report, whichever way it got in."""

import re
from fractions import Fraction as F

import numpy as np
import pytest
from msgspec.structs import replace

from grader.model import (
    Comparison,
    Diagnosis,
    ErrorMap,
    LostMark,
    OutputResult,
    Rungs,
    Stage,
    Verdict,
)
from grader.model import TestResult as OneTest
from grader.report import record_json, redact, write_report
from grader.report.ladder import UNTOLD
from grader.report.redact import MASK, PRINTS_HIDDEN, WRONG
from grader.student.packing import Many, Rational, Scalar, pack
from tests.report import samples

PLANTED = np.array(
    [*samples.HIDDEN_ARRAY.ravel(), samples.HIDDEN_FLOAT, float(samples.HIDDEN_INTEGER)]
)


def quoted(text):
    """The numbers of four or more digits in a text that tell a planted value."""
    found = []
    for token in re.findall(r"\d[\d,_]*(?:\.\d+)?(?:e[-+]?\d+)?", text):
        bare = re.sub("[,_]", "", token)
        if sum(c.isdigit() for c in bare.partition("e")[0].lstrip("0.")) < 4:
            continue
        value = float(bare)
        if np.any(np.abs(PLANTED - value) <= 10.0 ** -(len(bare.partition(".")[2]) or 0)):
            found.append(token)
    return found


def everything(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("redacted")
    write_report(
        samples.report(),
        problems=samples.problems(),
        folder=folder / "report",
        cache=folder / "cache",
    )
    return everything(folder)


def test_no_written_byte_tells_a_planted_value(written):
    """Pages, record, cache: no hidden array, float, or integer of four or more digits."""
    assert len(written) > 6
    for path, data in written.items():
        assert not quoted(data.decode(errors="replace")), path
        assert samples.HIDDEN_ARRAY.tobytes()[:8] not in data, path


def test_the_check_itself_finds_planted_values():
    for text in ("918273", "918,273", "x = 0.7320", "[[3.149 2]", "7.3195128e-01"):
        assert quoted(text), text
    assert not quoted("0.73 and 3.1, 1e-8, 0.50")


def test_a_hidden_number_is_told_neither_itself_nor_by_difference_ratio_or_size(written):
    told = {path.name: data.decode(errors="replace") for path, data in written.items()}
    page, record = told["mobilenet-parameters.html"], told["report.json"]
    error = f"{20 / samples.HIDDEN_SMALL:.4f}"
    for text in (str(samples.HIDDEN_SMALL), error, "20 too small", "differs by 20", "20 below"):
        assert text not in page
        assert text not in record
    assert WRONG in page
    assert "the biases are missing" in page


def test_redacting_twice_is_redacting_once():
    once = redact(samples.report())
    assert redact(once) == once
    assert record_json(once) == record_json(samples.report())


def part_of(report, number):
    return next(part for part in report.parts if part.number == number)


def test_a_hidden_test_keeps_name_verdict_error_and_map():
    test = part_of(redact(samples.report()), "1.4").tests[1]
    output = test.outputs[0]
    assert (test.name, test.verdict, test.cases_passed) == ("random batches", Verdict.WRONG, 3)
    assert (test.inputs, test.printed, output.got, output.expected) == ({}, "", None, None)
    assert output.comparison.error == 0.3123
    assert output.error_map is not None
    assert PRINTS_HIDDEN in part_of(redact(samples.report()), "1.4").remarks


def test_a_public_test_keeps_everything():
    given = samples.report()
    for number in ("1.2", "1.4"):
        assert part_of(redact(given), number).tests[0] == part_of(given, number).tests[0]


def hidden(**fields):
    """A part without inputs that has one hidden, wrong test with one output."""
    part = part_of(samples.report(), "5.1")
    output = OutputResult(name="total", marks=F(0), out_of=F(1), **fields)
    test = OneTest(
        name="counts",
        is_public=False,
        verdict=Verdict.WRONG,
        marks=F(0),
        out_of=F(1),
        outputs=(output,),
        sentence=output.sentence,
    )
    lost = LostMark(marks=F(1), sentence=output.sentence, test="counts", output="total")
    return replace(part, tests=(test,), sentence=output.sentence, lost=(lost,), marks=F(2))


def redacted(part):
    report = samples.report()
    problem = replace(report.problems[1], parts=(part,))
    return redact(replace(report, problems=(problem,))).parts[0]


@pytest.mark.parametrize(
    "found",
    [
        {"comparison": Comparison(stage=Stage.VALUES, sentence="off by 12", error=0.5)},
        {"diagnosis": Diagnosis(kind="ratio", sentence="off by 12", hint="twelve")},
        {"error_map": ErrorMap(shape=(2,), classes=b"\0\2")},
        {"got": Scalar(530), "expected": Scalar(542)},
    ],
)
def test_without_inputs_only_wrong_is_said(found):
    rungs = Rungs(shape="off by 12", place="off by 12")
    part = redacted(hidden(sentence="off by 12", rungs=rungs, **found))
    output = part.tests[0].outputs[0]
    assert output.rungs == Rungs(shape=WRONG, place=WRONG)
    assert {part.sentence, part.lost[0].sentence, part.tests[0].sentence, output.sentence} == {
        WRONG
    }
    assert (output.comparison, output.diagnosis, output.error_map) == (None, None, None)


def test_with_inputs_a_part_may_say_what_no_test_says():
    whole = replace(hidden(sentence="use xh"), has_inputs=True, sentence="two tests fail")
    assert redacted(whole).sentence == "two tests fail"
    assert redacted(replace(whole, has_inputs=False)).sentence == WRONG


@pytest.mark.parametrize("hints", ["shape", "place"])
@pytest.mark.parametrize("rungs", [Rungs(), Rungs(shape="off by a factor", place="dx is off")])
def test_a_lower_rung_without_a_sentence_says_less_and_never_more(hints, rungs):
    comparison = Comparison(stage=Stage.VALUES, sentence="all values are off", error=0.5)
    whole = hidden(sentence="use xh", rungs=rungs, comparison=comparison, misconception="raw x")
    part = redacted(replace(whole, has_inputs=True, hints=hints))
    output = part.tests[0].outputs[0]
    told = getattr(rungs, hints) or UNTOLD
    assert {part.sentence, part.tests[0].sentence, output.sentence} == {told}
    assert output.misconception == ""
    assert output.rungs == (rungs if hints == "place" else replace(rungs, place=""))


def test_without_inputs_a_guess_is_still_told():
    """How an answer was read says nothing of what is right, and is what a student can mend."""
    read = "we read “530” from hw.md line 3. As it was read: "
    comparison = Comparison(stage=Stage.VALUES, sentence="off by 12", error=0.5)
    part = redacted(hidden(sentence=f"{read}off by 12", guess=read, comparison=comparison))
    output = part.tests[0].outputs[0]
    assert {part.sentence, part.lost[0].sentence, part.tests[0].sentence, output.sentence} == {
        f"{read}{WRONG}"
    }


def test_without_inputs_a_recognised_misconception_is_said():
    part = redacted(hidden(sentence="you left out the biases", misconception="no biases"))
    assert part.sentence == part.lost[0].sentence == "you left out the biases"


@pytest.mark.parametrize(
    "fields",
    [
        {"sentence": "total was not answered"},
        {
            "sentence": "wanted a whole number, found text",
            "comparison": Comparison(stage=Stage.TYPE),
        },
    ],
)
def test_without_inputs_what_never_became_a_value_is_still_explained(fields):
    part = redacted(hidden(**fields))
    assert part.sentence == part.tests[0].outputs[0].sentence == fields["sentence"]


@pytest.mark.parametrize(
    "value",
    [
        Scalar(918273),
        Scalar(-918273.0),
        Rational("918273", "1"),
        Rational("1836546", "2"),
        pack(np.array([[1, 918273]])),
        pack(np.array([918273 + 0j])),
        Many((Scalar("text"), Many((Scalar(918273),)))),
    ],
)
@pytest.mark.parametrize("text", ["918273", "918_273", "918,273", "9.18273e5", "-918273.0"])
def test_a_sentence_that_quotes_a_hidden_value_is_masked(value, text):
    """A student's exception can print its inputs; the number is taken out, the rest stays."""
    part = part_of(samples.report(), "1.4")
    test = replace(part.tests[1], inputs={"x": value}, sentence=f"ValueError: got {text}!")
    report = redacted(replace(part, tests=(test,), remarks=(f"saw {text}",)))
    assert report.tests[0].sentence.replace("-", "") == f"ValueError: got {MASK}!"
    assert report.remarks[0].replace("-", "") == f"saw {MASK}"


@pytest.mark.parametrize("text", ["918275", "918.5e3", "9.18e5", "91827", "918274.2"])
def test_a_number_that_does_not_tell_the_hidden_one_to_its_last_digit_stays(text):
    part = part_of(samples.report(), "1.4")
    test = replace(part.tests[1], inputs={"x": Scalar(918273)}, sentence=f"got {text}")
    assert redacted(replace(part, tests=(test,))).tests[0].sentence == f"got {text}"


def test_numbers_that_are_not_hidden_stay():
    sentence = "ValueError at line 1234: shapes (3,4) and (5,) do not fit, 99.99 % wrong"
    part = part_of(samples.report(), "1.4")
    test = replace(part.tests[1], sentence=sentence)
    assert redacted(replace(part, tests=(test,))).tests[0].sentence == sentence


def test_a_part_without_hidden_tests_is_left_as_it_is():
    part = part_of(samples.report(), "1.2")
    assert redacted(part) == part

"""Marks one output of one test.

Knows nothing of other tests, but for what explains a mistake over all of them.
"""

from fractions import Fraction

import msgspec
from msgspec.structs import replace

from grader import compare
from grader.grading.computed.answers import Answer
from grader.grading.computed.cases import Cases
from grader.grading.computed.explaining import Explaining
from grader.grading.formulas import Layout
from grader.model import RUNGS, Comparison, OutputResult, Rungs, Stage
from grader.student.packing import NoValue, Packed, Unusable, Value, pack, unpack

SQUEEZED_SHARE = Fraction(9, 10)
MAX_KEPT = 64 * 2**10
"""The bytes that a value may have which the record keeps: more than a page can show."""


def output_result(
    answer: Answer, cases: Cases, explaining: Explaining, out_of: Fraction
) -> OutputResult:
    """What an output earns in a test that ran, and why no more."""
    silence = answer.silence(cases.output)
    if silence:
        return without_value(answer, cases.output, out_of, silence)
    squeezed = [i for i, comparison in cases.comparisons.items() if comparison.squeezed]
    if cases.bad:
        result = _wrong(answer, cases, explaining, out_of)
    elif squeezed:
        result = _squeezed(answer, cases, squeezed[0], out_of)
    else:
        result = _right(answer, cases, out_of)
    return _doubted(_shared(result, answer.layout), answer, cases.output)


def without_value(answer: Answer, output: int, out_of: Fraction, why: str) -> OutputResult:
    """An output that has nothing to compare."""
    name = answer.signature.outputs[output].name
    return OutputResult(name=name, marks=Fraction(0), out_of=out_of, sentence=why)


def _right(answer: Answer, cases: Cases, out_of: Fraction) -> OutputResult:
    last = max(cases.comparisons)
    comparison = cases.comparisons[last]
    return OutputResult(
        name=answer.signature.outputs[cases.output].name,
        marks=out_of,
        out_of=out_of,
        comparison=comparison if comparison.agrees else Comparison(stage=Stage.AGREES),
        case=last,
        got=_kept(answer.bound[cases.test][last].values[cases.output]),
        expected=answer.expected.tests[cases.test].cases[last].outputs[cases.output].value,
    )


def _squeezed(answer: Answer, cases: Cases, first: int, out_of: Fraction) -> OutputResult:
    """Right but for axes of length 1: a named tenth is lost."""
    comparison = cases.comparisons[first]
    sentence = answer.named(cases.output, comparison.sentence)
    return OutputResult(
        name=answer.signature.outputs[cases.output].name,
        marks=out_of * SQUEEZED_SHARE,
        out_of=out_of,
        sentence=sentence,
        rungs=Rungs(shape=sentence, place=sentence),
        comparison=comparison,
        case=first,
    )


def _wrong(answer: Answer, cases: Cases, explaining: Explaining, out_of: Fraction) -> OutputResult:
    k, first = cases.output, cases.bad[0]
    comparison = cases.comparisons[first]
    actual = answer.bound[cases.test][first].values[k]
    wanted = answer.expected.tests[cases.test].cases[first].outputs[k]
    result = OutputResult(
        name=answer.signature.outputs[k].name,
        marks=Fraction(0),
        out_of=out_of,
        comparison=comparison,
        case=first,
        error_map=compare.error_map(
            actual=actual,
            expected=unpack(wanted.value),
            scale=wanted.scale,
            bound=max(comparison.bound, answer.expected.tolerance),
        ),
        got=_kept(actual),
        expected=wanted.value,
    )
    known = explaining.recognised(k)
    if known is not None:
        marks = out_of * known.share
        result = replace(result, marks=marks, sentence=known.say, misconception=known.name)
        if answer.part.hints == RUNGS[-1]:
            return result  # its sentence is what will be said: nothing else is asked for
    found = explaining.diagnosed(cases)
    rungs = explaining.rungs(k, comparison, found)
    return replace(result, sentence=result.sentence or rungs.place, rungs=rungs, diagnosis=found)


def _shared(output: OutputResult, layout: Layout) -> OutputResult:
    """The output's marks under a layout that earns only a share."""
    if layout.share == 1:
        return output
    output = replace(output, marks=output.marks * layout.share)
    if output.sentence:
        return output
    rungs = Rungs(shape=layout.remark, place=layout.remark)
    return replace(output, sentence=layout.sentence, rungs=rungs)


def _doubted(result: OutputResult, answer: Answer, output: int) -> OutputResult:
    """An output that was guessed says first how it was read."""
    if output not in answer.guessed or result.is_right:
        return result
    read = f"{answer.guessed[output]}. As it was read: "
    rungs = Rungs(shape=f"{read}{result.rungs.shape}", place=f"{read}{result.rungs.place}")
    return replace(result, sentence=f"{read}{result.sentence}", rungs=rungs, guess=read)


def _kept(value: Value) -> Packed | None:
    """The value for the record, if it is one that somebody can look at."""
    packed = value if isinstance(value, NoValue | Unusable) else pack(value)
    return packed if len(msgspec.msgpack.encode(packed)) <= MAX_KEPT else None

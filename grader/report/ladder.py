"""What is left of a part's findings on the lower rungs of the hint ladder.

The lowest rung tells the shape of a mistake, the next one its place, the last one its concept. What
is public, what could not be read or run, and what kind of thing came back is told on every rung.
Called by `redact` alone, and fails towards saying less.
"""

from fractions import Fraction

from msgspec.structs import replace

from grader.model import (
    RUNGS,
    Comparison,
    Diagnosis,
    Hints,
    LostMark,
    OutputResult,
    PartResult,
    Rungs,
    Stage,
    TestResult,
)

UNTOLD = "this is not right"
CARRIED = "what follows from your own other values costs nothing more"
_SHAPE, _PLACE, _CONCEPT = RUNGS
_MEASURED = (Stage.VALUES, Stage.NONFINITE)


def lowered(part: PartResult) -> PartResult:
    """The part with what its rung leaves out taken away; its tests keep their outputs."""
    if part.hints == _CONCEPT:
        return part
    told = {o.sentence for test in part.tests if test.is_public for o in test.outputs}
    tests = tuple(test if test.is_public else _test(test, part.hints) for test in part.tests)
    lost = tuple(_lost(mark, part.hints) for mark in part.lost)
    said = {mark.sentence: lower.sentence for mark, lower in zip(part.lost, lost, strict=True)}
    for one, other in zip(part.tests, tests, strict=True):
        said |= {} if one.is_public else _said(one, other)
    sentence = part.sentence if part.sentence in told else said.get(part.sentence, part.sentence)
    if sentence != part.sentence:
        # It spoke for the part as a misconception's; without that, a test with its verdict does.
        spoken = (test.sentence for test in tests if test.verdict is part.verdict)
        sentence = next(filter(None, spoken), sentence)
    by_output = {
        (test.name, output.name): output.sentence
        for test in tests
        for output in test.outputs
        if output.name
    }
    return replace(
        part,
        tests=tests,
        sentence=sentence,
        remarks=_without_names(part) if part.hints == _SHAPE else part.remarks,
        lost=tuple(
            replace(mark, sentence=by_output.get((mark.test, mark.output), mark.sentence))
            for mark in lost
        ),
    )


def merged(part: PartResult) -> PartResult:
    """On the lowest rung, hidden tests without a word on which of their outputs is wrong."""
    if part.hints != _SHAPE:
        return part
    public = {test.name for test in part.tests if test.is_public}
    return replace(
        part,
        tests=tuple(test if test.is_public else _without_outputs(test) for test in part.tests),
        lost=tuple(mark if mark.test in public else replace(mark, output="") for mark in part.lost),
    )


def _without_names(part: PartResult) -> tuple[str, ...]:
    """The remarks, without naming an output that follows from others."""
    remarks = (CARRIED if remark in part.carried else remark for remark in part.remarks)
    return tuple(dict.fromkeys(remarks))


def _test(test: TestResult, hints: Hints) -> TestResult:
    outputs = tuple(_output(output, hints) for output in test.outputs)
    lower = replace(test, outputs=outputs)
    return replace(lower, sentence=_said(test, lower).get(test.sentence, test.sentence))


def _said(test: TestResult, lower: TestResult) -> dict[str, str]:
    """What is said in place of each sentence about an output."""
    pairs = zip(test.outputs, lower.outputs, strict=True)
    return {output.sentence: instead.sentence for output, instead in pairs if output.sentence}


def _output(output: OutputResult, hints: Hints) -> OutputResult:
    """One output of a hidden test; what was never compared has nothing to leave out."""
    found = output.comparison
    if found is None:
        return output
    sentence = _chosen(output.rungs, hints) if output.sentence else ""
    output = replace(output, sentence=sentence, misconception="")
    if hints == _PLACE:
        return replace(output, diagnosis=_without_hint(output.diagnosis))
    return replace(
        output,
        rungs=_kept(output.rungs, hints),
        comparison=_unplaced(found),
        diagnosis=None,
        error_map=None,
    )


def _lost(mark: LostMark, hints: Hints) -> LostMark:
    """A lost mark of a claim; those of outputs are told as their outputs are."""
    if mark.rungs == Rungs():
        return mark
    return replace(mark, sentence=_chosen(mark.rungs, hints), rungs=_kept(mark.rungs, hints))


def _kept(rungs: Rungs, hints: Hints) -> Rungs:
    return replace(rungs, place="") if hints == _SHAPE else rungs


def _chosen(rungs: Rungs, hints: Hints) -> str:
    return (rungs.shape if hints == _SHAPE else rungs.place) or UNTOLD


def _unplaced(found: Comparison) -> Comparison:
    """The size of the error alone."""
    sentence = "" if found.stage in _MEASURED else found.sentence
    return replace(found, sentence=sentence, worst=(), bad=0, size=1)


def _without_hint(found: Diagnosis | None) -> Diagnosis | None:
    return None if found is None else replace(found, hint="")


def _without_outputs(test: TestResult) -> TestResult:
    """A test whose outputs have become one, which has no name."""
    if len(test.outputs) <= 1:
        return test
    sentences = dict.fromkeys(output.sentence for output in test.outputs if output.sentence)
    marks, out_of = (
        sum((getattr(output, name) for output in test.outputs), Fraction(0))
        for name in ("marks", "out_of")
    )
    sentence = "; ".join(sentences)
    found = [output.comparison for output in test.outputs if output.marks != output.out_of]
    one = OutputResult(
        name="",
        marks=marks,
        out_of=out_of,
        sentence=sentence,
        rungs=Rungs(shape=sentence),
        comparison=next(filter(None, found), None),
    )
    return replace(test, outputs=(one,), sentence=sentence or test.sentence)

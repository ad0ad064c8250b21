"""The one place where hidden things are taken out of a report.

Whatever a student may see is rendered from the record that `redact` returns. It removes, and knows
nothing of how a report is rendered.

A hidden test says no more of a mistake than its part's rung of the hint ladder allows, and three
rules hold on every rung. Of a hidden test nothing stays but its name, verdict, diagnosis and the
size of the error. Where a part takes no inputs, a size, a ratio or a picture of the error would
give the answer away, so only the sentence of a recognised misconception stays, or "wrong". And no
sentence, whoever wrote it, may quote a hidden number of four or more digits: a student's own
exception can.
"""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain

import numpy as np
from msgspec.structs import replace

from grader.model import (
    Comparison,
    Diagnosis,
    LostMark,
    OutputResult,
    PartResult,
    Report,
    Rungs,
    Stage,
    TestResult,
)
from grader.report.ladder import lowered, merged
from grader.student.packing import Array, Many, Packed, Rational, Scalar, WireError, unpack

WRONG = "this is not the right value"
PRINTS_HIDDEN = "it printed something, which is shown for public tests only"
MASK = "…"

_UNMEASURED = frozenset({"choice", "text"})
_QUOTED_DIGITS = 4
_NUMBER = re.compile(
    r"(?P<whole>\d{1,3}(?:[,_]\d{3})+|\d+)?(?:\.(?P<part>\d*))?(?:[eE](?P<exponent>[-+]?\d{1,3}))?"
)

# Some number of that many digits, whatever stands between them: a cheap first look.
_LONG = re.compile(rf"(?:\d[.,_]?){{{_QUOTED_DIGITS}}}")


def redact(report: Report) -> Report:
    """Give the student's record: the report without anything hidden. Doing it twice is once."""
    problems = tuple(
        replace(problem, parts=tuple(_part(part) for part in problem.parts))
        for problem in report.problems
    )
    return replace(report, problems=problems)


def _part(part: PartResult) -> PartResult:
    """Redact one part: what its rung leaves out, then what no rung may tell."""
    kept = replace(lowered(part), trouble="", carried=())
    return merged(_without_values(kept))


def _without_values(part: PartResult) -> PartResult:
    """Take hidden values out of a part's hidden tests, and of every sentence about them."""
    masks = [_mask(test) for test in part.tests if not test.is_public]
    if not masks:
        return part
    is_open = part.has_inputs or part.kind in _UNMEASURED
    tests = tuple(test if test.is_public else _test(test, is_open=is_open) for test in part.tests)
    public = {test.name for test in tests if test.is_public}
    told = {sentence for test in tests for sentence in _told(test)}
    said = {
        one.sentence: other.sentence
        for before, after in zip(part.tests, tests, strict=True)
        for one, other in zip(before.outputs, after.outputs, strict=True)
    }

    has_prints = any(test.printed for test in part.tests if not test.is_public)

    def masked(sentence: str) -> str:
        for mask in masks:
            sentence = mask(sentence)
        return sentence

    def judged(sentence: str) -> str:
        shown = masked(sentence)
        return shown if is_open or not shown or shown in told else said.get(sentence, WRONG)

    def lost(mark: LostMark) -> LostMark:
        return mark if mark.test in public else replace(mark, sentence=judged(mark.sentence))

    return replace(
        part,
        tests=tests,
        sentence=judged(part.sentence),
        lost=tuple(lost(mark) for mark in part.lost),
        remarks=(*map(masked, part.remarks), *((PRINTS_HIDDEN,) if has_prints else ())),
    )


def _test(test: TestResult, *, is_open: bool) -> TestResult:
    """Redact one hidden test."""
    mask = _mask(test)
    outputs = tuple(_output(output, is_open=is_open, mask=mask) for output in test.outputs)
    sentence = mask(test.sentence)
    is_told = sentence in {"", *(output.sentence for output in outputs)}
    if not (is_open or is_told) and any(map(_was_compared, test.outputs)):
        sentence = next((output.sentence for output in outputs if output.sentence), WRONG)
    remarks = tuple(mask(remark) for remark in test.remarks)
    return replace(test, outputs=outputs, sentence=sentence, inputs={}, printed="", remarks=remarks)


def _output(output: OutputResult, *, is_open: bool, mask: Callable[[str], str]) -> OutputResult:
    """Redact one output of a hidden test."""
    is_compared = _was_compared(output)
    rungs = Rungs(shape=mask(output.rungs.shape), place=mask(output.rungs.place))
    sentence, guess = mask(output.sentence), mask(output.guess)
    output = replace(output, got=None, expected=None, sentence=sentence, rungs=rungs, guess=guess)
    if is_open:
        return replace(
            output,
            comparison=_masked_comparison(output.comparison, mask),
            diagnosis=_masked_diagnosis(output.diagnosis, mask),
        )
    # What kind of thing was returned says nothing of the value that was wanted.
    is_type = output.comparison is not None and output.comparison.stage is Stage.TYPE
    says_why = output.misconception or is_type or not is_compared
    unexplained = f"{guess}{WRONG}" if output.sentence else ""
    # On the lower rungs, which have been chosen from by now, a shape could stand.
    is_told = is_type or not is_compared
    return replace(
        output,
        sentence=output.sentence if says_why else unexplained,
        rungs=rungs if is_told else Rungs(shape=unexplained, place=unexplained),
        comparison=None,
        diagnosis=None,
        error_map=None,
    )


def _was_compared(output: OutputResult) -> bool:
    """Whether a value of the output was looked at, so that its sentence may speak of it."""
    found = (output.comparison, output.diagnosis, output.error_map, output.got)
    return any(part is not None for part in found)


def _masked_comparison(found: Comparison | None, mask: Callable[[str], str]) -> Comparison | None:
    return None if found is None else replace(found, sentence=mask(found.sentence))


def _masked_diagnosis(found: Diagnosis | None, mask: Callable[[str], str]) -> Diagnosis | None:
    if found is None:
        return None
    told = {name: mask(getattr(found, name)) for name in ("sentence", "hint", "shape")}
    return replace(found, **told)


def _told(test: TestResult) -> Iterator[str]:
    """Every sentence that a (redacted) test still says."""
    yield test.sentence
    for output in test.outputs:
        yield output.sentence


# --- numbers quoted in sentences ----------------------------------------------------------------


def _mask(test: TestResult) -> Callable[[str], str]:
    """Make the function that replaces a hidden test's own numbers in a sentence."""
    values = chain(test.inputs.values(), *((o.expected,) for o in test.outputs))
    packed = [value for value in values if value is not None]

    def mask(sentence: str) -> str:
        if not packed or _LONG.search(sentence) is None:
            return sentence
        hidden = _magnitudes(packed)
        return _NUMBER.sub(lambda match: _unless_hidden(match, hidden), sentence)

    return mask


def _magnitudes(packed: list[Packed]) -> np.ndarray:
    """Give the absolute values of all finite numbers in the values, shape (count,)."""
    parts = [part for value in packed for part in _numbers(value)]
    found = np.abs(np.concatenate(parts)) if parts else np.empty(0)
    return found[np.isfinite(found)]


def _numbers(packed: Packed) -> Iterator[np.ndarray]:
    match packed:
        case Array():
            try:
                array = unpack(packed).ravel()
            except WireError:
                return
            yield from (f(array).astype(np.float64) for f in (np.real, np.imag))
        case Rational(numerator, denominator):
            yield np.array([_as_float(numerator, denominator)])
        case Scalar(bool() | int() | float() as value):
            yield np.array([value], dtype=np.float64)
        case Many(items):
            for item in items:
                yield from _numbers(item)
        case _:
            pass


def _as_float(numerator: str, denominator: str) -> float:
    try:
        return float(Fraction(int(numerator), int(denominator)))
    except (ValueError, ZeroDivisionError, OverflowError):
        return float("inf")


def _unless_hidden(match: re.Match[str], hidden: np.ndarray) -> str:
    """Give the number as written, or the mask where it tells a hidden value to four digits."""
    text, whole, part = match.group(), match["whole"] or "", match["part"] or ""
    digits = (whole + part).replace(",", "").replace("_", "").lstrip("0")
    if len(digits) < _QUOTED_DIGITS:
        return text
    exponent = min(int(match["exponent"] or 0), 300)
    unit = 10.0 ** (exponent - len(part))
    number = float(f"{digits}e{exponent - len(part)}")  # infinite for a number of 400 digits
    is_hidden = np.any(np.abs(hidden - number) <= unit + 1e-12 * number)
    return MASK if np.isfinite(number) and is_hidden else text

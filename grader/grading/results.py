"""Builds the results of parts: the common bits that every kind of answer shares."""

from collections.abc import Iterable
from fractions import Fraction

from msgspec.structs import replace

from grader.model import LostMark, NumberedPart, PartResult, Reading, TestResult, Verdict
from grader.submission import Match, TypedField

MAX_SHOWN = 80

# Which verdict speaks for a part, when its tests have several: what happened first to a person
# who debugs comes first.
_SPEAKS = (
    Verdict.FAILED_TO_GRADE,
    Verdict.UNREADABLE,
    Verdict.MISSING,
    Verdict.RAISED,
    Verdict.TIMED_OUT,
    Verdict.OUT_OF_MEMORY,
    Verdict.WRONG,
    Verdict.SKIPPED,
    Verdict.NEEDS_MARKING,
)


def part_result(  # noqa: PLR0913  # one place where a part's result is put together
    numbered: NumberedPart,
    *,
    verdict: Verdict,
    marks: Fraction,
    pending: Fraction = Fraction(0),
    sentence: str = "",
    readings: tuple[Reading, ...] = (),
    tests: tuple[TestResult, ...] = (),
    remarks: Iterable[str] = (),
    carried: tuple[str, ...] = (),
    lost: Iterable[LostMark] = (),
) -> PartResult:
    """A part's result; marks that are neither earned nor pending must be in `lost`."""
    part = numbered.part
    result = PartResult(
        id=part.id,
        number=numbered.number,
        title=part.title,
        kind=part.kind,
        verdict=verdict,
        marks=marks,
        out_of=part.marks,
        pending=pending,
        sentence=sentence,
        readings=readings,
        tests=tests,
        remarks=tuple(dict.fromkeys((*remarks, *carried))),
        carried=carried,
        lost=merged(lost),
        rubric=part.rubric,
        has_inputs=part.signature is not None and bool(part.signature.inputs),
        hints=part.hints,
    )
    assert marks + pending + sum((mark.marks for mark in result.lost), Fraction(0)) == part.marks
    return result


def missing(numbered: NumberedPart, match: Match) -> PartResult:
    """Nothing answers the part."""
    part = numbered.part
    if part.signature is not None and part.signature.inputs:
        wanted = f"a function {part.signature.name}, or an answer {numbered.number} in answers.yaml"
    else:
        wanted = f"an answer {numbered.number} in answers.yaml"
    sentence = "; ".join((f"nothing was handed in for this part; wanted {wanted}", *match.remarks))
    lost = LostMark(marks=part.marks, sentence=sentence)
    return part_result(
        numbered, verdict=Verdict.MISSING, marks=Fraction(0), sentence=sentence, lost=[lost]
    )


def unreadable(numbered: NumberedPart, match: Match, why: str) -> PartResult:
    """The part's answer can not be read, or not told apart: no marks yet, none lost."""
    return part_result(
        numbered,
        verdict=Verdict.UNREADABLE,
        marks=Fraction(0),
        pending=numbered.part.marks,
        sentence=why,
        readings=readings_of(match),
        remarks=match.remarks,
    )


def broken(numbered: NumberedPart, match: Match, trouble: str) -> PartResult:
    """The problem's own code failed on the answer: no marks yet, and none lost."""
    result = part_result(
        numbered,
        verdict=Verdict.FAILED_TO_GRADE,
        marks=Fraction(0),
        pending=numbered.part.marks,
        sentence="the problem's own check failed on this answer; it has no marks until that is"
        " put right",
        readings=readings_of(match),
        remarks=match.remarks,
    )
    return replace(result, trouble=trouble)


def readings_of(match: Match) -> tuple[Reading, ...]:
    """The typed fields as they stand, or the function's name and place."""
    if match.function is not None:
        return (Reading(label="", typed=match.provides[0], place=match.function),)
    return tuple(
        Reading(
            label=field.label, typed=field.text, place=field.place, warnings=guess_warnings(field)
        )
        for field in match.fields
    )


def guess_warnings(field: TypedField) -> tuple[str, ...]:
    """What to say of a field that was guessed, or that rests on other lines."""
    how = "" if field.is_untold else "guessed from "
    guess = f"{how}{field.place}: {field.guess}" if field.guess else ""
    return tuple(filter(None, (guess, field.note)))


def guess_sentence(numbered: NumberedPart, field: TypedField, name: str = "") -> str:
    """What to say of a guess that is not right: nothing is lost by our reading."""
    what = f"{name} as " if name else ""
    shown = field.text if len(field.text) <= MAX_SHOWN else f"{field.text[:MAX_SHOWN]}…"
    key = f"{numbered.number} {name}".strip()
    return (
        f"we read {what}“{' '.join(shown.split())}” from {field.place} ({field.guess}); that is not"
        f" right, or not what you meant, so a person will look at it. To be read as you mean it,"
        f" write a line `Answer {key}: …`"
    )


def speaking(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that speaks for several."""
    given = set(verdicts)
    return next((verdict for verdict in _SPEAKS if verdict in given), Verdict.PASSED)


def merged(lost: Iterable[LostMark]) -> tuple[LostMark, ...]:
    """Lost marks with equal sentences of one test put together; nothing lost is left out."""
    sums: dict[LostMark, Fraction] = {}
    for mark in lost:
        key = replace(mark, marks=Fraction(0))
        sums[key] = sums.get(key, Fraction(0)) + mark.marks
    return tuple(replace(key, marks=marks) for key, marks in sums.items() if marks)

"""One part of a redacted report as its problem's page shows it.

It decides what is worth showing of claims, answers and lost marks, and what would be said twice.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import zip_longest

from markupsafe import Markup
from msgspec.structs import replace

from grader.model import (
    Claim,
    LostMark,
    Part,
    PartResult,
    Reading,
    TestResult,
    Verdict,
    plain_label,
)
from grader.report.materials import Materials, shortened
from grader.report.pages import ClaimLine, Loss, PartView, Typed
from grader.report.prose import unwrapped
from grader.report.testviews import views_of_tests
from grader.report.text import clip
from grader.report.words import Words
from grader.student.wire import Place

_TYPED = 80


def anchor(part_id: str) -> str:
    """Give the fragment by which a part is found on its page."""
    return "part-" + "".join(c if c.isalnum() else "-" for c in part_id.partition("/")[2])


def part_view(
    made_of: Materials, result: PartResult, part: Part | None, place: tuple[int, int]
) -> PartView:
    """Show one part.

    Args:
        part: its public side; None where the problem has changed since it was graded.
        place: the index of its problem in the report, and its own in the problem.
    """
    words, tally = made_of.words, made_of.tally
    claims = part.claims if part else ()
    given = _given(result.readings, claims)
    tests = views_of_tests(made_of, result, tally.tests(*place))
    passed = sum(test.verdict is Verdict.PASSED for test in result.tests)
    return PartView(
        anchor=anchor(result.id),
        number=result.number,
        title=result.title,
        ruling=made_of.ruling(result.verdict),
        score=tally.part(*place),
        sentence=shortened(result.sentence),
        question=made_of.markdown(part.ask) if part else Markup(),
        claims=tuple(_claim(made_of, claim, given, result) for claim in claims),
        signature=str(part.signature) if part and part.signature else "",
        call=part.call.strip() if part else "",
        answers=() if given else _answers(made_of, result),
        lost=_losses(result, lambda marks: tally.lost(*place, marks)),
        passed=words.tests_passed.format(passed, len(tests)),
        tests=tests,
        remarks=result.remarks,
        rubric=result.rubric,
    )


def _claim(
    made_of: Materials, claim: Claim, given: Mapping[str, str], result: PartResult
) -> ClaimLine:
    """Show a claim with what was answered, and whether that lost marks."""
    is_lost = any(mark.output == claim.id for mark in result.lost)
    verdict = Verdict.MISSING if given and claim.id not in given else Verdict.WRONG
    return ClaimLine(
        id=claim.id,
        text=made_of.markdown(claim.text),
        given=given.get(claim.id, ""),
        ruling=made_of.ruling(verdict) if is_lost else None,
    )


def _given(readings: tuple[Reading, ...], claims: tuple[Claim, ...]) -> dict[str, str]:
    """Give what was typed for each claim, if every reading belongs to one and was readable."""
    ids = {plain_label(claim.id): claim.id for claim in claims}
    if any(plain_label(r.label) not in ids or r.error for r in readings):
        return {}
    return {ids[plain_label(r.label)]: clip(r.typed, limit=_TYPED) for r in readings}


def _losses(part: PartResult, write: Callable[[list[Fraction]], list[str]]) -> tuple[Loss, ...]:
    """Put lost marks together by their reason, the part's own sentence first.

    Where one line of code fails in several tests, the message of the first stands for all.
    """
    lines = {test.sentence: _line_of(test) for test in part.tests if test.traceback}
    reasons: dict[str, list[LostMark]] = {}
    for mark in sorted(part.lost, key=lambda mark: mark.sentence != part.sentence):
        reasons.setdefault(lines.get(mark.sentence, mark.sentence), []).append(mark)
    sums = [sum((mark.marks for mark in lost), Fraction(0)) for lost in reasons.values()]
    outputs = {test.name: len(test.outputs) for test in part.tests}
    return tuple(
        Loss(
            marks=marks,
            sentence=shortened(lost[0].sentence),
            places=_places(lost, outputs),
            is_lead=lost[0].sentence == part.sentence,
        )
        for lost, marks in zip(reasons.values(), write(sums), strict=True)
    )


def _line_of(test: TestResult) -> str:
    """What kind of failure a test ended with, and at which line."""
    return f"{test.sentence.partition(':')[0]} {test.traceback[-1]}"


def _places(marks: list[LostMark], outputs: Mapping[str, int]) -> tuple[str, ...]:
    """Name the tests, and their outputs where not all of them lost the marks.

    A mark that names no output was lost by the whole test.
    """
    tests: dict[str, list[str]] = {}
    for mark in marks:
        tests.setdefault(mark.test, []).append(mark.output)
    return tuple(
        test if "" in names or len(names) == outputs.get(test) else f"{test}: {', '.join(names)}"
        for test, names in tests.items()
        if test
    )


def _answers(made_of: Materials, part: PartResult) -> tuple[Typed, ...]:
    views = [_typed(made_of, reading, part) for reading in part.readings]
    # Where several stand on one line, the last one says which.
    return tuple(
        replace(view, place="") if following is not None and view.place == following.place else view
        for view, following in zip_longest(views, views[1:])
    )


def _typed(made_of: Materials, reading: Reading, part: PartResult) -> Typed:
    """Show how an answer was read, or where reading stopped."""
    # Only a formula was read up to some place; a choice is understood or not.
    is_cut = bool(reading.error) and part.kind == "computed"
    at = reading.position if is_cut else len(reading.typed)
    is_code = reading.place is not None and reading.place.file.endswith((".py", ".ipynb"))
    # A number that was read as itself needs no second line.
    is_news = bool(reading.mathml) and reading.read_as != reading.typed.strip()
    before = reading.typed[:at]
    is_prose = part.kind == "text"
    return Typed(
        label=reading.label,
        place=_place(reading.place, made_of.words),
        before=unwrapped(before) if is_prose else before,
        at=reading.typed[at : at + 1],
        after=reading.typed[at + 1 :],
        is_cut=is_cut,
        is_function=is_code and reading.typed.isidentifier(),
        is_prose=is_prose,
        mathml=made_of.math(reading.mathml) if is_news else Markup(),
        read_as="" if reading.read_as == reading.typed.strip() else reading.read_as,
        error=reading.error,
        warnings=reading.warnings,
    )


def _place(place: Place | None, words: Words) -> str:
    if place is None:
        return ""
    name = place.document
    return f"{name}, {words.line.format(place.line)}" if place.line else name

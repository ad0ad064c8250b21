"""From a redacted report to the records that the templates are given.

It decides what is worth showing and what would only be said twice. It must not know of files or
templates, and never sees anything hidden: it is given the redacted record.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from markupsafe import Markup
from msgspec.structs import replace

from grader.model import (
    Claim,
    Comparison,
    LostMark,
    OutputResult,
    Part,
    PartResult,
    Problem,
    Reading,
    Record,
    Report,
    TestResult,
    Verdict,
    Walls,
    plain_label,
)
from grader.report.keeping import INDEX
from grader.report.maps import picture
from grader.report.pages import (
    ClaimLine,
    Frame,
    IndexPage,
    Link,
    Loss,
    OutputView,
    PartLine,
    PartView,
    ProblemLine,
    ProblemPage,
    Ruling,
    Score,
    TestView,
    Typed,
)
from grader.report.prose import unwrapped
from grader.report.tally import Tally
from grader.report.text import clip
from grader.report.values import Shown, digits_apart, show
from grader.report.words import Words
from grader.student.wire import Place

_SENTENCE = 600
_LINES = 30
_TYPED = 80

_TONES = {
    Verdict.PASSED: "good",
    Verdict.WRONG: "bad",
    Verdict.RAISED: "bad",
    Verdict.TIMED_OUT: "bad",
    Verdict.OUT_OF_MEMORY: "bad",
    Verdict.MISSING: "quiet",
    Verdict.SKIPPED: "quiet",
    Verdict.UNREADABLE: "open",
    Verdict.NEEDS_MARKING: "open",
    Verdict.FAILED_TO_GRADE: "open",
}


class Materials(Record, frozen=True):
    """All that pages are made from.

    Attributes:
        report: the redacted record.
        problems: the public side of the problems by slug.
        markdown, math: turn Markdown, and MathML, into safe HTML.
    """

    report: Report
    problems: Mapping[str, Problem]
    words: Words
    tally: Tally
    style: Markup
    style_hash: str
    markdown: Callable[[str], Markup]
    math: Callable[[str], Markup]


def index_page(made_of: Materials) -> IndexPage:
    """Make the overview."""
    report, words, tally = made_of.report, made_of.words, made_of.tally
    return IndexPage(
        frame=_frame(made_of, f"{report.title} · {report.student}"),
        score=tally.total(),
        open=tuple(_open(report.parts, words)),
        notes=report.notes,
        problems=tuple(
            ProblemLine(
                title=problem.title,
                href=page_name(problem.slug),
                score=tally.problem(index),
                parts=tuple(
                    _part_line(made_of, part, tally.part(index, place))
                    for place, part in enumerate(problem.parts)
                ),
            )
            for index, problem in enumerate(report.problems)
        ),
    )


def problem_page(made_of: Materials, index: int) -> ProblemPage:
    """Make the page of the problem at `index`."""
    report = made_of.report
    result = report.problems[index]
    problem = made_of.problems.get(result.slug)
    by_id = {part.id: part for part in problem.parts} if problem else {}
    links = [Link(text=p.title, href=page_name(p.slug)) for p in report.problems]
    return ProblemPage(
        frame=_frame(made_of, f"{result.title} · {report.student}"),
        heading=result.title,
        score=made_of.tally.problem(index),
        statement=made_of.markdown(problem.statement) if problem else Markup(),
        parts=tuple(
            _part_view(made_of, part, by_id.get(part.id), (index, place))
            for place, part in enumerate(result.parts)
        ),
        previous=links[index - 1] if index else None,
        following=links[index + 1] if index + 1 < len(links) else None,
    )


def page_name(slug: str) -> str:
    """Give the file name of a problem's page; the overview keeps its own."""
    name = f"{slug}.html"
    return name if name != INDEX else f"problem-{name}"


def place_of(part_id: str) -> str:
    """Give the place of a part on the pages of a student."""
    return f"{page_name(part_id.partition('/')[0])}#{_anchor(part_id)}"


def _frame(made_of: Materials, title: str) -> Frame:
    report, words = made_of.report, made_of.words
    return Frame(
        title=title,
        assignment=report.title,
        student=report.student,
        walls=words.walls[report.walls],
        walls_note=report.walls_note,
        is_unwalled=report.walls is Walls.NONE,
        grader=report.grader,
        style=made_of.style,
        style_hash=made_of.style_hash,
    )


def _open(parts: Iterable[PartResult], words: Words) -> Iterable[str]:
    """Say what is not decided yet, a phrase for each verdict."""
    found = [part.verdict for part in parts]
    for verdict, one in words.verdicts_one.items():
        count = found.count(verdict)
        if count:
            yield (one if count == 1 else words.verdicts_many[verdict]).format(count)


def _part_line(made_of: Materials, part: PartResult, score: Score) -> PartLine:
    return PartLine(
        number=part.number,
        title=part.title,
        href=place_of(part.id),
        ruling=_ruling(part.verdict, made_of.words),
        score=score,
        sentence=clip(part.sentence, limit=_SENTENCE),
    )


def _ruling(verdict: Verdict, words: Words) -> Ruling:
    return Ruling(
        kind=verdict.value.replace(" ", "-"), tone=_TONES[verdict], word=words.verdicts[verdict]
    )


def _anchor(part_id: str) -> str:
    return "part-" + "".join(c if c.isalnum() else "-" for c in part_id.partition("/")[2])


# --- a part -------------------------------------------------------------------------------------


def _part_view(
    made_of: Materials, result: PartResult, part: Part | None, place: tuple[int, int]
) -> PartView:
    words, tally = made_of.words, made_of.tally
    given = _given(result.readings, part.claims if part else ())
    tests = _unfold_first(
        [
            _test_view(words, test, (score, scores), result.remarks)
            for test, (score, scores) in zip(result.tests, tally.tests(*place), strict=True)
        ]
    )
    passed = sum(test.verdict is Verdict.PASSED for test in result.tests)
    return PartView(
        anchor=_anchor(result.id),
        number=result.number,
        title=result.title,
        ruling=_ruling(result.verdict, words),
        score=tally.part(*place),
        sentence=clip(result.sentence, limit=_SENTENCE),
        question=made_of.markdown(part.ask) if part else Markup(),
        claims=_claims(made_of, part.claims if part else (), given),
        signature=str(part.signature) if part and part.signature else "",
        call=part.call.strip() if part else "",
        answers=() if given else _answers(made_of, result),
        lost=_losses(result, lambda marks: tally.lost(*place, marks)),
        passed=words.tests_passed.format(passed, len(tests)),
        tests=tests,
        remarks=result.remarks,
        rubric=result.rubric,
    )


def _claims(
    made_of: Materials, claims: tuple[Claim, ...], given: Mapping[str, str]
) -> tuple[ClaimLine, ...]:
    return tuple(
        ClaimLine(id=claim.id, text=made_of.markdown(claim.text), given=given.get(claim.id, ""))
        for claim in claims
    )


def _given(readings: tuple[Reading, ...], claims: tuple[Claim, ...]) -> dict[str, str]:
    """Give what was typed for each claim, if every reading belongs to one and was readable."""
    ids = {plain_label(claim.id): claim.id for claim in claims}
    if any(plain_label(r.label) not in ids or r.error for r in readings):
        return {}
    return {ids[plain_label(r.label)]: clip(r.typed, limit=_TYPED) for r in readings}


def _losses(part: PartResult, write: Callable[[list[Fraction]], list[str]]) -> tuple[Loss, ...]:
    """Put lost marks together by their reason, the part's own sentence first."""
    reasons: dict[str, list[LostMark]] = {}
    for mark in part.lost:
        reasons.setdefault(mark.sentence, []).append(mark)
    order = sorted(reasons, key=lambda sentence: sentence != part.sentence)
    sums = [sum((mark.marks for mark in reasons[s]), Fraction(0)) for s in order]
    outputs = {test.name: len(test.outputs) for test in part.tests}
    return tuple(
        Loss(
            marks=marks,
            sentence=clip(sentence, limit=_SENTENCE),
            places=_places(reasons[sentence], outputs),
            is_lead=sentence == part.sentence,
        )
        for sentence, marks in zip(order, write(sums), strict=True)
    )


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
    return tuple(_typed(made_of, reading, part) for reading in part.readings)


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


# --- a test -------------------------------------------------------------------------------------


def _unfold_first(tests: list[TestView]) -> tuple[TestView, ...]:
    """Unfold the first test that failed, a public one if there is one."""
    failed = [i for i, t in enumerate(tests) if t.has_more and t.ruling.tone != "good"]
    failed.sort(key=lambda i: not tests[i].is_public)
    if failed:
        tests[failed[0]] = replace(tests[failed[0]], is_unfolded=True)
    return tuple(tests)


def _test_view(
    words: Words, test: TestResult, scores: tuple[Score, list[Score]], said: tuple[str, ...]
) -> TestView:
    """Show one test; remarks that were `said` for the whole part are not repeated."""
    outputs = () if _ended(test) else _output_views(words, test, scores[1])
    told = {output.sentence for output in outputs}
    sentence = "" if test.sentence in told else clip(test.sentence, limit=_SENTENCE)
    inputs = tuple(show(value, words, label=name) for name, value in test.inputs.items())
    remarks = tuple(remark for remark in test.remarks if remark not in said)
    return TestView(
        name=test.name,
        is_public=test.is_public,
        ruling=_ruling(test.verdict, words),
        score=scores[0],
        cases=_cases(test, words),
        sentence=sentence,
        inputs=inputs,
        outputs=outputs,
        has_one_output=len(test.outputs) == 1,
        traceback=test.traceback[:_LINES],
        printed=test.printed,
        remarks=remarks,
        has_more=any((sentence, inputs, outputs, test.traceback, test.printed, remarks)),
        is_unfolded=False,
    )


def _ended(test: TestResult) -> bool:
    """Whether the test ended before any output was looked at: its one sentence says it all."""
    return bool(test.sentence) and all(
        output.sentence == test.sentence and output.comparison is None and output.got is None
        for output in test.outputs
    )


def _output_views(words: Words, test: TestResult, scores: list[Score]) -> tuple[OutputView, ...]:
    return tuple(
        _output_view(words, output, score)
        for output, score in zip(test.outputs, scores, strict=True)
        if not _is_plain(output)
    )


def _cases(test: TestResult, words: Words) -> str:
    """Say how many of a test's cases passed, where that is not just one."""
    if test.cases <= 1:
        return ""
    told = words.cases.format(test.cases_passed, test.cases)
    shown = [output.case for output in test.outputs if not _is_right(output)]
    if not test.inputs or not shown:
        return told
    return f"{told}, {words.case_shown.format(shown[0] + 1)}"


def _is_right(output: OutputResult) -> bool:
    if output.comparison is not None and not output.comparison.agrees:
        return False
    return output.marks == output.out_of and not output.sentence


def _is_plain(output: OutputResult) -> bool:
    """Whether there is nothing to say of an output but its name."""
    return _is_right(output) and output.got is None and not _remarkable(output.comparison)


def _remarkable(found: Comparison | None) -> bool:
    return found is not None and (found.is_float32 or found.undecided or found.squeezed)


def _output_view(words: Words, output: OutputResult, score: Score) -> OutputView:
    found, diagnosis = output.comparison, output.diagnosis
    worst = found.worst if found and not found.agrees else ()
    said = "" if diagnosis is None else diagnosis.sentence
    drawn = picture(output.error_map, words, name=output.name) if output.error_map else None
    got, expected = _values(words, output, worst)
    return OutputView(
        name=output.name,
        score=score,
        is_right=_is_right(output),
        sentence=clip(output.sentence, limit=_SENTENCE),
        figures=tuple(_figures(words, output)),
        diagnosis="" if said in output.sentence else said,
        hint=diagnosis.hint if diagnosis else "",
        map=drawn,
        got=got,
        expected=expected,
    )


def _values(
    words: Words, output: OutputResult, worst: tuple[int, ...]
) -> tuple[Shown | None, Shown | None]:
    """Show what came back beside what was wanted, with enough digits to tell them apart."""
    got, expected = output.got, output.expected
    if _is_right(output) and got is not None:
        return show(got, words), None
    if got is None or expected is None:
        return (
            None if got is None else show(got, words, worst=worst),
            None if expected is None else show(expected, words, worst=worst),
        )
    digits = digits_apart(got, expected, worst)
    return (
        show(got, words, worst=worst, digits=digits),
        show(expected, words, worst=worst, digits=digits),
    )


def _figures(words: Words, output: OutputResult) -> Iterable[str]:
    """Give the statistics of a comparison that no sentence has said yet."""
    found = output.comparison
    if found is None:
        return
    if not found.sentence:
        yield from _statistics(words, found)
    elif found.sentence not in output.sentence:
        yield found.sentence
    if found.undecided:
        yield words.undecided
    elif found.is_float32:
        yield words.float32
    if found.squeezed:
        yield words.squeezed


def _statistics(words: Words, found: Comparison) -> Iterable[str]:
    if found.agrees or not found.error:
        return
    yield words.error.format(f"{found.error:.3g}", f"{found.bound:.2g}")
    if found.size > 1:
        yield words.outside.format(found.bad, found.size)
    if found.worst:
        yield words.worst.format(", ".join(map(str, found.worst)))

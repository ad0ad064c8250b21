"""The figures of the class report, from the gradebook: how parts and tests went, whom to look at.

Decides what is worth a look; how it is shown is the report's to know.
"""

import hashlib
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

from msgspec.structs import replace

import grader
from grader.gradebook import (
    Counting,
    Gradebook,
    PartCount,
    PartMark,
    Standing,
    TestCount,
    count_misconceptions,
    count_parts,
    count_remarks,
    count_tests,
)
from grader.grading import Grading
from grader.model import Verdict
from grader.report import shown
from grader.report.building import place_of
from grader.report.classpage import (
    Bar,
    ClassPage,
    Look,
    Marking,
    PartRow,
    Shared,
    StudentRow,
    TestRow,
    Who,
)
from grader.report.keeping import INDEX

_BARS = 10
_MOST_NEAR = 20
_LISTED = 6
_ODD_FACTOR, _ODD_S = 5, 5.0  # so many times the median, and so many seconds, are odd
_LONG_S = 0.9995  # is 1.0 s, rounded
_WRONG_WAY = -0.1  # a discrimination that is clearly below none
_ENOUGH = 10  # students, before a discrimination says anything
NOTHING_FOUND = "no answer was found in what was handed in"
Named = Callable[[str], Who]


def class_page(
    book: Gradebook,
    standings: tuple[Standing, ...],
    grading: Grading,
    *,
    counting: Counting,
    absent: Sequence[str] = (),
    is_anonymous: bool = False,
) -> ClassPage:
    """All that the class report says of an assignment, in which everybody stands as given."""
    assignment = grading.assignment.name
    if is_anonymous:
        standings = _unnamed(standings)
    named = _namer(standings, absent, is_anonymous=is_anonymous)
    parts = count_parts(book, assignment, counting)
    numbers = {count.part: count.number for count in parts}
    graded = [standing for standing in standings if standing.is_graded]
    return ClassPage(
        title=grading.assignment.title,
        is_anonymous=is_anonymous,
        figures=tuple(_figures(graded, len(standings), len(absent))),
        bars=_bars(graded),
        looks=tuple(_looks(standings, named)),
        texts=() if is_anonymous else tuple(_texts(standings, grading, named)),
        parts=tuple(map(_part_row, parts)),
        tests=tuple(map(_test_row, count_tests(book, assignment, counting))),
        misconceptions=tuple(
            _shared(
                numbers[count.part], count.name, count.students, named, is_anonymous=is_anonymous
            )
            for count in count_misconceptions(book, assignment, counting)
        ),
        remarks=tuple(
            _shared("", count.sentence, count.students, named, is_anonymous=is_anonymous)
            for count in count_remarks(book, assignment, counting)
        ),
        students=tuple(_student(standing, named) for standing in standings),
        absent=tuple(map(named, absent)),
        grader=grader.__version__,
    )


def _namer(standings: Iterable[Standing], absent: Iterable[str], *, is_anonymous: bool) -> Named:
    """How students are named: with a link to their pages, if they have some, or by a number."""
    has_pages = {standing.student: standing.is_graded for standing in standings}
    if not is_anonymous:
        from urllib.parse import quote

        return lambda student: Who(
            name=student, href=f"{quote(student)}/index.html" * has_pages.get(student, False)
        )
    numbers = {student: f"Student {n}" for n, student in enumerate([*has_pages, *absent], 1)}
    return lambda student: Who(name=numbers[student])


def _unnamed(standings: Iterable[Standing]) -> tuple[Standing, ...]:
    """Standings whose order tells no names, nor what went wrong, which names the files."""
    ordered = sorted(standings, key=lambda s: (s.marks, _digest(s.student)))
    return tuple(replace(s, trouble=s.trouble and "`grade book` says why") for s in ordered)


def _digest(student: str) -> bytes:
    return hashlib.blake2b(student.encode("utf-8", "backslashreplace")).digest()


def _figures(graded: Sequence[Standing], total: int, absent: int) -> Iterator[tuple[str, str]]:
    yield "students", str(total)
    if total > len(graded):
        yield "not graded", str(total - len(graded))
    if absent:
        yield "handed in nothing", str(absent)
    if graded:
        marks = [standing.marks for standing in graded]
        yield "of marks", shown([max(s.out_of for s in graded)])[0]
        yield "mean", shown([statistics.mean(marks)])[0]
        yield "median", shown([statistics.median(marks)])[0]
        yield "lowest", shown([min(marks)])[0]
        yield "highest", shown([max(marks)])[0]
        seconds = statistics.median(standing.seconds for standing in graded)
        yield "seconds to grade one", f"{seconds:.2g}"


def _bars(graded: Sequence[Standing]) -> tuple[Bar, ...]:
    """The distribution of marks in ten bars of equal width."""
    top = max((standing.out_of for standing in graded), default=Fraction(0))
    if not top:
        return ()
    counts = [0] * _BARS
    for standing in graded:
        counts[max(0, min(_BARS - 1, int(standing.marks * _BARS / top)))] += 1
    edges = [100 * n // _BARS for n in range(_BARS + 1)]
    return tuple(
        Bar(label=f"{edges[n]}–{edges[n + 1]} %", count=c, height=round(100 * c / max(counts)))
        for n, c in enumerate(counts)
    )


def _looks(standings: Sequence[Standing], named: Named) -> Iterator[Look]:
    """Whom to look at first: our failures, what is not read or empty, odd times, near misses."""
    for said in (failure, _failed_parts, _unread, _blank):
        for standing in standings:
            if why := said(standing):
                yield Look(who=named(standing.student), why=why)
    yield from _odd_times(standings, named)
    yield from _near_misses(standings, named)


def failure(standing: Standing) -> str:
    """What kept the newest attempt from being graded, or ""."""
    if not standing.is_graded:
        return f"not graded: {standing.trouble}"
    said = "the newest attempt was not graded, an earlier one counts"
    return f"{said}: {standing.trouble}" if standing.trouble else ""


def _failed_parts(standing: Standing) -> str:
    failed = _open(standing, Verdict.FAILED_TO_GRADE)
    return f"the grader failed on {listed(failed)}: {failed[0].sentence}" if failed else ""


def _unread(standing: Standing) -> str:
    unread = _open(standing, Verdict.UNREADABLE)
    return f"not read: {listed(unread)}: {unread[0].sentence}" if unread else ""


def _blank(standing: Standing) -> str:
    return NOTHING_FOUND if standing.is_blank else ""


def _texts(standings: Sequence[Standing], grading: Grading, named: Named) -> Iterator[Marking]:
    """What a person has to mark, by part, with what only the person is told."""
    waiting: dict[str, list[str]] = {}
    for standing in standings:
        for part in _open(standing, Verdict.NEEDS_MARKING):
            waiting.setdefault(part.part, []).append(standing.student)
    known = {part.id: part for found in grading.expected.values() for part in found.parts}
    for numbered in grading.assignment.numbered:
        if students := waiting.get(numbered.part.id):
            yield Marking(
                number=numbered.number,
                title=numbered.part.title,
                headings=numbered.part.rubric,
                good=known[numbered.part.id].rubric,
                red_flags=known[numbered.part.id].red_flags,
                students=tuple(_at(named(student), numbered.part.id) for student in students),
            )


def _at(who: Who, part_id: str) -> Who:
    """The student, with a link that leads to one part."""
    return replace(who, href=f"{who.href.removesuffix(INDEX)}{place_of(part_id)}")


def _open(standing: Standing, verdict: Verdict) -> list[PartMark]:
    return [part for part in standing.parts if part.pending and part.verdict is verdict]


def listed(parts: Sequence[PartMark]) -> str:
    """The numbers of parts, as many as somebody reads."""
    more = f" and {len(parts) - _LISTED} more" if len(parts) > _LISTED else ""
    return f"{', '.join(part.number for part in parts[:_LISTED])}{more}"


def _odd_times(standings: Sequence[Standing], named: Named) -> Iterator[Look]:
    seconds = [standing.seconds for standing in standings if standing.is_graded]
    limit = max(_ODD_S, _ODD_FACTOR * statistics.median(seconds)) if seconds else 0.0
    for standing in standings:
        if standing.is_graded and standing.seconds > limit:
            why = f"took {standing.seconds:.0f} s to grade, far more than others"
            yield Look(who=named(standing.student), why=why)


def _near_misses(standings: Sequence[Standing], named: Named) -> Iterator[Look]:
    """Parts that nearly earned all marks, the dearest first."""
    near = [
        (part.out_of - part.marks, standing.student, part)
        for standing in standings
        for part in standing.parts
        if part.is_nearly_right
    ]
    for lost, student, part in sorted(near, key=lambda found: -found[0])[:_MOST_NEAR]:
        why = f"{part.number} is {shown([lost])[0]} marks short: {part.sentence}"
        yield Look(who=named(student), why=why)


def _part_row(count: PartCount) -> PartRow:
    return PartRow(
        number=count.number,
        title=count.title,
        taken=count.taken,
        full=count.full,
        nothing=count.nothing,
        open=count.open,
        share=round(100 * count.share),
        discrimination=_written(count.discrimination, count.taken),
        time=_timed(count.cpu_s),
        is_odd=(count.discrimination or 0) < _WRONG_WAY and count.taken >= _ENOUGH,
    )


def _test_row(count: TestCount) -> TestRow:
    note = {0: "nobody passes", count.taken: "everybody passes"}.get(count.passed, "")
    return TestRow(
        number=count.number,
        test=count.test,
        is_public=count.is_public,
        taken=count.taken,
        passed=count.passed,
        share=round(100 * count.share),
        discrimination=_written(count.discrimination, count.taken),
        time=_timed(count.cpu_s),
        note=note,
    )


def _written(discrimination: float | None, taken: int) -> str:
    return "" if discrimination is None or taken < _ENOUGH else f"{discrimination:.2f}"


def _timed(cpu_s: float | None) -> str:
    """CPU seconds as a person reads them: "3 ms", "1.2 s"."""
    if cpu_s is None:
        return ""
    return f"{cpu_s:.1f} s" if cpu_s >= _LONG_S else f"{1000 * cpu_s:.0f} ms"


def _shared(
    place: str, sentence: str, students: Sequence[str], named: Named, *, is_anonymous: bool
) -> Shared:
    """What several students share; who they are is told where they have names."""
    who = () if is_anonymous else tuple(map(named, students))
    return Shared(place=place, sentence=sentence, count=len(students), students=who)


def _student(standing: Standing, named: Named) -> StudentRow:
    marks, out_of = standing.marks, standing.out_of
    return StudentRow(
        who=named(standing.student),
        marks=shown([marks])[0] if standing.is_graded else "–",
        out_of=shown([out_of])[0] if standing.is_graded else "–",
        open=shown([standing.pending])[0] if standing.pending else "",
        share=int(100 * marks / out_of) if out_of else 0,
        note="not graded"
        if not standing.is_graded
        else f"{standing.by_person} by a person" * bool(standing.by_person),
    )

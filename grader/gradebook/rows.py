"""Turns records into rows of the gradebook's tables, and rows back.

Knows the tables' columns; never speaks to a database.
"""

import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from itertools import chain, repeat
from typing import Any

import msgspec

from grader.gradebook.records import (
    Attempt,
    Fingerprint,
    Override,
    PartMark,
    PastAttempt,
    Standing,
)
from grader.model import PartResult, Report, Verdict, decode, encode

Row = dict[str, Any]
Digests = tuple[dict[str, str], dict[str, str]]
"""Per slug the digest of the problem's public file, and of its private one."""
_COMPRESSION = 1  # the record is mostly arrays: more effort gains little


def attempt_row(attempt: Attempt) -> Row:
    """The row of `attempt`; a failed one has 0 marks of 0, and `is_graded` says why."""
    report, print_ = attempt.report, attempt.fingerprint
    sums = (report.marks, report.out_of, report.pending) if report else (Fraction(0),) * 3
    names = ("marks", "out_of", "pending")
    return {
        "student": attempt.student,
        "assignment": attempt.assignment,
        "is_graded": report is not None,
        "is_complete": report is not None and report.is_complete,
        "trouble": attempt.trouble,
        "set_aside": attempt.set_aside,
        **{name: float(total) for name, total in zip(names, sums, strict=True)},
        **{f"{name}_exact": str(total) for name, total in zip(names, sums, strict=True)},
        "graded_at": attempt.graded_at,
        "submitted_at": attempt.submitted_at,
        "is_late": attempt.is_late,
        "late_s": attempt.late_s,
        "seconds": attempt.seconds,
        "grader": report.grader if report else "",
        "walls": report.walls if report else "",
        "seed": attempt.seed,
        "submission_digest": print_.submission,
        "engine_digest": print_.engine,
        "assignment_digest": print_.assignment,
    }


def record_rows(number: int, attempt: Attempt) -> Iterator[Row]:
    """The row of `record`, which keeps the large part of an attempt out of the way."""
    if attempt.report is not None:
        yield {"attempt": number, "data": attempt.record or packed(attempt.report)}


def problem_rows(number: int, fingerprint: Fingerprint) -> Iterator[Row]:
    """The rows of `attempt_problem`."""
    for slug, digest in fingerprint.problems.items():
        yield {
            "attempt": number,
            "slug": slug,
            "problem_digest": digest,
            "solution_digest": fingerprint.solutions[slug],
        }


def part_rows(number: int, report: Report) -> Iterator[Row]:
    """The rows of `part_result`."""
    for position, part in enumerate(report.parts):
        yield {
            "attempt": number,
            "position": position,
            "part": part.id,
            "number": part.number,
            "title": part.title,
            "verdict": str(part.verdict),
            "marks": float(part.marks),
            "out_of": float(part.out_of),
            "pending": float(part.pending),
            "marks_exact": str(part.marks),
            "out_of_exact": str(part.out_of),
            "pending_exact": str(part.pending),
            "sentence": storable(part.trouble or part.sentence),
        }


def test_rows(number: int, report: Report, cpu_s: Mapping[str, tuple[float, ...]]) -> Iterator[Row]:
    """The rows of `test_result`."""
    tests = [
        (part, test, seconds)
        for part in report.parts
        for test, seconds in zip(
            part.tests, chain(cpu_s.get(part.id, ()), repeat(None)), strict=False
        )
    ]
    for position, (part, test, seconds) in enumerate(tests):
        yield {
            "attempt": number,
            "position": position,
            "part": part.id,
            "test": test.name,
            "is_public": test.is_public,
            "verdict": str(test.verdict),
            "reason": test.reason,
            "marks": float(test.marks),
            "out_of": float(test.out_of),
            "cases": test.cases,
            "cases_passed": test.cases_passed,
            "cpu_s": seconds,
        }


def misconception_rows(number: int, report: Report) -> Iterator[Row]:
    """The rows of `misconception`: each recognised one once per part."""
    for part in report.parts:
        for name in sorted(_recognised(part)):
            yield {"attempt": number, "part": part.id, "name": name}


def remark_rows(number: int, report: Report) -> Iterator[Row]:
    """The rows of `remark`: what was worth saying and cost nothing."""
    for part in report.parts:
        for sentence in sorted(set(map(storable, part.remarks))):
            yield {"attempt": number, "part": part.id, "sentence": sentence}


def override_row(override: Override, *, is_withdrawn: bool) -> Row:
    """The row of `override`; a withdrawal has no marks."""
    return {
        "student": override.student,
        "assignment": override.assignment,
        "part": override.part,
        "marks": None if is_withdrawn else float(override.marks),
        "marks_exact": None if is_withdrawn else str(override.marks),
        "person": override.by,
        "reason": override.reason,
        "at": override.at,
    }


def digests_of(files: Iterable[tuple[str, str, str]]) -> Digests:
    """Digests by slug, from slug, public and private one of each problem."""
    listed = tuple(files)
    return {slug: one for slug, one, _ in listed}, {slug: other for slug, _, other in listed}


def past_attempt(row: Mapping[str, Any], digests: Digests) -> PastAttempt:
    """An attempt as a record."""
    return PastAttempt(
        id=row["id"],
        student=row["student"],
        fingerprint=fingerprint(row, digests),
        is_graded=bool(row["is_graded"]),
        is_complete=bool(row["is_complete"]),
        marks=Fraction(row["marks_exact"]),
        out_of=Fraction(row["out_of_exact"]),
        pending=Fraction(row["pending_exact"]),
        trouble=row["trouble"],
        graded_at=row["graded_at"],
        submitted_at=row["submitted_at"],
        late_s=row["late_s"],
        set_aside=row["set_aside"],
        grader=row["grader"],
    )


def fingerprint(row: Mapping[str, Any], digests: Digests) -> Fingerprint:
    """An attempt's fingerprint."""
    return Fingerprint(
        submission=row["submission_digest"],
        engine=sys.intern(row["engine_digest"]),
        assignment=sys.intern(row["assignment_digest"]),
        problems=digests[0],
        solutions=digests[1],
    )


def standing(row: Mapping[str, Any]) -> Standing:
    """Where a student stands, without the parts."""
    return Standing(
        student=row["student"],
        assignment=row["assignment"],
        attempt=row["attempt"],
        attempts=row["attempts"],
        trouble=row["trouble"],
        graded_at=row["graded_at"] or "",
        submitted_at=row["submitted_at"] or "",
        late_s=row["late_s"],
        seconds=row["seconds"] or 0.0,
    )


def part_mark(row: Mapping[str, Any]) -> PartMark:
    """The current marks of one part, from a row of `chosen_part`."""
    override = None
    if row["override_person"] is not None:
        override = Override(
            student=row["student"],
            assignment=row["assignment"],
            part=row["part"],
            marks=Fraction(row["marks_exact"]),
            by=row["override_person"],
            reason=row["override_reason"],
            at=row["override_at"],
        )
    return PartMark(
        part=row["part"],
        number=row["number"],
        title=row["title"],
        verdict=Verdict(row["verdict"]),
        marks=Fraction(row["marks_exact"]),
        out_of=Fraction(row["out_of_exact"]),
        pending=Fraction(row["pending_exact"]),
        sentence=row["sentence"],
        override=override,
    )


def preview(student: str, assignment: str, report: Report | None, trouble: str) -> Standing:
    """Where a student would stand by a report that is not stored."""
    parts = report.parts if report else ()
    return Standing(
        student=student,
        assignment=assignment,
        attempt=0 if report else None,
        attempts=0,
        trouble=trouble,
    ).with_parts(
        PartMark(
            part=part.id,
            number=part.number,
            title=part.title,
            verdict=part.verdict,
            marks=part.marks,
            out_of=part.out_of,
            pending=part.pending,
            sentence=part.trouble or part.sentence,
        )
        for part in parts
    )


def packed(report: Report) -> bytes:
    """The full record as it is stored: msgpack, compressed by zlib."""
    return zlib.compress(encode(report), _COMPRESSION)


def unpacked(data: bytes) -> Report:
    """The full record of a stored attempt.

    Raises:
        ValueError: the bytes are damaged.
    """
    try:
        return decode(zlib.decompress(data), Report)
    except (zlib.error, msgspec.MsgspecError, ArithmeticError) as error:
        raise ValueError(str(error)) from error


def now() -> str:
    """This moment as it is stored: UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def storable(text: str) -> str:
    """Text that SQLite can hold, whatever a student's code put into it."""
    return text.encode("utf-8", "backslashreplace").decode()


def _recognised(part: PartResult) -> set[str]:
    outputs = (output for test in part.tests for output in test.outputs)
    return {output.misconception for output in outputs if output.misconception}

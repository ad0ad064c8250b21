"""The gradebook as CSV for spreadsheets and as JSON for programs.

Knows standings; nothing of SQL. A spreadsheet must never take a student's name for a formula.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import msgspec

from grader.gradebook.records import PartMark, Standing

FORMAT = 1
HEAD = (
    *("student", "assignment", "status", "marks", "out_of", "pending"),
    *("submitted_at", "late_s", "graded_at", "attempts", "overrides"),
)
# What spreadsheets take for the beginning of a formula, in ASCII and in full width.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# What a terminal that the JSON is printed to would act on, beyond what JSON escapes itself.
_ACTING = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def as_csv(standings: Iterable[Standing], parts: dict[str, str]) -> str:
    """One line per student: the sums, then the marks of every part.

    It begins with the mark by which spreadsheets know UTF-8: else they spoil every umlaut.

    Args:
        parts: per part id its number, in the order of the sheet.
    """
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*HEAD, *(inert(number) for number in parts.values())])
    for standing in standings:
        marks = {part.part: part for part in standing.parts}
        writer.writerow([*_sums(standing), *(cell_of(marks.get(part)) for part in parts)])
    return out.getvalue()


def as_json(standings: Iterable[Standing]) -> Iterator[str]:
    """The same with verdicts, sentences and overrides; marks as exact text and as a decimal.

    Gives the pieces of one document, a student each, so that none has to hold a large class.
    """
    yield f'{{"format": {FORMAT}, "students": ['
    for number, standing in enumerate(standings):
        text = msgspec.json.format(msgspec.json.encode(_student(standing)), indent=1).decode()
        # What acts stands within texts alone.
        text = _ACTING.sub(lambda found: json.dumps(found.group())[1:-1], text)
        yield f"{',' * bool(number)}\n{text}"
    yield "\n]}"


def cell_of(part: PartMark | None) -> str:
    """The marks of one part; empty where nobody has decided on any of them."""
    if part is None or (part.pending and part.pending == part.out_of):
        return ""
    return _decimal(part.marks)


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula: led by an apostrophe where it could be one."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_ACTIVE) else text


def status(standing: Standing) -> str:
    """In a word: "graded", "open" (some marks are undecided) or "not graded"."""
    if not standing.is_graded:
        return "not graded"
    return "open" if standing.pending else "graded"


def _sums(standing: Standing) -> list[str | int]:
    sums = [standing.marks, standing.out_of, standing.pending]
    return [
        inert(standing.student),
        inert(standing.assignment),
        status(standing),
        *(_decimal(total) if standing.is_graded else "" for total in sums),
        standing.submitted_at,
        "" if standing.late_s is None else standing.late_s,
        standing.graded_at,
        standing.attempts,
        standing.by_person,
    ]


def _decimal(marks: Fraction) -> str:
    return f"{float(marks):.4f}".rstrip("0").rstrip(".")


def _student(standing: Standing) -> dict[str, Any]:
    sums = {"marks": standing.marks, "out_of": standing.out_of, "pending": standing.pending}
    return {
        "student": standing.student,
        "assignment": standing.assignment,
        "status": status(standing),
        "trouble": standing.trouble,
        **{k: _exact(v) if standing.is_graded else None for k, v in sums.items()},
        "submitted_at": standing.submitted_at or None,
        "late_s": standing.late_s,
        "graded_at": standing.graded_at or None,
        "attempts": standing.attempts,
        "parts": [_part(part) for part in standing.parts],
    }


def _part(part: PartMark) -> dict[str, Any]:
    sums = {"marks": part.marks, "out_of": part.out_of, "pending": part.pending}
    override = part.override
    return {
        "part": part.part,
        "number": part.number,
        "verdict": part.verdict,
        **{name: _exact(total) for name, total in sums.items()},
        "sentence": part.sentence,
        "override": override and {"by": override.by, "reason": override.reason, "at": override.at},
    }


def _exact(marks: Fraction) -> dict[str, str | float]:
    return {"exact": str(marks), "decimal": round(float(marks), 4)}

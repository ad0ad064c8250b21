"""Reads a spreadsheet of marks that a person has filled in where marks were open.

Knows standings and the columns of an export; stores nothing.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook.export import HEAD, cell_of, inert
from grader.gradebook.records import PartMark, Standing
from grader.gradebook.tables import read_table
from grader.model import Record

_MOST_SLIPS = 10


class Filled(Record, frozen=True, kw_only=True):
    """What was filled in.

    Attributes:
        marks: student, part and marks of each cell.
        passed_over: headings of columns that are no part's.
    """

    marks: tuple[tuple[str, str, Fraction], ...]
    passed_over: tuple[str, ...]


def read_filled(path: Path, standings: Iterable[Standing], parts: Mapping[str, str]) -> Filled:
    """The marks that were filled in; cells that say what is known say nothing new.

    Args:
        parts: per part id its number.

    Raises:
        UsageError: the file can not be read, or a cell can not be taken as it stands. Marks that
            are decided are not changed: the file may be older than they are.
    """
    try:
        rows = read_table(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: can not be read: {error.strerror}") from error
    heading = rows[0] if rows else ()
    if "student" not in heading:
        raise UsageError(f"{path}: found no column 'student'; wanted a file of `grade book export`")
    students = {_plain(s.student): s for s in standings}
    ids = {inert(number): part for part, number in parts.items()}
    for name in (n for n in heading if n in {"student", *ids} and heading.count(n) > 1):
        # A spreadsheet makes 1.1 of 1.10: whose marks these are is not guessed.
        raise UsageError(f"{path}: the column {name!r} stands twice; give each its own heading")
    marks: list[tuple[str, str, Fraction]] = []
    slips: list[str] = []
    for line, row in enumerate(rows[1:], 2):
        cells = dict(zip(heading, row, strict=False))
        name = cells.get("student", "")
        standing = students.get(_plain(name))
        if standing is None:
            slips.append(f"row {line}: found {name!r}, who has no attempt")
            continue
        try:
            marks += _filled_in(standing, {ids[n]: text for n, text in cells.items() if n in ids})
        except ValueError as error:
            slips.append(f"row {line}, {standing.student}: {error}")
    if slips:
        more = f"\n  and {len(slips) - _MOST_SLIPS} more" if len(slips) > _MOST_SLIPS else ""
        raise UsageError("\n  ".join([f"{path}: nothing was set:", *slips[:_MOST_SLIPS]]) + more)
    unknown = (name for name in heading if name and name not in {*HEAD, *ids})
    return Filled(marks=tuple(marks), passed_over=tuple(unknown))


def _filled_in(standing: Standing, cells: Mapping[str, str]) -> Iterator[tuple[str, str, Fraction]]:
    """The new marks of one student.

    Raises:
        ValueError: a cell holds no marks, or others than were decided.
    """
    for part in standing.parts:
        text = cells.get(part.part, "").replace(",", ".")  # spreadsheets write decimal commas
        known = cell_of(part)
        if text in ("", known):
            continue
        marks = _marks(part, text)
        if known and marks == Fraction(known):
            continue
        if not part.pending:
            raise ValueError(
                f"{part.number}: found {text}, where {known} is decided; `grade book override`"
                " changes that"
            )
        yield standing.student, part.part, marks


def _marks(part: PartMark, text: str) -> Fraction:
    try:
        marks = Fraction(text)
    except (ValueError, ZeroDivisionError):
        marks = Fraction(-1)
    if not 0 <= marks <= part.out_of:
        raise ValueError(f"{part.number}: found {text!r}; wanted 0 to {part.out_of}")
    return marks


def _plain(name: str) -> str:
    """A student's name without what an export or a disk has made of it."""
    return unicodedata.normalize("NFC", name).removeprefix("'").strip()

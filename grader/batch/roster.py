"""Reads a roster: the students who were expected to hand something in.

Takes a list with one student a line, or the table that a course platform or a spreadsheet exports.
Who handed in tells which column names the students; headings are in any language.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook import Rows, read_table
from grader.model import Record
from grader.submission import student_name

# What the first line of a list may say instead of a student.
_HEADINGS = frozenset(
    {"student", "students", "sid", "id", "number", "name", "names", "first", "last", "given"}
    | {"family", "full", "surname", "vorname", "nachname", "user", "username", "login", "email"}
)
_MOST_COLUMNS = 10  # of a table; marks stand further behind
_NOBODY = frozenset({"pointspossible", "studenttest"})  # lines of Canvas' own


class Attendance(Record, frozen=True, kw_only=True):
    """A roster held against who handed in.

    Attributes:
        absent: who is on it and handed in nothing, as it is written there.
        strangers: who handed in and is not on it.
    """

    absent: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


def read_roster(path: Path) -> Rows:
    """The lines of a roster, in their order, each once.

    Raises:
        UsageError: the file can not be read, or is empty.
    """
    try:
        listed = tuple(dict.fromkeys(read_table(path.read_bytes())))
    except OSError as error:
        raise UsageError(f"{path}: the roster can not be read: {error.strerror}") from error
    if not listed:
        raise UsageError(f"{path}: found no student; wanted one a line, or a table with a heading")
    return listed


def attendance(path: Path, rows: Rows, handed_in: dict[str, tuple[str, ...]]) -> Attendance:
    """Hold a roster against who handed in.

    Args:
        handed_in: per student all names by which a roster may know them.

    Raises:
        UsageError: none of them is on it.
    """
    known = {student: _all_keys(names) for student, names in handed_in.items()}
    everybody = set[str]().union(*known.values())
    lines = [", ".join(filter(None, row)) for row in rows]
    column = max(_columns(rows), key=lambda column: len(_all_keys(column) & everybody))
    is_list = len(_all_keys(lines) & everybody) >= len(_all_keys(column) & everybody)
    cells = ((cell, _keys(cell)) for cell in (lines if is_list else column))
    listed = [cell for cell, keys in cells if keys and not keys & _NOBODY]
    if _is_heading(listed[0], everybody, is_list=is_list):
        listed = listed[1:]
    on_it = _all_keys(listed)
    if not on_it & everybody:
        raise UsageError(
            f"{path}: names nobody who handed in; wanted a column with names such as"
            f" {next(iter(handed_in), 'alice')!r}"
        )
    return Attendance(
        absent=tuple(student_name(cell) for cell in listed if not _keys(cell) & everybody),
        strangers=tuple(student for student, keys in known.items() if not keys & on_it),
    )


def names_of(student: str, also: Iterable[str] = ()) -> tuple[str, ...]:
    """By what a roster may know a student: a platform adds a number to the name."""
    name, _, number = student.rpartition("_")
    return (student, *also, *((name, number) if number.isdigit() else ()))


def _columns(rows: Rows) -> Iterator[list[str]]:
    """What may name the students in a table: a column, or two side by side, among the first."""
    width = range(min(_MOST_COLUMNS, max(map(len, rows))))
    cells = [(*row, *[""] * len(width)) for row in rows]
    yield from ([row[n] for row in cells] for n in width)
    yield from ([f"{row[n]} {row[n + 1]}" for row in cells] for n in width[:-1])


def _is_heading(first: str, everybody: set[str], *, is_list: bool) -> bool:
    """Whether the first cell names the column; that of a list does only where it is a known one."""
    if _keys(first) & everybody:
        return False
    is_known = _HEADINGS.issuperset(_words(first))
    return is_known or not (is_list or re.search(r"[\d@]", first))


def _all_keys(names: Iterable[str]) -> set[str]:
    return set[str]().union(*map(_keys, names))


def _keys(text: str) -> set[str]:
    """A name as it is compared: without case, marks and spaces, and with its words in any order."""
    words = _words(text)
    return {"".join(words), "".join(sorted(words)), "".join(reversed(words))} - {""}


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold())

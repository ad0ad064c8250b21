"""Reads a roster: the students who were expected to hand something in.

Takes a list with one student a line, or a CSV whose heading names the column.
"""

import csv
import io
from pathlib import Path

from grader.errors import UsageError
from grader.submission import student_name

# The headings of course platforms, in the order of how well they fit a submission's name.
_HEADINGS = ("student", "sid", "student id", "sis login id", "username", "login", "name", "email")


def read_roster(path: Path) -> tuple[str, ...]:
    """The students of a roster, in its order, each once.

    Raises:
        UsageError: the file can not be read, or lists nobody.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: the roster can not be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: the roster is not UTF-8 text; save it as UTF-8") from error
    rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    column = _column(rows[0]) if rows else None
    listed = rows if column is None else rows[1:]
    names = (row[column or 0].strip() for row in listed if len(row) > (column or 0))
    students = tuple(dict.fromkeys(student_name(name) for name in names if name))
    if not students:
        raise UsageError(f"{path}: found no student; wanted one a line, or a CSV with a heading")
    return students


def _column(heading: list[str]) -> int | None:
    """The column that names students; None where the first row is no heading."""
    cells = [cell.strip().lower() for cell in heading]
    return next((cells.index(name) for name in _HEADINGS if name in cells), None)

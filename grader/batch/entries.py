"""One student's submission as a class run finds it, before it is opened.

Knows names and times; nothing of folders, archives or platforms.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from grader.model import Record
from grader.submission import Submission


class Entry(Record, frozen=True, kw_only=True):
    """One student's submission, not opened yet.

    Attributes:
        place: where it lies, for messages.
        take: copies it.
        also: other names by which the platform knows the student.
        submitted_at: UTC, ISO 8601; "" where it is not known.
        is_late: the platform says so.
    """

    student: str
    place: str
    take: Callable[[], Submission]
    also: tuple[str, ...] = ()
    submitted_at: str = ""
    is_late: bool = False


def utc(moment: datetime | None) -> str:
    """A moment as it is stored; "" where it is not known."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""

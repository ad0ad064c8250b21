"""How late an attempt is: seconds after the due time of now, whenever it was graded.

Knows the columns that lateness follows from; grades nothing, takes nothing off.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from grader.gradebook.rows import Row


def lateness(submitted_at: str, due: datetime | None, *, is_late: bool) -> int | None:
    """Seconds after the due time, 0 in time, None where either is unknown.

    Args:
        submitted_at: as it is stored, or "".
        is_late: the platform says so, which is at least one second.
    """
    if due is None or not submitted_at:
        return 1 if is_late else None
    seconds = (datetime.fromisoformat(submitted_at) - due).total_seconds()
    return max(int(is_late), round(seconds), 0)


def moved(
    rows: Sequence[Row], due: datetime | None, said: Mapping[str, bool | None]
) -> Iterator[tuple[str, tuple[bool, int | None, int]]]:
    """Whose lateness is another now, with what an attempt's row is to hold and its number.

    Args:
        rows: the attempts, oldest first.
        said: whom it is about, and what the platform says now of the newest attempt, or None.
    """
    newest = {row["student"]: row for row in rows}
    for row in (row for row in rows if row["student"] in said):
        word = said[row["student"]] if row is newest[row["student"]] else None
        is_late = bool(row["is_late"]) if word is None else word
        late_s = lateness(row["submitted_at"], due, is_late=is_late)
        if (is_late, late_s) != (row["is_late"], row["late_s"]):
            yield row["student"], (is_late, late_s, row["id"])

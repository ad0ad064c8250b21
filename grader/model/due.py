"""When something is due, from the text that a person writes."""

from datetime import date, datetime, time, timedelta

_WANTED = "wanted a day, such as 2026-11-20, or a time, such as 2026-11-20T23:59+01:00"


def due_at(text: str, *, needs_zone: bool) -> datetime:
    """The moment after which something is late; of a day alone, its end on this machine's clock.

    Args:
        needs_zone: whether a time must say its zone; without one it is this machine's.

    Raises:
        ValueError: the text is no such moment; says what is wanted.
    """
    written = text.strip()
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return _time(written, needs_zone=needs_zone)
    return datetime.combine(day + timedelta(days=1), time.min).astimezone()


def _time(written: str, *, needs_zone: bool) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f"found {written!r}; {_WANTED}") from None
    if moment.tzinfo is None and needs_zone:
        raise ValueError(f"found {written!r}, which says no time zone; {_WANTED}")
    return moment.astimezone()

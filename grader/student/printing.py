"""Keeps what students' code prints: the first 64 KiB, the rest is dropped and counted."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MAX_PRINTED = 64 * 2**10
MAX_SHOWN = 2_000


class Printed:
    """What was printed during one case.

    Attributes:
        is_out: whether anything went to the standard output (warnings go to the other one).
    """

    def __init__(self) -> None:
        self.kept = bytearray()
        self.dropped = 0
        self.is_out = False

    def take(self, data: Any, *, is_out: bool) -> int:
        """Keep what still fits; returns the length taken, as `write` does."""
        piece = bytes(data)
        room = MAX_PRINTED - len(self.kept)
        self.kept += piece[:room]
        self.dropped += max(0, len(piece) - room)
        self.is_out |= is_out and bool(piece)
        return len(piece)

    def shown(self) -> str:
        """The beginning, and how much more there was."""
        text = bytes(self.kept).decode(errors="replace")
        more = len(text) + self.dropped - MAX_SHOWN
        return text if more <= 0 else f"{text[:MAX_SHOWN]}… ({more:,} more characters)"


class _Stream(io.RawIOBase):
    def __init__(self, printed: Printed, *, is_out: bool) -> None:
        self._printed, self._is_out = printed, is_out

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._printed.take(data, is_out=self._is_out)


@contextmanager
def printing() -> Iterator[Printed]:
    """Replace the standard streams while a student's code runs."""
    printed = Printed()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(_Stream(printed, is_out=is_out), "utf-8", "replace", write_through=True)  # type: ignore[type-var]  # a raw stream is enough
        for is_out in (True, False)
    )
    try:
        yield printed
    finally:
        sys.stdout, sys.stderr = before

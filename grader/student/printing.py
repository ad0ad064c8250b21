"""Keeps what students' code prints: the first 64 KiB, the rest is dropped and counted."""

import io
import sys
from typing import Any, Self

MAX_PRINTED = 64 * 2**10
MAX_SHOWN = 2_000


class Printed:
    """What is printed while a student's code runs; use it as a context manager, again and again.

    Attributes:
        kept, dropped: what was printed this time, and how many bytes more there were.
        is_out: whether anything went to the standard output (warnings go to the other one).
    """

    def __init__(self) -> None:
        self._streams = self._stream(is_out=True), self._stream(is_out=False)

    def __enter__(self) -> Self:
        """Replace the standard streams, and begin anew."""
        self.kept, self.dropped, self.is_out = bytearray(), 0, False
        self._before = sys.stdout, sys.stderr
        if not all(map(_is_open, self._streams)):
            self._streams = self._stream(is_out=True), self._stream(is_out=False)
        sys.stdout, sys.stderr = self._streams
        return self

    def __exit__(self, *_: object) -> None:
        sys.stdout, sys.stderr = self._before

    def _stream(self, *, is_out: bool) -> io.TextIOWrapper:
        raw = _Stream(self, is_out=is_out)
        return io.TextIOWrapper(raw, "utf-8", "replace", write_through=True)  # type: ignore[arg-type]  # a raw stream is enough

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


def _is_open(stream: io.TextIOWrapper) -> bool:
    """Whether students' code has neither closed a stream nor taken it apart."""
    try:
        return not stream.closed
    except ValueError:
        return False


class _Stream(io.RawIOBase):
    def __init__(self, printed: Printed, *, is_out: bool) -> None:
        self._printed, self._is_out = printed, is_out

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._printed.take(data, is_out=self._is_out)

"""Keeps what students' code prints: the first 64 KiB, the rest is dropped and counted.

The streams in place of the standard ones are made once, in the server, for all that it forks.
"""

import io
import sys
from typing import Any, Self

MAX_PRINTED = 64 * 2**10
MAX_SHOWN = 2_000


class Printed:
    """What is printed while a student's code runs; use it as a context manager.

    Attributes:
        kept, dropped: what was printed, and how many bytes more there were.
        is_out: whether anything went to the standard output (warnings go to the other one).
    """

    def __enter__(self) -> Self:
        """Replace the standard streams."""
        self.kept, self.dropped, self.is_out = bytearray(), 0, False
        self._before = sys.stdout, sys.stderr
        _at_work.append(self)
        sys.stdout, sys.stderr = _open_streams()
        return self

    def __exit__(self, *_: object) -> None:
        sys.stdout, sys.stderr = self._before
        _at_work.pop()

    def take(self, data: Any, *, is_out: bool) -> None:
        """Keep what still fits."""
        piece = bytes(data)
        room = MAX_PRINTED - len(self.kept)
        self.kept += piece[:room]
        self.dropped += max(0, len(piece) - room)
        self.is_out |= is_out and bool(piece)

    def shown(self) -> str:
        """The beginning, and how much more there was."""
        text = bytes(self.kept).decode(errors="replace")
        more = len(text) + self.dropped - MAX_SHOWN
        return text if more <= 0 else f"{text[:MAX_SHOWN]}… ({more:,} more characters)"


_at_work: list[Printed] = []
"""Who keeps what is printed now: the last of them."""


class _Stream(io.RawIOBase):
    def __init__(self, *, is_out: bool) -> None:
        self._is_out = is_out

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Pass it on, or drop it where a thread prints after its case."""
        if _at_work:
            _at_work[-1].take(data, is_out=self._is_out)
        return len(data)


def _stream(*, is_out: bool) -> io.TextIOWrapper:
    raw = _Stream(is_out=is_out)
    return io.TextIOWrapper(raw, "utf-8", "replace", write_through=True)  # type: ignore[arg-type]  # a raw stream is enough


_streams = [_stream(is_out=True), _stream(is_out=False)]


def _open_streams() -> list[io.TextIOWrapper]:
    """The streams, made anew if students' code has closed one of them or taken it apart."""
    try:
        are_open = not any(stream.closed for stream in _streams)
    except ValueError:
        are_open = False
    if not are_open:
        _streams[:] = [_stream(is_out=True), _stream(is_out=False)]
    return _streams

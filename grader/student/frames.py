"""Frames: how messages are cut out of a stream, between judge, server and child.

One byte says the kind, four the length, then the payload. Knows nothing of what the payloads mean.
"""

import os
import struct
from collections.abc import Callable
from typing import Literal

import msgspec

HEADER = struct.Struct(">cI")
MAX_REPLY = 16 * 2**20
"""The bytes that one reply of a child may have."""

# What the judge asks of a server, and the server's one answer beside the child's own frames.
JOB, GO, READ, CANARY, STOP, ENDED = b"J", b"G", b"S", b"C", b"X", b"E"
# What a child sends.
PROGRESS, TEST, FORMULA, FILE, INDEX, ATTACKS, BROKEN = b"P", b"T", b"F", b"R", b"I", b"A", b"!"
FROM_CHILD = frozenset({PROGRESS, TEST, FORMULA, FILE, INDEX, ATTACKS, BROKEN})


class Position(msgspec.Struct, frozen=True):
    """The test to begin with: indices into the job."""

    task: int
    test: int


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a child ended, as its server saw it.

    Attributes:
        status: the exit code, or minus the signal.
        why: what the server killed it for, or "".
        cpu_s, wall_s: what it used in all.
        trace: where the interpreter was when a deadline or a crash ended it, as text lines.
    """

    status: int
    why: Literal["", "clock", "too much", "not a reply", "stopped"] = ""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    trace: bytes = b""


class StreamEndedError(Exception):
    """The other side has closed the stream."""


def frame(kind: bytes, payload: bytes) -> bytes:
    """One message, ready to be written."""
    return HEADER.pack(kind, len(payload)) + payload


def write_all(descriptor: int, data: bytes) -> None:
    """Write everything to a blocking descriptor."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def read_frame(receive: Callable[[int], bytes]) -> tuple[bytes, bytes]:
    """Read one message with `receive`, which gives up to so many bytes, or none at the end.

    Raises:
        StreamEndedError: there are no more messages, or the last one is cut off.
    """
    kind, length = HEADER.unpack(_exactly(receive, HEADER.size))
    return kind, _exactly(receive, length)


def _exactly(receive: Callable[[int], bytes], length: int) -> bytes:
    pieces = []
    while length:
        piece = receive(min(length, 2**20))
        if not piece:
            raise StreamEndedError
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)

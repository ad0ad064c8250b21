"""Frames: how messages are cut out of a stream, between judge, server and child.

One byte says the kind, four the length, then the payload. A server is asked for children and told
to end them; what a child is to do and what it replies goes past the server, from judge to child and
back, so that nothing of one submission is ever in the memory that the next one's child inherits.
"""

import os
import struct
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from grader.student.wire import Job, ReadRequest

HEADER = struct.Struct(">cI")
MAX_REPLY = 16 * 2**20
"""The bytes that one reply of a child may have."""
WALL_FACTOR = 3
"""A test may take this many times its CPU seconds by the clock."""
READ_CPU_S = 10.0
"""The CPU seconds that reading one file of a submission may take, and all of them."""

# What the judge asks of a server, which answers each with a frame of the same kind.
NEW, END, WAITED = b"N", b"E", b"W"
LAST_WORDS, MOMENT = b"last words", b"moment"
"""With END: let the interpreter say where it is first; let it end by itself first."""
# What the judge sends a child, once.
ORDER = b"O"
# What a child sends.
PROGRESS, TEST, FORMULA, FILE, INDEX, ATTACKS, BROKEN = b"P", b"T", b"F", b"R", b"I", b"A", b"!"
FROM_CHILD = frozenset({PROGRESS, TEST, FORMULA, FILE, INDEX, ATTACKS, BROKEN})


class Position(msgspec.Struct, frozen=True):
    """The test to begin with: indices into the job."""

    task: int
    test: int


class RunOrder(msgspec.Struct, frozen=True, tag="run"):
    """Run the tests of a job from a position on."""

    job: Job
    start: Position


class ReadOrder(msgspec.Struct, frozen=True, tag="read"):
    """Index the files of a submission."""

    wanted: ReadRequest


class AttackOrder(msgspec.Struct, frozen=True, tag="attack"):
    """Attack the walls.

    Attributes:
        file: a file that the judge has planted, which anybody may read.
        port: a port that the judge listens on.
    """

    file: str
    port: int


Order: TypeAlias = RunOrder | ReadOrder | AttackOrder


class Ended(msgspec.Struct, frozen=True):
    """How a child ended.

    Attributes:
        status: its exit code, or minus the signal.
        cpu_s: the CPU seconds that it used.
        has_gone_on: it was given a moment, and did not end by itself.
    """

    status: int
    cpu_s: float
    has_gone_on: bool = False


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

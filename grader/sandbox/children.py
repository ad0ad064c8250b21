"""One child as seen from the judge: gives it its order, takes its frames, keeps its deadline.

Believes nothing of what it sends, and does not look into it; frames are cut out by length.
"""

import contextlib
import os
import time
from typing import Literal, Self

import msgspec

from grader.sandbox.servers import Server
from grader.student import frames
from grader.student.frames import WALL_FACTOR

WAIT_FACTOR = 3
"""As much longer it may take where the machine is too busy to run it."""
_WORTH_WAITING_S = 0.05
_SLACK = 64 * 2**10  # a child's own limit speaks first, in words
_MAX_TRACE = 8 * 2**10
_PIECE = 2**20

Why = Literal["", "clock", "too much", "not a reply", "closed"]
_FIRST: dict[Why, bytes] = {"clock": frames.LAST_WORDS, "closed": frames.MOMENT}


class End(msgspec.Struct, frozen=True, kw_only=True):
    """How a child ended.

    Attributes:
        status: the exit code, or minus the signal.
        why: what it was killed for, or ""; "closed" where it went on without its stream.
        cpu_s: the CPU seconds that it used in all.
        trace: where the interpreter was when a deadline or a crash ended it, as text lines.
    """

    status: int
    why: Why = ""
    cpu_s: float = 0.0
    trace: bytes = b""


class Child:
    """A child that follows one order; use it as a context manager."""

    def __init__(self, server: Server, order: frames.Order, *, cpu_s: float) -> None:
        """Take a child of the server and send it an order, whose first step may take `cpu_s`."""
        self._server = server
        self._stream, self._trace = server.take()
        self._buffer = bytearray()
        self._why: Why = ""
        self._waited_s = 0.0
        self.step(cpu_s)
        with contextlib.suppress(OSError):  # it has ended already, which its end will tell
            self._stream.settimeout(WALL_FACTOR * cpu_s)
            payload = msgspec.msgpack.encode(order)
            self._stream.sendall(frames.frame(frames.ORDER, payload))
        server.prepare()
        self._is_ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it without asking how, unless that has been asked."""
        try:
            if not self._is_ended:
                self._server.discard()
        finally:
            self._stream.close()
            os.close(self._trace)

    def step(self, cpu_s: float) -> None:
        """A new step begins, with its own time."""
        self._deadline = time.monotonic() + WALL_FACTOR * cpu_s
        self._grace_s = WAIT_FACTOR * WALL_FACTOR * cpu_s

    def receive(self) -> tuple[bytes, bytes] | None:
        """The next frame, or None when the child has ended or must be.

        Raises:
            ServerDiedError: the server is gone, and the child with it.
        """
        while True:
            found = self._complete()
            if found is not None or self._why:
                return found
            piece = self._read()
            if not piece:
                return None
            self._buffer += piece

    def end(self) -> End:
        """End it, if it has not ended, and say how that was.

        Raises:
            ServerDiedError: the server is gone.
        """
        self._is_ended = True
        ended = self._server.end(_FIRST.get(self._why, b""))
        # A child that ends closes its stream as well, and that was its own doing.
        why = "" if self._why == "closed" and not ended.has_gone_on else self._why
        return End(status=ended.status, cpu_s=ended.cpu_s, why=why, trace=self._last_words())

    def _last_words(self) -> bytes:
        """Where the interpreter was, if it has said so."""
        try:
            return os.read(self._trace, _MAX_TRACE)
        except BlockingIOError:
            return b""

    def _complete(self) -> tuple[bytes, bytes] | None:
        """A frame out of what has been read, if there is a whole one."""
        if len(self._buffer) < frames.HEADER.size:
            return None
        kind, length = frames.HEADER.unpack_from(self._buffer)
        if kind not in frames.FROM_CHILD:
            self._why = "not a reply"
        elif length > frames.MAX_REPLY + _SLACK:
            self._why = "too much"
        end = frames.HEADER.size + length
        if self._why or len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[frames.HEADER.size : end])
        del self._buffer[:end]
        return kind, payload

    def _read(self) -> bytes:
        """Some bytes; none at the end of the stream or of the child's time."""
        while True:
            left = self._deadline - time.monotonic()
            if left <= 0 and not self._extended():
                self._why = "clock"
                return b""
            self._stream.settimeout(max(0.001, self._deadline - time.monotonic()))
            try:
                piece = self._stream.recv(_PIECE)
            except TimeoutError:
                continue
            except OSError:
                piece = b""
            if not piece:
                self._why = "closed"
            return piece

    def _extended(self) -> bool:
        """Give back the time in which the child was ready to run and the machine had no room."""
        waited = self._server.waited()
        more = min(waited - self._waited_s, self._grace_s)
        self._waited_s = waited
        if more < _WORTH_WAITING_S:
            return False
        self._grace_s -= more
        self._deadline = time.monotonic() + more
        return True

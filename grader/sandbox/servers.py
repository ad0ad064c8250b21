"""Fork servers as seen from the judge: starts them, speaks with them, ends them.

Knows the frames, and nothing of what is in them.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.errors import SandboxError
from grader.sandbox.bubblewrap import SCRATCH, command, find_bubblewrap
from grader.sandbox.places import Places, places
from grader.student import frames
from grader.student.frames import Ended

START = Path(__file__).parent.parent / "student" / "start.py"
_PRELOAD = ("numpy", "numpy.random", "numpy.linalg", "numpy.fft")
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "PYTHONHASHSEED": "0",  # the order of sets is part of what a submission returns
    # A fork copies one thread: libraries that start more would wait for them for ever.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",  # each arena takes 64 MiB of the address space that a child may have
}
# As `-I`, but for -E: the environment is ours from end to end. No site, no bytecode written.
_FLAGS = ("-s", "-S", "-P", "-B")
_STOP_S = 5.0
_SILENCE_S = 60.0
"""How long a server may be silent; importing torch on a busy machine takes a while."""
NOBODY = 65534


class ServerDiedError(Exception):
    """The server ended or fell silent; the text is what it said last."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A way to start a server.

    Attributes:
        bubblewrap: the program to start it in, or "".
        is_walled: whether children close their own walls (Landlock, seccomp, capabilities).
        is_nobody: whether root gives its identity away first.
    """

    bubblewrap: str = ""
    is_walled: bool = True
    is_nobody: bool = False


def ways() -> Iterator[Way]:
    """All ways that have walls, the strongest first; which of them work here, trying tells."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    for program in (find_bubblewrap() or "", ""):
        for is_nobody in (True, False) if is_root else (False,):
            yield Way(bubblewrap=program, is_nobody=is_nobody)


class Server:
    """One warm process that forks children, of which one works at a time and one may wait.

    Attributes:
        way: how it was started.
    """

    def __init__(self, way: Way, *, extra: tuple[str, ...] = ()) -> None:
        if not hasattr(os, "fork"):
            raise SandboxError(
                f"students' code can not be run on {sys.platform}: it needs a system that can fork"
                " a process; use Linux, macOS or the Windows Subsystem for Linux"
            )
        self.way = way
        self._asked = 0  # children that are asked for and not forked yet
        self._waiting: deque[tuple[socket.socket, int]] = deque()
        self._discarded = 0  # ends that nobody wants to hear of
        # Inside bubblewrap the scratch folder is memory that goes with it.
        self._scratch = "" if way.bubblewrap else tempfile.mkdtemp(prefix="grader-")
        self._stream, theirs = socket.socketpair()
        needed = places(with_torch=bool(extra))
        with theirs, tempfile.TemporaryFile() as said:
            self._said = os.dup(said.fileno())
            settings = self._settings(theirs.fileno(), needed, extra)
            try:
                self._process = self._popen(
                    [*self._command(needed), settings],
                    stderr=said.fileno(),
                    control=theirs.fileno(),
                )
            except (OSError, subprocess.SubprocessError) as error:
                self._clean()
                raise ServerDiedError(str(error)) from error

    def _command(self, needed: Places) -> list[str]:
        start = [needed.interpreter, *_FLAGS, str(START)]
        if not self.way.bubblewrap:
            return start
        return [*command(self.way.bubblewrap, needed), *start]

    def _settings(self, control: int, needed: Places, extra: tuple[str, ...]) -> str:
        return json.dumps(
            {
                "control": control,
                "packages": needed.packages,
                "preload": _PRELOAD + extra,
                "readable": needed.readable() if self.way.is_walled else None,
                "scratch": self._scratch or SCRATCH,
            }
        )

    def _popen(self, arguments: list[str], *, stderr: int, control: int) -> subprocess.Popen[bytes]:
        home = self._scratch or SCRATCH
        nobody = NOBODY if self.way.is_nobody else None
        if nobody is not None and self._scratch:
            os.chown(self._scratch, nobody, nobody)
        return subprocess.Popen(  # noqa: S603  # our own interpreter and script
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=_ENVIRONMENT | {"HOME": home, "TMPDIR": home},
            cwd=self._scratch or "/",
            pass_fds=(control,),
            user=nobody,
            group=nobody,
            extra_groups=None if nobody is None else (),
        )

    def take(self) -> tuple[socket.socket, int]:
        """A child's stream, and the pipe of its last words; both are the caller's to close.

        Raises:
            ServerDiedError: there is nobody to ask.
        """
        if not self._waiting:
            self._ask_for_child()
        while self._asked:
            self._read_reply(frames.NEW)
        return self._waiting.popleft()

    def prepare(self) -> None:
        """Have the next child forked while this one works; it is taken later, or never.

        Without walls none may wait: the one at work could reach it.
        """
        if self.way.is_walled and not self._waiting:
            with contextlib.suppress(ServerDiedError):  # it will be told when the child is taken
                self._ask_for_child()

    def end(self, first: bytes = b"") -> Ended:
        """End the child that was taken first, and everything that it has left.

        Args:
            first: LAST_WORDS or MOMENT, if it may do something before.

        Raises:
            ServerDiedError: there is nobody to ask.
        """
        self._send(frames.END, first)
        return msgspec.msgpack.decode(self._read_reply(frames.END), type=Ended)

    def discard(self) -> None:
        """End the child that was taken first, without waiting to hear how.

        Raises:
            ServerDiedError: without walls, where the child may have killed the server.
        """
        if not self.way.is_walled:
            self.end()
            return
        with contextlib.suppress(ServerDiedError):  # then it has ended already
            self._send(frames.END)
            self._discarded += 1

    def settle(self) -> None:
        """Wait until every child that was discarded is gone, with everything that it has left.

        Raises:
            ServerDiedError: there is nobody to ask.
        """
        while self._discarded:
            self._next_reply()

    def waited(self) -> float:
        """The seconds in which the child that was taken first waited for a CPU.

        Raises:
            ServerDiedError: there is nobody to ask.
        """
        self._send(frames.WAITED)
        return msgspec.msgpack.decode(self._read_reply(frames.WAITED), type=float)

    def _ask_for_child(self) -> None:
        """Make a child's stream and the pipe of its last words, and send it one end of each."""
        ours, theirs = socket.socketpair()
        trace, trace_in = os.pipe()
        os.set_blocking(trace_in, False)  # last words that find no room are dropped
        os.set_blocking(trace, False)  # a child can mail the other end, which then stays open
        try:
            ends = [theirs.fileno(), trace_in]
            socket.send_fds(self._stream, [frames.frame(frames.NEW, b"")], ends)
        except OSError as error:
            ours.close()
            os.close(trace)
            raise self._died() from error
        finally:
            theirs.close()
            os.close(trace_in)
        self._waiting.append((ours, trace))
        self._asked += 1

    def _send(self, kind: bytes, payload: bytes = b"") -> None:
        try:
            self._stream.sendall(frames.frame(kind, payload))
        except OSError as error:
            raise self._died() from error

    def _read_reply(self, wanted: bytes) -> bytes:
        """The next reply of a kind."""
        while True:
            kind, payload = self._next_reply()
            if kind == wanted:
                return payload

    def _next_reply(self) -> tuple[bytes, bytes]:
        """Whatever comes next; children that are there and ends of discarded ones are counted."""
        self._stream.settimeout(_SILENCE_S)
        try:
            kind, payload = frames.read_frame(self._stream.recv)
        except (OSError, frames.StreamEndedError) as error:
            raise self._died() from error
        if kind == frames.NEW:
            self._asked -= 1
        elif kind == frames.END and self._discarded:
            self._discarded -= 1
            return b"", b""
        return kind, payload

    def close(self) -> None:
        """End the server; it ends what it has forked and removes its scratch folder."""
        self._stream.close()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._clean()

    def _clean(self) -> None:
        self._stream.close()
        for stream, trace in self._waiting:
            stream.close()
            os.close(trace)
        os.close(self._said)
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _died(self) -> ServerDiedError:
        self._process.poll()
        last = os.pread(self._said, 4000, 0).decode(errors="replace").strip().splitlines()
        return ServerDiedError(last[-1] if last else "it said nothing")

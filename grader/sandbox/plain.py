"""The seam without fork and without walls: answers run in an ordinary process of their own.

For a student's own machine, where nobody has to be kept out; what runs is limited in time, and in
memory where the system can. Knows nothing of expected values.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from typing import Self

import msgspec

from grader.errors import SandboxError
from grader.model import Walls
from grader.sandbox.children import End, Why
from grader.sandbox.outcomes import JobRun, TaskOutcome
from grader.student import frames
from grader.student.frames import WALL_FACTOR
from grader.student.wire import Asked, Index, Job, Place, ReadRequest, Source, Unread

_COMMAND = ("-B", "-P", "-m", "grader.student.plain")
_START_S = 30.0
_MOMENT_S = 2.0
_TIMED_OUT = b"Timeout ("
_MAX_TRACE = 8 * 2**10
_MAX_UNREADABLE = 3

_encode = msgspec.msgpack.encode


class Plain:
    """One process that runs answers; started again when an answer ends it."""

    walls = Walls.NONE
    walls_note = "your own code, run as an ordinary process with limits on time and memory"

    def __init__(self) -> None:
        self._process = _Process()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.end()

    def read(self, sources: tuple[Source, ...], asked: tuple[Asked, ...] = ()) -> Index:
        """Index a submission; a file that ends its reader is named and left out."""
        unread: list[Unread] = []
        for _ in range(_MAX_UNREADABLE):
            index, culprit = self._read_once(ReadRequest(sources=sources, asked=asked))
            if index is not None:
                return Index(found=index.found, unread=(*index.unread, *unread))
            message = "reading this file took too long; nothing of it was read"
            path = sources[culprit].path if culprit < len(sources) else ""
            unread.append(Unread(place=Place(file=path), message=message))
            sources = tuple(s for number, s in enumerate(sources) if number != culprit)
        return Index(unread=tuple(unread))

    def _read_once(self, wanted: ReadRequest) -> tuple[Index | None, int]:
        self._process.send(frames.ReadOrder(wanted))
        culprit, limit_s = 0, _START_S
        while (found := self._process.receive(limit_s)) is not None:
            kind, payload = found
            if kind == frames.INDEX:
                return msgspec.msgpack.decode(payload, type=Index), culprit
            culprit = msgspec.msgpack.decode(payload, type=int)
            limit_s = frames.READ_CPU_S * WALL_FACTOR + 1
        self._restart()
        return None, culprit

    def run_all(self, jobs: Iterable[Job]) -> Iterator[tuple[TaskOutcome, ...]]:
        """Run jobs one after the other; outcomes in the same order."""
        return map(self.run, jobs)

    def run(self, job: Job) -> tuple[TaskOutcome, ...]:
        """Run all tests of a job; one outcome per task, in order."""
        run = JobRun(job)
        while run.position is not None:
            run.begin()
            self._process.send(frames.RunOrder(job=job, start=run.position))
            self._follow(job, run)
        return run.outcomes()

    def _follow(self, job: Job, run: JobRun) -> None:
        while run.position is not None and not run.is_spoiled:
            limit_s = job.tasks[run.position.task].cpu_s * WALL_FACTOR + _START_S
            found = self._process.receive(limit_s)
            if found is None:
                break
            run.take(*found)
        if run.position is not None:
            end = self._process.end()
            self._restart()
            run.end(end)

    def _restart(self) -> None:
        self._process.end()
        self._process = _Process()


class _Process:
    """A process with its streams; what it says last goes into a file."""

    def __init__(self) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  # closed in `end`
        self._folder = tempfile.mkdtemp(prefix="grader-")  # what a process that is ended leaves
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, *_COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={**os.environ, **limits, "PYTHONHASHSEED": "0", "TMPDIR": self._folder},
        )
        self._end: End | None = None
        self._is_late = False
        self._is_open, self._has_gone_on = True, False

    def send(self, order: frames.Order) -> None:
        """Give an order.

        Raises:
            SandboxError: the process can not be reached.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(frames.frame(frames.ORDER, _encode(order)))
            self._process.stdin.flush()
        except OSError as error:
            said = self.end().trace.decode(errors="replace").strip().splitlines()
            last = said[-1] if said else "it said nothing"
            raise SandboxError(f"the process that runs answers ended: {last}") from error

    def receive(self, limit_s: float) -> tuple[bytes, bytes] | None:
        """The next reply, or None when the process has ended; it is ended after `limit_s`."""
        assert self._process.stdout is not None
        watchdog = threading.Timer(limit_s, self._kill)
        watchdog.start()
        try:
            return frames.read_frame(self._process.stdout.read)
        except (OSError, frames.StreamEndedError):
            self._is_open = False
            return None
        finally:
            watchdog.cancel()

    def end(self) -> End:
        """End the process, and tell how it ended."""
        if self._end is None:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            ended = self._waited()
            self._process.stdout.close()
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            self._said.seek(0)
            trace = self._said.read(_MAX_TRACE)
            self._said.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            is_late = self._is_late or trace.startswith(_TIMED_OUT)
            why: Why = "clock" if is_late else "closed" if self._has_gone_on else ""
            self._end = End(status=ended, why=why, trace=trace)
        return self._end

    def _kill(self) -> None:
        self._is_late = True
        self._process.kill()

    def _waited(self) -> int:
        """The exit status; a process that has closed its streams gets a moment to end by itself."""
        try:
            return self._process.wait(0 if self._is_open else _MOMENT_S)
        except subprocess.TimeoutExpired:
            self._has_gone_on = not self._is_open
            self._process.kill()
            return self._process.wait()

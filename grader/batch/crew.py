"""The stations of this machine: started from the main thread, one thread of the judge for each.

A station that dies costs nobody else's work: its submission is graded once more on a new one.
Knows bytes; nothing of what is in them beyond that a reply is a `Done`.
"""

import os
import queue
import shutil
import socket
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from grader.batch.setup import READY, REFUSED, SETUP, SUBMISSION, Done, Ready
from grader.errors import SandboxError
from grader.model import decode, encode
from grader.student.frames import StreamEndedError, frame, read_frame
from grader.submission import Submission

_STATION = "grader.batch.station"
_STOP_S = 5.0
_TRIES = 2


class Crew(Protocol):
    """Those who grade: bytes of a submission go in, bytes of a `Done` come back.

    Attributes:
        size: how many submissions they grade at a time.
    """

    size: int

    def ready(self) -> Ready:
        """What holds student code in."""

    def submit(self, submission: bytes) -> "Future[bytes]":
        """Hand one submission over."""

    def close(self) -> None:
        """End all of them at once; what they were doing is dropped."""


class StationDiedError(Exception):
    """A station ended in the middle of its work."""


class StationProcess:
    """One station as seen from the judge."""

    def __init__(self, setup: bytes, scratch: Path) -> None:
        """Start it; it gets ready while the judge does other work."""
        scratch.mkdir(mode=0o700, parents=True)
        self._scratch = scratch
        self._ready: Ready | None = None
        self._stream, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                [sys.executable, "-P", "-m", _STATION, str(theirs.fileno()), str(scratch)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # ctrl-C is the judge's to handle
            )
        # The first send must not wait for a station that is still importing.
        threading.Thread(target=self._introduce, args=(setup,), daemon=True).start()

    def _introduce(self, setup: bytes) -> None:
        try:
            self._stream.sendall(frame(SETUP, setup))
        except OSError:
            return  # it is gone; whoever asks it next is told

    def ready(self) -> Ready:
        """Its first word.

        Raises:
            SandboxError: it can not build the walls that are wanted.
            StationDiedError: it ended instead.
        """
        if self._ready is None:
            kind, payload = self._receive()
            if kind == REFUSED:
                raise SandboxError(payload.decode(errors="replace"))
            assert kind == READY
            self._ready = decode(payload, Ready)
        return self._ready

    def grade(self, submission: bytes) -> bytes:
        """Have one submission graded.

        Raises:
            StationDiedError: it ended in the middle.
        """
        self.ready()
        try:
            self._stream.sendall(frame(SUBMISSION, submission))
        except OSError as error:
            raise StationDiedError(self._how_it_ended()) from error
        return self._receive()[1]

    def _receive(self) -> tuple[bytes, bytes]:
        try:
            return read_frame(self._stream.recv)
        except (StreamEndedError, OSError) as error:
            raise StationDiedError(self._how_it_ended()) from error

    def _how_it_ended(self) -> str:
        try:
            status = self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            return "it closed its stream"
        return f"signal {-status}" if status < 0 else f"exit code {status}"

    def stop(self) -> None:
        """Tell it to end, without waiting: its walls go with it."""
        self._process.terminate()

    def close(self) -> None:
        """See that nothing of it is left."""
        self.stop()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stream.close()
        shutil.rmtree(self._scratch, ignore_errors=True)


class LocalCrew:
    """Stations on this machine, behind an executor of as many threads.

    Attributes:
        size: how many stations there are.
    """

    def __init__(self, setup: bytes, *, jobs: int, scratch: Path) -> None:
        """Start all stations.

        Args:
            scratch: a folder of this run alone; removed at the end.
        """
        self.size = jobs
        self._setup, self._scratch, self._started = setup, scratch, 0
        self._is_closing = False
        self._stations = [self._start() for _ in range(jobs)]
        self._idle: queue.SimpleQueue[StationProcess] = queue.SimpleQueue()
        for station in self._stations:
            self._idle.put(station)
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="station")

    def ready(self) -> Ready:
        """What holds student code in, as the first station says."""
        try:
            return self._stations[0].ready()
        except StationDiedError as error:
            raise SandboxError(f"a grading process ended before it was ready: {error}") from error

    def submit(self, submission: bytes) -> Future[bytes]:
        """Hand one submission to the next station that is free."""
        return self._threads.submit(self.grade, submission)

    def close(self) -> None:
        """End all stations at once and leave nothing behind."""
        self._is_closing = True
        for station in self._stations:
            station.stop()
        self._threads.shutdown(cancel_futures=True)
        for station in self._stations:
            station.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _start(self) -> StationProcess:
        self._started += 1
        return StationProcess(self._setup, self._scratch / str(self._started))

    def grade(self, submission: bytes) -> bytes:
        """Have one submission graded by the next station that is free; waits for it."""
        station = self._idle.get()
        ending = ""
        try:
            for _ in range(_TRIES):
                try:
                    return station.grade(submission)
                except StationDiedError as error:
                    ending = str(error)
                    station = self._replaced(station)
            return encode(_died(submission, ending))
        finally:
            self._idle.put(station)

    def _replaced(self, dead: StationProcess) -> StationProcess:
        dead.close()
        if self._is_closing:
            raise StationDiedError("the run is ending")
        fresh = self._start()
        self._stations[self._stations.index(dead)] = fresh
        return fresh


def _died(submission: bytes, ending: str) -> Done:
    return Done(
        student=decode(submission, Submission).student,
        trouble=f"the grading process ended twice on this submission ({ending}); the machine may"
        " have run out of memory",
    )


def own_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""The fork server: imports once, then forks one child per run and watches it until it is gone.

It executes nothing of a student's itself, takes no decision about marks, and believes nothing that
a child sends: frames are passed on by length. Knows inputs and answers; no expected values.
"""

import contextlib
import gc
import os
import select
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import msgspec

from grader.student import frames
from grader.student.canary import Target
from grader.student.child import DEADLINE_SIGNAL, READ_CPU_S, Child
from grader.student.frames import Ended, Position
from grader.student.rehearsal import rehearse
from grader.student.walls import Walls
from grader.student.wire import Job, ReadRequest, Source

WALL_FACTOR = 3
"""A test may take this many times its CPU seconds by the clock."""
WAIT_FACTOR = 3
"""As much longer it may take where the machine is too busy to run it."""
_WORTH_WAITING_S = 0.05
_SLACK = 64 * 2**10  # a child's own limit speaks first, in words
_LAST_WORDS_S = 0.3
_SWEEP_S = 5.0
_MAX_TRACE = 8 * 2**10
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


def serve(
    control: int, *, scratch: str, preload: list[str], readable: list[str] | None = None
) -> None:
    """Answer the judge until it closes the control stream, then leave nothing behind.

    Args:
        control: the descriptor of the control stream.
        scratch: an empty folder.
        preload: the packages to import before the first fork.
        readable: the files and folders that children may read; None for no walls.
    """
    for name in preload:
        import_module(name)
    walls = None if readable is None else Walls([*readable, scratch])
    _adopt_orphans()
    rehearse()
    # What lives now is never collected, so children share its pages until they write to it.
    gc.collect()
    gc.freeze()
    gc.disable()
    with socket.socket(fileno=control) as stream:
        server = _Server(stream, scratch, walls)
        with contextlib.suppress(frames.StreamEndedError, ConnectionError):
            while True:
                server.answer(*frames.read_frame(stream.recv))
    shutil.rmtree(scratch, ignore_errors=True)


class _Server:
    def __init__(self, stream: socket.socket, scratch: str, walls: Walls | None) -> None:
        self._stream, self._scratch, self._walls = stream, scratch, walls
        self._children = 0
        self._job: Job | None = None
        self._memory = _address_space()

    def answer(self, kind: bytes, payload: bytes) -> None:
        """Do what one frame of the judge asks."""
        if kind == frames.JOB:
            self._job = msgspec.msgpack.decode(payload, type=Job)
        elif kind == frames.GO and self._job is not None:
            job, start = self._job, msgspec.msgpack.decode(payload, type=Position)
            self._watch(
                lambda child: child.run_job(job, start), job.sources, list(_limits(job, start))
            )
        elif kind == frames.READ:
            wanted = msgspec.msgpack.decode(payload, type=ReadRequest)
            limits = [READ_CPU_S] * (len(wanted.sources) + 1)
            self._watch(lambda child: child.read(wanted), (), limits)
        elif kind == frames.CANARY:
            target = msgspec.msgpack.decode(payload, type=Target)
            self._watch(lambda child: child.attack(target), (), [READ_CPU_S])

    def _watch(
        self, live: Callable[[Child], None], sources: tuple[Source, ...], limits: list[float]
    ) -> None:
        """Fork a child in a scratch folder of its own, and report how it ended."""
        self._children += 1
        folder = f"{self._scratch}/{self._children}"
        os.mkdir(folder, 0o700)  # noqa: PTH102  # as in `_write`
        try:
            _write(folder, sources)
            ended = self._fork(live, folder, limits)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        self._stream.sendall(frames.frame(frames.ENDED, msgspec.msgpack.encode(ended)))

    def _fork(self, live: Callable[[Child], None], folder: str, limits: list[float]) -> Ended:
        replies, replies_in = os.pipe()
        trace, trace_in = os.pipe()
        os.set_blocking(replies, False)
        os.set_blocking(trace, False)
        os.set_blocking(trace_in, False)  # last words that find no room are dropped
        pid = os.fork()
        if pid == 0:
            _live(
                live,
                Child(
                    replies=replies_in,
                    trace=trace_in,
                    server_memory=self._memory,
                    folder=folder,
                    walls=self._walls,
                ),
            )
        os.close(replies_in)
        os.close(trace_in)
        try:
            return _Watch(self._stream, pid, replies, trace, limits).until_gone()
        finally:
            os.close(replies)
            os.close(trace)


def _live(live: Callable[[Child], None], child: Child) -> NoReturn:
    """The child's whole life; it must never come back into the server's loop."""
    try:
        live(child)
    finally:
        os._exit(1)


class _Watch:
    """Follows one child: passes its frames on, keeps the deadlines, and ends it as a whole."""

    def __init__(
        self, stream: socket.socket, pid: int, replies: int, trace: int, limits: list[float]
    ) -> None:
        self._stream, self._pid, self._replies, self._trace = stream, pid, replies, trace
        self._limits = limits  # CPU seconds of each step that the child may still announce
        self._buffer = bytearray()
        self._began = time.monotonic()
        self._deadline = self._began + WALL_FACTOR * limits[0]
        self._grace_s = WAIT_FACTOR * WALL_FACTOR * limits[0]
        self._waited_s = 0.0
        self._poll = select.poll()
        self._poll.register(replies, select.POLLIN)
        self._poll.register(stream, select.POLLIN)
        self._end = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
        if self._end >= 0:
            self._poll.register(self._end, select.POLLIN)

    def until_gone(self) -> Ended:
        """Watch until the child has ended or must be ended; nothing of it is left then."""
        why = ""
        try:
            why = self._follow()
            if why == "clock":
                self._ask_for_last_words()
        finally:
            status, cpu_s = self._end_it()
            if self._end >= 0:
                os.close(self._end)
        if not why:
            why = self._pass_on()  # what it wrote before it ended
        return Ended(
            status=status,
            why=why,  # type: ignore[arg-type]  # one of the literals: see `_follow` and `_pass_on`
            cpu_s=cpu_s,
            wall_s=time.monotonic() - self._began,
            trace=_read_some(self._trace),
        )

    def _follow(self) -> str:
        """Pass frames on until the child ends ("") or has to be killed (why)."""
        while True:
            left = self._deadline - time.monotonic()
            ready = self._poll.poll(max(0, left) * 1000 + 1) if left > 0 else []
            if not ready and not self._extended():
                return "clock"
            descriptors = {descriptor for descriptor, _ in ready}
            if self._stream.fileno() in descriptors:
                return "stopped"  # the judge has seen enough, or is gone
            if self._replies in descriptors:
                why = self._pass_on()
                if why or self._is_closed:
                    return why
            elif self._end in descriptors:
                return ""

    _is_closed = False

    def _pass_on(self) -> str:
        """Read what there is, and hand complete frames to the judge."""
        while True:
            try:
                piece = os.read(self._replies, 2**20)
            except BlockingIOError:
                return ""
            if not piece:
                self._is_closed = True
                return ""
            self._buffer += piece
            why = self._complete()
            if why:
                return why

    def _complete(self) -> str:
        while len(self._buffer) >= frames.HEADER.size:
            kind, length = frames.HEADER.unpack_from(self._buffer)
            if kind not in frames.FROM_CHILD:
                return "not a reply"
            if length > frames.MAX_REPLY + _SLACK:
                return "too much"
            end = frames.HEADER.size + length
            if len(self._buffer) < end:
                return ""
            if kind in (frames.PROGRESS, frames.FILE) and not self._step():
                return "not a reply"
            self._stream.sendall(self._buffer[:end])
            del self._buffer[:end]
        return ""

    def _step(self) -> bool:
        """A test begins: give it its own time. False when there are more than the job has."""
        if not self._limits:
            return False
        limit = WALL_FACTOR * self._limits.pop(0)
        self._deadline = time.monotonic() + limit
        self._grace_s = WAIT_FACTOR * limit
        return True

    def _extended(self) -> bool:
        """Give back the time in which the child was ready to run and the machine had no room."""
        waited = _waited(self._pid)
        more = min(waited - self._waited_s, self._grace_s)
        self._waited_s = waited
        if more < _WORTH_WAITING_S:
            return False
        self._grace_s -= more
        self._deadline = time.monotonic() + more
        return True

    def _ask_for_last_words(self) -> None:
        """Let the interpreter say on which line it is, before the end."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, DEADLINE_SIGNAL)
        if self._end >= 0:
            only = select.poll()
            only.register(self._end, select.POLLIN)
            only.poll(_LAST_WORDS_S * 1000)

    def _end_it(self) -> tuple[int, float]:
        """Kill the child, its session and everything that it left behind; reap all.

        Returns:
            The exit code or minus the signal, and the CPU seconds.
        """
        # The child is not reaped yet, so that its number can not belong to anybody else.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)  # before it had a session of its own
        _, status, usage = os.wait4(self._pid, 0)
        _sweep()
        return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime


def _limits(job: Job, start: Position) -> Iterator[float]:
    """The CPU seconds of each test from `start` on."""
    for number in range(start.task, len(job.tasks)):
        task = job.tasks[number]
        first = start.test if number == start.task else 0
        yield from [task.cpu_s] * (len(task.tests) - first)


def _write(folder: str, sources: tuple[Source, ...]) -> None:
    for source in sources:
        path = f"{folder}/{source.path}"
        if "/" in source.path:
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120  # pathlib takes longer, and this is done for each run
        with open(path, "xb") as file:  # noqa: PTH123  # as above; "x": two names of one file are an error of ours
            file.write(source.data)


def _read_some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _MAX_TRACE)
    except BlockingIOError:
        return b""


# --- processes ----------------------------------------------------------------------------------


def _adopt_orphans() -> None:
    """Become the parent of what children leave behind, so that it can be found and killed."""
    if Path("/proc/self/task").exists():
        import ctypes

        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _sweep() -> None:
    """Kill and reap every process that a child left behind, however it left its session."""
    until = time.monotonic() + _SWEEP_S
    while time.monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            for stray in _children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(stray, signal.SIGKILL)
            time.sleep(0.001)
    raise TimeoutError("processes that a child left behind can not be ended")


def _children() -> list[int]:
    """The processes whose parent we are now."""
    return [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if _parent(entry / "stat") == os.getpid()
    ]


def _parent(stat: Path) -> int:
    with contextlib.suppress(OSError):  # it may end while we look
        return int(stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1])
    return 0


def _waited(pid: int) -> float:
    """The seconds in which a process was ready to run and waited for a CPU; 0 where unknown."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    return 0.0


def _address_space() -> int:
    """The bytes of address space in use, or 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        return int(pages) * os.sysconf("SC_PAGESIZE")
    return 0

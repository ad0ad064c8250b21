"""The fork server: imports once, then forks children and ends them when the judge says so.

It executes nothing of a student's and sees nothing of one: orders and replies go through sockets
that it hands to the judge. So a child inherits nothing of the submissions before it.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import time
from collections import deque
from importlib import import_module
from pathlib import Path

import msgspec

from grader.student import frames
from grader.student.child import DEADLINE_SIGNAL, Child, Doors
from grader.student.frames import Ended
from grader.student.rehearsal import rehearse
from grader.student.walls import Walls

_MOMENT_S = 0.3
_SWEEP_S = 5.0
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
    _refuse_threads()
    low = os.dup(control)  # a high number is beyond the limit that children have
    os.close(control)
    with socket.socket(fileno=low) as stream:
        server = _Server(stream, scratch, Doors(low, walls))
        gc.collect()
        gc.disable()
        with contextlib.suppress(frames.StreamEndedError, ConnectionError):
            while True:
                server.answer()
        server.end_all()
    _remove_tree(scratch)


class _Running(msgspec.Struct):
    """A child that has not been ended: its process, and the folder that it may have made."""

    pid: int
    folder: str


class _Server:
    def __init__(self, stream: socket.socket, scratch: str, doors: Doors) -> None:
        self._stream, self._scratch, self._doors = stream, scratch, doors
        self._running: deque[_Running] = deque()
        self._forked = 0
        self._ends: list[int] = []

    def answer(self) -> None:
        """Do what the next frame of the judge asks; END and WAITED are about the oldest child.

        Raises:
            StreamEndedError: the judge has gone.
        """
        kind, payload = frames.read_frame(self._receive)
        if kind == frames.NEW:
            self._fork(*self._ends)
            self._ends = []
            self._reply(frames.NEW, b"")
        elif kind == frames.END:
            ended = self._end(self._running.popleft(), first=payload)
            self._reply(frames.END, msgspec.msgpack.encode(ended))
        elif kind == frames.WAITED:
            waited = _waited(self._running[0].pid)
            self._reply(frames.WAITED, msgspec.msgpack.encode(waited))

    def end_all(self) -> None:
        """The judge has gone: nobody wants to know how they end."""
        while self._running:
            self._end(self._running.popleft())

    def _reply(self, kind: bytes, payload: bytes) -> None:
        self._stream.sendall(frames.frame(kind, payload))

    def _receive(self, size: int) -> bytes:
        """Some bytes, and aside the descriptors that come with them."""
        data, ends, _, _ = socket.recv_fds(self._stream, size, 2)
        self._ends += ends
        return data

    def _fork(self, stream: int, trace: int) -> None:
        """Fork a child that has the judge's stream and the pipe for its last words."""
        self._forked += 1
        folder = f"{self._scratch}/{self._forked}"
        child = Child(stream=stream, trace=trace, folder=folder, doors=self._doors)
        self._doors.count_processes()
        # What lives now is never collected, so that the child shares its pages until it writes.
        gc.freeze()
        pid = os.fork()
        if pid == 0:
            try:
                child.live()
            finally:
                os._exit(1)  # it must never come back into the server's loop
        self._running.append(_Running(pid, folder))
        os.close(stream)
        os.close(trace)

    def _end(self, child: _Running, *, first: bytes = b"") -> Ended:
        """Kill a child, its session and everything that it left behind; remove its folder.

        Args:
            child: what to end.
            first: LAST_WORDS or MOMENT, if it may do something before.
        """
        if first == frames.LAST_WORDS:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, DEADLINE_SIGNAL)
        has_gone_on = bool(first) and not _ends_soon(child.pid)
        # It is not reaped yet, so that its number can not belong to anybody else.
        try:
            os.kill(child.pid, signal.SIGKILL)
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # it has no session of its own yet, or nobody is left in it
        _, status, usage = os.wait4(child.pid, 0)
        if not self._doors.hold_processes:
            self._sweep()  # else it could start no processes
        _remove(child.folder)
        cpu_s = usage.ru_utime + usage.ru_stime
        return Ended(os.waitstatus_to_exitcode(status), cpu_s, has_gone_on)

    def _sweep(self) -> None:
        """Kill and reap every process that a child left behind, however it left its session."""
        if not self._running:  # else it might be one of them that is reaped here
            try:
                os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
        self._sweep_strays({child.pid for child in self._running})

    def _sweep_strays(self, ours: set[int]) -> None:
        until = time.monotonic() + _SWEEP_S
        while strays := _children() - ours:
            for stray in strays:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(stray, signal.SIGKILL)
                os.waitpid(stray, os.WNOHANG)
            if time.monotonic() > until:
                raise TimeoutError("processes that a child left behind can not be ended")


def _ends_soon(pid: int) -> bool:
    """Wait a moment for a child's end; whether it came, and yes where that can not be known."""
    if not hasattr(os, "pidfd_open"):
        return True
    end = os.pidfd_open(pid)
    waiting = select.poll()
    waiting.register(end, select.POLLIN)
    came = waiting.poll(_MOMENT_S * 1000)
    os.close(end)
    return bool(came)


def _remove(folder: str) -> None:
    """Remove a scratch folder; nearly always it holds a few files and nothing else."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                os.unlink(entry.path)  # noqa: PTH108  # pathlib takes longer, and this is done for each run
        os.rmdir(folder)  # noqa: PTH106  # as above
    except FileNotFoundError:
        pass  # it had no order
    except OSError:
        _remove_tree(folder)


def _remove_tree(folder: str) -> None:
    import shutil  # not before: it brings compressors, which each child would be forked with

    shutil.rmtree(folder, ignore_errors=True)


# --- processes ----------------------------------------------------------------------------------


def _refuse_threads() -> None:
    """A fork copies one thread, and a child would wait for the others for ever."""
    threads = Path("/proc/self/task")
    if threads.exists() and len(list(threads.iterdir())) > 1:
        raise RuntimeError("a library has started threads; nothing can be forked safely")


def _adopt_orphans() -> None:
    """Become the parent of what children leave behind, so that it can be found and killed."""
    if Path("/proc/self/task").exists():
        import ctypes

        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _children() -> set[int]:
    """The processes whose parent we are now."""
    return {
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if _parent(entry / "stat") == os.getpid()
    }


def _parent(stat: Path) -> int:
    with contextlib.suppress(OSError):  # it may end while we look
        return int(stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1])
    return 0


def _waited(pid: int) -> float:
    """The seconds in which a process was ready to run and waited for a CPU; 0 where unknown."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    return 0.0

"""Attacks the walls from inside, once at the start, and says which attacks succeeded.

Features of a system lie, attempts do not. Everything attempted is harmless where it succeeds: it
aims at a planted file, a port that the judge listens on, and processes of the sandbox itself.
"""

import ctypes
import os
import socket
from collections.abc import Callable
from pathlib import Path

SEE_FILES, SEE_PROCESSES = "see which files there are", "see the machine's processes"
SOCKETS, PROCESSES, PROGRAMS = "open a socket", "start processes", "run programs"
NAMESPACES = "make namespaces"


def attack(file: str, port: int) -> tuple[str, ...]:
    """What can be done from here that must not be possible, in words.

    Args:
        file: planted by the judge; anybody may read it.
        port: the judge listens on it.
    """
    attempts: dict[str, Callable[[], object]] = {
        "read the judge's files": lambda: Path(file).read_bytes(),
        "list the judge's folders": lambda: os.listdir(Path(file).parent),  # noqa: PTH208  # an error must show now
        "write to the judge's files": lambda: _write(file),
        "change the judge's files": lambda: Path(file).chmod(0o644),
        SEE_FILES: lambda: os.stat(file),  # noqa: PTH116  # as above
        SEE_PROCESSES: lambda: os.listdir("/proc"),  # noqa: PTH208  # as above
        "use the network": lambda: socket.create_connection(("127.0.0.1", port), 1).close(),
        SOCKETS: lambda: socket.socket(socket.AF_UNIX).close(),
        "signal other processes": lambda: os.kill(os.getppid(), 0),
        "read the server's memory": lambda: _touch(f"/proc/{os.getppid()}/mem"),
        "trace the server": _trace,
        PROCESSES: _fork,
        PROGRAMS: _run_program,
        "write files": lambda: _write("planted"),
        NAMESPACES: lambda: _checked(ctypes.CDLL(None, use_errno=True).unshare(0x10000000)),
    }
    return tuple(name for name, attempt in attempts.items() if _succeeds(attempt))


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, AttributeError):
        return False
    return True


def _write(path: str) -> None:
    with open(path, "ab"):  # noqa: PTH123  # adds nothing; opening is the attempt
        pass


def _touch(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY))


def _trace() -> None:
    """Attach to the server, without stopping it; our own end lets go again."""
    seize = 0x4206
    _checked(ctypes.CDLL(None, use_errno=True).ptrace(seize, os.getppid(), 0, 0))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
    os.wait()


def _run_program() -> None:
    """Run a program in a child; where no child can be had, none can be run."""
    status = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(status, 0)


def _checked(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")

"""Fork servers as seen from the judge: starts them, speaks with them, ends them.

Knows the frames, and nothing of what is in them.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from grader.errors import SandboxError
from grader.student import frames

START = Path(__file__).parent.parent / "student" / "start.py"
OURS = ("grader", "msgspec", "numpy", "yaml")
TORCH = (
    *("torch", "torchgen", "functorch", "typing_extensions", "sympy", "mpmath", "networkx"),
    *("filelock", "fsspec", "jinja2", "markupsafe", "setuptools"),
)
_PRELOAD = ("numpy", "numpy.random", "numpy.linalg", "numpy.fft")
_PRELOAD_TORCH = ("torch",)
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


class ServerDiedError(Exception):
    """The server ended or fell silent; the text is what it said last."""


class Server:
    """One warm process that forks children; one job at a time."""

    def __init__(self, *, with_torch: bool = False) -> None:
        if not hasattr(os, "fork"):
            raise SandboxError(
                f"students' code can not be run on {sys.platform}: it needs a system that can fork"
                " a process; use Linux, macOS or the Windows Subsystem for Linux"
            )
        self._scratch = tempfile.mkdtemp(prefix="grader-")
        self._stream, theirs = socket.socketpair()
        with theirs, tempfile.TemporaryFile() as said:
            self._said = os.dup(said.fileno())
            preload = _PRELOAD + (_PRELOAD_TORCH if with_torch else ())
            names = OURS + (TORCH if with_torch else ())
            arguments = [str(theirs.fileno()), _folders(names), self._scratch, *preload]
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and script
                [sys.executable, *_FLAGS, str(START), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env=_ENVIRONMENT | {"HOME": self._scratch, "TMPDIR": self._scratch},
                cwd=self._scratch,
                pass_fds=(theirs.fileno(),),
            )

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        """Ask for something.

        Raises:
            ServerDiedError: there is nobody to ask.
        """
        try:
            self._stream.sendall(frames.frame(kind, payload))
        except OSError as error:
            raise self._died() from error

    def receive(self, silence_s: float) -> tuple[bytes, bytes]:
        """The next frame, which has to come within `silence_s` seconds.

        Raises:
            ServerDiedError: it did not come.
        """
        self._stream.settimeout(silence_s)
        try:
            return frames.read_frame(self._stream.recv)
        except (OSError, frames.StreamEndedError) as error:
            raise self._died() from error

    def close(self) -> None:
        """End the server; it ends what it has forked and removes its scratch folder."""
        self._stream.close()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._said)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _died(self) -> ServerDiedError:
        self._process.poll()
        last = os.pread(self._said, 4000, 0).decode(errors="replace").strip().splitlines()
        return ServerDiedError(last[-1] if last else "it said nothing")


def _folders(names: tuple[str, ...]) -> str:
    """The folder that holds each package, as JSON; what is not installed is left out."""
    specs = ((name, find_spec(name)) for name in names)
    return json.dumps(
        {name: str(_home(spec.origin)) for name, spec in specs if spec and spec.origin}
    )


def _home(origin: str) -> Path:
    path = Path(origin)
    return path.parent.parent if path.name == "__init__.py" else path.parent

"""Stations on a Dask cluster that somebody else has started.

Submissions travel as bytes and come back as bytes; the setup is sent once to every worker, which
keeps its stations, processes of their own, from one submission to the next. Dask is imported only
here, and only when it is asked for.
"""

import functools
import hashlib
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.crew import LocalCrew
from grader.batch.setup import Ready
from grader.errors import UsageError
from grader.model import decode, encode

if TYPE_CHECKING:
    from concurrent.futures import Future

    from distributed import Worker

_CONNECT_S = 20.0
_LOST_WORKERS = 3
"""How many workers may be lost under one submission before it counts as not graded."""


class DaskCrew:
    """The workers of a cluster, behind the executor that Dask gives.

    Attributes:
        size: how many submissions they grade at a time.
    """

    def __init__(self, setup: bytes, *, address: str) -> None:
        """Connect, and send the setup to all workers.

        Raises:
            UsageError: Dask is not installed, nobody answers at the address, or nobody works there.
        """
        try:
            from distributed import Client
        except ImportError as error:
            raise UsageError(
                "--executor dask needs Dask, which is not installed: pip install distributed"
            ) from error
        try:
            self._client = Client(address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise UsageError(f"--scheduler {address}: nobody answers there ({error})") from error
        threads = self._client.nthreads()
        if not threads:
            self._client.close()
            raise UsageError(f"--scheduler {address}: the cluster has no workers; start some")
        self.size = sum(threads.values())
        self._key = hashlib.blake2b(setup, digest_size=16).hexdigest()
        self._setup = self._client.scatter(setup, broadcast=True)
        self._executor = self._client.get_executor(pure=False, retries=_LOST_WORKERS)

    def ready(self) -> Ready:
        """What holds student code in, as one worker says."""
        said = self._executor.submit(_ready_there, self._key, self._setup)
        ready: bytes = said.result()
        return decode(ready, Ready)

    def submit(self, submission: bytes) -> "Future[bytes]":
        """Hand one submission to the cluster; it goes to another worker if its own is lost."""
        future: Future[bytes] = self._executor.submit(
            _grade_there, self._key, self._setup, submission
        )
        return future

    def close(self) -> None:
        """Drop what is under way, end the stations of this run and let the cluster go."""
        self._executor.shutdown(wait=False)
        self._client.run(_close_there, self._key, on_error="ignore")
        self._client.close()


# --- on a worker --------------------------------------------------------------------------------


class _Here:
    """The stations of this worker; one run at a time."""

    def __init__(self) -> None:
        self._key = ""
        self._crew: LocalCrew | None = None
        self._lock = threading.Lock()

    def crew(self, key: str, setup: bytes) -> LocalCrew:
        """The stations of a run, started if they are not there; those of an earlier run end."""
        with self._lock:
            if self._crew is None or self._key != key:
                self.close(self._key)
                # Of a worker that is killed, the next one on its machine removes the folder.
                worker = _worker()
                scratch = Path(tempfile.mkdtemp(prefix="grader-", dir=worker.local_directory))
                self._crew = LocalCrew(setup, jobs=worker.state.nthreads, scratch=scratch)
                self._key = key
            return self._crew

    def close(self, key: str) -> None:
        """End the stations of a run, if they are there."""
        if self._crew is not None and self._key == key:
            self._crew.close()
            self._crew = None


@functools.cache
def _here() -> _Here:
    return _Here()


def _worker() -> "Worker":
    from distributed import get_worker

    return get_worker()


def _ready_there(key: str, setup: bytes) -> bytes:
    return encode(_here().crew(key, setup).ready())


def _grade_there(key: str, setup: bytes, submission: bytes) -> bytes:
    return _here().crew(key, setup).grade(submission)


def _close_there(key: str) -> None:
    _here().close(key)

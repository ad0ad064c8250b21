"""Opens the gradebook's file: for its owner alone, one writer at a time, errors as sentences.

Knows files, locks and SQLite's error names; nothing of what the tables hold.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from grader.errors import GradebookError

_BUSY_S = 10.0
_ADVICE = {
    "SQLITE_FULL": "the disk is full; what was stored before is kept. Make room and run the same"
    " command again: it goes on where it stopped",
    "SQLITE_BUSY": "another program holds it; close that program (a database browser, another run)"
    " and run the same command again",
    "SQLITE_LOCKED": "another program holds it; close that program and run the same command again",
    "SQLITE_READONLY": "it can not be written; check who owns the file and its folder",
    "SQLITE_CANTOPEN": "it can not be opened; check that the folder is there and is yours",
    "SQLITE_IOERR": "the disk refused to read or write, as one that is full does; what was stored"
    " before is kept. Check the disk and run the same command again",
    "SQLITE_NOTADB": "it is damaged or is no gradebook; move it away, and the next run makes a new"
    " one. `sqlite3 FILE .recover` saves what is legible of it, overrides included",
}
_ADVICE["SQLITE_CORRUPT"] = _ADVICE["SQLITE_NOTADB"]


@contextlib.contextmanager
def speaking(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences that name the file and the next step."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        primary = "_".join(name.split("_")[:2])
        advice = _ADVICE.get(primary, f"SQLite says {error} ({name or type(error).__name__})")
        raise GradebookError(f"{path}: {advice}") from error


def connect(path: Path, *, is_writer: bool) -> sqlite3.Connection:
    """A connection that opens no transaction by itself; a writer creates the file, mode 0600."""
    if is_writer:
        _create(path)
    elif not path.is_file():
        raise GradebookError(
            f"{path}: there is no gradebook yet; grade a class first, such as: grade submissions/"
        )
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={'rw' if is_writer else 'ro'}",
        uri=True,
        timeout=_BUSY_S,
        isolation_level=None,
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if is_writer:
            # Readers go on while a run writes; a kill loses no attempt that was committed.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def lock_writer(path: Path) -> int:
    """Become the one writer; the lock ends with the descriptor, however the process ends.

    Raises:
        GradebookError: another run is writing, or the lock's file can not be made.
    """
    import fcntl

    _make_folder(path.parent)
    beside = path.with_name(f"{path.name}.lock")
    try:
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise GradebookError(f"{beside}: can not be made: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
        os.close(descriptor)
        raise GradebookError(
            f"{path}: another run is writing to it (process {holder or 'unknown'}); wait for it,"
            " or name another gradebook with --book"
        ) from None
    with contextlib.suppress(OSError):  # the number is a courtesy; a full disk may refuse it
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _create(path: Path) -> None:
    """Make the file before SQLite does: its companions take over the mode."""
    _make_folder(path.parent)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise GradebookError(f"{path}: can not be opened: {error.strerror}") from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise GradebookError(f"{folder}: can not be made: {error.strerror}") from error

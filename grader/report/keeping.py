"""Files that belong to their owner alone: written whole or not at all, and kept by content.

It must not know what it stores, but for the names of the two files that every report has. What is
kept is trusted when it is read again (it goes into pages unescaped), so a folder that somebody else
could write to is not used.
"""

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec

from grader.errors import UsageError

INDEX = "index.html"
RECORD = "report.json"

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600


class Kept:
    """Texts that were made once, by the hash of what they were made from."""

    def __init__(self, folder: Path | None) -> None:
        """Use the folder if it is, or can be made, private; else keep nothing."""
        self.folder = folder if folder is not None and _make_private(folder) else None

    def get(self, kind: str, source: str, make: Callable[[], str]) -> str:
        """Give the text kept for `source`, or make it and keep it."""
        if self.folder is None:
            return make()
        path = self.folder / f"{_digest(f'{kind}{source}')}.html"
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            made = make()
            write_whole(path, made.encode())
            return made

    def is_current(self, folder: Path, made_from: str) -> bool:
        """Whether `folder` still holds, byte for byte, what was last made from `made_from`."""
        if self.folder is None:
            return False
        try:
            stamp = msgspec.json.decode(self._stamp(folder).read_bytes(), type=_Stamp)
            return stamp.made_from == _digest(made_from) and all(
                _digest((folder / name).read_bytes()) == digest
                for name, digest in stamp.files.items()
            )
        except (OSError, msgspec.DecodeError):
            return False

    def remember(self, folder: Path, made_from: str, files: dict[str, bytes]) -> None:
        """Note what the files of `folder` were made from."""
        if self.folder is not None:
            digests = {name: _digest(data) for name, data in files.items()}
            stamp = _Stamp(made_from=_digest(made_from), files=digests)
            write_whole(self._stamp(folder), msgspec.json.encode(stamp))

    def _stamp(self, folder: Path) -> Path:
        assert self.folder is not None
        return self.folder / f"{_digest(str(folder.absolute()))}.json"


class _Stamp(msgspec.Struct, frozen=True):
    """What the files of one folder were made from, and their digests."""

    made_from: str
    files: dict[str, str]


def _digest(data: str | bytes) -> str:
    found = data if isinstance(data, bytes) else data.encode(errors="surrogatepass")
    return hashlib.sha256(found).hexdigest()


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for the owner alone.

    Raises:
        UsageError: something else stands there, or it can not be made.
    """
    try:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        if not folder.is_dir():
            raise UsageError(f"{folder}: found a file where the report's folder goes; move it away")
    except OSError as error:
        raise UsageError(f"{folder}: can not be written: {error.strerror}") from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under another name and rename it, so that nobody sees half of it.

    Raises:
        UsageError: the file can not be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)  # on a full disk half a file would take the last room
        raise UsageError(f"{path}: can not be written: {error.strerror}") from error


def _make_private(folder: Path) -> bool:
    try:
        make_folder(folder)
        found = folder.stat()
    except (UsageError, OSError):
        return False
    others = stat.S_IWGRP | stat.S_IWOTH
    return found.st_uid == os.geteuid() and not found.st_mode & others

"""A folder that somebody unpacked from a class's archive, seen as the archive: names, then bytes.

The members have the names that the archive gave them, within the same bounds; no link is followed.
Knows nothing of what the names or the bytes mean.
"""

import os
import stat
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from grader.errors import SubmissionError
from grader.submission.archive import MAX_MEMBER_BYTES, NO_FILE, Member, is_junk, too_large

_MAX_DEPTH = 40  # a student's own folders, and those of the platform around them


class Unpacked:
    """A folder, read as an archive is.

    Attributes:
        members: the files that may be read, each name once.
        names: theirs, and those of the files that were left out, which are somebody's as well.
        notes: by name, what was left out and why.
    """

    def __init__(self, root: Path) -> None:
        """List the files below a folder.

        Raises:
            SubmissionError: the folder can not be listed.
        """
        self.notes: dict[str, str] = {}
        self._paths: list[Path] = []
        found: dict[str, Member] = {}
        try:
            for path in _files(root):
                self._add(found, path, _name(path.relative_to(root)))
        except OSError as error:
            raise SubmissionError(f"{root}: can not be opened: {error.strerror}") from error
        self.members = tuple(found[name] for name in sorted(found))
        self.names = tuple(sorted({*found, *self.notes}))

    def _add(self, found: dict[str, Member], path: Path, name: str) -> None:
        status = path.lstat()
        if is_junk(name):
            return
        if not stat.S_ISREG(status.st_mode):
            self.notes[name] = NO_FILE
        elif name in found:
            self.notes[name] = "stands in the folder twice; the first one counts"
        elif status.st_size > MAX_MEMBER_BYTES:
            self.notes[name] = too_large(status.st_size)
        else:
            found[name] = Member(
                name=name,
                index=len(self._paths),
                size=status.st_size,
                modified=moment(status.st_mtime),
            )
            self._paths.append(path)

    def read(self, member: Member) -> bytes:
        """The bytes of a file.

        Raises:
            SubmissionError: it can not be opened, or is larger than allowed.
        """
        try:
            with open_unlinked(self._paths[member.index]) as opened:
                data = opened.read(MAX_MEMBER_BYTES + 1)
        except OSError as error:
            raise SubmissionError(f"{member.name} can not be opened: {error.strerror}") from error
        if len(data) > MAX_MEMBER_BYTES:
            raise SubmissionError(f"{member.name} is larger than {MAX_MEMBER_BYTES // 2**20} MiB")
        return data


def open_unlinked(path: Path) -> BinaryIO:
    """Open a file that is no link, so that none can slip in; no pipe is waited for.

    Raises:
        OSError: as `open`, and where it is a link.
    """
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    return os.fdopen(os.open(path, os.O_RDONLY | flags), "rb")


def moment(seconds: float) -> datetime | None:
    """The time of a file, which anybody can set; None beyond the years that there are."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _files(root: Path) -> Iterator[Path]:
    """All that is no folder, links to folders included, in the order of names."""
    for folder, folders, files in os.walk(root):
        folders.sort()
        if len(Path(folder).relative_to(root).parts) >= _MAX_DEPTH:
            folders.clear()  # a thousand folders in one another would be too much for anybody
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        yield from (Path(folder) / name for name in sorted((*files, *links)))


def _name(path: Path) -> str:
    """A file's name as an archive would have it: one normal form of text."""
    text = os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", text)

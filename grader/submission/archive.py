"""Reads zip archives that strangers made: names, then bytes, within bounds, nothing on disk.

A member is data under a name; no member becomes a file here, so none can land outside a folder.
Knows nothing of what the names or the bytes mean.
"""

import stat
import unicodedata
import zipfile
import zlib
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from grader.errors import SubmissionError
from grader.model import Record

MAX_MEMBERS = 100_000
MAX_MEMBER_BYTES = 16 * 2**20
MAX_RATIO = 200
"""How many times larger than packed a member may be, if it is large at all."""
_LARGE = 2**20
_MAX_NAME = 500
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
# A member's own lines are read when it is opened; what they hold can be anything.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_REGULAR = frozenset({0, stat.S_IFREG})  # 0: made on a system that has no such types
NO_FILE = "is a link or no regular file and was left out"
"""Said of what holds nothing that was handed in."""
_JUNK = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "__pycache__"})


class Member(Record, frozen=True, kw_only=True):
    """One file of an archive that may be read.

    Attributes:
        name: its path, with `/`, in one normal form, below the archive's root.
        index: its place in the archive.
        size: the bytes that it has at most.
        modified: local time as the archive has it, or None.
    """

    name: str
    index: int
    size: int
    modified: datetime | None = None


class Archive:
    """An open zip archive.

    Attributes:
        members: the files that may be read, each name once.
        names: theirs, and those of folders, which end in `/`, and of the files that were left out:
            these are somebody's as well.
        notes: by name, what was left out and why.
    """

    def __init__(self, source: Path | BinaryIO, *, place: str) -> None:
        """Read the list of members.

        Args:
            place: what the archive is called in messages.

        Raises:
            SubmissionError: it is no zip archive, or lists too many members.
        """
        try:
            self._zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise SubmissionError(
                f"{place}: can not be opened as a zip archive ({error})"
            ) from error
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            raise SubmissionError(
                f"{place}: found {len(infos)} members; wanted at most {MAX_MEMBERS}"
            )
        self.members: tuple[Member, ...] = ()
        self.names: tuple[str, ...] = ()
        self.notes: dict[str, str] = {}
        self._list(infos)

    def _list(self, infos: list[zipfile.ZipInfo]) -> None:
        found: dict[str, Member] = {}
        names: set[str] = set()
        for index, info in enumerate(infos):
            name = _name(info)
            if is_junk(name):
                continue
            if _leads_out(name):
                self.notes[name] = "leads out of its folder and was left out"
                continue
            names.add(name)
            if name.endswith("/"):
                continue
            trouble = _trouble(info, name)
            if trouble or name in found:
                self.notes[name] = trouble or "stands in the archive twice; the first one counts"
                continue
            found[name] = Member(
                name=name, index=index, size=info.file_size, modified=_modified(info)
            )
        self.members = tuple(found[name] for name in sorted(found))
        self.names = tuple(sorted(names))

    def read(self, member: Member) -> bytes:
        """The bytes of a member.

        Raises:
            SubmissionError: they are damaged, or more than allowed, whatever the list says.
        """
        info = self._zip.infolist()[member.index]
        try:
            with self._zip.open(info) as opened:
                data = opened.read(MAX_MEMBER_BYTES + 1)
        except _DAMAGED as error:
            raise SubmissionError(f"{member.name} is damaged in the archive ({error})") from error
        if len(data) > MAX_MEMBER_BYTES:
            raise SubmissionError(f"{member.name} is larger than {MAX_MEMBER_BYTES // 2**20} MiB")
        return data


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name as one normal form of text, with `/` between its parts."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        # Many programs write UTF-8 and do not say so; what is none stays as the old code page.
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or ":" in path.parts[0]


def _trouble(info: zipfile.ZipInfo, name: str) -> str:
    """Why a member is left out, or ""."""
    if len(name) > _MAX_NAME or not name.isprintable():
        return "has a name that can not be kept and was left out"
    if stat.S_IFMT(info.external_attr >> 16) not in _REGULAR:
        return NO_FILE
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted and was left out"
    if info.compress_type not in _METHODS:
        return "is packed in a way that is not read here and was left out; pack it as plain zip"
    is_bomb = info.file_size > _LARGE and info.file_size > MAX_RATIO * max(info.compress_size, 1)
    if info.file_size > MAX_MEMBER_BYTES or is_bomb:
        return too_large(info.file_size)
    return ""


def too_large(size: int) -> str:
    """Why a file of so many bytes is left out."""
    return f"was left out: {size / 2**20:.0f} MiB is too large"


def is_junk(name: str) -> bool:
    """Whether a file is what systems and tools leave behind."""
    parts = PurePosixPath(name).parts
    return not parts or any(
        part in _JUNK or (part.startswith(".") and part != "..") for part in parts
    )


def _modified(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time).astimezone()
    except ValueError:
        return None

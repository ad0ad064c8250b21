"""Copies one submission's files as bytes, within bounds; an archive among them is opened once.

Knows neither where the files come from nor what the bytes mean.
"""

import hashlib
import io
from collections.abc import Iterable
from pathlib import PurePosixPath

from grader.errors import SubmissionError
from grader.model import Record
from grader.student.wire import Place, Source, Unread
from grader.submission.archive import NO_FILE, Archive, Member
from grader.submission.unpacked import Unpacked

MAX_FILES = 500
MAX_BYTES = 64 * 2**20
_MAX_NOTES = 50
_MAX_PART = 255  # bytes of a file's name, here and where it is laid out again


class Submission(Record, frozen=True, kw_only=True):
    """What one student handed in, as bytes.

    Attributes:
        notes: what was left out and why, and more that is worth saying, one sentence each.
        left_out: files that were handed in and are not here: they may hold any answer.
        digest: of all paths and bytes.
    """

    student: str
    sources: tuple[Source, ...]
    notes: tuple[str, ...]
    left_out: tuple[Unread, ...] = ()
    digest: str


class Notes:
    """What is to be said of a copying under way.

    Attributes:
        said: one sentence each.
        left_out: the files that are not copied, which some of the sentences are about.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self.left_out: list[Unread] = []

    def leave_out(self, name: str, why: str) -> None:
        """Say that a file is not copied: `why` goes on from its name."""
        self.said.append(f"{name} {why}")
        if why != NO_FILE:
            self.left_out.append(Unread(place=Place(file=name), message=why))


class Copying:
    """The copying under way.

    Attributes:
        notes: what is to be said of it.
    """

    def __init__(self) -> None:
        self.notes = Notes()
        self._sources: dict[str, Source] = {}
        self._packed: set[str] = set()  # those of the sources that were in an archive
        self._bytes = 0

    def ends_before(self, path: str) -> bool:
        """Whether there are so many files that this one and all behind it are left out."""
        is_full = len(self._sources) >= MAX_FILES
        if is_full:
            more = f"and all behind it were left out: more than {MAX_FILES} files"
            self.notes.leave_out(path, more)
        return is_full

    def has_room(self, path: str, size: int) -> bool:
        """Whether a file is copied; else it is left out before it is read.

        Unpacking what is left out anyway can take a day.
        """
        if len(self._sources) >= MAX_FILES or self._bytes + size > MAX_BYTES:
            many = "was left out: the submission has too many files or bytes"
            self.notes.leave_out(path, many)
            return False
        self._bytes += size
        return True

    def add(self, path: str, data: bytes) -> None:
        """Keep a file, or what is in it where it is an archive."""
        if not path.lower().endswith(".zip"):
            self._keep(path, data)
            return
        try:
            inner = Archive(io.BytesIO(data), place=path)
        except SubmissionError as error:
            why = str(error).removeprefix(f"{path}: ")
            self.notes.leave_out(path, f"was left out: {why}")
            return
        for name, note in inner.notes.items():
            self.notes.leave_out(f"{path}/{name}", note)
        root = _common_folder([member.name for member in inner.members])
        for member in inner.members:
            name = member.name.removeprefix(root)
            unpacked = self._read(inner, member, name)
            if unpacked is not None:
                self._keep(name, unpacked, is_packed=True)

    def add_member(self, archive: Archive | Unpacked, member: Member, path: str) -> None:
        """Keep a file of an archive of many submissions."""
        data = self._read(archive, member, path)
        if data is not None:
            self.add(path, data)

    def finished(self, student: str) -> Submission:
        """The submission as it was copied."""
        sources = _fitting(self._sources.values(), self.notes)
        if not sources and not self.notes.said:
            self.notes.said.append("no file was found in what was handed in")
        return Submission(
            student=student,
            sources=sources,
            notes=_few(self.notes.said),
            left_out=tuple(self.notes.left_out[:_MAX_NOTES]),
            digest=_digest(sources),
        )

    def _read(self, archive: Archive | Unpacked, member: Member, path: str) -> bytes | None:
        if not self.has_room(path, member.size):
            return None
        try:
            return archive.read(member)
        except SubmissionError as error:
            self.notes.leave_out(path, f"was left out: {error}")
            return None

    def _keep(self, path: str, data: bytes, *, is_packed: bool = False) -> None:
        """Of files of one name the last one counts, and one beside an archive before one in it."""
        is_known = path in self._sources
        if is_known and is_packed and path not in self._packed:
            self.notes.said.append(f"{path} stands in an archive and beside it; that one counts")
            return
        if is_known:
            self.notes.said.append(f"{path} was handed in more than once; the last one counts")
        self._sources[path] = Source(path=path, data=data)
        (self._packed.add if is_packed else self._packed.discard)(path)


def _fitting(sources: Iterable[Source], notes: Notes) -> tuple[Source, ...]:
    """The files that can stand together in one folder."""
    kept: dict[str, Source] = {}
    folders: set[str] = set()
    for source in sources:
        path = PurePosixPath(source.path)
        above = {str(folder) for folder in path.parents}
        if any(len(part.encode()) > _MAX_PART for part in path.parts):
            notes.leave_out(source.path, "was left out: its name is too long")
        elif str(path) in kept or str(path) in folders or above & kept.keys():
            notes.leave_out(source.path, "was left out: another file or folder has its name")
        else:
            kept[str(path)] = source
            folders |= above
    return tuple(kept.values())


def _few(notes: list[str]) -> tuple[str, ...]:
    """As many notes as somebody reads."""
    more = len(notes) - _MAX_NOTES
    rest = [f"{more:,} more files were left out"] if more > 0 else []
    return (*notes[:_MAX_NOTES], *rest)


def _digest(sources: tuple[Source, ...]) -> str:
    digest = hashlib.blake2b(digest_size=32)
    for source in sources:
        digest.update(f"{len(source.path.encode())} {source.path} {len(source.data)}\n".encode())
        digest.update(source.data)
    return digest.hexdigest()


def _common_folder(names: list[str]) -> str:
    """The one folder that all names stand in, with its `/`; "" where there is none."""
    roots = {name.partition("/")[0] for name in names if "/" in name}
    return f"{roots.pop()}/" if len(roots) == 1 and all("/" in name for name in names) else ""

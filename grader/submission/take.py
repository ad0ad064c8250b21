"""Copies a submission's regular files as bytes, following no link, within bounds.

Knows nothing of what the bytes mean.
"""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.model import Record
from grader.student.wire import Place, Source, Unread

MAX_FILES = 500
MAX_FILE_BYTES = 16 * 2**20
MAX_BYTES = 64 * 2**20
LEFT_BEHIND = frozenset({"__pycache__", "node_modules", "venv", "env", "__MACOSX"})
"""Folders that tools leave behind; nobody writes answers there."""
MAX_DEPTH = 20
"""Folders deeper than this are left out."""
_MAX_NOTES = 50
_MAX_PART = 255  # bytes of a file's name, here and where it is laid out again
_MAX_NAME, _CUT_NAME = 200, 180  # bytes; a folder's name may have 255, and files need some more
_CLASS_FILES = frozenset({"class.html", "marks.csv"})  # they stand beside the students' folders


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
        self.left_out.append(Unread(place=Place(file=name), message=why))


def take_submission(path: Path) -> Submission:
    """Copy a submission: a folder, or a single file.

    Raises:
        SubmissionError: there is nothing at `path`, or it can not be opened.
    """
    if path.is_symlink() or not path.exists():
        found = "a link" if path.is_symlink() else "nothing"
        raise SubmissionError(f"{path}: found {found}; wanted a folder or a file handed in")
    taker = _Taker()
    try:
        if path.is_dir():
            taker.folder(path)
        else:
            taker.file(path, path.name)
    except OSError as error:
        raise SubmissionError(f"{path}: can not be opened: {error.strerror}") from error
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    return submission_of(student_name(folder.name), tuple(taker.sources), taker.notes)


def student_name(text: str) -> str:
    """A student's name as it is kept: one normal form, printable, fit for a folder."""
    name = unicodedata.normalize("NFC", _as_text(text)).strip()
    name = name.replace("/", "-").replace("\\", "-")
    name = "".join(c if c.isprintable() else "-" for c in name).strip(". ")
    if len(name.encode()) > _MAX_NAME:
        digest = hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
        name = f"{name.encode()[:_CUT_NAME].decode(errors='ignore')}-{digest}"
    return f"{name}-" if name.lower() in _CLASS_FILES else name or "unnamed"


def submission_of(
    student: str, sources: tuple[Source, ...], notes: Notes | None = None
) -> Submission:
    """A submission of files that were copied already."""
    notes = notes or Notes()
    sources = _fitting(sources, notes)
    if not sources and not notes.said:
        notes.said.append("no file was found in what was handed in")
    return Submission(
        student=student,
        sources=sources,
        notes=_few(notes.said),
        left_out=tuple(notes.left_out[:_MAX_NOTES]),
        digest=_digest(sources),
    )


def _fitting(sources: tuple[Source, ...], notes: Notes) -> tuple[Source, ...]:
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
    return (
        tuple(notes) if more <= 0 else (*notes[:_MAX_NOTES], f"{more:,} more files were left out")
    )


class _Taker:
    """The copying under way: what was taken, what was left out."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.notes = Notes()
        self.total = 0

    def folder(self, root: Path) -> None:
        for path in self._walk(root):
            name = path.relative_to(root).as_posix()
            if len(self.sources) == MAX_FILES:
                more = f"and all behind it were left out: more than {MAX_FILES} files"
                self.notes.leave_out(_as_text(name), more)
                return
            self.file(path, name)

    def file(self, path: Path, name: str) -> None:
        """Copy one file through a descriptor that refuses links, so that none can slip in."""
        name = _as_text(name)
        try:
            descriptor = os.open(
                path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            )
        except OSError as error:
            self.notes.leave_out(name, f"was left out: {error.strerror}")
            return
        with os.fdopen(descriptor, "rb") as opened:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                self.notes.leave_out(name, "was left out: it is not a regular file")
            elif status.st_size > MAX_FILE_BYTES or self.total + status.st_size > MAX_BYTES:
                size = f"{status.st_size / 2**20:.0f} MiB"
                self.notes.leave_out(name, f"was left out: {size} is too large")
            else:
                data = opened.read(MAX_FILE_BYTES)
                self.total += len(data)
                self.sources.append(Source(path=name, data=data))

    def _walk(self, folder: Path, depth: int = 0) -> Iterator[Path]:
        """Files below a folder, sorted; links are noted and skipped, hidden ones skipped."""
        if depth > MAX_DEPTH:
            name = _as_text(folder.name)
            deep = f"was left out: folders are nested deeper than {MAX_DEPTH}"
            self.notes.leave_out(name, deep)
            return
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        for entry in listed:
            if entry.name.startswith(".") or entry.name in LEFT_BEHIND:
                continue
            if entry.is_symlink():
                self.notes.leave_out(_as_text(entry.name), "is a link and was not followed")
            elif entry.is_dir(follow_symlinks=False):
                if entry.name.endswith((".py", ".yaml", ".yml")):
                    folder_note = f"{_as_text(entry.name)} is a folder; a file was expected"
                    self.notes.said.append(folder_note)
                yield from self._walk(Path(entry.path), depth + 1)
            else:
                yield Path(entry.path)


def _as_text(name: str) -> str:
    """A file name as UTF-8 text; bytes that are none become escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _digest(sources: tuple[Source, ...]) -> str:
    digest = hashlib.blake2b(digest_size=32)
    for source in sources:
        digest.update(f"{len(source.path.encode())} {source.path} {len(source.data)}\n".encode())
        digest.update(source.data)
    return digest.hexdigest()

"""Takes a submission from the disk: a folder, a file or an archive; no link is followed.

Knows nothing of what the bytes mean.
"""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from grader.errors import SubmissionError
from grader.submission.archive import too_large
from grader.submission.copying import MAX_BYTES, Copying, Submission
from grader.submission.unpacked import open_unlinked

MAX_FILE_BYTES = 16 * 2**20
LEFT_BEHIND = frozenset({"__pycache__", "node_modules", "venv", "env", "__MACOSX"})
"""Folders that tools leave behind; nobody writes answers there."""
MAX_DEPTH = 20
"""Folders deeper than this are left out."""
_MAX_NAME, _CUT_NAME = 200, 180  # bytes; a folder's name may have 255, and files need some more
_CLASS_FILES = frozenset({"class.html", "marks.csv"})  # they stand beside the students' folders


def take_submission(path: Path) -> Submission:
    """Copy a submission: a folder, a single file, or an archive.

    Raises:
        SubmissionError: there is nothing at `path`, or it can not be opened.
    """
    if path.is_symlink() or not path.exists():
        found = "a link" if path.is_symlink() else "nothing"
        raise SubmissionError(f"{path}: found {found}; wanted a folder or a file handed in")
    taker = _Taker()
    is_archive = path.suffix.lower() == ".zip" and path.is_file()
    try:
        if path.is_dir():
            taker.folder(path)
        else:
            taker.file(path, path.name, is_all=is_archive)
    except OSError as error:
        raise SubmissionError(f"{path}: can not be opened: {error.strerror}") from error
    if is_archive:
        return taker.copying.finished(student_name(path.stem))
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    return taker.copying.finished(student_name(folder.name))


def student_name(text: str) -> str:
    """A student's name as it is kept: one normal form, printable, fit for a folder."""
    name = unicodedata.normalize("NFC", _as_text(text)).strip()
    name = name.replace("/", "-").replace("\\", "-")
    name = "".join(c if c.isprintable() else "-" for c in name).strip(". ")
    if len(name.encode()) > _MAX_NAME:
        digest = hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
        name = f"{name.encode()[:_CUT_NAME].decode(errors='ignore')}-{digest}"
    return f"{name}-" if name.lower() in _CLASS_FILES else name or "unnamed"


class _Taker:
    """Walks over what was handed in."""

    def __init__(self) -> None:
        self.copying = Copying()

    def folder(self, root: Path) -> None:
        for path in self._walk(root):
            name = path.relative_to(root).as_posix()
            if self.copying.ends_before(_as_text(name)):
                return
            self.file(path, name)

    def file(self, path: Path, name: str, *, is_all: bool = False) -> None:
        """Copy one file.

        Args:
            is_all: it is an archive that holds the whole submission.
        """
        name = _as_text(name)
        try:
            opened = open_unlinked(path)
        except OSError as error:
            self.copying.notes.leave_out(name, f"was left out: {error.strerror}")
            return
        with opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode):
                self.copying.notes.said.append(f"{name} was left out: it is not a regular file")
            elif status.st_size > (MAX_BYTES if is_all else MAX_FILE_BYTES):
                self.copying.notes.leave_out(name, too_large(status.st_size))
            elif is_all or self.copying.has_room(name, status.st_size):
                self.copying.add(name, opened.read(status.st_size))

    def _walk(self, folder: Path, depth: int = 0) -> Iterator[Path]:
        """Files below a folder, sorted; links are noted and skipped, hidden ones skipped."""
        if depth > MAX_DEPTH:
            name = _as_text(folder.name)
            deep = f"was left out: folders are nested deeper than {MAX_DEPTH}"
            self.copying.notes.leave_out(name, deep)
            return
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        for entry in listed:
            if entry.name.startswith(".") or entry.name in LEFT_BEHIND:
                continue
            if entry.is_symlink():
                link = f"{_as_text(entry.name)} is a link and was not followed"
                self.copying.notes.said.append(link)
            elif entry.is_dir(follow_symlinks=False):
                if entry.name.endswith((".py", ".yaml", ".yml")):
                    folder_note = f"{_as_text(entry.name)} is a folder; a file was expected"
                    self.copying.notes.said.append(folder_note)
                yield from self._walk(Path(entry.path), depth + 1)
            else:
                yield Path(entry.path)


def _as_text(name: str) -> str:
    """A file name as UTF-8 text; bytes that are none become escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")

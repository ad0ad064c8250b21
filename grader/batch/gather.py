"""Finds the submissions of a class: below folders, in several paths, in archives of platforms.

Knows names and times; opens no student's file itself (`submission` copies, `archives` unpacks).
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from grader.batch.archives import archived, unpacked
from grader.batch.entries import Entry, utc
from grader.batch.platforms import is_beside
from grader.errors import UsageError
from grader.submission import (
    LEFT_BEHIND,
    MAX_DEPTH,
    Submission,
    moment,
    student_name,
    take_submission,
)


def gather(paths: Sequence[Path], *, is_class: Callable[[Path], bool]) -> tuple[Entry, ...]:
    """All submissions at the paths, by student.

    Args:
        is_class: whether a folder holds submissions (else it is one).

    Raises:
        UsageError: a path is not there, holds nothing, or two are of the same student.
    """
    found: dict[str, Entry] = {}
    # A shell's glob names what lies beside the submissions as well.
    taken = [path for path in paths if len(paths) == 1 or not _is_left(path)]
    if not taken:
        told = "found no submission among them; name what was handed in"
        raise UsageError(f"{', '.join(map(str, paths))}: {told}")
    for path in taken:
        entries = list(_entries_at(path, is_class))
        if not entries:
            raise UsageError(f"{path}: found no submission in it; wanted one entry per student")
        for entry in entries:
            other = found.get(entry.student)
            if other is not None and other.place != entry.place:
                raise UsageError(
                    f"{entry.place}: found a second submission of {entry.student!r} beside"
                    f" {other.place}; name one of them"
                )
            found[entry.student] = entry
    return tuple(found[student] for student in sorted(found))


def _entries_at(path: Path, is_class: Callable[[Path], bool]) -> Iterator[Entry]:
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder; name what was handed in")
    if path.is_dir() and is_class(path):
        yield from list(unpacked(path)) or _entries_in(path)
    elif path.suffix.lower() == ".zip":
        yield from archived(path)
    else:
        yield _entry(path)


def _entries_in(folder: Path) -> Iterator[Entry]:
    with os.scandir(folder) as listing:
        listed = sorted(listing, key=lambda entry: entry.name)
    for entry in listed:
        if not _is_left(Path(entry.path)):
            yield _entry(Path(entry.path))


def _is_left(path: Path) -> bool:
    """Whether something beside the submissions is none itself."""
    is_file_beside = is_beside(path.name) and not path.is_dir()
    return path.name.startswith(".") or path.name in LEFT_BEHIND or is_file_beside


def _entry(path: Path) -> Entry:
    here = path.absolute() if path.name not in ("", "..") else path.resolve()
    student = student_name(here.stem if path.is_file() else here.name)
    return Entry(
        student=student,
        place=str(path),
        take=partial(_taken, path, student),
        submitted_at=_newest(path),
    )


def _taken(path: Path, student: str) -> Submission:
    return replace(take_submission(path), student=student)


def _newest(path: Path) -> str:
    """When the newest file was written, as UTC; "" where there is none."""
    times = [path.lstat().st_mtime] if path.is_file() else _times(path)
    return utc(max(filter(None, map(moment, times)), default=None))


def _times(folder: Path, depth: int = 0) -> Iterator[float]:
    """When each file below a folder was written; what can not be looked at is passed over."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                yield entry.stat(follow_symlinks=False).st_mtime
            elif entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
                yield from _times(Path(entry.path), depth + 1)

"""The submissions of a class in one archive of a course platform, packed or unpacked.

Joins who owns which file (`platforms`) with the readers of archives and of folders that were
unpacked from one; nothing is unpacked to disk here.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from grader.batch.entries import Entry, utc
from grader.batch.platforms import (
    METADATA,
    Handed,
    Placed,
    handed_by_folder,
    place,
    place_by_platform,
)
from grader.errors import SubmissionError
from grader.submission import (
    MAX_MEMBERS,
    Archive,
    Copying,
    Member,
    Submission,
    Unpacked,
    student_name,
)


def archived(path: Path) -> Iterator[Entry]:
    """The submissions in an archive, one per student.

    Raises:
        SubmissionError: it can not be opened as a zip archive.
    """
    try:
        archive = Archive(path, place=str(path))
    except SubmissionError as error:
        wanted = "wanted the archive as the course platform hands it out"
        raise SubmissionError(f"{error}; {wanted}") from error
    names, metadata, root = _with_metadata(archive)
    yield from _entries(path, archive, place(names, metadata, root, whole=path.stem))


def unpacked(path: Path) -> Iterator[Entry]:
    """The submissions in a folder that was unpacked from a platform's archive.

    Gives nothing for a folder of another layout.

    Raises:
        SubmissionError: it can not be opened, or holds too many files.
    """
    folder = Unpacked(path)
    names, metadata, root = _with_metadata(folder)
    placed = place_by_platform(names, metadata, root)
    if placed and len(names) > MAX_MEMBERS:
        raise SubmissionError(f"{path}: found {len(names)} files; wanted {MAX_MEMBERS}")
    yield from _entries(path, folder, placed)


def _entries(
    path: Path, archive: Archive | Unpacked, listed: tuple[Placed, ...]
) -> Iterator[Entry]:
    """One entry per student, with all the files that are placed under the name."""
    members = {member.name: member for member in archive.members}
    files: dict[str, list[Placed]] = {}
    for placed in listed:
        files.setdefault(student_name(placed.student), []).append(placed)
    for student, mine in files.items():
        dated = [members.get(placed.member) for placed in mine if placed.is_dated]
        newest = max((m.modified for m in dated if m and m.modified), default=None)
        yield Entry(
            student=student,
            place=f"{path}: {mine[0].member}",
            take=partial(_taken, archive, members, student, tuple(mine)),
            also=mine[0].also,
            submitted_at=utc(mine[0].at or newest),
            is_late=any(placed.is_late for placed in mine),
        )


def _with_metadata(archive: Archive | Unpacked) -> tuple[list[str], dict[str, Handed], str]:
    """The students' files, what Gradescope says of each folder, and the folder in which they lie.

    Students name files too: what says whose they are stands above the files of all.
    """
    names = list(archive.names)
    found = [m for m in archive.members if m.name.rpartition("/")[2] == METADATA]
    above = min(found, key=lambda member: member.name.count("/"), default=None)
    root = above.name.removesuffix(METADATA) if above else ""
    if above is None or not all(name.startswith(root) for name in names):
        return names, {}, ""
    names.remove(above.name)
    return names, handed_by_folder(archive.read(above)), root


def _taken(
    archive: Archive | Unpacked, members: dict[str, Member], student: str, files: tuple[Placed, ...]
) -> Submission:
    """Copy one student's files; an archive among them is opened, one level deep."""
    copying = Copying()
    for placed in (one for one in files if one.member in members):
        copying.add_member(archive, members[placed.member], placed.path)
    marks = tuple({placed.mark for placed in files})
    for name, note in archive.notes.items():
        if name.startswith(marks):
            copying.notes.leave_out(name, note)
    return copying.finished(student)

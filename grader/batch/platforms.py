"""How course platforms lay a class out: which file of an archive, packed or not, is whose.

Gradescope's export, Canvas' "download submissions", Moodle's "download all submissions", and plain
folders. Knows names and the platforms' own metadata; opens no student's file.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from grader.model import Record

METADATA = "submission_metadata.yml"
_CANVAS = re.compile(
    r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<user>\d+)_(?P<file>\d+)_(?P<rest>[^/]+)"
)
_MOODLE = re.compile(
    r"(?P<student>[^/]+?_\d+)_assignsubmission_(?:file|onlinetext)_?(?:/|_)?(?P<rest>.+)"
)
_NUMBER = re.compile(r"([0-9]{1,18})")
_AGAIN = re.compile(r"-\d{1,3}(?=(\.[^.]*)?$)")  # Canvas numbers files that were handed in again


class Placed(Record, frozen=True, kw_only=True):
    """One file of one student.

    Attributes:
        member: its name in the archive.
        path: its name inside the submission.
        mark: what the names of all the student's files in the archive begin with.
    """

    student: str
    member: str
    path: str
    mark: str
    is_late: bool = False


class Handed(Record, frozen=True, kw_only=True):
    """What Gradescope's metadata says of one submission."""

    students: tuple[str, ...]
    at: datetime | None = None


def place(names: Iterable[str], metadata: dict[str, Handed], root: str) -> tuple[Placed, ...]:
    """Say whose each file is, by the layout that fits the names; `root` is where metadata lies."""
    listed = sorted(names, key=_in_order)
    found = place_by_platform(listed, metadata, root)
    return found or tuple(_plain(name, short) for name, short in _below_common_root(listed))


def place_by_platform(
    names: Iterable[str], metadata: dict[str, Handed], root: str
) -> tuple[Placed, ...]:
    """As `place`, for a platform's layout alone; nothing where the names are of none."""
    listed = sorted(names, key=_in_order)
    if metadata:
        pairs = [(name, name.removeprefix(root)) for name in listed if name.startswith(root)]
        return tuple(found for name, short in pairs for found in _gradescope(name, short, metadata))
    pairs = _below_common_root(listed)
    for layout in (_moodle, _canvas):
        placed = [layout(name, short) for name, short in pairs]
        found = tuple(one for one in placed if one is not None)
        if len(found) == len(pairs):
            return found
    return ()


def is_platforms(name: str) -> bool:
    """Whether a platform gives such a name to a file of some student, beside those of others."""
    return bool(_CANVAS.fullmatch(name) or _MOODLE.fullmatch(name))


def _in_order(name: str) -> list[str | int]:
    """Names in the order of their numbers: platforms number what was handed in later higher."""
    pieces = _NUMBER.split(name)
    return [int(piece) if place % 2 else piece for place, piece in enumerate(pieces)]


def handed_by_folder(data: bytes) -> dict[str, Handed]:
    """Read Gradescope's submission_metadata.yml: per folder the submitters and the time.

    Gives nothing for a file that is not understood: folders then keep their own names.
    """
    import yaml  # only where there is such a file

    try:
        content = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # a safe loader
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    found = {str(folder): _handed(entry) for folder, entry in content.items()}
    return {folder: handed for folder, handed in found.items() if handed.students}


def _handed(entry: Any) -> Handed:
    if not isinstance(entry, dict):
        return Handed(students=())
    submitters = entry.get(":submitters", entry.get("submitters"))
    names = [_submitter(s) for s in submitters] if isinstance(submitters, list) else []
    at = entry.get(":created_at", entry.get("created_at"))
    students = tuple(name for name in names if name)
    return Handed(students=students, at=at if isinstance(at, datetime) else None)


def _submitter(entry: Any) -> str:
    """The student's number, or else the address or the name."""
    if not isinstance(entry, dict):
        return ""
    for key in ("sid", "email", "name"):
        value = entry.get(f":{key}", entry.get(key))
        if value:
            return str(value)
    return ""


def _below_common_root(names: list[str]) -> list[tuple[str, str]]:
    """Names as they are and below the folder that all share, if folders are left below it."""
    pairs = [(name, name) for name in names]
    while pairs:
        roots = {short.partition("/")[0] for _, short in pairs}
        rest = [(name, short.partition("/")[2]) for name, short in pairs]
        is_deep = all("/" in short or short == METADATA for _, short in rest)
        if len(roots) != 1 or not is_deep or _MOODLE.fullmatch(pairs[0][1]):
            break
        pairs = rest
    return pairs


def _gradescope(name: str, short: str, metadata: dict[str, Handed]) -> Iterable[Placed]:
    """Each submitter of a group gets the group's files."""
    folder, _, rest = short.partition("/")
    if not rest:
        return
    handed = metadata.get(folder)
    mark = f"{name.removesuffix(short)}{folder}/"
    for student in (handed.students if handed else ()) or (folder,):
        yield Placed(student=student, member=name, path=rest, mark=mark)


def _canvas(name: str, short: str) -> Placed | None:
    found = _CANVAS.fullmatch(short)
    if found is None:
        return None
    return Placed(
        student=f"{found['name']}_{found['user']}",
        member=name,
        path=_AGAIN.sub("", found["rest"]),
        mark=name.removesuffix(short) + short[: found.start("file")],
        is_late=found["late"] is not None,
    )


def _moodle(name: str, short: str) -> Placed | None:
    found = _MOODLE.fullmatch(short)
    if found is None:
        return None
    student = found["student"]
    mark = f"{name.removesuffix(short)}{student}_"
    return Placed(student=student, member=name, path=found["rest"], mark=mark)


def _plain(name: str, short: str) -> Placed:
    """A folder for each student; a file at the top is a student's only one."""
    folder, _, rest = short.partition("/")
    path = PurePosixPath(short)
    mark = f"{name.removesuffix(short)}{folder}/" if rest else name
    student = folder if rest else path.stem
    return Placed(student=student, member=name, path=rest or path.name, mark=mark)

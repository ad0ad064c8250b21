"""How course platforms lay a class out: which file of an archive, packed or not, is whose.

Gradescope's export, Canvas' "download submissions", Moodle's "download all submissions", and plain
folders. Knows names and the platforms' own metadata; opens no student's file.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from msgspec.structs import replace

from grader.model import Record
from grader.student.formats import TYPED_NAMES

METADATA = "submission_metadata.yml"
_CANVAS = re.compile(
    r"(?P<name>[^_/]+)_(?P<late>late_)?"
    r"(?P<user>\d+|(?<=anon_)[a-z0-9]{5}|(?<=anon_late_)[a-z0-9]{5})_"
    # A file has its own number, and never a small one; what was typed into a form has none.
    r"(?:\d{3,}_(?P<rest>[^/]+)|(?P<form>(?:text|link)\.html))",
    re.IGNORECASE,
)
_MOODLE = re.compile(
    r"(?P<student>[^/]+?)_assignsubmission_(?P<kind>file|onlinetext)_?(?:/|_)?(?P<rest>.+)"
)
_NUMBER = re.compile(r"([0-9]{1,18})")
_AGAIN = re.compile(r"-\d{1,3}(?=(\.[^.]*)?$)")  # Canvas numbers files that were handed in again


class Placed(Record, frozen=True, kw_only=True):
    """One file of one student.

    Attributes:
        member: its name in the archive.
        path: its name inside the submission.
        mark: what the names of all the student's files in the archive begin with.
        also: other names by which the platform knows the student.
        at: when it was handed in, where the platform says so.
        is_dated: the file has the time at which it was handed in, not that of the download.
    """

    student: str
    member: str
    path: str
    mark: str
    also: tuple[str, ...] = ()
    at: datetime | None = None
    is_late: bool = False
    is_dated: bool = True


class Handed(Record, frozen=True, kw_only=True):
    """What Gradescope's metadata says of one submission: per student all names, and the time."""

    students: tuple[tuple[str, ...], ...]
    at: datetime | None = None


def place(
    names: Iterable[str], metadata: dict[str, Handed], root: str, *, whole: str
) -> tuple[Placed, ...]:
    """Say whose each file is, by the layout that fits the names; `root` is where metadata lies.

    A name that ends in `/` is a folder, which is somebody's even where nothing is in it.

    Args:
        whole: whose all is where the file for typed answers lies above all folders.
    """
    listed = sorted(names, key=_in_order)
    files = [name for name in listed if not name.endswith("/")]
    if any(name.lower() in TYPED_NAMES for name in files):
        return tuple(Placed(student=whole, member=name, path=name, mark="") for name in files)
    found = place_by_platform(files, metadata, root)
    return found or tuple(
        _plain(name, short)
        for name, short in _below_common_root(listed)
        if short and not is_beside(short)
    )


def place_by_platform(
    names: Iterable[str], metadata: dict[str, Handed], root: str
) -> tuple[Placed, ...]:
    """As `place`, for a platform's layout alone; nothing where most names are of none.

    A file that somebody has put beside the others is then one student's for itself.
    """
    listed = sorted(names, key=_in_order)
    if metadata:
        return tuple(_by_metadata(listed, metadata, root))
    pairs = [(name, short) for name, short in _below_common_root(listed) if not is_beside(short)]
    for layout in (_moodle, _canvas):
        placed = [(layout(name, short), name, short) for name, short in pairs]
        if is_most(one is not None for one, _, _ in placed):
            found = [one or _plain(name, short) for one, name, short in placed]
            return tuple(_numbered(found)) if layout is _canvas else tuple(found)
    return ()


def is_most(answers: Iterable[bool]) -> bool:
    """Whether more are true than false."""
    found = list(answers)
    return 2 * sum(found) > len(found)


def is_beside(name: str) -> bool:
    """Whether a file beside the students' folders is nobody's submission: a list, a README."""
    return "/" not in name and (name.startswith("README") or name.lower().endswith(".csv"))


def is_platforms(name: str) -> bool:
    """Whether a platform gives such a path to a file of some student, beside those of others."""
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
    names = [_names(one) for one in submitters] if isinstance(submitters, list) else []
    at = entry.get(":created_at", entry.get("created_at"))
    students = tuple(filter(None, names))
    return Handed(students=students, at=at if isinstance(at, datetime) else None)


def _names(entry: Any) -> tuple[str, ...]:
    """The student's number, address and name, as far as they are known."""
    if not isinstance(entry, dict):
        return ()
    values = (entry.get(f":{key}", entry.get(key)) for key in ("sid", "email", "name"))
    return tuple(str(value) for value in values if value)


def _below_common_root(names: list[str]) -> list[tuple[str, str]]:
    """Names as they are and below the folder that all share, if folders are left below it.

    Archives are folders in this, where there are several.
    """
    pairs = [(name, name) for name in names]
    while pairs and not any(_MOODLE.fullmatch(short) for _, short in pairs):
        roots = {short.partition("/")[0] for _, short in pairs}
        rest = [(name, short.partition("/")[2]) for name, short in pairs]
        rest = [(name, short) for name, short in rest if short]
        flat = [short for _, short in rest if "/" not in short and not is_beside(short)]
        packed = [short for short in flat if short.lower().endswith(".zip")]
        is_deep = set(flat) <= {METADATA, *packed} and len(packed) != 1
        if len(roots) != 1 or not rest or not is_deep:
            break
        pairs = rest
    return pairs


def _by_metadata(names: list[str], metadata: dict[str, Handed], root: str) -> Iterator[Placed]:
    """Whose the files are, and who is named and has none."""
    pairs = [(name, name.removeprefix(root)) for name in names if name.startswith(root)]
    filled = {short.partition("/")[0] for _, short in pairs}
    empty = [(f"{root}{folder}/", f"{folder}/") for folder in metadata if folder not in filled]
    for name, short in (*pairs, *empty):
        yield from _gradescope(name, short, metadata)


def _gradescope(name: str, short: str, metadata: dict[str, Handed]) -> Iterable[Placed]:
    """Each submitter of a group gets the group's files."""
    folder, is_below, rest = short.partition("/")
    if not is_below:
        return
    handed = metadata.get(folder)
    mark = f"{name.removesuffix(short)}{folder}/"
    for student, *also in (handed.students if handed else ()) or ((folder,),):
        yield Placed(
            student=student,
            member=name,
            path=rest,
            mark=mark,
            also=tuple(also),
            at=handed.at if handed else None,
        )


def _canvas(name: str, short: str) -> Placed | None:
    found = _CANVAS.fullmatch(short)
    if found is None:
        return None
    return Placed(
        student=f"{found['name']}_{found['user']}",
        member=name,
        path=_as_read(found["rest"] or found["form"], is_form=found["form"] == "text.html"),
        mark=f"{name.removesuffix(short)}{short[: found.end('user')]}_",
        also=(found["user"], found["name"]),
        is_late=found["late"] is not None,
        is_dated=False,
    )


def _as_read(path: str, *, is_form: bool) -> str:
    """The name under which a file is read: what was typed into a form is a write-up, in HTML."""
    return f"{path.removesuffix('.html')}.md" if is_form and path.endswith(".html") else path


def _numbered(placed: list[Placed]) -> Iterator[Placed]:
    """Files that Canvas has numbered under their own names, unless two would then be one.

    `a.py` and `a-1.py` are the same file twice; `part-1.py` and `part-2.py` are not.
    """
    own = {(one.student, one.path) for one in placed}
    short = [_AGAIN.sub("", one.path) for one in placed]
    count = Counter((one.student, name) for one, name in zip(placed, short, strict=True))
    for one, name in zip(placed, short, strict=True):
        key = (one.student, name)
        yield replace(one, path=name) if key in own or count[key] == 1 else one


def _moodle(name: str, short: str) -> Placed | None:
    found = _MOODLE.fullmatch(short)
    if found is None:
        return None
    student = found["student"]
    return Placed(
        student=student,
        member=name,
        path=_as_read(found["rest"], is_form=found["kind"] == "onlinetext"),
        mark=f"{name.removesuffix(short)}{student}_",
        also=(student.rpartition("_")[0],),
        is_dated=False,
    )


def _plain(name: str, short: str) -> Placed:
    """A folder for each student; a file at the top is a student's only one."""
    folder, _, rest = short.partition("/")
    path = PurePosixPath(short)
    mark = f"{name.removesuffix(short)}{folder}/" if rest else name
    student = folder if rest else path.stem
    return Placed(student=student, member=name, path=rest or path.name, mark=mark)

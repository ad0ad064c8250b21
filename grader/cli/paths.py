"""What the paths of `grade PATH…` are: one submission, or a class.

Looks at names alone, so that the answer costs little; the course is found later.
"""

from collections.abc import Iterable
from pathlib import Path

from grader.batch.platforms import METADATA, is_beside, is_most, is_platforms
from grader.errors import UsageError, did_you_mean

_ARCHIVES = frozenset({".zip"})
_COURSE_FILE = Path("problems") / "course.yaml"


def is_class(path: Path, course_folder: Path | None) -> bool:
    """Whether a folder holds submissions; an archive always does.

    A folder that holds an answer file, or stands right under the course's submissions/, is one
    submission.
    """
    if not path.is_dir():
        return path.suffix.lower() in _ARCHIVES
    if _is_submissions(path.resolve(), course_folder):
        return True
    if _is_submissions(path.resolve().parent, course_folder):
        return False
    entries = [entry for entry in path.iterdir() if not entry.name.startswith(".")]
    if (path / METADATA).is_file():
        return True
    names = [e.name for e in entries if e.is_file() and e.suffix.lower() not in _ARCHIVES]
    files = [name for name in names if not is_beside(name)]
    below = [f"{entry.name}/file" for entry in entries if entry.is_dir()]
    return is_most(map(is_platforms, (*files, *below))) or bool(entries and not files)


def nothing_at(path: Path, commands: Iterable[str]) -> UsageError:
    """The error of a path that leads nowhere, with what was probably meant."""
    handed_in = Path("submissions") / path
    beside = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
    known = [*(entry.name for entry in beside), *(commands if path.name == str(path) else ())]
    near = (
        f"; did you mean '{handed_in}'?" if handed_in.exists() else did_you_mean(path.name, known)
    )
    return UsageError(
        f"{path}: there is no such file or folder{near or '; name what was handed in'}"
    )


def _is_submissions(folder: Path, course_folder: Path | None) -> bool:
    """Whether the folder is the submissions/ of a course."""
    if course_folder is not None:
        return folder == course_folder.resolve() / "submissions"
    return folder.name == "submissions" and (folder.parent / _COURSE_FILE).is_file()

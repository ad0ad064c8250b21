"""The exceptions of `grader`.

    GraderError
    ├── UsageError         the command line asks for something that is not there
    ├── PlacedError        something is wrong in a file of the course:
    │   ├── CourseError        course.yaml is broken or missing
    │   └── ProblemError       a problem or its solution is broken: the author must act
    ├── SubmissionError    a submission can not be opened at all
    ├── SandboxError       our own machinery failed: never the student's zero
    └── GradebookError     the gradebook can not be read or written

What a student's code does is data (a verdict). An exception here means that somebody else must act.
"""

import difflib
import unicodedata
from collections.abc import Iterable
from pathlib import Path


class GraderError(Exception):
    """Something that a person other than the student must put right.

    Attributes:
        exit_code: what the command ends with when this error reaches it.
    """

    exit_code = 4


class UsageError(GraderError):
    """The command line names something that is not there or does not fit."""

    exit_code = 2


class PlacedError(GraderError):
    """An error in a file: says where, what was found, what was wanted."""

    exit_code = 3

    def __init__(self, path: Path | str, message: str, *, where: str = "") -> None:
        self.path = Path(path)
        self.where = where
        place = f"{path}: {where}" if where else str(path)
        super().__init__(f"{place}: {message}")


class CourseError(PlacedError):
    """`problems/course.yaml` can not be used."""


class ProblemError(PlacedError):
    """A problem's public or private file can not be used."""


class SubmissionError(GraderError):
    """A submission can not be opened at all (one bad file inside it is a verdict, not this)."""

    exit_code = 2


class SandboxError(GraderError):
    """The machinery around student code failed; the work under way has no verdict."""


class GradebookError(GraderError):
    """The gradebook can not be read or written; what it held before is still there."""


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """The word that was probably meant, to stand behind a message; or ""."""
    words = {_bare(word): word for word in known}
    wanted = _bare(str(name))
    near = difflib.get_close_matches(wanted, words, n=1)
    near += [word for word in words if wanted and wanted in word]
    return f"; did you mean {words[near[0]]!r}?" if near else ""


def _bare(word: str) -> str:
    """A word without case and accents."""
    letters = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))

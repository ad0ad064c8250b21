"""What the judge and its stations tell one another, as plain bytes.

A station is a process that grades one submission after the other. Knows records; no processes.
"""

import msgspec

from grader.course import Course
from grader.errors import GraderError
from grader.grading import Grading
from grader.model import Assignment, ExpectedProblem, Record, Walls

# Frames to a station, and from it.
SETUP, SUBMISSION = b"U", b"B"
READY, DONE, REFUSED = b"Y", b"D", b"!"


class Setup(Record, frozen=True, kw_only=True):
    """All that a station needs to grade any submission of the class, sent once.

    Attributes:
        public, private: per slug, the bytes of the problem's two files.
        templates: the course's own templates, by file name.
        reports: the folder for reports on this machine; "" where pages travel back as bytes.
        cache: the folder for rendered statements, or "".
    """

    assignment: Assignment
    expected: dict[str, ExpectedProblem]
    public: dict[str, bytes]
    private: dict[str, bytes]
    templates: dict[str, bytes]
    walls: Walls | None = None
    reports: str = ""
    cache: str = ""


class Ready(Record, frozen=True, kw_only=True):
    """A station's first word: what holds student code in there."""

    walls: Walls
    walls_note: str


class Stages(Record, frozen=True, kw_only=True):
    """Seconds by the clock of each stage of one grading."""

    grade: float = 0.0
    render: float = 0.0
    pack: float = 0.0


class Done(Record, frozen=True, kw_only=True):
    """One graded submission, or why it could not be graded.

    Attributes:
        record: the report as the gradebook stores it; empty where there is `trouble`.
        pages: the report's files, where the station can not write them in their place.
        ran_out_of_clock: a test was ended by the clock, not by what it computed.
        cpu_s: the CPU seconds of each test, by part.
        seconds: of the whole.
        peak_mib: the most memory that the station has had.
    """

    student: str
    record: bytes = b""
    trouble: str = ""
    pages: dict[str, bytes] = msgspec.field(default_factory=dict)
    ran_out_of_clock: bool = False
    cpu_s: dict[str, tuple[float, ...]] = msgspec.field(default_factory=dict)
    seconds: float = 0.0
    stages: Stages = Stages()
    peak_mib: float = 0.0


def trouble_of(error: Exception) -> str:
    """Why a submission could not be graded: by what a person can put right, or by our failure."""
    is_ours = not isinstance(error, GraderError)
    return f"the grader failed ({type(error).__name__}: {error})" if is_ours else str(error)


def setup_for(course: Course, grading: Grading, *, walls: Walls | None, reports: str) -> Setup:
    """Put together what stations need; they see this machine's folders where `reports` is one."""
    own = course.templates
    files = sorted(own.iterdir()) if own.is_dir() else []
    return Setup(
        assignment=grading.assignment,
        expected=grading.expected,
        public={slug: path.read_bytes() for slug, path in grading.public.items()},
        private={slug: path.read_bytes() for slug, path in grading.private.items()},
        templates={path.name: path.read_bytes() for path in files if path.is_file()},
        walls=walls,
        reports=reports,
        cache=str((course.private / "pages").absolute()) if reports else "",
    )

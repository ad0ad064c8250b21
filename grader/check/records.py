"""What a check found, as data."""

import enum

from grader.model import Reading, Record, TestResult, Verdict


class Status(enum.StrEnum):
    """What can be said of a part's answer without solutions."""

    PASSED = "passed"
    WRONG = "wrong"
    FAILED = "failed"
    UNREADABLE = "unreadable"
    READ = "read"
    RUNS = "runs"
    MISSING = "not answered"
    HIDDEN = "not found, and may stand in a file that could not be read"

    @property
    def needs_work(self) -> bool:
        """Whether the student should look at it."""
        return self in {Status.WRONG, Status.FAILED, Status.UNREADABLE}


class PartCheck(Record, frozen=True, kw_only=True):
    """One part.

    Attributes:
        sentence: what to look at, or what was found.
        readings: how typed answers were read.
        tests: the tests that were judged, whose values may be shown.
        passed, judged: how many of them passed, of how many.
        hidden: how many tests were not run here.
    """

    number: str
    title: str
    status: Status
    sentence: str = ""
    readings: tuple[Reading, ...] = ()
    tests: tuple[TestResult, ...] = ()
    remarks: tuple[str, ...] = ()
    hidden: int = 0

    @property
    def judged(self) -> int:
        """How many tests were judged."""
        return len(self.tests)

    @property
    def passed(self) -> int:
        """How many of them passed."""
        return sum(test.verdict is Verdict.PASSED for test in self.tests)


class Checked(Record, frozen=True, kw_only=True):
    """All parts that were checked.

    Attributes:
        notes: about the submission as a whole.
    """

    title: str
    parts: tuple[PartCheck, ...]
    notes: tuple[str, ...] = ()

"""What goes into the gradebook and what comes out of it. The records only hold."""

import enum
from collections.abc import Iterable
from fractions import Fraction

from msgspec import field
from msgspec.structs import replace

from grader.model import Record, Report, Verdict

_NEAR = Fraction(9, 10)  # of a part's marks


class Counting(enum.StrEnum):
    """Which attempt of a student counts."""

    LATEST = "latest"
    BEST = "best"


class Fingerprint(Record, frozen=True, kw_only=True):
    """What a mark depends on, as digests; equal fingerprints give equal marks.

    Attributes:
        submission: of the paths and bytes handed in.
        engine: of the grader's own code.
        assignment: of the list of parts and their numbers.
        problems, solutions: per slug, of the problem's public and private file.
    """

    submission: str
    engine: str
    assignment: str
    problems: dict[str, str]
    solutions: dict[str, str]


class Attempt(Record, frozen=True, kw_only=True):
    """One grading of one submission, as it is stored.

    Attributes:
        report: None where the grader failed on the whole submission.
        record: the report as `packed` gives it, where that was done elsewhere.
        trouble: why it failed, or "".
        graded_at, submitted_at: UTC, ISO 8601; `submitted_at` is "" where it is not known.
        is_late: the platform says so.
        late_s: seconds after the due time (0 in time), or None where either is unknown.
        set_aside: why the attempt does not count, or "".
        seconds: what grading it took by the clock.
        cpu_s: the CPU seconds of each test, by part, where they are known.
        seed: of the drawn cases.
    """

    student: str
    assignment: str
    fingerprint: Fingerprint
    report: Report | None
    record: bytes = b""
    trouble: str = ""
    graded_at: str
    submitted_at: str = ""
    is_late: bool = False
    late_s: int | None = None
    set_aside: str = ""
    seconds: float = 0.0
    cpu_s: dict[str, tuple[float, ...]] = field(default_factory=dict)
    seed: int = 0


class PastAttempt(Record, frozen=True, kw_only=True):
    """One stored attempt without its record, for a student's history.

    Attributes:
        is_complete: nothing in it failed by our fault.
    """

    id: int
    student: str
    fingerprint: Fingerprint
    is_graded: bool
    is_complete: bool
    marks: Fraction
    out_of: Fraction
    pending: Fraction
    trouble: str
    graded_at: str
    submitted_at: str
    late_s: int | None
    set_aside: str
    grader: str


class Counted(Record, frozen=True, kw_only=True):
    """The attempt of a student that counts, as it was computed, in short."""

    attempt: int
    marks: Fraction
    fingerprint: Fingerprint


class Override(Record, frozen=True, kw_only=True):
    """A person's mark for one part of one student, which regrading leaves alone."""

    student: str
    assignment: str
    part: str
    marks: Fraction
    by: str
    reason: str
    at: str


class PartMark(Record, frozen=True, kw_only=True):
    """The current marks of one part; an override, where there is one, has decided them."""

    part: str
    number: str
    title: str
    verdict: Verdict
    marks: Fraction
    out_of: Fraction
    pending: Fraction
    sentence: str
    override: Override | None = None

    @property
    def is_missing(self) -> bool:
        """Whether nothing was found for it, and no person has decided on it."""
        return self.verdict is Verdict.MISSING and self.override is None

    @property
    def is_nearly_right(self) -> bool:
        """Whether something small is missing, and nothing waits for a decision."""
        return not self.pending and _NEAR * self.out_of <= self.marks < self.out_of


class Standing(Record, frozen=True, kw_only=True):
    """Where one student stands in one assignment.

    Attributes:
        attempt: the attempt that counts, or None where none was graded.
        attempts: how many there are.
        trouble: why the newest attempt could not be graded, or "".
        marks, out_of, pending: earned so far, possible, not decided by anybody yet; of all parts.
        by_person: how many parts a person's override has decided.
        is_blank: nothing was found that answers any part.
        parts: all of them; `in_short`, those that are worth a look.
    """

    student: str
    assignment: str
    attempt: int | None
    attempts: int
    trouble: str
    marks: Fraction = Fraction(0)
    out_of: Fraction = Fraction(0)
    pending: Fraction = Fraction(0)
    by_person: int = 0
    is_blank: bool = False
    graded_at: str = ""
    submitted_at: str = ""
    late_s: int | None = None
    seconds: float = 0.0
    parts: tuple[PartMark, ...] = ()

    @property
    def is_graded(self) -> bool:
        """Whether some attempt counts; without one there are no marks, which is not zero."""
        return self.attempt is not None

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits for the grader: an attempt counts and no part of it failed."""
        failed = Verdict.FAILED_TO_GRADE
        return self.is_graded and not any(p.pending and p.verdict is failed for p in self.parts)

    def with_parts(self, parts: Iterable[PartMark]) -> "Standing":
        """The same with its parts, summed up."""
        given = tuple(parts)
        return replace(
            self,
            marks=sum((part.marks for part in given), Fraction(0)),
            out_of=sum((part.out_of for part in given), Fraction(0)),
            pending=sum((part.pending for part in given), Fraction(0)),
            by_person=sum(part.override is not None for part in given),
            is_blank=bool(given) and all(part.is_missing for part in given),
            parts=given,
        )

    def in_short(self) -> "Standing":
        """The same without the parts that nobody needs to look at: small, for a large class."""
        kept = tuple(part for part in self.parts if part.pending or part.is_nearly_right)
        return replace(self, parts=kept)


class PartCount(Record, frozen=True, kw_only=True):
    """How one part went over all students whose attempt counts.

    Attributes:
        taken: how many were decided; the other figures are over these.
        share: the mean share of its marks that was earned, from 0 to 1.
        discrimination: the correlation of that share with the marks of all other parts, from -1 to
            1; None where it says nothing (everybody earned the same).
        cpu_s: the CPU seconds that students' answers took, in the mean; None where that is unknown.
    """

    part: str
    number: str
    title: str
    taken: int
    full: int
    nothing: int
    open: int
    share: float
    discrimination: float | None
    cpu_s: float | None


class TestCount(Record, frozen=True, kw_only=True):
    """How one test went over all students whose attempt counts; fields as in `PartCount`."""

    part: str
    number: str
    test: str
    is_public: bool
    taken: int
    passed: int
    share: float
    discrimination: float | None
    cpu_s: float | None


class RemarkCount(Record, frozen=True, kw_only=True):
    """Who got one remark."""

    sentence: str
    students: tuple[str, ...]


class MisconceptionCount(Record, frozen=True, kw_only=True):
    """Who shows one misconception."""

    part: str
    name: str
    students: tuple[str, ...]

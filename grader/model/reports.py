"""One grading of one submission: everything that rendering and storing need.

Holds expected values too; what may be shown of them is decided where reports are rendered.
"""

from fractions import Fraction

from msgspec import field

from grader.model.findings import Comparison, Diagnosis, ErrorMap
from grader.model.problems import Hints, Kind
from grader.model.records import Record, Verdict, Walls
from grader.student.packing import Packed
from grader.student.wire import Place


class Rungs(Record, frozen=True, kw_only=True):
    """What the lower rungs of the hint ladder say in place of a sentence.

    Attributes:
        shape: what kind of difference it is.
        place: the same, with where it shows.
    """

    shape: str = ""
    place: str = ""


class OutputResult(Record, frozen=True, kw_only=True):
    """One output of one test, over all its cases.

    Attributes:
        marks, out_of: earned and possible.
        sentence: why marks were lost, or "".
        rungs: what to say instead where a hidden test may say less.
        guess: how the answer was guessed, which both begin with; it says nothing of what is right.
        comparison: of the first case that failed, or of the last one.
        case: which case that is, from 0.
        misconception: the name of the recognised one, or "".
        error_map: for arrays that are wrong.
        got, expected: values of that case; `expected` only ever leaves for public tests.
    """

    name: str
    marks: Fraction
    out_of: Fraction
    sentence: str = ""
    rungs: Rungs = Rungs()
    guess: str = ""
    comparison: Comparison | None = None
    case: int = 0
    misconception: str = ""
    diagnosis: Diagnosis | None = None
    error_map: ErrorMap | None = None
    got: Packed | None = None
    expected: Packed | None = None

    @property
    def is_right(self) -> bool:
        """Whether it earns everything; where there are no marks, whether nothing is said of it."""
        return self.marks == self.out_of and bool(self.out_of or not self.sentence)


class TestResult(Record, frozen=True, kw_only=True):
    """One test of one part.

    Attributes:
        reason: a short constant that refines the verdict ("exited", "recursion too deep").
        sentence: the one sentence for the student.
        inputs: of the case shown, by name; only ever leaves for public tests.
        traceback: lines in the student's own files.
        cases: how many there were, and `cases_passed` of them.
    """

    name: str
    is_public: bool
    verdict: Verdict
    marks: Fraction
    out_of: Fraction
    reason: str = ""
    sentence: str = ""
    outputs: tuple[OutputResult, ...] = ()
    inputs: dict[str, Packed] = field(default_factory=dict)
    traceback: tuple[str, ...] = ()
    printed: str = ""
    remarks: tuple[str, ...] = ()
    cases: int = 0
    cases_passed: int = 0


class Reading(Record, frozen=True, kw_only=True):
    """How one answer, or one field of it, was read.

    Attributes:
        label: the output's name where a part has several, else "".
        typed: the source as typed (or the function's name).
        read_as: our reading in plain unicode, and as MathML printed from our own tree.
        error, position: why it could not be read, and where in `typed` (from 0).
    """

    label: str
    typed: str
    place: Place | None = None
    read_as: str = ""
    mathml: str = ""
    error: str = ""
    position: int = 0
    warnings: tuple[str, ...] = ()


class LostMark(Record, frozen=True, kw_only=True):
    """Marks that were lost, and why.

    Attributes:
        output: of which output, or which claim; "" where it is the whole test, or may not be told.
        rungs: of a claim, what to say instead where less may be said.
    """

    marks: Fraction
    sentence: str
    test: str = ""
    output: str = ""
    rungs: Rungs = Rungs()


class PartResult(Record, frozen=True, kw_only=True):
    """One part of one submission.

    Attributes:
        sentence: the one sentence that matters most.
        pending: marks that nobody has decided on yet (unreadable, needs marking, failed to grade).
        carried: those of the remarks that name an output which follows from the student's own
            others; the lowest rung of the hint ladder leaves them out.
        lost: each lost mark with its reason, adding up to what is missing.
        rubric: for texts, the headings by which a person marks.
        has_inputs: whether the part takes inputs; without them the size of an error would give a
            hidden answer away.
        trouble: what of ours failed on the answer, for whoever runs the grader; no student sees it.
        hints: the highest rung of the hint ladder that hidden tests reach.
    """

    id: str
    number: str
    title: str
    kind: Kind
    verdict: Verdict
    marks: Fraction
    out_of: Fraction
    pending: Fraction = Fraction(0)
    sentence: str = ""
    readings: tuple[Reading, ...] = ()
    tests: tuple[TestResult, ...] = ()
    remarks: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    lost: tuple[LostMark, ...] = ()
    rubric: tuple[str, ...] = ()
    has_inputs: bool = False
    trouble: str = ""
    hints: Hints = "concept"


class ProblemResult(Record, frozen=True, kw_only=True):
    """One problem of one submission."""

    slug: str
    title: str
    parts: tuple[PartResult, ...]


class Report(Record, frozen=True, kw_only=True):
    """One grading of one submission: everything that rendering and storing need.

    Attributes:
        walls: what held student code in, with `walls_note` in words.
        notes: remarks on the submission as a whole (a link that was left out, a file not read).
    """

    student: str
    assignment: str
    title: str
    walls: Walls
    walls_note: str
    grader: str
    problems: tuple[ProblemResult, ...]
    notes: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[PartResult, ...]:
        """All parts in order."""
        return tuple(part for problem in self.problems for part in problem.parts)

    @property
    def is_complete(self) -> bool:
        """Whether nothing in it failed by our fault."""
        verdicts = {part.verdict for part in self.parts}
        verdicts |= {test.verdict for part in self.parts for test in part.tests}
        return Verdict.FAILED_TO_GRADE not in verdicts

    @property
    def marks(self) -> Fraction:
        """Marks earned so far."""
        return sum((part.marks for part in self.parts), Fraction(0))

    @property
    def out_of(self) -> Fraction:
        """Marks that could be earned."""
        return sum((part.out_of for part in self.parts), Fraction(0))

    @property
    def pending(self) -> Fraction:
        """Marks that nobody has decided on yet."""
        return sum((part.pending for part in self.parts), Fraction(0))

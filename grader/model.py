"""The frozen records that everything passes around.

They only hold; deciding, rendering and storing happen elsewhere. Derived numbers are properties.
Marks are exact fractions.
"""

import enum
from fractions import Fraction
from typing import Literal

import msgspec

from grader.student.signature import Signature
from grader.student.wire import Notation, Packed, Place


class Verdict(enum.StrEnum):
    """The judgement of a test or a part."""

    PASSED = "passed"
    WRONG = "wrong"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    SKIPPED = "skipped"
    NEEDS_MARKING = "needs marking"
    FAILED_TO_GRADE = "failed to grade"

    @property
    def is_decided(self) -> bool:
        """Whether marks that were not earned are lost (else there are no marks yet)."""
        return self not in _UNDECIDED


_UNDECIDED = frozenset({Verdict.UNREADABLE, Verdict.NEEDS_MARKING, Verdict.FAILED_TO_GRADE})


class Walls(enum.StrEnum):
    """What held student code in."""

    FULL = "full"
    REDUCED = "reduced"
    NONE = "none"


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The common manners of all records: frozen, by keyword, no unknown fields."""


# --- what an author wrote -----------------------------------------------------------------------


class Domain(Record, frozen=True, kw_only=True):
    """What an input or a size may be.

    Attributes:
        low, high: the range of a number, both ends included.
        choices: the values to choose from, when they are listed.
        is_integer: whether numbers of the range are whole.
        formula: a size that follows from other sizes and numbers ("(H - K)//S + 1").
    """

    low: Fraction | None = None
    high: Fraction | None = None
    choices: tuple[int | float | str | bool, ...] = ()
    is_integer: bool = False
    formula: str = ""


class PublicTest(Record, frozen=True, kw_only=True):
    """A test that students see, with its inputs written out.

    Attributes:
        inputs: per input name its value; inputs that are not named are drawn from the domain.
        expected: per output name its value; filled in for students who hold no solutions.
    """

    name: str
    inputs: dict[str, Packed]
    weight: Fraction = Fraction(1)
    expected: dict[str, Packed] = {}


class Claim(Record, frozen=True, kw_only=True):
    """One statement of a choice part, true or false, or one option of a pick."""

    id: str
    text: str


class Part(Record, frozen=True, kw_only=True):
    """One question that asks for exactly one answer.

    Attributes:
        id: `<slug>/<name>`.
        ask: the question, Markdown.
        kind: "computed" (function, formula or number: the student chooses), "choice" or "text".
        pick: for a choice, whether each claim is judged ("each") or options are picked.
        rubric: for a text, the headings by which a person marks it.
        forward: for gradients, a public Python function whose gradients they are; students' own
            checks compare with its central differences.
        hidden: how many hidden tests there are, where the solutions are not at hand.
    """

    id: str
    title: str
    ask: str
    marks: Fraction
    kind: Literal["computed", "choice", "text"]
    signature: Signature | None = None
    call: str = ""
    imports: tuple[str, ...] = ("numpy",)
    domain: dict[str, Domain] = {}
    where: str = ""
    notation: Notation = Notation()
    public: tuple[PublicTest, ...] = ()
    claims: tuple[Claim, ...] = ()
    pick: Literal["each", "one", "many"] = "each"
    rubric: tuple[str, ...] = ()
    cpu_s: float = 10.0
    forward: str = ""
    hidden: int = 0

    @property
    def slug(self) -> str:
        """The problem's slug."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The part's name inside its problem."""
        return self.id.partition("/")[2]


class Problem(Record, frozen=True, kw_only=True):
    """A problem's public side."""

    slug: str
    title: str
    statement: str
    parts: tuple[Part, ...]
    topics: tuple[str, ...] = ()


class NumberedPart(Record, frozen=True, kw_only=True):
    """A part as a sheet numbers it ("5.1a")."""

    number: str
    part: Part


class Assignment(Record, frozen=True, kw_only=True):
    """An ordered list of problems with the numbers that the sheet uses."""

    name: str
    title: str
    problems: tuple[Problem, ...]
    numbered: tuple[NumberedPart, ...]


# --- what the references say --------------------------------------------------------------------


class Misconception(Record, frozen=True, kw_only=True):
    """A wrong reference with the sentence that a good tutor would say.

    Attributes:
        name: a short name, used in class reports.
        say: the sentence for the student.
        share: the share of the marks of the lost output that it grants all the same.
    """

    name: str
    say: str
    share: Fraction = Fraction(0)


class ExpectedOutput(Record, frozen=True, kw_only=True):
    """What one case expects of one output.

    Attributes:
        value: the reference's value.
        scale: the size that errors are measured against: max|value|, or a floor from the inputs
            where the truth is zero.
        noise32: error of the reference itself when it runs in float32, same measure.
        wrong: per misconception (in the part's order) its value, or None where it gives none.
        alternatives: other values that are right as well.
    """

    value: Packed
    scale: float
    noise32: float = 0.0
    wrong: tuple[Packed | None, ...] = ()
    alternatives: tuple[Packed, ...] = ()


class ExpectedCase(Record, frozen=True, kw_only=True):
    """One case: its inputs and outputs in the order of the signature."""

    inputs: tuple[Packed, ...]
    outputs: tuple[ExpectedOutput, ...]


class ExpectedTest(Record, frozen=True, kw_only=True):
    """A named, weighted group of cases."""

    name: str
    is_public: bool
    weight: Fraction
    cases: tuple[ExpectedCase, ...]


class ExpectedClaim(Record, frozen=True, kw_only=True):
    """The truth of one claim, or whether one option belongs to the right choice."""

    id: str
    truth: bool
    say: str = ""


class Carry(Record, frozen=True, kw_only=True):
    """An output that is also judged against the student's own other outputs.

    Attributes:
        output: the output's name ("total").
        formula: the value from the others ("depthwise + pointwise"); "" where the solution's own
            code computes it.
        takes: the other outputs that it is computed from.
    """

    output: str
    formula: str
    takes: tuple[str, ...] = ()
    say: str


class ExpectedPart(Record, frozen=True, kw_only=True):
    """All that the judge needs for one part, computed once by the references.

    Attributes:
        tolerance: the error that float64 answers may have.
        depends: per output, the inputs that its value depends on somewhere.
        has_validator: whether the solution can accept values that differ from the reference's
            (ties); only then is the solution's code loaded while grading.
        red_flags: for a text, what the person who marks should look out for.
        has_oracle: whether a second truth was asked, with `oracle_error` the largest error between
            the two.
    """

    id: str
    tests: tuple[ExpectedTest, ...] = ()
    has_oracle: bool = False
    oracle_error: float = 0.0
    misconceptions: tuple[Misconception, ...] = ()
    tolerance: float = 1e-8
    carries: tuple[Carry, ...] = ()
    depends: tuple[tuple[str, ...], ...] = ()
    has_validator: bool = False
    claims: tuple[ExpectedClaim, ...] = ()
    red_flags: tuple[str, ...] = ()


class ExpectedProblem(Record, frozen=True, kw_only=True):
    """A problem's private side, as data."""

    slug: str
    digest: str
    parts: tuple[ExpectedPart, ...]


# --- what comparing and diagnosing found --------------------------------------------------------


class Stage(enum.StrEnum):
    """How far an output got, in the order in which a person debugs."""

    TYPE = "type"
    SHAPE = "shape"
    DTYPE = "dtype"
    NONFINITE = "nan and inf"
    VALUES = "values"
    AGREES = "agrees"


class Comparison(Record, frozen=True, kw_only=True):
    """One output of one case against its expected value.

    Attributes:
        stage: where it failed, or AGREES.
        sentence: what differs, with the statistic that decided; "" when all agrees. It holds no
            expected value.
        error: max|actual − expected| / scale, the statistic tested; 0 for exact matches.
        bound: what `error` may be at most.
        worst: index of the worst element (or () for scalars).
        bad, size: how many elements are outside the bound, of how many.
        is_float32: the bound was widened because the answer is float32.
        squeezed: the shape differs from the expected one by axes of length 1 alone; the values
            were compared without those axes.
        undecided: the answer is float32 and off by no more than float32 may lose in this case,
            which is too much to tell right from wrong: the case judges neither way.
    """

    stage: Stage
    sentence: str = ""
    error: float = 0.0
    bound: float = 0.0
    worst: tuple[int, ...] = ()
    bad: int = 0
    size: int = 1
    is_float32: bool = False
    squeezed: bool = False
    undecided: bool = False

    @property
    def agrees(self) -> bool:
        """Whether nothing is left to complain of but, perhaps, axes of length 1."""
        return self.stage is Stage.AGREES


class Diagnosis(Record, frozen=True, kw_only=True):
    """What the arrays tell about the mistake.

    Attributes:
        kind: a stable short name ("transposed", "constant ratio", "border only", ...).
        sentence: for the student; names the shape of the mistake, never an expected value.
        hint: the second rung: where it sits.
    """

    kind: str
    sentence: str
    hint: str = ""


class ErrorMap(Record, frozen=True, kw_only=True):
    """Which elements are right, at a glance: at most four classes.

    Attributes:
        shape: the shape of the output.
        classes: per element in C order: 0 agrees, 1 slightly off, 2 far off, 3 not finite.
    """

    shape: tuple[int, ...]
    classes: bytes


# --- the report ---------------------------------------------------------------------------------


class OutputResult(Record, frozen=True, kw_only=True):
    """One output of one test, over all its cases.

    Attributes:
        marks, out_of: earned and possible.
        sentence: why marks were lost, or "".
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
    comparison: Comparison | None = None
    case: int = 0
    misconception: str = ""
    diagnosis: Diagnosis | None = None
    error_map: ErrorMap | None = None
    got: Packed | None = None
    expected: Packed | None = None


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
    inputs: dict[str, Packed] = {}
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


class PartResult(Record, frozen=True, kw_only=True):
    """One part of one submission.

    Attributes:
        sentence: the one sentence that matters most.
        pending: marks that nobody has decided on yet (unreadable, needs marking, failed to grade).
        lost: each lost mark with its reason, adding up to what is missing.
        rubric: for texts, the headings by which a person marks.
        has_inputs: whether the part takes inputs; without them the size of an error would give a
            hidden answer away.
    """

    id: str
    number: str
    title: str
    kind: str
    verdict: Verdict
    marks: Fraction
    out_of: Fraction
    pending: Fraction = Fraction(0)
    sentence: str = ""
    readings: tuple[Reading, ...] = ()
    tests: tuple[TestResult, ...] = ()
    remarks: tuple[str, ...] = ()
    lost: tuple["LostMark", ...] = ()
    rubric: tuple[str, ...] = ()
    has_inputs: bool = False


class LostMark(Record, frozen=True, kw_only=True):
    """Marks that were lost, and why."""

    marks: Fraction
    sentence: str
    test: str = ""
    output: str = ""


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

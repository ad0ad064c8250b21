"""What the references say: all that the judge needs, computed once per problem.

None of it ever crosses to the student's side but the inputs of cases.
"""

from fractions import Fraction

from grader.model.records import Record
from grader.student.packing import Packed


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
        rubric: for a text, what a good one says; the public headings do not tell it.
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
    rubric: tuple[str, ...] = ()
    red_flags: tuple[str, ...] = ()


class ExpectedProblem(Record, frozen=True, kw_only=True):
    """A problem's private side, as data."""

    slug: str
    digest: str
    parts: tuple[ExpectedPart, ...]

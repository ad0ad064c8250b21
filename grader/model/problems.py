"""What an author wrote for students to see: problems, parts, public tests, assignments.

Holds nothing private.
"""

from datetime import datetime
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import field

from grader.model.records import Record
from grader.student.packing import Packed
from grader.student.signature import Signature
from grader.student.wire import Notation

Kind: TypeAlias = Literal["computed", "choice", "text"]
Pick: TypeAlias = Literal["each", "one", "many"]
Hints: TypeAlias = Literal["shape", "place", "concept"]
RUNGS: tuple[Hints, ...] = ("shape", "place", "concept")
"""The hint ladder, from its lowest rung: how much a hidden test may say of a mistake."""


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
    expected: dict[str, Packed] = field(default_factory=dict)


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
        hints: the highest rung of the hint ladder that hidden tests reach.
    """

    id: str
    title: str
    ask: str
    marks: Fraction
    kind: Kind
    signature: Signature | None = None
    call: str = ""
    imports: tuple[str, ...] = ("numpy",)
    domain: dict[str, Domain] = field(default_factory=dict)
    where: str = ""
    notation: Notation = Notation()
    public: tuple[PublicTest, ...] = ()
    claims: tuple[Claim, ...] = ()
    pick: Pick = "each"
    rubric: tuple[str, ...] = ()
    cpu_s: float = 10.0
    forward: str = ""
    hidden: int = 0
    hints: Hints = "concept"

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
    """An ordered list of problems with the numbers that the sheet uses.

    Attributes:
        due: the moment after which a submission is late, if the course says one.
    """

    name: str
    title: str
    problems: tuple[Problem, ...]
    numbered: tuple[NumberedPart, ...]
    due: datetime | None = None

    def numbered_of(self, problem: Problem) -> tuple[NumberedPart, ...]:
        """The parts of one problem, in the sheet's order."""
        return tuple(n for n in self.numbered if n.part.slug == problem.slug)


def plain_label(text: str) -> str:
    """A label as it is compared, however a student spaces, joins or capitalises it."""
    return text.strip().lower().replace("_", "-").replace(" ", "-")


def counted(number: int | Fraction, what: str) -> str:
    """So many of something: "1 part", "2 parts"."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

"""What the templates are given: one record per page, the contract with a course's own templates.

Every text in them is plain text that the templates escape, except the fields of type `Markup`: they
hold statements and mathematics that were made safe before. docs/report.md documents the fields.
The records only hold; `building` makes them.
"""

from markupsafe import Markup

from grader.model import Record
from grader.report.maps import Picture
from grader.report.values import Shown


class Ruling(Record, frozen=True):
    """A verdict as it is shown.

    Attributes:
        kind: a stable name for the style sheet and the icon ("needs-marking").
        tone: "good", "bad", "open" or "quiet".
        word: the word beside the icon.
    """

    kind: str
    tone: str
    word: str


class Score(Record, frozen=True):
    """Marks as they are printed.

    Attributes:
        earned: "1.33", or "–" where nothing has been decided.
        lost, open: the same for lost and undecided marks; "" where there are none.
        shares: earned, lost and open in thousandths of the whole, for a bar.
    """

    earned: str
    out_of: str
    lost: str = ""
    open: str = ""
    shares: tuple[int, int, int] = (0, 0, 0)


class Link(Record, frozen=True):
    """A link inside the report."""

    text: str
    href: str


class Frame(Record, frozen=True):
    """What every page has around it.

    Attributes:
        title: of the browser's window.
        assignment, student: whose report it is.
        walls, walls_note: what held student code in.
        is_unwalled: nothing did.
        style: the style sheet, and its hash for the page's security policy.
    """

    title: str
    assignment: str
    student: str
    walls: str
    walls_note: str
    is_unwalled: bool
    grader: str
    style: Markup
    style_hash: str


class PartLine(Record, frozen=True):
    """One part in the overview."""

    number: str
    title: str
    href: str
    ruling: Ruling
    score: Score
    sentence: str


class ProblemLine(Record, frozen=True):
    """One problem in the overview."""

    title: str
    href: str
    score: Score
    parts: tuple[PartLine, ...]


class IndexPage(Record, frozen=True):
    """The overview.

    Attributes:
        open: what is not decided yet, in words ("2 need marking by a person").
        notes: remarks on the submission as a whole.
    """

    frame: Frame
    score: Score
    open: tuple[str, ...]
    problems: tuple[ProblemLine, ...]
    notes: tuple[str, ...]


class Typed(Record, frozen=True):
    """One answer, or one field of it, as it was read.

    Attributes:
        label: the output's name, or "".
        place: file and line in words, or "".
        before, at, after: the source as typed, cut at the place where reading stopped; a readable
            source is all in `before`.
        is_cut: reading stopped somewhere.
        is_function: `before` is the name of a function.
        is_prose: `before` is a text that a person reads, unwrapped.
        mathml, read_as: our reading, as mathematics or else in plain characters.
    """

    label: str
    place: str
    before: str
    at: str
    after: str
    is_cut: bool
    is_function: bool
    is_prose: bool
    mathml: Markup
    read_as: str
    error: str
    warnings: tuple[str, ...]


class Loss(Record, frozen=True):
    """Marks that were lost for one reason.

    Attributes:
        places: the tests, and outputs of tests, that lost them.
        is_lead: the reason is the part's own sentence.
    """

    marks: str
    sentence: str
    places: tuple[str, ...]
    is_lead: bool


class OutputView(Record, frozen=True):
    """One output of one test.

    Attributes:
        figures: the statistics that decided, in words.
        got, expected: values of a public test; for a right output `got` alone.
    """

    name: str
    score: Score
    is_right: bool
    sentence: str
    figures: tuple[str, ...]
    diagnosis: str
    hint: str
    map: Picture | None
    got: Shown | None
    expected: Shown | None


class TestView(Record, frozen=True):
    """One test of a part.

    Attributes:
        cases: how many cases passed, in words, and which one is shown.
        has_one_output: the test has a single output, which needs no heading.
        has_more: there is something to unfold.
        is_unfolded: it is shown from the start.
    """

    name: str
    is_public: bool
    ruling: Ruling
    score: Score
    cases: str
    sentence: str
    inputs: tuple[Shown, ...]
    outputs: tuple[OutputView, ...]
    has_one_output: bool
    traceback: tuple[str, ...]
    printed: str
    remarks: tuple[str, ...]
    has_more: bool
    is_unfolded: bool


class ClaimLine(Record, frozen=True):
    """One claim of a choice, or one option of a pick.

    Attributes:
        given: the answer as typed, or "".
        ruling: that it lost marks, where that may be told.
    """

    id: str
    text: Markup
    given: str
    ruling: Ruling | None


class PartView(Record, frozen=True):
    """One part on its problem's page.

    Attributes:
        anchor: the fragment that the overview links to.
        sentence: the one that matters most.
        question: rendered Markdown.
        answers: empty where the claims hold what was given, and where nothing was handed in.
        lost: each reason with the marks that it cost, the part's own sentence first.
        passed: how many tests passed, in words.
    """

    anchor: str
    number: str
    title: str
    ruling: Ruling
    score: Score
    sentence: str
    question: Markup
    claims: tuple[ClaimLine, ...]
    signature: str
    call: str
    answers: tuple[Typed, ...]
    lost: tuple[Loss, ...]
    passed: str
    tests: tuple[TestView, ...]
    remarks: tuple[str, ...]
    rubric: tuple[str, ...]


class ProblemPage(Record, frozen=True):
    """A problem."""

    frame: Frame
    heading: str
    score: Score
    statement: Markup
    parts: tuple[PartView, ...]
    previous: Link | None
    following: Link | None

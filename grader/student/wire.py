"""The wire: everything that crosses between judge and student, as plain data.

Both sides speak these records in msgpack, decoded strictly; there is no pickle. The module knows
nothing of expected values, marks or verdicts, and holds none.
"""

from typing import Literal

import msgspec

from grader.student.packing import Packed
from grader.student.signature import Signature

# --- what the judge sends -----------------------------------------------------------------------


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One regular file of a submission: its path inside it (always with `/`) and its bytes."""

    path: str
    data: bytes


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where something stands in a submission; lines and columns count from 1, 0 means unknown.

    Attributes:
        cell: in a notebook the cell that the line is in, from 1; else 0.
    """

    file: str
    line: int = 0
    column: int = 0
    cell: int = 0

    @property
    def document(self) -> str:
        """The file, with the cell where there is one."""
        return f"{self.file} cell {self.cell}" if self.cell else self.file

    def __str__(self) -> str:
        return f"{self.document} line {self.line}" if self.line else self.document


class FunctionAnswer(msgspec.Struct, frozen=True, kw_only=True, tag="function"):
    """Call the function that the signature names, defined in `place.file`.

    Attributes:
        call: statements to run instead of one plain call; they read the inputs by name and leave
            the outputs in variables of the outputs' names. Empty for the plain call.
        provides: the names that the call needs from the student's file (the signature's own name
            when there is no call).
    """

    place: Place
    call: str = ""
    provides: tuple[str, ...] = ()


class Notation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a part declares about its formulas beside the signature; also the YAML of `notation:`.

    Attributes:
        aliases: per declared name, other spellings that students use ("delta": ["δ", "dL/da2"]).
        functions: per function name that may be called, which known function it stands for in the
            cases ("f'": "tanh_prime").
        layouts: in which a matrix formula is tried, each whole ("row", "column", "jacobian");
            empty for scalar formulas.
        shares: per layout that is not accepted, the share of the marks that a formula earns which
            is right in that layout alone ({"jacobian": 0.5}).
        base: where the indices of arrays start, per array (default 1).
        zero_outside: arrays that are zero outside their sizes.
        indices: per array output, the names of its indices in the statement, for formulas whose
            left side does not name them ("dW": ["s", "u", "v"]).
    """

    aliases: dict[str, tuple[str, ...]] = {}
    functions: dict[str, str] = {}
    layouts: tuple[str, ...] = ()
    shares: dict[str, float] = {}
    base: dict[str, int] = {}
    zero_outside: tuple[str, ...] = ()
    indices: dict[str, tuple[str, ...]] = {}


class FormulaAnswer(msgspec.Struct, frozen=True, kw_only=True, tag="formula"):
    """Evaluate one formula (or plain number) per output, in the order of the signature's outputs.

    Attributes:
        texts: as typed; an empty text is an output that was not answered.
    """

    texts: tuple[str, ...]
    places: tuple[Place, ...]
    notation: Notation = Notation()


class TestInputs(msgspec.Struct, frozen=True, kw_only=True):
    """The cases of one test: per case the inputs in the order of the signature."""

    cases: tuple[tuple[Packed, ...], ...]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One part's answer, to be run on all its tests.

    Attributes:
        part: the part's id, for messages.
        signature: the part's signature line, as read.
        imports: top-level packages that the answer may import beside the standard library.
        cpu_s: CPU seconds that one test may take.
    """

    part: str
    signature: Signature
    answer: FunctionAnswer | FormulaAnswer
    tests: tuple[TestInputs, ...]
    imports: tuple[str, ...] = ("numpy",)
    cpu_s: float = 10.0


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """All of one submission's work on one problem."""

    sources: tuple[Source, ...]
    tasks: tuple[Task, ...]


# --- what comes back ----------------------------------------------------------------------------


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a traceback, in the student's own files."""

    place: Place
    function: str
    source: str


class Returned(msgspec.Struct, frozen=True, kw_only=True, tag="returned"):
    """A case's call came back with a value (for a `call`, the tuple of the outputs)."""

    value: Packed


class Raised(msgspec.Struct, frozen=True, kw_only=True, tag="raised"):
    """A case's call ended in an exception.

    Attributes:
        reason: a short constant that the judge may act on: "exception", "recursion too deep",
            "import refused", "out of memory", "exited", "not defined", "not callable",
            "does not load" ... ; a formula that has no value here: "no value".
        message: one sentence for the student, type and text of the exception included.
    """

    reason: str
    message: str
    frames: tuple[Frame, ...] = ()


class CaseReply(msgspec.Struct, frozen=True, kw_only=True):
    """What one case gave, with remarks ("changed its input x in place") and prints."""

    result: Returned | Raised
    remarks: tuple[str, ...] = ()
    printed: str = ""


class TestReply(msgspec.Struct, frozen=True, kw_only=True, tag="test"):
    """One test has ended; `task` and `test` are indices into the job.

    Attributes:
        cpu_s: the CPU seconds that it took, reading or loading the answer included, by the child's
            own clock.
    """

    task: int
    test: int
    cases: tuple[CaseReply, ...]
    cpu_s: float = 0.0


class FormulaReply(msgspec.Struct, frozen=True, kw_only=True, tag="formula"):
    """How one formula was read, before it is evaluated.

    Attributes:
        tree: the tree as read, in the form that `student.formulas` decodes; None when unreadable.
        error: for an unreadable text a sentence for the student, with `position` (from 0) in it.
        warnings: readings that could surprise ("1/2x was read as (1/2)·x").
    """

    task: int
    output: int
    tree: bytes | None = None
    error: str = ""
    position: int = 0
    warnings: tuple[str, ...] = ()


class Progress(msgspec.Struct, frozen=True, kw_only=True, tag="progress"):
    """A test begins: whatever ends the child from here on costs this test."""

    task: int
    test: int


# --- the index of a submission ------------------------------------------------------------------


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One part as the sheet asks for it: what readers of documents look out for.

    Attributes:
        number: as the sheet numbers it ("5.1a").
        key: the part's id, which answers are keyed by.
        names: the names of its values or claims, in order.
        inputs: the names that a formula may use.
        aliases: other spellings of its names.
        function: what a function that answers the part is called, or "".
        pick: for a choice, whether each claim is judged, or one or many options are picked.
        question: the words of the question, by which a copy of it is recognised.
        is_scalar: whether all its inputs and values are single numbers.
    """

    number: str
    key: str
    kind: Literal["computed", "choice", "text"]
    title: str = ""
    names: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    function: str = ""
    pick: Literal["each", "one", "many"] = "each"
    question: str = ""
    is_scalar: bool = False


class ReadRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be read: a submission's files, and the parts that it may answer."""

    sources: tuple[Source, ...]
    asked: tuple[Asked, ...] = ()


UNTOLD = "no value could be told apart"
"""How a guess begins that is the text of a part in which no value was found."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in a submission that may be an answer.

    Attributes:
        kind: "function" (a definition at the top of a Python file) or "text" (a typed answer).
        key: the function's name, or the key path as typed, e.g. ("5.1", "total").
        text: the typed answer; for a function a digest of its lines, or what it is inside of.
        trust: how sure it is that this answers what the key names: 0 it was typed as the answer,
            1 it stands in a document under the answer's name, 2 it was guessed from a document;
            for a function how plainly it is defined: see `definitions`.
        guess: for a guess, how it was made ("the last number of the part").
        note: what else the text rests on ("dw = 27 + 3 is read from line 2 of cell 1").
    """

    kind: Literal["function", "text"]
    key: tuple[str, ...]
    place: Place
    text: str = ""
    trust: int = 0
    guess: str = ""
    note: str = ""


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """A file, or a place in one, that could not be read: what was found and what was wanted."""

    place: Place
    message: str


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """All that reading a submission found."""

    found: tuple[Found, ...] = ()
    unread: tuple[Unread, ...] = ()

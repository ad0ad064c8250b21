"""One part's answer as it came back, beside what is expected of it.

Holds; judging is done elsewhere.
"""

from grader.grading.computed.accepting import OwnCode
from grader.grading.computed.binding import Bound
from grader.grading.formulas import Layout
from grader.model import ExpectedPart, Part, Record
from grader.sandbox import TaskOutcome
from grader.student.signature import Signature


class Answer(Record, frozen=True, kw_only=True):
    """One part's answer under one layout.

    Attributes:
        bound: per test and case what came back; a test that was cut off has no cases.
        unread: per output that could not be read, why.
        unanswered: the outputs that a typed answer leaves out.
        guessed: per output that was guessed from a document, what to say if it is not right.
    """

    part: Part
    expected: ExpectedPart
    outcome: TaskOutcome
    own: OwnCode
    layout: Layout
    bound: tuple[tuple[Bound, ...], ...]
    unread: dict[int, str]
    unanswered: frozenset[int]
    guessed: dict[int, str]

    @property
    def signature(self) -> Signature:
        """The part's signature."""
        assert self.part.signature is not None
        return self.part.signature

    def is_doubtful(self, output: int) -> bool:
        """Whether lost marks wait for a person: our reading of the output may be wrong."""
        return output in self.unread or output in self.guessed

    def silence(self, output: int) -> str:
        """Why an output has no value in any case, or ""."""
        if output in self.unread:
            return self.named(output, self.unread[output])
        is_absent = output in self.unanswered
        return f"{self.signature.outputs[output].name} was not answered" if is_absent else ""

    def named(self, output: int, sentence: str) -> str:
        """A sentence on an output, named where the part has several."""
        outputs = self.signature.outputs
        return f"{outputs[output].name}: {sentence}" if len(outputs) > 1 else sentence

"""What is special about typed formulas: how they were read, layouts, names that do not occur.

Works on the trees that came from the student's side; nothing is read or evaluated here.
"""

from fractions import Fraction

from grader.grading.results import guess_warnings
from grader.grading.tasks import fields_by_output
from grader.model import ExpectedPart, Part, Reading, Record
from grader.sandbox import TaskOutcome
from grader.student.formulas import (
    Formula,
    FormulaError,
    decode,
    names_used,
    to_mathml,
    to_unicode,
)
from grader.student.wire import UNTOLD, FormulaReply
from grader.submission import Match


class Layout(Record, frozen=True, kw_only=True):
    """A layout under which a matrix formula is judged, and the share of marks that it earns.

    Attributes:
        remark: why the share is not 1.
        told: what an accepted layout makes of the formula.
    """

    name: str
    share: Fraction = Fraction(1)
    remark: str = ""
    told: str = ""

    @property
    def sentence(self) -> str:
        """The remark, and what to put right."""
        return f"{self.remark}. As it stands, {self.told}" if self.told else self.remark


def layouts(part: Part, match: Match) -> tuple[Layout, ...]:
    """The layouts to judge under; a single nameless one where there is nothing to choose."""
    if match.function is not None or not part.notation.layouts:
        return (Layout(name=""),)
    accepted = [Layout(name=name) for name in part.notation.layouts]
    wanted = " or ".join(part.notation.layouts)
    shared = [
        Layout(
            name=name,
            share=Fraction(share).limit_denominator(1000),
            remark=f"right in the {name} layout alone; the question asks for the {wanted} layout",
        )
        for name, share in part.notation.shares.items()
    ]
    return (*accepted, *shared)


def formula_readings(part: Part, match: Match, outcome: TaskOutcome) -> tuple[Reading, ...]:
    """How each typed formula was read, beside the source as typed; empty for functions."""
    if match.function is not None or part.signature is None:
        return ()
    fields = fields_by_output(part, match.fields)
    several = len(part.signature.outputs) > 1
    replies = {reply.output: reply for reply in outcome.formulas}
    readings = []
    for output, field in enumerate(fields):
        if field is None or not (field.is_untold or output in replies):
            continue
        reply = replies.get(output, FormulaReply(task=0, output=output, error=UNTOLD))
        formula = _decoded(reply.tree)
        readings.append(
            Reading(
                label=part.signature.outputs[output].name if several else "",
                typed=field.text,
                place=field.place,
                read_as=to_unicode(formula) if formula else "",
                mathml=to_mathml(formula) if formula else "",
                error=reply.error,
                position=reply.position,
                warnings=(*guess_warnings(field), *reply.warnings),
            )
        )
    return tuple(readings)


def dependence(part: Part, outcome: TaskOutcome, expected: ExpectedPart, output: int) -> str:
    """Says that the formula lacks inputs that the truth depends on, or ""."""
    formula = formula_of(outcome, output)
    if formula is None or part.signature is None or not expected.depends:
        return ""
    used = names_used(formula)  # of d_1, d_2 and so on, "d" where a sum goes through them
    absent = [
        name
        for name in expected.depends[output]
        if name not in used and name.rstrip("0123456789_") not in used
    ]
    if not absent:
        return ""
    return f"your formula does not depend on {' and '.join(absent)}, and the answer does"


def formula_of(outcome: TaskOutcome, output: int) -> Formula | None:
    """The formula that was read for an output, or None."""
    reply = next((r for r in outcome.formulas if r.output == output), None)
    return _decoded(reply.tree) if reply is not None else None


def _decoded(tree: bytes | None) -> Formula | None:
    """A tree from the student's side; one that does not decode is as good as none."""
    if tree is None:
        return None
    try:
        return decode(tree)
    except FormulaError:
        return None

"""Reads and evaluates typed formulas: one per output, on the same cases as functions.

Knows inputs and answers; no expected values.
"""

from collections.abc import Callable

from grader.student.formulas import Formula, FormulaError, encode, evaluate, read
from grader.student.packing import Many, NoValue, Packed, Value, pack, unpack
from grader.student.signature import Signature
from grader.student.wire import CaseReply, FormulaAnswer, FormulaReply, Returned

_NOT_ANSWERED, _NOT_READ = NoValue("not answered"), NoValue("could not be read")


class Formulas:
    """The formulas of one answer.

    Attributes:
        replies: how each was read, in the order of the outputs; none for those not answered.
    """

    def __init__(self, task: int, answer: FormulaAnswer, signature: Signature) -> None:
        self._answer, self._signature = answer, signature
        self.replies: list[FormulaReply] = []
        self._formulas: list[Formula | NoValue] = []
        for output, text in enumerate(answer.texts):
            self._formulas.append(self._read(task, output, text))

    def _read(self, task: int, output: int, text: str) -> Formula | NoValue:
        if not text.strip():
            return _NOT_ANSWERED
        name = self._signature.outputs[output].name
        try:
            formula = read(
                text, signature=self._signature, notation=self._answer.notation, output=name
            )
        except FormulaError as error:
            reply = FormulaReply(
                task=task, output=output, error=error.sentence, position=error.position
            )
            self.replies.append(reply)
            return _NOT_READ
        tree = encode(formula)
        self.replies.append(
            FormulaReply(task=task, output=output, tree=tree, warnings=formula.warnings)
        )
        return formula

    def run(self, inputs: tuple[Packed, ...]) -> CaseReply:
        """The values on one case; under layouts a dict from layout to value."""
        values = map(unpack, inputs)
        names = {v.name: x for v, x in zip(self._signature.inputs, values, strict=True)}
        packed = tuple(self._value(formula, names) for formula in self._formulas)
        is_bare = len(packed) == 1 and not self._answer.notation.layouts
        return CaseReply(result=Returned(value=packed[0] if is_bare else Many(packed)))

    def _value(self, formula: Formula | NoValue, names: dict[str, Value]) -> Packed:
        if isinstance(formula, NoValue):
            return formula
        layouts = self._answer.notation.layouts

        def under(layout: str) -> Packed:
            return _attempt(
                lambda: evaluate(
                    formula,
                    names,
                    signature=self._signature,
                    notation=self._answer.notation,
                    layout=layout,
                )
            )

        if not layouts:
            return under("")
        return Many(tuple(map(under, layouts)), layouts)


def _attempt(value: Callable[[], Value]) -> Packed:
    """The value, or the sentence why there is none."""
    try:
        return pack(value())
    except FormulaError as error:
        return NoValue(error.sentence)

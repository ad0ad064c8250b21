"""Values that differ from the reference's and are right all the same: carried errors and ties.

Knows one case at a time; nothing of tests or marks.
"""

from collections.abc import Callable

import numpy as np

from grader import compare
from grader.expected import inputs_by_name
from grader.grading.computed.binding import Bound
from grader.model import Carry, ExpectedCase, ExpectedPart, Record
from grader.student.formulas import FormulaError, evaluate_text
from grader.student.packing import Value, in_floats, numbers, unpack
from grader.student.signature import Signature


class OwnCode(Record, frozen=True, kw_only=True):
    """What only the solution's own code can say of an answer that differs from the reference's.

    Attributes:
        is_valid: whether inputs and answer, both by name, fit all the same (ties).
        carried: what the named output would be by its carry rule.
    """

    is_valid: Callable[[dict[str, Value], dict[str, Value]], bool] | None
    carried: Callable[[str, dict[str, Value], dict[str, Value]], Value]


class Acceptance:
    """Whether values of one part that differ may stand."""

    def __init__(self, signature: Signature, expected: ExpectedPart, own: OwnCode) -> None:
        self._signature, self._expected, self._own = signature, expected, own

    def followed(self, output: int, bound: Bound, case: ExpectedCase) -> Carry | None:
        """The rule by which an output follows from the student's own others, if it does."""
        name = self._signature.outputs[output].name
        rule = next((carry for carry in self._expected.carries if carry.output == name), None)
        if rule is None:
            return None
        answer = self._answer(bound)
        is_followed = _equals(rule, answer) if rule.formula else self._follows(rule, answer, case)
        return rule if is_followed else None

    def is_valid(self, bound: Bound, case: ExpectedCase) -> bool:
        """Whether the solution's validator takes the outputs of a case."""
        if self._own.is_valid is None:
            return False
        arrays = self._arrays(self._answer(bound), case)
        return arrays is not None and self._own.is_valid(
            inputs_by_name(case.inputs, self._signature), arrays
        )

    def _follows(self, rule: Carry, answer: dict[str, Value], case: ExpectedCase) -> bool:
        """Whether an array is what the rule's code gives; zeros follow from nothing."""
        needed = {name: answer[name] for name in (*rule.takes, rule.output)}
        arrays = self._arrays(needed, case)
        if arrays is None or self._is_flat(rule.output, arrays[rule.output], case):
            return False
        value = self._own.carried(rule.output, inputs_by_name(case.inputs, self._signature), arrays)
        is_low = getattr(needed[rule.output], "dtype", None) in (np.float16, np.float32)
        bound = compare.FLOAT32_FLOOR if is_low else self._expected.tolerance
        return bool(np.any(value)) and compare.agree(
            actual=arrays[rule.output], value=value, scale=compare.scale_of(value, ()), bound=bound
        )

    def _is_flat(self, output: str, value: np.ndarray, case: ExpectedCase) -> bool:
        """Whether an output is one number throughout where the truth is not: it carries nothing."""
        names = [variable.name for variable in self._signature.outputs]
        truth = np.asarray(unpack(case.outputs[names.index(output)].value))
        return bool(np.ptp(value) == 0) and bool(np.ptp(truth) > 0)

    def _arrays(self, given: dict[str, Value], case: ExpectedCase) -> dict[str, Value] | None:
        """The given outputs as float64 arrays, for own code; None where one of them is none."""
        if not compare.is_comparable(given, case, self._signature):
            return None
        found = {name: numbers(value) for name, value in given.items()}
        return {name: in_floats(array) for name, array in found.items() if array is not None}

    def _answer(self, bound: Bound) -> dict[str, Value]:
        return {v.name: x for v, x in zip(self._signature.outputs, bound.values, strict=True)}


def _equals(rule: Carry, answer: dict[str, Value]) -> bool:
    """Whether a number is what the rule's formula gives for the student's own others."""
    others = {name: value for name, value in answer.items() if name != rule.output}
    try:
        value = evaluate_text(rule.formula, others)
        return bool(value) and bool(value == answer[rule.output])
    except (FormulaError, TypeError, ValueError):
        return False

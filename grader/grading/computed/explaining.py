"""Says what is behind a wrong output: a known misconception, or what the arrays tell.

Misconceptions are recognised over all cases of a part, and only where none is does the diagnosis
speak. Knows nothing of marks.
"""

from collections import Counter
from functools import cached_property

from msgspec.structs import replace

from grader import compare, diagnose
from grader.expected import inputs_by_name
from grader.grading.computed.answers import Answer
from grader.grading.computed.cases import Cases
from grader.grading.formulas import dependence, formula_of
from grader.grading.probing import differing_sides, single_edit
from grader.model import Comparison, Diagnosis, ExpectedOutput, Misconception, Rungs, Stage
from grader.student.packing import Value, unpack

_KINDS = {
    Stage.NONFINITE: "NaN or infinity does not stand where it is due",
    Stage.VALUES: "the values are wrong",
}
"""The shape of a mistake of which the arrays tell no more."""


class Explaining:
    """Explains the wrong outputs of one answer.

    Args:
        diagnoses: whether to look at the arrays too, which takes time and moves no mark.
    """

    def __init__(self, answer: Answer, *, diagnoses: bool) -> None:
        self._answer, self._diagnoses = answer, diagnoses
        self._probes: dict[int, tuple[str, str]] = {}

    def recognised(self, output: int) -> Misconception | None:
        """The misconception whose values an output has, if there is one."""
        index = self._recognised[output]
        return None if index is None else self._answer.expected.misconceptions[index]

    def diagnosed(self, cases: Cases) -> Diagnosis | None:
        """What arrays and formula tell about an output that no misconception explains."""
        if not self._diagnoses:
            return None
        return self._probed(cases.output, self._from_arrays(cases))

    def rungs(self, output: int, comparison: Comparison, found: Diagnosis | None) -> Rungs:
        """What to say of an unrecognised mistake; a hidden number gives nothing away."""
        answer = self._answer
        if comparison.stage is Stage.VALUES and not answer.signature.inputs:
            shape = place = "this is not the right value"
        elif absent := dependence(answer.part, answer.outcome, answer.expected, output):
            shape, place = "your formula leaves out what the answer depends on", absent
        else:
            told = (found.sentence if found is not None else "", comparison.sentence)
            place = "; ".join(filter(None, told))
            shape = found.shape if found is not None else _KINDS.get(comparison.stage, "")
        place = answer.named(output, place)
        # What kind of thing came back is told in full: it says nothing of the values.
        return Rungs(shape=shape or place, place=place)

    # --- misconceptions -------------------------------------------------------------------------

    @cached_property
    def _recognised(self) -> tuple[int | None, ...]:
        """Per output the misconception that its values are those of.

        Where several are, the one that explains most outputs of the part is the likeliest.
        """
        fitting = [self._fitting(k) for k in range(len(self._answer.signature.outputs))]
        explained = Counter(index for indices in fitting for index in indices)
        return tuple(max(indices, key=explained.__getitem__, default=None) for indices in fitting)

    def _fitting(self, output: int) -> tuple[int, ...]:
        """The misconceptions whose output the student's equals wherever the case ran."""
        actuals: list[Value] = []
        expecteds: list[ExpectedOutput] = []
        for bound, test in zip(self._answer.bound, self._answer.expected.tests, strict=True):
            for one, case in zip(bound, test.cases, strict=False):  # a test cut off has no cases
                if one.values:
                    actuals.append(one.values[output])
                    expecteds.append(case.outputs[output])
        return compare.recognise(
            actuals=actuals,
            expected=expecteds,
            count=len(self._answer.expected.misconceptions),
            tolerance=self._answer.expected.tolerance,
        )

    # --- arrays and formulas --------------------------------------------------------------------

    def _from_arrays(self, cases: Cases) -> Diagnosis | None:
        signature, k = self._answer.signature, cases.output
        bound, test = self._answer.bound[cases.test], self._answer.expected.tests[cases.test]
        failed = [
            diagnose.FailedCase(
                actual=bound[i].values[k],
                expected=unpack(test.cases[i].outputs[k].value),
                inputs=inputs_by_name(test.cases[i].inputs, signature),
                scale=test.cases[i].outputs[k].scale,
            )
            for i in cases.bad
        ]
        tolerance = self._answer.expected.tolerance
        return diagnose.diagnose(failed, signature=signature, output=k, bound=tolerance)

    def _probed(self, output: int, found: Diagnosis | None) -> Diagnosis | None:
        """A diagnosis, sharpened by a closer look at the formula if there is one."""
        answer = self._answer
        formula = formula_of(answer.outcome, output)
        if formula is None or not answer.signature.inputs:
            return found
        if output not in self._probes:
            cases = [case for test in answer.expected.tests for case in test.cases]
            where = (formula, answer.part, cases, output, answer.layout.name)
            self._probes[output] = (differing_sides(*where), single_edit(*where))
        sides, edit = self._probes[output]
        if sides:
            return Diagnosis(
                kind="sides differ", sentence=sides, shape="two sides of your equation differ"
            )
        if edit:
            sentence = "the formula is nearly right"
            found = found or Diagnosis(kind="", sentence=sentence, shape=sentence)
            return replace(found, kind="one edit", hint=f"what it needs is one edit: {edit}")
        return found

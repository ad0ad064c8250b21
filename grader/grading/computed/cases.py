"""Sees one output over the cases of one test: which agree, which may stand, which cost marks.

Knows nothing of marks or sentences.
"""

from grader import compare
from grader.grading.computed.accepting import Acceptance
from grader.grading.computed.answers import Answer
from grader.model import Comparison, ExpectedOutput, Record, Stage
from grader.student.packing import NoValue, Value


class Cases(Record, frozen=True, kw_only=True):
    """One output over the cases of one test.

    Attributes:
        test, output: which ones, from 0.
        comparisons: by number of the case, of those that have a value.
        accepted: the cases that differ and may stand all the same.
        bad: the cases that cost marks; only looked for where every case has a value.
        followed: what to say where an accepted value follows from the student's own others.
    """

    test: int
    output: int
    comparisons: dict[int, Comparison]
    accepted: tuple[int, ...] = ()
    bad: tuple[int, ...] = ()
    followed: str = ""

    def is_right(self, case: int) -> bool:
        """Whether the output agrees, or may stand, in a case."""
        compared = self.comparisons.get(case)
        return compared is not None and (compared.agrees or case in self.accepted)


def over_cases(answer: Answer, test: int, output: int) -> Cases:
    """Compare one output of an answer in all cases of a test."""
    cases, bound = answer.expected.tests[test].cases, answer.bound[test]
    if answer.silence(output):
        return Cases(test=test, output=output, comparisons={})
    comparisons = {
        i: _compared(answer, output, one.values[output], cases[i].outputs[output])
        for i, one in enumerate(bound)
        if one.values
    }
    if len(comparisons) < len(cases):
        return Cases(test=test, output=output, comparisons=comparisons)
    acceptance = Acceptance(answer.signature, answer.expected, answer.own)
    accepted, bad, followed = list[int](), list[int](), ""
    for i in compare.counting_against(list(comparisons.values())):
        rule = acceptance.followed(output, bound[i], cases[i])
        followed = rule.say if rule is not None else followed
        is_accepted = rule is not None or acceptance.is_valid(bound[i], cases[i])
        (accepted if is_accepted else bad).append(i)
    return Cases(
        test=test,
        output=output,
        comparisons=comparisons,
        accepted=tuple(accepted),
        bad=tuple(bad),
        followed=followed,
    )


def _compared(answer: Answer, output: int, value: Value, expected: ExpectedOutput) -> Comparison:
    if isinstance(value, NoValue):
        return Comparison(stage=Stage.TYPE, sentence=value.sentence)
    return compare.compare(
        actual=value,
        expected=expected,
        variable=answer.signature.outputs[output],
        tolerance=answer.expected.tolerance,
    )

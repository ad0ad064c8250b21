"""Judges an author's own answers in this process, with the code that judges students.

An answer is given by its values, or by a function that is called as a student's is. No submission
ever comes here: what runs is the course's own code.
"""

from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from grader import compare
from grader.authoring import PartSolution
from grader.expected import bind_outputs, carried, is_valid
from grader.grading import OwnCode, judge_computed
from grader.model import (
    ExpectedCase,
    ExpectedOutput,
    ExpectedPart,
    NumberedPart,
    OutputResult,
    PartResult,
    Verdict,
)
from grader.sandbox import TaskOutcome, TestOutcome
from grader.student.packing import Many, Packed, Value, pack, unpack
from grader.student.signature import Variable
from grader.student.wire import CaseReply, Place, Raised, Returned
from grader.submission import Match

Answer = Callable[[ExpectedCase], Packed | None]
"""What is answered to a case; None where the answer fails."""


class Bench:
    """One part, with what its references expect on one draw of the random cases.

    Args:
        path: of the solution file, for errors.
    """

    def __init__(
        self, numbered: NumberedPart, declared: PartSolution, expected: ExpectedPart, path: Path
    ) -> None:
        assert numbered.part.signature is not None
        self.numbered, self.declared, self.expected = numbered, declared, expected
        self._path = path
        self.part, self.signature = numbered.part, numbered.part.signature

    @property
    def cases(self) -> list[ExpectedCase]:
        """All cases of all tests."""
        return [case for test in self.expected.tests for case in test.cases]

    def judge(self, answer: Answer) -> PartResult:
        """What the answer earns, and what is said to it."""
        name = self.signature.name
        match = Match(part=self.part.id, function=Place(file="answer.py"), provides=(name,))
        is_asked = self.declared.validator is not None
        own = OwnCode(is_valid=self._is_valid if is_asked else None, carried=self._carried)
        return judge_computed(self.numbered, self.expected, match, self._outcome(answer), own)

    def outputs(self, result: PartResult) -> Iterator[tuple[int, int, OutputResult]]:
        """All judged outputs of a result, with the numbers of their test and output."""
        for number, test in enumerate(result.tests):
            for k, output in enumerate(test.outputs):
                yield number, k, output

    def _outcome(self, answer: Answer) -> TaskOutcome:
        tests = tuple(
            TestOutcome(
                verdict=Verdict.PASSED,
                cases=tuple(_reply(answer(case)) for case in test.cases),
            )
            for test in self.expected.tests
        )
        return TaskOutcome(formulas=(), tests=tests)

    def _is_valid(self, inputs: dict[str, Value], answer: dict[str, Value]) -> bool:
        return is_valid(self._path, self.declared, inputs, answer)

    def _carried(self, output: str, inputs: dict[str, Value], answer: dict[str, Value]) -> Value:
        found: Value = carried(self._path, self.declared, output, {**inputs, **answer})
        return found

    # --- answers --------------------------------------------------------------------------------

    def called(self, function: Callable[..., Any], *, dtype: type = np.float64) -> Answer:
        """The answer that a function gives, called with fresh inputs."""

        def answer(case: ExpectedCase) -> Packed | None:
            try:
                with np.errstate(all="ignore"):
                    packed = pack(function(**self.inputs(case, dtype=dtype)))
            except Exception:  # noqa: BLE001  # an answer may fail in any way
                return None
            return packed if dtype is np.float64 else self._lowered(packed)

        return answer

    def _lowered(self, packed: Packed) -> Packed:
        """The outputs with their arrays in float32, wherever numpy has raised them."""
        values = bind_outputs(packed, self.signature)
        if values is None:
            return packed
        return _bundled([pack(_fresh(value, np.float32)) for value in values])

    def of_wrong(self, index: int) -> Answer:
        """The answer that a misconception gives."""

        def answer(case: ExpectedCase) -> Packed | None:
            values = [output.wrong[index] for output in case.outputs]
            given = [value for value in values if value is not None]
            return _bundled(given) if len(given) == len(values) else None

        return answer

    def made(self, make: Callable[[ExpectedCase, int], object]) -> Answer:
        """The answer whose outputs are made one by one, from the case and the output's number."""

        def answer(case: ExpectedCase) -> Packed:
            return _bundled([pack(make(case, k)) for k in range(len(self.signature.outputs))])

        return answer

    def inputs(self, case: ExpectedCase, *, dtype: type = np.float64) -> dict[str, Any]:
        """The case's inputs by name, as a student's function gets them."""
        pairs = zip(self.signature.inputs, map(unpack, case.inputs), strict=True)
        return {variable.name: _fresh(value, dtype) for variable, value in pairs}

    def accepts(self, case: ExpectedCase, values: tuple[Value, ...]) -> bool:
        """Whether the part's validator takes values that differ from the reference's."""
        answer = {v.name: x for v, x in zip(self.signature.outputs, values, strict=True)}
        is_asked = self.declared.validator is not None
        if not (is_asked and compare.is_comparable(answer, case, self.signature)):
            return False
        arrays = {name: np.array(value, dtype=np.float64) for name, value in answer.items()}
        return self._is_valid(self.inputs(case), arrays)

    # --- errors ---------------------------------------------------------------------------------

    def error(self, answer: Answer) -> float:
        """How wrong an answer is where it is most wrong; infinite where exact values differ."""
        return max((self._case_error(answer, case) for case in self.cases), default=0.0)

    def _case_error(self, answer: Answer, case: ExpectedCase) -> float:
        packed = answer(case)
        values = None if packed is None else bind_outputs(packed, self.signature)
        if values is None:
            return inf
        return max(
            error_of(value, output, variable)
            for value, output, variable in zip(
                values, case.outputs, self.signature.outputs, strict=True
            )
        )


def error_of(value: Value, expected: ExpectedOutput, variable: Variable) -> float:
    """The error of a value; infinite where one that must be exact differs."""
    truth = unpack(expected.value)
    if variable.type == "float":
        value = float(value) if variable.is_scalar and isinstance(value, int) else value
        return compare.error_of(actual=value, value=truth, scale=expected.scale)
    comparison = compare.compare(actual=value, expected=expected, variable=variable)
    return 0.0 if comparison.agrees else inf


def _reply(packed: Packed | None) -> CaseReply:
    if packed is None:
        return CaseReply(result=Raised(reason="exception", message="this answer fails"))
    return CaseReply(result=Returned(value=packed))


def _bundled(values: list[Packed]) -> Packed:
    return values[0] if len(values) == 1 else Many(tuple(values))


def _fresh(value: Value, dtype: type) -> Value:
    """A value that may be written to; floating arrays in `dtype`."""
    if isinstance(value, np.ndarray):
        return value.astype(dtype if value.dtype.kind == "f" else value.dtype)
    return value

"""Judges functions, formulas and numbers: outcomes against expected values, test by test.

Marks of a part spread over its tests by weight and over its outputs equally. Misconceptions are
recognised over all cases of a part, and only where none is does the diagnosis of the arrays speak.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property

import msgspec
import numpy as np

from grader import compare, diagnose
from grader.expected import bind_outputs
from grader.grading.formulas import (
    Convention,
    conventions,
    dependence,
    formula_of,
    formula_readings,
)
from grader.grading.probing import differing_sides, single_edit
from grader.grading.results import part_result, readings_of, speaking
from grader.grading.tasks import fields_by_output, stray_fields
from grader.model import (
    Carry,
    Comparison,
    Diagnosis,
    ExpectedCase,
    ExpectedOutput,
    ExpectedPart,
    ExpectedTest,
    LostMark,
    NumberedPart,
    OutputResult,
    Part,
    PartResult,
    Reading,
    Record,
    Stage,
    TestResult,
    Verdict,
)
from grader.sandbox import TaskOutcome, TestOutcome
from grader.student.formulas import FormulaError, evaluate_text
from grader.student.signature import Signature, Variable
from grader.student.wire import CaseReply, NoValue, Packed, Raised, Unusable, Value, pack, unpack
from grader.submission import Match


class OwnCode(Record, frozen=True, kw_only=True):
    """What only the solution's own code can say of an answer that differs from the reference's.

    Attributes:
        is_valid: whether inputs and answer, both by name, fit all the same (ties).
        carried: what the named output would be by its carry rule.
    """

    is_valid: Callable[[dict[str, Value], dict[str, Value]], bool] | None
    carried: Callable[[str, dict[str, Value], dict[str, Value]], Value]


SQUEEZED_SHARE = Fraction(9, 10)
_RAISED_VERDICTS = {"out of memory": Verdict.OUT_OF_MEMORY}


def judge_computed(
    numbered: NumberedPart,
    expected: ExpectedPart,
    match: Match,
    outcome: TaskOutcome,
    own: OwnCode,
) -> PartResult:
    """Judge a computed part; a matrix formula under each convention, whole, the best one counts."""
    readings = formula_readings(numbered.part, match, outcome) or readings_of(match)
    unread = {reply.output: reply.error for reply in outcome.formulas if reply.error}
    unanswered = _unanswered(numbered.part, match)
    tried = conventions(numbered.part, match)
    judgings = {
        convention.name: _Judging(numbered.part, expected, outcome, own, convention.name)
        for convention in tried
    }
    for judging in judgings.values():
        judging.unread, judging.unanswered = unread, unanswered
    best = _best(judgings, tried) if len(tried) > 1 else tried[0]
    judgings[best.name].explains = True
    return _result(numbered, match, readings, unread, judgings[best.name].judged(best))


def _best(judgings: dict[str, "_Judging"], tried: tuple[Convention, ...]) -> Convention:
    """The convention that earns most, the first of equals; explaining mistakes comes later."""
    first = judgings[tried[0].name].judged(tried[0])
    # What an accepted layout makes of the formula says where the layouts part.
    told = next((test.sentence for test in first.tests if test.sentence), "")
    best, marks = tried[0], first.marks
    for convention in tried[1:]:
        earned = judgings[convention.name].judged(convention).marks
        if earned > marks:
            best, marks = convention, earned
    return best if best.share == 1 else best.but(told)


def _unanswered(part: Part, match: Match) -> frozenset[int]:
    """The outputs that a typed answer leaves out."""
    if match.function is not None:
        return frozenset()
    fields = fields_by_output(part, match.fields)
    return frozenset(k for k, field in enumerate(fields) if field is None)


def _result(
    numbered: NumberedPart,
    match: Match,
    readings: tuple[Reading, ...],
    unread: dict[int, str],
    judged: "_Judged",
) -> PartResult:
    """Put the judged tests together: one verdict, one sentence, all remarks."""
    verdict = speaking(test.verdict for test in judged.tests)
    told = [output for test in judged.tests for output in test.outputs if output.sentence]
    # A recognised mistake teaches most; what could not be read must be put right first.
    first = next((o for o in told if o.misconception), told[0] if told else None)
    sentence = next(iter(unread.values()), "") or (first.sentence if first else "")
    if not sentence:
        sentence = next((test.sentence for test in judged.tests if test.sentence), "")
    return part_result(
        numbered,
        verdict=verdict,
        marks=judged.marks,
        pending=judged.pending,
        sentence=sentence,
        readings=readings,
        tests=judged.tests,
        remarks=(*match.remarks, *_remarks(numbered.part, match, judged)),
        lost=judged.lost,
    )


def _remarks(part: Part, match: Match, judged: "_Judged") -> Iterator[str]:
    for test in judged.tests:
        yield from test.remarks
    yield from judged.followed
    outputs = [output for test in judged.tests for output in test.outputs]
    if any(o.comparison is not None and o.comparison.is_float32 for o in outputs):
        yield "answered in float32, and judged with a tolerance that is fair to float32"
    if judged.convention and judged.marks:
        yield f"read in the {judged.convention} convention"
    if match.function is None:
        for field in stray_fields(part, match.fields):
            yield f"{field.label or field.text!r} names none of this part's values"


class _Judged(Record, frozen=True, kw_only=True):
    """The tests of a part as judged under one convention."""

    tests: tuple[TestResult, ...]
    lost: tuple[LostMark, ...]
    pending: Fraction
    convention: str
    followed: tuple[str, ...]

    @property
    def marks(self) -> Fraction:
        return sum((test.marks for test in self.tests), Fraction(0))


class _Bound(Record, frozen=True, kw_only=True):
    """One case's reply, bound to the outputs: values, or what went wrong."""

    values: tuple[Value, ...] = ()
    verdict: Verdict = Verdict.PASSED
    reason: str = ""
    sentence: str = ""


class _Judging:
    """One part under judgement, under one convention."""

    def __init__(
        self,
        part: Part,
        expected: ExpectedPart,
        outcome: TaskOutcome,
        own: OwnCode,
        convention: str,
    ) -> None:
        assert part.signature is not None
        self.part, self.signature = part, part.signature
        self.expected, self.outcome, self.own = expected, outcome, own
        self.convention = convention
        self.explains = False
        self.unread: dict[int, str] = {}
        self.comparisons: dict[tuple[int, int, int], Comparison] = {}  # by test, case and output
        self.accepted: set[tuple[int, int, int]] = set()  # keys of the same kind
        self.followed: dict[str, str] = {}  # outputs that follow from wrong ones, and what to say
        self.unanswered: frozenset[int] = frozenset()
        self.probes: dict[int, tuple[str, str]] = {}  # by output
        self.bound = [
            [_bind(reply, self.signature, convention) for reply in test.cases]
            for test in outcome.tests
        ]

    def judged(self, convention: Convention) -> _Judged:
        total = sum((test.weight for test in self.expected.tests), Fraction(0))
        results, lost, pending = [], list[LostMark](), Fraction(0)
        for number, test in enumerate(self.expected.tests):
            out_of = self.part.marks * test.weight / total if total else Fraction(0)
            result = self._test(number, test, out_of, convention)
            results.append(result)
            waiting = self._pending(result)
            pending += waiting
            lost += self._lost(result)
        return _Judged(
            tests=tuple(results),
            lost=tuple(lost),
            pending=pending,
            convention=self.convention,
            followed=tuple(f"{name}: {say}" for name, say in self.followed.items()),
        )

    # --- one test -------------------------------------------------------------------------------

    def _test(
        self, number: int, test: ExpectedTest, out_of: Fraction, convention: Convention
    ) -> TestResult:
        outcome = self.outcome.tests[number]
        bound = self.bound[number]
        failed = _failure(outcome, bound)
        each = out_of / len(self.signature.outputs)
        if failed is not None:
            outputs = [
                OutputResult(name=v.name, marks=Fraction(0), out_of=each, sentence=failed.sentence)
                for v in self.signature.outputs
            ]
            verdict, reason, sentence = failed.verdict, failed.reason, failed.sentence
        else:
            outputs = [
                _shared(self._output(k, number, test, each), convention)
                for k in range(len(self.signature.outputs))
            ]
            verdict = speaking(self._verdict(k, output) for k, output in enumerate(outputs))
            reason = ""
            sentence = next((o.sentence for o in outputs if o.sentence), "")
        shown = max((o.case for o in outputs), default=0)
        case = test.cases[min(shown, len(test.cases) - 1)]
        return TestResult(
            name=test.name,
            is_public=test.is_public,
            verdict=verdict,
            marks=sum((o.marks for o in outputs), Fraction(0)),
            out_of=out_of,
            reason=reason,
            sentence=sentence,
            outputs=tuple(outputs),
            inputs={v.name: x for v, x in zip(self.signature.inputs, case.inputs, strict=True)},
            traceback=outcome.traceback,
            printed=outcome.printed,
            remarks=outcome.remarks,
            cases=len(test.cases),
            cases_passed=self._cases_passed(number, test),
        )

    def _verdict(self, k: int, output: OutputResult) -> Verdict:
        if k in self.unread:
            return Verdict.UNREADABLE
        if k in self.unanswered:
            return Verdict.MISSING
        return Verdict.PASSED if output.marks == output.out_of else Verdict.WRONG

    def _pending(self, result: TestResult) -> Fraction:
        """Marks that nobody can decide on: our failure, or outputs that could not be read."""
        if result.verdict is Verdict.FAILED_TO_GRADE:
            return result.out_of
        outputs = (o for k, o in enumerate(result.outputs) if k in self.unread)
        return sum((output.out_of for output in outputs), Fraction(0))

    def _lost(self, result: TestResult) -> Iterator[LostMark]:
        if result.verdict is Verdict.FAILED_TO_GRADE:
            return
        if all(output.comparison is None for output in result.outputs) and not self.unread:
            # The whole test came to nothing: one line says so, not one for each output.
            yield LostMark(
                marks=result.out_of - result.marks, sentence=result.sentence, test=result.name
            )
            return
        for k, output in enumerate(result.outputs):
            if output.marks != output.out_of and k not in self.unread:
                yield LostMark(
                    marks=output.out_of - output.marks,
                    sentence=output.sentence,
                    test=result.name,
                    output=output.name,
                )

    def _cases_passed(self, number: int, test: ExpectedTest) -> int:
        outputs = range(len(self.signature.outputs))
        return sum(
            bool(one.values)
            and all(
                (number, i, k) in self.accepted or self._compared(number, i, k).agrees
                for k in outputs
            )
            for i, one in zip(range(len(test.cases)), self.bound[number], strict=False)
        )

    # --- one output -----------------------------------------------------------------------------

    def _output(self, k: int, number: int, test: ExpectedTest, out_of: Fraction) -> OutputResult:
        variable = self.signature.outputs[k]
        if k in self.unread or k in self.unanswered:
            why = self.unread.get(k, f"{variable.name} was not answered")
            return OutputResult(name=variable.name, marks=Fraction(0), out_of=out_of, sentence=why)
        bound = self.bound[number]
        comparisons = [self._compared(number, i, k) for i in range(len(test.cases))]
        bad = compare.counting_against(comparisons)
        accepted = [i for i in bad if self._accepts(k, bound[i], test.cases[i])]
        self.accepted.update((number, i, k) for i in accepted)
        bad = [i for i in bad if i not in accepted]
        squeezed = any(comparison.squeezed for comparison in comparisons)
        if not bad and not squeezed:
            return self._right(k, out_of, comparisons[-1], bound[-1], test.cases[-1])
        if not bad:
            first = next(i for i, c in enumerate(comparisons) if c.squeezed)
            return OutputResult(
                name=variable.name,
                marks=out_of * SQUEEZED_SHARE,
                out_of=out_of,
                sentence=self._named(variable, comparisons[first].sentence),
                comparison=comparisons[first],
                case=first,
            )
        return self._wrong(k, number, test, out_of, comparisons, bad)

    def _right(
        self, k: int, out_of: Fraction, comparison: Comparison, bound: _Bound, case: ExpectedCase
    ) -> OutputResult:
        return OutputResult(
            name=self.signature.outputs[k].name,
            marks=out_of,
            out_of=out_of,
            comparison=comparison if comparison.agrees else Comparison(stage=Stage.AGREES),
            got=_packed(bound.values[k]),
            expected=case.outputs[k].value,
        )

    def _wrong(  # what one wrong output is explained from
        self,
        k: int,
        number: int,
        test: ExpectedTest,
        out_of: Fraction,
        comparisons: list[Comparison],
        bad: list[int],
    ) -> OutputResult:
        variable, bound, first = self.signature.outputs[k], self.bound[number], bad[0]
        actual = bound[first].values[k]
        wanted = test.cases[first].outputs[k]
        marks, misconception, found = Fraction(0), "", None
        known = self.recognised[k]
        if known is not None:
            mistake = self.expected.misconceptions[known]
            marks, misconception, sentence = out_of * mistake.share, mistake.name, mistake.say
        else:
            if self.explains:
                found = self._probed(k, self._diagnosis(k, bound, test, bad))
            sentence = self._named(variable, self._sentence(k, comparisons[first], found))
        return OutputResult(
            name=variable.name,
            marks=marks,
            out_of=out_of,
            sentence=sentence,
            comparison=comparisons[first],
            case=first,
            misconception=misconception,
            diagnosis=found,
            error_map=compare.error_map(
                actual=actual,
                expected=unpack(wanted.value),
                scale=wanted.scale,
                bound=max(comparisons[first].bound, self.expected.tolerance),
            ),
            got=_packed(actual),
            expected=wanted.value,
        )

    def _sentence(self, k: int, comparison: Comparison, found: Diagnosis | None) -> str:
        """What to say of an unrecognised mistake; a hidden number gives nothing away."""
        if comparison.stage is Stage.VALUES and not self.signature.inputs:
            return "this is not the right value"
        missing = dependence(self.part, self.outcome, self.expected, k)
        if missing:
            return missing
        told = (found.sentence if found is not None else "", comparison.sentence)
        return "; ".join(filter(None, told))

    def _named(self, variable: Variable, sentence: str) -> str:
        return f"{variable.name}: {sentence}" if len(self.signature.outputs) > 1 else sentence

    def _compared(self, number: int, i: int, k: int) -> Comparison:
        """Output `k` of case `i` of a test against the truth; compared once."""
        key = (number, i, k)
        if key not in self.comparisons:
            value, case = self.bound[number][i].values[k], self.expected.tests[number].cases[i]
            self.comparisons[key] = self._compare(k, value, case.outputs[k])
        return self.comparisons[key]

    def _compare(self, k: int, value: Value, expected: ExpectedOutput) -> Comparison:
        if isinstance(value, NoValue):
            return Comparison(stage=Stage.TYPE, sentence=value.sentence)
        return compare.compare(
            actual=value,
            expected=expected,
            variable=self.signature.outputs[k],
            tolerance=self.expected.tolerance,
        )

    def _accepts(self, k: int, bound: _Bound, case: ExpectedCase) -> bool:
        """Whether a value that differs is right all the same: a carried error, or a valid tie."""
        inputs = {
            v.name: unpack(x) for v, x in zip(self.signature.inputs, case.inputs, strict=True)
        }
        answer = {v.name: x for v, x in zip(self.signature.outputs, bound.values, strict=True)}
        name = self.signature.outputs[k].name
        rule = next((c for c in self.expected.carries if c.output == name), None)
        if rule is not None and self._follows(rule, inputs, answer, case):
            self.followed[name] = rule.say
            return True
        if self.own.is_valid is None:
            return False
        arrays = self._arrays(answer, case)
        return arrays is not None and self.own.is_valid(inputs, arrays)

    def _arrays(self, answer: dict[str, Value], case: ExpectedCase) -> dict[str, Value] | None:
        """The given outputs as float64 arrays, for own code; None where one of them is none."""
        if not compare.is_comparable(answer, case, self.signature):
            return None
        return {name: np.array(value, dtype=np.float64) for name, value in answer.items()}

    def _follows(
        self, rule: Carry, inputs: dict[str, Value], answer: dict[str, Value], case: ExpectedCase
    ) -> bool:
        """Whether an output follows from the student's own others; zeros follow from nothing."""
        if rule.formula:
            return _equals(rule, answer)
        needed = {name: answer[name] for name in (*rule.takes, rule.output)}
        arrays = self._arrays(needed, case)
        if arrays is None or self._is_flat(rule.output, arrays[rule.output], case):
            return False
        value = self.own.carried(rule.output, inputs, arrays)
        is_low = getattr(needed[rule.output], "dtype", None) in (np.float16, np.float32)
        bound = compare.FLOAT32_FLOOR if is_low else self.expected.tolerance
        return bool(np.any(value)) and compare.agree(
            actual=arrays[rule.output], value=value, scale=compare.scale_of(value, ()), bound=bound
        )

    def _is_flat(self, output: str, value: np.ndarray, case: ExpectedCase) -> bool:
        """Whether an output is one number throughout where the truth is not: it carries nothing."""
        names = [variable.name for variable in self.signature.outputs]
        truth = np.asarray(unpack(case.outputs[names.index(output)].value))
        return bool(np.ptp(value) == 0) and bool(np.ptp(truth) > 0)

    # --- over all cases -------------------------------------------------------------------------

    @cached_property
    def recognised(self) -> tuple[int | None, ...]:
        """Per output the misconception that its values are those of, if there is one.

        Where several are, the one that explains most outputs of the part is the likeliest.
        """
        fitting = [self._fitting(k) for k in range(len(self.signature.outputs))]
        explained = Counter(index for indices in fitting for index in indices)
        return tuple(max(indices, key=explained.__getitem__, default=None) for indices in fitting)

    def _fitting(self, k: int) -> tuple[int, ...]:
        """The misconceptions whose output the student's equals wherever the case ran."""
        actuals: list[Value] = []
        expecteds: list[ExpectedOutput] = []
        for bound, test in zip(self.bound, self.expected.tests, strict=True):
            for one, case in zip(bound, test.cases, strict=False):
                if one.values:
                    actuals.append(one.values[k])
                    expecteds.append(case.outputs[k])
        return compare.recognise(
            actuals=actuals,
            expected=expecteds,
            count=len(self.expected.misconceptions),
            tolerance=self.expected.tolerance,
        )

    def _probed(self, k: int, found: Diagnosis | None) -> Diagnosis | None:
        """A diagnosis, sharpened by a closer look at the formula if there is one."""
        formula = formula_of(self.outcome, k)
        if formula is None or not self.signature.inputs:
            return found
        if k not in self.probes:
            cases = [case for test in self.expected.tests for case in test.cases]
            where = (formula, self.part, cases, k, self.convention)
            self.probes[k] = (differing_sides(*where), single_edit(*where))
        sides, edit = self.probes[k]
        if sides:
            return Diagnosis(kind="sides differ", sentence=sides)
        if edit:
            sentence = found.sentence if found is not None else "the formula is nearly right"
            hint = f"what it needs is one edit: {edit}"
            return Diagnosis(kind="one edit", sentence=sentence, hint=hint)
        return found

    def _diagnosis(
        self, k: int, bound: list[_Bound], test: ExpectedTest, bad: list[int]
    ) -> Diagnosis | None:
        cases = [test.cases[i] for i in bad]
        names = [variable.name for variable in self.signature.inputs]
        return diagnose.diagnose(
            actuals=[bound[i].values[k] for i in bad],
            expecteds=[unpack(case.outputs[k].value) for case in cases],
            inputs=[dict(zip(names, map(unpack, case.inputs), strict=True)) for case in cases],
            signature=self.signature,
            output=k,
            scales=[case.outputs[k].scale for case in cases],
            bound=self.expected.tolerance,
        )


# --- binding ------------------------------------------------------------------------------------


def _bind(reply: CaseReply, signature: Signature, convention: str) -> _Bound:
    if isinstance(reply.result, Raised):
        verdict = _RAISED_VERDICTS.get(reply.result.reason, Verdict.RAISED)
        return _Bound(verdict=verdict, reason=reply.result.reason, sentence=reply.result.message)
    values = bind_outputs(reply.result.value, signature)
    if values is None:
        return _Bound(
            verdict=Verdict.WRONG,
            reason="number of values",
            sentence=_miscounted(reply.result.value, signature),
        )
    if convention:
        values = tuple(v.get(convention) if isinstance(v, dict) else v for v in values)
    return _Bound(values=values)


def _miscounted(packed: Packed, signature: Signature) -> str:
    names = ", ".join(variable.name for variable in signature.outputs)
    count = len(signature.outputs)
    value = unpack(packed)
    if value is None:
        return f"returned None; wanted {count} values: {names} (is a return missing?)"
    if isinstance(value, Unusable):
        return f"returned {value.found}; wanted {count} values: {names}"
    if isinstance(value, dict):
        return f"returned a dict with the keys {', '.join(value)}; wanted {names}"
    if isinstance(value, tuple):
        return f"returned {len(value)} values; wanted {count}: {names}"
    return f"returned one value; wanted {count}: {names}"


def _failure(outcome: TestOutcome, bound: list[_Bound]) -> _Bound | None:
    """What kept a test from being compared at all, or None."""
    if outcome.verdict is not Verdict.PASSED:
        return _Bound(verdict=outcome.verdict, reason=outcome.reason, sentence=outcome.sentence)
    return next((one for one in bound if one.verdict is not Verdict.PASSED), None)


def _shared(output: OutputResult, convention: Convention) -> OutputResult:
    """The output's marks under a convention that earns only a share."""
    if convention.share == 1:
        return output
    return msgspec.structs.replace(
        output,
        marks=output.marks * convention.share,
        sentence=output.sentence or convention.remark,
    )


def _equals(rule: Carry, answer: dict[str, Value]) -> bool:
    """Whether a number is what the rule's formula gives for the student's own others."""
    others = {name: value for name, value in answer.items() if name != rule.output}
    try:
        value = evaluate_text(rule.formula, others)
        return bool(value) and bool(value == answer[rule.output])
    except (FormulaError, TypeError, ValueError):
        return False


def _packed(value: Value) -> Packed:
    return value if isinstance(value, NoValue | Unusable) else pack(value)

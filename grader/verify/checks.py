"""The checks that are judged on one draw of the random cases.

Each gives findings; none of them knows how others do, or how they are shown.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import comb, inf

import numpy as np

from grader import compare
from grader.expected import GRADIENTS
from grader.model import ExpectedTest, OutputResult, Part, PartResult, Verdict
from grader.student.packing import unpack
from grader.verify import trivial
from grader.verify.bench import Answer, Bench
from grader.verify.killing import is_noticed
from grader.verify.mutants import mutants_of
from grader.verify.records import Finding, WrongProof

FAR = 1e-3
"""How wrong a misconception has to be somewhere, at the default tolerance: five decades above."""
MOST_FOR_NOTHING = Fraction(1, 4)
"""The share of a part's marks that a constant, or an input handed back, may earn."""


# --- answers without thought ----------------------------------------------------------------------


def trivial_answers(bench: Bench) -> tuple[Fraction, list[Finding]]:
    """The best share that a constant earns, and what else earns anything."""
    findings = []
    for name, make in trivial.senseless().items():
        result = bench.judge(bench.made(make))
        if result.marks or result.pending:
            findings.append(_fault("trivial", f"{name} earns {result.marks} of {result.out_of}"))
    failing = bench.judge(lambda _case: None)
    if failing.marks:
        findings.append(_fault("trivial", f"an answer that fails earns {failing.marks}"))
    shares = [Fraction(0)]
    for name, make in trivial.constant().items():
        share, found = _constant(bench, name, bench.judge(bench.made(make)))
        shares.append(share)
        findings += found
    for name, make in trivial.inputs(bench.signature):
        findings += _handed_back(bench, name, bench.judge(bench.made(make)))
    return max(shares), findings


def _constant(bench: Bench, name: str, result: PartResult) -> tuple[Fraction, list[Finding]]:
    """What a constant earns: allowed where the truth is constant, up to a share of the part."""
    share = result.marks / result.out_of if result.out_of else Fraction(0)
    findings = [
        _fault("trivial", f"{name} earn {output.marks} for {output.name} of test {test!r}")
        for test, output, is_constant in _earning(bench, result)
        if not is_constant
    ]
    if share > MOST_FOR_NOTHING and bench.signature.inputs and not findings:
        findings.append(_fault("trivial", f"{name} earn {_percent(share)} of the marks"))
    elif share and not findings:
        findings.append(_note("trivial", f"{name} earn {_percent(share)}, where they are right"))
    return share, findings


def _earning(bench: Bench, result: PartResult) -> Iterator[tuple[str, OutputResult, bool]]:
    """Outputs that earn something, by test, and whether the truth is constant there."""
    for number, k, output in bench.outputs(result):
        if output.marks:
            test = bench.expected.tests[number]
            truths = [np.ravel(unpack(case.outputs[k].value)) for case in test.cases]
            values = {str(value) for truth in truths for value in truth.tolist()}
            yield test.name, output, len(values) <= 1


def _handed_back(bench: Bench, name: str, result: PartResult) -> Iterator[Finding]:
    """An input earns little, unless it is the answer in every test."""
    earned: dict[str, set[str]] = {}
    lost = Fraction(0)
    for number, _, output in bench.outputs(result):
        if output.marks:
            earned.setdefault(output.name, set()).add(bench.expected.tests[number].name)
    for output_name, tests in earned.items():
        if len(tests) == len(bench.expected.tests):
            yield _note("trivial", f"{name} is the answer to {output_name}")
        else:
            shown = ", ".join(map(repr, sorted(tests)))
            lost += sum(
                (o.marks for n, _, o in bench.outputs(result) if o.name == output_name),
                Fraction(0),
            )
            yield _note("trivial", f"{name} is right for {output_name} in {shown}")
    if lost > MOST_FOR_NOTHING * result.out_of:
        yield _fault("trivial", f"{name} earns {_percent(lost / result.out_of)} of the marks")


def chance(part: Part) -> Fraction:
    """The share of a choice's marks that guessing earns on average."""
    count = len(part.claims)
    if part.pick == "one":
        return Fraction(1, count)
    total = sum(comb(count, right) * max(0, 2 * right - count) for right in range(count + 1))
    return Fraction(total, count * 2**count)


# --- right answers ------------------------------------------------------------------------------


def right_answers(bench: Bench) -> tuple[int, int, float, list[Finding]]:
    """How many right answers earn everything, of how many; their noise in float64."""
    answers = _right(bench)
    findings, noise = [], 0.0
    for name, answer in answers.items():
        result = bench.judge(answer)
        if result.verdict is not Verdict.PASSED:
            findings.append(
                _fault(
                    "accepted", f"{name} earns {result.marks} of {result.out_of}: {result.sentence}"
                )
            )
        elif "float32" not in name and bench.declared.validator is None:
            noise = max(noise, _finite(bench.error(answer)))
    return len(answers) - len(findings), len(answers), noise, findings


def forward_agrees(bench: Bench) -> list[Finding]:
    """The reference passes the checks that students have, gradients of the public forward too."""
    reference = bench.declared.reference_function
    assert reference is not None
    names = {test.name for test in bench.expected.tests}
    if GRADIENTS not in names:
        return [_fault("oracle", "no draw lets the public forward pass be differentiated")]
    result = bench.judge(bench.called(reference))
    if result.verdict is Verdict.PASSED:
        return []
    return [_fault("oracle", f"the reference fails the public checks: {result.sentence}")]


def _right(bench: Bench) -> dict[str, Answer]:
    """The reference as a student would write it, in float32 as well, and what is accepted."""
    reference = bench.declared.reference_function
    assert reference is not None
    answers = {"the reference": bench.called(reference)}
    if any(v.type == "float" and not v.is_scalar for v in bench.signature.inputs):
        answers["the reference in float32"] = bench.called(reference, dtype=np.float32)
    for name, function in bench.declared.accepted:
        answers[f"{name!r}"] = bench.called(function)
    return answers


# --- misconceptions -----------------------------------------------------------------------------


def misconceptions(bench: Bench) -> tuple[tuple[WrongProof, ...], list[Finding]]:
    """Each misconception is far off, earns less than everything, and is recognised as itself."""
    proofs: list[WrongProof] = []
    findings: list[Finding] = []
    for index, misconception in enumerate(bench.expected.misconceptions):
        answer = bench.of_wrong(index)
        result = bench.judge(answer)
        found = _recognised_as(result, misconception.name)
        proof = WrongProof(name=misconception.name, error=bench.error(answer), recognised_as=found)
        proofs.append(proof)
        failure = _failure(bench, index)
        if failure:
            findings.append(_fault("misconceptions", f"{proof.name!r} {failure}"))
        else:
            findings += _about(proof, result, bench.expected.tolerance)
        if not misconception.say.strip():
            findings.append(_fault("misconceptions", f"{proof.name!r} has no sentence"))
    return tuple(proofs), findings


def _recognised_as(result: PartResult, own: str) -> str:
    """The name under which an answer is recognised; its own one, if that is among them."""
    names = [o.misconception for test in result.tests for o in test.outputs if o.misconception]
    return own if own in names else next(iter(names), "")


def _failure(bench: Bench, index: int) -> str:
    """How a misconception fails that gives values in no case, or ""."""
    answer = bench.of_wrong(index)
    if any(answer(case) is not None for case in bench.cases):
        return ""
    try:
        bench.declared.wrongs[index].function(**bench.inputs(bench.cases[0]))
    except Exception as error:  # noqa: BLE001  # it may fail in any way
        return f"raises {type(error).__name__} in each case: {error}"
    return f"gives no {', '.join(map(str, bench.signature.outputs))} in any case"


def _about(proof: WrongProof, result: PartResult, tolerance: float) -> Iterator[Finding]:
    if result.marks >= result.out_of:
        told = "does what the reference does" if proof.error == 0 else "earns everything"
        yield _fault("misconceptions", f"{proof.name!r} {told}; add a case that shows it")
        return
    if proof.error < far(tolerance):
        advice = "" if tolerance <= compare.TOLERANCE else ", or lower the tolerance"
        yield _fault(
            "misconceptions",
            f"{proof.name!r} is wrong by {proof.error:.1e} at most, wanted {far(tolerance):.0e}; "
            f"add a case in which it shows more{advice}",
        )
    if proof.recognised_as and not proof.is_recognised:
        yield _fault("misconceptions", f"{proof.name!r} is taken for {proof.recognised_as!r}")
    elif not proof.recognised_as:
        yield _fault("misconceptions", f"{proof.name!r} is not recognised")


def far(tolerance: float) -> float:
    """How wrong a misconception has to be somewhere: less where a part sets its own tolerance."""
    return max(FAR, 10 * tolerance) if tolerance > compare.TOLERANCE else FAR


def tests_failed(bench: Bench) -> list[Finding]:
    """Each test has to be failed by some misconception, or else by some mutant."""
    failed: set[int] = set()
    for index in range(len(bench.expected.misconceptions)):
        result = bench.judge(bench.of_wrong(index))
        failed |= {n for n, t in enumerate(result.tests) if t.verdict is not Verdict.PASSED}
    left = [test for number, test in enumerate(bench.expected.tests) if number not in failed]
    return [_untested(bench, test) for test in left]


def _untested(bench: Bench, test: ExpectedTest) -> Finding:
    told = f"no misconception fails the test {test.name!r}"
    for mutant in mutants_of(bench.declared):
        if is_noticed(mutant, bench, list(test.cases)):
            return _note("tests", f"{told}, and small changes of the reference do")
    return _fault("tests", told)


def margin(noise: float, tolerance: float) -> list[Finding]:
    """Correct code lies below the tolerance; misconceptions lie far above it (`misconceptions`)."""
    if noise > tolerance:
        return [_fault("margin", f"correct code is off by {noise:.1e}, of {tolerance:.0e} allowed")]
    return []


def _finite(error: float) -> float:
    return error if error < inf else 0.0


def _percent(share: Fraction) -> str:
    return f"{float(share):.0%}"


def _fault(check: str, sentence: str) -> Finding:
    return Finding(check=check, sentence=sentence)


def _note(check: str, sentence: str) -> Finding:
    return Finding(check=check, sentence=sentence, is_fault=False)

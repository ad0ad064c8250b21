"""Runs references, oracles, misconceptions and experiments on the drawn cases.

Refuses a problem whose reference and oracle disagree, or whose claim is not what its experiment
finds: such a problem can grade nobody. Knows nothing of submissions or files.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from grader import compare
from grader.authoring import (
    CarryRule,
    DrawError,
    PartSolution,
    Solution,
    Test,
    cast_inputs,
    draw,
)
from grader.errors import ProblemError
from grader.expected.agreeing import check_carries, check_repeats, oracle_error
from grader.expected.authored import Authored, short
from grader.expected.depending import dependence
from grader.expected.solutions import called
from grader.model import (
    Carry,
    ExpectedCase,
    ExpectedClaim,
    ExpectedOutput,
    ExpectedPart,
    ExpectedTest,
    Misconception,
    Part,
    Problem,
    PublicTest,
)
from grader.student.packing import Value, pack, unpack

_ZERO = 1e3  # times its float64 value that a float32 value is when the truth is zero


def compute_expected(
    problem: Problem, solution: Solution, path: Path, *, seed: int = 0, asks_oracle: bool = True
) -> tuple[ExpectedPart, ...]:
    """All that the judge needs, part by part.

    Args:
        seed: of the draw; others than 0 are for proofs, and what outputs depend on is left out.
        asks_oracle: whether the references are held against their oracles.

    Raises:
        ProblemError: an author's function fails or returns what the signature does not say, a
            reference and its oracle disagree, or a claim's key is not what its experiment finds.
    """
    return tuple(
        _part(part, solution[part.name], path, seed=seed, asks_oracle=asks_oracle)
        for part in problem.parts
    )


def _part(
    part: Part, declared: PartSolution, path: Path, *, seed: int, asks_oracle: bool
) -> ExpectedPart:
    if part.kind == "choice":
        return ExpectedPart(id=part.id, claims=_claims(part, declared, path))
    if part.kind == "text":
        rubric, flags = tuple(declared.rubrics), tuple(declared.flags)
        return ExpectedPart(id=part.id, rubric=rubric, red_flags=flags)
    misconceptions = tuple(
        Misconception(name=w.name, say=w.say, share=w.share) for w in declared.wrongs
    )
    authored = Authored(part, declared, path)
    for name in part.imports:
        if find_spec(name.partition(".")[0]) is None:
            raise authored.error(
                f"problem.yaml allows the import of {name!r}, which is not installed; install it, "
                "or look at its spelling"
            )
    tests = _Tests(authored, seed, asks_oracle=asks_oracle)
    computed = tests.computed()
    return ExpectedPart(
        id=part.id,
        tests=computed,
        has_oracle=asks_oracle and declared.has_oracle,
        oracle_error=tests.oracle_error,
        depends=() if seed else dependence(authored, computed),
        misconceptions=misconceptions,
        tolerance=declared.tolerance_value,
        carries=tuple(_carry(part, rule) for rule in declared.carries),
        has_validator=declared.validator is not None,
    )


def _carry(part: Part, rule: CarryRule) -> Carry:
    if isinstance(rule.rule, str):
        return Carry(output=rule.output, formula=rule.rule, say=rule.say)
    assert part.signature is not None
    outputs = {variable.name for variable in part.signature.outputs}
    takes = tuple(name for name in rule.takes if name in outputs)
    return Carry(output=rule.output, formula="", takes=takes, say=rule.say)


def _claims(part: Part, declared: PartSolution, path: Path) -> tuple[ExpectedClaim, ...]:
    keys = {experiment.id: experiment for experiment in declared.experiments}
    claims = []
    for claim in part.claims:
        key = keys[claim.id]
        result = called(path, f"{part.id}: the experiment of {claim.id!r}", key.run)
        if result is None:
            raise ProblemError(
                path,
                f"{part.id}: the experiment of {claim.id!r} returned None; wanted True or False",
            )
        found = bool(result)
        if found != key.truth:
            raise ProblemError(
                path,
                f"{part.id}: the key of {claim.id!r} says {key.truth}, "
                f"its experiment finds {found}",
            )
        claims.append(ExpectedClaim(id=claim.id, truth=key.truth, say=key.say))
    return tuple(claims)


class _Tests:
    """The tests of one part under computation.

    Attributes:
        oracle_error: the largest error between reference and oracle so far.
    """

    def __init__(self, authored: Authored, seed: int, *, asks_oracle: bool) -> None:
        self.authored, self.seed, self.asks_oracle = authored, seed, asks_oracle
        self.oracle_error = 0.0

    def computed(self) -> tuple[ExpectedTest, ...]:
        """The public tests, then the declared ones; a part without inputs needs none."""
        public = [
            ExpectedTest(
                name=test.name,
                is_public=True,
                weight=test.weight,
                cases=(self._public_case(test),),
            )
            for test in self.authored.part.public
        ]
        declared = self.authored.declared.tests
        if not declared and not public:
            declared = [Test(name="the answer", cases=1)]
        hidden = [
            ExpectedTest(
                name=test.name,
                is_public=False,
                weight=test.weight,
                cases=tuple(self._case(test, case) for case in range(test.cases)),
            )
            for test in declared
        ]
        return (*public, *hidden)

    def _public_case(self, public: PublicTest) -> ExpectedCase:
        overrides = {name: unpack(value) for name, value in public.inputs.items()}
        case = self._case(Test(name=public.name, cases=1, overrides=overrides), 0)
        for variable, output in zip(self.authored.signature.outputs, case.outputs, strict=True):
            written = public.expected.get(variable.name)
            if written is not None and not compare.agree(
                actual=unpack(written), value=unpack(output.value), scale=output.scale, bound=1e-6
            ):
                raise self.authored.error(
                    f"public test {public.name!r} expects {short(unpack(written))} for "
                    f"{variable.name}; the reference gives {short(unpack(output.value))}"
                )
        return case

    def _case(self, test: Test, case: int) -> ExpectedCase:
        authored = self.authored
        try:
            inputs = draw(authored.part, test, case, seed=self.seed)
        except (DrawError, TypeError, ValueError) as error:
            raise authored.error(f"test {test.name!r}: {error}") from error
        where = f"case {case} of test {test.name!r}"
        exact = cast_inputs(inputs, exact=authored.is_exact)
        truth = authored.reference(exact, f"the reference, in {where},")
        if case == 0:
            check_repeats(authored, where, inputs, truth)
            check_carries(authored, where, inputs, truth)
        if self.asks_oracle:
            found = oracle_error(authored, where, inputs, truth)
            self.oracle_error = max(self.oracle_error, found)
        measures = _measures(authored, inputs, truth)
        wrong = [authored.mistaken(wrong, inputs) for wrong in authored.declared.wrongs]
        return ExpectedCase(
            inputs=tuple(pack(inputs[v.name]) for v in authored.signature.inputs),
            outputs=tuple(
                ExpectedOutput(
                    value=pack(value),
                    scale=measures[index][0],
                    noise32=measures[index][1],
                    wrong=tuple(None if w is None else w[index] for w in wrong),
                )
                for index, value in enumerate(truth)
            ),
        )


def _measures(
    authored: Authored, inputs: dict[str, Any], truth: tuple[Value, ...]
) -> list[tuple[float, float]]:
    """Per output the scale of its errors, and the reference's own error in float32.

    A value that the float32 run exceeds a thousandfold is what rounding left of a true zero: its
    scale comes from the inputs, as for a zero that came out exactly.
    """
    given = tuple(inputs.values())
    scales = [compare.scale_of(value, given) for value in truth]
    if not any(isinstance(v, np.ndarray) and v.dtype.kind == "f" for v in given):
        return [(scale, 0.0) for scale in scales]
    single = cast_inputs(inputs, exact=False, dtype=np.float32)
    low = authored.reference(single, "the reference in float32")
    measures = []
    for high, low_, scale in zip(truth, low, scales, strict=True):
        error = compare.noise(value64=high, value32=low_, scale=scale)
        if _ZERO < error < float("inf"):
            floor = compare.scale_of(0.0, given)
            measures.append((floor, compare.noise(value64=high, value32=low_, scale=floor)))
        else:
            measures.append((scale, error))
    return measures

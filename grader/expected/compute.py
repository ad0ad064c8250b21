"""Runs references, oracles, misconceptions and experiments on the drawn cases.

Refuses a problem whose reference and oracle disagree, or whose claim is not what its experiment
finds: such a problem can grade nobody. Knows nothing of submissions or files.
"""

import inspect
from collections.abc import Callable, Iterator
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
    Wrong,
    cast_inputs,
    draw,
)
from grader.errors import ProblemError
from grader.expected import oracle
from grader.expected.fitting import fits
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
)
from grader.student.signature import Signature
from grader.student.wire import Array, Many, Packed, Scalar, Value, pack, unpack

ORACLE_BOUND = 1e-10
_CASES_MOVED = 8  # on which it is tried what an output depends on
_ZERO = 1e3  # times its float64 value that a float32 value is when the truth is zero
_SHORT = 120  # characters of a value in an error


def compute_expected(
    problem: Problem, solution: Solution, path: Path, *, seed: int = 0, is_proof: bool = False
) -> tuple[ExpectedPart, ...]:
    """All that the judge needs, part by part.

    Args:
        is_proof: the draw is one of many that a proof looks at: oracles and what outputs depend on
            have been asked already, and are left out.

    Raises:
        ProblemError: an author's function fails or returns what the signature does not say, a
            reference and its oracle disagree, or a claim's key is not what its experiment finds.
    """
    return tuple(
        _part(part, solution[part.name], path, seed=seed, is_proof=is_proof)
        for part in problem.parts
    )


def _part(
    part: Part, declared: PartSolution, path: Path, *, seed: int, is_proof: bool
) -> ExpectedPart:
    if part.kind == "choice":
        return ExpectedPart(id=part.id, claims=_claims(part, declared, path))
    if part.kind == "text":
        return ExpectedPart(id=part.id, red_flags=tuple(declared.flags))
    misconceptions = tuple(
        Misconception(name=w.name, say=w.say, share=w.share) for w in declared.wrongs
    )
    tests = _Tests(part, declared, path, seed, is_proof=is_proof)
    computed = tests.computed()
    return ExpectedPart(
        id=part.id,
        tests=computed,
        has_oracle=not is_proof and declared.has_oracle,
        oracle_error=tests.oracle_error,
        depends=() if is_proof else tests.depends(computed),
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
    takes = tuple(name for name in inspect.signature(rule.rule).parameters if name in outputs)
    return Carry(output=rule.output, formula="", takes=takes, say=rule.say)


def _claims(part: Part, declared: PartSolution, path: Path) -> tuple[ExpectedClaim, ...]:
    keys = {experiment.id: experiment for experiment in declared.experiments}
    claims = []
    for claim in part.claims:
        key = keys[claim.id]
        found = bool(called(path, f"{part.id}: the experiment of {claim.id!r}", key.run))
        if found != key.truth:
            raise ProblemError(
                path,
                f"{part.id}: the key of {claim.id!r} says {key.truth}, "
                f"its experiment finds {found}",
            )
        claims.append(ExpectedClaim(id=claim.id, truth=key.truth, say=key.say))
    return tuple(claims)


class _Tests:
    """The tests of one part under computation."""

    def __init__(
        self, part: Part, declared: PartSolution, path: Path, seed: int, *, is_proof: bool
    ) -> None:
        assert part.signature is not None
        assert declared.reference_function is not None
        self.part, self.declared, self.path, self.seed = part, declared, path, seed
        self.is_proof = is_proof
        self.oracle_error = 0.0
        self.signature = part.signature
        self.reference = declared.reference_function

    def computed(self) -> tuple[ExpectedTest, ...]:
        public = [
            ExpectedTest(
                name=test.name,
                is_public=True,
                weight=test.weight,
                cases=(self._public_case(test.name, test.inputs, test.expected),),
            )
            for test in self.part.public
        ]
        declared = self.declared.tests
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

    def depends(self, tests: tuple[ExpectedTest, ...]) -> tuple[tuple[str, ...], ...]:
        """Per output the inputs that change it: one input is moved at a time, on a few cases."""
        found: list[dict[str, None]] = [{} for _ in self.signature.outputs]
        cases = [case for test in tests for case in test.cases][:_CASES_MOVED]
        for case in cases:
            for position, variable in enumerate(self.signature.inputs):
                for moved in _moved(position, case, cases):
                    self._note_changes(variable.name, case, moved, found)
        names = [variable.name for variable in self.signature.inputs]
        return tuple(tuple(name for name in names if name in changed) for changed in found)

    def _note_changes(
        self,
        name: str,
        case: ExpectedCase,
        moved: tuple[Packed, ...],
        found: list[dict[str, None]],
    ) -> None:
        values = {v.name: unpack(x) for v, x in zip(self.signature.inputs, moved, strict=True)}
        fresh = cast_inputs(values, exact=self.signature.is_scalar)
        wrong = Wrong(name="moved", say="", function=self.reference)
        outputs = self._wrong(wrong, fresh, exact=self.signature.is_scalar)
        if outputs is not None:
            for changed, output, before in zip(found, outputs, case.outputs, strict=True):
                if output != before.value:
                    changed[name] = None

    def _public_case(
        self, name: str, given: dict[str, Packed], expected: dict[str, Packed]
    ) -> ExpectedCase:
        overrides = {key: unpack(value) for key, value in given.items()}
        test = Test(name=name, cases=1, overrides=overrides)
        case = self._case(test, 0)
        for variable, output in zip(self.signature.outputs, case.outputs, strict=True):
            written = expected.get(variable.name)
            if written is not None and not compare.agree(
                actual=unpack(written), value=unpack(output.value), scale=output.scale, bound=1e-6
            ):
                raise ProblemError(
                    self.path,
                    f"{self.part.id}: public test {name!r} expects {_short(unpack(written))} for "
                    f"{variable.name}; the reference gives {_short(unpack(output.value))}",
                )
        return case

    def _case(self, test: Test, case: int) -> ExpectedCase:
        try:
            inputs = draw(self.part, test, case, seed=self.seed)
        except (DrawError, TypeError, ValueError) as error:
            raise ProblemError(self.path, f"{self.part.id}: test {test.name!r}: {error}") from error
        exact = self.signature.is_scalar
        fresh = cast_inputs(inputs, exact=exact)
        truth = self._run("the reference", self.reference, fresh)
        self._check_oracle(test, case, inputs, truth)
        measures = self._measures(inputs, truth)
        wrong = [self._wrong(wrong, inputs, exact=exact) for wrong in self.declared.wrongs]
        return ExpectedCase(
            inputs=tuple(pack(inputs[v.name]) for v in self.signature.inputs),
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

    def _run(
        self, what: str, function: Callable[..., Any], inputs: dict[str, Any]
    ) -> tuple[Value, ...]:
        result = called(self.path, f"{self.part.id}: {what}", function, **inputs)
        values = bind_outputs(pack(result), self.signature)
        if values is None or not fits(self.signature, inputs, values):
            names = ", ".join(map(str, self.signature.outputs))
            raise ProblemError(
                self.path, f"{self.part.id}: {what} returned {_short(result)}; wanted {names}"
            )
        return values

    # --- the oracle -----------------------------------------------------------------------------

    def _check_oracle(
        self, test: Test, case: int, inputs: dict[str, Any], truth: tuple[Value, ...]
    ) -> None:
        second = None if self.is_proof else self._oracle(inputs, truth)
        if second is None:
            return
        bound = max(ORACLE_BOUND, self.declared.tolerance_value / 100)
        for variable, value, other in zip(self.signature.outputs, truth, second, strict=True):
            # The larger of both: where the truth is 0, an oracle may find rounding noise alone.
            given = tuple(inputs.values())
            scale = max(compare.scale_of(value, given), compare.scale_of(other, given))
            error = compare.error_of(actual=value, value=other, scale=scale)
            self.oracle_error = max(self.oracle_error, error)
            if error > bound:
                raise ProblemError(
                    self.path,
                    f"{self.part.id}: in case {case} of test {test.name!r} the reference's "
                    f"{variable.name} is {_short(value)}, the oracle's {_short(other)}",
                )

    def _oracle(self, inputs: dict[str, Any], truth: tuple[Value, ...]) -> tuple[Value, ...] | None:
        fresh = cast_inputs(inputs, exact=False)
        if self.declared.oracle_function is not None:
            return self._run("the oracle", self.declared.oracle_function, fresh)
        forward = self.declared.forward_function
        if forward is None:
            return None
        shapes = {
            v.name: np.shape(value) for v, value in zip(self.signature.outputs, truth, strict=True)
        }

        def by_autograd(**values: Any) -> tuple[Any, ...]:
            return oracle.gradients(self.signature, forward, values, shapes)

        return self._run("the oracle", by_autograd, fresh)

    # --- float32 and misconceptions -------------------------------------------------------------

    def _measures(
        self, inputs: dict[str, Any], truth: tuple[Value, ...]
    ) -> list[tuple[float, float]]:
        """Per output the scale of its errors, and the reference's own error in float32.

        A value that the float32 run exceeds a thousandfold is what rounding left of a true zero:
        its scale comes from the inputs, as for a zero that came out exactly.
        """
        given = tuple(inputs.values())
        scales = [compare.scale_of(value, given) for value in truth]
        if not any(isinstance(v, np.ndarray) and v.dtype.kind == "f" for v in given):
            return [(scale, 0.0) for scale in scales]
        low = self._run(
            "the reference in float32",
            self.reference,
            cast_inputs(inputs, exact=False, dtype=np.float32),
        )
        measures = []
        for high, low_, scale in zip(truth, low, scales, strict=True):
            error = compare.noise(value64=high, value32=low_, scale=scale)
            if _ZERO < error < float("inf"):
                floor = compare.scale_of(0.0, given)
                measures.append((floor, compare.noise(value64=high, value32=low_, scale=floor)))
            else:
                measures.append((scale, error))
        return measures

    def _wrong(
        self, wrong: Wrong, inputs: dict[str, Any], *, exact: bool
    ) -> tuple[Packed, ...] | None:
        """A misconception's outputs, or None where it fails on this case (sizes do not fit)."""
        try:
            with np.errstate(all="ignore"):
                result = wrong.function(**cast_inputs(inputs, exact=exact))
        except (ArithmeticError, ValueError, IndexError, KeyError):
            return None
        except Exception as error:
            raise ProblemError(
                self.path,
                f"{self.part.id}: the misconception {wrong.name!r} raised "
                f"{type(error).__name__}: {error}",
            ) from error
        if isinstance(result, dict) and "" in result:
            self._check_replaced(wrong.name, result)
        values = _with_replaced(result, self.signature)
        return None if values is None else tuple(pack(value) for value in values)

    def _check_replaced(self, misconception: str, result: dict[str, Any]) -> None:
        names = [variable.name for variable in self.signature.outputs]
        for name in result:
            if name and name not in names:
                raise ProblemError(
                    self.path,
                    f"{self.part.id}: the misconception {misconception!r} returns {name!r}; "
                    f"the outputs are {', '.join(names)}",
                )


def _moved(
    position: int, case: ExpectedCase, cases: list[ExpectedCase]
) -> Iterator[tuple[Packed, ...]]:
    """The case's inputs with one of them replaced by what other cases have, or moved a little."""
    own = case.inputs[position]
    for other in cases:
        theirs = other.inputs[position]
        if theirs != own and _shape(theirs) == _shape(own):
            yield (*case.inputs[:position], theirs, *case.inputs[position + 1 :])
    if isinstance(own, Array) and own.dtype == "float64":
        theirs = pack(unpack(own) * 1.5 + 0.25)
        yield (*case.inputs[:position], theirs, *case.inputs[position + 1 :])


def _shape(packed: Packed) -> tuple[int, ...] | None:
    return packed.shape if isinstance(packed, Array) else None


def bind_outputs(packed: Packed, signature: Signature) -> tuple[Value, ...] | None:
    """What was returned, one value per output of the signature, or None if the number differs.

    One output may come bare or in a tuple of one; several come as a tuple, list or dict by name.
    """
    names = [variable.name for variable in signature.outputs]
    if not isinstance(packed, Many):
        return (unpack(packed),) if len(names) == 1 else None
    if packed.names:
        given = dict(zip(packed.names, packed.items, strict=True))
        return tuple(unpack(given[n]) for n in names) if set(given) == set(names) else None
    is_plain = len(names) == 1 and (
        len(packed.items) != 1
        or (isinstance(packed.items[0], Scalar) and not signature.outputs[0].is_scalar)
    )
    if is_plain:
        return (unpack(packed),)
    return tuple(map(unpack, packed.items)) if len(packed.items) == len(names) else None


def _with_replaced(result: Any, signature: Signature) -> tuple[Value, ...] | None:
    """A misconception's outputs; a dict with the key "" is the reference's with some replaced."""
    if not (isinstance(result, dict) and "" in result):
        return bind_outputs(pack(result), signature)
    base = bind_outputs(pack(result[""]), signature)
    if base is None:
        return None
    names = [variable.name for variable in signature.outputs]
    return tuple(result.get(name, value) for name, value in zip(names, base, strict=True))


def _short(value: Any) -> str:
    """A value on one line; of what was returned, and of long arrays, shapes say more."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_short, value))})"
    text = " ".join(repr(value).split())
    if len(text) <= _SHORT:
        return f"{text} of shape {value.shape}" if isinstance(value, np.ndarray) else text
    shape = f" of shape {value.shape}" if isinstance(value, np.ndarray) else ""
    return f"{text[: _SHORT - 3]}...{shape}"

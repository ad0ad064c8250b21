"""Asks of each mutant whether the tests notice it, and of those left whether it is one at all.

A mutant that no test notices is equivalent only if the author lists it with a reason and it equals
the reference on a thousand further cases. Knows no marks.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader import compare
from grader.authoring import cast_inputs
from grader.expected import OutOfTimeError, bind_outputs, bounded
from grader.model import ExpectedCase
from grader.student.packing import Value, pack, unpack
from grader.verify.bench import Bench
from grader.verify.mutants import Mutant, mutants_of
from grader.verify.records import Finding, Mutants

FURTHER_CASES = 1000
_PATIENCE_S = 1.0  # a mutant that takes longer is noticed by that
_FIRST_SEED = 1_000


def killed_and_alive(
    bench: Bench, count: int, further: Callable[[int], Bench]
) -> tuple[Mutants, list[Finding]]:
    """What becomes of a part's mutants: of `count` of them, or of all.

    Args:
        further: makes a bench on another draw of the random cases.
    """
    possible = mutants_of(bench.declared)
    tried = _sample(possible, count)
    ordered = _in_turns(bench)
    survivors = [mutant for mutant in tried if not is_noticed(mutant, bench, ordered)]
    missed = _Missed(bench, further)
    verdicts = [missed.verdict(mutant) for mutant in survivors]
    alive = tuple(why for why in verdicts if why)
    equivalent = len(survivors) - len(alive)
    findings = [Finding(check="mutants", sentence=why) for why in alive]
    findings += _stale(bench, possible)
    return (
        Mutants(
            possible=len(possible),
            killed=len(tried) - len(survivors),
            equivalent=equivalent,
            alive=alive,
        ),
        findings,
    )


def is_noticed(mutant: Mutant, bench: Bench, cases: list[ExpectedCase]) -> bool:
    """Whether some case tells the mutant from the reference."""
    try:
        with bounded(_PATIENCE_S), np.errstate(all="ignore"):
            return any(not _is_right(mutant, bench, case) for case in cases)
    except OutOfTimeError:
        return True


def _is_right(mutant: Mutant, bench: Bench, case: ExpectedCase) -> bool:
    values = _values(mutant, bench, case)
    if values is None:
        return False
    agrees = all(
        compare.compare(
            actual=value, expected=output, variable=variable, tolerance=bench.expected.tolerance
        ).agrees
        for value, output, variable in zip(
            values, case.outputs, bench.signature.outputs, strict=True
        )
    )
    return agrees or bench.accepts(case, values)


def _values(mutant: Mutant, bench: Bench, case: ExpectedCase) -> tuple[Value, ...] | None:
    signature = bench.signature
    pairs = zip(signature.inputs, map(unpack, case.inputs), strict=True)
    inputs: dict[str, Any] = {variable.name: value for variable, value in pairs}
    try:
        returned = mutant.function(**cast_inputs(inputs, exact=signature.is_scalar))
    except OutOfTimeError:
        raise
    except Exception:  # noqa: BLE001  # a mutant may fail in any way
        return None
    return bind_outputs(pack(returned), signature)


class _Missed:
    """Mutants that no test noticed."""

    def __init__(self, bench: Bench, further: Callable[[int], Bench]) -> None:
        self._bench, self._further = bench, further
        self._more: list[tuple[Bench, ExpectedCase]] = []

    def verdict(self, mutant: Mutant) -> str:
        """Why a mutant counts as alive, or "" if it is equivalent."""
        listed = self._bench.declared.equivalents.get(mutant.change, "").strip()
        if any(not _is_right(mutant, bench, case) for bench, case in self._cases()):
            return f"no test notices {mutant.change!r}, and other random cases do; add cases"
        if listed:
            return ""
        return (
            f"nothing notices {mutant.change!r}; add a case, or say why it is the same: "
            f"part.equivalent({mutant.change!r}, because=…)"
        )

    def _cases(self) -> Iterator[tuple[Bench, ExpectedCase]]:
        """A thousand further cases, drawn when they are first asked for."""
        if not self._bench.signature.inputs:
            return
        seed = _FIRST_SEED + len(self._more)
        yield from self._more
        while len(self._more) < FURTHER_CASES:
            bench = self._further(seed)
            hidden = [(bench, c) for t in bench.expected.tests if not t.is_public for c in t.cases]
            if not hidden:
                return
            for pair in hidden:
                self._more.append(pair)
                yield pair
            seed += 1


def _stale(bench: Bench, possible: list[Mutant]) -> Iterator[Finding]:
    """Changes that are listed as equivalent, and that nobody makes."""
    changes = {mutant.change for mutant in possible}
    for change in bench.declared.equivalents:
        if change not in changes:
            sentence = f"{change!r} is listed as equivalent, and is no mutant of the reference"
            yield Finding(check="mutants", sentence=sentence)


def _sample(mutants: list[Mutant], count: int) -> list[Mutant]:
    """Some mutants, spread over the reference; all for a count of 0."""
    if not count or count >= len(mutants):
        return mutants
    return [mutants[index * len(mutants) // count] for index in range(count)]


def _in_turns(bench: Bench) -> list[ExpectedCase]:
    """The cases in an order in which those of all tests come early."""
    tests = [list(test.cases) for test in bench.expected.tests]
    longest = max(map(len, tests), default=0)
    return [cases[i] for i in range(longest) for cases in tests if i < len(cases)]

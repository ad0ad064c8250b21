"""Public tests that have several right answers, of which a student's own check knows one.

Where a truth has a kink, a tiny change of the inputs makes the reference choose otherwise. If the
part's validator accepts that choice for the inputs as they are, somebody may rightly make it, and
the kit, which holds values and no validator, would call it wrong. Knows no marks.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.authoring import cast_inputs
from grader.expected import bind_outputs
from grader.model import ExpectedCase
from grader.student.packing import Value, pack
from grader.verify.bench import Bench, error_of
from grader.verify.records import Finding

_TINY = 1e-7
_TRIES = 16
_JUMP = 1e-3  # a smooth truth moves by about _TINY


def public_ties(bench: Bench) -> list[Finding]:
    """A fault for each public test that an answer other than the reference's passes as well."""
    if bench.declared.validator is None:
        return []
    return [
        Finding(
            check="accepted",
            sentence=f"the public test {test.name!r} has several right answers, and a student's own"
            " check knows one of them; make it a hidden test, part.test(…), or take its ties away",
        )
        for test in bench.expected.tests
        if test.is_public and any(_has_another(bench, case) for case in test.cases)
    ]


def _has_another(bench: Bench, case: ExpectedCase) -> bool:
    for values in _nearby(bench, bench.inputs(case)):
        pairs = zip(values, case.outputs, bench.signature.outputs, strict=True)
        if max(error_of(*pair) for pair in pairs) > _JUMP and bench.accepts(case, values):
            return True
    return False


def _nearby(bench: Bench, inputs: dict[str, Any]) -> Iterator[tuple[Value, ...]]:
    """What the reference returns when one of the arrays is a tiny bit different."""
    reference = bench.declared.reference_function
    assert reference is not None
    rng = np.random.default_rng(0)
    moving = [n for n, x in inputs.items() if isinstance(x, np.ndarray) and x.dtype.kind == "f"]
    for name in moving:
        size = _TINY * max(1.0, float(abs(inputs[name]).max(initial=0)))
        for _ in range(_TRIES):
            moved = inputs[name] + size * rng.standard_normal(inputs[name].shape)
            given = cast_inputs({**inputs, name: moved}, exact=False)
            with np.errstate(all="ignore"):
                values = bind_outputs(pack(reference(**given)), bench.signature)
            if values is not None:
                yield values

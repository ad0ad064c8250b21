"""What is expected of answers where there are no solutions: the public tests, and gradients.

Knows the public side of problems alone.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from grader import compare
from grader.authoring import DrawError, Test, draw
from grader.errors import ProblemError
from grader.expected.differences import Kinked, gradients
from grader.model import (
    ExpectedCase,
    ExpectedOutput,
    ExpectedPart,
    ExpectedTest,
    Part,
    PublicTest,
)
from grader.student.packing import Value, pack, unpack

GRADIENTS = "central differences on random inputs"
_GRADIENT_CASES = 3
_TRIES = 8
_TURN = 6  # cases this far apart have the same of two or three listed choices
_CHEAP = 100


def public_part(part: Part, *, seed: int) -> ExpectedPart:
    """The public tests with their values, and gradients where the forward pass is public."""
    tests = [_public(part, test) for test in part.public if _is_complete(part, test)]
    if part.forward:
        tests += _by_differences(part, seed)
    return ExpectedPart(id=part.id, tests=tuple(tests))


def tried_part(part: Part) -> ExpectedPart | None:
    """One case without expected values, to see whether an answer runs; None if there is none."""
    assert part.signature is not None
    try:
        inputs = draw(part, Test(name="tried", cases=1), 0)
    except DrawError:
        return None
    case = ExpectedCase(
        inputs=tuple(pack(inputs[v.name]) for v in part.signature.inputs), outputs=()
    )
    test = ExpectedTest(name="tried", is_public=True, weight=part.marks, cases=(case,))
    return ExpectedPart(id=part.id, tests=(test,))


def _is_complete(part: Part, test: PublicTest) -> bool:
    """Whether all values that are expected stand in the test."""
    assert part.signature is not None
    return all(variable.name in test.expected for variable in part.signature.outputs)


def _public(part: Part, test: PublicTest) -> ExpectedTest:
    assert part.signature is not None
    given = {name: unpack(value) for name, value in test.inputs.items()}
    inputs = draw(part, Test(name=test.name, cases=1, overrides=given), 0)
    values = [unpack(test.expected[variable.name]) for variable in part.signature.outputs]
    return ExpectedTest(
        name=test.name,
        is_public=True,
        weight=test.weight,
        cases=(_case(part, inputs, values),),
    )


def _case(part: Part, inputs: dict[str, Any], values: list[Value]) -> ExpectedCase:
    assert part.signature is not None
    given = tuple(inputs.values())
    return ExpectedCase(
        inputs=tuple(pack(inputs[variable.name]) for variable in part.signature.inputs),
        outputs=tuple(
            ExpectedOutput(value=pack(value), scale=compare.scale_of(value, given))
            for value in values
        ),
    )


# --- gradients ----------------------------------------------------------------------------------


def _by_differences(part: Part, seed: int) -> list[ExpectedTest]:
    forward = _function(part.forward)
    found = (_differentiated(part, forward, number, seed) for number in range(_GRADIENT_CASES))
    cases = tuple(case for case in found if case is not None)
    if not cases:
        return []
    return [ExpectedTest(name=GRADIENTS, is_public=True, weight=part.marks, cases=cases)]


def _differentiated(
    part: Part, forward: Callable[..., Any], number: int, seed: int
) -> ExpectedCase | None:
    """A case whose gradients can be told, the cheapest of a few; listed choices take turns."""
    assert part.signature is not None
    test = Test(name=GRADIENTS, cases=_GRADIENT_CASES)
    draws = (draw(part, test, number + _TURN * i, seed=seed) for i in range(_TRIES))
    for inputs in sorted(draws, key=_cost):
        try:
            return _case(part, inputs, gradients(part.signature, forward, inputs))
        except Kinked:
            continue
        except Exception as error:  # whatever the course's own text raises
            raise ProblemError(
                Path("problems") / part.slug / "problem.yaml",
                f"raised {type(error).__name__}: {error}",
                where=f"parts.{part.name}.forward",
            ) from error
    return None


def _cost(inputs: dict[str, Any]) -> int:
    """How many elements the largest array has; somebody waits, and few are cheap enough."""
    return max(_CHEAP, *(np.size(value) for value in inputs.values()))


def _function(code: str) -> Callable[..., Any]:
    """The one function that the public forward pass defines; the course's own text."""
    space: dict[str, Any] = {"np": np}
    before = set(space)
    exec(compile(code, "<forward>", "exec"), space)  # noqa: S102  # stands in the course's problem.yaml
    found = [v for k, v in space.items() if k not in before and type(v).__name__ == "function"]
    function: Callable[..., Any] = found[0]
    return function

"""Holds the reference against its oracle, a second truth that shares no code with it.

Knows one case at a time.
"""

from typing import Any

import numpy as np

from grader import compare
from grader.authoring import cast_inputs
from grader.expected import oracle
from grader.expected.authored import Authored, short
from grader.student.packing import Value

ORACLE_BOUND = 1e-10


def oracle_error(
    authored: Authored, case: str, inputs: dict[str, Any], truth: tuple[Value, ...]
) -> float:
    """The largest error between the reference's outputs and the oracle's; 0 without an oracle.

    Args:
        case: how errors name the case.
        truth: what the reference returned, one value per output.

    Raises:
        ProblemError: the oracle fails, or the two disagree.
    """
    second = _second(authored, inputs, truth)
    if second is None:
        return 0.0
    bound = max(ORACLE_BOUND, authored.declared.tolerance_value / 100)
    largest, given = 0.0, tuple(inputs.values())
    for variable, value, other in zip(authored.signature.outputs, truth, second, strict=True):
        # The larger of both: where the truth is 0, an oracle may find rounding noise alone.
        scale = max(compare.scale_of(value, given), compare.scale_of(other, given))
        error = compare.error_of(actual=value, value=other, scale=scale)
        if error > bound:
            raise authored.error(
                f"in {case} the reference's {variable.name} is {short(value)}, "
                f"the oracle's {short(other)}"
            )
        largest = max(largest, error)
    return largest


def _second(
    authored: Authored, inputs: dict[str, Any], truth: tuple[Value, ...]
) -> tuple[Value, ...] | None:
    """The oracle's outputs, or None where none is declared."""
    fresh = cast_inputs(inputs, exact=False)
    if authored.declared.oracle_function is not None:
        return authored.run("the oracle", authored.declared.oracle_function, fresh)
    forward = authored.declared.forward_function
    if forward is None:
        return None
    outputs = authored.signature.outputs
    shapes = {v.name: np.shape(value) for v, value in zip(outputs, truth, strict=True)}

    def by_autograd(**values: Any) -> tuple[Any, ...]:
        return oracle.gradients(authored.signature, forward, values, shapes)

    return authored.run("the oracle", by_autograd, fresh)

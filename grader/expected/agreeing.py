"""Holds the reference against an oracle that shares no code with it, itself and its carry rules.

Knows one case at a time.
"""

from typing import Any

import numpy as np

from grader import compare
from grader.authoring import CarryRule, cast_inputs
from grader.expected import oracle
from grader.expected.authored import Authored, short
from grader.expected.solutions import carried
from grader.student.formulas import FormulaError, evaluate_text
from grader.student.packing import Value

ORACLE_BOUND = 1e-10
_SLIGHT = 1e-6  # a smaller difference can not be seen, and comes from rounding as a rule
_ROUNDED = (
    "; they differ by {:.0e} of their size, and may by {:.0e}: where larger terms cancel, draw "
    "inputs for which they do not"
)


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
    errors = _errors(inputs, truth, second)
    bound = max(ORACLE_BOUND, authored.declared.tolerance_value / 100)
    for variable, value, other, error in zip(
        authored.signature.outputs, truth, second, errors, strict=True
    ):
        if error > bound:
            raise authored.error(
                f"in {case} the reference's {variable.name} is {short(value)}, "
                f"the oracle's {short(other)}"
                + (_ROUNDED.format(error, bound) if error < _SLIGHT else "")
            )
    return max(errors, default=0.0)


def check_repeats(
    authored: Authored, case: str, inputs: dict[str, Any], truth: tuple[Value, ...]
) -> None:
    """The reference gives the same once more.

    Raises:
        ProblemError: it does not.
    """
    again = authored.reference(cast_inputs(inputs, exact=authored.is_exact))
    if max(_errors(inputs, truth, again), default=0.0) > ORACLE_BOUND:
        raise authored.error(
            f"in {case} the reference gives other values when it is asked again; draw its random "
            "numbers from a seed of its own, and keep nothing from call to call"
        )


def check_carries(
    authored: Authored, case: str, inputs: dict[str, Any], truth: tuple[Value, ...]
) -> None:
    """What is carried from the truth is the truth.

    Raises:
        ProblemError: a rule gives something else, or fails.
    """
    given = {v.name: value for v, value in zip(authored.signature.outputs, truth, strict=True)}
    for rule in authored.declared.carries:
        value, found = given[rule.output], _carried(authored, rule, inputs, given)
        scale = compare.scale_of(value, tuple(inputs.values()))
        error = compare.error_of(actual=found, value=value, scale=scale)
        if error > max(ORACLE_BOUND, authored.declared.tolerance_value):
            raise authored.error(
                f"in {case} the carry rule of {rule.output!r} gives {short(found)}, "
                f"the reference {short(value)}"
            )


def _carried(
    authored: Authored, rule: CarryRule, inputs: dict[str, Any], given: dict[str, Value]
) -> Value:
    """What an output would be by its rule, from the truth of the others."""
    if not isinstance(rule.rule, str):
        arrays = {name: np.array(value, dtype=np.float64) for name, value in given.items()}
        known = {**cast_inputs(inputs, exact=False), **arrays}
        found: Value = carried(authored.path, authored.declared, rule.output, known)
        return found
    try:
        return evaluate_text(rule.rule, {n: v for n, v in given.items() if n != rule.output})
    except FormulaError as error:
        what = f"the carry rule of {rule.output!r} is {rule.rule!r}"
        raise authored.error(f"{what}, which has no value: {error.sentence}") from error


def _errors(
    inputs: dict[str, Any], truth: tuple[Value, ...], other: tuple[Value, ...]
) -> list[float]:
    """Per output how far two answers differ.

    Of the larger of both: where the truth is 0, an oracle may find rounding noise alone.
    """
    given = tuple(inputs.values())
    return [
        compare.error_of(
            actual=one,
            value=two,
            scale=max(compare.scale_of(one, given), compare.scale_of(two, given)),
        )
        for one, two in zip(truth, other, strict=True)
    ]


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

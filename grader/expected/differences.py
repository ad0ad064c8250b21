"""Gradients by central differences, in float64, away from kinks.

Takes a forward pass as the oracle of references does: its positional parameters are what gradients
are taken at, the signature's inputs that it does not take are what arrives from above. Knows no
answers.
"""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.student.signature import Signature

_STEP = 1e-3
_KINK = 1e-9
# Weights of f(x + h) - f(x - h) and of its multiples: exact for polynomials up to degree six.
_WEIGHTS = ((1, 45 / 60), (2, -9 / 60), (3, 1 / 60))


class Kinked(Exception):  # noqa: N818  # what happened, not a failure
    """Two step sizes disagree: the forward pass has a kink nearby."""


def gradients(
    signature: Signature, forward: Callable[..., Any], inputs: dict[str, Any]
) -> list[Any]:
    """The values of the signature's outputs, which are named `d<parameter>` or `g<parameter>`.

    Outputs of other names are what the forward pass returns, in order.

    Raises:
        Kinked: at these inputs there is no one gradient.
    """
    loss = _Loss(signature, forward, inputs)
    returned = iter(loss.returned())
    return [
        loss.gradient(variable.name[1:])
        if variable.name[0] in "dg" and variable.name[1:] in loss.parameters
        else next(returned)
        for variable in signature.outputs
    ]


class _Loss:
    """The sum of what the forward pass returns, weighted by what arrives from above."""

    def __init__(
        self, signature: Signature, forward: Callable[..., Any], inputs: dict[str, Any]
    ) -> None:
        declared = inspect.signature(forward).parameters
        self._forward = forward
        self._plain = {n: inputs[n] for n, p in declared.items() if p.kind is p.KEYWORD_ONLY}
        self.parameters = {
            name: np.array(inputs[name], dtype=np.float64)
            for name in declared
            if name not in self._plain
        }
        taken = {*self._plain, *self.parameters}
        self._upstream = [inputs[v.name] for v in signature.inputs if v.name not in taken]

    def returned(self, **moved: Any) -> tuple[Any, ...]:
        with np.errstate(all="ignore"):
            values = self._forward(**{**self.parameters, **moved}, **self._plain)
        return values if isinstance(values, tuple) else (values,)

    def gradient(self, name: str) -> np.ndarray:
        """The gradient at one parameter, shape as the parameter's."""
        found, other = (self._differences(name, step) for step in (_STEP, 0.7 * _STEP))
        if np.max(np.abs(found - other), initial=0) > _KINK * max(
            1, np.max(np.abs(found), initial=0)
        ):
            raise Kinked
        return found

    def _differences(self, name: str, step: float) -> np.ndarray:
        value = self.parameters[name]
        found = np.empty(value.shape)
        for index in np.ndindex(value.shape):
            total = 0.0
            for multiple, weight in _WEIGHTS:
                ahead, behind = (self._at(name, index, sign * multiple * step) for sign in (1, -1))
                total += weight * (ahead - behind)
            found[index] = total / step
        return found

    def _at(self, name: str, index: tuple[int, ...], by: float) -> float:
        moved = self.parameters[name].copy()
        moved[index] += by
        values = self.returned(**{name: moved})
        if not self._upstream:
            return float(np.sum(values[0]))
        pairs = zip(self._upstream, values, strict=False)
        return float(sum(np.sum(above * value) for above, value in pairs))

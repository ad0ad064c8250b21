"""Gradients by central differences, in float64, away from kinks.

Takes a forward pass as the oracle of references does: its positional parameters are what gradients
are taken at, the signature's inputs that it does not take are what arrives from above. A forward
pass that takes `gradient` differentiates by itself. Knows no answers.
"""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.expected.fitting import shared_sizes
from grader.student.signature import Signature

HELPER = "gradient"
"""The keyword by which a forward pass asks for `derivative`."""
_STEP = 1e-3
_KINK = 1e-9
# Weights of f(x + h) - f(x - h) and of its multiples: exact for polynomials up to degree six, four.
_RULES = ((45 / 60, -9 / 60, 1 / 60), (8 / 12, -1 / 12))


class Kinked(Exception):  # noqa: N818  # what happened, not a failure
    """Two rules disagree: the forward pass has a kink nearby, or is too steep to tell."""


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


def derivative(function: Callable[[np.ndarray], Any], at: Any) -> np.ndarray:
    """The derivative of a function of one array, shape: the function's, then the array's.

    Raises:
        Kinked: there is no one derivative, or it can not be told from rounding.
    """
    value = np.array(at, dtype=np.float64)
    with np.errstate(all="ignore"):
        found = [_slopes(function, value, index) for index in np.ndindex(value.shape)]
    fine, coarse = (np.array(slopes) for slopes in zip(*found, strict=True))
    if not np.max(np.abs(fine - coarse), initial=0) <= _KINK * np.max(np.abs(fine), initial=0):
        raise Kinked
    fine = fine.reshape(*value.shape, *fine.shape[1:])
    return np.moveaxis(fine, range(value.ndim), range(-value.ndim, 0))


def _slopes(
    function: Callable[[np.ndarray], Any], value: np.ndarray, index: tuple[int, ...]
) -> list[Any]:
    """The slope along one element by two rules, which agree where the function is smooth."""

    def at(by: float) -> Any:
        moved = value.copy()
        moved[index] += by
        return function(moved)

    steps = [(at(m * _STEP) - at(-m * _STEP)) / _STEP for m in (1, 2, 3)]
    return [
        sum(weight * step for weight, step in zip(rule, steps, strict=False)) for rule in _RULES
    ]


class _Loss:
    """The sum of what the forward pass returns, weighted by what arrives from above."""

    def __init__(
        self, signature: Signature, forward: Callable[..., Any], inputs: dict[str, Any]
    ) -> None:
        declared = inspect.signature(forward).parameters
        known = {HELPER: derivative, **inputs}
        self._forward = forward
        self._plain = {n: known[n] for n, p in declared.items() if p.kind is p.KEYWORD_ONLY}
        self.parameters = {
            name: np.array(
                inputs[name] if name in inputs else _drawn(signature, inputs, name), np.float64
            )
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
        return derivative(lambda value: self._weighted(**{name: value}), self.parameters[name])

    def _weighted(self, **moved: Any) -> float:
        values = self.returned(**moved)
        if not self._upstream:
            return float(np.sum(values[0]))
        pairs = zip(self._upstream, values, strict=False)
        return float(sum(np.sum(above * value) for above, value in pairs))


def _drawn(signature: Signature, inputs: dict[str, Any], name: str) -> np.ndarray:
    """A parameter that only its gradient names, as a bias: of the gradient's shape."""
    (output,) = (v for v in signature.outputs if v.name in {f"d{name}", f"g{name}"})
    form, sizes = next(
        (form, sizes)
        for form in range(signature.forms)
        if (sizes := shared_sizes(signature, inputs, (), form)) is not None
    )
    shape = [sizes[dim] if isinstance(dim, str) else dim for dim in output.form(form)]
    return np.random.default_rng(0).standard_normal(shape)

"""Random cases from a signature: sizes pairwise distinct, inputs from their domains, seeded.

Scalars that are not whole are drawn as multiples of 1/64, so that the same number is exact both as
a float and as a fraction. Knows nothing of references.
"""

import hashlib
import inspect
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from grader.authoring.solution import Test
from grader.model import Part
from grader.student.formulas import FormulaError, holds
from grader.student.signature import Dim, Signature, Variable

DEFAULT_SIZES = (2, 7)
_TRIES = 200
_STEP = 64


class DrawError(Exception):
    """A case can not be drawn; the message names the input and what to declare."""


def draw(part: Part, test: Test, case: int, *, seed: int = 0) -> dict[str, Any]:
    """Draw the inputs of one case, by name, as int, float, bool, str or arrays.

    Raises:
        DrawError: an input has no domain, or no draw satisfies the part's `where`.
    """
    signature = part.signature
    assert signature is not None
    _check_names(part, signature, test)
    for attempt in range(_TRIES):
        rng = _generator(part.id, test.name, case, seed, attempt)
        inputs = _Drawing(part, test, case, rng).inputs(signature)
        if not part.where or _holds(part.where, inputs):
            return inputs
    raise DrawError(f"{part.id}: test {test.name!r}: no draw of {_TRIES} satisfies {part.where!r}")


def cast_inputs(inputs: dict[str, Any], *, exact: bool, dtype: type = np.float64) -> dict[str, Any]:
    """Fresh inputs for a reference: floating arrays in `dtype`, float scalars exact if asked."""
    return {name: _cast(value, exact=exact, dtype=dtype) for name, value in inputs.items()}


def _cast(value: Any, *, exact: bool, dtype: type) -> Any:
    if isinstance(value, np.ndarray):
        return value.astype(dtype if value.dtype.kind == "f" else value.dtype)
    if exact and isinstance(value, float):
        return Fraction(value)
    return value


def _holds(condition: str, inputs: dict[str, Any]) -> bool:
    try:
        return holds(condition, inputs)
    except FormulaError as error:
        raise DrawError(f"the condition {condition!r} can not be read: {error}") from error


def _generator(*key: object) -> np.random.Generator:
    """A generator that depends on the words alone, equal on all machines."""
    digest = hashlib.sha256(repr(key).encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, np.uint32))


def _check_names(part: Part, signature: Signature, test: Test) -> None:
    known = (*signature.sizes, *(v.name for v in signature.inputs))
    for name in test.overrides:
        if name not in known:
            raise DrawError(
                f"{part.id}: test {test.name!r} sets {name!r}; the signature has {', '.join(known)}"
            )


class _Drawing:
    """One case under way: sizes first, then inputs in order, then the author's functions."""

    def __init__(self, part: Part, test: Test, case: int, rng: np.random.Generator) -> None:
        self.part, self.test, self.case, self.rng = part, test, case, rng
        self.radix = 1  # cases go through all combinations of listed choices

    def inputs(self, signature: Signature) -> dict[str, Any]:
        sizes = self._sizes(signature)
        drawn: dict[str, Any] = {}
        for variable in signature.inputs:
            drawn[variable.name] = self._input(variable, sizes)
        for variable in signature.inputs:
            override = self.test.overrides.get(variable.name)
            if callable(override):
                value = _apply(override, variable.name, drawn)
                drawn[variable.name] = _typed(value, variable)
        return drawn

    # --- sizes ----------------------------------------------------------------------------------

    def _sizes(self, signature: Signature) -> dict[str, int]:
        """Sizes of all names; those not fixed by the test are pairwise distinct."""
        overrides = self.test.overrides
        fixed = {n: overrides[n] for n in signature.sizes if isinstance(overrides.get(n), int)}
        sizes: dict[str, int] = {}
        for name in signature.sizes:
            if name in fixed:
                sizes[name] = fixed[name]
                continue
            low, high = self._size_range(name)
            taken = {*sizes.values(), *fixed.values()}
            free = [n for n in range(low, high + 1) if n not in taken]
            sizes[name] = int(self.rng.choice(free or range(low, high + 1)))
        return sizes

    def _size_range(self, name: str) -> tuple[int, int]:
        override = self.test.overrides.get(name)
        if isinstance(override, tuple):
            return override[0], override[1]
        if isinstance(override, list):
            value = override[self.case % len(override)]
            return value, value
        domain = self.part.domain.get(name)
        if domain is not None and domain.low is not None and domain.high is not None:
            return int(domain.low), int(domain.high)
        return DEFAULT_SIZES

    # --- inputs ---------------------------------------------------------------------------------

    def _input(self, variable: Variable, sizes: dict[str, int]) -> Any:
        override = self.test.overrides.get(variable.name)
        shape = _shape(variable.form(self.test.form), sizes)
        if variable.is_scalar and variable.name in sizes:
            return sizes[variable.name]
        if override is None or callable(override):
            return self._from_domain(variable, shape)
        if isinstance(override, tuple):
            low, high = override
            return self._range(Fraction(low), Fraction(high), variable, shape)
        if isinstance(override, list) and variable.is_scalar:
            return _typed(override[self.case % len(override)], variable)
        return _typed(override, variable)

    def _from_domain(self, variable: Variable, shape: tuple[int, ...]) -> Any:
        domain = self.part.domain.get(variable.name)
        if domain is None:
            return self._default(variable, shape)
        if domain.choices:
            return self._choice(domain.choices, variable, shape)
        assert domain.low is not None
        assert domain.high is not None
        return self._range(domain.low, domain.high, variable, shape)

    def _default(self, variable: Variable, shape: tuple[int, ...]) -> Any:
        if variable.type == "float" and not variable.is_scalar:
            return self.rng.standard_normal(shape)
        if variable.type == "bool":
            return self._choice((False, True), variable, shape)
        raise DrawError(
            f"{self.part.id}: the input {variable.name!r} has no domain; write one in "
            f"problem.yaml, such as  domain: {{{variable.name}: 1..9}}"
        )

    def _choice(self, choices: tuple[Any, ...], variable: Variable, shape: tuple[int, ...]) -> Any:
        if not variable.is_scalar:
            return _typed(self.rng.choice(np.array(choices), size=shape), variable)
        value = choices[self.case // self.radix % len(choices)]
        self.radix *= len(choices)
        return _typed(value, variable)

    def _range(
        self, low: Fraction, high: Fraction, variable: Variable, shape: tuple[int, ...]
    ) -> Any:
        if variable.type == "int":
            whole = self.rng.integers(int(low), int(high) + 1, size=shape or None)
            return int(whole) if variable.is_scalar else whole
        if variable.is_scalar:
            steps = self.rng.integers(int(low * _STEP), int(high * _STEP) + 1)
            return int(steps) / _STEP
        return self.rng.uniform(float(low), float(high), size=shape)


def _shape(form: tuple[Dim, ...], sizes: dict[str, int]) -> tuple[int, ...]:
    return tuple(dim if isinstance(dim, int) else sizes[dim] for dim in form)


def _apply(function: Callable[..., Any], own: str, drawn: dict[str, Any]) -> Any:
    """Call an author's function with the value as drawn and, by name, other inputs."""
    first, *others = inspect.signature(function).parameters
    del first
    return function(drawn[own], **{name: drawn[name] for name in others})


def _typed(value: Any, variable: Variable) -> Any:
    """The value in the type that the signature declares."""
    if variable.type == "str":
        return str(value)
    kinds: dict[str, Callable[[Any], Any]] = {"float": float, "int": int, "bool": bool}
    if variable.is_scalar:
        return kinds[variable.type](value)
    return np.array(
        value, dtype={"float": np.float64, "int": np.int64, "bool": np.bool_}[variable.type]
    )

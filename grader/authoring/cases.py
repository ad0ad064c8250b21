"""Random cases from a signature: sizes pairwise distinct, inputs from their domains, seeded.

Scalars that are not whole are drawn as multiples of 1/64, so that the same number is exact both as
a float and as a fraction. Knows nothing of references.
"""

import hashlib
import inspect
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from grader.authoring.records import Test
from grader.errors import did_you_mean
from grader.model import Part
from grader.student.formulas import FormulaError, evaluate_text, holds
from grader.student.signature import Signature, Variable

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
    _check_names(signature, test)
    for attempt in range(_TRIES):
        rng = _generator(part.id, test.name, case, seed, attempt)
        drawing = _Drawing(part, test, case, rng)
        drawing.draw_numbers(signature)
        if drawing.is_fitting():
            return drawing.inputs(signature)
    wanted = part.where or "sizes of at least 1"
    raise DrawError(f"no draw of {_TRIES} satisfies {wanted!r}")


def cast_inputs(inputs: dict[str, Any], *, exact: bool, dtype: type = np.float64) -> dict[str, Any]:
    """Fresh inputs for a reference: floating arrays in `dtype`, float scalars exact if asked."""
    return {name: _cast(value, exact=exact, dtype=dtype) for name, value in inputs.items()}


def _cast(value: Any, *, exact: bool, dtype: type) -> Any:
    if isinstance(value, np.ndarray):
        return value.astype(dtype if value.dtype.kind == "f" else value.dtype)
    if exact and isinstance(value, float):
        return Fraction(value)
    return value


def _holds(condition: str, numbers: dict[str, Any]) -> bool:
    try:
        return holds(condition, numbers)
    except FormulaError as error:
        raise DrawError(f"the condition {condition!r} can not be read: {error}") from error


def _whole(formula: str, numbers: dict[str, Any]) -> int:
    """The value of a size that follows from others; not always one that an array can have."""
    try:
        return math.floor(evaluate_text(formula, numbers))
    except FormulaError as error:
        raise DrawError(f"the size {formula!r} can not be computed: {error}") from error


# The annotations are text, so that numpy's generators are imported only when something is drawn.
def _generator(*key: object) -> "np.random.Generator":
    """A generator that depends on the words alone, equal on all machines."""
    digest = hashlib.sha256(repr(key).encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, np.uint32))


def _check_names(signature: Signature, test: Test) -> None:
    known = (*signature.sizes, *(v.name for v in signature.inputs))
    scalars = [variable.name for variable in signature.inputs if variable.is_scalar]
    for name, value in test.overrides.items():
        if name not in known:
            options = ("cases", "weight", "form")
            advice = (
                did_you_mean(name, (*options, *known)) or f"; the signature has {', '.join(known)}"
            )
            raise DrawError(f"sets {name!r}{advice}")
        is_size = name in signature.sizes and name not in scalars
        if is_size and not isinstance(value, int | tuple | list):
            raise DrawError(f"sets the size {name} to {value!r}; wanted 3, (2, 5) or [2, 4]")
        if is_size and min(value if isinstance(value, tuple | list) else [value]) < 0:
            raise DrawError(f"sets the size {name} to {value!r}; no size is negative")


class _Drawing:
    """One case under way.

    Sizes and numbers come first, then sizes that follow from them, then arrays, then what the
    author's functions make of these.
    """

    def __init__(self, part: Part, test: Test, case: int, rng: "np.random.Generator") -> None:
        self.part, self.test, self.case, self.rng = part, test, case, rng
        self.radix = 1  # cases go through all combinations of listed choices
        self.sizes: dict[str, int] = {}
        self.numbers: dict[str, Any] = {}

    def draw_numbers(self, signature: Signature) -> None:
        """Draw all sizes, and all inputs that have no axes."""
        self.sizes = self._sizes(signature)
        for variable in signature.inputs:
            if variable.is_scalar:
                self.numbers[variable.name] = self._scalar(variable)
        known = {n: v for n, v in self.numbers.items() if not isinstance(v, str)} | self.sizes
        for name in signature.sizes:
            if name not in self.sizes:
                self.sizes[name] = known[name] = _whole(self.part.domain[name].formula, known)

    def is_fitting(self) -> bool:
        """Whether arrays can have the sizes, and the part's condition holds for the numbers."""
        if any(self._follows(name) and size < 1 for name, size in self.sizes.items()):
            return False
        numbers = {n: v for n, v in self.numbers.items() if not isinstance(v, str)}
        return not self.part.where or _holds(self.part.where, {**self.sizes, **numbers})

    def inputs(self, signature: Signature) -> dict[str, Any]:
        """All inputs by name, in the order of the signature."""
        drawn = {
            v.name: self.numbers[v.name] if v.is_scalar else self._array(v)
            for v in signature.inputs
        }
        for variable in signature.inputs:
            override = self.test.overrides.get(variable.name)
            if callable(override):
                value = _typed(_apply(override, variable.name, drawn), variable)
                if np.shape(value) != np.shape(drawn[variable.name]):
                    raise DrawError(
                        f"the function for {variable.name} returned the shape {np.shape(value)}; "
                        f"it was given {np.shape(drawn[variable.name])}, and has to keep it"
                    )
                drawn[variable.name] = value
        return drawn

    # --- sizes ----------------------------------------------------------------------------------

    def _sizes(self, signature: Signature) -> dict[str, int]:
        """Sizes of all names but those that follow from others; pairwise distinct where drawn."""
        fixed = self._fixed(signature)
        sizes: dict[str, int] = {}
        for name in signature.sizes:
            if name in fixed:
                sizes[name] = fixed[name]
            elif not self._follows(name):
                candidates = self._candidates(name)
                taken = {*sizes.values(), *fixed.values()}
                free = [n for n in candidates if n not in taken]
                sizes[name] = int(self.rng.choice(free or candidates))
        return sizes

    def _fixed(self, signature: Signature) -> dict[str, int]:
        """The sizes that the test gives, as numbers or with the arrays that it writes out."""
        fixed: dict[str | int, int] = {}
        for variable in signature.inputs:
            given = self.test.overrides.get(variable.name)
            for form in variable.forms:
                if isinstance(given, np.ndarray | list) and np.ndim(given) == len(form) > 0:
                    fixed |= zip(form, np.shape(given), strict=True)
        fixed |= {n: v for n, v in self.test.overrides.items() if isinstance(v, int)}
        return {name: fixed[name] for name in signature.sizes if name in fixed}

    def _follows(self, name: str) -> bool:
        """Whether a size is a formula of others in this test."""
        domain = self.part.domain.get(name)
        return name not in self.test.overrides and domain is not None and bool(domain.formula)

    def _candidates(self, name: str) -> Sequence[int]:
        override, domain = self.test.overrides.get(name), self.part.domain.get(name)
        if isinstance(override, tuple):
            return range(override[0], override[1] + 1)
        if isinstance(override, list):
            return [override[self.case % len(override)]]
        if domain is not None and domain.choices:
            return [int(size) for size in domain.choices]
        if domain is not None and domain.low is not None and domain.high is not None:
            return range(int(domain.low), int(domain.high) + 1)
        return range(DEFAULT_SIZES[0], DEFAULT_SIZES[1] + 1)

    # --- inputs ---------------------------------------------------------------------------------

    def _scalar(self, variable: Variable) -> Any:
        override = self.test.overrides.get(variable.name)
        if variable.name in self.sizes:
            return self.sizes[variable.name]
        if isinstance(override, list):
            return _typed(override[self.case % len(override)], variable)
        return self._given_or_drawn(variable, override, ())

    def _array(self, variable: Variable) -> Any:
        form = variable.form(self.test.form)
        shape = tuple(dim if isinstance(dim, int) else self.sizes[dim] for dim in form)
        return self._given_or_drawn(variable, self.test.overrides.get(variable.name), shape)

    def _given_or_drawn(self, variable: Variable, override: Any, shape: tuple[int, ...]) -> Any:
        if override is None or callable(override):
            return self._from_domain(variable, shape)
        if isinstance(override, tuple):
            low, high = override
            return self._range(Fraction(low), Fraction(high), variable, shape)
        if np.ndim(override) not in {len(form) for form in variable.forms}:
            raise DrawError(f"sets {variable.name} to {override!r}; wanted {variable}")
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
            f"the input {variable.name!r} has no domain; write one in problem.yaml, such"
            f" as  domain: {{{variable.name}: 1..9}}"
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


def _apply(function: Callable[..., Any], own: str, drawn: dict[str, Any]) -> Any:
    """Call an author's function with the value as drawn and, by name, other inputs."""
    _, *others = inspect.signature(function).parameters.values()
    names = [other.name for other in others if other.default is inspect.Parameter.empty]
    for name in names:
        if name not in drawn:
            raise DrawError(
                f"the function for {own} takes {name!r}; it may take {', '.join(drawn)}"
            )
    try:
        return function(drawn[own], **{name: drawn[name] for name in names})
    except Exception as error:
        raise DrawError(f"the function for {own} raised {type(error).__name__}: {error}") from error


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

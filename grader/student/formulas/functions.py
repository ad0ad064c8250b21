"""The functions that formulas may call: what each does to exact numbers and to arrays.

A problem's `notation.functions` maps names of its own (f', Act', σ) to the names here. A function
is exact where its value is: floor, max or the root of a square give integers and fractions, while
exp, log and tanh give floats. Knows nothing of trees, or of what is typed.
"""

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from grader.student.formulas.errors import FormulaError
from grader.student.wire import Notation

Real: TypeAlias = int | Fraction | float
Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]


class Function(NamedTuple):
    """One function.

    Attributes:
        scalar: on exact numbers or floats; raises ValueError or OverflowError without a value.
        array: on float64 arrays, elementwise.
        least, most: how many arguments it takes.
        is_slope: whether it is a derivative, whose Jacobian layout is a diagonal matrix.
    """

    scalar: Callable[..., Real]
    array: Callable[..., Floats]
    least: int = 1
    most: int = 1
    is_slope: bool = False


def _sigmoid(x: Real) -> float:
    small = math.exp(-abs(float(x)))
    return (1 if x >= 0 else small) / (1 + small)


def _sigmoids(x: Floats) -> Floats:
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1.0, small) / (1 + small))


def square_root(x: Real) -> Real:
    """The root: exact where `x` is the square of a fraction.

    Raises:
        ValueError: `x` is negative.
    """
    if isinstance(x, float) or x < 0:
        return math.sqrt(x)
    over, under = math.isqrt(x.numerator), math.isqrt(x.denominator)
    if over * over == x.numerator and under * under == x.denominator:
        return Fraction(over, under)
    return math.sqrt(x)


def _log(x: Real) -> float:
    """`math.log` of an integer takes any size; a fraction is split."""
    if isinstance(x, Fraction) and x > 0:
        return math.log(x.numerator) - math.log(x.denominator)
    return math.log(x)


def _softplus(x: Real) -> float:
    return math.log1p(math.exp(-abs(float(x)))) + max(float(x), 0.0)


def _many(pick: Any) -> Callable[..., Floats]:
    def fold(*arrays: Floats) -> Floats:
        result = arrays[0]
        for array in arrays[1:]:
            result = pick(result, array)
        return np.asarray(result)

    return fold


def _floats(function: Callable[[float], float]) -> Callable[..., Real]:
    return lambda x: function(float(x))


FUNCTIONS: dict[str, Function] = {
    "exp": Function(_floats(math.exp), np.exp),
    "log": Function(_log, np.log),
    "log2": Function(lambda x: _log(x) / math.log(2), np.log2),
    "log10": Function(lambda x: _log(x) / math.log(10), np.log10),
    "sqrt": Function(square_root, np.sqrt),
    "floor": Function(math.floor, np.floor),
    "ceil": Function(math.ceil, np.ceil),
    "trunc": Function(math.trunc, np.trunc),
    "abs": Function(abs, np.abs),
    "sign": Function(lambda x: (x > 0) - (x < 0), np.sign),
    "min": Function(min, _many(np.minimum), 2, 50),
    "max": Function(max, _many(np.maximum), 2, 50),
    "sin": Function(_floats(math.sin), np.sin),
    "cos": Function(_floats(math.cos), np.cos),
    "tan": Function(_floats(math.tan), np.tan),
    "sinh": Function(_floats(math.sinh), np.sinh),
    "cosh": Function(_floats(math.cosh), np.cosh),
    "tanh": Function(_floats(math.tanh), np.tanh),
    "sigmoid": Function(_sigmoid, _sigmoids),
    "softplus": Function(_softplus, lambda x: np.logaddexp(0.0, x)),
    "relu": Function(lambda x: max(x, 0), lambda x: np.maximum(x, 0.0)),
    "identity": Function(lambda x: x, lambda x: x),
    "square": Function(lambda x: x * x, np.square),
    "diag": Function(lambda x: x, lambda x: x),
    "exp_prime": Function(_floats(math.exp), np.exp, is_slope=True),
    "tanh_prime": Function(
        lambda x: 1 - math.tanh(x) ** 2, lambda x: 1 - np.tanh(x) ** 2, is_slope=True
    ),
    "sigmoid_prime": Function(
        lambda x: _sigmoid(x) * _sigmoid(-x),
        lambda x: _sigmoids(x) * _sigmoids(-x),
        is_slope=True,
    ),
    "softplus_prime": Function(_sigmoid, _sigmoids, is_slope=True),
    "relu_prime": Function(
        lambda x: int(x > 0), lambda x: np.asarray(x > 0, np.float64), is_slope=True
    ),
    "identity_prime": Function(lambda _: 1, np.ones_like, is_slope=True),
    "square_prime": Function(lambda x: 2 * x, lambda x: 2 * x, is_slope=True),
    "sin_prime": Function(_floats(math.cos), np.cos, is_slope=True),
    "cos_prime": Function(lambda x: -math.sin(x), lambda x: -np.sin(x), is_slope=True),
}

# Spellings by which the known functions can be called in every formula, where no declared name is
# in the way. The last ones are turned into operators by the reader.
SPELLINGS: dict[str, str] = {
    **{name: name for name in FUNCTIONS if not name.endswith("_prime") and name != "identity"},
    "ln": "log",
    "ceiling": "ceil",
    "int": "trunc",
    "fabs": "abs",
    "absolute": "abs",
    "minimum": "min",
    "maximum": "max",
    "ReLU": "relu",
    "logistic": "sigmoid",
    "expit": "sigmoid",
    "sgn": "sign",
    "sigma": "sigmoid",
    "pow": "pow",
    "power": "pow",
    "transpose": "transpose",
    "matmul": "matmul",
    "dot": "matmul",
    "mm": "matmul",
    "multiply": "multiply",
    "divide": "divide",
    "where": "where",
    "mod": "mod",
    "sum": "sum",
    "mean": "mean",
    "var": "var",
    "frac": "frac",
}
REWRITTEN = frozenset(SPELLINGS.values()).difference(FUNCTIONS)

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "≠": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "≤": operator.le,
    "≥": operator.ge,
}
"""Of numbers, and of arrays element by element."""


def function_of(name: str, notation: Notation, arguments: int) -> Function:
    """The function of that name, which may be the part's own, for so many arguments.

    Raises:
        FormulaError: there is none.
    """
    found = FUNCTIONS.get(notation.functions.get(name, name))
    if found is None or not found.least <= arguments <= found.most:
        raise FormulaError(f"{name} is not known with {arguments} arguments")
    return found


def finite(values: Floats) -> Floats:
    """The values of a formula, none of which may be NaN or infinite.

    Raises:
        FormulaError: one is.
    """
    if not np.isfinite(values).all():
        raise FormulaError(
            "the formula has no finite value here: a division by zero, the logarithm or root"
            " of a negative number, or a value that is too large"
        )
    return values

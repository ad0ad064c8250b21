"""The functions that formulas may call: what each does to exact numbers and to arrays.

A problem's `notation.functions` maps names of its own (f', Act', σ) to the names here. A function
is exact where its value is: floor, max or the root of a square give integers and fractions, while
exp, log and tanh give floats.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import numpy as np

Real: TypeAlias = int | Fraction | float
Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]


class Known(NamedTuple):
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
    z = float(x)
    return 1 / (1 + math.exp(-z)) if z >= 0 else 1 - 1 / (1 + math.exp(z))


def _sigmoids(x: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))


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


KNOWN: dict[str, Known] = {
    "exp": Known(_floats(math.exp), np.exp),
    "log": Known(_log, np.log),
    "log2": Known(lambda x: _log(x) / math.log(2), np.log2),
    "log10": Known(lambda x: _log(x) / math.log(10), np.log10),
    "sqrt": Known(square_root, np.sqrt),
    "floor": Known(math.floor, np.floor),
    "ceil": Known(math.ceil, np.ceil),
    "trunc": Known(math.trunc, np.trunc),
    "abs": Known(abs, np.abs),
    "sign": Known(lambda x: (x > 0) - (x < 0), np.sign),
    "min": Known(min, _many(np.minimum), 2, 50),
    "max": Known(max, _many(np.maximum), 2, 50),
    "sin": Known(_floats(math.sin), np.sin),
    "cos": Known(_floats(math.cos), np.cos),
    "tan": Known(_floats(math.tan), np.tan),
    "sinh": Known(_floats(math.sinh), np.sinh),
    "cosh": Known(_floats(math.cosh), np.cosh),
    "tanh": Known(_floats(math.tanh), np.tanh),
    "sigmoid": Known(_sigmoid, _sigmoids),
    "softplus": Known(_softplus, lambda x: np.logaddexp(0.0, x)),
    "relu": Known(lambda x: max(x, 0), lambda x: np.maximum(x, 0.0)),
    "identity": Known(lambda x: x, lambda x: x),
    "square": Known(lambda x: x * x, np.square),
    "diag": Known(lambda x: x, lambda x: x),
    "exp_prime": Known(_floats(math.exp), np.exp, is_slope=True),
    "tanh_prime": Known(
        lambda x: 1 - math.tanh(x) ** 2, lambda x: 1 - np.tanh(x) ** 2, is_slope=True
    ),
    "sigmoid_prime": Known(
        lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
        lambda x: _sigmoids(x) * _sigmoids(-x),
        is_slope=True,
    ),
    "softplus_prime": Known(_sigmoid, _sigmoids, is_slope=True),
    "relu_prime": Known(
        lambda x: int(x > 0), lambda x: np.asarray(x > 0, np.float64), is_slope=True
    ),
    "identity_prime": Known(lambda _: 1, np.ones_like, is_slope=True),
    "square_prime": Known(lambda x: 2 * x, lambda x: 2 * x, is_slope=True),
    "sin_prime": Known(_floats(math.cos), np.cos, is_slope=True),
    "cos_prime": Known(lambda x: -math.sin(x), lambda x: -np.sin(x), is_slope=True),
}

# Spellings by which the known functions can be called in every formula, where no declared name is
# in the way. The last ones are turned into operators by the reader.
SPELLINGS: dict[str, str] = {
    **{name: name for name in KNOWN if not name.endswith("_prime") and name != "identity"},
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
REWRITTEN = frozenset(
    {
        "pow",
        "transpose",
        "matmul",
        "multiply",
        "divide",
        "where",
        "mod",
        "sum",
        "mean",
        "var",
        "frac",
    }
)

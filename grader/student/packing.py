"""Values as plain data: what a student's code may receive or return, packed and unpacked.

A `Value` is a number, a text, an array, or a tuple or dict of these. Anything else becomes
`Unusable`, which the judge turns into a verdict. There is no pickle, and what comes back is checked
before it is believed to be a value. Knows nothing of messages, nor of what is right.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

# numpy is imported where arrays are met: what is imported before that may start the other side.
if TYPE_CHECKING:
    import numpy as np

    Numbers: TypeAlias = np.ndarray[Any, np.dtype[Any]]  # what `numbers` gives: see its docstring
else:
    Numbers = Any

MAX_DEPTH = 16
MAX_ITEMS = 100_000
MAX_NAME, MAX_FOUND = 500, 4_000  # characters, of texts that go into sentences
MAX_INT_DIGITS = 4_000
_MAX_BITS = 3 * MAX_INT_DIGITS  # a digit takes a little more than three
DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)


class WireError(Exception):
    """Bytes or values that do not follow the wire format."""


class Array(msgspec.Struct, frozen=True, tag="array", array_like=True):
    """An array: element type (one of `DTYPES`), shape, and its elements in C order."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


class Rational(msgspec.Struct, frozen=True, tag="rational", array_like=True):
    """An exact fraction, or an integer that does not fit in 64 bits: decimal digits as text."""

    numerator: str
    denominator: str


class Many(msgspec.Struct, frozen=True, tag="many", array_like=True):
    """A tuple or list of values, or a dict (then `names` is as long as `items`, else empty)."""

    items: tuple["Packed", ...]
    names: tuple[str, ...] = ()


class Scalar(msgspec.Struct, frozen=True, tag="scalar", array_like=True):
    """None, a truth value, a 64-bit integer, a float (NaN and infinities included) or a text."""

    value: bool | int | float | str | None


class Unusable(msgspec.Struct, frozen=True, tag="unusable", array_like=True):
    """A returned object that is no value: `found` says in words what it was."""

    found: str


class NoValue(msgspec.Struct, frozen=True, tag="no value", array_like=True):
    """An output that a formula gives no value for in this case; `sentence` says why."""

    sentence: str


Packed: TypeAlias = Array | Rational | Many | Scalar | Unusable | NoValue
Value: TypeAlias = Any  # what `unpack` gives: see its docstring


def pack(value: object, *, depth: int = 0) -> Packed:
    """Turn what code returned into wire data; never raises for a strange object (`Unusable`).

    Only exact built-in and numpy types are taken, so that no method of a student's class runs here.
    A torch tensor is taken as its detached numpy array.
    """
    import numpy as np

    kind = type(value)
    if value is None or kind in (bool, str, float):
        return Scalar(value)  # type: ignore[arg-type]  # narrowed by `kind`, which mypy does not follow
    if kind in (tuple, list, dict):
        return _pack_many(value, depth)
    if kind is np.ndarray or (isinstance(value, np.generic) and kind.__module__ == "numpy"):
        return _pack_array(np.asarray(value))
    packer = _PACKERS.get((kind.__module__, kind.__name__))
    return Unusable(_described(kind)) if packer is None else packer(value)


def unpack(packed: Packed, seen: list[int] | None = None) -> Value:
    """Turn wire data into None, bool, int, float, str, Fraction, ndarray, tuple or dict.

    Arrays are read-only views; `Unusable` and `NoValue` stay what they are.

    Args:
        packed: what came over the wire.
        seen: one number, which counts the items.

    Raises:
        WireError: a dtype, shape or number is not what the format allows.
    """
    return _unpack(packed, seen or [0], 0)


def _unpack(packed: Packed, seen: list[int], depth: int) -> Value:
    seen[0] += 1
    if depth > MAX_DEPTH or seen[0] > MAX_ITEMS:
        raise WireError("the value is nested too deep or has too many items")
    match packed:
        case Scalar(value):
            return value
        case Array():
            return _unpack_array(packed)
        case Rational():
            return _unpack_rational(packed)
        case Many(items, names):
            values = tuple(_unpack(item, seen, depth + 1) for item in items)
            return _named(values, names) if names else values
        case Unusable(text) | NoValue(text):
            if len(text) > MAX_FOUND:
                raise WireError("a description is too long")
            return packed
    raise WireError("an unknown kind of value")


def _unpack_rational(packed: Rational) -> int | Fraction:
    numerator, denominator = _digits(packed.numerator), _digits(packed.denominator)
    if denominator == 0:
        raise WireError("a fraction's denominator is 0")
    fraction = Fraction(numerator, denominator)
    return fraction.numerator if fraction.denominator == 1 else fraction


def _named(values: tuple[Value, ...], names: tuple[str, ...]) -> dict[str, Value]:
    if len(names) != len(values):
        raise WireError("a dict's names and values differ in number")
    if max(map(len, names)) > MAX_NAME:
        raise WireError("a dict's name is too long")
    return dict(zip(names, values, strict=True))


def _pack_int(value: int) -> Packed:
    if -(2**63) <= value < 2**63:
        return Scalar(value)
    if value.bit_length() > _MAX_BITS:
        return Unusable(f"an integer of {value.bit_length()} bits")
    return Rational(str(value), "1")


def _pack_array(array: Numbers) -> Packed:
    import numpy as np

    name = _name(array.dtype)
    if name not in DTYPES:
        return Unusable(f"an array of dtype {name}")
    if not _is_laid_out(array.shape):
        return Unusable(f"an array of {array.ndim} axes and {array.size} elements")
    contiguous = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("="), copy=False))
    return Array(name, array.shape, contiguous.tobytes())


@lru_cache(maxsize=64)  # numpy puts the name together anew each time
def _name(dtype: "np.dtype[Any]") -> str:
    return dtype.name


def _pack_many(value: Any, depth: int) -> Packed:
    if depth >= MAX_DEPTH:
        return Unusable("a value nested deeper than 16 levels")
    if len(value) > MAX_ITEMS:
        return Unusable(f"a {type(value).__name__} of {len(value)} items")
    if isinstance(value, dict):
        if not all(type(key) is str and len(key) <= MAX_NAME for key in value):
            return Unusable("a dict whose keys are not all short texts")
        packed = tuple(pack(item, depth=depth + 1) for item in value.values())
        return Many(packed, tuple(value))
    return Many(tuple(pack(item, depth=depth + 1) for item in value))


def _pack_tensor(tensor: Any) -> Packed:
    try:
        return _pack_array(tensor.detach().cpu().resolve_conj().resolve_neg().numpy())
    except (RuntimeError, TypeError, AttributeError) as error:
        return Unusable(f"a torch tensor that is no plain array ({str(error)[:80]})")


def _described(kind: type) -> str:
    import numpy as np

    name = str(kind.__name__)[:80]
    if issubclass(kind, np.ndarray):
        return f"a subclass of ndarray ({name})"
    if name == "function":
        return "a function (was it called?)"
    if name == "generator":
        return "a generator (is a yield a return?)"
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return f"{article} {name}"


def _unpack_array(array: Array) -> Numbers:
    import numpy as np

    if array.dtype not in DTYPES:
        raise WireError(f"the dtype {array.dtype!r} is not allowed")
    if not _is_laid_out(array.shape):
        raise WireError("the shape of an array is not allowed")
    dtype, count = np.dtype(array.dtype), 1
    for size in array.shape:
        count *= size
    if count * dtype.itemsize != len(array.data):
        raise WireError("an array's shape and the length of its data differ")
    if dtype == np.bool_ and array.data.translate(None, b"\x00\x01"):
        raise WireError("a truth value is neither 0 nor 1")
    return np.frombuffer(array.data, dtype).reshape(array.shape)


def _is_laid_out(shape: tuple[int, ...]) -> bool:
    """Whether a shape can be worked with: rows that hold nothing take no bytes, and take memory."""
    rows = math.prod(size for size in shape if size)
    is_empty = 0 in shape
    return (
        len(shape) <= MAX_DEPTH
        and min(shape, default=0) >= 0
        and not (is_empty and rows > MAX_ITEMS)
    )


def _digits(text: str) -> int:
    if len(text) > MAX_INT_DIGITS or not text.removeprefix("-").isascii():
        raise WireError("a number is too long")
    try:
        return int(text)
    except ValueError:
        raise WireError("a number is not written in digits") from None


def _pack_fraction(value: Fraction) -> Packed:
    bits = max(value.numerator.bit_length(), value.denominator.bit_length())
    if bits > _MAX_BITS:
        return Unusable(f"a fraction of {bits} bits")
    return Rational(str(value.numerator), str(value.denominator))


_PACKERS: dict[tuple[str, str], Callable[[Any], Packed]] = {
    ("builtins", "int"): _pack_int,
    ("fractions", "Fraction"): _pack_fraction,
    ("torch", "Tensor"): _pack_tensor,
    ("torch.nn.parameter", "Parameter"): _pack_tensor,
}


def numbers(value: Value) -> Numbers | None:
    """The value as an array of numbers, or None where it is none.

    A nested tuple is taken as an array. Fractions and integers beyond 64 bits stay Python's own
    exact numbers, in an array of objects.
    """
    import numpy as np

    if type(value) is np.ndarray and value.dtype.kind in "biufc":
        return value
    if value is None or isinstance(value, (str, dict, Unusable, NoValue)):
        return None
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, OverflowError):  # ragged, or too deep
        return None
    if array.dtype.kind != "O":
        return array if array.dtype.kind in "biufc" else None
    kinds = {type(item) for item in array.flat}
    if kinds <= {bool, int, Fraction}:
        return array
    return in_floats(array) if kinds <= {bool, int, Fraction, float} else None


def in_floats(array: Numbers) -> Numbers:
    """The array in float64; exact numbers beyond its range become its largest ones."""
    import numpy as np

    if array.dtype.kind != "O":
        return array.astype(np.float64)
    floats = np.array([_as_float(item) for item in array.flat], dtype=np.float64)
    return floats.reshape(array.shape)


def _as_float(number: float | Fraction) -> float:
    import numpy as np

    try:
        return float(number)
    except OverflowError:
        return float(np.finfo(np.float64).max) * (1 if number > 0 else -1)
